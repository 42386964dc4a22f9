/* SPDX-License-Identifier: MIT */
/* cluster - see cluster.h. */
#include "core/cluster.h"

#include <math.h>
#include <stddef.h>

#include "core/background.h"

#define OVERLAP_SIGMAS (2.0 * WINDOW_SIGMAS)
#define SHADOW_SIGMAS (SIDEBAND_OUTER_SIGMAS + WINDOW_SIGMAS) /* a window reaches into the sidebands of the other */

static bool is_within(double m_n_mev, double other_mev, double distance_mev2)
{
    return fabs(m_n_mev * m_n_mev - other_mev * other_mev) < distance_mev2;
}

bool cluster_overlap(double m_n_mev, double other_mev, double sigma_mev2)
{
    return is_within(m_n_mev, other_mev, OVERLAP_SIGMAS * sigma_mev2);
}

static const struct hypothesis *largest_left(const struct scan *scan, const bool taken[HYPOTHESIS_COUNT],
                                             double threshold)
{
    const struct hypothesis *best = NULL;
    for (uint32_t i = 0; i < HYPOTHESIS_COUNT; i++) {
        const struct hypothesis *h = &scan->hypotheses[i];
        if (!h->withheld && !taken[i] && h->z_alarm >= threshold && (!best || h->z_alarm > best->z_alarm))
            best = h;
    }
    return best;
}

static struct cluster take(const struct scan *scan, const struct hypothesis *best, bool taken[HYPOTHESIS_COUNT],
                           double threshold, double sigma_mev2)
{
    struct cluster cluster = {best, best->m_n_mev, best->m_n_mev, false};
    for (uint32_t i = 0; i < HYPOTHESIS_COUNT; i++) {
        const struct hypothesis *h = &scan->hypotheses[i];
        if (taken[i] || !cluster_overlap(h->m_n_mev, best->m_n_mev, sigma_mev2))
            continue;
        taken[i] = true;
        if (h->withheld || !(h->z_alarm >= threshold))
            continue;
        cluster.low_mev = fmin(cluster.low_mev, h->m_n_mev);
        cluster.high_mev = fmax(cluster.high_mev, h->m_n_mev);
    }
    return cluster;
}

/* Whether the last of the clusters is shadowed by one before it. */
static bool is_shadowed(const struct cluster *clusters, uint32_t last, double sigma_mev2)
{
    for (uint32_t i = 0; i < last; i++)
        if (!clusters[i].is_shadowed &&
            is_within(clusters[i].best->m_n_mev, clusters[last].best->m_n_mev, SHADOW_SIGMAS * sigma_mev2))
            return true;
    return false;
}

uint32_t clusters_find(const struct scan *scan, double threshold, double sigma_mev2,
                       struct cluster clusters[CLUSTERS_MAX])
{
    bool taken[HYPOTHESIS_COUNT] = {false};
    uint32_t count = 0;
    const struct hypothesis *best;
    while (count < CLUSTERS_MAX && (best = largest_left(scan, taken, threshold)) != NULL) {
        clusters[count] = take(scan, best, taken, threshold, sigma_mev2);
        clusters[count].is_shadowed = is_shadowed(clusters, count, sigma_mev2);
        count++;
    }
    return count;
}

double cluster_z(const struct scan *scan, double m_n_mev, double sigma_mev2)
{
    double z = 0.0;
    for (uint32_t i = 0; i < HYPOTHESIS_COUNT; i++) {
        const struct hypothesis *h = &scan->hypotheses[i];
        if (!h->withheld && h->z_alarm > z && cluster_overlap(h->m_n_mev, m_n_mev, sigma_mev2))
            z = h->z_alarm;
    }
    return z;
}

bool cluster_is_withheld(const struct scan *scan, double m_n_mev)
{
    long index = lround(m_n_mev) - HYPOTHESIS_FIRST_MEV;
    return index >= 0 && index < HYPOTHESIS_COUNT && scan->hypotheses[index].withheld != NULL;
}
