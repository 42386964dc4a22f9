/* SPDX-License-Identifier: MIT */
/*
 * significance - how many standard deviations a count n in a search window lies above (+) or below (-) its background
 * b, one function for each way in which b is known.
 *
 *  - known_b, poisson: b exactly (from outside the data);
 *  - li_ma, z_bi: an off count m that measures b = alpha m; z_bi may raise alarms, since its tail is never badly
 *    anti-conservative at small counts; li_ma is the one to display, since it has a sign and a value for deficits;
 *  - with_sigma, gauss: b +- sigma_b, with a gamma and with a Gaussian constraint;
 *  - naive: a cheap pre-filter, wrong by orders of magnitude in the tails.
 *
 * Counts may be real (Asimov values) except for `poisson` and `z_bi`, which take whole n; m may always be real. A
 * negative b counts as 0 (linear background estimates can be negative). Results are finite unless said; NaN or infinite
 * arguments, negative counts, sigma_b or variance, and alpha <= 0 give NaN. n = b gives 0 for all but the two exact
 * ones, whose median is not the mean. Good for n up to 1e9 and beyond and |Z| to 40 and beyond.
 */
#ifndef HNLMON_CORE_SIGNIFICANCE_H
#define HNLMON_CORE_SIGNIFICANCE_H

#include "core/normal.h" /* from a Z back to a p-value */

/* Signed likelihood root r = +-sqrt(2 D(n, b)). n = 0: -sqrt(2 b); b = 0 with n > 0: +inf. */
double significance_known_b(double n, double b);

/* Z of the exact tail P(N >= n). n = 0: -inf (its p is 1; publish known_b instead); b = 0 with n > 0: +inf. */
double significance_poisson(double n, double b);

/* Li and Ma (1983) equation 17, signed by n_on - alpha n_off. Finite for every count: n_on = 0 gives
 * -sqrt(2 n_off ln(1 + alpha)), n_off = 0 gives sqrt(2 n_on ln((1 + alpha)/alpha)), both 0 give 0. */
double significance_li_ma(double n_on, double n_off, double alpha);

/* b +- sigma_b as an on/off measurement with n_off = b^2/sigma_b^2 and alpha = sigma_b^2/b: li_ma of these, which is
 * the Asimov formula of Cowan, Cranmer, Gross and Vitells. sigma_b^2 < 1e-14 b falls back to known_b; NaN for b = 0
 * with sigma_b > 0. */
double significance_with_sigma(double n, double b, double sigma_b);

/* b +- sigma_b with a Gaussian constraint, profiled. sigma_b^2 < 1e-14 b falls back to known_b. */
double significance_gauss(double n, double b, double sigma_b);

/* Z of the exact on/off tail p = I_{alpha/(1+alpha)}(n_on, n_off + 1) (Cousins, Linnemann, Tucker 2008). n_on = 0:
 * -inf. */
double significance_z_bi(double n_on, double n_off, double alpha);

/* z_bi of b +- sigma_b by the substitution of with_sigma; sigma_b^2 < 1e-14 b falls back to `poisson`; NaN for b = 0
 * with sigma_b > 0. */
double significance_z_bi_with_sigma(double n, double b, double sigma_b);

/* ln p of z_bi_with_sigma, with the same fall-backs. */
double significance_ln_p_with_sigma(double n, double b, double sigma_b);

/* (n - b)/sqrt(b + variance), variance = sigma_b^2: a pre-filter only. 0 when n = b = variance = 0, +inf when only n is
 * not. */
double significance_naive(double n, double b, double variance);

#endif
