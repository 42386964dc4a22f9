/* SPDX-License-Identifier: MIT */
/*
 * control - questions and commands to the daemon (ROUTER): one ControlRequest, one ControlReply.
 *
 * It answers from the monitor; what only the caller knows or must hear of (the status, an acknowledged alarm) goes
 * through two calls.
 */
#ifndef HNLMON_IO_CONTROL_H
#define HNLMON_IO_CONTROL_H

#include "core/monitor.h"
#include "wire/published.h"

struct event_base;
struct control;

struct control_calls {
    void *context;
    const struct status_report *(*status)(void *context); /* valid until the next call */
    void (*acknowledged)(void *context, const struct alarm *alarm, const char *who);
    void (*level_accepted)(void *context, const struct alarm *alarm, const char *who); /* that the change has brought */
};

/* Binds. `instance` must outlive it. NULL with errno set. */
struct control *control_create(struct event_base *base, void *zmq_context, const char *endpoint, const char *instance,
                               struct monitor *monitor, const struct control_calls *calls);
void control_destroy(struct control *control);

/* The bound endpoint, with the port that an ephemeral one got. */
const char *control_endpoint(const struct control *control);

#endif
