/* SPDX-License-Identifier: MIT */
/*
 * exclusion - from a limit in events to a limit on the mixing |U_e|^2, for every mass hypothesis.
 *
 * |U|^2 = s / (N_K BR(m_N) A eps): N_K the exposure of the scan, BR that of K+ -> pi0 e+ N at |U|^2 = 1, A the
 * acceptance of the signal, taken to be that of Ke3 in the peak (flat, as in the paper template), and eps the share of
 * a Gaussian signal that shows: what falls into the search window less what its tails in the sidebands add to the
 * background estimate. N_K is counted as exact; its statistical error is that of the Ke3 peak, below a per cent from
 * 10^4 candidates on.
 *
 * Three limits at 90 % confidence level: observed (CLs in its asymptotic form, background uncertainty included), its
 * median without a signal, and that of arXiv:2008.11654: a background known exactly, s = z sqrt(b + s) with z = 1.2816,
 * and no leakage. The first two are never below -ln 0.1 = 2.303 events, the limit of an empty window.
 */
#ifndef HNLMON_CORE_EXCLUSION_H
#define HNLMON_CORE_EXCLUSION_H

#include "core/background.h"
#include "core/scan.h"
#include "core/template.h"

#define EXCLUSION_CONFIDENCE_LEVEL 0.9

/* Signal candidates per kaon decay at |U|^2 = 1, by hypothesis. */
struct exclusion {
    double shown[HYPOTHESIS_COUNT];     /* over the background estimate: leakage taken off */
    double in_window[HYPOTHESIS_COUNT]; /* all in the search window */
};

void exclusion_init(struct exclusion *exclusion, const struct template *shape, const struct background *background);

/* Sets the three u2 of a hypothesis from its n, b and sigma_b. 0 each when it is not valid, without exposure, and where
 * the signal does not show over its own leakage; otherwise finite and > 0. About 1.5 us. */
void exclusion_evaluate(const struct exclusion *exclusion, uint32_t index, double exposure,
                        struct hypothesis *hypothesis);

#endif
