/* SPDX-License-Identifier: MIT */
/*
 * zmq_event - a ZeroMQ socket in a libevent loop, without lost wake-ups.
 *
 * ZMQ_FD is edge-triggered: it says that something may have changed, once. So: receive until EAGAIN or until the budget
 * is used up; on budget re-activate; read ZMQ_EVENTS again after every send and receive; keep a safety timer of 10 ms,
 * whose saves are counted and should stay 0. All of this is here and nowhere else.
 */
#ifndef HNLMON_IO_ZMQ_EVENT_H
#define HNLMON_IO_ZMQ_EVENT_H

#include <stdint.h>

struct event_base;
struct zmq_event;

/* Handles at most `budget` messages that are ready now; returns how many it handled. */
typedef uint32_t zmq_event_handler(void *context, uint32_t budget);

/* priority: 0 first (see event_base_priority_init). NULL when out of memory. */
struct zmq_event *zmq_event_create(struct event_base *base, void *socket, int priority, uint32_t budget,
                                   zmq_event_handler *handler, void *context);
void zmq_event_destroy(struct zmq_event *event);

/* Must be called after any send or receive on the socket outside the handler: it may have swallowed the edge. */
void zmq_event_touch(struct zmq_event *event);

/* How many messages a peer can have waiting (ZMQ_RCVHWM), when that is few. */
void zmq_event_set_queue(struct zmq_event *event, uint32_t messages);

/* Wake-ups that only the safety timer saw; expected 0. */
uint64_t zmq_event_saves(const struct zmq_event *event);

#endif
