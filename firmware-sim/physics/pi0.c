/* SPDX-License-Identifier: MIT */
/* pi0 - see the header. */
#include "physics/pi0.h"

#include "physics/constants.h"

void pi0_decay(struct random *random, struct four pi0, struct four photons[2])
{
    const double energy = 0.5 * MASS_PI0_MEV;
    double cosine = 2 * random_uniform(random) - 1;
    double sine = sqrt((1 - cosine) * (1 + cosine));
    double phi = 2 * PI * random_uniform(random);
    struct four photon = {energy, energy * sine * cos(phi), energy * sine * sin(phi), energy * cosine};
    photons[0] = four_boost(photon, pi0, MASS_PI0_MEV);
    photons[1] = four_subtract(pi0, photons[0]);
}
