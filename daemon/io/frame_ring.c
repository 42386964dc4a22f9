/* SPDX-License-Identifier: MIT */
/* frame_ring - see frame_ring.h. */
#include "io/frame_ring.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { FLAG_AFTER_GAP = 1, FLAG_SKIP = 2 /* nothing but the end of the ring */ };

struct header {
    uint32_t size, flags;
    uint64_t t_ns;
};

_Static_assert(sizeof(struct header) == 16, "a header fits wherever a frame may begin");

#define STEP 16u /* frames begin at multiples of it */

static size_t room_of(size_t size)
{
    return (sizeof(struct header) + size + STEP - 1) / STEP * STEP;
}

bool frame_ring_init(struct frame_ring *ring, size_t capacity)
{
    assert(capacity >= STEP && (capacity & (capacity - 1)) == 0);
    ring->bytes = malloc(capacity);
    ring->capacity = capacity;
    ring->is_after_gap = false;
    atomic_init(&ring->head, 0);
    atomic_init(&ring->tail, 0);
    return ring->bytes != NULL;
}

void frame_ring_fini(struct frame_ring *ring)
{
    free(ring->bytes);
    ring->bytes = NULL;
}

static unsigned char *place_of(const struct frame_ring *ring, uint64_t at)
{
    return ring->bytes + (size_t)(at & (ring->capacity - 1));
}

static void put_header(const struct frame_ring *ring, uint64_t at, uint32_t size, uint32_t flags, uint64_t t_ns)
{
    struct header header = {size, flags, t_ns};
    memcpy(place_of(ring, at), &header, sizeof header);
}

bool frame_ring_push(struct frame_ring *ring, const unsigned char *bytes, size_t size, uint64_t t_ns)
{
    uint64_t tail = atomic_load_explicit(&ring->tail, memory_order_relaxed);
    uint64_t head = atomic_load_explicit(&ring->head, memory_order_acquire);
    size_t to_end = ring->capacity - (size_t)(tail & (ring->capacity - 1));
    size_t skipped = to_end < room_of(size) ? to_end : 0;
    if (size > ring->capacity || tail - head + skipped + room_of(size) > ring->capacity) {
        ring->is_after_gap = true;
        return false;
    }
    if (skipped > 0)
        put_header(ring, tail, (uint32_t)(skipped - sizeof(struct header)), FLAG_SKIP, 0);
    tail += skipped;
    put_header(ring, tail, (uint32_t)size, ring->is_after_gap ? FLAG_AFTER_GAP : 0, t_ns);
    if (size > 0)
        memcpy(place_of(ring, tail) + sizeof(struct header), bytes, size);
    ring->is_after_gap = false;
    atomic_store_explicit(&ring->tail, tail + room_of(size), memory_order_release);
    return true;
}

bool frame_ring_peek(struct frame_ring *ring, struct received_frame *frame)
{
    uint64_t head = atomic_load_explicit(&ring->head, memory_order_relaxed);
    uint64_t tail = atomic_load_explicit(&ring->tail, memory_order_acquire);
    struct header header;
    if (head == tail)
        return false;
    memcpy(&header, place_of(ring, head), sizeof header);
    if (header.flags & FLAG_SKIP) { /* a frame follows it always */
        head += room_of(header.size);
        atomic_store_explicit(&ring->head, head, memory_order_release);
        memcpy(&header, place_of(ring, head), sizeof header);
    }
    *frame = (struct received_frame){place_of(ring, head) + sizeof header, header.size, header.t_ns,
                                     (header.flags & FLAG_AFTER_GAP) != 0};
    return true;
}

void frame_ring_pop(struct frame_ring *ring, const struct received_frame *frame)
{
    uint64_t head = atomic_load_explicit(&ring->head, memory_order_relaxed);
    atomic_store_explicit(&ring->head, head + room_of(frame->size), memory_order_release);
}
