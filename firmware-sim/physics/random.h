/* SPDX-License-Identifier: MIT */
/*
 * random - reproducible random numbers of a (seed, stream).
 *
 * Philox4x64-10: J. K. Salmon, M. A. Moraes, R. O. Dror, D. E. Shaw, "Parallel random numbers: as easy as 1, 2, 3"
 * (SC11). A counter is encrypted under the key (seed, stream), so different streams can never overlap and none needs a
 * jump. Uniform numbers and rotations are the same bits everywhere; normal, exponential and geometric ones go through
 * log() and sqrt() of libm.
 */
#ifndef PHYSICS_RANDOM_H
#define PHYSICS_RANDOM_H

#include <stdbool.h>
#include <stdint.h>

#include "physics/vector.h"

struct random {
    uint64_t key[2];
    uint64_t block_count; /* blocks drawn so far; 2^64 blocks are out of reach */
    uint64_t words[4];    /* the current block */
    uint32_t used;        /* words of it that were given out, 0 .. 4 */
    bool has_spare;       /* a normal number is left over */
    double spare;
};

/* Any seed, any stream. */
void random_init(struct random *random, uint64_t seed, uint64_t stream);

/* One block of the generator: encrypts `counter` under `key` into `words`. */
void random_block(const uint64_t counter[4], const uint64_t key[2], uint64_t words[4]);

/* 64 random bits. */
uint64_t random_word(struct random *random);

/* Uniform, 2^-53 <= u <= 1 - 2^-53: its logarithm and that of 1 - u are finite. */
double random_uniform(struct random *random);

/* Normal of mean 0 and rms 1. */
double random_normal(struct random *random);

/* Exponential of mean 1, > 0. */
double random_exponential(struct random *random);

/* Number of failures before the first success: geometric of mean `mean` >= 0; at most 2^62. */
uint64_t random_geometric(struct random *random, double mean);

/* A unit vector (0; x, y, z), uniform among all directions. */
struct four random_direction(struct random *random);

/* Uniform among all rotations. */
struct rotation random_rotation(struct random *random);

#endif
