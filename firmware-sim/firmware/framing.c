/* SPDX-License-Identifier: MIT */
/*
 * framing - see framing.h.
 *
 * Every message is written twice: first without a buffer, to learn its length, then for real. A writer that runs out of
 * room goes on counting, so that one check at the end is enough.
 */
#include "firmware/framing.h"

#include "hnlmon/crc32c.h"

#define FIRST_COLUMN_FIELD 10u
#define TRUTH_FIELD 100u

enum wire_type { WIRE_VARINT = 0, WIRE_FIXED64 = 1, WIRE_BYTES = 2, WIRE_FIXED32 = 5 };

struct writer {
    unsigned char *bytes; /* NULL: count only */
    uint32_t capacity;
    uint32_t size; /* < 2^20: a frame has at most FRAME_BYTES_MAX bytes */
};

/* What a mark says beyond the state of the framer. */
struct run_start {
    uint64_t t_ns;
    enum origin origin;
    struct text comment;
};

struct burst_start {
    uint64_t t_ns;
    int32_t input_downscaling;
};

typedef void write_body(struct writer *writer, const struct framer *framer, const void *content);

static void put_byte(struct writer *writer, unsigned byte)
{
    if (writer->bytes && writer->size < writer->capacity)
        writer->bytes[writer->size] = (unsigned char)byte;
    writer->size++;
}

static void put_varint(struct writer *writer, uint64_t value)
{
    while (value >= 0x80) {
        put_byte(writer, (unsigned)(value & 0x7F) | 0x80);
        value >>= 7;
    }
    put_byte(writer, (unsigned)value);
}

static void put_tag(struct writer *writer, uint32_t field, enum wire_type type)
{
    put_varint(writer, field << 3 | (uint32_t)type);
}

static void put_bytes(struct writer *writer, const unsigned char *bytes, uint32_t size)
{
    if (writer->bytes && writer->size + size <= writer->capacity)
        for (uint32_t i = 0; i < size; i++)
            writer->bytes[writer->size + i] = bytes[i];
    writer->size += size;
}

/* proto3 leaves out fields that are zero. */
static void put_uint_field(struct writer *writer, uint32_t field, uint64_t value)
{
    if (value == 0)
        return;
    put_tag(writer, field, WIRE_VARINT);
    put_varint(writer, value);
}

static void put_sint_field(struct writer *writer, uint32_t field, int32_t value)
{
    put_uint_field(writer, field, (uint32_t)value << 1 ^ (value < 0 ? UINT32_MAX : 0));
}

static void put_fixed32_field(struct writer *writer, uint32_t field, uint32_t value)
{
    if (value == 0)
        return;
    put_tag(writer, field, WIRE_FIXED32);
    for (unsigned i = 0; i < 4; i++)
        put_byte(writer, value >> 8 * i & 0xFF);
}

static void put_fixed64_field(struct writer *writer, uint32_t field, uint64_t value)
{
    if (value == 0)
        return;
    put_tag(writer, field, WIRE_FIXED64);
    for (unsigned i = 0; i < 8; i++)
        put_byte(writer, (unsigned)(value >> 8 * i) & 0xFF);
}

static void put_bytes_field(struct writer *writer, uint32_t field, const unsigned char *bytes, uint32_t size)
{
    if (size == 0)
        return;
    put_tag(writer, field, WIRE_BYTES);
    put_varint(writer, size);
    put_bytes(writer, bytes, size);
}

static uint64_t double_bits(double value)
{
    union {
        double value;
        uint64_t bits;
    } both = {value};
    return both.bits;
}

/* A length-delimited message: its length is known after it was counted once. */
static void put_message(struct writer *writer, uint32_t field, write_body *body, const struct framer *framer,
                        const void *content)
{
    struct writer counter = {0, 0, 0};
    body(&counter, framer, content);
    put_tag(writer, field, WIRE_BYTES);
    put_varint(writer, counter.size);
    body(writer, framer, content);
}

static void mark_body(struct writer *writer, const struct framer *framer, const void *content)
{
    const uint64_t *t_ns = content;
    put_uint_field(writer, 1, framer->source);
    put_fixed64_field(writer, 2, framer->epoch);
    put_uint_field(writer, 3, framer->run);
    put_uint_field(writer, 4, framer->burst);
    put_uint_field(writer, 5, framer->next_seq);
    put_fixed64_field(writer, 6, *t_ns);
}

static void run_begin_body(struct writer *writer, const struct framer *framer, const void *content)
{
    const struct run_start *begin = content;
    put_message(writer, 1, mark_body, framer, &begin->t_ns);
    put_uint_field(writer, 2, (uint64_t)begin->origin);
    put_bytes_field(writer, 4, (const unsigned char *)begin->comment.bytes, begin->comment.size);
}

static void run_end_body(struct writer *writer, const struct framer *framer, const void *content)
{
    put_message(writer, 1, mark_body, framer, content);
}

static void burst_begin_body(struct writer *writer, const struct framer *framer, const void *content)
{
    const struct burst_start *begin = content;
    put_message(writer, 1, mark_body, framer, &begin->t_ns);
    put_sint_field(writer, 2, begin->input_downscaling);
}

static void burst_end_body(struct writer *writer, const struct framer *framer, const void *content)
{
    const struct burst_end *end = content;
    put_message(writer, 1, mark_body, framer, &end->mark.t_ns);
    put_uint_field(writer, 2, end->generated);
    put_uint_field(writer, 3, end->kept);
    put_sint_field(writer, 4, end->downscaling);
    put_uint_field(writer, 5, end->sent);
    put_fixed64_field(writer, 6, double_bits(end->intensity));
    put_uint_field(writer, 7, end->live_ppm);
    put_uint_field(writer, 8, end->choke_count);
}

static uint32_t column_field(uint32_t column)
{
    return column < CANDIDATE_COLUMN_COUNT ? FIRST_COLUMN_FIELD + column
                                           : TRUTH_FIELD + column - CANDIDATE_COLUMN_COUNT;
}

/* The columns of a batch: the candidates, and behind them the truth. */
static uint32_t column_count(const struct framer *framer)
{
    return framer->has_truth ? FRAMING_COLUMNS : CANDIDATE_COLUMN_COUNT;
}

static void batch_body(struct writer *writer, const struct framer *framer, const void *content)
{
    const uint32_t *crc = content;
    put_uint_field(writer, 1, WIRE_SCHEMA);
    put_uint_field(writer, 2, framer->source);
    put_fixed64_field(writer, 3, framer->epoch);
    put_uint_field(writer, 4, framer->next_seq);
    put_uint_field(writer, 5, framer->run);
    put_uint_field(writer, 6, framer->burst);
    put_uint_field(writer, 7, framer->count);
    put_fixed32_field(writer, 8, *crc);
    for (uint32_t column = 0; column < column_count(framer); column++)
        put_bytes_field(writer, column_field(column), framer->columns[column], 4 * framer->count);
}

/* A whole FrontendFrame with one member. */
static uint32_t write_frame(enum frame_kind kind, write_body *body, const struct framer *framer, const void *content,
                            unsigned char *bytes, uint32_t capacity)
{
    struct writer writer = {bytes, capacity, 0};
    put_message(&writer, (uint32_t)kind, body, framer, content);
    return writer.size <= capacity ? writer.size : 0;
}

void framer_init(struct framer *framer, uint32_t source, uint64_t epoch)
{
    framer->source = source;
    framer->epoch = epoch;
    framer->next_seq = 1;
    framer->run = 0;
    framer->burst = 0;
    framer->has_truth = true;
    framer->count = 0;
}

void framer_add(struct framer *framer, const struct candidate *candidate, int32_t truth_m2, uint32_t truth_kind)
{
    uint32_t at = 4 * framer->count;
    for (unsigned i = 0; i < 3; i++) {
        store_le32(framer->columns[COLUMN_K_PX + i] + at, (uint32_t)candidate->k[i]);
        store_le32(framer->columns[COLUMN_PI0_PX + i] + at, (uint32_t)candidate->pi0[i]);
        store_le32(framer->columns[COLUMN_E_PX + i] + at, (uint32_t)candidate->e[i]);
    }
    store_le32(framer->columns[COLUMN_TIME] + at, candidate->time);
    store_le32(framer->columns[COLUMN_FLAGS] + at, candidate->flags);
    store_le32(framer->columns[COLUMN_VERTEX_Z] + at, (uint32_t)candidate->vertex_z);
    store_le32(framer->columns[COLUMN_M_GG] + at, (uint32_t)candidate->m_gg);
    store_le32(framer->columns[COLUMN_E_OVER_P] + at, (uint32_t)candidate->e_over_p);
    store_le32(framer->columns[COLUMN_DT] + at, (uint32_t)candidate->dt);
    store_le32(framer->columns[COLUMN_DT_K] + at, (uint32_t)candidate->dt_k);
    store_le32(framer->columns[COLUMN_CDA] + at, (uint32_t)candidate->cda);
    store_le32(framer->columns[CANDIDATE_COLUMN_COUNT] + at, (uint32_t)truth_m2);
    store_le32(framer->columns[CANDIDATE_COLUMN_COUNT + 1] + at, truth_kind);
    framer->count++;
}

uint32_t framer_batch(struct framer *framer, unsigned char *bytes, uint32_t capacity)
{
    uint32_t crc = 0;
    for (uint32_t column = 0; column < column_count(framer); column++)
        crc = crc32c(crc, framer->columns[column], 4 * framer->count);
    if (crc == 0)
        crc = UINT32_MAX;
    uint32_t size = write_frame(FRAME_BATCH, batch_body, framer, &crc, bytes, capacity);
    if (size) {
        framer->next_seq += framer->count;
        framer->count = 0;
    }
    return size;
}

uint32_t framer_run_begin(struct framer *framer, uint32_t run, uint64_t t_ns, enum origin origin, struct text comment,
                          unsigned char *bytes, uint32_t capacity)
{
    struct run_start begin = {t_ns, origin, comment};
    framer->run = run;
    framer->burst = 0;
    framer->has_truth = origin != ORIGIN_DATA;
    return write_frame(FRAME_RUN_BEGIN, run_begin_body, framer, &begin, bytes, capacity);
}

uint32_t framer_burst_begin(struct framer *framer, uint32_t burst, uint64_t t_ns, int32_t input_downscaling,
                            unsigned char *bytes, uint32_t capacity)
{
    struct burst_start begin = {t_ns, input_downscaling};
    framer->burst = burst;
    return write_frame(FRAME_BURST_BEGIN, burst_begin_body, framer, &begin, bytes, capacity);
}

uint32_t framer_burst_end(struct framer *framer, const struct burst_end *end, unsigned char *bytes, uint32_t capacity)
{
    return write_frame(FRAME_BURST_END, burst_end_body, framer, end, bytes, capacity);
}

uint32_t framer_run_end(struct framer *framer, uint64_t t_ns, unsigned char *bytes, uint32_t capacity)
{
    framer->burst = 0;
    return write_frame(FRAME_RUN_END, run_end_body, framer, &t_ns, bytes, capacity);
}
