/* SPDX-License-Identifier: MIT */
/* normal - see normal.h. */
#include "core/normal.h"

#include <math.h>

#define SQRT_HALF 0.70710678118654752440
#define LN_TWO 0.69314718055994530942
#define HALF_LN_TWO_PI 0.91893853320467274178
#define ASYMPTOTIC_MIN 30.0 /* erfc is still normal at z = 37.5; the series below is good from 30 on */
#define STEP_LIMIT 8        /* bounds Newton; three steps suffice from a first guess that is good to 5e-4 */
#define STEP_DONE 1e-9      /* a Newton step of this size leaves an error of its square */

/* z times the Mills ratio, 1 - 1/z^2 + 3/z^4 - 15/z^6 + ..., minus 1. An alternating series: the first term left out,
 * 135135/z^14, is 3e-16 at z = 30. */
static double mills_correction(double z)
{
    double w = 1 / (z * z);
    return -w * (1 - 3 * w * (1 - 5 * w * (1 - 7 * w * (1 - 9 * w * (1 - 11 * w)))));
}

double normal_ln_upper_tail(double z)
{
    if (z < 0)
        return log1p(-0.5 * erfc(-z * SQRT_HALF));
    if (z < ASYMPTOTIC_MIN)
        return log(0.5 * erfc(z * SQRT_HALF));
    return -0.5 * z * z - HALF_LN_TWO_PI - log(z) + log1p(mills_correction(z));
}

double normal_ln_complement(double ln_p)
{
    return ln_p > -LN_TWO ? log(-expm1(ln_p)) : log1p(-exp(ln_p));
}

/* Hastings: within 4.5e-4 for 0 < p <= 1/2 (Abramowitz and Stegun 26.2.23). */
static double first_guess(double ln_p)
{
    double w = sqrt(-2 * ln_p);
    return w - (2.515517 + w * (0.802853 + w * 0.010328)) / (1 + w * (1.432788 + w * (0.189269 + w * 0.001308)));
}

/* The Mills ratio P(X > z) / phi(z); above 30 without the difference of two large exponents. */
static double mills_ratio(double z, double ln_tail)
{
    return z < ASYMPTOTIC_MIN ? exp(ln_tail + 0.5 * z * z + HALF_LN_TWO_PI) : (1 + mills_correction(z)) / z;
}

/* Newton on ln p, whose slope is minus the inverse of the Mills ratio. */
static double z_of_small_tail(double ln_p)
{
    double z = first_guess(ln_p);
    for (int i = 0; i < STEP_LIMIT; i++) {
        double ln_tail = normal_ln_upper_tail(z);
        double step = (ln_tail - ln_p) * mills_ratio(z, ln_tail);
        z += step;
        if (fabs(step) <= STEP_DONE * (1 + fabs(z)))
            break;
    }
    return z;
}

double normal_z_of_ln_p(double ln_p)
{
    if (isnan(ln_p) || ln_p > 0)
        return NAN;
    if (isinf(ln_p))
        return INFINITY;
    if (ln_p < -LN_TWO)
        return z_of_small_tail(ln_p);
    double ln_other = normal_ln_complement(ln_p);
    return isinf(ln_other) ? -INFINITY : -z_of_small_tail(ln_other);
}
