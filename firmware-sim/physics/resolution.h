/* SPDX-License-Identifier: MIT */
/*
 * resolution - how far reconstructed m2_miss scatters around the true one: bias, rms, and the half width of the central
 * 68.27 %, which tails do not move.
 *
 * A histogram of the residual in bins of 10 MeV^2 within +-20,000 MeV^2; what lies outside is counted and left out.
 * Errors are those of weighted, stratified events (ratio.h); that of a quantile is the error of the fraction below it
 * over the density there.
 */
#ifndef PHYSICS_RESOLUTION_H
#define PHYSICS_RESOLUTION_H

#include <stdint.h>

#include "physics/ratio.h"

#define RESOLUTION_RANGE_MEV2 20000.0
#define RESOLUTION_BIN_MEV2 10.0
#define RESOLUTION_BINS 4000

struct resolution {
    struct ratio_base bin[RESOLUTION_BINS];
    struct ratio_base inside;
    struct ratio residual, residual2;
    uint64_t underflow, overflow; /* events */
};

struct resolution_estimate {
    struct estimate bias, rms, core; /* MeV^2; rms about 0, core: (84.13 % quantile - 15.87 % quantile) / 2 */
};

/* Begins as all zero. A residual: reconstructed minus true, MeV^2. */
void resolution_add(struct resolution *resolution, uint32_t stratum, double weight, double residual_mev2);

/* NaN when empty. */
struct resolution_estimate resolution_estimate(const struct resolution *resolution,
                                               const uint64_t trials[STRATA_COUNT]);

#endif
