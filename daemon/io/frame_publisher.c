/* SPDX-License-Identifier: MIT */
/* frame_publisher - see the header. An XPUB socket is a PUB that also tells who subscribes. */
#include "io/frame_publisher.h"

#include <errno.h>
#include <stdlib.h>
#include <zmq.h>

#include "io/socket.h"

#define QUEUE_FRAMES 1000

struct frame_publisher {
    void *context, *socket;
};

static bool open_socket(struct frame_publisher *publisher, const char *endpoint)
{
    static const struct socket_bounds bounds = {.messages = QUEUE_FRAMES, .bytes_max = 1024};
    char bound[ENDPOINT_BYTES_MAX];
    publisher->context = zmq_ctx_new();
    if (!publisher->context)
        return false;
    publisher->socket = socket_create(publisher->context, ZMQ_XPUB, &bounds);
    return publisher->socket && socket_listen(publisher->socket, endpoint, bound);
}

struct frame_publisher *frame_publisher_create(const char *endpoint)
{
    struct frame_publisher *publisher = calloc(1, sizeof *publisher);
    if (!publisher || open_socket(publisher, endpoint))
        return publisher;
    int error = errno;
    frame_publisher_destroy(publisher);
    errno = error;
    return NULL;
}

void frame_publisher_destroy(struct frame_publisher *publisher)
{
    if (!publisher)
        return;
    if (publisher->socket)
        zmq_close(publisher->socket);
    if (publisher->context)
        zmq_ctx_term(publisher->context);
    free(publisher);
}

bool frame_publisher_wait(struct frame_publisher *publisher, int timeout_ms)
{
    zmq_pollitem_t item = {.socket = publisher->socket, .events = ZMQ_POLLIN};
    return zmq_poll(&item, 1, timeout_ms) > 0;
}

void frame_publisher_send(struct frame_publisher *publisher, const unsigned char *bytes, uint32_t size)
{
    (void)zmq_send(publisher->socket, bytes, size, ZMQ_DONTWAIT);
}
