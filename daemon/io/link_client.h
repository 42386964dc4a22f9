/* SPDX-License-Identifier: MIT */
/*
 * link_client - the front-end's side of the link (DEALER): keeps frames until they are acknowledged, sends within the
 * credit, sends again what the daemon asks for. Simulator and replay share it; it never blocks the caller.
 *
 *   push(frame) -> retention ring -> [credit] -> socket -> daemon
 *                        ^                                    |
 *                        +----- Welcome / Ack / Reject -------+
 *
 * When the ring is full, the oldest whole batches go and are announced as Lost{RING_OVERRUN}; marks are never dropped.
 * After three refusals (not gaps) at one position it announces Lost{REFUSED} for that batch. When there is no progress
 * for a while it says Hello again on a fresh connection, so that a restarted daemon picks up where it left off.
 */
#ifndef HNLMON_IO_LINK_CLIENT_H
#define HNLMON_IO_LINK_CLIENT_H

#include <stdbool.h>
#include <stdint.h>

#include "hnlmon/frame.h"
#include "io/wire_faults.h"

struct link_client;

/* Test faults: probability per batch that the wire, not the ring, suffers. The link repairs all of them. */
struct link_faults {
    double drop, duplicate, reorder, corrupt; /* 0 .. 1 */
    uint64_t seed;                            /* the same seed, the same faults */
};

struct link_client_config {
    const char *endpoint;
    uint32_t source;
    uint64_t epoch; /* 0: 64 random bits are drawn */
    const char *name;
    uint32_t ring_bytes; /* up to 2^30; 0: 64 MiB */
    struct link_faults faults;
};

struct link_client_counters {
    uint64_t sent_frames, resent_frames;
    uint64_t acked_seq;              /* everything up to here was counted by the daemon */
    uint64_t acked_frames_left;      /* frames still held */
    uint64_t lost[LOSS_CAUSE_COUNT]; /* candidates announced as lost */
    uint64_t refused[REFUSAL_COUNT]; /* Reject frames received, by reason */
    uint64_t dropped_marks;          /* marks that the daemon refused three times */
    uint64_t connections;            /* made so far */
    uint64_t injected[FAULT_COUNT];  /* by enum wire_fault */
    bool is_welcome;                 /* the daemon answered Hello */
};

/* zmq_context NULL: one of its own. NULL with errno set when the endpoint is none or there is no memory. */
struct link_client *link_client_create(void *zmq_context, const struct link_client_config *config)
    __attribute__((warn_unused_result));
void link_client_destroy(struct link_client *client);

uint64_t link_client_epoch(const struct link_client *client);
/* Largest batch that the daemon takes; BATCH_CANDIDATES_MAX before Welcome. */
uint32_t link_client_max_batch(const struct link_client *client);

/* Whether a frame of `size` fits into the ring without shedding. */
bool link_client_has_room(const struct link_client *client, uint32_t size);

/* Hands over an encoded frame: a batch (first_seq, count), or a mark or a Lost (its seq, 0), in order. Sheds the oldest
 * batches when there is no room. False, with nothing kept, when the frame can never fit, is none of these, goes back
 * behind the one before, or when even the marks of an outage fill the memory for them (those of a thousand bursts and
 * more). */
bool link_client_push(struct link_client *client, uint64_t first_seq, uint32_t count, const unsigned char *bytes,
                      uint32_t size) __attribute__((warn_unused_result));

/* Sends and receives what is possible now, waiting at most timeout_ms for something to become possible. To be called at
 * least every second or so, also when there is nothing to push: it keeps the connection alive. */
void link_client_pump(struct link_client *client, int timeout_ms);

/* Everything that was pushed is acknowledged. */
bool link_client_is_idle(const struct link_client *client);

const struct link_client_counters *link_client_counters(const struct link_client *client);

#endif
