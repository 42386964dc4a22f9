/* SPDX-License-Identifier: MIT */
#include "core/template_bias.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "../../vectors/template_vectors.h"
#include "synthetic.h"

static struct background background;

/* The coefficients are Q20: 2^-21 each, over a few hundred bins with more content than the window. */
static void a_functional_has_no_bias_on_its_own_template(void **state)
{
    (void)state;
    const struct template *const all[] = {&template_paper, &template_na62, &template_na62_beam};
    for (int t = 0; t < 3; t++) {
        struct template_bias_result result;
        background_init(&background, all[t]);
        template_bias_compare(&background, all[t], all[t], &result);
        assert_true(result.worst >= 0 && result.f_sys < 1e-5);
        for (int i = 0; i < HYPOTHESIS_COUNT; i++) {
            const struct functional *f = &background.functionals[i];
            const double window = template_bias_window(f, all[t]->bins);
            if (f->alpha <= SCAN_ALPHA_MAX)
                assert_true(fabs(template_bias_estimate(f, all[t]->bins) / window - 1) < 1e-5);
        }
    }
}

static double centre(int bin)
{
    return (bin + M2_BIN_FIRST + 0.5) * M2_BIN_WIDTH_MEV2;
}

static void the_bias_is_that_of_an_independent_program(void **state)
{
    (void)state;
    static struct template shape, wide, steep;
    synthetic_template(&shape);
    wide = steep = shape;
    for (int j = 0; j < M2_BIN_COUNT; j++) {
        const double x = centre(j);
        wide.bins[j] += 0.02 * (exp(-0.5 * (x / 1785) * (x / 1785)) - exp(-0.5 * (x / 1700) * (x / 1700)));
        steep.bins[j] *= 1 + 0.3 * exp(-fmax(x, 0) / 8000);
    }
    background_init(&background, &shape);
    for (size_t i = 0; i < sizeof bias_vectors / sizeof *bias_vectors; i++) {
        const struct functional *f = &background.functionals[bias_vectors[i].m_n_mev - HYPOTHESIS_FIRST_MEV];
        assert_true(fabs(template_bias(f, wide.bins) - bias_vectors[i].wide) < 1e-5);
        assert_true(fabs(template_bias(f, steep.bins) - bias_vectors[i].steep) < 1e-5);
    }
}

/* Only one window differs: it holds a tenth more, so that its b is short of it by 1 - 1/1.1. */
static void the_largest_bias_is_told_with_its_mass_and_error(void **state)
{
    (void)state;
    static struct template shape, truth;
    struct template_bias_result result;
    const int i = 200 - HYPOTHESIS_FIRST_MEV;
    synthetic_template(&shape);
    truth = shape;
    background_init(&background, &shape);
    const struct search_window window = background.functionals[i].window;
    for (uint32_t j = window.first; j < window.end; j++)
        truth.bins[j] *= 1.1;
    truth.bias_error[i] = 0.03;
    shape.bias_error[i] = 0.04;
    template_bias_compare(&background, &truth, &shape, &result);
    assert_int_equal(result.worst, i);
    assert_true(fabs(result.f_sys - (1 - 1 / 1.1)) < 1e-5);
    assert_true(fabs(result.bias[i] + result.f_sys) < 1e-15);
    assert_true(fabs(result.error[i] - 0.05) < 1e-15);
}

static void masses_that_one_of_them_does_not_cover_do_not_count(void **state)
{
    (void)state;
    static struct template shape, truth;
    struct template_bias_result result;
    synthetic_template(&shape);
    truth = shape;
    truth.first_mev = truth.last_mev = 150;
    background_init(&background, &shape);
    template_bias_compare(&background, &truth, &shape, &result);
    assert_int_equal(result.worst, 150 - HYPOTHESIS_FIRST_MEV);
    for (int i = 0; i < HYPOTHESIS_COUNT; i++)
        assert_int_equal(result.is_valid[i], i == result.worst);
}

static void without_a_valid_mass_there_is_no_f_sys(void **state)
{
    (void)state;
    static struct template shape, empty;
    struct template_bias_result result;
    synthetic_template(&shape);
    background_init(&background, &shape);
    template_bias_compare(&background, &empty, &shape, &result);
    assert_true(result.worst == -1 && result.f_sys == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_functional_has_no_bias_on_its_own_template),
        cmocka_unit_test(the_bias_is_that_of_an_independent_program),
        cmocka_unit_test(the_largest_bias_is_told_with_its_mass_and_error),
        cmocka_unit_test(masses_that_one_of_them_does_not_cover_do_not_count),
        cmocka_unit_test(without_a_valid_mass_there_is_no_f_sys),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
