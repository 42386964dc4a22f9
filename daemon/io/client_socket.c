/* SPDX-License-Identifier: MIT */
/*
 * client_socket - see client_socket.h.
 *
 * Heartbeats (io/socket) make a peer that vanished without a word count as gone.
 */
#include "io/client_socket.h"

#include <errno.h>
#include <stdlib.h>
#include <zmq.h>

#include "io/handshake.h"

#define RECONNECT_INTERVAL_MS 100
#define RECONNECT_INTERVAL_MAX_MS 1000

struct client_socket {
    void *context;
    void *socket;
    struct handshake handshake;
};

static bool open_socket(struct client_socket *client, int type, const char *endpoint, const struct curve_client *curve,
                        const struct socket_bounds *bounds)
{
    if (!endpoint_is_valid(endpoint)) {
        errno = EINVAL;
        return false;
    }
    client->context = zmq_ctx_new();
    if (client->context == NULL)
        return false;
    client->socket = socket_create(client->context, type, bounds);
    if (client->socket == NULL)
        return false;
    socket_set(client->socket, ZMQ_LINGER, 0);
    socket_set(client->socket, ZMQ_RECONNECT_IVL, RECONNECT_INTERVAL_MS);
    socket_set(client->socket, ZMQ_RECONNECT_IVL_MAX, RECONNECT_INTERVAL_MAX_MS);
    /* A question must not wait in a queue for a daemon that starts much later. */
    if (type == ZMQ_DEALER)
        socket_set(client->socket, ZMQ_IMMEDIATE, 1);
    curve_client_apply(curve, client->socket);
    return handshake_watch(&client->handshake, client->context, client->socket, curve != NULL,
                           curve != NULL ? HANDSHAKE_CUTS_KEYS : HANDSHAKE_CUTS_PLAIN) &&
           zmq_connect(client->socket, endpoint) == 0;
}

struct client_socket *client_socket_create(int type, const char *endpoint, const struct curve_client *curve,
                                           const struct socket_bounds *bounds)
{
    struct client_socket *client = calloc(1, sizeof *client);
    if (client == NULL || open_socket(client, type, endpoint, curve, bounds))
        return client;
    int reason = errno;
    client_socket_destroy(client);
    errno = reason;
    return NULL;
}

void client_socket_destroy(struct client_socket *client)
{
    if (client == NULL)
        return;
    handshake_end(&client->handshake);
    if (client->socket != NULL)
        (void)zmq_close(client->socket);
    if (client->context != NULL)
        (void)zmq_ctx_term(client->context);
    free(client);
}

void *client_socket_handle(struct client_socket *client)
{
    return client->socket;
}

bool client_socket_wait(struct client_socket *client, int timeout_ms)
{
    zmq_pollitem_t items[2] = {{.socket = client->socket, .events = ZMQ_POLLIN},
                               {.socket = client->handshake.monitor, .events = ZMQ_POLLIN}};
    if (zmq_poll(items, 2, timeout_ms) <= 0)
        return false;
    if (items[1].revents != 0)
        handshake_follow(&client->handshake);
    return items[0].revents != 0;
}

bool client_socket_is_connected(const struct client_socket *client)
{
    return client->handshake.is_connected;
}

const char *client_socket_refusal(const struct client_socket *client)
{
    return handshake_refusal(&client->handshake);
}
