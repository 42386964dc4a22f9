/* SPDX-License-Identifier: MIT */
/*
 * shape_limit - the signal that the shape of a spectrum excludes: every bin around m_N^2 is used, not only their sum in
 * the search window.
 *
 * Bin j holds a Poisson count with mean (s + d) g_j + T_j (c_0 + c_1 u_j + c_2 u_j^2): g_j the share of a Gaussian
 * signal of the template's resolution, T the template, u = (m2 - m_N^2)/(11.25 sigma). The background has to be
 * positive in every bin. Range, order of the polynomial and what is left to background.h: the sidebands of the
 * counting limit and all between them. d is a background that looks like a signal (spurious signal), known to be
 * 0 +- f_sys b/eps with b the background in the search window and eps the share of a signal there, so that f_sys means
 * to both limits the same.
 *
 * Statistic: profile likelihood q~ for s >= 0, CLs in its asymptotic form; its Asimov data are the background that the
 * sidebands alone predict (Cowan, Cranmer, Gross, Vitells, Eur. Phys. J. C 71 (2011) 1554).
 *
 * What it gains over counting: with a known flat background 6 % (1/sqrt(2 sqrt(pi)) against erf(1.4/sqrt 2)/sqrt(2.8));
 * together with the sidebands, for many candidates and without f_sys, 5.5 % at 200 MeV and above, 7 % at 135 and 150
 * MeV, 10 % at 120 and 19 % at 116 MeV, where the lower sideband is short and what lies between it and the window says
 * most. Where f_sys limits, nothing.
 *
 * Signals are in events anywhere in the spectrum, before any search window: |U|^2 = s / (N_K exclusion_signal). Results
 * are finite, and not below limit_empty_events over the share of the signal in the range. 2 to 12 ms for each mass.
 */
#ifndef HNLMON_CORE_SHAPE_LIMIT_H
#define HNLMON_CORE_SHAPE_LIMIT_H

#include <stdbool.h>
#include <stdint.h>

#include "core/background.h"
#include "core/limit.h"
#include "core/template.h"

struct shape_limit {
    double fitted; /* the signal that fits best; may be negative */
    double observed;
    struct limit_band expected;
};

/* For mass hypothesis `index`, from the counts of the m2 bins (slot 0 of the histogram left out), fewer than 2^53 in
 * all. f_sys >= 0, 0.5 < cl < 1. False, and all 0: the sidebands do not determine a background (alpha of the functional
 * above SCAN_ALPHA_MAX). */
bool shape_limit_evaluate(const struct template *shape, const struct background *background, uint32_t index,
                          const uint64_t *m2_bins, double f_sys, double cl, struct shape_limit *limit)
    __attribute__((warn_unused_result));

#endif
