/* SPDX-License-Identifier: MIT */
/*
 * tail - exact tail probabilities of the counting experiments, as logarithms: Poisson with a known mean, and on/off (a
 * count in the search window against a count beside it). Good for counts to 1e9 and beyond and for any p: the result is
 * always computed from the smaller tail.
 *
 * Counts n are whole numbers held in a double (exact to 2^53). A bad argument (NaN, infinite, negative where it must
 * not be, n not whole) gives NaN. Relative error of p: below 1e-11 up to n = 1e9, below 1e-12 up to 1e6.
 */
#ifndef HNLMON_CORE_TAIL_H
#define HNLMON_CORE_TAIL_H

/* ln P(N >= n) and ln P(N <= n) for N ~ Poisson(b), b >= 0. n = 0 gives 0 and -b; b = 0 gives -inf (n > 0) and 0. */
double tail_poisson_ln_upper(double n, double b);
double tail_poisson_ln_lower(double n, double b);

/* On/off: off counts `m` (real, >= 0) with on = alpha off expected without a signal, 0 < alpha < inf. The upper tail is
 * P(on >= n), given the total: p = I_{alpha/(1+alpha)}(n, m + 1); the lower tail is 1 - p = P(on < n). n = 0 gives 0
 * and -inf. */
double tail_on_off_ln_upper(double n, double m, double alpha);
double tail_on_off_ln_below(double n, double m, double alpha);

/* P(chi2 >= x) for `degrees` >= 1 degrees of freedom, itself and not its logarithm; 1 for x <= 0, NaN for NaN. Relative
 * error below 1e-13 for up to 30 degrees. */
double tail_chi2(double x, unsigned degrees);

#endif
