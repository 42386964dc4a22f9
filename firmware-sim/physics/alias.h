/* SPDX-License-Identifier: MIT */
/*
 * alias - draws an index with given probabilities in constant time (A. J. Walker, ACM Trans. Math. Softw. 3 (1977) 253;
 * tables as M. D. Vose, IEEE Trans. Softw. Eng. 17 (1991) 972).
 *
 * Each index owns a column of the same height, filled up to a mark by itself and above it by one other index. Marks
 * have 48 bits, so that probabilities are right to 2^-48 of the mean one.
 */
#ifndef PHYSICS_ALIAS_H
#define PHYSICS_ALIAS_H

#include <stdint.h>

#include "physics/random.h"

#define ALIAS_COUNT_MAX 4096u /* indices of a table */

struct alias_column {
    uint64_t mark; /* 48 bits */
    uint32_t other;
};

struct alias {
    uint32_t count;
    struct alias_column columns[ALIAS_COUNT_MAX];
};

/* weights: >= 0 and finite, their sum > 0; any scale. 1 <= count <= ALIAS_COUNT_MAX. */
void alias_init(struct alias *alias, const double *weights, uint32_t count);

/* An index below count. Takes one random word. */
static inline uint32_t alias_draw(const struct alias *alias, struct random *random)
{
    /* The whole part of word * count / 2^64 is uniform to count/2^64, and what is left of it is a fraction. */
    unsigned __int128 place = (unsigned __int128)random_word(random) * alias->count;
    uint32_t index = (uint32_t)(place >> 64);
    uint64_t fraction = (uint64_t)place >> 16;
    return fraction < alias->columns[index].mark ? index : alias->columns[index].other;
}

#endif
