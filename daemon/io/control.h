/* SPDX-License-Identifier: MIT */
/*
 * control - questions and commands to the daemon (ROUTER): one ControlRequest, one ControlReply.
 *
 * It answers from the monitor; what only the caller knows or must hear of (the status, an alarm that was acknowledged
 * or shelved, a new period, tries to unblind) goes through calls. Whoever reaches the socket may do everything but
 * unblind, which takes the secret of `challenge`.
 */
#ifndef HNLMON_IO_CONTROL_H
#define HNLMON_IO_CONTROL_H

#include "core/monitor.h"
#include "wire/published.h"

struct challenge;
struct event_base;
struct control;

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
};

/* Binds. `instance` and `challenge` must outlive it. NULL with errno set. */
struct control *control_create(struct event_base *base, void *zmq_context, const char *endpoint, const char *instance,
                               struct monitor *monitor, struct challenge *challenge, const struct control_calls *calls);
void control_destroy(struct control *control);

/* The bound endpoint, with the port that an ephemeral one got. */
const char *control_endpoint(const struct control *control);

#endif
