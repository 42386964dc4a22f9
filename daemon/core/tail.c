/* SPDX-License-Identifier: MIT */
/*
 * tail - see tail.h.
 *
 * A tail is its first term (a probability, by Stirling's formula with its error and the deviance, so that nothing large
 * is subtracted) times a sum or an integral that starts at 1 and falls:
 *  - few terms: the sum over the counts beyond n, every term positive, by the ratio of neighbours;
 *  - many terms: the incomplete gamma or beta function as the integral over u = |ln t - ln b| (gamma) or
 *    u = |logit t - logit x| (beta) from the boundary into the tail. In these variables the density is log-concave and,
 *    for 32 counts or more, spreads over less than four units, so that one Gauss-Legendre rule of 32 points leaves an
 *    error below 1e-14.
 */
#include "core/tail.h"

#include <math.h>
#include <stdbool.h>

#include "core/deviance.h"
#include "core/normal.h"
#include "core/quadrature.h"

#define HALF_LN_TWO_PI 0.91893853320467274178
#define FOUR_OVER_PI 1.27323954473516268615
#define INTEGRAL_COUNT_MIN 32.0 /* below it the sums are short and the densities not smooth enough */
#define SUM_RATIO_MAX 0.6       /* a sum whose first ratio is below it has at most 72 terms */
#define SUM_RELATIVE_END 1e-17
#define TAIL_COUNT_MAX 9007199254740992.0 /* 2^53: beyond it doubles skip whole numbers */
#define FALL_MIN 37.0                     /* the integral ends where the density has fallen by e^-37 = 1e-16 .. */
#define FALL_MAX 45.0                     /* .. and not much later: points beyond would be wasted */

/* How the logarithm of a density falls from the boundary towards smaller t (u > 0) or larger t (u < 0): for beta
 * fall(u) = slope u + weight ln(1 + fraction (e^-u - 1)), for gamma its limit fall(u) = slope u + weight (e^-u - 1). */
struct density {
    double slope;
    double weight;
    double fraction;  /* beta only, <= 1/2: near 1 the two terms would cancel */
    double direction; /* of the tail: +1 towards smaller t, -1 towards larger t */
    double curvature; /* second derivative of the fall at the boundary, > 0 */
    bool is_beta;
};

static double density_fall(const struct density *density, double distance)
{
    double u = density->direction * distance;
    double step = expm1(-u);
    return density->slope * u + density->weight * (density->is_beta ? log1p(density->fraction * step) : step);
}

static double density_relative(const void *context, double distance)
{
    return exp(-density_fall(context, distance));
}

/* Where the density has fallen by e^-37 to e^-45: from the parabola at the boundary, corrected by steps of 15 %. The
 * fall is convex and starts with a slope >= 0, so both loops end. */
static double density_end(const struct density *density, double initial_slope)
{
    double k = density->curvature, s = initial_slope;
    double end = 2 * FALL_MIN / (s + sqrt(s * s + 2 * FALL_MIN * k));
    while (density_fall(density, end) > FALL_MAX)
        end *= 0.87;
    while (density_fall(density, end) < FALL_MIN)
        end *= 1.15;
    return end;
}

static double density_ln_integral(const struct density *density, double initial_slope)
{
    return log(quadrature_integrate(density_relative, density, 0, density_end(density, initial_slope)));
}

/* 1 + r_0 + r_0 r_1 + ... with r_j = (numerator + j numerator_step) / (denominator + j denominator_step). */
static double sum_of_products(double numerator, double numerator_step, double denominator, double denominator_step)
{
    double term = 1, sum = 1;
    for (double j = 0; term > SUM_RELATIVE_END * sum; j++) {
        term *= (numerator + j * numerator_step) / (denominator + j * denominator_step);
        sum += term;
    }
    return sum;
}

static bool is_count(double n)
{
    return n >= 0 && n <= TAIL_COUNT_MAX && n == floor(n);
}

/* ln(b^n e^-b / n!). */
static double poisson_ln_probability(double n, double b)
{
    if (n == 0)
        return -b;
    return -deviance(n, b) - HALF_LN_TWO_PI - 0.5 * log(n) - deviance_stirling_error(n);
}

/* ln P(N >= n) for n > b: P_gamma(n, b). */
static double poisson_ln_upper_above_mean(double n, double b)
{
    double ln_first = poisson_ln_probability(n, b);
    if (n < INTEGRAL_COUNT_MIN || b < SUM_RATIO_MAX * (n + 1))
        return ln_first + log(sum_of_products(b, 0, n + 1, 1));
    struct density density = {.slope = n, .weight = b, .direction = 1, .curvature = b};
    return ln_first + log(n) + density_ln_integral(&density, n - b);
}

/* ln P(N <= n) for n + 1 <= b: Q_gamma(n + 1, b). */
static double poisson_ln_lower_below_mean(double n, double b)
{
    if (n < INTEGRAL_COUNT_MIN || n < SUM_RATIO_MAX * b)
        return poisson_ln_probability(n, b) + log(sum_of_products(n, -1, b, 0));
    struct density density = {.slope = n + 1, .weight = b, .direction = -1, .curvature = b};
    return poisson_ln_probability(n + 1, b) + log(n + 1) + density_ln_integral(&density, b - (n + 1));
}

double tail_poisson_ln_upper(double n, double b)
{
    if (!is_count(n) || !(b >= 0) || isinf(b))
        return NAN;
    if (n == 0)
        return 0;
    return n > b ? poisson_ln_upper_above_mean(n, b) : normal_ln_complement(poisson_ln_lower_below_mean(n - 1, b));
}

double tail_poisson_ln_lower(double n, double b)
{
    if (!is_count(n) || !(b >= 0) || isinf(b))
        return NAN;
    return n + 1 > b ? normal_ln_complement(poisson_ln_upper_above_mean(n + 1, b)) : poisson_ln_lower_below_mean(n, b);
}

/* The beta distribution with parameters p and q, up to x; y = 1 - x, and excess = p - (p + q) x >= 0 says that x is
 * below its mean. */
struct beta {
    double p, q, x, y;
    double excess;
};

/* The on counts follow from n = p, m + 1 = q, x = alpha/(1 + alpha). The excess (n - alpha (m + 1))/(1 + alpha) is
 * formed with one rounding of n - alpha m: it is the small difference of large numbers on which everything depends. */
static struct beta beta_of_on_off(double n, double m, double alpha)
{
    double odds = 1 + alpha;
    return (struct beta){
        .p = n, .q = m + 1, .x = alpha / odds, .y = 1 / odds, .excess = -(fma(alpha, m, -n) + alpha) / odds};
}

/* I_x(p, q) = 1 - I_y(q, p). */
static struct beta beta_complement(const struct beta *beta)
{
    return (struct beta){.p = beta->q, .q = beta->p, .x = beta->y, .y = beta->x, .excess = -beta->excess};
}

/* ln(x^p y^q / B(p, q)). */
static double beta_ln_density(const struct beta *beta)
{
    double total = beta->p + beta->q;
    double deviances =
        deviance_of_excess(beta->excess, total * beta->x) + deviance_of_excess(-beta->excess, total * beta->y);
    double stirling_errors =
        deviance_stirling_error(total) - deviance_stirling_error(beta->p) - deviance_stirling_error(beta->q);
    return stirling_errors - deviances + 0.5 * log(beta->p / total * beta->q) - HALF_LN_TWO_PI;
}

/* ln I_x(p, q) for an excess >= 0. With p < 32 the ratios are below x < p/(p + q): at most some 1300 terms (q = 1). */
static double beta_ln_below_mean(const struct beta *beta)
{
    double total = beta->p + beta->q, first = total * beta->x;
    double ln_density = beta_ln_density(beta);
    if (beta->p < INTEGRAL_COUNT_MIN || first < SUM_RATIO_MAX * (beta->p + 1))
        return ln_density - log(beta->p) + log(sum_of_products(first, beta->x, beta->p + 1, 1));
    bool is_lower_half = beta->x <= beta->y;
    struct density density = {.slope = is_lower_half ? beta->p : beta->q,
                              .weight = total,
                              .fraction = is_lower_half ? beta->x : beta->y,
                              .direction = is_lower_half ? 1 : -1,
                              .curvature = first * beta->y,
                              .is_beta = true};
    return ln_density + density_ln_integral(&density, beta->excess);
}

/* ln I_x(p, q) from the smaller tail. */
static double beta_ln_below(const struct beta *beta)
{
    if (beta->excess >= 0)
        return beta_ln_below_mean(beta);
    struct beta complement = beta_complement(beta);
    return normal_ln_complement(beta_ln_below_mean(&complement));
}

static bool is_on_off(double n, double m, double alpha)
{
    return is_count(n) && m >= 0 && alpha > 0 && !isinf(m) && !isinf(alpha);
}

double tail_on_off_ln_upper(double n, double m, double alpha)
{
    if (!is_on_off(n, m, alpha))
        return NAN;
    if (n == 0)
        return 0;
    struct beta beta = beta_of_on_off(n, m, alpha);
    return beta_ln_below(&beta);
}

double tail_on_off_ln_below(double n, double m, double alpha)
{
    if (!is_on_off(n, m, alpha))
        return NAN;
    if (n == 0)
        return -INFINITY;
    struct beta beta = beta_of_on_off(n, m, alpha);
    struct beta complement = beta_complement(&beta);
    return beta_ln_below(&complement);
}

/* The finite sums of Abramowitz and Stegun 26.4.4 and 26.4.5: with t_i = (x/2)^i / Gamma(i + 1), for i = 0, 1, ... when
 * there is an even number of degrees, and 1/2, 3/2, ... when it is odd, Q = exp(-x/2) sum_{i < degrees/2} t_i, to which
 * erfc(sqrt(x/2)) is added when it is odd. */
double tail_chi2(double x, unsigned degrees)
{
    if (x <= 0)
        return 1;
    if (isinf(x))
        return 0;
    double half = 0.5 * x, sum = degrees % 2 ? erfc(sqrt(half)) : 0;
    double order = degrees % 2 ? 0.5 : 0, term = degrees % 2 ? sqrt(half * FOUR_OVER_PI) : 1;
    for (; order < 0.5 * degrees; order += 1) {
        sum += exp(-half) * term;
        term *= half / (order + 1);
    }
    return sum > 1 ? 1 : sum;
}
