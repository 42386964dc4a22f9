/* SPDX-License-Identifier: MIT */
/*
 * blind - what of the searched region may be seen while nobody has looked at it on purpose.
 *
 * Candidates of origin DATA are blind by default, so that no cut and no threshold is chosen by somebody who knows what
 * it does to the result. Blind is how many candidates any search window holds, and whatever that number could be had
 * from:
 *
 *   m2 histograms, before and after the veto, all lines .. bins from BLIND_FROM_MEV2 on are 0; how many candidates they
 *                                                          hold together is in the overflow
 *   estimates of a horizon ............................... 0
 *   scans and the best hypothesis of a burst ............. n, z, p, false alarm rate and limits are 0; the reason of
 *                                                          withholding is WITHHELD_BLIND
 *   EXCESS and ANOMALY alarms, and picks ................. there are none
 *
 * The sidebands of one mass are the search windows of its neighbours. Nothing finer than one sum can be shown of them:
 * already the measured backgrounds of all masses, a linear functional of the bins at each, give the bins back. So b and
 * sigma_b of a blind scan are not measured but expected, from the template and the candidates in the Ke3 peak.
 *
 * Not blind are totals (ledger, rates, rejects, vetoes), the Ke3 peak and its radiative tail, the histograms of the
 * other quantities, trigger decisions, recordings, and alarms of data quality: a search window goes into none of them
 * but as a part of a total.
 */
#ifndef HNLMON_CORE_BLIND_H
#define HNLMON_CORE_BLIND_H

#include "core/burst.h"
#include "core/scan.h"
#include "core/template.h"

/* 5.5 sigma (SIDEBAND_LOWEST_MEV2), down to the edge of its bin. */
#define BLIND_FROM_BINS 78
#define BLIND_FROM_MEV2 (BLIND_FROM_BINS * M2_BIN_WIDTH_MEV2)

/* Whether a histogram has bins that are hidden: those of m2_miss. */
bool blind_hides(enum histogram_id id);

/* Hides what is blind in the sums of a horizon. The entries of every histogram stay. */
void blind_horizon(struct horizon *sums);

/* Hides what is blind in the hypotheses of an evaluated scan. n_peak: candidates of its line in the Ke3 peak, after the
 * veto. */
void blind_scan(struct scan *scan, const struct template *shape, uint64_t n_peak, double f_sys);

/* What is said of a horizon in place of its most significant hypothesis. */
struct best blind_best(enum horizon_id horizon);

#endif
