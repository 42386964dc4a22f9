/* SPDX-License-Identifier: MIT */
#include "check.h"

#include "physics/alias.h"

#define DRAWS 2000000

static void count(const double *weights, uint32_t indices, uint64_t stream, uint64_t *counts)
{
    static struct alias alias;
    struct random random;
    random_init(&random, check_seed(), stream);
    alias_init(&alias, weights, indices);
    for (int i = 0; i < DRAWS; i++) {
        uint32_t index = alias_draw(&alias, &random);
        assert_true(index < indices);
        counts[index]++;
    }
}

static void indices_come_as_often_as_their_weights_say(void **state)
{
    const double weights[] = {1, 0, 5, 1e-4, 20, 3, 0.9999};
    uint64_t counts[7] = {0};
    (void)state;
    count(weights, 7, 0, counts);
    for (int i = 0; i < 7; i++)
        check_share("share", counts[i], DRAWS, weights[i] / 30);
    assert_int_equal(counts[1], 0);
}

/* Weights 1 .. 4096 in a shuffled order (997 is odd, so all come): chi2 with 4095 degrees of freedom is 4095 +- 90. */
static void a_full_table_is_right_in_all_its_columns(void **state)
{
    static double weights[ALIAS_COUNT_MAX];
    static uint64_t counts[ALIAS_COUNT_MAX];
    double chi2 = 0;
    (void)state;
    for (uint32_t i = 0; i < ALIAS_COUNT_MAX; i++)
        weights[i] = 1 + i * 997 % ALIAS_COUNT_MAX;
    count(weights, ALIAS_COUNT_MAX, 1, counts);
    for (uint32_t i = 0; i < ALIAS_COUNT_MAX; i++) {
        double expected = DRAWS * weights[i] / (ALIAS_COUNT_MAX * (ALIAS_COUNT_MAX + 1.0) / 2);
        chi2 += ((double)counts[i] - expected) * ((double)counts[i] - expected) / expected;
    }
    check_near("chi2", chi2, ALIAS_COUNT_MAX - 1, 5 * sqrt(2.0 * (ALIAS_COUNT_MAX - 1)));
}

static void a_single_index_is_always_drawn(void **state)
{
    const double weight = 1e-300;
    uint64_t counts[1] = {0};
    (void)state;
    count(&weight, 1, 2, counts);
    assert_int_equal(counts[0], DRAWS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(indices_come_as_often_as_their_weights_say),
        cmocka_unit_test(a_full_table_is_right_in_all_its_columns),
        cmocka_unit_test(a_single_index_is_always_drawn),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
