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

#include <stdbool.h>
#include <stdint.h>

#include "core/burst.h"
#include "core/template.h"

#define PEAK_HALF_BINS 20 /* the peak window is [-20w, 20w) */

/* The Ke3 peak of the unprescaled line, after the veto. */
struct peak {
    uint64_t count;
    double position_mev2, width_mev2;         /* mean and rms of m2_miss within the peak window */
    double position_variance, width_variance; /* of these, from the moments of the same bins; > 0 unless count is 0 */
};

struct peak summary_peak_shape(const uint64_t *slots);

/* Candidates of the unprescaled line with first w <= m2_miss < end w, w = M2_BIN_WIDTH_MEV2. The underflow counts when
 * `first` is M2_BIN_FIRST. M2_BIN_FIRST <= first <= end <= M2_BIN_FIRST + M2_BIN_COUNT. */
uint64_t summary_between(const uint64_t *slots, bool is_before_veto, int first, int end);

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
