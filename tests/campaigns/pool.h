/* SPDX-License-Identifier: MIT */
/*
 * pool - candidates that are made once and sent again and again: cheap enough for a thousand million of them.
 *
 * They are the event source's with the assumptions of the paper; now and then one has a time or a momentum that must be
 * rejected. A batch is any stretch of the pool, so that hardly two batches are the same.
 */
#ifndef HNLMON_CAMPAIGNS_POOL_H
#define HNLMON_CAMPAIGNS_POOL_H

#include <stdint.h>

#include "hnlmon/candidate.h"

struct pool {
    uint32_t count;
    unsigned char *column[CANDIDATE_COLUMN_COUNT]; /* as on the wire */
};

struct pool_config {
    uint32_t count;
    uint64_t seed;
    double signal_mass_mev, u2; /* 0: no signal */
};

/* Ends the program when there is no memory. */
void pool_init(struct pool *pool, const struct pool_config *config);
void pool_fini(struct pool *pool);

/* The candidates from `first` on; first + count <= pool->count. */
struct candidate_columns pool_columns(const struct pool *pool, uint32_t first, uint32_t count);

#endif
