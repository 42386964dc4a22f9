/* SPDX-License-Identifier: MIT */
/* Expected values: a counter that takes one trigger at a time, and hand calculations. */
#include "firmware/downscaling.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "../kernel/random.h"

/* Takes one trigger; whether it is kept. */
static bool take_one(struct downscaling *naive)
{
    if (++naive->counter < naive->period)
        return false;
    naive->counter = 0;
    return true;
}

static void the_dth_trigger_is_the_first_that_is_kept(void **state)
{
    (void)state;
    struct downscaling downscaling = {.period = 150};
    for (int trigger = 1; trigger <= 600; trigger++)
        assert_int_equal(downscaling_count(&downscaling, 1), trigger % 150 == 0);
}

static void any_split_keeps_what_a_counter_of_single_triggers_keeps(void **state)
{
    (void)state;
    struct random random = random_start("downscaling");
    for (int trial = 0; trial < 300; trial++) {
        uint32_t period = (uint32_t)random_below(&random, trial % 2 ? 10 : 1000) + 1;
        struct downscaling counted = {.period = period}, naive = {.period = period};
        for (int call = 0; call < 50; call++) {
            uint64_t triggers = random_below(&random, 3 * period + 2), kept = 0;
            for (uint64_t i = 0; i < triggers; i++)
                kept += take_one(&naive);
            assert_int_equal(downscaling_count(&counted, triggers), kept);
            assert_int_equal(counted.counter, naive.counter);
        }
    }
}

/* 100 of 150 are counted; D = 300 keeps after 200 more, D = 60 with the next one, which is long due. */
static void another_period_holds_from_the_next_trigger_on(void **state)
{
    (void)state;
    struct downscaling longer = {.period = 150, .counter = 100}, shorter = longer;
    downscaling_set_period(&longer, 300);
    assert_int_equal(downscaling_count(&longer, 199), 0);
    assert_int_equal(downscaling_count(&longer, 1), 1);
    assert_int_equal(downscaling_count(&longer, 900), 3);
    downscaling_set_period(&shorter, 60);
    assert_int_equal(downscaling_count(&shorter, 1), 1);
    assert_int_equal(downscaling_count(&shorter, 59), 0);
    assert_int_equal(downscaling_count(&shorter, 1), 1);
}

static void no_trigger_keeps_nothing(void **state)
{
    (void)state;
    struct downscaling downscaling = {.period = 1};
    assert_int_equal(downscaling_count(&downscaling, 0), 0);
    downscaling = (struct downscaling){.period = 150, .counter = 149};
    assert_int_equal(downscaling_count(&downscaling, 0), 0);
    assert_int_equal(downscaling.counter, 149);
}

static void a_period_of_one_keeps_every_trigger(void **state)
{
    (void)state;
    struct downscaling downscaling = {.period = 1};
    for (uint64_t triggers = 1; triggers < 5000; triggers += 7)
        assert_int_equal(downscaling_count(&downscaling, triggers), triggers);
    assert_int_equal(downscaling.counter, 0);
}

static void the_counter_carries_over_bursts(void **state)
{
    (void)state;
    struct downscaling downscaling = {.period = 10};
    assert_int_equal(downscaling_count(&downscaling, 7), 0);
    downscaling_burst(&downscaling);
    assert_int_equal(downscaling_count(&downscaling, 2), 0);
    assert_int_equal(downscaling_count(&downscaling, 1), 1);
}

static void a_configured_reset_starts_each_burst_at_zero(void **state)
{
    (void)state;
    struct downscaling downscaling = {.period = 10, .resets = true};
    assert_int_equal(downscaling_count(&downscaling, 17), 1);
    downscaling_burst(&downscaling);
    assert_int_equal(downscaling_count(&downscaling, 9), 0);
    assert_int_equal(downscaling_count(&downscaling, 1), 1);
}

/* floor((counter + triggers) / period) and the remainder, in as many bits as it takes. */
static void huge_counts_are_exact_and_quick(void **state)
{
    (void)state;
    struct random random = random_start("downscaling");
    struct downscaling one = {.period = 1};
    assert_true(downscaling_count(&one, UINT64_MAX) == UINT64_MAX);
    for (int trial = 0; trial < 100000; trial++) {
        uint32_t period = (uint32_t)(random_word(&random) >> (32 + random_below(&random, 32))) | 1u;
        struct downscaling downscaling = {.period = period, .counter = (uint32_t)random_below(&random, period)};
        uint64_t triggers = random_word(&random) >> random_below(&random, 64);
        unsigned __int128 all = (unsigned __int128)triggers + downscaling.counter;
        assert_true(downscaling_count(&downscaling, triggers) == (uint64_t)(all / period));
        assert_true(downscaling.counter == (uint32_t)(all % period));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_dth_trigger_is_the_first_that_is_kept),
        cmocka_unit_test(any_split_keeps_what_a_counter_of_single_triggers_keeps),
        cmocka_unit_test(another_period_holds_from_the_next_trigger_on),
        cmocka_unit_test(no_trigger_keeps_nothing),
        cmocka_unit_test(a_period_of_one_keeps_every_trigger),
        cmocka_unit_test(the_counter_carries_over_bursts),
        cmocka_unit_test(a_configured_reset_starts_each_burst_at_zero),
        cmocka_unit_test(huge_counts_are_exact_and_quick),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
