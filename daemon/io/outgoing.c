/* SPDX-License-Identifier: MIT */
/* outgoing - see outgoing.h. libzmq releases messages in its own thread, so the count is atomic. */
#include "io/outgoing.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <zmq.h>

struct outgoing {
    atomic_size_t bytes;
    atomic_size_t holders; /* the owner, and each message */
};

struct message {
    struct outgoing *outgoing;
    size_t size;
    unsigned char bytes[];
};

struct outgoing *outgoing_create(void)
{
    struct outgoing *outgoing = calloc(1, sizeof *outgoing);
    if (outgoing)
        atomic_init(&outgoing->holders, 1);
    return outgoing;
}

static void let_go(struct outgoing *outgoing)
{
    if (atomic_fetch_sub(&outgoing->holders, 1) == 1)
        free(outgoing);
}

void outgoing_destroy(struct outgoing *outgoing)
{
    if (outgoing)
        let_go(outgoing);
}

size_t outgoing_bytes(const struct outgoing *outgoing)
{
    return atomic_load(&outgoing->bytes);
}

static void on_release(void *bytes, void *hint)
{
    struct message *message = hint;
    struct outgoing *outgoing = message->outgoing;
    (void)bytes;
    atomic_fetch_sub(&outgoing->bytes, message->size);
    free(message);
    let_go(outgoing);
}

bool outgoing_send(struct outgoing *outgoing, void *socket, const void *bytes, size_t size, int flags)
{
    if (size <= OUTGOING_SMALL_BYTES)
        return zmq_send(socket, bytes, size, flags | ZMQ_DONTWAIT) >= 0;
    struct message *message = malloc(sizeof *message + size);
    zmq_msg_t frame;
    if (!message || zmq_msg_init_data(&frame, message->bytes, size, on_release, message) != 0) {
        free(message);
        errno = ENOMEM;
        return false;
    }
    *message = (struct message){outgoing, size};
    memcpy(message->bytes, bytes, size);
    atomic_fetch_add(&outgoing->bytes, size);
    atomic_fetch_add(&outgoing->holders, 1);
    if (zmq_msg_send(&frame, socket, flags | ZMQ_DONTWAIT) >= 0)
        return true;
    int error = errno;
    zmq_msg_close(&frame);
    errno = error;
    return false;
}
