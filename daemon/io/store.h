/* SPDX-License-Identifier: MIT */
/*
 * store - the order in which state goes to disk, so that at any moment exactly one complete checkpoint is there, with
 * its bursts and its journal, and never one older than what was reported as written.
 *
 *   closed bursts into free slots, journal records at its end -> sync both -> the older checkpoint slot -> sync
 *
 * It knows neither threads nor time, and nothing of what the bytes mean. After the first error it is failed for good:
 * what the kernel then has of the file is not known. But a disk that is full is no error: checkpoint and bursts have
 * their room from the begin, and the journal has some ahead. When it is used up, and there is no more, its records stay
 * in the job, while checkpoints go on.
 */
#ifndef HNLMON_IO_STORE_H
#define HNLMON_IO_STORE_H

#include "io/disk.h"
#include "wire/burst_file.h"
#include "wire/checkpoint.h"
#include "wire/journal.h"

#define STORE_ERROR_SIZE 256u
#define STORE_JOURNAL_JOB_MAX (256u * 1024u)         /* bytes of journal records that go with one checkpoint */
#define STORE_JOURNAL_STEP (1024u * 1024u)           /* by which the journal grows ahead of what is written, .. */
#define STORE_JOURNAL_FILE_MAX (64u * 1024u * 1024u) /* .. until it goes on in a new file, about this long */

enum store_verdict {
    STORE_OK,
    STORE_DAMAGED, /* no complete checkpoint can be told from what is there */
    STORE_NEWER,   /* written by a newer version; nothing was touched */
    STORE_FAILED,  /* an operation of the disk failed */
};

/* One state to be written. The buffers have room for a whole slot; what is sealed in stands at + BLOCK_HEADER_BYTES. */
struct store_job {
    unsigned char *slot; /* CHECKPOINT_SLOT_BYTES */
    size_t content_bytes;
    uint64_t closed_bursts;
    uint64_t t_ns;         /* Unix time */
    unsigned char *bursts; /* HORIZON_DEPTH slots of BURST_SLOT_BYTES */
    uint32_t burst_count;  /* the newest ones, oldest first: numbers closed_bursts - burst_count .. closed_bursts - 1 */
    size_t burst_bytes[HORIZON_DEPTH]; /* of their contents */
    unsigned char *journal;            /* STORE_JOURNAL_JOB_MAX, and a sector */
    size_t journal_bytes;              /* 0 when they were written; otherwise to be given again with the next job */
};

struct store {
    const struct disk *disk;
    int checkpoint, bursts, journal; /* files; -1: not open */
    struct checkpoint newest;        /* the one that is durable */
    uint32_t newest_slot;
    uint64_t journal_place;                     /* at which the file of the journal begins */
    uint64_t journal_room;                      /* bytes of that file, also those not used yet */
    uint64_t journal_step, journal_file_max;    /* STORE_JOURNAL_.., after store_open for a test to change */
    enum block_verdict slots[CHECKPOINT_SLOTS]; /* as they were found, .. */
    struct checkpoint found[CHECKPOINT_SLOTS];  /* .. and what the valid ones say */
    bool has_failed;
    char error[STORE_ERROR_SIZE]; /* why it was not opened, or failed: "checkpoint: Input/output error" */
};

/* Room for one job; false when there is no memory. */
bool store_job_init(struct store_job *job) __attribute__((warn_unused_result));
void store_job_fini(struct store_job *job);

/* Opens what is there, or creates it, and reads the newest state into the job's slot: *content and store->newest. An
 * empty content is a state that never was. What the journal has beyond what the checkpoint covers becomes zero. `disk`
 * must outlive the store. store_close belongs to every outcome. */
enum store_verdict store_open(struct store *store, const struct disk *disk, struct store_job *job)
    __attribute__((warn_unused_result));
void store_close(struct store *store);

/* The same without changing anything, beside whoever has it open: for people who want to know. STORE_FAILED when there
 * is no store. What is being written meanwhile may look damaged: then look again. */
enum store_verdict store_look(struct store *store, const struct disk *disk, struct store_job *job)
    __attribute__((warn_unused_result));

/* How many bursts the checkpoint counts on: those closed, at most HORIZON_DEPTH. */
uint32_t store_burst_count(const struct store *store);

/* Reads burst `number`, one of the newest HORIZON_DEPTH, into `slot` (BURST_SLOT_BYTES): its content is at +
 * BLOCK_HEADER_BYTES. False when it is not whole there. */
bool store_read_burst(struct store *store, uint64_t number, unsigned char *slot, size_t *content_bytes)
    __attribute__((warn_unused_result));

/* Writes the job; true: it is durable. burst_count covers the bursts closed since the state before, or HORIZON_DEPTH.
 */
bool store_write(struct store *store, struct store_job *job) __attribute__((warn_unused_result));

/* Renames what is there, so that the next store_open begins anew: NAME becomes NAME.damaged-SUFFIX, or of the next
 * SUFFIX that is free. */
bool store_move_aside(const struct disk *disk, uint64_t suffix) __attribute__((warn_unused_result));

#endif
