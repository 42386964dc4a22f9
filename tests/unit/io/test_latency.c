/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "io/latency.h"

static void nothing_counted_gives_zero(void **state)
{
    (void)state;
    struct latency latency = {.total = 0};
    assert_true(latency_quantile_us(&latency, 0.5) == 0.0);
}

static void a_quantile_is_never_too_small_and_at_most_an_eighth_too_large(void **state)
{
    (void)state;
    for (double ns = 1; ns < 1e18; ns *= 1.07) {
        struct latency latency = {.total = 0};
        latency_add(&latency, (int64_t)ns);
        double us = latency_quantile_us(&latency, 1.0);
        assert_true(us * 1000.0 >= (double)(int64_t)ns);
        assert_true(us * 1000.0 <= (double)(int64_t)ns * 1.125 + 1.0);
    }
}

/* 1000 times of 1 .. 1000 us: the median is 500, the 99th percentile 990. */
static void quantiles_of_a_uniform_distribution_are_found(void **state)
{
    (void)state;
    struct latency latency = {.total = 0};
    for (int us = 1; us <= 1000; us++)
        latency_add(&latency, us * 1000);
    double p50 = latency_quantile_us(&latency, 0.50), p99 = latency_quantile_us(&latency, 0.99);
    assert_true(p50 >= 500 && p50 <= 563);
    assert_true(p99 >= 990 && p99 <= 1114);
}

static void extreme_times_are_counted(void **state)
{
    (void)state;
    struct latency latency = {.total = 0};
    latency_add(&latency, INT64_MIN);
    latency_add(&latency, INT64_MAX);
    assert_int_equal(latency.total, 2);
    assert_true(latency_quantile_us(&latency, 0.5) <= 0.001);
    assert_true(latency_quantile_us(&latency, 1.0) >= 9.2e15);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_counted_gives_zero),
        cmocka_unit_test(a_quantile_is_never_too_small_and_at_most_an_eighth_too_large),
        cmocka_unit_test(quantiles_of_a_uniform_distribution_are_found),
        cmocka_unit_test(extreme_times_are_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
