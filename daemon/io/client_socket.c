/* SPDX-License-Identifier: MIT */
/*
 * client_socket - see client_socket.h.
 *
 * The socket monitor of ZeroMQ tells when a handshake succeeded and when a connection went away. Heartbeats
 * (io/socket) make a peer that vanished without a word count as gone.
 */
#include "io/client_socket.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zmq.h>

#define RECONNECT_INTERVAL_MS 100
#define RECONNECT_INTERVAL_MAX_MS 1000

struct client_socket {
    void *context;
    void *socket;
    void *monitor; /* PAIR that receives the events of `socket` */
    bool is_connected;
};

static void *monitor_open(void *zmq_context, void *socket)
{
    char name[64];
    (void)snprintf(name, sizeof name, "inproc://client-socket-%p", socket);
    if (zmq_socket_monitor(socket, name, ZMQ_EVENT_HANDSHAKE_SUCCEEDED | ZMQ_EVENT_DISCONNECTED) != 0)
        return NULL;
    void *monitor = zmq_socket(zmq_context, ZMQ_PAIR);
    if (monitor == NULL)
        return NULL;
    socket_set(monitor, ZMQ_LINGER, 0);
    if (zmq_connect(monitor, name) == 0)
        return monitor;
    (void)zmq_close(monitor);
    return NULL;
}

static bool open_socket(struct client_socket *client, int type, const char *endpoint,
                        const struct socket_bounds *bounds)
{
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
    client->monitor = monitor_open(client->context, client->socket);
    return client->monitor != NULL && zmq_connect(client->socket, endpoint) == 0;
}

struct client_socket *client_socket_create(int type, const char *endpoint, const struct socket_bounds *bounds)
{
    struct client_socket *client = calloc(1, sizeof *client);
    if (client == NULL || open_socket(client, type, endpoint, bounds))
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
    if (client->monitor != NULL)
        (void)zmq_close(client->monitor);
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

/* An event is two frames: its number (16 bits, host order) with a value, and the endpoint. */
static bool monitor_event(void *monitor, uint16_t *event)
{
    unsigned char head[6], endpoint[256];
    int size = zmq_recv(monitor, head, sizeof head, ZMQ_DONTWAIT);
    if (size < 0)
        return false;
    (void)zmq_recv(monitor, endpoint, sizeof endpoint, ZMQ_DONTWAIT);
    memcpy(event, head, sizeof *event);
    return true;
}

static void follow_connection(struct client_socket *client)
{
    uint16_t event;
    while (monitor_event(client->monitor, &event))
        client->is_connected = event == ZMQ_EVENT_HANDSHAKE_SUCCEEDED;
}

bool client_socket_wait(struct client_socket *client, int timeout_ms)
{
    zmq_pollitem_t items[2] = {{.socket = client->socket, .events = ZMQ_POLLIN},
                               {.socket = client->monitor, .events = ZMQ_POLLIN}};
    if (zmq_poll(items, 2, timeout_ms) <= 0)
        return false;
    if (items[1].revents != 0)
        follow_connection(client);
    return items[0].revents != 0;
}

bool client_socket_is_connected(const struct client_socket *client)
{
    return client->is_connected;
}
