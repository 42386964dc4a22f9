/* SPDX-License-Identifier: MIT */
/* Expected values: scipy.stats.nbinom and poisson; the convolution with the signal summed by numpy. */
#include "core/mixture.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "../kernel/random.h"
#include "core/tail.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static struct mixture mixture;

static void assert_close(double value, double expected, double relative)
{
    if (!(fabs(value - expected) <= relative * fabs(expected)))
        fail_msg("%.17g is not %.17g within %g", value, expected, relative);
}

static const struct {
    double b, variance;
    uint32_t n;
    double s, ln_lower;
} vectors[] = {
    {3, 0, 3, 2, -1.32792766420244},         {3, 2.4, 3, 0, -0.425094552430904},
    {3, 2.4, 5, 7.5, -2.71226059455511},     {0.2, 5, 4, 3, -0.22161299291481},
    {75, 60, 60, 12.5, -4.75864582964068},   {99.5, 500, 140, 80, -2.90855671001165},
    {99.5, 500, 20, 3, -14.723019370544},    {150, 9000, 700, 400, -0.0813656903057297},
    {0.001, 0.001, 2, 6, -2.78167232782457},
};

static const struct {
    double b, variance, p;
    uint32_t n;
} quantiles[] = {
    {3, 0, 0.5, 3},           {3, 2.4, 0.5, 3},         {0.2, 5, 0.97, 0},        {75, 60, 0.1587, 63},
    {99.5, 500, 0.9772, 154}, {150, 9000, 0.02275, 23}, {0.001, 0.001, 0.999, 0},
};

static void tails_are_those_of_scipy(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(vectors); i++) {
        mixture_init(&mixture, vectors[i].b, vectors[i].variance);
        assert_close(mixture_ln_lower(&mixture, vectors[i].n, vectors[i].s), vectors[i].ln_lower, 1e-11);
    }
}

static void quantiles_are_those_of_scipy(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(quantiles); i++) {
        uint32_t n;
        mixture_init(&mixture, quantiles[i].b, quantiles[i].variance);
        assert_true(mixture_quantile(&mixture, quantiles[i].p, &n));
        assert_int_equal(n, quantiles[i].n);
    }
}

/* tail.h has Temme's expansion and other series. */
static void without_uncertainty_it_is_the_poisson_tail(void **state)
{
    (void)state;
    struct random random = random_start("mixture");
    for (int i = 0; i < 2000; i++) {
        double b = (double)random_below(&random, 200000) / 1000.0, s = (double)random_below(&random, 900000) / 1000.0;
        uint32_t n = (uint32_t)random_below(&random, MIXTURE_COUNT_MAX + 1);
        mixture_init(&mixture, b, 0.0);
        double expected = tail_poisson_ln_lower(n, b + s);
        if (!(fabs(mixture_ln_lower(&mixture, n, s) - expected) <= 1e-10 * fmax(-expected, 1.0)))
            fail_msg("n=%u b=%g s=%g: %.17g, %.17g", n, b, s, mixture_ln_lower(&mixture, n, s), expected);
    }
}

static void any_background_gives_finite_tails(void **state)
{
    (void)state;
    static const double backgrounds[] = {0.0, 5e-324, 1e-300, 1e-9, 0.1, 3.0, 99.9, MIXTURE_B_MAX};
    static const double variances[] = {0.0, 5e-324, 1e-300, 1e-12, 1.0, 1e3, 1e12, 1e300};
    static const double signals[] = {0.0, 5e-324, 1e-9, 1.0, 40.0, 2000.0};
    for (size_t i = 0; i < COUNT(backgrounds); i++)
        for (size_t j = 0; j < COUNT(variances); j++)
            for (size_t k = 0; k < COUNT(signals); k++)
                for (uint32_t n = 0; n <= MIXTURE_COUNT_MAX; n = 2 * n + 1) {
                    mixture_init(&mixture, backgrounds[i], variances[j]);
                    double ln_lower = mixture_ln_lower(&mixture, n, signals[k]);
                    if (!(ln_lower <= 1e-12 && isfinite(ln_lower)))
                        fail_msg("b=%g v=%g s=%g n=%u: %g", backgrounds[i], variances[j], signals[k], n, ln_lower);
                }
}

static void a_quantile_beyond_the_table_is_refused(void **state)
{
    (void)state;
    uint32_t n;
    mixture_init(&mixture, 200.0, 1e6);
    assert_false(mixture_quantile(&mixture, 0.98, &n));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tails_are_those_of_scipy),
        cmocka_unit_test(quantiles_are_those_of_scipy),
        cmocka_unit_test(without_uncertainty_it_is_the_poisson_tail),
        cmocka_unit_test(any_background_gives_finite_tails),
        cmocka_unit_test(a_quantile_beyond_the_table_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
