/* SPDX-License-Identifier: MIT */
/*
 * reception - see the header.
 *
 * A message is decoded where it lies, applied, and answered: a refusal at once, progress by one Ack per connection when
 * the caller has nothing more. Nothing is allocated per message.
 *
 * A new Hello of a (source, epoch) ends its earlier connection: what still arrives on that one is not welcome, so the
 * Welcome tells exactly what was counted of all that the source ever sent.
 */
#include "io/reception.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "io/clock.h"
#include "io/fnv1a.h"
#include "io/progress.h"
#include "wire/frame_codec.h"

#define CONNECTIONS_MAX LEDGER_ENTRIES_MAX
#define STRANGERS 64u                   /* a power of two */
#define REPEAT_NS (20 * NS_PER_MS)      /* a gap, a busy or a stranger is told again after this time */
#define CONNECTED_NS (2800 * NS_PER_MS) /* heard within this time: connected; who is gone is seen within 3 s */

struct connection {
    uint32_t hash; /* of the routing id */
    uint32_t id_size;
    unsigned char id[ROUTING_ID_MAX];
    bool is_used;
    bool is_ack_due;
    struct ledger_entry *entry; /* not NULL while it is used */
    uint64_t epoch;             /* of that entry, whose place another one may take */
    uint64_t granted_seq;       /* the highest seq that it was allowed to send */
    struct progress acked;      /* what it was told to be durable */
    uint64_t burst_t_ns;        /* source time of the begin of its burst */
    int64_t heard_ns;
    struct burst_key waiting; /* its burst that found no place; {0, 0}: none */
    /* The last gap or busy that it was told. */
    enum refusal told;
    uint64_t told_seq;
    int64_t told_ns;
};

struct reception {
    struct reception_config config;
    struct reception_calls calls;
    struct monitor *monitor;
    struct connection connections[CONNECTIONS_MAX];
    struct connection *last; /* where the previous message came from */
    bool is_any_ack_due;
    bool has_checkpoints;
    struct progress_table progress;
    int64_t stranger_told_ns[STRANGERS]; /* by the hash of the routing id */
    /* The message being handled. */
    const struct sender *sender;
    int64_t now_ns;
    struct frame frame;
    struct applied applied;
    struct reception_counters counters;
};

/* ---- connections ---- */

static bool is_at(const struct connection *connection, const unsigned char *id, size_t size)
{
    return connection->is_used && connection->epoch == connection->entry->epoch && connection->id_size == size &&
           memcmp(connection->id, id, size) == 0;
}

/* The connection of the message being handled; NULL when it never said Hello. */
static struct connection *find_connection(struct reception *reception)
{
    const unsigned char *id = reception->sender->id;
    size_t size = reception->sender->id_size;
    if (reception->last && is_at(reception->last, id, size))
        return reception->last;
    uint32_t hash = fnv1a(id, size);
    for (uint32_t i = 0; i < CONNECTIONS_MAX; i++) {
        struct connection *connection = &reception->connections[i];
        if (connection->hash == hash && is_at(connection, id, size))
            return reception->last = connection;
    }
    return NULL;
}

/* A free slot, or that of the connection that was silent longest. */
static struct connection *free_connection(struct reception *reception)
{
    struct connection *oldest = &reception->connections[0];
    for (uint32_t i = 0; i < CONNECTIONS_MAX; i++) {
        struct connection *connection = &reception->connections[i];
        if (!connection->is_used)
            return connection;
        if (connection->heard_ns < oldest->heard_ns)
            oldest = connection;
    }
    return oldest;
}

/* Ties the connection of the message being handled to the entry, and ends earlier connections of that entry. */
static struct connection *tie_connection(struct reception *reception, struct connection *connection,
                                         struct ledger_entry *entry)
{
    for (uint32_t i = 0; i < CONNECTIONS_MAX; i++)
        if (reception->connections[i].is_used && reception->connections[i].entry == entry)
            reception->connections[i].is_used = false;
    if (!connection)
        connection = free_connection(reception);
    const unsigned char *id = reception->sender->id;
    size_t size = reception->sender->id_size;
    assert(size <= ROUTING_ID_MAX);
    *connection = (struct connection){.hash = fnv1a(id, size),
                                      .id_size = (uint32_t)size,
                                      .is_used = true,
                                      .entry = entry,
                                      .epoch = entry->epoch,
                                      .heard_ns = reception->now_ns};
    memcpy(connection->id, id, size);
    return reception->last = connection;
}

/* ---- answers ---- */

static uint32_t place_of(const struct reception *reception, const struct ledger_entry *entry)
{
    return (uint32_t)(entry - monitor_ledger(reception->monitor)->entries);
}

static bool send_to(struct reception *reception, const unsigned char *id, size_t id_size,
                    const struct daemon_frame *frame)
{
    unsigned char bytes[FRAME_ENCODED_MAX];
    size_t size = daemon_frame_encode(frame, bytes, sizeof bytes);
    assert(size > 0);
    return reception->calls.send(reception->calls.context, id, id_size, bytes, size);
}

static uint64_t credit_seq(const struct reception *reception, const struct ledger_entry *entry)
{
    return entry->next_seq - 1 + reception->config.credit_candidates;
}

static void send_welcome(struct reception *reception, struct connection *connection)
{
    const struct ledger_entry *entry = connection->entry;
    struct daemon_frame frame = {.kind = DAEMON_WELCOME};
    frame.as.welcome = (struct welcome){entry->next_seq, credit_seq(reception, entry), reception->config.max_batch};
    if (send_to(reception, connection->id, connection->id_size, &frame))
        connection->granted_seq = frame.as.welcome.credit_seq;
}

static struct progress durable_of(const struct reception *reception, const struct ledger_entry *entry)
{
    return progress_durable(&reception->progress, entry, place_of(reception, entry));
}

static void send_ack(struct reception *reception, struct connection *connection)
{
    const struct progress counted = progress_counted(connection->entry),
                          durable = durable_of(reception, connection->entry);
    struct daemon_frame frame = {.kind = DAEMON_ACK};
    frame.as.ack = (struct ack){.epoch = connection->entry->epoch,
                                .durable_seq = durable.seq,
                                .credit_seq = credit_seq(reception, connection->entry),
                                .durable_run = durable.run,
                                .durable_burst = durable.burst,
                                .counted_seq = counted.seq,
                                .counted_run = counted.run,
                                .counted_burst = counted.burst};
    connection->is_ack_due = false;
    if (!send_to(reception, connection->id, connection->id_size, &frame))
        return;
    connection->granted_seq = frame.as.ack.credit_seq;
    connection->acked = durable;
}

/* Whether more is durable than the connection was told. */
static bool has_news(const struct reception *reception, const struct connection *connection)
{
    const struct progress durable = durable_of(reception, connection->entry);
    return durable.seq != connection->acked.seq || durable.run != connection->acked.run ||
           durable.burst != connection->acked.burst;
}

static void send_acks(struct reception *reception)
{
    if (!reception->is_any_ack_due)
        return;
    reception->is_any_ack_due = false;
    for (uint32_t i = 0; i < CONNECTIONS_MAX; i++)
        if (reception->connections[i].is_used && reception->connections[i].is_ack_due)
            send_ack(reception, &reception->connections[i]);
}

void reception_acknowledge(struct reception *reception)
{
    if (!reception->has_checkpoints) {
        progress_take(&reception->progress, monitor_ledger(reception->monitor));
        progress_settle(&reception->progress);
    }
    send_acks(reception);
}

/* ---- checkpoints ---- */

void reception_expect_checkpoints(struct reception *reception)
{
    reception->has_checkpoints = true;
}

void reception_checkpoint_taken(struct reception *reception)
{
    progress_take(&reception->progress, monitor_ledger(reception->monitor));
}

void reception_checkpoint_durable(struct reception *reception)
{
    progress_settle(&reception->progress);
    for (uint32_t i = 0; i < CONNECTIONS_MAX; i++) {
        struct connection *connection = &reception->connections[i];
        if (!connection->is_used || !has_news(reception, connection))
            continue;
        connection->is_ack_due = reception->is_any_ack_due = true;
    }
    send_acks(reception);
}

/* ---- refusals ---- */

/* Whether a source needs to hear of this refusal now. It goes back on each gap and each busy, so these are told once.
 */
static bool is_news(struct reception *reception, struct connection *connection, enum refusal refusal)
{
    if (refusal != REFUSAL_GAP && refusal != REFUSAL_BUSY)
        return true;
    uint64_t seq = connection->entry->next_seq;
    if (connection->told == refusal && connection->told_seq == seq &&
        reception->now_ns - connection->told_ns < REPEAT_NS)
        return false;
    connection->told = refusal;
    connection->told_seq = seq;
    connection->told_ns = reception->now_ns;
    return true;
}

static bool is_stranger_news(struct reception *reception)
{
    uint32_t hash = fnv1a(reception->sender->id, reception->sender->id_size);
    int64_t *told_ns = &reception->stranger_told_ns[hash & (STRANGERS - 1)];
    if (reception->now_ns - *told_ns < REPEAT_NS)
        return false;
    *told_ns = reception->now_ns;
    return true;
}

/* connection: NULL for a stranger. */
static void refuse(struct reception *reception, struct connection *connection, enum refusal refusal)
{
    const char *name = refusal_name(refusal);
    struct daemon_frame frame = {.kind = DAEMON_REJECT};
    frame.as.reject = (struct reject){.reason = refusal, .text = {name, (uint32_t)strlen(name)}};
    reception->counters.refused[refusal]++;
    if (connection) {
        frame.as.reject.epoch = connection->entry->epoch;
        frame.as.reject.expected_seq = connection->entry->next_seq;
    }
    if (!(connection ? is_news(reception, connection, refusal) : is_stranger_news(reception)))
        return;
    reception->counters.resends_asked += refusal == REFUSAL_GAP;
    send_to(reception, reception->sender->id, reception->sender->id_size, &frame);
}

/* ---- frames ---- */

/* Whether a frame lies behind the begin of a burst that found no place. Taken before it, a Lost or a mark would pass it
 * over: the source concludes from what is counted that everything before is. */
static bool is_early(const struct connection *connection, const struct frame *frame)
{
    if (connection->waiting.run == 0 || frame->kind == FRAME_HEARTBEAT)
        return false;
    const struct mark *mark = &frame->as.burst_begin.mark;
    return frame->kind != FRAME_BURST_BEGIN ||
           burst_compare((struct burst_key){mark->run, mark->burst}, connection->waiting) > 0;
}

/* Whether the sender may say what it says, with the connection that it has. */
static enum refusal admit(const struct reception *reception, const struct connection *connection)
{
    const struct frame *frame = &reception->frame;
    const struct sender *sender = reception->sender;
    struct speaker speaker = frame_speaker(frame);
    if (!sender->is_front_end)
        return REFUSAL_NOT_WELCOME;
    /* Not only of a Hello: another peer may take over the routing id of one that left. */
    if (sender->source != 0 && frame->kind != FRAME_HEARTBEAT && sender->source != speaker.source)
        return REFUSAL_NOT_WELCOME;
    if (frame->kind == FRAME_HELLO)
        return REFUSAL_NONE;
    if (!connection)
        return REFUSAL_NOT_WELCOME;
    if (frame->kind != FRAME_HEARTBEAT &&
        (speaker.source != connection->entry->source || speaker.epoch != connection->entry->epoch))
        return REFUSAL_NOT_WELCOME;
    if (frame->kind == FRAME_BATCH && frame->as.batch.columns.count > reception->config.max_batch)
        return REFUSAL_TOO_LONG;
    if (frame->kind == FRAME_BATCH &&
        frame->as.batch.first_seq + frame->as.batch.columns.count - 1 > connection->granted_seq)
        return REFUSAL_BAD_SEQ;
    if (frame->kind == FRAME_LOST && frame->as.lost.last >= SEQ_LIMIT)
        return REFUSAL_BAD_SEQ;
    return is_early(connection, frame) ? REFUSAL_BUSY : REFUSAL_NONE;
}

/* What became of the begin of a burst. */
static void note_burst(struct connection *connection, const struct mark *mark, enum refusal refusal)
{
    struct burst_key key = {mark->run, mark->burst};
    if (refusal == REFUSAL_BUSY)
        connection->waiting = key;
    else if (refusal == REFUSAL_NONE && burst_compare(key, connection->waiting) >= 0)
        connection->waiting = (struct burst_key){0, 0};
}

static void welcome(struct reception *reception, struct connection *connection)
{
    send_welcome(reception, tie_connection(reception, connection, reception->applied.entry));
    if (reception->calls.welcomed)
        reception->calls.welcomed(reception->calls.context, reception->applied.entry);
}

/* After a frame was applied. */
static void answer(struct reception *reception, struct connection *connection)
{
    if (reception->frame.kind == FRAME_HELLO) {
        welcome(reception, connection);
        return;
    }
    if (reception->frame.kind == FRAME_RUN_BEGIN && !reception->applied.is_duplicate && reception->calls.run_begun)
        reception->calls.run_begun(reception->calls.context, reception->applied.entry);
    if (reception->frame.kind == FRAME_BURST_BEGIN)
        connection->burst_t_ns = reception->frame.as.burst_begin.mark.t_ns;
    connection->is_ack_due = reception->is_any_ack_due = true;
    if (reception->applied.is_duplicate)
        reception->counters.duplicates++;
    else
        connection->told = REFUSAL_NONE;
    if (reception->applied.count == 0)
        return;
    reception->counters.candidates += reception->applied.count;
    reception->counters.credit_exhausted +=
        connection->entry->next_seq - 1 + reception->applied.count > connection->granted_seq;
    reception->calls.counted(reception->calls.context, &reception->applied, connection->burst_t_ns);
}

/* The frame that was received, with its connection. */
static void handle_frame(struct reception *reception, const unsigned char *bytes, size_t size)
{
    struct connection *connection = find_connection(reception);
    if (connection) {
        connection->heard_ns = reception->now_ns;
        monitor_hear(reception->monitor, connection->entry->source, connection->entry->epoch, reception->now_ns);
    }
    enum refusal refusal = frame_decode(bytes, size, &reception->frame);
    if (refusal == REFUSAL_NONE)
        refusal = admit(reception, connection);
    if (refusal == REFUSAL_NONE) {
        refusal = monitor_apply(reception->monitor, &reception->frame, reception->now_ns, &reception->applied);
        if (reception->frame.kind == FRAME_BURST_BEGIN)
            note_burst(connection, &reception->frame.as.burst_begin.mark, refusal);
    }
    if (refusal == REFUSAL_NONE)
        answer(reception, connection);
    else
        refuse(reception, connection, refusal);
}

static void begin_message(struct reception *reception, const struct sender *sender, int64_t now_ns)
{
    assert(sender->id_size >= 1 && sender->id_size <= ROUTING_ID_MAX);
    reception->sender = sender;
    reception->now_ns = now_ns;
    reception->counters.frames++;
}

bool reception_receive(struct reception *reception, const struct sender *sender, const unsigned char *bytes,
                       size_t size, int64_t now_ns)
{
    begin_message(reception, sender, now_ns);
    reception->counters.bytes += size;
    handle_frame(reception, bytes, size);
    return find_connection(reception) != NULL;
}

void reception_refuse(struct reception *reception, const struct sender *sender, int64_t now_ns)
{
    begin_message(reception, sender, now_ns);
    refuse(reception, find_connection(reception), REFUSAL_BAD_FRAME);
}

/* ---- life ---- */

struct reception *reception_create(const struct reception_config *config, struct monitor *monitor,
                                   const struct reception_calls *calls)
{
    struct reception *reception = calloc(1, sizeof *reception);
    if (!reception)
        return NULL;
    reception->config = *config;
    reception->calls = *calls;
    reception->monitor = monitor;
    progress_take(&reception->progress, monitor_ledger(monitor));
    progress_settle(&reception->progress);
    for (uint32_t i = 0; i < STRANGERS; i++)
        reception->stranger_told_ns[i] = -REPEAT_NS;
    return reception;
}

void reception_destroy(struct reception *reception)
{
    free(reception);
}

/* ---- what others may see ---- */

const struct reception_counters *reception_counters(const struct reception *reception)
{
    return &reception->counters;
}

static bool is_connected(const struct reception *reception, const struct ledger_entry *entry, int64_t now_ns)
{
    if (entry->is_tapped)
        return now_ns - entry->heard_ns < CONNECTED_NS;
    for (uint32_t i = 0; i < CONNECTIONS_MAX; i++) {
        const struct connection *connection = &reception->connections[i];
        if (connection->is_used && connection->entry == entry)
            return now_ns - connection->heard_ns < CONNECTED_NS;
    }
    return false;
}

static uint32_t retired_epochs(const struct ledger *ledger)
{
    return ledger->retired_count < UINT32_MAX ? (uint32_t)ledger->retired_count : UINT32_MAX;
}

uint32_t reception_sources(const struct reception *reception, struct source_report *reports, uint32_t capacity,
                           int64_t now_ns)
{
    const struct ledger *ledger = monitor_ledger(reception->monitor);
    uint32_t count = ledger->count < capacity ? ledger->count : capacity;
    for (uint32_t i = 0; i < count; i++) {
        const struct ledger_entry *entry = &ledger->entries[i];
        reports[i] =
            (struct source_report){entry, durable_of(reception, entry).seq, is_connected(reception, entry, now_ns), 0};
    }
    if (ledger->retired_count > 0 && count < capacity)
        reports[count++] =
            (struct source_report){&ledger->retired, ledger->retired.next_seq - 1, false, retired_epochs(ledger)};
    return count;
}
