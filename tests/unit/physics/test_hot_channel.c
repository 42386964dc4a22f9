/* SPDX-License-Identifier: MIT */
#include "check.h"

#include "physics/detector.h"
#include "physics/hot_channel.h"

/* A decay on the axis, pi0 and positron along it. */
static struct decay decay_at(double z_mm)
{
    return (struct decay){.kaon = four_on_shell(493.677, 0, 0, 75000),
                          .vertex = {5, -3, z_mm},
                          .track = four_on_shell(0.51099895, 50, 0, 25000),
                          .pi0 = four_on_shell(134.9768, -60, 20, 35000),
                          .photon_count = 3};
}

static void the_fake_photon_always_points_to_the_same_cell(void **state)
{
    struct random random;
    (void)state;
    random_init(&random, check_seed(), 0);
    for (int i = 0; i < 10000; i++) {
        struct decay decay = decay_at(105e3 + 7.5 * i);
        hot_channel_fake(&random, &decay);
        struct four photon = decay.photons[0];
        double along = (241093 - decay.vertex.z) / photon.z;
        check_near("x", decay.vertex.x + along * photon.x, 600, 1e-9);
        check_near("y", decay.vertex.y + along * photon.y, 300, 1e-9);
        check_near("massless", four_dot(photon, photon), 0, 1e-6);
        assert_true(photon.e >= 2e3 && photon.e <= 20e3);
    }
}

/* A photon of 2 .. 20 GeV, 11 GeV on average, and the other one of half the pi0's energy on average. */
static void the_fake_pi0_is_the_sum_of_its_photons(void **state)
{
    struct random random;
    double energy = 0, partner = 0;
    (void)state;
    random_init(&random, check_seed(), 0);
    for (int i = 0; i < 10000; i++) {
        struct decay decay = decay_at(120e3);
        hot_channel_fake(&random, &decay);
        const struct four *photons = decay.photons;
        double cosine = (photons[0].x * photons[1].x + photons[0].y * photons[1].y + photons[0].z * photons[1].z) /
                        (photons[0].e * photons[1].e);
        check_near("mass", hot_channel_mass(&decay), sqrt(2 * photons[0].e * photons[1].e * (1 - cosine)), 0.01);
        check_near("x", decay.pi0.x, photons[0].x + photons[1].x, 1e-9);
        check_near("z", decay.pi0.z, photons[0].z + photons[1].z, 1e-9);
        check_near("pi0 mass", sqrt(four_dot(decay.pi0, decay.pi0)), 134.9768, 1e-3);
        assert_true(decay.kind == DECAY_NOISE && decay.photon_count == 3);
        energy += photons[0].e / 10000;
        partner += photons[1].e / 10000;
    }
    check_near("energy", energy, 11000, 5 * 18000 / sqrt(12 * 10000));
    check_near("partner", partner, 17500, 5 * 35000 / sqrt(12 * 10000));
}

/* The cell lies inside the calorimeter, and two clusters give a mass to 2 or 3 %: 15 % is five sigma. */
static void the_detector_measures_the_fake_pi0(void **state)
{
    struct detector detector = detector_default();
    struct random random;
    uint64_t measured = 0, near = 0;
    (void)state;
    random_init(&random, check_seed(), 0);
    for (int i = 0; i < 10000; i++) {
        struct decay decay = decay_at(140e3);
        struct candidate candidate;
        decay.track = four_on_shell(0.51099895, -150, 0, 25000); /* clear of the beam hole */
        decay.track_origin = decay.vertex;
        hot_channel_fake(&random, &decay);
        if (!detector_measure(&detector, &random, &decay, &candidate))
            continue;
        measured++;
        near += fabs(candidate.m_gg / 8192.0 - hot_channel_mass(&decay)) < 0.15 * hot_channel_mass(&decay);
    }
    assert_true(measured > 1000);
    assert_true(near > measured * 99 / 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_fake_photon_always_points_to_the_same_cell),
        cmocka_unit_test(the_fake_pi0_is_the_sum_of_its_photons),
        cmocka_unit_test(the_detector_measures_the_fake_pi0),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
