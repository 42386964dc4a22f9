/* SPDX-License-Identifier: MIT */
/*
 * bench_core - the deterministic middle alone: decoding and applying the frames of a recording from memory, evaluation
 * at the end of bursts included. Prints one JSON line with the hash of the histogram `m2`, to be compared with others.
 *
 * The frames come from main memory, not from a cache, as they are larger than any; each is new, so nothing is trimmed
 * as a duplicate.
 *
 * Usage: bench_core FILE [CANDIDATES]
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "bench.h"
#include "core/monitor.h"
#include "frames.h"

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

static struct monitor *new_monitor(void)
{
    const struct monitor_config config = {.preset = SELECTION_PAPER, .f_sys = 0.03, .close_timeout_ns = INT64_MAX};
    const struct monitor_observer observer = {NULL, ignore_burst, ignore_alarm};
    struct monitor *monitor = monitor_create(&config, &template_paper, &observer);
    if (!monitor)
        exit(1);
    return monitor;
}

static void apply_all(struct monitor *monitor, const struct frames *frames)
{
    static struct applied applied;
    for (size_t i = 0; i < frames->count; i++) {
        struct frame frame;
        enum refusal refusal = frame_decode(frames->frames[i].bytes, frames->frames[i].size, &frame);
        if (refusal == REFUSAL_NONE)
            refusal = monitor_apply(monitor, &frame, (int64_t)i, &applied);
        if (refusal != REFUSAL_NONE) {
            fprintf(stderr, "bench_core: frame %zu refused: %s\n", i, refusal_name(refusal));
            exit(1);
        }
    }
    monitor_flush(monitor);
}

int main(int argc, char **argv)
{
    if (argc < 2) {
        fprintf(stderr, "usage: bench_core FILE [CANDIDATES]\n");
        return 2;
    }
    struct frames frames = frames_read(argv[1], argc > 2 ? strtoull(argv[2], NULL, 10) : UINT64_MAX);
    struct monitor *monitor = new_monitor();
    int64_t begin_ns = bench_now_ns();
    apply_all(monitor, &frames);
    int64_t elapsed_ns = bench_now_ns() - begin_ns;
    const uint64_t *m2 = monitor_horizon(monitor, HORIZON_RUN)->slots + histogram_table[HISTOGRAM_M2].offset;
    printf("{\"candidates\":%" PRIu64 ",\"frames\":%zu,\"ns_per_candidate\":%.3f,\"candidates_per_s\":%.0f,"
           "\"hash\":\"%016" PRIx64 "\"}\n",
           frames.candidates, frames.count, (double)elapsed_ns / (double)frames.candidates,
           1e9 * (double)frames.candidates / (double)elapsed_ns, bench_hash(m2, M2_SLOTS));
    monitor_destroy(monitor);
    frames_free(&frames);
    return 0;
}
