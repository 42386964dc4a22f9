/* SPDX-License-Identifier: MIT */
/*
 * control - questions and commands to the daemon (ROUTER): one ControlRequest, one ControlReply.
 *
 * It answers from the monitor; what only the caller knows or must hear of (the status, an alarm that was acknowledged
 * or shelved, a new period, tries to unblind) goes through calls. With certificates (io/zap) a subscriber may ask, an
 * operator may decide, too, and its certificate says who it is; without them whoever reaches the socket may do both,
 * and says who it is. To unblind takes the secret of `challenge` besides.
 */
#ifndef HNLMON_IO_CONTROL_H
#define HNLMON_IO_CONTROL_H

#include "core/monitor.h"
#include "wire/published.h"

struct challenge;
struct event_base;
struct control;
struct zap;

struct control_calls {
    void *context;
    const struct status_report *(*status)(void *context); /* valid until the next call */
    void (*acknowledged)(void *context, const struct alarm *alarm, const char *who);
    void (*shelved)(void *context, const struct alarm *alarm, const char *who, uint32_t minutes); /* 0: taken back */
    void (*level_accepted)(void *context, const struct alarm *alarm, const char *who); /* that the change has brought */
    /* After the searched region was shown, or hidden again (reason NULL). */
    void (*unblinded)(void *context, const char *who, const char *reason);
    void (*unblind_refused)(void *context, const char *who, const char *reason, const char *why);
    void (*new_period)(void *context, const char *who, uint32_t bursts); /* that the last one had */
    /* Sets sequence and is_durable of copies of alarms. Returns the sequence of the last change, and the epoch. */
    uint64_t (*mark_alarms)(void *context, struct alarm *alarms, uint32_t count, uint64_t *epoch);
};

/* Binds. `instance` and `challenge` must outlive it. zap NULL: no certificates. NULL with errno set. */
struct control *control_create(struct event_base *base, void *zmq_context, const char *endpoint, const char *instance,
                               struct monitor *monitor, struct challenge *challenge, const struct control_calls *calls,
                               struct zap *zap);
void control_destroy(struct control *control);

/* There is a state that outlives the daemon: from now on a command that changed something is answered when a checkpoint
 * that covers it is durable, and refused as busy when HELD_REPLIES_MAX answers wait. Without it, at once. */
void control_expect_checkpoints(struct control *control);

/* Whether an answer waits for a checkpoint that was not taken yet: one is to be taken soon. */
bool control_is_waiting(const struct control *control);

/* A checkpoint of everything that was done so far is being taken; it is on disk. One at a time. */
void control_checkpoint_taken(struct control *control);
void control_checkpoint_durable(struct control *control);

/* Nothing becomes durable any more: what waits is answered with "done, but not durable: ..", and so is what comes. */
void control_checkpoint_failed(struct control *control);

/* Commands that were refused because too many answers wait for the disk. */
uint64_t control_busy(const struct control *control);

/* Answers that a client did not read, and bytes of large ones that wait for clients. */
uint64_t control_dropped(const struct control *control);
size_t control_waiting(const struct control *control);

/* The bound endpoint, with the port that an ephemeral one got. */
const char *control_endpoint(const struct control *control);

#endif
