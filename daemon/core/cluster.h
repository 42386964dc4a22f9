/* SPDX-License-Identifier: MIT */
/*
 * cluster - an excess as one thing: masses whose search windows overlap see the same candidates.
 *
 * Windows are +-1.4 sigma wide in m2_miss, so two of them share candidates when |delta m_N^2| < 2.8 sigma. The largest
 * significance of a scan takes all masses within that distance, the largest of what is left the next ones, and so on.
 *
 * The background of a mass is measured up to 11.25 sigma away, where an excess of another mass pulls it down as well as
 * up, down to nothing when that excess is strong. So what lies that close to a more significant excess is in its
 * shadow: nothing can be said about it. Whether it is an alarm is decided in alarms.h.
 */
#ifndef HNLMON_CORE_CLUSTER_H
#define HNLMON_CORE_CLUSTER_H

#include <stdbool.h>
#include <stdint.h>

#include "core/scan.h"

#define CLUSTERS_MAX 16u /* 113 .. 279 MeV has room for 14 at sigma = 1700 MeV^2; more are left out, weakest first */

struct cluster {
    const struct hypothesis *best;
    double low_mev, high_mev; /* the masses at or above the threshold */
    bool is_shadowed;         /* by one that is more significant and is not shadowed itself */
};

/* Whether the windows of two masses overlap. */
bool cluster_overlap(double m_n_mev, double other_mev, double sigma_mev2);

/* The excesses with z_alarm >= threshold > 0 of hypotheses that are not withheld, most significant first; at the same
 * significance the smaller mass first. Returns how many. */
uint32_t clusters_find(const struct scan *scan, double threshold, double sigma_mev2,
                       struct cluster clusters[CLUSTERS_MAX]);

/* Whether nothing can be said at a mass of this scan. */
bool cluster_is_withheld(const struct scan *scan, double m_n_mev);

/* The largest z_alarm of the hypotheses that overlap with a mass; 0 when there is none. */
double cluster_z(const struct scan *scan, double m_n_mev, double sigma_mev2);

#endif
