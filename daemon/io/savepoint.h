/* SPDX-License-Identifier: MIT */
/*
 * savepoint - a monitor as a job of the store, and back: which of its closed bursts a checkpoint takes along, and the
 * journal records that wait for the next one.
 *
 *   monitor + records --take--> job --(io/store)--> disk --restore--> monitor
 *
 * When one is due, who writes it, and who is told of it, is the caller's. It knows no time and no thread.
 *
 * The journal has two buffers: what happens while a job is under way goes into the one that is not part of it. When the
 * disk has no room for the records of a job, these stay in it, and the others wait in the buffer: that much is kept.
 */
#ifndef HNLMON_IO_SAVEPOINT_H
#define HNLMON_IO_SAVEPOINT_H

#include "core/monitor.h"
#include "io/store.h"

struct savepoint {
    struct store_job job; /* of the last take; store_open reads into it */
    unsigned char *journal;
    size_t journal_bytes;
    uint32_t journal_records, job_records; /* in the buffer; in the job, unless they were written */
    uint64_t journal_lost;                 /* records for which there was no room */
    uint64_t progress;                     /* of the monitor, when it was taken last */
    uint64_t closed_bursts;                /* in the job, or restored */
};

/* Room for all of it; false when there is no memory. savepoint_fini belongs to every outcome. */
bool savepoint_init(struct savepoint *savepoint) __attribute__((warn_unused_result));
void savepoint_fini(struct savepoint *savepoint);

/* A record that goes with the next job; counted as lost when there is no room. */
void savepoint_note(struct savepoint *savepoint, const struct journal_record *record);

/* Gives the monitor the state that store_open found, with its bursts. An empty one leaves it as it is, which must be as
 * it was created. */
enum restored savepoint_restore(struct savepoint *savepoint, struct store *store, struct monitor *monitor,
                                int64_t now_ns) __attribute__((warn_unused_result));

/* Whether anything was noted, or counted, since the last take; records that wait for room on the disk do not count. Not
 * while a job is under way. */
bool savepoint_is_changed(const struct savepoint *savepoint, const struct monitor *monitor);

/* Records that wait because the disk had no room for those of the last job; 0 when it had. Not while a job is under
 * way. */
uint32_t savepoint_waiting(const struct savepoint *savepoint);

/* Makes the next job of the monitor, not while one is under way. t_ns: Unix time. False when the monitor is in a state
 * that it could not be restored to, which is a defect. */
bool savepoint_take(struct savepoint *savepoint, struct monitor *monitor, uint64_t t_ns, int64_t now_ns)
    __attribute__((warn_unused_result));

#endif
