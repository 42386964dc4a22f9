/* SPDX-License-Identifier: MIT */
/*
 * axis - the slot of a value is that of exact division, for every axis that the header allows and every value.
 *
 * The contract is proved of the function below, into which the one of the header is inlined.
 */
#include "hnlmon/histogram.h"

#ifdef WIDENED
#define BINS_MAX 0xffffffff
#else
#define BINS_MAX 65533
#endif

/*@ requires \valid_read(axis) && axis->width > 0 && 1 <= axis->bins <= BINS_MAX;
    assigns \nothing;
    ensures below: value < axis->lo ==> \result == 0;
    ensures inside: value >= axis->lo && (value - axis->lo) / axis->width < axis->bins ==>
        \result == (value - axis->lo) / axis->width + 1;
    ensures above: value >= axis->lo && (value - axis->lo) / axis->width >= axis->bins ==>
        \result == axis->bins + 1; */
uint32_t proved_axis_slot(const struct axis *axis, int32_t value)
{
    return axis_slot(axis, value);
}
