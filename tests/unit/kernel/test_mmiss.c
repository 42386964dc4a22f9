/* SPDX-License-Identifier: MIT */
/*
 * test_mmiss - the squared missing mass against integers of any size and against 60-digit decays, and its error.
 *
 * The table comes from tests/vectors/mmiss.py.
 */
#include "hnlmon/mmiss.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "../../vectors/mmiss_vectors.h"
#include "hnlmon/units.h"
#include "random.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static void m2_is_that_of_unlimited_integers(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(mmiss_vectors); i++) {
        const struct mmiss_vector *v = &mmiss_vectors[i];
        int64_t m2 = 42;
        assert_int_equal(mmiss_compute(v->k, v->pi0, v->e, &m2), v->is_in_range);
        assert_int_equal(m2, v->m2);
        assert_int_equal(mmiss_mev2(m2), v->mev2);
    }
}

/* The components were rounded from 1 keV to Q13 (half an LSB each), so |p| by at most sqrt(3)/2 LSB; an energy moves by
 * no more, plus its own half LSB, plus half an LSB of the mass times m/E < 1/20. Three of each, on dE and on each
 * component: |error| <= 2 |dE| 3 (0.87 + 0.5 + 0.03) + 2 |dp_x + dp_y + dp_z| 1.5, and (3 * 1.4)^2 in LSB^2, which is
 * nothing. */
static double decay_tolerance_mev2(const struct mmiss_decay *d)
{
    double lsb = 1.0 / (1 << MOMENTUM_SHIFT), tolerance = 0, p2 = 0;
    for (int axis = 0; axis < 3; axis++) {
        double missing = lsb * (d->k[axis] - d->pi0[axis] - d->e[axis]);
        tolerance += 2 * fabs(missing) * 1.5 * lsb;
        p2 += missing * missing;
    }
    double d_e = sqrt(p2 + d->m2_mev2);
    return tolerance + 2 * d_e * 3 * 1.4 * lsb + 0.001;
}

static void m2_of_decays_agrees_with_60_digits_within_the_rounding(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(mmiss_decays); i++) {
        const struct mmiss_decay *d = &mmiss_decays[i];
        int64_t m2;
        assert_true(mmiss_compute(d->k, d->pi0, d->e, &m2));
        double error = ldexp((double)m2, -M2_SHIFT) - d->m2_mev2;
        printf("m2 = %11.2f MeV^2, error %6.2f, tolerance %5.1f\n", d->m2_mev2, error, decay_tolerance_mev2(d));
        assert_true(fabs(error) <= decay_tolerance_mev2(d));
        assert_true(decay_tolerance_mev2(d) < 85); /* sigma / 20 */
    }
}

static void floor_to_mev2_rounds_down_and_clamps(void **state)
{
    static const struct {
        int64_t m2;
        int32_t mev2;
    } cases[] = {
        {0, 0},
        {(INT64_C(1) << 26) - 1, 0},
        {INT64_C(1) << 26, 1},
        {-1, -1},
        {-(INT64_C(1) << 26), -1},
        {-(INT64_C(1) << 26) - 1, -2},
        {(INT64_C(1) << 57) - 1, INT32_MAX}, /* 2^31 - 1 and a fraction */
        {INT64_C(1) << 57, INT32_MAX},
        {-(INT64_C(1) << 57), INT32_MIN},
        {-(INT64_C(1) << 57) - 1, INT32_MIN},
        {INT64_MAX, INT32_MAX},
        {INT64_MIN, INT32_MIN},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++)
        assert_int_equal(mmiss_mev2(cases[i].m2), cases[i].mev2);
}

static long double exact_energy(const int32_t p[3], long double mass)
{
    __extension__ __int128 p2 = (__int128)p[0] * p[0] + (__int128)p[1] * p[1] + (__int128)p[2] * p[2];
    return sqrtl((long double)p2 + mass * mass); /* p2 < 2^62 is exact in 64 bits */
}

/* m2 in MeV^2 with real energies; the root is good to 2^-33 LSB, m2 to 2^-1 of 2^26. */
static double exact_mev2(const int32_t k[3], const int32_t pi0[3], const int32_t e[3])
{
    long double d_e =
        exact_energy(k, MASS_KAON_Q13) - exact_energy(pi0, MASS_PI0_Q13) - exact_energy(e, MASS_ELECTRON_Q13);
    long double m2 = d_e * d_e;
    for (int axis = 0; axis < 3; axis++) {
        long double missing = (long double)k[axis] - pi0[axis] - e[axis];
        m2 -= missing * missing;
    }
    return (double)ldexpl(m2, -M2_SHIFT);
}

static int32_t draw_mev(struct random *random, int32_t min, int32_t max)
{
    return random_between(random, min * (1 << MOMENTUM_SHIFT), max * (1 << MOMENTUM_SHIFT));
}

static void draw_decay(struct random *random, int32_t k[3], int32_t pi0[3], int32_t e[3])
{
    for (int axis = 0; axis < 2; axis++) {
        k[axis] = draw_mev(random, -20, 20);
        pi0[axis] = draw_mev(random, -230, 230);
        e[axis] = draw_mev(random, -230, 230);
    }
    k[2] = draw_mev(random, 74000, 76000);
    pi0[2] = draw_mev(random, 2000, 36000);
    e[2] = draw_mev(random, 1000, 36000);
}

/* Three energies are each wrong by half an LSB at most, and dE < 73 GeV: 2 * 73000 * 1.5 / 8192 = 26.8 MeV^2 at worst.
 * The errors have no preferred sign: the mean is zero within five standard errors of a spread below 10 MeV^2. */
static void error_of_m2_is_bounded_and_unbiased(void **state)
{
    struct random random = random_start(__func__);
    const long count = test_is_full() ? 100000000 : 300000;
    double largest = 0, sum = 0;
    (void)state;
    for (long i = 0; i < count; i++) {
        int32_t k[3], pi0[3], e[3];
        int64_t m2;
        draw_decay(&random, k, pi0, e);
        assert_true(mmiss_compute(k, pi0, e, &m2));
        double error = ldexp((double)m2, -M2_SHIFT) - exact_mev2(k, pi0, e);
        sum += error;
        largest = fmax(largest, fabs(error));
    }
    printf("error of m2 over %ld candidates: max %.2f MeV^2, mean %.5f MeV^2\n", count, largest, sum / (double)count);
    assert_true(largest < 26.8);
    assert_true(fabs(sum / (double)count) < 5 * 10 / sqrt((double)count));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(m2_is_that_of_unlimited_integers),
        cmocka_unit_test(m2_of_decays_agrees_with_60_digits_within_the_rounding),
        cmocka_unit_test(floor_to_mev2_rounds_down_and_clamps),
        cmocka_unit_test(error_of_m2_is_bounded_and_unbiased),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
