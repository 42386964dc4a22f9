/* SPDX-License-Identifier: MIT */
/*
 * poisson_interval - the means that a count allows: central and exact (F. Garwood, Biometrika 28 (1936) 437).
 *
 * Below the lower one as many counts or more are less probable than (1 - level)/2, above the upper one as many or
 * fewer.
 */
#ifndef HNLMON_CLI_POISSON_INTERVAL_H
#define HNLMON_CLI_POISSON_INTERVAL_H

#include <stdint.h>

struct poisson_interval {
    double low, high; /* low is 0 for a count of 0 */
};

/* 0 < level < 1. Good to 1e-12. */
struct poisson_interval poisson_interval(uint64_t count, double level);

#endif
