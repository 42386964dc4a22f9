/* SPDX-License-Identifier: MIT */
/*
 * latency - quantiles of many short times, in fixed memory: a histogram whose bins are 1/8 of a power of two wide.
 *
 * A quantile is the upper edge of its bin: never too small, too large by at most 12.5 %.
 */
#ifndef HNLMON_IO_LATENCY_H
#define HNLMON_IO_LATENCY_H

#include <stdint.h>

#define LATENCY_BINS 512 /* eight per power of two of nanoseconds, 64 powers */

struct latency {
    uint64_t counts[LATENCY_BINS];
    uint64_t total;
};

/* Counts a time in nanoseconds; a negative one counts as 0. */
void latency_add(struct latency *latency, int64_t ns);

/* The time in microseconds that a fraction 0 < q <= 1 of all times does not exceed; 0 when there are none. */
double latency_quantile_us(const struct latency *latency, double q);

#endif
