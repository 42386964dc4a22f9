/* SPDX-License-Identifier: MIT */
/*
 * reception - the daemon's side of the conversation with the front-ends: frames in, Welcome, Ack and Reject out.
 *
 *   routing id -> connection -> (source, epoch) by its Hello -> ledger entry
 *
 * It ties connections to sources, refuses and counts what it refuses, asks for gaps to be sent again, grants credit and
 * acknowledges. What a frame means is decided in core/monitor; how bytes travel, and what time it is, is the caller's:
 * the same calls give the same answers.
 */
#ifndef HNLMON_IO_RECEPTION_H
#define HNLMON_IO_RECEPTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/monitor.h"
#include "wire/published.h"

#define ROUTING_ID_MAX 255u /* bytes of a routing id, at least 1 */

struct reception;

struct reception_config {
    uint64_t credit_candidates; /* a source may be this far ahead of what was counted */
    uint32_t max_batch;         /* candidates; told in Welcome */
};

/* Counters since the start. */
struct reception_counters {
    uint64_t frames, bytes;          /* received, whatever became of them */
    uint64_t refused[REFUSAL_COUNT]; /* frames, by enum refusal */
    uint64_t duplicates;             /* frames that brought nothing new */
    uint64_t resends_asked;          /* gaps that a source was told to close */
    uint64_t candidates;             /* counted: accepted and rejected ones */
    uint64_t credit_exhausted;       /* batches with which a source had used up its credit for another one */
};

/* Where a message came from. */
struct sender {
    const unsigned char *id; /* the routing id */
    size_t id_size;          /* 1 .. ROUTING_ID_MAX */
    bool is_front_end;       /* it may speak as a front-end */
    uint32_t source;         /* as this one only; 0: as any */
};

/* What the reception asks of its caller, from inside its functions. */
struct reception_calls {
    void *context;
    /* False when the peer is gone or does not read: it will ask again. */
    bool (*send)(void *context, const unsigned char *id, size_t id_size, const unsigned char *bytes, size_t size);
    /* A batch was counted, in a burst that began at t_ns of its source. */
    void (*counted)(void *context, const struct applied *applied, uint64_t t_ns);
    /* A source said Hello on a new connection; a source began a run. May be NULL. */
    void (*welcomed)(void *context, const struct ledger_entry *entry);
    void (*run_begun)(void *context, const struct ledger_entry *entry);
};

/* NULL when out of memory. What it is given must outlive it. What the ledger of the monitor knows already is durable.
 */
struct reception *reception_create(const struct reception_config *config, struct monitor *monitor,
                                   const struct reception_calls *calls) __attribute__((warn_unused_result));
void reception_destroy(struct reception *reception);

/* A message of one part. now_ns: any clock that does not go back. Returns whether its connection is welcome after it.
 */
bool reception_receive(struct reception *reception, const struct sender *sender, const unsigned char *bytes,
                       size_t size, int64_t now_ns);

/* A message that is no frame, because it has no body or further parts: counts it as a bad frame and says so. */
void reception_refuse(struct reception *reception, const struct sender *sender, int64_t now_ns);

/* Answers what was received since: one Ack per connection, to be called when nothing more has arrived. */
void reception_acknowledge(struct reception *reception);

/* There is a state that outlives the daemon: from now on only what a checkpoint covers is acknowledged as durable.
 * Without, everything that is counted is. Credit is granted on counting in either case. */
void reception_expect_checkpoints(struct reception *reception);

/* A checkpoint of everything that was counted so far is being taken; it is on disk: the sources hear of it. One at a
 * time; one that failed is never durable. */
void reception_checkpoint_taken(struct reception *reception);
void reception_checkpoint_durable(struct reception *reception);

const struct reception_counters *reception_counters(const struct reception *reception);

/* Reports about all sources, up to SOURCE_REPORTS_MAX; returns how many were written. */
uint32_t reception_sources(const struct reception *reception, struct source_report *reports, uint32_t capacity,
                           int64_t now_ns);

#endif
