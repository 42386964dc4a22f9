/* SPDX-License-Identifier: MIT */
#include "check.h"

#include "../../vectors/physics_vectors.h"
#include "physics/constants.h"
#include "physics/ke3gamma.h"

#define POINTS (sizeof vector_ke3gamma / sizeof *vector_ke3gamma)
#define DRAWS 1000000

static struct ke3gamma decay_at(double energy, double k, double cosine, double cos_star, double phi_star)
{
    struct positron positron = positron_of_energy(energy);
    struct ke3gamma decay;
    assert_true(ke3gamma_place(&decay, &positron, k, 1 - positron.velocity * cosine, cos_star, phi_star));
    return decay;
}

static struct ke3gamma decay_of_point(size_t i)
{
    return decay_at(vector_ke3gamma[i].positron_energy_mev, vector_ke3gamma[i].photon_energy_mev,
                    vector_ke3gamma[i].cos_e_gamma, vector_ke3gamma[i].cos_star, vector_ke3gamma[i].phi_star);
}

static void check_four(const char *what, struct four value, const double expected[4])
{
    double scale = 1e-10 * expected[0];
    check_near(what, value.e, expected[0], scale);
    check_near(what, value.x, expected[1], scale);
    check_near(what, value.y, expected[2], scale);
    check_near(what, value.z, expected[3], scale);
}

static void momenta_match_the_independent_points(void **state)
{
    (void)state;
    for (size_t i = 0; i < POINTS; i++) {
        struct ke3gamma decay = decay_of_point(i);
        check_four("pi0", decay.pi0, vector_ke3gamma[i].pi0);
        check_four("e", decay.e, vector_ke3gamma[i].e);
        check_four("nu", decay.nu, vector_ke3gamma[i].nu);
        check_four("n", decay.n, vector_ke3gamma[i].n);
        check_relative("m2", decay.m2, vector_ke3gamma[i].m2_mev2, 1e-10);
    }
}

static void matrix_element_and_weight_match_the_independent_points(void **state)
{
    (void)state;
    for (size_t i = 0; i < POINTS; i++) {
        struct ke3gamma decay = decay_of_point(i);
        check_relative("b", decay.positron.soft_exponent, vector_ke3gamma[i].soft_exponent, 1e-10);
        check_relative("k2S", ke3gamma_k2s(&decay), vector_ke3gamma[i].k2s_mev4, 1e-10);
        check_relative("weight", ke3gamma_raw_weight(&decay), vector_ke3gamma[i].raw_weight, 1e-10);
    }
}

static void the_softest_photons_have_the_weight_of_no_photon(void **state)
{
    (void)state;
    struct ke3gamma none = decay_at(100, 0, 0.3, 0.2, 1);
    for (double k = 1e-20; k > 1e-300; k *= 1e-40) {
        struct ke3gamma soft = decay_at(100, k, 0.3, 0.2, 1);
        check_relative("k2S", ke3gamma_k2s(&soft), ke3gamma_k2s(&none), 1e-12);
        check_relative("m2 / k", soft.m2 / k, 2 * four_dot(none.nu, none.n), 1e-12);
    }
}

static void places_outside_the_phase_space_are_refused(void **state)
{
    struct positron positron = positron_of_energy(150);
    struct ke3gamma decay;
    (void)state;
    assert_false(ke3gamma_place(&decay, &positron, 200, 1, 0, 0));
    assert_false(ke3gamma_place(&decay, &positron, 1e6, 1 + positron.velocity, 0, 0));
}

/* Everything that is counted in one pass over unweighted decays. */
struct tally {
    struct ke3gamma_counts counts;
    uint64_t below_1_ev, below_1_kev, below_1_mev, region[3];
    double worst_mass2, worst_sum, worst_m2;
};

static void count_regions(struct tally *tally, const struct ke3gamma *decay)
{
    double cosine = decay->n.z;
    tally->region[0] += decay->k > 10 && cosine < cos(10 * PI / 180);
    tally->region[1] += decay->k > 30 && cosine < cos(20 * PI / 180);
    tally->region[2] += decay->k > 10 && cosine > 0.6 && cosine < 0.9;
    tally->below_1_ev += decay->k < 1e-6;
    tally->below_1_kev += decay->k < 1e-3;
    tally->below_1_mev += decay->k < 1;
}

static void check_conservation(struct tally *tally, const struct ke3gamma *decay)
{
    struct four photon = four_scale(decay->k, decay->n);
    struct four sum = four_add(four_add(decay->pi0, decay->e), four_add(decay->nu, photon));
    struct four missing = four_add(decay->nu, photon);
    double pi0_mass2 = four_dot(decay->pi0, decay->pi0) - MASS_PI0_MEV * MASS_PI0_MEV;
    tally->worst_mass2 = fmax(tally->worst_mass2, fabs(pi0_mass2));
    tally->worst_mass2 = fmax(tally->worst_mass2, fabs(four_dot(decay->nu, decay->nu)));
    tally->worst_sum = fmax(tally->worst_sum, fabs(sum.e - MASS_KAON_MEV) + sqrt(four_momentum2(sum)));
    tally->worst_m2 = fmax(tally->worst_m2, fabs(four_dot(missing, missing) - decay->m2));
}

static int draw_tally(void **state)
{
    static struct tally tally;
    struct random random;
    random_init(&random, check_seed(), 0);
    for (int i = 0; i < DRAWS; i++) {
        struct ke3gamma decay;
        ke3gamma_draw(&random, &decay, &tally.counts);
        count_regions(&tally, &decay);
        check_conservation(&tally, &decay);
    }
    *state = &tally;
    return 0;
}

static void unweighted_decays_conserve_momentum_and_masses(void **state)
{
    const struct tally *tally = *state;
    assert_true(tally->worst_mass2 < 1e-6);
    assert_true(tally->worst_sum < 1e-9);
    assert_true(tally->worst_m2 < 1e-6);
}

/* Resummed rates of hep-ph/0507280 relative to the total; the values' own errors are added in quadrature. */
static void rates_in_the_three_usual_regions_are_those_of_the_resummed_theory(void **state)
{
    static const double expected[3] = {1.777e-2, 0.646e-2, 0.549e-2}, error[3] = {2e-5, 1e-5, 1e-5};
    const struct tally *tally = *state;
    for (size_t i = 0; i < 3; i++) {
        double sigma = sqrt(expected[i] / DRAWS + error[i] * error[i]);
        check_near("region", (double)tally->region[i] / DRAWS, expected[i], 3.5 * sigma);
    }
}

static void most_photons_are_softer_than_any_detector_sees(void **state)
{
    const struct tally *tally = *state;
    check_near("below 1 eV", (double)tally->below_1_ev / DRAWS, 0.65, 0.005 + 0.002);
    check_near("below 1 keV", (double)tally->below_1_kev / DRAWS, 0.770, 0.0005 + 0.002);
    check_near("below 1 MeV", (double)tally->below_1_mev / DRAWS, 0.91, 0.005 + 0.002);
}

/* The integral of the density over that of the envelopes. The density: 2 * 0.2359 * 5.3e18, the mean raw weight of the
 * plain recipe. The envelopes: 64 m_K^2 (pi / alpha) 1.135 * 1.015 * 0.9 * 2.12 E_max^4 / 12 = 3.3465e18 for soft
 * photons and 2.4e16 * 2 (E_max - m_e) * 0.1 = 1.0938e18 for hard ones. */
static void accept_reject_is_as_efficient_and_as_little_clipped_as_predicted(void **state)
{
    const struct tally *tally = *state;
    assert_true(tally->counts.accepted == DRAWS);
    check_near("efficiency", DRAWS / (double)tally->counts.trials, 2 * 0.2359 * 5.3e18 / (3.3465e18 + 1.0938e18),
               0.002);
    assert_true(tally->counts.clipped / DRAWS < 2e-5); /* 4e-7, but in rare large pieces */
}

/* Weighted and unweighted generators share the formulas of the weight, but not the sampling. */
static void weighted_ranges_of_the_photon_energy_add_up_to_the_total(void **state)
{
    const double k_min = 1e-3;
    struct random random;
    double soft = 0, hard = 0;
    (void)state;
    random_init(&random, check_seed(), 5);
    for (int i = 0; i < 400000; i++) {
        double u[5];
        struct ke3gamma decay;
        for (int j = 0; j < 5; j++)
            u[j] = random_uniform(&random);
        soft += ke3gamma_weigh(u, 0, k_min, &decay);
        hard += ke3gamma_weigh(u, k_min, PHOTON_ENERGY_MAX_MEV, &decay);
    }
    check_near("soft share", soft / (soft + hard), 0.770, 0.004);
    check_relative("mean raw weight", (soft + hard) / 400000, 0.2359 * 5.3e18, 0.01);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(momenta_match_the_independent_points),
        cmocka_unit_test(matrix_element_and_weight_match_the_independent_points),
        cmocka_unit_test(the_softest_photons_have_the_weight_of_no_photon),
        cmocka_unit_test(places_outside_the_phase_space_are_refused),
        cmocka_unit_test(unweighted_decays_conserve_momentum_and_masses),
        cmocka_unit_test(rates_in_the_three_usual_regions_are_those_of_the_resummed_theory),
        cmocka_unit_test(most_photons_are_softer_than_any_detector_sees),
        cmocka_unit_test(accept_reject_is_as_efficient_and_as_little_clipped_as_predicted),
        cmocka_unit_test(weighted_ranges_of_the_photon_energy_add_up_to_the_total),
    };
    return cmocka_run_group_tests(tests, draw_tally, NULL);
}
