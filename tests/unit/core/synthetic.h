/* SPDX-License-Identifier: MIT */
/*
 * synthetic - an analytic template and integer spectra for tests of the core: a Gaussian peak of 1700 MeV^2 at 0 and a
 * tail that falls like an exponential times a power. The same formulas as in tests/vectors/background.py.
 */
#ifndef TESTS_CORE_SYNTHETIC_H
#define TESTS_CORE_SYNTHETIC_H

#include <math.h>
#include <stdlib.h>

#include "core/template.h"

static inline double synthetic_bin(uint32_t bin)
{
    double m2 = ((double)bin + M2_BIN_FIRST + 0.5) * M2_BIN_WIDTH_MEV2;
    double peak = 0.02 * exp(-0.5 * (m2 / 1700.0) * (m2 / 1700.0));
    return peak + (m2 > -6000.0 ? 2e-3 * exp(-m2 / 30000.0) * pow(1.0 + (m2 + 6000.0) / 8000.0, -1.5) : 0.0);
}

static inline void synthetic_template(struct template *shape)
{
    *shape = (struct template){.name = "synthetic", .hash = "0123456789abcdef", .sigma_mev2 = 1700.0};
    for (uint32_t bin = 0; bin < M2_BIN_COUNT; bin++)
        shape->bins[bin] = shape->bins_before[bin] = synthetic_bin(bin);
    shape->br_ke3 = 0.05;
    shape->a_peak = 0.1;
    shape->f_peak = 0.8;
    shape->eps_background = 0.018;
    for (uint32_t i = 0; i < HYPOTHESIS_COUNT; i++)
        shape->acceptance_ratio[i] = shape->window_ratio[i] = 1.0;
}

static inline void synthetic_smooth_counts(uint64_t counts[M2_BIN_COUNT])
{
    for (int64_t j = 0; j < M2_BIN_COUNT; j++)
        counts[j] = (uint64_t)(30000000 / ((j - 300) * (j - 300) + 900) / 10 + j * 7919 % 23);
}

/* Few counts, and three more in each of 31 bins around 135 MeV. */
static inline void synthetic_sparse_counts(uint64_t counts[M2_BIN_COUNT])
{
    for (int64_t j = 0; j < M2_BIN_COUNT; j++)
        counts[j] =
            (uint64_t)(60000 / ((j - 300) * (j - 300) + 900) + (j * 7919 % 23 == 0) + 3 * (llabs(j - 453) <= 15));
}

#endif
