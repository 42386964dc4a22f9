/* SPDX-License-Identifier: MIT */
/*
 * frame_ring - received frames on their way from the event loop to the storage thread: bytes in a ring that is bounded,
 * without locks, one thread at each end.
 *
 *   [size | flags | time | bytes, up to 16] [...] [...]      free      ^ tail (push)
 *   ^ head (pop)
 *
 * A frame lies in one piece; what is left at the end of the ring and too short for it is skipped. head and tail count
 * bytes since the start and never wrap in practice (2^63 bytes).
 */
#ifndef HNLMON_IO_FRAME_RING_H
#define HNLMON_IO_FRAME_RING_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct frame_ring {
    unsigned char *bytes;
    size_t capacity;       /* a power of two */
    bool is_after_gap;     /* of the pushing end: frames were refused since the last one */
    _Atomic uint64_t head; /* written by the popping end */
    _Atomic uint64_t tail; /* written by the pushing end */
};

struct received_frame {
    const unsigned char *bytes; /* until frame_ring_pop */
    size_t size;
    uint64_t t_ns;
    bool is_after_gap; /* frames before this one found no room */
};

bool frame_ring_init(struct frame_ring *ring, size_t capacity) __attribute__((warn_unused_result));
void frame_ring_fini(struct frame_ring *ring);

/* False when there is no room, which the next frame then tells. */
bool frame_ring_push(struct frame_ring *ring, const unsigned char *bytes, size_t size, uint64_t t_ns)
    __attribute__((warn_unused_result));

/* The oldest frame; false when there is none. It stays until it is popped. */
bool frame_ring_peek(struct frame_ring *ring, struct received_frame *frame) __attribute__((warn_unused_result));
void frame_ring_pop(struct frame_ring *ring, const struct received_frame *frame);

#endif
