/* SPDX-License-Identifier: MIT */
/* Expected values: tests/vectors/background_vectors.h, by numpy; the definitions of windows and sidebands. */
#include "core/background.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "../../vectors/background_vectors.h"
#include "../kernel/random.h"
#include "synthetic.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define HALF_Q20 (1.0 / (1 << 21)) /* coefficients are rounded to a multiple of 2^-20 */

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

static const struct functional *functional_at(const struct background *of, int m_n_mev)
{
    return &of->functionals[m_n_mev - HYPOTHESIS_FIRST_MEV];
}

static double sideband_sum(const struct functional *f, const double *bins)
{
    double sum = 0.0;
    for (uint32_t j = f->below_first; j < f->below_end; j++)
        sum += bins[j];
    for (uint32_t j = f->above_first; j < f->above_end; j++)
        sum += bins[j];
    return sum;
}

static double sideband_counts(const struct functional *f, const uint64_t *counts)
{
    static double bins[M2_BIN_COUNT];
    for (uint32_t j = 0; j < M2_BIN_COUNT; j++)
        bins[j] = (double)counts[j];
    return sideband_sum(f, bins);
}

static void check_vectors(const struct background_vector *vectors, size_t count, const uint64_t *counts)
{
    for (size_t i = 0; i < count; i++) {
        const struct background_vector *v = &vectors[i];
        const struct functional *f = functional_at(&background, v->m_n_mev);
        uint64_t n;
        double b, variance, rounding = HALF_Q20 * sideband_counts(f, counts);
        background_evaluate(&background, (uint32_t)(v->m_n_mev - HYPOTHESIS_FIRST_MEV), counts, &n, &b, &variance);
        assert_int_equal(f->window.first, v->window_first);
        assert_int_equal(n, v->n);
        assert_true(fabs(b - v->b) <= rounding + 1e-9 * v->b);
        assert_true(fabs(variance - v->variance) <= rounding + 1e-9 * v->variance);
        assert_true(fabs(f->alpha - v->alpha) <= 1e-4 * v->alpha);
        assert_true(fabs(f->signal_share - v->signal_share) < 1e-12);
        assert_true(fabs(f->signal_leakage - v->signal_leakage) < HALF_Q20); /* shares of the signal add to < 1 */
    }
}

static void n_b_variance_alpha_and_signal_are_those_of_an_independent_fit(void **state)
{
    (void)state;
    uint64_t counts[M2_BIN_COUNT];
    synthetic_smooth_counts(counts);
    check_vectors(smooth_vectors, COUNT(smooth_vectors), counts);
    synthetic_sparse_counts(counts);
    check_vectors(sparse_vectors, COUNT(sparse_vectors), counts);
}

/* Counts in proportion to template x (1 + a u + c u^2), about 10^9 per bin: whole numbers, so each is off by up to 1/2.
 */
static void curved_counts(uint64_t counts[M2_BIN_COUNT], double m2, double a, double c)
{
    for (uint32_t j = 0; j < M2_BIN_COUNT; j++) {
        double u =
            (((double)j + M2_BIN_FIRST + 0.5) * M2_BIN_WIDTH_MEV2 - m2) / (SIDEBAND_OUTER_SIGMAS * shape.sigma_mev2);
        counts[j] = fabs(u) <= 1.1 ? (uint64_t)(shape.bins[j] * 1e11 * (1.0 + a * u + c * u * u) + 0.5) : 0;
    }
}

static bool is_parabola(const struct functional *f)
{
    return (f->below_end - f->below_first) * M2_BIN_WIDTH_MEV2 >= SIDEBAND_SHORT_SIGMAS * shape.sigma_mev2;
}

static void b_is_exactly_unbiased_for_template_times_parabola(void **state)
{
    (void)state;
    static const double tilts[][2] = {{0.0, 0.0}, {0.4, 0.0}, {-0.4, 0.0}, {0.3, 0.3}, {-0.2, -0.5}, {0.0, 0.7}};
    uint64_t counts[M2_BIN_COUNT];
    for (uint32_t i = 0; i < HYPOTHESIS_COUNT; i++)
        for (size_t t = 0; t < COUNT(tilts); t++) {
            const struct functional *f = &background.functionals[i];
            double m_n = HYPOTHESIS_FIRST_MEV + (double)i, b, variance;
            uint64_t n;
            if (tilts[t][1] != 0.0 && !is_parabola(f))
                continue; /* a straight line: unbiased for the first three */
            curved_counts(counts, m_n * m_n, tilts[t][0], tilts[t][1]);
            background_evaluate(&background, i, counts, &n, &b, &variance);
            assert_true(fabs(b - (double)n) <= HALF_Q20 * sideband_counts(f, counts) + 1000.0);
        }
}

static void b_is_exactly_linear_in_the_counts(void **state)
{
    (void)state;
    struct random random = random_start("background");
    uint64_t counts[3][M2_BIN_COUNT], n[3];
    double b[3], variance[3];
    for (int trial = 0; trial < 20; trial++)
        for (uint32_t i = 0; i < HYPOTHESIS_COUNT; i++) {
            for (uint32_t j = 0; j < M2_BIN_COUNT; j++) {
                counts[0][j] = 50 + random_below(&random, 50);
                counts[1][j] = 50 + random_below(&random, 1000);
                counts[2][j] = counts[0][j] + counts[1][j];
            }
            for (int part = 0; part < 3; part++)
                background_evaluate(&background, i, counts[part], &n[part], &b[part], &variance[part]);
            assert_int_equal(n[2], n[0] + n[1]);
            assert_true(b[0] == 0.0 || b[1] == 0.0 || b[2] == b[0] + b[1]);
            assert_true(variance[2] == variance[0] + variance[1]);
        }
}

/* Bursts of a few to all counts that 32 bits hold, in one bin or in many. */
static void random_burst(struct random *random, uint32_t bins[M2_BIN_COUNT])
{
    uint32_t shift = (uint32_t)random_below(random, 32), spread = 1 + (uint32_t)random_below(random, 40);
    for (uint32_t j = 0; j < M2_BIN_COUNT; j++)
        bins[j] = random_below(random, spread) ? 0 : (uint32_t)random_word(random) >> shift;
    if (shift < 10) /* no more than 2^34 in all */
        for (uint32_t j = 0; j < M2_BIN_COUNT; j++)
            bins[j] = j % M2_BIN_COUNT / 4 == shift ? UINT32_MAX : 0;
}

static void check_estimates(const struct estimates *sums, const uint64_t *counts)
{
    struct estimates recount;
    background_estimate_sums(&paper, counts, &recount);
    assert_memory_equal(sums, &recount, sizeof recount);
    for (uint32_t i = 0; i < HYPOTHESIS_COUNT; i++) {
        uint64_t n;
        double b, variance;
        background_evaluate(&paper, i, counts, &n, &b, &variance);
        assert_int_equal(sums->n[i], n);
        assert_true(background_b(sums->b_q20[i]) == b && background_variance(sums->v_q20[i]) == variance);
    }
}

static void sums_of_the_estimates_of_bursts_are_those_of_their_counts_bit_for_bit(void **state)
{
    (void)state;
    struct random random = random_start("background");
    static uint32_t bursts[40][M2_BIN_COUNT];
    for (int trial = 0; trial < 10; trial++) {
        uint64_t counts[M2_BIN_COUNT] = {0};
        struct estimates sums = {{0}, {0}, {0}}, part;
        for (uint32_t k = 0; k < 80; k++) { /* adds forty, then takes them off in the same order */
            if (k < 40)
                random_burst(&random, bursts[k]);
            background_estimate(&paper, bursts[k % 40], &part);
            for (uint32_t j = 0; j < M2_BIN_COUNT; j++)
                counts[j] += k < 40 ? bursts[k][j] : -(uint64_t)bursts[k - 40][j];
            if (k < 40)
                estimates_add(&sums, &part);
            else
                estimates_subtract(&sums, &part);
            check_estimates(&sums, counts);
        }
        const struct estimates nothing = {{0}, {0}, {0}};
        assert_memory_equal(&sums, &nothing, sizeof nothing);
    }
}

/* A template that rises steeply inside the window and is all but absent beside it asks for huge coefficients. */
static void a_template_that_needs_huge_coefficients_is_not_usable(void **state)
{
    (void)state;
    static struct template steep;
    static struct background of;
    const uint32_t index = 150 - HYPOTHESIS_FIRST_MEV;
    steep = shape;
    struct search_window window = background_window(150, steep.sigma_mev2);
    for (uint32_t j = window.first; j < window.end; j++)
        steep.bins[j] *= 1e5;
    background_init(&of, &steep);
    assert_true(isinf(of.functionals[index].alpha));
    for (uint32_t at = 0; at < SIDEBAND_BINS_MAX; at++)
        assert_true(of.functionals[index].c_q20[at] == 0 && of.functionals[index].c2_q20[at] == 0);
}

static void windows_are_forty_bins_within_half_a_bin_of_the_mass(void **state)
{
    (void)state;
    for (int m_n = HYPOTHESIS_FIRST_MEV; m_n <= HYPOTHESIS_LAST_MEV; m_n++) {
        struct search_window window = background_window(m_n, 1700.0);
        int centre = ((int)window.first + (int)window.end + 2 * M2_BIN_FIRST) * M2_BIN_WIDTH_MEV2; /* twice */
        assert_int_equal(window.end - window.first, 40);
        assert_in_range(centre + M2_BIN_WIDTH_MEV2 - 2 * m_n * m_n, 0, 2 * M2_BIN_WIDTH_MEV2);
        assert_memory_equal(&window, &functional_at(&paper, m_n)->window, sizeof window);
    }
}

static void sidebands_avoid_the_window_and_the_peak(void **state)
{
    (void)state;
    for (int m_n = HYPOTHESIS_FIRST_MEV; m_n <= HYPOTHESIS_LAST_MEV; m_n++) {
        const struct functional *f = functional_at(&paper, m_n);
        double m2 = m_n * m_n, sigma = 1700.0, width = M2_BIN_WIDTH_MEV2;
        assert_true(f->below_first <= f->below_end && f->below_end <= f->window.first);
        assert_true(f->window.end <= f->above_first && f->above_first < f->above_end && f->above_end <= M2_BIN_COUNT);
        assert_true(f->below_first == f->below_end || ((int)f->below_first + M2_BIN_FIRST) * M2_BIN_WIDTH_MEV2 >= 9350);
        /* Each end lies within half a bin of its place. */
        assert_true(f->below_first == f->below_end ||
                    fabs((f->below_end + (double)M2_BIN_FIRST) * width - (m2 - 2.0 * sigma)) <= width / 2);
        assert_true(fabs((f->above_first + (double)M2_BIN_FIRST) * width - (m2 + 2.0 * sigma)) <= width / 2);
        assert_true(fabs((f->above_end + (double)M2_BIN_FIRST) * width - (m2 + 11.25 * sigma)) <= width / 2);
    }
}

static void all_but_the_lowest_hypothesis_can_be_searched(void **state)
{
    (void)state;
    assert_true(functional_at(&paper, 113)->alpha > SCAN_ALPHA_MAX);
    for (int m_n = 114; m_n <= HYPOTHESIS_LAST_MEV; m_n++)
        assert_true(functional_at(&paper, m_n)->alpha <= SCAN_ALPHA_MAX);
}

/* A study with another generator found 2.6, 1.0 and 0.8. */
static void alpha_of_the_paper_template_is_that_of_the_study(void **state)
{
    (void)state;
    assert_true(fabs(functional_at(&paper, 115)->alpha - 2.4) <= 0.3);
    assert_true(fabs(functional_at(&paper, 120)->alpha - 1.0) <= 0.05);
    assert_true(fabs(functional_at(&paper, 135)->alpha - 0.8) <= 0.05);
}

static void alpha_falls_where_the_lower_sideband_grows(void **state)
{
    (void)state;
    for (int m_n = 114; m_n <= 125; m_n++)
        assert_true(functional_at(&paper, m_n)->alpha < functional_at(&paper, m_n - 1)->alpha);
}

static void coefficients_stay_below_16_so_that_sums_fit(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < HYPOTHESIS_COUNT; i++)
        for (uint32_t at = 0; at < SIDEBAND_BINS_MAX; at++) {
            assert_true(abs(paper.functionals[i].c_q20[at]) < 1 << 24);
            assert_true(paper.functionals[i].c2_q20[at] < 1u << 28);
        }
}

static void a_negative_estimate_becomes_zero_and_keeps_its_variance(void **state)
{
    (void)state;
    const uint32_t index = 135 - HYPOTHESIS_FIRST_MEV;
    const struct functional *f = &background.functionals[index];
    uint64_t counts[M2_BIN_COUNT] = {0}, n;
    double b, variance;
    for (uint32_t j = f->above_first; j < f->above_end; j++)
        counts[j] = f->c_q20[f->below_end - f->below_first + j - f->above_first] < 0 ? 1000 : 0;
    background_evaluate(&background, index, counts, &n, &b, &variance);
    assert_int_equal(n, 0);
    assert_true(b == 0.0);
    assert_true(variance > 0.0);
}

static void a_template_without_sidebands_is_not_usable_and_harmless(void **state)
{
    (void)state;
    static struct template empty;
    static struct background none;
    uint64_t counts[M2_BIN_COUNT], n;
    double b, variance;
    empty = shape;
    memset(empty.bins, 0, sizeof empty.bins);
    background_init(&none, &empty);
    synthetic_smooth_counts(counts);
    for (uint32_t i = 0; i < HYPOTHESIS_COUNT; i++) {
        background_evaluate(&none, i, counts, &n, &b, &variance);
        assert_true(none.functionals[i].alpha > SCAN_ALPHA_MAX);
        assert_true(b == 0.0 && variance == 0.0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(n_b_variance_alpha_and_signal_are_those_of_an_independent_fit),
        cmocka_unit_test(b_is_exactly_unbiased_for_template_times_parabola),
        cmocka_unit_test(b_is_exactly_linear_in_the_counts),
        cmocka_unit_test(sums_of_the_estimates_of_bursts_are_those_of_their_counts_bit_for_bit),
        cmocka_unit_test(a_template_that_needs_huge_coefficients_is_not_usable),
        cmocka_unit_test(windows_are_forty_bins_within_half_a_bin_of_the_mass),
        cmocka_unit_test(sidebands_avoid_the_window_and_the_peak),
        cmocka_unit_test(all_but_the_lowest_hypothesis_can_be_searched),
        cmocka_unit_test(alpha_of_the_paper_template_is_that_of_the_study),
        cmocka_unit_test(alpha_falls_where_the_lower_sideband_grows),
        cmocka_unit_test(coefficients_stay_below_16_so_that_sums_fit),
        cmocka_unit_test(a_negative_estimate_becomes_zero_and_keeps_its_variance),
        cmocka_unit_test(a_template_without_sidebands_is_not_usable_and_harmless),
    };
    return cmocka_run_group_tests(tests, prepare, NULL);
}
