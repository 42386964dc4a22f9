/* SPDX-License-Identifier: MIT */
#include "io/overhear.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "source_frames.h"

#define SOURCE 7u

static struct monitor *monitor;
static struct overhear overhear;
static uint32_t closed;
static struct burst_summary last;
static unsigned char bytes[FRAME_BYTES_MAX];

static void on_burst(void *context, const struct burst_summary *summary)
{
    (void)context;
    closed++;
    last = *summary;
}

static void on_alarm(void *context, const struct alarm *alarm)
{
    (void)context;
    (void)alarm;
}

static int start(void **state)
{
    (void)state;
    const struct monitor_observer observer = {NULL, on_burst, on_alarm};
    monitor = make_monitor(&observer, 0);
    assert_non_null(monitor);
    overhear_init(&overhear, monitor);
    closed = 0;
    return 0;
}

static int end(void **state)
{
    (void)state;
    monitor_destroy(monitor);
    return 0;
}

static uint32_t hear(uint32_t size)
{
    const struct applied *applied = overhear_receive(&overhear, bytes, size, 1);
    return applied ? applied->count : 0;
}

static void hear_mark(enum frame_kind kind, uint64_t at_seq, uint32_t burst)
{
    assert_int_equal(hear(make_mark(kind, at_seq, burst, SOURCE, bytes)), 0);
}

static uint32_t hear_batch(uint64_t first_seq, uint32_t count, uint32_t burst)
{
    return hear(make_batch(first_seq, count, burst, SOURCE, bytes));
}

static const struct ledger_entry *entry(void)
{
    return monitor_ledger(monitor)->count > 0 ? &monitor_ledger(monitor)->entries[0] : NULL;
}

static void everything_that_is_heard_is_counted(void **state)
{
    (void)state;
    hear_mark(FRAME_RUN_BEGIN, 1, 0);
    hear_mark(FRAME_BURST_BEGIN, 1, 1);
    assert_int_equal(hear_batch(1, 40, 1), 40);
    hear_mark(FRAME_BURST_END, 41, 1);
    hear_mark(FRAME_RUN_END, 41, 0);
    assert_int_equal(closed, 1);
    assert_true(last.complete);
    assert_true(entry()->is_tapped);
    assert_int_equal(entry()->origin, ORIGIN_SIMULATION);
    assert_int_equal(entry()->next_seq, 41);
    assert_int_equal(overhear.counters.frames, 5);
    assert_int_equal(overhear.counters.candidates, 40);
    assert_int_equal(overhear_burst_t_ns(&overhear), 1000000000);
}

static void what_was_before_the_first_begin_was_never_ours(void **state)
{
    (void)state;
    assert_int_equal(hear_batch(901, 40, 3), 0);
    hear_mark(FRAME_BURST_END, 941, 3);
    assert_null(entry());
    assert_int_equal(overhear.counters.refused[REFUSAL_BAD_BURST], 2);
    hear_mark(FRAME_RUN_BEGIN, 941, 0);
    hear_mark(FRAME_BURST_BEGIN, 941, 4);
    assert_int_equal(hear_batch(941, 40, 4), 40);
    assert_int_equal(entry()->first_seq, 941);
    assert_int_equal(ledger_lost(entry()), 0);
    assert_true(ledger_is_conserved(entry()));
}

static void a_gap_is_lost_and_what_comes_after_that_is_late(void **state)
{
    (void)state;
    hear_mark(FRAME_RUN_BEGIN, 1, 0);
    hear_mark(FRAME_BURST_BEGIN, 1, 1);
    assert_int_equal(hear_batch(1, 40, 1), 40);
    assert_int_equal(hear_batch(81, 40, 1), 40);
    assert_int_equal(entry()->lost[LOSS_TAP], 40);
    assert_int_equal(hear_batch(41, 40, 1), 0);
    assert_int_equal(overhear.counters.late, 1);
    assert_int_equal(hear_batch(111, 20, 1), 10); /* its first half is known */
    hear_mark(FRAME_BURST_END, 151, 1);           /* the last twenty were not heard */
    assert_int_equal(entry()->lost[LOSS_TAP], 60);
    assert_int_equal(entry()->next_seq, 151);
    assert_int_equal(closed, 1);
    assert_false(last.complete);
    assert_int_equal(last.lost, 60);
    assert_true(ledger_is_conserved(entry()));
}

static void a_begin_of_a_burst_that_was_missed_is_made_up_with_an_unknown_downscaling(void **state)
{
    (void)state;
    hear_mark(FRAME_RUN_BEGIN, 1, 0);
    hear_mark(FRAME_BURST_BEGIN, 1, 1);
    hear_mark(FRAME_BURST_END, 1, 1);
    assert_int_equal(hear_batch(41, 40, 2), 40);
    hear_mark(FRAME_BURST_END, 81, 2);
    assert_int_equal(closed, 2);
    assert_int_equal(last.key.burst, 2);
    assert_int_equal(last.input_downscaling, DOWNSCALING_UNKNOWN);
    assert_int_equal(entry()->lost[LOSS_TAP], 40);
}

static void a_burst_of_a_run_whose_begin_was_missed_counts_as_data(void **state)
{
    (void)state;
    hear_mark(FRAME_BURST_BEGIN, 1, 5);
    assert_int_equal(hear_batch(1, 40, 5), 40);
    assert_int_equal(entry()->origin, ORIGIN_DATA);
    assert_true(monitor_is_blind(monitor));
}

static void a_batch_begins_no_run(void **state)
{
    (void)state;
    uint32_t size = make_mark(FRAME_HELLO, 31, 0, SOURCE, bytes);
    assert_int_equal(hear(size), 0);
    assert_string_equal(entry()->name, "test");
    assert_int_equal(entry()->first_seq, 31);
    assert_int_equal(hear_batch(31, 40, 1), 0);
    assert_int_equal(overhear.counters.refused[REFUSAL_BAD_BURST], 1);
    assert_int_equal(monitor_origin(monitor), ORIGIN_UNSPECIFIED);
}

static enum refusal say_hello(void)
{
    static struct applied applied;
    struct frame frame = {.kind = FRAME_HELLO};
    frame.as.hello = (struct hello){WIRE_SCHEMA, SOURCE, EPOCH, 1, 1, {"linked", 6}};
    return monitor_apply(monitor, &frame, 1, &applied);
}

static void a_source_with_a_link_is_not_overheard(void **state)
{
    (void)state;
    assert_int_equal(say_hello(), REFUSAL_NONE);
    hear_mark(FRAME_RUN_BEGIN, 1, 0);
    assert_int_equal(overhear.counters.refused[REFUSAL_NOT_WELCOME], 1);
    assert_int_equal(entry()->run, 0);
}

static void a_source_that_is_overheard_gets_no_link(void **state)
{
    (void)state;
    hear_mark(FRAME_RUN_BEGIN, 1, 0);
    assert_int_equal(say_hello(), REFUSAL_NOT_WELCOME);
    assert_string_equal(entry()->name, "");
}

static void what_is_no_frame_is_counted_by_its_reason(void **state)
{
    (void)state;
    assert_int_equal(hear(0), 0);
    overhear_refuse(&overhear);
    uint32_t size = make_batch(1, 40, 1, SOURCE, bytes);
    bytes[size - 1] ^= 1;
    assert_int_equal(hear(size), 0);
    assert_int_equal(overhear.counters.refused[REFUSAL_BAD_FRAME], 2);
    assert_int_equal(overhear.counters.refused[REFUSAL_BAD_CRC], 1);
    assert_int_equal(overhear.counters.frames, 3);
    assert_null(entry());
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(everything_that_is_heard_is_counted, start, end),
        cmocka_unit_test_setup_teardown(what_was_before_the_first_begin_was_never_ours, start, end),
        cmocka_unit_test_setup_teardown(a_gap_is_lost_and_what_comes_after_that_is_late, start, end),
        cmocka_unit_test_setup_teardown(a_begin_of_a_burst_that_was_missed_is_made_up_with_an_unknown_downscaling,
                                        start, end),
        cmocka_unit_test_setup_teardown(a_burst_of_a_run_whose_begin_was_missed_counts_as_data, start, end),
        cmocka_unit_test_setup_teardown(a_batch_begins_no_run, start, end),
        cmocka_unit_test_setup_teardown(a_source_with_a_link_is_not_overheard, start, end),
        cmocka_unit_test_setup_teardown(a_source_that_is_overheard_gets_no_link, start, end),
        cmocka_unit_test_setup_teardown(what_is_no_frame_is_counted_by_its_reason, start, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
