/* SPDX-License-Identifier: MIT */
/* pi0 - the decay of a pi0 to two photons, isotropic in its rest frame. */
#ifndef PHYSICS_PI0_H
#define PHYSICS_PI0_H

#include "physics/random.h"
#include "physics/vector.h"

/* Draws the photons of a pi0 of momentum `pi0`, on its mass shell. They add up to it. */
void pi0_decay(struct random *random, struct four pi0, struct four photons[2]);

#endif
