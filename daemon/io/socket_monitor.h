/* SPDX-License-Identifier: MIT */
/*
 * socket_monitor - what libzmq tells about the connections of one of our sockets (zmq_socket_monitor).
 *
 * It reads events; what they mean is decided by io/client_socket, io/handshake and io/zap.
 */
#ifndef HNLMON_IO_SOCKET_MONITOR_H
#define HNLMON_IO_SOCKET_MONITOR_H

#include <stdbool.h>
#include <stdint.h>

struct socket_event {
    int number; /* one of ZMQ_EVENT_ */
    int value;  /* a descriptor, a status of ZAP, an error: depends on the number */
};

/* The socket where the events (a mask of ZMQ_EVENT_) arrive: the caller's to socket_monitor_close. It must be read
 * often: what waits there has no bound. NULL with errno set. */
void *socket_monitor_open(void *zmq_context, void *socket, int events) __attribute__((warn_unused_result));

/* Ends that, before `socket` is closed: an event that nobody takes would stop libzmq's thread for ever. */
void socket_monitor_close(void *monitor, void *socket);

/* The next event; false when there is none. */
bool socket_monitor_next(void *monitor, struct socket_event *event) __attribute__((warn_unused_result));

#endif
