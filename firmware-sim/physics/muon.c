/* SPDX-License-Identifier: MIT */
/* muon - see the header. */
#include "physics/muon.h"

#include <stdbool.h>

#include "physics/constants.h"

#define MASS_MUON2 (MASS_MUON_MEV * MASS_MUON_MEV)
#define POSITRON_MAX_MEV ((MASS_MUON2 + MASS_ELECTRON2) / (2 * MASS_MUON_MEV))

/* x^2 is drawn by inversion; the rest of the spectrum is at most 4 (x = 0, cos = -1). The share of x that is too small
 * for a positron at rest is 2e-6. */
static bool is_accepted(double x, double cosine, double level)
{
    return x * POSITRON_MAX_MEV > MASS_ELECTRON_MEV && 4 * level < 3 - 2 * x + cosine * (2 * x - 1);
}

struct four muon_decay(struct random *random, struct four muon, struct four spin)
{
    struct four direction;
    double x, cosine;
    do {
        x = cbrt(random_uniform(random));
        direction = random_direction(random);
        cosine = -four_dot(direction, spin);
    } while (!is_accepted(x, cosine, random_uniform(random)));
    double energy = x * POSITRON_MAX_MEV;
    struct four positron = four_scale(sqrt(energy * energy - MASS_ELECTRON2), direction);
    positron.e = energy;
    return four_boost(positron, muon, MASS_MUON_MEV);
}
