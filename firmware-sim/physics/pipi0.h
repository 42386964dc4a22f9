/* SPDX-License-Identifier: MIT */
/*
 * pipi0 - K+ -> pi+ pi0, the pi+ taken for a positron: two-body, isotropic, everything measured.
 *
 * The missing mass is that of the pion's energy with the positron's mass, (E_pi - E_e)^2 at one momentum: it lies in
 * the peak at 0, between 0.02 and 2.2 MeV^2 at 75 GeV/c. Neither the decay of the pi+ in flight nor the dependence of
 * its identification on momentum is described. No radiation.
 */
#ifndef PHYSICS_PIPI0_H
#define PHYSICS_PIPI0_H

#include "physics/decay.h"
#include "physics/random.h"

#define PIPI0_BRANCHING_RATIO 0.2067 /* PDG */

/* Probability that a pi+ passes for a positron in the calorimeter (E/p and shower shape): assumed, not measured. */
#define PIPI0_MISIDENTIFICATION 1e-3

/* Draws one decay of a kaon (laboratory) at `vertex`. The track is the pi+ with the energy that it has as a pion. */
void pipi0_draw(struct random *random, struct four kaon, struct point vertex, struct decay *decay);

#endif
