/* SPDX-License-Identifier: MIT */
#include "check.h"

#include "../../vectors/physics_vectors.h"
#include "hnlmon/candidate.h"
#include "physics/constants.h"
#include "physics/veto.h"

#define DRAWS 400000

static struct four at_angle(double angle)
{
    return (struct four){1, sin(angle), 0, cos(angle)};
}

/* A hard photon, 200 MeV in the kaon's frame, behind a veto without threshold. */
static void isotropic_photons_survive_as_the_closed_formula_says(void **state)
{
    const struct veto perfect = {0, 0.050, 0, 0}, veto = {0, 0.050, 1e-3, 0};
    (void)state;
    check_relative("beyond 50 mrad", veto_survival(&perfect, 200, 75000), vector_beyond_50_mrad, 1e-9);
    check_relative("survival", veto_survival(&veto, 200, 75000), vector_survival, 1e-9);
}

static void photons_that_cannot_reach_the_threshold_always_survive(void **state)
{
    const struct veto veto = {50, 0.050, 1e-3, 0};
    (void)state;
    for (double k = 0.16; k > 1e-300; k *= 1e-30) /* 0.16 MeV are at most 48.6 MeV in the laboratory */
        check_near("survival", veto_survival(&veto, k, 75000), 1, 1e-15);
    check_near("survival", veto_survival(&veto, 0, 75000), 1, 0);
    assert_true(veto_survival(&veto, 0.17, 75000) < 1);
}

/* 1 MeV: seen when 151.92 (1 + beta c) >= 50, unseen for c < -0.6709: half of 0.3291 is unseen. */
static void a_soft_photon_survives_with_its_hand_calculated_probability(void **state)
{
    const struct veto veto = {50, 0.050, 1e-3, 0};
    const double energy = sqrt(75000.0 * 75000.0 + 493.677 * 493.677);
    const double cosine = (50 / (energy / 493.677) - 1) / (75000 / energy);
    const double unseen = 0.5 * (1 + cosine);
    (void)state;
    check_near("unseen", unseen, 0.16456, 1e-4);
    check_relative("survival", veto_survival(&veto, 1, 75000), unseen + 1e-3 * (1 - unseen), 1e-12);
}

static void photons_drawn_one_by_one_survive_as_often_as_the_closed_formula_says(void **state)
{
    const struct veto veto = {50, 0.050, 1e-3, 0};
    const struct four kaon = four_on_shell(MASS_KAON_MEV, 0, 0, 75000);
    struct random random;
    (void)state;
    random_init(&random, check_seed(), 0);
    for (double k = 0.3; k < 300; k *= 10) {
        uint64_t survived = 0;
        for (int i = 0; i < DRAWS; i++) {
            struct rotation rotation = random_rotation(&random);
            struct four lab = four_boost(four_rotate((struct four){1, 0, 0, 1}, &rotation), kaon, MASS_KAON_MEV);
            survived += veto_flags(&veto, &random, lab, k * lab.e) == 0;
        }
        check_share("survivors", survived, DRAWS, veto_survival(&veto, k, 75000));
    }
}

/* 1 MeV: faint for c < -0.6709 as above; the angle of 50 mrad is passed at c = -0.96594, so none is outside. 20 MeV:
 * faint for c < -0.98355, outside between there and c = -0.96594. */
static void the_shares_of_a_photon_are_hand_calculated(void **state)
{
    const struct veto veto = {50, 0.050, 1e-3, 0};
    struct veto_shares soft = veto_shares(&veto, 1, 75000), hard = veto_shares(&veto, 20, 75000);
    (void)state;
    check_near("soft, faint", soft.of[VETO_FAINT], 0.16456, 1e-4);
    check_near("soft, outside", soft.of[VETO_OUTSIDE], 0, 0);
    check_near("soft, all", soft.of[VETO_FAINT] + soft.of[VETO_INSIDE], 1, 1e-15);
    check_relative("hard, faint", hard.of[VETO_FAINT], 8.2171e-3, 2e-3);
    check_relative("hard, faint or outside", hard.of[VETO_FAINT] + hard.of[VETO_OUTSIDE], vector_beyond_50_mrad, 1e-9);
    check_relative("hard, inside", hard.of[VETO_INSIDE], 1 - vector_beyond_50_mrad, 1e-9);
}

/* Against isotropic photons that are drawn and boosted one by one. */
static void detectors_see_the_photons_of_their_angles(void **state)
{
    const struct veto veto = {50, 0.050, 1e-3, 0};
    const double energies[] = {1, 20, 200};
    const double gamma = sqrt(75000.0 * 75000.0 + MASS_KAON_MEV * MASS_KAON_MEV) / MASS_KAON_MEV;
    const double beta = 75000.0 / (gamma * MASS_KAON_MEV);
    struct random random;
    (void)state;
    random_init(&random, check_seed(), 4);
    for (int i = 0; i < 3; i++) {
        uint64_t flags[VETO_COUNT] = {0};
        double seen[VETO_COUNT];
        for (int draw = 0; draw < DRAWS; draw++) {
            struct four n = random_direction(&random);
            struct four photon = {gamma * energies[i] * (1 + beta * n.z), energies[i] * n.x, energies[i] * n.y,
                                  gamma * energies[i] * (beta + n.z)};
            uint32_t flag = veto_flags(&veto, &random, photon, photon.e);
            for (int detector = 0; detector < VETO_COUNT; detector++)
                flags[detector] += flag >> (FLAG_VETO_SHIFT + detector) & 1;
        }
        veto_seen(&veto, energies[i], 75000, seen);
        for (int detector = 0; detector < VETO_COUNT; detector++)
            check_share("detector", flags[detector], DRAWS, seen[detector]);
        check_relative("all", seen[0] + seen[1] + seen[2] + seen[3], 1 - veto_survival(&veto, energies[i], 75000),
                       1e-12);
    }
}

/* 100 decays: 0.1 * 10 + 0.02 * 85 + 5 are left. */
static void each_region_is_missed_as_the_veto_says(void **state)
{
    const struct veto veto = {50, 0.050, 0.02, 0.9};
    const struct veto_shares shares = {{[VETO_FAINT] = 5, [VETO_OUTSIDE] = 10, [VETO_INSIDE] = 85}};
    (void)state;
    check_relative("missed", veto_missed(&veto, &shares), 7.7, 1e-15);
}

/* 200 MeV in the kaon's frame behind a veto that sees nine of ten photons outside: 0.1 * 0.017028 survive there. */
static void a_veto_outside_the_angle_sees_its_share(void **state)
{
    const struct veto veto = {50, 0.050, 0, 0.9}, open = {0, 0.050, 0, 0.9};
    const struct four outside = at_angle(0.1);
    uint64_t seen = 0;
    struct random random;
    (void)state;
    check_relative("survival", veto_survival(&open, 200, 75000), 0.1 * vector_beyond_50_mrad, 1e-9);
    random_init(&random, check_seed(), 3);
    for (int i = 0; i < DRAWS; i++)
        seen += veto_flags(&veto, &random, outside, 1000) == FLAG_LAV;
    check_share("seen", seen, DRAWS, 0.9);
    assert_true(veto_flags(&veto, &random, outside, 49) == 0);
}

static void each_angle_has_its_detector(void **state)
{
    const struct veto veto = {50, 0.050, 0, 0};
    struct random random;
    (void)state;
    random_init(&random, 1, 0);
    assert_true(veto_flags(&veto, &random, at_angle(0), 1000) == FLAG_SAC);
    assert_true(veto_flags(&veto, &random, at_angle(0.4e-3), 1000) == FLAG_SAC);
    assert_true(veto_flags(&veto, &random, at_angle(0.7e-3), 1000) == FLAG_IRC);
    assert_true(veto_flags(&veto, &random, at_angle(5e-3), 1000) == FLAG_LKR_EXTRA);
    assert_true(veto_flags(&veto, &random, at_angle(20e-3), 1000) == FLAG_LAV);
    assert_true(veto_flags(&veto, &random, at_angle(51e-3), 1000) == 0);
    assert_true(veto_flags(&veto, &random, at_angle(3), 1000) == 0);
    assert_true(veto_flags(&veto, &random, at_angle(5e-3), 49.9) == 0);
}

static void a_photon_is_where_its_angle_and_energy_say(void **state)
{
    const struct veto veto = {.threshold_mev = 50, .angle_rad = 0.050};
    (void)state;
    assert_int_equal(veto_region_of(&veto, at_angle(20e-3), 1000), VETO_INSIDE);
    assert_int_equal(veto_region_of(&veto, at_angle(51e-3), 1000), VETO_OUTSIDE);
    assert_int_equal(veto_region_of(&veto, at_angle(20e-3), 49.9), VETO_FAINT);
    assert_int_equal(veto_region_of(&veto, at_angle(51e-3), 49.9), VETO_FAINT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(isotropic_photons_survive_as_the_closed_formula_says),
        cmocka_unit_test(photons_that_cannot_reach_the_threshold_always_survive),
        cmocka_unit_test(a_soft_photon_survives_with_its_hand_calculated_probability),
        cmocka_unit_test(photons_drawn_one_by_one_survive_as_often_as_the_closed_formula_says),
        cmocka_unit_test(the_shares_of_a_photon_are_hand_calculated),
        cmocka_unit_test(detectors_see_the_photons_of_their_angles),
        cmocka_unit_test(each_region_is_missed_as_the_veto_says),
        cmocka_unit_test(a_veto_outside_the_angle_sees_its_share),
        cmocka_unit_test(each_angle_has_its_detector),
        cmocka_unit_test(a_photon_is_where_its_angle_and_energy_say),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
