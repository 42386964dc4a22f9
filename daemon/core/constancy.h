/* SPDX-License-Identifier: MIT */
/*
 * constancy - whether an excess comes with the kaons, as that of an HNL must, or in some stretches of time only.
 *
 * A stretch of closed bursts (a run, a period) is kept as 10 to 20 blocks of equally many bursts; fewer as long as
 * there are fewer bursts. When all places are full, neighbours are merged, and blocks are twice as long from then on.
 * With e_k = n_k - b_k the excess of block k over its own sidebands, f_k its share of the kaons (of the Ke3 peak), E
 * the sum of all e_k, and V = sum of n_k + sum of the variances of b_k:
 *
 *   chi2 = sum_k (e_k - f_k E)^2 / (f_k V),  one degree of freedom less than blocks.
 *
 * This is Pearson's chi2, with the variance of a block taken from the whole stretch instead of from itself. That keeps
 * its mean at the degrees of freedom however few counts there are, where a Poisson deviance does not (with 2 background
 * candidates in 20 blocks it never falls below p = 0.01, with 10 in 10 three times too often).
 */
#ifndef HNLMON_CORE_CONSTANCY_H
#define HNLMON_CORE_CONSTANCY_H

#include <stdint.h>

#include "core/archive.h"
#include "core/estimates.h"

#define CONSTANCY_BLOCKS 20u
#define CONSTANCY_P_MIN 0.01 /* below it an excess is not constant */

struct constancy_block {
    struct estimates estimates;
    uint64_t n_peak; /* candidates in the Ke3 peak */
};

struct constancy {
    struct constancy_block blocks[CONSTANCY_BLOCKS];
    uint32_t count;     /* blocks that have bursts */
    uint32_t length;    /* bursts of a full block: a power of two */
    uint32_t in_newest; /* bursts of the newest block */
};

/* Begins a new stretch. */
void constancy_begin(struct constancy *constancy);

/* Saves or restores it (archive.h). */
void constancy_archive(struct archive *archive, struct constancy *constancy);

/* Adds a closed burst. */
void constancy_add(struct constancy *constancy, const struct estimates *estimates, uint64_t n_peak);

/* The probability of a chi2 at least as large for a constant excess of hypothesis `index`, also a negative one. 1 with
 * fewer than two blocks with kaons, and without counts. Below 1 us. */
double constancy_p(const struct constancy *constancy, uint32_t index);

#endif
