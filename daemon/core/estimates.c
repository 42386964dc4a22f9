/* SPDX-License-Identifier: MIT */
/* estimates - see estimates.h. */
#include "core/estimates.h"

void estimates_add(struct estimates *sum, const struct estimates *part)
{
    for (uint32_t i = 0; i < HYPOTHESIS_COUNT; i++) {
        sum->n[i] += part->n[i];
        sum->b_q20[i] += part->b_q20[i];
        sum->v_q20[i] += part->v_q20[i];
    }
}

void estimates_subtract(struct estimates *sum, const struct estimates *part)
{
    for (uint32_t i = 0; i < HYPOTHESIS_COUNT; i++) {
        sum->n[i] -= part->n[i];
        sum->b_q20[i] -= part->b_q20[i];
        sum->v_q20[i] -= part->v_q20[i];
    }
}
