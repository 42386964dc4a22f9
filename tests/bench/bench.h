/* SPDX-License-Identifier: MIT */
/*
 * bench - what the benchmark programs share: a clock, pacing, quantiles, and the hash by which results are compared.
 */
#ifndef HNLMON_BENCH_H
#define HNLMON_BENCH_H

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <time.h>

/* CLOCK_MONOTONIC, the same in all processes of the machine. */
static inline int64_t bench_now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/* Sleeps without the 50 us of slack that Linux adds by default. */
static inline void bench_sleep_exactly(void)
{
    prctl(PR_SET_TIMERSLACK, 1UL);
}

static inline void bench_sleep_until_ns(int64_t due_ns)
{
    struct timespec due = {.tv_sec = due_ns / 1000000000, .tv_nsec = due_ns % 1000000000};
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &due, NULL) != 0)
        ;
}

static inline int bench_compare_ns(const void *a, const void *b)
{
    int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;
    return (left > right) - (left < right);
}

static inline void bench_sort_ns(int64_t *values, size_t count)
{
    qsort(values, count, sizeof *values, bench_compare_ns);
}

/* Of sorted values, count > 0; in microseconds. */
static inline double bench_quantile_us(const int64_t *sorted, size_t count, double fraction)
{
    return (double)sorted[(size_t)(fraction * (double)(count - 1))] * 1e-3;
}

/* FNV-1a, 64 bits, over counts as little-endian 64-bit words. */
static inline uint64_t bench_hash(const uint64_t *counts, size_t count)
{
    uint64_t hash = 0xCBF29CE484222325u;
    for (size_t i = 0; i < count; i++) {
        for (int shift = 0; shift < 64; shift += 8) {
            hash ^= counts[i] >> shift & 0xFF;
            hash *= 0x100000001B3u;
        }
    }
    return hash;
}

#endif
