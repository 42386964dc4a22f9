/* SPDX-License-Identifier: MIT */
/*
 * summary - what is said about a burst when it closes: counts, rates, number of kaons, the Ke3 peak, the vetoes,
 * the spill.
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

/* The spill as its candidates show it, whatever became of them later. A spill of constant intensity has its own length
 * as effective length, <I>^2 / <I^2> of the real one in general: a hole or a spike make it shorter. */
struct spill_shape {
    uint64_t pairs;                          /* of candidates in the same 10 ms: below 1000 the variances mean little */
    double length_s, centre_s;               /* effective length; mean time since start of burst */
    double length_variance, centre_variance; /* of these, from the counts; > 0 unless pairs is 0 */
};

struct spill_shape summary_spill_shape(const uint64_t *slots);

/* Some candidates out of others. */
struct share {
    uint64_t part, whole;
};

/* Candidates that the veto takes out of those with |m2_miss| < 5000 MeV^2, where no photon is missing. */
struct share summary_random_veto(const uint64_t *slots);

/* Candidates with m2_miss < -7600 MeV^2 over those in the Ke3 peak: the resolution tail without radiation. */
struct share summary_mirror_tail(const uint64_t *slots);

/* Candidates of the unprescaled line with first w <= m2_miss < end w, w = M2_BIN_WIDTH_MEV2. The underflow counts when
 * `first` is M2_BIN_FIRST. M2_BIN_FIRST <= first <= end <= M2_BIN_FIRST + M2_BIN_COUNT. */
uint64_t summary_between(const uint64_t *slots, bool is_before_veto, int first, int end);

/* Candidates of a line in the peak window, after the veto. The slots of a horizon. */
uint64_t summary_peak(const uint64_t *slots, enum line line);

/* Kaon decays over the downscaling of input and line, from the peak count of the line. The tail line keeps one in 150
 * of the peak, but all of the region where it is used. */
double summary_exposure(const struct template *shape, enum line line, uint64_t n_peak);

/* Statistical error of an exposure from this peak count; 0 for a count of 0. */
double summary_exposure_error(double exposure, uint64_t n_peak);

/* Everything but `best`. `slots` are the counts of the burst and `run_slots` those of the run so far, this burst
 * included, both laid out as in histograms.h. */
void summary_fill(struct burst_summary *summary, const struct burst *burst, const uint64_t *slots,
                  const uint64_t *run_slots, const struct template *shape);

#endif
