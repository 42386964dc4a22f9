/* SPDX-License-Identifier: MIT */
/*
 * fuzz_session - the front-end's side of the link, told anything by its daemon: it never ends, never sends what is not
 * a canonical frame of its own source, and never sends more than it was allowed to.
 *
 * The input is a list of steps: a byte that says what, and for a message its length and its bytes. Well-formed answers
 * with small numbers have steps of their own, so that a conversation comes about.
 */
#include "fuzz.h"
#include "io/session.h"
#include "wire/frame_codec.h"

enum step {
    STEP_MESSAGE,
    STEP_WELCOME,
    STEP_ACK,
    STEP_REJECT,
    STEP_BATCH,
    STEP_MARK,
    STEP_SHORT,
    STEP_LONG,
    STEP_COUNT
};

#define SOURCE 3u
#define EPOCH UINT64_C(7)
#define STEPS_MAX 128

struct peer {
    struct session *session;
    uint64_t next_seq; /* of the next candidate that is pushed */
    uint32_t run, burst;
    bool is_refusing; /* sends are refused, as when the queue is full */
    int64_t now_ns;
    unsigned char bytes[FRAME_BYTES_MAX];
};

static bool on_send(void *context, const unsigned char *bytes, uint32_t size)
{
    struct peer *peer = context;
    struct frame frame;
    enum refusal refusal = frame_decode(bytes, size, &frame);
    assert(refusal == REFUSAL_NONE);
    struct speaker speaker = frame_speaker(&frame);
    assert(frame.kind == FRAME_HEARTBEAT || (speaker.source == SOURCE && speaker.epoch == EPOCH));
    if (frame.kind == FRAME_BATCH)
        assert(frame.as.batch.first_seq + frame.as.batch.columns.count <= peer->next_seq);
    if (frame.kind == FRAME_LOST)
        assert(frame.as.lost.last < peer->next_seq);
    return !peer->is_refusing;
}

static void on_reconnect(void *context)
{
    (void)context;
}

static void push(struct peer *peer, const struct frame *frame, uint64_t seq, uint32_t count)
{
    size_t size = frame_encode(frame, peer->bytes, sizeof peer->bytes);
    assert(size > 0);
    if (session_push(peer->session, seq, count, peer->bytes, (uint32_t)size))
        peer->next_seq += count;
}

static void push_batch(struct peer *peer, uint8_t count)
{
    static const unsigned char column[4 * 256];
    struct frame frame = {.kind = FRAME_BATCH};
    struct batch *batch = &frame.as.batch;
    *batch = (struct batch){.schema = 1, .source = SOURCE, .epoch = EPOCH, .first_seq = peer->next_seq};
    batch->run = peer->run;
    batch->burst = peer->burst;
    batch->columns.count = count + 1u;
    for (int i = 0; i < CANDIDATE_COLUMN_COUNT; i++)
        batch->columns.column[i] = column;
    push(peer, &frame, peer->next_seq, batch->columns.count);
}

/* Run and burst begin and end in turn. */
static void push_mark(struct peer *peer, uint8_t what)
{
    struct mark mark = {SOURCE, EPOCH, peer->run, 0, peer->next_seq, 1000000000};
    struct frame frame = {.kind = FRAME_RUN_END, .as.run_end = mark};
    if (what % 4 == 0) {
        mark.run = ++peer->run;
        peer->burst = 0;
        frame = (struct frame){.kind = FRAME_RUN_BEGIN, .as.run_begin = {.mark = mark, .origin = ORIGIN_SIMULATION}};
    } else if (what % 4 == 1) {
        mark.burst = ++peer->burst;
        frame = (struct frame){.kind = FRAME_BURST_BEGIN, .as.burst_begin = {mark, 1}};
    } else if (what % 4 == 2) {
        mark.burst = peer->burst;
        frame = (struct frame){.kind = FRAME_BURST_END, .as.burst_end = {.mark = mark}};
    }
    push(peer, &frame, peer->next_seq, 0);
}

static void receive(struct peer *peer, const void *bytes, size_t size)
{
    unsigned char *exact = fuzz_copy(bytes, size);
    session_receive(peer->session, exact, (uint32_t)size, peer->now_ns);
    free(exact);
}

/* Answers of a daemon with numbers around where the session is. */
static void answer(struct peer *peer, enum step what, uint8_t near, uint8_t far)
{
    unsigned char bytes[FRAME_ENCODED_MAX];
    uint64_t seq = peer->next_seq > near ? peer->next_seq - near : near;
    struct daemon_frame frame = {.kind = DAEMON_WELCOME, .as.welcome = {seq, seq + far, 64}};
    if (what == STEP_ACK)
        frame = (struct daemon_frame){DAEMON_ACK, .as.ack = {.epoch = EPOCH,
                                                             .durable_seq = seq,
                                                             .credit_seq = seq + far,
                                                             .durable_run = peer->run,
                                                             .durable_burst = far % 8,
                                                             .counted_seq = seq + far % 4}};
    if (what == STEP_REJECT)
        frame = (struct daemon_frame){DAEMON_REJECT,
                                      .as.reject = {EPOCH, seq, (enum refusal)(far % REFUSAL_COUNT), {"", 0}}};
    size_t size = daemon_frame_encode(&frame, bytes, sizeof bytes);
    receive(peer, bytes, size);
}

static const uint8_t *take_message(struct peer *peer, const uint8_t *at, const uint8_t *end)
{
    size_t size = at < end ? *at++ : 0;
    if (size > (size_t)(end - at))
        size = (size_t)(end - at);
    receive(peer, at, size);
    return at + size;
}

static void pass(struct peer *peer, int64_t ns)
{
    peer->now_ns += ns;
    for (int i = 0; i < 16 && session_step(peer->session, peer->now_ns); i++)
        continue;
    assert(session_wait_ns(peer->session, peer->now_ns) >= 0);
}

static void converse(struct peer *peer, const uint8_t *at, const uint8_t *end)
{
    for (int steps = 0; at < end && steps < STEPS_MAX; steps++) {
        uint8_t command = *at++;
        enum step what = (enum step)(command % STEP_COUNT);
        uint8_t first = at < end ? at[0] : 0, second = end - at > 1 ? at[1] : 0;
        peer->is_refusing = command >= 0xF0;
        if (what == STEP_MESSAGE) {
            at = take_message(peer, at, end);
            continue;
        }
        if (what == STEP_WELCOME || what == STEP_ACK || what == STEP_REJECT)
            answer(peer, what, first, second);
        else if (what == STEP_BATCH)
            push_batch(peer, first);
        else if (what == STEP_MARK)
            push_mark(peer, first);
        pass(peer, what == STEP_LONG ? 1000000000 : 1000000);
        at += end - at > 2 ? 2 : end - at;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct peer peer = {.next_seq = 1, .run = 1, .now_ns = 1000000000};
    struct session_config config = {.source = SOURCE, .epoch = EPOCH, .name = "fuzz", .ring_bytes = 16384};
    struct session_calls calls = {&peer, on_send, on_reconnect};
    peer.session = session_create(&config, &calls);
    assert(peer.session);
    if (size > 0)
        converse(&peer, bytes, bytes + size);
    const struct session_counters *counters = session_counters(peer.session);
    assert(!session_is_idle(peer.session) || counters->acked_frames_left == 0);
    session_destroy(peer.session);
    return 0;
}
