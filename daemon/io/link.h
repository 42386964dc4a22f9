/* SPDX-License-Identifier: MIT */
/*
 * link - the socket of the front-ends (ROUTER): what arrives is recorded and handed to io/reception, whose answers go
 * out; decisions of the emulated lines are published.
 */
#ifndef HNLMON_IO_LINK_H
#define HNLMON_IO_LINK_H

#include <stdint.h>

#include "core/monitor.h"
#include "io/reception.h"
#include "wire/published.h"

struct event_base;
struct link;
struct publisher;
struct storage;
struct zap;

/* What waits in libzmq to be counted, over all connections: 48 MiB. The longest frame that is received at all is longer
 * than the longest that is taken, so that most of the longer ones are refused by name and not with their connection. */
#define LINK_QUEUE_FRAMES 128u
#define LINK_FRAME_BYTES_MAX (384 * 1024)
#define LINK_STRANGERS 96u /* connections at their handshake: 36 MiB, if each sends what is no handshake */
#define LINK_FRONT_ENDS 8u
_Static_assert(LINK_QUEUE_FRAMES >= 2u * LEDGER_ENTRIES_MAX, "every source can have two frames waiting");

/* What others want to know at once; may be NULL. */
struct link_calls {
    void (*connected)(const struct ledger_entry *entry); /* a source is there, with its name */
    void (*run_begun)(const struct ledger_entry *entry);
};

struct link_config {
    const char *endpoint;
    struct reception_config reception;
    /* Instance, epoch and config_sha256 of what is published; outlives the link. */
    const struct envelope *envelope;
    struct zap *zap; /* who may connect and speak for which source; NULL: everybody for any */
    /* Connections at the same time, up to LEDGER_ENTRIES_MAX: they share LINK_QUEUE_FRAMES. 0: LINK_FRONT_ENDS. */
    uint32_t front_ends;
    struct link_calls calls;
};

/* Binds. NULL with errno set (zmq_strerror knows it). `storage` may be NULL: nothing is recorded; all that it points to
 * must outlive it.
 */
struct link *link_create(struct event_base *base, void *zmq_context, const struct link_config *config,
                         struct monitor *monitor, struct publisher *publisher, struct storage *storage);
void link_destroy(struct link *link);

/* Reads everything that has already arrived, up to `budget_ms` (at the end of the program). */
void link_drain(struct link *link, int budget_ms);

/* As reception_expect_checkpoints, _checkpoint_taken and _checkpoint_durable. */
void link_expect_checkpoints(struct link *link);
void link_checkpoint_taken(struct link *link);
void link_checkpoint_durable(struct link *link);

const struct reception_counters *link_counters(const struct link *link);
uint64_t link_saves(const struct link *link); /* wake-ups that only the safety timer saw (io/zmq_event.h) */

/* Quantiles of the time from receipt of a batch to its decisions being handed to the publisher, microseconds; 0 before
 * the first. */
void link_latency_us(const struct link *link, double *p50, double *p99);

/* Reports about all sources, up to SOURCE_REPORTS_MAX; returns how many were written. */
uint32_t link_sources(const struct link *link, struct source_report *reports, uint32_t capacity);

/* The bound endpoint, with the port that an ephemeral one got. */
const char *link_endpoint(const struct link *link);

#endif
