/* SPDX-License-Identifier: MIT */
/* Expected values: tests/vectors/significance.tsv (60 digits, from sums of probabilities), closed forms, and papers. */
#include "core/significance.h"

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

#include "core/tail.h"

#define VECTORS "tests/vectors/significance.tsv"
#define COLUMNS 10
#define LINE_MAX_BYTES 512

struct row {
    char kind[16];
    double n, b, third, root, gauss, naive, ln_upper, ln_lower, z;
};

static bool row_parse(char *line, struct row *row)
{
    char *field[COLUMNS] = {0};
    int count = 0;
    for (char *word = strtok(line, "\t\n"); word && count < COLUMNS; word = strtok(NULL, "\t\n"))
        field[count++] = word;
    if (count != COLUMNS)
        return false;
    snprintf(row->kind, sizeof row->kind, "%s", field[0]);
    double *value[] = {&row->n,     &row->b,        &row->third,    &row->root, &row->gauss,
                       &row->naive, &row->ln_upper, &row->ln_lower, &row->z};
    for (int i = 1; i < COLUMNS; i++)
        *value[i - 1] = strcmp(field[i], "-") == 0 ? NAN : strtod(field[i], NULL);
    return true;
}

/* Calls check(row) for each row of `kind` and returns how many there were. */
static int each_row(const char *kind, void (*check)(const struct row *row))
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
        if (strcmp(row.kind, kind) != 0)
            continue;
        check(&row);
        count++;
    }
    fclose(file);
    return count;
}

static void expect(const struct row *row, const char *what, double got, double expected, double relative,
                   double absolute)
{
    if (got == expected || fabs(got - expected) <= fmax(relative * fabs(expected), absolute))
        return;
    fail_msg("%s of %s n=%.10g b=%.17g third=%.17g: %.17g, expected %.17g", what, row->kind, row->n, row->b, row->third,
             got, expected);
}

static void check_known_b(const struct row *row)
{
    expect(row, "root", significance_known_b(row->n, row->b), row->root, 1e-14, 0);
    expect(row, "z", significance_poisson(row->n, row->b), row->z, 1e-12, 1e-12);
    expect(row, "ln upper", tail_poisson_ln_upper(row->n, row->b), row->ln_upper, 1e-11, 0);
    expect(row, "ln lower", tail_poisson_ln_lower(row->n, row->b), row->ln_lower, 1e-11, 0);
}

static void check_on_off(const struct row *row)
{
    expect(row, "root", significance_li_ma(row->n, row->b, row->third), row->root, 1e-13, 1e-14);
    expect(row, "z", significance_z_bi(row->n, row->b, row->third), row->z, 1e-12, 2e-12);
    expect(row, "ln upper", tail_on_off_ln_upper(row->n, row->b, row->third), row->ln_upper, 1e-11, 0);
    expect(row, "ln lower", tail_on_off_ln_below(row->n, row->b, row->third), row->ln_lower, 1e-11, 0);
}

static void check_sigma_b(const struct row *row)
{
    expect(row, "root", significance_with_sigma(row->n, row->b, row->third), row->root, 1e-12, 1e-14);
    expect(row, "gauss", significance_gauss(row->n, row->b, row->third), row->gauss, 1e-14, 0);
    expect(row, "naive", significance_naive(row->n, row->b, row->third * row->third), row->naive, 1e-15, 0);
    expect(row, "z", significance_z_bi_with_sigma(row->n, row->b, row->third), row->z, 1e-12, 1e-12);
    expect(row, "ln upper", significance_ln_p_with_sigma(row->n, row->b, row->third), row->ln_upper, 1e-11, 0);
}

static void known_background_agrees_with_60_digit_values(void **state)
{
    (void)state;
    assert_true(each_row("known_b", check_known_b) > 150);
}

static void on_off_agrees_with_60_digit_values(void **state)
{
    (void)state;
    assert_true(each_row("on_off", check_on_off) > 300);
}

static void uncertain_background_agrees_with_60_digit_values(void **state)
{
    (void)state;
    assert_true(each_row("sigma_b", check_sigma_b) >= 12);
}

static void check_inverse(const struct row *row)
{
    if (isfinite(row->z) && row->z > -5)
        expect(row, "z of ln p", normal_z_of_ln_p(row->ln_upper), row->z, 1e-12, 1e-12);
}

static void normal_quantile_agrees_with_60_digit_values(void **state)
{
    (void)state;
    each_row("known_b", check_inverse);
    each_row("on_off", check_inverse);
}

static void normal_quantile_inverts_the_tail_far_beyond_a_double(void **state)
{
    (void)state;
    for (double z = -5; z < 2000; z += z < 50 ? 0.0625 : 7.5) {
        double back = normal_z_of_ln_p(normal_ln_upper_tail(z));
        assert_true(fabs(back - z) <= 1e-10 * fmax(1, fabs(z)));
    }
}

/* ln P(X > z), 50 digits. */
static void normal_tail_has_its_textbook_values(void **state)
{
    (void)state;
    assert_true(fabs(normal_ln_upper_tail(0) + 0.69314718055994530942) < 1e-15);
    assert_true(fabs(normal_ln_upper_tail(5) / -15.064998393988725736 - 1) < 1e-14);
    assert_true(fabs(normal_ln_upper_tail(29.999999) / -454.32121392308402912 - 1) < 1e-13);
    assert_true(fabs(normal_ln_upper_tail(40) / -804.60844201375378817 - 1) < 1e-14);
    assert_true(normal_ln_upper_tail(INFINITY) == -INFINITY);
    assert_true(normal_ln_upper_tail(-INFINITY) == 0);
}

static void normal_quantile_defines_its_ends(void **state)
{
    (void)state;
    assert_true(normal_z_of_ln_p(0) == -INFINITY);
    assert_true(normal_z_of_ln_p(-INFINITY) == INFINITY);
    assert_true(isnan(normal_z_of_ln_p(1e-9)));
    assert_true(isnan(normal_z_of_ln_p(NAN)));
    assert_true(fabs(normal_z_of_ln_p(-1e-300) + 37.047096299361199) < 1e-9); /* z of 1e-300, sign flipped */
}

static void no_events_give_the_closed_forms(void **state)
{
    (void)state;
    assert_true(significance_known_b(0, 8) == -4); /* -sqrt(2 b) */
    assert_true(significance_poisson(0, 8) == -INFINITY);
    assert_true(fabs(significance_li_ma(0, 7, 0.5) + sqrt(14 * log(1.5))) < 1e-15);
    assert_true(fabs(significance_li_ma(5, 0, 0.1) - sqrt(10 * log(11))) < 1e-15);
    assert_true(significance_li_ma(0, 0, 2) == 0);
    assert_true(significance_z_bi(0, 7, 0.5) == -INFINITY);
    assert_true(significance_gauss(0, 5, 1) == -3);   /* -sqrt(2 b - sigma_b^2) */
    assert_true(significance_gauss(0, 1, 5) == -0.2); /* the profiled background stops at 0: -b/sigma_b */
    assert_true(tail_poisson_ln_upper(0, 8) == 0);
    assert_true(tail_poisson_ln_lower(0, 8) == -8);
    assert_true(tail_on_off_ln_upper(0, 8, 1) == 0);
    assert_true(tail_on_off_ln_below(0, 8, 1) == -INFINITY);
}

static void no_off_events_give_a_power_of_x(void **state)
{
    (void)state;
    for (double n = 1; n < 300; n *= 3) {
        double expected = n * log(0.3 / 1.3); /* I_x(n, 1) = x^n */
        assert_true(fabs(tail_on_off_ln_upper(n, 0, 0.3) / expected - 1) < 1e-13);
    }
}

static void no_background_is_infinitely_significant_only_when_it_is_known(void **state)
{
    (void)state;
    assert_true(significance_known_b(1, 0) == INFINITY);
    assert_true(significance_poisson(1, 0) == INFINITY);
    assert_true(significance_known_b(0, 0) == 0);
    assert_true(significance_naive(0, 0, 0) == 0);
    assert_true(significance_naive(3, 0, 0) == INFINITY);
    assert_true(tail_poisson_ln_upper(1, 0) == -INFINITY);
    assert_true(tail_poisson_ln_lower(1, 0) == 0);
    assert_true(isfinite(significance_gauss(3, 0, 1)));
    assert_true(isnan(significance_with_sigma(3, 0, 1)));
    assert_true(isnan(significance_z_bi_with_sigma(3, 0, 1)));
}

static void negative_background_counts_as_none(void **state)
{
    (void)state;
    assert_true(significance_known_b(2, -3) == INFINITY);
    assert_true(significance_known_b(0, -3) == 0);
    assert_true(significance_poisson(0, -3) == -INFINITY);
    assert_true(significance_gauss(4, -3, 2) == significance_gauss(4, 0, 2));
    assert_true(significance_naive(4, -3, 9) == significance_naive(4, 0, 9));
}

static void vanishing_sigma_falls_back_to_known_background(void **state)
{
    (void)state;
    for (double sigma = 0; sigma < 1e-6; sigma += 3e-7) {
        assert_true(significance_with_sigma(150, 100, sigma) == significance_known_b(150, 100));
        assert_true(significance_gauss(150, 100, sigma) == significance_known_b(150, 100));
        assert_true(significance_z_bi_with_sigma(150, 100, sigma) == significance_poisson(150, 100));
        assert_true(significance_ln_p_with_sigma(150, 100, sigma) == tail_poisson_ln_upper(150, 100));
    }
    assert_true(fabs(significance_with_sigma(150, 100, 1.1e-6) - significance_known_b(150, 100)) < 1e-8);
    assert_true(fabs(significance_z_bi_with_sigma(150, 100, 1.1e-6) - significance_poisson(150, 100)) < 1e-8);
}

static void bad_arguments_give_nan(void **state)
{
    (void)state;
    const double bad[] = {NAN, INFINITY, -1};
    for (int i = 0; i < 3; i++) {
        double x = bad[i];
        assert_true(isnan(significance_known_b(x, 5)) && isnan(significance_poisson(x, 5)));
        assert_true(isnan(significance_li_ma(x, 5, 1)) && isnan(significance_li_ma(5, x, 1)));
        assert_true(isnan(significance_z_bi(x, 5, 1)) && isnan(significance_z_bi(5, x, 1)));
        assert_true(isnan(significance_li_ma(5, 5, x)) && isnan(significance_z_bi(5, 5, x)));
        assert_true(isnan(significance_with_sigma(x, 5, 1)) && isnan(significance_with_sigma(5, 5, x)));
        assert_true(isnan(significance_gauss(x, 5, 1)) && isnan(significance_gauss(5, 5, x)));
        assert_true(isnan(significance_z_bi_with_sigma(x, 5, 1)) && isnan(significance_z_bi_with_sigma(5, 5, x)));
        assert_true(isnan(significance_naive(x, 5, 1)) && isnan(significance_naive(5, 5, x)));
        assert_true(isnan(tail_poisson_ln_lower(x, 5)) && isnan(tail_on_off_ln_below(x, 5, 1)));
        assert_true(isnan(tail_poisson_ln_lower(5, x)) && isnan(tail_poisson_ln_upper(5, x)));
    }
    for (int i = 0; i < 2; i++) {
        assert_true(isnan(significance_known_b(5, bad[i])) && isnan(significance_poisson(5, bad[i])));
        assert_true(isnan(significance_known_b(0, bad[i])) && isnan(significance_poisson(0, bad[i])));
        assert_true(isnan(significance_gauss(5, bad[i], 1)) && isnan(significance_with_sigma(5, bad[i], 1)));
        assert_true(isnan(significance_naive(5, bad[i], 1)));
    }
    assert_true(isnan(significance_li_ma(5, 5, 0)) && isnan(significance_z_bi(5, 5, 0)));
    assert_true(isnan(significance_poisson(2.5, 1)) && isnan(significance_z_bi(2.5, 1, 1)));
}

/* Values from the literature, at the precision printed there. */
static void published_values_are_reproduced(void **state)
{
    (void)state;
    assert_true(fabs(significance_with_sigma(150, 100, 7) - 3.72) < 0.005);  /* fast-asimov-utils: 50 on 100 +- 7 */
    assert_true(fabs(significance_with_sigma(150, 100, 10) - 3.17) < 0.005); /* and +- 10 */
    assert_true(fabs(significance_z_bi(4, 5, 0.2) - 1.66) < 0.005);          /* Cousins et al. 2008, table 1 */
    assert_true(fabs(significance_li_ma(4, 5, 0.2) - 1.95) < 0.005);
    assert_true(fabs(significance_z_bi(50, 55, 0.5) - 2.93) < 0.005);
    assert_true(fabs(significance_li_ma(50, 55, 0.5) - 3.02) < 0.005);
    assert_true(fabs(significance_z_bi(498426, 493434, 1) - 5.01) < 0.005);
}

static uint64_t next_random(uint64_t *state) /* xorshift64* */
{
    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    return *state * 2685821657736338717u;
}

static double log_uniform(uint64_t *state, double low, double high)
{
    double fraction = (double)(next_random(state) >> 11) * 0x1p-53;
    return low * pow(high / low, fraction);
}

static uint64_t random_seed(void)
{
    const char *text = getenv("HNLMON_SEED");
    uint64_t seed = text ? strtoull(text, NULL, 10) : 20080116u;
    print_message("HNLMON_SEED=%llu\n", (unsigned long long)seed);
    return seed ? seed : 1;
}

/* P(N >= n) - P(N >= n + 1) is the probability of n, and so is P(N <= n) - P(N <= n - 1): a statement about neighbours,
 * whichever method each one takes. Each is tested where it is the small tail; the other's difference is lost in 1. */
static void neighbouring_poisson_tails_differ_by_one_probability(void **state)
{
    (void)state;
    uint64_t random = random_seed();
    for (int i = 0; i < 2000; i++) {
        double b = log_uniform(&random, 0.1, 1e4);
        double n = floor(log_uniform(&random, fmax(1, 0.6 * b), 1.5 * b + 10));
        double wide = n > b ? tail_poisson_ln_upper(n, b) : tail_poisson_ln_lower(n, b);
        double narrow = n > b ? tail_poisson_ln_upper(n + 1, b) : tail_poisson_ln_lower(n - 1, b);
        double probability = n * log(b) - b - lgamma(n + 1);
        assert_true(fabs(wide + log(-expm1(narrow - wide)) - probability) < 1e-9);
    }
}

/* More on counts, or fewer off counts, never look less like a signal. */
static void significance_grows_with_n_and_falls_with_the_background(void **state)
{
    (void)state;
    uint64_t random = random_seed();
    for (int i = 0; i < 2000; i++) {
        double m = log_uniform(&random, 0.1, 1e6), alpha = log_uniform(&random, 0.01, 10);
        double mean = alpha * (m + 1);
        double n = floor(fmax(1, log_uniform(&random, 0.8, 1.3) * mean));
        assert_true(significance_z_bi(n + 1, m, alpha) > significance_z_bi(n, m, alpha));
        assert_true(significance_z_bi(n, m * 1.001, alpha) < significance_z_bi(n, m, alpha));
        assert_true(significance_li_ma(n + 1, m, alpha) > significance_li_ma(n, m, alpha));
        assert_true(significance_poisson(n + 1, mean) > significance_poisson(n, mean));
        assert_true(significance_gauss(n + 1, mean, alpha) > significance_gauss(n, mean, alpha));
    }
}

/* P(on >= n), given the total n + m, is a binomial tail: for whole m it reads the same from the off side. */
static void on_and_off_can_change_places(void **state)
{
    (void)state;
    uint64_t random = random_seed();
    for (int i = 0; i < 2000; i++) {
        double n = floor(log_uniform(&random, 1, 1e5)), m = floor(log_uniform(&random, 1, 1e5));
        double alpha = log_uniform(&random, 0.5, 2) * n / m;
        double on = tail_on_off_ln_upper(n, m, alpha), off = tail_on_off_ln_below(m + 1, n - 1, 1 / alpha);
        assert_true(fabs(on - off) <= 1e-8 * fabs(on) + 1e-300);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_background_agrees_with_60_digit_values),
        cmocka_unit_test(on_off_agrees_with_60_digit_values),
        cmocka_unit_test(uncertain_background_agrees_with_60_digit_values),
        cmocka_unit_test(normal_quantile_agrees_with_60_digit_values),
        cmocka_unit_test(normal_quantile_inverts_the_tail_far_beyond_a_double),
        cmocka_unit_test(normal_tail_has_its_textbook_values),
        cmocka_unit_test(normal_quantile_defines_its_ends),
        cmocka_unit_test(no_events_give_the_closed_forms),
        cmocka_unit_test(no_off_events_give_a_power_of_x),
        cmocka_unit_test(no_background_is_infinitely_significant_only_when_it_is_known),
        cmocka_unit_test(negative_background_counts_as_none),
        cmocka_unit_test(vanishing_sigma_falls_back_to_known_background),
        cmocka_unit_test(bad_arguments_give_nan),
        cmocka_unit_test(published_values_are_reproduced),
        cmocka_unit_test(neighbouring_poisson_tails_differ_by_one_probability),
        cmocka_unit_test(significance_grows_with_n_and_falls_with_the_background),
        cmocka_unit_test(on_and_off_can_change_places),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
