/* SPDX-License-Identifier: MIT */
/* pi0 - see the header. */
#include "physics/pi0.h"

#include "physics/constants.h"

void pi0_decay(struct random *random, struct four pi0, struct four photons[2])
{
    const double energy = 0.5 * MASS_PI0_MEV;
    struct four photon = four_scale(energy, random_direction(random));
    photon.e = energy;
    photons[0] = four_boost(photon, pi0, MASS_PI0_MEV);
    photons[1] = four_subtract(pi0, photons[0]);
}
