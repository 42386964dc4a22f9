/* SPDX-License-Identifier: MIT */
/*
 * frame_codec - the tables of the link's messages, and what the values of a frame must satisfy beyond its form.
 *
 * The form (fields, types, lengths) is protobuf_table's; here are the columns of a batch, the schema, the checksum and
 * the seqs. Field numbers are those of proto/frontend.proto.
 */
#include "wire/frame_codec.h"

#include <string.h>

#include "hnlmon/crc32c.h"
#include "wire/protobuf_table.h"

#define TEXT_BYTES_MAX 256u                          /* bounds each text of a frame */
#define COLUMN_BYTES_MAX (4u * BATCH_CANDIDATES_MAX) /* bounds each column of a batch */

_Static_assert((CANDIDATE_COLUMN_COUNT + 2) * COLUMN_BYTES_MAX + 512 <= FRAME_BYTES_MAX, "the largest batch fits");

static const struct protobuf_row mark_rows[] = {
    ROW_UINT32(1, struct mark, source), ROW_FIXED64(2, struct mark, epoch), ROW_UINT32(3, struct mark, run),
    ROW_UINT32(4, struct mark, burst),  ROW_UINT64(5, struct mark, at_seq), ROW_FIXED64(6, struct mark, t_ns),
};
static const struct protobuf_table mark_table = PROTOBUF_TABLE(mark_rows, 0);

static const struct protobuf_row hello_rows[] = {
    ROW_UINT32(1, struct hello, schema),     ROW_UINT32(2, struct hello, source),
    ROW_FIXED64(3, struct hello, epoch),     ROW_UINT64(4, struct hello, next_seq),
    ROW_UINT64(5, struct hello, oldest_seq), ROW_TEXT(6, struct hello, name, TEXT_BYTES_MAX),
};

static const struct protobuf_row run_begin_rows[] = {
    ROW_MESSAGE(1, struct run_begin, mark, &mark_table),
    ROW_ENUM(2, struct run_begin, origin, ORIGIN_COUNT),
    ROW_TEXT(3, struct run_begin, config_sha256, TEXT_BYTES_MAX),
    ROW_TEXT(4, struct run_begin, comment, TEXT_BYTES_MAX),
};

/* RunEnd is its mark and nothing else. */
struct run_end {
    struct mark mark;
};

static const struct protobuf_row run_end_rows[] = {
    ROW_MESSAGE(1, struct run_end, mark, &mark_table),
};

static const struct protobuf_row burst_begin_rows[] = {
    ROW_MESSAGE(1, struct burst_begin, mark, &mark_table),
    ROW_SINT32(2, struct burst_begin, input_downscaling),
};

static const struct protobuf_row burst_end_rows[] = {
    ROW_MESSAGE(1, struct burst_end, mark, &mark_table),
    ROW_UINT64(2, struct burst_end, generated),
    ROW_UINT64(3, struct burst_end, kept),
    ROW_SINT32(4, struct burst_end, downscaling),
    ROW_UINT64(5, struct burst_end, sent),
    ROW_DOUBLE(6, struct burst_end, intensity),
    ROW_UINT32(7, struct burst_end, live_ppm),
    ROW_UINT32(8, struct burst_end, choke_count),
};

static const struct protobuf_row lost_rows[] = {
    ROW_UINT32(1, struct lost, source),
    ROW_FIXED64(2, struct lost, epoch),
    ROW_UINT64(3, struct lost, first),
    ROW_UINT64(4, struct lost, last),
    ROW_ENUM(5, struct lost, cause, LOSS_CAUSE_COUNT),
};

/* A Batch as it lies in the frame. */
struct batch_record {
    uint32_t schema, source;
    uint64_t epoch, first_seq;
    uint32_t run, burst, count, crc32c;
    struct text columns[CANDIDATE_COLUMN_COUNT];
    struct text truth_m2, truth_kind;
};

#define ROW_COLUMN(column) ROW_TEXT(10 + (column), struct batch_record, columns[column], COLUMN_BYTES_MAX)

static const struct protobuf_row batch_rows[] = {
    ROW_UINT32(1, struct batch_record, schema),
    ROW_UINT32(2, struct batch_record, source),
    ROW_FIXED64(3, struct batch_record, epoch),
    ROW_UINT64(4, struct batch_record, first_seq),
    ROW_UINT32(5, struct batch_record, run),
    ROW_UINT32(6, struct batch_record, burst),
    ROW_UINT32(7, struct batch_record, count),
    ROW_FIXED32(8, struct batch_record, crc32c),
    ROW_COLUMN(COLUMN_K_PX),
    ROW_COLUMN(COLUMN_K_PY),
    ROW_COLUMN(COLUMN_K_PZ),
    ROW_COLUMN(COLUMN_PI0_PX),
    ROW_COLUMN(COLUMN_PI0_PY),
    ROW_COLUMN(COLUMN_PI0_PZ),
    ROW_COLUMN(COLUMN_E_PX),
    ROW_COLUMN(COLUMN_E_PY),
    ROW_COLUMN(COLUMN_E_PZ),
    ROW_COLUMN(COLUMN_TIME),
    ROW_COLUMN(COLUMN_FLAGS),
    ROW_COLUMN(COLUMN_VERTEX_Z),
    ROW_COLUMN(COLUMN_M_GG),
    ROW_COLUMN(COLUMN_E_OVER_P),
    ROW_COLUMN(COLUMN_DT),
    ROW_COLUMN(COLUMN_DT_K),
    ROW_COLUMN(COLUMN_CDA),
    ROW_TEXT(100, struct batch_record, truth_m2, COLUMN_BYTES_MAX),
    ROW_TEXT(101, struct batch_record, truth_kind, COLUMN_BYTES_MAX),
};
static const struct protobuf_table batch_table = PROTOBUF_TABLE(batch_rows, 0);

#define MARK_REQUIRED 1u /* row 0 of every message that has a mark */

/* By field number in FrontendFrame. A Batch has a record of its own; a Heartbeat has no fields. */
static const struct protobuf_table frame_tables[] = {
    [FRAME_HELLO] = PROTOBUF_TABLE(hello_rows, 0),
    [FRAME_RUN_BEGIN] = PROTOBUF_TABLE(run_begin_rows, MARK_REQUIRED),
    [FRAME_BURST_BEGIN] = PROTOBUF_TABLE(burst_begin_rows, MARK_REQUIRED),
    [FRAME_BURST_END] = PROTOBUF_TABLE(burst_end_rows, MARK_REQUIRED),
    [FRAME_LOST] = PROTOBUF_TABLE(lost_rows, 0),
    [FRAME_RUN_END] = PROTOBUF_TABLE(run_end_rows, MARK_REQUIRED),
    [FRAME_HEARTBEAT] = {NULL, 0, 0},
};

static const struct protobuf_row welcome_rows[] = {
    ROW_UINT64(1, struct welcome, resume_seq),
    ROW_UINT64(2, struct welcome, credit_seq),
    ROW_UINT32(3, struct welcome, max_batch),
};

static const struct protobuf_row ack_rows[] = {
    ROW_FIXED64(1, struct ack, epoch),        ROW_UINT64(2, struct ack, durable_seq),
    ROW_UINT64(3, struct ack, credit_seq),    ROW_UINT32(4, struct ack, durable_run),
    ROW_UINT32(5, struct ack, durable_burst), ROW_UINT64(6, struct ack, counted_seq),
    ROW_UINT32(7, struct ack, counted_run),   ROW_UINT32(8, struct ack, counted_burst),
};

static const struct protobuf_row reject_rows[] = {
    ROW_FIXED64(1, struct reject, epoch),
    ROW_UINT64(2, struct reject, expected_seq),
    ROW_ENUM(3, struct reject, reason, REFUSAL_COUNT),
    ROW_TEXT(4, struct reject, text, TEXT_BYTES_MAX),
};

/* By field number in DaemonFrame. */
static const struct protobuf_table daemon_frame_tables[] = {
    [DAEMON_WELCOME] = PROTOBUF_TABLE(welcome_rows, 0),
    [DAEMON_ACK] = PROTOBUF_TABLE(ack_rows, 0),
    [DAEMON_REJECT] = PROTOBUF_TABLE(reject_rows, 0),
};

/* Up to this many candidates the columns are gathered for one checksum over all of them: many short ones cost more. */
#define GATHER_CANDIDATES_MAX 16u

/* The present columns in ascending field number; returns how many. */
static size_t present_columns(const struct batch *batch, const unsigned char *columns[CANDIDATE_COLUMN_COUNT + 2])
{
    size_t count = CANDIDATE_COLUMN_COUNT;
    memcpy(columns, batch->columns.column, sizeof batch->columns.column);
    if (batch->truth_m2)
        columns[count++] = batch->truth_m2;
    if (batch->truth_kind)
        columns[count++] = batch->truth_kind;
    return count;
}

static uint32_t gathered_crc32c(const unsigned char *const *columns, size_t count, size_t column_size)
{
    unsigned char gathered[(CANDIDATE_COLUMN_COUNT + 2) * 4 * GATHER_CANDIDATES_MAX];
    for (size_t i = 0; i < count; i++)
        memcpy(gathered + i * column_size, columns[i], column_size);
    return crc32c(0, gathered, count * column_size);
}

uint32_t batch_crc32c(const struct batch *batch)
{
    const unsigned char *columns[CANDIDATE_COLUMN_COUNT + 2];
    size_t count = present_columns(batch, columns);
    size_t column_size = (size_t)4 * batch->columns.count;
    uint32_t crc = 0;
    if (batch->columns.count <= GATHER_CANDIDATES_MAX) {
        crc = gathered_crc32c(columns, count, column_size);
    } else {
        for (size_t i = 0; i < count; i++)
            crc = crc32c(crc, columns[i], column_size);
    }
    return crc ? crc : UINT32_MAX; /* 0 on the wire means none */
}

void batch_cut(struct batch *batch, uint32_t begin, uint32_t count)
{
    size_t offset = (size_t)4 * begin;
    batch->first_seq += begin;
    batch->columns.count = count;
    for (int column = 0; column < CANDIDATE_COLUMN_COUNT; column++)
        batch->columns.column[column] += offset;
    if (batch->truth_m2)
        batch->truth_m2 += offset;
    if (batch->truth_kind)
        batch->truth_kind += offset;
    batch->crc32c = batch_crc32c(batch);
}

static bool is_seq(uint64_t seq)
{
    return seq >= 1 && seq <= SEQ_LIMIT;
}

/* A frame of another schema may have fields that we cannot know: then the schema is what is wrong with it. */
static enum refusal refuse_form(uint32_t schema)
{
    return schema != 0 && schema != WIRE_SCHEMA ? REFUSAL_BAD_SCHEMA : REFUSAL_BAD_FRAME;
}

static bool truth_is_consistent(struct text truth, uint32_t column_size)
{
    return truth.bytes == NULL || truth.size == column_size;
}

/* Columns of equal length, and `count` tells it. */
static bool columns_are_consistent(const struct batch_record *record)
{
    if (record->count == 0 || record->count > BATCH_CANDIDATES_MAX)
        return false;
    uint32_t column_size = 4 * record->count;
    uint32_t difference = 0;
    for (size_t i = 0; i < CANDIDATE_COLUMN_COUNT; i++)
        difference |= record->columns[i].size ^ column_size;
    return difference == 0 && truth_is_consistent(record->truth_m2, column_size) &&
           truth_is_consistent(record->truth_kind, column_size);
}

static void batch_from_record(const struct batch_record *record, struct batch *batch)
{
    batch->schema = record->schema;
    batch->source = record->source;
    batch->epoch = record->epoch;
    batch->first_seq = record->first_seq;
    batch->run = record->run;
    batch->burst = record->burst;
    batch->crc32c = record->crc32c;
    batch->columns.count = record->count;
    for (size_t i = 0; i < CANDIDATE_COLUMN_COUNT; i++)
        batch->columns.column[i] = (const unsigned char *)record->columns[i].bytes;
    batch->truth_m2 = (const unsigned char *)record->truth_m2.bytes;
    batch->truth_kind = (const unsigned char *)record->truth_kind.bytes;
}

static enum refusal decode_batch(const struct protobuf_member *member, struct batch *batch)
{
    struct batch_record record = {0};
    if (!protobuf_table_decode(&batch_table, member->bytes, member->size, &record, NULL) ||
        !columns_are_consistent(&record))
        return refuse_form(record.schema);
    if (record.schema != WIRE_SCHEMA)
        return REFUSAL_BAD_SCHEMA;
    batch_from_record(&record, batch);
    bool is_in_range = is_seq(batch->first_seq) && batch->first_seq <= SEQ_LIMIT - batch->columns.count;
    return is_in_range ? REFUSAL_NONE : REFUSAL_BAD_SEQ;
}

static bool hello_seqs_are_valid(const struct hello *hello)
{
    return is_seq(hello->next_seq) && hello->oldest_seq >= 1 && hello->oldest_seq <= hello->next_seq;
}

static bool lost_seqs_are_valid(const struct lost *lost)
{
    return lost->first >= 1 && lost->first <= lost->last && lost->last < SEQ_LIMIT;
}

const struct mark *frame_mark(const struct frame *frame)
{
    switch (frame->kind) {
    case FRAME_RUN_BEGIN:
        return &frame->as.run_begin.mark;
    case FRAME_RUN_END:
        return &frame->as.run_end;
    case FRAME_BURST_BEGIN:
        return &frame->as.burst_begin.mark;
    case FRAME_BURST_END:
        return &frame->as.burst_end.mark;
    case FRAME_HELLO:
    case FRAME_BATCH:
    case FRAME_LOST:
    case FRAME_HEARTBEAT:
        break;
    }
    return NULL;
}

struct speaker frame_speaker(const struct frame *frame)
{
    const struct mark *mark = frame_mark(frame);
    if (mark)
        return (struct speaker){mark->source, mark->epoch};
    if (frame->kind == FRAME_HELLO)
        return (struct speaker){frame->as.hello.source, frame->as.hello.epoch};
    if (frame->kind == FRAME_BATCH)
        return (struct speaker){frame->as.batch.source, frame->as.batch.epoch};
    if (frame->kind == FRAME_LOST)
        return (struct speaker){frame->as.lost.source, frame->as.lost.epoch};
    return (struct speaker){0, 0};
}

/* Of every frame but a Batch, whose seqs decode_batch looks at. */
static bool seqs_are_valid(const struct frame *frame)
{
    const struct mark *mark = frame_mark(frame);
    if (frame->kind == FRAME_HELLO)
        return hello_seqs_are_valid(&frame->as.hello);
    if (frame->kind == FRAME_LOST)
        return lost_seqs_are_valid(&frame->as.lost);
    return mark == NULL || is_seq(mark->at_seq);
}

static enum refusal decode_other(const struct protobuf_member *member, struct frame *frame)
{
    bool is_hello = frame->kind == FRAME_HELLO;
    if (!protobuf_table_decode(&frame_tables[frame->kind], member->bytes, member->size, &frame->as, NULL))
        return refuse_form(is_hello ? frame->as.hello.schema : 0);
    if (is_hello && frame->as.hello.schema != WIRE_SCHEMA)
        return REFUSAL_BAD_SCHEMA;
    return seqs_are_valid(frame) ? REFUSAL_NONE : REFUSAL_BAD_SEQ;
}

enum refusal frame_decode_unchecked(const unsigned char *bytes, size_t size, struct frame *frame)
{
    memset(frame, 0, sizeof *frame);
    if (size > FRAME_BYTES_MAX)
        return REFUSAL_OVERSIZE;
    struct protobuf_member member;
    if (!protobuf_member_decode(bytes, size, &member) || member.number > FRAME_HEARTBEAT)
        return REFUSAL_BAD_FRAME;
    frame->kind = (enum frame_kind)member.number;
    return frame->kind == FRAME_BATCH ? decode_batch(&member, &frame->as.batch) : decode_other(&member, frame);
}

enum refusal frame_decode(const unsigned char *bytes, size_t size, struct frame *frame)
{
    enum refusal refusal = frame_decode_unchecked(bytes, size, frame);
    bool is_filled = refusal == REFUSAL_NONE || refusal == REFUSAL_BAD_SEQ;
    const struct batch *batch = &frame->as.batch;
    if (is_filled && frame->kind == FRAME_BATCH && batch->crc32c != 0 && batch->crc32c != batch_crc32c(batch))
        return REFUSAL_BAD_CRC;
    return refusal;
}

static struct text column_text(const unsigned char *column, uint32_t count)
{
    return (struct text){(const char *)column, column ? 4 * count : 0};
}

static size_t encode_batch(const struct batch *batch, unsigned char *bytes, size_t capacity)
{
    uint32_t count = batch->columns.count;
    struct batch_record record = {
        .schema = batch->schema,
        .source = batch->source,
        .epoch = batch->epoch,
        .first_seq = batch->first_seq,
        .run = batch->run,
        .burst = batch->burst,
        .count = count,
        .crc32c = batch->crc32c,
        .truth_m2 = column_text(batch->truth_m2, count),
        .truth_kind = column_text(batch->truth_kind, count),
    };
    for (size_t i = 0; i < CANDIDATE_COLUMN_COUNT; i++)
        record.columns[i] = column_text(batch->columns.column[i], count);
    return protobuf_member_encode(FRAME_BATCH, &batch_table, &record, bytes, capacity);
}

size_t frame_encode(const struct frame *frame, unsigned char *bytes, size_t capacity)
{
    if (frame->kind == FRAME_BATCH)
        return encode_batch(&frame->as.batch, bytes, capacity);
    return protobuf_member_encode(frame->kind, &frame_tables[frame->kind], &frame->as, bytes, capacity);
}

size_t daemon_frame_encode(const struct daemon_frame *frame, unsigned char *bytes, size_t capacity)
{
    return protobuf_member_encode(frame->kind, &daemon_frame_tables[frame->kind], &frame->as, bytes, capacity);
}

bool daemon_frame_decode(const unsigned char *bytes, size_t size, struct daemon_frame *frame)
{
    memset(frame, 0, sizeof *frame);
    struct protobuf_member member;
    if (!protobuf_member_decode(bytes, size, &member) || member.number > DAEMON_REJECT)
        return false;
    frame->kind = (enum daemon_frame_kind)member.number;
    return protobuf_table_decode(&daemon_frame_tables[frame->kind], member.bytes, member.size, &frame->as, NULL);
}

const char *refusal_name(enum refusal refusal)
{
    switch (refusal) {
    case REFUSAL_NONE:
        return "none";
    case REFUSAL_GAP:
        return "gap";
    case REFUSAL_BAD_FRAME:
        return "bad_frame";
    case REFUSAL_OVERSIZE:
        return "oversize";
    case REFUSAL_BAD_SCHEMA:
        return "bad_schema";
    case REFUSAL_BAD_CRC:
        return "bad_crc";
    case REFUSAL_BAD_BURST:
        return "bad_burst";
    case REFUSAL_BAD_SEQ:
        return "bad_seq";
    case REFUSAL_NOT_WELCOME:
        return "not_welcome";
    case REFUSAL_TOO_MANY:
        return "too_many";
    case REFUSAL_TRUTH:
        return "truth";
    case REFUSAL_BUSY:
        return "busy";
    case REFUSAL_RETIRED:
        return "retired";
    case REFUSAL_TOO_LONG:
        return "too_long";
    case REFUSAL_COUNT:
        break;
    }
    return "unknown";
}
