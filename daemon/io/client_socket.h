/* SPDX-License-Identifier: MIT */
/*
 * client_socket - a ZeroMQ socket of the command line that connects to the daemon and knows whether it is there.
 *
 * ZeroMQ connects and reconnects on its own and keeps quiet about it; a person wants to know. What is asked and what
 * the answers mean is decided by subscriber and control_client.
 */
#ifndef HNLMON_IO_CLIENT_SOCKET_H
#define HNLMON_IO_CLIENT_SOCKET_H

#include <stdbool.h>

#include "io/curve.h"
#include "io/socket.h"

struct client_socket;

/* `type`: ZMQ_SUB or ZMQ_DEALER, in a context of its own. curve NULL: a plain socket. Connecting goes on in the
 * background, for ever. NULL with errno set (EINVAL: no endpoint). */
struct client_socket *client_socket_create(int type, const char *endpoint, const struct curve_client *curve,
                                           const struct socket_bounds *bounds);
void client_socket_destroy(struct client_socket *client);

/* The ZeroMQ socket, to send and receive without waiting. */
void *client_socket_handle(struct client_socket *client);

/* Waits at most timeout_ms for a message. False when there is none; a signal or a change of the connection ends the
 * waiting early. */
bool client_socket_wait(struct client_socket *client, int timeout_ms);

/* Whether a daemon is at the other end, as of the last wait. */
bool client_socket_is_connected(const struct client_socket *client);

/* Why the daemon does not let us in (handshake_refusal), as of the last wait; NULL: it does, or is not there. */
const char *client_socket_refusal(const struct client_socket *client);

#endif
