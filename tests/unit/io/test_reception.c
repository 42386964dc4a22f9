/* SPDX-License-Identifier: MIT */
/*
 * test_reception - what the daemon answers to two front-ends that speak in a certain order.
 *
 * That a frame is refused shows in the counters; that it was taken, in the ledger.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "io/reception.h"
#include "source_frames.h"

static struct monitor *monitor;
static struct reception *reception;
static unsigned char bytes[FRAME_BYTES_MAX];

static bool on_send(void *context, const unsigned char *id, size_t id_size, const unsigned char *answer, size_t size)
{
    (void)context, (void)id, (void)id_size, (void)answer, (void)size;
    return true;
}

static void on_counted(void *context, const struct applied *applied, uint64_t t_ns)
{
    (void)context, (void)applied, (void)t_ns;
}

static void on_burst(void *context, const struct burst_summary *summary)
{
    (void)context, (void)summary;
}

static void on_alarm(void *context, const struct alarm *alarm)
{
    (void)context, (void)alarm;
}

static void receive(uint32_t source, uint32_t size)
{
    const struct sender sender = {(const unsigned char *)&source, sizeof source, .is_front_end = true};
    reception_receive(reception, &sender, bytes, size, 1000000000);
}

static void receive_mark(uint32_t source, enum frame_kind kind, uint32_t burst)
{
    receive(source, make_mark(kind, 1, burst, source, bytes));
}

static void receive_lost(uint32_t source, uint64_t last)
{
    struct frame frame = {.kind = FRAME_LOST};
    frame.as.lost = (struct lost){source, EPOCH, 1, last, LOSS_RING_OVERRUN};
    receive(source, (uint32_t)frame_encode(&frame, bytes, sizeof bytes));
}

static const struct ledger_entry *entry_of(uint32_t source)
{
    return &monitor_ledger(monitor)->entries[source - 1];
}

static uint64_t busy(void)
{
    return reception_counters(reception)->refused[REFUSAL_BUSY];
}

/* Sources 1 and 2 in run 1; source 1 has ended bursts 1 to `bursts`, all empty. */
static void begin_two(uint32_t bursts)
{
    for (uint32_t source = 1; source <= 2; source++) {
        receive_mark(source, FRAME_HELLO, 0);
        receive_mark(source, FRAME_RUN_BEGIN, 0);
    }
    for (uint32_t burst = 1; burst <= bursts; burst++) {
        receive_mark(1, FRAME_BURST_BEGIN, burst);
        receive_mark(1, FRAME_BURST_END, burst);
    }
}

static int start(void **state)
{
    (void)state;
    const struct monitor_observer observer = {NULL, on_burst, on_alarm};
    const struct reception_config config = {4096, BATCH_CANDIDATES_MAX};
    const struct reception_calls calls = {NULL, on_send, on_counted, NULL, NULL};
    monitor = make_monitor(&observer, 2);
    reception = reception_create(&config, monitor, &calls);
    return reception ? 0 : -1;
}

static int end(void **state)
{
    (void)state;
    reception_destroy(reception);
    monitor_destroy(monitor);
    return 0;
}

/* The source takes for counted what lies before something that is counted. */
static void nothing_behind_a_burst_that_found_no_place_is_taken_before_it(void **state)
{
    (void)state;
    begin_two(BURST_AHEAD_MAX);
    receive_mark(1, FRAME_BURST_BEGIN, BURST_AHEAD_MAX + 1);
    assert_int_equal(busy(), 1);
    receive_mark(2, FRAME_BURST_BEGIN, 1); /* now there is a place, .. */
    receive_mark(2, FRAME_BURST_END, 1);
    receive_mark(1, FRAME_BURST_END, BURST_AHEAD_MAX + 1); /* .. but not for what lies behind */
    receive_mark(1, FRAME_BURST_BEGIN, BURST_AHEAD_MAX + 2);
    receive_lost(1, 100);
    receive_mark(1, FRAME_RUN_END, 0);
    assert_int_equal(busy(), 5);
    assert_int_equal(entry_of(1)->next_seq, 1);
    assert_int_equal(entry_of(1)->burst, BURST_AHEAD_MAX);
    assert_true(entry_of(1)->in_run);
}

static void the_burst_that_found_no_place_is_taken_when_it_comes_again_and_then_the_rest(void **state)
{
    (void)state;
    begin_two(BURST_AHEAD_MAX);
    receive_mark(1, FRAME_BURST_BEGIN, BURST_AHEAD_MAX + 1);
    receive_mark(2, FRAME_BURST_BEGIN, 1);
    receive_mark(2, FRAME_BURST_END, 1);
    receive_mark(1, FRAME_BURST_BEGIN, BURST_AHEAD_MAX); /* a repetition */
    receive_mark(1, FRAME_BURST_BEGIN, BURST_AHEAD_MAX + 1);
    receive_lost(1, 100);
    assert_int_equal(busy(), 1);
    assert_int_equal(entry_of(1)->burst, BURST_AHEAD_MAX + 1);
    assert_int_equal(entry_of(1)->next_seq, 101);
}

static void a_fresh_connection_begins_without_it(void **state)
{
    (void)state;
    begin_two(BURST_AHEAD_MAX);
    receive_mark(1, FRAME_BURST_BEGIN, BURST_AHEAD_MAX + 1);
    receive_mark(1, FRAME_HELLO, 0);
    receive_lost(1, 100);
    assert_int_equal(busy(), 1);
    assert_int_equal(entry_of(1)->next_seq, 101);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(nothing_behind_a_burst_that_found_no_place_is_taken_before_it, start, end),
        cmocka_unit_test_setup_teardown(the_burst_that_found_no_place_is_taken_when_it_comes_again_and_then_the_rest,
                                        start, end),
        cmocka_unit_test_setup_teardown(a_fresh_connection_begins_without_it, start, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
