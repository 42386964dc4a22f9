/* SPDX-License-Identifier: MIT */
#include "check.h"

#include <string.h>

#include "hnlmon/units.h"
#include "physics/spill.h"

/* Integral of the profile from 0 to t: t + 1.5 x 0.05 x (1 - exp(-t / 0.05)). */
static double expected_integral(double t_s)
{
    return t_s + 0.075 * (1 - exp(-t_s / 0.05));
}

static uint32_t counts_of(double t_s)
{
    return (uint32_t)(t_s * 1e9 / CLOCK_PERIOD_NS);
}

static struct spill_config config_of(uint64_t seed)
{
    struct spill_config config = spill_config_default();
    config.seed = seed;
    return config;
}

static void a_burst_of_n_candidates_has_n_sorted_times_inside_the_spill(void **state)
{
    struct spill spill;
    struct spill_config config = config_of(check_seed());
    uint32_t time, last = 0, n = 0;
    uint64_t triggers;
    (void)state;
    spill_init(&spill, &config);
    assert_false(spill_next(&spill, &time, &triggers)); /* no burst was begun */
    spill_begin_count(&spill, 100000);
    while (spill_next(&spill, &time, &triggers)) {
        assert_true(time >= last && time <= counts_of(4.8));
        last = time;
        n++;
    }
    assert_true(n == 100000);
    assert_true(last > counts_of(4.79));
    assert_false(spill_next(&spill, &time, &triggers));
}

/* Shares of times below 10 ms, 100 ms, 1 s and half the spill. */
static void check_profile(struct spill *spill)
{
    static const double edges_s[4] = {0.01, 0.1, 1, 2.4};
    uint64_t below[4] = {0}, total = 0, triggers;
    uint32_t time;
    while (spill_next(spill, &time, &triggers)) {
        total++;
        for (int i = 0; i < 4; i++)
            below[i] += time < counts_of(edges_s[i]);
    }
    for (int i = 0; i < 4; i++)
        check_share("share", below[i], total, expected_integral(edges_s[i]) / expected_integral(4.8));
}

static void times_follow_the_flat_top_with_its_spike(void **state)
{
    struct spill spill;
    struct spill_config config = config_of(check_seed());
    (void)state;
    spill_init(&spill, &config);
    spill_begin_count(&spill, 200000);
    check_profile(&spill);
    spill_begin(&spill);
    check_profile(&spill);
}

static void poisson_bursts_have_the_mean_and_variance_of_their_rate(void **state)
{
    const int bursts = 2000;
    struct spill spill;
    struct spill_config config = config_of(check_seed());
    double sum = 0, sum2 = 0;
    uint64_t triggers;
    uint32_t time;
    (void)state;
    config.candidates_per_second = 50;
    spill_init(&spill, &config);
    for (int i = 0; i < bursts; i++) {
        double n = 0;
        spill_begin(&spill);
        while (spill_next(&spill, &time, &triggers))
            n++;
        sum += n / bursts;
        sum2 += n * n / bursts;
    }
    check_near("mean", sum, 240, 5 * sqrt(240.0 / bursts));
    check_relative("variance", sum2 - sum * sum, 240, 5 * sqrt(2.0 / bursts));
}

static void triggers_without_candidate_have_their_mean(void **state)
{
    struct spill spill;
    struct spill_config config = config_of(check_seed());
    double sum = 0;
    uint64_t triggers;
    uint32_t time;
    (void)state;
    spill_init(&spill, &config);
    spill_begin_count(&spill, 100000);
    while (spill_next(&spill, &time, &triggers))
        sum += (double)triggers;
    check_near("mean", sum / 100000, 40, 5 * sqrt(40.0 * 41 / 100000));
    config.triggers_per_candidate = 0;
    spill_init(&spill, &config);
    spill_begin_count(&spill, 10);
    while (spill_next(&spill, &time, &triggers))
        assert_true(triggers == 0);
}

/* 5 bursts of 50 s at 2 kHz, not the 10 Hz of the configuration: 500,000 candidates with 3 triggers each. */
static void other_rates_hold_for_the_bursts_to_come(void **state)
{
    struct spill_config config = {check_seed(), 0, 50, 50, 10, 0};
    struct spill spill;
    uint64_t count = 0, sum = 0;
    (void)state;
    spill_init(&spill, &config);
    spill_set_rates(&spill, 2000, 3);
    for (int burst = 0; burst < 5; burst++) {
        uint64_t triggers;
        uint32_t time;
        spill_begin(&spill);
        while (spill_next(&spill, &time, &triggers)) {
            count++;
            sum += triggers;
        }
    }
    check_near("candidates", (double)count, 500000, 5 * sqrt(500000));
    check_near("triggers", (double)sum / (double)count, 3, 5 * sqrt(3 * 4 / 500000.0));
}

static void the_longest_spill_stays_below_the_clock_limit(void **state)
{
    struct spill spill;
    struct spill_config config = config_of(check_seed());
    uint64_t triggers;
    uint32_t time = 0;
    (void)state;
    config.length_s = 53.58;
    config.period_s = 60;
    assert_null(spill_config_error(&config));
    spill_init(&spill, &config);
    spill_begin_count(&spill, 100000);
    while (spill_next(&spill, &time, &triggers))
        assert_true(time < CLOCK_LIMIT);
}

static void the_intensity_averages_to_one(void **state)
{
    struct spill spill;
    struct spill_config config = spill_config_default();
    double sum = 0;
    (void)state;
    spill_init(&spill, &config);
    for (int i = 0; i < 48000; i++)
        sum += spill_intensity(&spill, (i + 0.5) * 1e-4) / 48000;
    check_near("mean", sum, 1, 1e-6);
    check_near("spike over flat top", spill_intensity(&spill, 0) / spill_intensity(&spill, 4), 2.5, 1e-9);
    assert_true(spill_intensity(&spill, -1e-9) == 0 && spill_intensity(&spill, 4.8) == 0);
    assert_true(spill_start_ns(&spill, 10) == UINT64_C(144000000000));
}

/* 4.8 s with 20 % of it cut out of the middle: 1.92 .. 2.88 s. */
static void a_gap_has_no_candidates_and_leaves_the_rest_as_it_was(void **state)
{
    struct spill spill;
    struct spill_config config = config_of(check_seed());
    uint64_t triggers, before = 0, after = 0;
    uint32_t time;
    (void)state;
    spill_init(&spill, &config);
    check_near("beam that is left", spill_set_gap(&spill, 0.2), 1 - 0.96 / expected_integral(4.8), 1e-12);
    assert_true(spill_intensity(&spill, 1.93) == 0 && spill_intensity(&spill, 2.87) == 0);
    check_near("flat top", spill_intensity(&spill, 2.89), 4.8 / expected_integral(4.8), 1e-9);
    for (int burst = 0; burst < 2; burst++) {
        if (burst == 0)
            spill_begin(&spill);
        else
            spill_begin_count(&spill, 100000);
        while (spill_next(&spill, &time, &triggers)) {
            assert_true(time <= counts_of(1.92) || time >= counts_of(2.88));
            before += time <= counts_of(1.92);
            after += time >= counts_of(2.88);
        }
    }
    check_share("before the gap", before, before + after, expected_integral(1.92) / (expected_integral(4.8) - 0.96));
    spill_begin(&spill);
    double expected = 25e3 * 4.8 * (1 - 0.96 / expected_integral(4.8)), n = 0;
    while (spill_next(&spill, &time, &triggers))
        n++;
    check_near("candidates", n, expected, 5 * sqrt(expected));
    assert_true(spill_set_gap(&spill, 0) == 1);
    spill_begin_count(&spill, 200000);
    check_profile(&spill);
}

static void expect_error(struct spill_config config, const char *word)
{
    const char *error = spill_config_error(&config);
    assert_non_null(error);
    assert_non_null(strstr(error, word));
}

static void impossible_configurations_are_named(void **state)
{
    struct spill_config good = spill_config_default(), bad;
    (void)state;
    assert_null(spill_config_error(&good));
    bad = good, bad.length_s = 0, expect_error(bad, "spill");
    bad = good, bad.length_s = 53.6, expect_error(bad, "2^31");
    bad = good, bad.period_s = 4, expect_error(bad, "period");
    bad = good, bad.candidates_per_second = 0, expect_error(bad, "rate");
    bad = good, bad.candidates_per_second = NAN, expect_error(bad, "rate");
    bad = good, bad.triggers_per_candidate = -1, expect_error(bad, "triggers");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_burst_of_n_candidates_has_n_sorted_times_inside_the_spill),
        cmocka_unit_test(times_follow_the_flat_top_with_its_spike),
        cmocka_unit_test(poisson_bursts_have_the_mean_and_variance_of_their_rate),
        cmocka_unit_test(triggers_without_candidate_have_their_mean),
        cmocka_unit_test(other_rates_hold_for_the_bursts_to_come),
        cmocka_unit_test(the_longest_spill_stays_below_the_clock_limit),
        cmocka_unit_test(the_intensity_averages_to_one),
        cmocka_unit_test(a_gap_has_no_candidates_and_leaves_the_rest_as_it_was),
        cmocka_unit_test(impossible_configurations_are_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
