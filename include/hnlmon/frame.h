/* SPDX-License-Identifier: MIT */
/*
 * frame - the frames that a front-end sends, as plain values, and the limits of the link.
 *
 * The wire form is proto/frontend.proto; the numbers there are binding. These structs hold no memory of their own:
 * texts and columns point into the received bytes.
 */
#ifndef HNLMON_FRAME_H
#define HNLMON_FRAME_H

#include <stdint.h>

#include "hnlmon/candidate.h"

#define WIRE_SCHEMA 1                  /* of Hello and Batch; another one is refused (bad_schema) */
#define FRAME_BYTES_MAX (320u * 1024u) /* a longer frame is refused (oversize) */
#define BATCH_CANDIDATES_MAX 4096u     /* bounds a Batch: 19 columns x 4 bytes x 4096 = 304 KiB */
#define SEQ_LIMIT ((uint64_t)1 << 63)  /* every seq is below it; next_seq may reach it */

/* The numbers are those of the fields of FrontendFrame. */
enum frame_kind {
    FRAME_HELLO = 1,
    FRAME_RUN_BEGIN = 2,
    FRAME_BURST_BEGIN = 3,
    FRAME_BATCH = 4,
    FRAME_BURST_END = 5,
    FRAME_LOST = 6,
    FRAME_RUN_END = 7,
    FRAME_HEARTBEAT = 8
};

/* Where the candidates come from. The numbers are those of Origin in proto/frontend.proto; the first is the strictest.
 */
enum origin { ORIGIN_UNSPECIFIED = 0, ORIGIN_DATA = 1, ORIGIN_SIMULATION = 2, ORIGIN_INJECTION = 3, ORIGIN_COUNT };

/* The numbers are those of LossCause. */
enum loss_cause {
    LOSS_UNSPECIFIED = 0,
    LOSS_RING_OVERRUN = 1, /* the source's retention ring was full */
    LOSS_SHED = 2,         /* the source dropped it before it had a place in the ring */
    LOSS_REFUSED = 3,      /* the daemon refused it three times */
    LOSS_INJECTED = 4,     /* dropped on purpose by a test */
    LOSS_TAP = 5,          /* a passive tap did not hear it; the source does not know */
    LOSS_CAUSE_COUNT
};

/* Input downscaling of a burst: 1 unprescaled, D > 1 one in D. */
#define DOWNSCALING_VARIABLE (-1)
#define DOWNSCALING_UNKNOWN (-999)

struct text {
    const char *bytes; /* not terminated, not checked for UTF-8 */
    uint32_t size;
};

struct hello {
    uint32_t schema;
    uint32_t source;
    uint64_t epoch;
    uint64_t next_seq;   /* the seq that the source will give to its next candidate, >= 1 */
    uint64_t oldest_seq; /* the oldest that it can still send, 1 <= oldest_seq <= next_seq */
    struct text name;
};

struct mark {
    uint32_t source;
    uint64_t epoch;
    uint32_t run;    /* from 1, growing */
    uint32_t burst;  /* from 1, growing within a run; 0 for the marks of a run */
    uint64_t at_seq; /* seq of the next candidate, >= 1 */
    uint64_t t_ns;   /* source time, Unix epoch */
};

struct run_begin {
    struct mark mark;
    enum origin origin;
    struct text config_sha256; /* of the front-end's configuration; not checked */
    struct text comment;
};

struct burst_begin {
    struct mark mark;
    int32_t input_downscaling;
};

struct burst_end {
    struct mark mark;
    uint64_t generated;   /* L0 triggers of the mask in this burst */
    uint64_t kept;        /* of these, those that passed the downscaling */
    int32_t downscaling;  /* the period of that downscaling */
    uint64_t sent;        /* candidates that got a seq in this burst */
    double intensity;     /* arbitrary unit, proportional to the kaon flux */
    uint32_t live_ppm;    /* live time over spill, parts per million */
    uint32_t choke_count; /* how often the front-end throttled its triggers */
};

struct lost {
    uint32_t source;
    uint64_t epoch;
    uint64_t first, last; /* inclusive, 1 <= first <= last */
    enum loss_cause cause;
};

struct batch {
    uint32_t schema;
    uint32_t source;
    uint64_t epoch;
    uint64_t first_seq; /* >= 1 */
    uint32_t run;
    uint32_t burst;
    uint32_t crc32c; /* 0: none */
    struct candidate_columns columns;
    const unsigned char *truth_m2;   /* simulation only, MeV^2, int32 column; NULL: absent */
    const unsigned char *truth_kind; /* simulation only, see frontend.proto; NULL: absent */
};

struct frame {
    enum frame_kind kind;
    union {
        struct hello hello;
        struct run_begin run_begin;
        struct mark run_end;
        struct burst_begin burst_begin;
        struct burst_end burst_end;
        struct batch batch;
        struct lost lost;
    } as; /* nothing for a heartbeat */
};

/* Why the daemon refuses a frame. The numbers are those of RejectReason in proto/frontend.proto. */
enum refusal {
    REFUSAL_NONE = 0,
    REFUSAL_GAP = 1,         /* send again from expected_seq */
    REFUSAL_BAD_FRAME = 2,   /* not a canonical frame */
    REFUSAL_OVERSIZE = 3,    /* longer than FRAME_BYTES_MAX */
    REFUSAL_BAD_SCHEMA = 4,  /* another schema version */
    REFUSAL_BAD_CRC = 5,     /* columns damaged */
    REFUSAL_BAD_BURST = 6,   /* a batch outside its burst, or a mark out of order */
    REFUSAL_BAD_SEQ = 7,     /* seq 0, beyond the credit, or wrapping around */
    REFUSAL_NOT_WELCOME = 8, /* no Hello on this connection, or another source or epoch than its Hello */
    REFUSAL_TOO_MANY = 9,    /* no room for another source */
    REFUSAL_TRUTH = 10,      /* truth columns with origin DATA */
    REFUSAL_BUSY = 11,       /* too many bursts are open: send again later, nothing is wrong with it */
    REFUSAL_RETIRED = 12,    /* this epoch is over and settled: it is never counted again */
    REFUSAL_TOO_LONG = 13,   /* a batch of more candidates than the daemon takes, as Welcome said */
    REFUSAL_COUNT
};

struct welcome {
    uint64_t resume_seq; /* send from here */
    uint64_t credit_seq; /* highest seq that may be sent */
    uint32_t max_batch;  /* candidates */
};

#define RUN_ENDED UINT32_MAX /* in the place of a burst */

struct ack {
    uint64_t epoch;
    uint64_t durable_seq; /* inclusive: everything up to here may be forgotten */
    uint64_t credit_seq;
    /* The last mark that is durable: the end of a burst (run, burst), or before the first end of a burst (run, 0), or
     * the end of a run (run, RUN_ENDED). They grow, run first. */
    uint32_t durable_run;
    uint32_t durable_burst;
    /* The same for what was counted: never less. A daemon that starts anew may have forgotten what is not durable. */
    uint64_t counted_seq;
    uint32_t counted_run;
    uint32_t counted_burst;
};

struct reject {
    uint64_t epoch;
    uint64_t expected_seq;
    enum refusal reason;
    struct text text;
};

/* The numbers are those of the fields of DaemonFrame. */
enum daemon_frame_kind { DAEMON_WELCOME = 1, DAEMON_ACK = 2, DAEMON_REJECT = 3 };

struct daemon_frame {
    enum daemon_frame_kind kind;
    union {
        struct welcome welcome;
        struct ack ack;
        struct reject reject;
    } as;
};

#endif
