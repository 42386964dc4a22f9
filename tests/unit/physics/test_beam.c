/* SPDX-License-Identifier: MIT */
#include "check.h"

#include "physics/beam.h"
#include "physics/constants.h"

#define DRAWS 200000

static void kaons_have_the_beam_s_momentum_and_slopes(void **state)
{
    const struct beam beam = {75000, 0.01, 1e-4};
    struct random random;
    double sum = 0, sum2 = 0, slope2 = 0;
    (void)state;
    random_init(&random, check_seed(), 0);
    for (int i = 0; i < DRAWS; i++) {
        struct four kaon = beam_draw(&beam, &random);
        double momentum = sqrt(four_momentum2(kaon));
        sum += momentum / DRAWS;
        sum2 += (momentum - 75000) * (momentum - 75000) / DRAWS;
        slope2 += (kaon.x * kaon.x + kaon.y * kaon.y) / (kaon.z * kaon.z) / (2.0 * DRAWS);
        check_near("mass", sqrt(four_dot(kaon, kaon)), MASS_KAON_MEV, 1e-4);
    }
    check_near("mean", sum, 75000, 5 * 750 / sqrt(DRAWS));
    check_relative("rms", sqrt(sum2), 750, 5 / sqrt(2.0 * DRAWS));
    check_relative("slope", sqrt(slope2), 1e-4, 5 / sqrt(4.0 * DRAWS));
}

/* A pion of a two-body decay at rest, p = 205.1, boosted by hand: gamma (E + beta p) along the flight direction. */
static void boosts_follow_the_lorentz_transformation(void **state)
{
    const double energy = sqrt(75000.0 * 75000.0 + 493.677 * 493.677);
    struct four forward = {sqrt(205.1 * 205.1 + 139.6 * 139.6), 0, 0, 205.1};
    struct four lab = four_boost(forward, (struct four){energy, 0, 0, 75000}, 493.677);
    (void)state;
    check_relative("energy", lab.e, (energy * forward.e + 75000 * 205.1) / 493.677, 1e-13);
    check_relative("momentum", lab.z, (energy * 205.1 + 75000 * forward.e) / 493.677, 1e-13);
    check_near("transverse", lab.x, 0, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kaons_have_the_beam_s_momentum_and_slopes),
        cmocka_unit_test(boosts_follow_the_lorentz_transformation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
