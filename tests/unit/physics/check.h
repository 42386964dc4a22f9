/* SPDX-License-Identifier: MIT */
/* check - what the tests of the event source share: a seed that can be repeated, and comparisons with a message. */
#ifndef TESTS_PHYSICS_CHECK_H
#define TESTS_PHYSICS_CHECK_H

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

/* HNLMON_SEED, or a fixed one; printed, so that a failure can be repeated. */
static inline uint64_t check_seed(void)
{
    const char *text = getenv("HNLMON_SEED");
    uint64_t seed = text != NULL ? strtoull(text, NULL, 10) : 20260101;
    printf("HNLMON_SEED=%llu\n", (unsigned long long)seed);
    return seed;
}

/* The long form of a test, minutes instead of seconds. */
static inline int test_is_full(void)
{
    return getenv("HNLMON_FULL") != NULL;
}

static inline void check_near(const char *what, double value, double expected, double tolerance)
{
    if (!(fabs(value - expected) <= tolerance))
        fail_msg("%s: %.12g instead of %.12g +- %.2g", what, value, expected, tolerance);
}

static inline void check_relative(const char *what, double value, double expected, double tolerance)
{
    check_near(what, value, expected, tolerance * fabs(expected));
}

/* A counted share of `total` against its probability, 5 sigma. */
static inline void check_share(const char *what, uint64_t count, uint64_t total, double probability)
{
    double sigma = sqrt(probability * (1 - probability) / (double)total);
    check_near(what, (double)count / (double)total, probability, 5 * sigma);
}

#endif
