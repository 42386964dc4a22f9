/* SPDX-License-Identifier: MIT */
/* Expected values: tests/vectors/limit.tsv (from the definitions, with 40 digits), closed forms, and papers. */
#include "core/limit.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../kernel/random.h"

#define VECTORS "tests/vectors/limit.tsv"
#define COLUMNS 8
#define LINE_MAX_BYTES 512
#define COUNT(array) (sizeof(array) / sizeof *(array))

struct row {
    double n, b, sigma_b, cl, cls, classical, asymptotic, closed; /* NaN: does not apply */
};

static bool row_parse(char *line, struct row *row)
{
    double *value[COLUMNS] = {&row->n,   &row->b,         &row->sigma_b,    &row->cl,
                              &row->cls, &row->classical, &row->asymptotic, &row->closed};
    int count = 0;
    for (char *word = strtok(line, "\t\n"); word && count < COLUMNS; word = strtok(NULL, "\t\n"))
        *value[count++] = strcmp(word, "-") == 0 ? NAN : strtod(word, NULL);
    return count == COLUMNS;
}

/* Calls check(row) for each row and returns how many there were. */
static int each_row(void (*check)(const struct row *row))
{
    FILE *file = fopen(VECTORS, "r");
    assert_non_null(file);
    char line[LINE_MAX_BYTES];
    int count = 0;
    while (fgets(line, sizeof line, file)) {
        struct row row;
        if (line[0] == '#')
            continue;
        assert_true(row_parse(line, &row));
        check(&row);
        count++;
    }
    fclose(file);
    return count;
}

static void expect(const struct row *row, const char *what, double got, double expected, double relative)
{
    if (isnan(expected) || fabs(got - expected) <= relative * fabs(expected))
        return;
    fail_msg("%s of n=%.10g b=%.17g sigma_b=%g cl=%g: %.17g, expected %.17g", what, row->n, row->b, row->sigma_b,
             row->cl, got, expected);
}

static void check_row(const struct row *row)
{
    expect(row, "cls", limit_cls(row->n, row->b, row->cl), row->cls, 1e-11);
    expect(row, "classical", limit_classical(row->n, row->b, row->cl), row->classical, 1e-11);
    expect(row, "asymptotic", limit_cls_asymptotic(row->n, row->b, row->sigma_b, row->cl), row->asymptotic, 1e-11);
    expect(row, "closed form", limit_closed_form(row->n, row->b, row->sigma_b, row->cl), row->closed, 1e-12);
    if (row->n == row->b)
        expect(row, "median", limit_expected_asymptotic(row->b, row->sigma_b, row->cl), row->asymptotic, 1e-11);
}

static void limits_agree_with_40_digit_values(void **state)
{
    (void)state;
    assert_true(each_row(check_row) > 100);
}

/* Feldman and Cousins, Phys. Rev. D 57 (1998) 3873: -ln 0.1; Junk, Nucl. Instrum. Meth. A 434 (1999) 435: -ln 0.05. */
static void no_candidates_exclude_what_a_window_without_background_does(void **state)
{
    (void)state;
    static const double backgrounds[] = {0, 1e-300, 1e-6, 0.5, 3, 1e4, 1e9, LIMIT_EVENTS_MAX};
    for (size_t i = 0; i < COUNT(backgrounds); i++) {
        assert_true(fabs(limit_cls(0, backgrounds[i], 0.9) - 2.302585092994046) < 1e-14);
        assert_true(fabs(limit_cls(0, backgrounds[i], 0.95) - 2.995732273553991) < 1e-14);
    }
    assert_true(fabs(limit_empty_events(0.9) - 2.302585092994046) < 1e-14);
}

/* For n = b = 0 the deviance of a signal s is s, both roots of q~ are sqrt(2 s), and CLs = 2 P(X > sqrt(2 s)). */
static void nothing_on_nothing_has_a_closed_form(void **state)
{
    (void)state;
    const double z = 1.6448536269514727; /* P(X > z) = 0.05 */
    assert_true(fabs(limit_cls_asymptotic(0, 0, 0, 0.9) - z * z / 2) < 1e-12);
    assert_true(fabs(limit_expected_asymptotic(0, 0, 0.9) - z * z / 2) < 1e-12);
    assert_true(limit_closed_form(0, 0, 0, 0.9) == 0 && limit_expected(0, 0, 0.9, 0) == 0);
    assert_true(limit_closed_form(7, 0, 0, 0.9) == 7);
}

/* S = 5 from b = 9 and sigma_b = 4. Phi^-1(1 - 0.1 Phi(N)) for N = -2 .. 2 by scipy. */
static void expected_bands_are_those_of_a_gaussian_count(void **state)
{
    (void)state;
    static const double quantile[] = {2.837275980, 2.147782337, 1.644853627, 1.377787362, 1.294623987};
    for (int band = -2; band <= 2; band++)
        assert_true(fabs(limit_expected(9, 4, 0.9, band) - 5 * (quantile[band + 2] + band)) < 1e-8);
}

static void assert_sound(double n, double b, double sigma_b, double cl)
{
    double whole = floor(n);
    double exact = limit_cls(whole, b, cl), classical = limit_classical(whole, b, cl);
    double others[] = {limit_cls_asymptotic(n, b, sigma_b, cl), limit_closed_form(n, b, sigma_b, cl),
                       limit_expected_asymptotic(b, sigma_b, cl), limit_expected(b, sigma_b, cl, 0)};
    if (!(exact >= limit_empty_events(cl) && isfinite(exact) && isfinite(classical)))
        fail_msg("n=%.17g b=%.17g cl=%.17g: exact %g, classical %g", whole, b, cl, exact, classical);
    for (size_t i = 0; i < COUNT(others); i++)
        if (!(others[i] >= 0) || isinf(others[i]))
            fail_msg("n=%.17g b=%.17g sigma_b=%.17g cl=%.17g: %g of limit %zu", n, b, sigma_b, cl, others[i], i);
}

static void every_valid_input_has_a_finite_limit(void **state)
{
    (void)state;
    static const double counts[] = {0, 1, 2, 31, 32, 1e3, 1e6, 1e9, 1e12, LIMIT_EVENTS_MAX};
    static const double sizes[] = {0, 5e-324, 1e-300, 1e-9, 0.1, 1, 31.5, 1e3, 1e6, 1e9, 1e12, LIMIT_EVENTS_MAX};
    static const double levels[] = {0.5000000000000001, 0.6827, 0.9, 0.95, 0.999999, 0.9999999999999999};
    for (size_t i = 0; i < COUNT(counts); i++)
        for (size_t j = 0; j < COUNT(sizes); j++)
            for (size_t k = 0; k < COUNT(sizes); k++)
                for (size_t l = 0; l < COUNT(levels); l++)
                    assert_sound(counts[i], sizes[j], sizes[k], levels[l]);
}

/* 10^-6 to 10^9, evenly in the logarithm. */
static double random_size(struct random *random)
{
    return pow(10, -6 + 15 * (double)random_below(random, 1000001) / 1e6);
}

static void random_inputs_have_a_finite_limit(void **state)
{
    (void)state;
    struct random random = random_start("limit");
    for (int i = 0; i < (test_is_full() ? 2000000 : 20000); i++) {
        double n = floor(random_size(&random)), b = random_size(&random), sigma_b = random_size(&random);
        assert_sound(n, b, random_below(&random, 4) ? sigma_b : 0,
                     0.5 + 0.4999 * (double)(1 + random_below(&random, 1000)) / 1e3);
        assert_sound(floor(fmax(b + sqrt(b) * (double)random_between(&random, -9, 9), 0)), b, sigma_b * 1e-3, 0.9);
    }
}

/* More candidates and a higher level allow more signal, more background less. The asymptotic form breaks the last rule
 * for n = 0, where it lies below limit_empty_events, and for one candidate on b of 1 +- 2. */
static void limits_are_ordered(void **state)
{
    (void)state;
    struct random random = random_start("limit");
    for (int i = 0; i < 3000; i++) {
        double b = random_size(&random), sigma_b = sqrt(b) * (double)random_below(&random, 100) / 50;
        double n = floor(fmax(b + sqrt(b) * (double)random_between(&random, -3, 5), 0));
        double step = ceil(sqrt(b) / 10), exact = limit_cls(n, b, 0.9), s = limit_cls_asymptotic(n, b, sigma_b, 0.9);
        double closed = limit_closed_form(n, b, sigma_b, 0.9);
        assert_true(limit_cls(n + step, b, 0.9) > exact && limit_cls(n, b, 0.95) > exact);
        assert_true(limit_cls(n, b + step, 0.9) <= exact * (1 + 1e-9));
        assert_true(limit_cls_asymptotic(n + step, b, sigma_b, 0.9) > s);
        assert_true(limit_cls_asymptotic(n, b, sigma_b, 0.95) > s);
        assert_true(n == 0 || sigma_b > b || limit_cls_asymptotic(n, b + step, sigma_b, 0.9) < s);
        assert_true(limit_closed_form(n + step, b, sigma_b, 0.9) > closed);
        assert_true(limit_closed_form(n, b, sigma_b, 0.95) > closed);
        assert_true(limit_classical(n, b, 0.9) <= exact * (1 + 1e-9));
    }
}

static void an_uncertain_background_weakens_the_median_limit(void **state)
{
    (void)state;
    for (double b = 0.25; b < 2e9; b *= 4)
        for (double f = 1.0 / 64; f < 3; f *= 2) {
            double narrow = f * sqrt(b), wide = 2 * narrow;
            assert_true(limit_expected_asymptotic(b, wide, 0.9) > limit_expected_asymptotic(b, narrow, 0.9));
            assert_true(limit_expected(b, wide, 0.9, 0) > limit_expected(b, narrow, 0.9, 0));
        }
}

/* In the limit of many events all of them are the Gaussian one. */
static void many_events_are_gaussian(void **state)
{
    (void)state;
    static const double pulls[] = {-3, -1, 0, 1, 3};
    for (size_t i = 0; i < COUNT(pulls); i++) {
        double b = 1e9, n = round(b + pulls[i] * sqrt(b)), closed = limit_closed_form(n, b, 0, 0.9);
        assert_true(fabs(limit_cls(n, b, 0.9) / closed - 1) < 3e-4);
        assert_true(fabs(limit_cls_asymptotic(n, b, 0, 0.9) / closed - 1) < 3e-4);
        n = round(b + pulls[i] * 3e6);
        closed = limit_closed_form(n, b, 3e6, 0.9);
        assert_true(fabs(limit_cls_asymptotic(n, b, 3e6, 0.9) / closed - 1) < 1e-3);
    }
    assert_true(fabs(limit_expected_asymptotic(1e9, 3e4, 0.9) / limit_expected(1e9, 3e4, 0.9, 0) - 1) < 1e-4);
}

static void a_background_as_narrow_as_rounding_is_known(void **state)
{
    (void)state;
    assert_true(limit_cls_asymptotic(120, 100, 1e-7, 0.9) == limit_cls_asymptotic(120, 100, 0, 0.9));
    assert_true(fabs(limit_cls_asymptotic(120, 100, 1e-5, 0.9) - limit_cls_asymptotic(120, 100, 0, 0.9)) < 1e-10);
    assert_true(limit_cls(4, -2, 0.9) == limit_cls(4, 0, 0.9));
    assert_true(limit_cls_asymptotic(4, -2, 1, 0.9) == limit_cls_asymptotic(4, 0, 1, 0.9));
}

/* ---- what is published ---- */

#define LIVE_VECTORS "tests/vectors/live_limit.tsv"
#define LIVE_COLUMNS 10

/* Full recomputation by quadrature and root finding (make_live_limit.py); 3 % is what is promised. */
static void check_live_row(const double *value)
{
    const double n = value[0], b = value[1], sigma_b = value[2], cl = value[3], *expected = value + 4;
    const struct limit_band band = limit_expected_band(b, sigma_b, cl);
    const double got[] = {
        limit_observed(n, b, sigma_b, cl), band.minus2, band.minus1, band.median, band.plus1, band.plus2};
    for (size_t i = 0; i < COUNT(got); i++)
        if (!(fabs(got[i] / expected[i] - 1) < 1e-6))
            fail_msg("column %zu of n=%g b=%g sigma_b=%g cl=%g: %.12g, expected %.12g", i, n, b, sigma_b, cl, got[i],
                     expected[i]);
    assert_true(limit_expected_median(b, sigma_b, cl) == band.median);
}

static void published_limits_are_those_of_a_full_recomputation(void **state)
{
    (void)state;
    FILE *file = fopen(LIVE_VECTORS, "r");
    assert_non_null(file);
    char line[LINE_MAX_BYTES];
    int rows = 0;
    while (fgets(line, sizeof line, file)) {
        double value[LIVE_COLUMNS];
        int count = 0;
        if (line[0] == '#')
            continue;
        for (char *word = strtok(line, "\t\n"); word && count < LIVE_COLUMNS; word = strtok(NULL, "\t\n"))
            value[count++] = strtod(word, NULL);
        assert_int_equal(count, LIVE_COLUMNS);
        check_live_row(value);
        rows++;
    }
    fclose(file);
    assert_true(rows > 300);
}

/* Where the exact tails end and the asymptotic form begins, for alpha up to that of the lowest searched mass. */
static void published_limits_hardly_jump_where_the_method_changes(void **state)
{
    (void)state;
    static const double alphas[] = {0, 0.3, 0.8, 1.6, 2.56};
    static const double pulls[] = {-3, -2, -1, 0, 1, 2, 5};
    for (size_t i = 0; i < COUNT(alphas); i++)
        for (size_t j = 0; j < COUNT(pulls); j++) {
            double sigma_b = sqrt(alphas[i] * 100 + 9), n = round(100 + pulls[j] * sqrt(100 + sigma_b * sigma_b));
            double below = limit_observed(n, 99.9999999, sigma_b, 0.9), above = limit_observed(n, 100, sigma_b, 0.9);
            if (!(fabs(above / below - 1) < 0.04))
                fail_msg("n=%g sigma_b=%g: %g, then %g", n, sigma_b, below, above);
        }
    assert_true(fabs(limit_observed(1024, 90, 20, 0.9) / limit_observed(1023, 90, 20, 0.9) - 1) < 3e-3);
}

static void published_limits_without_uncertainty_are_the_exact_ones(void **state)
{
    (void)state;
    static const double backgrounds[] = {0, 0.3, 4, 60, 99};
    for (size_t i = 0; i < COUNT(backgrounds); i++)
        for (double n = 0; n < 160; n += 13)
            assert_true(fabs(limit_observed(n, backgrounds[i], 0, 0.9) / limit_cls(n, backgrounds[i], 0.9) - 1) < 1e-6);
}

static void assert_published_soundly(double n, double b, double sigma_b, double cl)
{
    const struct limit_band band = limit_expected_band(b, sigma_b, cl);
    const double least = limit_empty_events(cl) * (1 - 1e-12), observed = limit_observed(n, b, sigma_b, cl);
    bool is_sound = observed >= least && isfinite(observed) && isfinite(band.plus2) && band.minus2 >= least &&
                    band.minus1 >= band.minus2 && band.median >= band.minus1 && band.plus1 >= band.median &&
                    band.plus2 >= band.plus1;
    if (!is_sound)
        fail_msg("n=%.17g b=%.17g sigma_b=%.17g cl=%.17g: %g, %g %g %g %g %g", n, b, sigma_b, cl, observed, band.minus2,
                 band.minus1, band.median, band.plus1, band.plus2);
}

static void published_limits_are_finite_and_their_bands_in_order(void **state)
{
    (void)state;
    static const double counts[] = {0, 1, 2, 31, 1e3, 1024, 1e6, 1e9, LIMIT_EVENTS_MAX};
    static const double sizes[] = {0,  5e-324, 1e-300, 1e-101, 1e-9, 0.1, 1,
                                   31, 99.99,  100,    1e3,    1e6,  1e9, LIMIT_EVENTS_MAX};
    for (size_t i = 0; i < COUNT(counts); i++)
        for (size_t j = 0; j < COUNT(sizes); j++)
            for (size_t k = 0; k < COUNT(sizes); k++)
                assert_published_soundly(counts[i], sizes[j], sizes[k], i % 2 ? 0.9 : 0.95);
    struct random random = random_start("limit");
    for (int i = 0; i < (test_is_full() ? 200000 : 4000); i++) {
        double b = random_size(&random), sigma_b = sqrt(b) * (double)random_below(&random, 200) / 50;
        assert_published_soundly(floor(fmax(b + sqrt(b) * (double)random_between(&random, -9, 9), 0)), b, sigma_b, 0.9);
        assert_published_soundly(floor(random_size(&random)), b, random_size(&random), 0.9);
    }
}

static void assert_refused(double n, double b, double sigma_b, double cl)
{
    assert_true(isnan(limit_cls_asymptotic(n, b, sigma_b, cl)) && isnan(limit_closed_form(n, b, sigma_b, cl)));
    if (sigma_b == 0)
        assert_true(isnan(limit_cls(n, b, cl)) && isnan(limit_classical(n, b, cl)));
    assert_true(isnan(limit_observed(n, b, sigma_b, cl)));
    if (n == 1)
        assert_true(isnan(limit_expected_band(b, sigma_b, cl).median) && isnan(limit_expected_median(b, sigma_b, cl)));
    if (n == 1)
        assert_true(isnan(limit_expected(b, sigma_b, cl, 0)) && isnan(limit_expected_asymptotic(b, sigma_b, cl)));
}

static void invalid_inputs_give_nan(void **state)
{
    (void)state;
    static const double bad[] = {NAN, INFINITY, -INFINITY, 9007199254740994.0, -9007199254740994.0};
    static const double bad_levels[] = {NAN, 0, 0.1, 0.5, 1, 1.5, -0.9, INFINITY};
    for (size_t i = 0; i < COUNT(bad); i++) {
        assert_refused(bad[i], 1, 0, 0.9);
        assert_refused(1, bad[i], 0, 0.9);
        assert_refused(1, 1, bad[i], 0.9);
        assert_true(isnan(limit_expected(1, 1, 0.9, bad[i])));
    }
    for (size_t i = 0; i < COUNT(bad_levels); i++) {
        assert_refused(1, 1, 0, bad_levels[i]);
        assert_true(isnan(limit_empty_events(bad_levels[i])));
    }
    assert_refused(-1, 1, 0, 0.9);
    assert_refused(1, 1, -1, 0.9);
    assert_true(isnan(limit_cls(1.5, 1, 0.9)) && isnan(limit_classical(1.5, 1, 0.9)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(limits_agree_with_40_digit_values),
        cmocka_unit_test(no_candidates_exclude_what_a_window_without_background_does),
        cmocka_unit_test(nothing_on_nothing_has_a_closed_form),
        cmocka_unit_test(expected_bands_are_those_of_a_gaussian_count),
        cmocka_unit_test(every_valid_input_has_a_finite_limit),
        cmocka_unit_test(random_inputs_have_a_finite_limit),
        cmocka_unit_test(limits_are_ordered),
        cmocka_unit_test(an_uncertain_background_weakens_the_median_limit),
        cmocka_unit_test(many_events_are_gaussian),
        cmocka_unit_test(a_background_as_narrow_as_rounding_is_known),
        cmocka_unit_test(published_limits_are_those_of_a_full_recomputation),
        cmocka_unit_test(published_limits_hardly_jump_where_the_method_changes),
        cmocka_unit_test(published_limits_without_uncertainty_are_the_exact_ones),
        cmocka_unit_test(published_limits_are_finite_and_their_bands_in_order),
        cmocka_unit_test(invalid_inputs_give_nan),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
