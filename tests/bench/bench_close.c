/* SPDX-License-Identifier: MIT */
/*
 * bench_close - the time that the end of a burst takes in the core: sums of all horizons, changes, the looks at all
 * masses, alarms. Bursts are drawn from the paper template: their peak from a pool of candidates, everything above it
 * anew for each burst, so that the windows hold what they would hold. Prints one JSON line.
 *
 * Usage: bench_close [BURSTS] [CANDIDATES]
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "../unit/core/candidates.h"
#include "bench.h"
#include "core/monitor.h"

#define BATCHES 32u
#define PEAK_END (5000 / M2_BIN_WIDTH_MEV2 - M2_BIN_FIRST) /* a bin */

static struct candidates pool[BATCHES], tail;
static double cumulative[M2_BIN_COUNT];
static struct applied applied;

static void ignore_burst(void *context, const struct burst_summary *summary)
{
    (void)context;
    (void)summary;
}

static void ignore_alarm(void *context, const struct alarm *alarm)
{
    (void)context;
    (void)alarm;
}

/* Of the template, in bins from `first` to before `end`. */
static double template_m2(struct random *random, uint32_t first, uint32_t end)
{
    double before = first ? cumulative[first - 1] : 0.0;
    double chosen = before + random_unit(random) * (cumulative[end - 1] - before);
    uint32_t bin = first;
    while (cumulative[bin] <= chosen)
        bin++;
    return ((double)bin + M2_BIN_FIRST + random_unit(random)) * M2_BIN_WIDTH_MEV2;
}

static void fill_pool(void)
{
    struct random random = {1};
    double sum = 0.0;
    for (uint32_t bin = 0; bin < M2_BIN_COUNT; bin++)
        cumulative[bin] = sum += template_paper.bins[bin];
    for (uint32_t i = 0; i < BATCHES * BATCH_CANDIDATES_MAX; i++) {
        struct candidate c = plausible_candidate(&random, template_m2(&random, 0, PEAK_END));
        candidates_put(&pool[i / BATCH_CANDIDATES_MAX], &c);
    }
}

static void apply(struct monitor *monitor, const struct frame *frame)
{
    enum refusal refusal = monitor_apply(monitor, frame, 0, &applied);
    if (refusal != REFUSAL_NONE) {
        fprintf(stderr, "bench_close: frame refused, reason %d\n", (int)refusal);
        exit(1);
    }
}

static void apply_batch(struct monitor *monitor, uint32_t burst, uint64_t *seq, const struct candidates *candidates,
                        uint32_t count)
{
    const struct frame frame = {
        .kind = FRAME_BATCH,
        .as.batch = {.schema = WIRE_SCHEMA,
                     .source = 1,
                     .epoch = 1,
                     .first_seq = *seq,
                     .run = 1,
                     .burst = burst,
                     .columns = candidates_view(candidates, 0, count)},
    };
    apply(monitor, &frame);
    *seq += count;
}

static void apply_tail(struct monitor *monitor, uint32_t burst, uint64_t *seq, uint32_t candidates)
{
    struct random random = {burst};
    double share = 1.0 - cumulative[PEAK_END - 1] / cumulative[M2_BIN_COUNT - 1], mean = share * candidates;
    double count = fmin(fmax(mean + sqrt(mean) * random_normal(&random), 0.0), BATCH_CANDIDATES_MAX);
    tail.count = 0;
    while (tail.count < count) {
        struct candidate c = plausible_candidate(&random, template_m2(&random, PEAK_END, M2_BIN_COUNT));
        candidates_put(&tail, &c);
    }
    apply_batch(monitor, burst, seq, &tail, tail.count);
}

static void apply_batches(struct monitor *monitor, uint32_t burst, uint64_t *seq, uint32_t candidates)
{
    apply_tail(monitor, burst, seq, candidates);
    for (uint32_t i = burst; candidates > 0; i++) {
        uint32_t count = candidates < BATCH_CANDIDATES_MAX ? candidates : BATCH_CANDIDATES_MAX;
        apply_batch(monitor, burst, seq, &pool[i % BATCHES], count);
        candidates -= count;
    }
}

/* One burst; returns how long its end took. */
static int64_t burst_ns(struct monitor *monitor, uint32_t number, uint64_t *seq, uint32_t candidates)
{
    struct mark mark = {.source = 1, .epoch = 1, .run = 1, .burst = number, .at_seq = *seq, .t_ns = number};
    apply(monitor, &(struct frame){.kind = FRAME_BURST_BEGIN, .as.burst_begin = {mark, 1}});
    apply_batches(monitor, number, seq, candidates);
    mark.at_seq = *seq;
    struct frame end = {.kind = FRAME_BURST_END, .as.burst_end = {.mark = mark, .downscaling = 1, .sent = candidates}};
    int64_t begin_ns = bench_now_ns();
    apply(monitor, &end);
    return bench_now_ns() - begin_ns;
}

int main(int argc, char **argv)
{
    uint32_t bursts = argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 10) : 500;
    uint32_t candidates = argc > 2 ? (uint32_t)strtoul(argv[2], NULL, 10) : 100000;
    const struct monitor_config config = {
        .preset = SELECTION_PAPER, .f_sys = 0.03, .promise = alarm_default_promise(), .close_timeout_ns = INT64_MAX};
    const struct monitor_observer observer = {NULL, ignore_burst, ignore_alarm};
    struct monitor *monitor = monitor_create(&config, &template_paper, &observer);
    int64_t *times_ns = calloc(bursts ? bursts : 1, sizeof *times_ns);
    uint64_t seq = 1;
    if (!monitor || !times_ns || bursts == 0)
        return 2;
    fill_pool();
    const struct mark mark = {.source = 1, .epoch = 1, .run = 1, .at_seq = 1};
    apply(monitor, &(struct frame){.kind = FRAME_HELLO,
                                   .as.hello = {.schema = 1, .source = 1, .epoch = 1, .next_seq = 1, .oldest_seq = 1}});
    apply(monitor, &(struct frame){.kind = FRAME_RUN_BEGIN, .as.run_begin = {mark, ORIGIN_SIMULATION, {0}, {0}}});
    for (uint32_t i = 0; i < bursts; i++)
        times_ns[i] = burst_ns(monitor, i + 1, &seq, candidates);
    bench_sort_ns(times_ns, bursts);
    printf("{\"bursts\":%u,\"candidates\":%u,\"close_us_median\":%.1f,\"close_us_p90\":%.1f}\n", bursts, candidates,
           bench_quantile_us(times_ns, bursts, 0.5), bench_quantile_us(times_ns, bursts, 0.9));
    free(times_ns);
    monitor_destroy(monitor);
    return 0;
}
