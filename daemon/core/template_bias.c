/* SPDX-License-Identifier: MIT */
/* template_bias - see template_bias.h. */
#include "core/template_bias.h"

#include <math.h>
#include <string.h>

double template_bias_window(const struct functional *functional, const double bins[M2_BIN_COUNT])
{
    double sum = 0;
    for (uint32_t j = functional->window.first; j < functional->window.end; j++)
        sum += bins[j];
    return sum;
}

double template_bias_estimate(const struct functional *functional, const double bins[M2_BIN_COUNT])
{
    const struct functional *f = functional;
    double sum = 0;
    uint32_t at = 0;
    for (uint32_t j = f->below_first; j < f->below_end; j++, at++)
        sum += (double)f->c_q20[at] * bins[j];
    for (uint32_t j = f->above_first; j < f->above_end; j++, at++)
        sum += (double)f->c_q20[at] * bins[j];
    return ldexp(sum, -BACKGROUND_SHIFT);
}

double template_bias(const struct functional *functional, const double bins[M2_BIN_COUNT])
{
    double window = template_bias_window(functional, bins);
    return window > 0 ? template_bias_estimate(functional, bins) / window - 1 : (double)NAN;
}

void template_bias_compare(const struct background *background, const struct template *truth,
                           const struct template *assumed, struct template_bias_result *result)
{
    *result = (struct template_bias_result){.worst = -1};
    for (int i = 0; i < HYPOTHESIS_COUNT; i++) {
        const struct functional *f = &background->functionals[i];
        double bias = template_bias(f, truth->bins);
        result->error[i] = hypot(truth->bias_error[i], assumed->bias_error[i]);
        result->is_valid[i] =
            f->alpha <= SCAN_ALPHA_MAX && template_covers(truth, HYPOTHESIS_FIRST_MEV + i) && isfinite(bias);
        if (!result->is_valid[i])
            continue;
        result->bias[i] = bias;
        if (result->worst < 0 || fabs(bias) > result->f_sys) {
            result->worst = i;
            result->f_sys = fabs(bias);
        }
    }
}
