/* SPDX-License-Identifier: MIT */
/*
 * dalitz - the three-body decay K+ -> pi0 l+ N of a kaon at rest, for any mass of the lepton l and of the neutral N.
 *
 * Tree level, full form factors (form_factor.h), all masses kept, no radiation. With |U|^2 = 1 it is the signal for a
 * positron and a heavy N, Ke3 for a massless one, and Kmu3 for a muon: signal.h and kmu3.h say which. MeV.
 */
#ifndef PHYSICS_DALITZ_H
#define PHYSICS_DALITZ_H

#include "physics/random.h"
#include "physics/vector.h"

/* The generator for one pair of masses; their sum is below MASS_KAON_MEV - MASS_PI0_MEV. */
struct dalitz {
    double lepton_mass, neutral_mass;
    double weight_max; /* ceiling of the accept-reject */
};

/* Before random_rotation(): the pi0 along -z, the lepton in the half plane x > 0 of x-z. */
struct dalitz_decay {
    struct four pi0, lepton, neutral;
};

/* Squared amplitude in the Dalitz plane, 2 (H.p_l)(H.p_N) - H^2 (p_l.p_N) with f+(0) = 1, MeV^4. */
double dalitz_msq3(double lepton_mass, double neutral_mass, double pi0_energy, double lepton_energy);

/* The rate without constant factors, integrated over the plane: ratios of it are ratios of rates, to 1e-7. */
double dalitz_rate(double lepton_mass, double neutral_mass);

/* Finds the ceiling, in a few milliseconds. */
void dalitz_init(struct dalitz *dalitz, double lepton_mass, double neutral_mass);

/* Draws one unweighted decay. */
void dalitz_draw(const struct dalitz *dalitz, struct random *random, struct dalitz_decay *decay);

#endif
