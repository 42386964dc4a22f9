/* SPDX-License-Identifier: MIT */
/*
 * Two monitors get the same stream: one runs through, the other one is saved, destroyed, created and restored again and
 * again, on another clock each time. Whatever can be asked of them is to be the same.
 *
 * The stream has four sources, which are ahead of each other by some bursts, in four runs: with a rate that jumps, with
 * losses and a veto that fails, with a signal, and with DATA, which are blind. Sources pause, so that bursts are closed
 * without them, forget to end bursts, and one starts anew. People acknowledge, shelve, accept, unblind.
 */
#include "core/monitor.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "candidates.h"
#include "core/archive.h"
#include "synthetic.h"

#define SOURCES 4u
#define RUNS 4u
#define BURSTS 36u     /* of a run */
#define RICH_FIRST 30u /* bursts closed, for a state to try things with: alarms, but few bursts to restore */
#define BATCHES 3u     /* of a burst */
#define POOL 1024u
#define BATCH_MOST 80u
#define TIMEOUT_NS INT64_C(5000000000)
#define CLOCK_BASES UINT64_C(1000000000000000)

/* A monitor, its clock, and what its observer heard. */
struct world {
    struct monitor *monitor;
    int64_t base_ns;
    uint64_t heard; /* hash over everything */
    uint32_t closed, alarms[ALARM_KIND_END];
};

struct source {
    uint32_t number;
    uint64_t epoch, seq;
    uint32_t run, burst, batches;
    enum { SAYS_HELLO, BEGINS_RUN, BEGINS_BURST, SENDS, ENDS_BURST, ENDS_RUN, IS_DONE } phase;
};

/* A state and its bursts, as bytes. */
struct saved {
    size_t size, burst_sizes[HORIZON_DEPTH];
    uint64_t oldest, closed;
    unsigned char state[MONITOR_STATE_BYTES_MAX], bursts[HORIZON_DEPTH][MONITOR_BURST_BYTES_MAX];
};

static struct candidates pools[3]; /* POOL + BATCH_MOST each: background, signal at 150 MeV, without vetoes */
static struct template shape;
static struct random chance;
static struct world through, restarted;
static struct source sources[SOURCES];
static struct saved kept, again, rich;
static int64_t t_ns;
static uint32_t cuts, cuts_in_burst, cuts_with_shelf, cuts_with_changes;

/* ---- what the observer hears ---- */

static void hear(uint64_t *hash, const void *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++)
        *hash = (*hash ^ ((const unsigned char *)bytes)[i]) * UINT64_C(0x100000001B3);
}

static void hear_number(uint64_t *hash, double number)
{
    hear(hash, &number, sizeof number);
}

static void hear_alarm(uint64_t *hash, const struct alarm *alarm, int64_t base_ns)
{
    const uint64_t numbers[] = {alarm->kind,        alarm->severity,    alarm->state,    alarm->is_held_back,
                                alarm->first_run,   alarm->first_burst, alarm->last_run, alarm->last_burst,
                                alarm->count,       alarm->line,        alarm->horizon,  alarm->n,
                                alarm->horizons,    alarm->is_suspect,  alarm->streams,  alarm->is_provisional,
                                alarm->is_retracted};
    hear(hash, alarm->id, strlen(alarm->id));
    hear(hash, numbers, sizeof numbers);
    hear_number(hash, alarm->z);
    hear_number(hash, alarm->b);
    hear_number(hash, alarm->m_n_mev);
    hear_number(hash, alarm->m_n_low_mev);
    hear_number(hash, alarm->m_n_high_mev);
    hear_number(hash, alarm->far_hz);
    hear_number(hash, alarm->constancy_p);
    hear_number(hash, alarm->retracted_z);
    hear_number(hash, alarm->change.measured);
    hear_number(hash, alarm->change.expected);
    hear_number(hash, alarm->change.size);
    hear_number(hash, alarm->condition.measured);
    hear(hash, alarm->condition.text, strlen(alarm->condition.text));
    hear_number(hash, alarm->state == ALARM_SHELVED ? (double)(alarm->shelved_until_ns - base_ns) : 0.0);
}

static void note_alarm(void *context, const struct alarm *alarm)
{
    struct world *world = context;
    hear_alarm(&world->heard, alarm, world->base_ns);
    world->alarms[alarm->kind]++;
}

static void note_closed(void *context, const struct burst_summary *summary)
{
    struct world *world = context;
    const uint64_t numbers[] = {summary->key.run,      summary->key.burst, summary->t_begin_ns, summary->t_end_ns,
                                summary->run_begin_ns, summary->sources,   summary->generated,  summary->kept,
                                summary->sent,         summary->accepted,  summary->lost,       summary->origin,
                                summary->choke_count,  summary->n_peak,    summary->complete};
    hear(&world->heard, numbers, sizeof numbers);
    hear(&world->heard, summary->rejected, sizeof summary->rejected);
    hear(&world->heard, summary->quality, strlen(summary->quality));
    hear_number(&world->heard, summary->intensity);
    hear_number(&world->heard, summary->peak_position_mev2);
    for (int i = 0; i < HORIZON_COUNT - HORIZON_1; i++) {
        hear_number(&world->heard, summary->best[i].z);
        hear_number(&world->heard, summary->best[i].z_major);
        hear_number(&world->heard, summary->best[i].m_n_mev);
    }
    for (int line = 0; line < LINE_COUNT; line++)
        hear_number(&world->heard, summary->lines[line].exposure_run);
    world->closed++;
}

static struct monitor *create(struct world *world, enum selection_preset preset)
{
    struct monitor_config config = {
        .preset = preset, .f_sys = 0.03, .promise = alarm_default_promise(), .close_timeout_ns = TIMEOUT_NS};
    struct monitor_observer observer = {world, note_closed, note_alarm};
    struct monitor *monitor = monitor_create(&config, &shape, &observer);
    assert_non_null(monitor);
    return monitor;
}

static int64_t now_of(const struct world *world)
{
    return world->base_ns + t_ns;
}

/* ---- the same ---- */

static uint64_t hash_of_alarms(const struct world *world)
{
    uint64_t hash = monitor_alarms(world->monitor)->overflow;
    for (uint32_t i = 0; i < ALARMS_MAX; i++) {
        const struct alarm *alarm = alarms_get(monitor_alarms(world->monitor), i);
        hear_number(&hash, i);
        if (alarm)
            hear_alarm(&hash, alarm, world->base_ns);
    }
    return hash;
}

static void assert_same_ledger(void)
{
    const struct ledger *a = monitor_ledger(through.monitor), *b = monitor_ledger(restarted.monitor);
    assert_int_equal(a->count, b->count);
    for (uint32_t i = 0; i < a->count; i++) {
        const struct ledger_entry *x = &a->entries[i], *y = &b->entries[i];
        assert_true(x->source == y->source && x->epoch == y->epoch && x->next_seq == y->next_seq);
        assert_true(x->accepted == y->accepted && x->lost_tail == y->lost_tail);
        assert_memory_equal(x->rejected, y->rejected, sizeof x->rejected);
        assert_memory_equal(x->lost, y->lost, sizeof x->lost);
        assert_true(x->in_run == y->in_run && x->in_burst == y->in_burst && x->is_silent == y->is_silent);
        assert_true(x->run == y->run && x->burst == y->burst && x->origin == y->origin);
        assert_true(x->ended_run == y->ended_run && x->ended_burst == y->ended_burst);
        assert_true(x->heard_ns - through.base_ns == y->heard_ns - restarted.base_ns);
    }
}

static void assert_same_horizon(enum horizon_id id)
{
    const struct horizon *a = monitor_horizon(through.monitor, id), *b = monitor_horizon(restarted.monitor, id);
    assert_memory_equal(a->slots, b->slots, sizeof a->slots);
    assert_memory_equal(&a->estimates, &b->estimates, sizeof a->estimates);
    assert_memory_equal(a->flawed, b->flawed, sizeof a->flawed);
    assert_true(a->bursts == b->bursts && a->left_out == b->left_out && a->is_blind == b->is_blind);
}

static void assert_same_scan(enum line line, enum horizon_id id)
{
    static struct scan a, b;
    monitor_scan(through.monitor, line, id, &a);
    monitor_scan(restarted.monitor, line, id, &b);
    assert_ptr_equal(a.withheld, b.withheld);
    assert_true(a.exposure == b.exposure && a.density == b.density && a.z_major == b.z_major);
    for (uint32_t i = 0; i < HYPOTHESIS_COUNT; i++)
        assert_memory_equal(&a.hypotheses[i], &b.hypotheses[i], offsetof(struct hypothesis, withheld));
}

static void assert_same(void)
{
    assert_true(through.heard == restarted.heard && through.closed == restarted.closed);
    assert_true(hash_of_alarms(&through) == hash_of_alarms(&restarted));
    assert_true(monitor_is_blind(through.monitor) == monitor_is_blind(restarted.monitor));
    assert_int_equal(monitor_closed_bursts(through.monitor), monitor_closed_bursts(restarted.monitor));
    assert_same_ledger();
    for (enum horizon_id id = HORIZON_OPEN; id < HORIZON_COUNT; id++) {
        assert_same_horizon(id);
        for (enum line line = LINE_UNPRESCALED; line < LINE_COUNT; line++)
            assert_same_scan(line, id);
    }
}

/* ---- restarts ---- */

static void save(struct world *world, struct saved *saved)
{
    saved->size = monitor_save(world->monitor, saved->state, sizeof saved->state, now_of(world));
    assert_true(saved->size > 0);
    saved->oldest = monitor_oldest_kept(world->monitor);
    saved->closed = monitor_closed_bursts(world->monitor);
    for (uint64_t n = saved->oldest; n < saved->closed; n++) {
        size_t size = monitor_save_burst(world->monitor, n, saved->bursts[n - saved->oldest], MONITOR_BURST_BYTES_MAX);
        assert_true(size > 0);
        saved->burst_sizes[n - saved->oldest] = size;
    }
}

static void assert_same_bytes(const struct saved *a, const struct saved *b)
{
    assert_int_equal(a->size, b->size);
    assert_memory_equal(a->state, b->state, a->size);
    assert_true(a->oldest == b->oldest && a->closed == b->closed);
    for (uint64_t i = 0; i < a->closed - a->oldest; i++) {
        assert_int_equal(a->burst_sizes[i], b->burst_sizes[i]);
        assert_memory_equal(a->bursts[i], b->bursts[i], a->burst_sizes[i]);
    }
}

/* As many as the monitor wants to have. */
static enum restored restore_bursts(struct world *world, const struct saved *saved)
{
    const uint64_t oldest = monitor_oldest_kept(world->monitor), closed = monitor_closed_bursts(world->monitor);
    enum restored restored = RESTORED_OK;
    if (closed > saved->closed) /* a state was spoilt so */
        return RESTORED_DAMAGED;
    for (uint64_t n = oldest; n < closed && restored == RESTORED_OK; n++)
        restored = monitor_restore_burst(world->monitor, n, saved->bursts[n - saved->oldest],
                                         saved->burst_sizes[n - saved->oldest]);
    return restored;
}

static enum restored give_back(struct world *world, const struct saved *saved)
{
    enum restored restored = monitor_restore(world->monitor, saved->state, saved->size, now_of(world));
    return restored == RESTORED_OK ? restore_bursts(world, saved) : restored;
}

/* Another process, on another clock. */
static void create_anew(struct world *world)
{
    monitor_destroy(world->monitor);
    world->monitor = create(world, SELECTION_PAPER);
    world->base_ns = (int64_t)random_below(&chance, CLOCK_BASES);
}

static uint32_t count_alarms(enum alarm_state state, enum alarm_kind first, enum alarm_kind last)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < ALARMS_MAX; i++) {
        const struct alarm *alarm = alarms_get(monitor_alarms(through.monitor), i);
        count += alarm && alarm->state == state && alarm->kind >= first && alarm->kind <= last;
    }
    return count;
}

/* A moment to be kept: two bursts are open. */
static bool is_rich(void)
{
    return rich.size == 0 && through.closed >= RICH_FIRST && monitor_horizon(through.monitor, HORIZON_OPEN)->bursts > 1;
}

static void cut(void)
{
    uint32_t open = monitor_horizon(through.monitor, HORIZON_OPEN)->bursts;
    uint32_t shelved = count_alarms(ALARM_SHELVED, ALARM_EXCESS, ALARM_FLOOD);
    uint32_t changes = count_alarms(ALARM_UNACKNOWLEDGED, ALARM_RATE, ALARM_VETO);
    save(&through, &again);
    save(&restarted, &kept);
    assert_same_bytes(&kept, &again);
    create_anew(&restarted);
    assert_int_equal(give_back(&restarted, &kept), RESTORED_OK);
    cuts++;
    cuts_in_burst += open > 0;
    cuts_with_shelf += shelved > 0;
    cuts_with_changes += changes > 0;
    if (is_rich())
        memcpy(&rich, &kept, sizeof rich);
}

/* ---- the stream ---- */

static void fill_pools(void)
{
    for (uint32_t i = 0; i < 3; i++) {
        pools[i].count = 0;
        while (pools[i].count < POOL + BATCH_MOST) {
            double m2 = i == 1 ? 22500.0 + 1700.0 * random_normal(&chance) : plausible_m2(&chance);
            struct candidate c = plausible_candidate(&chance, m2);
            c.time = (uint32_t)random_below(&chance, 200000000);
            if (i == 2)
                c.flags &= ~FLAG_PHOTON_VETO;
            candidates_put(&pools[i], &c);
        }
    }
}

static struct mark mark_of(const struct source *source, uint32_t burst)
{
    uint64_t t = UINT64_C(1000000000) * (100000 * source->run + 5 * burst) + source->number;
    return (struct mark){source->number, source->epoch, source->run, burst, source->seq, t};
}

static bool is_within(const struct source *source, uint32_t run, uint32_t first, uint32_t last)
{
    return source->run == run && source->burst >= first && source->burst <= last;
}

static struct frame batch_of(const struct source *source)
{
    const struct candidates *pool = &pools[is_within(source, 2, 24, BURSTS) ? 2 : 0];
    uint32_t count = is_within(source, 1, 24, BURSTS) ? BATCH_MOST : 40;
    if (source->batches == 0 && (is_within(source, 1, 8, 10) || is_within(source, 3, 12, BURSTS)))
        pool = &pools[1];
    return (struct frame){.kind = FRAME_BATCH,
                          .as.batch = {.schema = 1,
                                       .source = source->number,
                                       .epoch = source->epoch,
                                       .first_seq = source->seq,
                                       .run = source->run,
                                       .burst = source->burst,
                                       .columns = candidates_view(pool, (uint32_t)(source->seq % POOL), count)}};
}

static struct frame lost_of(const struct source *source)
{
    return (struct frame){.kind = FRAME_LOST,
                          .as.lost = {.source = source->number,
                                      .epoch = source->epoch,
                                      .first = source->seq,
                                      .last = source->seq + 6,
                                      .cause = LOSS_SHED}};
}

static struct frame end_of(const struct source *source)
{
    return (struct frame){.kind = FRAME_BURST_END,
                          .as.burst_end = {.mark = mark_of(source, source->burst),
                                           .generated = 15000 + source->burst,
                                           .kept = 100 + source->burst % 7,
                                           .downscaling = 150,
                                           .sent = 120,
                                           .intensity = 1.0 + 0.001 * source->burst,
                                           .live_ppm = 990000,
                                           .choke_count = source->burst % 3}};
}

static struct frame next_frame(const struct source *source)
{
    enum origin origin = source->run == 4 && source->number == 2 ? ORIGIN_DATA : ORIGIN_SIMULATION;
    switch (source->phase) {
    case SAYS_HELLO:
        return (struct frame){.kind = FRAME_HELLO,
                              .as.hello = {.schema = 1,
                                           .source = source->number,
                                           .epoch = source->epoch,
                                           .next_seq = source->seq,
                                           .oldest_seq = 1}};
    case BEGINS_RUN:
        return (struct frame){.kind = FRAME_RUN_BEGIN, .as.run_begin = {.mark = mark_of(source, 0), .origin = origin}};
    case BEGINS_BURST:
        return (struct frame){.kind = FRAME_BURST_BEGIN,
                              .as.burst_begin = {.mark = mark_of(source, source->burst), .input_downscaling = 1}};
    case SENDS:
        return is_within(source, 2, 32, BURSTS) && random_below(&chance, 6) == 0 ? lost_of(source) : batch_of(source);
    case ENDS_BURST:
        return end_of(source);
    case ENDS_RUN:
        return (struct frame){.kind = FRAME_RUN_END, .as.run_end = mark_of(source, 0)};
    case IS_DONE:
        break;
    }
    return (struct frame){.kind = FRAME_HEARTBEAT};
}

static void after_burst(struct source *source)
{
    source->phase = source->burst == BURSTS ? ENDS_RUN : BEGINS_BURST;
    source->burst += source->burst < BURSTS;
}

/* A burst in a hundred is not ended. */
static void advance(struct source *source, const struct frame *frame, uint64_t next_seq)
{
    source->seq = next_seq;
    switch (source->phase) {
    case SAYS_HELLO:
        source->phase = BEGINS_RUN;
        return;
    case BEGINS_RUN:
        source->phase = BEGINS_BURST;
        return;
    case BEGINS_BURST:
        source->phase = SENDS;
        source->batches = 0;
        return;
    case SENDS:
        source->batches += frame->kind == FRAME_BATCH;
        if (source->batches == BATCHES && random_below(&chance, 120) == 0)
            after_burst(source);
        else if (source->batches == BATCHES)
            source->phase = ENDS_BURST;
        return;
    case ENDS_BURST:
        after_burst(source);
        return;
    case ENDS_RUN:
        source->phase = source->run == RUNS ? IS_DONE : BEGINS_RUN;
        source->run++;
        source->burst = 1;
        return;
    case IS_DONE:
        return;
    }
}

/* In the middle of a burst. */
static void die(struct source *source)
{
    source->epoch++;
    source->seq = 1;
    source->phase = SAYS_HELLO;
    source->burst++;
}

static void deliver(struct source *source)
{
    static struct applied a, b;
    struct frame frame = next_frame(source);
    enum refusal first = monitor_apply(through.monitor, &frame, now_of(&through), &a);
    enum refusal second = monitor_apply(restarted.monitor, &frame, now_of(&restarted), &b);
    assert_int_equal(first, second);
    assert_true(first == REFUSAL_NONE || first == REFUSAL_BUSY);
    assert_int_equal(a.count, b.count);
    for (int line = 0; line < LINE_COUNT && a.count; line++)
        assert_memory_equal(a.decisions[line], b.decisions[line], (a.count + 7) / 8);
    if (first == REFUSAL_NONE && a.entry)
        advance(source, &frame, a.entry->next_seq);
    if (source->number == 3 && is_within(source, 3, 20, 20) && source->phase == SENDS && source->epoch == 3)
        die(source);
}

/* ---- people ---- */

static const char *some_id(void)
{
    static char id[ALARM_ID_SIZE];
    uint32_t first = (uint32_t)random_below(&chance, ALARMS_MAX);
    for (uint32_t i = 0; i < ALARMS_MAX; i++) {
        const struct alarm *alarm = alarms_get(monitor_alarms(through.monitor), (first + i) % ALARMS_MAX);
        if (!alarm)
            continue;
        memcpy(id, alarm->id, sizeof id);
        return id;
    }
    return "none";
}

static void shelve(const char *id, uint32_t minutes)
{
    const struct alarm *a = monitor_shelve(through.monitor, id, minutes, now_of(&through));
    const struct alarm *b = monitor_shelve(restarted.monitor, id, minutes, now_of(&restarted));
    assert_int_equal(a != NULL, b != NULL);
}

static void accept_level(const char *id)
{
    const struct alarm *a = monitor_accept_level(through.monitor, id);
    const struct alarm *b = monitor_accept_level(restarted.monitor, id);
    assert_int_equal(a != NULL, b != NULL);
}

static void tell_of_link(void)
{
    struct alarm_condition condition = {.severity = SEVERITY_MINOR, .parts = 1, .measured = 12, .text = "Damaged."};
    if (random_below(&chance, 2))
        condition = (struct alarm_condition){.severity = SEVERITY_NONE};
    monitor_condition(through.monitor, ALARM_LINK, &condition);
    monitor_condition(restarted.monitor, ALARM_LINK, &condition);
}

static void person(void)
{
    const char *id = some_id();
    switch (random_below(&chance, 8)) {
    case 0:
    case 1:
        assert_int_equal(monitor_acknowledge(through.monitor, id) != NULL,
                         monitor_acknowledge(restarted.monitor, id) != NULL);
        return;
    case 2:
        shelve(id, 1 + (uint32_t)random_below(&chance, 2));
        return;
    case 3:
        shelve(id, 0);
        return;
    case 4:
        accept_level(id);
        return;
    case 5:
        tell_of_link();
        return;
    case 6:
        monitor_unblind(through.monitor, t_ns % 2);
        monitor_unblind(restarted.monitor, t_ns % 2);
        return;
    case 7:
        if (random_below(&chance, 4))
            return;
        monitor_new_period(through.monitor);
        monitor_new_period(restarted.monitor);
        return;
    }
}

/* ---- all of it ---- */

static void tick(void)
{
    monitor_tick(through.monitor, now_of(&through));
    monitor_tick(restarted.monitor, now_of(&restarted));
}

/* Mostly milliseconds; at times a pause in which bursts are closed and sources become silent. */
static void let_time_pass(void)
{
    t_ns += (int64_t)random_below(&chance, 20000000);
    bool is_pause = random_below(&chance, 250) == 0;
    if (is_pause)
        t_ns += (int64_t)random_below(&chance, 40) * 1000000000;
    if (is_pause || random_below(&chance, 6) == 0)
        tick();
}

/* The one that is behind most gets most turns, so that the others are some bursts ahead at most. */
static struct source *next_source(void)
{
    struct source *a = &sources[random_below(&chance, SOURCES)], *b = &sources[random_below(&chance, SOURCES)];
    uint32_t at = a->run * BURSTS + a->burst, other = b->run * BURSTS + b->burst;
    return a->phase == IS_DONE || (b->phase != IS_DONE && other < at) ? b : a;
}

static bool is_going_on(void)
{
    for (uint32_t i = 0; i < SOURCES; i++)
        if (sources[i].phase != IS_DONE)
            return true;
    return false;
}

static void begin_worlds(void)
{
    through = (struct world){.base_ns = 1000};
    restarted = (struct world){.base_ns = 5000};
    through.monitor = create(&through, SELECTION_PAPER);
    restarted.monitor = create(&restarted, SELECTION_PAPER);
    for (uint32_t i = 0; i < SOURCES; i++)
        sources[i] = (struct source){.number = i + 1, .epoch = i + 1, .seq = 1, .run = 1, .burst = 1};
    t_ns = 0;
}

/* Once for all tests: `rich` is a state of it. */
static int run_both(void **state)
{
    (void)state;
    chance = random_start("monitor_state");
    synthetic_template(&shape);
    fill_pools();
    begin_worlds();
    const uint64_t every = test_is_full() ? 4 : 60;
    while (is_going_on()) {
        let_time_pass();
        deliver(next_source());
        if (random_below(&chance, 40) == 0)
            person();
        if (random_below(&chance, every) == 0 || is_rich())
            cut();
    }
    return 0;
}

static int end(void **state)
{
    (void)state;
    monitor_destroy(through.monitor);
    monitor_destroy(restarted.monitor);
    return 0;
}

static void a_monitor_that_was_restarted_is_the_same_as_one_that_ran_through(void **state)
{
    (void)state;
    assert_same();
    monitor_flush(through.monitor);
    monitor_flush(restarted.monitor);
    assert_same();
    cut();
}

static void the_stream_has_what_could_get_lost(void **state)
{
    (void)state;
    assert_true(through.closed >= RUNS * BURSTS && monitor_closed_bursts(through.monitor) > HORIZON_DEPTH);
    assert_true(cuts >= 10 && cuts_in_burst >= 5 && cuts_with_shelf >= 1 && cuts_with_changes >= 1);
    assert_true(through.alarms[ALARM_EXCESS] + through.alarms[ALARM_ANOMALY] > 0);
    for (enum alarm_kind kind = ALARM_RATE; kind <= ALARM_LINK; kind++)
        if (kind != ALARM_PEAK && through.alarms[kind] == 0)
            fail_msg("no alarm of kind %s", alarm_kind_name(kind));
    assert_true(rich.size > 0);
    print_message("%u cuts, %u in open bursts, states of up to %zu bytes\n", cuts, cuts_in_burst, rich.size);
}

/* ---- what is refused ---- */

static struct saved fresh;

/* As monitor_create made it: it saves the same bytes. */
static void assert_fresh(const struct world *world)
{
    static unsigned char bytes[MONITOR_STATE_BYTES_MAX];
    assert_int_equal(monitor_save(world->monitor, bytes, sizeof bytes, now_of(world)), fresh.size);
    assert_memory_equal(bytes, fresh.state, fresh.size);
}

/* `restarted` is a new monitor. */
static int start(void **state)
{
    (void)state;
    chance = random_start("monitor_state");
    create_anew(&restarted);
    restarted.base_ns = 0;
    save(&restarted, &fresh);
    return 0;
}

static void a_fresh_monitor_is_restored_to_a_fresh_monitor(void **state)
{
    (void)state;
    assert_int_equal(give_back(&restarted, &fresh), RESTORED_OK);
    assert_fresh(&restarted);
}

static void a_state_cut_off_anywhere_is_refused(void **state)
{
    (void)state;
    for (size_t size = 0; size < rich.size; size++) {
        if (!test_is_full() && size > 600 && size < rich.size - 600 && random_below(&chance, rich.size / 600))
            continue;
        unsigned char *bytes = malloc(size); /* so that a sanitizer sees its end */
        memcpy(bytes, rich.state, size);
        assert_int_equal(monitor_restore(restarted.monitor, bytes, size, 0), RESTORED_DAMAGED);
        free(bytes);
        assert_fresh(&restarted);
    }
    assert_int_equal(give_back(&restarted, &rich), RESTORED_OK);
}

static void a_state_with_something_behind_it_is_refused(void **state)
{
    (void)state;
    memcpy(again.state, rich.state, rich.size);
    again.state[rich.size] = 0;
    assert_int_equal(monitor_restore(restarted.monitor, again.state, rich.size + 1, 0), RESTORED_DAMAGED);
    assert_fresh(&restarted);
}

/* What was accepted, whatever it is, is a state: it is saved, restored again, and saved as the same bytes. */
static void assert_is_state(struct world *world)
{
    save(world, &again);
    world->base_ns = (int64_t)random_below(&chance, CLOCK_BASES);
    assert_int_equal(give_back(world, &again), RESTORED_OK);
    save(world, &kept);
    assert_same_bytes(&kept, &again);
}

static void try_to_apply(struct world *world, struct frame frame)
{
    static struct applied applied;
    (void)!monitor_apply(world->monitor, &frame, now_of(world), &applied);
}

/* A source goes on from where the ledger says that it is: sends, ends its burst, and has another one. */
static void go_on_with(struct world *world, const struct ledger_entry *entry)
{
    struct source source = {entry->source, entry->epoch, entry->next_seq, entry->run, entry->burst, 1, SENDS};
    if (entry->next_seq > SEQ_LIMIT - POOL)
        return;
    try_to_apply(world, batch_of(&source));
    source.seq = entry->next_seq;
    try_to_apply(world, end_of(&source));
    source.phase = BEGINS_BURST;
    source.burst++;
    try_to_apply(world, next_frame(&source));
    try_to_apply(world, batch_of(&source));
    source.seq = entry->next_seq;
    try_to_apply(world, end_of(&source));
}

/* Each source of the ledger goes on, a new one comes, time passes, and everything is closed and shown. */
static void go_on(struct world *world)
{
    static struct scan scan;
    const struct ledger *ledger = monitor_ledger(world->monitor);
    struct source new = {.number = 77, .epoch = 5, .seq = 1, .run = UINT32_MAX, .burst = 1};
    try_to_apply(world, next_frame(&new));
    new.phase = BEGINS_RUN;
    try_to_apply(world, next_frame(&new));
    for (uint32_t i = ledger->count; i-- > 0;)
        go_on_with(world, &ledger->entries[i]);
    monitor_tick(world->monitor, now_of(world) + 2 * TIMEOUT_NS);
    monitor_flush(world->monitor);
    for (enum horizon_id id = HORIZON_1; id < HORIZON_COUNT; id++)
        monitor_scan(world->monitor, LINE_UNPRESCALED, id, &scan);
    monitor_unblind(world->monitor, true);
    monitor_new_period(world->monitor);
    save(world, &again);
}

/* One to three bytes become others; half of them among the first or the last ones, where few bytes say much. */
static void spoil(unsigned char *bytes, size_t size)
{
    for (uint64_t spots = 1 + random_below(&chance, 3); spots > 0; spots--) {
        size_t at = random_below(&chance, random_below(&chance, 2) ? size : 400);
        unsigned char *byte = &bytes[random_below(&chance, 2) ? at : size - 1 - at];
        *byte =
            (unsigned char)(random_below(&chance, 2) ? *byte ^ 1u << random_below(&chance, 8) : random_word(&chance));
    }
}

/* Every fourth of the accepted ones goes on. */
static void a_spoilt_state_is_refused_or_is_one_that_can_go_on(void **state)
{
    (void)state;
    const uint32_t tries = test_is_full() ? 200000 : 2000;
    uint32_t accepted = 0;
    for (uint32_t i = 0; i < tries; i++) {
        memcpy(kept.state, rich.state, rich.size);
        spoil(kept.state, rich.size);
        enum restored restored = monitor_restore(restarted.monitor, kept.state, rich.size, now_of(&restarted));
        accepted += restored == RESTORED_OK;
        if (restored == RESTORED_DAMAGED && random_below(&chance, 16) == 0 && give_back(&restarted, &fresh) == 0)
            assert_fresh(&restarted);
        if (restored == RESTORED_OK && accepted % 4 == 0 && restore_bursts(&restarted, &rich) == RESTORED_OK) {
            assert_is_state(&restarted);
            go_on(&restarted);
        }
    }
    print_message("%u of %u accepted\n", accepted, tries);
    assert_true(accepted > tries / 20 && accepted < tries);
}

static void a_burst_cut_off_anywhere_takes_the_whole_state_with_it(void **state)
{
    (void)state;
    const uint64_t number = rich.oldest;
    for (size_t size = 0; size < rich.burst_sizes[0]; size += test_is_full() ? 1 : 1 + random_below(&chance, 100)) {
        unsigned char *bytes = malloc(size);
        memcpy(bytes, rich.bursts[0], size);
        assert_int_equal(monitor_restore(restarted.monitor, rich.state, rich.size, 0), RESTORED_OK);
        assert_int_equal(monitor_restore_burst(restarted.monitor, number, bytes, size), RESTORED_DAMAGED);
        free(bytes);
        assert_fresh(&restarted);
    }
    assert_int_equal(give_back(&restarted, &rich), RESTORED_OK);
}

static void a_burst_with_another_number_is_refused(void **state)
{
    (void)state;
    assert_int_equal(monitor_restore(restarted.monitor, rich.state, rich.size, 0), RESTORED_OK);
    assert_int_equal(monitor_restore_burst(restarted.monitor, rich.oldest, rich.bursts[1], rich.burst_sizes[1]),
                     RESTORED_DAMAGED);
    assert_fresh(&restarted);
}

static void a_spoilt_burst_is_refused_or_can_be_summed(void **state)
{
    (void)state;
    static unsigned char bytes[MONITOR_BURST_BYTES_MAX];
    uint32_t accepted = 0;
    for (uint32_t i = 0; i < 200; i++) {
        uint64_t place = random_below(&chance, rich.closed - rich.oldest);
        memcpy(bytes, rich.bursts[place], rich.burst_sizes[place]);
        spoil(rich.bursts[place], rich.burst_sizes[place]);
        enum restored restored = give_back(&restarted, &rich);
        memcpy(rich.bursts[place], bytes, rich.burst_sizes[place]);
        if (restored != RESTORED_OK) {
            assert_fresh(&restarted);
            continue;
        }
        accepted++;
        assert_is_state(&restarted);
        go_on(&restarted);
    }
    assert_true(accepted > 0);
}

/* ---- whose it is ---- */

static void a_state_of_another_selection_is_refused_and_changes_nothing(void **state)
{
    (void)state;
    struct world other = {.base_ns = 0};
    other.monitor = create(&other, SELECTION_NA62);
    assert_int_equal(give_back(&other, &rich), RESTORED_OTHER_SELECTION);
    assert_int_equal(monitor_ledger(other.monitor)->count, 0);
    assert_int_equal(monitor_closed_bursts(other.monitor), 0);
    monitor_destroy(other.monitor);
}

static void a_state_of_another_template_is_refused_and_changes_nothing(void **state)
{
    (void)state;
    struct world other = {.base_ns = 0};
    char hash[TEMPLATE_HASH_SIZE];
    memcpy(hash, shape.hash, sizeof hash);
    shape.hash[3] = shape.hash[3] == '0' ? '1' : '0';
    other.monitor = create(&other, SELECTION_PAPER);
    assert_int_equal(give_back(&other, &rich), RESTORED_OTHER_TEMPLATE);
    assert_int_equal(monitor_ledger(other.monitor)->count, 0);
    monitor_destroy(other.monitor);
    memcpy(shape.hash, hash, sizeof hash);
}

/* The version is the number behind the magic one, which takes six bytes; what it is counted with is behind it. */
static void a_state_of_another_version_is_refused_and_changes_nothing(void **state)
{
    (void)state;
    struct state_label label;
    memcpy(&kept, &rich, sizeof kept);
    assert_int_equal(kept.state[6], 2);
    kept.state[7] ^= 1;
    assert_int_equal(give_back(&restarted, &kept), RESTORED_OTHER_VERSION);
    assert_fresh(&restarted);
    kept.state[7] ^= 1;
    kept.state[6] = 3;
    assert_int_equal(give_back(&restarted, &kept), RESTORED_OTHER_VERSION);
    assert_fresh(&restarted);
    assert_true(monitor_read_label(kept.state, kept.size, &label));
    assert_int_equal(label.version, 3);
}

static void who_shows_the_searched_region_and_why_comes_back(void **state)
{
    (void)state;
    static const struct unblinding anna = {.who = "anna", .reason = "opening of the box", .since_ns = UINT64_MAX};
    monitor_sign_unblinding(through.monitor, &anna);
    save(&through, &kept);
    assert_int_equal(give_back(&restarted, &kept), RESTORED_OK);
    const struct unblinding *found = monitor_unblinding(restarted.monitor);
    assert_string_equal(found->who, anna.who);
    assert_string_equal(found->reason, anna.reason);
    assert_true(found->since_ns == anna.since_ns);
    assert_int_equal(give_back(&restarted, &rich), RESTORED_OK);
    assert_true(monitor_unblinding(restarted.monitor)->since_ns == 0);
}

static void noise_is_no_state(void **state)
{
    (void)state;
    struct state_label label;
    for (uint32_t i = 0; i < 1000; i++) {
        unsigned char noise[64];
        for (size_t j = 0; j < sizeof noise; j++)
            noise[j] = (unsigned char)random_word(&chance);
        size_t size = random_below(&chance, sizeof noise + 1);
        assert_int_equal(monitor_restore(restarted.monitor, noise, size, 0), RESTORED_DAMAGED);
        assert_false(monitor_read_label(noise, size, &label));
    }
    assert_fresh(&restarted);
}

static void a_label_tells_what_the_state_is(void **state)
{
    (void)state;
    struct state_label label;
    assert_true(monitor_read_label(rich.state, rich.size, &label));
    assert_int_equal(label.version, 2);
    assert_string_equal(label.template_name, "synthetic");
    assert_string_equal(label.template_hash, "0123456789abcdef");
    assert_int_equal(label.preset, SELECTION_PAPER);
    assert_true(label.closed_bursts == rich.closed);
    assert_int_equal(label.last_burst.run, 1);
    assert_true(label.last_burst.burst >= rich.closed && label.last_burst.burst <= BURSTS);
}

/* ---- what may be different ---- */

static void settings_of_alarms_may_have_changed(void **state)
{
    (void)state;
    struct world other = {.base_ns = 0};
    struct monitor_config config = {.preset = SELECTION_PAPER, .f_sys = 0.1, .close_timeout_ns = 1};
    struct monitor_observer observer = {&other, note_closed, note_alarm};
    other.monitor = monitor_create(&config, &shape, &observer); /* nothing is promised: no alarm is raised */
    assert_int_equal(give_back(&other, &rich), RESTORED_OK);
    go_on(&other);
    monitor_destroy(other.monitor);
}

static void a_refused_state_can_be_followed_by_a_good_one(void **state)
{
    (void)state;
    assert_int_equal(monitor_restore(restarted.monitor, rich.state, rich.size - 1, 0), RESTORED_DAMAGED);
    assert_int_equal(give_back(&restarted, &rich), RESTORED_OK);
    save(&restarted, &again);
    assert_same_bytes(&rich, &again);
}

static void restoring_forgets_what_the_monitor_knew(void **state)
{
    (void)state;
    assert_int_equal(give_back(&restarted, &rich), RESTORED_OK);
    go_on(&restarted);
    assert_int_equal(give_back(&restarted, &fresh), RESTORED_OK);
    assert_fresh(&restarted);
    assert_int_equal(give_back(&restarted, &rich), RESTORED_OK);
    save(&restarted, &again);
    assert_same_bytes(&rich, &again);
}

static void candidates_to_pick_count_as_forgotten(void **state)
{
    (void)state;
    static struct pick picks[PICKS_MAX];
    static struct applied applied;
    struct source source = {.number = 9, .epoch = 1, .seq = 1, .run = 3, .burst = 12, .phase = SAYS_HELLO};
    uint64_t forgotten;
    for (; source.phase != SENDS; advance(&source, NULL, 1)) {
        struct frame frame = next_frame(&source);
        assert_int_equal(monitor_apply(restarted.monitor, &frame, 0, &applied), REFUSAL_NONE);
    }
    struct frame frame = batch_of(&source);
    assert_int_equal(monitor_apply(restarted.monitor, &frame, 0, &applied), REFUSAL_NONE);
    uint32_t before = monitor_picks(restarted.monitor, INT32_MIN / 2, INT32_MAX / 2, picks, PICKS_MAX, &forgotten);
    assert_true(before > 0 && forgotten == 0);
    save(&restarted, &kept);
    assert_int_equal(give_back(&restarted, &kept), RESTORED_OK);
    assert_int_equal(monitor_picks(restarted.monitor, INT32_MIN / 2, INT32_MAX / 2, picks, PICKS_MAX, &forgotten), 0);
    assert_int_equal(forgotten, before);
    source.seq = applied.entry->next_seq;
    frame = batch_of(&source);
    assert_int_equal(monitor_apply(restarted.monitor, &frame, 0, &applied), REFUSAL_NONE);
    assert_true(monitor_picks(restarted.monitor, INT32_MIN / 2, INT32_MAX / 2, picks, PICKS_MAX, &forgotten) > 0);
    assert_int_equal(forgotten, before);
}

static void deliver_to_restarted(struct source *source, struct frame frame)
{
    static struct applied applied;
    assert_int_equal(monitor_apply(restarted.monitor, &frame, now_of(&restarted), &applied), REFUSAL_NONE);
    advance(source, &frame, applied.entry->next_seq);
}

/* A burst was closed before its source said that it lost seven candidates: the next burst tells of them. */
static void what_was_lost_too_late_is_told_after_the_restart(void **state)
{
    (void)state;
    struct source source = {.number = 9, .epoch = 1, .seq = 1, .run = 1, .burst = 1, .phase = SAYS_HELLO};
    while (source.phase != SENDS)
        deliver_to_restarted(&source, next_frame(&source));
    monitor_tick(restarted.monitor, now_of(&restarted) + 2 * TIMEOUT_NS);
    deliver_to_restarted(&source, lost_of(&source));
    save(&restarted, &kept);
    assert_int_equal(give_back(&restarted, &kept), RESTORED_OK);
    source.burst = 2;
    source.phase = BEGINS_BURST;
    deliver_to_restarted(&source, next_frame(&source));
    source.phase = ENDS_BURST;
    deliver_to_restarted(&source, next_frame(&source));
    const struct alarm *loss = alarms_find(monitor_alarms(restarted.monitor), "loss-1-2");
    assert_non_null(loss);
    assert_true(loss->condition.measured == 7.0);
}

static void every_reason_has_its_text(void **state)
{
    (void)state;
    for (enum restored restored = RESTORED_OK; restored < RESTORED_COUNT; restored++)
        assert_true(strlen(restored_text(restored)) > 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_monitor_that_was_restarted_is_the_same_as_one_that_ran_through),
        cmocka_unit_test(the_stream_has_what_could_get_lost),
        cmocka_unit_test_setup(a_fresh_monitor_is_restored_to_a_fresh_monitor, start),
        cmocka_unit_test_setup(a_state_cut_off_anywhere_is_refused, start),
        cmocka_unit_test_setup(a_state_with_something_behind_it_is_refused, start),
        cmocka_unit_test_setup(a_spoilt_state_is_refused_or_is_one_that_can_go_on, start),
        cmocka_unit_test_setup(a_burst_cut_off_anywhere_takes_the_whole_state_with_it, start),
        cmocka_unit_test_setup(a_burst_with_another_number_is_refused, start),
        cmocka_unit_test_setup(a_spoilt_burst_is_refused_or_can_be_summed, start),
        cmocka_unit_test_setup(a_state_of_another_selection_is_refused_and_changes_nothing, start),
        cmocka_unit_test_setup(a_state_of_another_template_is_refused_and_changes_nothing, start),
        cmocka_unit_test_setup(who_shows_the_searched_region_and_why_comes_back, start),
        cmocka_unit_test_setup(a_state_of_another_version_is_refused_and_changes_nothing, start),
        cmocka_unit_test_setup(noise_is_no_state, start),
        cmocka_unit_test_setup(a_label_tells_what_the_state_is, start),
        cmocka_unit_test_setup(settings_of_alarms_may_have_changed, start),
        cmocka_unit_test_setup(a_refused_state_can_be_followed_by_a_good_one, start),
        cmocka_unit_test_setup(restoring_forgets_what_the_monitor_knew, start),
        cmocka_unit_test_setup(candidates_to_pick_count_as_forgotten, start),
        cmocka_unit_test_setup(what_was_lost_too_late_is_told_after_the_restart, start),
        cmocka_unit_test(every_reason_has_its_text),
    };
    return cmocka_run_group_tests(tests, run_both, end);
}
