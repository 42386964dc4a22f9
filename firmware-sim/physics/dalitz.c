/* SPDX-License-Identifier: MIT */
/* dalitz - see the header. The amplitude is G_F / 2 V_us* H_mu ubar_N gamma^mu (1 - gamma5) v_l, H = a p + b p'. */
#include "physics/dalitz.h"

#include <assert.h>
#include <math.h>

#include "physics/constants.h"
#include "physics/form_factor.h"

/* Kallen function; 0 where rounding would make it negative at a threshold. */
static double kallen(double a, double b, double c)
{
    return fmax(0, (a - b - c) * (a - b - c) - 4 * b * c);
}

double dalitz_msq3(double lepton_mass, double neutral_mass, double pi0_energy, double lepton_energy)
{
    const double lepton2 = lepton_mass * lepton_mass, neutral2 = neutral_mass * neutral_mass;
    const double neutral_energy = MASS_KAON_MEV - pi0_energy - lepton_energy;
    const double t = MASS_KAON2 + MASS_PI0_2 - 2 * MASS_KAON_MEV * pi0_energy;
    const double a = form_sum(t);
    const double b = form_plus(t) - form_minus(t);
    const double pi0_l = 0.5 * (MASS_KAON2 + neutral2 - 2 * MASS_KAON_MEV * neutral_energy - MASS_PI0_2 - lepton2);
    const double pi0_n = 0.5 * (MASS_KAON2 + lepton2 - 2 * MASS_KAON_MEV * lepton_energy - MASS_PI0_2 - neutral2);
    const double current_l = a * MASS_KAON_MEV * lepton_energy + b * pi0_l;
    const double current_n = a * MASS_KAON_MEV * neutral_energy + b * pi0_n;
    const double current2 = a * a * MASS_KAON2 + b * b * MASS_PI0_2 + 2 * a * b * MASS_KAON_MEV * pi0_energy;
    return 2 * current_l * current_n - current2 * 0.5 * (t - lepton2 - neutral2);
}

/* dGamma / dq^2 without constant factors. */
static double rate_at(double lepton2, double neutral2, double q2)
{
    const double kaon = kallen(MASS_KAON2, MASS_PI0_2, q2);
    const double lepton = kallen(q2, lepton2, neutral2);
    const double sum = lepton2 + neutral2, difference = lepton2 - neutral2;
    const double vector = form_plus(q2), scalar = form_scalar(q2) * FORM_MASS2_DIFFERENCE;
    return sqrt(kaon * lepton) / q2 *
           (vector * vector * kaon * (2 * q2 * q2 - q2 * sum - difference * difference) / (6 * q2 * q2) +
            scalar * scalar * (sum * q2 - difference * difference) / (2 * q2 * q2));
}

/* The rate integrated over q^2 = lo + (hi - lo)(1 - cos theta) / 2. The square roots at both ends become smooth in
 * theta, where the midpoint rule converges faster than any power. */
double dalitz_rate(double lepton_mass, double neutral_mass)
{
    const int steps = 4096;
    const double lo = (neutral_mass + lepton_mass) * (neutral_mass + lepton_mass);
    const double hi = (MASS_KAON_MEV - MASS_PI0_MEV) * (MASS_KAON_MEV - MASS_PI0_MEV);
    double sum = 0;
    for (int i = 0; i < steps; i++) {
        double theta = PI * (i + 0.5) / steps;
        double q2 = lo + 0.5 * (hi - lo) * (1 - cos(theta));
        sum += sin(theta) * rate_at(lepton_mass * lepton_mass, neutral_mass * neutral_mass, q2);
    }
    return 0.5 * (hi - lo) * PI / steps * sum;
}

/* A point of the Dalitz plane: pi0 energy, and the lepton in the frame of lepton and N. */
struct dalitz_point {
    double pi0_energy, pi0_momentum;
    double pair_mass;
    double star_energy, star_momentum, star_cosine;
};

static double pi0_energy_max(const struct dalitz *dalitz)
{
    double pair = dalitz->neutral_mass + dalitz->lepton_mass;
    return (MASS_KAON2 + MASS_PI0_2 - pair * pair) / (2 * MASS_KAON_MEV);
}

/* u and v in [0, 1]: pi0 energy and cosine in their ranges. */
static struct dalitz_point point_at(const struct dalitz *dalitz, double u, double v)
{
    const double lepton2 = dalitz->lepton_mass * dalitz->lepton_mass;
    const double neutral2 = dalitz->neutral_mass * dalitz->neutral_mass;
    struct dalitz_point d = {.pi0_energy = MASS_PI0_MEV + u * (pi0_energy_max(dalitz) - MASS_PI0_MEV),
                             .star_cosine = 2 * v - 1};
    double t = MASS_KAON2 + MASS_PI0_2 - 2 * MASS_KAON_MEV * d.pi0_energy;
    d.pi0_momentum = sqrt((d.pi0_energy - MASS_PI0_MEV) * (d.pi0_energy + MASS_PI0_MEV));
    d.pair_mass = sqrt(t);
    d.star_energy = (t + lepton2 - neutral2) / (2 * d.pair_mass);
    d.star_momentum = sqrt(kallen(t, lepton2, neutral2)) / (2 * d.pair_mass);
    return d;
}

static double lepton_energy(const struct dalitz_point *d)
{
    return ((MASS_KAON_MEV - d->pi0_energy) * d->star_energy + d->pi0_momentum * d->star_momentum * d->star_cosine) /
           d->pair_mass;
}

static double weight_at(const struct dalitz *dalitz, const struct dalitz_point *d)
{
    return dalitz_msq3(dalitz->lepton_mass, dalitz->neutral_mass, d->pi0_energy, lepton_energy(d)) * d->pi0_momentum *
           d->star_momentum / d->pair_mass;
}

/* The weight is smooth, so the largest value on a fine grid, plus a per cent, is a ceiling. */
void dalitz_init(struct dalitz *dalitz, double lepton_mass, double neutral_mass)
{
    const int steps = 200;
    assert(lepton_mass >= 0 && neutral_mass >= 0 && lepton_mass + neutral_mass < MASS_KAON_MEV - MASS_PI0_MEV);
    *dalitz = (struct dalitz){.lepton_mass = lepton_mass, .neutral_mass = neutral_mass};
    for (int i = 0; i <= steps; i++)
        for (int j = 0; j <= steps; j++) {
            struct dalitz_point d = point_at(dalitz, (double)i / steps, (double)j / steps);
            dalitz->weight_max = fmax(dalitz->weight_max, 1.01 * weight_at(dalitz, &d));
        }
}

/* Momenta from the Dalitz point: the pair moves along +z, the pi0 along -z. */
static void place(const struct dalitz_point *d, struct dalitz_decay *decay)
{
    double sine = sqrt((1 - d->star_cosine) * (1 + d->star_cosine));
    struct four pair = {MASS_KAON_MEV - d->pi0_energy, 0, 0, d->pi0_momentum};
    struct four lepton = {d->star_energy, d->star_momentum * sine, 0, d->star_momentum * d->star_cosine};
    decay->pi0 = (struct four){d->pi0_energy, 0, 0, -d->pi0_momentum};
    decay->lepton = four_boost(lepton, pair, d->pair_mass);
    decay->neutral = four_subtract(pair, decay->lepton);
}

void dalitz_draw(const struct dalitz *dalitz, struct random *random, struct dalitz_decay *decay)
{
    struct dalitz_point d;
    double level;
    do {
        double u = random_uniform(random);
        d = point_at(dalitz, u, random_uniform(random));
        level = dalitz->weight_max * random_uniform(random);
    } while (level >= weight_at(dalitz, &d));
    place(&d, decay);
}
