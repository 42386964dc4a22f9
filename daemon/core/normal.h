/* SPDX-License-Identifier: MIT */
/*
 * normal - the upper tail of the normal distribution in log space, and its inverse: how a p-value becomes a Z.
 *
 * A p-value of Z = 40 is 1e-350 and does not fit into a double, its logarithm does. Z far below zero is only as good as
 * 1 - p: take the logarithm of the smaller tail and flip the sign (as significance.c does).
 */
#ifndef HNLMON_CORE_NORMAL_H
#define HNLMON_CORE_NORMAL_H

/* ln P(X > z) of a standard normal X, any z; relative error below 1e-14 for z > -5. +inf gives -inf. */
double normal_ln_upper_tail(double z);

/* The z with ln P(X > z) = ln_p. 0 gives -inf, -inf gives +inf; NaN for ln_p > 0. */
double normal_z_of_ln_p(double ln_p);

/* ln(1 - e^l) for l <= 0 without cancellation: the logarithm of the other tail. 0 gives -inf. */
double normal_ln_complement(double ln_p);

#endif
