/* SPDX-License-Identifier: MIT */
/* world - what all parts of a simulation share: its time, its chance, what happened last, and what went wrong. */
#ifndef HNLMON_SIMULATOR_WORLD_H
#define HNLMON_SIMULATOR_WORLD_H

#include <stdbool.h>
#include <stdint.h>

#include "../unit/kernel/random.h"

#define NS_PER_MS INT64_C(1000000)
#define NEVER_NS INT64_MAX
#define SOURCES_MAX 3u

/* What is built wrong on purpose: the simulation must find it out. */
enum mistake {
    MISTAKE_NONE,
    MISTAKE_EARLY_ACK,      /* what is counted is acknowledged as durable */
    MISTAKE_ONE_SLOT,       /* a checkpoint overwrites the one before */
    MISTAKE_NO_SYNC,        /* a checkpoint counts as written before it is on the disk */
    MISTAKE_FORGOTTEN_OPEN, /* a restart does not keep bursts open */
    MISTAKE_LOST_MARKS,     /* a Lost goes over the marks between what was lost */
    MISTAKE_COUNT
};

struct totals {
    uint64_t candidates, lost; /* accounted for at the end, and how many of these as lost */
    uint64_t bursts, checkpoints, kills, power_cuts, storage_errors;
    uint64_t connections, front_ends, alarms, orders, garbage;
};

struct world {
    enum mistake mistake;
    uint64_t seed;
    struct random random;
    int64_t now_ns;
    bool is_calm; /* no more faults */
    struct totals totals;
    char failure[320]; /* the first one; empty: none */
};

extern bool world_is_verbose;

void world_begin(struct world *world, uint64_t seed, enum mistake mistake);

uint64_t world_draw(struct world *world, uint64_t limit); /* 0 .. limit - 1 */
bool world_chance(struct world *world, uint64_t one_in);

/* Remembers an event as one of the last ones. */
void world_note(struct world *world, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Something is not as it must be: ends the simulation. */
void world_fail(struct world *world, const char *format, ...) __attribute__((format(printf, 2, 3)));
bool world_has_failed(const struct world *world);

/* The last events, the failure and how to repeat it. */
void world_report(const struct world *world);

#endif
