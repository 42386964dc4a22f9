/* SPDX-License-Identifier: MIT */
/*
 * deviance - D(n, mu) = n ln(n/mu) - n + mu, half the Poisson deviance: what every significance here is made of.
 *
 * With h(x) = (1 + x) ln(1 + x) - x it is D = mu h((n - mu)/mu), which keeps its digits for n close to mu, where
 * n ln n - n ln mu loses them all.
 */
#ifndef HNLMON_CORE_DEVIANCE_H
#define HNLMON_CORE_DEVIANCE_H

/* h(x) = (1 + x) ln(1 + x) - x for x >= -1; >= 0, h(-1) = 1, h(0) = 0. */
double deviance_h(double x);

/* D(mu + excess, mu) for mu >= 0 and excess >= -mu: for callers that know the difference better than the two numbers.
 * mu = 0: 0 without excess, +inf with. */
double deviance_of_excess(double excess, double mu);

/* D(n, mu) for n, mu >= 0. D(0, mu) = mu, D(0, 0) = 0, D(n, 0) = +inf for n > 0. */
double deviance(double n, double mu);

/* What Stirling's formula lacks: ln Gamma(z) - [(z - 1/2) ln z - z + ln(2 pi)/2], z > 0. Unlike lgamma it writes no
 * global sign, and it is the small number that is wanted instead of the difference of large ones. */
double deviance_stirling_error(double z);

#endif
