/* SPDX-License-Identifier: MIT */
/* scan - see scan.h. Evaluation of a horizon is in scan_evaluate; what is withheld is decided in monitor.c. */
#include "core/scan.h"

#include <math.h>
#include <stddef.h>

#include "core/background.h"
#include "core/exclusion.h"
#include "core/false_alarm.h"
#include "core/significance.h"

/* b and its uncertainty as the counts of an equivalent on/off measurement: n_off = b/alpha with alpha = sigma_b^2/b.
 * The sidebands' share of alpha is taken from the template, not from the counts: estimated from few counts it is
 * biased. */
static void judge(struct hypothesis *h, double variance, double f_sys)
{
    double alpha = h->alpha + f_sys * f_sys * h->b;
    double n_off = h->b / alpha;
    h->sigma_b = sqrt(variance + f_sys * f_sys * h->b * h->b);
    h->z = significance_li_ma((double)h->n, n_off, alpha);
    h->p_local = exp(normal_ln_upper_tail(h->z));
    if (significance_naive((double)h->n, h->b, alpha * h->b) <= SCAN_NAIVE_Z_MIN)
        return;
    h->z_alarm = significance_z_bi((double)h->n, n_off, alpha);
    h->p_local = exp(normal_ln_upper_tail(h->z_alarm));
}

void scan_evaluate(struct scan *scan, const struct background *background, const uint64_t *m2_bins, double f_sys)
{
    for (uint32_t i = 0; i < HYPOTHESIS_COUNT; i++) {
        struct hypothesis *h = &scan->hypotheses[i];
        double variance;
        *h = (struct hypothesis){.m_n_mev = HYPOTHESIS_FIRST_MEV + (double)i, .p_local = 1.0};
        h->alpha = background->functionals[i].alpha;
        background_evaluate(background, i, m2_bins, &h->n, &h->b, &variance);
        h->valid = h->alpha <= SCAN_ALPHA_MAX;
        if (h->valid)
            judge(h, variance, f_sys);
    }
}

void scan_conclude(struct scan *scan, const struct exclusion *exclusion)
{
    for (uint32_t i = 0; i < HYPOTHESIS_COUNT; i++) {
        struct hypothesis *h = &scan->hypotheses[i];
        h->far_hz = h->u2_limit = h->u2_expected = h->u2_paper = 0.0;
        if (!h->valid || scan->withheld)
            continue;
        h->far_hz = false_alarm_rate_hz(scan->horizon, h->z_alarm > 0.0 ? h->z_alarm : h->z);
        exclusion_evaluate(exclusion, i, scan->exposure, h);
    }
}

const struct hypothesis *scan_best(const struct scan *scan)
{
    const struct hypothesis *best = NULL;
    for (uint32_t i = 0; i < HYPOTHESIS_COUNT; i++) {
        const struct hypothesis *h = &scan->hypotheses[i];
        if (h->valid && (!best || h->z > best->z))
            best = h;
    }
    return best;
}
