/* SPDX-License-Identifier: MIT */
#include "check.h"

#include "../../vectors/physics_vectors.h"
#include "dirac.h"
#include "physics/constants.h"
#include "physics/ke3gamma.h"

/* One decay, twice: as the generator places it, and from the same five numbers by dirac.h. */
struct pair {
    struct ke3gamma decay;
    struct momenta momenta;
};

/* False outside the phase space. */
static bool place(struct pair *pair, double energy, double k, double y, double cos_star, double phi_star)
{
    struct positron positron = positron_of_energy(energy);
    if (!ke3gamma_place(&pair->decay, &positron, k, y, cos_star, phi_star))
        return false;
    pair->momenta = dirac_momenta(energy, k, y, cos_star, phi_star);
    return true;
}

/* A random decay with ln k uniform between k_min and the end point, down to where a photon is parallel to the positron.
 */
static void draw(struct pair *pair, struct random *random, double k_min)
{
    double energy, k, y;
    do {
        energy = MASS_ELECTRON_MEV + (POSITRON_ENERGY_MAX_MEV - MASS_ELECTRON_MEV) * random_uniform(random);
        k = PHOTON_ENERGY_MAX_MEV * pow(k_min / PHOTON_ENERGY_MAX_MEV, random_uniform(random));
        struct positron positron = positron_of_energy(energy);
        y = positron_approach(&positron, random_uniform(random));
    } while (!place(pair, energy, k, y, 2 * random_uniform(random) - 1, 2 * PI * random_uniform(random)));
}

static double square_of(const struct pair *pair)
{
    return (double)(dirac_square(&pair->momenta) * (long double)pair->decay.k * pair->decay.k);
}

/* Points of the literature of this project, k2S by another matrix program in double precision. */
static void the_matrices_give_the_independent_values(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof vector_ke3gamma / sizeof *vector_ke3gamma; i++) {
        struct pair pair;
        struct positron positron = positron_of_energy(vector_ke3gamma[i].positron_energy_mev);
        assert_true(place(&pair, vector_ke3gamma[i].positron_energy_mev, vector_ke3gamma[i].photon_energy_mev,
                          1 - positron.velocity * vector_ke3gamma[i].cos_e_gamma, vector_ke3gamma[i].cos_star,
                          vector_ke3gamma[i].phi_star));
        check_relative("k2S", square_of(&pair), vector_ke3gamma[i].k2s_mev4, 1e-12);
    }
}

static void the_amplitude_is_gauge_invariant(void **state)
{
    const int points = test_is_full() ? 100000 : 5000;
    struct random random;
    double worst = 0;
    (void)state;
    random_init(&random, check_seed(), 0);
    for (int i = 0; i < points; i++) {
        struct pair pair;
        draw(&pair, &random, i % 2 == 0 ? 1e-3 : 1e-300);
        worst = fmax(worst, (double)dirac_gauge_violation(&pair.momenta));
    }
    printf("largest |q.M| / scale of %d decays: %.2g\n", points, worst);
    assert_true(worst <= 1e-12);
}

/* Without the pieces that a gauge transformation needs, the check above would notice. */
static void an_amplitude_without_its_recoil_terms_is_not(void **state)
{
    struct random random;
    struct pair pair;
    (void)state;
    random_init(&random, check_seed(), 1);
    do
        draw(&pair, &random, 30);
    while (pair.decay.k < 30);
    pair.momenta.e.at[3] *= 1.001L; /* a positron off its mass shell */
    assert_true(dirac_gauge_violation(&pair.momenta) > 1e-6L);
}

/* The largest terms of the closed form: the radiation of the positron alone. */
static double largest_term(const struct ke3gamma *decay)
{
    return 128 * MASS_KAON_MEV * MASS_KAON_MEV * decay->e.e * decay->nu.e / decay->approach;
}

/* To 1e-10 of the value, and to 1e-9 next to a zero of the amplitude; except for photons along the positron: inside its
 * dead cone |M|^2 is a difference of terms that are 1e5 times larger, of which 1e-10 is demanded there. */
static void compare_with_matrices(uint64_t stream, double k_min)
{
    const int points = test_is_full() ? 100000 : 5000;
    struct random random;
    double worst = 0, worst_along = 0;
    int within = 0;
    random_init(&random, check_seed(), stream);
    for (int i = 0; i < points; i++) {
        struct pair pair;
        draw(&pair, &random, k_min);
        double expected = square_of(&pair), difference = fabs(ke3gamma_k2s(&pair.decay) - expected);
        within += difference <= 1e-10 * expected;
        if (pair.decay.approach > 1e-3)
            worst = fmax(worst, difference / expected);
        else
            worst_along = fmax(worst_along, difference / largest_term(&pair.decay));
    }
    printf("k > %g MeV, %d decays: 1e-10 of k2S in all but %d, largest difference %.2g, %.2g of the terms along e+\n",
           k_min, points, points - within, worst, worst_along);
    assert_true(worst <= 1e-9);
    assert_true(worst_along <= 1e-10);
    assert_true(points - within <= points / 1000);
}

static void the_closed_form_is_the_sum_over_spins_and_polarisations(void **state)
{
    (void)state;
    compare_with_matrices(2, 0.1);
}

static void it_is_for_the_softest_photons_too(void **state)
{
    (void)state;
    compare_with_matrices(3, 1e-300);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_matrices_give_the_independent_values),
        cmocka_unit_test(the_amplitude_is_gauge_invariant),
        cmocka_unit_test(an_amplitude_without_its_recoil_terms_is_not),
        cmocka_unit_test(the_closed_form_is_the_sum_over_spins_and_polarisations),
        cmocka_unit_test(it_is_for_the_softest_photons_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
