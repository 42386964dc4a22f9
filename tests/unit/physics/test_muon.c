/* SPDX-License-Identifier: MIT */
#include "check.h"
#include "check_decay.h"

#include "physics/muon.h"

#define DRAWS 200000

/* (m_mu^2 + m_e^2) / (2 m_mu). */
#define ENERGY_MAX_MEV 52.8304234

static const struct four at_rest = {105.6583755, 0, 0, 0};

struct moments {
    struct check_sum x, cosine, product, hard_cosine;
};

/* Cosines to the y axis; hard: x > 0.9. */
static struct moments moments_with(double polarisation, uint64_t stream)
{
    struct moments moments = {0};
    struct random random;
    random_init(&random, check_seed(), stream);
    for (int i = 0; i < DRAWS; i++) {
        struct four e = muon_decay(&random, at_rest, (struct four){0, 0, polarisation, 0});
        double x = e.e / ENERGY_MAX_MEV, cosine = e.y / sqrt(four_momentum2(e));
        check_mass("positron", e, 0.51099895);
        assert_true(x <= 1 + 1e-8);
        check_add(&moments.x, x);
        check_add(&moments.cosine, cosine);
        check_add(&moments.product, x * cosine);
        if (x > 0.9)
            check_add(&moments.hard_cosine, cosine);
    }
    return moments;
}

/* From 2 x^2 (3 - 2x): <x> = 7/10, so the mean energy is 0.35 m_mu, and <x^2> = 8/15; above 0.9: 1 - 2 * 0.729 +
 * 0.6561.
 */
static void the_energy_spectrum_is_that_of_michel(void **state)
{
    struct moments moments = moments_with(0, 0);
    (void)state;
    check_mean("x", &moments.x, 0.7);
    check_relative("mean energy", moments.x.sum / DRAWS * ENERGY_MAX_MEV, 0.35 * 105.6583755, 2e-3);
    check_relative("rms of x", check_rms(&moments.x), sqrt(8.0 / 15 - 0.49), 5e-3);
    check_share("hard positrons", (uint64_t)moments.hard_cosine.count, DRAWS, 0.1981);
    check_mean("cosine without polarisation", &moments.cosine, 0);
}

/* From x^2 [3 - 2x + P cos (2x - 1)]: <cos> = P / 9, <x cos> = P / 10, and 0.2746643 P above x = 0.9. */
static void positrons_follow_the_spin_the_hard_ones_most(void **state)
{
    struct moments full = moments_with(1, 1), half = moments_with(-0.5, 2);
    (void)state;
    check_mean("cosine", &full.cosine, 1.0 / 9);
    check_mean("x cosine", &full.product, 0.1);
    check_mean("cosine above 0.9", &full.hard_cosine, 0.2746643);
    check_mean("x", &full.x, 0.7);
    check_mean("cosine, half", &half.cosine, -0.5 / 9);
    check_mean("x cosine, half", &half.product, -0.05);
}

/* A muon of 20 GeV/c: the positron has on average 0.7 E / 2 and, with spin along its flight, 0.1 p / 2 more; each side
 * of it is as probable as the other. */
static void a_fast_muon_gives_its_direction_to_the_positron(void **state)
{
    const struct four muon = four_on_shell(105.6583755, 0, 0, 20000);
    struct check_sum energy = {0}, sideways = {0};
    struct random random;
    (void)state;
    random_init(&random, check_seed(), 3);
    for (int i = 0; i < DRAWS; i++) {
        struct four e = muon_decay(&random, muon, (struct four){0, 0, 0, 1});
        check_mass("positron", e, 0.51099895);
        check_add(&energy, e.e);
        check_add(&sideways, e.x);
    }
    check_mean("energy", &energy, 0.35 * muon.e + 0.05 * 20000);
    check_mean("sideways", &sideways, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_energy_spectrum_is_that_of_michel),
        cmocka_unit_test(positrons_follow_the_spin_the_hard_ones_most),
        cmocka_unit_test(a_fast_muon_gives_its_direction_to_the_positron),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
