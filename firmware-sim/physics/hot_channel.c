/* SPDX-License-Identifier: MIT */
/* hot_channel - see the header. */
#include "physics/hot_channel.h"

#include "physics/acceptance.h"
#include "physics/constants.h"
#include "physics/pi0.h"

/* A photon of the cell as it looks from the vertex. */
static struct four draw_photon(struct random *random, struct point vertex)
{
    double energy = HOT_ENERGY_MIN_MEV + (HOT_ENERGY_MAX_MEV - HOT_ENERGY_MIN_MEV) * random_uniform(random);
    double x = HOT_CELL_X_MM - vertex.x, y = HOT_CELL_Y_MM - vertex.y, z = LKR_Z_MM - vertex.z;
    double scale = energy / sqrt(x * x + y * y + z * z);
    return (struct four){energy, scale * x, scale * y, scale * z};
}

/* m2 = (e - z)(e + z) - x^2 - y^2 of the missing momentum. At 75 GeV/c e - z is below 8 MeV (2 MeV for the kaon, of
 * which positron and true photon have a part, 6 MeV for the fake pi0) and e + z below 4e5 MeV; x and y are below 1e3
 * MeV. At 1 GeV/c, where the event source ends, it is 130 MeV and 5e4 MeV. */
void hot_channel_fake(struct random *random, struct decay *decay)
{
    pi0_decay(random, decay->pi0, decay->photons);
    decay->photons[0] = draw_photon(random, decay->vertex);
    struct four sum = four_add(decay->photons[0], decay->photons[1]);
    decay->pi0 = four_on_shell(MASS_PI0_MEV, sum.x, sum.y, sum.z);
    struct four missing = four_subtract(four_subtract(decay->kaon, decay->pi0), decay->track);
    decay->kind = DECAY_NOISE;
    decay->m2 = four_dot(missing, missing);
}

double hot_channel_mass(const struct decay *decay)
{
    struct four sum = four_add(decay->photons[0], decay->photons[1]);
    return sqrt(fmax(0, four_dot(sum, sum)));
}
