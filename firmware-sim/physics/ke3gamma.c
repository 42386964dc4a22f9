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

#define MASS_KAON2 (MASS_KAON_MEV * MASS_KAON_MEV)
#define MASS_PI0_2 (MASS_PI0_MEV * MASS_PI0_MEV)
#define MASS_ELECTRON2 (MASS_ELECTRON_MEV * MASS_ELECTRON_MEV)
#define POSITRON_RANGE_MEV (POSITRON_ENERGY_MAX_MEV - MASS_ELECTRON_MEV)

/* Ceiling of the raw weight in the accept-reject; 5e-7 of the rate is above it (E_e -> m_e) and is clipped. */
#define WEIGHT_CEILING 5.3e18

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
 * Squeeze. For k -> 0 the weight factorises into the eikonal factor, which is 2 shape(y) / y, and the Ke3 decay
 * distribution 4 f+(t)^2 m_K^2 E_e (E_max - E_e) (1 + cos*); with it most trials are rejected before any momentum is
 * built. Below SQUEEZE_PHOTON_MEV the exact weight exceeds this product by less than 4e-4 of the ceiling (maximum over
 * 2e7 decays; from k / m_e where the positron is at rest), and f+(t)^2 (1 + cos*) is largest, 2, at t = 0. The accepted
 * events are exactly those of the plain method; an excess over the bound would be counted in `clipped`.
 */
#define SQUEEZE_PHOTON_MEV 0.1
#define SQUEEZE_SLACK (2e-3 * WEIGHT_CEILING)

/* The soft weight for shape(y) = 1 and f+(t)^2 (1 + cos*) = 1. */
static double soft_scale(const struct positron *positron, double pair_m2)
{
    return POSITRON_RANGE_MEV * soft_integral(positron, PHOTON_ENERGY_MAX_MEV) * positron->log_ratio /
           positron->velocity * positron->momentum * (1 - MASS_PI0_2 / pair_m2) * 64 * MASS_KAON2 * positron->energy *
           (POSITRON_ENERGY_MAX_MEV - positron->energy);
}

/* shape(y) f+(t)^2 (1 + cos*), with t = (p_e + p_nu)^2 of the decay without photon. */
static double soft_shape(const struct positron *positron, double pair_m2, double y, double cos_star)
{
    double gamma_inverse2 = positron->below_light * (1 + positron->velocity);
    double t = (1 - MASS_PI0_2 / pair_m2) * positron->energy * MASS_KAON_MEV * (1 - cos_star);
    double form = form_plus(t);
    return 0.5 * (2 - y - gamma_inverse2 / y) * form * form * (1 + cos_star);
}

/* One trial of the accept-reject. */
static bool draw_trial(struct random *random, struct ke3gamma *decay, struct ke3gamma_counts *counts)
{
    const double level = WEIGHT_CEILING * random_uniform(random);
    const struct positron positron =
        positron_of_energy(MASS_ELECTRON_MEV + POSITRON_RANGE_MEV * random_uniform(random));
    const double k = PHOTON_ENERGY_MAX_MEV * exp(log(random_uniform(random)) / positron.soft_exponent);
    const bool is_soft = k < SQUEEZE_PHOTON_MEV;
    const double pair_m2 = MASS_KAON2 + MASS_ELECTRON2 - 2 * MASS_KAON_MEV * positron.energy;
    const double scale = is_soft ? soft_scale(&positron, pair_m2) : 0;
    counts->trials++;
    if (is_soft && level > 2 * scale + SQUEEZE_SLACK)
        return false;
    const double y = positron_approach(&positron, random_uniform(random));
    const double cos_star = 2 * random_uniform(random) - 1;
    double bound = WEIGHT_CEILING;
    if (is_soft)
        bound = fmin(bound, scale * soft_shape(&positron, pair_m2, y, cos_star) + SQUEEZE_SLACK);
    if (level > bound || !ke3gamma_place(decay, &positron, k, y, cos_star, 2 * PI * random_uniform(random)))
        return false;
    const double weight = ke3gamma_raw_weight(decay);
    if (weight > bound)
        counts->clipped += weight / bound - 1;
    return level < weight;
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
