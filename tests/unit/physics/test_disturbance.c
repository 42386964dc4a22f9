/* SPDX-License-Identifier: MIT */
#include "check.h"

#include "hnlmon/candidate.h"
#include "physics/disturbance.h"

#define DRAWS 200000

static void a_lost_share_of_the_lav_leaves_the_other_vetoes_alone(void **state)
{
    struct disturbance disturbance = DISTURBANCE_NONE;
    struct random random;
    uint64_t seen = 0;
    (void)state;
    disturbance.lav_lost = 0.3;
    random_init(&random, check_seed(), 0);
    for (int i = 0; i < DRAWS; i++) {
        seen += disturbance_veto(&disturbance, &random, FLAG_LAV) == FLAG_LAV;
        assert_true(disturbance_veto(&disturbance, &random, FLAG_IRC) == FLAG_IRC);
        assert_true(disturbance_veto(&disturbance, &random, FLAG_SAC) == FLAG_SAC);
        assert_true(disturbance_veto(&disturbance, &random, FLAG_LKR_EXTRA) == FLAG_LKR_EXTRA);
        assert_true(disturbance_veto(&disturbance, &random, 0) == 0);
    }
    check_share("seen", seen, DRAWS, 0.7);
}

static void a_lav_that_is_off_altogether_sees_nothing(void **state)
{
    struct disturbance disturbance = DISTURBANCE_NONE;
    struct random random;
    (void)state;
    disturbance.lav_lost = 1;
    random_init(&random, 1, 0);
    for (int i = 0; i < 1000; i++)
        assert_true(disturbance_veto(&disturbance, &random, FLAG_LAV) == 0);
}

static void without_a_disturbance_no_random_number_is_drawn(void **state)
{
    struct disturbance disturbance = DISTURBANCE_NONE;
    struct random random, before;
    (void)state;
    random_init(&random, 1, 0);
    before = random;
    assert_true(disturbance_is_sane(&disturbance));
    assert_true(disturbance_veto(&disturbance, &random, FLAG_LAV) == FLAG_LAV);
    assert_memory_equal(&random, &before, sizeof random);
}

static void what_is_out_of_bounds_is_not_sane(void **state)
{
    const double bad[][2] = {{-0.01, 1.01}, {-0.51, 0.51}, {-0.11, 0.11}, {-0.01, 4.01}, {0, 20.1}};
    (void)state;
    for (int side = 0; side < 3; side++) {
        for (int member = 0; member < 5; member++) {
            struct disturbance disturbance = DISTURBANCE_NONE;
            double *members[] = {&disturbance.lav_lost, &disturbance.lkr_gain, &disturbance.beam_shift,
                                 &disturbance.hot_share, &disturbance.intensity};
            *members[member] = side < 2 ? bad[member][side] : NAN;
            assert_false(disturbance_is_sane(&disturbance));
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_lost_share_of_the_lav_leaves_the_other_vetoes_alone),
        cmocka_unit_test(a_lav_that_is_off_altogether_sees_nothing),
        cmocka_unit_test(without_a_disturbance_no_random_number_is_drawn),
        cmocka_unit_test(what_is_out_of_bounds_is_not_sane),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
