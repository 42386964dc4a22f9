/* SPDX-License-Identifier: MIT */
#include "check.h"
#include "check_decay.h"

#include "physics/pi0.h"

#define DRAWS 100000

static void two_massless_photons_add_up_to_the_pi0(void **state)
{
    const double momenta[][3] = {{0, 0, 0}, {1, -2, 3}, {40, 60, 20000}, {0, 0, -500}, {100, 0, 74000}};
    struct random random;
    (void)state;
    random_init(&random, check_seed(), 0);
    for (int i = 0; i < 1000; i++) {
        const double *p = momenta[i % 5];
        struct four pi0 = four_on_shell(134.9768, p[0], p[1], p[2]), photons[2];
        pi0_decay(&random, pi0, photons);
        check_pi0(pi0, photons);
    }
}

/* At rest both have 67.4884 MeV; an isotropic direction has <c> = 0 and <c^2> = 1/3 on every axis. */
static void at_rest_the_photons_fly_anywhere(void **state)
{
    const struct four pi0 = {134.9768, 0, 0, 0};
    struct check_sum axes[3] = {{0}}, squares[3] = {{0}};
    struct random random;
    (void)state;
    random_init(&random, check_seed(), 1);
    for (int i = 0; i < DRAWS; i++) {
        struct four photons[2];
        pi0_decay(&random, pi0, photons);
        const double c[3] = {photons[0].x / 67.4884, photons[0].y / 67.4884, photons[0].z / 67.4884};
        check_near("energy", photons[0].e, 67.4884, 1e-9);
        check_near("energy", photons[1].e, 67.4884, 1e-9);
        for (int axis = 0; axis < 3; axis++) {
            check_add(&axes[axis], c[axis]);
            check_add(&squares[axis], c[axis] * c[axis]);
        }
    }
    for (int axis = 0; axis < 3; axis++) {
        check_mean("cosine", &axes[axis], 0);
        check_mean("its square", &squares[axis], 1.0 / 3);
    }
}

/* In flight the energy is uniform between (E - p) / 2 and (E + p) / 2: mean E / 2, variance p^2 / 12; and no pair opens
 * by less than 2 asin(m / E). */
static void in_flight_the_energy_is_shared_uniformly(void **state)
{
    const struct four pi0 = four_on_shell(134.9768, 0, 3000, 4000);
    const double narrowest = 2 * asin(134.9768 / pi0.e);
    struct check_sum energy = {0};
    struct random random;
    (void)state;
    random_init(&random, check_seed(), 2);
    for (int i = 0; i < DRAWS; i++) {
        struct four photons[2];
        pi0_decay(&random, pi0, photons);
        const struct four a = photons[0], b = photons[1];
        check_add(&energy, a.e);
        assert_true(a.e > 0.5 * (pi0.e - 5000) - 1e-6 && a.e < 0.5 * (pi0.e + 5000) + 1e-6);
        assert_true(acos((a.x * b.x + a.y * b.y + a.z * b.z) / (a.e * b.e)) > narrowest - 1e-6);
    }
    check_mean("energy", &energy, 0.5 * pi0.e);
    check_relative("its rms", check_rms(&energy), 5000 / sqrt(12), 0.01);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_massless_photons_add_up_to_the_pi0),
        cmocka_unit_test(at_rest_the_photons_fly_anywhere),
        cmocka_unit_test(in_flight_the_energy_is_shared_uniformly),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
