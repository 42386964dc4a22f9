/* SPDX-License-Identifier: MIT */
/*
 * dirac - the amplitude of K+ -> pi0 e+ nu gamma by explicit Dirac matrices: no traces, no scalar products worked out.
 *
 * Written from the formulas alone and in long double, so that it can judge the closed form of ke3gamma.h. Gamma
 * matrices in the Dirac representation, index 0 is time, metric (+, -, -, -). With q = k n the photon's momentum and
 * M_mu = ubar(nu) Gamma_mu v(e),
 *     Gamma_mu = V_mu,nu gamma^nu (1 - gamma5) + F_nu gamma^nu (1 - gamma5) (m_e - pslash_e - qslash) gamma_mu / (2
 * p_e.q), V_mu,nu = p_mu G_nu / p.q + W_mu Hd_nu + g_mu,nu f2(t). Momenta are exact to long double: they are built here
 * from the decay's five variables.
 */
#ifndef TESTS_PHYSICS_DIRAC_H
#define TESTS_PHYSICS_DIRAC_H

#include <complex.h>
#include <math.h>
#include <string.h>

struct vector {
    long double at[4];
};

struct matrix {
    long double complex at[4][4];
};

/* A decay of the kaon at rest. */
struct momenta {
    struct vector kaon, pi0, e, nu, q;
};

/* The constants once more, from the PDG and NA48/2, independent of constants.h. */
static const long double dirac_kaon = 493.677L, dirac_pi0 = 134.9768L, dirac_electron = 0.51099895L,
                         dirac_pion2 = 139.57039L * 139.57039L;
static const long double dirac_l1 = 24.24e-3L, dirac_l2 = 1.67e-3L, dirac_l0 = 14.47e-3L;

static inline long double vector_dot(struct vector a, struct vector b)
{
    return a.at[0] * b.at[0] - a.at[1] * b.at[1] - a.at[2] * b.at[2] - a.at[3] * b.at[3];
}

/* x a + y b. */
static inline struct vector vector_mix(long double x, struct vector a, long double y, struct vector b)
{
    struct vector sum;
    for (int i = 0; i < 4; i++)
        sum.at[i] = x * a.at[i] + y * b.at[i];
    return sum;
}

static inline struct matrix matrix_product(struct matrix a, struct matrix b)
{
    struct matrix product;
    for (int i = 0; i < 4; i++)
        for (int j = 0; j < 4; j++) {
            product.at[i][j] = 0;
            for (int k = 0; k < 4; k++)
                product.at[i][j] += a.at[i][k] * b.at[k][j];
        }
    return product;
}

/* x a + y b. */
static inline struct matrix matrix_mix(long double x, struct matrix a, long double y, struct matrix b)
{
    struct matrix sum;
    for (int i = 0; i < 4; i++)
        for (int j = 0; j < 4; j++)
            sum.at[i][j] = x * a.at[i][j] + y * b.at[i][j];
    return sum;
}

static inline struct matrix matrix_unit(void)
{
    struct matrix unit = {{{0}}};
    for (int i = 0; i < 4; i++)
        unit.at[i][i] = 1;
    return unit;
}

/* Root of the sum of the squared moduli of all elements. */
static inline long double matrix_norm(struct matrix a)
{
    long double sum = 0;
    for (int i = 0; i < 4; i++)
        for (int j = 0; j < 4; j++)
            sum += creall(a.at[i][j] * conjl(a.at[i][j]));
    return sqrtl(sum);
}

static inline struct matrix dirac_gamma(int index)
{
    static const long double complex sigma[3][2][2] = {{{0, 1}, {1, 0}}, {{0, -1.0iL}, {1.0iL, 0}}, {{1, 0}, {0, -1}}};
    struct matrix gamma = {{{0}}};
    for (int i = 0; i < 2; i++)
        for (int j = 0; j < 2; j++)
            if (index == 0) {
                gamma.at[i][j] = i == j;
                gamma.at[2 + i][2 + j] = -(i == j);
            } else {
                gamma.at[i][2 + j] = sigma[index - 1][i][j];
                gamma.at[2 + i][j] = -sigma[index - 1][i][j];
            }
    return gamma;
}

/* 1 - gamma5 with gamma5 = i gamma^0 gamma^1 gamma^2 gamma^3. */
static inline struct matrix dirac_left(void)
{
    struct matrix product = matrix_unit();
    for (int i = 0; i < 4; i++)
        product = matrix_product(product, dirac_gamma(i));
    struct matrix left = matrix_unit();
    for (int i = 0; i < 4; i++)
        for (int j = 0; j < 4; j++)
            left.at[i][j] -= 1.0iL * product.at[i][j];
    return left;
}

/* a_mu gamma^mu. */
static inline struct matrix dirac_slash(struct vector a)
{
    struct matrix sum = {{{0}}};
    for (int i = 0; i < 4; i++)
        sum = matrix_mix(1, sum, i == 0 ? a.at[i] : -a.at[i], dirac_gamma(i));
    return sum;
}

/* gamma^0 a^dagger gamma^0. */
static inline struct matrix dirac_bar(struct matrix a)
{
    struct matrix adjoint;
    for (int i = 0; i < 4; i++)
        for (int j = 0; j < 4; j++)
            adjoint.at[i][j] = conjl(a.at[j][i]);
    return matrix_product(dirac_gamma(0), matrix_product(adjoint, dirac_gamma(0)));
}

static inline long double dirac_plus(long double t)
{
    long double x = t / dirac_pion2;
    return 1 + dirac_l1 * x + dirac_l2 * x * x / 2;
}

/* f2 = f+ + f-, where f- = (f0 - f+) (m_K^2 - m_pi0^2) / t. */
static inline long double dirac_sum(long double t)
{
    long double difference = dirac_kaon * dirac_kaon - dirac_pi0 * dirac_pi0;
    return dirac_plus(t) +
           difference * ((dirac_l0 - dirac_l1) / dirac_pion2 - dirac_l2 * t / (2 * dirac_pion2 * dirac_pion2));
}

static inline struct vector vector_boost(struct vector a, struct vector frame)
{
    long double mass = sqrtl(vector_dot(frame, frame));
    long double energy =
        (a.at[0] * frame.at[0] + a.at[1] * frame.at[1] + a.at[2] * frame.at[2] + a.at[3] * frame.at[3]) / mass;
    long double along = (a.at[0] + energy) / (mass + frame.at[0]);
    return (struct vector){
        {energy, a.at[1] + along * frame.at[1], a.at[2] + along * frame.at[2], a.at[3] + along * frame.at[3]}};
}

/* The decay of given positron and photon energy, y = 1 - beta cos(e, gamma), and direction of the neutrino in the rest
 * frame of neutrino and pi0; positron along z, photon in x-z. It must be inside the phase space. */
static inline struct momenta dirac_momenta(long double energy, long double k, long double y, long double cos_star,
                                           long double phi_star)
{
    struct momenta m = {.kaon = {{dirac_kaon}}};
    long double momentum = sqrtl(energy * energy - dirac_electron * dirac_electron);
    long double cosine = (1 - y) * energy / momentum;
    long double sine = sqrtl(1 - cosine * cosine), sin_star = sqrtl(1 - cos_star * cos_star);
    m.e = (struct vector){{energy, 0, 0, momentum}};
    m.q = (struct vector){{k, k * sine, 0, k * cosine}};
    struct vector pair = vector_mix(1, m.kaon, -1, vector_mix(1, m.e, 1, m.q));
    long double mass = sqrtl(vector_dot(pair, pair));
    long double star = (mass * mass - dirac_pi0 * dirac_pi0) / (2 * mass);
    struct vector nu = {{star, star * sin_star * cosl(phi_star), star * sin_star * sinl(phi_star), star * cos_star}};
    m.nu = vector_boost(nu, pair);
    m.pi0 = vector_mix(1, pair, -1, m.nu);
    return m;
}

/* Gamma_mu with the index lowered, for mu = 0 .. 3. */
static inline void dirac_amplitude(const struct momenta *m, struct matrix amplitude[4])
{
    const struct matrix left = dirac_left();
    const struct vector w = vector_mix(1, m->e, 1, m->nu), transfer = vector_mix(1, m->kaon, -1, m->pi0);
    const long double w2 = vector_dot(w, w), qw = vector_dot(m->q, w), t = w2 + 2 * qw;
    const long double plus_slope = 2 * (dirac_l1 / dirac_pion2 + dirac_l2 * (t + w2) / (2 * dirac_pion2 * dirac_pion2));
    const long double sum_slope =
        plus_slope - dirac_l2 * (dirac_kaon * dirac_kaon - dirac_pi0 * dirac_pi0) / (dirac_pion2 * dirac_pion2);
    const struct vector f = vector_mix(2 * dirac_plus(t), m->pi0, dirac_sum(t), transfer);
    const struct vector g = vector_mix(2 * dirac_plus(w2), m->pi0, dirac_sum(w2), w);
    const struct vector hd = vector_mix(2 * plus_slope, m->pi0, sum_slope, w);
    const struct vector minus = vector_mix(-1, m->e, -1, m->q);
    const struct matrix propagator = matrix_mix(dirac_electron, matrix_unit(), 1, dirac_slash(minus));
    const struct matrix emission = matrix_product(matrix_product(dirac_slash(f), left), propagator);
    for (int mu = 0; mu < 4; mu++) {
        const long double sign = mu == 0 ? 1 : -1; /* lowers the index: g_mu,mu */
        struct matrix current = matrix_mix(sign * m->kaon.at[mu] / vector_dot(m->kaon, m->q), dirac_slash(g),
                                           sign * w.at[mu], dirac_slash(hd));
        struct matrix lowered = matrix_mix(sign, dirac_gamma(mu), 0, left);
        current = matrix_mix(1, current, dirac_sum(t), lowered);
        amplitude[mu] = matrix_mix(1, matrix_product(current, left), 1 / (2 * vector_dot(m->e, m->q)),
                                   matrix_product(emission, lowered));
    }
}

/* - sum over mu and spins of M_mu M^mu*: what the squared matrix element is apart from the couplings. */
static inline long double dirac_square(const struct momenta *m)
{
    const struct matrix nu = dirac_slash(m->nu);
    const struct matrix e = matrix_mix(1, dirac_slash(m->e), -dirac_electron, matrix_unit());
    struct matrix amplitude[4];
    long double sum = 0;
    dirac_amplitude(m, amplitude);
    for (int mu = 0; mu < 4; mu++) {
        struct matrix product =
            matrix_product(matrix_product(nu, amplitude[mu]), matrix_product(e, dirac_bar(amplitude[mu])));
        for (int i = 0; i < 4; i++)
            sum += (mu == 0 ? -1 : 1) * creall(product.at[i][i]);
    }
    return sum;
}

/* |q^mu M_mu| between on-shell spinors over the sum of the moduli of its four terms: 0 if gauge invariant. */
static inline long double dirac_gauge_violation(const struct momenta *m)
{
    const struct matrix nu = dirac_slash(m->nu);
    const struct matrix e = matrix_mix(1, dirac_slash(m->e), -dirac_electron, matrix_unit());
    struct matrix amplitude[4], sum = {{{0}}};
    long double scale = 0;
    dirac_amplitude(m, amplitude);
    for (int mu = 0; mu < 4; mu++) {
        struct matrix term = matrix_product(matrix_product(nu, amplitude[mu]), e);
        scale += fabsl(m->q.at[mu]) * matrix_norm(term);
        sum = matrix_mix(1, sum, m->q.at[mu], term);
    }
    return matrix_norm(sum) / scale;
}

#endif
