/* SPDX-License-Identifier: MIT */
/* beam - see the header. */
#include "physics/beam.h"

struct four beam_draw(const struct beam *beam, struct random *random)
{
    double momentum = beam->momentum_mev * (1 + beam->spread * random_normal(random));
    double slope_x = beam->divergence_rad * random_normal(random);
    double slope_y = beam->divergence_rad * random_normal(random);
    double z = momentum / sqrt(1 + slope_x * slope_x + slope_y * slope_y);
    return four_on_shell(MASS_KAON_MEV, slope_x * z, slope_y * z, z);
}
