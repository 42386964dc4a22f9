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
    ring_init(&retention->ring.ring, ring, ring_bytes);
    ring_init(&retention->tombstones.ring, tombstones, tombstone_bytes);
    return true;
}

void retention_fini(struct retention *retention)
{
    free(retention->ring.ring.buffer);
    free(retention->tombstones.ring.buffer);
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

static bool is_given_up(const struct retention *retention, uint64_t position)
{
    for (uint32_t i = 0; i < retention->given_up_count; i++)
        if (retention->given_up[i] == position)
            return true;
    return false;
}

/* The frame at a position; false at the end. */
static bool look_at(struct retention *retention, const struct retained_frames *frames, uint64_t position,
                    struct retained *item)
{
    struct ring_frame frame;
    bool is_ring = frames == &retention->ring;
    if (!ring_next(&frames->ring, &position, &frame))
        return false;
    *item = retained_of(&frame, is_ring ? PLACE_RING : PLACE_TOMBSTONES, position);
    if (!is_ring || !is_given_up(retention, position))
        return true;
    if (item->kind == FRAME_BATCH) {
        *item =
            retained_lost(retention, &(struct lost_range){item->first, item->last, LOSS_REFUSED, false}, PLACE_RING);
        item->position = position;
    }
    item->is_given_up = true;
    return true;
}

static bool is_dropped_mark(const struct retained *item)
{
    return item->is_given_up && item->kind != FRAME_LOST;
}

/* The next one to be sent; false when there is none. */
static bool peek_frames(struct retention *retention, struct retained_frames *frames, struct retained *item)
{
    while (look_at(retention, frames, frames->sent, item)) {
        if (!is_dropped_mark(item))
            return true;
        frames->sent = item->position;
    }
    return false;
}

static bool is_gone_uncounted(const struct retention *retention)
{
    return !is_range_empty(&retention->gone) && retention->gone.last > retention->counted_seq;
}

bool retention_peek(struct retention *retention, struct retained *item)
{
    if (peek_prologue(retention, item) || peek_frames(retention, &retention->tombstones, item))
        return true;
    if (is_gone_uncounted(retention) && !retention->gone.is_sent) {
        *item = retained_lost(retention, &retention->gone, PLACE_GONE);
        return true;
    }
    return peek_frames(retention, &retention->ring, item);
}

void retention_advance(struct retention *retention, const struct retained *item)
{
    switch (item->place) {
    case PLACE_PROLOGUE:
        retention->prologue++;
        break;
    case PLACE_TOMBSTONES:
        retention->tombstones.sent = item->position;
        break;
    case PLACE_GONE:
        retention->gone.is_sent = true;
        break;
    case PLACE_RING:
        retention->ring.sent = item->position;
        break;
    }
}

/* ---- counted ---- */

/* Whether (seq, run, burst), as struct ack has them, prove that it was counted. */
static bool is_counted(const struct retained *item, uint64_t seq, uint32_t run, uint32_t burst)
{
    if (item->kind == FRAME_BATCH || item->kind == FRAME_LOST)
        return item->last <= seq;
    if (item->first <= seq || (is_dropped_mark(item) && item->first == seq + 1))
        return true; /* a later candidate was counted, and frames apply in order; or nothing is waited for */
    struct frame frame = decode(item->bytes, item->size);
    return is_proved(&frame, run, burst);
}

/* Passes what is counted. */
static void pass_counted(struct retention *retention, struct retained_frames *frames)
{
    struct retained item;
    while (look_at(retention, frames, frames->counted, &item) &&
           is_counted(&item, retention->counted_seq, retention->counted_run, retention->counted_burst)) {
        frames->counted = item.position;
        frames->uncounted--;
    }
    if (frames->sent < frames->counted)
        frames->sent = frames->counted;
}

bool retention_count(struct retention *retention, uint64_t counted_seq, uint32_t run, uint32_t burst)
{
    bool is_further = counted_seq > retention->counted_seq;
    bool is_later = run > retention->counted_run || (run == retention->counted_run && burst > retention->counted_burst);
    if (is_further)
        retention->counted_seq = counted_seq;
    if (is_later) {
        retention->counted_run = run;
        retention->counted_burst = burst;
    }
    if (!is_further && !is_later)
        return false;
    pass_counted(retention, &retention->tombstones);
    pass_counted(retention, &retention->ring);
    return true;
}

static bool push_frame(struct retained_frames *frames, uint64_t first_seq, uint32_t count, const unsigned char *bytes,
                       uint32_t size)
{
    if (!ring_push(&frames->ring, first_seq, count, bytes, size))
        return false;
    frames->uncounted++;
    return true;
}

/* The oldest one leaves. */
static void drop_frame(struct retained_frames *frames)
{
    if (frames->counted <= frames->ring.tail)
        frames->uncounted--;
    ring_drop(&frames->ring);
}

static void forget_given_up(struct retention *retention)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < retention->given_up_count; i++)
        if (retention->given_up[i] > retention->ring.ring.tail)
            retention->given_up[kept++] = retention->given_up[i];
    retention->given_up_count = kept;
}

/* ---- letting go ---- */

/* Puts a frame among the tombstones; what was sent already need not be sent again if everything before it was. */
static bool bury(struct retention *retention, uint64_t first_seq, const unsigned char *bytes, uint32_t size,
                 bool is_sent)
{
    struct retained_frames *tombstones = &retention->tombstones;
    bool is_at_end = tombstones->sent >= tombstones->ring.head;
    if (!push_frame(tombstones, first_seq, 0, bytes, size))
        return false;
    if (is_at_end && is_sent)
        tombstones->sent = tombstones->ring.head;
    pass_counted(retention, tombstones);
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

/* The batch at the tail is gone; what is durable of it is not lost. */
static void add_to_gone(struct retention *retention, const struct retained *item)
{
    uint64_t first = item->first > retention->acked_seq ? item->first : retention->acked_seq + 1;
    if (is_range_empty(&retention->gone))
        retention->gone.first = first;
    retention->gone.last = item->last;
    retention->gone.cause = LOSS_RING_OVERRUN;
    retention->gone.is_sent = false;
}

/* The oldest frame of the ring leaves it: a batch is gone, a mark is buried. False when the tombstones are full. */
static bool let_go(struct retention *retention)
{
    struct retained item;
    if (!look_at(retention, &retention->ring, retention->ring.ring.tail, &item))
        return false;
    bool is_sent = retention->ring.sent >= item.position;
    bool is_batch = item.kind == FRAME_BATCH || (item.kind == FRAME_LOST && item.is_given_up);
    if (is_batch)
        add_to_gone(retention, &item);
    else if (!bury_gone(retention))
        return false;
    else if (!item.is_given_up && !bury(retention, item.first, item.bytes, item.size, is_sent))
        return false;
    drop_frame(&retention->ring);
    forget_given_up(retention);
    return true;
}

bool retention_has_room(const struct retention *retention, uint32_t size)
{
    const struct ring *ring = &retention->ring.ring;
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
    if (size > ring_frame_limit(&retention->ring.ring) || first_seq == 0 || first_seq < retention->last_pushed ||
        end_seq == 0)
        return false;
    while (!push_frame(&retention->ring, first_seq, count, bytes, size))
        if (!let_go(retention))
            return false;
    retention->last_pushed = first_seq;
    if (first_seq <= retention->counted_seq)
        pass_counted(retention, &retention->ring); /* the daemon knew it before we did */
    if (end_seq > retention->next_seq)
        retention->next_seq = end_seq;
    return true;
}

void retention_give_up(struct retention *retention, uint64_t expected_seq, enum refusal refusal)
{
    struct retained item;
    uint64_t position = retention->ring.counted;
    while (look_at(retention, &retention->ring, position, &item) && item.first <= expected_seq) {
        position = item.position;
        bool is_bad_mark = item.kind != FRAME_BATCH && item.kind != FRAME_LOST && refusal == REFUSAL_BAD_BURST;
        if (item.is_given_up || (item.kind != FRAME_BATCH && !is_bad_mark))
            continue;
        if (retention->given_up_count == GIVEN_UP_MAX)
            return;
        retention->given_up[retention->given_up_count++] = position;
        retention->dropped_marks += is_bad_mark;
        return;
    }
}

/* ---- acknowledged ---- */

static void release_frames(struct retention *retention, struct retained_frames *frames, uint64_t durable_seq,
                           uint32_t run, uint32_t burst)
{
    struct retained item;
    while (look_at(retention, frames, frames->ring.tail, &item) && is_counted(&item, durable_seq, run, burst)) {
        remember(retention, item.kind, item.bytes, item.size);
        drop_frame(frames);
    }
}

void retention_release(struct retention *retention, uint64_t durable_seq, uint32_t run, uint32_t burst)
{
    if (durable_seq > retention->acked_seq)
        retention->acked_seq = durable_seq;
    release_frames(retention, &retention->tombstones, durable_seq, run, burst);
    if (retention->tombstones.ring.frames > 0)
        return;
    if (!is_range_empty(&retention->gone) && retention->gone.first <= durable_seq)
        retention->gone.first = durable_seq + 1;
    if (is_range_empty(&retention->gone))
        release_frames(retention, &retention->ring, durable_seq, run, burst);
    forget_given_up(retention);
}

/* ---- again ---- */

void retention_rewind(struct retention *retention, uint64_t expected_seq)
{
    uint64_t oldest_seq = retention_oldest_seq(retention);
    retention->tombstones.sent = retention->tombstones.counted;
    retention->gone.is_sent = false;
    retention->ring.sent = retention->ring.counted;
    retention->forgotten = (struct lost_range){expected_seq, oldest_seq - 1, LOSS_RING_OVERRUN, false};
    if (!is_range_empty(&retention->forgotten))
        retention->prologue = 0;
}

/* Nothing of it is counted. */
static void restart(struct retained_frames *frames)
{
    frames->counted = frames->sent = frames->ring.tail;
    frames->uncounted = frames->ring.frames;
}

void retention_resume(struct retention *retention, uint64_t resume_seq)
{
    if (retention->acked_seq >= resume_seq)
        retention->acked_seq = resume_seq - 1; /* it forgot what it had acknowledged */
    retention->counted_seq = resume_seq - 1;
    retention->counted_run = retention->counted_burst = 0;
    restart(&retention->tombstones);
    restart(&retention->ring);
    pass_counted(retention, &retention->tombstones);
    pass_counted(retention, &retention->ring);
    retention_rewind(retention, resume_seq);
    retention->prologue = 0;
}

void retention_clear(struct retention *retention)
{
    while (retention->tombstones.ring.frames > 0)
        drop_frame(&retention->tombstones);
    while (retention->ring.ring.frames > 0)
        drop_frame(&retention->ring);
    retention->gone = retention->forgotten = (struct lost_range){.first = 1};
    retention->run_begin.size = retention->burst_begin.size = 0;
    retention->given_up_count = 0;
}

/* ---- questions ---- */

static bool awaits_answer(struct retention *retention, const struct retained_frames *frames)
{
    uint64_t position = frames->counted;
    struct retained item;
    while (position < frames->sent && look_at(retention, frames, position, &item)) {
        bool is_begin = item.kind == FRAME_RUN_BEGIN || item.kind == FRAME_BURST_BEGIN;
        if (!is_begin && !is_dropped_mark(&item))
            return item.position <= frames->sent;
        position = item.position;
    }
    return false;
}

bool retention_awaits_answer(struct retention *retention)
{
    return (is_gone_uncounted(retention) && retention->gone.is_sent) ||
           awaits_answer(retention, &retention->tombstones) || awaits_answer(retention, &retention->ring);
}

bool retention_is_empty(const struct retention *retention)
{
    return retention_frames(retention) == 0;
}

uint64_t retention_frames(const struct retention *retention)
{
    return (uint64_t)retention->tombstones.ring.frames + !is_range_empty(&retention->gone) +
           retention->ring.ring.frames;
}

uint64_t retention_uncounted(const struct retention *retention)
{
    return (uint64_t)retention->tombstones.uncounted + is_gone_uncounted(retention) + retention->ring.uncounted;
}

uint64_t retention_oldest_seq(const struct retention *retention)
{
    struct ring_frame frame;
    if (ring_oldest(&retention->tombstones.ring, &frame))
        return frame.first_seq;
    if (!is_range_empty(&retention->gone))
        return retention->gone.first;
    if (ring_oldest(&retention->ring.ring, &frame))
        return frame.first_seq;
    return retention->next_seq;
}
