/* SPDX-License-Identifier: MIT */
/* Expected values: the points of the simulation, and tails of the normal distribution by scipy. */
#include "core/false_alarm.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define DAY_S 86400.0

static void assert_rate(enum horizon_id horizon, double z, double expected_hz)
{
    double rate = false_alarm_rate_hz(horizon, z);
    if (!(fabs(rate / expected_hz - 1) < 1e-10))
        fail_msg("horizon %s z %g: %.12g Hz, expected %.12g", horizon_name(horizon), z, rate, expected_hz);
}

static void simulated_points_are_reproduced(void **state)
{
    (void)state;
    static const double z[][3] = {{4.83, 5.26, 5.56}, {4.86, 5.39, 5.64}, {4.46, 4.92, 5.22}, {3.97, 4.49, 4.74}};
    for (size_t i = 0; i < COUNT(z); i++) {
        enum horizon_id horizon = (enum horizon_id)(HORIZON_1 + i);
        assert_rate(horizon, z[i][0], 0.25 / DAY_S);
        assert_rate(horizon, z[i][1], 1 / (30 * DAY_S));
        assert_rate(horizon, z[i][2], 1 / (120 * DAY_S));
    }
}

/* Half way between two points: the geometric mean of their rates. */
static void between_points_the_logarithm_is_linear(void **state)
{
    (void)state;
    assert_rate(HORIZON_1, 0.5 * (4.83 + 5.26), sqrt(0.25 / 30) / DAY_S);
    assert_rate(HORIZON_RUN, 0.5 * (4.49 + 4.74), 1 / (60 * DAY_S));
}

static void beyond_the_points_the_rate_falls_like_a_normal_tail(void **state)
{
    (void)state;
    assert_rate(HORIZON_1, 3, 0.0057216255521670405);
    assert_rate(HORIZON_1, 6.5, 2.871624408647563e-10);
    assert_rate(HORIZON_RUN, 2, 0.001831794006618491);
    assert_rate(HORIZON_RUN, 8, 5.615014859754087e-17);
    assert_rate(HORIZON_RUN, 30, 4.428780938982744e-199);
}

/* By scipy. Below 3.42 the period follows the tail; 2.83 is rounded, where it has 0.25 a day. */
static void the_period_has_two_points_of_its_own(void **state)
{
    (void)state;
    assert_rate(HORIZON_PERIOD, 3.42, 1 / (30 * DAY_S));
    assert_rate(HORIZON_PERIOD, 3.84, 1 / (120 * DAY_S));
    assert_rate(HORIZON_PERIOD, 3.63, 1 / (60 * DAY_S));
    assert_rate(HORIZON_PERIOD, 5, 4.494310728576826e-10);
    double tail = false_alarm_rate_hz(HORIZON_PERIOD, 2.83) * 30 * DAY_S;
    assert_true(fabs(tail - 7.5) < 0.1);
}

static void there_is_at_most_one_episode_per_burst(void **state)
{
    (void)state;
    assert_rate(HORIZON_1, -40, 4000 / DAY_S);
    assert_rate(HORIZON_10, 0, 4000 / DAY_S);
    assert_rate(HORIZON_100, -INFINITY, 4000 / DAY_S);
}

static void a_larger_significance_is_never_more_frequent(void **state)
{
    (void)state;
    for (enum horizon_id horizon = HORIZON_1; horizon < HORIZON_COUNT; horizon++) {
        double last = 1;
        for (double z = -40; z <= 40; z += 1.0 / 128) {
            double rate = false_alarm_rate_hz(horizon, z);
            assert_true(rate > 0 && rate <= last);
            assert_true(rate < last || z < 3 || z > 37); /* only the ends are flat */
            last = rate;
        }
        assert_true(false_alarm_rate_hz(horizon, INFINITY) > 0);
    }
}

/* Thresholds of MAJOR: at most one false alarm in 30 days over the horizons without the period, which adds 0.2. Of
 * MINOR: about one a day. */
static void the_default_thresholds_keep_their_promise(void **state)
{
    (void)state;
    double major = false_alarm_rate_hz(HORIZON_1, 5.60) + false_alarm_rate_hz(HORIZON_10, 5.60) +
                   false_alarm_rate_hz(HORIZON_100, 5.25) + false_alarm_rate_hz(HORIZON_RUN, 4.75);
    double minor = false_alarm_rate_hz(HORIZON_1, 4.85) + false_alarm_rate_hz(HORIZON_10, 4.85) +
                   false_alarm_rate_hz(HORIZON_100, 4.45);
    double period = false_alarm_rate_hz(HORIZON_PERIOD, 3.90);
    assert_true(major * DAY_S * 30 > 0.8 && major * DAY_S * 30 < 1.0);
    assert_true(period * DAY_S * 30 > 0.15 && period * DAY_S * 30 < 0.25);
    assert_true(minor * DAY_S > 0.6 && minor * DAY_S < 1.0);
}

static void what_is_not_tested_has_no_rate(void **state)
{
    (void)state;
    assert_true(false_alarm_rate_hz(HORIZON_OPEN, 5) == 0);
    assert_true(isnan(false_alarm_rate_hz(HORIZON_RUN, NAN)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(simulated_points_are_reproduced),
        cmocka_unit_test(between_points_the_logarithm_is_linear),
        cmocka_unit_test(beyond_the_points_the_rate_falls_like_a_normal_tail),
        cmocka_unit_test(the_period_has_two_points_of_its_own),
        cmocka_unit_test(there_is_at_most_one_episode_per_burst),
        cmocka_unit_test(a_larger_significance_is_never_more_frequent),
        cmocka_unit_test(the_default_thresholds_keep_their_promise),
        cmocka_unit_test(what_is_not_tested_has_no_rate),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
