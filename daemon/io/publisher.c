/* SPDX-License-Identifier: MIT */
/*
 * publisher - see the header.
 *
 * XPUB_VERBOSE reports every subscription, so that each newcomer can be given the last values, and only the last
 * unsubscription of a prefix: a set of prefixes is therefore enough, no counts. Several newcomers in one pass of the
 * handler get the values once.
 *
 * Topics are in a hash table with linear probing; a topic that ends is removed by moving later ones up (Knuth, vol. 3,
 * 6.4, algorithm R), so that no marks of the dead are left.
 */
#include "io/publisher.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <zmq.h>

#include "io/fnv1a.h"
#include "io/loop.h"
#include "io/outgoing.h"
#include "io/socket.h"
#include "io/zap.h"
#include "io/zmq_event.h"

#define SLOTS (2u * TOPICS_MAX) /* a power of two; at most half full */
#define HANDLER_BUDGET 64u
/* A subscriber that stopped reading holds QUEUE_MESSAGES, with one set of last values and a second of decisions at the
 * nominal rate in it. Many that stopped at different times together hold no more than WAITING_BYTES_MAX. */
#define QUEUE_MESSAGES 1000
#define WAITING_BYTES_MAX (24u * 1024u * 1024u)
#define PEER_BYTES_MAX 4096 /* of what a subscriber says: a handshake takes more than a subscription */
#define SUBSCRIPTION_BYTES_MAX (1 + TOPIC_BYTES_MAX)
_Static_assert((SLOTS & (SLOTS - 1)) == 0, "slots are taken modulo a power of two");

struct topic {
    char name[TOPIC_BYTES_MAX]; /* terminated; empty: free slot */
    uint64_t seq;
    unsigned char *bytes; /* the last value, or NULL */
    size_t size, capacity;
};

struct prefix {
    uint32_t size;
    bool is_new; /* its subscriber still waits for the last values */
    char bytes[TOPIC_BYTES_MAX];
};

struct publisher {
    void *socket;
    struct zmq_event *event;
    struct outgoing *outgoing;
    struct zap *zap; /* NULL: everybody may subscribe */
    char endpoint[ENDPOINT_BYTES_MAX];
    struct topic topics[SLOTS];
    uint32_t topic_count;
    struct prefix prefixes[PREFIXES_MAX];
    uint32_t prefix_count;
    uint64_t interest;
    uint64_t sent, ignored, dropped, shed;
};

static uint32_t home_of(const char *name)
{
    return fnv1a(name, strlen(name)) & (SLOTS - 1);
}

/* The slot of the topic, or the free one where it would be. */
static struct topic *find_topic(struct publisher *publisher, const char *name)
{
    uint32_t slot = home_of(name);
    while (publisher->topics[slot].name[0] && strcmp(publisher->topics[slot].name, name) != 0)
        slot = (slot + 1) & (SLOTS - 1);
    return &publisher->topics[slot];
}

/* The topic, made when it is new; NULL when there is no room. */
static struct topic *open_topic(struct publisher *publisher, const char *name)
{
    size_t length = strlen(name);
    assert(length > 0 && length < TOPIC_BYTES_MAX);
    struct topic *topic = find_topic(publisher, name);
    if (topic->name[0])
        return topic;
    if (publisher->topic_count == TOPICS_MAX)
        return NULL;
    memcpy(topic->name, name, length + 1);
    publisher->topic_count++;
    return topic;
}

static void close_topic(struct publisher *publisher, struct topic *topic)
{
    free(topic->bytes);
    uint32_t hole = (uint32_t)(topic - publisher->topics);
    for (uint32_t slot = (hole + 1) & (SLOTS - 1); publisher->topics[slot].name[0]; slot = (slot + 1) & (SLOTS - 1)) {
        uint32_t home = home_of(publisher->topics[slot].name);
        bool is_between = ((slot - home) & (SLOTS - 1)) < ((slot - hole) & (SLOTS - 1));
        if (is_between) /* its home lies behind the hole: it stays reachable */
            continue;
        publisher->topics[hole] = publisher->topics[slot];
        hole = slot;
    }
    publisher->topics[hole] = (struct topic){.name = ""};
    publisher->topic_count--;
}

/* Counts grow, and so do the messages about them: twice what is needed now, so that it hardly ever grows again. */
static size_t room_for(size_t size)
{
    return 2 * size;
}

/* Out of memory: the topic has no last value. */
static void keep(struct topic *topic, const unsigned char *bytes, size_t size)
{
    if (size > topic->capacity) {
        size_t capacity = room_for(size);
        free(topic->bytes);
        topic->bytes = malloc(capacity);
        topic->capacity = topic->bytes ? capacity : 0;
    }
    if (!topic->bytes)
        return;
    memcpy(topic->bytes, bytes, size);
    topic->size = size;
}

/* The message, without the question whether anybody reads. */
static bool try_parts(struct publisher *publisher, const char *topic, const unsigned char *bytes, size_t size)
{
    return zmq_send(publisher->socket, topic, strlen(topic), ZMQ_SNDMORE | ZMQ_DONTWAIT) >= 0 &&
           outgoing_send(publisher->outgoing, publisher->socket, bytes, size, 0);
}

/* First as if nobody may miss it: that fails when the queue of a subscriber is full. Then to all that have room. */
static void send_parts(struct publisher *publisher, const char *topic, const unsigned char *bytes, size_t size)
{
    bool is_sent = try_parts(publisher, topic, bytes, size);
    if (!is_sent && errno == EAGAIN) {
        publisher->dropped++;
        socket_set(publisher->socket, ZMQ_XPUB_NODROP, 0);
        is_sent = try_parts(publisher, topic, bytes, size);
        socket_set(publisher->socket, ZMQ_XPUB_NODROP, 1);
    }
    publisher->sent += is_sent;
}

/* Whether a summary is kept back because those who do not read hold too much memory. Alarms never are. */
static bool is_shed(struct publisher *publisher, const char *topic)
{
    bool is_alarm = strncmp(topic, TOPIC_PREFIX "alarm.", strlen(TOPIC_PREFIX "alarm.")) == 0;
    if (is_alarm || outgoing_bytes(publisher->outgoing) < WAITING_BYTES_MAX)
        return false;
    publisher->shed++;
    return true;
}

static bool is_prefix(const struct prefix *prefix, const char *topic, size_t length)
{
    return prefix->size <= length && memcmp(prefix->bytes, topic, prefix->size) == 0;
}

static struct prefix *find_prefix(struct publisher *publisher, const char *bytes, uint32_t size)
{
    for (uint32_t i = 0; i < publisher->prefix_count; i++) {
        struct prefix *prefix = &publisher->prefixes[i];
        if (prefix->size == size && memcmp(prefix->bytes, bytes, size) == 0)
            return prefix;
    }
    return NULL;
}

static void subscribe(struct publisher *publisher, const char *bytes, uint32_t size)
{
    struct prefix *prefix = find_prefix(publisher, bytes, size);
    if (!prefix && publisher->prefix_count == PREFIXES_MAX) {
        publisher->ignored++;
        return;
    }
    if (!prefix) {
        prefix = &publisher->prefixes[publisher->prefix_count++];
        prefix->size = size;
        memcpy(prefix->bytes, bytes, size);
    }
    prefix->is_new = true;
    publisher->interest++;
}

static void unsubscribe(struct publisher *publisher, const char *bytes, uint32_t size)
{
    struct prefix *prefix = find_prefix(publisher, bytes, size);
    if (!prefix)
        return;
    *prefix = publisher->prefixes[--publisher->prefix_count];
    publisher->interest++;
}

static bool is_awaited(const struct publisher *publisher, const char *topic)
{
    size_t length = strlen(topic);
    for (uint32_t i = 0; i < publisher->prefix_count; i++)
        if (publisher->prefixes[i].is_new && is_prefix(&publisher->prefixes[i], topic, length))
            return true;
    return false;
}

static void send_last_values(struct publisher *publisher)
{
    for (uint32_t i = 0; i < SLOTS; i++) {
        const struct topic *topic = &publisher->topics[i];
        if (topic->bytes && is_awaited(publisher, topic->name) && !is_shed(publisher, topic->name))
            send_parts(publisher, topic->name, topic->bytes, topic->size);
    }
    for (uint32_t i = 0; i < publisher->prefix_count; i++)
        publisher->prefixes[i].is_new = false;
}

/* One message: 1 (or 0) and the prefix that somebody wants (or nobody wants any more). */
static void take(struct publisher *publisher, zmq_msg_t *message)
{
    const char *bytes = zmq_msg_data(message);
    size_t size = zmq_msg_size(message);
    if (zmq_msg_more(message) || size == 0 || size > SUBSCRIPTION_BYTES_MAX || (bytes[0] != 0 && bytes[0] != 1))
        publisher->ignored++;
    else if (bytes[0] == 1)
        subscribe(publisher, bytes + 1, (uint32_t)size - 1);
    else
        unsubscribe(publisher, bytes + 1, (uint32_t)size - 1);
}

static uint32_t handle(void *context, uint32_t budget)
{
    struct publisher *publisher = context;
    uint64_t interest = publisher->interest;
    uint32_t handled = 0;
    zmq_msg_t message;
    zmq_msg_init(&message);
    while (handled < budget && zmq_msg_recv(&message, publisher->socket, ZMQ_DONTWAIT) >= 0) {
        if (publisher->zap)
            zap_hear(publisher->zap, zmq_msg_get(&message, ZMQ_SRCFD));
        take(publisher, &message);
        handled++;
    }
    zmq_msg_close(&message);
    if (publisher->interest != interest)
        send_last_values(publisher);
    return handled;
}

struct publisher *publisher_create(struct event_base *base, void *zmq_context, const char *endpoint, struct zap *zap)
{
    struct publisher *publisher = calloc(1, sizeof *publisher);
    if (!publisher)
        return NULL;
    static const struct socket_bounds bounds = {.messages = QUEUE_MESSAGES, .bytes_max = PEER_BYTES_MAX};
    publisher->zap = zap;
    publisher->outgoing = outgoing_create();
    if (publisher->outgoing)
        publisher->socket = zap_bind(zap, ZAP_PUBLISH, zmq_context, ZMQ_XPUB, &bounds, endpoint, publisher->endpoint);
    if (publisher->socket) {
        socket_set(publisher->socket, ZMQ_XPUB_VERBOSE, 1);
        socket_set(publisher->socket, ZMQ_XPUB_NODROP, 1);
        publisher->event = zmq_event_create(base, publisher->socket, LOOP_REST, HANDLER_BUDGET, handle, publisher);
    }
    if (!publisher->event) {
        int error = errno;
        publisher_destroy(publisher);
        errno = error;
        return NULL;
    }
    return publisher;
}

void publisher_destroy(struct publisher *publisher)
{
    if (!publisher)
        return;
    zmq_event_destroy(publisher->event);
    zap_close(publisher->zap, ZAP_PUBLISH, publisher->socket);
    outgoing_destroy(publisher->outgoing);
    for (uint32_t i = 0; i < SLOTS; i++)
        free(publisher->topics[i].bytes);
    free(publisher);
}

bool publisher_is_wanted(const struct publisher *publisher, const char *topic)
{
    size_t length = strlen(topic);
    for (uint32_t i = 0; i < publisher->prefix_count; i++)
        if (is_prefix(&publisher->prefixes[i], topic, length))
            return true;
    return false;
}

uint64_t publisher_interest(const struct publisher *publisher)
{
    return publisher->interest;
}

uint64_t publisher_next_seq(struct publisher *publisher, const char *topic)
{
    struct topic *entry = open_topic(publisher, topic);
    return entry ? ++entry->seq : 0;
}

void publisher_send(struct publisher *publisher, enum publish mode, const char *topic, const unsigned char *bytes,
                    size_t size)
{
    struct topic *entry = open_topic(publisher, topic);
    if (publisher_is_wanted(publisher, topic) && !is_shed(publisher, topic))
        send_parts(publisher, topic, bytes, size);
    if (entry && mode == PUBLISH_CACHED)
        keep(entry, bytes, size);
    if (entry && mode == PUBLISH_LAST)
        close_topic(publisher, entry);
    zmq_event_touch(publisher->event);
}

void publisher_repeat(struct publisher *publisher, const char *topic)
{
    const struct topic *entry = find_topic(publisher, topic);
    if (!entry->bytes || !publisher_is_wanted(publisher, topic))
        return;
    send_parts(publisher, topic, entry->bytes, entry->size);
    zmq_event_touch(publisher->event);
}

uint64_t publisher_sent(const struct publisher *publisher)
{
    return publisher->sent;
}

void publisher_cache_size(const struct publisher *publisher, uint64_t *topics, uint64_t *bytes)
{
    *topics = *bytes = 0;
    for (uint32_t i = 0; i < SLOTS; i++) {
        if (!publisher->topics[i].bytes)
            continue;
        ++*topics;
        *bytes += publisher->topics[i].capacity;
    }
}

uint64_t publisher_dropped(const struct publisher *publisher)
{
    return publisher->dropped;
}

uint64_t publisher_shed(const struct publisher *publisher)
{
    return publisher->shed;
}

size_t publisher_waiting(const struct publisher *publisher)
{
    return outgoing_bytes(publisher->outgoing);
}

uint64_t publisher_ignored(const struct publisher *publisher)
{
    return publisher->ignored;
}

uint64_t publisher_saves(const struct publisher *publisher)
{
    return zmq_event_saves(publisher->event);
}

const char *publisher_endpoint(const struct publisher *publisher)
{
    return publisher->endpoint;
}
