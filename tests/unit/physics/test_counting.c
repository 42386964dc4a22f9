/* SPDX-License-Identifier: MIT */
/* Drawn counts against the probabilities of their distributions, which are products written out here. */
#include "chi2.h"

#include <string.h>

#include "physics/counting.h"

#define DRAWS 400000
#define COUNTS_MAX 4096
#define EXPECTED_MIN 20.0 /* of a bin of the chi2 */

static uint64_t seen[COUNTS_MAX];

/* ln of mean^k e^-mean / k! */
static double ln_poisson(double mean, double k)
{
    return k * log(mean) - mean - lgamma(k + 1);
}

static double ln_binomial(double n, double p, double k)
{
    return lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1) + k * log(p) + (n - k) * log1p(-p);
}

/* Counts joined until enough are expected; z of the chi2, which is normal for as many bins as here (Wilson, Hilferty).
 */
static double z_of(double (*ln_p)(const double *parameters, double k), const double *parameters)
{
    double chi2 = 0, expected = 0, measured = 0, expected_left = DRAWS, measured_left = DRAWS;
    int bins = 0;
    for (int k = 0; k < COUNTS_MAX && expected_left > 2 * EXPECTED_MIN; k++) {
        expected += DRAWS * exp(ln_p(parameters, k));
        measured += (double)seen[k];
        if (expected < EXPECTED_MIN)
            continue;
        chi2 += (measured - expected) * (measured - expected) / expected;
        expected_left -= expected;
        measured_left -= measured;
        expected = measured = 0;
        bins++;
    }
    if (expected_left > 1)
        chi2 += (measured_left - expected_left) * (measured_left - expected_left) / expected_left;
    else
        assert_true(measured_left < 20);
    return (cbrt(chi2 / bins) - (1 - 2.0 / (9 * bins))) / sqrt(2.0 / (9 * bins));
}

static double ln_poisson_of(const double *mean, double k)
{
    return ln_poisson(*mean, k);
}

static double ln_binomial_of(const double *trials_p, double k)
{
    return k > trials_p[0] ? -(double)INFINITY : ln_binomial(trials_p[0], trials_p[1], k);
}

static void poisson_counts_follow_their_distribution(void **state)
{
    static const double means[] = {0.05, 1, 9.99, 10, 11, 30, 300, 3000};
    struct random random;
    (void)state;
    random_init(&random, check_seed(), 0);
    for (size_t i = 0; i < sizeof means / sizeof *means; i++) {
        struct poisson poisson;
        poisson_init(&poisson, means[i]);
        memset(seen, 0, sizeof seen);
        for (int draw = 0; draw < DRAWS; draw++) {
            uint64_t k = poisson_draw(&poisson, &random);
            assert_true(k < COUNTS_MAX);
            seen[k]++;
        }
        double z = z_of(ln_poisson_of, &means[i]);
        printf("Poisson %-5g z of chi2 %+.2f\n", means[i], z);
        assert_true(fabs(z) < 4);
    }
}

static void binomial_counts_follow_their_distribution(void **state)
{
    static const double cases[][2] = {{1, 0.3}, {40, 0.02}, {40, 0.5}, {100, 0.93}, {2000, 0.01}, {3000, 0.4}};
    struct random random;
    (void)state;
    random_init(&random, check_seed(), 1);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        memset(seen, 0, sizeof seen);
        for (int draw = 0; draw < DRAWS; draw++) {
            uint64_t k = binomial_draw(&random, (uint64_t)cases[i][0], cases[i][1]);
            assert_true((double)k <= cases[i][0]);
            seen[k]++;
        }
        double z = z_of(ln_binomial_of, cases[i]);
        printf("binomial %g %g z of chi2 %+.2f\n", cases[i][0], cases[i][1], z);
        assert_true(fabs(z) < 4);
    }
}

static void nothing_comes_of_nothing_and_all_of_certainty(void **state)
{
    struct random random;
    struct poisson none;
    (void)state;
    random_init(&random, 1, 0);
    poisson_init(&none, 0);
    assert_int_equal(poisson_draw(&none, &random), 0);
    assert_int_equal(binomial_draw(&random, 0, 0.5), 0);
    assert_int_equal(binomial_draw(&random, 7, 0), 0);
    assert_int_equal(binomial_draw(&random, 7, 1), 7);
    assert_int_equal(binomial_draw(&random, UINT64_C(1) << 40, 1), UINT64_C(1) << 40);
}

/* 10^12 +- 10^6: eight sigma are 8 in a million. */
static void a_large_count_is_near_its_mean(void **state)
{
    struct random random;
    struct poisson poisson;
    (void)state;
    random_init(&random, check_seed(), 2);
    poisson_init(&poisson, 1e12);
    check_relative("Poisson", (double)poisson_draw(&poisson, &random), 1e12, 8e-6);
    check_relative("binomial", (double)binomial_draw(&random, 4000000000000, 0.25), 1e12, 8e-6);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(poisson_counts_follow_their_distribution),
        cmocka_unit_test(binomial_counts_follow_their_distribution),
        cmocka_unit_test(nothing_comes_of_nothing_and_all_of_certainty),
        cmocka_unit_test(a_large_count_is_near_its_mean),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
