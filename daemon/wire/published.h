/* SPDX-License-Identifier: MIT */
/*
 * published - what the daemon tells the world: values of the core to Envelope bytes, and Envelope bytes to JSON.
 *
 * Writing takes plain values. Reading goes through the schema itself: any message becomes a JSON object with the names
 * of the .proto files, so that every query of the command line has one form for people and one for programs. A number
 * that is not finite never leaves: it is written as 0 (encode) or null (JSON).
 */
#ifndef HNLMON_WIRE_PUBLISHED_H
#define HNLMON_WIRE_PUBLISHED_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/alarm.h"
#include "core/burst.h"
#include "core/horizon.h"
#include "core/ledger.h"
#include "core/monitor.h"
#include "core/scan.h"

#define PUBLISHED_BYTES_MAX (64u * 1024u) /* bounds every Envelope */

/* The fields of the Envelope around the content. */
struct envelope {
    const char *instance;
    uint64_t epoch;                    /* of this start of the daemon */
    uint64_t seq;                      /* per topic, from 1 */
    uint64_t t_event_ns, t_publish_ns; /* Unix time: of the source, and now */
    uint32_t run, burst;
    const unsigned char *config_sha256; /* 32 bytes, or NULL */
    enum origin origin;
    bool is_blind; /* the searched region of DATA is hidden */
};

#define SOURCE_REPORTS_MAX (LEDGER_ENTRIES_MAX + 1) /* every entry, and the sum over the retired ones */

struct source_report {
    const struct ledger_entry *entry;
    uint64_t durable_seq; /* inclusive: acknowledged up to here */
    bool is_connected;
    uint32_t retired_epochs; /* not 0: the sum over these */
};

/* A bound socket and those who come to it: as Door in proto/monitor.proto. */
struct door_report {
    const char *socket; /* "link", "publish", "control" */
    uint32_t peers, peers_max;
    uint64_t connections, admitted, unknown_key, wrong_role, full, failed, ended, silent;
};

/* As Tap in proto/monitor.proto. */
struct tap_report {
    const char *endpoint;
    uint64_t frames, bytes, refused[REFUSAL_COUNT], late, candidates;
};

#define DOORS_MAX 4u /* bounds the bound sockets */

/* What is kept over a restart. */
struct keeping_report {
    uint64_t generation, checkpoints, bytes, journal_waiting, journal_lost;
    int64_t durable_ns; /* when the last durable checkpoint was taken, by the clock of now_ns */
    bool is_current;    /* nothing has changed since */
    const char *error;  /* why nothing is kept any more; NULL: it is */
};

/* As Status in proto/monitor.proto, where the units are. */
struct status_report {
    const char *state;
    double uptime_s;
    const struct source_report *sources;
    uint32_t source_count;
    uint64_t frames, refused[REFUSAL_COUNT], duplicates;
    double rate_hz, latency_p50_us, latency_p99_us;
    uint64_t cached_topics, cached_bytes, published, rss_bytes, safety_saves;
    const char *version, *kernel, *template_name;
    uint64_t unrecorded;
    bool is_recording;
    uint32_t segments;
    const struct keeping_report *keeping; /* NULL: nothing is kept */
    int64_t now_ns;                       /* any clock */
    uint32_t alarms_active;
    bool is_blind;
    const char *unblinded_by, *unblind_reason; /* NULL: nobody */
    uint64_t unblinded_ns;
    const struct door_report *doors; /* at most DOORS_MAX */
    uint32_t door_count;
    bool has_keys;
    const struct tap_report *tap; /* NULL: none */
    struct overload {
        uint64_t shed_summaries, dropped_summaries, dropped_replies, busy_commands, credit_exhausted, waiting_bytes;
    } overload;
};

/* Each returns the size, 0 when it does not fit into `capacity`. */
size_t published_status(const struct envelope *envelope, const struct status_report *status, unsigned char *bytes,
                        size_t capacity) __attribute__((warn_unused_result));
size_t published_burst(const struct envelope *envelope, const struct burst_summary *summary, unsigned char *bytes,
                       size_t capacity) __attribute__((warn_unused_result));
size_t published_histogram(const struct envelope *envelope, enum histogram_id id, enum horizon_id horizon,
                           const struct horizon *sums, unsigned char *bytes, size_t capacity)
    __attribute__((warn_unused_result));
size_t published_scan(const struct envelope *envelope, const struct scan *scan, unsigned char *bytes, size_t capacity)
    __attribute__((warn_unused_result));
/* shelved_until_ns of the alarm: Unix time. */
size_t published_alarm(const struct envelope *envelope, const struct alarm *alarm, unsigned char *bytes,
                       size_t capacity) __attribute__((warn_unused_result));
size_t published_decisions(const struct envelope *envelope, enum line line, const struct applied *applied,
                           unsigned char *bytes, size_t capacity) __attribute__((warn_unused_result));
size_t published_log(const struct envelope *envelope, uint32_t level, const char *module, const char *text,
                     unsigned char *bytes, size_t capacity) __attribute__((warn_unused_result));

/* An Envelope as a JSON object (the caller's to json_decref), or NULL when the bytes are none. */
json_t *published_to_json(const unsigned char *bytes, size_t size);

#endif
