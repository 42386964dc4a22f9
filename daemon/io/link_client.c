/* SPDX-License-Identifier: MIT */
/*
 * link_client - see the header. What is kept is io/retention, what a test does to the wire is io/wire_faults; here is
 * the conversation.
 *
 *   connect --Hello--> waiting --Welcome--> talking --(refused as a stranger, no answer for 2 s)--> connect
 *
 * Every Hello goes out on a fresh connection: the daemon then forgets the one before, so its Welcome tells exactly what
 * was counted of all that was sent. That matters for a Lost: batches that are on their way when the ring lets them go
 * may or may not be counted. A Lost therefore waits until what was sent on this connection is acknowledged, or until a
 * fresh connection has told.
 */
#include "io/link_client.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <zmq.h>

#include "io/clock.h"
#include "io/epoch.h"
#include "io/retention.h"
#include "io/socket.h"

#define RING_BYTES_DEFAULT (64u * 1024u * 1024u)
#define ANSWER_NS (2000 * NS_PER_MS)      /* nobody answers: connect anew */
#define HELLO_AGAIN_NS (1000 * NS_PER_MS) /* after a refused Hello */
#define STRANGER_NS (200 * NS_PER_MS)     /* between Hellos when the daemon forgot us, or another has our name */
#define HEARTBEAT_NS (500 * NS_PER_MS)    /* when there is nothing else to say */
#define BUSY_NS (20 * NS_PER_MS)
#define REWIND_AGAIN_NS (20 * NS_PER_MS)   /* the same gap within this time is the same gap */
#define PROGRESS_NS (200 * NS_PER_MS)      /* no acknowledgement: send again; doubled each time ... */
#define PROGRESS_MAX_NS (1600 * NS_PER_MS) /* ... up to this */
#define LISTEN_NS (NS_PER_MS / 5)
#define POLL_MS_MAX 10       /* so that the times above are kept */
#define SENDS_PER_RECEIVE 64 /* frames that are sent before answers are looked for */
#define REFUSALS_MAX 3
#define NAME_SIZE 64u
#define QUEUE_MESSAGES 1000

enum state {
    STATE_CONNECTED, /* Hello is to be sent */
    STATE_WAITING,   /* for Welcome */
    STATE_TALKING
};

struct link_client {
    void *own_context; /* NULL: the caller's is used */
    void *context;
    void *socket;
    char endpoint[ENDPOINT_BYTES_MAX];
    char name[NAME_SIZE];
    uint32_t source;
    uint64_t epoch;
    enum state state;
    struct retention retention;
    uint32_t max_batch;
    uint64_t credit_seq;
    int64_t hello_ns;     /* the last one */
    int64_t hello_due_ns; /* not before */
    int64_t asked_ns;     /* when something was sent first after the last answer; 0: it was answered */
    int64_t said_ns;      /* when something was sent last */
    int64_t listened_ns;
    int64_t progress_ns; /* when something was acknowledged last, or sent again */
    int64_t patience_ns; /* send again when nothing is acknowledged for so long */
    int64_t paused_ns;   /* busy: send nothing before */
    int64_t rewound_ns;  /* the last gap */
    uint64_t rewound_seq;
    uint64_t refused_seq;    /* where something was refused last ... */
    uint32_t refused_count;  /* ... and how often */
    bool is_blocked;         /* the socket took no more */
    uint64_t connection_seq; /* highest seq sent on this connection */
    uint64_t highest_seq;    /* ... ever: a batch above it is sent for the first time */
    uint64_t announced_seq;  /* highest seq ever announced as lost ... */
    uint64_t forgotten_seq;  /* ... and by a prologue */
    struct wire_faults faults;
    bool has_faults;
    uint32_t held_size; /* a batch that a fault holds back; 0: none */
    unsigned char held[FRAME_BYTES_MAX];
    unsigned char damaged[FRAME_BYTES_MAX];
    struct link_client_counters counters;
};

/* ---- the connection ---- */

static bool open_socket(struct link_client *client)
{
    static const struct socket_bounds bounds = {.messages = QUEUE_MESSAGES, .bytes_max = 64 * 1024};
    client->socket = socket_create(client->context, ZMQ_DEALER, &bounds);
    if (!client->socket)
        return false;
    socket_set(client->socket, ZMQ_LINGER, 0);
    socket_set(client->socket, ZMQ_IMMEDIATE, 1);
    client->state = STATE_CONNECTED;
    client->counters.is_welcome = false;
    client->counters.connections++;
    client->asked_ns = client->paused_ns = 0;
    client->connection_seq = 0;
    client->held_size = 0;
    return zmq_connect(client->socket, client->endpoint) == 0;
}

/* A fresh connection; Hello not before `due_ns`. */
static void reconnect(struct link_client *client, int64_t due_ns)
{
    if (client->socket)
        zmq_close(client->socket);
    client->hello_due_ns = due_ns;
    bool is_open = open_socket(client);
    assert(is_open); /* it was, with the same endpoint */
}

/* Sends bytes now; false when the socket takes no more. */
static bool say(struct link_client *client, const unsigned char *bytes, uint32_t size, int64_t now_ns)
{
    client->is_blocked = zmq_send(client->socket, bytes, size, ZMQ_DONTWAIT) < 0;
    if (client->is_blocked)
        return false;
    client->said_ns = now_ns;
    if (client->asked_ns == 0)
        client->asked_ns = now_ns;
    return true;
}

static bool say_frame(struct link_client *client, const struct frame *frame, int64_t now_ns)
{
    unsigned char bytes[FRAME_ENCODED_MAX];
    size_t size = frame_encode(frame, bytes, sizeof bytes);
    assert(size > 0);
    return say(client, bytes, (uint32_t)size, now_ns);
}

static bool say_hello(struct link_client *client, int64_t now_ns)
{
    const struct retention *retention = &client->retention;
    struct frame frame = {.kind = FRAME_HELLO};
    frame.as.hello = (struct hello){.schema = WIRE_SCHEMA,
                                    .source = client->source,
                                    .epoch = client->epoch,
                                    .next_seq = retention->next_seq,
                                    .oldest_seq = retention_oldest_seq(retention),
                                    .name = {client->name, (uint32_t)strlen(client->name)}};
    if (frame.as.hello.oldest_seq == 0 || !say_frame(client, &frame, now_ns))
        return false;
    client->state = STATE_WAITING;
    client->hello_ns = now_ns;
    return true;
}

static void say_heartbeat(struct link_client *client, int64_t now_ns)
{
    const struct frame frame = {.kind = FRAME_HEARTBEAT};
    say_frame(client, &frame, now_ns);
}

/* ---- answers ---- */

static void note_progress(struct link_client *client, int64_t now_ns)
{
    client->progress_ns = now_ns;
    client->patience_ns = PROGRESS_NS;
}

static void rewind_to(struct link_client *client, uint64_t expected_seq, int64_t now_ns)
{
    retention_rewind(&client->retention, expected_seq);
    client->rewound_seq = expected_seq;
    client->rewound_ns = client->progress_ns = now_ns;
}

static void on_welcome(struct link_client *client, const struct welcome *welcome, int64_t now_ns)
{
    if (client->state != STATE_WAITING || welcome->resume_seq == 0)
        return;
    client->state = STATE_TALKING;
    client->counters.is_welcome = true;
    client->credit_seq = welcome->credit_seq;
    client->max_batch = welcome->max_batch;
    retention_resume(&client->retention, welcome->resume_seq);
    note_progress(client, now_ns);
}

static void on_ack(struct link_client *client, const struct ack *ack, int64_t now_ns)
{
    if (client->state != STATE_TALKING || ack->epoch != client->epoch)
        return;
    if (ack->credit_seq > client->credit_seq)
        client->credit_seq = ack->credit_seq;
    if (retention_release(&client->retention, ack->durable_seq, ack->durable_run, ack->durable_burst))
        note_progress(client, now_ns);
}

/* A frame was refused for its contents while the daemon waited for expected_seq: it need not be the one at
 * expected_seq. The first time, all is sent again. The second time, on a fresh connection, nothing beyond expected_seq
 * is sent, so that a third refusal is certainly meant for what is there. */
static void on_refused(struct link_client *client, const struct reject *reject, int64_t now_ns)
{
    if (client->refused_seq != reject->expected_seq)
        client->refused_count = 0;
    client->refused_seq = reject->expected_seq;
    client->refused_count++;
    if (client->refused_count == REFUSALS_MAX - 1) {
        reconnect(client, now_ns);
        return;
    }
    if (client->refused_count >= REFUSALS_MAX)
        retention_give_up(&client->retention, reject->expected_seq, reject->reason);
    rewind_to(client, reject->expected_seq, now_ns);
}

static void on_gap(struct link_client *client, const struct reject *reject, int64_t now_ns)
{
    bool is_known = reject->expected_seq == client->rewound_seq && now_ns - client->rewound_ns < REWIND_AGAIN_NS;
    if (!is_known)
        rewind_to(client, reject->expected_seq, now_ns);
}

static void on_reject(struct link_client *client, const struct reject *reject, int64_t now_ns)
{
    if ((reject->epoch != client->epoch && reject->epoch != 0) || (uint32_t)reject->reason >= REFUSAL_COUNT)
        return;
    client->counters.refused[reject->reason]++;
    if (client->state != STATE_TALKING || reject->reason == REFUSAL_NOT_WELCOME) {
        bool is_stranger = reject->reason == REFUSAL_NOT_WELCOME;
        reconnect(client, client->hello_ns + (is_stranger ? STRANGER_NS : HELLO_AGAIN_NS));
        return;
    }
    if (reject->expected_seq <= client->retention.acked_seq)
        return; /* an old one: the daemon is further by now */
    if (retention_release(&client->retention, reject->expected_seq - 1, 0, 0))
        note_progress(client, now_ns);
    if (reject->reason == REFUSAL_GAP) {
        on_gap(client, reject, now_ns);
    } else if (reject->reason == REFUSAL_BUSY) {
        client->paused_ns = now_ns + BUSY_NS;
        rewind_to(client, reject->expected_seq, now_ns);
    } else {
        on_refused(client, reject, now_ns);
    }
}

/* Takes everything that arrived; false when there was nothing. */
static bool listen_to(struct link_client *client, int64_t now_ns)
{
    bool is_any = false;
    unsigned char bytes[FRAME_ENCODED_MAX];
    int size;
    while ((size = zmq_recv(client->socket, bytes, sizeof bytes, ZMQ_DONTWAIT)) >= 0) {
        struct daemon_frame frame;
        socket_skip_parts(client->socket);
        is_any = true;
        client->asked_ns = 0;
        if ((size_t)size > sizeof bytes || !daemon_frame_decode(bytes, (size_t)size, &frame))
            continue;
        switch (frame.kind) {
        case DAEMON_WELCOME:
            on_welcome(client, &frame.as.welcome, now_ns);
            break;
        case DAEMON_ACK:
            on_ack(client, &frame.as.ack, now_ns);
            break;
        case DAEMON_REJECT:
            on_reject(client, &frame.as.reject, now_ns);
            break;
        }
    }
    return is_any;
}

/* ---- sending what is kept ---- */

/* Sends a batch for the first time over the wire of a test. */
static bool say_with_fault(struct link_client *client, const struct retained *item, int64_t now_ns)
{
    enum wire_fault fault = wire_faults_draw(&client->faults);
    bool is_said = true;
    if (fault == FAULT_REORDER && client->held_size > 0)
        fault = FAULT_NONE; /* one at a time */
    switch (fault) {
    case FAULT_DROP:
        break;
    case FAULT_DUPLICATE:
        is_said = say(client, item->bytes, item->size, now_ns) && say(client, item->bytes, item->size, now_ns);
        break;
    case FAULT_REORDER:
        memcpy(client->held, item->bytes, item->size);
        client->held_size = item->size;
        break;
    case FAULT_CORRUPT:
        wire_faults_corrupt(&client->faults, item->bytes, item->size, client->damaged);
        is_said = say(client, client->damaged, item->size, now_ns);
        break;
    case FAULT_NONE:
        is_said = say(client, item->bytes, item->size, now_ns);
        break;
    }
    if (is_said && fault != FAULT_NONE)
        client->counters.injected[fault]++;
    return is_said;
}

/* A batch that was held back goes out behind another frame. */
static void say_held(struct link_client *client, int64_t now_ns)
{
    if (client->held_size > 0 && say(client, client->held, client->held_size, now_ns))
        client->held_size = 0;
}

static bool say_item(struct link_client *client, const struct retained *item, int64_t now_ns)
{
    bool is_first = item->kind == FRAME_BATCH && item->last > client->highest_seq;
    if (!is_first || !client->has_faults)
        return say(client, item->bytes, item->size, now_ns);
    bool had_held = client->held_size > 0;
    if (!say_with_fault(client, item, now_ns))
        return false;
    if (had_held)
        say_held(client, now_ns);
    return true;
}

/* Whether the item may go out now. */
static bool may_say(const struct link_client *client, const struct retained *item)
{
    bool is_suspicious = client->refused_count >= REFUSALS_MAX - 1 && client->retention.acked_seq < client->refused_seq;
    if (is_suspicious && item->first > client->refused_seq)
        return false;
    if (item->kind == FRAME_BATCH)
        return item->last <= client->credit_seq;
    if (item->kind != FRAME_LOST || item->place == PLACE_PROLOGUE || item->cause == LOSS_REFUSED)
        return true; /* the daemon itself told that it did not count it */
    bool is_on_its_way = client->connection_seq >= item->first && client->retention.acked_seq < client->connection_seq;
    return !is_on_its_way;
}

static bool is_lost_waiting(struct link_client *client)
{
    struct retained item;
    return retention_peek(&client->retention, &item) && item.kind == FRAME_LOST && !may_say(client, &item);
}

/* Whether it is time for an acknowledgement. */
static bool is_awaiting(struct link_client *client)
{
    return retention_awaits_answer(&client->retention) || is_lost_waiting(client);
}

/* What was counted or announced before is not lost now. */
static void count_lost(struct link_client *client, const struct retained *item)
{
    uint64_t *announced = item->place == PLACE_PROLOGUE ? &client->forgotten_seq : &client->announced_seq;
    uint64_t known = *announced > client->retention.acked_seq ? *announced : client->retention.acked_seq;
    uint64_t first = item->first > known ? item->first : known + 1;
    if (first > item->last)
        return;
    client->counters.lost[item->cause] += item->last - first + 1;
    *announced = item->last;
}

static void count_said(struct link_client *client, const struct retained *item)
{
    client->counters.sent_frames++;
    if (item->kind == FRAME_LOST)
        count_lost(client, item);
    if (item->kind != FRAME_BATCH)
        return;
    if (item->last <= client->highest_seq)
        client->counters.resent_frames++;
    else
        client->highest_seq = item->last;
    if (item->last > client->connection_seq)
        client->connection_seq = item->last;
}

/* Sends what may be sent, up to a limit; returns how many frames. */
static uint32_t talk(struct link_client *client, int64_t now_ns)
{
    struct retained item;
    uint32_t said = 0;
    if (now_ns < client->paused_ns)
        return 0;
    if (!is_awaiting(client))
        note_progress(client, now_ns); /* nothing to be impatient about yet */
    while (said < SENDS_PER_RECEIVE && retention_peek(&client->retention, &item) && may_say(client, &item) &&
           say_item(client, &item, now_ns)) {
        count_said(client, &item);
        retention_advance(&client->retention, &item);
        said++;
    }
    if (said == 0)
        say_held(client, now_ns);
    return said;
}

/* ---- time ---- */

/* Nothing was acknowledged for too long. */
static void grow_impatient(struct link_client *client, int64_t now_ns)
{
    if (is_lost_waiting(client)) {
        reconnect(client, now_ns);
        return;
    }
    rewind_to(client, client->retention.acked_seq + 1, now_ns);
    if (client->patience_ns < PROGRESS_MAX_NS)
        client->patience_ns *= 2;
}

static void keep_time(struct link_client *client, int64_t now_ns)
{
    if (client->asked_ns != 0 && now_ns - client->asked_ns > ANSWER_NS) {
        reconnect(client, now_ns);
        return;
    }
    if (client->state == STATE_CONNECTED && now_ns >= client->hello_due_ns)
        say_hello(client, now_ns);
    if (client->state != STATE_TALKING)
        return;
    int64_t waited_ns = now_ns - client->progress_ns;
    bool is_due = is_awaiting(client);
    if (is_due && waited_ns > client->patience_ns)
        grow_impatient(client, now_ns);
    else if (now_ns - client->said_ns > (is_due ? client->patience_ns / 2 : HEARTBEAT_NS))
        say_heartbeat(client, now_ns);
}

static void refresh_counters(struct link_client *client)
{
    client->counters.acked_seq = client->retention.acked_seq;
    client->counters.acked_frames_left = retention_frames(&client->retention);
    client->counters.dropped_marks = client->retention.dropped_marks;
}

/* Does what is possible now; false when there was nothing. An empty socket is expensive to ask, so a caller who does
 * not wait and always has something to send does not listen each time. */
static bool step(struct link_client *client, bool is_waiting)
{
    int64_t now_ns = clock_monotonic_ns();
    bool is_any = false;
    if (is_waiting || client->is_blocked || now_ns - client->listened_ns > LISTEN_NS) {
        is_any = listen_to(client, now_ns);
        client->listened_ns = now_ns;
    }
    keep_time(client, now_ns);
    if (client->state == STATE_TALKING)
        is_any |= talk(client, now_ns) > 0;
    refresh_counters(client);
    return is_any;
}

void link_client_pump(struct link_client *client, int timeout_ms)
{
    int64_t end_ns = clock_monotonic_ns() + timeout_ms * NS_PER_MS;
    while (!step(client, timeout_ms > 0) && timeout_ms > 0) {
        int64_t left_ms = (end_ns - clock_monotonic_ns() + NS_PER_MS - 1) / NS_PER_MS;
        if (left_ms <= 0)
            return;
        zmq_pollitem_t item = {.socket = client->socket, .events = ZMQ_POLLIN};
        if (client->is_blocked)
            item.events = ZMQ_POLLIN | ZMQ_POLLOUT;
        zmq_poll(&item, 1, left_ms < POLL_MS_MAX ? (long)left_ms : POLL_MS_MAX);
    }
}

/* ---- life ---- */

struct link_client *link_client_create(void *zmq_context, const struct link_client_config *config)
{
    struct link_client *client = calloc(1, sizeof *client);
    if (!client)
        return NULL;
    if (strlen(config->endpoint) >= sizeof client->endpoint) {
        free(client);
        errno = ENAMETOOLONG;
        return NULL;
    }
    client->own_context = zmq_context ? NULL : zmq_ctx_new();
    client->context = zmq_context ? zmq_context : client->own_context;
    client->source = config->source;
    client->epoch = config->epoch ? config->epoch : epoch_draw();
    client->max_batch = BATCH_CANDIDATES_MAX;
    client->patience_ns = PROGRESS_NS;
    strcpy(client->endpoint, config->endpoint);
    strncpy(client->name, config->name ? config->name : "", sizeof client->name - 1);
    const double probability[FAULT_COUNT] = {config->faults.drop, config->faults.duplicate, config->faults.reorder,
                                             config->faults.corrupt};
    wire_faults_init(&client->faults, probability, config->faults.seed);
    for (int fault = 0; fault < FAULT_COUNT; fault++)
        client->has_faults |= probability[fault] > 0;
    uint32_t ring_bytes = config->ring_bytes ? config->ring_bytes : RING_BYTES_DEFAULT;
    if (!client->context || !retention_init(&client->retention, client->source, client->epoch, ring_bytes) ||
        !open_socket(client)) {
        int error = errno;
        link_client_destroy(client);
        errno = error;
        return NULL;
    }
    return client;
}

void link_client_destroy(struct link_client *client)
{
    if (!client)
        return;
    if (client->socket)
        zmq_close(client->socket);
    if (client->own_context)
        zmq_ctx_term(client->own_context);
    retention_fini(&client->retention);
    free(client);
}

uint64_t link_client_epoch(const struct link_client *client)
{
    return client->epoch;
}

uint32_t link_client_max_batch(const struct link_client *client)
{
    return client->max_batch;
}

bool link_client_has_room(const struct link_client *client, uint32_t size)
{
    return retention_has_room(&client->retention, size);
}

bool link_client_push(struct link_client *client, uint64_t first_seq, uint32_t count, const unsigned char *bytes,
                      uint32_t size)
{
    bool is_kept = size <= FRAME_BYTES_MAX && retention_push(&client->retention, first_seq, count, bytes, size);
    refresh_counters(client);
    return is_kept;
}

bool link_client_is_idle(const struct link_client *client)
{
    return retention_is_empty(&client->retention);
}

const struct link_client_counters *link_client_counters(const struct link_client *client)
{
    return &client->counters;
}
