/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "cli/poisson_interval.h"

/* Independent 30-digit values. */
static const struct {
    uint64_t count;
    double level, low, high;
} vectors[] = {
    {0, 0.95, 0, 3.688879454113936},
    {1, 0.95, 0.02531780798428988, 5.571643390938899},
    {5, 0.95, 1.623486390118421, 11.66833207932267},
    {10, 0.9, 5.425405697091293, 16.9622192357219},
    {15, 0.95, 8.395386132783312, 24.74021887148584},
    {100, 0.95, 81.36399125092314, 121.6267937924264},
    {1000, 0.95, 938.9730184076952, 1063.952136016302},
};

static void the_interval_is_that_of_independent_values(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++) {
        struct poisson_interval interval = poisson_interval(vectors[i].count, vectors[i].level);
        assert_true(fabs(interval.low - vectors[i].low) <= 1e-10 * vectors[i].low);
        assert_true(fabs(interval.high - vectors[i].high) <= 1e-10 * vectors[i].high);
    }
}

/* Its half width is 1.96 sqrt(n) for large n. */
static void a_large_count_has_the_normal_interval(void **state)
{
    struct poisson_interval interval = poisson_interval(100000000, 0.95);
    (void)state;
    assert_true(fabs(interval.low - (1e8 - 1.959964e4)) < 5);
    assert_true(fabs(interval.high - (1e8 + 1.959964e4)) < 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_interval_is_that_of_independent_values),
        cmocka_unit_test(a_large_count_has_the_normal_interval),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
