/* SPDX-License-Identifier: MIT */
/*
 * test_frame_codec - protobuf-c is the oracle: what the decoder accepts it reads as protobuf-c does, what protobuf-c
 * writes it accepts, and both encoders write the same bytes. Bad input is a table of bytes made by hand.
 *
 * HNLMON_SEED=<number> repeats the random tests.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
/* cmocka needs the headers above. */
#include <cmocka.h>

#include "frontend.pb-c.h"
#include "wire/frame_codec.h"

typedef Hnlmon__V1__FrontendFrame FrontendFrame;
typedef Hnlmon__V1__Mark Mark;

#define SEQ_LIMIT ((uint64_t)1 << 63)

/* --- chance --- */

static uint64_t random_state;

/* splitmix64 (Steele, Lea, Flood 2014). */
static uint64_t random_u64(void)
{
    uint64_t z = random_state += 0x9E3779B97F4A7C15u;
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
    z = (z ^ z >> 27) * 0x94D049BB133111EBu;
    return z ^ z >> 31;
}

static uint32_t random_below(uint32_t limit)
{
    return (uint32_t)(random_u64() % limit);
}

/* Of all magnitudes, 0 included. */
static uint64_t random_wide(void)
{
    return random_u64() >> random_below(64) >> random_below(2);
}

static uint32_t random_wide32(void)
{
    return (uint32_t)(random_u64() >> 32 >> random_below(32));
}

static uint64_t random_seq(void)
{
    return 1 + random_wide() % (SEQ_LIMIT - 1);
}

static int seed_random(void **state)
{
    (void)state;
    const char *text = getenv("HNLMON_SEED");
    random_state = text ? strtoull(text, NULL, 0) : 20240229;
    print_message("HNLMON_SEED=%llu\n", (unsigned long long)random_state);
    return 0;
}

/* --- bytes by hand --- */

struct bytes {
    unsigned char data[600000];
    size_t size;
};

static struct bytes built;

static void put(unsigned char byte)
{
    built.data[built.size++] = byte;
}

static void put_varint(uint64_t value)
{
    for (; value >= 0x80; value >>= 7)
        put((unsigned char)(value | 0x80));
    put((unsigned char)value);
}

static void put_column(uint32_t number, uint32_t size)
{
    put_varint(number << 3 | 2);
    put_varint(size);
    for (uint32_t i = 0; i < size; i++)
        put((unsigned char)(number + i));
}

static void put_hex(const char *hex)
{
    for (; *hex; hex += 2) {
        while (*hex == ' ')
            hex++;
        unsigned byte;
        assert_int_equal(sscanf(hex, "%2x", &byte), 1);
        put((unsigned char)byte);
    }
}

/* Wraps what was built as the member `number` of FrontendFrame. */
static void wrap(uint32_t number)
{
    static unsigned char content[sizeof built.data];
    size_t size = built.size;
    memcpy(content, built.data, size);
    built.size = 0;
    put_varint(number << 3 | 2);
    put_varint(size);
    memcpy(built.data + built.size, content, size);
    built.size += size;
}

/* Decodes from memory of exactly that size, so that ASan sees every read beyond it. */
static enum refusal decode_exact(const unsigned char *bytes, size_t size, struct frame *frame, unsigned char **copy)
{
    *copy = malloc(size ? size : 1);
    assert_non_null(*copy);
    memcpy(*copy, bytes, size);
    return frame_decode(*copy, size, frame);
}

static enum refusal refusal_of(const unsigned char *bytes, size_t size)
{
    struct frame frame;
    unsigned char *copy;
    enum refusal refusal = decode_exact(bytes, size, &frame, &copy);
    free(copy);
    return refusal;
}

static enum refusal refusal_of_built(void)
{
    return refusal_of(built.data, built.size);
}

/* --- the oracle --- */

static void assert_same_text(struct text text, const char *expected)
{
    /* protobuf-c keeps embedded zero bytes and adds one. */
    assert_memory_equal(text.size ? text.bytes : "", expected, text.size);
    assert_int_equal(expected[text.size], 0);
}

static void assert_same_bytes(struct text text, ProtobufCBinaryData expected)
{
    assert_int_equal(text.size, expected.len);
    if (text.size)
        assert_memory_equal(text.bytes, expected.data, text.size);
}

static void assert_same_mark(const struct mark *mark, const Mark *expected)
{
    assert_non_null(expected);
    assert_int_equal(mark->source, expected->source);
    assert_true(mark->epoch == expected->epoch);
    assert_int_equal(mark->run, expected->run);
    assert_int_equal(mark->burst, expected->burst);
    assert_true(mark->at_seq == expected->at_seq);
    assert_true(mark->t_ns == expected->t_ns);
}

static void assert_same_hello(const struct hello *hello, const Hnlmon__V1__Hello *expected)
{
    assert_int_equal(hello->schema, expected->schema);
    assert_int_equal(hello->source, expected->source);
    assert_true(hello->epoch == expected->epoch);
    assert_true(hello->next_seq == expected->next_seq);
    assert_true(hello->oldest_seq == expected->oldest_seq);
    assert_same_text(hello->name, expected->name);
}

static void assert_same_run_begin(const struct run_begin *run_begin, const Hnlmon__V1__RunBegin *expected)
{
    assert_same_mark(&run_begin->mark, expected->mark);
    assert_int_equal(run_begin->origin, expected->origin);
    assert_same_bytes(run_begin->config_sha256, expected->config_sha256);
    assert_same_text(run_begin->comment, expected->comment);
}

static void assert_same_burst_end(const struct burst_end *burst_end, const Hnlmon__V1__BurstEnd *expected)
{
    assert_same_mark(&burst_end->mark, expected->mark);
    assert_true(burst_end->generated == expected->generated);
    assert_true(burst_end->kept == expected->kept);
    assert_int_equal(burst_end->downscaling, expected->downscaling);
    assert_true(burst_end->sent == expected->sent);
    assert_memory_equal(&burst_end->intensity, &expected->intensity, sizeof(double));
    assert_int_equal(burst_end->live_ppm, expected->live_ppm);
    assert_int_equal(burst_end->choke_count, expected->choke_count);
}

static void assert_same_lost(const struct lost *lost, const Hnlmon__V1__Lost *expected)
{
    assert_int_equal(lost->source, expected->source);
    assert_true(lost->epoch == expected->epoch);
    assert_true(lost->first == expected->first);
    assert_true(lost->last == expected->last);
    assert_int_equal(lost->cause, expected->cause);
}

struct column_view {
    size_t count;
    const void *words;
};

#define COLUMN_VIEW(name)                                                                                              \
    {                                                                                                                  \
        batch->n_##name, batch->name                                                                                   \
    }

/* The columns of a batch of protobuf-c: 17, then truth_m2, truth_kind. */
static void view_columns(const Hnlmon__V1__Batch *batch, struct column_view views[19])
{
    const struct column_view all[19] = {
        COLUMN_VIEW(k_px),   COLUMN_VIEW(k_py),     COLUMN_VIEW(k_pz),     COLUMN_VIEW(pi0_px),    COLUMN_VIEW(pi0_py),
        COLUMN_VIEW(pi0_pz), COLUMN_VIEW(e_px),     COLUMN_VIEW(e_py),     COLUMN_VIEW(e_pz),      COLUMN_VIEW(time),
        COLUMN_VIEW(flags),  COLUMN_VIEW(vertex_z), COLUMN_VIEW(m_gg),     COLUMN_VIEW(e_over_p),  COLUMN_VIEW(dt),
        COLUMN_VIEW(dt_k),   COLUMN_VIEW(cda),      COLUMN_VIEW(truth_m2), COLUMN_VIEW(truth_kind)};
    memcpy(views, all, sizeof all);
}

/* Words by value, so that the test does not depend on the byte order of the machine. */
static void assert_same_column(const unsigned char *column, uint32_t count, struct column_view expected)
{
    assert_int_equal(expected.count, column ? count : 0);
    for (uint32_t i = 0; column && i < count; i++) {
        uint32_t word;
        memcpy(&word, (const unsigned char *)expected.words + (size_t)4 * i, sizeof word);
        assert_int_equal(load_le32(column + (size_t)4 * i), word);
    }
}

static void assert_same_batch(const struct batch *batch, const Hnlmon__V1__Batch *expected)
{
    assert_int_equal(batch->schema, expected->schema);
    assert_int_equal(batch->source, expected->source);
    assert_true(batch->epoch == expected->epoch);
    assert_true(batch->first_seq == expected->first_seq);
    assert_int_equal(batch->run, expected->run);
    assert_int_equal(batch->burst, expected->burst);
    assert_int_equal(batch->columns.count, expected->count);
    assert_int_equal(batch->crc32c, expected->crc32c);
    struct column_view views[19];
    view_columns(expected, views);
    for (int c = 0; c < CANDIDATE_COLUMN_COUNT; c++)
        assert_same_column(batch->columns.column[c], batch->columns.count, views[c]);
    assert_same_column(batch->truth_m2, batch->columns.count, views[17]);
    assert_same_column(batch->truth_kind, batch->columns.count, views[18]);
}

static void assert_same_frame(const struct frame *frame, const FrontendFrame *expected)
{
    assert_non_null(expected);
    assert_int_equal(frame->kind, expected->frame_case);
    switch (frame->kind) {
    case FRAME_HELLO:
        assert_same_hello(&frame->as.hello, expected->hello);
        break;
    case FRAME_RUN_BEGIN:
        assert_same_run_begin(&frame->as.run_begin, expected->run_begin);
        break;
    case FRAME_BURST_BEGIN:
        assert_same_mark(&frame->as.burst_begin.mark, expected->burst_begin->mark);
        assert_int_equal(frame->as.burst_begin.input_downscaling, expected->burst_begin->input_downscaling);
        break;
    case FRAME_BATCH:
        assert_same_batch(&frame->as.batch, expected->batch);
        break;
    case FRAME_BURST_END:
        assert_same_burst_end(&frame->as.burst_end, expected->burst_end);
        break;
    case FRAME_LOST:
        assert_same_lost(&frame->as.lost, expected->lost);
        break;
    case FRAME_RUN_END:
        assert_same_mark(&frame->as.run_end, expected->run_end->mark);
        break;
    case FRAME_HEARTBEAT:
        break;
    }
}

/* --- random valid messages of protobuf-c --- */

static uint32_t scratch_words[19][BATCH_CANDIDATES_MAX];
static char scratch_texts[3][257];

static char *random_text(int slot)
{
    uint32_t size = random_below(2) ? random_below(8) : random_below(257);
    for (uint32_t i = 0; i < size; i++)
        scratch_texts[slot][i] = (char)(' ' + random_below(95));
    scratch_texts[slot][size] = 0;
    return scratch_texts[slot];
}

static double random_finite(void)
{
    switch (random_below(4)) {
    case 0:
        return 0;
    case 1:
        return 0x1.fffffffffffffp1023;
    case 2:
        return -5e-324;
    default:
        return (double)(int64_t)random_u64() * 0x1p-40;
    }
}

static int32_t random_int32(void)
{
    switch (random_below(4)) {
    case 0:
        return INT32_MIN;
    case 1:
        return -999;
    default:
        return (int32_t)random_wide32();
    }
}

static void randomise_mark(Mark *mark)
{
    *mark = (Mark)HNLMON__V1__MARK__INIT;
    mark->source = random_wide32();
    mark->epoch = random_u64();
    mark->run = random_wide32();
    mark->burst = random_wide32();
    mark->at_seq = random_seq();
    mark->t_ns = random_wide();
}

/* One message of each kind to point into. */
static struct {
    FrontendFrame frame;
    Mark mark;
    Hnlmon__V1__Hello hello;
    Hnlmon__V1__RunBegin run_begin;
    Hnlmon__V1__BurstBegin burst_begin;
    Hnlmon__V1__Batch batch;
    Hnlmon__V1__BurstEnd burst_end;
    Hnlmon__V1__Lost lost;
    Hnlmon__V1__RunEnd run_end;
    Hnlmon__V1__Heartbeat heartbeat;
} made;

static void make_hello(void)
{
    made.hello = (Hnlmon__V1__Hello)HNLMON__V1__HELLO__INIT;
    made.hello.schema = WIRE_SCHEMA;
    made.hello.source = random_wide32();
    made.hello.epoch = random_u64();
    made.hello.next_seq = random_seq();
    made.hello.oldest_seq = 1 + random_u64() % made.hello.next_seq;
    made.hello.name = random_text(0);
    made.frame.hello = &made.hello;
}

static void make_run_begin(void)
{
    made.run_begin = (Hnlmon__V1__RunBegin)HNLMON__V1__RUN_BEGIN__INIT;
    made.run_begin.mark = &made.mark;
    made.run_begin.origin = (Hnlmon__V1__Origin)random_below(4);
    made.run_begin.config_sha256.len = random_below(2) ? 32 : random_below(257);
    made.run_begin.config_sha256.data = (uint8_t *)scratch_words[0];
    made.run_begin.comment = random_text(1);
    made.frame.run_begin = &made.run_begin;
}

static void make_burst_end(void)
{
    made.burst_end = (Hnlmon__V1__BurstEnd)HNLMON__V1__BURST_END__INIT;
    made.burst_end.mark = &made.mark;
    made.burst_end.generated = random_wide();
    made.burst_end.kept = random_wide();
    made.burst_end.downscaling = random_int32();
    made.burst_end.sent = random_wide();
    made.burst_end.intensity = random_finite();
    made.burst_end.live_ppm = random_wide32();
    made.burst_end.choke_count = random_wide32();
    made.frame.burst_end = &made.burst_end;
}

static void make_lost(void)
{
    made.lost = (Hnlmon__V1__Lost)HNLMON__V1__LOST__INIT;
    made.lost.source = random_wide32();
    made.lost.epoch = random_u64();
    made.lost.last = random_seq() % (SEQ_LIMIT - 1) + 1;
    made.lost.first = 1 + random_u64() % made.lost.last;
    made.lost.cause = (Hnlmon__V1__LossCause)random_below(6);
    made.frame.lost = &made.lost;
}

static void make_columns(Hnlmon__V1__Batch *batch, uint32_t count)
{
    int32_t **const signed_columns[] = {&batch->k_px,   &batch->k_py,     &batch->k_pz, &batch->pi0_px,
                                        &batch->pi0_py, &batch->pi0_pz,   &batch->e_px, &batch->e_py,
                                        &batch->e_pz,   &batch->vertex_z, &batch->m_gg, &batch->e_over_p,
                                        &batch->dt,     &batch->dt_k,     &batch->cda};
    size_t *const counts[] = {
        &batch->n_k_px, &batch->n_k_py,     &batch->n_k_pz, &batch->n_pi0_px, &batch->n_pi0_py, &batch->n_pi0_pz,
        &batch->n_e_px, &batch->n_e_py,     &batch->n_e_pz, &batch->n_time,   &batch->n_flags,  &batch->n_vertex_z,
        &batch->n_m_gg, &batch->n_e_over_p, &batch->n_dt,   &batch->n_dt_k,   &batch->n_cda};
    for (size_t i = 0; i < 15; i++)
        *signed_columns[i] = (int32_t *)scratch_words[i];
    batch->time = scratch_words[15];
    batch->flags = scratch_words[16];
    for (size_t i = 0; i < 17; i++)
        *counts[i] = count;
    for (size_t i = 0; i < 19; i++) {
        for (uint32_t j = 0; j < count; j++)
            scratch_words[i][j] = (uint32_t)random_u64();
    }
}

static void make_batch(uint32_t count)
{
    Hnlmon__V1__Batch *batch = &made.batch;
    *batch = (Hnlmon__V1__Batch)HNLMON__V1__BATCH__INIT;
    batch->schema = WIRE_SCHEMA;
    batch->source = random_wide32();
    batch->epoch = random_u64();
    batch->first_seq = 1 + random_wide() % (SEQ_LIMIT - BATCH_CANDIDATES_MAX);
    batch->run = random_wide32();
    batch->burst = random_wide32();
    batch->count = count;
    make_columns(batch, count);
    if (random_below(2)) {
        batch->n_truth_m2 = count;
        batch->truth_m2 = (int32_t *)scratch_words[17];
    }
    if (random_below(2)) {
        batch->n_truth_kind = count;
        batch->truth_kind = scratch_words[18];
    }
    made.frame.batch = batch;
}

static void make_frame(enum frame_kind kind, uint32_t count)
{
    made.frame = (FrontendFrame)HNLMON__V1__FRONTEND_FRAME__INIT;
    made.frame.frame_case = (Hnlmon__V1__FrontendFrame__FrameCase)kind;
    randomise_mark(&made.mark);
    switch (kind) {
    case FRAME_HELLO:
        make_hello();
        break;
    case FRAME_RUN_BEGIN:
        make_run_begin();
        break;
    case FRAME_BURST_BEGIN:
        made.burst_begin = (Hnlmon__V1__BurstBegin)HNLMON__V1__BURST_BEGIN__INIT;
        made.burst_begin.mark = &made.mark;
        made.burst_begin.input_downscaling = random_int32();
        made.frame.burst_begin = &made.burst_begin;
        break;
    case FRAME_BATCH:
        make_batch(count);
        break;
    case FRAME_BURST_END:
        make_burst_end();
        break;
    case FRAME_LOST:
        make_lost();
        break;
    case FRAME_RUN_END:
        made.run_end = (Hnlmon__V1__RunEnd)HNLMON__V1__RUN_END__INIT;
        made.run_end.mark = &made.mark;
        made.frame.run_end = &made.run_end;
        break;
    case FRAME_HEARTBEAT:
        made.heartbeat = (Hnlmon__V1__Heartbeat)HNLMON__V1__HEARTBEAT__INIT;
        made.frame.heartbeat = &made.heartbeat;
        break;
    }
}

static void build_random_frame(enum frame_kind kind, uint32_t count)
{
    make_frame(kind, count);
    built.size = hnlmon__v1__frontend_frame__pack(&made.frame, built.data);
}

static void put_random_crc(void)
{
    struct frame frame;
    assert_int_equal(frame_decode(built.data, built.size, &frame), REFUSAL_NONE);
    made.batch.crc32c = batch_crc32c(&frame.as.batch);
    built.size = hnlmon__v1__frontend_frame__pack(&made.frame, built.data);
}

static enum frame_kind random_kind(void)
{
    return (enum frame_kind)(1 + random_below(8));
}

/* --- tests against the oracle --- */

static void what_protobuf_c_packs_is_accepted_with_the_same_values_and_encoded_to_the_same_bytes(void **state)
{
    (void)state;
    static unsigned char encoded[FRAME_BYTES_MAX];
    for (int i = 0; i < 20000; i++) {
        enum frame_kind kind = random_kind();
        build_random_frame(kind, 1 + random_below(i % 100 == 0 ? BATCH_CANDIDATES_MAX : 20));
        if (kind == FRAME_BATCH && random_below(2))
            put_random_crc();
        struct frame frame;
        assert_int_equal(frame_decode(built.data, built.size, &frame), REFUSAL_NONE);
        assert_same_frame(&frame, &made.frame);
        assert_int_equal(frame_encode(&frame, encoded, sizeof encoded), built.size);
        assert_memory_equal(encoded, built.data, built.size);
        assert_int_equal(frame_encode(&frame, encoded, built.size - 1), 0);
    }
}

static void the_largest_batch_fits_into_a_frame(void **state)
{
    (void)state;
    do
        build_random_frame(FRAME_BATCH, BATCH_CANDIDATES_MAX);
    while (made.batch.n_truth_m2 == 0 || made.batch.n_truth_kind == 0);
    put_random_crc();
    assert_true(built.size <= FRAME_BYTES_MAX);
    assert_int_equal(refusal_of_built(), REFUSAL_NONE);
}

static void frames_with_the_longest_texts_fit_into_frame_encoded_max(void **state)
{
    (void)state;
    char longest[256];
    memset(longest, 'x', sizeof longest);
    struct text text = {longest, sizeof longest};
    struct mark mark = {UINT32_MAX, UINT64_MAX, UINT32_MAX, UINT32_MAX, UINT64_MAX, UINT64_MAX};
    struct frame frame = {.kind = FRAME_RUN_BEGIN, .as.run_begin = {mark, ORIGIN_INJECTION, text, text}};
    unsigned char bytes[FRAME_ENCODED_MAX];
    size_t size = frame_encode(&frame, bytes, sizeof bytes);
    assert_int_not_equal(size, 0);
    struct daemon_frame reject = {.kind = DAEMON_REJECT, .as.reject = {UINT64_MAX, UINT64_MAX, REFUSAL_BUSY, text}};
    assert_int_not_equal(daemon_frame_encode(&reject, bytes, sizeof bytes), 0);
}

static void frames_cut_at_any_byte_are_refused(void **state)
{
    (void)state;
    for (int kind = FRAME_HELLO; kind <= FRAME_HEARTBEAT; kind++) {
        build_random_frame((enum frame_kind)kind, 3);
        for (size_t size = 0; size < built.size; size++)
            assert_int_equal(refusal_of(built.data, size), REFUSAL_BAD_FRAME);
    }
}

static void random_damage_never_crashes_and_what_is_accepted_is_what_protobuf_c_reads(void **state)
{
    (void)state;
    unsigned accepted = 0;
    unsigned char encoded[4096];
    for (int i = 0; i < 100000; i++) {
        if (i % 50 == 0)
            build_random_frame(random_kind(), 1 + random_below(4));
        unsigned char damaged[4096];
        assert_true(built.size < sizeof damaged);
        memcpy(damaged, built.data, built.size);
        for (uint32_t flips = 1 + random_below(3); flips > 0; flips--)
            damaged[random_below((uint32_t)built.size)] ^= (unsigned char)(1 + random_below(255));
        struct frame frame;
        unsigned char *copy;
        if (decode_exact(damaged, built.size, &frame, &copy) == REFUSAL_NONE) {
            accepted++;
            FrontendFrame *expected = hnlmon__v1__frontend_frame__unpack(NULL, built.size, damaged);
            assert_same_frame(&frame, expected);
            size_t size = frame_encode(&frame, encoded, sizeof encoded);
            FrontendFrame *again = hnlmon__v1__frontend_frame__unpack(NULL, size, encoded);
            assert_same_frame(&frame, again);
            hnlmon__v1__frontend_frame__free_unpacked(again, NULL);
            hnlmon__v1__frontend_frame__free_unpacked(expected, NULL);
        }
        free(copy);
    }
    assert_true(accepted > 1000); /* otherwise nothing was tested */
}

static void random_bytes_never_crash(void **state)
{
    (void)state;
    for (int i = 0; i < 100000; i++) {
        unsigned char bytes[64];
        uint32_t size = random_below(sizeof bytes);
        for (uint32_t j = 0; j < size; j++)
            bytes[j] = (unsigned char)random_u64();
        if (size > 2) {
            bytes[0] = (unsigned char)(random_kind() << 3 | 2);
            bytes[1] = (unsigned char)(size - 2);
        }
        (void)refusal_of(bytes, size);
    }
}

/* --- named bad input --- */

struct bad_input {
    const char *name;
    uint32_t member; /* of FrontendFrame, or 0: the bytes are the frame */
    const char *hex;
    enum refusal refusal;
};

/* A Hello is 08 01 (schema) 10 05 (source) 19 .. (epoch) 20 0a (next_seq 10) 28 01 (oldest_seq 1) 32 01 61 (name "a");
 * a mark is 0a LEN with source 08, epoch 11, run 18, burst 20, at_seq 28, t_ns 31. */
static const struct bad_input bad_inputs[] = {
    {"empty frame", 0, "", REFUSAL_BAD_FRAME},
    {"one byte", 0, "0a", REFUSAL_BAD_FRAME},
    {"tag 0", 0, "0000", REFUSAL_BAD_FRAME},
    {"tag 0 in two bytes", 0, "80000a0208012801", REFUSAL_BAD_FRAME},
    {"tag 0 in two bytes inside", 1, "0801 2001 2801 8000 00", REFUSAL_BAD_FRAME},
    {"unknown member of the oneof", 0, "4a00", REFUSAL_BAD_FRAME},
    {"member with the wrong wire type", 0, "0801", REFUSAL_BAD_FRAME},
    {"over-long tag of the member", 0, "c20000", REFUSAL_BAD_FRAME},
    {"length beyond the rest", 0, "0a0508012001", REFUSAL_BAD_FRAME},
    {"length 2^63 - 1", 0, "0affffffffffffffff7f", REFUSAL_BAD_FRAME},
    {"length 2^64 - 1", 0, "0affffffffffffffffff01", REFUSAL_BAD_FRAME},
    {"length in an over-long varint", 0, "428000", REFUSAL_BAD_FRAME},
    {"trailing byte", 0, "420000", REFUSAL_BAD_FRAME},
    {"two members of the oneof", 0, "42004200", REFUSAL_BAD_FRAME},
    {"two different members of the oneof", 0, "0a06 0801 2001 2801 4200", REFUSAL_BAD_FRAME},
    {"heartbeat with a field", 8, "0801", REFUSAL_BAD_FRAME},
    {"unknown field", 1, "0801 2001 2801 3801", REFUSAL_BAD_FRAME},
    {"field number 2^29 - 1", 1, "0801 2001 2801 f8ffffff0f01", REFUSAL_BAD_FRAME},
    {"field number 2^29", 1, "0801 2001 2801 808080801001", REFUSAL_BAD_FRAME},
    {"field number 2^32 + 1", 1, "0801 2001 2801 888080808001 01", REFUSAL_BAD_FRAME},
    {"wrong wire type", 1, "0d01000000 2001 2801", REFUSAL_BAD_FRAME},
    {"group", 1, "0801 2001 2801 0b0c", REFUSAL_BAD_FRAME},
    {"wire type 7", 1, "0801 2001 2801 17", REFUSAL_BAD_FRAME},
    {"duplicated scalar", 1, "0801 2001 2001 2801", REFUSAL_BAD_FRAME},
    {"duplicated scalar at its default", 1, "0801 1000 1000 2001 2801", REFUSAL_BAD_FRAME},
    {"over-long varint", 1, "0801 208100 2801", REFUSAL_BAD_FRAME},
    {"over-long zero", 1, "0801 2001 2801 1080808000", REFUSAL_BAD_FRAME},
    {"varint of eleven bytes", 1, "0801 208180808080808080808000 2801", REFUSAL_BAD_FRAME},
    {"varint of 65 bits", 1, "0801 20ffffffffffffffffff02 2801", REFUSAL_BAD_FRAME},
    {"uint32 of 33 bits", 1, "0801 108080808010 2001 2801", REFUSAL_BAD_FRAME},
    {"text beyond the rest", 1, "0801 2001 2801 320261", REFUSAL_BAD_FRAME},
    {"schema 2", 1, "0802 2001 2801", REFUSAL_BAD_SCHEMA},
    {"no schema", 1, "2001 2801", REFUSAL_BAD_SCHEMA},
    {"schema 2 with a field of the future", 1, "0802 2001 2801 3801", REFUSAL_BAD_SCHEMA},
    {"next_seq 0", 1, "0801 2801", REFUSAL_BAD_SEQ},
    {"oldest_seq 0", 1, "0801 2001", REFUSAL_BAD_SEQ},
    {"oldest_seq beyond next_seq", 1, "0801 2001 2802", REFUSAL_BAD_SEQ},
    {"next_seq 2^64 - 1", 1, "0801 20ffffffffffffffffff01 2801", REFUSAL_BAD_SEQ},
    {"next_seq 2^63 + 1", 1, "0801 2081808080808080808001 2801", REFUSAL_BAD_SEQ},
    {"run begin without mark", 2, "1002", REFUSAL_BAD_FRAME},
    {"burst begin without mark", 3, "1002", REFUSAL_BAD_FRAME},
    {"burst end without mark", 5, "1002", REFUSAL_BAD_FRAME},
    {"run end without mark", 7, "", REFUSAL_BAD_FRAME},
    {"two marks", 7, "0a022801 0a022801", REFUSAL_BAD_FRAME},
    {"empty mark", 7, "0a00", REFUSAL_BAD_SEQ},
    {"mark at seq 0", 3, "0a020801", REFUSAL_BAD_SEQ},
    {"mark at seq 2^64 - 1", 7, "0a0b28ffffffffffffffffff01", REFUSAL_BAD_SEQ},
    {"unknown field in a mark", 7, "0a0428013801", REFUSAL_BAD_FRAME},
    {"mark beyond the message", 7, "0a052801", REFUSAL_BAD_FRAME},
    {"unknown origin", 2, "0a022801 1004", REFUSAL_BAD_FRAME},
    {"negative origin", 2, "0a022801 10ffffffffffffffffff01", REFUSAL_BAD_FRAME},
    {"sint32 of 33 bits", 3, "0a022801 10ffffffff1f", REFUSAL_BAD_FRAME},
    {"intensity NaN", 5, "0a022801 31000000000000f87f", REFUSAL_BAD_FRAME},
    {"intensity infinite", 5, "0a022801 31000000000000f07f", REFUSAL_BAD_FRAME},
    {"intensity minus infinite", 5, "0a022801 31000000000000f0ff", REFUSAL_BAD_FRAME},
    {"double cut", 5, "0a022801 3100000000000000", REFUSAL_BAD_FRAME},
    {"unknown cause", 6, "1801 2001 2806", REFUSAL_BAD_FRAME},
    {"lost from 0", 6, "2001", REFUSAL_BAD_SEQ},
    {"lost backwards", 6, "1802 2001", REFUSAL_BAD_SEQ},
    {"lost up to 2^63", 6, "1801 2080808080808080808001", REFUSAL_BAD_SEQ},
    {"lost up to 2^64 - 1", 6, "1801 20ffffffffffffffffff01", REFUSAL_BAD_SEQ},
    {"fixed64 cut", 6, "1801 2001 1100000000000000", REFUSAL_BAD_FRAME},
    {"batch without anything", 4, "", REFUSAL_BAD_FRAME},
};

static void each_named_bad_input_is_refused_for_its_reason(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof bad_inputs / sizeof bad_inputs[0]; i++) {
        const struct bad_input *bad = &bad_inputs[i];
        built.size = 0;
        put_hex(bad->hex);
        if (bad->member)
            wrap(bad->member);
        enum refusal refusal = refusal_of_built();
        if (refusal != bad->refusal)
            fail_msg("%s: %s instead of %s", bad->name, refusal_name(refusal), refusal_name(bad->refusal));
    }
}

static const struct bad_input good_inputs[] = {
    {"smallest Hello", 1, "0801 2001 2801", REFUSAL_NONE},
    {"explicit defaults", 1, "0801 1000 190000000000000000 2001 2801 3200", REFUSAL_NONE},
    {"fields in another order", 1, "2801 2001 320161 0801 1005", REFUSAL_NONE},
    {"next_seq 2^63", 1, "0801 2080808080808080808001 2801", REFUSAL_NONE},
    {"uint32 of 32 bits", 1, "0801 10ffffffff0f 2001 2801", REFUSAL_NONE},
    {"smallest mark", 7, "0a022801", REFUSAL_NONE},
    {"mark at 2^63", 7, "0a0b2880808080808080808001", REFUSAL_NONE},
    {"lost up to 2^63 - 1", 6, "1801 20ffffffffffffffff7f", REFUSAL_NONE},
    {"heartbeat", 0, "4200", REFUSAL_NONE},
};

static void defaults_may_be_explicit_and_the_order_is_free(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof good_inputs / sizeof good_inputs[0]; i++) {
        built.size = 0;
        put_hex(good_inputs[i].hex);
        if (good_inputs[i].member)
            wrap(good_inputs[i].member);
        if (refusal_of_built() != REFUSAL_NONE)
            fail_msg("%s", good_inputs[i].name);
    }
}

/* A run begin whose comment has this many bytes. */
static enum refusal refusal_of_comment(uint32_t size)
{
    built.size = 0;
    put_hex("0a022801");
    put_column(4, size);
    wrap(FRAME_RUN_BEGIN);
    return refusal_of_built();
}

static void texts_have_at_most_256_bytes(void **state)
{
    (void)state;
    assert_int_equal(refusal_of_comment(256), REFUSAL_NONE);
    assert_int_equal(refusal_of_comment(257), REFUSAL_BAD_FRAME);
}

/* --- batches --- */

/* schema 1, source 5, first_seq 7, count */
static void put_batch_header(uint64_t count)
{
    put_hex("0801 1005 2007 38");
    put_varint(count);
}

/* Columns first .. last of `size` bytes each. */
static void put_columns(uint32_t first, uint32_t last, uint32_t size)
{
    for (uint32_t number = first; number <= last; number++)
        put_column(number, size);
}

static void begin_batch(uint64_t count)
{
    built.size = 0;
    put_batch_header(count);
}

static enum refusal end_batch(void)
{
    wrap(FRAME_BATCH);
    return refusal_of_built();
}

static void a_batch_is_read_in_place(void **state)
{
    (void)state;
    begin_batch(2);
    put_columns(10, 26, 8);
    assert_int_equal(end_batch(), REFUSAL_NONE);
    struct frame frame;
    assert_int_equal(frame_decode(built.data, built.size, &frame), REFUSAL_NONE);
    assert_int_equal(frame.as.batch.columns.count, 2);
    assert_int_equal(frame.as.batch.first_seq, 7);
    assert_int_equal(column_word(&frame.as.batch.columns, COLUMN_K_PX, 1), 0x11100f0e); /* bytes 10+4 .. 10+7 */
    assert_ptr_equal(frame.as.batch.columns.column[COLUMN_CDA], built.data + built.size - 8);
    assert_null(frame.as.batch.truth_m2);
}

static void columns_in_another_order_are_accepted(void **state)
{
    (void)state;
    built.size = 0;
    put_columns(20, 26, 4);
    put_columns(10, 19, 4);
    put_batch_header(1);
    assert_int_equal(end_batch(), REFUSAL_NONE);
}

static void a_batch_has_1_to_4096_candidates(void **state)
{
    (void)state;
    begin_batch(0);
    assert_int_equal(end_batch(), REFUSAL_BAD_FRAME);
    begin_batch(4096);
    put_columns(10, 26, 4 * 4096);
    assert_int_equal(end_batch(), REFUSAL_NONE);
    begin_batch(4097);
    put_columns(10, 26, 4 * 4097);
    assert_int_equal(end_batch(), REFUSAL_BAD_FRAME);
    begin_batch((uint64_t)UINT32_MAX + 2); /* 1 when cut to 32 bits */
    put_columns(10, 26, 4);
    assert_int_equal(end_batch(), REFUSAL_BAD_FRAME);
    begin_batch(0x40000001); /* 4 bytes when multiplied by 4 in 32 bits */
    put_columns(10, 26, 4);
    assert_int_equal(end_batch(), REFUSAL_BAD_FRAME);
}

static void each_column_has_exactly_count_entries(void **state)
{
    (void)state;
    for (uint32_t odd = 10; odd <= 26; odd++) {
        static const uint32_t sizes[] = {0, 4, 7, 9, 12};
        for (size_t i = 0; i < 5; i++) {
            begin_batch(2);
            put_columns(10, odd - 1, 8);
            put_column(odd, sizes[i]);
            put_columns(odd + 1, 26, 8);
            assert_int_equal(end_batch(), REFUSAL_BAD_FRAME);
        }
        begin_batch(2);
        put_columns(10, odd - 1, 8);
        put_columns(odd + 1, 26, 8);
        assert_int_equal(end_batch(), REFUSAL_BAD_FRAME);
    }
}

static void truth_columns_are_whole_or_absent(void **state)
{
    (void)state;
    for (uint32_t number = 100; number <= 101; number++) {
        for (uint32_t size = 0; size <= 12; size += 4) {
            begin_batch(2);
            put_columns(10, 26, 8);
            put_column(number, size);
            assert_int_equal(end_batch(), size == 8 ? REFUSAL_NONE : REFUSAL_BAD_FRAME);
        }
    }
}

static void unpacked_entries_are_refused(void **state)
{
    (void)state;
    begin_batch(1);
    put_hex("55 01020304"); /* field 10, wire type 5 */
    put_columns(11, 26, 4);
    assert_int_equal(end_batch(), REFUSAL_BAD_FRAME);
}

static void split_columns_are_refused(void **state)
{
    (void)state;
    begin_batch(2);
    put_column(10, 4);
    put_column(10, 4);
    put_columns(11, 26, 8);
    assert_int_equal(end_batch(), REFUSAL_BAD_FRAME);
}

static void repeated_columns_are_refused(void **state)
{
    (void)state;
    begin_batch(2);
    put_columns(10, 26, 8);
    put_column(26, 8);
    assert_int_equal(end_batch(), REFUSAL_BAD_FRAME);
}

static void unknown_columns_are_refused(void **state)
{
    (void)state;
    static const uint32_t numbers[] = {9, 27, 99, 102, 16384};
    for (size_t i = 0; i < 5; i++) {
        begin_batch(2);
        put_columns(10, 26, 8);
        put_column(numbers[i], 8);
        assert_int_equal(end_batch(), REFUSAL_BAD_FRAME);
    }
}

static void a_column_of_a_million_entries_is_refused(void **state)
{
    (void)state;
    begin_batch(1);
    put_hex("52 8092f401"); /* field 10, 4,000,000 bytes */
    assert_int_equal(end_batch(), REFUSAL_BAD_FRAME);
}

static void over_long_lengths_of_columns_are_refused(void **state)
{
    (void)state;
    begin_batch(1);
    put_columns(10, 25, 4);
    put_hex("d201 8400 01020304");
    assert_int_equal(end_batch(), REFUSAL_BAD_FRAME);
}

static void frames_beyond_the_limit_are_oversize_whatever_they_are(void **state)
{
    (void)state;
    memset(built.data, 0, FRAME_BYTES_MAX + 1);
    assert_int_equal(refusal_of(built.data, FRAME_BYTES_MAX + 1), REFUSAL_OVERSIZE);
    assert_int_equal(refusal_of(built.data, FRAME_BYTES_MAX), REFUSAL_BAD_FRAME);
}

static void half_a_million_empty_messages_are_refused(void **state)
{
    (void)state;
    built.size = 0;
    for (int i = 0; i < 163840; i++)
        put_hex("4200"); /* 320 KiB of heartbeats */
    assert_int_equal(refusal_of_built(), REFUSAL_BAD_FRAME);
    built.size = 0;
    for (int i = 0; i < 163000; i++)
        put_hex("0a00");
    wrap(FRAME_RUN_END);
    assert_int_equal(refusal_of_built(), REFUSAL_BAD_FRAME);
}

static enum refusal refusal_of_batch_at(uint64_t first_seq, uint32_t count)
{
    built.size = 0;
    put_hex("0801 20");
    put_varint(first_seq);
    put_hex("38");
    put_varint(count);
    put_columns(10, 26, 4 * count);
    return end_batch();
}

static void seqs_of_a_batch_stay_below_two_to_the_63(void **state)
{
    (void)state;
    assert_int_equal(refusal_of_batch_at(0, 2), REFUSAL_BAD_SEQ);
    assert_int_equal(refusal_of_batch_at(SEQ_LIMIT - 2, 2), REFUSAL_NONE);
    assert_int_equal(refusal_of_batch_at(SEQ_LIMIT - 1, 2), REFUSAL_BAD_SEQ);
    assert_int_equal(refusal_of_batch_at(SEQ_LIMIT, 1), REFUSAL_BAD_SEQ);
    assert_int_equal(refusal_of_batch_at(UINT64_MAX, 2), REFUSAL_BAD_SEQ);
}

static void a_batch_of_another_schema_is_told_so(void **state)
{
    (void)state;
    built.size = 0;
    put_hex("0802 2007 3801");
    put_columns(10, 26, 4);
    assert_int_equal(end_batch(), REFUSAL_BAD_SCHEMA);
    built.size = 0;
    put_hex("0802 2007 3801");
    put_columns(10, 40, 4); /* with columns of the future */
    assert_int_equal(end_batch(), REFUSAL_BAD_SCHEMA);
    built.size = 0;
    put_hex("2007 3801"); /* none at all */
    put_columns(10, 26, 4);
    assert_int_equal(end_batch(), REFUSAL_BAD_SCHEMA);
}

/* CRC-32C bit by bit (polynomial 0x1EDC6F41 reflected). */
static uint32_t slow_crc32c(const unsigned char *bytes, size_t size)
{
    uint32_t crc = UINT32_MAX;
    for (size_t i = 0; i < size; i++) {
        crc ^= bytes[i];
        for (int bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ (crc & 1 ? 0x82F63B78u : 0);
    }
    return ~crc;
}

static void the_checksum_covers_the_columns_in_ascending_field_number(void **state)
{
    (void)state;
    static const uint32_t counts[] = {1, 2, 16, 17, 100};
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
        static unsigned char contents[19 * 4 * 100];
        size_t size = 0;
        begin_batch(counts[i]);
        put_columns(10, 26, 4 * counts[i]);
        put_columns(100, 101, 4 * counts[i]);
        for (uint32_t c = 0; c < 19; c++) {
            for (uint32_t j = 0; j < 4 * counts[i]; j++)
                contents[size++] = (unsigned char)((c < 17 ? 10 + c : 83 + c) + j);
        }
        uint32_t crc = slow_crc32c(contents, size);
        put(8 << 3 | 5);
        for (int shift = 0; shift < 32; shift += 8)
            put((unsigned char)(crc >> shift));
        assert_int_equal(end_batch(), REFUSAL_NONE);
        struct frame frame;
        assert_int_equal(frame_decode(built.data, built.size, &frame), REFUSAL_NONE);
        assert_int_equal(batch_crc32c(&frame.as.batch), crc);
    }
}

static void each_flipped_bit_of_a_column_is_bad_crc(void **state)
{
    (void)state;
    build_random_frame(FRAME_BATCH, 2);
    put_random_crc();
    struct frame frame;
    assert_int_equal(frame_decode(built.data, built.size, &frame), REFUSAL_NONE);
    for (int c = 0; c < CANDIDATE_COLUMN_COUNT; c++) {
        size_t offset = (size_t)(frame.as.batch.columns.column[c] - built.data);
        for (size_t bit = 0; bit < 64; bit++) {
            built.data[offset + bit / 8] ^= (unsigned char)(1u << bit % 8);
            assert_int_equal(refusal_of_built(), REFUSAL_BAD_CRC);
            built.data[offset + bit / 8] ^= (unsigned char)(1u << bit % 8);
        }
    }
}

static void a_batch_with_bad_crc_still_says_whose_it_is(void **state)
{
    (void)state;
    build_random_frame(FRAME_BATCH, 2);
    put_random_crc();
    built.data[built.size - 1] ^= 1;
    struct frame frame;
    assert_int_equal(frame_decode(built.data, built.size, &frame), REFUSAL_BAD_CRC);
    assert_int_equal(frame.as.batch.source, made.batch.source);
    assert_true(frame.as.batch.first_seq == made.batch.first_seq);
}

/* --- frames of the daemon --- */

static void frames_of_the_daemon_are_the_bytes_of_protobuf_c_and_come_back(void **state)
{
    (void)state;
    for (int i = 0; i < 5000; i++) {
        Hnlmon__V1__Welcome welcome = HNLMON__V1__WELCOME__INIT;
        Hnlmon__V1__Ack ack = HNLMON__V1__ACK__INIT;
        Hnlmon__V1__Reject reject = HNLMON__V1__REJECT__INIT;
        Hnlmon__V1__DaemonFrame packed = HNLMON__V1__DAEMON_FRAME__INIT;
        struct daemon_frame frame = {.kind = (enum daemon_frame_kind)(1 + i % 3)};
        packed.frame_case = (Hnlmon__V1__DaemonFrame__FrameCase)frame.kind;
        if (frame.kind == DAEMON_WELCOME) {
            frame.as.welcome = (struct welcome){random_wide(), random_wide(), random_wide32()};
            welcome.resume_seq = frame.as.welcome.resume_seq;
            welcome.credit_seq = frame.as.welcome.credit_seq;
            welcome.max_batch = frame.as.welcome.max_batch;
            packed.welcome = &welcome;
        } else if (frame.kind == DAEMON_ACK) {
            frame.as.ack = (struct ack){random_u64(),    random_wide(), random_wide(),   random_wide32(),
                                        random_wide32(), random_wide(), random_wide32(), random_wide32()};
            ack.epoch = frame.as.ack.epoch;
            ack.durable_seq = frame.as.ack.durable_seq;
            ack.credit_seq = frame.as.ack.credit_seq;
            ack.durable_run = frame.as.ack.durable_run;
            ack.durable_burst = frame.as.ack.durable_burst;
            ack.counted_seq = frame.as.ack.counted_seq;
            ack.counted_run = frame.as.ack.counted_run;
            ack.counted_burst = frame.as.ack.counted_burst;
            packed.ack = &ack;
        } else {
            char *text = random_text(0);
            frame.as.reject = (struct reject){
                random_u64(), random_wide(), (enum refusal)random_below(REFUSAL_COUNT), {text, (uint32_t)strlen(text)}};
            reject.epoch = frame.as.reject.epoch;
            reject.expected_seq = frame.as.reject.expected_seq;
            reject.reason = (Hnlmon__V1__RejectReason)frame.as.reject.reason;
            reject.text = text;
            packed.reject = &reject;
        }
        unsigned char expected[FRAME_ENCODED_MAX], bytes[FRAME_ENCODED_MAX];
        size_t size = hnlmon__v1__daemon_frame__pack(&packed, expected);
        assert_int_equal(daemon_frame_encode(&frame, bytes, sizeof bytes), size);
        assert_memory_equal(bytes, expected, size);
        struct daemon_frame again;
        assert_true(daemon_frame_decode(bytes, size, &again));
        assert_int_equal(daemon_frame_encode(&again, expected, sizeof expected), size);
        assert_memory_equal(bytes, expected, size);
        for (size_t cut = 0; cut < size; cut++)
            assert_false(daemon_frame_decode(bytes, cut, &again));
    }
}

static void bad_frames_of_the_daemon_are_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {"", "22020801", "0a0008", "1a02180e" /* reason 14 */, "0a040801 0801"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct daemon_frame frame;
        built.size = 0;
        put_hex(bad[i]);
        assert_false(daemon_frame_decode(built.data, built.size, &frame));
    }
    struct daemon_frame frame;
    assert_false(daemon_frame_decode(NULL, 0, &frame));
}

static void every_refusal_has_the_name_of_the_schema(void **state)
{
    (void)state;
    assert_string_equal(refusal_name(REFUSAL_NONE), "none");
    for (int i = 1; i < REFUSAL_COUNT; i++) {
        const ProtobufCEnumValue *value =
            protobuf_c_enum_descriptor_get_value(&hnlmon__v1__reject_reason__descriptor, i);
        assert_non_null(value);
        const char *name = refusal_name((enum refusal)i);
        assert_int_equal(strlen(name), strlen(value->name));
        for (size_t j = 0; name[j]; j++)
            assert_int_equal(name[j] == '_' ? '_' : name[j] - 'a' + 'A', value->name[j]);
    }
}

static void nothing_at_all_is_a_bad_frame(void **state)
{
    (void)state;
    struct frame frame;
    assert_int_equal(frame_decode(NULL, 0, &frame), REFUSAL_BAD_FRAME);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_protobuf_c_packs_is_accepted_with_the_same_values_and_encoded_to_the_same_bytes),
        cmocka_unit_test(the_largest_batch_fits_into_a_frame),
        cmocka_unit_test(frames_with_the_longest_texts_fit_into_frame_encoded_max),
        cmocka_unit_test(frames_cut_at_any_byte_are_refused),
        cmocka_unit_test(random_damage_never_crashes_and_what_is_accepted_is_what_protobuf_c_reads),
        cmocka_unit_test(random_bytes_never_crash),
        cmocka_unit_test(each_named_bad_input_is_refused_for_its_reason),
        cmocka_unit_test(defaults_may_be_explicit_and_the_order_is_free),
        cmocka_unit_test(texts_have_at_most_256_bytes),
        cmocka_unit_test(a_batch_is_read_in_place),
        cmocka_unit_test(columns_in_another_order_are_accepted),
        cmocka_unit_test(a_batch_has_1_to_4096_candidates),
        cmocka_unit_test(each_column_has_exactly_count_entries),
        cmocka_unit_test(truth_columns_are_whole_or_absent),
        cmocka_unit_test(unpacked_entries_are_refused),
        cmocka_unit_test(split_columns_are_refused),
        cmocka_unit_test(repeated_columns_are_refused),
        cmocka_unit_test(unknown_columns_are_refused),
        cmocka_unit_test(a_column_of_a_million_entries_is_refused),
        cmocka_unit_test(over_long_lengths_of_columns_are_refused),
        cmocka_unit_test(frames_beyond_the_limit_are_oversize_whatever_they_are),
        cmocka_unit_test(half_a_million_empty_messages_are_refused),
        cmocka_unit_test(seqs_of_a_batch_stay_below_two_to_the_63),
        cmocka_unit_test(a_batch_of_another_schema_is_told_so),
        cmocka_unit_test(the_checksum_covers_the_columns_in_ascending_field_number),
        cmocka_unit_test(each_flipped_bit_of_a_column_is_bad_crc),
        cmocka_unit_test(a_batch_with_bad_crc_still_says_whose_it_is),
        cmocka_unit_test(frames_of_the_daemon_are_the_bytes_of_protobuf_c_and_come_back),
        cmocka_unit_test(bad_frames_of_the_daemon_are_refused),
        cmocka_unit_test(every_refusal_has_the_name_of_the_schema),
        cmocka_unit_test(nothing_at_all_is_a_bad_frame),
    };
    return cmocka_run_group_tests(tests, seed_random, NULL);
}
