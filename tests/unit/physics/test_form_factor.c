/* SPDX-License-Identifier: MIT */
#include "check.h"

#include "physics/form_factor.h"

static void f_plus_is_one_at_zero_and_1_1965_at_the_end_point(void **state)
{
    const double t_max = 358.7002 * 358.7002; /* (m_K - m_pi0)^2 */
    (void)state;
    check_near("f+(0)", form_plus(0), 1, 0);
    check_near("f+(t_max)", form_plus(t_max), 1.1965, 5e-5);
}

/* At t = 19479.9 MeV^2 = m_pi+^2: f+ = 1 + 0.02424 + 0.000835, f0 = 1.01447, f- = (f0 - f+) 225498.2411 / 19479.8933.
 */
static void the_form_factors_take_their_hand_calculated_values(void **state)
{
    const double t = 139.57039 * 139.57039;
    const double ratio = (493.677 * 493.677 - 134.9768 * 134.9768) / t;
    (void)state;
    check_near("f+", form_plus(t), 1.025075, 1e-12);
    check_near("f0", form_scalar(t), 1.01447, 1e-12);
    check_near("f-", form_minus(t), -0.010605 * ratio, 1e-12);
    check_near("f2", form_sum(t), 1.025075 - 0.010605 * ratio, 1e-12);
}

static void divided_differences_equal_the_quotients(void **state)
{
    (void)state;
    for (double t = 1e4; t < 1.3e5; t += 1.7e4)
        for (double w2 = 500; w2 < t - 1e3; w2 += 1.3e4) {
            double plus = (form_plus(t) - form_plus(w2)) / (t - w2);
            double sum = (form_sum(t) - form_sum(w2)) / (t - w2);
            check_relative("f+", form_plus_difference(t, w2), plus, 1e-9);
            check_near("f2", form_sum_difference(t, w2), sum, 1e-9 * plus);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(f_plus_is_one_at_zero_and_1_1965_at_the_end_point),
        cmocka_unit_test(the_form_factors_take_their_hand_calculated_values),
        cmocka_unit_test(divided_differences_equal_the_quotients),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
