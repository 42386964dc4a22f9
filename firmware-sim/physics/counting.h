/* SPDX-License-Identifier: MIT */
/*
 * counting - random counts: Poisson and binomial, exact, at a cost that does not grow with the count.
 *
 * Transformed rejection with squeeze: PTRS of W. Hormann, Insurance: Mathematics and Economics 12 (1993) 39, and BTRS
 * of W. Hormann, J. Stat. Comput. Simul. 46 (1993) 101, with their constants; below a mean of 10, where these do not
 * hold, products of uniform numbers and sums of waiting times.
 */
#ifndef PHYSICS_COUNTING_H
#define PHYSICS_COUNTING_H

#include <stdint.h>

#include "physics/random.h"

#define COUNTING_REJECTION_MIN 10.0 /* the mean from which rejection is used */

/* A Poisson distribution, prepared: drawing from it takes about 15 ns. */
struct poisson {
    double mean;
    double a, b, inverse_alpha, squeeze, ln_mean; /* of PTRS */
    double p_zero;                                /* exp(-mean), below COUNTING_REJECTION_MIN */
};

/* mean: 0 .. 1e15. */
void poisson_init(struct poisson *poisson, double mean);

uint64_t poisson_draw(const struct poisson *poisson, struct random *random);

/* Successes among `trials` <= 2^52 with probability 0 <= p <= 1 each. */
uint64_t binomial_draw(struct random *random, uint64_t trials, double p);

#endif
