/* SPDX-License-Identifier: MIT */
/*
 * Two histories differ in one thing: the mass at which SIGNAL candidates per burst lie. Kaon and positron are the same,
 * the transverse momentum of the pi0 makes the mass.
 */
#include "core/blind.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "candidates.h"
#include "core/background.h"
#include "core/monitor.h"
#include "hnlmon/mmiss.h"
#include "synthetic.h"

#define BURSTS 12u
#define PEAK 2000u /* candidates per burst */
#define TAIL 300u
#define SIGNAL 100u
#define LATE 3u /* bursts that come after unblinding */

static struct template shape;
static struct monitor *monitor;
static struct burst_summary last_summary;
static uint32_t alarms_told, alarms_ended;
static struct alarm last_alarm;
static struct applied applied;

static void note_closed(void *context, const struct burst_summary *summary)
{
    (void)context;
    last_summary = *summary;
}

static void note_alarm(void *context, const struct alarm *alarm)
{
    (void)context;
    last_alarm = *alarm;
    alarms_told++;
    alarms_ended += alarm->state == ALARM_NORMAL;
}

static void create(void)
{
    struct monitor_config config = {
        .preset = SELECTION_PAPER, .f_sys = 0.03, .promise = alarm_default_promise(), .close_timeout_ns = 1000};
    struct monitor_observer observer = {NULL, note_closed, note_alarm};
    monitor_destroy(monitor);
    monitor = monitor_create(&config, &shape, &observer);
    assert_non_null(monitor);
    alarms_told = alarms_ended = 0;
}

static int start(void **state)
{
    (void)state;
    synthetic_template(&shape);
    create();
    return 0;
}

static int end(void **state)
{
    (void)state;
    monitor_destroy(monitor);
    monitor = NULL;
    return 0;
}

/* ---- candidates ---- */

/* m2_miss of this kaon and positron falls with the transverse momentum of the pi0, from 41915 MeV^2 on. */
static struct candidate candidate_at(double m2_mev2)
{
    struct candidate c = {.k = {0, 0, 75000 << 13},
                          .pi0 = {0, 0, 40000 << 13},
                          .e = {0, 0, 20000 << 13},
                          .m_gg = MASS_PI0_Q13,
                          .vertex_z = 140000,
                          .e_over_p = 1024};
    int32_t low = 0, high = 1000 << 13;
    while (high - low > 1) {
        int64_t m2;
        c.pi0[0] = (low + high) / 2;
        assert_true(mmiss_compute(c.k, c.pi0, c.e, &m2));
        *((double)m2 > ldexp(m2_mev2, M2_SHIFT) ? &low : &high) = c.pi0[0];
    }
    return c;
}

static void put_candidates(struct candidates *candidates, struct random *random, double signal_mev)
{
    candidates->count = 0;
    for (uint32_t i = 0; i < PEAK + TAIL + SIGNAL; i++) {
        double m2 = i < PEAK          ? 1700.0 * random_normal(random)
                    : i < PEAK + TAIL ? 10000.0 + 30000.0 * random_unit(random)
                                      : signal_mev * signal_mev + 400.0 * random_normal(random);
        struct candidate c = candidate_at(m2);
        candidates_put(candidates, &c);
    }
}

/* ---- frames ---- */

static void accept(struct frame frame)
{
    assert_int_equal(monitor_apply(monitor, &frame, 0, &applied), REFUSAL_NONE);
}

static void begin_run(uint32_t run, enum origin origin, uint64_t at_seq)
{
    struct mark mark = {.source = 1, .epoch = 1, .run = run, .at_seq = at_seq};
    accept((struct frame){.kind = FRAME_HELLO,
                          .as.hello = {.schema = 1, .source = 1, .epoch = 1, .next_seq = 1, .oldest_seq = 1}});
    accept((struct frame){.kind = FRAME_RUN_BEGIN, .as.run_begin = {.mark = mark, .origin = origin}});
}

static void send_burst(uint32_t run, uint32_t burst, uint64_t first_seq, const struct candidates *candidates)
{
    struct mark mark = {.source = 1, .epoch = 1, .run = run, .burst = burst, .at_seq = first_seq, .t_ns = burst};
    accept((struct frame){.kind = FRAME_BURST_BEGIN, .as.burst_begin = {.mark = mark, .input_downscaling = 1}});
    accept((struct frame){.kind = FRAME_BATCH,
                          .as.batch = {.source = 1,
                                       .epoch = 1,
                                       .first_seq = first_seq,
                                       .run = run,
                                       .burst = burst,
                                       .columns = candidates_view(candidates, 0, candidates->count)}});
    mark.at_seq += candidates->count;
    accept((struct frame){.kind = FRAME_BURST_END,
                          .as.burst_end = {.mark = mark, .sent = candidates->count, .intensity = 1.0}});
}

/* Bursts first .. last of a run with a signal at this mass; the contents depend on run and burst alone. */
static void send_bursts(uint32_t run, uint32_t first, uint32_t last, uint64_t first_seq, double signal_mev)
{
    static struct candidates candidates;
    for (uint32_t burst = first; burst <= last; burst++) {
        struct random random = {.state = 1000 * run + burst};
        put_candidates(&candidates, &random, signal_mev);
        send_burst(run, burst, first_seq, &candidates);
        first_seq += candidates.count;
    }
}

static void send_run(enum origin origin, double signal_mev)
{
    create();
    begin_run(1, origin, 1);
    send_bursts(1, 1, BURSTS, 1, signal_mev);
}

/* ---- what can be seen ---- */

struct seen {
    struct horizon sums[HORIZON_COUNT];
    struct scan scans[LINE_COUNT][HORIZON_COUNT];
    struct burst_summary summary;
};

static void look(struct seen *seen)
{
    memset(seen, 0, sizeof *seen);
    for (enum horizon_id id = HORIZON_OPEN; id < HORIZON_COUNT; id++) {
        seen->sums[id] = *monitor_horizon(monitor, id);
        for (enum line line = LINE_UNPRESCALED; line < LINE_COUNT; line++)
            monitor_scan(monitor, line, id, &seen->scans[line][id]);
    }
    seen->summary = last_summary;
}

static bool is_same_hypothesis(const struct hypothesis *a, const struct hypothesis *b)
{
    return a->n == b->n && a->b == b->b && a->sigma_b == b->sigma_b && a->alpha == b->alpha && a->z == b->z &&
           a->z_alarm == b->z_alarm && a->p_local == b->p_local && a->far_hz == b->far_hz &&
           a->u2_limit == b->u2_limit && a->u2_expected == b->u2_expected && a->u2_paper == b->u2_paper &&
           a->valid == b->valid;
}

static uint32_t differing_hypotheses(const struct seen *a, const struct seen *b)
{
    uint32_t differing = 0;
    for (enum horizon_id id = HORIZON_OPEN; id < HORIZON_COUNT; id++)
        for (enum line line = LINE_UNPRESCALED; line < LINE_COUNT; line++)
            for (uint32_t i = 0; i < HYPOTHESIS_COUNT; i++)
                differing += !is_same_hypothesis(&a->scans[line][id].hypotheses[i], &b->scans[line][id].hypotheses[i]);
    return differing;
}

static uint32_t differing_best(const struct seen *a, const struct seen *b)
{
    uint32_t differing = 0;
    for (int i = 0; i < HORIZON_COUNT - HORIZON_1; i++) {
        const struct best *x = &a->summary.best[i], *y = &b->summary.best[i];
        differing +=
            x->m_n_mev != y->m_n_mev || x->n != y->n || x->b != y->b || x->z != y->z || x->z_alarm != y->z_alarm;
    }
    return differing;
}

static uint32_t differing_slots(const struct seen *a, const struct seen *b)
{
    uint32_t differing = 0;
    for (enum horizon_id id = HORIZON_OPEN; id < HORIZON_COUNT; id++)
        for (uint32_t slot = 0; slot < HISTOGRAM_SLOTS; slot++)
            differing += a->sums[id].slots[slot] != b->sums[id].slots[slot];
    return differing;
}

static struct seen one, other;

static void nothing_shows_at_which_mass_a_signal_lies(void **state)
{
    (void)state;
    send_run(ORIGIN_DATA, 120.0);
    look(&one);
    assert_int_equal(alarms_told, 0);
    send_run(ORIGIN_DATA, 180.0);
    look(&other);
    assert_int_equal(alarms_told, 0);
    assert_int_equal(differing_slots(&one, &other), 0);
    assert_int_equal(differing_hypotheses(&one, &other), 0);
    assert_int_equal(differing_best(&one, &other), 0);
}

static void a_simulation_shows_it(void **state)
{
    (void)state;
    send_run(ORIGIN_SIMULATION, 120.0);
    look(&one);
    assert_true(alarms_told > 0);
    send_run(ORIGIN_SIMULATION, 180.0);
    look(&other);
    assert_true(differing_slots(&one, &other) > 0);
    assert_true(differing_hypotheses(&one, &other) > 0);
    assert_true(differing_best(&one, &other) > 0);
}

static void the_bins_of_the_region_are_empty_and_their_sum_is_in_the_overflow(void **state)
{
    (void)state;
    send_run(ORIGIN_DATA, 150.0);
    look(&one);
    monitor_unblind(monitor, true);
    look(&other);
    for (enum horizon_id id = HORIZON_1; id < HORIZON_COUNT; id++)
        for (enum histogram_id h = HISTOGRAM_M2; h < HISTOGRAM_COUNT; h++) {
            const uint64_t *hidden = one.sums[id].slots + histogram_table[h].offset;
            const uint64_t *open = other.sums[id].slots + histogram_table[h].offset;
            uint32_t slots = axis_slots(&histogram_table[h].axis);
            uint32_t first = blind_hides(h) ? 379 : slots; /* [9282, 9401) is bin 300 + 78, slot 1 is bin 0 */
            uint64_t sum = 0;
            assert_memory_equal(hidden, open, first * sizeof *open);
            for (uint32_t slot = first; slot < slots; slot++)
                sum += open[slot];
            for (uint32_t slot = first; slot + 1 < slots; slot++)
                assert_int_equal(hidden[slot], 0);
            assert_int_equal(h < 6 ? hidden[slots - 1] : sum, sum);
        }
    assert_true(one.sums[HORIZON_RUN].slots[M2_SLOTS - 1] > BURSTS * (TAIL + SIGNAL) - 100);
    assert_true(one.sums[HORIZON_RUN].is_blind && !other.sums[HORIZON_RUN].is_blind);
}

/* Template of synthetic.h: peak window and search window summed here by its formula. */
static void the_background_of_a_blind_scan_comes_from_the_peak(void **state)
{
    (void)state;
    send_run(ORIGIN_DATA, 150.0);
    look(&one);
    uint64_t n_peak = 0;
    double peak = 0.0, window = 0.0;
    for (uint32_t bin = 280; bin < 320; bin++) {
        n_peak += one.sums[HORIZON_RUN].slots[bin + 1];
        peak += synthetic_bin(bin);
    }
    for (uint32_t bin = 469; bin < 509; bin++) /* 150^2 / 119 = 189.08 above bin 300, and 20 bins to each side */
        window += synthetic_bin(bin);
    const struct scan *scan = &one.scans[LINE_UNPRESCALED][HORIZON_RUN];
    const struct hypothesis *h = &scan->hypotheses[150 - HYPOTHESIS_FIRST_MEV];
    double b = (double)n_peak * window / peak;
    assert_true(h->valid && fabs(h->b / b - 1.0) < 1e-12);
    assert_true(fabs(h->sigma_b / sqrt(h->alpha * b + 0.03 * 0.03 * b * b) - 1.0) < 1e-12);
    assert_true(scan->is_blind && scan->exposure > 0.0);
    assert_string_equal(scan->withheld, "blind");
    assert_true(h->n == 0 && h->z == 0.0 && h->p_local == 0.0 && h->far_hz == 0.0 && h->u2_limit == 0.0);
    assert_string_equal(last_summary.best[0].withheld, "blind");
}

static void unblinding_shows_everything_and_wakes_the_alarms(void **state)
{
    (void)state;
    struct pick picks[10];
    uint64_t forgotten;
    send_run(ORIGIN_DATA, 150.0);
    assert_int_equal(monitor_picks(monitor, 20000, 25000, picks, 10, &forgotten), 0);
    monitor_unblind(monitor, true);
    assert_false(monitor_is_blind(monitor));
    assert_int_equal(monitor_picks(monitor, 20000, 25000, picks, 10, &forgotten), 10);
    look(&one);
    const struct hypothesis *h = &one.scans[LINE_UNPRESCALED][HORIZON_RUN].hypotheses[150 - HYPOTHESIS_FIRST_MEV];
    assert_true(h->n >= BURSTS * SIGNAL && h->z > 5.0);
    assert_int_equal(alarms_told, 0);
    send_bursts(1, BURSTS + 1, BURSTS + LATE, 1 + BURSTS * (PEAK + TAIL + SIGNAL), 150.0);
    assert_true(alarms_told > 0 && alarms_ended == 0);
    assert_null(last_summary.best[0].withheld);
}

static void blinding_again_withdraws_the_alarms(void **state)
{
    (void)state;
    begin_run(1, ORIGIN_DATA, 1);
    monitor_unblind(monitor, true);
    send_bursts(1, 1, BURSTS, 1, 150.0);
    uint32_t raised = 0, left = 0;
    for (uint32_t i = 0; i < ALARMS_MAX; i++)
        raised += alarms_get(monitor_alarms(monitor), i) != NULL;
    assert_true(raised > 0);
    monitor_unblind(monitor, false);
    assert_true(monitor_is_blind(monitor));
    for (uint32_t i = 0; i < ALARMS_MAX; i++)
        left += alarms_get(monitor_alarms(monitor), i) != NULL;
    assert_int_equal(left, 0);
    assert_int_equal(alarms_ended, raised);
}

static void data_after_a_simulation_are_blind_and_withdraw_its_alarms(void **state)
{
    (void)state;
    send_run(ORIGIN_SIMULATION, 150.0);
    assert_true(alarms_told > 0 && alarms_ended == 0 && !monitor_is_blind(monitor));
    begin_run(2, ORIGIN_DATA, 1 + BURSTS * (PEAK + TAIL + SIGNAL));
    assert_true(alarms_ended > 0 && monitor_is_blind(monitor));
    assert_true(monitor_horizon(monitor, HORIZON_RUN)->is_blind);
}

static void a_simulation_is_never_blind(void **state)
{
    (void)state;
    assert_false(monitor_is_blind(monitor));
    begin_run(1, ORIGIN_INJECTION, 1);
    monitor_unblind(monitor, false);
    assert_false(monitor_is_blind(monitor));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(nothing_shows_at_which_mass_a_signal_lies, start, end),
        cmocka_unit_test_setup_teardown(a_simulation_shows_it, start, end),
        cmocka_unit_test_setup_teardown(the_bins_of_the_region_are_empty_and_their_sum_is_in_the_overflow, start, end),
        cmocka_unit_test_setup_teardown(the_background_of_a_blind_scan_comes_from_the_peak, start, end),
        cmocka_unit_test_setup_teardown(unblinding_shows_everything_and_wakes_the_alarms, start, end),
        cmocka_unit_test_setup_teardown(blinding_again_withdraws_the_alarms, start, end),
        cmocka_unit_test_setup_teardown(data_after_a_simulation_are_blind_and_withdraw_its_alarms, start, end),
        cmocka_unit_test_setup_teardown(a_simulation_is_never_blind, start, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
