/* SPDX-License-Identifier: MIT */
/* scan - see scan.h. Evaluation of a horizon is in scan_evaluate; what is withheld is decided in evaluation.c. */
#include "core/scan.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

#include "core/background.h"
#include "core/exclusion.h"
#include "core/false_alarm.h"
#include "core/significance.h"
#include "core/withheld.h"

/* The variance of b over b, sidebands and f_sys together: b and its uncertainty are the counts of an equivalent on/off
 * measurement with n_off = b/alpha. The sidebands' share of alpha is taken from the template, not from the counts:
 * estimated from few counts it is biased. */
static double whole_alpha(const struct hypothesis *h, double f_sys)
{
    return h->alpha + f_sys * f_sys * h->b;
}

static double li_ma(const struct hypothesis *h, double alpha)
{
    return significance_li_ma((double)h->n, h->b / alpha, alpha);
}

/* Z_Bi, unless the naive (n - b) / sqrt(b + alpha b) shows that there is nothing to see. */
static double alarm_z(const struct hypothesis *h, double alpha)
{
    double excess = (double)h->n - h->b;
    if (!(excess > 0.0 && excess * excess > SCAN_NAIVE_Z_MIN * SCAN_NAIVE_Z_MIN * (1.0 + alpha) * h->b))
        return 0.0;
    return significance_z_bi((double)h->n, h->b / alpha, alpha);
}

/* Everything that is no significance. A sum that is not positive says nothing about the background: with few counts it
 * is the parabola that has become negative. */
static void begin_hypothesis(struct hypothesis *h, const struct background *background,
                             const struct estimates *estimates, uint32_t i)
{
    memset(h, 0, sizeof *h);
    h->m_n_mev = HYPOTHESIS_FIRST_MEV + (double)i;
    h->n = estimates->n[i];
    h->b = background_b(estimates->b_q20[i]);
    h->alpha = background->alpha[i];
    h->signal_leakage = background->signal_leakage[i];
    h->p_local = h->constancy_p = 1.0;
    h->valid = h->alpha <= SCAN_ALPHA_MAX;
    if (!h->valid)
        h->withheld = withheld_text(background->functionals[i].is_covered ? WITHHELD_ALPHA : WITHHELD_MASS);
    else if (!(h->b > 0.0))
        h->withheld = withheld_text(WITHHELD_NO_BACKGROUND);
}

static double lowest_valid_mev(const struct background *background)
{
    for (uint32_t i = 0; i < HYPOTHESIS_COUNT; i++)
        if (background->alpha[i] <= SCAN_ALPHA_MAX)
            return HYPOTHESIS_FIRST_MEV + (double)i;
    return 0.0;
}

static void judge(struct hypothesis *h, double variance, double f_sys)
{
    double alpha = whole_alpha(h, f_sys);
    h->sigma_b = sqrt(variance + f_sys * f_sys * h->b * h->b);
    if (h->withheld)
        return;
    h->z = li_ma(h, alpha);
    h->z_alarm = alarm_z(h, alpha);
    h->p_local = exp(normal_ln_upper_tail(h->z_alarm > 0.0 ? h->z_alarm : h->z));
}

void scan_evaluate_estimates(struct scan *scan, const struct background *background, const struct estimates *estimates,
                             double f_sys)
{
    scan->f_sys = f_sys;
    scan->searchable_from_mev = lowest_valid_mev(background);
    for (uint32_t i = 0; i < HYPOTHESIS_COUNT; i++) {
        struct hypothesis *h = &scan->hypotheses[i];
        begin_hypothesis(h, background, estimates, i);
        if (h->valid)
            judge(h, background_variance(estimates->v_q20[i]), f_sys);
    }
}

void scan_evaluate(struct scan *scan, const struct background *background, const uint64_t *m2_bins, double f_sys)
{
    struct estimates estimates;
    background_estimate_sums(background, m2_bins, &estimates);
    scan_evaluate_estimates(scan, background, &estimates, f_sys);
}

/* Whether the Li-Ma significance of h may exceed z, without computing it. With d = (n - b)/(1 + alpha) > 0, mu = (alpha
 * n + b)/(1 + alpha) and m = b/alpha, Z^2/2 is mu h(d/mu) + nu h(-d/nu) <= d^2/(2 mu) + d^2/(2 m), because h(x) <=
 * x^2/2 and h(-y) <= y^2/(2 (1 - y)). The margin is for the rounding of both sides. */
static bool may_exceed(const struct hypothesis *h, double alpha, double z)
{
    double excess = (double)h->n - h->b, both = alpha * (double)h->n + h->b;
    if (!(excess > 0.0) || !(z > 0.0))
        return !(z > 0.0);
    double bound = excess * excess * ((1.0 + alpha) * h->b + alpha * both);
    return bound * (1.0 + 1e-9) >= z * z * (1.0 + alpha) * (1.0 + alpha) * h->b * both;
}

/* Sets z_alarm of all that are not withheld. Returns the one with the largest naive significance among those with an
 * excess, otherwise the first one, or NULL. */
static struct hypothesis *look_for_alarms(struct scan *scan, const struct background *background,
                                          const struct estimates *estimates, double f_sys)
{
    struct hypothesis *largest = NULL;
    double largest_square = 0.0;
    for (uint32_t i = 0; i < HYPOTHESIS_COUNT; i++) {
        struct hypothesis *h = &scan->hypotheses[i];
        begin_hypothesis(h, background, estimates, i);
        if (h->withheld)
            continue;
        double alpha = whole_alpha(h, f_sys), excess = fmax((double)h->n - h->b, 0.0);
        double square = excess * excess / ((1.0 + alpha) * h->b);
        h->z_alarm = alarm_z(h, alpha);
        if (largest && !(square > largest_square))
            continue;
        largest = h;
        largest_square = square;
    }
    return largest;
}

/* Li-Ma of the naively best one first: then hardly another one may exceed it. */
const struct hypothesis *scan_look(struct scan *scan, const struct background *background,
                                   const struct estimates *estimates, double f_sys)
{
    struct hypothesis *best = look_for_alarms(scan, background, estimates, f_sys);
    scan->searchable_from_mev = lowest_valid_mev(background);
    if (!best)
        return NULL;
    double best_z = li_ma(best, whole_alpha(best, f_sys)), z;
    for (uint32_t i = 0; i < HYPOTHESIS_COUNT; i++) {
        struct hypothesis *h = &scan->hypotheses[i];
        double alpha = whole_alpha(h, f_sys);
        if (h->withheld || !may_exceed(h, alpha, best_z) || (z = li_ma(h, alpha)) < best_z ||
            (z == best_z && h >= best))
            continue;
        best = h;
        best_z = z;
    }
    best->z = best_z;
    return best;
}

void scan_conclude(struct scan *scan, const struct exclusion *exclusion)
{
    for (uint32_t i = 0; i < HYPOTHESIS_COUNT; i++) {
        struct hypothesis *h = &scan->hypotheses[i];
        h->far_hz = 0.0;
        if (!h->withheld && !scan->withheld)
            h->far_hz = false_alarm_rate_hz(scan->horizon, scan->density, h->z_alarm > 0.0 ? h->z_alarm : h->z);
        exclusion_evaluate(exclusion, i, scan->withheld ? 0.0 : scan->exposure, scan->f_sys, h);
    }
}

const struct hypothesis *scan_best(const struct scan *scan)
{
    const struct hypothesis *best = NULL;
    for (uint32_t i = 0; i < HYPOTHESIS_COUNT; i++) {
        const struct hypothesis *h = &scan->hypotheses[i];
        if (!h->withheld && (!best || h->z > best->z))
            best = h;
    }
    return best;
}
