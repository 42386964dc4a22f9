/* SPDX-License-Identifier: MIT */
/* signal - see the header. The amplitude is G_F / 2 V_us* H_mu ubar_N gamma^mu (1 - gamma5) v_e, H = a p + b p'. */
#include "physics/signal.h"

#include <assert.h>
#include <math.h>

#include "physics/constants.h"
#include "physics/form_factor.h"

#define MASS_KAON2 (MASS_KAON_MEV * MASS_KAON_MEV)
#define MASS_PI0_2 (MASS_PI0_MEV * MASS_PI0_MEV)
#define MASS_ELECTRON2 (MASS_ELECTRON_MEV * MASS_ELECTRON_MEV)

/* Kallen function; 0 where rounding would make it negative at a threshold. */
static double kallen(double a, double b, double c)
{
    return fmax(0, (a - b - c) * (a - b - c) - 4 * b * c);
}

double signal_msq3(double mass, double pi0_energy, double positron_energy)
{
    const double mass2 = mass * mass;
    const double neutral_energy = MASS_KAON_MEV - pi0_energy - positron_energy;
    const double t = MASS_KAON2 + MASS_PI0_2 - 2 * MASS_KAON_MEV * pi0_energy;
    const double a = form_sum(t);
    const double b = form_plus(t) - form_minus(t);
    const double pi0_e = 0.5 * (MASS_KAON2 + mass2 - 2 * MASS_KAON_MEV * neutral_energy - MASS_PI0_2 - MASS_ELECTRON2);
    const double pi0_n = 0.5 * (MASS_KAON2 + MASS_ELECTRON2 - 2 * MASS_KAON_MEV * positron_energy - MASS_PI0_2 - mass2);
    const double current_e = a * MASS_KAON_MEV * positron_energy + b * pi0_e;
    const double current_n = a * MASS_KAON_MEV * neutral_energy + b * pi0_n;
    const double current2 = a * a * MASS_KAON2 + b * b * MASS_PI0_2 + 2 * a * b * MASS_KAON_MEV * pi0_energy;
    return 2 * current_e * current_n - current2 * 0.5 * (t - MASS_ELECTRON2 - mass2);
}

/* dGamma / dq^2 without constant factors. */
static double rate_at(double mass2, double q2)
{
    const double kaon = kallen(MASS_KAON2, MASS_PI0_2, q2);
    const double lepton = kallen(q2, MASS_ELECTRON2, mass2);
    const double sum = MASS_ELECTRON2 + mass2, difference = MASS_ELECTRON2 - mass2;
    const double vector = form_plus(q2), scalar = form_scalar(q2) * FORM_MASS2_DIFFERENCE;
    return sqrt(kaon * lepton) / q2 *
           (vector * vector * kaon * (2 * q2 * q2 - q2 * sum - difference * difference) / (6 * q2 * q2) +
            scalar * scalar * (sum * q2 - difference * difference) / (2 * q2 * q2));
}

/* The rate integrated over q^2 = lo + (hi - lo)(1 - cos theta) / 2. The square roots at both ends become smooth in
 * theta, where the midpoint rule converges faster than any power. */
static double rate(double mass)
{
    const int steps = 4096;
    const double lo = (mass + MASS_ELECTRON_MEV) * (mass + MASS_ELECTRON_MEV);
    const double hi = (MASS_KAON_MEV - MASS_PI0_MEV) * (MASS_KAON_MEV - MASS_PI0_MEV);
    double sum = 0;
    for (int i = 0; i < steps; i++) {
        double theta = PI * (i + 0.5) / steps;
        sum += sin(theta) * rate_at(mass * mass, lo + 0.5 * (hi - lo) * (1 - cos(theta)));
    }
    return 0.5 * (hi - lo) * PI / steps * sum;
}

double signal_rho(double mass)
{
    return mass < END_POINT_MEV ? rate(mass) / rate(0) : 0;
}

/* A point of the Dalitz plane: pi0 energy, and the positron in the frame of positron and N. */
struct dalitz {
    double pi0_energy, pi0_momentum;
    double pair_mass;
    double star_energy, star_momentum, star_cosine;
};

static double pi0_energy_max(double mass)
{
    double pair = mass + MASS_ELECTRON_MEV;
    return (MASS_KAON2 + MASS_PI0_2 - pair * pair) / (2 * MASS_KAON_MEV);
}

/* u and v in [0, 1]: pi0 energy and cosine in their ranges. */
static struct dalitz dalitz_point(double mass, double u, double v)
{
    struct dalitz d = {.pi0_energy = MASS_PI0_MEV + u * (pi0_energy_max(mass) - MASS_PI0_MEV),
                       .star_cosine = 2 * v - 1};
    double t = MASS_KAON2 + MASS_PI0_2 - 2 * MASS_KAON_MEV * d.pi0_energy;
    d.pi0_momentum = sqrt((d.pi0_energy - MASS_PI0_MEV) * (d.pi0_energy + MASS_PI0_MEV));
    d.pair_mass = sqrt(t);
    d.star_energy = (t + MASS_ELECTRON2 - mass * mass) / (2 * d.pair_mass);
    d.star_momentum = sqrt(kallen(t, MASS_ELECTRON2, mass * mass)) / (2 * d.pair_mass);
    return d;
}

static double positron_energy(const struct dalitz *d)
{
    return ((MASS_KAON_MEV - d->pi0_energy) * d->star_energy + d->pi0_momentum * d->star_momentum * d->star_cosine) /
           d->pair_mass;
}

static double weight_at(double mass, const struct dalitz *d)
{
    return signal_msq3(mass, d->pi0_energy, positron_energy(d)) * d->pi0_momentum * d->star_momentum / d->pair_mass;
}

/* The weight is smooth, so the largest value on a fine grid, plus a per cent, is a ceiling. */
void signal_init(struct signal *signal, double mass)
{
    const int steps = 200;
    assert(mass >= 0 && mass < END_POINT_MEV);
    *signal = (struct signal){.mass = mass};
    for (int i = 0; i <= steps; i++)
        for (int j = 0; j <= steps; j++) {
            struct dalitz d = dalitz_point(mass, (double)i / steps, (double)j / steps);
            signal->weight_max = fmax(signal->weight_max, 1.01 * weight_at(mass, &d));
        }
}

/* Momenta from the Dalitz point: the pair moves along +z, the pi0 along -z. */
static void place(const struct dalitz *d, struct signal_decay *decay)
{
    double sine = sqrt((1 - d->star_cosine) * (1 + d->star_cosine));
    struct four pair = {MASS_KAON_MEV - d->pi0_energy, 0, 0, d->pi0_momentum};
    struct four e = {d->star_energy, d->star_momentum * sine, 0, d->star_momentum * d->star_cosine};
    decay->pi0 = (struct four){d->pi0_energy, 0, 0, -d->pi0_momentum};
    decay->e = four_boost(e, pair, d->pair_mass);
    decay->n = four_subtract(pair, decay->e);
}

void signal_draw(const struct signal *signal, struct random *random, struct signal_decay *decay)
{
    struct dalitz d;
    double level;
    do {
        double u = random_uniform(random);
        d = dalitz_point(signal->mass, u, random_uniform(random));
        level = signal->weight_max * random_uniform(random);
    } while (level >= weight_at(signal->mass, &d));
    place(&d, decay);
}
