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
#include "core/normal.h"
#include "core/tail.h"

#define SEARCH_STEPS_MAX 100
#define SEARCH_DOUBLINGS_MAX 64 /* from 1 beyond 2^53 */
#define SEARCH_TOLERANCE 1e-13
#define KNOWN_B_LIMIT 1e-14 /* of sigma_b^2/b: a narrower b is known as far as a double can say */
#define BAND_MAX 30.0

struct experiment {
    double n, b;
    double variance; /* sigma_b^2; 0: b is known */
    double ln_alpha; /* ln(1 - cl) */
    double least;    /* deviance of the best fit (asymptotic), ln P(N <= n | b) (exact) */
    double z;        /* of the median limit */
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
    return true;
}

/* The root of a falling function that is >= 0 at lo; `guess` > lo is where to look first. Regula falsi, Illinois
 * variant: an end that stays twice counts half, so that both ends move. */
static double search(double (*f)(const struct experiment *x, double s), const struct experiment *x, double lo,
                     double guess)
{
    double hi = guess, f_lo = f(x, lo), f_hi = f(x, hi), s = hi;
    for (int i = 0; f_hi > 0 && i < SEARCH_DOUBLINGS_MAX; i++) {
        lo = hi, f_lo = f_hi;
        hi *= 2;
        f_hi = f(x, hi);
    }
    for (int i = 0, side = 0; f_lo > 0 && f_hi < 0 && i < SEARCH_STEPS_MAX; i++) {
        double last = s;
        s = (lo * f_hi - hi * f_lo) / (f_hi - f_lo);
        double f_s = f(x, s);
        if (fabs(s - last) <= SEARCH_TOLERANCE * s || f_s == 0)
            return s;
        if (f_s > 0) {
            lo = s, f_lo = f_s;
            f_hi *= side > 0 ? 0.5 : 1;
            side = 1;
        } else {
            hi = s, f_hi = f_s;
            f_lo *= side < 0 ? 0.5 : 1;
            side = -1;
        }
    }
    return f_lo > 0 ? hi : lo;
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

static double exact_excess(const struct experiment *x, double s)
{
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
    return search(exact_excess, &x, -x.ln_alpha, fmax(closed_form(&x), -2 * x.ln_alpha));
}

double limit_classical(double n, double b, double cl)
{
    struct experiment x;
    return experiment_init(&x, n, b, 0, cl) ? limit_cls(n, 0, cl) - x.b : NAN;
}

/* ---- asymptotic ---- */

/* Half of -2 ln L for a signal s, against a perfect description of the data: the deviance of n and that of the
 * background's own measurement, for the background >= 0 that makes their sum smallest. That background is b + v g, and
 * n - (s + b + v g) = (s + b + v g) g, as in significance_gauss. */
static double profiled_deviance(const struct experiment *x, double n, double s)
{
    double mean = s + x->b, v = x->variance;
    if (v <= 0)
        return deviance(n, mean);
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

/* ln CLs - ln(1 - cl). With a and r such that CLs = P(X > a) / P(X < r), a + r is the root of the Asimov q~ in both
 * regimes: a fitted signal > 0 (q~ below its Asimov value, q~ = a^2), and one that the limit s >= 0 holds back. */
static double asymptotic_excess(const struct experiment *x, double s)
{
    double half_q = s > x->n - x->b ? fmax(profiled_deviance(x, x->n, s) - x->least, 0) : 0;
    double root = asimov_root(x, s);
    double a = x->n < x->b && root > 0 ? half_q / root + 0.5 * root : sqrt(2 * half_q);
    return normal_ln_upper_tail(a) - normal_ln_upper_tail(a - root) - x->ln_alpha;
}

double limit_cls_asymptotic(double n, double b, double sigma_b, double cl)
{
    struct experiment x;
    if (!experiment_init(&x, n, b, sigma_b, cl))
        return NAN;
    double s_hat = fmax(n - x.b, 0);
    x.least = n < x.b ? profiled_deviance(&x, n, 0) : 0;
    return search(asymptotic_excess, &x, s_hat, fmax(1.1 * closed_form(&x), s_hat - x.ln_alpha));
}

static double median_excess(const struct experiment *x, double s)
{
    return x->z - asimov_root(x, s);
}

/* At n = b both roots of q~ are the same and CLs = 2 P(X > root). The guess is the limit to second order in 1/S. */
double limit_expected_asymptotic(double b, double sigma_b, double cl)
{
    struct experiment x;
    if (!experiment_init(&x, 0, b, sigma_b, cl))
        return NAN;
    x.z = gauss_z(0, x.ln_alpha);
    return search(median_excess, &x, 0, x.z * sqrt(x.b + x.variance) + x.z * x.z / 3);
}
