/* SPDX-License-Identifier: MIT */
/* retention - see the header. */
#include "io/retention.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define TOMBSTONE_SHARE 16u                /* tombstones get this part of the ring's memory, and at least ... */
#define TOMBSTONE_BYTES_MIN (256u * 1024u) /* ... about a thousand bursts of marks */
#define PROLOGUE_DONE 3u

bool retention_init(struct retention *retention, uint32_t source, uint64_t epoch, uint32_t ring_bytes)
{
    uint32_t tombstone_bytes = ring_bytes / TOMBSTONE_SHARE;
    if (tombstone_bytes < TOMBSTONE_BYTES_MIN)
        tombstone_bytes = TOMBSTONE_BYTES_MIN;
    *retention = (struct retention){.source = source, .epoch = epoch, .next_seq = 1, .prologue = PROLOGUE_DONE};
    retention->gone.first = retention->forgotten.first = 1;
    unsigned char *ring = malloc(ring_bytes);
    unsigned char *tombstones = malloc(tombstone_bytes);
    if (!ring || !tombstones) {
        free(ring);
        free(tombstones);
        return false;
    }
    ring_init(&retention->ring, ring, ring_bytes);
    ring_init(&retention->tombstones, tombstones, tombstone_bytes);
    return true;
}

void retention_fini(struct retention *retention)
{
    free(retention->ring.buffer);
    free(retention->tombstones.buffer);
}

static bool is_range_empty(const struct lost_range *range)
{
    return range->first > range->last;
}

/* ---- marks ---- */

/* A mark, or a Lost, as it was pushed or made. */
static struct frame decode(const unsigned char *bytes, uint32_t size)
{
    struct frame frame;
    enum refusal refusal = frame_decode(bytes, size, &frame);
    assert(refusal == REFUSAL_NONE); /* it is checked when it is pushed */
    return frame;
}

/* Whether an acknowledged (run, burst), as struct ack has them, proves that the mark was counted. */
static bool is_proved(const struct frame *frame, uint32_t run, uint32_t burst)
{
    const struct mark *mark = frame_mark(frame);
    uint32_t place = mark->burst;
    if (frame->kind == FRAME_RUN_BEGIN)
        place = 0;
    if (frame->kind == FRAME_RUN_END)
        place = RUN_ENDED;
    return run > mark->run || (run == mark->run && burst >= place);
}

static void keep_standing(struct standing_mark *standing, const unsigned char *bytes, uint32_t size)
{
    assert(size <= sizeof standing->bytes);
    memcpy(standing->bytes, bytes, size);
    standing->size = size;
}

/* A mark leaves: what still holds is remembered, what it ends is forgotten. */
static void remember(struct retention *retention, enum frame_kind kind, const unsigned char *bytes, uint32_t size)
{
    switch (kind) {
    case FRAME_RUN_BEGIN:
        keep_standing(&retention->run_begin, bytes, size);
        retention->burst_begin.size = 0;
        break;
    case FRAME_BURST_BEGIN:
        keep_standing(&retention->burst_begin, bytes, size);
        break;
    case FRAME_RUN_END:
        retention->run_begin.size = 0;
        retention->burst_begin.size = 0;
        break;
    case FRAME_BURST_END:
        retention->burst_begin.size = 0;
        break;
    case FRAME_HELLO:
    case FRAME_BATCH:
    case FRAME_LOST:
    case FRAME_HEARTBEAT:
        break;
    }
}

/* ---- what is held, as something to send ---- */

static struct retained retained_of(const struct ring_frame *frame, enum retention_place place, uint64_t position)
{
    struct retained item = {.place = place,
                            .kind = FRAME_BATCH,
                            .first = frame->first_seq,
                            .last = frame->first_seq + frame->count - 1,
                            .bytes = frame->bytes,
                            .size = frame->size,
                            .position = position};
    if (frame->count > 0)
        return item;
    struct frame decoded = decode(frame->bytes, frame->size);
    item.kind = decoded.kind;
    if (decoded.kind == FRAME_LOST) {
        item.last = decoded.as.lost.last;
        item.cause = decoded.as.lost.cause;
    }
    return item;
}

/* Makes the Lost frame of a range. */
static struct retained retained_lost(struct retention *retention, const struct lost_range *range,
                                     enum retention_place place)
{
    struct frame frame = {.kind = FRAME_LOST};
    frame.as.lost = (struct lost){retention->source, retention->epoch, range->first, range->last, range->cause};
    size_t size = frame_encode(&frame, retention->scratch, sizeof retention->scratch);
    assert(size > 0);
    return (struct retained){.place = place,
                             .kind = FRAME_LOST,
                             .first = range->first,
                             .last = range->last,
                             .cause = range->cause,
                             .bytes = retention->scratch,
                             .size = (uint32_t)size};
}

static struct retained retained_standing(const struct standing_mark *mark, enum frame_kind kind)
{
    const struct frame frame = decode(mark->bytes, mark->size);
    uint64_t at_seq = frame_mark(&frame)->at_seq;
    return (struct retained){.place = PLACE_PROLOGUE,
                             .kind = kind,
                             .first = at_seq,
                             .last = at_seq - 1,
                             .bytes = mark->bytes,
                             .size = mark->size};
}

static bool peek_prologue(struct retention *retention, struct retained *item)
{
    if (retention->prologue == 0 && is_range_empty(&retention->forgotten))
        retention->prologue = 1;
    if (retention->prologue == 1 && retention->run_begin.size == 0)
        retention->prologue = 2;
    if (retention->prologue == 2 && retention->burst_begin.size == 0)
        retention->prologue = PROLOGUE_DONE;
    if (retention->prologue == 0)
        *item = retained_lost(retention, &retention->forgotten, PLACE_PROLOGUE);
    if (retention->prologue == 1)
        *item = retained_standing(&retention->run_begin, FRAME_RUN_BEGIN);
    if (retention->prologue == 2)
        *item = retained_standing(&retention->burst_begin, FRAME_BURST_BEGIN);
    return retention->prologue != PROLOGUE_DONE;
}

static bool peek_ring(const struct ring *ring, uint64_t position, enum retention_place place, struct retained *item)
{
    struct ring_frame frame;
    if (!ring_next(ring, &position, &frame))
        return false;
    *item = retained_of(&frame, place, position);
    return true;
}

bool retention_peek(struct retention *retention, struct retained *item)
{
    if (peek_prologue(retention, item) ||
        peek_ring(&retention->tombstones, retention->tombstones_position, PLACE_TOMBSTONES, item))
        return true;
    if (!is_range_empty(&retention->gone) && !retention->gone.is_sent) {
        *item = retained_lost(retention, &retention->gone, PLACE_GONE);
        return true;
    }
    return peek_ring(&retention->ring, retention->ring_position, PLACE_RING, item);
}

void retention_advance(struct retention *retention, const struct retained *item)
{
    switch (item->place) {
    case PLACE_PROLOGUE:
        retention->prologue++;
        break;
    case PLACE_TOMBSTONES:
        retention->tombstones_position = item->position;
        break;
    case PLACE_GONE:
        retention->gone.is_sent = true;
        break;
    case PLACE_RING:
        retention->ring_position = item->position;
        break;
    }
}

/* ---- letting go ---- */

/* Puts a frame among the tombstones; what was sent already need not be sent again if everything before it was. */
static bool bury(struct retention *retention, uint64_t first_seq, const unsigned char *bytes, uint32_t size,
                 bool is_sent)
{
    bool is_at_end = retention->tombstones_position >= retention->tombstones.head;
    if (!ring_push(&retention->tombstones, first_seq, 0, bytes, size))
        return false;
    if (is_at_end && is_sent)
        retention->tombstones_position = retention->tombstones.head;
    return true;
}

static bool bury_gone(struct retention *retention)
{
    if (is_range_empty(&retention->gone))
        return true;
    struct retained item = retained_lost(retention, &retention->gone, PLACE_GONE);
    if (!bury(retention, item.first, item.bytes, item.size, retention->gone.is_sent))
        return false;
    retention->gone = (struct lost_range){.first = 1};
    return true;
}

/* The oldest frame of the ring leaves it: a batch is gone for this cause, a mark is buried. False when the tombstones
 * are full. The ring must not be empty. */
static bool let_go(struct retention *retention, enum loss_cause cause)
{
    struct retained item;
    if (!peek_ring(&retention->ring, retention->ring.tail, PLACE_RING, &item))
        return false;
    bool is_sent = retention->ring_position >= item.position;
    bool is_mergeable = item.kind == FRAME_BATCH && retention->gone.cause == cause;
    if (!is_mergeable && !bury_gone(retention))
        return false;
    if (item.kind != FRAME_BATCH && !bury(retention, item.first, item.bytes, item.size, is_sent))
        return false;
    ring_drop(&retention->ring);
    if (item.kind != FRAME_BATCH)
        return true;
    /* What the daemon counted meanwhile is not lost. */
    uint64_t first = item.first > retention->acked_seq ? item.first : retention->acked_seq + 1;
    if (is_range_empty(&retention->gone))
        retention->gone.first = first;
    retention->gone.last = item.last;
    retention->gone.cause = cause;
    retention->gone.is_sent = false;
    return true;
}

bool retention_has_room(const struct retention *retention, uint32_t size)
{
    const struct ring *ring = &retention->ring;
    uint32_t overhead = ring->capacity - ring_frame_limit(ring) + 8;
    if (size > ring_frame_limit(ring))
        return false;
    /* A frame that does not fit before the end of the circle wastes less than its own size there. */
    return ring->frames == 0 || ring->head - ring->tail + 2 * ((uint64_t)size + overhead) <= ring->capacity;
}

/* The seq behind a mark or a Lost; 0 when the bytes are neither. */
static uint64_t end_of(const unsigned char *bytes, uint32_t size)
{
    struct frame frame;
    if (size > FRAME_ENCODED_MAX || frame_decode(bytes, size, &frame) != REFUSAL_NONE)
        return 0;
    if (frame.kind == FRAME_LOST)
        return frame.as.lost.last + 1;
    return frame_mark(&frame) ? frame_mark(&frame)->at_seq : 0;
}

bool retention_push(struct retention *retention, uint64_t first_seq, uint32_t count, const unsigned char *bytes,
                    uint32_t size)
{
    uint64_t end_seq = count > 0 ? first_seq + count : end_of(bytes, size);
    if (size > ring_frame_limit(&retention->ring) || first_seq == 0 || first_seq < retention->last_pushed ||
        end_seq == 0)
        return false;
    while (!ring_push(&retention->ring, first_seq, count, bytes, size))
        if (!let_go(retention, LOSS_RING_OVERRUN))
            return false;
    retention->last_pushed = first_seq;
    if (end_seq > retention->next_seq)
        retention->next_seq = end_seq;
    return true;
}

void retention_give_up(struct retention *retention, uint64_t expected_seq, enum refusal refusal)
{
    struct retained item;
    while (peek_ring(&retention->ring, retention->ring.tail, PLACE_RING, &item) && item.first <= expected_seq) {
        if (item.kind != FRAME_BATCH && refusal == REFUSAL_BAD_BURST) {
            remember(retention, item.kind, item.bytes, item.size);
            ring_drop(&retention->ring);
            retention->dropped_marks++;
            return;
        }
        if (!let_go(retention, LOSS_REFUSED) || item.kind == FRAME_BATCH)
            return;
    }
}

/* ---- acknowledged ---- */

static bool is_counted(const struct retained *item, uint64_t durable_seq, uint32_t run, uint32_t burst)
{
    if (item->kind == FRAME_BATCH || item->kind == FRAME_LOST)
        return item->last <= durable_seq;
    if (item->first <= durable_seq) /* a later candidate was counted, and frames apply in order */
        return true;
    struct frame frame = decode(item->bytes, item->size);
    return is_proved(&frame, run, burst);
}

static bool release_ring(struct retention *retention, struct ring *ring, uint64_t durable_seq, uint32_t run,
                         uint32_t burst)
{
    struct retained item;
    bool is_any = false;
    while (peek_ring(ring, ring->tail, PLACE_RING, &item) && is_counted(&item, durable_seq, run, burst)) {
        remember(retention, item.kind, item.bytes, item.size);
        ring_drop(ring);
        is_any = true;
    }
    return is_any;
}

static void release_gone(struct retention *retention, uint64_t durable_seq)
{
    if (!is_range_empty(&retention->gone) && retention->gone.first <= durable_seq)
        retention->gone.first = durable_seq + 1;
}

bool retention_release(struct retention *retention, uint64_t durable_seq, uint32_t run, uint32_t burst)
{
    bool is_any = durable_seq > retention->acked_seq;
    if (is_any)
        retention->acked_seq = durable_seq;
    is_any |= release_ring(retention, &retention->tombstones, durable_seq, run, burst);
    if (retention->tombstones.frames > 0)
        return is_any;
    release_gone(retention, durable_seq);
    if (is_range_empty(&retention->gone))
        is_any |= release_ring(retention, &retention->ring, durable_seq, run, burst);
    return is_any;
}

/* ---- again ---- */

void retention_rewind(struct retention *retention, uint64_t expected_seq)
{
    uint64_t oldest_seq = retention_oldest_seq(retention);
    retention->tombstones_position = retention->tombstones.tail;
    retention->gone.is_sent = false;
    retention->ring_position = retention->ring.tail;
    retention->forgotten = (struct lost_range){expected_seq, oldest_seq - 1, LOSS_RING_OVERRUN, false};
    if (!is_range_empty(&retention->forgotten))
        retention->prologue = 0;
}

void retention_resume(struct retention *retention, uint64_t resume_seq)
{
    retention->acked_seq = resume_seq - 1;
    retention_release(retention, resume_seq - 1, 0, 0);
    retention_rewind(retention, resume_seq);
    retention->prologue = 0;
}

/* ---- questions ---- */

static bool awaits_answer(const struct ring *ring, uint64_t end)
{
    uint64_t position = ring->tail;
    struct retained item;
    while (position < end && peek_ring(ring, position, PLACE_RING, &item)) {
        if (item.kind != FRAME_RUN_BEGIN && item.kind != FRAME_BURST_BEGIN)
            return item.position <= end;
        position = item.position;
    }
    return false;
}

bool retention_awaits_answer(const struct retention *retention)
{
    return (!is_range_empty(&retention->gone) && retention->gone.is_sent) ||
           awaits_answer(&retention->tombstones, retention->tombstones_position) ||
           awaits_answer(&retention->ring, retention->ring_position);
}

bool retention_is_empty(const struct retention *retention)
{
    return retention_frames(retention) == 0;
}

uint64_t retention_frames(const struct retention *retention)
{
    return (uint64_t)retention->tombstones.frames + !is_range_empty(&retention->gone) + retention->ring.frames;
}

uint64_t retention_oldest_seq(const struct retention *retention)
{
    struct ring_frame frame;
    if (ring_oldest(&retention->tombstones, &frame))
        return frame.first_seq;
    if (!is_range_empty(&retention->gone))
        return retention->gone.first;
    if (ring_oldest(&retention->ring, &frame))
        return frame.first_seq;
    return retention->next_seq;
}
