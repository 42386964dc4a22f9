/* SPDX-License-Identifier: MIT */
/*
 * link - the daemon's side of the link to the front-ends (ROUTER): frames in, Welcome, Ack and Reject out.
 *
 * It ties connections to sources, counts what it refuses, asks for gaps to be sent again, and grants credit. What a
 * frame means is decided in core/monitor.
 */
#ifndef HNLMON_IO_LINK_H
#define HNLMON_IO_LINK_H

#include <stdint.h>

#include "core/monitor.h"
#include "wire/published.h"

struct event_base;
struct link;
struct publisher;
struct recording;

struct link_config {
    const char *endpoint;
    uint64_t credit_candidates; /* a source may be this far ahead of what was counted */
    uint32_t max_batch;         /* candidates; told in Welcome */
    /* Instance, epoch and config_sha256 of what is published; outlives the link. */
    const struct envelope *envelope;
};

/* Counters since the start. */
struct link_counters {
    uint64_t frames, bytes;          /* received, whatever became of them */
    uint64_t refused[REFUSAL_COUNT]; /* frames, by enum refusal */
    uint64_t duplicates;             /* frames that brought nothing new */
    uint64_t resends_asked;          /* gaps that a source was told to close */
    uint64_t candidates;             /* counted: accepted and rejected ones */
    uint64_t unrecorded;             /* frames that could not be recorded */
    uint64_t safety_saves;           /* wake-ups that only the safety timer saw (io/zmq_event.h) */
};

/* Binds. NULL with errno set (zmq_strerror knows it). `recording` may be NULL; all that it points to must outlive it.
 */
struct link *link_create(struct event_base *base, void *zmq_context, const struct link_config *config,
                         struct monitor *monitor, struct publisher *publisher, struct recording *recording);
void link_destroy(struct link *link);

/* Reads everything that has already arrived, up to `budget_ms` (at the end of the program). */
void link_drain(struct link *link, int budget_ms);

const struct link_counters *link_counters(const struct link *link);

/* Quantiles of the time from receipt of a batch to its decisions being handed to the publisher, microseconds; 0 before
 * the first. */
void link_latency_us(const struct link *link, double *p50, double *p99);

/* Reports about all sources; returns how many were written. */
uint32_t link_sources(const struct link *link, struct source_report *reports, uint32_t capacity);

/* The bound endpoint, with the port that an ephemeral one got. */
const char *link_endpoint(const struct link *link);

#endif
