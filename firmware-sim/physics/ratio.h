/* SPDX-License-Identifier: MIT */
/*
 * ratio - a mean over weighted, stratified events, with its Monte Carlo error.
 *
 * R = sum w x / sum w over the events that belong to a base (all decays, or those above a threshold). Within a stratum
 * the trials are independent and their number is fixed, trials outside the base count with w = 0. The error is that of
 * the linearised ratio (W. G. Cochran, Sampling Techniques, chapter 6): with e = w (x - R),
 *     variance(R) = sum over strata of n / (n - 1) (sum e^2 - (sum e)^2 / n) / (sum w)^2.
 * Sums of doubles: adding events in another order changes the last digits.
 */
#ifndef PHYSICS_RATIO_H
#define PHYSICS_RATIO_H

#include <stdint.h>

#include "physics/estimate.h"
#include "physics/strata.h"

/* Who is counted. All zero to begin with. */
struct ratio_base {
    double w[STRATA_COUNT], w2[STRATA_COUNT];
};

/* What about them. All zero to begin with. */
struct ratio {
    double wx[STRATA_COUNT], w2x[STRATA_COUNT], w2x2[STRATA_COUNT];
};

static inline void ratio_base_add(struct ratio_base *base, uint32_t stratum, double weight)
{
    base->w[stratum] += weight;
    base->w2[stratum] += weight * weight;
}

/* For an event of the base. Those with x = 0 may be left out. */
static inline void ratio_add(struct ratio *ratio, uint32_t stratum, double weight, double x)
{
    const double wx = weight * x;
    ratio->wx[stratum] += wx;
    ratio->w2x[stratum] += weight * wx;
    ratio->w2x2[stratum] += wx * wx;
}

/* Value and error; both NaN when the base is empty. trials: of each stratum, 0 for one that is not used. */
struct estimate ratio_estimate(const struct ratio *ratio, const struct ratio_base *base,
                               const uint64_t trials[STRATA_COUNT]);

/* The variance that a stratum of `trials` contributes to a sum of terms e, from the sums of e and of e^2. */
double ratio_stratum_variance(double sum, double sum2, uint64_t trials);

#endif
