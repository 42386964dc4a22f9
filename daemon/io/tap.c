/* SPDX-License-Identifier: MIT */
/* tap - see the header. */
#include "io/tap.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <zmq.h>

#include "io/clock.h"
#include "io/decisions.h"
#include "io/link.h"
#include "io/loop.h"
#include "io/socket.h"
#include "io/storage.h"
#include "io/zmq_event.h"

#define HANDLER_BUDGET 256u
#define RECONNECT_MS 20
#define RECONNECT_MAX_MS 200

struct tap {
    void *socket;
    struct zmq_event *event;
    struct storage *storage;
    struct decisions *decisions;
    struct overhear overhear;
    zmq_msg_t message;
};

/* Receives and handles one message; false when there is none. */
static bool handle_message(struct tap *tap)
{
    if (zmq_msg_recv(&tap->message, tap->socket, ZMQ_DONTWAIT) < 0)
        return false;
    if (zmq_msg_more(&tap->message)) {
        socket_skip_parts(tap->socket);
        overhear_refuse(&tap->overhear);
        return true;
    }
    const unsigned char *bytes = zmq_msg_data(&tap->message);
    size_t size = zmq_msg_size(&tap->message);
    if (tap->storage)
        storage_record(tap->storage, bytes, size, clock_unix_ns());
    const struct applied *applied = overhear_receive(&tap->overhear, bytes, size, clock_monotonic_ns());
    if (applied)
        decisions_publish(tap->decisions, applied, overhear_burst_t_ns(&tap->overhear));
    return true;
}

static uint32_t handle(void *context, uint32_t budget)
{
    uint32_t handled = 0;
    while (handled < budget && handle_message(context))
        handled++;
    return handled;
}

/* All of the endpoints; false with errno set. */
static bool connect_all(void *socket, const char *endpoints)
{
    char endpoint[ENDPOINT_BYTES_MAX];
    while (endpoint_next(&endpoints, endpoint))
        if (zmq_connect(socket, endpoint) != 0)
            return false;
    return true;
}

static bool open_socket(struct tap *tap, struct event_base *base, void *zmq_context, const char *endpoints)
{
    static const struct socket_bounds bounds = {.messages = TAP_QUEUE_FRAMES, .bytes_max = LINK_FRAME_BYTES_MAX};
    tap->socket = socket_create(zmq_context, ZMQ_SUB, &bounds);
    if (!tap->socket)
        return false;
    socket_set(tap->socket, ZMQ_LINGER, 0);
    socket_set(tap->socket, ZMQ_RECONNECT_IVL, RECONNECT_MS);
    socket_set(tap->socket, ZMQ_RECONNECT_IVL_MAX, RECONNECT_MAX_MS);
    if (zmq_setsockopt(tap->socket, ZMQ_SUBSCRIBE, "", 0) != 0 || !connect_all(tap->socket, endpoints))
        return false;
    tap->event = zmq_event_create(base, tap->socket, LOOP_INGEST, HANDLER_BUDGET, handle, tap);
    return tap->event != NULL;
}

struct tap *tap_create(struct event_base *base, void *zmq_context, const char *endpoints, struct monitor *monitor,
                       struct publisher *publisher, const struct envelope *envelope, struct storage *storage)
{
    struct tap *tap = calloc(1, sizeof *tap);
    if (!tap)
        return NULL;
    zmq_msg_init(&tap->message);
    tap->storage = storage;
    overhear_init(&tap->overhear, monitor);
    tap->decisions = decisions_create(publisher, monitor, envelope);
    if (tap->decisions && open_socket(tap, base, zmq_context, endpoints))
        return tap;
    int error = errno;
    tap_destroy(tap);
    errno = error;
    return NULL;
}

void tap_destroy(struct tap *tap)
{
    if (!tap)
        return;
    zmq_event_destroy(tap->event);
    zmq_msg_close(&tap->message);
    if (tap->socket)
        zmq_close(tap->socket);
    decisions_destroy(tap->decisions);
    free(tap);
}

const struct overhear_counters *tap_counters(const struct tap *tap)
{
    return &tap->overhear.counters;
}
