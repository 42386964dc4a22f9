/* SPDX-License-Identifier: MIT */
/*
 * ring - frames one behind the other in a circle of bytes, each in one piece so that it can be sent from where it lies.
 *
 * A frame is a header of 16 bytes, its bytes, and padding to a multiple of 8. A frame that does not fit before the end
 * of the buffer starts at its beginning; the bytes that are left over hold a header whose size is SKIP and count as
 * used until the tail has passed them. Positions never wrap: a 64-bit count of bytes lasts longer than the experiment.
 *
 *   buffer  | frame | frame |        free        | frame | frame | frame | skip |
 *                           ^ head               ^ tail
 *
 * Invariants: tail <= head <= tail + capacity; positions are multiples of 8; the tail is at a frame or at the head,
 * never at a skip; tail_offset = tail % capacity.
 */
#include "hnlmon/ring.h"

#include "hnlmon/candidate.h"

#define HEADER_BYTES 16u
#define SKIP UINT32_MAX /* in place of a size: no frame from here to the end of the buffer */

/* Fields of a header; the size comes first because a skip may be only 8 bytes long. */
enum { HEADER_SIZE = 0, HEADER_COUNT = 4, HEADER_SEQ_LOW = 8, HEADER_SEQ_HIGH = 12 };

void ring_init(struct ring *ring, unsigned char *buffer, uint32_t capacity)
{
    ring->buffer = buffer;
    ring->capacity = capacity & ~7u;
    ring->head = 0;
    ring->tail = 0;
    ring->tail_offset = 0;
    ring->frames = 0;
}

uint32_t ring_frame_limit(const struct ring *ring)
{
    return ring->capacity - HEADER_BYTES; /* capacity >= 64 */
}

/* tail <= position <= head. */
static uint32_t offset_of(const struct ring *ring, uint64_t position)
{
    /* position - tail <= capacity and tail_offset < capacity: the sum is < 2 * capacity <= 2^31 */
    uint32_t offset = ring->tail_offset + (uint32_t)(position - ring->tail);
    return offset < ring->capacity ? offset : offset - ring->capacity;
}

/* Bytes that a frame of `size` takes; size <= 2^30 - 16: <= 2^30. */
static uint32_t frame_space(uint32_t size)
{
    return HEADER_BYTES + ((size + 7u) & ~7u);
}

/* Bytes from the position to the next frame if the position is at a skip, otherwise 0. tail <= position < head. */
static uint32_t skip_at(const struct ring *ring, uint64_t position)
{
    uint32_t offset = offset_of(ring, position);
    return load_le32(ring->buffer + offset + HEADER_SIZE) == SKIP ? ring->capacity - offset : 0;
}

/* Moves the tail `distance` bytes towards the head; distance <= head - tail. */
static void advance_tail(struct ring *ring, uint32_t distance)
{
    ring->tail_offset = offset_of(ring, ring->tail + distance);
    ring->tail += distance;
}

static void write_frame(unsigned char *restrict at, uint64_t first_seq, uint32_t count,
                        const unsigned char *restrict bytes, uint32_t size)
{
    store_le32(at + HEADER_SIZE, size);
    store_le32(at + HEADER_COUNT, count);
    store_le32(at + HEADER_SEQ_LOW, (uint32_t)first_seq);
    store_le32(at + HEADER_SEQ_HIGH, (uint32_t)(first_seq >> 32));
    uint32_t i = 0;
    for (; size - i >= 4; i += 4) /* in words: a loop over bytes moves one per cycle */
        store_le32(at + HEADER_BYTES + i, load_le32(bytes + i));
    for (; i < size; i++)
        at[HEADER_BYTES + i] = bytes[i];
}

static struct ring_frame read_frame(const struct ring *ring, uint64_t position)
{
    const unsigned char *at = ring->buffer + offset_of(ring, position);
    return (struct ring_frame){
        .first_seq = (uint64_t)load_le32(at + HEADER_SEQ_HIGH) << 32 | load_le32(at + HEADER_SEQ_LOW),
        .count = load_le32(at + HEADER_COUNT),
        .size = load_le32(at + HEADER_SIZE),
        .bytes = at + HEADER_BYTES,
    };
}

/* An empty ring starts over at the beginning of the buffer, so that the largest frame fits. Positions still only grow.
 */
static void rewind_empty(struct ring *ring)
{
    if (ring->tail_offset == 0)
        return;
    ring->tail += ring->capacity - ring->tail_offset;
    ring->head = ring->tail;
    ring->tail_offset = 0;
}

bool ring_push(struct ring *ring, uint64_t first_seq, uint32_t count, const unsigned char *bytes, uint32_t size)
{
    if (size > ring_frame_limit(ring))
        return false;
    if (ring->frames == 0)
        rewind_empty(ring);
    uint32_t offset = offset_of(ring, ring->head);
    uint32_t to_end = ring->capacity - offset;
    uint32_t space = frame_space(size); /* <= capacity */
    uint32_t skip = space > to_end ? to_end : 0;
    if (ring->head - ring->tail + skip + space > ring->capacity) /* <= 3 * 2^30 in 64 bits */
        return false;
    if (skip > 0) {
        store_le32(ring->buffer + offset + HEADER_SIZE, SKIP);
        offset = 0;
    }
    write_frame(ring->buffer + offset, first_seq, count, bytes, size);
    ring->head += skip + space;
    ring->frames++;
    return true;
}

bool ring_oldest(const struct ring *ring, struct ring_frame *frame)
{
    if (ring->frames == 0)
        return false;
    *frame = read_frame(ring, ring->tail);
    return true;
}

void ring_drop(struct ring *ring)
{
    advance_tail(ring, frame_space(load_le32(ring->buffer + ring->tail_offset + HEADER_SIZE)));
    ring->frames--;
    if (ring->frames > 0)
        advance_tail(ring, skip_at(ring, ring->tail));
}

bool ring_next(const struct ring *ring, uint64_t *position, struct ring_frame *frame)
{
    uint64_t at = *position < ring->tail ? ring->tail : *position;
    if (at < ring->head)
        at += skip_at(ring, at); /* a frame follows every skip */
    *position = at;
    if (at == ring->head)
        return false;
    *frame = read_frame(ring, at);
    *position = at + frame_space(frame->size);
    return true;
}
