/* SPDX-License-Identifier: MIT */
/* background - see background.h. */
#include "core/background.h"

#include <assert.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>

#define SQRT_2 1.41421356237309504880
#define ORDER_MAX 2
#define TERMS_MAX (ORDER_MAX + 1)
#define COEFFICIENT_LIMIT_Q20 ((uint32_t)BACKGROUND_COEFFICIENT_MAX << BACKGROUND_SHIFT)

_Static_assert((uint64_t)BACKGROUND_COEFFICIENT_MAX *BACKGROUND_COEFFICIENT_MAX << BACKGROUND_SHIFT <= INT32_MAX,
               "a coefficient and its square fit 32 bits");

static double bin_centre(uint32_t bin)
{
    return ((double)bin + M2_BIN_FIRST + 0.5) * M2_BIN_WIDTH_MEV2;
}

struct search_window background_window(double m_n_mev, double sigma_mev2)
{
    long centre = lround(m_n_mev * m_n_mev / M2_BIN_WIDTH_MEV2) - M2_BIN_FIRST;
    long half = lround(WINDOW_SIGMAS * sigma_mev2 / M2_BIN_WIDTH_MEV2);
    return (struct search_window){(uint32_t)(centre - half), (uint32_t)(centre + half)};
}

/* First bin whose centre is at or above `mev2`, within the histogram. */
static uint32_t bin_at_or_above(double mev2)
{
    double bin = ceil(mev2 / M2_BIN_WIDTH_MEV2 - 0.5) - M2_BIN_FIRST;
    return (uint32_t)fmin(fmax(bin, 0.0), M2_BIN_COUNT);
}

static void set_ranges(struct functional *f, double m2, double sigma)
{
    uint32_t lowest = (uint32_t)(ceil((double)SIDEBAND_LOWEST_MEV2 / M2_BIN_WIDTH_MEV2) - M2_BIN_FIRST);
    f->below_first = bin_at_or_above(m2 - SIDEBAND_OUTER_SIGMAS * sigma);
    f->below_end = bin_at_or_above(m2 - SIDEBAND_INNER_SIGMAS * sigma);
    if (f->below_first < lowest)
        f->below_first = lowest;
    if (f->below_end < f->below_first)
        f->below_end = f->below_first;
    f->above_first = bin_at_or_above(m2 + SIDEBAND_INNER_SIGMAS * sigma);
    f->above_end = bin_at_or_above(m2 + SIDEBAND_OUTER_SIGMAS * sigma);
    assert(f->below_end - f->below_first + f->above_end - f->above_first <= SIDEBAND_BINS_MAX);
}

/* Adds sum T_j u_j^k over bins [first, end) to moments[0 .. count). */
static void add_moments(double *moments, int count, const double *bins, uint32_t first, uint32_t end, double m2,
                        double scale)
{
    for (uint32_t j = first; j < end; j++) {
        double u = (bin_centre(j) - m2) / scale;
        double term = bins[j];
        for (int k = 0; k < count; k++, term *= u)
            moments[k] += term;
    }
}

/* Solves F x = a for a symmetric positive F of size n, by Cholesky; false when F is not positive definite. */
static bool solve(double f[TERMS_MAX][TERMS_MAX], double *x, int n)
{
    for (int i = 0; i < n; i++) {
        for (int j = 0; j <= i; j++) {
            double sum = f[i][j];
            for (int k = 0; k < j; k++)
                sum -= f[i][k] * f[j][k];
            if (i == j && !(sum > 0.0))
                return false;
            f[i][j] = i == j ? sqrt(sum) : sum / f[j][j];
        }
    }
    for (int i = 0; i < n; i++) {
        for (int k = 0; k < i; k++)
            x[i] -= f[i][k] * x[k];
        x[i] /= f[i][i];
    }
    for (int i = n - 1; i >= 0; i--) {
        for (int k = i + 1; k < n; k++)
            x[i] -= f[k][i] * x[k];
        x[i] /= f[i][i];
    }
    return true;
}

/* The polynomial x of the coefficients; false when the sidebands do not determine it. */
static bool fit(const struct functional *f, const double *bins, double m2, double scale, int terms, double *x)
{
    double side[2 * TERMS_MAX - 1] = {0};
    double normal[TERMS_MAX][TERMS_MAX];
    add_moments(side, 2 * terms - 1, bins, f->below_first, f->below_end, m2, scale);
    add_moments(side, 2 * terms - 1, bins, f->above_first, f->above_end, m2, scale);
    for (int k = 0; k < terms; k++)
        for (int l = 0; l < terms; l++)
            normal[k][l] = side[k + l];
    memset(x, 0, TERMS_MAX * sizeof *x);
    add_moments(x, terms, bins, f->window.first, f->window.end, m2, scale);
    return solve(normal, x, terms);
}

/* Rounds the coefficients of bins [first, end) to Q20, from place `at` on; false when one is too large. */
static bool set_coefficients(struct functional *f, uint32_t at, uint32_t first, uint32_t end, const double *x,
                             double m2, double scale)
{
    for (uint32_t j = first; j < end; j++, at++) {
        double u = (bin_centre(j) - m2) / scale;
        double c = x[0] + u * (x[1] + u * x[2]);
        if (!(fabs(c) < BACKGROUND_COEFFICIENT_MAX))
            return false;
        f->c_q20[at] = (int32_t)lround(ldexp(c, BACKGROUND_SHIFT));
        f->c2_q20[at] = (uint32_t)lround(ldexp(c * c, BACKGROUND_SHIFT));
    }
    return true;
}

static void forget_coefficients(struct functional *f)
{
    memset(f->c_q20, 0, sizeof f->c_q20);
    memset(f->c2_q20, 0, sizeof f->c2_q20);
}

static double expected_alpha(const struct functional *f, const double *bins)
{
    double b = 0.0, variance = 0.0;
    uint32_t at = 0;
    for (uint32_t j = f->below_first; j < f->below_end; j++, at++) {
        b += (double)f->c_q20[at] * bins[j];
        variance += (double)f->c2_q20[at] * bins[j];
    }
    for (uint32_t j = f->above_first; j < f->above_end; j++, at++) {
        b += (double)f->c_q20[at] * bins[j];
        variance += (double)f->c2_q20[at] * bins[j];
    }
    return b > 0.0 && variance > 0.0 ? variance / b : (double)INFINITY;
}

double background_signal_in_bin(uint32_t j, double m2, double sigma)
{
    double lower = ((double)j + M2_BIN_FIRST) * M2_BIN_WIDTH_MEV2 - m2, upper = lower + M2_BIN_WIDTH_MEV2;
    return 0.5 * (erf(upper / (sigma * SQRT_2)) - erf(lower / (sigma * SQRT_2)));
}

static void set_signal(struct functional *f, double m2, double sigma)
{
    double share = 0.0, leakage = 0.0;
    uint32_t at = 0;
    for (uint32_t j = f->window.first; j < f->window.end; j++)
        share += background_signal_in_bin(j, m2, sigma);
    for (uint32_t j = f->below_first; j < f->below_end; j++, at++)
        leakage += (double)f->c_q20[at] * background_signal_in_bin(j, m2, sigma);
    for (uint32_t j = f->above_first; j < f->above_end; j++, at++)
        leakage += (double)f->c_q20[at] * background_signal_in_bin(j, m2, sigma);
    f->signal_share = share;
    f->signal_leakage = ldexp(leakage, -BACKGROUND_SHIFT);
}

static void functional_init(struct functional *f, const struct template *shape, double m_n_mev)
{
    double m2 = m_n_mev * m_n_mev;
    double sigma = shape->sigma_mev2;
    double scale = SIDEBAND_OUTER_SIGMAS * sigma;
    double x[TERMS_MAX];
    f->alpha = (double)INFINITY;
    f->is_covered = template_covers(shape, m_n_mev);
    if (!(sigma >= TEMPLATE_SIGMA_MIN_MEV2 && sigma <= TEMPLATE_SIGMA_MAX_MEV2))
        return;
    f->window = background_window(m_n_mev, sigma);
    set_ranges(f, m2, sigma);
    double below_mev2 = (double)(f->below_end - f->below_first) * M2_BIN_WIDTH_MEV2;
    int terms = below_mev2 < SIDEBAND_SHORT_SIGMAS * sigma ? ORDER_MAX : TERMS_MAX;
    if (!f->is_covered || !fit(f, shape->bins, m2, scale, terms, x))
        return;
    if (!set_coefficients(f, 0, f->below_first, f->below_end, x, m2, scale) ||
        !set_coefficients(f, f->below_end - f->below_first, f->above_first, f->above_end, x, m2, scale)) {
        forget_coefficients(f);
        return;
    }
    f->alpha = expected_alpha(f, shape->bins);
    set_signal(f, m2, sigma);
}

void background_init(struct background *background, const struct template *shape)
{
    memset(background, 0, sizeof *background);
    for (uint32_t i = 0; i < HYPOTHESIS_COUNT; i++) {
        functional_init(&background->functionals[i], shape, HYPOTHESIS_FIRST_MEV + (double)i);
        background->alpha[i] = background->functionals[i].alpha;
        background->signal_leakage[i] = background->functionals[i].signal_leakage;
    }
}

/* n and the sums over the sidebands of one hypothesis. The results are below 2^58 and 2^62 for fewer than 2^34
 * candidates in the sidebands; sums are modulo 2^64 on the way there, which leaves them exact. */
static void estimate_sums(const struct functional *f, const uint64_t *bins, uint64_t *n, int64_t *b_q20,
                          uint64_t *v_q20)
{
    uint64_t window = 0, sum = 0, squares = 0;
    uint32_t at = 0;
    for (uint32_t j = f->window.first; j < f->window.end; j++)
        window += bins[j];
    for (uint32_t j = f->below_first; j < f->below_end; j++, at++) {
        sum += (uint64_t)(int64_t)f->c_q20[at] * bins[j];
        squares += f->c2_q20[at] * bins[j];
    }
    for (uint32_t j = f->above_first; j < f->above_end; j++, at++) {
        sum += (uint64_t)(int64_t)f->c_q20[at] * bins[j];
        squares += f->c2_q20[at] * bins[j];
    }
    *n = window;
    *b_q20 = (int64_t)sum;
    *v_q20 = squares;
}

void background_estimate_sums(const struct background *background, const uint64_t *bins, struct estimates *estimates)
{
    for (uint32_t i = 0; i < HYPOTHESIS_COUNT; i++)
        estimate_sums(&background->functionals[i], bins, &estimates->n[i], &estimates->b_q20[i], &estimates->v_q20[i]);
}

/* Adds sum (c_j + 2^24) n_j and sum c_j^2 n_j. All factors are unsigned 32-bit numbers, because every vector unit
 * multiplies those to 64 bits; the caller takes 2^24 sum n_j off again. */
static void add_products(const int32_t *c_q20, const uint32_t *c2_q20, const uint32_t *bins, uint32_t count,
                         uint64_t *raised, uint64_t *squares)
{
    uint64_t sum = 0, sum2 = 0;
    for (uint32_t j = 0; j < count; j++) {
        sum += (uint64_t)((uint32_t)c_q20[j] + COEFFICIENT_LIMIT_Q20) * bins[j];
        sum2 += (uint64_t)c2_q20[j] * bins[j];
    }
    *raised += sum;
    *squares += sum2;
}

void background_estimate(const struct background *background, const uint32_t *bins, struct estimates *estimates)
{
    uint64_t below[M2_BIN_COUNT + 1] = {0}; /* candidates in all bins before one */
    for (uint32_t j = 0; j < M2_BIN_COUNT; j++)
        below[j + 1] = below[j] + bins[j];
    for (uint32_t i = 0; i < HYPOTHESIS_COUNT; i++) {
        const struct functional *f = &background->functionals[i];
        uint32_t lower = f->below_end - f->below_first, upper = f->above_end - f->above_first;
        uint64_t beside = below[f->below_end] - below[f->below_first] + below[f->above_end] - below[f->above_first];
        uint64_t raised = 0, squares = 0;
        add_products(f->c_q20, f->c2_q20, bins + f->below_first, lower, &raised, &squares);
        add_products(f->c_q20 + lower, f->c2_q20 + lower, bins + f->above_first, upper, &raised, &squares);
        estimates->n[i] = below[f->window.end] - below[f->window.first];
        estimates->b_q20[i] = (int64_t)(raised - beside * COEFFICIENT_LIMIT_Q20);
        estimates->v_q20[i] = squares;
    }
}

double background_b(int64_t b_q20)
{
    return b_q20 > 0 ? (double)b_q20 * ESTIMATES_UNIT : 0.0;
}

double background_variance(uint64_t v_q20)
{
    return (double)v_q20 * ESTIMATES_UNIT;
}

void background_evaluate(const struct background *background, uint32_t index, const uint64_t *bins, uint64_t *n,
                         double *b, double *variance)
{
    int64_t b_q20;
    uint64_t v_q20;
    estimate_sums(&background->functionals[index], bins, n, &b_q20, &v_q20);
    *b = background_b(b_q20);
    *variance = background_variance(v_q20);
}
