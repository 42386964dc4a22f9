/* SPDX-License-Identifier: MIT */
/* poisson - random counts and normal numbers for tests of the core, from the generator of the kernel tests. */
#ifndef TESTS_CORE_POISSON_H
#define TESTS_CORE_POISSON_H

#include <math.h>

#include "../kernel/random.h"

/* 0 < u < 1 */
static inline double random_open(struct random *random)
{
    return ((double)(random_word(random) >> 12) + 0.5) * 0x1p-52;
}

static inline double random_gauss(struct random *random)
{
    return sqrt(-2.0 * log(random_open(random))) * cos(6.283185307179586 * random_open(random));
}

/* Products of uniform numbers for small means; for others transformed rejection with squeeze, PTRS of W. Hormann,
 * Insurance: Mathematics and Economics 12 (1993) 39, with its constants. */
static inline double random_poisson(struct random *random, double mean)
{
    if (mean < 10.0) {
        double limit = exp(-mean), product = random_open(random);
        int count = 0;
        for (; product > limit; count++)
            product *= random_open(random);
        return count;
    }
    const double b = 0.931 + 2.53 * sqrt(mean), a = -0.059 + 0.02483 * b, ln_mean = log(mean);
    for (;;) {
        double u = random_open(random) - 0.5, v = random_open(random), us = 0.5 - fabs(u);
        double k = floor((2.0 * a / us + b) * u + mean + 0.43);
        if (us >= 0.07 && v <= 0.9277 - 3.6224 / (b - 2.0))
            return k;
        if (k < 0.0 || (us < 0.013 && v > us))
            continue;
        double alpha_inverse = 1.1239 + 1.1328 / (b - 3.4);
        if (log(v * alpha_inverse / (a / (us * us) + b)) <= k * ln_mean - mean - lgamma(k + 1.0))
            return k;
    }
}

#endif
