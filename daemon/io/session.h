/* SPDX-License-Identifier: MIT */
/*
 * session - a front-end's conversation with the daemon: what is kept is sent within the credit, sent again when the
 * daemon asks for it, and forgotten when it is acknowledged.
 *
 *   push(frame) -> retention -> [credit] -> send -> daemon
 *                      ^                              |
 *                      +--- Welcome / Ack / Reject ---+
 *
 * When the memory is full, the oldest whole batches go and are announced as Lost{RING_OVERRUN}; marks are never
 * dropped. After three refusals (not gaps) at one position it announces Lost{REFUSED} for that batch. When there is no
 * progress for a while it says Hello again on a fresh connection, so that a restarted daemon picks up where it left
 * off. A batch that is longer than the daemon takes is sent in pieces. When the daemon says that the epoch is retired,
 * all that is held, and all that is pushed from then on, is lost (REFUSED).
 *
 * How bytes travel, what time it is and chance are the caller's: the same calls give the same bytes.
 */
#ifndef HNLMON_IO_SESSION_H
#define HNLMON_IO_SESSION_H

#include <stdbool.h>
#include <stdint.h>

#include "hnlmon/frame.h"
#include "io/wire_faults.h"

struct session;

/* Test faults: probability per batch that the wire, not the memory, suffers. The session repairs all of them. */
struct link_faults {
    double drop, duplicate, reorder, corrupt; /* 0 .. 1 */
    uint64_t seed;                            /* the same seed, the same faults */
};

struct session_config {
    uint32_t source;
    uint64_t epoch;      /* not 0 */
    const char *name;    /* may be NULL; the first 63 bytes are used */
    uint32_t ring_bytes; /* up to 2^30; 0: 64 MiB */
    struct link_faults faults;
};

/* What the session asks of its caller, from inside session_receive and session_step. */
struct session_calls {
    void *context;
    /* A message; false when nothing can be sent now (not connected, or a full queue). */
    bool (*send)(void *context, const unsigned char *bytes, uint32_t size);
    /* End the connection and open a fresh one, of which the daemon knows nothing; what the old one still brings is not
     * received. */
    void (*reconnect)(void *context);
};

struct session_counters {
    uint64_t sent_frames, resent_frames;
    uint64_t acked_seq;              /* everything up to here is durable, and forgotten here */
    uint64_t counted_seq;            /* .. is counted by the daemon: it may forget that when it starts anew */
    uint64_t acked_frames_left;      /* frames still held */
    uint64_t counted_frames_left;    /* .. of these, not known to be counted */
    uint64_t lost[LOSS_CAUSE_COUNT]; /* candidates announced as lost */
    uint64_t refused[REFUSAL_COUNT]; /* Reject frames received, by reason */
    uint64_t dropped_marks;          /* marks that the daemon refused three times */
    uint64_t connections;            /* made so far, the first one included */
    uint64_t injected[FAULT_COUNT];  /* by enum wire_fault */
    bool is_welcome;                 /* the daemon answered Hello */
    bool is_retired;                 /* it will never count this epoch again: start anew with another one */
};

/* At the begin of a first connection. NULL when out of memory. */
struct session *session_create(const struct session_config *config, const struct session_calls *calls)
    __attribute__((warn_unused_result));
void session_destroy(struct session *session);

/* Whether a frame of `size` fits without letting anything go. */
bool session_has_room(const struct session *session, uint32_t size);

/* Hands over an encoded frame: a batch (first_seq, count), or a mark or a Lost (its seq, 0), in order. Sheds the oldest
 * batches when there is no room. False, with nothing kept, when the frame can never fit, is none of these, goes back
 * behind the one before, or when even the marks of an outage fill the memory for them (those of a thousand bursts and
 * more). */
bool session_push(struct session *session, uint64_t first_seq, uint32_t count, const unsigned char *bytes,
                  uint32_t size) __attribute__((warn_unused_result));

/* A message from the daemon. now_ns: any clock that does not go back and is not 0. */
void session_receive(struct session *session, const unsigned char *bytes, uint32_t size, int64_t now_ns);

/* The connection is gone: the caller saw it before the session can. */
void session_disconnected(struct session *session, int64_t now_ns);

/* Sends what is possible now, at most a few dozen frames. False when there was nothing. */
bool session_step(struct session *session, int64_t now_ns);

/* Until session_step should be called again, if nothing else happens; 0: now. When the session is blocked it should
 * also be called as soon as something can be sent. */
int64_t session_wait_ns(struct session *session, int64_t now_ns);
bool session_is_blocked(const struct session *session); /* `send` took no more */

/* Everything that was pushed is acknowledged as durable. */
bool session_is_idle(const struct session *session);

/* Largest batch that the daemon takes; BATCH_CANDIDATES_MAX before Welcome. */
uint32_t session_max_batch(const struct session *session);

const struct session_counters *session_counters(const struct session *session);

#endif
