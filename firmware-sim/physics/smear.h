/* SPDX-License-Identifier: MIT */
/*
 * smear - the resolution of the paper mode: moves a candidate's reconstructed m2_miss to a chosen value.
 *
 * The squared missing mass is made exactly Gaussian around the true one by scaling one momentum, that of the pi0 or of
 * the positron, whichever needs the smaller relative change; directions and the kaon stay. m2_miss is the one with the
 * fixed masses and the kaon's momentum.
 */
#ifndef PHYSICS_SMEAR_H
#define PHYSICS_SMEAR_H

#include <stdbool.h>

#include "physics/vector.h"

/* Scales `pi0` or `e` (on their mass shells) so that (kaon - pi0 - e)^2 = m2. False, with both unchanged, when neither
 * can: 0.1 % of Ke3 decays at a resolution of 1700 MeV^2. The caller draws another decay. */
bool smear_to(double m2_mev2, struct four kaon, struct four *pi0, struct four *e) __attribute__((warn_unused_result));

#endif
