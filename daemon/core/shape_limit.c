/* SPDX-License-Identifier: MIT */
/*
 * shape_limit - see shape_limit.h.
 *
 * The mean of every bin is linear in the parameters, so that -ln L is convex: Newton steps, cut where they do not lead
 * downhill or would leave the region of positive means, find its only minimum. Positive: by a logarithmic barrier, the
 * weight of which is lowered in steps.
 */
#include "core/shape_limit.h"

#include <math.h>
#include <string.h>

#include "core/deviance.h"
#include "core/normal.h"
#include "core/root.h"

#define BINS_MAX 480u /* 2 x 11.25 sigma / w = 473 at the widest resolution of a template */
#define TERMS_MAX 3   /* of the background: a parabola */
#define PARAMETERS_MAX (TERMS_MAX + 1)
#define SIGNAL 0          /* the first parameter: s + d */
#define BARRIER_LAST 1e-5 /* in events for each bin: 0.005 events in 480 bins */
#define BARRIER_STEPS 3   /* the first one is 0.1 */
#define BARRIER_FACTOR 0.01
#define NEWTON_STEPS_MAX 60
#define NEWTON_DECREMENT 1e-9 /* of 2 ln L, where the limits need 1e-4 */
#define TO_THE_BORDER 0.9     /* at most this share of the way to a mean of 0 */
#define HALVINGS_MAX 40
#define SEARCH_TOLERANCE 1e-6 /* relative, of a limit */

/* What does not change from fit to fit: a hypothesis, and which bins are its. */
struct model {
    uint32_t bins;
    int terms;
    double signal[BINS_MAX];                /* g_j */
    double background[TERMS_MAX][BINS_MAX]; /* scale T_j u_j^k: c_0 = 1 has as many candidates as the data */
    bool is_sideband[BINS_MAX];
    double spread_of_d; /* 0: none */
};

/* Counts, and what is to be found from them. */
struct fit {
    const struct model *model;
    const double *counts;
    bool sidebands_only;
    bool is_signal_fixed; /* s + d stays what it is */
    double weight;        /* of (s + d - s)^2 / 2: 1 / spread_of_d^2, or 0 */
    double s;
    double barrier;
    double parameters[PARAMETERS_MAX];
};

static bool is_used(const struct fit *fit, uint32_t bin)
{
    return !fit->sidebands_only || fit->model->is_sideband[bin];
}

/* ---- one Newton step ---- */

static double background_mean(const struct model *model, const double *parameters, uint32_t bin)
{
    double mean = 0.0;
    for (int k = 0; k < model->terms; k++)
        mean += parameters[1 + k] * model->background[k][bin];
    return mean;
}

static double whole_mean(const struct model *model, const double *parameters, uint32_t bin)
{
    return parameters[SIGNAL] * model->signal[bin] + background_mean(model, parameters, bin);
}

/* -ln L against a perfect description of the data, without the barrier. */
static double half_deviance(const struct fit *fit, const double *parameters)
{
    double sum = 0.5 * fit->weight * (parameters[SIGNAL] - fit->s) * (parameters[SIGNAL] - fit->s);
    for (uint32_t j = 0; j < fit->model->bins; j++)
        if (is_used(fit, j))
            sum += deviance(fit->counts[j], whole_mean(fit->model, parameters, j));
    return sum;
}

/* +inf outside the region of positive means. */
static double height(const struct fit *fit, const double *parameters)
{
    double logarithms = 0.0;
    for (uint32_t j = 0; j < fit->model->bins; j++) {
        double background = background_mean(fit->model, parameters, j), mean = whole_mean(fit->model, parameters, j);
        if (!(background > 0.0 && mean > 0.0))
            return (double)INFINITY;
        logarithms += log(background * mean);
    }
    return half_deviance(fit, parameters) - fit->barrier * logarithms;
}

struct slope {
    double gradient[PARAMETERS_MAX], curvature[PARAMETERS_MAX][PARAMETERS_MAX];
};

/* Adds a function of a mean whose derivatives to the parameters are `to`: first and second derivative to the mean. */
static void slope_add(struct slope *slope, const double *to, int parameters, double first, double second)
{
    for (int k = 0; k < parameters; k++) {
        slope->gradient[k] += first * to[k];
        for (int l = 0; l <= k; l++)
            slope->curvature[k][l] += second * to[k] * to[l];
    }
}

static void slope_of(const struct fit *fit, struct slope *slope)
{
    const struct model *model = fit->model;
    int parameters = model->terms + 1;
    memset(slope, 0, sizeof *slope);
    slope->gradient[SIGNAL] = fit->weight * (fit->parameters[SIGNAL] - fit->s);
    slope->curvature[SIGNAL][SIGNAL] = fit->weight;
    for (uint32_t j = 0; j < model->bins; j++) {
        double to[PARAMETERS_MAX] = {0.0}, background = background_mean(model, fit->parameters, j);
        double mean = whole_mean(model, fit->parameters, j), log_weight = fit->barrier;
        for (int k = 0; k < model->terms; k++)
            to[1 + k] = model->background[k][j];
        slope_add(slope, to, parameters, -fit->barrier / background, fit->barrier / background / background);
        to[SIGNAL] = fit->is_signal_fixed ? 0.0 : model->signal[j];
        log_weight += is_used(fit, j) ? fit->counts[j] : 0.0;
        slope_add(slope, to, parameters, (is_used(fit, j) ? 1.0 : 0.0) - log_weight / mean, log_weight / mean / mean);
    }
    if (fit->is_signal_fixed) {
        slope->gradient[SIGNAL] = 0.0;
        slope->curvature[SIGNAL][SIGNAL] = 1.0;
    }
}

/* Solves curvature x = gradient by Cholesky, in place; x replaces the gradient. A pivot that rounding made 0 or
 * negative is one along which nothing is known: that step is left out. */
static void solve(struct slope *slope, int n)
{
    double(*f)[PARAMETERS_MAX] = slope->curvature, *x = slope->gradient;
    for (int i = 0; i < n; i++) {
        double diagonal = f[i][i];
        for (int j = 0; j <= i; j++) {
            double sum = f[i][j];
            for (int k = 0; k < j; k++)
                sum -= f[i][k] * f[j][k];
            f[i][j] = i != j ? sum / f[j][j] : sum > 1e-14 * diagonal ? sqrt(sum) : (double)INFINITY;
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
}

/* The largest share of a step that keeps every mean above a tenth of itself; at most 1. */
static double room(const struct fit *fit, const double *step)
{
    double share = 1.0;
    for (uint32_t j = 0; j < fit->model->bins; j++) {
        double background = background_mean(fit->model, fit->parameters, j);
        double mean = whole_mean(fit->model, fit->parameters, j);
        double background_fall = background_mean(fit->model, step, j), fall = whole_mean(fit->model, step, j);
        if (background_fall * share > TO_THE_BORDER * background)
            share = TO_THE_BORDER * background / background_fall;
        if (fall * share > TO_THE_BORDER * mean)
            share = TO_THE_BORDER * mean / fall;
    }
    return share;
}

/* Goes along -step as far as it leads downhill (a tenth of what the slope promises). False: nowhere. */
static bool descend(struct fit *fit, const double *step, double promise)
{
    double from = height(fit, fit->parameters), share = room(fit, step);
    for (int i = 0; i < HALVINGS_MAX; i++, share *= 0.5) {
        double to[PARAMETERS_MAX];
        for (int k = 0; k <= fit->model->terms; k++)
            to[k] = fit->parameters[k] - share * step[k];
        if (!(height(fit, to) <= from - 0.1 * share * promise))
            continue;
        memcpy(fit->parameters, to, sizeof to);
        return true;
    }
    return false;
}

static void minimise_at_barrier(struct fit *fit)
{
    int parameters = fit->model->terms + 1;
    for (int i = 0; i < NEWTON_STEPS_MAX; i++) {
        struct slope slope;
        double gradient[PARAMETERS_MAX], promise = 0.0;
        slope_of(fit, &slope);
        memcpy(gradient, slope.gradient, sizeof gradient);
        solve(&slope, parameters);
        for (int k = 0; k < parameters; k++)
            promise += gradient[k] * slope.gradient[k];
        if (!(promise > NEWTON_DECREMENT) || !descend(fit, slope.gradient, promise))
            return;
    }
}

static double minimise(struct fit *fit, int barrier_steps)
{
    fit->barrier = BARRIER_LAST;
    for (int i = 1; i < barrier_steps; i++)
        fit->barrier /= BARRIER_FACTOR;
    for (int i = 0; i < barrier_steps; i++, fit->barrier *= BARRIER_FACTOR)
        minimise_at_barrier(fit);
    return half_deviance(fit, fit->parameters);
}

/* Returns -ln L at the minimum. Starts inside the region: with the data's number of candidates as a background of the
 * template's shape, and a signal that is not negative. */
static double minimise_from_template(struct fit *fit)
{
    memset(fit->parameters, 0, sizeof fit->parameters);
    fit->parameters[SIGNAL] = fmax(fit->s, 0.0);
    fit->parameters[1] = 1.0;
    return minimise(fit, BARRIER_STEPS);
}

/* ---- the statistic ---- */

/* A fit of all bins with the signal s, d free within its spread. */
static struct fit constrained_fit(const struct model *model, const double *counts, double s)
{
    struct fit fit = {.model = model, .counts = counts, .s = s, .is_signal_fixed = !(model->spread_of_d > 0.0)};
    fit.weight = fit.is_signal_fixed ? 0.0 : 1.0 / model->spread_of_d / model->spread_of_d;
    return fit;
}

/* -ln L for another signal, from where the fit stands: its background is positive, and so are all means when s + d is.
 */
static double refit(struct fit *fit, double s)
{
    fit->parameters[SIGNAL] = fmax(fit->parameters[SIGNAL] + s - fit->s, 0.0);
    fit->s = s;
    return minimise(fit, 1);
}

/* Fits of the data and of the Asimov data, with the least -ln L of each for s >= 0. */
struct statistic {
    struct fit data, asimov;
    double fitted, least, asimov_least;
    double ln_alpha; /* ln(1 - cl) */
    double z;        /* of the limit that is searched for */
};

static double asimov_root(struct statistic *statistic, double s)
{
    return sqrt(2.0 * fmax(refit(&statistic->asimov, s) - statistic->asimov_least, 0.0));
}

static double expected_excess(void *context, double s)
{
    struct statistic *statistic = context;
    return statistic->z - asimov_root(statistic, s);
}

/* ln CLs - ln(1 - cl), as in limit.c. */
static double observed_excess(void *context, double s)
{
    struct statistic *statistic = context;
    double q = 2.0 * fmax(refit(&statistic->data, s) - statistic->least, 0.0);
    double root = asimov_root(statistic, s), a = sqrt(q);
    if (a > root && root > 0.0)
        a = 0.5 * (q / root + root);
    return normal_ln_upper_tail(a) - normal_ln_upper_tail(a - root) - statistic->ln_alpha;
}

/* ---- a spectrum ---- */

static bool model_init(struct model *model, const struct template *shape, const struct functional *f, double m_n_mev,
                       const double *counts)
{
    double m2 = m_n_mev * m_n_mev, below_mev2 = (double)(f->below_end - f->below_first) * M2_BIN_WIDTH_MEV2;
    double in_template = 0.0, in_data = 1.0; /* one more, so that an empty spectrum has a scale */
    model->bins = f->above_end - f->below_first;
    model->terms = below_mev2 < SIDEBAND_SHORT_SIGMAS * shape->sigma_mev2 ? TERMS_MAX - 1 : TERMS_MAX;
    if (model->bins > BINS_MAX)
        return false;
    for (uint32_t j = 0; j < model->bins; j++) {
        in_template += shape->bins[f->below_first + j];
        in_data += counts[j];
    }
    for (uint32_t j = 0; j < model->bins; j++) {
        uint32_t bin = f->below_first + j;
        double u =
            (((double)bin + M2_BIN_FIRST + 0.5) * M2_BIN_WIDTH_MEV2 - m2) / (SIDEBAND_OUTER_SIGMAS * shape->sigma_mev2);
        double term = shape->bins[bin] * in_data / in_template;
        for (int k = 0; k < TERMS_MAX; k++, term *= u)
            model->background[k][j] = term;
        if (!(model->background[0][j] > 0.0))
            return false;
        model->signal[j] = background_signal_in_bin(bin, m2, shape->sigma_mev2);
        model->is_sideband[j] = bin < f->below_end || bin >= f->above_first;
    }
    return true;
}

/* The background that the sidebands alone predict, in every bin; returns its part in the search window. */
static double predict(const struct model *model, const struct functional *f, const double *counts, double *predicted)
{
    struct fit fit = {.model = model, .counts = counts, .sidebands_only = true, .is_signal_fixed = true};
    double in_window = 0.0;
    (void)minimise_from_template(&fit);
    for (uint32_t j = 0; j < model->bins; j++) {
        predicted[j] = background_mean(model, fit.parameters, j);
        if (j + f->below_first >= f->window.first && j + f->below_first < f->window.end)
            in_window += predicted[j];
    }
    return in_window;
}

static void statistic_init(struct statistic *statistic, const struct model *model, const double *counts,
                           const double *asimov)
{
    struct fit free = {.model = model, .counts = counts};
    double least = minimise_from_template(&free);
    statistic->fitted = free.parameters[SIGNAL];
    statistic->data = constrained_fit(model, counts, 0.0);
    statistic->asimov = constrained_fit(model, asimov, 0.0);
    double least_without = minimise_from_template(&statistic->data);
    statistic->least = statistic->fitted < 0.0 ? least_without : least;
    statistic->asimov_least = minimise_from_template(&statistic->asimov);
}

static double share_in_range(const struct model *model)
{
    double share = 0.0;
    for (uint32_t j = 0; j < model->bins; j++)
        share += model->signal[j];
    return share;
}

static double expected_at(struct statistic *statistic, double band, double guess)
{
    statistic->z = normal_z_of_ln_p(statistic->ln_alpha + normal_ln_upper_tail(-band)) + band;
    return root_falling(expected_excess, statistic, 0.0, guess, SEARCH_TOLERANCE);
}

bool shape_limit_evaluate(const struct template *shape, const struct background *background, uint32_t index,
                          const uint64_t *m2_bins, double f_sys, double cl, struct shape_limit *limit)
{
    const struct functional *f = &background->functionals[index];
    double counts[BINS_MAX], asimov[BINS_MAX];
    struct model model;
    *limit = (struct shape_limit){0};
    if (!(f->alpha <= SCAN_ALPHA_MAX) || f->above_end - f->below_first > BINS_MAX)
        return false;
    for (uint32_t j = f->below_first; j < f->above_end; j++)
        counts[j - f->below_first] = (double)m2_bins[j];
    if (!model_init(&model, shape, f, HYPOTHESIS_FIRST_MEV + (double)index, counts))
        return false;
    model.spread_of_d = f_sys * predict(&model, f, counts, asimov) / f->signal_share;
    struct statistic statistic = {.ln_alpha = log(1.0 - cl)};
    statistic_init(&statistic, &model, counts, asimov);
    double least = limit_empty_events(cl) / share_in_range(&model);
    double median = expected_at(&statistic, 0.0, least);
    limit->fitted = statistic.fitted;
    limit->expected = (struct limit_band){fmax(expected_at(&statistic, -2.0, 0.6 * median), least),
                                          fmax(expected_at(&statistic, -1.0, 0.7 * median), least), fmax(median, least),
                                          fmax(expected_at(&statistic, 1.0, 1.4 * median), least),
                                          fmax(expected_at(&statistic, 2.0, 2.0 * median), least)};
    double s_hat = fmax(statistic.fitted, 0.0);
    limit->observed = fmax(root_falling(observed_excess, &statistic, s_hat, s_hat + median, SEARCH_TOLERANCE), least);
    return true;
}
