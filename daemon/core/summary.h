/* SPDX-License-Identifier: MIT */
/*
 * summary - what is said about a burst when it closes: counts, rates, number of kaons, the Ke3 peak, the vetoes.
 *
 * N_K = input downscaling x n_peak / (BR(Ke3) x A_peak x f_peak), with n_peak after the veto in [-20w, 20w), so that
 * random vetoes cancel. A downscaled line has its own peak count; what limits count with is its exposure: the kaon
 * decays that it would have needed without any downscaling.
 */
#ifndef HNLMON_CORE_SUMMARY_H
#define HNLMON_CORE_SUMMARY_H

#include "core/burst.h"
#include "core/template.h"

#define PEAK_HALF_BINS 20 /* the peak window is [-20w, 20w) */

/* Candidates of a line in the peak window, after the veto. The slots of a horizon. */
uint64_t summary_peak(const uint64_t *slots, enum line line);

/* Kaon decays over the downscaling of input and line, from the peak count of the line. The tail line keeps one in 150
 * of the peak, but all of the region where it is used. */
double summary_exposure(const struct template *shape, enum line line, uint64_t n_peak);

/* Everything but `best`. `slots` are the counts of the burst and `run_slots` those of the run so far, this burst
 * included, both laid out as in histograms.h. */
void summary_fill(struct burst_summary *summary, const struct burst *burst, const uint64_t *slots,
                  const uint64_t *run_slots, const struct template *shape);

#endif
