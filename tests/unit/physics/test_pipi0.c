/* SPDX-License-Identifier: MIT */
#include "check.h"
#include "check_decay.h"

#include "../../vectors/subleading_vectors.h"
#include "physics/pipi0.h"

#define DRAWS 100000

static void both_pions_have_the_energy_of_a_two_body_decay(void **state)
{
    struct random random;
    (void)state;
    random_init(&random, check_seed(), 0);
    for (int i = 0; i < 10000; i++) {
        struct decay d;
        pipi0_draw(&random, check_kaon, check_vertex, &d);
        check_decay(&d, DECAY_PIPI0, 2, 139.57039);
        check_near("pi+", check_rest_energy(check_kaon, d.track), vector_pipi0_pion_energy_mev, 1e-6);
        check_near("pi0", check_rest_energy(check_kaon, d.pi0), 493.677 - vector_pipi0_pion_energy_mev, 1e-6);
        struct four missing = four_subtract(four_subtract(d.kaon, d.pi0), d.track);
        check_near("nothing is missing", fabs(missing.e) + sqrt(four_momentum2(missing)), 0, 1e-9);
        assert_memory_equal(&d.track_origin, &check_vertex, sizeof d.vertex);
    }
}

static void the_missing_mass_is_that_of_a_wrong_mass(void **state)
{
    double smallest = 1e9, largest = 0;
    struct random random;
    (void)state;
    random_init(&random, check_seed(), 1);
    for (int i = 0; i < DRAWS; i++) {
        struct decay d;
        pipi0_draw(&random, check_kaon, check_vertex, &d);
        smallest = fmin(smallest, d.m2);
        largest = fmax(largest, d.m2);
    }
    assert_true(smallest >= vector_pipi0_forward_m2_mev2 * (1 - 1e-9));
    assert_true(largest <= vector_pipi0_backward_m2_mev2 * (1 + 1e-9));
    check_relative("forward", smallest, vector_pipi0_forward_m2_mev2, 1e-3);
    check_relative("backward", largest, vector_pipi0_backward_m2_mev2, 1e-2);
}

static void the_pions_fly_anywhere(void **state)
{
    struct check_sum cosine = {0}, square = {0}, sideways = {0};
    struct random random;
    (void)state;
    random_init(&random, check_seed(), 2);
    for (int i = 0; i < DRAWS; i++) {
        struct decay d;
        pipi0_draw(&random, check_kaon, check_vertex, &d);
        double c = check_rest_cosine(check_kaon, d.track);
        check_add(&cosine, c);
        check_add(&square, c * c);
        check_add(&sideways, d.track.x / vector_pipi0_momentum_mev);
    }
    check_mean("cosine", &cosine, 0);
    check_mean("square", &square, 1.0 / 3);
    check_mean("sideways", &sideways, 0);
    check_relative("its rms", check_rms(&sideways), sqrt(1.0 / 3), 0.01);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_pions_have_the_energy_of_a_two_body_decay),
        cmocka_unit_test(the_missing_mass_is_that_of_a_wrong_mass),
        cmocka_unit_test(the_pions_fly_anywhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
