/* SPDX-License-Identifier: MIT */
/* downscaling - see downscaling.h. */
#include "firmware/downscaling.h"

void downscaling_burst(struct downscaling *downscaling)
{
    if (downscaling->resets)
        downscaling->counter = 0;
}

void downscaling_set_period(struct downscaling *downscaling, uint32_t period)
{
    downscaling->period = period;
    if (downscaling->counter >= period)
        downscaling->counter = period - 1;
}

/* Long division by doubling and halving: at most 128 steps for any count, without a 64-bit division, which a small
 * processor would need a library for. *triggers becomes the remainder. */
static uint64_t divide(uint64_t *triggers, uint32_t period)
{
    uint64_t quotient = 0, steps = 1, distance = period; /* distance = steps * period */
    while (distance <= *triggers >> 1) {
        distance <<= 1;
        steps <<= 1;
    }
    for (; steps; distance >>= 1, steps >>= 1) {
        if (*triggers < distance)
            continue;
        *triggers -= distance;
        quotient += steps;
    }
    return quotient;
}

uint64_t downscaling_count(struct downscaling *downscaling, uint64_t triggers)
{
    uint32_t left = downscaling->period - downscaling->counter; /* triggers up to the next kept one, >= 1 */
    if (triggers < left) {
        downscaling->counter += (uint32_t)triggers; /* < period */
        return 0;
    }
    triggers -= left;
    uint64_t kept = 1 + divide(&triggers, downscaling->period); /* <= the triggers, because left >= 1 */
    downscaling->counter = (uint32_t)triggers;
    return kept;
}
