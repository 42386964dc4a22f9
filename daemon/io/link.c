/* SPDX-License-Identifier: MIT */
/* link - see the header. What is said to whom is io/reception's; here are the socket, the clock and the recording. */
#include "io/link.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <zmq.h>

#include "io/clock.h"
#include "io/decisions.h"
#include "io/latency.h"
#include "io/loop.h"
#include "io/publisher.h"
#include "io/socket.h"
#include "io/storage.h"
#include "io/zap.h"
#include "io/zmq_event.h"

#define HANDLER_BUDGET 256u
#define DRAIN_QUIET_MS 10 /* nothing for so long: everything has arrived */

struct link {
    void *socket;
    struct zmq_event *event;
    struct reception *reception;
    struct decisions *decisions;
    struct link_calls calls;
    struct storage *storage;
    struct zap *zap; /* NULL: everybody is a front-end */
    char endpoint[ENDPOINT_BYTES_MAX];
    zmq_msg_t id, body; /* of the message being handled */
    int64_t now_ns;     /* monotonic; when the message being handled was received */
    struct latency latency;
};

/* ---- what the reception tells ---- */

static void on_counted(void *context, const struct applied *applied, uint64_t t_ns)
{
    struct link *link = context;
    decisions_publish(link->decisions, applied, t_ns);
    int64_t now_ns = clock_monotonic_ns();
    latency_add(&link->latency, now_ns - link->now_ns);
    link->now_ns = now_ns; /* the next message is received from here on: one stamp per message */
}

static void on_welcomed(void *context, const struct ledger_entry *entry)
{
    const struct link *link = context;
    if (link->calls.connected)
        link->calls.connected(entry);
}

static void on_run_begun(void *context, const struct ledger_entry *entry)
{
    const struct link *link = context;
    if (link->calls.run_begun)
        link->calls.run_begun(entry);
}

/* ---- messages ---- */

static bool send_to(void *context, const unsigned char *id, size_t id_size, const unsigned char *bytes, size_t size)
{
    struct link *link = context;
    return zmq_send(link->socket, id, id_size, ZMQ_SNDMORE | ZMQ_DONTWAIT) >= 0 &&
           zmq_send(link->socket, bytes, size, ZMQ_DONTWAIT) >= 0;
}

static void record(struct link *link, const unsigned char *bytes, size_t size)
{
    if (link->storage)
        storage_record(link->storage, bytes, size, clock_unix_ns());
}

/* Whom the certificate of the connection lets speak. */
static void identify(const struct link *link, struct sender *sender)
{
    if (!zap_has_keys(link->zap))
        return;
    const struct peer *peer = zap_peer(link->zap, zmq_msg_gets(&link->body, ZAP_USER_ID));
    sender->is_front_end = peer && peer->role == ROLE_FRONT_END;
    sender->source = peer ? peer->source : 0;
}

/* Receives and handles one message; false when there is none. */
static bool handle_message(struct link *link)
{
    if (zmq_msg_recv(&link->id, link->socket, ZMQ_DONTWAIT) < 0)
        return false;
    struct sender sender = {zmq_msg_data(&link->id), zmq_msg_size(&link->id), .is_front_end = true};
    bool has_body = zmq_msg_more(&link->id) && zmq_msg_recv(&link->body, link->socket, ZMQ_DONTWAIT) >= 0;
    if (!has_body || zmq_msg_more(&link->body)) {
        socket_skip_parts(link->socket);
        reception_refuse(link->reception, &sender, link->now_ns);
        return true;
    }
    identify(link, &sender);
    record(link, zmq_msg_data(&link->body), zmq_msg_size(&link->body));
    bool is_known =
        reception_receive(link->reception, &sender, zmq_msg_data(&link->body), zmq_msg_size(&link->body), link->now_ns);
    if (link->zap && is_known && zap_is_visited(link->zap, ZAP_LINK, link->now_ns))
        zap_hear(link->zap, zmq_msg_get(&link->body, ZMQ_SRCFD));
    return true;
}

static uint32_t handle(void *context, uint32_t budget)
{
    struct link *link = context;
    uint32_t handled = 0;
    link->now_ns = clock_monotonic_ns();
    while (handled < budget && handle_message(link))
        handled++;
    reception_acknowledge(link->reception);
    return handled;
}

/* ---- life ---- */

struct link *link_create(struct event_base *base, void *zmq_context, const struct link_config *config,
                         struct monitor *monitor, struct publisher *publisher, struct storage *storage)
{
    assert(config->envelope && config->front_ends <= LEDGER_ENTRIES_MAX);
    uint32_t front_ends = config->front_ends ? config->front_ends : LINK_FRONT_ENDS;
    /* libzmq counts what waits in messages, per connection: this bounds it in bytes, over all. */
    struct socket_bounds bounds = {(int)(LINK_QUEUE_FRAMES / front_ends), LINK_FRAME_BYTES_MAX};
    struct link *link = calloc(1, sizeof *link);
    if (!link)
        return NULL;
    link->zap = config->zap;
    link->storage = storage;
    link->decisions = decisions_create(publisher, monitor, config->envelope);
    zmq_msg_init(&link->id);
    zmq_msg_init(&link->body);
    link->calls = config->calls;
    const struct reception_calls calls = {link, send_to, on_counted, on_welcomed, on_run_begun};
    link->reception = reception_create(&config->reception, monitor, &calls);
    if (config->zap) {
        zap_set_limits(config->zap, ZAP_LINK, front_ends, LINK_STRANGERS);
        zap_expect_speech(config->zap, ZAP_LINK);
    }
    if (link->reception && link->decisions)
        link->socket =
            zap_bind(config->zap, ZAP_LINK, zmq_context, ZMQ_ROUTER, &bounds, config->endpoint, link->endpoint);
    if (link->socket) {
        socket_set(link->socket, ZMQ_ROUTER_MANDATORY, 1);
        link->event = zmq_event_create(base, link->socket, LOOP_INGEST, HANDLER_BUDGET, handle, link);
    }
    if (link->event)
        zmq_event_set_queue(link->event, (uint32_t)bounds.messages);
    if (!link->event) {
        int error = errno;
        link_destroy(link);
        errno = error;
        return NULL;
    }
    return link;
}

void link_destroy(struct link *link)
{
    if (!link)
        return;
    zmq_event_destroy(link->event);
    zmq_msg_close(&link->id);
    zmq_msg_close(&link->body);
    zap_close(link->zap, ZAP_LINK, link->socket);
    reception_destroy(link->reception);
    decisions_destroy(link->decisions);
    free(link);
}

void link_drain(struct link *link, int budget_ms)
{
    int64_t end_ns = clock_monotonic_ns() + budget_ms * NS_PER_MS;
    zmq_pollitem_t item = {.socket = link->socket, .events = ZMQ_POLLIN};
    while (clock_monotonic_ns() < end_ns && zmq_poll(&item, 1, DRAIN_QUIET_MS) > 0)
        handle(link, HANDLER_BUDGET);
    zmq_event_touch(link->event);
}

/* ---- checkpoints ---- */

void link_expect_checkpoints(struct link *link)
{
    reception_expect_checkpoints(link->reception);
}

void link_checkpoint_taken(struct link *link)
{
    reception_checkpoint_taken(link->reception);
}

void link_checkpoint_durable(struct link *link)
{
    reception_checkpoint_durable(link->reception);
    zmq_event_touch(link->event);
}

/* ---- what others may see ---- */

const struct reception_counters *link_counters(const struct link *link)
{
    return reception_counters(link->reception);
}

uint64_t link_saves(const struct link *link)
{
    return zmq_event_saves(link->event);
}

void link_latency_us(const struct link *link, double *p50, double *p99)
{
    *p50 = latency_quantile_us(&link->latency, 0.50);
    *p99 = latency_quantile_us(&link->latency, 0.99);
}

uint32_t link_sources(const struct link *link, struct source_report *reports, uint32_t capacity)
{
    return reception_sources(link->reception, reports, capacity, clock_monotonic_ns());
}

const char *link_endpoint(const struct link *link)
{
    return link->endpoint;
}
