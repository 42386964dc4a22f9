/* SPDX-License-Identifier: MIT */
/*
 * ke4 - K+ -> pi0 pi0 e+ nu: one pi0 is the candidate's, the other one must be missed.
 *
 * V - A with the one form factor F of a dipion in S wave (J. Bijnens, G. Colangelo, J. Gasser, Nucl. Phys. B 427 (1994)
 * 427); two identical pions have no P wave, and R enters with the positron's mass only. The shape of F is measured in
 * the mode with charged pions (NA48/2, Eur. Phys. J. C 70 (2010) 635) and taken over by isospin; the cusp at twice the
 * mass of the charged pion (NA48/2, arXiv:1406.4749) is left out. No radiation. Both pi0 decay to two photons: the
 * 1.2 % Dalitz decays of the lost one are left out.
 */
#ifndef PHYSICS_KE4_H
#define PHYSICS_KE4_H

#include "physics/decay.h"
#include "physics/random.h"

#define KE4_BRANCHING_RATIO 2.55e-5 /* PDG */

/* Each of the two pi0 may be the candidate's: as many candidates per decay. */
#define KE4_CANDIDATES 2

/* Rate, up to a constant, per unit of the dipion's mass, the mass of e+ nu and the cosine of the positron in the rest
 * frame of e+ nu, to the flight direction of that pair; MeV^7. 2 m_pi0 <= dipion mass, m_e <= pair mass, and their sum
 * <= m_K. */
double ke4_density(double dipion_mass, double pair_mass, double cosine);

/* No density times the range of the pair mass, m_K - m_e - dipion mass, is above it. */
#define KE4_WEIGHT_MAX 1.925e17

/* Draws one decay of a kaon (laboratory) at `vertex`. Photons 2 and 3 are those to be vetoed. */
void ke4_draw(struct random *random, struct four kaon, struct point vertex, struct decay *decay);

#endif
