/* SPDX-License-Identifier: MIT */
/*
 * link_client - a front-end's side of the link (DEALER): the conversation of io/session over a socket of ZeroMQ.
 * Simulator and replay share it; it never blocks the caller.
 */
#ifndef HNLMON_IO_LINK_CLIENT_H
#define HNLMON_IO_LINK_CLIENT_H

#include <stdbool.h>
#include <stdint.h>

#include "io/session.h"

struct curve_client;
struct link_client;

struct link_client_config {
    const char *endpoint;
    uint32_t source;
    uint64_t epoch; /* 0: 64 random bits are drawn */
    const char *name;
    uint32_t ring_bytes; /* up to 2^30; 0: 64 MiB */
    struct link_faults faults;
    const struct curve_client *curve; /* copied; NULL: a plain socket */
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

/* As session_push. */
bool link_client_push(struct link_client *client, uint64_t first_seq, uint32_t count, const unsigned char *bytes,
                      uint32_t size) __attribute__((warn_unused_result));

/* Sends and receives what is possible now, waiting at most timeout_ms for something to become possible. To be called at
 * least every second or so, also when there is nothing to push: it keeps the connection alive. */
void link_client_pump(struct link_client *client, int timeout_ms);

/* Everything that was pushed is acknowledged as durable. */
bool link_client_is_idle(const struct link_client *client);

const struct session_counters *link_client_counters(const struct link_client *client);

/* Why the daemon does not let us in (handshake_refusal); NULL: it does, or is not there. */
const char *link_client_refusal(const struct link_client *client);

#endif
