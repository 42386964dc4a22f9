/* SPDX-License-Identifier: MIT */
#include "check.h"

#include "../../vectors/physics_vectors.h"
#include "physics/constants.h"
#include "physics/signal.h"

#define DRAWS 100000
#define COUNT(table) (sizeof(table) / sizeof *(table))

static void squared_amplitude_matches_the_independent_points(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(vector_msq3); i++)
        check_relative(
            "msq3",
            signal_msq3(vector_msq3[i].mass_mev, vector_msq3[i].pi0_energy_mev, vector_msq3[i].positron_energy_mev),
            vector_msq3[i].msq3_mev4, 1e-10);
}

static void the_rate_matches_the_table_at_every_mass(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(vector_rho); i++)
        check_relative("rho", signal_rho(vector_rho[i].mass_mev), vector_rho[i].rho, 1e-7);
}

static void nothing_decays_at_or_above_the_end_point(void **state)
{
    (void)state;
    check_near("end point", END_POINT_MEV, 358.18920105, 1e-8);
    assert_true(signal_rho(END_POINT_MEV) == 0);
    assert_true(signal_rho(400) == 0);
    assert_true(signal_rho(358) > 0);
}

static struct signal_decay draw_checked(const struct signal *signal, struct random *random)
{
    struct signal_decay d;
    signal_draw(signal, random, &d);
    struct four sum = four_add(four_add(d.pi0, d.e), d.n);
    check_near("energy", sum.e, MASS_KAON_MEV, 1e-9);
    check_near("momentum", sqrt(four_momentum2(sum)), 0, 1e-9);
    check_near("pi0 mass", four_dot(d.pi0, d.pi0), MASS_PI0_MEV * MASS_PI0_MEV, 1e-7);
    check_near("e mass", four_dot(d.e, d.e), MASS_ELECTRON_MEV * MASS_ELECTRON_MEV, 1e-7);
    check_near("N mass", four_dot(d.n, d.n), signal->mass * signal->mass, 1e-7);
    return d;
}

static void moments_match_the_independent_integrals(void **state)
{
    struct random random;
    (void)state;
    random_init(&random, check_seed(), 0);
    for (size_t i = 0; i < COUNT(vector_moments); i++) {
        struct signal signal;
        double pi0 = 0, e = 0, n = 0, q2 = 0, e2 = 0;
        signal_init(&signal, vector_moments[i].mass_mev);
        for (int j = 0; j < DRAWS; j++) {
            struct signal_decay d = draw_checked(&signal, &random);
            struct four q = four_add(d.e, d.n);
            pi0 += d.pi0.e / DRAWS;
            e += d.e.e / DRAWS;
            e2 += d.e.e * d.e.e / DRAWS;
            n += d.n.e / DRAWS;
            q2 += four_dot(q, q) / DRAWS;
        }
        /* No energy has an rms above 45 MeV, nor q2 one above 3e4 MeV^2; 4.5 sigma. */
        double energy_tolerance = 4.5 * 45 / sqrt(DRAWS);
        check_near("pi0", pi0, vector_moments[i].pi0_energy_mev, energy_tolerance);
        check_near("e", e, vector_moments[i].positron_energy_mev, energy_tolerance);
        check_near("N", n, vector_moments[i].neutral_energy_mev, energy_tolerance);
        check_near("q2", q2, vector_moments[i].q2_mev2, 4.5 * 3e4 / sqrt(DRAWS));
        check_relative("rms e", sqrt(e2 - e * e), vector_moments[i].positron_energy_rms_mev, 4.5 / sqrt(2.0 * DRAWS));
    }
}

static void decays_exist_up_to_the_end_point(void **state)
{
    struct random random;
    struct signal signal;
    (void)state;
    random_init(&random, check_seed(), 1);
    signal_init(&signal, END_POINT_MEV - 1e-3);
    for (int i = 0; i < 1000; i++)
        draw_checked(&signal, &random);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(squared_amplitude_matches_the_independent_points),
        cmocka_unit_test(the_rate_matches_the_table_at_every_mass),
        cmocka_unit_test(nothing_decays_at_or_above_the_end_point),
        cmocka_unit_test(moments_match_the_independent_integrals),
        cmocka_unit_test(decays_exist_up_to_the_end_point),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
