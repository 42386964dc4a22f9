/* SPDX-License-Identifier: MIT */
/* template_data - see template_data.h. */
#include "core/template_data.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/summary.h"
#include "core/template_bias.h"

#define TERMS 3
#define ITERATIONS 30 /* of the fit; five are enough when there are counts */
#define EXPONENT_MAX 50.0

/* Bins [first, end). */
struct range {
    uint32_t first, end;
};

/* What is fitted: counts against like times exp(x_0 + x_1 u + x_2 u^2), u = (m2 - centre) / scale. */
struct fit {
    const uint64_t *counts;
    const double *like;
    struct range below, inside, above;
    double centre, scale;
    double x[TERMS];
    double covariance[TERMS][TERMS];
};

static double bin_centre(uint32_t bin)
{
    return ((double)bin + M2_BIN_FIRST + 0.5) * M2_BIN_WIDTH_MEV2;
}

/* First bin whose centre is at or above `mev2`, within the histogram. */
static uint32_t bin_at_or_above(double mev2)
{
    double bin = ceil(mev2 / M2_BIN_WIDTH_MEV2 - 0.5) - M2_BIN_FIRST;
    return (uint32_t)fmin(fmax(bin, 0.0), M2_BIN_COUNT);
}

static void powers_of(const struct fit *fit, uint32_t bin, double powers[TERMS])
{
    const double u = (bin_centre(bin) - fit->centre) / fit->scale;
    powers[0] = 1;
    for (int k = 1; k < TERMS; k++)
        powers[k] = u * powers[k - 1];
}

static double expected(const struct fit *fit, uint32_t bin, const double powers[TERMS])
{
    double exponent = 0;
    for (int k = 0; k < TERMS; k++)
        exponent += fit->x[k] * powers[k];
    return fit->like[bin] * exp(fmin(exponent, EXPONENT_MAX));
}

/* Gradient of the log likelihood, and its negative second derivative. */
static void add_side(const struct fit *fit, struct range side, double gradient[TERMS], double curvature[TERMS][TERMS])
{
    for (uint32_t bin = side.first; bin < side.end; bin++) {
        double powers[TERMS];
        powers_of(fit, bin, powers);
        const double mu = expected(fit, bin, powers);
        for (int k = 0; k < TERMS; k++) {
            gradient[k] += ((double)fit->counts[bin] - mu) * powers[k];
            for (int l = 0; l < TERMS; l++)
                curvature[k][l] += mu * powers[k] * powers[l];
        }
    }
}

/* Gauss and Jordan, in place; symmetric and positive matrices need no pivot. */
static bool invert(double a[TERMS][TERMS], double inverse[TERMS][TERMS])
{
    for (int k = 0; k < TERMS; k++)
        for (int l = 0; l < TERMS; l++)
            inverse[k][l] = k == l;
    for (int k = 0; k < TERMS; k++) {
        const double pivot = a[k][k];
        if (!(pivot > 0))
            return false;
        for (int l = 0; l < TERMS; l++) {
            a[k][l] /= pivot;
            inverse[k][l] /= pivot;
        }
        for (int i = 0; i < TERMS; i++) {
            const double factor = a[i][k];
            for (int l = 0; l < TERMS && i != k; l++) {
                a[i][l] -= factor * a[k][l];
                inverse[i][l] -= factor * inverse[k][l];
            }
        }
    }
    return true;
}

/* One step of Newton; the largest change of a term. */
static double step(struct fit *fit)
{
    double gradient[TERMS] = {0}, curvature[TERMS][TERMS] = {{0}}, largest = 0;
    add_side(fit, fit->below, gradient, curvature);
    add_side(fit, fit->above, gradient, curvature);
    if (!invert(curvature, fit->covariance))
        return (double)INFINITY;
    for (int k = 0; k < TERMS; k++) {
        double change = 0;
        for (int l = 0; l < TERMS; l++)
            change += fit->covariance[k][l] * gradient[l];
        fit->x[k] += change;
        largest = fmax(largest, fabs(change));
    }
    return largest;
}

static double sum_of(const struct fit *fit, struct range side, bool is_counts)
{
    double sum = 0;
    for (uint32_t bin = side.first; bin < side.end; bin++)
        sum += is_counts ? (double)fit->counts[bin] : fit->like[bin];
    return sum;
}

static bool converge(struct fit *fit)
{
    const double counts = sum_of(fit, fit->below, true) + sum_of(fit, fit->above, true);
    const double like = sum_of(fit, fit->below, false) + sum_of(fit, fit->above, false);
    if (!(counts >= TEMPLATE_DATA_COUNTS_MIN && like > 0))
        return false;
    fit->x[0] = log(counts / like);
    for (int i = 0; i < ITERATIONS; i++)
        if (step(fit) < 1e-10)
            return true;
    return false;
}

static struct fit fit_of(const struct template *like, const uint64_t counts[M2_BIN_COUNT], double low, double high)
{
    const double reach = TEMPLATE_DATA_SIDE_SIGMAS * like->sigma_mev2;
    struct fit fit = {.counts = counts, .like = like->bins, .centre = 0.5 * (low + high)};
    fit.scale = 0.5 * (high - low) + reach;
    fit.inside = (struct range){bin_at_or_above(low), bin_at_or_above(high)};
    fit.below = (struct range){bin_at_or_above(fmax(low - reach, SIDEBAND_LOWEST_MEV2)), fit.inside.first};
    fit.above = (struct range){fit.inside.end, bin_at_or_above(high + reach)};
    return fit;
}

static bool has_sides(const struct fit *fit)
{
    return fit->below.first + TEMPLATE_DATA_SIDE_BINS <= fit->below.end &&
           fit->above.first + TEMPLATE_DATA_SIDE_BINS <= fit->above.end;
}

/* Relative error of the fit's sum over a window. */
static double fitted_error(const struct fit *fit, const struct search_window *window)
{
    double gradient[TERMS] = {0}, sum = 0, variance = 0;
    for (uint32_t bin = window->first; bin < window->end; bin++) {
        double powers[TERMS];
        powers_of(fit, bin, powers);
        const double mu = expected(fit, bin, powers);
        sum += mu;
        for (int k = 0; k < TERMS; k++)
            gradient[k] += mu * powers[k];
    }
    for (int k = 0; k < TERMS; k++)
        for (int l = 0; l < TERMS; l++)
            variance += gradient[k] * fit->covariance[k][l] * gradient[l];
    return sqrt(variance) / sum;
}

/* `scale`: share per candidate. The window's own error and that of the sidebands, which is alpha b, add up: what they
 * have in common is neglected. */
static void set_errors(struct template *shape, const struct fit *fit, const struct background *background, double scale)
{
    for (int i = 0; i < HYPOTHESIS_COUNT; i++) {
        const struct functional *f = &background->functionals[i];
        const double window = template_bias_window(f, shape->bins) / scale;
        shape->window_error[i] = shape->bias_error[i] = 1;
        if (!template_covers(shape, HYPOTHESIS_FIRST_MEV + i) || !(window > 0) || !isfinite(f->alpha))
            continue;
        shape->window_error[i] = fitted_error(fit, &f->window);
        shape->bias_error[i] = hypot(shape->window_error[i], sqrt(f->alpha / window));
    }
}

/* Masses whose window, out to the sidebands, lies in the range. */
static bool set_masses(struct template *shape, double low, double high)
{
    const double margin = SIDEBAND_INNER_SIGMAS * shape->sigma_mev2;
    shape->first_mev = fmax(HYPOTHESIS_FIRST_MEV, ceil(sqrt(fmax(low + margin, 0))));
    shape->last_mev = fmin(HYPOTHESIS_LAST_MEV, floor(sqrt(fmax(high - margin, 0))));
    return shape->first_mev <= shape->last_mev;
}

static double peak_counts(const uint64_t counts[M2_BIN_COUNT])
{
    double sum = 0;
    for (int bin = -PEAK_HALF_BINS; bin < PEAK_HALF_BINS; bin++)
        sum += (double)counts[bin - M2_BIN_FIRST];
    return sum;
}

static void set_bins(struct template *shape, const struct fit *fit, double scale)
{
    for (uint32_t bin = 0; bin < M2_BIN_COUNT; bin++) {
        const bool is_inside = bin >= fit->inside.first && bin < fit->inside.end;
        double powers[TERMS];
        powers_of(fit, bin, powers);
        shape->bins[bin] = scale * (is_inside ? expected(fit, bin, powers) : (double)fit->counts[bin]);
    }
}

const char *template_data_fill(struct template *shape, const struct template *like, const uint64_t counts[M2_BIN_COUNT],
                               double low_mev2, double high_mev2, const char *provenance, struct background *background)
{
    struct fit fit = fit_of(like, counts, low_mev2, high_mev2);
    const double peak = peak_counts(counts);
    *shape = *like;
    (void)snprintf(shape->name, sizeof shape->name, "data");
    (void)snprintf(shape->provenance, sizeof shape->provenance, "%s", provenance);
    if (!set_masses(shape, low_mev2, high_mev2))
        return "the interpolated range holds no search window: it must reach 2 sigma beyond m_N^2 on both sides";
    if (!has_sides(&fit))
        return "the interpolated range leaves less than 10 bins above 9350 MeV^2 on one of its sides";
    if (!(peak > 0) || !converge(&fit))
        return "too few candidates in the peak or beside the interpolated range, where 100 are needed";
    const double scale = like->f_peak / peak;
    set_bins(shape, &fit, scale);
    background_init(background, shape);
    set_errors(shape, &fit, background, scale);
    template_hash(shape, shape->hash);
    return template_error(shape);
}
