/* SPDX-License-Identifier: MIT */
/* Expected numbers: 40-digit decimal arithmetic over all starts by a script, and an exhaustive search in long double.
 */
#include "core/focus.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "poisson.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define BURSTS_MAX 400

static struct focus focus;

static struct focus_segment feed(enum focus_direction direction, double least, const double *counts, size_t bursts,
                                 double expected)
{
    focus_init(&focus, FOCUS_POISSON, direction, least);
    for (size_t i = 0; i < bursts; i++)
        focus_add(&focus, 10 + (uint32_t)i, counts[i], expected);
    return focus_best(&focus, 0.0);
}

static void expect(struct focus_segment best, double ratio, uint32_t start, uint32_t length)
{
    if (fabs(best.ratio - ratio) > 1e-12 * (1 + ratio))
        fail_msg("ratio %.17g instead of %.17g", best.ratio, ratio);
    assert_int_equal(best.start, start);
    assert_int_equal(best.length, length);
}

static void a_rise_is_dated_to_the_burst_with_which_it_began(void **state)
{
    (void)state;
    const double counts[] = {4, 6, 5, 9, 12, 11};
    expect(feed(FOCUS_RISE, 1.0, counts, COUNT(counts), 5.0), 7.24594245432052739488, 13, 3);
    assert_true(focus_best(&focus, 0.0).value == 32.0);
    assert_true(focus_best(&focus, 0.0).weight == 15.0);
    expect(feed(FOCUS_FALL, 1.0, counts, COUNT(counts), 5.0), 0.0, 0, 0);
}

static void a_fall_to_nothing_has_a_finite_ratio(void **state)
{
    (void)state;
    const double counts[] = {9, 4, 1, 0};
    expect(feed(FOCUS_FALL, 1.0, counts, COUNT(counts), 5.0), 6.697414907005954315982, 12, 2);
    const double none[] = {0, 0, 0};
    expect(feed(FOCUS_FALL, 1.0, none, COUNT(none), 0.5), 1.5, 10, 3);
    expect(feed(FOCUS_RISE, 1.0, none, COUNT(none), 0.5), 0.0, 0, 0);
}

static void changes_below_the_smallest_one_of_interest_count_as_that_one(void **state)
{
    (void)state;
    const double counts[] = {6, 6, 5, 7};
    expect(feed(FOCUS_RISE, 1.5, counts, COUNT(counts), 5.0), 0.338255756757150673846, 13, 1);
    expect(feed(FOCUS_RISE, 1.1, counts, COUNT(counts), 5.0), 0.375717363054911029081, 10, 4);
    expect(feed(FOCUS_RISE, 2.0, counts, COUNT(counts), 5.0), 0.0, 0, 0);
}

static void a_mean_is_compared_with_its_errors(void **state)
{
    (void)state;
    /* Differences 0, -1, 3, 2 with variances 1, 1, 0.5, 2: from the third burst on (6 + 1)^2 / (2 * 2.5) = 9.8. */
    const double differences[] = {0, -1, 3, 2}, variances[] = {1, 1, 0.5, 2};
    focus_init(&focus, FOCUS_GAUSSIAN, FOCUS_RISE, 0.0);
    for (uint32_t i = 0; i < COUNT(variances); i++)
        focus_add(&focus, i, differences[i] / variances[i], 1.0 / variances[i]);
    expect(focus_best(&focus, 0.0), 9.8, 2, 2);
}

static void an_uncertain_expectation_prefers_a_short_stretch(void **state)
{
    (void)state;
    /* 20 x 120 and then 160 where 100 are expected: D(2560, 2100)/22 = 2.14 is below D(160, 100)/2 = 7.60. */
    focus_init(&focus, FOCUS_POISSON, FOCUS_RISE, 1.0);
    for (uint32_t i = 0; i < 20; i++)
        focus_add(&focus, i, 120.0, 100.0);
    focus_add(&focus, 20, 160.0, 100.0);
    assert_int_equal(focus_best(&focus, 0.0).start, 0);
    assert_int_equal(focus_best(&focus, 0.01).start, 20);
}

static void clearing_forgets_everything(void **state)
{
    (void)state;
    const double counts[] = {4, 6, 5, 9, 12, 11}, calm[] = {5};
    feed(FOCUS_RISE, 1.0, counts, COUNT(counts), 5.0);
    focus_clear(&focus);
    focus_add(&focus, 20, calm[0], 5.0);
    expect(focus_best(&focus, 0.0), 0.0, 0, 0);
}

/* ---- against all starts ---- */

static double values[BURSTS_MAX], weights[BURSTS_MAX];

/* max over mu of x ln mu - (mu - 1) b and over d of d x - d^2 b/2, from the smallest change of interest on. */
static long double plain_ratio(enum focus_model model, int sign, double least, long double x, long double b)
{
    long double change = x / b;
    if (model == FOCUS_GAUSSIAN) {
        change = sign * change > least ? change : (long double)sign * least;
        return change * x - change * change * b / 2;
    }
    long double limit = sign > 0 ? (long double)least : 1 / (long double)least;
    if (sign * change < sign * limit)
        change = limit;
    return (x > 0 ? x * logl(change) : 0) - (change - 1) * b;
}

/* Over all starts from `first` on, for the stretch that ends with burst `last`. */
static long double exhaustive(enum focus_model model, int sign, double least, uint32_t first, uint32_t last)
{
    long double best = 0, x = 0, b = 0;
    for (uint32_t q = last + 1; q-- > first;) {
        x += values[q];
        b += weights[q];
        long double ratio = plain_ratio(model, sign, least, x, b);
        best = ratio > best ? ratio : best;
    }
    return best;
}

/* A stream with a change in the middle, of a mean that spans ten orders of magnitude from trial to trial. */
static void draw_stream(struct random *random, enum focus_model model)
{
    double mean = pow(10.0, -2.0 + 8.0 * random_open(random)), change = 0.5 + random_open(random);
    uint32_t from = (uint32_t)random_below(random, BURSTS_MAX);
    for (uint32_t i = 0; i < BURSTS_MAX; i++) {
        weights[i] = mean * (0.5 + random_open(random));
        double truth = i >= from && i < from + 60 ? change : 1.0;
        values[i] = model == FOCUS_POISSON ? random_poisson(random, weights[i] * truth)
                                           : weights[i] * (truth - 1.0) + sqrt(weights[i]) * random_gauss(random);
    }
}

static void follow(struct random *random, enum focus_model model, enum focus_direction direction, double least)
{
    focus_init(&focus, model, direction, least);
    draw_stream(random, model);
    for (uint32_t i = 0; i < BURSTS_MAX; i++) {
        focus_add(&focus, i, values[i], weights[i]);
        struct focus_segment best = focus_best(&focus, 0.0);
        long double expected = exhaustive(model, direction == FOCUS_RISE ? 1 : -1, least, 0, i);
        if (fabsl(best.ratio - expected) > 1e-9L * (1 + expected))
            fail_msg("burst %u: %.17g instead of %.17Lg", i, best.ratio, expected);
        if (best.ratio > 0)
            assert_int_equal(best.start + best.length, i + 1);
    }
    assert_true(focus.forgotten_blocks == 0);
}

static void the_ratio_is_that_of_an_exhaustive_search(void **state)
{
    (void)state;
    struct random random = random_start("focus");
    int trials = test_is_full() ? 2000 : 40;
    for (int trial = 0; trial < trials; trial++)
        for (int direction = FOCUS_RISE; direction <= FOCUS_FALL; direction++) {
            follow(&random, FOCUS_POISSON, (enum focus_direction)direction, 1.0);
            follow(&random, FOCUS_POISSON, (enum focus_direction)direction, 1.05);
            follow(&random, FOCUS_GAUSSIAN, (enum focus_direction)direction, 0.0);
            follow(&random, FOCUS_GAUSSIAN, (enum focus_direction)direction, 0.02);
        }
}

static void a_limited_search_finds_no_more_than_there_is(void **state)
{
    (void)state;
    struct random random = random_start("focus limit");
    focus_init(&focus, FOCUS_POISSON, FOCUS_RISE, 1.0);
    for (int trial = 0; trial < 20; trial++) {
        focus_clear(&focus);
        draw_stream(&random, FOCUS_POISSON);
        for (uint32_t i = 0; i < BURSTS_MAX; i++) {
            focus_add(&focus, i, values[i], weights[i]);
            focus_limit(&focus, 50);
            struct focus_segment best = focus_best(&focus, 0.0);
            long double all = exhaustive(FOCUS_POISSON, 1, 1.0, i < 50 ? 0 : i - 49, i);
            assert_true(best.length <= 50 && focus.length <= 50);
            assert_true(best.ratio <= (double)(all * (1 + 1e-9L)) + 1e-9);
        }
    }
}

static void a_rise_without_end_fills_the_blocks_and_forgets_the_oldest(void **state)
{
    (void)state;
    const uint32_t bursts = FOCUS_BLOCKS_MAX + 10;
    focus_init(&focus, FOCUS_POISSON, FOCUS_RISE, 1.0);
    for (uint32_t i = 0; i < bursts; i++) {
        values[i] = 11.0 + i; /* each burst has a higher rate than the one before: all are blocks */
        weights[i] = 10.0;
        focus_add(&focus, i, values[i], weights[i]);
        struct focus_segment best = focus_best(&focus, 0.0);
        uint32_t first = i < FOCUS_BLOCKS_MAX ? 0 : i + 1 - FOCUS_BLOCKS_MAX;
        long double expected = exhaustive(FOCUS_POISSON, 1, 1.0, first, i);
        assert_true(fabsl(best.ratio - expected) <= 1e-9L * expected);
    }
    assert_int_equal(focus.count, FOCUS_BLOCKS_MAX);
    assert_true(focus.forgotten_blocks == 10);
}

static void counts_up_to_two_to_the_63_keep_their_digits(void **state)
{
    (void)state;
    /* D(2^62, 2^62 - 2^42) by 40-digit arithmetic, twice. */
    const double count = 0x1p62, expected = 0x1p62 - 0x1p42;
    focus_init(&focus, FOCUS_POISSON, FOCUS_RISE, 1.0);
    for (uint32_t i = 0; i < 2; i++)
        focus_add(&focus, i, count, expected);
    expect(focus_best(&focus, 0.0), 2.0 * 2097153.33333428700837733592299330725763123809486842254, 0, 2);
    focus_add(&focus, 2, 0x1p63, expected);
    assert_true(isfinite(focus_best(&focus, 0.0).ratio));
}

static void few_blocks_are_needed_while_nothing_changes(void **state)
{
    (void)state;
    struct random random = random_start("focus blocks");
    uint32_t most = 0;
    focus_init(&focus, FOCUS_POISSON, FOCUS_RISE, 1.0);
    for (uint32_t i = 0; i < 100000; i++) {
        focus_add(&focus, i, random_poisson(&random, 100.0), 100.0);
        most = focus.count > most ? focus.count : most;
    }
    assert_in_range(most, 2, 40); /* ln n + 0.58 = 12, standard deviation below 3.5 */
}

/* ---- how soon a change is found ---- */

#define DELAY_TRIALS 200
#define DELAY_CALM 100u   /* bursts before the change */
#define DELAY_BURSTS 300u /* after which a stretch without a change ends */
#define DELAY_ALARMS 20   /* of DELAY_TRIALS stretches without a change that raise a false alarm */

_Static_assert(DELAY_BURSTS <= BURSTS_MAX, "a stretch fits");

/* Both searches over the same bursts: FOCuS as streams use it, for changes of 5 % or more within 128 bursts, and the
 * exhaustive one over all starts and changes. */
enum search { SEARCH_FOCUS, SEARCH_EXHAUSTIVE, SEARCHES };

static void search_next(uint32_t burst, enum focus_direction direction, double found[SEARCHES])
{
    focus_add(&focus, burst, values[burst], weights[burst]);
    focus_limit(&focus, 128);
    found[SEARCH_FOCUS] = focus_best(&focus, 0.0).ratio;
    found[SEARCH_EXHAUSTIVE] = (double)exhaustive(FOCUS_POISSON, direction == FOCUS_RISE ? 1 : -1, 1.0, 0, burst);
}

static void draw_burst(struct random *random, uint32_t burst, double mean, double factor)
{
    weights[burst] = mean;
    values[burst] = random_poisson(random, mean * factor);
}

static int descending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x < y) - (x > y);
}

/* For each search the threshold that one in ten stretches of 300 bursts without a change reaches. */
static void find_thresholds(struct random *random, double mean, enum focus_direction direction,
                            double thresholds[SEARCHES])
{
    static double highest[SEARCHES][DELAY_TRIALS];
    for (int trial = 0; trial < DELAY_TRIALS; trial++) {
        focus_init(&focus, FOCUS_POISSON, direction, 1.05);
        for (int s = 0; s < SEARCHES; s++)
            highest[s][trial] = 0.0;
        for (uint32_t burst = 0; burst < DELAY_BURSTS; burst++) {
            double found[SEARCHES];
            draw_burst(random, burst, mean, 1.0);
            search_next(burst, direction, found);
            for (int s = 0; s < SEARCHES; s++)
                highest[s][trial] = fmax(highest[s][trial], found[s]);
        }
    }
    for (int s = 0; s < SEARCHES; s++) {
        qsort(highest[s], DELAY_TRIALS, sizeof highest[s][0], descending);
        thresholds[s] = highest[s][DELAY_ALARMS - 1];
    }
}

/* Bursts from the change by `factor` until each search finds it. Trials with a false alarm before it are not counted,
 * for either; false when it is one. */
static bool find_delays(struct random *random, double mean, double factor, const double thresholds[SEARCHES],
                        uint32_t delays[SEARCHES])
{
    enum focus_direction direction = factor > 1.0 ? FOCUS_RISE : FOCUS_FALL;
    focus_init(&focus, FOCUS_POISSON, direction, 1.05);
    delays[SEARCH_FOCUS] = delays[SEARCH_EXHAUSTIVE] = 0;
    for (uint32_t burst = 0; burst < BURSTS_MAX; burst++) {
        double found[SEARCHES];
        draw_burst(random, burst, mean, burst < DELAY_CALM ? 1.0 : factor);
        search_next(burst, direction, found);
        for (int s = 0; s < SEARCHES; s++)
            if (delays[s] == 0 && found[s] >= thresholds[s])
                delays[s] = burst < DELAY_CALM ? UINT32_MAX : burst - DELAY_CALM + 1;
        if (delays[SEARCH_FOCUS] == UINT32_MAX || delays[SEARCH_EXHAUSTIVE] == UINT32_MAX)
            return false;
        if (delays[SEARCH_FOCUS] > 0 && delays[SEARCH_EXHAUSTIVE] > 0)
            return true;
    }
    fail_msg("a change by %g of %g is not found in %u bursts", factor, mean, BURSTS_MAX - DELAY_CALM);
    return false;
}

static void is_found_as_soon(struct random *random, double mean, double factor)
{
    double thresholds[SEARCHES];
    uint64_t sums[SEARCHES] = {0};
    uint32_t counted = 0;
    find_thresholds(random, mean, factor > 1.0 ? FOCUS_RISE : FOCUS_FALL, thresholds);
    for (int trial = 0; trial < DELAY_TRIALS; trial++) {
        uint32_t delays[SEARCHES];
        if (!find_delays(random, mean, factor, thresholds, delays))
            continue;
        counted++;
        sums[SEARCH_FOCUS] += delays[SEARCH_FOCUS];
        sums[SEARCH_EXHAUSTIVE] += delays[SEARCH_EXHAUSTIVE];
    }
    double mean_focus = (double)sums[SEARCH_FOCUS] / counted, mean_all = (double)sums[SEARCH_EXHAUSTIVE] / counted;
    printf("lambda %g, mu %g: mean delay %.2f, exhaustive %.2f\n", mean, factor, mean_focus, mean_all);
    assert_in_range(counted, DELAY_TRIALS / 2, DELAY_TRIALS);
    assert_true(mean_focus <= 1.1 * mean_all);
}

/* At the same false alarm rate; changes of the table that the thresholds were chosen by. */
static void a_change_is_found_as_soon_as_by_an_exhaustive_search(void **state)
{
    (void)state;
    static const struct {
        double mean, factor;
    } table[] = {{100, 1.1}, {100, 1.2}, {100, 1.5}, {5, 2}, {1000, 1.05}, {100, 0.8}};
    struct random random = random_start("focus delay");
    for (size_t i = 0; i < COUNT(table); i++)
        is_found_as_soon(&random, table[i].mean, table[i].factor);
}

static void a_focus_comes_back(void **state)
{
    (void)state;
    static unsigned char bytes[4096];
    static const double counts[] = {9, 14, 8, 16, 20, 21};
    feed(FOCUS_RISE, 1.05, counts, COUNT(counts), 10.0);
    focus.forgotten_blocks = 3;
    struct focus saved = focus;
    struct archive archive = archive_save(bytes, sizeof bytes);
    focus_archive(&archive, &focus, COUNT(counts));
    focus_init(&focus, FOCUS_POISSON, FOCUS_RISE, 1.05);
    archive = archive_restore(bytes, archive.at);
    focus_archive(&archive, &focus, COUNT(counts));
    assert_true(archive_is_complete(&archive));
    assert_true(saved.count > 1 && focus.count == saved.count && focus.length == saved.length);
    assert_true(focus.forgotten_blocks == 3);
    assert_memory_equal(focus.blocks, saved.blocks, saved.count * sizeof saved.blocks[0]);
    archive = archive_restore(bytes, archive.size);
    focus_archive(&archive, &focus, saved.length - 1);
    assert_false(archive.is_sound);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_rise_is_dated_to_the_burst_with_which_it_began),
        cmocka_unit_test(a_fall_to_nothing_has_a_finite_ratio),
        cmocka_unit_test(changes_below_the_smallest_one_of_interest_count_as_that_one),
        cmocka_unit_test(a_mean_is_compared_with_its_errors),
        cmocka_unit_test(an_uncertain_expectation_prefers_a_short_stretch),
        cmocka_unit_test(clearing_forgets_everything),
        cmocka_unit_test(the_ratio_is_that_of_an_exhaustive_search),
        cmocka_unit_test(a_limited_search_finds_no_more_than_there_is),
        cmocka_unit_test(a_rise_without_end_fills_the_blocks_and_forgets_the_oldest),
        cmocka_unit_test(counts_up_to_two_to_the_63_keep_their_digits),
        cmocka_unit_test(a_change_is_found_as_soon_as_by_an_exhaustive_search),
        cmocka_unit_test(few_blocks_are_needed_while_nothing_changes),
        cmocka_unit_test(a_focus_comes_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
