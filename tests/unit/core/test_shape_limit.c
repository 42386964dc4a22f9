/* SPDX-License-Identifier: MIT */
/* Expected values: tests/vectors/shape_limit_vectors.h, by scipy; gains by hand. */
#include "core/shape_limit.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "../../vectors/shape_limit_vectors.h"
#include "../kernel/random.h"
#include "core/exclusion.h"
#include "poisson.h"
#include "synthetic.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define CL 0.9

static struct template shape;
static struct background background, paper;

static int prepare(void **state)
{
    (void)state;
    synthetic_template(&shape);
    background_init(&background, &shape);
    background_init(&paper, &template_paper);
    return 0;
}

static void limits_are_those_of_an_independent_fit(void **state)
{
    (void)state;
    uint64_t smooth[M2_BIN_COUNT], sparse[M2_BIN_COUNT];
    synthetic_smooth_counts(smooth);
    synthetic_sparse_counts(sparse);
    for (size_t i = 0; i < COUNT(shape_limit_vectors); i++) {
        struct shape_limit got;
        uint32_t index = (uint32_t)(shape_limit_vectors[i].m_n_mev - HYPOTHESIS_FIRST_MEV);
        assert_true(shape_limit_evaluate(&shape, &background, index, shape_limit_vectors[i].is_smooth ? smooth : sparse,
                                         shape_limit_vectors[i].f_sys, CL, &got));
        const struct limit_band *band = &got.expected;
        const double values[] = {got.observed, band->minus2, band->minus1, band->median, band->plus1, band->plus2};
        const double expected[] = {shape_limit_vectors[i].observed, shape_limit_vectors[i].minus2,
                                   shape_limit_vectors[i].minus1,   shape_limit_vectors[i].median,
                                   shape_limit_vectors[i].plus1,    shape_limit_vectors[i].plus2};
        assert_true(fabs(got.fitted - shape_limit_vectors[i].fitted) < 1e-3 * shape_limit_vectors[i].median);
        for (size_t k = 0; k < COUNT(values); k++)
            if (!(fabs(values[k] / expected[k] - 1.0) < 1e-3))
                fail_msg("row %zu, column %zu: %.8g, expected %.8g", i, k, values[k], expected[k]);
    }
}

/* Against the counting limit with the same data. For many candidates both are 1.645 standard deviations of the signal;
 * that of the fit is the inverse of its information matrix, here by numpy for the analytic template. */
static void the_gain_over_counting_is_that_of_the_information_matrix(void **state)
{
    (void)state;
    static const struct {
        int m_n_mev;
        double gain;
    } gains[] = {{116, 0.8078}, {120, 0.8968}, {135, 0.9297}, {150, 0.9345}, {200, 0.9440}, {279, 0.9449}};
    uint64_t counts[M2_BIN_COUNT];
    for (uint32_t bin = 0; bin < M2_BIN_COUNT; bin++)
        counts[bin] = (uint64_t)(1e9 * shape.bins[bin] + 0.5);
    for (size_t i = 0; i < COUNT(gains); i++) {
        uint32_t index = (uint32_t)(gains[i].m_n_mev - HYPOTHESIS_FIRST_MEV);
        const struct functional *f = &background.functionals[index];
        struct shape_limit got;
        double b, variance;
        uint64_t n;
        background_evaluate(&background, index, counts, &n, &b, &variance);
        double counting = limit_expected_median(b, sqrt(variance), CL) / (f->signal_share - f->signal_leakage);
        assert_true(shape_limit_evaluate(&shape, &background, index, counts, 0.0, CL, &got));
        if (!(fabs(got.expected.median / counting / gains[i].gain - 1.0) < 3e-3))
            fail_msg("%d MeV: %.4f, expected %.4f", gains[i].m_n_mev, got.expected.median / counting, gains[i].gain);
    }
}

/* f_sys b is what limits both, and it means the same: f_sys b / eps events, times 1.645. */
static void the_systematic_floor_is_that_of_counting(void **state)
{
    (void)state;
    uint64_t counts[M2_BIN_COUNT];
    for (uint32_t bin = 0; bin < M2_BIN_COUNT; bin++)
        counts[bin] = (uint64_t)(1e9 * shape.bins[bin] + 0.5);
    uint32_t index = 150 - HYPOTHESIS_FIRST_MEV;
    struct shape_limit got;
    double b, variance;
    uint64_t n;
    background_evaluate(&background, index, counts, &n, &b, &variance);
    assert_true(shape_limit_evaluate(&shape, &background, index, counts, 0.1, CL, &got));
    assert_true(fabs(got.expected.median / (1.644854 * 0.1 * b / background.functionals[index].signal_share) - 1) <
                1e-3);
}

/* ---- pseudo-experiments ---- */

#define TRIALS 40
#define SCALE 2e5 /* 65 candidates in the window of 150 MeV */

static void draw(struct random *random, double m_n_mev, double signal, uint64_t counts[M2_BIN_COUNT])
{
    for (uint32_t bin = 0; bin < M2_BIN_COUNT; bin++) {
        double share = background_signal_in_bin(bin, m_n_mev * m_n_mev, shape.sigma_mev2);
        counts[bin] = (uint64_t)random_poisson(random, SCALE * shape.bins[bin] + signal * share);
    }
}

/* A signal of the size of the median limit is below 90 % of its limits, and without one the limits spread as the band
 * says: of 40 (1000) experiments, within 4 standard deviations of a binomial count. */
static void pseudo_experiments_cover_the_signal_and_fill_the_band(void **state)
{
    (void)state;
    struct random random = random_start("shape_limit");
    const int trials = test_is_full() ? 1000 : TRIALS;
    const uint32_t index = 150 - HYPOTHESIS_FIRST_MEV;
    int covered = 0, below_median = 0, in_band = 0;
    for (int i = 0; i < trials; i++) {
        uint64_t counts[M2_BIN_COUNT];
        struct shape_limit null, with;
        draw(&random, 150.0, 0.0, counts);
        assert_true(shape_limit_evaluate(&shape, &background, index, counts, 0.0, CL, &null));
        below_median += null.observed < null.expected.median;
        in_band += null.observed > null.expected.minus1 && null.observed < null.expected.plus1;
        double signal = null.expected.median;
        draw(&random, 150.0, signal, counts);
        assert_true(shape_limit_evaluate(&shape, &background, index, counts, 0.0, CL, &with));
        covered += with.observed >= signal;
    }
    const double n = trials, covered_least = 0.9 * n - 4 * sqrt(0.09 * n);
    if (!(covered > covered_least))
        fail_msg("%d of %d limits are above the signal", covered, trials);
    if (!(fabs(below_median - 0.5 * n) < 4 * sqrt(0.25 * n)))
        fail_msg("%d of %d limits are below the median", below_median, trials);
    if (!(fabs(in_band - 0.683 * n) < 4 * sqrt(0.22 * n)))
        fail_msg("%d of %d limits are in the band of 68 %%", in_band, trials);
}

/* ---- never anything but numbers ---- */

static void assert_sound(const struct template *of, const struct background *with, const uint64_t *counts, double f_sys)
{
    static const double masses[] = {113, 116, 120, 150, 279};
    for (size_t i = 0; i < COUNT(masses); i++) {
        uint32_t index = (uint32_t)masses[i] - HYPOTHESIS_FIRST_MEV;
        struct shape_limit got;
        memset(&got, 0xFF, sizeof got);
        bool is_valid = shape_limit_evaluate(of, with, index, counts, f_sys, CL, &got);
        const double edges[] = {got.expected.minus2, got.expected.minus1, got.expected.median, got.expected.plus1,
                                got.expected.plus2};
        assert_true(isfinite(got.fitted) && isfinite(got.observed) && isfinite(got.expected.plus2));
        assert_int_equal(is_valid, with->functionals[index].alpha <= SCAN_ALPHA_MAX);
        assert_true(is_valid ? got.observed >= 2.302 : got.observed == 0.0 && got.expected.plus2 == 0.0);
        for (size_t k = 1; k < COUNT(edges); k++)
            if (!(edges[k] >= edges[k - 1] * (1.0 - 1e-4)))
                fail_msg("%g MeV: %g before %g", masses[i], edges[k - 1], edges[k]);
    }
}

static void empty_spectra_give_the_limit_of_no_events(void **state)
{
    (void)state;
    uint64_t counts[M2_BIN_COUNT] = {0};
    assert_sound(&template_paper, &paper, counts, 0.0);
    assert_sound(&template_paper, &paper, counts, 0.03);
    struct shape_limit got;
    assert_true(shape_limit_evaluate(&template_paper, &paper, 150 - HYPOTHESIS_FIRST_MEV, counts, 0.03, CL, &got));
    assert_true(fabs(got.observed - 2.302585) < 1e-3 && fabs(got.expected.median - 2.302585) < 1e-3);
}

static void any_single_bin_gives_finite_numbers(void **state)
{
    (void)state;
    static const uint64_t sizes[] = {1, 7, 1000, 1000000000000};
    for (size_t i = 0; i < COUNT(sizes); i++)
        for (uint32_t bin = 370; bin < 1120; bin += test_is_full() ? 17 : 151) {
            uint64_t counts[M2_BIN_COUNT] = {0};
            counts[bin] = sizes[i];
            assert_sound(i % 2 ? &shape : &template_paper, i % 2 ? &background : &paper, counts, bin % 2 ? 0.03 : 0.0);
        }
}

static void random_spectra_give_finite_numbers(void **state)
{
    (void)state;
    struct random random = random_start("shape_limit");
    for (int trial = 0; trial < (test_is_full() ? 500 : 12); trial++) {
        uint64_t counts[M2_BIN_COUNT];
        for (uint32_t bin = 0; bin < M2_BIN_COUNT; bin++)
            counts[bin] = random_below(&random, 2) ? random_word(&random) >> (random_below(&random, 25) + 39) : 0;
        assert_sound(trial % 2 ? &template_paper : &shape, trial % 2 ? &paper : &background, counts,
                     trial % 3 ? 0.03 : 0.0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(limits_are_those_of_an_independent_fit),
        cmocka_unit_test(the_gain_over_counting_is_that_of_the_information_matrix),
        cmocka_unit_test(the_systematic_floor_is_that_of_counting),
        cmocka_unit_test(pseudo_experiments_cover_the_signal_and_fill_the_band),
        cmocka_unit_test(empty_spectra_give_the_limit_of_no_events),
        cmocka_unit_test(any_single_bin_gives_finite_numbers),
        cmocka_unit_test(random_spectra_give_finite_numbers),
    };
    return cmocka_run_group_tests(tests, prepare, NULL);
}
