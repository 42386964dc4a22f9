/* SPDX-License-Identifier: MIT */
/*
 * link - see the header.
 *
 *   routing id -> connection -> (source, epoch) by its Hello -> ledger entry
 *
 * A message is received, decoded where it lies, applied, and answered: a refusal at once, progress by one Ack per
 * connection at the end of a pass of the handler. Nothing is allocated per message.
 *
 * A new Hello of a (source, epoch) ends its earlier connection: what still arrives on that one is not welcome, so the
 * Welcome tells exactly what was counted of all that the source ever sent.
 */
#include "io/link.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <zmq.h>

#include "io/clock.h"
#include "io/fnv1a.h"
#include "io/latency.h"
#include "io/loop.h"
#include "io/publisher.h"
#include "io/socket.h"
#include "io/zmq_event.h"
#include "wire/frame_codec.h"
#include "wire/recording.h"

#define HANDLER_BUDGET 256u
#define ROUTING_ID_MAX 255u
#define CONNECTIONS_MAX LEDGER_ENTRIES_MAX
#define STRANGERS 64u /* a power of two */
#define NAME_SIZE 64u
#define REPEAT_NS (20 * NS_PER_MS)      /* a gap, a busy or a stranger is told again after this time */
#define CONNECTED_NS (3000 * NS_PER_MS) /* heard within this time: connected */
#define DRAIN_QUIET_MS 10               /* nothing for so long: everything has arrived */
#define DECISIONS_BYTES_MAX 2048u       /* 4096 bits and the envelope around them */

struct connection {
    uint32_t hash; /* of the routing id */
    uint32_t id_size;
    unsigned char id[ROUTING_ID_MAX];
    bool is_used;
    bool is_ack_due;
    struct ledger_entry *entry; /* not NULL while it is used */
    uint64_t granted_seq;       /* the highest seq that it was allowed to send */
    uint64_t burst_t_ns;        /* source time of the begin of its burst */
    int64_t heard_ns;
    /* The last gap or busy that it was told. */
    enum refusal told;
    uint64_t told_seq;
    int64_t told_ns;
};

struct link {
    void *socket;
    struct zmq_event *event;
    struct link_config config;
    struct monitor *monitor;
    struct publisher *publisher;
    struct recording *recording;
    char endpoint[ENDPOINT_BYTES_MAX];
    zmq_msg_t id, body; /* of the message being handled */
    int64_t now_ns;     /* monotonic; when the message being handled was received */
    struct connection connections[CONNECTIONS_MAX];
    struct connection *last; /* where the previous message came from */
    bool is_any_ack_due;
    int64_t stranger_told_ns[STRANGERS]; /* by the hash of the routing id */
    char names[LEDGER_ENTRIES_MAX][NAME_SIZE];
    struct frame frame;
    struct applied applied;
    uint64_t interest; /* of the publisher, when `wanted` was asked */
    bool wanted[LINE_COUNT];
    char topics[LINE_COUNT][TOPIC_BYTES_MAX];
    unsigned char decisions[DECISIONS_BYTES_MAX];
    struct latency latency;
    struct link_counters counters;
};

/* ---- connections ---- */

static bool is_at(const struct connection *connection, const unsigned char *id, size_t size)
{
    return connection->is_used && connection->id_size == size && memcmp(connection->id, id, size) == 0;
}

/* The connection of the message being handled; NULL when it never said Hello. */
static struct connection *find_connection(struct link *link)
{
    const unsigned char *id = zmq_msg_data(&link->id);
    size_t size = zmq_msg_size(&link->id);
    if (link->last && is_at(link->last, id, size))
        return link->last;
    uint32_t hash = fnv1a(id, size);
    for (uint32_t i = 0; i < CONNECTIONS_MAX; i++) {
        struct connection *connection = &link->connections[i];
        if (connection->hash == hash && is_at(connection, id, size))
            return link->last = connection;
    }
    return NULL;
}

/* A free slot, or that of the connection that was silent longest. */
static struct connection *free_connection(struct link *link)
{
    struct connection *oldest = &link->connections[0];
    for (uint32_t i = 0; i < CONNECTIONS_MAX; i++) {
        struct connection *connection = &link->connections[i];
        if (!connection->is_used)
            return connection;
        if (connection->heard_ns < oldest->heard_ns)
            oldest = connection;
    }
    return oldest;
}

/* Ties the connection of the message being handled to the entry, and ends earlier connections of that entry. */
static struct connection *tie_connection(struct link *link, struct connection *connection, struct ledger_entry *entry)
{
    for (uint32_t i = 0; i < CONNECTIONS_MAX; i++)
        if (link->connections[i].is_used && link->connections[i].entry == entry)
            link->connections[i].is_used = false;
    if (!connection)
        connection = free_connection(link);
    const unsigned char *id = zmq_msg_data(&link->id);
    size_t size = zmq_msg_size(&link->id);
    assert(size <= ROUTING_ID_MAX);
    *connection = (struct connection){
        .hash = fnv1a(id, size), .id_size = (uint32_t)size, .is_used = true, .entry = entry, .heard_ns = link->now_ns};
    memcpy(connection->id, id, size);
    return link->last = connection;
}

/* ---- answers ---- */

/* False when the peer is gone or does not read: it will ask again. */
static bool send_to(struct link *link, const unsigned char *id, size_t id_size, const struct daemon_frame *frame)
{
    unsigned char bytes[FRAME_ENCODED_MAX];
    size_t size = daemon_frame_encode(frame, bytes, sizeof bytes);
    assert(size > 0);
    return zmq_send(link->socket, id, id_size, ZMQ_SNDMORE | ZMQ_DONTWAIT) >= 0 &&
           zmq_send(link->socket, bytes, size, ZMQ_DONTWAIT) >= 0;
}

static uint64_t credit_seq(const struct link *link, const struct ledger_entry *entry)
{
    return entry->next_seq - 1 + link->config.credit_candidates;
}

static void send_welcome(struct link *link, struct connection *connection)
{
    const struct ledger_entry *entry = connection->entry;
    struct daemon_frame frame = {.kind = DAEMON_WELCOME};
    frame.as.welcome = (struct welcome){entry->next_seq, credit_seq(link, entry), link->config.max_batch};
    if (send_to(link, connection->id, connection->id_size, &frame))
        connection->granted_seq = frame.as.welcome.credit_seq;
}

static void fill_durable(const struct ledger_entry *entry, struct ack *ack)
{
    ack->durable_run = entry->run;
    ack->durable_burst = entry->ended_run == entry->run ? entry->ended_burst : 0;
    if (!entry->in_run && entry->run > 0)
        ack->durable_burst = RUN_ENDED;
}

static void send_ack(struct link *link, struct connection *connection)
{
    const struct ledger_entry *entry = connection->entry;
    struct daemon_frame frame = {.kind = DAEMON_ACK};
    frame.as.ack =
        (struct ack){.epoch = entry->epoch, .durable_seq = entry->next_seq - 1, .credit_seq = credit_seq(link, entry)};
    fill_durable(entry, &frame.as.ack);
    connection->is_ack_due = false;
    if (send_to(link, connection->id, connection->id_size, &frame))
        connection->granted_seq = frame.as.ack.credit_seq;
}

static void send_acks(struct link *link)
{
    if (!link->is_any_ack_due)
        return;
    link->is_any_ack_due = false;
    for (uint32_t i = 0; i < CONNECTIONS_MAX; i++)
        if (link->connections[i].is_used && link->connections[i].is_ack_due)
            send_ack(link, &link->connections[i]);
}

/* Whether a source needs to hear of this refusal now. It goes back on each gap and each busy, so these are told once.
 */
static bool is_news(struct link *link, struct connection *connection, enum refusal refusal)
{
    if (refusal != REFUSAL_GAP && refusal != REFUSAL_BUSY)
        return true;
    uint64_t seq = connection->entry->next_seq;
    if (connection->told == refusal && connection->told_seq == seq && link->now_ns - connection->told_ns < REPEAT_NS)
        return false;
    connection->told = refusal;
    connection->told_seq = seq;
    connection->told_ns = link->now_ns;
    return true;
}

static bool is_stranger_news(struct link *link)
{
    uint32_t hash = fnv1a(zmq_msg_data(&link->id), zmq_msg_size(&link->id));
    int64_t *told_ns = &link->stranger_told_ns[hash & (STRANGERS - 1)];
    if (link->now_ns - *told_ns < REPEAT_NS)
        return false;
    *told_ns = link->now_ns;
    return true;
}

/* A burst that could not begin because too many are open makes its batches look out of place: they are early, too. */
static enum refusal name_refusal(const struct connection *connection, enum refusal refusal)
{
    bool is_early = refusal == REFUSAL_BAD_BURST && connection && connection->told == REFUSAL_BUSY &&
                    connection->told_seq == connection->entry->next_seq;
    return is_early ? REFUSAL_BUSY : refusal;
}

/* connection: NULL for a stranger. */
static void refuse(struct link *link, struct connection *connection, enum refusal refusal)
{
    const char *name = refusal_name(refusal);
    struct daemon_frame frame = {.kind = DAEMON_REJECT};
    frame.as.reject = (struct reject){.reason = refusal, .text = {name, (uint32_t)strlen(name)}};
    link->counters.refused[refusal]++;
    if (connection) {
        frame.as.reject.epoch = connection->entry->epoch;
        frame.as.reject.expected_seq = connection->entry->next_seq;
    }
    if (!(connection ? is_news(link, connection, refusal) : is_stranger_news(link)))
        return;
    link->counters.resends_asked += refusal == REFUSAL_GAP;
    send_to(link, zmq_msg_data(&link->id), zmq_msg_size(&link->id), &frame);
}

/* ---- decisions of the emulated lines ---- */

static void ask_what_is_wanted(struct link *link)
{
    link->interest = publisher_interest(link->publisher);
    for (enum line line = LINE_UNPRESCALED; line < LINE_COUNT; line++)
        link->wanted[line] = publisher_is_wanted(link->publisher, link->topics[line]);
}

static void publish_decisions(struct link *link, const struct connection *connection)
{
    if (link->interest != publisher_interest(link->publisher))
        ask_what_is_wanted(link);
    for (enum line line = LINE_UNPRESCALED; line < LINE_COUNT; line++) {
        if (!link->wanted[line])
            continue;
        struct envelope envelope = *link->config.envelope;
        envelope.seq = publisher_next_seq(link->publisher, link->topics[line]);
        envelope.t_event_ns = connection->burst_t_ns;
        envelope.t_publish_ns = clock_unix_ns();
        envelope.run = connection->entry->run;
        envelope.burst = connection->entry->burst;
        envelope.origin = connection->entry->origin;
        envelope.is_blind = monitor_is_blind(link->monitor);
        size_t size = published_decisions(&envelope, line, &link->applied, link->decisions, DECISIONS_BYTES_MAX);
        publisher_send(link->publisher, PUBLISH_STREAM, link->topics[line], link->decisions, size);
    }
}

/* ---- frames ---- */

/* Whether the connection may say this. */
static enum refusal admit(const struct connection *connection, const struct frame *frame)
{
    struct speaker speaker = frame_speaker(frame);
    if (frame->kind == FRAME_HELLO)
        return REFUSAL_NONE;
    if (!connection)
        return REFUSAL_NOT_WELCOME;
    if (frame->kind != FRAME_HEARTBEAT &&
        (speaker.source != connection->entry->source || speaker.epoch != connection->entry->epoch))
        return REFUSAL_NOT_WELCOME;
    if (frame->kind == FRAME_BATCH &&
        frame->as.batch.first_seq + frame->as.batch.columns.count - 1 > connection->granted_seq)
        return REFUSAL_BAD_SEQ;
    if (frame->kind == FRAME_LOST && frame->as.lost.last >= SEQ_LIMIT)
        return REFUSAL_BAD_SEQ;
    return REFUSAL_NONE;
}

/* Keeps the name, with everything that is not printable ASCII replaced: it is shown to people. */
static void remember_name(struct link *link, const struct ledger_entry *entry, const struct text *name)
{
    char *kept = link->names[entry - monitor_ledger(link->monitor)->entries];
    uint32_t size = name->size < NAME_SIZE - 1 ? name->size : NAME_SIZE - 1;
    for (uint32_t i = 0; i < size; i++)
        kept[i] = name->bytes[i] >= ' ' && name->bytes[i] <= '~' ? name->bytes[i] : '?';
    kept[size] = 0;
}

static void welcome(struct link *link, struct connection *connection)
{
    struct ledger_entry *entry = link->applied.entry;
    remember_name(link, entry, &link->frame.as.hello.name);
    send_welcome(link, tie_connection(link, connection, entry));
}

/* After a frame was applied. */
static void answer(struct link *link, struct connection *connection)
{
    if (link->frame.kind == FRAME_HELLO) {
        welcome(link, connection);
        return;
    }
    if (link->frame.kind == FRAME_BURST_BEGIN)
        connection->burst_t_ns = link->frame.as.burst_begin.mark.t_ns;
    connection->is_ack_due = link->is_any_ack_due = true;
    if (link->applied.is_duplicate)
        link->counters.duplicates++;
    else
        connection->told = REFUSAL_NONE;
    if (link->applied.count == 0)
        return;
    link->counters.candidates += link->applied.count;
    publish_decisions(link, connection);
    int64_t now_ns = clock_monotonic_ns();
    latency_add(&link->latency, now_ns - link->now_ns);
    link->now_ns = now_ns; /* the next message is received from here on: one stamp per message */
}

static void record(struct link *link, const unsigned char *bytes, size_t size)
{
    if (link->recording && !recording_write(link->recording, bytes, size, clock_unix_ns()))
        link->counters.unrecorded++;
}

static void handle_frame(struct link *link, const unsigned char *bytes, size_t size)
{
    struct connection *connection = find_connection(link);
    if (connection) {
        connection->heard_ns = link->now_ns;
        monitor_hear(link->monitor, connection->entry->source, connection->entry->epoch, link->now_ns);
    }
    record(link, bytes, size);
    enum refusal refusal = frame_decode(bytes, size, &link->frame);
    if (refusal == REFUSAL_NONE)
        refusal = admit(connection, &link->frame);
    if (refusal == REFUSAL_NONE)
        refusal = monitor_apply(link->monitor, &link->frame, link->now_ns, &link->applied);
    if (refusal == REFUSAL_NONE)
        answer(link, connection);
    else
        refuse(link, connection, name_refusal(connection, refusal));
}

/* Receives and handles one message; false when there is none. */
static bool handle_message(struct link *link)
{
    if (zmq_msg_recv(&link->id, link->socket, ZMQ_DONTWAIT) < 0)
        return false;
    link->counters.frames++;
    bool has_body = zmq_msg_more(&link->id) && zmq_msg_recv(&link->body, link->socket, ZMQ_DONTWAIT) >= 0;
    if (!has_body || zmq_msg_more(&link->body)) {
        socket_skip_parts(link->socket);
        refuse(link, find_connection(link), REFUSAL_BAD_FRAME);
        return true;
    }
    link->counters.bytes += zmq_msg_size(&link->body);
    handle_frame(link, zmq_msg_data(&link->body), zmq_msg_size(&link->body));
    return true;
}

static uint32_t handle(void *context, uint32_t budget)
{
    struct link *link = context;
    uint32_t handled = 0;
    link->now_ns = clock_monotonic_ns();
    while (handled < budget && handle_message(link))
        handled++;
    send_acks(link);
    link->counters.safety_saves = zmq_event_saves(link->event);
    return handled;
}

/* ---- life ---- */

static void name_topics(struct link *link)
{
    for (enum line line = LINE_UNPRESCALED; line < LINE_COUNT; line++) {
        char *topic = link->topics[line];
        strcpy(topic, TOPIC_PREFIX "trigger.");
        strcat(topic, line_name(line));
        strcat(topic, ".");
    }
    ask_what_is_wanted(link);
}

struct link *link_create(struct event_base *base, void *zmq_context, const struct link_config *config,
                         struct monitor *monitor, struct publisher *publisher, struct recording *recording)
{
    /* An honest source sends no more than its credit; these bound the others. */
    static const struct socket_bounds bounds = {.messages = 1000, .bytes_max = 1024 * 1024};
    assert(config->envelope);
    struct link *link = calloc(1, sizeof *link);
    if (!link)
        return NULL;
    link->config = *config;
    link->monitor = monitor;
    link->publisher = publisher;
    link->recording = recording;
    name_topics(link);
    zmq_msg_init(&link->id);
    zmq_msg_init(&link->body);
    for (uint32_t i = 0; i < STRANGERS; i++)
        link->stranger_told_ns[i] = -REPEAT_NS;
    link->socket = socket_bind(zmq_context, ZMQ_ROUTER, &bounds, config->endpoint, link->endpoint);
    if (link->socket) {
        socket_set(link->socket, ZMQ_ROUTER_MANDATORY, 1);
        link->event = zmq_event_create(base, link->socket, LOOP_INGEST, HANDLER_BUDGET, handle, link);
    }
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
    if (link->socket)
        zmq_close(link->socket);
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

/* ---- what others may see ---- */

const struct link_counters *link_counters(const struct link *link)
{
    return &link->counters;
}

void link_latency_us(const struct link *link, double *p50, double *p99)
{
    *p50 = latency_quantile_us(&link->latency, 0.50);
    *p99 = latency_quantile_us(&link->latency, 0.99);
}

static bool is_connected(const struct link *link, const struct ledger_entry *entry)
{
    int64_t now_ns = clock_monotonic_ns();
    for (uint32_t i = 0; i < CONNECTIONS_MAX; i++) {
        const struct connection *connection = &link->connections[i];
        if (connection->is_used && connection->entry == entry)
            return now_ns - connection->heard_ns < CONNECTED_NS;
    }
    return false;
}

uint32_t link_sources(const struct link *link, struct source_report *reports, uint32_t capacity)
{
    const struct ledger *ledger = monitor_ledger(link->monitor);
    uint32_t count = ledger->count < capacity ? ledger->count : capacity;
    for (uint32_t i = 0; i < count; i++) {
        const struct ledger_entry *entry = &ledger->entries[i];
        reports[i] = (struct source_report){entry, link->names[i], entry->next_seq - 1, is_connected(link, entry)};
    }
    return count;
}

const char *link_endpoint(const struct link *link)
{
    return link->endpoint;
}
