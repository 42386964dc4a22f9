/* SPDX-License-Identifier: MIT */
/* Expected values: chi2 by scipy; sums by hand; the uniform distribution of p. */
#include "core/constancy.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "core/tail.h"
#include "poisson.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define INDEX 37u   /* any hypothesis */
#define ALPHA 0.8   /* variance of b over b, as at 135 MeV */
#define PEAK 8000.0 /* candidates in the Ke3 peak per burst */

static struct constancy constancy;

static int begin(void **state)
{
    (void)state;
    constancy_begin(&constancy);
    return 0;
}

/* b and variance in whole candidates over 2^20. */
static void add(double n, double b, double variance, double n_peak)
{
    struct estimates estimates = {{0}, {0}, {0}};
    estimates.n[INDEX] = (uint64_t)n;
    estimates.b_q20[INDEX] = (int64_t)(b / ESTIMATES_UNIT);
    estimates.v_q20[INDEX] = (uint64_t)(variance / ESTIMATES_UNIT);
    constancy_add(&constancy, &estimates, (uint64_t)n_peak);
}

/* One burst: `signal` in the window over a background of `mean`, which the sidebands measure with variance ALPHA b. */
static void add_random(struct random *random, double mean, double signal)
{
    double flux = 0.5 + random_open(random), off = random_poisson(random, flux * mean / ALPHA);
    add(random_poisson(random, flux * (mean + signal)), ALPHA * off, ALPHA * ALPHA * off,
        random_poisson(random, flux * PEAK));
}

static void assert_near(double value, double expected, double relative)
{
    if (!(fabs(value - expected) <= relative * fabs(expected)))
        fail_msg("%.17g is not %.17g", value, expected);
}

static void the_tail_of_chi2_is_that_of_scipy(void **state)
{
    (void)state;
    static const struct {
        double x;
        unsigned degrees;
        double p;
    } rows[] = {
        {0.1, 1, 0.7518296340458492},        {6.6349, 1, 0.009999980919422082},
        {3.0, 2, 0.22313016014842982},       {0.001, 3, 0.9999915920809419},
        {9.4877, 4, 0.050000599541234675},   {40.0, 5, 1.493367900050393e-07},
        {5.0, 9, 0.8343082601934075},        {21.666, 9, 0.009999979883498333},
        {100.0, 10, 5.4497019829205215e-17}, {17.34, 18, 0.4998574340407913},
        {36.1909, 19, 0.009999912402564651}, {400.0, 19, 4.3853799569319117e-73},
        {30.0, 30, 0.4656537089440098},      {1e-08, 7, 1.0},
    };
    for (size_t i = 0; i < COUNT(rows); i++)
        assert_near(tail_chi2(rows[i].x, rows[i].degrees), rows[i].p, 1e-12);
    assert_true(tail_chi2(0.0, 3) == 1.0 && tail_chi2(-1.0, 3) == 1.0);
    assert_true(tail_chi2(1e4, 9) == 0.0 && tail_chi2((double)INFINITY, 4) == 0.0);
    assert_true(isnan(tail_chi2(NAN, 4)));
}

/* Excesses 7.5, 6.5, 5 and 7 of 26 for shares of 1000, 900, 1100 and 1000 in 4000 kaons; variance 42 + 8. */
static void p_can_be_followed_by_hand(void **state)
{
    (void)state;
    add(12, 4.5, 2.0, 1000);
    add(10, 3.5, 1.5, 900);
    add(9, 4.0, 2.5, 1100);
    add(11, 4.0, 2.0, 1000);
    double chi2 = 1.0 * 1.0 / 12.5 + 0.65 * 0.65 / 11.25 + 2.15 * 2.15 / 13.75 + 0.5 * 0.5 / 12.5;
    assert_near(constancy_p(&constancy, INDEX), tail_chi2(chi2, 3), 1e-9);
    assert_near(constancy_p(&constancy, INDEX), 0.9246221302739539, 1e-6);
    assert_true(constancy_p(&constancy, INDEX + 1) == 1.0); /* where nothing is */
}

static void without_two_blocks_of_kaons_nothing_speaks_against_constancy(void **state)
{
    (void)state;
    assert_true(constancy_p(&constancy, INDEX) == 1.0);
    add(50, 1.0, 1.0, 1000);
    assert_true(constancy_p(&constancy, INDEX) == 1.0);
    add(0, 0.0, 0.0, 0);
    assert_true(constancy_p(&constancy, INDEX) == 1.0);
    add(0, 1.0, 1.0, 1000);
    assert_true(constancy_p(&constancy, INDEX) < 1e-6);
}

/* 20 blocks of one burst, then 10 to 20 of two, of four, ...; nothing is lost on the way. */
static void blocks_double_their_length_when_all_places_are_full(void **state)
{
    (void)state;
    for (uint32_t bursts = 1; bursts <= 1000; bursts++) {
        add(bursts, 0.5 * bursts, 0.25 * bursts, 3.0);
        uint32_t length = 1;
        while (length * CONSTANCY_BLOCKS < bursts)
            length *= 2;
        assert_int_equal(constancy.length, length);
        assert_int_equal(constancy.count, (bursts + length - 1) / length);
        uint64_t n = 0, n_peak = 0;
        int64_t b_q20 = 0;
        for (uint32_t i = 0; i < CONSTANCY_BLOCKS; i++) {
            n += constancy.blocks[i].estimates.n[INDEX];
            b_q20 += constancy.blocks[i].estimates.b_q20[INDEX];
            n_peak += constancy.blocks[i].n_peak;
        }
        assert_int_equal(n, bursts * (bursts + 1) / 2);
        assert_int_equal(b_q20, (int64_t)(n << 19));
        assert_int_equal(n_peak, 3 * bursts);
    }
}

static void a_new_stretch_forgets_the_last_one(void **state)
{
    (void)state;
    for (int burst = 0; burst < 50; burst++)
        add(burst, 1.0, 1.0, 1000);
    constancy_begin(&constancy);
    for (int burst = 0; burst < 10; burst++)
        add(5, 1.0, 1.0, 1000);
    assert_int_equal(constancy.count, 10);
    assert_true(constancy_p(&constancy, INDEX) > 0.999);
}

/* ---- chance ---- */

#define STRETCHES 2000

static int compare(const void *a, const void *b)
{
    double left = *(const double *)a, right = *(const double *)b;
    return (left > right) - (left < right);
}

/* Largest distance of the distribution of p from the uniform one, times the root of the number; above 1.95 in one of
 * 1000 experiments (Kolmogorov). */
static double kolmogorov(double *p, size_t count)
{
    double largest = 0.0;
    qsort(p, count, sizeof *p, compare);
    for (size_t i = 0; i < count; i++) {
        double below = (double)i / (double)count, above = (double)(i + 1) / (double)count;
        largest = fmax(largest, fmax(fabs(p[i] - below), fabs(p[i] - above)));
    }
    return largest * sqrt((double)count);
}

static void draw_stretches(struct random *random, uint32_t bursts, double mean, double signal, double *p)
{
    for (int i = 0; i < STRETCHES; i++) {
        constancy_begin(&constancy);
        for (uint32_t burst = 0; burst < bursts; burst++)
            add_random(random, mean, signal);
        p[i] = constancy_p(&constancy, INDEX);
    }
}

static double share_below(const double *p, double limit)
{
    int below = 0;
    for (int i = 0; i < STRETCHES; i++)
        below += p[i] < limit;
    return (double)below / STRETCHES;
}

static void p_is_uniform_without_and_with_a_constant_signal(void **state)
{
    (void)state;
    static const double rows[][2] = {{5.0, 0.0}, {5.0, 3.0}, {50.0, 0.0}, {50.0, 25.0}, {1000.0, 100.0}};
    struct random random = random_start("constancy");
    static double p[STRETCHES];
    for (size_t i = 0; i < COUNT(rows); i++)
        for (uint32_t bursts = 7; bursts <= 70; bursts *= 10) {
            draw_stretches(&random, bursts, rows[i][0], rows[i][1], p);
            double share = share_below(p, CONSTANCY_P_MIN);
            assert_true(kolmogorov(p, STRETCHES) < 1.95);
            assert_true(fabs(share - 0.01) < 4.0 * sqrt(0.01 * 0.99 / STRETCHES));
        }
}

/* With few counts p takes few values, but small ones are as rare as they should be. */
static void few_counts_do_not_make_an_excess_look_inconstant(void **state)
{
    (void)state;
    static const double rows[][2] = {{0.1, 0.0}, {0.1, 0.4}, {0.3, 0.3}, {1.0, 0.0}, {1.0, 1.0}};
    struct random random = random_start("constancy");
    static double p[STRETCHES];
    for (size_t i = 0; i < COUNT(rows); i++)
        for (uint32_t bursts = 10; bursts <= 40; bursts += 10) {
            draw_stretches(&random, bursts, rows[i][0], rows[i][1], p);
            assert_true(share_below(p, CONSTANCY_P_MIN) < 0.02);
            assert_true(share_below(p, 0.1) < 0.15);
        }
}

/* 70 candidates over 107 in both cases, (177 - 107) / sqrt(1.8 x 107) = 5.0 standard deviations. */
static void an_excess_in_one_of_ten_blocks_fails_and_the_same_spread_evenly_passes(void **state)
{
    (void)state;
    struct random random = random_start("constancy");
    int concentrated = 0, even = 0;
    for (int trial = 0; trial < 500; trial++) {
        constancy_begin(&constancy);
        for (int block = 0; block < 10; block++)
            add_random(&random, 10.7, block == trial % 10 ? 70.0 : 0.0);
        concentrated += constancy_p(&constancy, INDEX) > CONSTANCY_P_MIN;
        constancy_begin(&constancy);
        for (int block = 0; block < 10; block++)
            add_random(&random, 10.7, 7.0);
        even += constancy_p(&constancy, INDEX) > CONSTANCY_P_MIN;
    }
    assert_in_range(concentrated, 0, 10);
    assert_in_range(even, 480, 500);
}

/* Half the kaons give half the excess: it is constant per kaon, not per burst. */
static void an_excess_that_follows_the_kaons_is_constant(void **state)
{
    (void)state;
    for (int burst = 0; burst < 12; burst++)
        add(burst % 2 ? 90 : 30, burst % 2 ? 60 : 20, 10, burst % 2 ? 3000 : 1000);
    assert_true(constancy_p(&constancy, INDEX) > 0.999);
    constancy_begin(&constancy);
    for (int burst = 0; burst < 12; burst++)
        add(burst % 2 ? 90 : 30, burst % 2 ? 60 : 20, 10, burst % 2 ? 1000 : 3000);
    assert_true(constancy_p(&constancy, INDEX) < 1e-4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_tail_of_chi2_is_that_of_scipy),
        cmocka_unit_test_setup(p_can_be_followed_by_hand, begin),
        cmocka_unit_test_setup(without_two_blocks_of_kaons_nothing_speaks_against_constancy, begin),
        cmocka_unit_test_setup(blocks_double_their_length_when_all_places_are_full, begin),
        cmocka_unit_test_setup(a_new_stretch_forgets_the_last_one, begin),
        cmocka_unit_test(p_is_uniform_without_and_with_a_constant_signal),
        cmocka_unit_test(few_counts_do_not_make_an_excess_look_inconstant),
        cmocka_unit_test(an_excess_in_one_of_ten_blocks_fails_and_the_same_spread_evenly_passes),
        cmocka_unit_test_setup(an_excess_that_follows_the_kaons_is_constant, begin),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
