/* SPDX-License-Identifier: MIT */
/*
 * tap - a SUB socket at somebody's PUB of front-end frames: what is heard is recorded and handed to io/overhear.
 *
 * It only receives: the publisher is never slowed down, and what it drops for us is counted as lost.
 */
#ifndef HNLMON_IO_TAP_H
#define HNLMON_IO_TAP_H

#include "io/overhear.h"
#include "wire/published.h"

struct event_base;
struct publisher;
struct storage;
struct tap;

#define TAP_QUEUE_FRAMES 64u /* that wait to be counted, for each publisher: 24 MiB */

/* endpoints: one or more, separated by blanks. Connecting goes on in the background, for ever. NULL with errno set.
 * `storage` may be NULL: nothing is recorded; all that it points to must outlive it. */
struct tap *tap_create(struct event_base *base, void *zmq_context, const char *endpoints, struct monitor *monitor,
                       struct publisher *publisher, const struct envelope *envelope, struct storage *storage)
    __attribute__((warn_unused_result));
void tap_destroy(struct tap *tap);

const struct overhear_counters *tap_counters(const struct tap *tap);

#endif
