/* SPDX-License-Identifier: MIT */
/*
 * control_codec - requests by tables, strictly, because anybody may send them; replies through protobuf-c.
 *
 * Field numbers are those of proto/control.proto.
 */
#include "wire/control_codec.h"

#include <stdlib.h>
#include <string.h>

#include "control.pb-c.h"
#include "hnlmon/frame.h"
#include "wire/core_message.h"
#include "wire/message_json.h"
#include "wire/protobuf_table.h"

#define UNPACKED_BYTES_MAX (16u * 1024u * 1024u) /* bounds the memory for a received ControlReply */

/* A ControlRequest as it lies in the message. */
struct request_record {
    uint64_t id;
    struct no_fields {
        char unused;
    } nothing;
    struct ack_record {
        struct text alarm_id, who;
        uint32_t accept;
    } ack;
    struct pick_record {
        double m_n_mev;
        uint32_t limit;
    } pick;
    struct shelve_record {
        struct text alarm_id, who;
        uint32_t minutes;
    } shelve;
    struct unblind_record {
        struct text who, reason, answer;
    } unblind;
    struct blind_record {
        struct text who;
    } blind;
    struct new_period_record {
        struct text who;
    } new_period;
};

static const struct protobuf_table no_fields_table = {NULL, 0, 0};

static const struct protobuf_row ack_rows[] = {
    ROW_TEXT(1, struct ack_record, alarm_id, ALARM_ID_SIZE - 1),
    ROW_TEXT(2, struct ack_record, who, sizeof((struct control_request *)NULL)->who - 1),
    ROW_UINT32(3, struct ack_record, accept),
};
static const struct protobuf_table ack_table = PROTOBUF_TABLE(ack_rows, 0);

static const struct protobuf_row pick_rows[] = {
    ROW_DOUBLE(1, struct pick_record, m_n_mev),
    ROW_UINT32(2, struct pick_record, limit),
};
static const struct protobuf_table pick_table = PROTOBUF_TABLE(pick_rows, 0);

static const struct protobuf_row shelve_rows[] = {
    ROW_TEXT(1, struct shelve_record, alarm_id, ALARM_ID_SIZE - 1),
    ROW_TEXT(2, struct shelve_record, who, sizeof((struct control_request *)NULL)->who - 1),
    ROW_UINT32(3, struct shelve_record, minutes),
};
static const struct protobuf_table shelve_table = PROTOBUF_TABLE(shelve_rows, 0);

static const struct protobuf_row unblind_rows[] = {
    ROW_TEXT(1, struct unblind_record, who, sizeof((struct control_request *)NULL)->who - 1),
    ROW_TEXT(2, struct unblind_record, reason, CONTROL_REASON_SIZE - 1),
    ROW_TEXT(3, struct unblind_record, answer, CONTROL_ANSWER_BYTES),
};
static const struct protobuf_table unblind_table = PROTOBUF_TABLE(unblind_rows, 0);

static const struct protobuf_row blind_rows[] = {
    ROW_TEXT(1, struct blind_record, who, sizeof((struct control_request *)NULL)->who - 1),
};
static const struct protobuf_table blind_table = PROTOBUF_TABLE(blind_rows, 0);
static const struct protobuf_row new_period_rows[] = {
    ROW_TEXT(1, struct new_period_record, who, sizeof((struct control_request *)NULL)->who - 1),
};
static const struct protobuf_table new_period_table = PROTOBUF_TABLE(new_period_rows, 0);

/* The id, and the members of the oneof. */
static const struct protobuf_row request_rows[] = {
    ROW_UINT64(1, struct request_record, id),
    ROW_MESSAGE(CONTROL_STATUS, struct request_record, nothing, &no_fields_table),
    ROW_MESSAGE(CONTROL_ALARMS, struct request_record, nothing, &no_fields_table),
    ROW_MESSAGE(CONTROL_ACK, struct request_record, ack, &ack_table),
    ROW_MESSAGE(CONTROL_PICK, struct request_record, pick, &pick_table),
    ROW_MESSAGE(CONTROL_SNAPSHOT, struct request_record, nothing, &no_fields_table),
    ROW_MESSAGE(CONTROL_SHELVE, struct request_record, shelve, &shelve_table),
    ROW_MESSAGE(CONTROL_UNBLIND, struct request_record, unblind, &unblind_table),
    ROW_MESSAGE(CONTROL_NEW_PERIOD, struct request_record, new_period, &new_period_table),
    ROW_MESSAGE(CONTROL_BLIND, struct request_record, blind, &blind_table),
};
static const struct protobuf_table request_table = PROTOBUF_TABLE(request_rows, 0);
static const struct protobuf_table id_table = {request_rows, 1, 0};

static struct text text_of(const char *string, size_t size)
{
    const char *end = memchr(string, 0, size);
    return (struct text){string, (uint32_t)(end ? (size_t)(end - string) : size - 1)};
}

static const struct protobuf_row *row_of(enum control_kind kind)
{
    const struct protobuf_row *row = request_rows;
    while (row->tag >> 3 != kind)
        row++;
    return row;
}

size_t control_request_encode(const struct control_request *request, unsigned char *bytes, size_t capacity)
{
    struct text alarm_id = text_of(request->alarm_id, sizeof request->alarm_id);
    struct text who = text_of(request->who, sizeof request->who);
    const struct request_record record = {
        .id = request->id,
        .ack = {alarm_id, who, request->accept},
        .pick = {request->m_n_mev, request->limit},
        .shelve = {alarm_id, who, request->minutes},
        .unblind = {who,
                    text_of(request->reason, sizeof request->reason),
                    {(const char *)request->answer, request->has_answer ? CONTROL_ANSWER_BYTES : 0}},
        .blind = {who},
        .new_period = {who},
    };
    const struct protobuf_row *row = row_of(request->kind);
    size_t id_size = protobuf_table_size(&id_table, &record);
    if (id_size > capacity)
        return 0;
    unsigned char *at = protobuf_table_encode(&id_table, &record, bytes);
    size_t size = protobuf_member_encode(request->kind, row->message, (const unsigned char *)&record + row->offset, at,
                                         capacity - id_size);
    return size ? id_size + size : 0;
}

/* The kind whose bit is the only one among the members of the oneof; 0 when there is none or more than one. */
static uint32_t only_kind(uint32_t present)
{
    for (uint32_t i = 1; i < request_table.count; i++) {
        if ((present & ~1u) == 1u << i)
            return request_rows[i].tag >> 3;
    }
    return 0;
}

/* Into `string`, which is zero and has room for one byte more; false when the text has a zero in it. */
static bool copy_text(struct text text, char *string)
{
    if (text.size > 0)
        memcpy(string, text.bytes, text.size);
    return strlen(string) == text.size;
}

/* False when it is neither absent nor whole. */
static bool copy_answer(struct text answer, struct control_request *request)
{
    request->has_answer = answer.size > 0;
    if (request->has_answer)
        memcpy(request->answer, answer.bytes, answer.size);
    return answer.size == 0 || answer.size == CONTROL_ANSWER_BYTES;
}

bool control_request_decode(const unsigned char *bytes, size_t size, struct control_request *request)
{
    struct request_record record = {0};
    uint32_t present = 0;
    memset(request, 0, sizeof *request);
    if (size > CONTROL_REQUEST_BYTES_MAX || !protobuf_table_decode(&request_table, bytes, size, &record, &present))
        return false;
    uint32_t kind = only_kind(present);
    if (kind == 0)
        return false;
    request->id = record.id;
    request->kind = (enum control_kind)kind;
    request->accept = record.ack.accept != 0;
    request->m_n_mev = record.pick.m_n_mev;
    request->limit = record.pick.limit;
    request->minutes = record.shelve.minutes;
    bool is_shelve = request->kind == CONTROL_SHELVE;
    struct text alarm_id = is_shelve ? record.shelve.alarm_id : record.ack.alarm_id;
    struct text who = is_shelve                             ? record.shelve.who
                      : request->kind == CONTROL_UNBLIND    ? record.unblind.who
                      : request->kind == CONTROL_BLIND      ? record.blind.who
                      : request->kind == CONTROL_NEW_PERIOD ? record.new_period.who
                                                            : record.ack.who;
    return record.ack.accept <= 1 && copy_text(alarm_id, request->alarm_id) && copy_text(who, request->who) &&
           copy_text(record.unblind.reason, request->reason) && copy_answer(record.unblind.answer, request);
}

/* Everything that a reply points to. */
struct reply_message {
    Hnlmon__V1__ControlReply reply;
    struct status_message status;
    struct sources_message snapshot_sources;
    Hnlmon__V1__Result snapshot;
    Hnlmon__V1__Histogram histograms[HISTOGRAM_COUNT];
    Hnlmon__V1__Histogram *histogram_pointers[HISTOGRAM_COUNT];
    struct alarm_message *alarms;
    Hnlmon__V1__Alarm **alarm_pointers;
    Hnlmon__V1__Pick *picks;
    Hnlmon__V1__Pick **pick_pointers;
};

static void fill_pick(const struct pick *pick, Hnlmon__V1__Pick *message)
{
    *message = (Hnlmon__V1__Pick)HNLMON__V1__PICK__INIT;
    message->run = pick->run;
    message->burst = pick->burst;
    message->source = pick->source;
    message->epoch = pick->epoch;
    message->seq = pick->seq;
    message->time = pick->time;
    message->m2_mev2 = (double)pick->m2 / (double)((int64_t)1 << M2_SHIFT);
}

static bool fill_picks(const struct control_reply *reply, struct reply_message *message)
{
    if (reply->pick_count == 0)
        return true;
    message->picks = calloc(reply->pick_count, sizeof *message->picks);
    message->pick_pointers = calloc(reply->pick_count, sizeof(Hnlmon__V1__Pick *));
    if (!message->picks || !message->pick_pointers)
        return false;
    for (uint32_t i = 0; i < reply->pick_count; i++) {
        fill_pick(&reply->picks[i], &message->picks[i]);
        message->pick_pointers[i] = &message->picks[i];
    }
    message->reply.n_picks = reply->pick_count;
    message->reply.picks = message->pick_pointers;
    return true;
}

static bool fill_alarms(const struct control_reply *reply, struct reply_message *message)
{
    if (reply->alarm_count == 0)
        return true;
    message->alarms = calloc(reply->alarm_count, sizeof *message->alarms);
    message->alarm_pointers = calloc(reply->alarm_count, sizeof(Hnlmon__V1__Alarm *));
    if (!message->alarms || !message->alarm_pointers)
        return false;
    for (uint32_t i = 0; i < reply->alarm_count; i++) {
        core_message_alarm(reply->alarms[i], &message->alarms[i]);
        message->alarm_pointers[i] = &message->alarms[i].alarm;
    }
    message->reply.n_alarms = reply->alarm_count;
    message->reply.alarms = message->alarm_pointers;
    return true;
}

static void fill_snapshot(const struct control_reply *reply, struct reply_message *message)
{
    Hnlmon__V1__Result *snapshot = &message->snapshot;
    *snapshot = (Hnlmon__V1__Result)HNLMON__V1__RESULT__INIT;
    core_message_sources(reply->snapshot_sources, reply->snapshot_source_count, &message->snapshot_sources);
    for (enum histogram_id id = HISTOGRAM_M2; id < HISTOGRAM_COUNT; id++) {
        core_message_histogram(id, HORIZON_RUN, reply->snapshot, &message->histograms[id]);
        message->histogram_pointers[id] = &message->histograms[id];
    }
    snapshot->schema = WIRE_SCHEMA;
    snapshot->instance = core_message_text(reply->instance);
    snapshot->template_ = core_message_text(reply->template_name);
    snapshot->run = reply->run;
    snapshot->origin = (Hnlmon__V1__Origin)reply->origin;
    snapshot->blind = reply->is_blind;
    snapshot->bursts = reply->snapshot->bursts;
    snapshot->n_sources = message->snapshot_sources.count;
    snapshot->sources = message->snapshot_sources.pointers;
    snapshot->n_histograms = HISTOGRAM_COUNT;
    snapshot->histograms = message->histogram_pointers;
    message->reply.snapshot = snapshot;
}

static bool fill_reply(const struct control_reply *reply, struct reply_message *message)
{
    message->reply = (Hnlmon__V1__ControlReply)HNLMON__V1__CONTROL_REPLY__INIT;
    message->reply.id = reply->id;
    message->reply.ok = reply->ok;
    message->reply.text = core_message_text(reply->text);
    message->reply.origin = (Hnlmon__V1__Origin)reply->origin;
    message->reply.blind = reply->is_blind;
    if (reply->nonce) {
        message->reply.nonce.data = (uint8_t *)(uintptr_t)reply->nonce;
        message->reply.nonce.len = CONTROL_NONCE_BYTES;
    }
    message->reply.alarm_sequence = reply->alarm_sequence;
    message->reply.epoch = reply->epoch;
    message->reply.pick_low_mev2 = reply->pick_low_mev2;
    message->reply.pick_high_mev2 = reply->pick_high_mev2;
    message->reply.pick_forgotten = reply->pick_forgotten;
    if (reply->status) {
        core_message_status(reply->status, &message->status);
        message->reply.status = &message->status.status;
    }
    if (reply->snapshot)
        fill_snapshot(reply, message);
    return fill_alarms(reply, message) && fill_picks(reply, message);
}

static unsigned char *pack_reply(const Hnlmon__V1__ControlReply *reply, size_t *size)
{
    *size = hnlmon__v1__control_reply__get_packed_size(reply);
    unsigned char *bytes = malloc(*size ? *size : 1);
    if (bytes)
        hnlmon__v1__control_reply__pack(reply, bytes);
    return bytes;
}

unsigned char *control_reply_encode(const struct control_reply *reply, size_t *size)
{
    struct reply_message *message = calloc(1, sizeof *message);
    if (!message)
        return NULL;
    unsigned char *bytes = fill_reply(reply, message) ? pack_reply(&message->reply, size) : NULL;
    free(message->alarms);
    free(message->alarm_pointers);
    free(message->picks);
    free(message->pick_pointers);
    free(message);
    return bytes;
}

json_t *control_reply_to_json(const unsigned char *bytes, size_t size)
{
    return message_json(&hnlmon__v1__control_reply__descriptor, bytes, size, UNPACKED_BYTES_MAX);
}
