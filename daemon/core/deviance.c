/* SPDX-License-Identifier: MIT */
/*
 * deviance - see deviance.h. After C. Loader, "Fast and accurate computation of binomial probabilities" (2000).
 */
#include "core/deviance.h"

#include <math.h>

#define HALF_LN_TWO_PI 0.91893853320467274178
#define SERIES_LIMIT 0.05
#define SERIES_TERMS 11 /* the first term left out, x^13/156, is below 2^-53 of x^2/2 for |x| < 0.05 */
#define STIRLING_MIN 16.0

/* sum_{k>=2} (-x)^k / (k (k - 1)), by Horner from the highest power. */
static double h_series(double x)
{
    static const double coefficient[SERIES_TERMS] = {1.0 / 2,  1.0 / 6,  1.0 / 12, 1.0 / 20,  1.0 / 30, 1.0 / 42,
                                                     1.0 / 56, 1.0 / 72, 1.0 / 90, 1.0 / 110, 1.0 / 132};
    double sum = 0;
    for (int i = SERIES_TERMS - 1; i >= 0; i--)
        sum = coefficient[i] - x * sum;
    return x * x * sum;
}

double deviance_h(double x)
{
    if (fabs(x) < SERIES_LIMIT)
        return h_series(x);
    if (x <= -1)
        return 1;
    return (1 + x) * log1p(x) - x;
}

double deviance_of_excess(double excess, double mu)
{
    if (excess == 0)
        return 0;
    double ratio = excess / mu;
    if (isinf(ratio)) /* mu is zero, or so small that only the logarithms can be divided */
        return mu > 0 ? excess * (log(excess) - log(mu) - 1) : INFINITY;
    return mu * deviance_h(ratio);
}

double deviance(double n, double mu)
{
    return deviance_of_excess(n - mu, mu);
}

/* The asymptotic series; the first term left out, 1/(156 z^13), is below 2e-18 for z >= 16. */
static double stirling_series(double z)
{
    double w = 1 / (z * z);
    double sum = 1.0 / 1188 - w * (691.0 / 360360);
    sum = 1.0 / 1680 - w * sum;
    sum = 1.0 / 1260 - w * sum;
    sum = 1.0 / 360 - w * sum;
    sum = 1.0 / 12 - w * sum;
    return sum / z;
}

/* Below 16 the argument is raised by Gamma(z) = Gamma(z + k) / (z (z + 1) ... (z + k - 1)); the product stays below
 * 16^16, and the absolute error below 2e-14. */
double deviance_stirling_error(double z)
{
    if (z >= STIRLING_MIN)
        return stirling_series(z);
    double product = 1, raised = z;
    for (; raised < STIRLING_MIN; raised += 1)
        product *= raised;
    double ln_gamma = (raised - 0.5) * log(raised) - raised + stirling_series(raised) - log(product);
    return ln_gamma - ((z - 0.5) * log(z) - z);
}
