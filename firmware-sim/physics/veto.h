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

#include "physics/random.h"
#include "physics/vector.h"

struct veto {
    double threshold_mev;    /* photon energy in the laboratory, >= 0 */
    double angle_rad;        /* photons at or beyond it are outside; 0 < angle < pi */
    double inefficiency;     /* 0 .. 1, inside the angle and above the threshold */
    double outer_efficiency; /* 0 .. 1, outside the angle and above the threshold; 0 in the paper */
};

/* Probabilities of where a photon goes; their sum is 1. */
struct veto_shares {
    double faint;   /* below the threshold: never seen */
    double outside; /* above the threshold, at or beyond the angle */
    double inside;  /* above the threshold, within the angle */
};

/* Flag of candidate.h for a photon that was seen: FLAG_SAC below 0.5 mrad, FLAG_IRC below 1 mrad, FLAG_LKR_EXTRA below
 * 8.5 mrad, FLAG_LAV beyond, outside the angle, too; 0 for a photon that was not. `direction` is any positive multiple
 * of its four-momentum in the laboratory, `energy_mev` its energy there. */
uint32_t veto_flags(const struct veto *veto, struct random *random, struct four direction, double energy_mev);

/* Probability that this photon leaves no flag. Arguments as above. */
double veto_missed(const struct veto *veto, struct four direction, double energy_mev);

/* Shares of a photon of energy `k_mev` in the rest frame of a kaon of momentum `kaon_momentum_mev`; the beam's
 * divergence is neglected. */
struct veto_shares veto_shares(const struct veto *veto, double k_mev, double kaon_momentum_mev);

/* Probability that it leaves no flag. */
double veto_survival(const struct veto *veto, double k_mev, double kaon_momentum_mev);

#endif
