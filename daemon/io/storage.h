/* SPDX-License-Identifier: MIT */
/*
 * storage - the thread that owns all files, so that the event loop never waits for a disk: state jobs (io/store), one
 * at a time, and the recording (wire/segments), through a ring of bytes that is bounded.
 *
 * All functions belong to the loop's thread.
 */
#ifndef HNLMON_IO_STORAGE_H
#define HNLMON_IO_STORAGE_H

#include "io/store.h"

struct event_base;
struct storage;

#define STORAGE_RING_BYTES (16u * 1024u * 1024u)
#define STORAGE_DEADLINE_NS INT64_C(20000000000) /* an operation that takes longer hangs */

struct storage_config {
    struct store *store;     /* open; NULL: no state is kept */
    const char *record_file; /* NULL: nothing is recorded */
    size_t ring_bytes;       /* of frames that wait to be recorded, a power of two; STORAGE_RING_BYTES */
    /* A job is done, in the loop's thread; false: the store has failed, and store->error says why. */
    void (*done)(void *context, bool is_durable);
    void *context;
};

struct storage_counters {
    uint64_t recorded;   /* frames that are in a file, or in its buffer */
    uint64_t unrecorded; /* frames that are in none */
    uint32_t segments;   /* files that were begun */
    bool is_recording;   /* the last frame went into a file */
    int error;           /* errno of the last failure to record; 0: none */
};

/* Starts the thread; the first segment is created before it returns. NULL with errno set when it cannot. */
struct storage *storage_create(struct event_base *base, const struct storage_config *config)
    __attribute__((warn_unused_result));

/* Waits for the job under way and for all frames to be written, ends the recording and the thread. False when the last
 * segment is not complete, or frames are missing. */
bool storage_destroy(struct storage *storage) __attribute__((warn_unused_result));

/* Hands a job over, which must stay as it is until `done`; false while one is under way. */
bool storage_submit(struct storage *storage, struct store_job *job) __attribute__((warn_unused_result));

/* Waits for the job under way, up to budget_ms, and calls `done` (at the end of the program). False: it is still under
 * way. */
bool storage_wait(struct storage *storage, int budget_ms) __attribute__((warn_unused_result));

/* One received frame for the recording; t_ns: Unix time of receipt. It never waits: false when there was no room, and
 * it counts as unrecorded. */
bool storage_record(struct storage *storage, const unsigned char *bytes, size_t size, uint64_t t_ns);

struct storage_counters storage_counters(const struct storage *storage);

/* Whether the thread answered within STORAGE_DEADLINE_NS; to be called several times in that. now_ns: monotonic. */
bool storage_is_alive(struct storage *storage, int64_t now_ns);

#endif
