/* SPDX-License-Identifier: MIT */
/*
 * power_cut - a disk in memory (io/disk.h) whose power can be cut: what was written since the last sync is then old,
 * new, torn or zeroed, sector by sector, and each renaming has happened or not.
 *
 *   sector = durable bytes + bytes in the cache     write changes the cache, sync makes it durable, a cut mixes them
 *
 * Between writes the cache is now and then written back on its own, as kernels do, so that a cut may also leave what
 * was there in between. Everything follows from the seed.
 */
#ifndef TESTS_POWER_CUT_H
#define TESTS_POWER_CUT_H

#include "io/disk.h"

struct power_cut;

/* How a store goes wrong on purpose; the negative controls. */
enum sabotage {
    SABOTAGE_NONE,
    SABOTAGE_ONE_SLOT,     /* both slots of `checkpoint` lie at one place */
    SABOTAGE_FIRST_SYNC,   /* only `checkpoint` is ever synced */
    SABOTAGE_LAST_SYNC,    /* `checkpoint` never is */
    SABOTAGE_OPENING_SYNC, /* nothing is synced before the first write of a process */
};

/* An empty directory. slot_bytes: where the second slot of `checkpoint` begins. */
struct power_cut *power_cut_create(uint64_t seed, enum sabotage sabotage, uint64_t slot_bytes);
void power_cut_destroy(struct power_cut *cut);

/* Its disk, as the process that is running sees it. */
struct disk power_cut_disk(struct power_cut *cut);

/* Operations that change something, so far. */
uint64_t power_cut_changes(const struct power_cut *cut);

/* After that many further operations that change something, the one that comes next is done in part or not at all, and
 * nothing works any more (EIO). */
void power_cut_arm(struct power_cut *cut, uint64_t changes);

/* The power comes back: the files hold what has survived. */
void power_cut_restore(struct power_cut *cut);

/* The process was killed, the machine was not: everything written is there, but no more durable than before. */
void power_cut_kill(struct power_cut *cut);

/* One change fails with EIO, after that many others; the power stays. */
void power_cut_fail_once(struct power_cut *cut, uint64_t changes);

/* From now on no file can become longer than it is, and no new one can have contents (ENOSPC), until it is false. */
void power_cut_fill(struct power_cut *cut, bool is_full);

#endif
