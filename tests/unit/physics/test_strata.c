/* SPDX-License-Identifier: MIT */
#include "check.h"

#include "physics/strata.h"

#define EVENTS 200000

struct sums {
    uint64_t count;
    double total, soft, hard;
};

static void add(void *context, const struct ke3gamma *decay, double weight)
{
    struct sums *sums = context;
    assert_true(weight > 0);
    sums->count++;
    sums->total += weight;
    sums->soft += decay->k < 1 ? weight : 0;
    sums->hard += decay->k > 100 ? weight : 0;
}

static struct sums simulate(uint64_t events, uint64_t seed)
{
    struct sums sums = {0};
    struct random random;
    random_init(&random, seed, 0);
    strata_simulate(events, &random, add, &sums);
    return sums;
}

/* 91 % of all photons are below 1 MeV. */
static void most_of_the_weight_is_soft_and_most_of_the_decays_are_not(void **state)
{
    struct sums sums = simulate(EVENTS, check_seed());
    (void)state;
    check_near("soft", sums.soft / sums.total, 0.91, 0.005);
    assert_true(sums.hard > 0 && sums.hard < 0.01 * sums.total);
    assert_true(sums.count > EVENTS / 2 && sums.count <= EVENTS);
}

static void the_total_does_not_depend_on_the_number_of_decays(void **state)
{
    uint64_t seed = check_seed();
    (void)state;
    check_relative("total", simulate(EVENTS, seed).total, simulate(4 * EVENTS, seed + 1).total, 5e-3);
}

static void a_seed_gives_the_same_decays_again(void **state)
{
    (void)state;
    check_near("total", simulate(8000, 3).total, simulate(8000, 3).total, 0);
    assert_true(simulate(8000, 3).total != simulate(8000, 4).total);
}

static void the_smallest_simulation_has_eight_trials(void **state)
{
    (void)state;
    assert_true(simulate(8, 1).count <= 8);
    assert_true(simulate(15, 1).count == simulate(8, 1).count);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(most_of_the_weight_is_soft_and_most_of_the_decays_are_not),
        cmocka_unit_test(the_total_does_not_depend_on_the_number_of_decays),
        cmocka_unit_test(a_seed_gives_the_same_decays_again),
        cmocka_unit_test(the_smallest_simulation_has_eight_trials),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
