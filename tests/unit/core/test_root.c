/* SPDX-License-Identifier: MIT */
/* Expected roots by hand. */
#include "core/root.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static double two_minus(void *context, double s)
{
    ++*(int *)context;
    return 2.0 - s;
}

static double tail_of_a_tenth(void *context, double s)
{
    ++*(int *)context;
    return exp(-s) - 0.1;
}

static double never_zero(void *context, double s)
{
    ++*(int *)context;
    return exp(-1e-300 * s);
}

static void assert_root(double found, double expected)
{
    if (!(fabs(found - expected) <= 1e-12 * expected))
        fail_msg("%.17g, expected %.17g", found, expected);
}

static void a_root_is_found_from_either_side(void **state)
{
    (void)state;
    int evaluations = 0;
    assert_root(root_falling(two_minus, &evaluations, 0.0, 100.0, 1e-13), 2.0);
    assert_root(root_falling(two_minus, &evaluations, 0.0, 0.001, 1e-13), 2.0);
    assert_root(root_falling(tail_of_a_tenth, &evaluations, 0.0, 1.0, 1e-13), 2.302585092994046); /* ln 10 */
    assert_root(root_falling(tail_of_a_tenth, &evaluations, -5.0, 50.0, 1e-13), 2.302585092994046);
    assert_true(evaluations < 100);
}

static void a_function_that_is_not_positive_at_the_lower_end_has_its_root_there(void **state)
{
    (void)state;
    int evaluations = 0;
    assert_true(root_falling(two_minus, &evaluations, 2.0, 4.0, 1e-13) == 2.0);
    assert_true(root_falling(two_minus, &evaluations, 3.0, 4.0, 1e-13) == 3.0);
}

static void a_function_without_a_root_ends(void **state)
{
    (void)state;
    int evaluations = 0;
    assert_true(root_falling(never_zero, &evaluations, 0.0, 1.0, 1e-13) == ldexp(1.0, 64));
    assert_true(evaluations < 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_root_is_found_from_either_side),
        cmocka_unit_test(a_function_that_is_not_positive_at_the_lower_end_has_its_root_there),
        cmocka_unit_test(a_function_without_a_root_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
