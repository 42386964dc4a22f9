/* SPDX-License-Identifier: MIT */
/* intake - see intake.h. */
#include "core/intake.h"

#include <assert.h>
#include <stddef.h>
#include <string.h>

#include "core/closing.h"
#include "core/condition.h"

/* The oldest entry of an epoch that is over, none of whose bursts is open; NULL when there is none. Over is what has a
 * later epoch, and what a fresh epoch of `source` is about to follow. */
static struct ledger_entry *find_settled(struct monitor *monitor, uint32_t source)
{
    struct ledger_entry *oldest = NULL;
    for (uint32_t i = 0; i < monitor->ledger.count; i++) {
        struct ledger_entry *entry = &monitor->ledger.entries[i];
        bool is_over = entry->source == source || ledger_is_superseded(&monitor->ledger, entry);
        bool is_open = entry->in_burst || burst_find(&monitor->open, (struct burst_key){entry->run, entry->burst});
        if (is_over && !is_open && (!oldest || entry->opened < oldest->opened))
            oldest = entry;
    }
    return oldest;
}

/* The entry of a source and epoch into applied->entry. */
static enum refusal open_entry(struct monitor *monitor, uint32_t source, uint64_t epoch, uint64_t first_seq,
                               struct applied *applied)
{
    struct ledger *ledger = &monitor->ledger;
    applied->entry = NULL;
    if (ledger_is_retired(ledger, source, epoch))
        return REFUSAL_RETIRED;
    applied->entry = ledger_open(ledger, source, epoch, first_seq);
    struct ledger_entry *settled = applied->entry ? NULL : find_settled(monitor, source);
    if (settled)
        applied->entry = ledger_replace(ledger, settled, source, epoch, first_seq);
    return applied->entry ? REFUSAL_NONE : REFUSAL_TOO_MANY;
}

/* A source that started anew will not end what its earlier epoch began. */
static void end_other_epochs(struct monitor *monitor, const struct ledger_entry *present)
{
    for (uint32_t i = 0; i < monitor->ledger.count; i++) {
        struct ledger_entry *entry = &monitor->ledger.entries[i];
        if (entry->source == present->source && entry != present)
            entry->in_run = entry->in_burst = false;
    }
    closing_finished(monitor);
}

static enum refusal apply_hello(struct monitor *monitor, const struct hello *hello, struct applied *applied)
{
    enum refusal refusal = open_entry(monitor, hello->source, hello->epoch, 1, applied);
    if (refusal != REFUSAL_NONE)
        return refusal;
    if (applied->entry->is_tapped)
        return REFUSAL_NOT_WELCOME;
    ledger_set_name(applied->entry, hello->name);
    end_other_epochs(monitor, applied->entry);
    return REFUSAL_NONE;
}

enum refusal intake_overhear(struct monitor *monitor, uint32_t source, uint64_t epoch, uint64_t first_seq,
                             struct applied *applied)
{
    applied->entry = ledger_find(&monitor->ledger, source, epoch);
    if (applied->entry)
        return applied->entry->is_tapped ? REFUSAL_NONE : REFUSAL_NOT_WELCOME;
    enum refusal refusal = open_entry(monitor, source, epoch, first_seq, applied);
    if (refusal != REFUSAL_NONE)
        return refusal;
    applied->entry->is_tapped = true;
    end_other_epochs(monitor, applied->entry);
    return REFUSAL_NONE;
}

/* The entry that a mark speaks for, when it comes in its place. A mark that lies before next_seq is in its place too:
 * what was between was announced as lost. */
static enum refusal place_mark(struct monitor *monitor, const struct mark *mark, struct applied *applied)
{
    applied->entry = ledger_find(&monitor->ledger, mark->source, mark->epoch);
    if (!applied->entry)
        return REFUSAL_NOT_WELCOME;
    if (mark->run == 0)
        return REFUSAL_BAD_BURST;
    return mark->at_seq > applied->entry->next_seq ? REFUSAL_GAP : REFUSAL_NONE;
}

/* Candidates behind a mark that were announced as lost before it came: they are lost to the burst that it begins, and
 * not to the one before it. A mark that lies before candidates that were counted says nothing. */
static uint64_t lost_behind(const struct ledger_entry *entry, const struct mark *mark)
{
    uint64_t behind = entry->next_seq - mark->at_seq; /* >= 0: the mark is in its place */
    return behind <= entry->lost_tail ? behind : 0;
}

/* A source leaves its burst, if that is still open. */
static void leave_burst(struct burst *burst, uint64_t behind)
{
    if (burst)
        burst->lost -= behind < burst->lost ? behind : burst->lost;
}

/* A source begins a run, or the first burst in it: told at once when what it begins is closed already, since all of it
 * will be rejected. A source that is in the run and fell behind is no mistake of numbers. */
static void judge_order(struct monitor *monitor, struct ledger_entry *entry, bool is_behind)
{
    struct burst_key last = monitor->last_closed;
    entry->is_behind = is_behind;
    if (!is_behind)
        return;
    struct alarm_condition order = condition_of_order(&monitor->ledger, last);
    alarms_condition(&monitor->alarms, ALARM_CONFIG, &order, last.run, last.burst);
    monitor_tell_alarms(monitor);
}

static enum refusal apply_run_begin(struct monitor *monitor, const struct run_begin *begin, struct applied *applied)
{
    enum refusal refusal = place_mark(monitor, &begin->mark, applied);
    struct ledger_entry *entry = applied->entry;
    if (refusal != REFUSAL_NONE)
        return refusal;
    applied->is_duplicate = begin->mark.run <= entry->run;
    if (applied->is_duplicate)
        return REFUSAL_NONE;
    entry->is_silent = false;
    entry->in_run = true;
    entry->in_burst = false;
    entry->run = begin->mark.run;
    entry->burst = 0;
    entry->origin = begin->origin == ORIGIN_UNSPECIFIED ? ORIGIN_DATA : begin->origin;
    monitor_take_origin(monitor, entry->origin);
    closing_finished(monitor);
    judge_order(monitor, entry, entry->run < monitor->last_closed.run);
    return REFUSAL_NONE;
}

static enum refusal apply_run_end(struct monitor *monitor, const struct mark *mark, struct applied *applied)
{
    enum refusal refusal = place_mark(monitor, mark, applied);
    struct ledger_entry *entry = applied->entry;
    if (refusal != REFUSAL_NONE)
        return refusal;
    applied->is_duplicate = mark->run < entry->run || (mark->run == entry->run && !entry->in_run);
    if (applied->is_duplicate)
        return REFUSAL_NONE;
    if (mark->run != entry->run)
        return REFUSAL_BAD_BURST;
    entry->in_run = entry->in_burst = false;
    closing_finished(monitor);
    return REFUSAL_NONE;
}

/* The open burst of a source, or NULL when it is late: closed before the source was through. */
static struct burst *burst_of(struct monitor *monitor, const struct ledger_entry *entry)
{
    return burst_find(&monitor->open, (struct burst_key){entry->run, entry->burst});
}

/* Whether every source that is waited for is there, and none behind this one. Then the oldest bursts wait for it, and
 * only it can make room. */
static bool is_last(const struct monitor *monitor, const struct ledger_entry *entry)
{
    const struct burst_key key = {entry->run, entry->burst};
    for (uint32_t i = 0; i < monitor->ledger.count; i++) {
        const struct ledger_entry *other = &monitor->ledger.entries[i];
        if (other->in_run && !other->is_silent && burst_compare((struct burst_key){other->run, other->burst}, key) < 0)
            return false;
    }
    return closing_are_all_in(monitor, entry->run);
}

static enum refusal apply_burst_begin(struct monitor *monitor, const struct burst_begin *begin, int64_t now_ns,
                                      struct applied *applied)
{
    enum refusal refusal = place_mark(monitor, &begin->mark, applied);
    struct ledger_entry *entry = applied->entry;
    struct burst_key key = {begin->mark.run, begin->mark.burst};
    if (refusal != REFUSAL_NONE)
        return refusal;
    if (key.burst == 0)
        return REFUSAL_BAD_BURST;
    applied->is_duplicate = burst_compare(key, (struct burst_key){entry->run, entry->burst}) <= 0;
    if (applied->is_duplicate)
        return REFUSAL_NONE;
    if (!entry->in_run || key.run != entry->run)
        return REFUSAL_BAD_BURST;
    bool is_late = burst_compare(key, monitor->last_closed) <= 0;
    struct burst *burst = burst_find(&monitor->open, key);
    if (!burst && !is_late)
        burst = burst_open(&monitor->open, key, is_last(monitor, entry) ? BURST_OPEN_MAX : BURST_AHEAD_MAX);
    if (!burst && !is_late)
        return REFUSAL_BUSY;
    uint64_t behind = lost_behind(entry, &begin->mark);
    if (entry->in_burst)
        leave_burst(burst_of(monitor, entry), behind);
    entry->is_silent = false;
    if (entry->burst == 0 || !is_late)
        judge_order(monitor, entry, is_late);
    entry->burst = key.burst;
    entry->in_burst = true;
    if (burst) {
        burst_begin(burst, begin, entry->origin);
        burst->lost += behind;
        burst->active_ns = now_ns;
    }
    closing_finished(monitor); /* the one before, when the source never ended it */
    return REFUSAL_NONE;
}

static enum refusal apply_burst_end(struct monitor *monitor, const struct burst_end *end, int64_t now_ns,
                                    struct applied *applied)
{
    enum refusal refusal = place_mark(monitor, &end->mark, applied);
    struct ledger_entry *entry = applied->entry;
    struct burst_key key = {end->mark.run, end->mark.burst};
    if (refusal != REFUSAL_NONE)
        return refusal;
    if (key.burst == 0)
        return REFUSAL_BAD_BURST;
    int order = burst_compare(key, (struct burst_key){entry->run, entry->burst});
    applied->is_duplicate = order < 0 || (order == 0 && !entry->in_burst);
    if (applied->is_duplicate)
        return REFUSAL_NONE;
    if (order > 0)
        return REFUSAL_BAD_BURST;
    struct burst *burst = burst_of(monitor, entry);
    leave_burst(burst, lost_behind(entry, &end->mark));
    entry->is_silent = false;
    entry->in_burst = false;
    entry->ended_run = key.run;
    entry->ended_burst = key.burst;
    if (burst) {
        burst_end(burst, end);
        burst->active_ns = now_ns;
    }
    closing_finished(monitor);
    return REFUSAL_NONE;
}

static enum refusal apply_lost(struct monitor *monitor, const struct lost *lost, int64_t now_ns,
                               struct applied *applied)
{
    struct ledger_entry *entry = ledger_find(&monitor->ledger, lost->source, lost->epoch);
    applied->entry = entry;
    assert(lost->first >= 1 && lost->first <= lost->last && lost->last < SEQ_LIMIT && lost->cause < LOSS_CAUSE_COUNT);
    if (!entry)
        return REFUSAL_NOT_WELCOME;
    if (lost->first > entry->next_seq)
        return REFUSAL_GAP;
    applied->is_duplicate = lost->last < entry->next_seq;
    if (applied->is_duplicate)
        return REFUSAL_NONE;
    uint64_t count = ledger_new(entry, lost->last);
    struct burst *burst = entry->in_burst ? burst_of(monitor, entry) : NULL;
    if (entry->in_burst && !burst)
        monitor->late_lost += count;
    entry->is_silent = false;
    entry->lost[lost->cause] += count;
    entry->lost_tail += count;
    entry->next_seq = lost->last + 1;
    if (burst) {
        burst->lost += count; /* until a mark says that some lie behind it */
        burst->active_ns = now_ns;
    }
    return REFUSAL_NONE;
}

/* Whether a batch may be counted now. */
static enum refusal check_batch(const struct ledger_entry *entry, const struct batch *batch)
{
    if (batch->first_seq > entry->next_seq)
        return REFUSAL_GAP;
    if (!entry->in_burst || batch->run != entry->run || batch->burst != entry->burst)
        return REFUSAL_BAD_BURST;
    if (entry->origin == ORIGIN_DATA && (batch->truth_m2 || batch->truth_kind))
        return REFUSAL_TRUTH;
    return REFUSAL_NONE;
}

static void add_counts(uint64_t *accepted, uint64_t rejected[REJECT_REASON_COUNT],
                       const uint64_t counts[REJECT_REASON_COUNT])
{
    *accepted += counts[REJECT_NONE];
    for (int reason = REJECT_NONE + 1; reason < REJECT_REASON_COUNT; reason++)
        rejected[reason] += counts[reason];
}

static void count_batch(struct monitor *monitor, const struct batch *batch, uint32_t begin, struct burst *burst,
                        struct applied *applied)
{
    struct ledger_entry *entry = applied->entry;
    uint64_t counts[REJECT_REASON_COUNT] = {0};
    if (burst)
        tally_batch(burst, &monitor->selection, batch, begin, &monitor->picks, applied, counts);
    else
        counts[REJECT_LATE_BURST] = applied->count;
    add_counts(&entry->accepted, entry->rejected, counts);
    if (burst) {
        add_counts(&burst->accepted, burst->rejected, counts);
        burst_count(burst, batch->source, applied->count);
    }
    entry->is_silent = false;
    entry->lost_tail = 0;
    entry->next_seq += applied->count;
}

static enum refusal apply_batch(struct monitor *monitor, const struct batch *batch, int64_t now_ns,
                                struct applied *applied)
{
    struct ledger_entry *entry = ledger_find(&monitor->ledger, batch->source, batch->epoch);
    applied->entry = entry;
    assert(batch->columns.count <= BATCH_CANDIDATES_MAX && batch->first_seq <= SEQ_LIMIT - batch->columns.count);
    if (!entry)
        return REFUSAL_NOT_WELCOME;
    applied->is_duplicate = batch->first_seq + batch->columns.count <= entry->next_seq;
    if (applied->is_duplicate)
        return REFUSAL_NONE;
    enum refusal refusal = check_batch(entry, batch);
    if (refusal != REFUSAL_NONE)
        return refusal;
    uint32_t begin = ledger_known(entry, batch->first_seq, batch->columns.count);
    struct burst *burst = burst_of(monitor, entry);
    applied->first_seq = entry->next_seq;
    applied->count = batch->columns.count - begin;
    for (int line = 0; line < LINE_COUNT; line++)
        memset(applied->decisions[line], 0, (applied->count + 7) / 8);
    if (burst)
        burst->active_ns = now_ns;
    count_batch(monitor, batch, begin, burst, applied);
    return REFUSAL_NONE;
}

enum refusal intake_apply(struct monitor *monitor, const struct frame *frame, int64_t now_ns, struct applied *applied)
{
    switch (frame->kind) {
    case FRAME_HELLO:
        return apply_hello(monitor, &frame->as.hello, applied);
    case FRAME_RUN_BEGIN:
        return apply_run_begin(monitor, &frame->as.run_begin, applied);
    case FRAME_BURST_BEGIN:
        return apply_burst_begin(monitor, &frame->as.burst_begin, now_ns, applied);
    case FRAME_BATCH:
        return apply_batch(monitor, &frame->as.batch, now_ns, applied);
    case FRAME_BURST_END:
        return apply_burst_end(monitor, &frame->as.burst_end, now_ns, applied);
    case FRAME_LOST:
        return apply_lost(monitor, &frame->as.lost, now_ns, applied);
    case FRAME_RUN_END:
        return apply_run_end(monitor, &frame->as.run_end, applied);
    case FRAME_HEARTBEAT:
        return REFUSAL_NONE;
    }
    return REFUSAL_BAD_FRAME;
}
