/* SPDX-License-Identifier: MIT */
/*
 * reach - the projected sensitivity of a counting experiment in one search window, as arXiv:2008.11654 calculates it.
 *
 * Given an expected background of b events it says which signal would be detected, and which is excluded when there is
 * none, at a one-sided 90 % in the Gaussian limit. The background is taken as known exactly: statistical only. It
 * leaves the simulation that gives b to the caller, and real data to limits with a measured background.
 *
 * Two slips of the source: it prints "replacing sqrt(b) with sqrt(b) + s" for s >= z sqrt(b + s), and its formula (3)
 * has no leakage from the Ke3 peak, so it holds above 110 MeV only. Below b = 10 or so the Gaussian limit promises too
 * much: at b = 0 it excludes s = z^2 = 1.64, an exact count 2.30.
 */
#ifndef HNLMON_CORE_REACH_H
#define HNLMON_CORE_REACH_H

#define REACH_Z90 1.2815515655446004 /* a standard normal number exceeds it with 10 % probability */

struct reach_experiment {
    double n_kaon;     /* kaon decays in the fiducial volume, > 0 */
    double acceptance; /* of the signal, all cuts but the search window, 0 .. 1 */
    double f_visible;  /* share of N that decay visibly and are lost, 0 .. 1 */
    double half_width; /* of the search window, in units of the resolution: k > 0 */
    double z;          /* threshold in standard deviations, > 0 */
};

/* All of the paper but N_K: acceptance 0.1, f_visible 0, half width 1.4, z REACH_Z90; n_kaon is the argument. */
struct reach_experiment reach_experiment_default(double n_kaon);

/* erf(k / sqrt 2): the share of a Gaussian signal inside its window. */
double reach_window_share(double half_width);

/* Expected signal in the window at |U|^2 = 1, given the branching ratio there:
 * erf(k / sqrt 2) N_K BR acceptance (1 - f_visible). */
double reach_signal(const struct reach_experiment *experiment, double branching_ratio);

/* Smallest signal, in events, that exceeds a background b >= 0 by z standard deviations of it: z sqrt(b). */
double reach_detected_events(double b, double z);

/* Median excluded signal, in events: the s with s = z sqrt(b + s), (z^2 + z sqrt(z^2 + 4 b)) / 2. */
double reach_excluded_events(double b, double z);

/* Relative error of the excluded signal from that of b: d ln s / d ln b times it; between 0 (b = 0) and 1/2. */
double reach_excluded_error(double b, double z, double b_relative_error);

/* The |U|^2 of these signals; +inf where the decay is closed. b is that of the experiment's N_K. */
double reach_detected_u2(const struct reach_experiment *experiment, double branching_ratio, double b);
double reach_excluded_u2(const struct reach_experiment *experiment, double branching_ratio, double b);

/* z sqrt(2 k) / erf(k / sqrt 2): the 2.56 of formula (3). */
double reach_closed_factor(double half_width, double z);

/* Formula (3), the detected |U|^2 from a background that is flat over the window: `density_per_mev2` is that of the
 * background at m_N^2 before the veto as a fraction of Ke3 decays, `veto_survival` the mean share that survives it, and
 * BR(Ke3) the branching ratio of those. The acceptance of background and signal is the same. */
double reach_closed_u2(const struct reach_experiment *experiment, double branching_ratio, double br_ke3,
                       double density_per_mev2, double veto_survival, double sigma_mev2);

/* The half width, in units of the resolution, with the largest erf(k / sqrt 2) / sqrt k: 1.39999. */
double reach_best_half_width(void);

#endif
