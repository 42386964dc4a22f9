/* SPDX-License-Identifier: MIT */
#include "check.h"

#include "physics/random.h"
#include "physics/resolution.h"

#define DRAWS 200000

static struct resolution resolution;

/* For a Gaussian the error of the rms is sigma / sqrt(2 n); that of the half width between the quantiles of +-1 sigma
 * is sigma sqrt(p (1 - 2 p) / (2 n)) / phi(1) = 0.96175 sigma / sqrt(n), with p = 0.158655 and phi(1) = 0.241971. */
static void a_gaussian_has_its_known_widths_and_errors(void **state)
{
    const uint64_t trials[STRATA_COUNT] = {DRAWS / 2, DRAWS / 2};
    struct random random;
    (void)state;
    random_init(&random, check_seed(), 0);
    for (uint32_t i = 0; i < DRAWS; i++)
        resolution_add(&resolution, i % 2, 1, 50 + 1700 * random_normal(&random));
    struct resolution_estimate e = resolution_estimate(&resolution, trials);
    check_relative("error of the bias", e.bias.error, 1700 / sqrt(DRAWS), 0.02);
    check_relative("error of the rms", e.rms.error, 1700 / sqrt(2.0 * DRAWS), 0.02);
    check_relative("error of the core", e.core.error, 0.96175 * 1700 / sqrt(DRAWS), 0.05);
    check_near("bias", e.bias.value, 50, 4 * e.bias.error);
    check_near("rms", e.rms.value, sqrt(1700 * 1700 + 50 * 50), 4 * e.rms.error);
    check_near("core", e.core.value, 1700, 4 * e.core.error);
    assert_true(resolution.underflow == 0 && resolution.overflow == 0);
}

static void what_lies_outside_is_counted(void **state)
{
    (void)state;
    resolution_add(&resolution, 0, 1, -20000.1);
    resolution_add(&resolution, 0, 1, 20000);
    resolution_add(&resolution, 0, 1, 1e9);
    assert_true(resolution.underflow == 1 && resolution.overflow == 2);
}

static void nothing_has_no_width(void **state)
{
    static const struct resolution empty;
    const uint64_t trials[STRATA_COUNT] = {1};
    (void)state;
    assert_true(isnan(resolution_estimate(&empty, trials).core.value));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_gaussian_has_its_known_widths_and_errors),
        cmocka_unit_test(what_lies_outside_is_counted),
        cmocka_unit_test(nothing_has_no_width),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
