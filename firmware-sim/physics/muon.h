/* SPDX-License-Identifier: MIT */
/*
 * muon - the decay mu+ -> e+ nu nu of a polarised muon.
 *
 * V - A at tree level, the positron's mass neglected in the spectrum but not in the kinematics:
 *     dGamma / dx dcos ~ x^2 [3 - 2 x + P cos (2 x - 1)],   x = E / E_max in the muon's rest frame,
 * cos to the polarisation P (L. Michel; PDG review "Muon decay parameters"). No radiation.
 */
#ifndef PHYSICS_MUON_H
#define PHYSICS_MUON_H

#include "physics/random.h"
#include "physics/vector.h"

/* Draws the positron, in the frame where the muon has the momentum `muon` (on its mass shell). `spin` is the
 * polarisation (0; x, y, z) in the muon's rest frame with the axes of that frame, length 0 .. 1. */
struct four muon_decay(struct random *random, struct four muon, struct four spin);

#endif
