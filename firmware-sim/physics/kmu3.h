/* SPDX-License-Identifier: MIT */
/*
 * kmu3 - K+ -> pi0 mu+ nu with mu+ -> e+ nu nu in flight, before the first STRAW chamber sees the track.
 *
 * The decay is that of dalitz.h with the muon's mass: full form factors, no radiation. The muon is fully polarised, as
 * V - A with real form factors demands: along -A in its rest frame with the light-like A = 2 (H.p_nu) H - H^2 p_nu,
 * the covariant form of N. Cabibbo and A. Maksymowicz, Phys. Lett. 9 (1964) 352. Its decay length is exponential and
 * limited to the stretch from the vertex to the chamber; with which probability that happens is part of the rate.
 * Muons that decay inside the spectrometer, and precession between the decays, are left out.
 */
#ifndef PHYSICS_KMU3_H
#define PHYSICS_KMU3_H

#include "physics/acceptance.h"
#include "physics/dalitz.h"
#include "physics/decay.h"

#define KMU3_BRANCHING_RATIO 3.352e-2   /* PDG */
#define KMU3_LAST_Z_MM STRAW_FIRST_Z_MM /* the first STRAW chamber */

/* Probability of a decay in flight, mean over the decays, for the nominal beam (75 GeV/c) and vertices by the decay law
 * of the kaon between 105 and 180 m. */
#define KMU3_IN_FLIGHT 3.5466e-4

/* The same for one kaon, moving along the beam, and its vertex; 75 GeV/c: to 0.1 %. 0 at and beyond KMU3_LAST_Z_MM. */
double kmu3_in_flight(struct four kaon, struct point vertex);

/* Polarisation (0; unit vector) of the muon in its rest frame, for a decay of lepton mass MASS_MUON_MEV. */
struct four kmu3_spin(const struct dalitz_decay *decay);

/* The generator, ready for use: a ceiling that is known needs no search. */
extern const struct dalitz kmu3_dalitz;

/* Draws one decay of a kaon (laboratory) that decays at `vertex`, 0 < vertex.z < KMU3_LAST_Z_MM, with the muon's decay
 * in range: muons that more probably decay there come more often. */
void kmu3_draw(struct random *random, struct four kaon, struct point vertex, struct decay *decay);

#endif
