/* SPDX-License-Identifier: MIT */
#include "core/template_data.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "../kernel/random.h"
#include "core/scan.h"
#include "poisson.h"

#define CANDIDATES 2e7 /* accepted Ke3 decays */
#define SIGNAL_MEV 135
#define SIGNAL 400.0 /* candidates, of which 84 % are in the window */

static struct background background, paper;
static struct template shape;
static uint64_t counts[M2_BIN_COUNT];

static double gauss_share(int bin, double m2)
{
    const double low = (bin + M2_BIN_FIRST) * (double)M2_BIN_WIDTH_MEV2 - m2, sigma = 1700 * sqrt(2);
    return 0.5 * (erf((low + M2_BIN_WIDTH_MEV2) / sigma) - erf(low / sigma));
}

/* The expectation, rounded: no fluctuation, so that what is seen is what the template does. */
static void fill_counts(double signal)
{
    for (int j = 0; j < M2_BIN_COUNT; j++)
        counts[j] =
            (uint64_t)llround(CANDIDATES * template_paper.bins[j] + signal * gauss_share(j, SIGNAL_MEV * SIGNAL_MEV));
}

static struct hypothesis look(const struct background *with)
{
    static struct scan scan;
    scan_evaluate(&scan, with, counts, 0);
    return scan.hypotheses[SIGNAL_MEV - HYPOTHESIS_FIRST_MEV];
}

static const char *interpolate(double low_mev, double high_mev)
{
    return template_data_fill(&shape, &template_paper, counts, low_mev * low_mev, high_mev * high_mev, "test",
                              &background);
}

static void setup_paper(void)
{
    background_init(&paper, &template_paper);
}

static void a_template_from_data_as_they_are_swallows_the_signal(void **state)
{
    (void)state;
    setup_paper();
    fill_counts(SIGNAL);
    const struct hypothesis seen = look(&paper);
    shape = template_paper;
    for (int j = 0; j < M2_BIN_COUNT; j++)
        shape.bins[j] = (double)counts[j] / CANDIDATES;
    background_init(&background, &shape);
    const struct hypothesis naive = look(&background);
    assert_true(seen.valid && seen.z > 6);
    assert_true(naive.valid && fabs(naive.z) < 0.01);
}

static void with_interpolation_the_signal_is_there_again(void **state)
{
    (void)state;
    setup_paper();
    fill_counts(SIGNAL);
    const struct hypothesis seen = look(&paper);
    assert_null(interpolate(120, 150));
    background_init(&background, &shape);
    const struct hypothesis found = look(&background);
    assert_true(found.valid);
    assert_true(fabs(found.z / seen.z - 1) < 0.05);
    assert_true(fabs(((double)found.n - found.b) / ((double)seen.n - seen.b) - 1) < 0.05);
}

static void without_signal_the_interpolation_is_the_other_template(void **state)
{
    (void)state;
    fill_counts(0);
    assert_null(interpolate(120, 150));
    for (int j = 120 * 120 / 119 + 300; j < 150 * 150 / 119 + 300; j++)
        assert_true(fabs(shape.bins[j] / template_paper.bins[j] - 1) < 5e-3); /* counts are rounded */
}

static void it_covers_only_masses_whose_window_was_interpolated(void **state)
{
    (void)state;
    fill_counts(0);
    assert_null(interpolate(120, 150));
    /* sqrt(120^2 + 3400) = 133.4, sqrt(150^2 - 3400) = 138.2 */
    assert_true(shape.first_mev == 134 && shape.last_mev == 138);
    background_init(&background, &shape);
    for (int i = 0; i < HYPOTHESIS_COUNT; i++) {
        const int mass = HYPOTHESIS_FIRST_MEV + i;
        assert_int_equal(isfinite(background.functionals[i].alpha), mass >= 134 && mass <= 138);
    }
    assert_string_equal(shape.name, "data");
    assert_string_equal(shape.provenance, "test");
    assert_null(template_error(&shape));
}

static void what_counts_cannot_tell_comes_from_the_other_template(void **state)
{
    (void)state;
    fill_counts(0);
    assert_null(interpolate(120, 150));
    double peak = 0;
    for (int j = 280; j < 320; j++)
        peak += shape.bins[j];
    assert_true(fabs(peak - template_paper.f_peak) < 1e-12);
    assert_true(shape.f_peak == template_paper.f_peak && shape.a_peak == template_paper.a_peak);
    assert_true(shape.sigma_mev2 == 1700 && shape.preset == SELECTION_PAPER);
}

static void ranges_without_a_window_or_without_sides_are_refused(void **state)
{
    (void)state;
    fill_counts(0);
    assert_non_null(interpolate(130, 140)); /* 2700 MeV^2: less than 4 sigma */
    assert_non_null(interpolate(98, 150));  /* nothing above 9350 MeV^2 is left below it */
    assert_non_null(interpolate(120, 378)); /* up to the end of the histogram */
}

static void few_candidates_are_refused(void **state)
{
    (void)state;
    fill_counts(0);
    for (int j = 0; j < M2_BIN_COUNT; j++)
        counts[j] /= 10000;
    assert_non_null(interpolate(120, 150));
    for (int j = 0; j < M2_BIN_COUNT; j++)
        counts[j] = 0;
    assert_non_null(interpolate(120, 150));
}

/* The pull of the interpolated window over random data; its errors come from the covariance of the fit. */
static void the_error_is_the_scatter_of_random_data(void **state)
{
    (void)state;
    enum { TRIALS = 200 };
    struct random random = random_start("test_template_data");
    const int i = 136 - HYPOTHESIS_FIRST_MEV;
    double sum = 0, sum2 = 0;
    setup_paper();
    for (int trial = 0; trial < TRIALS; trial++) {
        for (int j = 0; j < M2_BIN_COUNT; j++)
            counts[j] = (uint64_t)random_poisson(&random, 5e6 * template_paper.bins[j]);
        assert_null(interpolate(120, 150));
        double window = 0, truth = 0;
        const struct search_window w = paper.functionals[i].window;
        for (uint32_t j = w.first; j < w.end; j++) {
            window += shape.bins[j];
            truth += template_paper.bins[j];
        }
        const double pull = (window / truth - 1) / shape.window_error[i];
        sum += pull;
        sum2 += pull * pull;
    }
    /* 200 pulls: their mean within 0.3, their rms within 0.8 .. 1.2, four standard deviations each */
    assert_true(fabs(sum / TRIALS) < 0.3);
    assert_true(sqrt(sum2 / TRIALS) > 0.8 && sqrt(sum2 / TRIALS) < 1.2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_template_from_data_as_they_are_swallows_the_signal),
        cmocka_unit_test(with_interpolation_the_signal_is_there_again),
        cmocka_unit_test(without_signal_the_interpolation_is_the_other_template),
        cmocka_unit_test(it_covers_only_masses_whose_window_was_interpolated),
        cmocka_unit_test(what_counts_cannot_tell_comes_from_the_other_template),
        cmocka_unit_test(ranges_without_a_window_or_without_sides_are_refused),
        cmocka_unit_test(few_candidates_are_refused),
        cmocka_unit_test(the_error_is_the_scatter_of_random_data),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
