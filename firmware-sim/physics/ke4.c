/* SPDX-License-Identifier: MIT */
/* ke4 - see the header. */
#include "physics/ke4.h"

#include "physics/constants.h"
#include "physics/pi0.h"

#define DIPION_MIN_MEV (2 * MASS_PI0_MEV)
#define DIPION_MAX_MEV (MASS_KAON_MEV - MASS_ELECTRON_MEV)

/* F relative to its value at twice the mass of the charged pion: f_s'/f_s, f_s''/f_s and f_e'/f_s of NA48/2. */
#define FORM_LINEAR 0.152
#define FORM_QUADRATIC (-0.073)
#define FORM_LEPTONIC 0.068

static double form(double dipion2, double pair2)
{
    const double scale = 4 * MASS_PION_MEV * MASS_PION_MEV;
    double q2 = dipion2 / scale - 1;
    return 1 + q2 * (FORM_LINEAR + FORM_QUADRATIC * q2) + FORM_LEPTONIC * pair2 / scale;
}

/* Momentum of the dipion and of the pair in the kaon's rest frame. */
static double momentum_of(double dipion_mass, double pair_mass)
{
    double sum = dipion_mass + pair_mass, difference = dipion_mass - pair_mass;
    return sqrt(fmax(0, (MASS_KAON2 - sum * sum) * (MASS_KAON2 - difference * difference))) / (2 * MASS_KAON_MEV);
}

/* Momentum of each pi0 in the dipion's rest frame. */
static double pi0_momentum_of(double dipion_mass)
{
    return 0.5 * sqrt(fmax(0, (dipion_mass - DIPION_MIN_MEV) * (dipion_mass + DIPION_MIN_MEV)));
}

/* The positron in the rest frame of e+ nu; the neutrino has the same momentum. */
static struct four positron_of(double pair_mass, double cosine)
{
    double momentum = (pair_mass * pair_mass - MASS_ELECTRON2) / (2 * pair_mass);
    double sine = sqrt((1 - cosine) * (1 + cosine));
    return (struct four){pair_mass - momentum, momentum * sine, 0, momentum * cosine};
}

/* In the rest frame of e+ nu the dipion P flies along -z; the lepton tensor is 2 (P.p_e)(P.p_nu) - P^2 (p_e.p_nu). Each
 * of the three two-body phase spaces is a momentum over a mass; per unit of mass, not of its square, the masses cancel.
 */
double ke4_density(double dipion_mass, double pair_mass, double cosine)
{
    const double dipion2 = dipion_mass * dipion_mass, pair2 = pair_mass * pair_mass;
    const double momentum = momentum_of(dipion_mass, pair_mass);
    const double energy = (MASS_KAON2 - dipion2 - pair2) / (2 * pair_mass);
    const double along = momentum * MASS_KAON_MEV / pair_mass;
    const struct four e = positron_of(pair_mass, cosine);
    const double nu = pair_mass - e.e;
    const double dipion_e = energy * e.e + along * e.z, dipion_nu = energy * nu - along * e.z;
    const double tensor = 2 * dipion_e * dipion_nu - dipion2 * 0.5 * (pair2 - MASS_ELECTRON2);
    const double f = form(dipion2, pair2);
    return momentum * pi0_momentum_of(dipion_mass) * nu * tensor * f * f;
}

struct ke4_point {
    double dipion_mass, pair_mass, cosine;
};

/* Masses uniform in their ranges, the second one's depending on the first. */
static struct ke4_point draw_point(struct random *random)
{
    struct ke4_point point;
    double range;
    do {
        point.dipion_mass = DIPION_MIN_MEV + (DIPION_MAX_MEV - DIPION_MIN_MEV) * random_uniform(random);
        range = DIPION_MAX_MEV - point.dipion_mass;
        point.pair_mass = MASS_ELECTRON_MEV + range * random_uniform(random);
        point.cosine = 2 * random_uniform(random) - 1;
    } while (KE4_WEIGHT_MAX * random_uniform(random) >=
             range * ke4_density(point.dipion_mass, point.pair_mass, point.cosine));
    return point;
}

/* The pi0 are equal and fly apart in any direction, so the first one is one of them at random. */
static struct four draw_pi0(struct random *random, struct four dipion, double dipion_mass)
{
    double momentum = pi0_momentum_of(dipion_mass);
    struct four pi0 = four_scale(momentum, random_direction(random));
    pi0.e = 0.5 * dipion_mass;
    return four_boost(pi0, dipion, dipion_mass);
}

void ke4_draw(struct random *random, struct four kaon, struct point vertex, struct decay *decay)
{
    const struct ke4_point point = draw_point(random);
    const double momentum = momentum_of(point.dipion_mass, point.pair_mass);
    const struct four pair = {sqrt(point.pair_mass * point.pair_mass + momentum * momentum), 0, 0, momentum};
    const struct four dipion = {MASS_KAON_MEV - pair.e, 0, 0, -momentum};
    const struct four positron = four_boost(positron_of(point.pair_mass, point.cosine), pair, point.pair_mass);
    const struct four pi0 = draw_pi0(random, dipion, point.dipion_mass);
    const struct four lost = four_subtract(dipion, pi0);
    const struct four missing = four_add(lost, four_subtract(pair, positron));
    const struct rotation rotation = random_rotation(random);
    *decay = (struct decay){.kind = DECAY_KE4, .kaon = kaon, .vertex = vertex, .track_origin = vertex};
    decay->track = decay_to_lab(positron, &rotation, kaon);
    decay->pi0 = decay_to_lab(pi0, &rotation, kaon);
    decay->m2 = four_dot(missing, missing);
    decay->photon_count = 4;
    pi0_decay(random, decay->pi0, decay->photons);
    pi0_decay(random, decay_to_lab(lost, &rotation, kaon), decay->photons + 2);
}
