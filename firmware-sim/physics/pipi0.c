/* SPDX-License-Identifier: MIT */
/* pipi0 - see the header. */
#include "physics/pipi0.h"

#include "physics/constants.h"
#include "physics/pi0.h"

#define MASS_PION2 (MASS_PION_MEV * MASS_PION_MEV)
#define PION_ENERGY_MEV ((MASS_KAON2 + MASS_PION2 - MASS_PI0_MEV * MASS_PI0_MEV) / (2 * MASS_KAON_MEV))

/* (E_pi - E_e)^2 without the difference of two large numbers. */
static double squared_excess(struct four pion)
{
    double energy = sqrt(four_momentum2(pion) + MASS_ELECTRON2);
    double excess = (MASS_PION2 - MASS_ELECTRON2) / (pion.e + energy);
    return excess * excess;
}

void pipi0_draw(struct random *random, struct four kaon, struct point vertex, struct decay *decay)
{
    const struct four at_rest = {MASS_KAON_MEV, 0, 0, 0};
    struct four pion = four_scale(sqrt(PION_ENERGY_MEV * PION_ENERGY_MEV - MASS_PION2), random_direction(random));
    pion.e = PION_ENERGY_MEV;
    *decay = (struct decay){.kind = DECAY_PIPI0, .kaon = kaon, .vertex = vertex, .track_origin = vertex};
    decay->track = four_boost(pion, kaon, MASS_KAON_MEV);
    decay->pi0 = four_boost(four_subtract(at_rest, pion), kaon, MASS_KAON_MEV);
    decay->m2 = squared_excess(decay->track);
    decay->photon_count = 2;
    pi0_decay(random, decay->pi0, decay->photons);
}
