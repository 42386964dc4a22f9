/* SPDX-License-Identifier: MIT */
/* downscaling - see downscaling.h. */
#include "firmware/downscaling.h"

void downscaling_burst(struct downscaling *downscaling)
{
    if (downscaling->resets)
        downscaling->counter = 0;
}

/* Subtraction instead of a 64-bit division, which a small processor would need a library for: a few triggers at a time. */
uint64_t downscaling_count(struct downscaling *downscaling, uint64_t triggers)
{
    uint64_t kept = 0;
    uint64_t left = downscaling->period - downscaling->counter; /* triggers up to the next kept one, >= 1 */
    while (triggers >= left) {
        triggers -= left;
        left = downscaling->period;
        downscaling->counter = 0;
        kept++;
    }
    downscaling->counter += (uint32_t)triggers; /* < period, because triggers < left */
    return kept;
}
