/* SPDX-License-Identifier: MIT */
#include "check.h"

#include "aim.h"
#include "physics/acceptance.h"

static bool accepts(const struct detector *detector, const struct decay *decay)
{
    struct point impacts[2];
    return acceptance_contains(detector, decay, impacts);
}

static void a_decay_by_hand_is_accepted_and_its_photons_arrive_where_they_were_aimed(void **state)
{
    struct detector detector = detector_default();
    struct decay decay = decay_by_hand();
    struct point impacts[2];
    (void)state;
    assert_true(acceptance_contains(&detector, &decay, impacts));
    for (int i = 0; i < 2; i++) {
        check_near("x", impacts[i].x, i == 0 ? 454.85 : -454.85, 1e-9);
        check_near("y", impacts[i].y, -200, 1e-9);
        check_near("z", impacts[i].z, 241093, 0);
    }
}

/* A track of 40 GeV that starts at (x, start) just before the first chamber and passes (x, y) at z: the kick of
 * 270 MeV / 40 GeV at 197.645 m towards -x is aimed off. */
static struct decay track_through(double start_mm, double x_mm, double y_mm, double z_mm)
{
    struct decay decay = decay_by_hand();
    double bend_mm = z_mm > 197645 ? 270.0 / 40000 * (z_mm - 197645) : 0;
    decay.track_origin = (struct point){x_mm - beam_x_mm(183400), start_mm, 183400};
    decay.track = aim(decay.track_origin, 40000, x_mm + bend_mm, y_mm, z_mm);
    return decay;
}

/* Tracks that come down (in the first chamber: go up) steeply and pass one hole just inside or outside its edge. */
static void a_track_through_the_beam_hole_of_any_chamber_is_lost(void **state)
{
    static const double chambers[4][2] = {{183508, 101.2}, {194066, 114.4}, {204459, 92.4}, {218885, 52.8}};
    struct detector detector = detector_default();
    (void)state;
    detector.lkr_hole_mm = 0;
    for (int i = 0; i < 4; i++) {
        double z_mm = chambers[i][0], x_mm = chambers[i][1];
        struct decay outside = track_through(i == 0 ? 62.9 : 300, x_mm, 63.9, z_mm);
        struct decay inside = track_through(i == 0 ? 62.7 : 300, x_mm, 63.7, z_mm);
        assert_true(accepts(&detector, &outside));
        assert_false(accepts(&detector, &inside));
    }
}

static void a_track_beyond_a_metre_from_the_axis_is_lost(void **state)
{
    struct detector detector = detector_default();
    (void)state;
    struct decay inside = track_through(1000.9, 0, 999.9, 183508), outside = track_through(1001.1, 0, 1000.1, 183508);
    assert_true(accepts(&detector, &inside));
    assert_false(accepts(&detector, &outside));
    detector.lkr_apothem_mm = 2000;
    inside = track_through(300, 0, 999.9, 218885), outside = track_through(300, 0, 1000.1, 218885);
    assert_true(accepts(&detector, &inside));
    assert_false(accepts(&detector, &outside));
}

static void a_track_that_starts_behind_the_first_chamber_is_lost(void **state)
{
    struct detector detector = detector_default();
    struct decay decay = decay_by_hand();
    (void)state;
    decay.track_origin = (struct point){0, 300, 183507};
    assert_true(accepts(&detector, &decay));
    decay.track_origin.z = 183509;
    assert_false(accepts(&detector, &decay));
}

/* The first photon arrives at (x, y) of the experiment; the track arrives at y = 505 mm. */
static bool accepts_photon_at(const struct detector *detector, double x_mm, double y_mm)
{
    struct decay decay = decay_by_hand();
    decay.photons[0] = aim(decay.vertex, 15000, x_mm, y_mm, AIM_LKR_Z_MM);
    return accepts(detector, &decay);
}

/* The corner of a regular octagon: x + y < sqrt(2) 1130 = 1598.06. */
static void photons_must_hit_the_octagon_and_miss_its_hole(void **state)
{
    struct detector detector = detector_default();
    (void)state;
    assert_true(accepts_photon_at(&detector, 0, -150.1));
    assert_false(accepts_photon_at(&detector, 0, -149.9));
    assert_true(accepts_photon_at(&detector, 1129.9, 0));
    assert_false(accepts_photon_at(&detector, 1130.1, 0));
    assert_true(accepts_photon_at(&detector, 0, -1129.9));
    assert_false(accepts_photon_at(&detector, 0, -1130.1));
    assert_true(accepts_photon_at(&detector, 799, -799));
    assert_false(accepts_photon_at(&detector, 799.1, -799.1));
}

/* The other photon is at x = 167.15 - 454.85 = -287.70, y = -200. The track of decay_by_hand() arrives at
 * x = 167.15 - 270 / 39999.5 * 43448 = -126.13, y = 505.47: tan of its angle is 5e-3, from 101.093 m before. */
static void clusters_must_lie_apart(void **state)
{
    struct detector detector = detector_default();
    (void)state;
    assert_true(accepts_photon_at(&detector, -287.70, -400.1));
    assert_false(accepts_photon_at(&detector, -287.70, -399.9));
    assert_true(accepts_photon_at(&detector, -126.13, 505.47 + 150.1));
    assert_false(accepts_photon_at(&detector, -126.13, 505.47 + 149.9));
    assert_true(accepts_photon_at(&detector, -126.13 + 150.1, 505.47));
    assert_false(accepts_photon_at(&detector, -126.13 + 149.9, 505.47));
}

static void particles_need_enough_energy(void **state)
{
    struct detector detector = detector_default();
    struct decay decay = decay_by_hand();
    (void)state;
    decay.photons[1] = four_scale(2001.0 / 15000, decay.photons[1]);
    assert_true(accepts(&detector, &decay));
    decay.photons[1] = four_scale(1999.0 / 2001, decay.photons[1]);
    assert_false(accepts(&detector, &decay));
    decay = decay_by_hand();
    decay.track = aim(decay.vertex, 5001, 911, 288, 197645); /* bent by 54 mrad, it arrives at x = -784 mm */
    assert_true(accepts(&detector, &decay));
    decay.track = four_scale(4999.0 / 5001, decay.track);
    assert_false(accepts(&detector, &decay));
}

static void particles_that_fly_backwards_are_lost(void **state)
{
    struct detector detector = detector_default();
    (void)state;
    for (int i = 0; i < 3; i++) {
        struct decay decay = decay_by_hand();
        struct four *particle = i < 2 ? &decay.photons[i] : &decay.track;
        *particle = (struct four){particle->e, -particle->x, -particle->y, -particle->z}; /* the same straight line */
        assert_false(accepts(&detector, &decay));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_decay_by_hand_is_accepted_and_its_photons_arrive_where_they_were_aimed),
        cmocka_unit_test(a_track_through_the_beam_hole_of_any_chamber_is_lost),
        cmocka_unit_test(a_track_beyond_a_metre_from_the_axis_is_lost),
        cmocka_unit_test(a_track_that_starts_behind_the_first_chamber_is_lost),
        cmocka_unit_test(photons_must_hit_the_octagon_and_miss_its_hole),
        cmocka_unit_test(clusters_must_lie_apart),
        cmocka_unit_test(particles_need_enough_energy),
        cmocka_unit_test(particles_that_fly_backwards_are_lost),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
