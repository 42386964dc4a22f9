/* SPDX-License-Identifier: MIT */
/*
 * ring - the retention ring of a source: whole frames, in order, kept until they are acknowledged.
 *
 * A source keeps what the daemon has not acknowledged, so that it can send it again. When the ring is full the oldest
 * frames go, and the source must say so (a Lost frame): it never waits for the monitor. One producer, one thread.
 *
 *      tail (oldest)                                head (next write)
 *        | frame | frame | frame | frame | frame |  free ...
 *                            ^ a position: kept by the sender, moved with ring_next
 */
#ifndef HNLMON_RING_H
#define HNLMON_RING_H

#include <stdbool.h>
#include <stdint.h>

/* One frame in the ring. A batch has count > 0 and covers first_seq .. first_seq + count - 1; a mark has count 0 and
 * takes effect when everything before first_seq was counted. */
struct ring_frame {
    uint64_t first_seq;
    uint32_t count;
    uint32_t size;
    const unsigned char *bytes;
};

struct ring {
    unsigned char *buffer; /* the caller's, `capacity` bytes */
    uint32_t capacity;     /* bytes, 64 .. 2^30, a multiple of 8 */
    uint64_t head, tail;   /* ever-growing byte positions; the frame at position p is at buffer[p % capacity] */
    uint32_t tail_offset;  /* tail % capacity, kept so that nobody divides 64 bits */
    uint32_t frames;       /* number of frames held */
};

/* Takes over `buffer` of `capacity` bytes, 64 .. 2^30, of which the largest multiple of 8 is used. */
void ring_init(struct ring *ring, unsigned char *buffer, uint32_t capacity);

/* Largest frame that the ring can hold at all, in bytes: an empty ring takes it. */
uint32_t ring_frame_limit(const struct ring *ring);

/* Copies a frame in. False, with nothing changed, when there is no room: release or drop the oldest and try again (a
 * frame above ring_frame_limit never fits). first_seq must not decrease from one frame to the next. */
bool ring_push(struct ring *ring, uint64_t first_seq, uint32_t count, const unsigned char *bytes, uint32_t size)
    __attribute__((warn_unused_result));

/* The oldest frame; false when the ring is empty. `bytes` stays valid until that frame is dropped. */
bool ring_oldest(const struct ring *ring, struct ring_frame *frame) __attribute__((warn_unused_result));

/* Drops the oldest frame; the ring must not be empty (ring->frames > 0). */
void ring_drop(struct ring *ring);

/* Reads the frame at *position and moves *position behind it; false at the end. A position before the tail is first
 * moved to the tail. Start with ring->tail, or with ring->head for what is yet to come; any other position must come
 * from ring_next on the same ring. frame->bytes stays valid until that frame is dropped. */
bool ring_next(const struct ring *ring, uint64_t *position, struct ring_frame *frame)
    __attribute__((warn_unused_result));

#endif
