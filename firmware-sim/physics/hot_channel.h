/* SPDX-License-Identifier: MIT */
/*
 * hot_channel - a fake pi0: one cell of the LKr gives energy that no photon left there, beside a photon of a decay.
 *
 * The cell is always the same, so the direction is, up to the vertex; the energy is uniform. The two-photon mass
 * follows from the two photons and is that of a pi0 only by chance: 15 % lie within 15 MeV of it.
 */
#ifndef PHYSICS_HOT_CHANNEL_H
#define PHYSICS_HOT_CHANNEL_H

#include "physics/decay.h"
#include "physics/random.h"

/* Position of the cell at LKR_Z_MM (acceptance.h), in the frame of decay.h and well inside the calorimeter; its
 * energies. */
#define HOT_CELL_X_MM 600.0
#define HOT_CELL_Y_MM 300.0
#define HOT_ENERGY_MIN_MEV 2e3
#define HOT_ENERGY_MAX_MEV 20e3

/* Replaces one of the photons of the candidate's pi0, which it lets decay. Sets `kind`, photons[0] (the fake one) and
 * photons[1], `pi0` (their momentum, on the mass shell of the pi0) and `m2`, whose size is below 1e7 MeV^2. */
void hot_channel_fake(struct random *random, struct decay *decay);

/* The mass of photons 0 and 1, MeV. */
double hot_channel_mass(const struct decay *decay);

#endif
