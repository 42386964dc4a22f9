/* SPDX-License-Identifier: MIT */
/* ratio - see the header. */
#include "physics/ratio.h"

#include <math.h>

double ratio_stratum_variance(double sum, double sum2, uint64_t trials)
{
    if (trials < 2)
        return 0;
    const double n = (double)trials;
    return n / (n - 1) * fmax(0, sum2 - sum * sum / n);
}

struct estimate ratio_estimate(const struct ratio *ratio, const struct ratio_base *base,
                               const uint64_t trials[STRATA_COUNT])
{
    double wx = 0, w = 0, variance = 0;
    for (int i = 0; i < STRATA_COUNT; i++) {
        wx += ratio->wx[i];
        w += base->w[i];
    }
    if (!(w > 0))
        return (struct estimate){NAN, NAN};
    const double r = wx / w;
    for (int i = 0; i < STRATA_COUNT; i++)
        variance += ratio_stratum_variance(ratio->wx[i] - r * base->w[i],
                                           ratio->w2x2[i] - 2 * r * ratio->w2x[i] + r * r * base->w2[i], trials[i]);
    return (struct estimate){r, sqrt(variance) / w};
}
