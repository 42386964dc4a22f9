/* SPDX-License-Identifier: MIT */
/* Expected values: the points of the simulation (tests/vectors/make_false_alarm.py), interpolation by hand, and tails
 * of the normal distribution by scipy. */
#include "core/false_alarm.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define MONTH_S (30 * 86400.0)
#define DENSE 4.892 /* 10^5 candidates per burst */

static void assert_rate(enum horizon_id horizon, double density, double z, double expected_per_month)
{
    double rate = false_alarm_rate_hz(horizon, density, z) * MONTH_S;
    if (!(fabs(rate / expected_per_month - 1) < 1e-10))
        fail_msg("horizon %s density %g z %g: %.12g, expected %.12g", horizon_name(horizon), density, z, rate,
                 expected_per_month);
}

static void assert_z(enum horizon_id horizon, double density, double per_month, double expected_z)
{
    double z = false_alarm_z(horizon, density, per_month);
    if (!(fabs(z - expected_z) < 1e-9))
        fail_msg("horizon %s density %g rate %g: %.12g, expected %.12g", horizon_name(horizon), density, per_month, z,
                 expected_z);
}

/* At 10^5 candidates per burst, 10, 1 and 0.2 episodes in 30 days. */
static void simulated_points_are_reproduced(void **state)
{
    (void)state;
    static const double rates[] = {10, 1, 0.2};
    static const double z[][3] = {
        {4.11, 4.48, 4.72}, {4.64, 5.14, 5.44}, {4.32, 4.91, 5.33}, {3.86, 4.50, 4.89}, {2.51, 3.32, 3.89}};
    for (size_t i = 0; i < COUNT(z); i++)
        for (size_t k = 0; k < COUNT(rates); k++) {
            assert_rate((enum horizon_id)(HORIZON_1 + i), DENSE, z[i][k], rates[k]);
            assert_z((enum horizon_id)(HORIZON_1 + i), DENSE, rates[k], z[i][k]);
        }
}

/* Half way between two points: the geometric mean of their rates. */
static void between_points_the_logarithm_is_linear(void **state)
{
    (void)state;
    double a = false_alarm_z(HORIZON_10, DENSE, 10), b = false_alarm_z(HORIZON_10, DENSE, 1),
           c = false_alarm_z(HORIZON_10, DENSE, 0.2);
    assert_rate(HORIZON_10, DENSE, 0.5 * (a + b), sqrt(10));
    assert_rate(HORIZON_10, DENSE, 0.5 * (b + c), sqrt(0.2));
    assert_z(HORIZON_10, DENSE, sqrt(10), 0.5 * (a + b));
}

/* By scipy: 0.2 norm.sf(z) / norm.sf(z of 0.2), with the z of the run at 10^5 candidates. */
static void beyond_the_points_the_rate_falls_like_a_normal_tail(void **state)
{
    (void)state;
    static const struct {
        double z, rate;
    } tails[] = {{1.5, 11783.923465403639},
                 {6.5, 1.5930824202218764e-05},
                 {8, 2.4677543543189378e-10},
                 {12, 7.047016960017547e-28},
                 {30, 1.9464139845532362e-192}};
    for (size_t i = 0; i < COUNT(tails); i++) {
        assert_rate(HORIZON_RUN, DENSE, tails[i].z, tails[i].rate);
        assert_z(HORIZON_RUN, DENSE, tails[i].rate, fmax(tails[i].z, FALSE_ALARM_Z_MIN));
    }
}

/* In the middle of 10^5 and 10^6 candidates, on a logarithmic scale, thresholds are in the middle. */
static void between_densities_thresholds_follow_the_logarithm(void **state)
{
    (void)state;
    for (enum horizon_id horizon = HORIZON_1; horizon < HORIZON_COUNT; horizon++) {
        double low = false_alarm_z(horizon, DENSE, 0.2), high = false_alarm_z(horizon, 10 * DENSE, 0.2);
        assert_z(horizon, DENSE * sqrt(10), 0.2, 0.5 * (low + high));
        assert_z(horizon, 1e6 * DENSE, 0.2, high);
        assert_z(horizon, 0, 0.2, false_alarm_z(horizon, 0.001, 0.2));
    }
}

/* Few candidates hardly come to any significance. */
static void a_short_horizon_of_few_candidates_needs_less(void **state)
{
    (void)state;
    for (enum horizon_id horizon = HORIZON_1; horizon <= HORIZON_100; horizon++)
        assert_true(false_alarm_z(horizon, 0.0245, 0.2) < false_alarm_z(horizon, DENSE, 0.2) - 0.5);
}

static void there_is_at_most_one_episode_per_burst(void **state)
{
    (void)state;
    assert_rate(HORIZON_1, DENSE, -40, 120000);
    assert_rate(HORIZON_10, DENSE, 0, 120000);
    assert_rate(HORIZON_100, DENSE, -INFINITY, 120000);
}

static void a_larger_significance_is_never_more_frequent(void **state)
{
    (void)state;
    static const double densities[] = {0, 0.01, 0.1, 1, 10, 100, 1e9};
    for (enum horizon_id horizon = HORIZON_1; horizon < HORIZON_COUNT; horizon++)
        for (size_t i = 0; i < COUNT(densities); i++) {
            double last = 1;
            for (double z = -40; z <= 40; z += 1.0 / 128) {
                double rate = false_alarm_rate_hz(horizon, densities[i], z);
                assert_true(rate > 0 && rate <= last);
                assert_true(rate < last || z < 3 || z > 36); /* only the ends are flat */
                last = rate;
            }
            assert_true(false_alarm_rate_hz(horizon, densities[i], INFINITY) > 0);
        }
}

static void rate_and_significance_are_inverse(void **state)
{
    (void)state;
    for (enum horizon_id horizon = HORIZON_1; horizon < HORIZON_COUNT; horizon++)
        for (double per_month = 1e-6; per_month < 1e3; per_month *= 1.7) {
            double z = false_alarm_z(horizon, DENSE, per_month);
            if (z > FALSE_ALARM_Z_MIN)
                assert_rate(horizon, DENSE, z, per_month);
        }
}

static void what_is_not_tested_has_no_rate_and_no_threshold(void **state)
{
    (void)state;
    assert_true(false_alarm_rate_hz(HORIZON_OPEN, DENSE, 5) == 0);
    assert_true(isnan(false_alarm_rate_hz(HORIZON_RUN, DENSE, NAN)));
    assert_true(isnan(false_alarm_rate_hz(HORIZON_RUN, NAN, 5)));
    assert_true(false_alarm_z(HORIZON_OPEN, DENSE, 1) == 0);
    assert_true(false_alarm_z(HORIZON_RUN, DENSE, 0) == 0);
    assert_true(false_alarm_z(HORIZON_RUN, DENSE, NAN) == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(simulated_points_are_reproduced),
        cmocka_unit_test(between_points_the_logarithm_is_linear),
        cmocka_unit_test(beyond_the_points_the_rate_falls_like_a_normal_tail),
        cmocka_unit_test(between_densities_thresholds_follow_the_logarithm),
        cmocka_unit_test(a_short_horizon_of_few_candidates_needs_less),
        cmocka_unit_test(there_is_at_most_one_episode_per_burst),
        cmocka_unit_test(a_larger_significance_is_never_more_frequent),
        cmocka_unit_test(rate_and_significance_are_inverse),
        cmocka_unit_test(what_is_not_tested_has_no_rate_and_no_threshold),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
