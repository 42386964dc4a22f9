/* SPDX-License-Identifier: MIT */
/*
 * root - where a falling function of a signal passes zero: the search behind every limit.
 *
 * Regula falsi, Illinois variant: an end that stays twice counts half, so that both ends move (Dowell and Jarratt, BIT
 * 11 (1971) 168). What the function is, and how precisely its root is needed, is left to the caller.
 */
#ifndef HNLMON_CORE_ROOT_H
#define HNLMON_CORE_ROOT_H

/* The s > lo with f(context, s) = 0 for a falling f; `guess` > lo > -inf is where to look first, and is doubled as long
 * as f is positive there, up to 64 times. tolerance: relative, of the last step. lo when f is not positive there; the
 * last place looked at when no root was found. f is finite in between. The result is a place where f was evaluated. */
double root_falling(double (*f)(void *context, double s), void *context, double lo, double guess, double tolerance);

#endif
