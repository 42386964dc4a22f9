/* SPDX-License-Identifier: MIT */
/*
 * loop - the one event loop of the daemon, with its timers and signals, and the ZeroMQ context beside it.
 *
 * Two priorities: what is ingested (0) comes before what is published and answered (1).
 */
#ifndef HNLMON_IO_LOOP_H
#define HNLMON_IO_LOOP_H

#include <stdbool.h>

#define LOOP_INGEST 0
#define LOOP_REST 1

struct event_base;
struct loop;

typedef void loop_handler(void *context);

struct loop *loop_create(void) __attribute__((warn_unused_result)); /* NULL: out of memory or descriptors */
/* All sockets must be closed before. */
void loop_destroy(struct loop *loop);

struct event_base *loop_base(struct loop *loop);
void *loop_zmq(struct loop *loop);

/* Calls the handler every interval_ms, or when the signal arrives (outside of signal context). At most 8 of both
 * together; false when it cannot. */
bool loop_every(struct loop *loop, int interval_ms, loop_handler *handler, void *context)
    __attribute__((warn_unused_result));
bool loop_on_signal(struct loop *loop, int signal_number, loop_handler *handler, void *context)
    __attribute__((warn_unused_result));

/* Runs until loop_stop. */
void loop_run(struct loop *loop);
void loop_stop(struct loop *loop);

/* The text of an errno that came from ZeroMQ. */
const char *loop_error_text(int error);

#endif
