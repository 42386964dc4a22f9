/* SPDX-License-Identifier: MIT */
/* Expected values: tests/vectors/physics.tsv (30 digits, from the Dalitz plot), and hand calculations. */
#include "core/physics.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#define VECTORS "tests/vectors/physics.tsv"

static void rho_agrees_with_the_dalitz_plot_integral(void **state)
{
    (void)state;
    FILE *file = fopen(VECTORS, "r");
    assert_non_null(file);
    char line[128];
    int count = 0;
    while (fgets(line, sizeof line, file)) {
        double mass, rho;
        if (line[0] == '#')
            continue;
        assert_int_equal(sscanf(line, "%lf\t%lf", &mass, &rho), 2);
        double relative = fabs(physics_rho(mass) / rho - 1);
        if (relative > (mass < 358 ? 1e-12 : 1e-10))
            fail_msg("rho(%g) = %.17g, expected %.17g", mass, physics_rho(mass), rho);
        assert_true(fabs(physics_br(mass) / (0.0507 * rho) - 1) < 1e-10);
        count++;
    }
    fclose(file);
    assert_true(count > 40);
}

static void rho_is_one_without_a_mass_and_zero_from_the_end_point_on(void **state)
{
    (void)state;
    assert_true(physics_rho(0) == 1);
    assert_true(physics_br(0) == 0.0507);
    assert_true(fabs(PHYSICS_MASS_N_LIMIT_MEV - 358.18920105) < 1e-10);
    assert_true(physics_rho(358.1892) > 0);
    assert_true(physics_rho(358.18920106) == 0);
    assert_true(physics_rho(400) == 0);
    assert_true(physics_rho(INFINITY) == 0);
}

static void rho_of_no_mass_at_all_is_nan(void **state)
{
    (void)state;
    assert_true(isnan(physics_rho(-1)));
    assert_true(isnan(physics_rho(NAN)));
    assert_true(isnan(physics_br(-1)));
}

static void rho_falls_with_the_mass(void **state)
{
    (void)state;
    for (double mass = 0; mass < 358; mass += 1)
        assert_true(physics_rho(mass + 1) < physics_rho(mass));
}

/* At the largest q2 of Ke3, (493.677 - 134.9768)^2 = 128665.8 MeV^2: x = 6.605058, f+ = 1.1965350, f0 = 1.0955752. */
static void form_factors_have_their_values_at_the_ends(void **state)
{
    (void)state;
    double q2_max = (493.677 - 134.9768) * (493.677 - 134.9768);
    assert_true(physics_form_factor_plus(0) == 1);
    assert_true(physics_form_factor_zero(0) == 1);
    assert_true(fabs(physics_form_factor_plus(q2_max) - 1.19653498621) < 1e-11);
    assert_true(fabs(physics_form_factor_zero(q2_max) - 1.09557519322) < 1e-11);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rho_agrees_with_the_dalitz_plot_integral),
        cmocka_unit_test(rho_is_one_without_a_mass_and_zero_from_the_end_point_on),
        cmocka_unit_test(rho_of_no_mass_at_all_is_nan),
        cmocka_unit_test(rho_falls_with_the_mass),
        cmocka_unit_test(form_factors_have_their_values_at_the_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
