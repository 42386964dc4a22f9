/* SPDX-License-Identifier: MIT */
/* test_isqrt - both ways to the nearest square root, around every kind of edge: squares and the middles between roots.
 */
#include "kernel/isqrt.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "hnlmon/mmiss.h"
#include "random.h"

#define ROOT_MAX UINT64_C(3037000499) /* r^2 + r + 1 < 2^63 */

static void expect_root(uint64_t n, uint64_t root)
{
    assert_int_equal(isqrt_nearest(n), root);
    assert_int_equal(isqrt_nearest_integer(n), root);
}

/* sqrt(r^2 + r) = r + 1/2 - 1/(8r) rounds down, sqrt(r^2 + r + 1) = r + 1/2 + 3/(8r) rounds up. */
static void expect_around(uint64_t r)
{
    expect_root(r * r, r);
    expect_root(r * r + 1, r);
    expect_root(r * r + r, r);
    expect_root(r * r + r + 1, r + 1);
    expect_root(r * r - 1, r);
    expect_root(r * r - r, r - 1);
    expect_root(r * r - r + 1, r);
}

static void root_of_small_numbers_is_the_nearest_integer(void **state)
{
    static const uint64_t roots[] = {0, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 3, 3, 4, 4, 4, 4, 4, 4, 4, 4, 5};
    (void)state;
    for (uint64_t n = 0; n < sizeof roots / sizeof roots[0]; n++)
        expect_root(n, roots[n]);
}

static void root_is_exact_around_squares_of_powers_of_two(void **state)
{
    (void)state;
    for (int bit = 1; bit <= 31; bit++)
        for (int64_t offset = -3; offset <= 3; offset++)
            if ((INT64_C(1) << bit) + offset >= 2)
                expect_around((uint64_t)((INT64_C(1) << bit) + offset));
}

static void root_is_exact_up_to_the_end_of_the_domain(void **state)
{
    (void)state;
    for (uint64_t r = ROOT_MAX - 1000; r < ROOT_MAX; r++)
        expect_around(r);
    expect_root(INT64_MAX, UINT64_C(3037000500)); /* sqrt(2^63 - 1) = 3037000499.97 */
}

static void root_is_exact_around_random_squares(void **state)
{
    struct random random = random_start(__func__);
    (void)state;
    for (long i = 0; i < (test_is_full() ? 20000000 : 300000); i++)
        expect_around(2 + (random_word(&random) >> 33 >> random_below(&random, 31)));
}

static void both_ways_agree_on_random_numbers(void **state)
{
    struct random random = random_start(__func__);
    (void)state;
    for (long i = 0; i < (test_is_full() ? 50000000 : 500000); i++) {
        uint64_t n = random_word(&random) >> 1 >> random_below(&random, 62);
        assert_int_equal(isqrt_nearest(n), isqrt_nearest_integer(n));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(root_of_small_numbers_is_the_nearest_integer),
        cmocka_unit_test(root_is_exact_around_squares_of_powers_of_two),
        cmocka_unit_test(root_is_exact_up_to_the_end_of_the_domain),
        cmocka_unit_test(root_is_exact_around_random_squares),
        cmocka_unit_test(both_ways_agree_on_random_numbers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
