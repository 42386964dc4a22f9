/* SPDX-License-Identifier: MIT */
/*
 * session - see the header. What is kept is io/retention, what a test does to the wire is io/wire_faults; here is the
 * conversation.
 *
 *   connected --Hello--> waiting --Welcome--> talking --(refused as a stranger, no answer for 2 s)--> connected
 *
 * Every Hello goes out on a fresh connection: the daemon then forgets the one before, so its Welcome tells exactly what
 * was counted of all that was sent. That matters for a Lost: batches that are on their way when the ring lets them go
 * may or may not be counted. A Lost therefore waits until what was sent on this connection is counted, or until a fresh
 * connection has told.
 *
 * What is counted but not durable may be forgotten by a daemon that starts anew. So everything, also what was announced
 * as lost, counts from what the last Welcome said; see io/retention and io/losses.
 */
#include "io/session.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "io/clock.h"
#include "io/losses.h"
#include "io/retention.h"

#define RING_BYTES_DEFAULT (64u * 1024u * 1024u)
#define ANSWER_NS (2000 * NS_PER_MS)      /* nobody answers: connect anew */
#define HELLO_AGAIN_NS (1000 * NS_PER_MS) /* after a refused Hello, whatever for */
#define STRANGER_NS (200 * NS_PER_MS)     /* between Hellos when the daemon forgot us, or another has our name */
#define HEARTBEAT_NS (500 * NS_PER_MS)    /* when there is nothing else to say */
#define BUSY_NS (20 * NS_PER_MS)
#define REWIND_AGAIN_NS (20 * NS_PER_MS)   /* the same gap within this time is the same gap */
#define PROGRESS_NS (200 * NS_PER_MS)      /* nothing is counted: send again; doubled each time ... */
#define PROGRESS_MAX_NS (1600 * NS_PER_MS) /* ... up to this */
#define STEP_FRAMES 64                     /* that are sent before answers are looked for */
#define REFUSALS_MAX 3
#define NAME_SIZE 64u

enum state {
    STATE_CONNECTED, /* Hello is to be sent */
    STATE_WAITING,   /* for Welcome */
    STATE_TALKING,
    STATE_RETIRED /* this epoch is over: nothing is said any more */
};

struct session {
    struct session_calls calls;
    char name[NAME_SIZE];
    uint32_t source;
    uint64_t epoch;
    enum state state;
    struct retention retention;
    uint32_t max_batch;
    uint64_t credit_seq;
    int64_t hello_ns;     /* the last one */
    int64_t hello_due_ns; /* not before */
    int64_t asked_ns;    /* when something was sent first after the last answer, or was not taken; 0: it was answered */
    int64_t said_ns;     /* when something was sent last */
    int64_t progress_ns; /* when something was counted last, or sent again */
    int64_t patience_ns; /* send again when nothing is counted for so long */
    int64_t paused_ns;   /* busy: send nothing before */
    int64_t rewound_ns;  /* the last gap */
    uint64_t rewound_seq;
    uint64_t refused_seq;    /* where something was refused last ... */
    uint32_t refused_count;  /* ... and how often */
    bool is_blocked;         /* the connection took no more */
    uint64_t connection_seq; /* highest seq sent on this connection */
    uint64_t highest_seq;    /* ... ever: a batch above it is sent for the first time */
    struct losses losses;
    struct wire_faults faults;
    bool has_faults;
    uint32_t held_size; /* a batch that a fault holds back; 0: none */
    unsigned char held[FRAME_BYTES_MAX];
    unsigned char damaged[FRAME_BYTES_MAX], slice[FRAME_BYTES_MAX];
    struct session_counters counters;
};

/* ---- the connection ---- */

/* Forgets the connection before. */
static void begin_connection(struct session *session)
{
    session->state = STATE_CONNECTED;
    session->is_blocked = false;
    session->counters.is_welcome = false;
    session->counters.connections++;
    session->asked_ns = session->paused_ns = 0;
    session->connection_seq = 0;
    session->held_size = 0;
}

/* A fresh connection; Hello not before `due_ns`. */
static void reconnect(struct session *session, int64_t due_ns)
{
    session->calls.reconnect(session->calls.context);
    session->hello_due_ns = due_ns;
    begin_connection(session);
}

/* Sends bytes now; false when the socket takes no more. */
static bool say(struct session *session, const unsigned char *bytes, uint32_t size, int64_t now_ns)
{
    session->is_blocked = !session->calls.send(session->calls.context, bytes, size);
    if (session->asked_ns == 0 && (!session->is_blocked || session->state == STATE_TALKING))
        session->asked_ns = now_ns; /* a connection that takes no more may be as dead as one that brings no answer */
    if (session->is_blocked)
        return false;
    session->said_ns = now_ns;
    return true;
}

static bool say_frame(struct session *session, const struct frame *frame, int64_t now_ns)
{
    unsigned char bytes[FRAME_ENCODED_MAX];
    size_t size = frame_encode(frame, bytes, sizeof bytes);
    assert(size > 0);
    return say(session, bytes, (uint32_t)size, now_ns);
}

static bool say_hello(struct session *session, int64_t now_ns)
{
    const struct retention *retention = &session->retention;
    struct frame frame = {.kind = FRAME_HELLO};
    frame.as.hello = (struct hello){.schema = WIRE_SCHEMA,
                                    .source = session->source,
                                    .epoch = session->epoch,
                                    .next_seq = retention->next_seq,
                                    .oldest_seq = retention_oldest_seq(retention),
                                    .name = {session->name, (uint32_t)strlen(session->name)}};
    if (frame.as.hello.oldest_seq == 0 || !say_frame(session, &frame, now_ns))
        return false;
    session->state = STATE_WAITING;
    session->hello_ns = now_ns;
    return true;
}

static void say_heartbeat(struct session *session, int64_t now_ns)
{
    const struct frame frame = {.kind = FRAME_HEARTBEAT};
    say_frame(session, &frame, now_ns);
}

/* ---- answers ---- */

static void note_progress(struct session *session, int64_t now_ns)
{
    session->progress_ns = now_ns;
    session->patience_ns = PROGRESS_NS;
}

static void rewind_to(struct session *session, uint64_t expected_seq, int64_t now_ns)
{
    retention_rewind(&session->retention, expected_seq);
    session->rewound_seq = expected_seq;
    session->rewound_ns = session->progress_ns = now_ns;
}

static void on_welcome(struct session *session, const struct welcome *welcome, int64_t now_ns)
{
    if (session->state != STATE_WAITING || welcome->resume_seq == 0)
        return;
    session->state = STATE_TALKING;
    session->counters.is_welcome = true;
    session->credit_seq = welcome->credit_seq;
    session->max_batch = welcome->max_batch < BATCH_CANDIDATES_MAX ? welcome->max_batch : BATCH_CANDIDATES_MAX;
    retention_resume(&session->retention, welcome->resume_seq);
    losses_take_back(&session->losses, welcome->resume_seq);
    note_progress(session, now_ns);
    if (!retention_is_empty(&session->retention))
        say_heartbeat(session, now_ns); /* answered by what is durable */
}

static void on_ack(struct session *session, const struct ack *ack, int64_t now_ns)
{
    if (session->state != STATE_TALKING || ack->epoch != session->epoch)
        return;
    if (ack->credit_seq > session->credit_seq)
        session->credit_seq = ack->credit_seq;
    /* What is durable is counted; who does not tell these apart tells only the former. */
    bool is_news = retention_count(&session->retention, ack->durable_seq, ack->durable_run, ack->durable_burst);
    is_news |= retention_count(&session->retention, ack->counted_seq, ack->counted_run, ack->counted_burst);
    if (is_news)
        note_progress(session, now_ns);
    retention_release(&session->retention, ack->durable_seq, ack->durable_run, ack->durable_burst);
}

/* A frame was refused for its contents while the daemon waited for expected_seq: it need not be the one at
 * expected_seq. The first time, all is sent again. The second time, on a fresh connection, nothing beyond expected_seq
 * is sent, so that a third refusal is certainly meant for what is there. */
static void on_refused(struct session *session, const struct reject *reject, int64_t now_ns)
{
    if (session->refused_seq != reject->expected_seq)
        session->refused_count = 0;
    session->refused_seq = reject->expected_seq;
    session->refused_count++;
    if (session->refused_count == REFUSALS_MAX - 1) {
        reconnect(session, now_ns);
        return;
    }
    if (session->refused_count >= REFUSALS_MAX)
        retention_give_up(&session->retention, reject->expected_seq, reject->reason);
    rewind_to(session, reject->expected_seq, now_ns);
}

static void on_gap(struct session *session, const struct reject *reject, int64_t now_ns)
{
    bool is_known = reject->expected_seq == session->rewound_seq && now_ns - session->rewound_ns < REWIND_AGAIN_NS;
    if (!is_known)
        rewind_to(session, reject->expected_seq, now_ns);
}

/* Candidates that the session knows and the daemon did not count, as far as it told. */
static void drop_everything(struct session *session)
{
    losses_add(&session->losses, session->retention.counted_seq + 1, session->retention.next_seq - 1, LOSS_REFUSED);
    retention_clear(&session->retention);
}

static void on_reject(struct session *session, const struct reject *reject, int64_t now_ns)
{
    if (session->state == STATE_RETIRED || (reject->epoch != session->epoch && reject->epoch != 0) ||
        (uint32_t)reject->reason >= REFUSAL_COUNT)
        return;
    session->counters.refused[reject->reason]++;
    if (reject->reason == REFUSAL_RETIRED) {
        session->state = STATE_RETIRED;
        session->counters.is_retired = true;
        drop_everything(session);
        return;
    }
    if (session->state != STATE_TALKING || reject->reason == REFUSAL_NOT_WELCOME) {
        reconnect(session, session->hello_ns + (session->state == STATE_TALKING ? STRANGER_NS : HELLO_AGAIN_NS));
        return;
    }
    if (reject->expected_seq <= session->retention.counted_seq)
        return; /* an old one: the daemon is further by now */
    if (retention_count(&session->retention, reject->expected_seq - 1, 0, 0))
        note_progress(session, now_ns);
    if (reject->reason == REFUSAL_GAP) {
        on_gap(session, reject, now_ns);
    } else if (reject->reason == REFUSAL_BUSY) {
        session->paused_ns = now_ns + BUSY_NS;
        rewind_to(session, reject->expected_seq, now_ns);
    } else {
        on_refused(session, reject, now_ns);
    }
}

static void refresh_counters(struct session *session)
{
    memcpy(session->counters.lost, session->losses.total, sizeof session->counters.lost);
    session->counters.acked_seq = session->retention.acked_seq;
    session->counters.counted_seq = session->retention.counted_seq;
    session->counters.acked_frames_left = retention_frames(&session->retention);
    session->counters.counted_frames_left = retention_uncounted(&session->retention);
    session->counters.dropped_marks = session->retention.dropped_marks;
}

void session_disconnected(struct session *session, int64_t now_ns)
{
    if (session->state != STATE_RETIRED)
        reconnect(session, now_ns);
}

void session_receive(struct session *session, const unsigned char *bytes, uint32_t size, int64_t now_ns)
{
    struct daemon_frame frame;
    session->asked_ns = 0;
    if (!daemon_frame_decode(bytes, size, &frame))
        return;
    switch (frame.kind) {
    case DAEMON_WELCOME:
        on_welcome(session, &frame.as.welcome, now_ns);
        break;
    case DAEMON_ACK:
        on_ack(session, &frame.as.ack, now_ns);
        break;
    case DAEMON_REJECT:
        on_reject(session, &frame.as.reject, now_ns);
        break;
    }
    refresh_counters(session);
}

/* ---- sending what is kept ---- */

/* Sends a batch for the first time over the wire of a test. */
static bool say_with_fault(struct session *session, const struct retained *item, int64_t now_ns)
{
    enum wire_fault fault = wire_faults_draw(&session->faults);
    bool is_said = true;
    if (fault == FAULT_REORDER && session->held_size > 0)
        fault = FAULT_NONE; /* one at a time */
    switch (fault) {
    case FAULT_DROP:
        break;
    case FAULT_DUPLICATE:
        is_said = say(session, item->bytes, item->size, now_ns) && say(session, item->bytes, item->size, now_ns);
        break;
    case FAULT_REORDER:
        memcpy(session->held, item->bytes, item->size);
        session->held_size = item->size;
        break;
    case FAULT_CORRUPT:
        wire_faults_corrupt(&session->faults, item->bytes, item->size, session->damaged);
        is_said = say(session, session->damaged, item->size, now_ns);
        break;
    case FAULT_NONE:
        is_said = say(session, item->bytes, item->size, now_ns);
        break;
    }
    if (is_said && fault != FAULT_NONE)
        session->counters.injected[fault]++;
    return is_said;
}

/* A batch that was held back goes out behind another frame. */
static void say_held(struct session *session, int64_t now_ns)
{
    if (session->held_size > 0 && say(session, session->held, session->held_size, now_ns))
        session->held_size = 0;
}

/* A batch that is longer than the daemon takes goes in pieces, without what is counted. */
static bool say_slices(struct session *session, const struct retained *item, int64_t now_ns)
{
    struct frame frame;
    enum refusal refusal = frame_decode(item->bytes, item->size, &frame);
    uint64_t counted_seq = session->retention.counted_seq;
    uint32_t begin = counted_seq >= item->first ? (uint32_t)(counted_seq + 1 - item->first) : 0;
    if (refusal != REFUSAL_NONE || session->max_batch == 0)
        return say(session, item->bytes, item->size, now_ns); /* the daemon is to say what is wrong with it */
    while (begin < frame.as.batch.columns.count) {
        uint32_t left = frame.as.batch.columns.count - begin;
        uint32_t count = left < session->max_batch ? left : session->max_batch;
        struct frame slice = frame;
        batch_cut(&slice.as.batch, begin, count);
        size_t size = frame_encode(&slice, session->slice, sizeof session->slice);
        assert(size > 0); /* it is shorter than the whole */
        if (!say(session, session->slice, (uint32_t)size, now_ns))
            return false;
        begin += count;
    }
    return true;
}

static bool say_item(struct session *session, const struct retained *item, int64_t now_ns)
{
    bool is_first = item->kind == FRAME_BATCH && item->last > session->highest_seq;
    if (item->kind == FRAME_BATCH && item->last - item->first >= session->max_batch) {
        session->connection_seq = item->last; /* also when only some of them can be sent now */
        return say_slices(session, item, now_ns);
    }
    if (!is_first || !session->has_faults)
        return say(session, item->bytes, item->size, now_ns);
    bool had_held = session->held_size > 0;
    if (!say_with_fault(session, item, now_ns))
        return false;
    if (had_held)
        say_held(session, now_ns);
    return true;
}

/* Whether the item may go out now. */
static bool may_say(const struct session *session, const struct retained *item)
{
    bool is_suspicious =
        session->refused_count >= REFUSALS_MAX - 1 && session->retention.counted_seq < session->refused_seq;
    if (is_suspicious && item->first > session->refused_seq)
        return false;
    if (item->kind == FRAME_BATCH)
        return item->last <= session->credit_seq;
    if (item->kind != FRAME_LOST || item->place == PLACE_PROLOGUE || item->cause == LOSS_REFUSED)
        return true; /* the daemon itself told that it did not count it */
    bool is_on_its_way =
        session->connection_seq >= item->first && session->retention.counted_seq < session->connection_seq;
    return !is_on_its_way;
}

static bool is_lost_waiting(struct session *session)
{
    struct retained item;
    return retention_peek(&session->retention, &item) && item.kind == FRAME_LOST && !may_say(session, &item);
}

/* Whether the daemon should have counted something. */
static bool is_awaiting(struct session *session)
{
    return retention_awaits_answer(&session->retention) || is_lost_waiting(session);
}

/* What was counted is not lost. */
static void count_lost(struct session *session, const struct retained *item)
{
    uint64_t counted_seq = session->retention.counted_seq;
    losses_add(&session->losses, item->first > counted_seq ? item->first : counted_seq + 1, item->last, item->cause);
}

static void count_said(struct session *session, const struct retained *item)
{
    session->counters.sent_frames++;
    if (item->kind == FRAME_LOST)
        count_lost(session, item);
    if (item->kind != FRAME_BATCH)
        return;
    if (item->last <= session->highest_seq)
        session->counters.resent_frames++;
    else
        session->highest_seq = item->last;
    if (item->last > session->connection_seq)
        session->connection_seq = item->last;
}

/* Sends what may be sent, up to a limit; returns how many frames. */
static uint32_t talk(struct session *session, int64_t now_ns)
{
    struct retained item;
    uint32_t said = 0;
    if (now_ns < session->paused_ns)
        return 0;
    if (!is_awaiting(session))
        note_progress(session, now_ns); /* nothing to be impatient about yet */
    while (said < STEP_FRAMES && retention_peek(&session->retention, &item) && may_say(session, &item) &&
           say_item(session, &item, now_ns)) {
        count_said(session, &item);
        retention_advance(&session->retention, &item);
        said++;
    }
    if (said == 0)
        say_held(session, now_ns);
    return said;
}

/* ---- time ---- */

/* Nothing was counted for too long. */
static void grow_impatient(struct session *session, int64_t now_ns)
{
    if (is_lost_waiting(session)) {
        reconnect(session, now_ns);
        return;
    }
    rewind_to(session, session->retention.counted_seq + 1, now_ns);
    if (session->patience_ns < PROGRESS_MAX_NS)
        session->patience_ns *= 2;
}

static void keep_time(struct session *session, int64_t now_ns)
{
    if (session->state == STATE_RETIRED)
        return;
    if (session->asked_ns != 0 && now_ns - session->asked_ns >= ANSWER_NS) {
        reconnect(session, now_ns);
        return;
    }
    if (session->state == STATE_CONNECTED && now_ns >= session->hello_due_ns)
        say_hello(session, now_ns);
    if (session->state != STATE_TALKING)
        return;
    int64_t waited_ns = now_ns - session->progress_ns;
    bool is_due = is_awaiting(session);
    if (is_due && waited_ns >= session->patience_ns)
        grow_impatient(session, now_ns);
    else if (now_ns - session->said_ns >= (is_due ? session->patience_ns / 2 : HEARTBEAT_NS))
        say_heartbeat(session, now_ns);
}

bool session_step(struct session *session, int64_t now_ns)
{
    session->is_blocked = false;
    keep_time(session, now_ns);
    bool is_any = session->state == STATE_TALKING && talk(session, now_ns) > 0;
    refresh_counters(session);
    return is_any;
}

/* When keep_time has something to do while the session talks. */
static int64_t talking_due_ns(struct session *session)
{
    struct retained item;
    int64_t due_ns = session->said_ns + HEARTBEAT_NS;
    if (is_awaiting(session)) {
        int64_t answer_ns = session->progress_ns + session->patience_ns;
        due_ns = session->said_ns + session->patience_ns / 2;
        due_ns = answer_ns < due_ns ? answer_ns : due_ns;
    }
    bool is_sendable = retention_peek(&session->retention, &item) && may_say(session, &item);
    return is_sendable && !session->is_blocked && session->paused_ns < due_ns ? session->paused_ns : due_ns;
}

int64_t session_wait_ns(struct session *session, int64_t now_ns)
{
    int64_t due_ns = now_ns + ANSWER_NS;
    if (session->state == STATE_CONNECTED && !session->is_blocked)
        due_ns = session->hello_due_ns;
    if (session->state == STATE_TALKING)
        due_ns = talking_due_ns(session);
    if (session->state != STATE_RETIRED && session->asked_ns != 0 && session->asked_ns + ANSWER_NS < due_ns)
        due_ns = session->asked_ns + ANSWER_NS;
    return due_ns > now_ns ? due_ns - now_ns : 0;
}

bool session_is_blocked(const struct session *session)
{
    return session->is_blocked;
}

/* ---- life ---- */

static void set_faults(struct session *session, const struct link_faults *faults)
{
    const double probability[FAULT_COUNT] = {faults->drop, faults->duplicate, faults->reorder, faults->corrupt};
    wire_faults_init(&session->faults, probability, faults->seed);
    for (int fault = 0; fault < FAULT_COUNT; fault++)
        session->has_faults |= probability[fault] > 0;
}

struct session *session_create(const struct session_config *config, const struct session_calls *calls)
{
    struct session *session = calloc(1, sizeof *session);
    if (!session)
        return NULL;
    assert(config->epoch != 0);
    session->calls = *calls;
    session->source = config->source;
    session->epoch = config->epoch;
    session->max_batch = BATCH_CANDIDATES_MAX;
    session->patience_ns = PROGRESS_NS;
    strncpy(session->name, config->name ? config->name : "", sizeof session->name - 1);
    set_faults(session, &config->faults);
    begin_connection(session);
    uint32_t ring_bytes = config->ring_bytes ? config->ring_bytes : RING_BYTES_DEFAULT;
    if (retention_init(&session->retention, session->source, session->epoch, ring_bytes))
        return session;
    free(session);
    return NULL;
}

void session_destroy(struct session *session)
{
    if (!session)
        return;
    retention_fini(&session->retention);
    free(session);
}

/* ---- what the caller hands over and may know ---- */

bool session_push(struct session *session, uint64_t first_seq, uint32_t count, const unsigned char *bytes,
                  uint32_t size)
{
    bool is_kept = size <= FRAME_BYTES_MAX && retention_push(&session->retention, first_seq, count, bytes, size);
    if (session->state == STATE_RETIRED)
        drop_everything(session);
    refresh_counters(session);
    return is_kept;
}

bool session_has_room(const struct session *session, uint32_t size)
{
    return retention_has_room(&session->retention, size);
}

bool session_is_idle(const struct session *session)
{
    return retention_is_empty(&session->retention);
}

uint32_t session_max_batch(const struct session *session)
{
    return session->max_batch;
}

const struct session_counters *session_counters(const struct session *session)
{
    return &session->counters;
}
