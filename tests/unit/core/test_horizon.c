/* SPDX-License-Identifier: MIT */
/* Expected values: a recount over the history of all bursts. */
#include "core/horizon.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "../kernel/random.h"

#define BURSTS 360

/* Every burst that was added, oldest first. */
static struct {
    uint32_t slots[HISTOGRAM_SLOTS];
    struct estimates estimates;
    uint32_t flaws;
} history[BURSTS];
static struct horizon expected;
static const struct estimates nothing;

static void random_burst(struct random *random, uint32_t number)
{
    uint32_t limit = number % 7 == 0 ? UINT32_MAX : 1000; /* some bursts fill a count to the brim */
    for (uint32_t slot = 0; slot < HISTOGRAM_SLOTS; slot++)
        history[number].slots[slot] = (uint32_t)random_below(random, limit + UINT64_C(1));
    for (uint32_t i = 0; i < HYPOTHESIS_COUNT; i++) {
        history[number].estimates.n[i] = random_below(random, UINT64_C(1) << 40);
        history[number].estimates.b_q20[i] = random_between(random, INT32_MIN, INT32_MAX);
        history[number].estimates.v_q20[i] = random_below(random, UINT64_C(1) << 50);
    }
    history[number].flaws = random_below(random, 4) ? 0 : (uint32_t)random_below(random, 1u << FLAW_COUNT);
}

static void count(uint32_t number)
{
    expected.bursts++;
    for (uint32_t slot = 0; slot < HISTOGRAM_SLOTS; slot++)
        expected.slots[slot] += history[number].slots[slot];
    for (uint32_t i = 0; i < HYPOTHESIS_COUNT; i++) {
        expected.estimates.n[i] += history[number].estimates.n[i];
        expected.estimates.b_q20[i] += history[number].estimates.b_q20[i];
        expected.estimates.v_q20[i] += history[number].estimates.v_q20[i];
    }
    for (int flaw = 0; flaw < FLAW_COUNT; flaw++)
        expected.flawed[flaw] += (history[number].flaws & 1u << flaw) != 0;
}

/* Sums bursts [first, end) of the history. */
static void recount(uint32_t first, uint32_t end)
{
    memset(&expected, 0, sizeof expected);
    for (uint32_t number = first; number < end; number++)
        count(number);
}

static void check(const struct horizons *horizons, enum horizon_id id, uint32_t first, uint32_t end)
{
    recount(first, end);
    const struct horizon *sums = horizons_get(horizons, id);
    assert_int_equal(sums->bursts, expected.bursts);
    assert_memory_equal(sums->flawed, expected.flawed, sizeof expected.flawed);
    assert_memory_equal(&sums->estimates, &expected.estimates, sizeof expected.estimates);
    assert_memory_equal(sums->slots, expected.slots, sizeof expected.slots);
}

/* The period: all bursts without a flaw. */
static void check_period(const struct horizons *horizons, uint32_t first, uint32_t end)
{
    const struct horizon *period = horizons_get(horizons, HORIZON_PERIOD);
    memset(&expected, 0, sizeof expected);
    for (uint32_t number = first; number < end; number++) {
        if (history[number].flaws)
            expected.left_out++;
        else
            count(number);
    }
    assert_memory_equal(period, &expected, sizeof expected);
}

static uint32_t last(uint32_t length, uint32_t end)
{
    return end > length ? end - length : 0;
}

static void every_horizon_equals_a_recount_over_many_bursts_and_runs(void **state)
{
    (void)state;
    struct random random = random_start("horizon");
    struct horizons *horizons = horizons_create();
    uint32_t run_first = 0;
    assert_non_null(horizons);
    for (uint32_t number = 0; number < BURSTS; number++) {
        if (random_below(&random, 50) == 0) {
            horizons_new_run(horizons);
            run_first = number;
        }
        random_burst(&random, number);
        horizons_add(horizons, history[number].slots, &history[number].estimates, history[number].flaws);
        check(horizons, HORIZON_1, number, number + 1);
        check(horizons, HORIZON_10, last(10, number + 1), number + 1);
        check(horizons, HORIZON_100, last(100, number + 1), number + 1);
        check(horizons, HORIZON_RUN, run_first, number + 1);
        check_period(horizons, 0, number + 1);
    }
    horizons_destroy(horizons);
}

static void a_new_run_empties_the_run_horizon_only(void **state)
{
    (void)state;
    struct random random = random_start("horizon");
    struct horizons *horizons = horizons_create();
    assert_non_null(horizons);
    for (uint32_t number = 0; number < 3; number++) {
        random_burst(&random, number);
        history[number].flaws = 1u << FLAW_LOSS;
        horizons_add(horizons, history[number].slots, &history[number].estimates, history[number].flaws);
    }
    horizons_new_run(horizons);
    check(horizons, HORIZON_RUN, 3, 3);
    check(horizons, HORIZON_1, 2, 3);
    check(horizons, HORIZON_10, 0, 3);
    check(horizons, HORIZON_100, 0, 3);
    horizons_destroy(horizons);
}

static void a_new_period_empties_the_period_only(void **state)
{
    (void)state;
    struct random random = random_start("horizon");
    struct horizons *horizons = horizons_create();
    assert_non_null(horizons);
    for (uint32_t number = 0; number < 4; number++) {
        if (number == 2)
            horizons_new_period(horizons);
        if (number == 3)
            horizons_new_run(horizons); /* which the period spans */
        random_burst(&random, number);
        history[number].flaws = number % 2 ? 1u << FLAW_INCOMPLETE : 0;
        horizons_add(horizons, history[number].slots, &history[number].estimates, history[number].flaws);
    }
    check_period(horizons, 2, 4);
    check(horizons, HORIZON_RUN, 3, 4);
    check(horizons, HORIZON_100, 0, 4);
    horizons_destroy(horizons);
}

static void a_horizon_must_hold_as_many_bursts_as_its_name_says(void **state)
{
    (void)state;
    static const uint32_t needed[HORIZON_COUNT] = {0, 1, 10, 100, 5, 100};
    for (enum horizon_id id = HORIZON_OPEN; id < HORIZON_COUNT; id++)
        assert_int_equal(horizon_bursts_needed(id), needed[id]);
}

static void a_flaw_leaves_a_horizon_with_its_burst(void **state)
{
    (void)state;
    static const uint32_t none[HISTOGRAM_SLOTS];
    struct horizons *horizons = horizons_create();
    assert_non_null(horizons);
    horizons_add(horizons, none, &nothing, 1u << FLAW_INCOMPLETE | 1u << FLAW_DOWNSCALING);
    for (uint32_t later = 1; later < 120; later++) {
        horizons_add(horizons, none, &nothing, 0);
        assert_int_equal(horizons_get(horizons, HORIZON_1)->flawed[FLAW_INCOMPLETE], 0);
        assert_int_equal(horizons_get(horizons, HORIZON_10)->flawed[FLAW_INCOMPLETE], later < 10);
        assert_int_equal(horizons_get(horizons, HORIZON_100)->flawed[FLAW_DOWNSCALING], later < 100);
        assert_int_equal(horizons_get(horizons, HORIZON_RUN)->flawed[FLAW_DOWNSCALING], 1);
        assert_int_equal(horizons_get(horizons, HORIZON_RUN)->flawed[FLAW_LOSS], 0);
    }
    horizons_destroy(horizons);
}

static void horizons_have_the_names_of_the_topics(void **state)
{
    (void)state;
    static const char *const names[HORIZON_COUNT] = {"open", "1", "10", "100", "run", "period"};
    for (enum horizon_id id = HORIZON_OPEN; id < HORIZON_COUNT; id++)
        assert_string_equal(horizon_name(id), names[id]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_horizon_equals_a_recount_over_many_bursts_and_runs),
        cmocka_unit_test(a_new_run_empties_the_run_horizon_only),
        cmocka_unit_test(a_new_period_empties_the_period_only),
        cmocka_unit_test(a_horizon_must_hold_as_many_bursts_as_its_name_says),
        cmocka_unit_test(a_flaw_leaves_a_horizon_with_its_burst),
        cmocka_unit_test(horizons_have_the_names_of_the_topics),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
