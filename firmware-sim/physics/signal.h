/* SPDX-License-Identifier: MIT */
/*
 * signal - the decay K+ -> pi0 e+ N of a kaon at rest, N a heavy neutral lepton of given mass that escapes.
 *
 * Tree level, full form factors, positron mass kept, no radiation: the formulas are those of dalitz.h. MeV.
 */
#ifndef PHYSICS_SIGNAL_H
#define PHYSICS_SIGNAL_H

#include "physics/dalitz.h"
#include "physics/random.h"
#include "physics/vector.h"

/* The generator for one mass. */
struct signal {
    double mass; /* of N */
    struct dalitz dalitz;
};

/* Before random_rotation(): the pi0 along -z, the positron in the half plane x > 0 of x-z. */
struct signal_decay {
    struct four pi0, e, n;
};

/* Squared amplitude in the Dalitz plane, 2 (H.p_e)(H.p_N) - H^2 (p_e.p_N) with f+(0) = 1, MeV^4. */
double signal_msq3(double mass, double pi0_energy, double positron_energy);

/* rho(m_N): the rate with |U|^2 = 1 over that for a massless neutrino, so BR = BR_KE3 rho |U|^2. 0 at and above the end
 * point; relative accuracy 1e-7. */
double signal_rho(double mass);

/* 0 <= mass < END_POINT_MEV. */
void signal_init(struct signal *signal, double mass);

/* Draws one unweighted decay. */
void signal_draw(const struct signal *signal, struct random *random, struct signal_decay *decay);

#endif
