/* SPDX-License-Identifier: MIT */
/* pool - see pool.h. */
#include "pool.h"

#include <stdio.h>
#include <stdlib.h>

#include "physics/event.h"

#define SPILL_COUNTS 192000000u /* 4.8 s of clock counts */
#define KEPT_PERIOD 150u
#define BAD_TIME_PERIOD 997u /* primes: the three meet rarely */
#define BAD_RANGE_PERIOD 991u

static void store(struct pool *pool, uint32_t index, const struct candidate *c)
{
    const int32_t values[CANDIDATE_COLUMN_COUNT] = {
        c->k[0], c->k[1], c->k[2],     c->pi0[0], c->pi0[1],   c->pi0[2], c->e[0], c->e[1], c->e[2],
        0,       0,       c->vertex_z, c->m_gg,   c->e_over_p, c->dt,     c->dt_k, c->cda,
    };
    for (int column = 0; column < CANDIDATE_COLUMN_COUNT; column++)
        store_le32(pool->column[column] + (size_t)4 * index, (uint32_t)values[column]);
    store_le32(pool->column[COLUMN_TIME] + (size_t)4 * index, c->time);
    store_le32(pool->column[COLUMN_FLAGS] + (size_t)4 * index, c->flags);
}

/* Times are equally spaced over the spill. */
static void spoil(struct candidate *candidate, uint32_t index, uint32_t count)
{
    candidate->time = (uint32_t)((uint64_t)index * SPILL_COUNTS / count);
    if (index % KEPT_PERIOD == 0)
        candidate->flags |= FLAG_KEPT;
    if (index % BAD_TIME_PERIOD == 1)
        candidate->time = UINT32_MAX;
    if (index % BAD_RANGE_PERIOD == 2)
        candidate->e[0] = INT32_MIN;
}

void pool_init(struct pool *pool, const struct pool_config *config)
{
    static struct event_source source;
    struct event_config events = event_config_default(EVENT_PAPER);
    events.seed = config->seed;
    events.signal_mass_mev = config->signal_mass_mev;
    events.u2 = config->u2;
    event_source_init(&source, &events);
    pool->count = config->count;
    for (int column = 0; column < CANDIDATE_COLUMN_COUNT; column++) {
        pool->column[column] = malloc((size_t)4 * pool->count);
        if (!pool->column[column]) {
            perror("feeder");
            exit(1);
        }
    }
    for (uint32_t i = 0; i < pool->count; i++) {
        struct candidate candidate;
        struct event_truth truth;
        event_source_next(&source, &candidate, &truth);
        spoil(&candidate, i, pool->count);
        store(pool, i, &candidate);
    }
}

void pool_fini(struct pool *pool)
{
    for (int column = 0; column < CANDIDATE_COLUMN_COUNT; column++)
        free(pool->column[column]);
}

struct candidate_columns pool_columns(const struct pool *pool, uint32_t first, uint32_t count)
{
    struct candidate_columns columns = {.count = count};
    for (int column = 0; column < CANDIDATE_COLUMN_COUNT; column++)
        columns.column[column] = pool->column[column] + (size_t)4 * first;
    return columns;
}
