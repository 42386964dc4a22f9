/* SPDX-License-Identifier: MIT */
/* oracle - see oracle.h. */
#include "oracle.h"

#include <assert.h>
#include <string.h>

#include "core/archive.h"
#include "wire/frame_codec.h"

#define ALARM_BYTES_MAX 8192u

/* How far a front-end is told to the reference. */
struct cursor {
    uint32_t life, frame;
    bool has_greeted;
    uint32_t loss; /* ranges of the history that lie behind it in this life */
};

struct oracle {
    struct world *world;
    const struct plan *plan;
    const struct front_end *front_ends;
    const struct daemon_model *daemon;
    struct monitor *reference;
    struct cursor cursors[SOURCES_MAX];
    struct alarm_change changes[HISTORY_MAX];
    uint32_t change_count, order_count;
    struct applied applied;
};

static struct oracle oracle;

/* ---- the ledger ---- */

static void check_life(const struct life *life, const struct session *session)
{
    const struct ledger_entry *entry = daemon_model_entry(oracle.daemon->monitor, life->source, life->epoch);
    struct world *world = oracle.world;
    if (!entry) {
        if (!life->is_killed)
            world_fail(world, "source %u is not in the ledger", life->source);
        return;
    }
    uint64_t sum = entry->accepted + ledger_rejected(entry) + ledger_lost(entry);
    world->totals.candidates += sum;
    world->totals.lost += ledger_lost(entry);
    if (sum != entry->next_seq - 1)
        world_fail(world, "source %u is not conserved", life->source);
    if (entry->next_seq > life->next_seq || (!life->is_killed && entry->next_seq != life->next_seq))
        world_fail(world, "source %u made %" PRIu64 " candidates, the daemon has %" PRIu64, life->source,
                   life->next_seq - 1, entry->next_seq - 1);
    if (entry->rejected[REJECT_LATE_BURST] > 0 || entry->lost[LOSS_REFUSED] > 0)
        world_fail(world, "source %u: %" PRIu64 " candidates were late, %" PRIu64 " refused", life->source,
                   entry->rejected[REJECT_LATE_BURST], entry->lost[LOSS_REFUSED]);
    uint64_t shed = 0;
    for (uint32_t i = 0; i < life->count; i++)
        shed += life->frames[i].kind == FRAME_LOST ? life->frames[i].count : 0;
    for (int cause = 0; cause < LOSS_CAUSE_COUNT && !life->is_killed; cause++)
        if (entry->lost[cause] != session_counters(session)->lost[cause])
            world_fail(world, "source %u lost %" PRIu64 " (%s), the daemon says %" PRIu64, life->source,
                       session_counters(session)->lost[cause], loss_cause_name((enum loss_cause)cause),
                       entry->lost[cause]);
    if (!life->is_killed && entry->lost[LOSS_SHED] != shed)
        world_fail(world, "source %u shed %" PRIu64 ", the daemon says %" PRIu64, life->source, shed,
                   entry->lost[LOSS_SHED]);
}

/* ---- the reference ---- */

static void on_burst(void *context, const struct burst_summary *summary)
{
    (void)context;
    (void)summary;
}

static void on_alarm(void *context, const struct alarm *alarm)
{
    (void)context;
    assert(oracle.change_count < HISTORY_MAX);
    struct alarm_change *change = &oracle.changes[oracle.change_count++];
    strcpy(change->id, alarm->id);
    change->state = alarm->state;
}

/* Those that were given after as many bursts. */
static void apply_orders(void)
{
    const struct history *history = &oracle.daemon->history;
    uint64_t closed = monitor_closed_bursts(oracle.reference);
    while (oracle.order_count < history->order_count && history->orders[oracle.order_count].closed_bursts <= closed) {
        const struct order *order = &history->orders[oracle.order_count++];
        bool is_done = order->closed_bursts == closed;
        if (order->kind == ORDER_NEW_PERIOD)
            monitor_new_period(oracle.reference);
        else if (order->kind == ORDER_ACCEPT_LEVEL)
            is_done &= monitor_accept_level(oracle.reference, order->id) != NULL;
        else
            is_done &= monitor_acknowledge(oracle.reference, order->id) != NULL;
        if (!is_done)
            world_fail(oracle.world, "the reference cannot follow the order about %s after %" PRIu64 " bursts",
                       order->id, order->closed_bursts);
    }
}

static void apply(const struct frame *frame)
{
    enum refusal refusal = monitor_apply(oracle.reference, frame, 1, &oracle.applied);
    if (refusal != REFUSAL_NONE || oracle.applied.is_duplicate)
        world_fail(oracle.world, "the reference does not take frame kind %d: %s", frame->kind, refusal_name(refusal));
    apply_orders();
}

/* The next range of the life that ends at or behind `seq`; NULL when there is none. */
static const struct loss_range *next_loss(const struct life *life, struct cursor *cursor, uint64_t seq)
{
    const struct history *history = &oracle.daemon->history;
    for (; cursor->loss < history->loss_count; cursor->loss++) {
        const struct loss_range *range = &history->losses[cursor->loss];
        if (range->source == life->source && range->epoch == life->epoch && range->last >= seq)
            return range;
    }
    return NULL;
}

static void apply_lost(const struct life *life, uint64_t first, uint64_t last, enum loss_cause cause)
{
    struct frame frame = {.kind = FRAME_LOST};
    frame.as.lost = (struct lost){life->source, life->epoch, first, last, cause};
    apply(&frame);
}

/* What became of candidates first .. last: lost, or counted, of what the life said. */
static void apply_candidates(const struct life *life, struct cursor *cursor, const struct said *said, uint64_t last)
{
    uint64_t seq = said->first;
    while (seq <= last && !world_has_failed(oracle.world)) {
        const struct loss_range *loss = next_loss(life, cursor, seq);
        uint64_t end = loss && loss->first <= last ? loss->first : last + 1;
        if (seq < end) {
            struct frame frame = front_end_frame(oracle.plan, life, said);
            if (said->kind != FRAME_BATCH)
                world_fail(oracle.world, "source %u: what was shed is not lost", life->source);
            else
                batch_cut(&frame.as.batch, (uint32_t)(seq - said->first), (uint32_t)(end - seq));
            apply(&frame);
        } else {
            end = (loss->last < last ? loss->last : last) + 1;
            apply_lost(life, seq, end - 1, loss->cause);
        }
        seq = end;
    }
}

/* Whether the daemon counted a mark, or some of the candidates. */
static bool is_counted(const struct life *life, const struct said *said)
{
    const struct ledger_entry *entry = daemon_model_entry(oracle.daemon->monitor, life->source, life->epoch);
    const struct burst_key key = {said->run, said->burst};
    if (!entry)
        return false;
    switch (said->kind) {
    case FRAME_RUN_BEGIN:
        return entry->run >= said->run;
    case FRAME_BURST_BEGIN:
        return burst_compare((struct burst_key){entry->run, entry->burst}, key) >= 0;
    case FRAME_BURST_END:
        return burst_compare((struct burst_key){entry->ended_run, entry->ended_burst}, key) >= 0;
    case FRAME_RUN_END: /* the next life ends the run of one that was killed, too */
        return entry->run > said->run || (entry->run == said->run && !entry->in_run && !life->is_killed);
    case FRAME_BATCH:
    case FRAME_LOST:
        return said->first < entry->next_seq;
    case FRAME_HELLO:
    case FRAME_HEARTBEAT:
        break;
    }
    return true;
}

/* As far as the daemon counted it. */
static void apply_said(const struct life *life, struct cursor *cursor, const struct said *said)
{
    const struct ledger_entry *entry = daemon_model_entry(oracle.daemon->monitor, life->source, life->epoch);
    uint64_t last = said->first + said->count - 1;
    if (!is_counted(life, said)) {
        if (!life->is_killed)
            world_fail(oracle.world, "source %u: a mark of run %u burst %u is not counted", life->source, said->run,
                       said->burst);
        return;
    }
    if (said->kind == FRAME_BATCH || said->kind == FRAME_LOST) {
        apply_candidates(life, cursor, said, last < entry->next_seq ? last : entry->next_seq - 1);
        return;
    }
    struct frame frame = front_end_frame(oracle.plan, life, said);
    apply(&frame);
}

/* ---- the straight line ---- */

/* What comes next of a front-end: its place in time, so that bursts close one by one; UINT64_MAX at its end. A life, a
 * run and a burst begin as soon as what was before is over, and what was not counted is passed. */
static uint64_t place_of(const struct front_end *front_end, struct cursor *cursor)
{
    if (cursor->has_greeted && cursor->frame == front_end->lives[cursor->life].count &&
        cursor->life + 1 < front_end->life_count)
        *cursor = (struct cursor){.life = cursor->life + 1};
    const struct life *life = &front_end->lives[cursor->life];
    if (!cursor->has_greeted)
        return 0;
    if (cursor->frame == life->count)
        return UINT64_MAX;
    const struct said *said = &life->frames[cursor->frame];
    if (said->kind == FRAME_RUN_BEGIN || said->kind == FRAME_BURST_BEGIN || !is_counted(life, said))
        return 0;
    uint32_t phase = said->kind == FRAME_RUN_END ? 2 : said->kind == FRAME_BURST_END;
    return (uint64_t)said->run << 40 | (uint64_t)said->burst << 8 | phase;
}

static void apply_next(const struct front_end *front_end, struct cursor *cursor)
{
    const struct life *life = &front_end->lives[cursor->life];
    const struct said greeting = {.kind = FRAME_HELLO};
    apply_said(life, cursor, cursor->has_greeted ? &life->frames[cursor->frame++] : &greeting);
    cursor->has_greeted = true;
}

/* False at the end. */
static bool step(void)
{
    uint32_t next = 0;
    uint64_t least = UINT64_MAX;
    for (uint32_t i = 0; i < oracle.plan->sources; i++) {
        uint64_t place = place_of(&oracle.front_ends[i], &oracle.cursors[i]);
        if (place >= least)
            continue;
        least = place;
        next = i;
    }
    if (least < UINT64_MAX)
        apply_next(&oracle.front_ends[next], &oracle.cursors[next]);
    return least < UINT64_MAX && !world_has_failed(oracle.world);
}

/* ---- bit for bit ---- */

static void compare_entries(const struct life *life)
{
    const struct ledger_entry *a = daemon_model_entry(oracle.daemon->monitor, life->source, life->epoch);
    const struct ledger_entry *b = daemon_model_entry(oracle.reference, life->source, life->epoch);
    if (!a || !b) {
        if (a || b)
            world_fail(oracle.world, "source %u is known to one of them only", life->source);
        return;
    }
    if (a->accepted != b->accepted || memcmp(a->rejected, b->rejected, sizeof a->rejected) != 0 ||
        memcmp(a->lost, b->lost, sizeof a->lost) != 0 || a->next_seq != b->next_seq || a->run != b->run ||
        a->burst != b->burst || a->ended_run != b->ended_run || a->ended_burst != b->ended_burst)
        world_fail(oracle.world, "the ledger of source %u is not that of the reference", life->source);
}

static void compare_bursts(void)
{
    static unsigned char ours[MONITOR_BURST_BYTES_MAX], theirs[MONITOR_BURST_BYTES_MAX];
    struct monitor *monitor = oracle.daemon->monitor;
    uint64_t closed = monitor_closed_bursts(monitor);
    oracle.world->totals.bursts += closed;
    if (closed != monitor_closed_bursts(oracle.reference)) {
        world_fail(oracle.world, "%" PRIu64 " bursts are closed, %" PRIu64 " by the reference", closed,
                   monitor_closed_bursts(oracle.reference));
        return;
    }
    for (uint64_t number = monitor_oldest_kept(monitor); number < closed; number++) {
        size_t size = monitor_save_burst(monitor, number, ours, sizeof ours);
        if (size == 0 || size != monitor_save_burst(oracle.reference, number, theirs, sizeof theirs) ||
            memcmp(ours, theirs, size) != 0)
            world_fail(oracle.world, "burst %" PRIu64 " is not that of the reference", number);
    }
}

static void compare_horizons(void)
{
    static struct horizon ours;
    for (enum horizon_id id = HORIZON_OPEN; id < HORIZON_COUNT; id++) {
        ours = *monitor_horizon(oracle.daemon->monitor, id);
        const struct horizon *theirs = monitor_horizon(oracle.reference, id);
        if (memcmp(ours.slots, theirs->slots, sizeof ours.slots) != 0 ||
            memcmp(&ours.estimates, &theirs->estimates, sizeof ours.estimates) != 0 ||
            memcmp(ours.flawed, theirs->flawed, sizeof ours.flawed) != 0 || ours.bursts != theirs->bursts ||
            ours.left_out != theirs->left_out || ours.is_blind != theirs->is_blind)
            world_fail(oracle.world, "horizon %s is not that of the reference", horizon_name(id));
    }
}

/* Every member, to the bit. */
static size_t alarm_bytes(const struct alarm *alarm, unsigned char *bytes)
{
    struct alarm copy = *alarm;
    struct archive archive = archive_save(bytes, ALARM_BYTES_MAX);
    alarm_archive(&archive, &copy, 1);
    assert(archive.is_sound);
    return archive.at;
}

static void compare_alarms(void)
{
    static unsigned char ours[ALARM_BYTES_MAX], theirs[ALARM_BYTES_MAX];
    const struct history *history = &oracle.daemon->history;
    oracle.world->totals.alarms += history->change_count;
    for (uint32_t i = 0; i < ALARMS_MAX; i++) {
        const struct alarm *a = alarms_get(monitor_alarms(oracle.daemon->monitor), i);
        const struct alarm *b = alarms_get(monitor_alarms(oracle.reference), i);
        size_t size = a && b ? alarm_bytes(a, ours) : 0;
        if ((a || b) && (!a || !b || size != alarm_bytes(b, theirs) || memcmp(ours, theirs, size) != 0))
            world_fail(oracle.world, "alarm %s is not that of the reference", a ? a->id : b->id);
    }
    for (uint32_t i = 0; i < history->change_count && i < oracle.change_count; i++)
        if (strcmp(history->changes[i].id, oracle.changes[i].id) != 0 ||
            history->changes[i].state != oracle.changes[i].state)
            world_fail(oracle.world, "change %u of the alarms is %s, of the reference %s", i, history->changes[i].id,
                       oracle.changes[i].id);
    if (history->change_count != oracle.change_count || history->order_count != oracle.order_count)
        world_fail(oracle.world, "alarms changed %u times, in the reference %u times", history->change_count,
                   oracle.change_count);
}

void oracle_check(struct world *world, const struct plan *plan, const struct front_end *front_ends,
                  const struct daemon_model *daemon)
{
    const struct monitor_observer observer = {NULL, on_burst, on_alarm};
    memset(&oracle.cursors, 0, sizeof oracle.cursors);
    oracle.change_count = oracle.order_count = 0;
    oracle.world = world;
    oracle.plan = plan;
    oracle.front_ends = front_ends;
    oracle.daemon = daemon;
    oracle.reference = daemon_model_monitor(plan, 1, &observer);
    for (uint32_t i = 0; i < plan->sources; i++)
        for (uint32_t j = 0; j < front_ends[i].life_count; j++)
            check_life(&front_ends[i].lives[j], front_ends[i].session);
    apply_orders();
    while (!world_has_failed(world) && step())
        ;
    for (uint32_t i = 0; i < plan->sources; i++)
        for (uint32_t j = 0; j < front_ends[i].life_count; j++)
            compare_entries(&front_ends[i].lives[j]);
    compare_bursts();
    compare_horizons();
    compare_alarms();
}
