/* SPDX-License-Identifier: MIT */
/* kmu3 - see the header. */
#include "physics/kmu3.h"

#include <assert.h>

#include "physics/constants.h"
#include "physics/form_factor.h"
#include "physics/muon.h"
#include "physics/pi0.h"

#define MUON_ENERGY_MAX_MEV                                                                                            \
    ((MASS_KAON_MEV * MASS_KAON_MEV + MASS_MUON_MEV * MASS_MUON_MEV - MASS_PI0_MEV * MASS_PI0_MEV) /                   \
     (2 * MASS_KAON_MEV))

/* Mean of p_kaon / p_z,muon over the decays, for a fast kaon: m_K ln((E + p) / (E - p)) / 2 p in its rest frame. */
#define MOMENTUM_RATIO 3.96428

/* The largest weight is 1.342e12, at E_pi = 232.1 MeV and E_mu = 137.1 MeV. */
const struct dalitz kmu3_dalitz = {.lepton_mass = MASS_MUON_MEV, .neutral_mass = 0, .weight_max = 1.355e12};

/* Distance along z in which a muon of this p_z (MeV) decays with probability 1 - 1/e. */
static double decay_length_mm(double momentum_z)
{
    return momentum_z / MASS_MUON_MEV * MUON_DECAY_LENGTH_M * 1e3;
}

/* Probability to decay within `range_mm`; a muon that flies backwards never comes to the chamber. */
static double in_range(double range_mm, double momentum_z)
{
    return momentum_z > 0 ? -expm1(-range_mm / decay_length_mm(momentum_z)) : 0;
}

double kmu3_in_flight(struct four kaon, struct point vertex)
{
    return MOMENTUM_RATIO * in_range(fmax(0, KMU3_LAST_Z_MM - vertex.z), kaon.z);
}

/* No muon has a smaller p_z: slowest along the kaon, and all its momentum across. */
static double slowest_momentum_z(struct four kaon)
{
    const double energy = MUON_ENERGY_MAX_MEV;
    const double momentum = sqrt((energy - MASS_MUON_MEV) * (energy + MASS_MUON_MEV));
    double along = sqrt(four_momentum2(kaon)), across = hypot(kaon.x, kaon.y);
    double slowest = (along * energy - kaon.e * momentum) / MASS_KAON_MEV;
    return (slowest * kaon.z - momentum * across) / along;
}

/* A is light-like, so its energy is its length. */
struct four kmu3_spin(const struct dalitz_decay *decay)
{
    const struct four kaon = {MASS_KAON_MEV, 0, 0, 0}, muon = decay->lepton;
    struct four pair = four_subtract(kaon, decay->pi0);
    double t = four_dot(pair, pair);
    struct four current = four_combine(form_sum(t), kaon, form_plus(t) - form_minus(t), decay->pi0);
    struct four a =
        four_combine(2 * four_dot(current, decay->neutral), current, -four_dot(current, current), decay->neutral);
    a = four_boost(a, (struct four){muon.e, -muon.x, -muon.y, -muon.z}, MASS_MUON_MEV);
    double length = sqrt(four_momentum2(a));
    return (struct four){0, -a.x / length, -a.y / length, -a.z / length};
}

/* Exponential along the muon's path, limited to `range_mm` in z. */
static struct point draw_origin(struct random *random, struct point vertex, struct four muon, double range_mm)
{
    double decayed = in_range(range_mm, muon.z) * random_uniform(random);
    double step = fmin(range_mm, -decay_length_mm(muon.z) * log1p(-decayed));
    return (struct point){vertex.x + step * muon.x / muon.z, vertex.y + step * muon.y / muon.z, vertex.z + step};
}

void kmu3_draw(struct random *random, struct four kaon, struct point vertex, struct decay *decay)
{
    const double range_mm = KMU3_LAST_Z_MM - vertex.z;
    const double slowest = slowest_momentum_z(kaon);
    const double ceiling = slowest > 0 ? in_range(range_mm, slowest) : 1;
    assert(range_mm > 0 && kaon.z > 0);
    struct dalitz_decay drawn;
    struct rotation rotation;
    struct four muon;
    do {
        dalitz_draw(&kmu3_dalitz, random, &drawn);
        rotation = random_rotation(random);
        muon = decay_to_lab(drawn.lepton, &rotation, kaon);
    } while (ceiling * random_uniform(random) >= in_range(range_mm, muon.z));

    struct four positron = muon_decay(random, drawn.lepton, kmu3_spin(&drawn));
    struct four neutrinos = four_subtract(four_add(drawn.lepton, drawn.neutral), positron);
    *decay = (struct decay){.kind = DECAY_KMU3, .kaon = kaon, .vertex = vertex, .photon_count = 2};
    decay->track_origin = draw_origin(random, vertex, muon, range_mm);
    decay->track = decay_to_lab(positron, &rotation, kaon);
    decay->pi0 = decay_to_lab(drawn.pi0, &rotation, kaon);
    decay->m2 = four_dot(neutrinos, neutrinos);
    pi0_decay(random, decay->pi0, decay->photons);
}
