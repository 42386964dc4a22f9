/* SPDX-License-Identifier: MIT */
#include "check.h"
#include "check_decay.h"

#include "../../vectors/subleading_vectors.h"
#include "physics/ke4.h"

#define DRAWS 100000

static void no_weight_is_above_the_ceiling(void **state)
{
    double largest = 0;
    (void)state;
    for (int i = 0; i <= 300; i++)
        for (int j = 0; j <= 300; j++)
            for (int k = 0; k <= 20; k++) {
                double dipion = 2 * MASS_PI0_MEV + (MASS_KAON_MEV - MASS_ELECTRON_MEV - 2 * MASS_PI0_MEV) * i / 300;
                double range = MASS_KAON_MEV - MASS_ELECTRON_MEV - dipion;
                double density = ke4_density(dipion, MASS_ELECTRON_MEV + range * j / 300, -1 + 0.1 * k);
                assert_true(density > -1);
                largest = fmax(largest, range * density);
            }
    assert_true(largest < KE4_WEIGHT_MAX);
    check_relative("ceiling", largest, KE4_WEIGHT_MAX, 0.02);
}

/* The neutrino is what is left of the kaon: massless. */
static void check_neutrino(const struct decay *d)
{
    struct four lost = four_add(d->photons[2], d->photons[3]);
    struct four seen = four_add(four_add(d->pi0, d->track), lost);
    check_pi0(lost, d->photons + 2);
    check_mass("neutrino", four_subtract(d->kaon, seen), 0);
}

static void moments_match_the_independent_integrals(void **state)
{
    struct check_sum dipion = {0}, pair2 = {0}, m2 = {0}, positron = {0};
    struct random random;
    (void)state;
    random_init(&random, check_seed(), 0);
    for (int i = 0; i < DRAWS; i++) {
        struct decay d;
        ke4_draw(&random, check_kaon, check_vertex, &d);
        check_decay(&d, DECAY_KE4, 4, MASS_ELECTRON_MEV);
        check_neutrino(&d);
        assert_memory_equal(&d.track_origin, &check_vertex, sizeof d.vertex);
        struct four pions = four_add(d.pi0, four_add(d.photons[2], d.photons[3]));
        struct four leptons = four_subtract(check_kaon, pions);
        check_add(&dipion, sqrt(four_dot(pions, pions)));
        check_add(&pair2, four_dot(leptons, leptons));
        check_add(&m2, d.m2);
        check_add(&positron, check_rest_energy(check_kaon, d.track));
        assert_true(d.m2 > 134.9768 * 134.9768 && d.m2 < 128300); /* the lost pi0 is in it */
    }
    check_mean("dipion", &dipion, vector_ke4_dipion_mass_mev);
    check_relative("its rms", check_rms(&dipion), vector_ke4_dipion_mass_rms_mev, 0.01);
    check_mean("pair", &pair2, vector_ke4_pair_mass2_mev2);
    check_mean("m2", &m2, vector_ke4_m2_mev2);
    check_relative("its rms", check_rms(&m2), vector_ke4_m2_rms_mev2, 0.01);
    check_mean("positron", &positron, vector_ke4_positron_energy_mev);
}

/* Isotropic particles: <c> = 0 and <c^2> = 1/3 in the kaon's rest frame; and neither pi0 is preferred. */
static void the_kaon_has_no_direction_and_the_pi0_no_rank(void **state)
{
    struct check_sum track = {0}, track2 = {0}, pi0 = {0}, pi02 = {0}, preferred = {0};
    struct random random;
    (void)state;
    random_init(&random, check_seed(), 1);
    for (int i = 0; i < DRAWS; i++) {
        struct decay d;
        ke4_draw(&random, check_kaon, check_vertex, &d);
        double e = check_rest_cosine(check_kaon, d.track), p = check_rest_cosine(check_kaon, d.pi0);
        struct four lost = four_add(d.photons[2], d.photons[3]);
        check_add(&track, e);
        check_add(&track2, e * e);
        check_add(&pi0, p);
        check_add(&pi02, p * p);
        check_add(&preferred, check_rest_energy(check_kaon, d.pi0) - check_rest_energy(check_kaon, lost));
    }
    check_mean("track", &track, 0);
    check_mean("track squared", &track2, 1.0 / 3);
    check_mean("pi0", &pi0, 0);
    check_mean("pi0 squared", &pi02, 1.0 / 3);
    check_mean("candidate minus lost", &preferred, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_weight_is_above_the_ceiling),
        cmocka_unit_test(moments_match_the_independent_integrals),
        cmocka_unit_test(the_kaon_has_no_direction_and_the_pi0_no_rank),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
