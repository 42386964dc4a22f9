/* SPDX-License-Identifier: MIT */
/*
 * Drawn bursts against the expectation that they are drawn from, against the independence of Poisson counts, and
 * against the event source, whose candidates go through the monitor one by one.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cli/null_source.h"
#include "core/monitor.h"
#include "core/template.h"
#include "physics/event.h"

#define SIGMA_MEV2 1700.0
#define SLOTS (6 * M2_SLOTS) /* of all lines, before and after the veto */

static struct truth truth;

static uint64_t seed(void)
{
    const char *text = getenv("HNLMON_SEED");
    uint64_t value = text != NULL ? strtoull(text, NULL, 10) : 20260101;
    printf("HNLMON_SEED=%llu\n", (unsigned long long)value);
    return value;
}

static void check_near(const char *what, double value, double expected, double tolerance)
{
    if (!(fabs(value - expected) <= tolerance))
        fail_msg("%s: %.10g instead of %.10g +- %.2g", what, value, expected, tolerance);
}

/* chi2 with so many degrees of freedom, as a normal number (E. B. Wilson, M. M. Hilferty, 1931). */
static void check_chi2(const char *what, double chi2, double freedom)
{
    double z = (cbrt(chi2 / freedom) - (1 - 2 / (9 * freedom))) / sqrt(2 / (9 * freedom));
    printf("%-40s chi2 %.1f / %.0f, z %+.2f\n", what, chi2, freedom, z);
    if (!(fabs(z) < 4))
        fail_msg("%s: chi2 %g / %g", what, chi2, freedom);
}

static int fill_truth(void **state)
{
    (void)state;
    return truth_init(&truth, "same", &template_paper) ? 0 : -1;
}

static struct null_source *create(double candidates, uint64_t stream)
{
    struct null_source_config config = null_source_config_default();
    config.seed = seed();
    config.stream = stream;
    config.candidates = candidates;
    struct null_source *source = null_source_create(&config, &truth, SIGMA_MEV2);
    assert_non_null(source);
    return source;
}

static const uint32_t *after_veto(const struct burst *burst)
{
    return burst->slots + HISTOGRAM_M2 * M2_SLOTS;
}

static const uint32_t *before_veto(const struct burst *burst)
{
    return burst->slots + HISTOGRAM_M2_BEFORE_VETO * M2_SLOTS;
}

static uint64_t sum_of(const uint32_t *slots, uint32_t first, uint32_t end)
{
    uint64_t sum = 0;
    for (uint32_t slot = first; slot < end; slot++)
        sum += slots[slot];
    return sum;
}

/* Groups of slots with enough expected candidates per burst, accepted or rejected. */
#define GROUPS_MAX 1200
#define GROUP_EXPECTED 1.0

struct group {
    bool is_rejected;
    uint32_t first, end; /* slots */
    double expected;
};

static uint32_t make_groups(struct group *groups, double candidates)
{
    uint32_t count = 0;
    for (int rejected = 0; rejected < 2; rejected++) {
        struct group group = {rejected, 1, 1, 0};
        for (; group.end <= M2_BIN_COUNT; group.end++) {
            double after = truth.after[group.end - 1], before = truth.before[group.end - 1];
            group.expected += candidates * (rejected ? before - after : after);
            if (group.expected < GROUP_EXPECTED)
                continue;
            assert_true(count < GROUPS_MAX);
            groups[count] = group;
            groups[count++].end++;
            group = (struct group){rejected, group.end + 1, group.end, 0};
        }
    }
    return count;
}

static double count_in(const struct group *group, const struct burst *burst)
{
    double after = (double)sum_of(after_veto(burst), group->first, group->end);
    return group->is_rejected ? (double)sum_of(before_veto(burst), group->first, group->end) - after : after;
}

struct moments {
    double sum, squares, product; /* product: with the next group */
};

/* Means by chi2; variances and covariances, in units of the Poisson ones, as a whole and one by one. */
static void check_moments(double candidates, uint32_t bursts, uint64_t stream)
{
    static struct group groups[GROUPS_MAX];
    static struct moments moments[GROUPS_MAX];
    static double deviations[GROUPS_MAX + 1];
    static struct burst burst;
    struct null_source *source = create(candidates, stream);
    uint32_t count = make_groups(groups, candidates);
    double chi2 = 0, variance = 0, covariance = 0;
    memset(moments, 0, sizeof moments);
    for (uint32_t i = 1; i <= bursts; i++) {
        null_source_draw(source, (struct burst_key){1, i}, &burst);
        for (uint32_t g = 0; g < count; g++)
            deviations[g] = (count_in(&groups[g], &burst) - groups[g].expected) / sqrt(groups[g].expected);
        for (uint32_t g = 0; g < count; g++) {
            moments[g].sum += deviations[g];
            moments[g].squares += deviations[g] * deviations[g];
            moments[g].product += g + 1 < count ? deviations[g] * deviations[g + 1] : 0;
        }
    }
    /* The square of a Poisson deviation in units of its variance has the variance 2 + 1/mean. */
    for (uint32_t g = 0; g < count; g++) {
        chi2 += moments[g].sum * moments[g].sum / bursts;
        variance += moments[g].squares / bursts - 1;
        covariance += moments[g].product / bursts;
        check_near("variance", moments[g].squares / bursts, 1, 6 * sqrt((2 + 1 / groups[g].expected) / bursts));
        check_near("covariance", moments[g].product / bursts, 0, 6 / sqrt(bursts));
    }
    check_chi2("means of the drawn bins", chi2, count);
    check_near("mean variance", variance / count, 0, 4 * sqrt(3.0 / count / bursts));
    check_near("mean covariance", covariance / count, 0, 4 / sqrt((double)count * bursts));
    null_source_destroy(source);
}

static void drawn_bins_are_independent_poisson_counts(void **state)
{
    (void)state;
    check_moments(100000, 1500, 0);
    check_moments(500, 20000, 1);
}

/* ---- one burst in itself ---- */

static void check_lines(const struct burst *burst)
{
    for (uint32_t slot = 0; slot < M2_SLOTS; slot++) {
        for (int line = 0; line < LINE_COUNT; line++) {
            const uint32_t *after = burst->slots + 2 * line * M2_SLOTS, *before = after + M2_SLOTS;
            assert_true(after[slot] <= before[slot]);
            assert_true(after[slot] <= after_veto(burst)[slot]);
            assert_true(before[slot] - after[slot] <= before_veto(burst)[slot] - after_veto(burst)[slot]);
            if (line == LINE_TAIL && slot >= 356) /* bins from 55 * 119 = 6545 MeV^2 on */
                assert_true(after[slot] == after_veto(burst)[slot] && before[slot] == before_veto(burst)[slot]);
        }
    }
}

static void what_is_said_about_a_burst_adds_up(void **state)
{
    static struct burst burst;
    struct null_source_config config = null_source_config_default();
    (void)state;
    config.links = 3;
    config.cut_share = 0.02;
    struct null_source *source = null_source_create(&config, &truth, SIGMA_MEV2);
    assert_non_null(source);
    uint64_t triggers = 0, kept = 0;
    for (uint32_t i = 1; i <= 20; i++) {
        uint64_t counted, vetoed = 0, linked = 0;
        null_source_draw(source, (struct burst_key){7, i}, &burst);
        check_lines(&burst);
        counted = burst.accepted;
        for (int reason = 1; reason < REJECT_REASON_COUNT; reason++)
            counted += burst.rejected[reason];
        for (int veto = 0; veto < VETO_COUNT; veto++)
            vetoed += burst.vetoes[veto];
        for (uint32_t link = 0; link < burst.link_count; link++)
            linked += burst.links[link].candidates;
        assert_int_equal(burst.sent, counted);
        assert_int_equal(linked, counted);
        assert_int_equal(burst.link_count, 3);
        assert_int_equal(burst.accepted, sum_of(after_veto(&burst), 0, M2_SLOTS));
        assert_int_equal(burst.rejected[REJECT_VETO], sum_of(before_veto(&burst), 0, M2_SLOTS) - burst.accepted);
        assert_int_equal(vetoed, burst.rejected[REJECT_VETO]);
        assert_int_equal(burst_flaws(&burst), 0);
        triggers += burst.generated;
        kept += burst.kept;
        assert_int_equal(kept, triggers / 150); /* the counter carries over */
    }
    null_source_destroy(source);
}

/* 2e7 candidates: one in 150 is kept; of those below the tail line's edge one in 150 is sampled, and of the slot of the
 * edge, 6426 .. 6544 MeV^2, the upper 44 values and one in 150 of the lower 75. */
static void the_lines_take_their_shares(void **state)
{
    static struct burst burst;
    struct null_source *source = create(1e5, 2);
    double all = 0, kept = 0, below = 0, sampled = 0, edge = 0, edge_taken = 0;
    (void)state;
    for (uint32_t i = 1; i <= 200; i++) {
        null_source_draw(source, (struct burst_key){1, i}, &burst);
        const uint32_t *tail = burst.slots + HISTOGRAM_M2_TAIL_BEFORE_VETO * M2_SLOTS;
        all += (double)sum_of(before_veto(&burst), 0, M2_SLOTS);
        kept += (double)sum_of(burst.slots + HISTOGRAM_M2_DOWNSCALED_BEFORE_VETO * M2_SLOTS, 0, M2_SLOTS);
        below += (double)sum_of(before_veto(&burst), 0, 355);
        sampled += (double)sum_of(tail, 0, 355);
        edge += before_veto(&burst)[355];
        edge_taken += tail[355];
    }
    check_near("kept", kept / all, 1.0 / 150, 5 * sqrt(1.0 / 150 / all));
    check_near("sampled", sampled / below, 1.0 / 150, 5 * sqrt(1.0 / 150 / below));
    check_near("edge", edge_taken / edge, (44 + 75 / 150.0) / 119, 5 * sqrt(0.25 / edge));
    null_source_destroy(source);
}

static void the_same_seed_and_stream_draw_the_same_bursts(void **state)
{
    static struct burst a, b;
    struct null_source *first = create(1e4, 3), *again = create(1e4, 3), *other = create(1e4, 4);
    (void)state;
    for (uint32_t i = 1; i <= 20; i++) {
        null_source_draw(first, (struct burst_key){1, i}, &a);
        null_source_draw(again, (struct burst_key){1, i}, &b);
        assert_memory_equal(&a, &b, sizeof a);
        null_source_draw(other, (struct burst_key){1, i}, &b);
        assert_true(memcmp(a.slots, b.slots, sizeof a.slots) != 0);
    }
    null_source_destroy(first);
    null_source_destroy(again);
    null_source_destroy(other);
}

/* Three candidates per burst at 135 MeV beside one of background: 83.85 % of a Gaussian lie within 1.4 sigma. */
static void a_signal_comes_where_its_mass_is(void **state)
{
    static struct burst burst;
    struct null_source_config config = null_source_config_default();
    double in_window = 0;
    (void)state;
    config.seed = seed();
    config.candidates = 1;
    config.signal = 3;
    config.mass_mev = 135;
    struct null_source *source = null_source_create(&config, &truth, SIGMA_MEV2);
    assert_non_null(source);
    for (uint32_t i = 1; i <= 20000; i++) {
        null_source_draw(source, (struct burst_key){1, i}, &burst);
        in_window += (double)sum_of(after_veto(&burst), 301 + 133, 301 + 173); /* 15827 .. 20587, m2 = 18225 */
    }
    double share = 0.5 * (erf((20587.0 - 18225) / 1700 / sqrt(2)) - erf((15827.0 - 18225) / 1700 / sqrt(2)));
    check_near("share", share, 0.8385, 2e-4);
    check_near("signal", in_window / 20000, 3 * share + 4.9e-5, 5 * sqrt(3 * share / 20000));
    null_source_destroy(source);
}

/* 5 % from spill to spill on 10^4 candidates: five times the Poisson error, and the intensity knows it. */
static void the_intensity_says_how_many_to_expect(void **state)
{
    static struct burst burst;
    struct null_source_config config = null_source_config_default();
    double squares = 0, ratio_squares = 0, fraction = 0;
    (void)state;
    config.seed = seed();
    config.candidates = 1e4;
    config.spread = 0.05;
    for (int bin = 0; bin < M2_BIN_COUNT; bin++)
        fraction += truth.before[bin];
    struct null_source *source = null_source_create(&config, &truth, SIGMA_MEV2);
    assert_non_null(source);
    for (uint32_t i = 1; i <= 4000; i++) {
        null_source_draw(source, (struct burst_key){1, i}, &burst);
        double count = (double)burst.sent / fraction, expected = burst.intensity * 1e6 * 0.0507 * 0.10;
        squares += (count / 1e4 - 1) * (count / 1e4 - 1);
        ratio_squares += (count - expected) * (count - expected) / expected;
    }
    check_near("spread", sqrt(squares / 4000), sqrt(0.0025 + 1e-4), 5 * 0.05 / sqrt(2 * 4000.0));
    check_near("around the intensity", ratio_squares / 4000, 1, 5 * sqrt(2 / 4000.0));
    null_source_destroy(source);
}

/* ---- against the event source ---- */

#define REAL_BURSTS 12u
#define REAL_CANDIDATES 25000u
#define PERIOD 150u

static struct burst_summary closed;

static void note_closed(void *context, const struct burst_summary *summary)
{
    (void)context;
    closed = *summary;
}

static void ignore_alarm(void *context, const struct alarm *alarm)
{
    (void)context;
    (void)alarm;
}

static struct monitor *create_monitor(void)
{
    const struct monitor_config config = {
        .preset = SELECTION_PAPER, .promise = alarm_default_promise(), .close_timeout_ns = 1};
    const struct monitor_observer observer = {NULL, note_closed, ignore_alarm};
    struct monitor *monitor = monitor_create(&config, &template_paper, &observer);
    assert_non_null(monitor);
    return monitor;
}

static void apply(struct monitor *monitor, struct frame frame)
{
    static struct applied applied;
    assert_int_equal(monitor_apply(monitor, &frame, 0, &applied), REFUSAL_NONE);
}

struct front_end {
    struct event_source events;
    struct monitor *monitor;
    uint64_t seq;
    uint64_t vetoes[VETO_COUNT];
    unsigned char columns[CANDIDATE_COLUMN_COUNT][4 * BATCH_CANDIDATES_MAX];
};

static void put_candidate(struct front_end *end, uint32_t place)
{
    struct candidate c;
    struct event_truth unused;
    uint32_t words[CANDIDATE_COLUMN_COUNT];
    event_source_next(&end->events, &c, &unused);
    if (random_uniform(&end->events.random) * PERIOD < 1)
        c.flags |= FLAG_KEPT;
    for (int veto = 0; veto < VETO_COUNT; veto++)
        end->vetoes[veto] += c.flags >> (FLAG_VETO_SHIFT + veto) & 1;
    memcpy(words, &c, sizeof words);
    for (int column = 0; column < CANDIDATE_COLUMN_COUNT; column++)
        store_le32(end->columns[column] + 4 * place, words[column]);
}

static void send_batch(struct front_end *end, uint32_t burst, uint32_t count)
{
    struct frame frame = {FRAME_BATCH,
                          {.batch = {.source = 1, .epoch = 1, .first_seq = end->seq, .run = 1, .burst = burst}}};
    for (uint32_t i = 0; i < count; i++)
        put_candidate(end, i);
    frame.as.batch.columns.count = count;
    for (int column = 0; column < CANDIDATE_COLUMN_COUNT; column++)
        frame.as.batch.columns.column[column] = end->columns[column];
    apply(end->monitor, frame);
    end->seq += count;
}

static struct mark mark_of(const struct front_end *end, uint32_t burst)
{
    return (struct mark){.source = 1, .epoch = 1, .run = 1, .burst = burst, .at_seq = end->seq};
}

static void send_burst(struct front_end *end, uint32_t burst, uint32_t candidates)
{
    apply(end->monitor, (struct frame){FRAME_BURST_BEGIN, {.burst_begin = {mark_of(end, burst), 1}}});
    for (uint32_t left = candidates; left > 0;) {
        uint32_t count = left < BATCH_CANDIDATES_MAX ? left : BATCH_CANDIDATES_MAX;
        send_batch(end, burst, count);
        left -= count;
    }
    apply(end->monitor, (struct frame){FRAME_BURST_END,
                                       {.burst_end = {.mark = mark_of(end, burst),
                                                      .generated = 41 * (uint64_t)candidates,
                                                      .kept = 41 * (uint64_t)candidates / PERIOD,
                                                      .downscaling = PERIOD,
                                                      .sent = candidates,
                                                      .intensity = 1,
                                                      .live_ppm = 1000000}}});
}

static struct front_end *create_front_end(struct monitor *monitor)
{
    struct front_end *end = calloc(1, sizeof *end);
    struct event_config config = event_config_default(EVENT_PAPER);
    assert_non_null(end);
    config.seed = seed();
    event_source_init(&end->events, &config);
    end->monitor = monitor;
    end->seq = 1;
    apply(monitor, (struct frame){FRAME_HELLO, {.hello = {.source = 1, .epoch = 1, .next_seq = 1, .oldest_seq = 1}}});
    apply(monitor, (struct frame){FRAME_RUN_BEGIN, {.run_begin = {mark_of(end, 0), .origin = ORIGIN_SIMULATION}}});
    return end;
}

/* Slots of a histogram joined until at least 20 candidates are expected. The numbers of candidates are the same. */
static void check_histogram(enum histogram_id id, const uint64_t *real, const double *drawn, double scale)
{
    double chi2 = 0, expected = 0, counted = 0, freedom = 0, variance = 0;
    for (uint32_t slot = id * M2_SLOTS; slot < (id + 1u) * M2_SLOTS; slot++) {
        expected += scale * drawn[slot];
        variance += scale * drawn[slot] * (1 + scale);
        counted += (double)real[slot];
        bool is_last = slot + 1 == (id + 1u) * M2_SLOTS;
        if (expected < 20 && !(is_last && expected > 5))
            continue;
        chi2 += (counted - expected) * (counted - expected) / variance;
        freedom++;
        expected = counted = variance = 0;
    }
    check_chi2(histogram_table[id].name, chi2, freedom);
}

static void drawn_bursts_are_those_of_the_event_source(void **state)
{
    static double drawn[SLOTS];
    static struct burst burst;
    struct monitor *monitor = create_monitor();
    struct front_end *end = create_front_end(monitor);
    struct null_source *source = create(REAL_CANDIDATES, 5);
    const double total = REAL_BURSTS * (double)REAL_CANDIDATES;
    double drawn_total = 0, vetoes[VETO_COUNT] = {0}, vetoed = 0;
    (void)state;
    for (uint32_t i = 1; i <= REAL_BURSTS; i++)
        send_burst(end, i, REAL_CANDIDATES);
    assert_int_equal(closed.key.burst, REAL_BURSTS);
    for (uint32_t i = 1; i <= 20 * REAL_BURSTS; i++) {
        null_source_draw(source, (struct burst_key){1, i}, &burst);
        for (uint32_t slot = 0; slot < SLOTS; slot++)
            drawn[slot] += burst.slots[slot];
        for (int veto = 0; veto < VETO_COUNT; veto++)
            vetoes[veto] += (double)burst.vetoes[veto];
        vetoed += (double)burst.rejected[REJECT_VETO];
        drawn_total += (double)burst.sent;
    }
    for (enum histogram_id id = HISTOGRAM_M2; id <= HISTOGRAM_M2_TAIL_BEFORE_VETO; id++)
        check_histogram(id, monitor_horizon(monitor, HORIZON_RUN)->slots, drawn, total / drawn_total);
    for (int veto = 0; veto < VETO_COUNT; veto++) {
        double expected = vetoes[veto] / drawn_total * total;
        check_near("veto", (double)end->vetoes[veto], expected, 5 * sqrt(1.05 * expected));
    }
    assert_true(vetoed > 0);
    free(end);
    null_source_destroy(source);
    monitor_destroy(monitor);
}

/* ---- a burst taken at once ---- */

static struct scan scans[2];
static struct scan *watched;

static void watch(void *context, const struct scan *scan)
{
    (void)context;
    if (scan->horizon == HORIZON_1)
        *watched = *scan;
}

/* The counts that frames left in one monitor are given to another one as a burst. */
static void a_taken_burst_closes_like_one_that_came_in_frames(void **state)
{
    static struct burst burst;
    static struct burst_summary first;
    struct monitor *in_frames = create_monitor(), *at_once = create_monitor();
    struct front_end *end = create_front_end(in_frames);
    (void)state;
    monitor_watch_scans(in_frames, watch, NULL);
    monitor_watch_scans(at_once, watch, NULL);
    watched = &scans[0];
    send_burst(end, 1, 5000);
    first = closed;
    burst = (struct burst){.key = {1, 1},
                           .began = 1,
                           .ended = 1,
                           .generated = first.generated,
                           .kept = first.kept,
                           .sent = first.sent,
                           .downscaling = first.downscaling,
                           .input_downscaling = 1,
                           .intensity = first.intensity,
                           .live_ppm = first.live_ppm,
                           .origin = first.origin,
                           .accepted = first.accepted};
    memcpy(burst.rejected, first.rejected, sizeof burst.rejected);
    for (int veto = 0; veto < VETO_COUNT; veto++)
        burst.vetoes[veto] = end->vetoes[veto];
    burst_count(&burst, 1, 5000);
    const struct horizon *sums = monitor_horizon(in_frames, HORIZON_1);
    for (uint32_t slot = 0; slot < HISTOGRAM_SLOTS; slot++)
        burst.slots[slot] = (uint32_t)sums->slots[slot];
    watched = &scans[1];
    monitor_take_burst(at_once, &burst);
    assert_int_equal(closed.key.burst, 1);
    assert_int_equal(closed.accepted, first.accepted);
    assert_int_equal(closed.n_peak, first.n_peak);
    assert_true(closed.complete && first.complete);
    assert_memory_equal(closed.lines, first.lines, sizeof first.lines);
    for (uint32_t i = 0; i < HYPOTHESIS_COUNT; i++) {
        const struct hypothesis *a = &scans[0].hypotheses[i], *b = &scans[1].hypotheses[i];
        assert_true(a->n == b->n && a->b == b->b && a->z_alarm == b->z_alarm && a->valid == b->valid);
    }
    assert_memory_equal(sums->slots, monitor_horizon(at_once, HORIZON_1)->slots, sizeof sums->slots);
    assert_int_equal(monitor_last_burst(at_once).burst, 1);
    assert_int_equal(monitor_origin(at_once), ORIGIN_SIMULATION);
    free(end);
    monitor_destroy(in_frames);
    monitor_destroy(at_once);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(drawn_bins_are_independent_poisson_counts),
        cmocka_unit_test(what_is_said_about_a_burst_adds_up),
        cmocka_unit_test(the_lines_take_their_shares),
        cmocka_unit_test(the_same_seed_and_stream_draw_the_same_bursts),
        cmocka_unit_test(a_signal_comes_where_its_mass_is),
        cmocka_unit_test(the_intensity_says_how_many_to_expect),
        cmocka_unit_test(drawn_bursts_are_those_of_the_event_source),
        cmocka_unit_test(a_taken_burst_closes_like_one_that_came_in_frames),
    };
    return cmocka_run_group_tests(tests, fill_truth, NULL);
}
