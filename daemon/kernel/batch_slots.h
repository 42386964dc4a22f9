/* SPDX-License-Identifier: MIT */
/*
 * batch_slots - axis_slot for a column of words at once, for histograms that show a column as it is.
 *
 * The results are those of axis_slot for every word; only the time that it takes depends on the CPU.
 */
#ifndef KERNEL_BATCH_SLOTS_H
#define KERNEL_BATCH_SLOTS_H

#include <stdint.h>

#include "hnlmon/histogram.h"

/* slots[i] = first + axis_slot(axis, word i), for i < count. Words are little-endian int32 at any alignment; first +
 * axis_slots(axis) <= 65536. */
void batch_slots(const struct axis *axis, uint32_t first, const unsigned char *words, uint32_t count, uint16_t *slots);

/* |v| of three components, truncated and at most MOMENTUM_LIMIT_Q13, as words of the same kind: within one LSB, for
 * display only. */
void batch_magnitudes(const unsigned char *x, const unsigned char *y, const unsigned char *z, uint32_t count,
                      unsigned char *words);

#endif
