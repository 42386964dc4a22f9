/* SPDX-License-Identifier: MIT */
/* Expected values: tests/vectors/background_vectors.h, by numpy and scipy. What is withheld: test_monitor. */
#include "core/scan.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "../../vectors/background_vectors.h"
#include "core/background.h"
#include "core/exclusion.h"
#include "core/physics.h"
#include "core/withheld.h"
#include "poisson.h"
#include "synthetic.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define F_SYS 0.03

static struct template shape;
static struct background background, paper;
static struct exclusion exclusion, paper_exclusion;
static struct scan scan;

/* The bin of m_n^2. */
static uint32_t bin_of(double m_n_mev)
{
    return (uint32_t)(floor(m_n_mev * m_n_mev / M2_BIN_WIDTH_MEV2) - M2_BIN_FIRST);
}

static int prepare(void **state)
{
    (void)state;
    synthetic_template(&shape);
    background_init(&background, &shape);
    background_init(&paper, &template_paper);
    exclusion_init(&exclusion, &shape, &background);
    exclusion_init(&paper_exclusion, &template_paper, &paper);
    return 0;
}

/* The coefficients of b are rounded to 2^-20, which moves b and sigma_b by 1e-5 at most here. */
static void assert_close(double value, double expected, double tolerance)
{
    if (!(fabs(value - expected) <= tolerance))
        fail_msg("%.15g is not %.15g within %g", value, expected, tolerance);
}

static void check_vectors(const struct background_vector *vectors, size_t count, const uint64_t *counts)
{
    scan_evaluate(&scan, &background, counts, F_SYS);
    for (size_t i = 0; i < count; i++) {
        const struct background_vector *v = &vectors[i];
        const struct hypothesis *h = &scan.hypotheses[v->m_n_mev - HYPOTHESIS_FIRST_MEV];
        assert_true(h->m_n_mev == v->m_n_mev);
        assert_int_equal(h->n, v->n);
        assert_int_equal(h->valid, v->alpha <= 4.0);
        assert_close(h->b, v->b, 1e-5 * v->b);
        assert_close(h->alpha, v->alpha, 1e-4 * v->alpha);
        assert_close(h->sigma_b, v->sigma_b, 1e-5 * v->sigma_b);
        assert_close(h->z, v->z, 2e-4);
        assert_close(h->z_alarm, v->z_alarm, 2e-4);
        assert_close(h->p_local, v->p_local, 2e-3 * v->p_local);
    }
}

static void significances_are_those_of_an_independent_computation(void **state)
{
    (void)state;
    uint64_t counts[M2_BIN_COUNT];
    synthetic_smooth_counts(counts);
    check_vectors(smooth_vectors, COUNT(smooth_vectors), counts);
    synthetic_sparse_counts(counts);
    check_vectors(sparse_vectors, COUNT(sparse_vectors), counts);
}

static void the_best_hypothesis_is_the_valid_one_with_the_largest_z(void **state)
{
    (void)state;
    uint64_t counts[M2_BIN_COUNT];
    synthetic_sparse_counts(counts);
    scan_evaluate(&scan, &background, counts, F_SYS);
    const struct hypothesis *best = scan_best(&scan);
    assert_in_range((int)best->m_n_mev, 134, 136);
    for (uint32_t i = 0; i < HYPOTHESIS_COUNT; i++)
        assert_true(!scan.hypotheses[i].valid || scan.hypotheses[i].z <= best->z);
    scan.hypotheses[0].z = 100.0; /* 113 MeV is not valid */
    assert_ptr_equal(scan_best(&scan), best);
    for (uint32_t i = 0; i < HYPOTHESIS_COUNT; i++)
        scan.hypotheses[i].withheld = "";
    assert_null(scan_best(&scan));
}

/* Counts of a flat spectrum, from much less than one to many per window, with a line here and there. */
static void random_counts(struct random *random, uint64_t counts[M2_BIN_COUNT])
{
    double mean = pow(10.0, 5.0 * random_open(random) - 3.0);
    uint32_t line = (uint32_t)random_below(random, M2_BIN_COUNT);
    for (uint32_t bin = 0; bin < M2_BIN_COUNT; bin++)
        counts[bin] = (uint64_t)random_poisson(random, bin / 20 == line / 20 ? 2.0 * mean : mean);
}

static void a_look_is_the_evaluation_as_far_as_it_goes(void **state)
{
    (void)state;
    struct random random = random_start("scan");
    static struct scan look;
    for (int trial = 0; trial < 500; trial++) {
        const struct background *of = trial % 2 ? &paper : &background;
        double f_sys = trial % 3 ? F_SYS : 0.0;
        uint64_t counts[M2_BIN_COUNT];
        struct estimates estimates;
        random_counts(&random, counts);
        background_estimate_sums(of, counts, &estimates);
        scan_evaluate(&scan, of, counts, f_sys);
        const struct hypothesis *best = scan_look(&look, of, &estimates, f_sys), *expected = scan_best(&scan);
        assert_true((best == NULL) == (expected == NULL));
        assert_true(!best || best - look.hypotheses == expected - scan.hypotheses);
        assert_true(!best || best->z == expected->z);
        assert_true(look.searchable_from_mev == scan.searchable_from_mev);
        for (uint32_t i = 0; i < HYPOTHESIS_COUNT; i++) {
            struct hypothesis h = scan.hypotheses[i];
            h.sigma_b = 0.0;
            h.p_local = 1.0;
            h.z = best == &look.hypotheses[i] ? best->z : 0.0;
            assert_memory_equal(&look.hypotheses[i], &h, sizeof h);
        }
    }
}

static void a_look_without_a_valid_hypothesis_has_no_best_one(void **state)
{
    (void)state;
    static struct scan look;
    static struct background none;
    struct estimates estimates;
    uint64_t counts[M2_BIN_COUNT] = {0};
    none = paper;
    for (uint32_t i = 0; i < HYPOTHESIS_COUNT; i++)
        none.alpha[i] = (double)INFINITY;
    background_estimate_sums(&none, counts, &estimates);
    assert_null(scan_look(&look, &none, &estimates, F_SYS));
}

static void assert_finite(const struct background *of, const uint64_t *counts, double f_sys)
{
    memset(&scan, 0xFF, sizeof scan); /* nothing may be left over */
    scan_evaluate(&scan, of, counts, f_sys);
    for (uint32_t i = 0; i < HYPOTHESIS_COUNT; i++) {
        const struct hypothesis *h = &scan.hypotheses[i];
        assert_true(isfinite(h->b) && h->b >= 0.0);
        assert_true(isfinite(h->sigma_b) && h->sigma_b >= 0.0);
        assert_true(isfinite(h->alpha) && h->alpha > 0.0);
        assert_true(isfinite(h->z) && isfinite(h->z_alarm));
        assert_true(h->p_local >= 0.0 && h->p_local <= 1.0);
        assert_true(h->far_hz == 0.0 && h->u2_limit == 0.0 && h->u2_expected == 0.0 && h->u2_paper == 0.0);
    }
    scan.withheld = NULL;
    scan.horizon = HORIZON_RUN;
    scan.exposure = 1e8;
    scan.density = 4.9;
    scan_conclude(&scan, of == &paper ? &paper_exclusion : &exclusion);
    for (uint32_t i = 0; i < HYPOTHESIS_COUNT; i++) {
        const struct hypothesis *h = &scan.hypotheses[i];
        const double limits[] = {
            h->u2_limit,           h->u2_expected,       h->u2_paper,          h->u2_expected_minus2,
            h->u2_expected_minus1, h->u2_expected_plus1, h->u2_expected_plus2, h->u2_expected_statistical};
        for (size_t k = 0; k < COUNT(limits); k++)
            assert_true(h->valid ? limits[k] > 0.0 && isfinite(limits[k]) : limits[k] == 0.0);
        assert_true(h->withheld ? h->far_hz == 0.0 : h->far_hz > 0.0 && isfinite(h->far_hz));
    }
}

static void empty_histograms_give_finite_numbers(void **state)
{
    (void)state;
    uint64_t counts[M2_BIN_COUNT] = {0};
    assert_finite(&paper, counts, F_SYS);
    assert_finite(&paper, counts, 0.0);
    for (uint32_t i = 0; i < HYPOTHESIS_COUNT; i++) {
        assert_true(scan.hypotheses[i].z == 0.0 && scan.hypotheses[i].z_alarm == 0.0);
        assert_true(scan.hypotheses[i].withheld && scan.hypotheses[i].p_local == 1.0);
    }
}

static void any_window_without_background_or_counts_gives_finite_numbers(void **state)
{
    (void)state;
    static const uint64_t sizes[] = {1, 2, 5, 1000, 1000000, 100000000};
    for (size_t s = 0; s < COUNT(sizes); s++)
        for (uint32_t bin = 0; bin < M2_BIN_COUNT; bin += 3) {
            uint64_t counts[M2_BIN_COUNT] = {0};
            counts[bin] = sizes[s];
            assert_finite(&paper, counts, bin % 2 ? F_SYS : 0.0);
        }
}

static void random_histograms_give_finite_numbers(void **state)
{
    (void)state;
    struct random random = random_start("scan");
    for (int trial = 0; trial < 300; trial++) {
        uint64_t counts[M2_BIN_COUNT];
        for (uint32_t bin = 0; bin < M2_BIN_COUNT; bin++)
            counts[bin] = random_below(&random, 2) ? random_word(&random) >> (random_below(&random, 25) + 39) : 0;
        assert_finite(trial % 2 ? &paper : &background, counts, trial % 3 ? F_SYS : 0.0);
    }
}

/* ---- what is withheld for a single mass ---- */

static const struct hypothesis *at(int m_n_mev)
{
    return &scan.hypotheses[m_n_mev - HYPOTHESIS_FIRST_MEV];
}

static void assert_withheld(const struct hypothesis *h, enum withheld reason)
{
    assert_string_equal(h->withheld, withheld_text(reason));
    assert_true(h->z == 0.0 && h->z_alarm == 0.0 && h->p_local == 1.0 && h->far_hz == 0.0);
}

static void a_window_over_empty_sidebands_has_no_significance_but_a_limit(void **state)
{
    (void)state;
    const struct functional *f = &paper.functionals[135 - HYPOTHESIS_FIRST_MEV];
    uint64_t counts[M2_BIN_COUNT] = {0};
    counts[(f->window.first + f->window.end) / 2] = 12;
    scan = (struct scan){.horizon = HORIZON_RUN, .exposure = 4e8, .density = 4.9};
    scan_evaluate(&scan, &paper, counts, F_SYS);
    scan_conclude(&scan, &paper_exclusion);
    assert_withheld(at(135), WITHHELD_NO_BACKGROUND);
    assert_true(at(135)->n == 12 && at(135)->b == 0.0 && at(135)->sigma_b == 0.0 && at(135)->valid);
    assert_true(at(135)->u2_limit > at(150)->u2_expected && isfinite(at(135)->u2_limit));
}

/* Candidates only where coefficients are negative: the parabola goes below zero in the window. */
static void a_negative_background_has_no_significance(void **state)
{
    (void)state;
    const struct functional *f = &paper.functionals[200 - HYPOTHESIS_FIRST_MEV];
    uint64_t counts[M2_BIN_COUNT] = {0};
    uint32_t lower = f->below_end - f->below_first;
    for (uint32_t j = f->above_first; j < f->above_end; j++)
        counts[j] = f->c_q20[lower + j - f->above_first] < 0 ? 100 : 0;
    counts[(f->window.first + f->window.end) / 2] = 50;
    scan_evaluate(&scan, &paper, counts, F_SYS);
    assert_withheld(at(200), WITHHELD_NO_BACKGROUND);
    assert_true(at(200)->n == 50 && at(200)->b == 0.0 && at(200)->sigma_b > 0.0);
}

static void below_114_mev_the_sidebands_say_too_little(void **state)
{
    (void)state;
    uint64_t counts[M2_BIN_COUNT];
    synthetic_smooth_counts(counts);
    scan_evaluate(&scan, &paper, counts, F_SYS);
    assert_withheld(at(113), WITHHELD_ALPHA);
    assert_true(at(113)->alpha > SCAN_ALPHA_MAX && !at(113)->valid && at(113)->n > 0);
    assert_null(at(114)->withheld);
    assert_true(scan.searchable_from_mev == 114.0);
}

static void the_leakage_of_a_signal_is_that_of_the_functional(void **state)
{
    (void)state;
    uint64_t counts[M2_BIN_COUNT];
    synthetic_smooth_counts(counts);
    scan_evaluate(&scan, &background, counts, F_SYS);
    for (size_t i = 0; i < COUNT(smooth_vectors); i++)
        assert_close(at(smooth_vectors[i].m_n_mev)->signal_leakage, smooth_vectors[i].signal_leakage, 1e-6);
}

/* Whatever is in a template, nothing that is not finite comes out, and what cannot be used says so. */
static void check_bad_template(const struct template *bad)
{
    static struct background of;
    uint64_t counts[M2_BIN_COUNT];
    synthetic_smooth_counts(counts);
    background_init(&of, bad);
    scan_evaluate(&scan, &of, counts, F_SYS);
    for (uint32_t i = 0; i < HYPOTHESIS_COUNT; i++) {
        const struct hypothesis *h = &scan.hypotheses[i];
        assert_true(isfinite(h->b) && isfinite(h->sigma_b) && isfinite(h->z) && isfinite(h->z_alarm) &&
                    isfinite(h->p_local) && isfinite(h->signal_leakage));
        assert_true(h->withheld || (h->alpha > 0.0 && h->alpha <= SCAN_ALPHA_MAX));
    }
}

static void a_template_with_bad_numbers_is_withheld_mass_by_mass(void **state)
{
    (void)state;
    static const double bad_numbers[] = {NAN, INFINITY, -INFINITY, -1e-3, -1e300, 1e300, 0.0};
    static struct template bad;
    for (size_t k = 0; k < COUNT(bad_numbers); k++) {
        bad = shape;
        bad.bins[bin_of(150.0)] = bad_numbers[k];
        check_bad_template(&bad);
        assert_true(isfinite(bad_numbers[k]) || at(150)->withheld);
        assert_null(at(250)->withheld); /* which does not use that bin */
        for (uint32_t bin = 0; bin < M2_BIN_COUNT; bin++)
            bad.bins[bin] = bad_numbers[k];
        check_bad_template(&bad);
        assert_true(bad_numbers[k] > 0.0 || (at(150)->withheld && scan.searchable_from_mev == 0.0));
    }
}

static void a_resolution_that_no_window_fits_is_withheld(void **state)
{
    (void)state;
    static const double bad_sigmas[] = {NAN, INFINITY, -INFINITY, -1700.0, 0.0, 1e-300, 99.0, 2501.0, 1e300};
    static struct template bad;
    for (size_t k = 0; k < COUNT(bad_sigmas); k++) {
        bad = shape;
        bad.sigma_mev2 = bad_sigmas[k];
        check_bad_template(&bad);
        for (int m_n_mev = HYPOTHESIS_FIRST_MEV; m_n_mev <= HYPOTHESIS_LAST_MEV; m_n_mev++)
            assert_withheld(at(m_n_mev), WITHHELD_ALPHA);
    }
}

static void a_hypothesis_that_is_not_valid_says_nothing(void **state)
{
    (void)state;
    uint64_t counts[M2_BIN_COUNT] = {0};
    counts[390] = 1000;
    scan_evaluate(&scan, &paper, counts, F_SYS);
    const struct hypothesis *lowest = &scan.hypotheses[0];
    assert_false(lowest->valid);
    assert_int_equal(lowest->n, 1000);
    assert_true(lowest->z == 0.0 && lowest->z_alarm == 0.0 && lowest->p_local == 1.0);
}

/* ---- conclusions ---- */

#define EXPOSURE 4e8
#define RHO_150 0.43340544488656771 /* tests/vectors/physics.tsv */

static void evaluate_and_conclude(const uint64_t *counts)
{
    scan = (struct scan){.horizon = HORIZON_RUN, .exposure = EXPOSURE, .density = 4.9};
    scan_evaluate(&scan, &background, counts, F_SYS);
    scan_conclude(&scan, &exclusion);
}

/* |U|^2 times candidates per |U|^2 is the limit in candidates. The rounding of the coefficients moves b by up to 1e-5.
 */
static void check_limits(const struct background_vector *vectors, size_t count, const uint64_t *counts)
{
    evaluate_and_conclude(counts);
    for (size_t i = 0; i < count; i++) {
        const struct background_vector *v = &vectors[i];
        const struct hypothesis *h = &scan.hypotheses[v->m_n_mev - HYPOTHESIS_FIRST_MEV];
        double accepted = EXPOSURE * physics_br(v->m_n_mev) * shape.a_peak;
        double shown = accepted * (v->signal_share - v->signal_leakage);
        assert_close(h->u2_limit * shown, v->limit, 3e-4 * v->limit);
        assert_close(h->u2_expected_minus2 * shown, v->minus2, 3e-5 * v->minus2);
        assert_close(h->u2_expected_minus1 * shown, v->minus1, 3e-5 * v->minus1);
        assert_close(h->u2_expected * shown, v->expected, 3e-5 * v->expected);
        assert_close(h->u2_expected_plus1 * shown, v->plus1, 3e-5 * v->plus1);
        assert_close(h->u2_expected_plus2 * shown, v->plus2, 3e-5 * v->plus2);
        assert_close(h->u2_expected_statistical * shown, v->statistical, 3e-5 * v->statistical);
        assert_close(h->u2_paper * accepted * v->signal_share, v->paper, 3e-5 * v->paper);
    }
}

static void limits_are_those_of_an_independent_computation(void **state)
{
    (void)state;
    uint64_t counts[M2_BIN_COUNT];
    synthetic_smooth_counts(counts);
    check_limits(smooth_vectors, COUNT(smooth_vectors), counts);
    synthetic_sparse_counts(counts);
    check_limits(sparse_vectors, COUNT(sparse_vectors), counts);
}

/* 150 MeV, 44 candidates on 78.6 +- 7.3: by scipy 6.407, 19.308 and 12.216 candidates. BR = 0.0507 x 0.4334 (30
 * digits), acceptance 0.1, 4e8 kaon decays; 0.83848 of the signal in the window, 0.02589 of it taken for background. */
static void a_limit_on_the_mixing_can_be_followed_by_hand(void **state)
{
    (void)state;
    uint64_t counts[M2_BIN_COUNT];
    synthetic_sparse_counts(counts);
    evaluate_and_conclude(counts);
    const struct hypothesis *h = &scan.hypotheses[150 - HYPOTHESIS_FIRST_MEV];
    const double accepted = 4e8 * 0.0507 * RHO_150 * 0.1;
    assert_close(h->u2_limit, 6.40745 / (accepted * (0.838481 - 0.025891)), 3e-4 * h->u2_limit);
    assert_close(h->u2_expected, 19.30825 / (accepted * (0.838481 - 0.025891)), 3e-5 * h->u2_expected);
    assert_close(h->u2_paper, 12.2161 / (accepted * 0.838481), 3e-5 * h->u2_paper);
    assert_true(h->z < -3.0 && h->far_hz == 4000 / 86400.0); /* a deficit: at every look some mass has more */
}

static void twice_the_kaons_halve_the_mixing_of_the_same_count(void **state)
{
    (void)state;
    uint64_t counts[M2_BIN_COUNT];
    synthetic_sparse_counts(counts);
    evaluate_and_conclude(counts);
    struct scan once = scan;
    scan.exposure *= 2;
    scan_conclude(&scan, &exclusion);
    for (uint32_t i = 0; i < HYPOTHESIS_COUNT; i++) {
        assert_true(scan.hypotheses[i].u2_limit == once.hypotheses[i].u2_limit / 2);
        assert_true(scan.hypotheses[i].far_hz == once.hypotheses[i].far_hz);
    }
}

static void no_limit_is_below_that_of_an_empty_window(void **state)
{
    (void)state;
    uint64_t counts[M2_BIN_COUNT] = {0};
    evaluate_and_conclude(counts);
    const struct functional *f = &background.functionals[150 - HYPOTHESIS_FIRST_MEV];
    const struct hypothesis *h = &scan.hypotheses[150 - HYPOTHESIS_FIRST_MEV];
    double shown = EXPOSURE * 0.0507 * RHO_150 * 0.1 * (f->signal_share - f->signal_leakage);
    assert_close(h->u2_limit * shown, 2.302585092994046, 1e-9);
    assert_close(h->u2_expected * shown, 2.302585092994046, 1e-9);
}

static void what_is_withheld_or_not_normalised_concludes_nothing(void **state)
{
    (void)state;
    uint64_t counts[M2_BIN_COUNT];
    synthetic_sparse_counts(counts);
    evaluate_and_conclude(counts);
    scan.exposure = 0.0;
    scan_conclude(&scan, &exclusion);
    const struct hypothesis *h = &scan.hypotheses[150 - HYPOTHESIS_FIRST_MEV];
    assert_true(h->far_hz > 0.0 && h->u2_limit == 0.0 && h->u2_expected == 0.0 && h->u2_paper == 0.0);
    scan.exposure = EXPOSURE;
    scan.withheld = "candidates were lost";
    scan_conclude(&scan, &exclusion);
    for (uint32_t i = 0; i < HYPOTHESIS_COUNT; i++) {
        h = &scan.hypotheses[i];
        assert_true(h->far_hz == 0.0 && h->u2_limit == 0.0 && h->u2_expected == 0.0 && h->u2_paper == 0.0);
    }
}

/* At 135 MeV Z_Bi is 5.3684; the rate beyond the last point of the run, 4.89 at 0.2 per 30 days, by scipy. */
static void the_false_alarm_rate_is_that_of_the_exact_significance(void **state)
{
    (void)state;
    uint64_t counts[M2_BIN_COUNT];
    synthetic_sparse_counts(counts);
    evaluate_and_conclude(counts);
    const struct hypothesis *h = &scan.hypotheses[135 - HYPOTHESIS_FIRST_MEV];
    assert_close(h->far_hz, 6.07868e-09, 2e-3 * 6.07868e-09);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(significances_are_those_of_an_independent_computation),
        cmocka_unit_test(the_best_hypothesis_is_the_valid_one_with_the_largest_z),
        cmocka_unit_test(a_look_is_the_evaluation_as_far_as_it_goes),
        cmocka_unit_test(a_look_without_a_valid_hypothesis_has_no_best_one),
        cmocka_unit_test(empty_histograms_give_finite_numbers),
        cmocka_unit_test(any_window_without_background_or_counts_gives_finite_numbers),
        cmocka_unit_test(random_histograms_give_finite_numbers),
        cmocka_unit_test(a_window_over_empty_sidebands_has_no_significance_but_a_limit),
        cmocka_unit_test(a_negative_background_has_no_significance),
        cmocka_unit_test(below_114_mev_the_sidebands_say_too_little),
        cmocka_unit_test(the_leakage_of_a_signal_is_that_of_the_functional),
        cmocka_unit_test(a_template_with_bad_numbers_is_withheld_mass_by_mass),
        cmocka_unit_test(a_resolution_that_no_window_fits_is_withheld),
        cmocka_unit_test(a_hypothesis_that_is_not_valid_says_nothing),
        cmocka_unit_test(limits_are_those_of_an_independent_computation),
        cmocka_unit_test(a_limit_on_the_mixing_can_be_followed_by_hand),
        cmocka_unit_test(twice_the_kaons_halve_the_mixing_of_the_same_count),
        cmocka_unit_test(no_limit_is_below_that_of_an_empty_window),
        cmocka_unit_test(what_is_withheld_or_not_normalised_concludes_nothing),
        cmocka_unit_test(the_false_alarm_rate_is_that_of_the_exact_significance),
    };
    return cmocka_run_group_tests(tests, prepare, NULL);
}
