/* SPDX-License-Identifier: MIT */
/*
 * veto - does a photon leave a signal in the photon vetoes, and in which one.
 *
 * The model of arXiv:2008.11654: a photon outside the angle is lost, one inside is missed with a small probability. A
 * photon below the energy threshold is never seen: three quarters of all decays carry one below 1 keV. Angles are taken
 * to the beam axis, from the decay point. A spin-0 kaon radiates isotropically in its rest frame, so the survival
 * probability is a closed function of the photon's energy there. Beyond the paper, detectors outside the angle may see
 * a share of the photons there.
 */
#ifndef PHYSICS_VETO_H
#define PHYSICS_VETO_H

#include <stdint.h>

#include "hnlmon/candidate.h"
#include "physics/random.h"
#include "physics/vector.h"

struct veto {
    double threshold_mev;    /* photon energy in the laboratory, >= 0 */
    double angle_rad;        /* photons at or beyond it are outside; 0 < angle < pi */
    double inefficiency;     /* 0 .. 1, inside the angle and above the threshold */
    double outer_efficiency; /* 0 .. 1, outside the angle and above the threshold; 0 in the paper */
};

/* Where a photon goes. */
enum veto_region {
    VETO_FAINT,   /* below the threshold: never seen */
    VETO_OUTSIDE, /* above the threshold, at or beyond the angle */
    VETO_INSIDE,  /* above the threshold, within the angle */
    VETO_REGION_COUNT
};

/* How many photons go there: probabilities, whose sum is 1, or sums of weights. */
struct veto_shares {
    double of[VETO_REGION_COUNT];
};

/* `direction` is any positive multiple of the photon's four-momentum in the laboratory, `energy_mev` its energy there.
 */
enum veto_region veto_region_of(const struct veto *veto, struct four direction, double energy_mev);

/* Flag of candidate.h for a photon that was seen: FLAG_SAC below 0.5 mrad, FLAG_IRC below 1 mrad, FLAG_LKR_EXTRA below
 * 8.5 mrad, FLAG_LAV beyond, outside the angle, too; 0 for a photon that was not. Arguments as above. */
uint32_t veto_flags(const struct veto *veto, struct random *random, struct four direction, double energy_mev);

/* Of so many photons those that leave no flag. */
double veto_missed(const struct veto *veto, const struct veto_shares *shares);

/* Shares of a photon of energy `k_mev` in the rest frame of a kaon of momentum `kaon_momentum_mev`; the beam's
 * divergence is neglected. */
struct veto_shares veto_shares(const struct veto *veto, double k_mev, double kaon_momentum_mev);

/* Probability that it leaves the flag of each photon veto, inside the angle; same arguments. */
void veto_seen(const struct veto *veto, double k_mev, double kaon_momentum_mev, double seen[VETO_COUNT]);

/* Probability that it leaves no flag. */
double veto_survival(const struct veto *veto, double k_mev, double kaon_momentum_mev);

#endif
