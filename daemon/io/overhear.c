/* SPDX-License-Identifier: MIT */
/*
 * overhear - see the header.
 *
 * A begin that was missed is made up where nothing wrong can follow from it: a batch of a later burst of the run begins
 * that burst with an unknown input downscaling, and the begin of a burst begins a run of an origin that was not said,
 * which counts as DATA. A batch alone begins no run: a simulation would be taken for data.
 */
#include "io/overhear.h"

#include <string.h>

void overhear_init(struct overhear *overhear, struct monitor *monitor)
{
    memset(overhear, 0, sizeof *overhear);
    overhear->monitor = monitor;
}

/* The seq that everything before the frame reaches up to. */
static uint64_t seq_of(const struct frame *frame)
{
    switch (frame->kind) {
    case FRAME_HELLO:
        return frame->as.hello.next_seq;
    case FRAME_BATCH:
        return frame->as.batch.first_seq;
    case FRAME_LOST:
        return frame->as.lost.first;
    case FRAME_RUN_BEGIN:
    case FRAME_RUN_END:
    case FRAME_BURST_BEGIN:
    case FRAME_BURST_END:
        return frame_mark(frame)->at_seq;
    case FRAME_HEARTBEAT:
        break;
    }
    return 0;
}

static bool is_followed(const struct overhear *overhear, struct speaker speaker)
{
    const struct ledger *ledger = monitor_ledger(overhear->monitor);
    for (uint32_t i = 0; i < ledger->count; i++)
        if (ledger->entries[i].source == speaker.source && ledger->entries[i].epoch == speaker.epoch)
            return true;
    return false;
}

/* The entry of the frame's source, from a begin on. */
static enum refusal find_entry(struct overhear *overhear)
{
    const struct frame *frame = &overhear->frame;
    struct speaker speaker = frame_speaker(frame);
    bool is_begin = frame->kind == FRAME_HELLO || frame->kind == FRAME_RUN_BEGIN || frame->kind == FRAME_BURST_BEGIN;
    if (!is_begin && !is_followed(overhear, speaker))
        return REFUSAL_BAD_BURST;
    enum refusal refusal =
        monitor_overhear(overhear->monitor, speaker.source, speaker.epoch, seq_of(frame), &overhear->applied);
    if (refusal == REFUSAL_NONE && frame->kind == FRAME_HELLO)
        ledger_set_name(overhear->applied.entry, frame->as.hello.name);
    return refusal;
}

/* Applies a frame of our own making. */
static enum refusal apply(struct overhear *overhear, const struct frame *frame, int64_t now_ns)
{
    return monitor_apply(overhear->monitor, frame, now_ns, &overhear->applied);
}

/* What was not heard before `seq` is lost. */
static enum refusal close_gap(struct overhear *overhear, const struct ledger_entry *entry, uint64_t seq, int64_t now_ns)
{
    struct frame frame = {.kind = FRAME_LOST};
    frame.as.lost = (struct lost){entry->source, entry->epoch, entry->next_seq, seq - 1, LOSS_TAP};
    return seq > entry->next_seq ? apply(overhear, &frame, now_ns) : REFUSAL_NONE;
}

static enum refusal begin_burst(struct overhear *overhear, const struct ledger_entry *entry, const struct batch *batch,
                                int64_t now_ns)
{
    struct frame frame = {.kind = FRAME_BURST_BEGIN};
    const struct mark mark = {entry->source, entry->epoch, batch->run, batch->burst, batch->first_seq, 0};
    frame.as.burst_begin = (struct burst_begin){mark, DOWNSCALING_UNKNOWN};
    return apply(overhear, &frame, now_ns);
}

static enum refusal begin_run(struct overhear *overhear, const struct ledger_entry *entry, const struct mark *first,
                              int64_t now_ns)
{
    struct frame frame = {.kind = FRAME_RUN_BEGIN};
    const struct mark mark = {entry->source, entry->epoch, first->run, 0, first->at_seq, first->t_ns};
    frame.as.run_begin = (struct run_begin){.mark = mark, .origin = ORIGIN_UNSPECIFIED};
    return apply(overhear, &frame, now_ns);
}

/* Makes up for a begin that was missed before the frame. */
static enum refusal make_up(struct overhear *overhear, const struct ledger_entry *entry, int64_t now_ns)
{
    const struct frame *frame = &overhear->frame;
    if (frame->kind == FRAME_BATCH && entry->in_run && frame->as.batch.run == entry->run &&
        frame->as.batch.burst > entry->burst)
        return begin_burst(overhear, entry, &frame->as.batch, now_ns);
    if (frame->kind == FRAME_BURST_BEGIN && frame->as.burst_begin.mark.run > entry->run)
        return begin_run(overhear, entry, &frame->as.burst_begin.mark, now_ns);
    return REFUSAL_NONE;
}

static void note(struct overhear *overhear, const struct ledger_entry *entry)
{
    const struct frame *frame = &overhear->frame;
    uint32_t place = (uint32_t)(entry - monitor_ledger(overhear->monitor)->entries);
    if (frame->kind == FRAME_BURST_BEGIN)
        overhear->burst_t_ns[place] = frame->as.burst_begin.mark.t_ns;
    overhear->counters.late += frame->kind == FRAME_BATCH && overhear->applied.is_duplicate;
    overhear->counters.candidates += overhear->applied.count;
}

static enum refusal follow(struct overhear *overhear, int64_t now_ns)
{
    enum refusal refusal = find_entry(overhear);
    if (refusal != REFUSAL_NONE || overhear->frame.kind == FRAME_HELLO)
        return refusal;
    const struct ledger_entry *entry = overhear->applied.entry;
    refusal = close_gap(overhear, entry, seq_of(&overhear->frame), now_ns);
    if (refusal == REFUSAL_NONE)
        refusal = make_up(overhear, entry, now_ns);
    if (refusal == REFUSAL_NONE)
        refusal = apply(overhear, &overhear->frame, now_ns);
    if (refusal == REFUSAL_NONE)
        note(overhear, entry);
    return refusal;
}

const struct applied *overhear_receive(struct overhear *overhear, const unsigned char *bytes, size_t size,
                                       int64_t now_ns)
{
    overhear->counters.frames++;
    overhear->counters.bytes += size;
    overhear->applied = (struct applied){.entry = NULL};
    enum refusal refusal = frame_decode(bytes, size, &overhear->frame);
    if (refusal == REFUSAL_NONE && overhear->frame.kind != FRAME_HEARTBEAT)
        refusal = follow(overhear, now_ns);
    if (refusal != REFUSAL_NONE)
        overhear->counters.refused[refusal]++;
    return refusal == REFUSAL_NONE && overhear->applied.count > 0 ? &overhear->applied : NULL;
}

void overhear_refuse(struct overhear *overhear)
{
    overhear->counters.frames++;
    overhear->counters.refused[REFUSAL_BAD_FRAME]++;
}

uint64_t overhear_burst_t_ns(const struct overhear *overhear)
{
    const struct ledger_entry *entry = overhear->applied.entry;
    return entry ? overhear->burst_t_ns[entry - monitor_ledger(overhear->monitor)->entries] : 0;
}
