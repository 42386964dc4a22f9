/* SPDX-License-Identifier: MIT */
/* published - the Envelope around each content. What is in a content is core_message's. */
#include "wire/published.h"

#include <assert.h>

#include "hnlmon/frame.h"
#include "wire/core_message.h"
#include "wire/message_json.h"

#define CONFIG_SHA256_BYTES 32u
#define UNPACKED_BYTES_MAX (1024u * 1024u) /* bounds the memory for a received Envelope */

static Hnlmon__V1__Envelope envelope_message(const struct envelope *envelope)
{
    Hnlmon__V1__Envelope message = HNLMON__V1__ENVELOPE__INIT;
    message.schema = WIRE_SCHEMA;
    message.instance = core_message_text(envelope->instance);
    message.epoch = envelope->epoch;
    message.seq = envelope->seq;
    message.t_event_ns = envelope->t_event_ns;
    message.t_publish_ns = envelope->t_publish_ns;
    message.run = envelope->run;
    message.burst = envelope->burst;
    message.origin = (Hnlmon__V1__Origin)envelope->origin;
    message.blind = envelope->is_blind;
    if (envelope->config_sha256) {
        message.config_sha256.data = (uint8_t *)(uintptr_t)envelope->config_sha256;
        message.config_sha256.len = CONFIG_SHA256_BYTES;
    }
    return message;
}

static size_t pack(const Hnlmon__V1__Envelope *message, unsigned char *bytes, size_t capacity)
{
    if (hnlmon__v1__envelope__get_packed_size(message) > capacity)
        return 0;
    return hnlmon__v1__envelope__pack(message, bytes);
}

size_t published_status(const struct envelope *envelope, const struct status_report *status, unsigned char *bytes,
                        size_t capacity)
{
    struct status_message content;
    Hnlmon__V1__Envelope message = envelope_message(envelope);
    core_message_status(status, &content);
    message.content_case = HNLMON__V1__ENVELOPE__CONTENT_STATUS;
    message.status = &content.status;
    return pack(&message, bytes, capacity);
}

size_t published_burst(const struct envelope *envelope, const struct burst_summary *summary, unsigned char *bytes,
                       size_t capacity)
{
    struct burst_message content;
    Hnlmon__V1__Envelope message = envelope_message(envelope);
    core_message_burst(summary, &content);
    message.content_case = HNLMON__V1__ENVELOPE__CONTENT_BURST_SUMMARY;
    message.burst_summary = &content.summary;
    return pack(&message, bytes, capacity);
}

size_t published_histogram(const struct envelope *envelope, enum histogram_id id, enum horizon_id horizon,
                           const struct horizon *sums, unsigned char *bytes, size_t capacity)
{
    Hnlmon__V1__Histogram content;
    Hnlmon__V1__Envelope message = envelope_message(envelope);
    core_message_histogram(id, horizon, sums, &content);
    message.content_case = HNLMON__V1__ENVELOPE__CONTENT_HISTOGRAM;
    message.histogram = &content;
    return pack(&message, bytes, capacity);
}

size_t published_scan(const struct envelope *envelope, const struct scan *scan, unsigned char *bytes, size_t capacity)
{
    struct scan_message content;
    Hnlmon__V1__Envelope message = envelope_message(envelope);
    core_message_scan(scan, &content);
    message.content_case = HNLMON__V1__ENVELOPE__CONTENT_SCAN;
    message.scan = &content.scan;
    return pack(&message, bytes, capacity);
}

size_t published_alarm(const struct envelope *envelope, const struct alarm *alarm, unsigned char *bytes,
                       size_t capacity)
{
    struct alarm_message content;
    Hnlmon__V1__Envelope message = envelope_message(envelope);
    core_message_alarm(alarm, &content);
    message.content_case = HNLMON__V1__ENVELOPE__CONTENT_ALARM;
    message.alarm = &content.alarm;
    return pack(&message, bytes, capacity);
}

size_t published_decisions(const struct envelope *envelope, enum line line, const struct applied *applied,
                           unsigned char *bytes, size_t capacity)
{
    assert(applied->entry && applied->count <= BATCH_CANDIDATES_MAX);
    Hnlmon__V1__TriggerDecisions content = HNLMON__V1__TRIGGER_DECISIONS__INIT;
    Hnlmon__V1__Envelope message = envelope_message(envelope);
    content.line = core_message_text(line_name(line));
    content.source = applied->entry->source;
    content.source_epoch = applied->entry->epoch;
    content.first_seq = applied->first_seq;
    content.count = applied->count;
    content.bitmap.len = (applied->count + 7) / 8;
    content.bitmap.data = (uint8_t *)(uintptr_t)applied->decisions[line];
    message.content_case = HNLMON__V1__ENVELOPE__CONTENT_TRIGGER_DECISIONS;
    message.trigger_decisions = &content;
    return pack(&message, bytes, capacity);
}

size_t published_log(const struct envelope *envelope, uint32_t level, const char *module, const char *text,
                     unsigned char *bytes, size_t capacity)
{
    Hnlmon__V1__LogLine content = HNLMON__V1__LOG_LINE__INIT;
    Hnlmon__V1__Envelope message = envelope_message(envelope);
    content.level = level;
    content.module = core_message_text(module);
    content.text = core_message_text(text);
    message.content_case = HNLMON__V1__ENVELOPE__CONTENT_LOG_LINE;
    message.log_line = &content;
    return pack(&message, bytes, capacity);
}

json_t *published_to_json(const unsigned char *bytes, size_t size)
{
    return message_json(&hnlmon__v1__envelope__descriptor, bytes, size, UNPACKED_BYTES_MAX);
}
