/* SPDX-License-Identifier: MIT */
/*
 * exclusion - from a limit in events to a limit on the mixing |U_e|^2, for every mass hypothesis.
 *
 * |U|^2 = s / (N_K BR(m_N) A eps): N_K the exposure of the scan, BR that of K+ -> pi0 e+ N at |U|^2 = 1, A the
 * acceptance of the signal, which is that of Ke3 in the peak times the template's ratio of acceptances (1 in the paper
 * template: flat) and times its ratio of windows, for a signal that is no Gaussian; and eps the share of a Gaussian
 * signal that shows: what falls into the search window less what its tails in the sidebands add to the background
 * estimate.
 *
 * N_K is counted as exact. Its statistical error is that of the Ke3 peak, 1/sqrt(peak count); averaging CLs over it
 * raises a limit by 0.01 % at a relative error of 1 % (10^4 candidates in the peak, a tenth of a burst), by 0.2 % at
 * 4 % (one burst of the downscaled line) and by 1.3 % at 10 % (100 candidates), for n = b from 0 to 10^4:
 * tests/vectors/make_live_limit.py. Normalisation has larger errors than that (the branching ratio of Ke3, the
 * acceptance ratio).
 *
 * At 90 % confidence level: observed (limit_observed), what a run without a signal gives for it (median and the edges
 * of 68 % and 95 %), the median if the background had no systematic uncertainty, and the limit of arXiv:2008.11654: a
 * background known exactly, s = z sqrt(b + s) with z = 1.2816, and no leakage. All but the last are never below
 * -ln 0.1 = 2.303 events, the limit of an empty window.
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

/* Sets the limits of a hypothesis from its n, b and sigma_b; f_sys is the relative part of sigma_b. 0 each when it is
 * not valid, without exposure, and where the signal does not show over its own leakage; otherwise finite and > 0. About
 * 8 us. */
void exclusion_evaluate(const struct exclusion *exclusion, uint32_t index, double exposure, double f_sys,
                        struct hypothesis *hypothesis);

/* Of the signal of a hypothesis, per kaon decay at |U|^2 = 1: what a Gaussian of the template's resolution would have
 * to hold in all for its search window to hold what the true one does. */
double exclusion_signal(const struct template *shape, uint32_t index);

/* sigma_b without the part f_sys b; >= 0. */
double exclusion_statistical(double b, double sigma_b, double f_sys);

#endif
