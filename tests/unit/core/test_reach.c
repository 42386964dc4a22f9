/* SPDX-License-Identifier: MIT */
/* Expected values: Python's mpmath with 25 digits, unless a comment says otherwise. */
#include "core/reach.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define BR_KE3 0.0507
#define BR_135 (0.0507 * 0.50995795393753465) /* tests/vectors/physics.tsv */

static void check(double value, double expected, double tolerance)
{
    if (!(fabs(value - expected) <= tolerance * fabs(expected)))
        fail_msg("%.15g instead of %.15g", value, expected);
}

static void the_window_holds_its_share_of_a_gaussian(void **state)
{
    (void)state;
    check(reach_window_share(1.4), 0.8384866815324579, 1e-14);
    check(reach_window_share(1), 0.6826894921370859, 1e-14);
    check(reach_window_share(10), 1, 1e-14);
}

/* The independent value was calculated with z = 1.282; the exact z gives the same three digits. */
static void the_closed_factor_is_the_2_56_of_the_paper(void **state)
{
    (void)state;
    check(reach_closed_factor(1.4, 1.282), 2.558414290031069, 1e-14);
    check(reach_closed_factor(1.4, REACH_Z90), 2.557519374961773, 1e-14);
}

static void the_best_half_width_is_the_1_4_of_the_paper(void **state)
{
    (void)state;
    check(reach_best_half_width(), 1.399985276878204, 1e-13);
}

static void signals_have_their_independent_values(void **state)
{
    static const struct {
        double b, detected, excluded;
    } rows[] = {{0, 0, 1.642374415149816},
                {10, 4.052621886075502, 4.956171195619219},
                {7430, 110.4664741202648, 111.2907135620996},
                {2.2e6, 1900.848156305389, 1901.669520893886}};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        check(reach_detected_events(rows[i].b, REACH_Z90), rows[i].detected, 1e-14);
        check(reach_excluded_events(rows[i].b, REACH_Z90), rows[i].excluded, 1e-14);
    }
}

static void the_excluded_signal_solves_its_equation(void **state)
{
    (void)state;
    for (double b = 0.01; b < 1e9; b *= 7)
        for (double z = 0.5; z < 6; z += 0.5) {
            double s = reach_excluded_events(b, z);
            check(z * sqrt(b + s), s, 1e-14);
            assert_true(s > reach_detected_events(b, z));
        }
}

/* Against a finite difference. */
static void the_limit_moves_half_as_much_as_a_large_background(void **state)
{
    (void)state;
    check(reach_excluded_error(7430, REACH_Z90, 0.01), 0.004962831957614288, 1e-13);
    check(reach_excluded_error(10, REACH_Z90, 1), 0.4007024924462527, 1e-13);
    assert_true(reach_excluded_error(0, REACH_Z90, 0.3) == 0);
    double ratio = reach_excluded_events(50.01, 2) / reach_excluded_events(50, 2);
    check(reach_excluded_error(50, 2, 0.01 / 50), ratio - 1, 1e-3);
}

/* 0.8384867 * 3e10 * 0.0507 * 0.1 = 1.2753e8 Ke3-like decays; b = 7430 then is |U|^2 = 1.711e-6 at 135 MeV. */
static void the_paper_is_reproduced_at_135_mev(void **state)
{
    struct reach_experiment paper = reach_experiment_default(3e10);
    (void)state;
    check(reach_signal(&paper, BR_KE3), 127533824.2610869, 1e-13);
    check(reach_excluded_u2(&paper, BR_135, 7430), 111.2907135620996 / (127533824.2610869 * 0.50995795393753465),
          1e-13);
    check(reach_excluded_u2(&paper, BR_135, 7430), 1.71e-6, 1e-3);
    check(reach_detected_u2(&paper, BR_135, 7430), 110.4664741202648 / (127533824.2610869 * 0.50995795393753465),
          1e-13);
}

static void every_loss_raises_the_limit(void **state)
{
    struct reach_experiment paper = reach_experiment_default(3e10), other = paper;
    double limit = reach_excluded_u2(&paper, BR_135, 7430);
    (void)state;
    other.acceptance = 0.05;
    check(reach_excluded_u2(&other, BR_135, 7430), 2 * limit, 1e-13);
    other = paper, other.f_visible = 0.75;
    check(reach_excluded_u2(&other, BR_135, 7430), 4 * limit, 1e-13);
    other = paper, other.n_kaon = 3e12;
    check(reach_excluded_u2(&other, BR_135, 7430), limit / 100, 1e-13);
}

static void a_closed_decay_is_never_excluded(void **state)
{
    struct reach_experiment paper = reach_experiment_default(3e10);
    (void)state;
    assert_true(isinf(reach_excluded_u2(&paper, 0, 10)));
    assert_true(isinf(reach_detected_u2(&paper, 0, 0)));
}

/* With a background that is flat over the window formula (3) is the window sum: b = 1.521e8 * 5e-7 * 0.018 * 4760. */
static void the_closed_formula_is_the_window_of_a_flat_background(void **state)
{
    struct reach_experiment paper = reach_experiment_default(3e10);
    double b = 3e10 * BR_KE3 * 0.1 * 5e-7 * 0.018 * 2 * 1.4 * 1700;
    (void)state;
    check(b, 6515.964, 1e-12);
    check(reach_closed_u2(&paper, BR_135, BR_KE3, 5e-7, 0.018, 1700), reach_detected_u2(&paper, BR_135, b), 1e-13);
    paper.f_visible = 0.5;
    check(reach_closed_u2(&paper, BR_135, BR_KE3, 5e-7, 0.018, 1700), reach_detected_u2(&paper, BR_135, b), 1e-13);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_window_holds_its_share_of_a_gaussian),
        cmocka_unit_test(the_closed_factor_is_the_2_56_of_the_paper),
        cmocka_unit_test(the_best_half_width_is_the_1_4_of_the_paper),
        cmocka_unit_test(signals_have_their_independent_values),
        cmocka_unit_test(the_excluded_signal_solves_its_equation),
        cmocka_unit_test(the_limit_moves_half_as_much_as_a_large_background),
        cmocka_unit_test(the_paper_is_reproduced_at_135_mev),
        cmocka_unit_test(every_loss_raises_the_limit),
        cmocka_unit_test(a_closed_decay_is_never_excluded),
        cmocka_unit_test(the_closed_formula_is_the_window_of_a_flat_background),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
