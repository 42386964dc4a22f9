/* SPDX-License-Identifier: MIT */
/*
 * A signal that is put into the paper template comes out as large as it was put in, with the error that is stated:
 * pseudo-runs of Poisson counts, with the expectations of all bins known.
 */
#include "core/background.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "core/template.h"
#include "poisson.h"

#define RUNS 1000

static struct background background;

static int prepare(void **state)
{
    (void)state;
    background_init(&background, &template_paper);
    return 0;
}

static double gauss_share(uint32_t bin, double m2)
{
    double lower = ((double)bin + M2_BIN_FIRST) * M2_BIN_WIDTH_MEV2 - m2, root = template_paper.sigma_mev2 * sqrt(2.0);
    return 0.5 * (erf((lower + M2_BIN_WIDTH_MEV2) / root) - erf(lower / root));
}

/* Expected candidates per bin: the template with b in the window, and a signal with s in it. */
static void expect(double expected[M2_BIN_COUNT], int m_n_mev, double b, double s)
{
    const struct functional *f = &background.functionals[m_n_mev - HYPOTHESIS_FIRST_MEV];
    double in_window = 0.0;
    for (uint32_t bin = f->window.first; bin < f->window.end; bin++)
        in_window += template_paper.bins[bin];
    for (uint32_t bin = 0; bin < M2_BIN_COUNT; bin++)
        expected[bin] = b * template_paper.bins[bin] / in_window +
                        s * gauss_share(bin, (double)m_n_mev * m_n_mev) / f->signal_share;
}

/* Of b, with the coefficients in Q20 and the expectations of the sidebands. */
static double sideband_variance(const struct functional *f, const double expected[M2_BIN_COUNT])
{
    double variance = 0.0;
    uint32_t at = 0;
    for (uint32_t bin = f->below_first; bin < f->below_end; bin++, at++)
        variance += ldexp((double)f->c_q20[at], -BACKGROUND_SHIFT) * ldexp((double)f->c_q20[at], -BACKGROUND_SHIFT) *
                    expected[bin];
    for (uint32_t bin = f->above_first; bin < f->above_end; bin++, at++)
        variance += ldexp((double)f->c_q20[at], -BACKGROUND_SHIFT) * ldexp((double)f->c_q20[at], -BACKGROUND_SHIFT) *
                    expected[bin];
    return variance;
}

/* Pseudo-runs: mean and width of the pull of s_hat = (n - b) / (1 - leakage/share), and mean stated variance of b. */
static void check_recovery(struct random *random, int m_n_mev, double b, double s)
{
    const uint32_t index = (uint32_t)(m_n_mev - HYPOTHESIS_FIRST_MEV);
    const struct functional *f = &background.functionals[index];
    double expected[M2_BIN_COUNT], kept = 1.0 - f->signal_leakage / f->signal_share;
    expect(expected, m_n_mev, b, s);
    double variance = sideband_variance(f, expected), sigma = sqrt(b + s + variance) / kept;
    double sum = 0.0, squares = 0.0, stated = 0.0;
    for (int run = 0; run < RUNS; run++) {
        uint64_t counts[M2_BIN_COUNT], n;
        double b_hat, variance_hat;
        for (uint32_t bin = 0; bin < M2_BIN_COUNT; bin++)
            counts[bin] =
                bin < f->below_first || bin >= f->above_end ? 0 : (uint64_t)random_poisson(random, expected[bin]);
        background_evaluate(&background, index, counts, &n, &b_hat, &variance_hat);
        double pull = (((double)n - b_hat) / kept - s) / sigma;
        sum += pull;
        squares += pull * pull;
        stated += variance_hat / RUNS;
    }
    double mean = sum / RUNS, width = sqrt(squares / RUNS - mean * mean);
    printf("%d MeV, b = %g, s = %g: pull %+.3f +- %.3f, width %.3f +- %.3f\n", m_n_mev, b, s, mean, 1 / sqrt(RUNS),
           width, 1 / sqrt(2.0 * RUNS));
    assert_true(fabs(mean) < 4.0 / sqrt(RUNS));
    assert_true(fabs(width - 1.0) < 4.0 / sqrt(2.0 * RUNS));
    assert_true(fabs(stated / variance - 1.0) < 0.02);
}

static void an_injected_signal_is_recovered_without_bias_and_with_its_error(void **state)
{
    (void)state;
    static const int masses_mev[] = {135, 200};
    struct random random = random_start("injection");
    for (size_t i = 0; i < 2; i++) {
        check_recovery(&random, masses_mev[i], 50.0, 0.0);
        check_recovery(&random, masses_mev[i], 50.0, 30.0);
        check_recovery(&random, masses_mev[i], 5000.0, 0.0);
        check_recovery(&random, masses_mev[i], 5000.0, 300.0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_injected_signal_is_recovered_without_bias_and_with_its_error),
    };
    return cmocka_run_group_tests(tests, prepare, NULL);
}
