/* SPDX-License-Identifier: MIT */
/*
 * socket - ZeroMQ sockets with every bound set that the library leaves open: queues, message size, time for a
 * handshake, time to linger, and heartbeats, so that a dead peer is noticed within 3 s.
 */
#ifndef HNLMON_IO_SOCKET_H
#define HNLMON_IO_SOCKET_H

#include <stdbool.h>
#include <stdint.h>

#include "io/endpoint.h"

struct socket_bounds {
    int messages;      /* queued per peer and direction */
    int64_t bytes_max; /* of a received message part; the connection of a longer one is cut */
};

/* An unconnected socket of a ZMQ_ type; NULL with errno set. The caller's to zmq_close. */
void *socket_create(void *zmq_context, int type, const struct socket_bounds *bounds)
    __attribute__((warn_unused_result));

/* Binds it; `bound` is where, with the port that an ephemeral one got. False with errno set. */
bool socket_listen(void *socket, const char *endpoint, char bound[ENDPOINT_BYTES_MAX])
    __attribute__((warn_unused_result));

/* Sets an option of type int; an unknown one is a mistake of ours. */
void socket_set(void *socket, int option, int value);

/* Receives and forgets the further parts of a message whose last received part said that there are more. */
void socket_skip_parts(void *socket);

#endif
