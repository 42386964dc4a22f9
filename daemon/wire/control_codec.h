/* SPDX-License-Identifier: MIT */
/*
 * control_codec - questions and commands to the daemon, and its replies.
 */
#ifndef HNLMON_WIRE_CONTROL_CODEC_H
#define HNLMON_WIRE_CONTROL_CODEC_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/alarms.h"
#include "core/monitor.h"
#include "wire/published.h"

/* Bounds of the messages. */
#define CONTROL_REQUEST_BYTES_MAX 1024u
#define CONTROL_REPLY_BYTES_MAX (4u * 1024u * 1024u)
#define CONTROL_REASON_SIZE 200u /* with its terminating 0 */
#define CONTROL_NONCE_BYTES 32u
#define CONTROL_ANSWER_BYTES 32u

enum control_kind {
    CONTROL_STATUS = 2, /* the field numbers of proto/control.proto */
    CONTROL_ALARMS = 3,
    CONTROL_ACK = 4,
    CONTROL_PICK = 5,
    CONTROL_SNAPSHOT = 6,
    CONTROL_SHELVE = 7,
    CONTROL_UNBLIND = 8,
    CONTROL_NEW_PERIOD = 9,
    CONTROL_BLIND = 10
};

struct control_request {
    uint64_t id;
    enum control_kind kind;
    char alarm_id[ALARM_ID_SIZE];               /* CONTROL_ACK, CONTROL_SHELVE */
    char who[64];                               /* all that a person answers for */
    bool accept;                                /* CONTROL_ACK: the level of the change, too */
    uint32_t minutes;                           /* CONTROL_SHELVE */
    double m_n_mev;                             /* CONTROL_PICK */
    uint32_t limit;                             /* CONTROL_PICK */
    char reason[CONTROL_REASON_SIZE];           /* CONTROL_UNBLIND */
    bool has_answer;                            /* CONTROL_UNBLIND; otherwise it asks for a nonce */
    unsigned char answer[CONTROL_ANSWER_BYTES]; /* CONTROL_UNBLIND */
};

/* Fields that do not belong to the kind are NULL, 0. */
struct control_reply {
    uint64_t id;
    bool ok;
    const char *text;
    const struct status_report *status;
    const struct alarm *const *alarms;
    uint32_t alarm_count;
    const struct pick *picks;
    uint32_t pick_count;
    int32_t pick_low_mev2, pick_high_mev2; /* the search window: low <= m2_miss < high */
    uint64_t pick_forgotten;               /* candidates of the searched region that are no longer kept */
    const struct horizon *snapshot;        /* the run horizon */
    const struct source_report *snapshot_sources;
    uint32_t snapshot_source_count;
    const char *template_name; /* of the snapshot */
    const char *instance;
    uint32_t run;
    enum origin origin;
    bool is_blind;
    const unsigned char *nonce; /* CONTROL_NONCE_BYTES */
    uint64_t alarm_sequence;    /* of the last change in the table of alarms .. */
    uint64_t epoch;             /* .. of the daemon with this epoch */
};

/* The size, 0 when it does not fit. The kind says which fields are written. */
size_t control_request_encode(const struct control_request *request, unsigned char *bytes, size_t capacity)
    __attribute__((warn_unused_result));

/* Strict: false for anything that is not one known request with a mass that is finite and texts that fit. */
bool control_request_decode(const unsigned char *bytes, size_t size, struct control_request *request)
    __attribute__((warn_unused_result));

/* Into malloc'ed memory (the caller's to free) of *size bytes; NULL when out of memory. */
unsigned char *control_reply_encode(const struct control_reply *reply, size_t *size)
    __attribute__((warn_unused_result));

/* A ControlReply as a JSON object (the caller's to json_decref); NULL when the bytes are none. */
json_t *control_reply_to_json(const unsigned char *bytes, size_t size);

#endif
