/* SPDX-License-Identifier: MIT */
/* random - the random numbers of the kernel tests: splitmix64 (Vigna 2015), from a seed that is printed. */
#ifndef TESTS_KERNEL_RANDOM_H
#define TESTS_KERNEL_RANDOM_H

#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

struct random {
    uint64_t state;
};

/* HNLMON_SEED if it is set, otherwise 1; says how to repeat the test. */
static inline struct random random_start(const char *test)
{
    const char *text = getenv("HNLMON_SEED");
    struct random random = {text ? strtoull(text, NULL, 0) : 1};
    printf("%s: repeat with HNLMON_SEED=%" PRIu64 "\n", test, random.state);
    return random;
}

static inline uint64_t random_word(struct random *random)
{
    uint64_t z = random->state += UINT64_C(0x9E3779B97F4A7C15);
    z = (z ^ z >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ z >> 27) * UINT64_C(0x94D049BB133111EB);
    return z ^ z >> 31;
}

/* 0 .. limit - 1; the bias of the remainder does not matter here. */
static inline uint64_t random_below(struct random *random, uint64_t limit)
{
    return random_word(random) % limit;
}

/* min .. max */
static inline int32_t random_between(struct random *random, int32_t min, int32_t max)
{
    return (int32_t)(min + (int64_t)random_below(random, (uint64_t)((int64_t)max - min + 1)));
}

/* The long form of a test, minutes instead of seconds. */
static inline int test_is_full(void)
{
    return getenv("HNLMON_FULL") != NULL;
}

#endif
