/* SPDX-License-Identifier: MIT */
/* The generators against plain recipes: slow, without any shortcut, written here from the formulas. */
#include "chi2.h"

#include <stdbool.h>

#include "physics/constants.h"
#include "physics/form_factor.h"
#include "physics/ke3gamma.h"
#include "physics/signal.h"

#define KAON2 (MASS_KAON_MEV * MASS_KAON_MEV)
#define PI0_2 (MASS_PI0_MEV * MASS_PI0_MEV)
#define ELECTRON2 (MASS_ELECTRON_MEV * MASS_ELECTRON_MEV)

#define PILOT 20000
#define TAIL_PHOTON_MEV 1.0 /* one decay in eleven is above */

/* What is compared, for all decays and for those with a photon above TAIL_PHOTON_MEV. */
enum { LN_K, POSITRON_ENERGY, LN_M2, COSINE, PI0_ENERGY, QUANTITIES };

static const char *const names[2][QUANTITIES] = {
    {"ln k", "E_e", "ln m2", "cos(e, gamma)", "E_pi0"},
    {"ln k, tail", "E_e, tail", "ln m2, tail", "cos(e, gamma), tail", "E_pi0, tail"},
};

static double quantity(const struct ke3gamma *decay, int which)
{
    const double values[QUANTITIES] = {log(decay->k), decay->e.e, log(decay->m2), decay->n.z, decay->pi0.e};
    return values[which];
}

/* All decays, and then the tail. */
static int part_count(const struct ke3gamma *decay)
{
    return decay->k > TAIL_PHOTON_MEV ? 2 : 1;
}

/* One trial of the recipe: energies, angle, the pi0 and neutrino back to back, weight against a constant. */
static bool plain_trial(struct random *random, struct ke3gamma *decay)
{
    const double range = POSITRON_ENERGY_MAX_MEV - MASS_ELECTRON_MEV;
    const double energy = MASS_ELECTRON_MEV + range * random_uniform(random);
    const double momentum = sqrt(energy * energy - ELECTRON2), beta = momentum / energy;
    const double below = ELECTRON2 / (energy * (energy + momentum)); /* 1 - beta */
    const double b = 2 * FINE_STRUCTURE / PI * (atanh(beta) / beta - 1);
    const double k = PHOTON_ENERGY_MAX_MEV * pow(random_uniform(random), 1 / b);
    const double y = (1 + beta) * pow(below / (1 + beta), random_uniform(random));
    const double cosine = fmax(-1, (1 - y) / beta), sine = sqrt(fmax(0, 1 - cosine * cosine));
    const double mass2 = KAON2 + ELECTRON2 - 2 * MASS_KAON_MEV * (energy + k) + 2 * energy * k * y;
    if (mass2 <= PI0_2)
        return false;
    const double mass = sqrt(mass2), star = (mass2 - PI0_2) / (2 * mass);
    const double star_cosine = 2 * random_uniform(random) - 1, star_sine = sqrt(1 - star_cosine * star_cosine);
    const double phi = 2 * PI * random_uniform(random);
    const struct four pair = {MASS_KAON_MEV - energy - k, -k * sine, 0, -momentum - k * cosine};
    const struct four nu = {star, star * star_sine * cos(phi), star * star_sine * sin(phi), star * star_cosine};
    *decay = (struct ke3gamma){.positron = {.energy = energy}, .k = k, .approach = y, .pair_m2 = mass2};
    decay->e = (struct four){energy, 0, 0, momentum};
    decay->n = (struct four){1, sine, 0, cosine};
    decay->nu = four_boost(nu, pair, mass);
    decay->pi0 = four_subtract(pair, decay->nu);
    decay->m2 = 2 * k * four_dot(decay->nu, decay->n);
    const double weight = range * pow(PHOTON_ENERGY_MAX_MEV / MASS_KAON_MEV, b) / b * y * log((1 + beta) / below) /
                          beta * momentum * (1 - PI0_2 / mass2) * ke3gamma_k2s(decay);
    return random_uniform(random) * 5.3e18 < weight;
}

static void plain_draw(struct random *random, struct ke3gamma *decay)
{
    while (!plain_trial(random, decay)) {
    }
}

static void fill(struct chi2 chi2[2][QUANTITIES], int sample, const struct ke3gamma *decay)
{
    for (int part = 0; part < part_count(decay); part++)
        for (int i = 0; i < QUANTITIES; i++)
            chi2_fill(&chi2[part][i], sample, quantity(decay, i));
}

/* Edges from decays of the recipe that are not used again. */
static void edges_of(struct chi2 chi2[2][QUANTITIES], struct random *random)
{
    static double pilot[2][QUANTITIES][PILOT];
    size_t count[2] = {0};
    while (count[1] < PILOT / 4) {
        struct ke3gamma decay;
        plain_draw(random, &decay);
        for (int part = 0; part < part_count(&decay); part++) {
            for (int i = 0; i < QUANTITIES && count[part] < PILOT; i++)
                pilot[part][i][count[part]] = quantity(&decay, i);
            count[part] += count[part] < PILOT;
        }
    }
    for (int part = 0; part < 2; part++)
        for (int i = 0; i < QUANTITIES; i++)
            chi2_init(&chi2[part][i], names[part][i], pilot[part][i], count[part]);
}

static void the_unweighted_generator_follows_the_plain_recipe(void **state)
{
    static struct chi2 chi2[2][QUANTITIES];
    const int plain = test_is_full() ? 6000000 : 300000, fast = test_is_full() ? 20000000 : 1000000;
    struct ke3gamma_counts counts = {0};
    struct ke3gamma decay;
    struct random random;
    (void)state;
    random_init(&random, check_seed(), 0);
    edges_of(chi2, &random);
    for (int i = 0; i < plain; i++) {
        plain_draw(&random, &decay);
        fill(chi2, 0, &decay);
    }
    for (int i = 0; i < fast; i++) {
        ke3gamma_draw(&random, &decay, &counts);
        fill(chi2, 1, &decay);
    }
    for (int part = 0; part < 2; part++)
        for (int i = 0; i < QUANTITIES; i++)
            chi2_check(&chi2[part][i]);
}

/* K+ -> pi0 e+ N at a point of the Dalitz plane. */
struct point {
    double pi0, e; /* energies */
    double cosine; /* between their momenta */
};

/* The squared amplitude from four-vectors, K at rest and the pi0 along z. */
static double plain_square(double mass, const struct point *point)
{
    const struct four kaon = {MASS_KAON_MEV, 0, 0, 0};
    const double pi0_p = sqrt(point->pi0 * point->pi0 - PI0_2), e_p = sqrt(point->e * point->e - ELECTRON2);
    const struct four pi0 = {point->pi0, 0, 0, pi0_p};
    const struct four e = {point->e, e_p * sqrt(1 - point->cosine * point->cosine), 0, e_p * point->cosine};
    const struct four n = four_subtract(four_subtract(kaon, pi0), e), transfer = four_subtract(kaon, pi0);
    const double t = four_dot(transfer, transfer);
    const struct four h = four_combine(form_plus(t), four_add(kaon, pi0), form_minus(t), transfer);
    check_near("N mass", four_dot(n, n), mass * mass, 1e-6 * KAON2);
    return 2 * four_dot(h, e) * four_dot(h, n) - four_dot(h, h) * four_dot(e, n);
}

/* A point of the rectangle around the Dalitz plane; false outside the plane, where no angle gives N its mass. */
static bool plain_point(double mass, double u, double v, struct point *point)
{
    const double pair = mass + MASS_ELECTRON_MEV, other = mass + MASS_PI0_MEV;
    const double pi0_max = (KAON2 + PI0_2 - pair * pair) / (2 * MASS_KAON_MEV);
    const double e_max = (KAON2 + ELECTRON2 - other * other) / (2 * MASS_KAON_MEV);
    point->pi0 = MASS_PI0_MEV + u * (pi0_max - MASS_PI0_MEV);
    point->e = MASS_ELECTRON_MEV + v * (e_max - MASS_ELECTRON_MEV);
    double rest = MASS_KAON_MEV - point->pi0 - point->e;
    double pi0_p2 = point->pi0 * point->pi0 - PI0_2, e_p2 = point->e * point->e - ELECTRON2;
    point->cosine = (rest * rest - mass * mass - pi0_p2 - e_p2) / (2 * sqrt(pi0_p2 * e_p2));
    return fabs(point->cosine) < 1;
}

static double plain_ceiling(double mass)
{
    double ceiling = 0;
    for (int i = 0; i < 300; i++)
        for (int j = 0; j < 300; j++) {
            struct point point;
            if (plain_point(mass, (i + 0.5) / 300, (j + 0.5) / 300, &point))
                ceiling = fmax(ceiling, 1.02 * plain_square(mass, &point));
        }
    return ceiling;
}

static void plain_signal(double mass, double ceiling, struct random *random, struct point *point)
{
    for (;;) {
        double u = random_uniform(random);
        if (!plain_point(mass, u, random_uniform(random), point))
            continue;
        double square = plain_square(mass, point);
        assert_true(square <= ceiling);
        if (random_uniform(random) * ceiling < square)
            return;
    }
}

static void fill_signal(struct chi2 chi2[3], int sample, const struct point *point)
{
    chi2_fill(&chi2[0], sample, point->pi0);
    chi2_fill(&chi2[1], sample, point->e);
    chi2_fill(&chi2[2], sample, point->cosine);
}

static void compare_signal(double mass, struct random *random)
{
    static double pilot[3][PILOT];
    static const char *const signal_names[3] = {"E_pi0", "E_e", "cos(pi0, e)"};
    const int events = test_is_full() ? 2000000 : 100000;
    const double ceiling = plain_ceiling(mass);
    struct chi2 chi2[3];
    struct point point;
    struct signal signal;
    for (int i = 0; i < PILOT; i++) {
        plain_signal(mass, ceiling, random, &point);
        pilot[0][i] = point.pi0, pilot[1][i] = point.e, pilot[2][i] = point.cosine;
    }
    for (int i = 0; i < 3; i++)
        chi2_init(&chi2[i], signal_names[i], pilot[i], PILOT);
    signal_init(&signal, mass);
    for (int i = 0; i < events; i++) {
        struct signal_decay d;
        plain_signal(mass, ceiling, random, &point);
        fill_signal(chi2, 0, &point);
        signal_draw(&signal, random, &d);
        double along = (d.pi0.x * d.e.x + d.pi0.y * d.e.y + d.pi0.z * d.e.z);
        fill_signal(chi2, 1,
                    &(struct point){d.pi0.e, d.e.e, along / sqrt(four_momentum2(d.pi0) * four_momentum2(d.e))});
    }
    printf("m_N = %g MeV\n", mass);
    for (int i = 0; i < 3; i++)
        chi2_check(&chi2[i]);
}

static void the_signal_follows_the_plain_recipe_up_to_the_end_point(void **state)
{
    static const double masses[] = {135, 350, 357.9};
    struct random random;
    (void)state;
    random_init(&random, check_seed(), 1);
    for (size_t i = 0; i < sizeof masses / sizeof *masses; i++)
        compare_signal(masses[i], &random);
}

/* Upper 5 % and 50 % points of tables; chi2 = 2 ln 20 for two degrees of freedom. */
static void the_tail_of_chi2_has_the_values_of_tables(void **state)
{
    (void)state;
    check_near("2", chi2_tail(2 * log(20), 2), 0.05, 1e-12);
    check_near("10", chi2_tail(18.307038, 10), 0.05, 1e-7);
    check_near("10", chi2_tail(9.341818, 10), 0.5, 1e-6);
    check_near("40", chi2_tail(55.758479, 40), 0.05, 1e-7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_tail_of_chi2_has_the_values_of_tables),
        cmocka_unit_test(the_unweighted_generator_follows_the_plain_recipe),
        cmocka_unit_test(the_signal_follows_the_plain_recipe_up_to_the_end_point),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
