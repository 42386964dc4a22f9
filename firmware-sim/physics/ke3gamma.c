/* SPDX-License-Identifier: MIT */
/*
 * ke3gamma - see the header.
 *
 * The amplitude is Low's with full form factors: with W = p_e + p_nu, t = W^2 + 2 q.W, F = 2 p' f+(t) + (p - p') f2(t),
 * G = 2 p' f+(W^2) + W f2(W^2) and their divided difference Hd,
 *     M ~ eps*^mu { V_mu,nu ubar gamma^nu (1 - gamma5) v
 *                   + F_nu ubar gamma^nu (1 - gamma5) (m_e - pslash_e - qslash) gamma_mu v / (2 p_e.q) },
 *     V_mu,nu = p_mu G_nu / p.q + W_mu Hd_nu + g_mu,nu f2(t),
 * summed over spins by traces that are written out in scalar products (the positron's mass is kept).
 */
#include "physics/ke3gamma.h"

#include <math.h>

#include "physics/constants.h"
#include "physics/form_factor.h"

#define POSITRON_RANGE_MEV (POSITRON_ENERGY_MAX_MEV - MASS_ELECTRON_MEV)

struct positron positron_of_energy(double energy)
{
    struct positron positron = {.energy = energy};
    positron.momentum = sqrt((energy - MASS_ELECTRON_MEV) * (energy + MASS_ELECTRON_MEV));
    positron.velocity = positron.momentum / energy;
    positron.below_light = MASS_ELECTRON2 / (energy * (energy + positron.momentum));
    positron.log_ratio = log((1 + positron.velocity) / positron.below_light);
    positron.soft_exponent = (2 * FINE_STRUCTURE / PI) * (positron.log_ratio / (2 * positron.velocity) - 1);
    return positron;
}

double positron_approach(const struct positron *positron, double u)
{
    return (1 + positron->velocity) * exp(-positron->log_ratio * u);
}

/* The neutrino of momentum p* in the frame of Q, and the pi0 that recoils against it. */
static void place_pair(struct ke3gamma *decay, struct four pair, double mass2, double cos_star, double phi_star)
{
    double mass = sqrt(mass2);
    double momentum = (mass2 - MASS_PI0_2) / (2 * mass);
    double sin_star = sqrt((1 - cos_star) * (1 + cos_star));
    struct four nu = {momentum, momentum * sin_star * cos(phi_star), momentum * sin_star * sin(phi_star),
                      momentum * cos_star};
    decay->nu = four_boost(nu, pair, mass);
    decay->pi0 = four_subtract(pair, decay->nu);
}

bool ke3gamma_place(struct ke3gamma *decay, const struct positron *positron, double k, double y, double cos_star,
                    double phi_star)
{
    double energy = positron->energy;
    double mass2 = MASS_KAON2 + MASS_ELECTRON2 - 2 * MASS_KAON_MEV * (energy + k) + 2 * energy * k * y;
    if (mass2 <= MASS_PI0_2 || energy + k >= MASS_KAON_MEV)
        return false;
    double cosine = (1 - y) / positron->velocity;
    cosine = fmin(1, fmax(-1, cosine));
    decay->positron = *positron;
    decay->k = k;
    decay->approach = y;
    decay->pair_m2 = mass2;
    decay->e = (struct four){energy, 0, 0, positron->momentum};
    decay->n = (struct four){1, sqrt((1 - cosine) * (1 + cosine)), 0, cosine};
    struct four pair = {MASS_KAON_MEV - energy - k, -k * decay->n.x, 0, -positron->momentum - k * cosine};
    place_pair(decay, pair, mass2, cos_star, phi_star);
    decay->m2 = 2 * k * four_dot(decay->nu, decay->n);
    return true;
}

/* Scalar products of a vector with the four fixed ones of the traces. */
struct products {
    double nu, e, n, f;
};

static struct products products_of(struct four a, double a_n, const struct ke3gamma *decay, struct four form)
{
    return (struct products){four_dot(a, decay->nu), four_dot(a, decay->e), a_n, four_dot(a, form)};
}

/* tr4(a, b, c, d) / 4 from the products in its order. */
static inline double trace4(double ab, double ac, double ad, double bc, double bd, double cd)
{
    return ab * cd - ac * bd + ad * bc;
}

/* L(x, y) = (nu.x)(e.y) + (nu.y)(e.x) - (x.y)(nu.e). */
static inline double lepton_tensor(struct products x, struct products y, double xy, double nu_e)
{
    return x.nu * y.e + y.nu * x.e - xy * nu_e;
}

/*
 * Currents of the amplitude: photon emission u[i] times weak current b[i].
 *
 * A photon along the positron has p_e.n down to 1e-6 of E_e, and there |M|^2 is a small difference of large terms. So
 * the products with n follow from p_e.n and p_nu.n, and u[2]^2 from the mass, instead of from components.
 */
struct currents {
    struct four u[3], b[3];
    double u2[3], u_n[3], b_n[3]; /* u[i]^2, u[i].n, b[i].n */
    double g;                     /* contact term k f2(t) */
};

static struct currents currents_of(const struct ke3gamma *decay, double e_n, double nu_n)
{
    const struct four kaon = {MASS_KAON_MEV, 0, 0, 0};
    const double k = decay->k;
    const double w_n = e_n + nu_n, pi0_n = MASS_KAON_MEV - w_n;
    struct four w = four_add(decay->e, decay->nu);
    double w2 = MASS_ELECTRON2 + 2 * four_dot(decay->e, decay->nu);
    double t = w2 + 2 * k * w_n;
    double sum_t = form_sum(t);
    struct currents c = {.g = k * sum_t,
                         .u2 = {1, k * k * w2, MASS_ELECTRON2 / (e_n * e_n)},
                         .u_n = {1, k * w_n, -1},
                         .b_n = {2 * form_plus(w2) * pi0_n + form_sum(w2) * w_n,
                                 4 * form_plus_difference(t, w2) * pi0_n + 2 * form_sum_difference(t, w2) * w_n,
                                 2 * form_plus(t) * pi0_n + sum_t * w_n}};
    c.u[0] = (struct four){1, 0, 0, 0}; /* p / p.n for the kaon at rest */
    c.u[1] = four_scale(k, w);
    c.u[2] = four_scale(-1 / e_n, decay->e);
    c.b[0] = four_combine(2 * form_plus(w2), decay->pi0, form_sum(w2), w);
    c.b[1] = four_combine(4 * form_plus_difference(t, w2), decay->pi0, 2 * form_sum_difference(t, w2), w);
    c.b[2] = four_combine(2 * form_plus(t), decay->pi0, sum_t, four_subtract(kaon, decay->pi0));
    return c;
}

/* tr6(nu, b, e, u, n, F) / 4, expanded along nu. */
static double trace6(struct products b, struct products u, double bu, double nu_e, double nu_n, double nu_f, double e_n,
                     double e_f, double n_f)
{
    return b.nu * trace4(u.e, e_n, e_f, u.n, u.f, n_f) - nu_e * trace4(bu, b.n, b.f, u.n, u.f, n_f) +
           u.nu * trace4(b.e, b.n, b.f, e_n, e_f, n_f) - nu_n * trace4(b.e, bu, b.f, u.e, e_f, u.f) +
           nu_f * trace4(b.e, bu, b.n, u.e, e_n, u.n);
}

double ke3gamma_k2s(const struct ke3gamma *decay)
{
    const double e_n = decay->positron.energy * decay->approach; /* p_e.n without cancellation */
    const double nu_e = four_dot(decay->nu, decay->e), nu_n = four_dot(decay->nu, decay->n);
    const struct currents c = currents_of(decay, e_n, nu_n);
    const struct four form = c.b[2];
    struct products b[3], u[3];
    for (int i = 0; i < 3; i++) {
        b[i] = products_of(c.b[i], c.b_n[i], decay, form);
        u[i] = products_of(c.u[i], c.u_n[i], decay, form);
    }
    double first = -2 * c.g * c.g * nu_e;
    double second = -2 * c.g * trace4(nu_e, nu_n, b[2].nu, e_n, b[2].e, b[2].n);
    for (int i = 0; i < 3; i++) {
        double bu = four_dot(c.b[i], c.u[i]);
        first += 2 * c.g * lepton_tensor(b[i], u[i], bu, nu_e);
        first += c.u2[i] * lepton_tensor(b[i], b[i], four_dot(c.b[i], c.b[i]), nu_e);
        second += trace6(b[i], u[i], bu, nu_e, nu_n, b[2].nu, e_n, b[2].e, b[2].n);
    }
    for (int i = 0; i < 3; i++) {
        int j = (i + 1) % 3;
        first += 2 * four_dot(c.u[i], c.u[j]) * lepton_tensor(b[i], b[j], four_dot(c.b[i], c.b[j]), nu_e);
    }
    double third = 2 * b[2].nu * b[2].n - b[2].f * nu_n;
    double recoil = decay->k / e_n;
    return -8 * first + 8 * recoil * (second + decay->k * third);
}

double ke3gamma_density(const struct ke3gamma *decay)
{
    const struct positron *positron = &decay->positron;
    return decay->approach * positron->log_ratio / positron->velocity * positron->momentum *
           (1 - MASS_PI0_2 / decay->pair_m2) * ke3gamma_k2s(decay);
}

/* Integral of (k / m_K)^b d ln k from 0 to k_max. */
static double soft_integral(const struct positron *positron, double k_max)
{
    return exp(positron->soft_exponent * log(k_max / MASS_KAON_MEV)) / positron->soft_exponent;
}

double ke3gamma_raw_weight(const struct ke3gamma *decay)
{
    return POSITRON_RANGE_MEV * soft_integral(&decay->positron, PHOTON_ENERGY_MAX_MEV) * ke3gamma_density(decay);
}

/*
 * The accept-reject. For k -> 0 the density is the product of the eikonal factor, 2 shape(y) / y, and the Ke3 decay,
 * 4 m_K^2 E_e (E_max - E_e) f+(t)^2 (1 + cos*); the integral of shape(y) dy / y is what b is made of, so b drops out of
 * the rate in E_e. With v = (k / m_K)^b, decays are drawn in two regions, each by its own envelope:
 *
 *   v < SOFT_LIMIT, 19 of 20 decays: factor by factor from that product. Slack is added where a factor vanishes, for a
 *   hard photon fills the dead cone and turns the neutrino. Density over envelope is at most 0.9998 for E_e > 2 MeV;
 *   below, in 3e-6 of the decays, it reaches 4.6.
 *
 *   The rest: E_e, v and cos* flat, y by dy / y. The density is at most 0.91 of the envelope for E_e > 2 MeV; below, it
 *   reaches 5 times as much.
 *
 * A trial is in either region in proportion to the integral of its envelope. Clipped are 3e-9 of the rate in the first
 * region and 4e-7 in the second, all at E_e < 1 MeV. The maxima are those of 1e8 decays that crowd the edges.
 */
#define SOFT_LIMIT 0.9

/* Added to shape(y) and to 1 + cos*. */
#define SHAPE_SLACK 0.04
#define COSINE_SLACK 0.06

/* Ceilings of the density over the product with slack, and of density / b. */
#define SOFT_CEILING 1.015
#define HARD_CEILING 2.4e16

/* Maximum of (1 - m_pi0^2 / M^2) f+(t)^2: 1.13489 at cos* = -1 and E_e = 136.9 MeV. */
#define OPENING_MAX 1.135

#define PRODUCT_SCALE (64 * MASS_KAON2)

/* Integrals of the envelopes over E_e, cos* and v. */
#define SOFT_INTEGRAL                                                                                                  \
    (PRODUCT_SCALE * PI / FINE_STRUCTURE * OPENING_MAX * SOFT_CEILING * SOFT_LIMIT * 2 * (1 + COSINE_SLACK) / 12 *     \
     POSITRON_ENERGY_MAX_MEV * POSITRON_ENERGY_MAX_MEV * POSITRON_ENERGY_MAX_MEV * POSITRON_ENERGY_MAX_MEV)
#define HARD_INTEGRAL (HARD_CEILING * 2 * POSITRON_RANGE_MEV * (1 - SOFT_LIMIT))

/* Ke3 without photon. */
struct born {
    double energy, cos_star;
    double opening; /* (1 - m_pi0^2 / M^2) f+(t)^2 */
};

static double smaller(double a, double b)
{
    return a < b ? a : b;
}

static double larger(double a, double b)
{
    return a > b ? a : b;
}

/* Density 12 x^2 (1 - x): the second largest of four. */
static double draw_second_of_four(struct random *random)
{
    const double a = random_uniform(random), b = random_uniform(random);
    const double c = random_uniform(random), d = random_uniform(random);
    return larger(smaller(larger(a, b), larger(c, d)), larger(smaller(a, b), smaller(c, d)));
}

/* Density 1 + COSINE_SLACK + cosine: the larger of two, where now and then the second does not count. */
static double draw_cosine(struct random *random)
{
    const double a = random_uniform(random), b = (1 + COSINE_SLACK) * random_uniform(random) - COSINE_SLACK;
    return 2 * larger(a, b) - 1;
}

/* One trial; false when it is rejected. */
static bool draw_born(struct random *random, struct born *born)
{
    born->energy = POSITRON_ENERGY_MAX_MEV * draw_second_of_four(random);
    born->cos_star = draw_cosine(random);
    const double pair_m2 = MASS_KAON2 + MASS_ELECTRON2 - 2 * MASS_KAON_MEV * born->energy;
    const double open = 1 - MASS_PI0_2 / pair_m2;
    const double form = form_plus(open * born->energy * MASS_KAON_MEV * (1 - born->cos_star));
    born->opening = open * form * form;
    return random_uniform(random) * OPENING_MAX < born->opening && born->energy > MASS_ELECTRON_MEV;
}

/* Draws y by (shape(y) + SHAPE_SLACK) dy / y; returns shape(y). */
static double draw_approach(struct random *random, const struct positron *positron, double *y)
{
    const double gamma_inverse2 = positron->below_light * (1 + positron->velocity);
    double shape;
    do {
        *y = positron_approach(positron, random_uniform(random));
        shape = 0.5 * (2 - *y - gamma_inverse2 / *y);
    } while (random_uniform(random) * (1 + SHAPE_SLACK) > shape + SHAPE_SLACK);
    return shape;
}

static double draw_photon(struct random *random, const struct positron *positron, double v_min, double v_max)
{
    const double v = v_min + (v_max - v_min) * random_uniform(random);
    return MASS_KAON_MEV * exp(log(v) / positron->soft_exponent);
}

/* How far the product is at most from the density, in units of the envelope. The first term is what the mass of the
 * positron does to the decay without photon. The maxima are 6.8, 17 and 4.1 in place of the numerators. */
static double product_error(double energy, double k)
{
    return 8 / (energy * energy) + k * (20 / energy + 6 / (POSITRON_ENERGY_MAX_MEV - energy));
}

/* Accepts a decay by its weight, at most 1 inside the envelope. */
static bool passes(double level, double weight, struct ke3gamma_counts *counts)
{
    if (weight > 1)
        counts->clipped += weight - 1;
    return level < weight;
}

/* One trial in the soft region. The product is so close to the density that it decides nine trials of ten alone. */
static bool draw_soft(struct random *random, struct ke3gamma *decay, struct ke3gamma_counts *counts)
{
    struct born born;
    if (!draw_born(random, &born))
        return false;
    const struct positron positron = positron_of_energy(born.energy);
    const double log_ratio = positron.log_ratio, beta = positron.velocity;
    double y;
    const double shape = draw_approach(random, &positron, &y), cosine = 1 + born.cos_star;
    const double k = draw_photon(random, &positron, 0, SOFT_LIMIT);
    const double scale = beta * (1 + SHAPE_SLACK * log_ratio / (log_ratio - 2 * beta)) /
                         (SOFT_CEILING * (shape + SHAPE_SLACK) * (cosine + COSINE_SLACK));
    const double product = scale * shape * cosine, error = product_error(born.energy, k);
    const double level = random_uniform(random);
    if (level > product + error ||
        !ke3gamma_place(decay, &positron, k, y, born.cos_star, 2 * PI * random_uniform(random)))
        return false;
    if (level < product - error && product + error <= 1)
        return true;
    const double unit =
        PRODUCT_SCALE * born.opening * log_ratio * born.energy * born.energy * (POSITRON_ENERGY_MAX_MEV - born.energy);
    return passes(level, scale * ke3gamma_density(decay) / unit, counts);
}

/* One trial in the region of hard photons. */
static bool draw_hard(struct random *random, struct ke3gamma *decay, struct ke3gamma_counts *counts)
{
    const double energy = MASS_ELECTRON_MEV + POSITRON_RANGE_MEV * random_uniform(random);
    const struct positron positron = positron_of_energy(energy);
    const double k = draw_photon(random, &positron, SOFT_LIMIT, 1);
    const double y = positron_approach(&positron, random_uniform(random));
    const double cos_star = 2 * random_uniform(random) - 1;
    if (!ke3gamma_place(decay, &positron, k, y, cos_star, 2 * PI * random_uniform(random)))
        return false;
    const double weight = ke3gamma_density(decay) / (positron.soft_exponent * HARD_CEILING);
    return passes(random_uniform(random), weight, counts);
}

static bool draw_trial(struct random *random, struct ke3gamma *decay, struct ke3gamma_counts *counts)
{
    counts->trials++;
    if (random_uniform(random) * (SOFT_INTEGRAL + HARD_INTEGRAL) < SOFT_INTEGRAL)
        return draw_soft(random, decay, counts);
    return draw_hard(random, decay, counts);
}

void ke3gamma_draw(struct random *random, struct ke3gamma *decay, struct ke3gamma_counts *counts)
{
    while (!draw_trial(random, decay, counts)) {
    }
    counts->accepted++;
}

/* Draws k from u; returns the weight that goes with it, the integral of (k / m_K)^b d ln k for the soft range. */
static double weigh_photon(const struct positron *positron, double u, double k_min, double k_max, double *k)
{
    if (k_min == 0) {
        *k = k_max * exp(log(u) / positron->soft_exponent);
        return soft_integral(positron, k_max);
    }
    double range = log(k_max / k_min);
    *k = k_min * exp(range * u);
    return range * exp(positron->soft_exponent * log(*k / MASS_KAON_MEV));
}

double ke3gamma_weigh(const double u[5], double k_min, double k_max, struct ke3gamma *decay)
{
    const struct positron positron = positron_of_energy(MASS_ELECTRON_MEV + POSITRON_RANGE_MEV * u[0]);
    double k;
    double photon_weight = weigh_photon(&positron, u[1], k_min, k_max, &k);
    if (!ke3gamma_place(decay, &positron, k, positron_approach(&positron, u[2]), 2 * u[3] - 1, 2 * PI * u[4]))
        return 0;
    return POSITRON_RANGE_MEV * photon_weight * ke3gamma_density(decay);
}
