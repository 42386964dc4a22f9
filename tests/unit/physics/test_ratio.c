/* SPDX-License-Identifier: MIT */
#include "chi2.h"

#include "physics/ratio.h"

static void add(struct ratio *ratio, struct ratio_base *base, uint32_t stratum, double weight, double x)
{
    ratio_base_add(base, stratum, weight);
    ratio_add(ratio, stratum, weight, x);
}

/* 1, 2, 3, 4: mean 5/2, and variance of the mean 4/3 * 5 / 16. */
static void four_events_have_their_hand_calculated_mean_and_error(void **state)
{
    struct ratio ratio = {{0}, {0}, {0}};
    struct ratio_base base = {{0}, {0}};
    const uint64_t all[STRATA_COUNT] = {4}, twice[STRATA_COUNT] = {8};
    (void)state;
    for (int i = 1; i <= 4; i++)
        add(&ratio, &base, 0, 0.5, i);
    struct estimate estimate = ratio_estimate(&ratio, &base, all);
    check_relative("mean", estimate.value, 2.5, 1e-14);
    check_relative("error", estimate.error, sqrt(4.0 / 3 * 5 / 16), 1e-14);
    /* Four more trials outside the base: the terms e still add up to 0, only n / (n - 1) changes. */
    estimate = ratio_estimate(&ratio, &base, twice);
    check_relative("mean", estimate.value, 2.5, 1e-14);
    check_relative("error", estimate.error, sqrt(8.0 / 7 * 5 / 16), 1e-14);
}

/* 1 and 3 with weight 3 in one stratum, 5 and 5 with weight 1 in another: R = 22/8. The terms e = w (x - R) are -21/4
 * and 3/4 there, 9/4 twice here, where nothing varies. */
static void strata_add_their_variances(void **state)
{
    struct ratio ratio = {{0}, {0}, {0}};
    struct ratio_base base = {{0}, {0}};
    const uint64_t trials[STRATA_COUNT] = {0, 2, 2};
    (void)state;
    add(&ratio, &base, 1, 3, 1);
    add(&ratio, &base, 1, 3, 3);
    add(&ratio, &base, 2, 1, 5);
    add(&ratio, &base, 2, 1, 5);
    struct estimate estimate = ratio_estimate(&ratio, &base, trials);
    check_relative("mean", estimate.value, 2.75, 1e-14);
    check_relative("error", estimate.error, sqrt(2 * (5.25 * 5.25 + 0.75 * 0.75 - 4.5 * 4.5 / 2)) / 8, 1e-13);
}

static void an_empty_base_has_no_mean(void **state)
{
    const struct ratio ratio = {{0}, {0}, {0}};
    const struct ratio_base base = {{0}, {0}};
    const uint64_t trials[STRATA_COUNT] = {4};
    (void)state;
    assert_true(isnan(ratio_estimate(&ratio, &base, trials).value));
    assert_true(isnan(ratio_estimate(&ratio, &base, trials).error));
}

/* Weights uniform in 0 .. 1 and 0 .. 2, x below 0.3 or 0.1 counts: R = (0.5 * 0.3 + 1 * 0.1) / 1.5 for equal strata;
 * a quarter of the trials is outside the base. */
static struct estimate experiment(struct random *random)
{
    struct ratio ratio = {{0}, {0}, {0}};
    struct ratio_base base = {{0}, {0}};
    const uint64_t trials[STRATA_COUNT] = {2000, 0, 2000};
    for (uint32_t stratum = 0; stratum <= 2; stratum += 2)
        for (int i = 0; i < 2000; i++) {
            double weight = random_uniform(random) * (stratum == 0 ? 1 : 2);
            bool is_inside = random_uniform(random) < 0.75;
            bool is_hit = random_uniform(random) < (stratum == 0 ? 0.3 : 0.1);
            if (is_inside)
                add(&ratio, &base, stratum, weight, is_hit);
        }
    return ratio_estimate(&ratio, &base, trials);
}

static void many_experiments_scatter_as_their_errors_say(void **state)
{
    const int experiments = 400;
    struct random random;
    double sum = 0;
    (void)state;
    random_init(&random, check_seed(), 0);
    for (int i = 0; i < experiments; i++) {
        struct estimate estimate = experiment(&random);
        double pull = (estimate.value - 0.25 / 1.5) / estimate.error;
        sum += pull * pull;
    }
    double p = chi2_tail(sum, experiments);
    printf("chi2 of the pulls %.1f / %d, p = %.4f\n", sum, experiments, p);
    assert_true(p > CHI2_P_MIN && p < 1 - CHI2_P_MIN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(four_events_have_their_hand_calculated_mean_and_error),
        cmocka_unit_test(strata_add_their_variances),
        cmocka_unit_test(an_empty_base_has_no_mean),
        cmocka_unit_test(many_experiments_scatter_as_their_errors_say),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
