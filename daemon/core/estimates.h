/* SPDX-License-Identifier: MIT */
/*
 * estimates - candidates, background and its variance of every mass hypothesis, as whole numbers that add.
 *
 * core/background computes them from counts. Since they are linear in the counts, those of a horizon are the sums of
 * those of its bursts, exactly: a closed burst is evaluated once, and every horizon adds and subtracts.
 */
#ifndef HNLMON_CORE_ESTIMATES_H
#define HNLMON_CORE_ESTIMATES_H

#include <stdint.h>

/* Below 113 MeV the lower sideband would lie in the Ke3 peak; above 279 MeV the upper one leaves the histogram. */
#define HYPOTHESIS_FIRST_MEV 113
#define HYPOTHESIS_LAST_MEV 279
#define HYPOTHESIS_COUNT (HYPOTHESIS_LAST_MEV - HYPOTHESIS_FIRST_MEV + 1)

#define ESTIMATES_UNIT 0x1p-20 /* candidates */

struct estimates {
    uint64_t n[HYPOTHESIS_COUNT];     /* candidates in the search window */
    int64_t b_q20[HYPOTHESIS_COUNT];  /* background in it, in ESTIMATES_UNIT; may be negative */
    uint64_t v_q20[HYPOTHESIS_COUNT]; /* variance of b, likewise */
};

void estimates_add(struct estimates *sum, const struct estimates *part);

/* Exactly undoes the estimates_add of the same part. */
void estimates_subtract(struct estimates *sum, const struct estimates *part);

#endif
