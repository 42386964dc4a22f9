/* SPDX-License-Identifier: MIT */
/*
 * Frames are built as structs and applied one by one. Candidate `seq` of any source is entry seq % POOL of a pool of
 * plausible decays, so that the contents do not depend on how they are cut into batches.
 */
#include "core/monitor.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "candidates.h"
#include "core/withheld.h"
#include "synthetic.h"

#define POOL 2048u
#define CLOSED_MAX 2048
#define TIMEOUT_NS INT64_C(5000000000)
#define COUNT(array) (sizeof(array) / sizeof *(array))

/* What the observer was told about a closed burst, and the sums at that time. */
struct closed {
    struct burst_summary summary;
    uint64_t sums_hash;
};

static struct candidates pool; /* POOL candidates, twice */
static struct template shape;
static struct monitor *monitor;
static struct applied applied;
static int64_t now_ns;
static struct closed closed[CLOSED_MAX];
static uint32_t closed_count, alarm_count;
static uint32_t weak_count, untested_count;   /* told of an EXCESS with Z_Bi < 3, or without a test of constancy */
static double promise_major;                  /* of the next monitor; 0: the default */
static struct alarm last_alarm, alarm_before; /* that one, and the one before it */

static uint64_t hash_sums(enum horizon_id id, uint64_t hash)
{
    const struct horizon *sums = monitor_horizon(monitor, id);
    for (uint32_t slot = 0; slot < HISTOGRAM_SLOTS; slot++)
        hash = (hash ^ sums->slots[slot]) * UINT64_C(0x100000001B3);
    return (hash ^ sums->bursts) * UINT64_C(0x100000001B3);
}

static void note_closed(void *context, const struct burst_summary *summary)
{
    (void)context;
    assert_true(closed_count < CLOSED_MAX);
    closed[closed_count].summary = *summary;
    closed[closed_count].sums_hash = hash_sums(HORIZON_RUN, hash_sums(HORIZON_10, hash_sums(HORIZON_1, 1)));
    closed_count++;
}

static void note_alarm(void *context, const struct alarm *alarm)
{
    (void)context;
    alarm_before = last_alarm;
    last_alarm = *alarm;
    weak_count += alarm->kind == ALARM_EXCESS && alarm->z < 3.0;
    untested_count += alarm->kind == ALARM_EXCESS && alarm->constancy_p >= 1.0;
    alarm_count++;
}

static void create(uint32_t expected_sources)
{
    struct monitor_config config = {.preset = SELECTION_PAPER,
                                    .f_sys = 0.03,
                                    .promise = alarm_default_promise(),
                                    .close_timeout_ns = TIMEOUT_NS,
                                    .expected_sources = expected_sources};
    struct monitor_observer observer = {NULL, note_closed, note_alarm};
    if (promise_major > 0.0)
        config.promise.major = promise_major;
    promise_major = 0.0;
    monitor_destroy(monitor);
    monitor = monitor_create(&config, &shape, &observer);
    assert_non_null(monitor);
    closed_count = alarm_count = 0;
    now_ns = 0;
}

static int fill_pool(void **state)
{
    (void)state;
    struct random random = random_start("monitor");
    synthetic_template(&shape);
    while (pool.count < POOL) {
        struct candidate c = plausible_candidate(&random, plausible_m2(&random));
        candidates_put(&pool, &c);
    }
    for (int column = 0; column < CANDIDATE_COLUMN_COUNT; column++)
        memcpy(pool.columns[column] + 4 * POOL + 1, pool.columns[column] + 1, 4 * POOL);
    return 0;
}

static int start(void **state)
{
    (void)state;
    create(0);
    return 0;
}

static int end(void **state)
{
    (void)state;
    monitor_destroy(monitor);
    monitor = NULL;
    return 0;
}

/* ---- frames ---- */

static enum refusal apply(struct frame frame)
{
    return monitor_apply(monitor, &frame, now_ns, &applied);
}

static struct mark mark(uint32_t source, uint64_t epoch, uint32_t run, uint32_t burst, uint64_t at_seq)
{
    return (struct mark){source, epoch, run, burst, at_seq, 1000 * run + 10 * burst + source};
}

static struct frame hello(uint32_t source, uint64_t epoch)
{
    return (struct frame){.kind = FRAME_HELLO,
                          .as.hello = {.schema = 1, .source = source, .epoch = epoch, .next_seq = 1, .oldest_seq = 1}};
}

static struct frame run_begin(uint32_t source, uint64_t epoch, uint32_t run, uint64_t at_seq)
{
    return (struct frame){.kind = FRAME_RUN_BEGIN,
                          .as.run_begin = {.mark = mark(source, epoch, run, 0, at_seq), .origin = ORIGIN_SIMULATION}};
}

static struct frame run_end(uint32_t source, uint64_t epoch, uint32_t run, uint64_t at_seq)
{
    return (struct frame){.kind = FRAME_RUN_END, .as.run_end = mark(source, epoch, run, 0, at_seq)};
}

static struct frame burst_begin_at(uint32_t source, uint64_t epoch, uint32_t run, uint32_t burst, uint64_t at_seq)
{
    return (struct frame){.kind = FRAME_BURST_BEGIN,
                          .as.burst_begin = {.mark = mark(source, epoch, run, burst, at_seq), .input_downscaling = 1}};
}

static struct frame burst_end_at(uint32_t source, uint64_t epoch, uint32_t run, uint32_t burst, uint64_t at_seq)
{
    return (struct frame){.kind = FRAME_BURST_END,
                          .as.burst_end = {.mark = mark(source, epoch, run, burst, at_seq),
                                           .generated = 1000 + source,
                                           .kept = 10,
                                           .downscaling = 150,
                                           .sent = burst,
                                           .intensity = 0.1 * source,
                                           .live_ppm = 900000 + source}};
}

static struct frame batch(uint32_t source, uint64_t epoch, uint64_t first_seq, uint32_t run, uint32_t burst,
                          uint32_t count)
{
    return (struct frame){.kind = FRAME_BATCH,
                          .as.batch = {.schema = 1,
                                       .source = source,
                                       .epoch = epoch,
                                       .first_seq = first_seq,
                                       .run = run,
                                       .burst = burst,
                                       .columns = candidates_view(&pool, (uint32_t)(first_seq % POOL), count)}};
}

static struct frame lost(uint32_t source, uint64_t epoch, uint64_t first, uint64_t last)
{
    return (struct frame){
        .kind = FRAME_LOST,
        .as.lost = {.source = source, .epoch = epoch, .first = first, .last = last, .cause = LOSS_RING_OVERRUN}};
}

/* ---- the most common states ---- */

static void accept(struct frame frame)
{
    assert_int_equal(apply(frame), REFUSAL_NONE);
}

static void refuse(enum refusal expected, struct frame frame)
{
    assert_int_equal(apply(frame), expected);
}

/* Source 1, epoch 1, in run 1. */
static void begin_run(void)
{
    accept(hello(1, 1));
    accept(run_begin(1, 1, 1, 1));
}

static const struct ledger_entry *entry_at(uint32_t index)
{
    return &monitor_ledger(monitor)->entries[index];
}

static uint64_t next_seq(void)
{
    return entry_at(0)->next_seq;
}

/* A whole burst of source 1 with `count` candidates. */
static void whole_burst(uint32_t run, uint32_t burst, uint32_t count)
{
    accept(burst_begin_at(1, 1, run, burst, next_seq()));
    if (count)
        accept(batch(1, 1, next_seq(), run, burst, count));
    accept(burst_end_at(1, 1, run, burst, next_seq()));
}

static uint64_t open_entries(void)
{
    const struct horizon *sums = monitor_horizon(monitor, HORIZON_OPEN);
    uint64_t all = 0;
    for (uint32_t slot = 0; slot < M2_SLOTS; slot++)
        all += sums->slots[M2_SLOTS + slot];
    return all;
}

/* ---- one source ---- */

static void a_hello_opens_the_ledger_and_nothing_else(void **state)
{
    (void)state;
    accept(hello(9, 77));
    assert_int_equal(applied.entry->source, 9);
    assert_int_equal(applied.entry->epoch, 77);
    assert_int_equal(monitor_ledger(monitor)->count, 1);
    accept(hello(9, 77));
    assert_int_equal(monitor_ledger(monitor)->count, 1);
    assert_int_equal(closed_count, 0);
}

static void a_source_that_said_no_hello_is_not_welcome(void **state)
{
    (void)state;
    refuse(REFUSAL_NOT_WELCOME, run_begin(1, 1, 1, 1));
    refuse(REFUSAL_NOT_WELCOME, burst_begin_at(1, 1, 1, 1, 1));
    refuse(REFUSAL_NOT_WELCOME, batch(1, 1, 1, 1, 1, 5));
    refuse(REFUSAL_NOT_WELCOME, burst_end_at(1, 1, 1, 1, 1));
    refuse(REFUSAL_NOT_WELCOME, run_end(1, 1, 1, 1));
    refuse(REFUSAL_NOT_WELCOME, lost(1, 1, 1, 5));
    assert_null(applied.entry);
    begin_run();
    refuse(REFUSAL_NOT_WELCOME, burst_begin_at(1, 2, 1, 1, 1)); /* another epoch */
    refuse(REFUSAL_NOT_WELCOME, burst_begin_at(2, 1, 1, 1, 1)); /* another source */
}

static void a_65th_source_is_too_many(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < LEDGER_ENTRIES_MAX; i++)
        accept(hello(i, 1));
    refuse(REFUSAL_TOO_MANY, hello(LEDGER_ENTRIES_MAX, 1));
    accept(hello(3, 1));
}

static void a_fresh_epoch_takes_the_place_of_the_oldest_that_is_over(void **state)
{
    (void)state;
    begin_run(); /* source 1, epoch 1 */
    accept(burst_begin_at(1, 1, 1, 1, 1));
    accept(batch(1, 1, 1, 1, 1, 300));
    accept(burst_end_at(1, 1, 1, 1, 301));
    for (uint32_t epoch = 2; epoch <= LEDGER_ENTRIES_MAX; epoch++)
        accept(hello(1, epoch));
    accept(hello(2, 1));
    const struct ledger *ledger = monitor_ledger(monitor);
    assert_int_equal(ledger->count, LEDGER_ENTRIES_MAX);
    assert_int_equal(entry_at(0)->source, 2);
    assert_int_equal(entry_at(0)->next_seq, 1);
    assert_int_equal(ledger->retired_count, 1);
    assert_int_equal(ledger->retired.next_seq, 301);
    assert_true(ledger_is_conserved(&ledger->retired));
    refuse(REFUSAL_RETIRED, hello(1, 1));
    refuse(REFUSAL_NOT_WELCOME, batch(1, 1, 301, 1, 1, 10));
    accept(hello(1, 65)); /* in the place of epoch 2 */
    refuse(REFUSAL_RETIRED, hello(1, 2));
    accept(hello(1, 3));
}

static void an_epoch_with_an_open_burst_keeps_its_place(void **state)
{
    (void)state;
    begin_run();
    accept(hello(2, 1));
    accept(run_begin(2, 1, 1, 1));
    accept(burst_begin_at(1, 1, 1, 1, 1));
    accept(batch(1, 1, 1, 1, 1, 300));
    accept(hello(1, 2)); /* source 2 is still to end the burst */
    for (uint32_t source = 3; source < LEDGER_ENTRIES_MAX; source++)
        accept(hello(source, 1));
    assert_int_equal(monitor_ledger(monitor)->count, LEDGER_ENTRIES_MAX);
    assert_int_equal(closed_count, 0);
    refuse(REFUSAL_TOO_MANY, hello(100, 1));
    accept(burst_begin_at(2, 1, 1, 1, 1));
    accept(burst_end_at(2, 1, 1, 1, 1));
    assert_int_equal(closed_count, 1);
    accept(hello(100, 1));
    refuse(REFUSAL_RETIRED, hello(1, 1));
    assert_int_equal(monitor_ledger(monitor)->retired.next_seq, 301);
}

static void a_source_that_starts_anew_makes_its_own_room(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < LEDGER_ENTRIES_MAX; i++)
        accept(hello(i, 1));
    accept(hello(7, 2));
    refuse(REFUSAL_RETIRED, hello(7, 1));
    refuse(REFUSAL_TOO_MANY, hello(LEDGER_ENTRIES_MAX, 1));
}

static void a_batch_is_counted_into_ledger_and_open_burst(void **state)
{
    (void)state;
    begin_run();
    accept(burst_begin_at(1, 1, 1, 1, 1));
    accept(batch(1, 1, 1, 1, 1, 300));
    const struct ledger_entry *entry = applied.entry;
    assert_int_equal(applied.first_seq, 1);
    assert_int_equal(applied.count, 300);
    assert_int_equal(entry->next_seq, 301);
    assert_int_equal(entry->accepted + ledger_rejected(entry), 300);
    assert_int_equal(entry->accepted + entry->rejected[REJECT_VETO], open_entries());
    assert_true(entry->accepted > 100);
    assert_int_equal(closed_count, 0);
    accept(burst_end_at(1, 1, 1, 1, 301));
    assert_int_equal(closed_count, 1);
    assert_int_equal(closed[0].summary.accepted, entry->accepted);
    assert_true(closed[0].summary.complete);
    assert_int_equal(open_entries(), 0);
}

static void a_gap_is_refused_and_changes_nothing(void **state)
{
    (void)state;
    begin_run();
    accept(burst_begin_at(1, 1, 1, 1, 1));
    accept(batch(1, 1, 1, 1, 1, 10));
    struct ledger before = *monitor_ledger(monitor);
    refuse(REFUSAL_GAP, batch(1, 1, 12, 1, 1, 10));
    refuse(REFUSAL_GAP, burst_end_at(1, 1, 1, 1, 12));
    refuse(REFUSAL_GAP, lost(1, 1, 12, 12));
    refuse(REFUSAL_GAP, burst_begin_at(1, 1, 1, 2, 12));
    refuse(REFUSAL_GAP, run_end(1, 1, 1, 12));
    refuse(REFUSAL_GAP, run_begin(1, 1, 2, 12));
    assert_memory_equal(monitor_ledger(monitor), &before, sizeof before);
    accept(batch(1, 1, 11, 1, 1, 10));
}

static void a_duplicate_counts_nothing(void **state)
{
    (void)state;
    begin_run();
    accept(burst_begin_at(1, 1, 1, 1, 1));
    accept(batch(1, 1, 1, 1, 1, 10));
    struct ledger before = *monitor_ledger(monitor);
    uint64_t entries = open_entries();
    accept(batch(1, 1, 1, 1, 1, 10));
    assert_true(applied.is_duplicate);
    assert_int_equal(applied.count, 0);
    accept(batch(1, 1, 3, 1, 1, 8));
    assert_true(applied.is_duplicate);
    assert_memory_equal(monitor_ledger(monitor), &before, sizeof before);
    assert_int_equal(open_entries(), entries);
}

static void an_overlap_counts_its_new_part_only(void **state)
{
    (void)state;
    begin_run();
    accept(burst_begin_at(1, 1, 1, 1, 1));
    accept(batch(1, 1, 1, 1, 1, 10));
    accept(batch(1, 1, 4, 1, 1, 20)); /* 4 .. 23 */
    assert_false(applied.is_duplicate);
    assert_int_equal(applied.first_seq, 11);
    assert_int_equal(applied.count, 13);
    accept(burst_end_at(1, 1, 1, 1, 24));
    uint64_t hash = closed[0].sums_hash;
    create(0);
    begin_run();
    whole_burst(1, 1, 23);
    assert_true(closed[0].sums_hash == hash);
}

static void a_batch_outside_its_burst_is_refused(void **state)
{
    (void)state;
    begin_run();
    refuse(REFUSAL_BAD_BURST, batch(1, 1, 1, 1, 1, 10)); /* not begun */
    accept(burst_begin_at(1, 1, 1, 1, 1));
    refuse(REFUSAL_BAD_BURST, batch(1, 1, 1, 1, 2, 10));
    refuse(REFUSAL_BAD_BURST, batch(1, 1, 1, 2, 1, 10));
    refuse(REFUSAL_BAD_BURST, batch(1, 1, 1, 0, 0, 10));
    accept(burst_end_at(1, 1, 1, 1, 1));
    refuse(REFUSAL_BAD_BURST, batch(1, 1, 1, 1, 1, 10)); /* ended */
    assert_int_equal(next_seq(), 1);
}

static void marks_are_idempotent(void **state)
{
    (void)state;
    begin_run();
    accept(run_begin(1, 1, 1, 1));
    assert_true(applied.is_duplicate);
    accept(burst_begin_at(1, 1, 1, 1, 1));
    assert_false(applied.is_duplicate);
    accept(burst_begin_at(1, 1, 1, 1, 1));
    assert_true(applied.is_duplicate);
    accept(batch(1, 1, 1, 1, 1, 50));
    accept(burst_end_at(1, 1, 1, 1, 51));
    assert_false(applied.is_duplicate);
    accept(burst_end_at(1, 1, 1, 1, 51));
    assert_true(applied.is_duplicate);
    accept(burst_begin_at(1, 1, 1, 1, 1));
    assert_true(applied.is_duplicate);
    assert_int_equal(closed_count, 1);
    accept(run_end(1, 1, 1, 51));
    assert_false(applied.is_duplicate);
    accept(run_end(1, 1, 1, 51));
    assert_true(applied.is_duplicate);
    accept(run_begin(1, 1, 2, 51));
    accept(run_end(1, 1, 1, 51));
    accept(burst_end_at(1, 1, 1, 1, 51));
    assert_true(applied.is_duplicate);
    assert_int_equal(closed_count, 1);
    assert_int_equal(closed[0].summary.sources, 1);
    assert_int_equal(closed[0].summary.generated, 1001);
}

static void marks_out_of_order_are_refused(void **state)
{
    (void)state;
    accept(hello(1, 1));
    refuse(REFUSAL_BAD_BURST, burst_begin_at(1, 1, 1, 1, 1)); /* no run */
    refuse(REFUSAL_BAD_BURST, run_end(1, 1, 1, 1));
    accept(run_begin(1, 1, 1, 1));
    refuse(REFUSAL_BAD_BURST, burst_begin_at(1, 1, 2, 1, 1)); /* of another run */
    refuse(REFUSAL_BAD_BURST, burst_end_at(1, 1, 1, 1, 1));   /* not begun */
    refuse(REFUSAL_BAD_BURST, run_end(1, 1, 2, 1));
    accept(run_end(1, 1, 1, 1));
    refuse(REFUSAL_BAD_BURST, burst_begin_at(1, 1, 1, 1, 1)); /* the run has ended */
    refuse(REFUSAL_BAD_FRAME, (struct frame){.kind = (enum frame_kind)0});
    accept((struct frame){.kind = FRAME_HEARTBEAT});
}

static void run_0_is_refused(void **state)
{
    (void)state;
    accept(hello(1, 1));
    refuse(REFUSAL_BAD_BURST, run_begin(1, 1, 0, 1));
    refuse(REFUSAL_BAD_BURST, burst_begin_at(1, 1, 0, 1, 1));
    refuse(REFUSAL_BAD_BURST, burst_end_at(1, 1, 0, 1, 1));
    refuse(REFUSAL_BAD_BURST, run_end(1, 1, 0, 1));
}

static void burst_0_is_refused(void **state)
{
    (void)state;
    begin_run();
    refuse(REFUSAL_BAD_BURST, burst_begin_at(1, 1, 1, 0, 1));
    refuse(REFUSAL_BAD_BURST, burst_end_at(1, 1, 1, 0, 1));
    whole_burst(1, 1, 5);
    refuse(REFUSAL_BAD_BURST, burst_begin_at(1, 1, 1, 0, 6));
    refuse(REFUSAL_BAD_BURST, burst_end_at(1, 1, 1, 0, 6));
}

static void lost_advances_the_ledger_and_flags_the_burst(void **state)
{
    (void)state;
    begin_run();
    accept(burst_begin_at(1, 1, 1, 1, 1));
    accept(batch(1, 1, 1, 1, 1, 10));
    accept(lost(1, 1, 11, 30));
    assert_int_equal(applied.entry->lost[LOSS_RING_OVERRUN], 20);
    assert_int_equal(next_seq(), 31);
    accept(lost(1, 1, 11, 30));
    assert_true(applied.is_duplicate);
    accept(lost(1, 1, 25, 33)); /* a partial overlap counts its new part */
    assert_int_equal(applied.entry->lost[LOSS_RING_OVERRUN], 23);
    accept(batch(1, 1, 30, 1, 1, 10)); /* 30 .. 39: of a resent batch the lost part stays lost */
    assert_int_equal(applied.count, 6);
    accept(burst_end_at(1, 1, 1, 1, 40));
    assert_int_equal(closed[0].summary.lost, 23);
    assert_false(closed[0].summary.complete);
    assert_string_equal(closed[0].summary.quality, "23 candidates lost");
    assert_string_equal(closed[0].summary.best[0].withheld, "candidates were lost");
}

static void seqs_up_to_2_to_the_63_are_counted(void **state)
{
    (void)state;
    const uint64_t limit = UINT64_C(1) << 63;
    begin_run();
    accept(lost(1, 1, 1, limit - 101));
    accept(burst_begin_at(1, 1, 1, 1, limit - 100));
    accept(batch(1, 1, limit - 100, 1, 1, 100));
    assert_true(next_seq() == limit);
    accept(batch(1, 1, limit - 50, 1, 1, 50));
    assert_true(applied.is_duplicate);
    accept(burst_end_at(1, 1, 1, 1, limit));
    refuse(REFUSAL_GAP, burst_begin_at(1, 1, 1, 2, limit + 1));
    assert_int_equal(closed_count, 1);
    assert_true(closed[0].summary.complete);
    assert_true(ledger_is_conserved(entry_at(0)));
}

static void truth_with_origin_data_is_refused(void **state)
{
    (void)state;
    static const unsigned char truth[4 * 10];
    accept(hello(1, 1));
    struct frame begin = run_begin(1, 1, 1, 1);
    begin.as.run_begin.origin = ORIGIN_DATA;
    accept(begin);
    accept(burst_begin_at(1, 1, 1, 1, 1));
    struct frame frame = batch(1, 1, 1, 1, 1, 10);
    frame.as.batch.truth_m2 = truth;
    refuse(REFUSAL_TRUTH, frame);
    frame.as.batch.truth_m2 = NULL;
    frame.as.batch.truth_kind = truth;
    refuse(REFUSAL_TRUTH, frame);
    assert_int_equal(next_seq(), 1);
    frame.as.batch.truth_kind = NULL;
    accept(frame);
    accept(burst_end_at(1, 1, 1, 1, 11));
    begin = run_begin(1, 1, 2, 11);
    accept(begin); /* a simulation */
    accept(burst_begin_at(1, 1, 2, 1, 11));
    frame = batch(1, 1, 11, 2, 1, 10);
    frame.as.batch.truth_kind = truth;
    accept(frame);
}

static void decisions_are_bits_from_the_first_new_candidate(void **state)
{
    (void)state;
    begin_run();
    accept(burst_begin_at(1, 1, 1, 1, 1));
    memset(applied.decisions, 0xFF, sizeof applied.decisions);
    accept(batch(1, 1, 1, 1, 1, 13));
    unsigned char whole[LINE_COUNT][2];
    for (int line = 0; line < LINE_COUNT; line++)
        memcpy(whole[line], applied.decisions[line], 2);
    create(0);
    begin_run();
    accept(burst_begin_at(1, 1, 1, 1, 1));
    accept(batch(1, 1, 1, 1, 1, 5));
    memset(applied.decisions, 0xFF, sizeof applied.decisions);
    accept(batch(1, 1, 1, 1, 1, 13)); /* 6 .. 13 are new */
    for (int line = 0; line < LINE_COUNT; line++) {
        unsigned expected = ((unsigned)whole[line][0] | (unsigned)whole[line][1] << 8) >> 5;
        assert_int_equal(applied.decisions[line][0], expected & 0xFF);
        assert_int_equal(whole[line][1] >> 5, 0); /* nothing beyond the 13th */
    }
    assert_int_not_equal(whole[LINE_UNPRESCALED][0], 0);
}

static void a_new_run_empties_the_run_horizon_only(void **state)
{
    (void)state;
    begin_run();
    for (uint32_t burst = 1; burst <= 6; burst++)
        whole_burst(1, burst, 10);
    accept(run_end(1, 1, 1, next_seq()));
    accept(run_begin(1, 1, 2, next_seq()));
    assert_int_equal(monitor_horizon(monitor, HORIZON_RUN)->bursts, 6);
    whole_burst(2, 1, 10);
    assert_int_equal(monitor_horizon(monitor, HORIZON_RUN)->bursts, 1);
    assert_int_equal(monitor_horizon(monitor, HORIZON_10)->bursts, 7);
    assert_int_equal(monitor_last_burst(monitor).run, 2);
    assert_int_equal(monitor_last_burst(monitor).burst, 1);
}

static void a_burst_that_is_never_ended_closes_with_the_next_as_incomplete(void **state)
{
    (void)state;
    begin_run();
    accept(burst_begin_at(1, 1, 1, 1, 1));
    accept(batch(1, 1, 1, 1, 1, 10));
    accept(burst_begin_at(1, 1, 1, 2, 11));
    assert_int_equal(closed_count, 1);
    assert_false(closed[0].summary.complete);
    assert_string_equal(closed[0].summary.quality, "1 of 1 sources did not end it");
    accept(run_end(1, 1, 1, 11));
    assert_int_equal(closed_count, 2);
    assert_false(closed[1].summary.complete);
}

static void flush_closes_what_is_open_as_it_is(void **state)
{
    (void)state;
    begin_run();
    accept(burst_begin_at(1, 1, 1, 1, 1));
    accept(batch(1, 1, 1, 1, 1, 10));
    monitor_flush(monitor);
    assert_int_equal(closed_count, 1);
    assert_false(closed[0].summary.complete);
    assert_int_equal(open_entries(), 0);
    monitor_flush(monitor);
    assert_int_equal(closed_count, 1);
    accept(batch(1, 1, 11, 1, 1, 10)); /* late, but accounted for */
    assert_int_equal(applied.entry->rejected[REJECT_LATE_BURST], 10);
}

/* ---- several sources ---- */

/* Sources 1 and 2, epoch 1, in run 1. */
static void begin_two(void)
{
    for (uint32_t source = 1; source <= 2; source++) {
        accept(hello(source, 1));
        accept(run_begin(source, 1, 1, 1));
    }
}

static void a_burst_closes_only_when_all_have_ended_it(void **state)
{
    (void)state;
    begin_two();
    accept(burst_begin_at(1, 1, 1, 1, 1));
    accept(burst_end_at(1, 1, 1, 1, 1));
    assert_int_equal(closed_count, 0); /* source 2 has not come to it */
    accept(burst_begin_at(2, 1, 1, 1, 1));
    accept(batch(2, 1, 1, 1, 1, 10));
    assert_int_equal(closed_count, 0);
    accept(burst_end_at(2, 1, 1, 1, 11));
    assert_int_equal(closed_count, 1);
    assert_true(closed[0].summary.complete);
    assert_int_equal(closed[0].summary.sources, 2);
}

static void a_source_that_skips_a_burst_does_not_hold_it_up(void **state)
{
    (void)state;
    begin_two();
    accept(burst_begin_at(1, 1, 1, 1, 1));
    accept(burst_end_at(1, 1, 1, 1, 1));
    accept(burst_begin_at(2, 1, 1, 2, 1));
    assert_int_equal(closed_count, 1);
    assert_int_equal(closed[0].summary.key.burst, 1);
}

static void bursts_close_in_the_order_of_time(void **state)
{
    (void)state;
    begin_two();
    for (uint32_t burst = 1; burst <= 5; burst++) {
        accept(burst_begin_at(1, 1, 1, burst, 1));
        accept(burst_end_at(1, 1, 1, burst, 1));
    }
    assert_int_equal(closed_count, 0);
    for (uint32_t burst = 1; burst <= 5; burst++) {
        accept(burst_begin_at(2, 1, 1, burst, 1));
        accept(burst_end_at(2, 1, 1, burst, 1));
        assert_int_equal(closed_count, burst);
        assert_int_equal(closed[burst - 1].summary.key.burst, burst);
    }
}

static void a_run_closes_when_the_source_that_holds_it_up_leaves_it(void **state)
{
    (void)state;
    begin_two();
    accept(burst_begin_at(1, 1, 1, 1, 1));
    accept(burst_end_at(1, 1, 1, 1, 1));
    accept(run_end(2, 1, 1, 1));
    assert_int_equal(closed_count, 1);
}

static void the_first_of_two_expected_sources_waits_for_the_second(void **state)
{
    (void)state;
    create(2);
    accept(hello(1, 1));
    accept(run_begin(1, 1, 1, 1));
    whole_burst(1, 1, 10);
    assert_int_equal(closed_count, 0);
    accept(hello(2, 1));
    accept(run_begin(2, 1, 1, 1));
    assert_int_equal(closed_count, 0);
    accept(burst_begin_at(2, 1, 1, 1, 1));
    accept(burst_end_at(2, 1, 1, 1, 1));
    assert_int_equal(closed_count, 1);
    assert_true(closed[0].summary.complete);
}

static void a_timeout_closes_as_incomplete_and_counts_the_late_source(void **state)
{
    (void)state;
    begin_two();
    accept(burst_begin_at(1, 1, 1, 1, 1));
    accept(burst_begin_at(2, 1, 1, 1, 1));
    accept(burst_end_at(1, 1, 1, 1, 1));
    monitor_tick(monitor, TIMEOUT_NS - 1);
    assert_int_equal(closed_count, 0);
    monitor_tick(monitor, TIMEOUT_NS);
    assert_int_equal(closed_count, 1);
    assert_false(closed[0].summary.complete);
    assert_string_equal(closed[0].summary.quality, "1 of 2 sources did not end it");
    accept(batch(2, 1, 1, 1, 1, 25));
    assert_int_equal(applied.count, 25);
    assert_int_equal(applied.entry->rejected[REJECT_LATE_BURST], 25);
    for (int line = 0; line < LINE_COUNT; line++)
        for (int byte = 0; byte < 4; byte++)
            assert_int_equal(applied.decisions[line][byte], 0);
    accept(burst_end_at(2, 1, 1, 1, 26));
    assert_int_equal(closed_count, 1);
    assert_true(ledger_is_conserved(applied.entry));
}

static void progress_of_any_source_puts_off_the_timeout(void **state)
{
    (void)state;
    begin_two();
    accept(burst_begin_at(1, 1, 1, 1, 1));
    now_ns = TIMEOUT_NS - 1;
    accept(batch(1, 1, 1, 1, 1, 5));
    monitor_tick(monitor, TIMEOUT_NS);
    assert_int_equal(closed_count, 0);
    monitor_tick(monitor, 2 * TIMEOUT_NS - 1);
    assert_int_equal(closed_count, 1);
}

static void a_silent_source_is_not_waited_for_until_it_returns(void **state)
{
    (void)state;
    begin_two();
    accept(burst_begin_at(1, 1, 1, 1, 1));
    accept(burst_end_at(1, 1, 1, 1, 1));
    monitor_tick(monitor, TIMEOUT_NS); /* source 2 never came */
    assert_int_equal(closed_count, 1);
    now_ns = TIMEOUT_NS;
    whole_burst(1, 2, 5);
    assert_int_equal(closed_count, 2);
    accept(burst_begin_at(2, 1, 1, 3, 1)); /* it is back */
    whole_burst(1, 3, 5);
    assert_int_equal(closed_count, 2);
    accept(burst_end_at(2, 1, 1, 3, 1));
    assert_int_equal(closed_count, 3);
    assert_int_equal(closed[2].summary.sources, 2);
}

static void a_source_twelve_bursts_ahead_is_busy(void **state)
{
    (void)state;
    begin_two();
    for (uint32_t burst = 1; burst <= BURST_AHEAD_MAX; burst++) {
        accept(burst_begin_at(1, 1, 1, burst, 1));
        accept(burst_end_at(1, 1, 1, burst, 1));
    }
    struct ledger before = *monitor_ledger(monitor);
    refuse(REFUSAL_BUSY, burst_begin_at(1, 1, 1, BURST_AHEAD_MAX + 1, 1));
    assert_memory_equal(monitor_ledger(monitor), &before, sizeof before);
    accept(burst_begin_at(2, 1, 1, 1, 1));
    accept(burst_end_at(2, 1, 1, 1, 1));
    accept(burst_begin_at(1, 1, 1, BURST_AHEAD_MAX + 1, 1));
}

/* It skips burst 1, which the other one needs before any can close. */
static void the_source_behind_all_others_finds_a_place_for_a_burst_that_they_left_out(void **state)
{
    (void)state;
    begin_two();
    for (uint32_t burst = 2; burst <= BURST_AHEAD_MAX + 1; burst++)
        whole_burst(1, burst, 1);
    refuse(REFUSAL_BUSY, burst_begin_at(1, 1, 1, BURST_AHEAD_MAX + 2, 13));
    accept(burst_begin_at(2, 1, 1, 1, 1));
    accept(burst_end_at(2, 1, 1, 1, 1));
    assert_int_equal(closed_count, 1);
    assert_int_equal(closed[0].summary.key.burst, 1);
}

static void a_new_epoch_ends_what_the_old_one_began(void **state)
{
    (void)state;
    begin_run();
    accept(burst_begin_at(1, 1, 1, 1, 1));
    accept(batch(1, 1, 1, 1, 1, 10));
    accept(hello(1, 2));
    assert_int_equal(closed_count, 1);
    assert_false(closed[0].summary.complete);
    accept(run_begin(1, 2, 1, 1)); /* the new one numbers from 1 again */
    accept(burst_begin_at(1, 2, 1, 2, 1));
    accept(batch(1, 2, 1, 1, 2, 10));
    accept(burst_end_at(1, 2, 1, 2, 11));
    assert_int_equal(closed_count, 2);
    assert_true(closed[1].summary.complete);
    assert_int_equal(entry_at(0)->next_seq, 11);
    assert_int_equal(entry_at(1)->next_seq, 11);
}

/* A source begins run 1 with this origin. */
static void begin_with(uint32_t source, enum origin origin)
{
    accept(hello(source, 1));
    struct frame begin = run_begin(source, 1, 1, 1);
    begin.as.run_begin.origin = origin;
    accept(begin);
}

static void data_of_one_source_make_everything_data(void **state)
{
    (void)state;
    assert_int_equal(monitor_origin(monitor), ORIGIN_UNSPECIFIED);
    begin_with(1, ORIGIN_DATA);
    begin_with(2, ORIGIN_SIMULATION);
    begin_with(3, ORIGIN_UNSPECIFIED);
    assert_int_equal(monitor_origin(monitor), ORIGIN_DATA);
    create(0);
    begin_with(2, ORIGIN_INJECTION);
    begin_with(1, ORIGIN_SIMULATION);
    assert_int_equal(monitor_origin(monitor), ORIGIN_SIMULATION);
}

static void a_run_that_does_not_say_what_it_is_counts_as_data(void **state)
{
    (void)state;
    begin_with(1, ORIGIN_SIMULATION);
    begin_with(2, ORIGIN_UNSPECIFIED);
    assert_int_equal(monitor_origin(monitor), ORIGIN_DATA);
    assert_int_equal(entry_at(1)->origin, ORIGIN_DATA);
    assert_true(monitor_is_blind(monitor));
}

static void data_stay_data_when_a_simulation_follows(void **state)
{
    (void)state;
    begin_with(1, ORIGIN_DATA);
    accept(run_begin(1, 1, 2, 1)); /* a simulation, while the rolling horizons still hold data */
    assert_int_equal(monitor_origin(monitor), ORIGIN_DATA);
}

static void a_restarted_source_does_not_count_as_two(void **state)
{
    (void)state;
    create(2);
    begin_run();
    accept(hello(1, 2)); /* the same source anew */
    accept(run_begin(1, 2, 1, 1));
    accept(burst_begin_at(1, 2, 1, 1, 1));
    accept(burst_end_at(1, 2, 1, 1, 1));
    assert_int_equal(closed_count, 0); /* the other one is still to come */
    accept(hello(2, 1));
    accept(run_begin(2, 1, 1, 1));
    accept(burst_begin_at(2, 1, 1, 1, 1));
    accept(burst_end_at(2, 1, 1, 1, 1));
    assert_int_equal(closed_count, 1);
    assert_int_equal(closed[0].summary.sources, 2);
}

static void a_burst_that_a_source_never_came_to_is_incomplete(void **state)
{
    (void)state;
    begin_two();
    accept(burst_begin_at(1, 1, 1, 1, 1));
    accept(burst_end_at(1, 1, 1, 1, 1));
    monitor_tick(monitor, TIMEOUT_NS);
    assert_int_equal(closed_count, 1);
    assert_false(closed[0].summary.complete);
    assert_string_equal(closed[0].summary.quality, "1 of 2 sources did not end it");
    assert_string_equal(closed[0].summary.best[0].withheld, "a burst is incomplete");
}

static void a_burst_without_all_expected_sources_is_incomplete(void **state)
{
    (void)state;
    create(3);
    begin_two();
    for (uint32_t source = 1; source <= 2; source++) {
        accept(burst_begin_at(source, 1, 1, 1, 1));
        accept(burst_end_at(source, 1, 1, 1, 1));
    }
    monitor_tick(monitor, TIMEOUT_NS); /* source 3 never came */
    assert_int_equal(closed_count, 1);
    assert_string_equal(closed[0].summary.quality, "1 of 3 sources did not end it");
    accept(hello(3, 1));
    accept(run_begin(3, 1, 1, 1));
    accept(burst_begin_at(3, 1, 1, 5, 1)); /* it has come now, but skips burst 4 */
    for (uint32_t source = 1; source <= 2; source++) {
        accept(burst_begin_at(source, 1, 1, 4, 1));
        accept(burst_end_at(source, 1, 1, 4, 1));
    }
    assert_int_equal(closed_count, 2);
    assert_string_equal(closed[1].summary.quality, "1 of 3 sources did not end it");
}

static void flush_leaves_finished_bursts_complete(void **state)
{
    (void)state;
    begin_two();
    accept(burst_begin_at(1, 1, 1, 1, 1));
    for (uint32_t source = 1; source <= 2; source++) {
        accept(burst_begin_at(source, 1, 1, 2, 1));
        accept(burst_end_at(source, 1, 1, 2, 1));
    }
    assert_int_equal(closed_count, 2); /* nobody will end the first any more */
    accept(burst_begin_at(1, 1, 1, 3, 1));
    accept(burst_end_at(1, 1, 1, 3, 1));
    monitor_flush(monitor);
    assert_int_equal(closed_count, 3);
    assert_false(closed[0].summary.complete);
    assert_true(closed[1].summary.complete);
    assert_string_equal(closed[2].summary.quality, "1 of 2 sources did not end it");
}

static void a_loss_between_two_bursts_flags_the_one_it_belongs_to(void **state)
{
    (void)state;
    begin_run();
    whole_burst(1, 1, 10);
    accept(lost(1, 1, 11, 30)); /* announced before the marks that it lies behind */
    accept(burst_begin_at(1, 1, 1, 2, 11));
    accept(burst_end_at(1, 1, 1, 2, 31));
    assert_int_equal(closed_count, 2);
    assert_true(closed[0].summary.complete);
    assert_int_equal(closed[1].summary.lost, 20);
    assert_false(closed[1].summary.complete);
}

static void a_loss_over_several_bursts_is_divided_among_them(void **state)
{
    (void)state;
    begin_run();
    accept(burst_begin_at(1, 1, 1, 1, 1));
    accept(batch(1, 1, 1, 1, 1, 10));
    accept(lost(1, 1, 11, 60)); /* 5 of burst 1, 15 of burst 2, 30 of burst 3 */
    accept(burst_end_at(1, 1, 1, 1, 16));
    accept(burst_begin_at(1, 1, 1, 2, 16));
    accept(burst_end_at(1, 1, 1, 2, 31));
    accept(burst_begin_at(1, 1, 1, 3, 31));
    accept(batch(1, 1, 61, 1, 3, 10));
    accept(burst_end_at(1, 1, 1, 3, 71));
    accept(burst_begin_at(1, 1, 1, 4, 71));
    accept(burst_end_at(1, 1, 1, 4, 71));
    static const uint32_t expected[] = {5, 15, 30, 0};
    assert_int_equal(closed_count, 4);
    for (uint32_t i = 0; i < 4; i++)
        assert_int_equal(closed[i].summary.lost, expected[i]);
    assert_int_equal(entry_at(0)->lost[LOSS_RING_OVERRUN], 50);
}

static void a_loss_behind_a_burst_that_is_not_ended_is_divided_too(void **state)
{
    (void)state;
    begin_two();
    accept(burst_begin_at(1, 1, 1, 1, 1));
    accept(lost(1, 1, 1, 50));
    accept(burst_begin_at(1, 1, 1, 2, 31)); /* without an end of burst 1 */
    accept(run_end(2, 1, 1, 1));
    accept(burst_end_at(1, 1, 1, 2, 51));
    assert_int_equal(closed_count, 2);
    assert_int_equal(closed[0].summary.lost, 30);
    assert_int_equal(closed[1].summary.lost, 20);
}

static void a_mark_before_what_was_counted_cannot_move_losses(void **state)
{
    (void)state;
    begin_two();
    accept(burst_begin_at(1, 1, 1, 1, 1));
    accept(burst_begin_at(2, 1, 1, 1, 1));
    accept(lost(2, 1, 1, 100));
    accept(batch(1, 1, 1, 1, 1, 50));
    accept(burst_end_at(1, 1, 1, 1, 1)); /* nonsense: 50 were counted since */
    accept(burst_end_at(2, 1, 1, 1, 101));
    assert_int_equal(closed[0].summary.lost, 100);
    accept(burst_begin_at(1, 1, 1, 2, 1));
    accept(burst_end_at(1, 1, 1, 2, 51));
    accept(run_end(2, 1, 1, 101));
    assert_int_equal(closed[1].summary.lost, 0);
}

static void losses_put_off_the_timeout_and_end_silence(void **state)
{
    (void)state;
    begin_two();
    accept(burst_begin_at(1, 1, 1, 1, 1));
    now_ns = TIMEOUT_NS - 1;
    accept(lost(1, 1, 1, 9));
    monitor_tick(monitor, TIMEOUT_NS);
    assert_int_equal(closed_count, 0);
    monitor_tick(monitor, 2 * TIMEOUT_NS);
    assert_int_equal(closed_count, 1);
    assert_true(entry_at(0)->is_silent);
    accept(lost(1, 1, 10, 12));
    assert_false(entry_at(0)->is_silent);
}

static void a_refused_frame_does_not_end_silence(void **state)
{
    (void)state;
    begin_two();
    accept(burst_begin_at(1, 1, 1, 1, 1));
    monitor_tick(monitor, TIMEOUT_NS);
    refuse(REFUSAL_GAP, batch(1, 1, 2, 1, 1, 5));
    refuse(REFUSAL_BAD_BURST, batch(1, 1, 1, 1, 9, 5));
    refuse(REFUSAL_GAP, burst_end_at(1, 1, 1, 1, 2));
    refuse(REFUSAL_BAD_BURST, burst_end_at(1, 1, 1, 9, 1));
    assert_true(entry_at(0)->is_silent);
    accept(batch(1, 1, 1, 1, 1, 5));
    assert_false(entry_at(0)->is_silent);
}

/* ---- what is concluded ---- */

static void every_reason_to_withhold_is_named(void **state)
{
    (void)state;
    struct scan scan;
    begin_run();
    accept(burst_begin_at(1, 1, 1, 1, 1));
    monitor_scan(monitor, LINE_UNPRESCALED, HORIZON_OPEN, &scan);
    assert_string_equal(scan.withheld, "the burst is still open");
    accept(burst_end_at(1, 1, 1, 1, 1));
    monitor_scan(monitor, LINE_UNPRESCALED, HORIZON_1, &scan);
    assert_null(scan.withheld);
    monitor_scan(monitor, LINE_UNPRESCALED, HORIZON_10, &scan);
    assert_string_equal(scan.withheld, "not enough bursts yet");
    struct frame begin = burst_begin_at(1, 1, 1, 2, 1);
    begin.as.burst_begin.input_downscaling = DOWNSCALING_UNKNOWN;
    accept(begin);
    accept(batch(1, 1, 1, 1, 2, 100));
    accept(burst_end_at(1, 1, 1, 2, 101));
    monitor_scan(monitor, LINE_UNPRESCALED, HORIZON_1, &scan);
    assert_string_equal(scan.withheld, "input downscaling unknown or variable");
    assert_true(scan.exposure == 0.0);
    accept(burst_begin_at(1, 1, 1, 3, 101));
    accept(burst_begin_at(1, 1, 1, 4, 101));
    monitor_scan(monitor, LINE_UNPRESCALED, HORIZON_1, &scan);
    assert_string_equal(scan.withheld, "a burst is incomplete");
    accept(lost(1, 1, 101, 101));
    accept(burst_end_at(1, 1, 1, 4, 102));
    monitor_scan(monitor, LINE_UNPRESCALED, HORIZON_1, &scan);
    assert_string_equal(scan.withheld, "candidates were lost");
    begin = burst_begin_at(1, 1, 1, 5, 102);
    begin.as.burst_begin.input_downscaling = DOWNSCALING_VARIABLE;
    accept(begin);
    accept(burst_end_at(1, 1, 1, 5, 102));
    monitor_scan(monitor, LINE_UNPRESCALED, HORIZON_1, &scan);
    assert_string_equal(scan.withheld, "input downscaling unknown or variable");
}

/* Whoever reads a reason must not have to guess which one it is. */
static void reasons_to_withhold_are_different_texts(void **state)
{
    (void)state;
    for (int i = 0; i < WITHHELD_COUNT; i++)
        for (int j = 0; j <= i; j++)
            assert_true((strcmp(withheld_text((enum withheld)i), withheld_text((enum withheld)j)) == 0) == (i == j));
}

static void a_bad_burst_is_left_out_of_the_period_and_withholds_the_other_horizons(void **state)
{
    (void)state;
    struct scan scan;
    begin_run();
    for (uint32_t burst = 1; burst <= 101; burst++) {
        if (burst == 50) {
            accept(burst_begin_at(1, 1, 1, burst, next_seq()));
            accept(lost(1, 1, next_seq(), next_seq() + 9));
            accept(burst_end_at(1, 1, 1, burst, next_seq()));
        } else {
            whole_burst(1, burst, 20);
        }
        assert_true((closed[burst - 1].summary.best[HORIZON_PERIOD - HORIZON_1].withheld == NULL) == (burst >= 101));
    }
    assert_non_null(closed[100].summary.best[HORIZON_RUN - HORIZON_1].withheld);
    assert_non_null(closed[100].summary.best[HORIZON_100 - HORIZON_1].withheld);
    monitor_scan(monitor, LINE_UNPRESCALED, HORIZON_PERIOD, &scan);
    assert_null(scan.withheld);
    assert_int_equal(scan.bursts, 100);
    assert_int_equal(scan.left_out, 1);
    assert_true(scan.exposure > 0.0);
}

static void a_period_spans_runs_and_begins_anew_when_told(void **state)
{
    (void)state;
    begin_run();
    whole_burst(1, 1, 10);
    accept(run_end(1, 1, 1, next_seq()));
    accept(run_begin(1, 1, 2, next_seq()));
    whole_burst(2, 1, 10);
    assert_int_equal(monitor_horizon(monitor, HORIZON_PERIOD)->bursts, 2);
    monitor_new_period(monitor);
    assert_int_equal(monitor_horizon(monitor, HORIZON_PERIOD)->bursts, 0);
    whole_burst(2, 2, 10);
    assert_int_equal(monitor_horizon(monitor, HORIZON_PERIOD)->bursts, 1);
    assert_int_equal(monitor_horizon(monitor, HORIZON_RUN)->bursts, 2);
}

static void the_run_is_looked_at_from_its_fifth_burst_on(void **state)
{
    (void)state;
    begin_run();
    for (uint32_t burst = 1; burst <= 12; burst++) {
        whole_burst(1, burst, 10);
        const struct best *best = closed[burst - 1].summary.best;
        assert_null(best[HORIZON_1 - HORIZON_1].withheld);
        assert_true((best[HORIZON_10 - HORIZON_1].withheld == NULL) == (burst >= 10));
        assert_non_null(best[HORIZON_100 - HORIZON_1].withheld);
        assert_true((best[HORIZON_RUN - HORIZON_1].withheld == NULL) == (burst >= 5));
    }
}

static void a_scan_that_is_not_withheld_comes_with_limits(void **state)
{
    (void)state;
    struct scan scan;
    begin_run();
    for (uint32_t burst = 1; burst <= 4; burst++)
        whole_burst(1, burst, 200);
    monitor_scan(monitor, LINE_UNPRESCALED, HORIZON_RUN, &scan);
    const struct hypothesis *h = &scan.hypotheses[150 - HYPOTHESIS_FIRST_MEV];
    assert_true(scan.withheld && scan.exposure > 0.0 && h->valid);
    assert_true(h->far_hz == 0.0 && h->u2_limit == 0.0 && h->u2_expected == 0.0 && h->u2_paper == 0.0);
    whole_burst(1, 5, 200);
    monitor_scan(monitor, LINE_UNPRESCALED, HORIZON_RUN, &scan);
    assert_null(scan.withheld);
    assert_true(h->far_hz > 0.0 && h->u2_limit > 0.0 && h->u2_expected > 0.0 && h->u2_paper > 0.0);
    struct hypothesis run = *h;
    double exposure = scan.exposure;
    monitor_scan(monitor, LINE_DOWNSCALED, HORIZON_RUN, &scan);
    assert_true(scan.exposure < exposure);
    assert_true((scan.exposure > 0.0) == (h->u2_limit > 0.0) && (h->u2_limit == 0.0 || h->u2_limit > run.u2_limit));
    monitor_scan(monitor, LINE_UNPRESCALED, HORIZON_OPEN, &scan);
    assert_true(h->far_hz == 0.0 && h->u2_limit == 0.0);
}

/* The template has 0.0067975 of its peak in the window of 135 MeV; half of the pool was kept by the downscaling; the
 * tail line samples the peak (here of 12 candidates), but not the window. */
static void the_density_is_that_of_the_line(void **state)
{
    (void)state;
    double density[LINE_COUNT];
    struct scan scan;
    begin_run();
    for (uint32_t burst = 1; burst <= 5; burst++)
        whole_burst(1, burst, 800);
    for (enum line line = LINE_UNPRESCALED; line < LINE_COUNT; line++) {
        monitor_scan(monitor, line, HORIZON_RUN, &scan);
        density[line] = scan.density;
    }
    uint64_t peak = 0;
    for (uint32_t i = 0; i < closed_count; i++)
        peak += closed[i].summary.n_peak;
    assert_true(fabs(density[LINE_UNPRESCALED] / ((double)peak / 5.0 * 0.0067975027652514008) - 1.0) < 1e-12);
    assert_true(fabs(density[LINE_DOWNSCALED] / density[LINE_UNPRESCALED] - 0.5) < 0.05);
    assert_true(fabs(density[LINE_TAIL] / density[LINE_UNPRESCALED] - 1.0) < 0.9);
}

static void a_selection_without_template_is_withheld(void **state)
{
    (void)state;
    struct monitor_config config = {.preset = SELECTION_NA62, .promise = alarm_default_promise()};
    struct monitor_observer observer = {NULL, note_closed, note_alarm};
    struct scan scan;
    monitor_destroy(monitor);
    monitor = monitor_create(&config, &shape, &observer);
    monitor_scan(monitor, LINE_UNPRESCALED, HORIZON_1, &scan);
    assert_string_equal(scan.withheld, "no template for this selection");
}

/* A pool of signal at 135 MeV only, beside a few candidates everywhere: a clear excess. */
static void an_excess_is_told_after_the_summary_of_its_burst(void **state)
{
    (void)state;
    static struct candidates signal;
    struct random random = random_start("monitor");
    signal.count = 0;
    while (signal.count < 40) {
        struct candidate c = plausible_candidate(&random, 18225.0 + 1700.0 * random_normal(&random));
        c.flags &= ~FLAG_PHOTON_VETO;
        candidates_put(&signal, &c);
    }
    begin_run();
    for (uint32_t burst = 1; burst <= 5; burst++) {
        accept(burst_begin_at(1, 1, 1, burst, next_seq()));
        struct frame frame = batch(1, 1, next_seq(), 1, burst, 1);
        frame.as.batch.columns = candidates_view(&signal, 8 * (burst - 1), 8);
        accept(frame);
        accept(burst_end_at(1, 1, 1, burst, next_seq()));
    }
    char id[ALARM_ID_SIZE];
    assert_in_range((int)last_alarm.m_n_mev, 125, 145);
    snprintf(id, sizeof id, "excess-unprescaled-%.0fmev-1-5", last_alarm.m_n_mev);
    assert_string_equal(last_alarm.id, id);
    const struct best *best = &closed[4].summary.best[HORIZON_RUN - HORIZON_1];
    assert_true(best->z_alarm == last_alarm.z);
    assert_int_equal(monitor_acknowledge(monitor, last_alarm.id)->state, ALARM_ACKNOWLEDGED);
    assert_null(monitor_acknowledge(monitor, last_alarm.id));
    assert_non_null(alarms_find(monitor_alarms(monitor), last_alarm.id));
}

/* ---- conditions of the input ---- */

/* The alarm of a kind, whatever its state; NORMAL and empty when there is none. */
static struct alarm alarm_of(enum alarm_kind kind)
{
    for (uint32_t i = 0; i < ALARMS_MAX; i++) {
        const struct alarm *alarm = alarms_get(monitor_alarms(monitor), i);
        if (alarm && alarm->kind == kind)
            return *alarm;
    }
    return (struct alarm){.state = ALARM_NORMAL};
}

static void lossy_burst(uint32_t burst, uint32_t count, uint64_t missing)
{
    accept(burst_begin_at(1, 1, 1, burst, next_seq()));
    accept(batch(1, 1, next_seq(), 1, burst, count));
    accept(lost(1, 1, next_seq(), next_seq() + missing - 1));
    accept(burst_end_at(1, 1, 1, burst, next_seq()));
}

static void losses_raise_an_alarm_until_three_bursts_are_clean(void **state)
{
    (void)state;
    begin_run();
    whole_burst(1, 1, 100);
    assert_int_equal(alarm_of(ALARM_LOSS).state, ALARM_NORMAL);
    lossy_burst(2, 995, 5); /* below 1 % */
    struct alarm alarm = alarm_of(ALARM_LOSS);
    assert_string_equal(alarm.id, "loss-1-2");
    assert_int_equal(alarm.severity, SEVERITY_MINOR);
    assert_string_equal(alarm.condition.text,
                        "5 of 1000 candidates were lost in run 1 burst 2; horizons that hold it are withheld.");
    lossy_burst(3, 990, 10);
    assert_int_equal(alarm_of(ALARM_LOSS).severity, SEVERITY_MAJOR);
    for (uint32_t burst = 4; burst <= 6; burst++) {
        assert_int_equal(alarm_of(ALARM_LOSS).state, ALARM_UNACKNOWLEDGED);
        whole_burst(1, burst, 100);
    }
    assert_int_equal(alarm_of(ALARM_LOSS).state, ALARM_RETURNED_UNACKNOWLEDGED);
}

static void what_a_late_burst_lost_is_told_with_the_next_one(void **state)
{
    (void)state;
    begin_run();
    accept(burst_begin_at(1, 1, 1, 1, 1));
    monitor_tick(monitor, TIMEOUT_NS);
    assert_int_equal(closed_count, 1);
    accept(lost(1, 1, 1, 30));
    accept(burst_end_at(1, 1, 1, 1, 31));
    assert_int_equal(alarm_of(ALARM_LOSS).state, ALARM_NORMAL);
    whole_burst(1, 2, 100);
    assert_string_equal(alarm_of(ALARM_LOSS).condition.text, "30 of 130 candidates were lost in run 1 burst 2 and "
                                                             "before; horizons that hold it are withheld.");
}

static void a_source_that_says_nothing_is_silent_until_it_speaks(void **state)
{
    (void)state;
    accept(hello(1, 1));
    monitor_tick(monitor, 10 * TIMEOUT_NS); /* not in a run */
    assert_int_equal(alarm_of(ALARM_SILENT).state, ALARM_NORMAL);
    now_ns = 10 * TIMEOUT_NS;
    accept(run_begin(1, 1, 1, 1));
    monitor_tick(monitor, 11 * TIMEOUT_NS);
    assert_int_equal(alarm_of(ALARM_SILENT).state, ALARM_NORMAL);
    monitor_tick(monitor, 11 * TIMEOUT_NS + 1);
    struct alarm alarm = alarm_of(ALARM_SILENT);
    assert_string_equal(alarm.id, "silent-1-0");
    assert_int_equal(alarm.severity, SEVERITY_INVALID); /* nobody speaks */
    assert_int_equal(alarm_count, 1);
    monitor_hear(monitor, 1, 2, 11 * TIMEOUT_NS + 2); /* somebody else */
    monitor_tick(monitor, 11 * TIMEOUT_NS + 2);
    assert_int_equal(alarm_of(ALARM_SILENT).state, ALARM_UNACKNOWLEDGED);
    monitor_hear(monitor, 1, 1, 11 * TIMEOUT_NS + 3); /* a heartbeat */
    monitor_tick(monitor, 11 * TIMEOUT_NS + 3);
    assert_int_equal(alarm_of(ALARM_SILENT).state, ALARM_RETURNED_UNACKNOWLEDGED);
    assert_int_equal(alarm_count, 2);
}

static void one_silent_source_of_two_is_major_and_the_end_of_its_run_clears_it(void **state)
{
    (void)state;
    begin_two();
    now_ns = TIMEOUT_NS;
    accept(burst_begin_at(2, 1, 1, 1, 1));
    monitor_tick(monitor, TIMEOUT_NS + 1);
    assert_int_equal(alarm_of(ALARM_SILENT).severity, SEVERITY_MAJOR);
    assert_string_equal(alarm_of(ALARM_SILENT).condition.text,
                        "1 of 2 sources in a run sent nothing, not even a heartbeat, for more than 5 s: source 1 since "
                        "run 1 burst 0.");
    accept(run_end(1, 1, 1, 1));
    monitor_tick(monitor, TIMEOUT_NS + 2);
    assert_int_equal(alarm_of(ALARM_SILENT).state, ALARM_RETURNED_UNACKNOWLEDGED);
}

static void silence_is_three_burst_periods_when_these_are_longer(void **state)
{
    (void)state;
    begin_run();
    for (uint32_t burst = 1; burst <= 2; burst++) {
        struct frame begin = burst_begin_at(1, 1, 1, burst, 1);
        begin.as.burst_begin.mark.t_ns = burst * UINT64_C(14400000000);
        accept(begin);
        accept(burst_end_at(1, 1, 1, burst, 1));
    }
    monitor_tick(monitor, INT64_C(43200000000));
    assert_int_equal(alarm_of(ALARM_SILENT).state, ALARM_NORMAL);
    monitor_tick(monitor, INT64_C(43200000001));
    assert_string_equal(alarm_of(ALARM_SILENT).id, "silent-1-2");
}

/* An empty burst in which the trigger kept 1000 of 1001, with an announced downscaling of 150. */
static void burst_without_downscaling(uint32_t run, uint32_t burst)
{
    accept(burst_begin_at(1, 1, run, burst, 1));
    struct frame end = burst_end_at(1, 1, run, burst, 1);
    end.as.burst_end.kept = 1000;
    accept(end);
}

static void the_end_of_an_alarm_is_told_before_the_same_change_begins_another_in_the_next_run(void **state)
{
    (void)state;
    begin_run();
    burst_without_downscaling(1, 1);
    assert_int_equal(alarm_count, 1);
    assert_string_equal(last_alarm.id, "rate-1-1");
    assert_non_null(monitor_acknowledge(monitor, "rate-1-1"));
    accept(run_begin(1, 1, 2, 1));
    burst_without_downscaling(2, 1);
    assert_int_equal(alarm_count, 3);
    assert_string_equal(alarm_before.id, "rate-1-1");
    assert_int_equal(alarm_before.state, ALARM_NORMAL);
    assert_string_equal(last_alarm.id, "rate-2-1");
    assert_int_equal(last_alarm.state, ALARM_UNACKNOWLEDGED);
}

static void an_input_that_cannot_be_normalised_is_an_invalid_configuration(void **state)
{
    (void)state;
    begin_run();
    whole_burst(1, 1, 100);
    assert_int_equal(alarm_of(ALARM_CONFIG).state, ALARM_NORMAL);
    struct frame begin = burst_begin_at(1, 1, 1, 2, next_seq());
    begin.as.burst_begin.input_downscaling = DOWNSCALING_UNKNOWN;
    accept(begin);
    accept(burst_end_at(1, 1, 1, 2, next_seq()));
    struct alarm alarm = alarm_of(ALARM_CONFIG);
    assert_string_equal(alarm.id, "config-1-2");
    assert_int_equal(alarm.severity, SEVERITY_INVALID);
    whole_burst(1, 3, 100);
    assert_int_equal(alarm_of(ALARM_CONFIG).state, ALARM_RETURNED_UNACKNOWLEDGED);
}

static void a_source_that_begins_an_older_run_is_told_at_once(void **state)
{
    (void)state;
    accept(hello(1, 1));
    accept(run_begin(1, 1, 7, 1));
    whole_burst(7, 30, 10);
    assert_int_equal(alarm_of(ALARM_CONFIG).state, ALARM_NORMAL);
    accept(hello(2, 22));
    accept(run_begin(2, 22, 5, 1));
    struct alarm alarm = alarm_of(ALARM_CONFIG);
    assert_int_equal(alarm.state, ALARM_UNACKNOWLEDGED);
    assert_int_equal(alarm.severity, SEVERITY_MAJOR);
    assert_string_equal(alarm.id, "config-7-30");
    assert_string_equal(alarm.condition.text,
                        "Source 2 began run 5, but run 7 burst 30 is closed already: all that it sends before that is "
                        "rejected (late_burst). Give it a run number above 7, or start the monitor with an empty "
                        "state.");
    assert_int_equal(alarm_count, 1);
    accept(burst_begin_at(2, 22, 5, 1, 1));
    accept(batch(2, 22, 1, 5, 1, 10));
    accept(burst_end_at(2, 22, 5, 1, 11));
    assert_int_equal(alarm_count, 1);
    assert_int_equal(entry_at(1)->rejected[REJECT_LATE_BURST], 10);
}

/* The current run goes on without that source; the alarm clears with the first burst after it has put that right. */
static void a_source_that_repeats_a_run_is_told_until_it_begins_a_new_one(void **state)
{
    (void)state;
    begin_run();
    whole_burst(1, 1, 10);
    whole_burst(1, 2, 10);
    accept(hello(2, 22));
    accept(run_begin(2, 22, 1, 1));
    assert_int_equal(alarm_of(ALARM_CONFIG).state, ALARM_NORMAL);
    accept(burst_begin_at(2, 22, 1, 1, 1));
    assert_int_equal(alarm_of(ALARM_CONFIG).state, ALARM_UNACKNOWLEDGED);
    accept(burst_end_at(2, 22, 1, 1, 1));
    accept(burst_begin_at(2, 22, 1, 2, 1));
    accept(burst_end_at(2, 22, 1, 2, 1));
    whole_burst(1, 3, 10);
    assert_int_equal(alarm_of(ALARM_CONFIG).state, ALARM_UNACKNOWLEDGED);
    accept(burst_begin_at(2, 22, 1, 4, 1));
    accept(burst_end_at(2, 22, 1, 4, 1));
    whole_burst(1, 4, 10);
    assert_int_equal(alarm_of(ALARM_CONFIG).state, ALARM_RETURNED_UNACKNOWLEDGED);
}

/* It is late by what happened to it, not by its numbers: the bursts are incomplete, and that is told. */
static void a_source_that_falls_behind_in_its_run_is_no_mistake_of_numbers(void **state)
{
    (void)state;
    begin_two();
    accept(burst_begin_at(1, 1, 1, 1, 1));
    accept(burst_begin_at(2, 1, 1, 1, 1));
    monitor_tick(monitor, TIMEOUT_NS);
    accept(burst_end_at(1, 1, 1, 1, 1));
    accept(burst_begin_at(1, 1, 1, 2, 1));
    accept(burst_end_at(1, 1, 1, 2, 1));
    monitor_tick(monitor, 2 * TIMEOUT_NS);
    assert_int_equal(closed_count, 2);
    accept(burst_end_at(2, 1, 1, 1, 1));
    accept(burst_begin_at(2, 1, 1, 2, 1));
    assert_int_equal(alarm_of(ALARM_CONFIG).state, ALARM_NORMAL);
}

static void what_others_know_is_told_at_once_and_can_be_shelved(void **state)
{
    (void)state;
    const struct alarm_condition failed = {.severity = SEVERITY_MAJOR, .parts = 1, .text = "It failed."};
    const struct alarm_condition fine = {.severity = SEVERITY_NONE};
    begin_run();
    whole_burst(1, 1, 100);
    monitor_condition(monitor, ALARM_STORAGE, &fine);
    assert_int_equal(alarm_count, 0);
    monitor_condition(monitor, ALARM_STORAGE, &failed);
    assert_int_equal(alarm_count, 1);
    assert_string_equal(last_alarm.id, "storage-1-1");
    assert_int_equal(monitor_shelve(monitor, "storage-1-1", 1, 0)->state, ALARM_SHELVED);
    monitor_condition(monitor, ALARM_STORAGE, &failed);
    monitor_tick(monitor, INT64_C(59999999999));
    assert_int_equal(alarm_of(ALARM_STORAGE).state, ALARM_SHELVED);
    monitor_tick(monitor, INT64_C(60000000000));
    assert_int_equal(alarm_of(ALARM_STORAGE).state, ALARM_UNACKNOWLEDGED);
}

/* Ten bursts of `background` plausible candidates; `signal` candidates at 135 MeV in each, or all of them in the
 * eighth. */
static void ten_bursts_with_signal(uint32_t background, uint32_t signal, bool is_concentrated)
{
    static struct candidates candidates;
    struct random random = random_start("monitor");
    candidates.count = 0;
    while (candidates.count < 10 * signal) {
        struct candidate c = plausible_candidate(&random, 18225.0 + 1700.0 * random_normal(&random));
        c.flags &= ~FLAG_PHOTON_VETO;
        candidates_put(&candidates, &c);
    }
    begin_run();
    for (uint32_t burst = 1; burst <= 10; burst++) {
        uint32_t count = !is_concentrated ? signal : burst == 8 ? 10 * signal : 0;
        accept(burst_begin_at(1, 1, 1, burst, next_seq()));
        accept(batch(1, 1, next_seq(), 1, burst, background));
        struct frame frame = batch(1, 1, next_seq(), 1, burst, 1);
        frame.as.batch.columns = candidates_view(&candidates, is_concentrated ? 0 : signal * (burst - 1), count);
        if (count)
            accept(frame);
        accept(burst_end_at(1, 1, 1, burst, next_seq()));
    }
}

/* The alarm of that kind that the run showed; NULL when there is none. */
static const struct alarm *alarm_of_run(enum alarm_kind kind)
{
    for (uint32_t i = 0; i < ALARMS_MAX; i++) {
        const struct alarm *alarm = alarms_get(monitor_alarms(monitor), i);
        if (alarm && alarm->kind == kind && alarm->horizons & 1u << HORIZON_RUN)
            return alarm;
    }
    return NULL;
}

static void an_excess_in_every_burst_is_an_excess_and_final_with_its_run(void **state)
{
    (void)state;
    ten_bursts_with_signal(500, 15, false);
    assert_non_null(alarm_of_run(ALARM_EXCESS));
    assert_null(alarm_of_run(ALARM_ANOMALY));
    assert_true(alarm_of_run(ALARM_EXCESS)->is_provisional && alarm_of_run(ALARM_EXCESS)->constancy_p >= 0.01);
    accept(run_end(1, 1, 1, next_seq()));
    accept(run_begin(1, 1, 2, next_seq()));
    whole_burst(2, 1, 10);
    assert_int_equal(alarm_of_run(ALARM_EXCESS)->state, ALARM_RETURNED_UNACKNOWLEDGED);
    assert_true(!alarm_of_run(ALARM_EXCESS)->is_provisional && !alarm_of_run(ALARM_EXCESS)->is_retracted);
}

static void an_excess_in_one_of_ten_bursts_is_an_anomaly_of_the_run(void **state)
{
    (void)state;
    ten_bursts_with_signal(500, 15, true);
    assert_null(alarm_of_run(ALARM_EXCESS));
    assert_non_null(alarm_of_run(ALARM_ANOMALY));
}

/* Who accepts 1000 false alarms in 30 days is told from about Z_Bi = 2.5 on, and that is tested as well: a p of exactly
 * 1 is that of an excess that was not. */
static void whatever_the_threshold_no_excess_goes_untested(void **state)
{
    (void)state;
    weak_count = untested_count = 0;
    for (uint32_t signal = 1; signal <= 5; signal++) {
        promise_major = 1000.0;
        create(0);
        ten_bursts_with_signal(50, signal, false);
    }
    assert_true(weak_count > 0);
    assert_int_equal(untested_count, 0);
}

/* ---- picks ---- */

static void picks_are_the_candidates_of_a_window_newest_first(void **state)
{
    (void)state;
    struct pick picks[POOL];
    uint64_t forgotten;
    int32_t low, high;
    begin_run();
    whole_burst(1, 1, 1500);
    monitor_window(monitor, 135.0, &low, &high);
    assert_int_equal(high - low, 40 * 119);
    assert_in_range(18225 - low, 20 * 119 - 60, 20 * 119 + 60);
    uint32_t found = monitor_picks(monitor, low, high, picks, POOL, &forgotten);
    assert_in_range(found, 5, 500);
    assert_int_equal(forgotten, 0);
    for (uint32_t i = 0; i < found; i++) {
        assert_true(picks[i].m2 >> M2_SHIFT >= low && picks[i].m2 >> M2_SHIFT < high);
        assert_true(i == 0 || picks[i].seq < picks[i - 1].seq);
        assert_int_equal(picks[i].burst, 1);
    }
    assert_int_equal(monitor_picks(monitor, low, high, picks, 3, &forgotten), 3);
    assert_int_equal(monitor_picks(monitor, 9350, INT32_MAX, picks, POOL, &forgotten),
                     monitor_picks(monitor, 0, INT32_MAX, picks, POOL, &forgotten));
}

static void a_window_of_picks_may_begin_anywhere(void **state)
{
    (void)state;
    struct pick picks[POOL];
    uint64_t forgotten;
    begin_run();
    whole_burst(1, 1, 1500);
    uint32_t all = monitor_picks(monitor, INT32_MIN, INT32_MAX, picks, POOL, &forgotten);
    assert_int_equal(all, monitor_picks(monitor, PICK_ABOVE_MEV2, INT32_MAX, picks, POOL, &forgotten));
    assert_int_equal(monitor_picks(monitor, -1, 0, picks, POOL, &forgotten), 0);
}

/* ---- any order of the sources ---- */

#define SCRIPT_MAX 400

/* What a source says, in its order. */
struct script {
    struct frame frames[SCRIPT_MAX];
    uint32_t count, at;
};

static void say(struct script *script, struct frame frame)
{
    assert_true(script->count < SCRIPT_MAX);
    script->frames[script->count++] = frame;
}

/* Two runs of nine bursts: batches of random length, a resent one now and then, losses, bursts without candidates. */
static void write_script(struct random *random, uint32_t source, struct script *script)
{
    uint64_t seq = 1;
    script->count = 0;
    say(script, hello(source, source));
    for (uint32_t run = 3; run <= 4; run++) {
        say(script, run_begin(source, source, run, seq));
        for (uint32_t burst = 1; burst <= 9; burst++) {
            say(script, burst_begin_at(source, source, run, burst, seq));
            for (uint64_t left = random_below(random, 6); left > 0; left--) {
                uint32_t count = (uint32_t)random_below(random, 100) + 1;
                say(script, batch(source, source, seq, run, burst, count));
                if (random_below(random, 5) == 0)
                    say(script, batch(source, source, seq, run, burst, count));
                seq += count;
                if (random_below(random, 12) == 0) {
                    say(script, lost(source, source, seq, seq + 4));
                    seq += 5;
                }
            }
            if (random_below(random, 15))
                say(script, burst_end_at(source, source, run, burst, seq));
        }
        say(script, run_end(source, source, run, seq));
    }
}

/* Lets the sources speak in random turns of up to `patience` frames; one that is told to wait gives up its turn. */
static void perform(struct random *random, struct script *scripts, uint32_t sources, uint64_t patience)
{
    create(sources);
    for (uint32_t i = 0; i < sources; i++)
        scripts[i].at = 0;
    for (uint32_t done = 0; done < sources;) {
        struct script *script = &scripts[random_below(random, sources)];
        for (uint64_t turn = random_below(random, patience) + 1; turn > 0 && script->at < script->count; turn--) {
            enum refusal refusal = apply(script->frames[script->at]);
            if (refusal == REFUSAL_BUSY)
                break;
            assert_int_equal(refusal, REFUSAL_NONE);
            done += ++script->at == script->count;
        }
    }
}

static void assert_same_best(const struct best *a, const struct best *b)
{
    assert_true(a->m_n_mev == b->m_n_mev && a->n == b->n && a->b == b->b && a->z == b->z && a->z_alarm == b->z_alarm);
    assert_true(a->withheld == b->withheld);
}

static void assert_same_closed(const struct closed *a, const struct closed *b)
{
    const struct burst_summary *s = &a->summary, *t = &b->summary;
    assert_int_equal(burst_compare(s->key, t->key), 0);
    assert_true(a->sums_hash == b->sums_hash);
    assert_true(s->t_begin_ns == t->t_begin_ns && s->t_end_ns == t->t_end_ns && s->sources == t->sources);
    assert_true(s->run_begin_ns == t->run_begin_ns);
    assert_true(s->generated == t->generated && s->kept == t->kept && s->sent == t->sent);
    assert_true(s->downscaling == t->downscaling && s->input_downscaling == t->input_downscaling);
    assert_true(s->accepted == t->accepted && s->lost == t->lost && s->intensity == t->intensity);
    assert_memory_equal(s->rejected, t->rejected, sizeof s->rejected);
    assert_true(s->live_ppm == t->live_ppm && s->choke_count == t->choke_count && s->origin == t->origin);
    assert_memory_equal(s->lines, t->lines, sizeof s->lines);
    assert_true(s->n_peak == t->n_peak && s->peak_position_mev2 == t->peak_position_mev2);
    assert_true(s->peak_width_mev2 == t->peak_width_mev2 && s->veto_fraction == t->veto_fraction);
    assert_true(s->complete == t->complete);
    assert_string_equal(s->quality, t->quality);
    for (int id = 0; id < HORIZON_COUNT - HORIZON_1; id++)
        assert_same_best(&s->best[id], &t->best[id]);
}

static void check_orders(uint32_t sources, int orders)
{
    static struct script scripts[3];
    static struct closed expected[CLOSED_MAX];
    struct random random = random_start("monitor");
    for (uint32_t i = 0; i < sources; i++)
        write_script(&random, i + 1, &scripts[i]);
    perform(&random, scripts, sources, 1);
    assert_int_equal(closed_count, 18);
    memcpy(expected, closed, closed_count * sizeof *closed);
    uint32_t alarms = alarm_count;
    for (int order = 0; order < orders; order++) {
        perform(&random, scripts, sources, UINT64_C(1) << random_below(&random, 9));
        assert_int_equal(closed_count, 18);
        assert_int_equal(alarm_count, alarms);
        for (uint32_t i = 0; i < closed_count; i++)
            assert_same_closed(&closed[i], &expected[i]);
    }
}

static void two_sources_in_any_order_give_the_same_sums_and_summaries(void **state)
{
    (void)state;
    check_orders(2, 150);
}

static void three_sources_in_any_order_give_the_same_sums_and_summaries(void **state)
{
    (void)state;
    check_orders(3, 150);
}

/* ---- conservation under any frames ---- */

/* A frame of a random kind, often plausible for its source, often not; always one that the decoder lets through. */
static struct frame random_frame(struct random *random)
{
    uint32_t source = (uint32_t)random_below(random, 3) + 1;
    uint64_t epoch = random_below(random, 40) == 0 ? 2 : 1;
    const struct ledger *ledger = monitor_ledger(monitor);
    struct ledger_entry entry = {.next_seq = 1};
    for (uint32_t i = 0; i < ledger->count; i++)
        if (ledger->entries[i].source == source && ledger->entries[i].epoch == epoch)
            entry = ledger->entries[i];
    uint64_t back = random_below(random, 4) ? 0 : random_below(random, 50), seq = entry.next_seq;
    seq = random_below(random, 12) == 0 ? seq + random_below(random, 3) : seq > back ? seq - back : 1;
    uint32_t run = entry.run + (random_below(random, 30) == 0), burst = entry.burst + (random_below(random, 20) == 0);
    switch (random_below(random, 14)) {
    case 0:
        return hello(source, epoch);
    case 1:
        return run_begin(source, epoch, entry.run + (uint32_t)random_below(random, 2), seq);
    case 2:
        return random_below(random, 4) ? hello(source, epoch) : run_end(source, epoch, run, seq);
    case 3:
    case 4:
        return burst_begin_at(source, epoch, run, entry.burst + (uint32_t)random_below(random, 3), seq);
    case 5:
    case 6:
        return burst_end_at(source, epoch, run, burst, seq);
    case 7:
        return lost(source, epoch, seq, seq + random_below(random, 30));
    default:
        return batch(source, epoch, seq, run, burst, (uint32_t)random_below(random, 60) + 1);
    }
}

static void check_ledger(const struct ledger *before)
{
    const struct ledger *ledger = monitor_ledger(monitor);
    uint64_t counted = 0, summed = open_entries();
    for (uint32_t i = 0; i < ledger->count; i++) {
        const struct ledger_entry *entry = &ledger->entries[i];
        assert_true(ledger_is_conserved(entry));
        assert_true(i >= before->count || entry->next_seq >= before->entries[i].next_seq);
        assert_int_equal(entry->rejected[REJECT_NONE], 0);
        counted += entry->accepted + entry->rejected[REJECT_VETO];
    }
    for (uint32_t i = 0; i < closed_count; i++) /* every counted candidate is in exactly one burst */
        summed += closed[i].summary.accepted + closed[i].summary.rejected[REJECT_VETO];
    assert_int_equal(summed, counted);
}

static void check_refused(const struct ledger *before)
{
    assert_memory_equal(monitor_ledger(monitor), before, sizeof *before);
}

static void any_frames_in_any_order_conserve_every_candidate(void **state)
{
    (void)state;
    struct random random = random_start("monitor");
    uint64_t kinds[REFUSAL_COUNT] = {0};
    for (int trial = 0; trial < 20; trial++) {
        create((uint32_t)trial % 4);
        for (int step = 0; step < 1000; step++) {
            struct ledger before = *monitor_ledger(monitor);
            enum refusal refusal = apply(random_frame(&random));
            kinds[refusal]++;
            if (refusal != REFUSAL_NONE)
                check_refused(&before);
            check_ledger(&before);
            now_ns += (int64_t)random_below(&random, (uint64_t)TIMEOUT_NS / 20);
            if (random_below(&random, 10) == 0)
                monitor_tick(monitor, now_ns);
        }
        struct ledger before = *monitor_ledger(monitor);
        monitor_flush(monitor);
        check_ledger(&before);
        assert_int_equal(open_entries(), 0);
    }
    assert_true(kinds[REFUSAL_NONE] > 1000 && kinds[REFUSAL_GAP] > 100 && kinds[REFUSAL_BAD_BURST] > 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_hello_opens_the_ledger_and_nothing_else, start, end),
        cmocka_unit_test_setup_teardown(a_source_that_said_no_hello_is_not_welcome, start, end),
        cmocka_unit_test_setup_teardown(a_65th_source_is_too_many, start, end),
        cmocka_unit_test_setup_teardown(a_fresh_epoch_takes_the_place_of_the_oldest_that_is_over, start, end),
        cmocka_unit_test_setup_teardown(an_epoch_with_an_open_burst_keeps_its_place, start, end),
        cmocka_unit_test_setup_teardown(a_source_that_starts_anew_makes_its_own_room, start, end),
        cmocka_unit_test_setup_teardown(a_batch_is_counted_into_ledger_and_open_burst, start, end),
        cmocka_unit_test_setup_teardown(a_gap_is_refused_and_changes_nothing, start, end),
        cmocka_unit_test_setup_teardown(a_duplicate_counts_nothing, start, end),
        cmocka_unit_test_setup_teardown(an_overlap_counts_its_new_part_only, start, end),
        cmocka_unit_test_setup_teardown(a_batch_outside_its_burst_is_refused, start, end),
        cmocka_unit_test_setup_teardown(marks_are_idempotent, start, end),
        cmocka_unit_test_setup_teardown(marks_out_of_order_are_refused, start, end),
        cmocka_unit_test_setup_teardown(run_0_is_refused, start, end),
        cmocka_unit_test_setup_teardown(burst_0_is_refused, start, end),
        cmocka_unit_test_setup_teardown(lost_advances_the_ledger_and_flags_the_burst, start, end),
        cmocka_unit_test_setup_teardown(seqs_up_to_2_to_the_63_are_counted, start, end),
        cmocka_unit_test_setup_teardown(truth_with_origin_data_is_refused, start, end),
        cmocka_unit_test_setup_teardown(decisions_are_bits_from_the_first_new_candidate, start, end),
        cmocka_unit_test_setup_teardown(a_new_run_empties_the_run_horizon_only, start, end),
        cmocka_unit_test_setup_teardown(a_burst_that_is_never_ended_closes_with_the_next_as_incomplete, start, end),
        cmocka_unit_test_setup_teardown(flush_closes_what_is_open_as_it_is, start, end),
        cmocka_unit_test_setup_teardown(a_burst_closes_only_when_all_have_ended_it, start, end),
        cmocka_unit_test_setup_teardown(a_source_that_skips_a_burst_does_not_hold_it_up, start, end),
        cmocka_unit_test_setup_teardown(bursts_close_in_the_order_of_time, start, end),
        cmocka_unit_test_setup_teardown(a_run_closes_when_the_source_that_holds_it_up_leaves_it, start, end),
        cmocka_unit_test_setup_teardown(the_first_of_two_expected_sources_waits_for_the_second, start, end),
        cmocka_unit_test_setup_teardown(a_timeout_closes_as_incomplete_and_counts_the_late_source, start, end),
        cmocka_unit_test_setup_teardown(progress_of_any_source_puts_off_the_timeout, start, end),
        cmocka_unit_test_setup_teardown(a_silent_source_is_not_waited_for_until_it_returns, start, end),
        cmocka_unit_test_setup_teardown(a_source_twelve_bursts_ahead_is_busy, start, end),
        cmocka_unit_test_setup_teardown(the_source_behind_all_others_finds_a_place_for_a_burst_that_they_left_out,
                                        start, end),
        cmocka_unit_test_setup_teardown(a_new_epoch_ends_what_the_old_one_began, start, end),
        cmocka_unit_test_setup_teardown(data_of_one_source_make_everything_data, start, end),
        cmocka_unit_test_setup_teardown(a_run_that_does_not_say_what_it_is_counts_as_data, start, end),
        cmocka_unit_test_setup_teardown(data_stay_data_when_a_simulation_follows, start, end),
        cmocka_unit_test_setup_teardown(a_restarted_source_does_not_count_as_two, start, end),
        cmocka_unit_test_setup_teardown(a_burst_that_a_source_never_came_to_is_incomplete, start, end),
        cmocka_unit_test_setup_teardown(a_burst_without_all_expected_sources_is_incomplete, start, end),
        cmocka_unit_test_setup_teardown(flush_leaves_finished_bursts_complete, start, end),
        cmocka_unit_test_setup_teardown(a_loss_between_two_bursts_flags_the_one_it_belongs_to, start, end),
        cmocka_unit_test_setup_teardown(a_loss_over_several_bursts_is_divided_among_them, start, end),
        cmocka_unit_test_setup_teardown(a_loss_behind_a_burst_that_is_not_ended_is_divided_too, start, end),
        cmocka_unit_test_setup_teardown(a_mark_before_what_was_counted_cannot_move_losses, start, end),
        cmocka_unit_test_setup_teardown(losses_put_off_the_timeout_and_end_silence, start, end),
        cmocka_unit_test_setup_teardown(a_refused_frame_does_not_end_silence, start, end),
        cmocka_unit_test_setup_teardown(every_reason_to_withhold_is_named, start, end),
        cmocka_unit_test(reasons_to_withhold_are_different_texts),
        cmocka_unit_test_setup_teardown(a_bad_burst_is_left_out_of_the_period_and_withholds_the_other_horizons, start,
                                        end),
        cmocka_unit_test_setup_teardown(a_period_spans_runs_and_begins_anew_when_told, start, end),
        cmocka_unit_test_setup_teardown(the_run_is_looked_at_from_its_fifth_burst_on, start, end),
        cmocka_unit_test_setup_teardown(a_scan_that_is_not_withheld_comes_with_limits, start, end),
        cmocka_unit_test_setup_teardown(the_density_is_that_of_the_line, start, end),
        cmocka_unit_test_setup_teardown(a_selection_without_template_is_withheld, start, end),
        cmocka_unit_test_setup_teardown(an_excess_is_told_after_the_summary_of_its_burst, start, end),
        cmocka_unit_test_setup_teardown(losses_raise_an_alarm_until_three_bursts_are_clean, start, end),
        cmocka_unit_test_setup_teardown(what_a_late_burst_lost_is_told_with_the_next_one, start, end),
        cmocka_unit_test_setup_teardown(a_source_that_begins_an_older_run_is_told_at_once, start, end),
        cmocka_unit_test_setup_teardown(a_source_that_repeats_a_run_is_told_until_it_begins_a_new_one, start, end),
        cmocka_unit_test_setup_teardown(a_source_that_falls_behind_in_its_run_is_no_mistake_of_numbers, start, end),
        cmocka_unit_test_setup_teardown(a_source_that_says_nothing_is_silent_until_it_speaks, start, end),
        cmocka_unit_test_setup_teardown(one_silent_source_of_two_is_major_and_the_end_of_its_run_clears_it, start, end),
        cmocka_unit_test_setup_teardown(silence_is_three_burst_periods_when_these_are_longer, start, end),
        cmocka_unit_test_setup_teardown(
            the_end_of_an_alarm_is_told_before_the_same_change_begins_another_in_the_next_run, start, end),
        cmocka_unit_test_setup_teardown(an_input_that_cannot_be_normalised_is_an_invalid_configuration, start, end),
        cmocka_unit_test_setup_teardown(what_others_know_is_told_at_once_and_can_be_shelved, start, end),
        cmocka_unit_test_setup_teardown(an_excess_in_every_burst_is_an_excess_and_final_with_its_run, start, end),
        cmocka_unit_test_setup_teardown(whatever_the_threshold_no_excess_goes_untested, start, end),
        cmocka_unit_test_setup_teardown(an_excess_in_one_of_ten_bursts_is_an_anomaly_of_the_run, start, end),
        cmocka_unit_test_setup_teardown(picks_are_the_candidates_of_a_window_newest_first, start, end),
        cmocka_unit_test_setup_teardown(a_window_of_picks_may_begin_anywhere, start, end),
        cmocka_unit_test_setup_teardown(two_sources_in_any_order_give_the_same_sums_and_summaries, start, end),
        cmocka_unit_test_setup_teardown(three_sources_in_any_order_give_the_same_sums_and_summaries, start, end),
        cmocka_unit_test_setup_teardown(any_frames_in_any_order_conserve_every_candidate, start, end),
    };
    return cmocka_run_group_tests(tests, fill_pool, NULL);
}
