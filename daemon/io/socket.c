/* SPDX-License-Identifier: MIT */
/* socket - see the header. */
#include "io/socket.h"

#include <assert.h>
#include <stddef.h>
#include <zmq.h>

#define LINGER_MS 200
#define HANDSHAKE_MS 2000
#define HEARTBEAT_MS 1000
#define HEARTBEAT_TIMEOUT_MS 3000
#define KEEPALIVE_S 1 /* silence before the first question, and between two */
#define KEEPALIVE_COUNT 2

void socket_set(void *socket, int option, int value)
{
    int result = zmq_setsockopt(socket, option, &value, sizeof value);
    assert(result == 0);
}

void *socket_create(void *zmq_context, int type, const struct socket_bounds *bounds)
{
    void *socket = zmq_socket(zmq_context, type);
    if (!socket)
        return NULL;
    socket_set(socket, ZMQ_SNDHWM, bounds->messages);
    socket_set(socket, ZMQ_RCVHWM, bounds->messages);
    socket_set(socket, ZMQ_LINGER, LINGER_MS);
    socket_set(socket, ZMQ_HANDSHAKE_IVL, HANDSHAKE_MS);
    socket_set(socket, ZMQ_HEARTBEAT_IVL, HEARTBEAT_MS);
    socket_set(socket, ZMQ_HEARTBEAT_TIMEOUT, HEARTBEAT_TIMEOUT_MS);
    socket_set(socket, ZMQ_HEARTBEAT_TTL, HEARTBEAT_TIMEOUT_MS);
    int result = zmq_setsockopt(socket, ZMQ_MAXMSGSIZE, &bounds->bytes_max, sizeof bounds->bytes_max);
    assert(result == 0);
    return socket;
}

bool socket_listen(void *socket, const char *endpoint, char bound[ENDPOINT_BYTES_MAX])
{
    size_t size = ENDPOINT_BYTES_MAX;
    /* libzmq 4.3.4 aborts when the time for a heartbeat comes on a connection that has broken while we do not read from
     * it (assertion !_io_error), which any peer can bring about. So we send none: our clients do, and say how long we
     * shall wait for the next one; others are found dead by TCP. */
    socket_set(socket, ZMQ_HEARTBEAT_IVL, 0);
    socket_set(socket, ZMQ_TCP_KEEPALIVE, 1);
    socket_set(socket, ZMQ_TCP_KEEPALIVE_IDLE, KEEPALIVE_S);
    socket_set(socket, ZMQ_TCP_KEEPALIVE_INTVL, KEEPALIVE_S);
    socket_set(socket, ZMQ_TCP_KEEPALIVE_CNT, KEEPALIVE_COUNT);
    return zmq_bind(socket, endpoint) == 0 && zmq_getsockopt(socket, ZMQ_LAST_ENDPOINT, bound, &size) == 0;
}

static bool has_more_parts(void *socket)
{
    int more = 0;
    size_t size = sizeof more;
    return zmq_getsockopt(socket, ZMQ_RCVMORE, &more, &size) == 0 && more;
}

void socket_skip_parts(void *socket)
{
    zmq_msg_t part;
    zmq_msg_init(&part);
    while (has_more_parts(socket) && zmq_msg_recv(&part, socket, ZMQ_DONTWAIT) >= 0)
        continue;
    zmq_msg_close(&part);
}
