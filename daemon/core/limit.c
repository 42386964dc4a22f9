/* SPDX-License-Identifier: MIT */
/*
 * limit - see limit.h. The tails are tail.h's and normal.h's; here is which ratio of them a limit makes equal to 1 -
 * cl, and the search for it.
 *
 * Both CLs fall steadily with the signal, and their logarithms are almost parabolas, so that the search needs about ten
 * evaluations. Logarithms also keep the ratio of two tails that are too small for a double.
 */
#include "core/limit.h"

#include <math.h>
#include <stdbool.h>

#include "core/deviance.h"
#include "core/mixture.h"
#include "core/normal.h"
#include "core/root.h"
#include "core/tail.h"

#define SEARCH_TOLERANCE 1e-13
#define PUBLISHED_TOLERANCE 1e-7 /* seven digits are shown at most, and half as many steps do */
#define KNOWN_B_LIMIT 1e-14      /* of sigma_b^2/b: a narrower b is known as far as a double can say */
#define BAND_MAX 30.0
#define FAR_TAIL 1e5        /* 1/a^2 is then nothing, and a^2/2 loses what a difference of 1 is */
#define OFF_RATIO_MAX 1e100 /* sigma_b^2/b beyond which, and b below the inverse of which, nothing changes any more */

struct experiment {
    double n, b;
    double variance;         /* sigma_b^2; 0: b is known */
    double ln_alpha;         /* ln(1 - cl) */
    double least;            /* deviance of the best fit (asymptotic), ln P(N <= n | b) (exact) */
    double z;                /* of the median limit */
    double tolerance;        /* of the search, relative */
    struct mixture *mixture; /* of b and variance, when the tails are those of it */
    bool is_on_off;          /* asymptotic: b is measured by off counts; false: Gaussian constraint */
};

static bool is_measure(double x)
{
    return x >= 0 && x <= LIMIT_EVENTS_MAX;
}

/* A negative b is no background; NaN stays. False: not a valid experiment. */
static bool experiment_init(struct experiment *x, double n, double b, double sigma_b, double cl)
{
    *x = (struct experiment){.n = n, .b = b < 0 && b >= -LIMIT_EVENTS_MAX ? 0 : b, .variance = sigma_b * sigma_b};
    if (!is_measure(n) || !is_measure(x->b) || !is_measure(sigma_b) || !(cl > 0.5 && cl < 1))
        return false;
    if (x->variance <= KNOWN_B_LIMIT * x->b)
        x->variance = 0;
    x->ln_alpha = log(1 - cl);
    x->tolerance = SEARCH_TOLERANCE;
    return true;
}

/* ---- Gaussian ---- */

/* The z with P(X > z) = (1 - cl) Phi(pull): the ratio of CLs for a count with Gaussian spread. */
static double gauss_z(double pull, double ln_alpha)
{
    return normal_z_of_ln_p(ln_alpha + normal_ln_upper_tail(-pull));
}

/* For a deficit of many S both terms are large, their difference is S ln(1/(1 - cl)) / |pull|. */
static double closed_form(const struct experiment *x)
{
    double spread = sqrt(x->b + x->variance), s_hat = x->n - x->b;
    return spread > 0 ? fmax(s_hat + spread * gauss_z(s_hat / spread, x->ln_alpha), 0) : x->n;
}

double limit_closed_form(double n, double b, double sigma_b, double cl)
{
    struct experiment x;
    return experiment_init(&x, n, b, sigma_b, cl) ? closed_form(&x) : NAN;
}

double limit_expected(double b, double sigma_b, double cl, double band)
{
    struct experiment x;
    if (!experiment_init(&x, 0, b, sigma_b, cl) || !(fabs(band) <= BAND_MAX))
        return NAN;
    return sqrt(x.b + x.variance) * (gauss_z(band, x.ln_alpha) + band);
}

double limit_empty_events(double cl)
{
    return cl > 0.5 && cl < 1 ? -log(1 - cl) : NAN;
}

/* ---- exact ---- */

static double exact_excess(void *context, double s)
{
    const struct experiment *x = context;
    return tail_poisson_ln_lower(x->n, x->b + s) - x->least - x->ln_alpha;
}

/* Without candidates the ratio is e^-s; every candidate raises the limit. */
double limit_cls(double n, double b, double cl)
{
    struct experiment x;
    if (!experiment_init(&x, n, b, 0, cl) || n != floor(n))
        return NAN;
    if (n == 0)
        return -x.ln_alpha;
    x.least = tail_poisson_ln_lower(n, x.b);
    return root_falling(exact_excess, &x, -x.ln_alpha, fmax(closed_form(&x), -2 * x.ln_alpha), x.tolerance);
}

double limit_classical(double n, double b, double cl)
{
    struct experiment x;
    return experiment_init(&x, n, b, 0, cl) ? limit_cls(n, 0, cl) - x.b : NAN;
}

/* ---- asymptotic ---- */

/* The same for a background that b/a off counts measure, a = v/b: the deviance of these is D(b, background)/a, and the
 * best background solves (1 + a) x^2 + ((1 + a) s - a n - b) x = b s. */
static double profiled_on_off(const struct experiment *x, double n, double s)
{
    double a = x->variance / x->b, linear = (1 + a) * s - a * n - x->b;
    double root = hypot(linear, 2 * sqrt((1 + a) * x->b * s));
    double background = linear > 0 ? 2 * x->b * s / (linear + root) : (root - linear) / (2 * (1 + a));
    return deviance(n, s + background) + deviance(x->b, background) / a;
}

/* Half of -2 ln L for a signal s, against a perfect description of the data: the deviance of n and that of the
 * background's own measurement, for the background >= 0 that makes their sum smallest. That background is b + v g, and
 * n - (s + b + v g) = (s + b + v g) g, as in significance_gauss. */
static double profiled_deviance(const struct experiment *x, double n, double s)
{
    double mean = s + x->b, v = x->variance;
    if (v <= 0)
        return deviance(n, mean);
    if (x->is_on_off)
        return profiled_on_off(x, n, s);
    double g = 2 * (n - mean) / (mean + v + hypot(mean - v, 2 * sqrt(v * n)));
    if (x->b + v * g <= 0)
        return deviance(n, s) + 0.5 * x->b / v * x->b;
    return fmax(mean + v * g, 0) * deviance_h(g) + 0.5 * v * g * g;
}

/* Root of the Asimov q~: that of data n = b. */
static double asimov_root(const struct experiment *x, double s)
{
    return sqrt(2 * profiled_deviance(x, x->b, s));
}

/* ln CLs - ln(1 - cl). In the far tail P(X > a) is exp(-a^2/2)/a, and what is left of the squares is half_q. With a and
 * r such that CLs = P(X > a) / P(X < r), a + r is the root of the Asimov q~ in both regimes: a fitted signal > 0 (q~
 * below its Asimov value, q~ = a^2), and one that the limit s >= 0 holds back. */
static double asymptotic_excess(void *context, double s)
{
    const struct experiment *x = context;
    double half_q = s > x->n - x->b ? fmax(profiled_deviance(x, x->n, s) - x->least, 0) : 0;
    double root = asimov_root(x, s);
    double a = x->n < x->b && root > 0 ? half_q / root + 0.5 * root : sqrt(2 * half_q);
    if (x->n < x->b && a - root > FAR_TAIL)
        return -half_q - log1p(root / (a - root)) - x->ln_alpha;
    return normal_ln_upper_tail(a) - normal_ln_upper_tail(a - root) - x->ln_alpha;
}

static double asymptotic(struct experiment *x)
{
    double s_hat = fmax(x->n - x->b, 0);
    x->least = x->n < x->b ? profiled_deviance(x, x->n, 0) : 0;
    return root_falling(asymptotic_excess, x, s_hat, fmax(1.1 * closed_form(x), s_hat - x->ln_alpha), x->tolerance);
}

double limit_cls_asymptotic(double n, double b, double sigma_b, double cl)
{
    struct experiment x;
    return experiment_init(&x, n, b, sigma_b, cl) ? asymptotic(&x) : NAN;
}

static double median_excess(void *context, double s)
{
    const struct experiment *x = context;
    return x->z - asimov_root(x, s);
}

/* At n = b both roots of q~ are the same and CLs = 2 P(X > root). The guess is the limit to second order in 1/S. */
double limit_expected_asymptotic(double b, double sigma_b, double cl)
{
    struct experiment x;
    if (!experiment_init(&x, 0, b, sigma_b, cl))
        return NAN;
    x.z = gauss_z(0, x.ln_alpha);
    return root_falling(median_excess, &x, 0, x.z * sqrt(x.b + x.variance) + x.z * x.z / 3, x.tolerance);
}

/* ---- what is published ---- */

static double mixture_excess(void *context, double s)
{
    const struct experiment *x = context;
    return mixture_ln_lower(x->mixture, (uint32_t)x->n, s) - x->least - x->ln_alpha;
}

/* As limit_cls, with the tails of the mixture. */
static double with_mixture(struct experiment *x)
{
    if (x->n == 0)
        return -x->ln_alpha;
    x->least = mixture_ln_lower(x->mixture, (uint32_t)x->n, 0);
    return root_falling(mixture_excess, x, -x->ln_alpha, fmax(closed_form(x), -2 * x->ln_alpha), x->tolerance);
}

/* The limit of n on the background of x; x.mixture says whether that one is to be used. */
static double published(struct experiment *x, double n)
{
    x->n = n;
    return x->mixture && n <= MIXTURE_COUNT_MAX ? with_mixture(x) : fmax(asymptotic(x), -x->ln_alpha);
}

/* No background is known to be none: only that keeps a limit from being too low. */
static bool published_init(struct experiment *x, struct mixture *mixture, double n, double b, double sigma_b, double cl)
{
    if (!experiment_init(x, n, b, sigma_b, cl))
        return false;
    x->is_on_off = true;
    x->tolerance = PUBLISHED_TOLERANCE;
    x->b = x->b * OFF_RATIO_MAX < 1 ? 0 : x->b;
    x->variance = fmin(x->variance, x->b * OFF_RATIO_MAX);
    if (x->b < LIMIT_EXACT_B && n == floor(n)) {
        mixture_init(mixture, x->b, x->variance);
        x->mixture = mixture;
    }
    return true;
}

double limit_observed(double n, double b, double sigma_b, double cl)
{
    struct mixture mixture;
    struct experiment x;
    return published_init(&x, &mixture, n, b, sigma_b, cl) ? published(&x, n) : NAN;
}

/* The count that background alone exceeds as often as a standard normal number exceeds z. The asymptotic form takes
 * counts that are not whole: b + z S + .. with the skewness g = (1 + 2 v/b)/S of the mixture to all orders of a gamma
 * distribution (Wilson and Hilferty), but with the median at b. It rises with z everywhere. */
static double quantile(const struct experiment *x, double z)
{
    uint32_t n;
    if (x->mixture && mixture_quantile(x->mixture, exp(normal_ln_upper_tail(-z)), &n))
        return n;
    double skew = x->b > 0 ? 1 + 2 * x->variance / x->b : 1, spread = sqrt(x->b + x->variance);
    double stretched = 1 + z * skew / (6 * spread);
    double pulled = x->b + 2 * spread * spread / skew * (stretched * stretched * stretched - 1);
    return fmin(fmax(pulled, 0), LIMIT_EVENTS_MAX);
}

double limit_expected_median(double b, double sigma_b, double cl)
{
    struct mixture mixture;
    struct experiment x;
    return published_init(&x, &mixture, 0, b, sigma_b, cl) ? published(&x, quantile(&x, 0)) : NAN;
}

struct limit_band limit_expected_band(double b, double sigma_b, double cl)
{
    struct mixture mixture;
    struct experiment x;
    double limits[5];
    if (!published_init(&x, &mixture, 0, b, sigma_b, cl))
        return (struct limit_band){NAN, NAN, NAN, NAN, NAN};
    for (int z = -2; z <= 2; z++)
        limits[z + 2] = published(&x, quantile(&x, z));
    return (struct limit_band){limits[0], limits[1], limits[2], limits[3], limits[4]};
}
