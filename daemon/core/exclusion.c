/* SPDX-License-Identifier: MIT */
/* exclusion - see exclusion.h. */
#include "core/exclusion.h"

#include <math.h>

#include "core/limit.h"
#include "core/physics.h"
#include "core/reach.h"

double exclusion_signal(const struct template *shape, uint32_t index)
{
    return physics_br(HYPOTHESIS_FIRST_MEV + (double)index) * shape->a_peak * shape->acceptance_ratio[index] *
           shape->window_ratio[index];
}

void exclusion_init(struct exclusion *exclusion, const struct template *shape, const struct background *background)
{
    for (uint32_t i = 0; i < HYPOTHESIS_COUNT; i++) {
        const struct functional *f = &background->functionals[i];
        double accepted = exclusion_signal(shape, i);
        exclusion->in_window[i] = accepted * f->signal_share;
        exclusion->shown[i] = accepted * (f->signal_share - f->signal_leakage);
    }
}

double exclusion_statistical(double b, double sigma_b, double f_sys)
{
    double systematic = f_sys * b;
    return sigma_b > systematic ? sqrt((sigma_b - systematic) * (sigma_b + systematic)) : 0.0;
}

static void set_expected(struct hypothesis *h, double f_sys, double shown)
{
    const double cl = EXCLUSION_CONFIDENCE_LEVEL, statistical = exclusion_statistical(h->b, h->sigma_b, f_sys);
    const struct limit_band band = limit_expected_band(h->b, h->sigma_b, cl);
    h->u2_expected_minus2 = band.minus2 / shown;
    h->u2_expected_minus1 = band.minus1 / shown;
    h->u2_expected = band.median / shown;
    h->u2_expected_plus1 = band.plus1 / shown;
    h->u2_expected_plus2 = band.plus2 / shown;
    h->u2_expected_statistical = limit_expected_median(h->b, statistical, cl) / shown;
}

void exclusion_evaluate(const struct exclusion *exclusion, uint32_t index, double exposure, double f_sys,
                        struct hypothesis *hypothesis)
{
    struct hypothesis *h = hypothesis;
    double shown = exposure * exclusion->shown[index], in_window = exposure * exclusion->in_window[index];
    h->u2_limit = h->u2_expected = h->u2_paper = h->u2_expected_statistical = 0.0;
    h->u2_expected_minus2 = h->u2_expected_minus1 = h->u2_expected_plus1 = h->u2_expected_plus2 = 0.0;
    if (!h->valid || !(shown > 0.0) || !(in_window > 0.0))
        return;
    h->u2_limit = limit_observed((double)h->n, h->b, h->sigma_b, EXCLUSION_CONFIDENCE_LEVEL) / shown;
    h->u2_paper = reach_excluded_events(h->b, REACH_Z90) / in_window;
    set_expected(h, f_sys, shown);
}
