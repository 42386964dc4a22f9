/* SPDX-License-Identifier: MIT */
/*
 * control_client - one question to the control socket of a daemon (DEALER) and its reply.
 *
 * It moves bytes; what they say is decided by wire/control_codec and by the caller.
 */
#ifndef HNLMON_IO_CONTROL_CLIENT_H
#define HNLMON_IO_CONTROL_CLIENT_H

#include <stdbool.h>
#include <stddef.h>

struct curve_client;
struct control_client;

/* Connects in the background and again whenever the connection is lost. NULL with errno set (EINVAL: no endpoint). */
struct control_client *control_client_create(const char *endpoint, const struct curve_client *curve)
    __attribute__((warn_unused_result));
void control_client_destroy(struct control_client *client);

/* Sends when a daemon is there; false otherwise: wait and try again. */
bool control_client_send(struct control_client *client, const unsigned char *bytes, size_t size)
    __attribute__((warn_unused_result));

/* The next reply, valid until the next receive; false when none came within timeout_ms, or the waiting was ended early
 * by a signal or by a change of the connection. */
bool control_client_receive(struct control_client *client, int timeout_ms, const unsigned char **bytes, size_t *size)
    __attribute__((warn_unused_result));

bool control_client_is_connected(const struct control_client *client);

/* Why the daemon does not let us in (handshake_refusal); NULL: it does, or is not there. */
const char *control_client_refusal(const struct control_client *client);

#endif
