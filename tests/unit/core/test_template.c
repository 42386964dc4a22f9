/* SPDX-License-Identifier: MIT */
#include "core/template.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "../../vectors/template_vectors.h"
#include "core/exclusion.h"
#include "core/template_builtin.h"
#include "synthetic.h"

/* The template of tests/vectors/template.py. */
static struct template toy(void)
{
    struct template shape = {.name = "toy",
                             .provenance = "made by hand",
                             .preset = SELECTION_NA62,
                             .sigma_mev2 = 1000.5,
                             .first_mev = 120,
                             .last_mev = 140,
                             .br_ke3 = 0.0507,
                             .a_peak = 0.1,
                             .f_peak = 0.8,
                             .eps_background = 0.018};
    for (int j = 0; j < M2_BIN_COUNT; j++) {
        shape.bins[j] = 1.0 / (j + 2);
        shape.bins_before[j] = 2.0 / (j + 3);
    }
    for (int i = 0; i < HYPOTHESIS_COUNT; i++) {
        shape.acceptance_ratio[i] = 1 + i / 1024.0;
        shape.window_ratio[i] = 1 - i / 4096.0;
        shape.window_error[i] = i / 7.0;
        shape.bias_error[i] = 0.5;
    }
    return shape;
}

static void the_hash_is_that_of_an_independent_program(void **state)
{
    (void)state;
    struct template shape = toy();
    char hash[TEMPLATE_HASH_SIZE];
    template_hash(&shape, hash);
    assert_string_equal(hash, TOY_HASH);
}

/* Changes one member of a copy. */
#define CHANGED(member, value)                                                                                         \
    {                                                                                                                  \
        struct template other = toy();                                                                                 \
        char hash[TEMPLATE_HASH_SIZE];                                                                                 \
        other.member = value;                                                                                          \
        template_hash(&other, hash);                                                                                   \
        assert_string_not_equal(hash, TOY_HASH);                                                                       \
    }

static void every_member_is_in_the_hash(void **state)
{
    (void)state;
    CHANGED(name[0], 'T')
    CHANGED(provenance[0], 'M')
    CHANGED(preset, SELECTION_PAPER)
    CHANGED(sigma_mev2, nextafter(1000.5, 2000))
    CHANGED(first_mev, 119)
    CHANGED(last_mev, 141)
    CHANGED(br_ke3, 0.05)
    CHANGED(a_peak, nextafter(0.1, 1))
    CHANGED(f_peak, 0.7)
    CHANGED(eps_background, 0.017)
    CHANGED(bins[M2_BIN_COUNT - 1], 0)
    CHANGED(bins_before[0], 0)
    CHANGED(acceptance_ratio[0], 2)
    CHANGED(window_ratio[5], 2)
    CHANGED(window_error[HYPOTHESIS_COUNT - 1], 2)
    CHANGED(bias_error[HYPOTHESIS_COUNT - 1], 2)
}

#define REFUSED(member, value)                                                                                         \
    {                                                                                                                  \
        struct template other = toy();                                                                                 \
        other.member = value;                                                                                          \
        assert_non_null(template_error(&other));                                                                       \
    }

static void numbers_that_make_no_sense_are_refused(void **state)
{
    (void)state;
    struct template shape = toy();
    assert_null(template_error(&shape));
    REFUSED(name[0], '\0')
    REFUSED(name[1], ' ')
    REFUSED(name[1], '\n')
    REFUSED(provenance[3], '\n')
    REFUSED(preset, SELECTION_PRESET_COUNT)
    REFUSED(sigma_mev2, 99)
    REFUSED(sigma_mev2, 2501)
    REFUSED(sigma_mev2, (double)NAN)
    REFUSED(first_mev, 141)
    REFUSED(last_mev, (double)INFINITY)
    REFUSED(br_ke3, 0)
    REFUSED(a_peak, 0)
    REFUSED(a_peak, 1.5)
    REFUSED(f_peak, (double)NAN)
    REFUSED(eps_background, -0.1)
    REFUSED(bins[7], -1e-9)
    REFUSED(bins[7], (double)NAN)
    REFUSED(bins_before[7], (double)INFINITY)
    REFUSED(acceptance_ratio[3], -1)
    REFUSED(window_ratio[3], (double)NAN)
    REFUSED(window_error[3], -1)
    REFUSED(bias_error[3], (double)INFINITY)
}

/* 20 bins on either side of 0, which is at bin 300. */
static void a_template_without_a_peak_is_refused(void **state)
{
    (void)state;
    struct template shape = toy();
    for (int bin = 280; bin < 320; bin++)
        shape.bins[bin] = 0.0;
    assert_non_null(template_error(&shape));
    shape.bins[319] = 1e-9;
    assert_null(template_error(&shape));
}

static void built_in_templates_are_sound_and_found_by_name(void **state)
{
    (void)state;
    static const char *const names[] = {"paper", "na62", "na62-beam"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const struct template *shape = template_builtin(names[i]);
        char hash[TEMPLATE_HASH_SIZE];
        assert_non_null(shape);
        assert_null(template_error(shape));
        template_hash(shape, hash);
        assert_string_equal(hash, shape->hash);
    }
    assert_null(template_builtin("na63"));
    assert_ptr_equal(template_builtin_of(SELECTION_PAPER), &template_paper);
    assert_ptr_equal(template_builtin_of(SELECTION_NA62), &template_na62);
    assert_int_equal(template_paper.preset, SELECTION_PAPER);
    assert_true(template_na62.preset == SELECTION_NA62 && template_na62_beam.preset == SELECTION_NA62);
}

/* A(m_N) / A(Ke3) with geometry and kinematic cuts, and the resolution of GTK and average beam, from a separate
 * simulation that points photons from the true vertex: 0.94, 0.79, 0.57; 950 and 1780 MeV^2. Cuts on the reconstructed
 * vertex and on the two-photon mass, and tails, account for the rest. */
static void the_na62_templates_have_the_acceptances_of_a_separate_simulation(void **state)
{
    (void)state;
    const struct template *const both[] = {&template_na62, &template_na62_beam};
    for (int i = 0; i < 2; i++) {
        assert_true(fabs(both[i]->acceptance_ratio[135 - HYPOTHESIS_FIRST_MEV] / 0.94 - 1) < 0.04);
        assert_true(fabs(both[i]->acceptance_ratio[200 - HYPOTHESIS_FIRST_MEV] / 0.79 - 1) < 0.04);
        assert_true(fabs(both[i]->acceptance_ratio[250 - HYPOTHESIS_FIRST_MEV] / 0.57 - 1) < 0.04);
    }
    assert_true(fabs(template_na62.sigma_mev2 / 950 - 1) < 0.15);
    assert_true(fabs(template_na62_beam.sigma_mev2 / 1780 - 1) < 0.15);
    for (int i = 0; i < HYPOTHESIS_COUNT; i++)
        assert_true(template_paper.acceptance_ratio[i] == 1 && template_paper.window_ratio[i] == 1);
}

static void a_template_covers_its_masses(void **state)
{
    (void)state;
    struct template shape = toy();
    assert_true(template_covers(&shape, 120) && template_covers(&shape, 140));
    assert_false(template_covers(&shape, 119) || template_covers(&shape, 141));
    shape.first_mev = shape.last_mev = 0;
    assert_true(template_covers(&shape, 113) && template_covers(&shape, 279));
}

static void masses_that_are_not_covered_are_not_valid(void **state)
{
    (void)state;
    static struct template shape;
    static struct background background;
    synthetic_template(&shape);
    shape.first_mev = 130;
    shape.last_mev = 140;
    background_init(&background, &shape);
    for (int i = 0; i < HYPOTHESIS_COUNT; i++) {
        const bool is_covered = template_covers(&shape, HYPOTHESIS_FIRST_MEV + i);
        assert_int_equal(isfinite(background.functionals[i].alpha), is_covered);
        assert_int_equal(background.functionals[i].is_covered, is_covered);
    }
}

static void fewer_accepted_signals_weaken_the_limit_by_as_much(void **state)
{
    (void)state;
    static struct template shape;
    static struct background background;
    static struct exclusion flat, falling;
    const int i = 200 - HYPOTHESIS_FIRST_MEV;
    synthetic_template(&shape);
    background_init(&background, &shape);
    exclusion_init(&flat, &shape, &background);
    shape.acceptance_ratio[i] = 0.5;
    shape.window_ratio[i] = 0.8;
    exclusion_init(&falling, &shape, &background);
    struct hypothesis h[2] = {{.n = 100, .b = 90, .sigma_b = 5, .valid = true}};
    h[1] = h[0];
    exclusion_evaluate(&flat, (uint32_t)i, 1e9, 0, &h[0]);
    exclusion_evaluate(&falling, (uint32_t)i, 1e9, 0, &h[1]);
    assert_true(h[0].u2_limit > 0);
    assert_true(fabs(h[1].u2_limit / h[0].u2_limit - 2.5) < 1e-12);
    assert_true(fabs(h[1].u2_paper / h[0].u2_paper - 2.5) < 1e-12);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_hash_is_that_of_an_independent_program),
        cmocka_unit_test(every_member_is_in_the_hash),
        cmocka_unit_test(numbers_that_make_no_sense_are_refused),
        cmocka_unit_test(a_template_without_a_peak_is_refused),
        cmocka_unit_test(built_in_templates_are_sound_and_found_by_name),
        cmocka_unit_test(the_na62_templates_have_the_acceptances_of_a_separate_simulation),
        cmocka_unit_test(a_template_covers_its_masses),
        cmocka_unit_test(masses_that_are_not_covered_are_not_valid),
        cmocka_unit_test(fewer_accepted_signals_weaken_the_limit_by_as_much),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
