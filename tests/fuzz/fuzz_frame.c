/* SPDX-License-Identifier: MIT */
/*
 * fuzz_frame - every frame of the link but batches, in both directions: what the decoders accept protobuf-c accepts
 * and reads alike, what our encoders write of it is what protobuf-c writes, and a frame that is accepted keeps the
 * contract of monitor_apply.
 *
 * The same bytes are tried as a frame of a front-end and as one of the daemon.
 */
#include <math.h>

#include "frontend.pb-c.h"
#include "fuzz.h"
#include "oracle.h"
#include "wire/frame_codec.h"

typedef Hnlmon__V1__FrontendFrame FrontendFrame;

static void compare_mark(const struct mark *ours, const Hnlmon__V1__Mark *theirs)
{
    assert(ours->source == theirs->source && ours->epoch == theirs->epoch && ours->run == theirs->run);
    assert(ours->burst == theirs->burst && ours->at_seq == theirs->at_seq && ours->t_ns == theirs->t_ns);
}

static void compare_hello(const struct hello *ours, const Hnlmon__V1__Hello *theirs)
{
    assert(ours->schema == theirs->schema && ours->source == theirs->source && ours->epoch == theirs->epoch);
    assert(ours->next_seq == theirs->next_seq && ours->oldest_seq == theirs->oldest_seq);
    oracle_text(ours->name, theirs->name);
}

static void compare_run_begin(const struct run_begin *ours, const Hnlmon__V1__RunBegin *theirs)
{
    compare_mark(&ours->mark, theirs->mark);
    assert((int)ours->origin == (int)theirs->origin);
    oracle_bytes(ours->config_sha256, &theirs->config_sha256);
    oracle_text(ours->comment, theirs->comment);
}

static void compare_burst_end(const struct burst_end *ours, const Hnlmon__V1__BurstEnd *theirs)
{
    compare_mark(&ours->mark, theirs->mark);
    assert(ours->generated == theirs->generated && ours->kept == theirs->kept && ours->sent == theirs->sent);
    assert(ours->downscaling == theirs->downscaling && ours->live_ppm == theirs->live_ppm);
    assert(ours->choke_count == theirs->choke_count);
    oracle_double(ours->intensity, theirs->intensity);
}

static void compare_lost(const struct lost *ours, const Hnlmon__V1__Lost *theirs)
{
    assert(ours->source == theirs->source && ours->epoch == theirs->epoch && ours->first == theirs->first);
    assert(ours->last == theirs->last && (int)ours->cause == (int)theirs->cause);
}

static void compare_frame(const struct frame *frame, const FrontendFrame *message)
{
    assert((int)frame->kind == (int)message->frame_case);
    switch (frame->kind) {
    case FRAME_HELLO:
        compare_hello(&frame->as.hello, message->hello);
        break;
    case FRAME_RUN_BEGIN:
        compare_run_begin(&frame->as.run_begin, message->run_begin);
        break;
    case FRAME_BURST_BEGIN:
        compare_mark(&frame->as.burst_begin.mark, message->burst_begin->mark);
        assert(frame->as.burst_begin.input_downscaling == message->burst_begin->input_downscaling);
        break;
    case FRAME_BURST_END:
        compare_burst_end(&frame->as.burst_end, message->burst_end);
        break;
    case FRAME_LOST:
        compare_lost(&frame->as.lost, message->lost);
        break;
    case FRAME_RUN_END:
        compare_mark(&frame->as.run_end, message->run_end->mark);
        break;
    case FRAME_BATCH: /* fuzz_batch's */
    case FRAME_HEARTBEAT:
        break;
    }
}

/* What monitor_apply expects of the seqs, and assumes of the enums. */
static void check_contract(const struct frame *frame)
{
    const struct mark *mark = frame_mark(frame);
    assert(!mark || (mark->at_seq >= 1 && mark->at_seq <= SEQ_LIMIT));
    if (frame->kind == FRAME_HELLO)
        assert(frame->as.hello.schema == WIRE_SCHEMA && frame->as.hello.oldest_seq >= 1 &&
               frame->as.hello.oldest_seq <= frame->as.hello.next_seq && frame->as.hello.next_seq <= SEQ_LIMIT);
    if (frame->kind == FRAME_RUN_BEGIN)
        assert(frame->as.run_begin.origin < ORIGIN_COUNT);
    if (frame->kind == FRAME_BURST_END)
        assert(isfinite(frame->as.burst_end.intensity));
    if (frame->kind == FRAME_LOST)
        assert(frame->as.lost.first >= 1 && frame->as.lost.first <= frame->as.lost.last &&
               frame->as.lost.last < SEQ_LIMIT && frame->as.lost.cause < LOSS_CAUSE_COUNT);
}

/* protobuf-c does not write a 0 whatever its sign is, and of a text nothing behind a zero byte. */
static bool has_other_form(const struct frame *frame)
{
    double intensity = frame->kind == FRAME_BURST_END ? frame->as.burst_end.intensity : 1;
    struct text text = {NULL, 0};
    if (frame->kind == FRAME_HELLO)
        text = frame->as.hello.name;
    if (frame->kind == FRAME_RUN_BEGIN)
        text = frame->as.run_begin.comment;
    return (intensity == 0 && signbit(intensity)) || (text.size > 0 && memchr(text.bytes, 0, text.size));
}

static void try_frontend_frame(const uint8_t *bytes, size_t size)
{
    static unsigned char written[FRAME_BYTES_MAX];
    struct frame frame, again;
    enum refusal refusal = frame_decode(bytes, size, &frame);
    if ((refusal != REFUSAL_NONE && refusal != REFUSAL_BAD_SEQ) || frame.kind == FRAME_BATCH)
        return;
    FrontendFrame *message = hnlmon__v1__frontend_frame__unpack(NULL, size, bytes);
    assert(message);
    compare_frame(&frame, message);
    if (refusal == REFUSAL_NONE)
        check_contract(&frame);
    size_t written_size = frame_encode(&frame, written, sizeof written);
    assert(written_size > 0 && written_size <= FRAME_ENCODED_MAX);
    if (!has_other_form(&frame))
        oracle_packed(&message->base, written, written_size);
    enum refusal decoded = frame_decode(written, written_size, &again);
    assert(decoded == refusal);
    compare_frame(&again, message);
    hnlmon__v1__frontend_frame__free_unpacked(message, NULL);
}

static void compare_daemon_frame(const struct daemon_frame *frame, const Hnlmon__V1__DaemonFrame *message)
{
    assert((int)frame->kind == (int)message->frame_case);
    const struct welcome *welcome = &frame->as.welcome;
    const struct ack *ack = &frame->as.ack;
    const struct reject *reject = &frame->as.reject;
    switch (frame->kind) {
    case DAEMON_WELCOME:
        assert(welcome->resume_seq == message->welcome->resume_seq &&
               welcome->credit_seq == message->welcome->credit_seq &&
               welcome->max_batch == message->welcome->max_batch);
        break;
    case DAEMON_ACK:
        assert(ack->epoch == message->ack->epoch && ack->durable_seq == message->ack->durable_seq &&
               ack->credit_seq == message->ack->credit_seq && ack->durable_run == message->ack->durable_run &&
               ack->durable_burst == message->ack->durable_burst && ack->counted_seq == message->ack->counted_seq &&
               ack->counted_run == message->ack->counted_run && ack->counted_burst == message->ack->counted_burst);
        break;
    case DAEMON_REJECT:
        assert(reject->epoch == message->reject->epoch && reject->expected_seq == message->reject->expected_seq &&
               (int)reject->reason == (int)message->reject->reason && reject->reason < REFUSAL_COUNT);
        oracle_text(reject->text, message->reject->text);
        break;
    }
}

static void try_daemon_frame(const uint8_t *bytes, size_t size)
{
    unsigned char written[FRAME_ENCODED_MAX];
    struct daemon_frame frame, again;
    if (!daemon_frame_decode(bytes, size, &frame))
        return;
    Hnlmon__V1__DaemonFrame *message = hnlmon__v1__daemon_frame__unpack(NULL, size, bytes);
    assert(message);
    compare_daemon_frame(&frame, message);
    size_t written_size = daemon_frame_encode(&frame, written, sizeof written);
    assert(written_size > 0);
    if (frame.kind != DAEMON_REJECT || !memchr(message->reject->text, 0, frame.as.reject.text.size))
        oracle_packed(&message->base, written, written_size);
    bool is_decoded = daemon_frame_decode(written, written_size, &again);
    assert(is_decoded);
    compare_daemon_frame(&again, message);
    hnlmon__v1__daemon_frame__free_unpacked(message, NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    try_frontend_frame(bytes, size);
    try_daemon_frame(bytes, size);
    return 0;
}
