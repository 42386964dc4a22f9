/* SPDX-License-Identifier: MIT */
/*
 * mixture - a count over a background that is itself uncertain: N = Poisson(s) + N_b, where the mean of N_b has a gamma
 * distribution with mean b and variance v, so that N_b is negative binomial (v = 0: Poisson).
 *
 * A gamma distribution is what sidebands with b^2/v off counts leave to be believed about b: the exact counterpart of
 * the on/off substitution in significance.h. With t = v/b the probabilities follow from
 * p(0) = (1 + t)^(-b/t) and p(j+1) = p(j) (b + j t) / ((j + 1) (1 + t)), which is the Poisson recursion at t = 0.
 *
 * For small counts: sums of up to n + 1 terms. b in [0, MIXTURE_B_MAX], n in [0, MIXTURE_COUNT_MAX]. Relative error of
 * a tail below 1e-13 MIXTURE_COUNT_MAX.
 */
#ifndef HNLMON_CORE_MIXTURE_H
#define HNLMON_CORE_MIXTURE_H

#include <stdbool.h>
#include <stdint.h>

#define MIXTURE_B_MAX 200.0     /* e^-b, the least probability of no candidates, is far from underflow */
#define MIXTURE_COUNT_MAX 1023u /* beyond it the sums are slow, and asymptotic forms good to a per mille */

struct mixture {
    double b, ratio;                          /* ratio: v/b, 0 for b = 0 */
    uint32_t count;                           /* P(N_b <= j) is known for j < count */
    double last;                              /* P(N_b = count - 1) */
    double cumulative[MIXTURE_COUNT_MAX + 1]; /* P(N_b <= j) */
};

/* b = 0 is no background, whatever its variance. */
void mixture_init(struct mixture *mixture, double b, double variance);

/* ln P(N <= n) with a signal s >= 0. n <= MIXTURE_COUNT_MAX. */
double mixture_ln_lower(struct mixture *mixture, uint32_t n, double s);

/* The smallest n with P(N_b <= n) >= p. False: beyond MIXTURE_COUNT_MAX. */
bool mixture_quantile(struct mixture *mixture, double p, uint32_t *n) __attribute__((warn_unused_result));

#endif
