/* SPDX-License-Identifier: MIT */
/* veto - see the header. */
#include "physics/veto.h"

#include <math.h>
#include <stddef.h>

#include "hnlmon/candidate.h"
#include "physics/constants.h"

/* Outer edges of the small-angle detectors as seen from the decay volume (the LAV takes over beyond the last one). */
#define SAC_ANGLE_RAD 0.5e-3
#define IRC_ANGLE_RAD 1.0e-3
#define LKR_ANGLE_RAD 8.5e-3

static uint32_t detector_at(double angle_rad)
{
    if (angle_rad < SAC_ANGLE_RAD)
        return FLAG_SAC;
    if (angle_rad < IRC_ANGLE_RAD)
        return FLAG_IRC;
    return angle_rad < LKR_ANGLE_RAD ? FLAG_LKR_EXTRA : FLAG_LAV;
}

static double angle_of(struct four direction)
{
    return atan2(sqrt(direction.x * direction.x + direction.y * direction.y), direction.z);
}

enum veto_region veto_region_of(const struct veto *veto, struct four direction, double energy_mev)
{
    if (energy_mev < veto->threshold_mev)
        return VETO_FAINT;
    return angle_of(direction) < veto->angle_rad ? VETO_INSIDE : VETO_OUTSIDE;
}

uint32_t veto_flags(const struct veto *veto, struct random *random, struct four direction, double energy_mev)
{
    switch (veto_region_of(veto, direction, energy_mev)) {
    case VETO_OUTSIDE:
        return veto->outer_efficiency > 0 && random_uniform(random) < veto->outer_efficiency ? FLAG_LAV : 0;
    case VETO_INSIDE:
        return random_uniform(random) < veto->inefficiency ? 0 : detector_at(angle_of(direction));
    case VETO_FAINT:
    case VETO_REGION_COUNT:
        break;
    }
    return 0;
}

double veto_missed(const struct veto *veto, const struct veto_shares *shares)
{
    return shares->of[VETO_FAINT] + shares->of[VETO_OUTSIDE] * (1 - veto->outer_efficiency) +
           shares->of[VETO_INSIDE] * veto->inefficiency;
}

/* In the rest frame the cosine c to the flight direction is uniform in -1 .. 1; the photon is outside the angle below
 * one value of c, and faint below the one where gamma k (1 + beta c) passes the threshold. */
struct veto_shares veto_shares(const struct veto *veto, double k_mev, double kaon_momentum_mev)
{
    double energy = sqrt(kaon_momentum_mev * kaon_momentum_mev + MASS_KAON_MEV * MASS_KAON_MEV);
    double beta = kaon_momentum_mev / energy;
    double cosine = cos(veto->angle_rad);
    double outside = (cosine - beta) / (1 - beta * cosine);
    double faint = fmax((veto->threshold_mev * MASS_KAON_MEV / (energy * k_mev) - 1) / beta, -1);
    double below_threshold = fmin(1, 0.5 * (1 + faint));
    double below_either = fmin(1, 0.5 * (1 + fmax(outside, faint)));
    return (struct veto_shares){{below_threshold, below_either - below_threshold, 1 - below_either}};
}

/* Shares inside nested angles, whose differences are those of the detectors. */
void veto_seen(const struct veto *veto, double k_mev, double kaon_momentum_mev, double seen[VETO_COUNT])
{
    static const struct {
        enum photon_veto detector;
        double end_rad;
    } rings[] = {{VETO_SAC, SAC_ANGLE_RAD}, {VETO_IRC, IRC_ANGLE_RAD}, {VETO_LKR_EXTRA, LKR_ANGLE_RAD}, {VETO_LAV, PI}};
    double within = 0;
    for (size_t i = 0; i < sizeof rings / sizeof *rings; i++) {
        struct veto narrow = *veto;
        narrow.angle_rad = fmin(veto->angle_rad, rings[i].end_rad);
        double share = veto_shares(&narrow, k_mev, kaon_momentum_mev).of[VETO_INSIDE];
        seen[rings[i].detector] = (share - within) * (1 - veto->inefficiency);
        within = share;
    }
}

double veto_survival(const struct veto *veto, double k_mev, double kaon_momentum_mev)
{
    const struct veto_shares shares = veto_shares(veto, k_mev, kaon_momentum_mev);
    return veto_missed(veto, &shares);
}
