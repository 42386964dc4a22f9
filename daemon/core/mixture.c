/* SPDX-License-Identifier: MIT */
/* mixture - see mixture.h. The cumulative probabilities are made when they are first asked for. */
#include "core/mixture.h"

#include <assert.h>
#include <math.h>

#include "core/deviance.h"

#define TWO_PI 6.28318530717958647693
#define RATIO_MAX 1e300 /* of a background next to nothing: the same to a double, and finite */

void mixture_init(struct mixture *mixture, double b, double variance)
{
    assert(b >= 0.0 && b <= MIXTURE_B_MAX && variance >= 0.0);
    double t = b > 0.0 ? fmin(variance / b, RATIO_MAX) : 0.0;
    mixture->b = b;
    mixture->ratio = t;
    mixture->last = exp(t > 0.0 ? -b * (log1p(t) / t) : -b);
    mixture->cumulative[0] = mixture->last;
    mixture->count = 1;
}

static void extend(struct mixture *mixture, uint32_t count)
{
    assert(count <= MIXTURE_COUNT_MAX + 1);
    for (uint32_t j = mixture->count; j < count; j++) {
        mixture->last *= (mixture->b + (j - 1) * mixture->ratio) / (j * (1.0 + mixture->ratio));
        mixture->cumulative[j] = mixture->cumulative[j - 1] + mixture->last;
    }
    if (count > mixture->count)
        mixture->count = count;
}

/* ln P(X = k) of a Poisson mean s > 0, by Loader's formula: no difference of large numbers. */
static double ln_poisson(uint32_t k, double s)
{
    return k == 0 ? -s : -deviance(k, s) - deviance_stirling_error(k) - 0.5 * log(TWO_PI * k);
}

/* The signal's part of n runs from its most probable value, whose probability is taken out, to both sides. */
double mixture_ln_lower(struct mixture *mixture, uint32_t n, double s)
{
    extend(mixture, n + 1);
    const double *cumulative = mixture->cumulative;
    if (!(s > 0.0))
        return log(cumulative[n]);
    uint32_t mode = s < n ? (uint32_t)s : n;
    double weight = 1.0, sum = cumulative[n - mode];
    for (uint32_t k = mode; k > 0; k--) {
        weight *= k / s;
        sum += weight * cumulative[n - k + 1];
    }
    weight = 1.0;
    for (uint32_t k = mode + 1; k <= n; k++) {
        weight *= s / k;
        sum += weight * cumulative[n - k];
    }
    return ln_poisson(mode, s) + log(sum);
}

bool mixture_quantile(struct mixture *mixture, double p, uint32_t *n)
{
    for (*n = 0; *n <= MIXTURE_COUNT_MAX; (*n)++) {
        extend(mixture, *n + 1);
        if (mixture->cumulative[*n] >= p)
            return true;
    }
    return false;
}
