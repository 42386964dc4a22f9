/* SPDX-License-Identifier: MIT */
#include "check.h"

#include <stdbool.h>

#include "physics/constants.h"
#include "physics/flight.h"

#define DRAWS 100000

static const struct beam beam = {BEAM_MOMENTUM_MEV, BEAM_SPREAD, BEAM_DIVERGENCE_RAD};

/* The beam has no width. */
static void check_place(const struct decay *decay)
{
    check_near("mass", sqrt(four_dot(decay->kaon, decay->kaon)), MASS_KAON_MEV, 1e-4);
    assert_true(decay->vertex.z >= 105000 && decay->vertex.z <= 180000);
    assert_true(decay->vertex.x == 0 && decay->vertex.y == 0);
    assert_true(decay->track_origin.x == 0 && decay->track_origin.z == decay->vertex.z);
}

static double missing_m2(const struct decay *decay)
{
    const struct four missing = four_subtract(four_subtract(decay->kaon, decay->pi0), decay->track);
    return four_dot(missing, missing);
}

static void a_radiative_decay_keeps_its_missing_mass_and_photon_energy(void **state)
{
    struct ke3gamma_counts counts = {0};
    struct random random;
    uint64_t in_first_half = 0, forward = 0;
    (void)state;
    random_init(&random, check_seed(), 0);
    for (int i = 0; i < DRAWS; i++) {
        struct ke3gamma ke3;
        struct decay decay = {.kind = DECAY_NOISE};
        ke3gamma_draw(&random, &ke3, &counts);
        flight_begin(&beam, &random, &decay);
        flight_ke3(&random, &ke3, &decay);
        check_place(&decay);
        check_near("m2", missing_m2(&decay), ke3.m2, 1e-3);
        check_relative("k", four_dot(decay.kaon, decay.photons[2]) / MASS_KAON_MEV, ke3.k, 1e-6);
        assert_true(decay.kind == DECAY_NOISE && decay.photon_count == 3 && decay.m2 == ke3.m2);
        in_first_half += decay.vertex.z < 142500;
        forward += four_dot(decay.kaon, decay.track) / MASS_KAON_MEV * decay.kaon.e / MASS_KAON_MEV < decay.track.e;
    }
    check_share("first half", in_first_half, DRAWS, 0.516627); /* 1 / (1 + exp(-37.5 / 563.8)) */
    check_share("positrons that fly forward in the rest frame", forward, DRAWS, 0.5);
}

static void a_signal_decay_misses_the_mass_of_n(void **state)
{
    struct random random;
    struct signal signal;
    (void)state;
    random_init(&random, check_seed(), 1);
    signal_init(&signal, 200);
    for (int i = 0; i < DRAWS / 10; i++) {
        struct signal_decay n;
        struct decay decay = {.kind = DECAY_NOISE};
        signal_draw(&signal, &random, &n);
        flight_begin(&beam, &random, &decay);
        flight_signal(&random, &n, &decay);
        check_place(&decay);
        check_near("m2", missing_m2(&decay), 40000, 1e-3);
        check_near("true m2", decay.m2, 40000, 1e-6);
        assert_true(decay.kind == DECAY_NOISE && decay.photon_count == 2);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_radiative_decay_keeps_its_missing_mass_and_photon_energy),
        cmocka_unit_test(a_signal_decay_misses_the_mass_of_n),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
