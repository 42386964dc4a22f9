/* SPDX-License-Identifier: MIT */
/*
 * histogram - an axis of equal integer bins, and counts over it.
 *
 * A histogram is an array of axis->bins + 2 counts: slot 0 is the underflow, slots 1 .. bins are the bins in order, the
 * last slot is the overflow. Counts only ever add and subtract, so totals equal a recount.
 */
#ifndef HNLMON_HISTOGRAM_H
#define HNLMON_HISTOGRAM_H

#include <stdint.h>

struct axis {
    int32_t lo;    /* lower edge of the first bin */
    int32_t width; /* > 0 */
    uint32_t bins; /* 1 .. 65533, and lo + bins * width fits into int32 */
};

static inline uint32_t axis_slots(const struct axis *axis)
{
    return axis->bins + 2;
}

/* Slot of `value`: bin i holds lo + i * width <= value < lo + (i + 1) * width. Nothing but the difference needs more
 * than 32 bits, and of that only the last 32 are left: a 32-bit machine needs no library. */
static inline uint32_t axis_slot(const struct axis *axis, int32_t value)
{
    if (value < axis->lo)
        return 0;
    uint32_t distance = (uint32_t)((int64_t)value - axis->lo); /* 0 .. 2^32 - 1 because value >= lo */
    uint32_t bin = distance / (uint32_t)axis->width;
    return bin < axis->bins ? bin + 1 : axis->bins + 1;
}

#endif
