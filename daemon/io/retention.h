/* SPDX-License-Identifier: MIT */
/*
 * retention - what a source still has to say, in order, and how far it has said it. It decides what goes when memory is
 * full and what may be forgotten; when to send, and what the wire does to it, is io/session's.
 *
 *   prologue                tombstones            gone            ring
 *   Lost RunBegin BurstBegin | marks and Lost ... | Lost first..last | frames ... (next push)
 *
 * prologue    after a Welcome: what a daemon that knows less than was acknowledged must be told first
 * tombstones  marks (and Lost frames between them) of which the ring had to let go
 * gone        the batches that the ring let go since the last of these marks
 * ring        include/hnlmon/ring.h
 *
 * So a Lost never crosses a mark, and no mark is ever dropped.
 *
 * What the daemon has counted need not be sent again on this connection, but is kept until it is durable: a daemon that
 * starts anew may know less, and says where it goes on.
 *
 *   tail ........ counted ........ sent ........ head     (of the tombstones, and of the ring)
 *      kept only          on its way    to be sent
 */
#ifndef HNLMON_IO_RETENTION_H
#define HNLMON_IO_RETENTION_H

#include <stdbool.h>
#include <stdint.h>

#include "hnlmon/frame.h"
#include "hnlmon/ring.h"
#include "wire/frame_codec.h"

/* A mark that was acknowledged but still holds: the run and the burst in which the source is. */
struct standing_mark {
    uint32_t size; /* 0: none */
    unsigned char bytes[FRAME_ENCODED_MAX];
};

struct lost_range {
    uint64_t first, last; /* inclusive; empty when first > last */
    enum loss_cause cause;
    bool is_sent;
};

/* Frames in order, and two positions in them; what lies before `counted` was counted, and before `sent` was sent, on
 * this connection. counted <= sent. */
struct retained_frames {
    struct ring ring;
    uint64_t counted, sent;
    uint32_t uncounted; /* frames that are not counted */
};

#define GIVEN_UP_MAX 16u /* refused frames that wait in the ring for what lies before them to become durable */

enum retention_place { PLACE_PROLOGUE, PLACE_TOMBSTONES, PLACE_GONE, PLACE_RING };

struct retention {
    uint32_t source;
    uint64_t epoch;
    struct retained_frames ring, tombstones;
    struct lost_range gone, forgotten; /* forgotten: of the prologue */
    uint32_t prologue;                 /* what of it is to be sent next: 0 Lost, 1 run, 2 burst, 3 nothing */
    struct standing_mark run_begin, burst_begin;
    uint64_t next_seq;    /* after the last pushed candidate */
    uint64_t last_pushed; /* first_seq of the last pushed frame */
    uint64_t acked_seq;   /* durable: everything up to here is forgotten */
    /* What the daemon at the other end of this connection has counted, with the mark as struct ack has it. */
    uint64_t counted_seq;
    uint32_t counted_run, counted_burst;
    uint64_t given_up[GIVEN_UP_MAX]; /* positions behind frames of the ring that are not sent any more */
    uint32_t given_up_count;
    uint64_t dropped_marks;
    unsigned char scratch[FRAME_ENCODED_MAX]; /* an encoded Lost */
};

/* Something to send. */
struct retained {
    enum retention_place place;
    enum frame_kind kind;
    uint64_t first, last;  /* of a batch or a Lost; a mark has first = at_seq, last = at_seq - 1 */
    enum loss_cause cause; /* of a Lost */
    bool is_given_up;      /* a mark that is not sent any more, or a Lost in the place of such a batch */
    const unsigned char *bytes;
    uint32_t size;
    uint64_t position; /* behind it, in its place */
};

/* ring_bytes: 64 .. 2^30; a sixteenth of it is taken for marks besides. False when out of memory. */
bool retention_init(struct retention *retention, uint32_t source, uint64_t epoch, uint32_t ring_bytes)
    __attribute__((warn_unused_result));
void retention_fini(struct retention *retention);

/* Whether a frame of `size` certainly fits without letting anything go. */
bool retention_has_room(const struct retention *retention, uint32_t size);

/* Keeps a copy; lets the oldest go when there is no room. False, with nothing kept, when the frame can never fit, when
 * it goes back behind the one before, or when even the marks of an outage fill the memory for them. */
bool retention_push(struct retention *retention, uint64_t first_seq, uint32_t count, const unsigned char *bytes,
                    uint32_t size) __attribute__((warn_unused_result));

/* The daemon counted everything up to counted_seq and the mark (run, burst) as struct ack has them. Returns whether
 * that is news. */
bool retention_count(struct retention *retention, uint64_t counted_seq, uint32_t run, uint32_t burst);

/* That much is durable, too: it is forgotten. */
void retention_release(struct retention *retention, uint64_t durable_seq, uint32_t run, uint32_t burst);

/* A fresh connection, on which the daemon expects resume_seq: it counted what lies before, and nothing else. */
void retention_resume(struct retention *retention, uint64_t resume_seq);

/* Send what is not counted again; the daemon expects expected_seq. */
void retention_rewind(struct retention *retention, uint64_t expected_seq);

/* What is refused at expected_seq will not be taken: the batch there becomes a Lost{REFUSED}; or, when the marks are in
 * the wrong place (BAD_BURST), the mark there is dropped. Nothing happens when GIVEN_UP_MAX of them are held. */
void retention_give_up(struct retention *retention, uint64_t expected_seq, enum refusal refusal);

/* Forgets everything that is held. */
void retention_clear(struct retention *retention);

/* What is to be sent next; valid until anything else is called. */
bool retention_peek(struct retention *retention, struct retained *item);
/* It was sent. */
void retention_advance(struct retention *retention, const struct retained *item);

/* Whether something that was sent on this connection should soon be known to be counted. The begin of a run or burst is
 * not: it is proved only by what follows. */
bool retention_awaits_answer(struct retention *retention);

bool retention_is_empty(const struct retention *retention);
uint64_t retention_frames(const struct retention *retention);
uint64_t retention_uncounted(const struct retention *retention); /* of these, not known to be counted */
/* The oldest seq that it can still send, or announce as lost; next_seq when there is none. */
uint64_t retention_oldest_seq(const struct retention *retention);

#endif
