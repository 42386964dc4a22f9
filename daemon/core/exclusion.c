/* SPDX-License-Identifier: MIT */
/* exclusion - see exclusion.h. */
#include "core/exclusion.h"

#include <math.h>

#include "core/limit.h"
#include "core/physics.h"
#include "core/reach.h"

void exclusion_init(struct exclusion *exclusion, const struct template *shape, const struct background *background)
{
    for (uint32_t i = 0; i < HYPOTHESIS_COUNT; i++) {
        const struct functional *f = &background->functionals[i];
        double accepted = physics_br(HYPOTHESIS_FIRST_MEV + (double)i) * shape->a_peak;
        exclusion->in_window[i] = accepted * f->signal_share;
        exclusion->shown[i] = accepted * (f->signal_share - f->signal_leakage);
    }
}

void exclusion_evaluate(const struct exclusion *exclusion, uint32_t index, double exposure,
                        struct hypothesis *hypothesis)
{
    struct hypothesis *h = hypothesis;
    double shown = exposure * exclusion->shown[index], in_window = exposure * exclusion->in_window[index];
    h->u2_limit = h->u2_expected = h->u2_paper = 0.0;
    if (!h->valid || !(shown > 0.0) || !(in_window > 0.0))
        return;
    const double cl = EXCLUSION_CONFIDENCE_LEVEL, least = limit_empty_events(cl);
    h->u2_limit = fmax(limit_cls_asymptotic((double)h->n, h->b, h->sigma_b, cl), least) / shown;
    h->u2_expected = fmax(limit_expected_asymptotic(h->b, h->sigma_b, cl), least) / shown;
    h->u2_paper = reach_excluded_events(h->b, REACH_Z90) / in_window;
}
