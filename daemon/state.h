/* SPDX-License-Identifier: MIT */
/*
 * state - what survives the end of the daemon: takes checkpoints of the monitor, hands them to the storage thread, and
 * tells link, control and report what is durable.
 *
 *   every interval while something changed, at once after an order:  taken -> storage -> durable | failed
 *
 * One checkpoint is under way at a time. Without a directory nothing is kept, and nobody waits for it. After a storage
 * error nothing is durable any more; counting goes on.
 */
#ifndef HNLMON_STATE_H
#define HNLMON_STATE_H

#include <stdbool.h>
#include <stdint.h>

#include "core/monitor.h"
#include "io/control.h"

struct control;
struct event_base;
struct link;
struct report;
struct state;
struct storage;

struct state_config {
    const char *directory;   /* "": nothing is kept */
    int64_t interval_ns;     /* between checkpoints while something changed */
    const char *record_file; /* "": nothing is recorded */
    size_t ring_bytes;       /* of frames that wait to be recorded */
    bool shall_start_from_zero;
};

enum state_verdict {
    STATE_OK,
    STATE_FAILED,  /* the directory or the recording cannot be used */
    STATE_OTHER,   /* of another template or selection, or of a newer version */
    STATE_DAMAGED, /* what is there cannot be trusted */
};

/* Opens the directory. Everything but STATE_OK was told in one line on standard error; NULL is in *state only when
 * there is no memory, otherwise state_destroy belongs to every outcome. */
enum state_verdict state_create(struct state **state, const struct state_config *config)
    __attribute__((warn_unused_result));
void state_destroy(struct state *state);

/* Restores the monitor, which is as it was created, and logs one line. */
enum state_verdict state_restore(struct state *state, struct monitor *monitor, int64_t now_ns)
    __attribute__((warn_unused_result));

/* The observer and the calls that keep the journal, and then call `next`. To be called before they are used. */
struct monitor_observer state_observer(struct state *state, const struct monitor_observer *next);
struct control_calls state_control_calls(struct state *state, const struct control_calls *next);

/* Starts the storage thread; false with errno set. */
bool state_start(struct state *state, struct event_base *base) __attribute__((warn_unused_result));
struct storage *state_storage(struct state *state);

/* Who hears of what is durable; report_expect_checkpoints is the caller's, before report_attach. */
void state_attach(struct state *state, struct link *link, struct control *control, struct report *report);

/* Takes a checkpoint if one is due. To be called more often than the interval. now_ns: monotonic. */
void state_tick(struct state *state, int64_t now_ns);

/* The last checkpoint, after the drain: waits for it, up to a few seconds. Ends the recording. False when either is not
 * complete; that was told in one line. */
bool state_finish(struct state *state, int64_t now_ns) __attribute__((warn_unused_result));

#endif
