/* SPDX-License-Identifier: MIT */
/* Expected values: scipy, from the definition of the published limit (tests/vectors/make_live_limit.py). */
#include "core/beam_time.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

static const struct {
    struct beam_time time;
    double u2, needed, now, floor;
} vectors[] = {
    {{75, 47, 0, 7e5}, 1e-6, 674.59384, 2.72889e-05, 0},
    {{75, 47, 0.03, 7e5}, 6e-6, 74.770673, 2.77565e-05, 5.20043e-06},
    {{300, 180, 0.03, 2e6}, 1e-5, 6.895848, 1.95585e-05, 7.2806e-06},
    {{4000, 2500, 0.001, 1e7}, 1e-6, 309.82296, 1.33119e-05, 6.57581e-07},
};

static void times_are_those_of_an_independent_computation(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(vectors); i++) {
        const struct beam_time *time = &vectors[i].time;
        double needed = beam_time_needed(time, vectors[i].u2), floor = beam_time_floor_u2(time);
        if (!(fabs(needed / vectors[i].needed - 1.0) < 1e-5))
            fail_msg("%zu: %.8g instead of %.8g", i, needed, vectors[i].needed);
        assert_true(fabs(beam_time_expected_u2(time, 1.0) / vectors[i].now - 1.0) < 1e-5);
        assert_true(fabs(floor - vectors[i].floor) <= 1e-4 * vectors[i].floor);
    }
}

static void below_the_systematic_floor_no_time_is_enough(void **state)
{
    (void)state;
    const struct beam_time *time = &vectors[1].time;
    assert_true(isinf(beam_time_needed(time, 5.2e-6)));
    assert_true(beam_time_needed(time, 5.3e-6) < 1e5);
}

/* 1.645 sqrt(b + v) / shown: a quarter of the limit needs sixteen times the data. */
static void without_a_systematic_the_limit_falls_with_the_root_of_time(void **state)
{
    (void)state;
    const struct beam_time time = {1e6, 5e5, 0.0, 1e9};
    double u2 = beam_time_expected_u2(&time, 1.0);
    assert_true(fabs(u2 / (1.644854 * sqrt(1.5e6) / 1e9) - 1.0) < 2e-3);
    assert_true(fabs(beam_time_needed(&time, u2 / 4) / 16 - 1.0) < 5e-3);
    assert_true(fabs(beam_time_needed(&time, u2) - 1.0) < 1e-5);
}

/* Without background 2.303 events are always enough. */
static void without_background_the_limit_falls_with_time(void **state)
{
    (void)state;
    const struct beam_time time = {0.0, 0.0, 0.03, 1e6};
    assert_true(fabs(beam_time_needed(&time, 1e-6) - 2.302585) < 1e-5);
}

static void what_is_published_gives_its_own_projection(void **state)
{
    (void)state;
    const struct beam_time time = beam_time_of(75, sqrt(47 + 2.25 * 2.25), 0.03, 2.77565e-05);
    assert_true(fabs(time.shown / 7e5 - 1.0) < 1e-5 && fabs(time.variance / 47 - 1.0) < 1e-9);
    assert_true(isinf(beam_time_needed(&(struct beam_time){75, 47, 0.03, 0}, 1e-6)));
    assert_true(beam_time_of(75, 10, 0.03, 0).shown == 0.0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(times_are_those_of_an_independent_computation),
        cmocka_unit_test(below_the_systematic_floor_no_time_is_enough),
        cmocka_unit_test(without_a_systematic_the_limit_falls_with_the_root_of_time),
        cmocka_unit_test(without_background_the_limit_falls_with_time),
        cmocka_unit_test(what_is_published_gives_its_own_projection),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
