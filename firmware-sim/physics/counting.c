/* SPDX-License-Identifier: MIT */
/* counting - see the header. */
#include "physics/counting.h"

#include <assert.h>
#include <math.h>

void poisson_init(struct poisson *poisson, double mean)
{
    assert(mean >= 0 && mean <= 1e15);
    *poisson = (struct poisson){.mean = mean, .p_zero = exp(-mean)};
    if (mean < COUNTING_REJECTION_MIN)
        return;
    poisson->b = 0.931 + 2.53 * sqrt(mean);
    poisson->a = -0.059 + 0.02483 * poisson->b;
    poisson->inverse_alpha = 1.1239 + 1.1328 / (poisson->b - 3.4);
    poisson->squeeze = 0.9277 - 3.6224 / (poisson->b - 2);
    poisson->ln_mean = log(mean);
}

static uint64_t few(const struct poisson *poisson, struct random *random)
{
    double product = random_uniform(random);
    uint64_t count = 0;
    for (; product > poisson->p_zero; count++)
        product *= random_uniform(random);
    return count;
}

uint64_t poisson_draw(const struct poisson *poisson, struct random *random)
{
    if (poisson->mean < COUNTING_REJECTION_MIN)
        return few(poisson, random);
    for (;;) {
        double u = random_uniform(random) - 0.5, v = random_uniform(random), us = 0.5 - fabs(u);
        double k = floor((2 * poisson->a / us + poisson->b) * u + poisson->mean + 0.43);
        if (us >= 0.07 && v <= poisson->squeeze)
            return (uint64_t)k;
        if (k < 0 || (us < 0.013 && v > us))
            continue;
        double ratio = v * poisson->inverse_alpha / (poisson->a / (us * us) + poisson->b);
        if (log(ratio) <= k * poisson->ln_mean - poisson->mean - lgamma(k + 1))
            return (uint64_t)k;
    }
}

/* The waiting time until a success is geometric. */
static uint64_t few_successes(struct random *random, uint64_t trials, double p)
{
    double passed = 0;
    for (uint64_t successes = 0;; successes++) {
        passed += floor(log(random_uniform(random)) / log1p(-p)) + 1;
        if (passed > (double)trials)
            return successes;
    }
}

/* p <= 1/2 and trials * p at least COUNTING_REJECTION_MIN. */
static uint64_t many_successes(struct random *random, double trials, double p)
{
    const double spread = sqrt(trials * p * (1 - p));
    const double b = 1.15 + 2.53 * spread, a = -0.0873 + 0.0248 * b + 0.01 * p, squeeze = 0.92 - 4.2 / b;
    const double mode = floor((trials + 1) * p), height = lgamma(mode + 1) + lgamma(trials - mode + 1);
    for (;;) {
        double u = random_uniform(random) - 0.5, v = random_uniform(random), us = 0.5 - fabs(u);
        double k = floor((2 * a / us + b) * u + trials * p + 0.5);
        if (us >= 0.07 && v <= squeeze)
            return (uint64_t)k;
        if (k < 0 || k > trials)
            continue;
        double ratio = v * (2.83 + 5.1 / b) * spread / (a / (us * us) + b);
        if (log(ratio) <= height - lgamma(k + 1) - lgamma(trials - k + 1) + (k - mode) * log(p / (1 - p)))
            return (uint64_t)k;
    }
}

uint64_t binomial_draw(struct random *random, uint64_t trials, double p)
{
    assert(p >= 0 && p <= 1 && trials <= UINT64_C(1) << 52);
    if (p > 0.5)
        return trials - binomial_draw(random, trials, 1 - p);
    if (trials == 0 || !(p > 0))
        return 0;
    if ((double)trials * p < COUNTING_REJECTION_MIN)
        return few_successes(random, trials, p);
    return many_successes(random, (double)trials, p);
}
