/* SPDX-License-Identifier: MIT */
/*
 * significance - see significance.h. Decides signs, edge cases and which tail is the smaller one; the probabilities are
 * tail.h's, the deviances deviance.h's, and the way from p to Z normal.h's.
 *
 * No formula subtracts two large terms: every root is taken of a sum of terms >= 0.
 */
#include "core/significance.h"

#include <math.h>
#include <stdbool.h>

#include "core/deviance.h"
#include "core/tail.h"

#define KNOWN_B_LIMIT 1e-14 /* of sigma_b^2/b: a narrower b is known as far as a double can say */

static bool is_measure(double x)
{
    return x >= 0 && !isinf(x);
}

/* A linear background estimate may be negative: no background. NaN stays. */
static double physical(double b)
{
    return b < 0 ? 0 : b;
}

/* sqrt(2 deviance) with the sign of the excess. */
static double signed_root(double excess, double sum_of_deviances)
{
    return copysign(sqrt(2 * sum_of_deviances), excess);
}

double significance_known_b(double n, double b)
{
    b = physical(b);
    if (!is_measure(n) || !is_measure(b))
        return NAN;
    return n == b ? 0 : signed_root(n - b, deviance(n, b));
}

/* Above the mean p = P(N >= n) is small, below it 1 - p = P(N <= n - 1) is. */
double significance_poisson(double n, double b)
{
    b = physical(b);
    if (n == 0 && is_measure(b))
        return -INFINITY;
    return n > b ? normal_z_of_ln_p(tail_poisson_ln_upper(n, b)) : -normal_z_of_ln_p(tail_poisson_ln_lower(n - 1, b));
}

/* mu and nu are the on and off counts expected without a signal; n_on - mu = nu - n_off = excess. */
double significance_li_ma(double n_on, double n_off, double alpha)
{
    if (!is_measure(n_on) || !is_measure(n_off) || !is_measure(alpha) || alpha == 0)
        return NAN;
    double excess = fma(-alpha, n_off, n_on) / (1 + alpha);
    double nu = (n_on + n_off) / (1 + alpha), mu = alpha * nu;
    return signed_root(excess, deviance_of_excess(excess, mu) + deviance_of_excess(-excess, nu));
}

static bool is_known(double b, double variance)
{
    return variance <= KNOWN_B_LIMIT * b;
}

double significance_with_sigma(double n, double b, double sigma_b)
{
    b = physical(b);
    double variance = sigma_b * sigma_b;
    if (!is_measure(sigma_b) || !is_measure(b))
        return NAN;
    if (is_known(b, variance))
        return significance_known_b(n, b);
    return significance_li_ma(n, b * b / variance, variance / b);
}

/* The profiled background is b + delta, delta = variance g, and n - (b + delta) = (b + delta) g by its equation: both
 * terms of the likelihood follow from g without a difference. The discriminant (b + v)^2 + 4 v (n - b) is written as
 * (b - v)^2 + 4 v n, which cannot be negative. */
double significance_gauss(double n, double b, double sigma_b)
{
    b = physical(b);
    double variance = sigma_b * sigma_b;
    if (!is_measure(n) || !is_measure(b) || !is_measure(sigma_b))
        return NAN;
    if (is_known(b, variance))
        return significance_known_b(n, b);
    double g = 2 * (n - b) / (b + variance + hypot(b - variance, 2 * sigma_b * sqrt(n)));
    double profiled = b + variance * g;
    return signed_root(n - b, fmax(profiled, 0) * deviance_h(g) + 0.5 * variance * g * g);
}

double significance_z_bi(double n_on, double n_off, double alpha)
{
    if (n_on > alpha * (n_off + 1))
        return normal_z_of_ln_p(tail_on_off_ln_upper(n_on, n_off, alpha));
    return -normal_z_of_ln_p(tail_on_off_ln_below(n_on, n_off, alpha));
}

double significance_z_bi_with_sigma(double n, double b, double sigma_b)
{
    b = physical(b);
    double variance = sigma_b * sigma_b;
    if (!is_measure(sigma_b) || !is_measure(b))
        return NAN;
    if (is_known(b, variance))
        return significance_poisson(n, b);
    return significance_z_bi(n, b * b / variance, variance / b);
}

double significance_ln_p_with_sigma(double n, double b, double sigma_b)
{
    b = physical(b);
    double variance = sigma_b * sigma_b;
    if (!is_measure(sigma_b) || !is_measure(b))
        return NAN;
    if (is_known(b, variance))
        return tail_poisson_ln_upper(n, b);
    return tail_on_off_ln_upper(n, b * b / variance, variance / b);
}

double significance_naive(double n, double b, double variance)
{
    b = physical(b);
    if (!is_measure(n) || !is_measure(b) || !is_measure(variance))
        return NAN;
    return n == b ? 0 : (n - b) / sqrt(b + variance);
}
