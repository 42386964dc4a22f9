/* SPDX-License-Identifier: MIT */
/* daemon_model - see daemon_model.h. */
#include "daemon_model.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "core/template_builtin.h"
#include "io/progress.h"
#include "wire/frame_codec.h"

#define CLOSE_TIMEOUT_NS INT64_C(1000000000000000000) /* time alone closes nothing: the reference has none */
#define JOURNAL_BYTES_MAX (4u * 1024u * 1024u)
#define OPENING_CHANGES 8u /* that store_open makes, and some more */

/* ---- monitors ---- */

static struct monitor *create_monitor(const struct plan *plan, const struct monitor_observer *observer)
{
    struct monitor_config config = {.preset = plan->preset,
                                    .f_sys = 0.03,
                                    .promise = alarm_default_promise(),
                                    .close_timeout_ns = CLOSE_TIMEOUT_NS,
                                    .expected_sources = plan->sources};
    struct monitor *monitor = monitor_create(&config, template_builtin_of(plan->preset), observer);
    assert(monitor);
    return monitor;
}

struct monitor *daemon_model_monitor(const struct plan *plan, uint32_t which, const struct monitor_observer *observer)
{
    static struct kept {
        struct monitor *monitor;
        unsigned char *empty;
        size_t size;
    } all[2][SELECTION_PRESET_COUNT][SOURCES_MAX + 1]; /* creating one takes as long as a short seed */
    struct kept *kept = &all[which][plan->preset][plan->sources];
    if (!kept->monitor) {
        kept->monitor = create_monitor(plan, observer);
        kept->empty = malloc(MONITOR_STATE_BYTES_MAX);
        assert(kept->empty);
        kept->size = monitor_save(kept->monitor, kept->empty, MONITOR_STATE_BYTES_MAX, 0);
    }
    enum restored restored = monitor_restore(kept->monitor, kept->empty, kept->size, 0);
    assert(restored == RESTORED_OK);
    return kept->monitor;
}

const struct ledger_entry *daemon_model_entry(const struct monitor *monitor, uint32_t source, uint64_t epoch)
{
    const struct ledger *ledger = monitor_ledger(monitor);
    for (uint32_t i = 0; i < ledger->count; i++)
        if (ledger->entries[i].source == source && ledger->entries[i].epoch == epoch)
            return &ledger->entries[i];
    return NULL;
}

/* ---- what it is told, and tells ---- */

static int64_t clock_ns(const struct daemon_model *daemon)
{
    return daemon->world->now_ns + daemon->offset_ns;
}

static void note_record(struct daemon_model *daemon, enum journal_kind kind, const struct alarm *alarm)
{
    struct journal_record record = {.kind = kind, .t_ns = (uint64_t)clock_ns(daemon)};
    if (alarm) {
        record.state = alarm->state;
        record.severity = alarm->severity;
        strcpy(record.alarm_id, alarm->id);
    }
    if (!daemon->has_failed)
        savepoint_note(&daemon->savepoint, &record);
}

static void on_burst(void *context, const struct burst_summary *summary)
{
    (void)context;
    (void)summary;
}

static void on_alarm(void *context, const struct alarm *alarm)
{
    struct daemon_model *daemon = context;
    struct history *history = &daemon->history;
    assert(history->change_count < HISTORY_MAX);
    struct alarm_change *change = &history->changes[history->change_count++];
    strcpy(change->id, alarm->id);
    change->state = alarm->state;
    note_record(daemon, JOURNAL_ALARM, alarm);
}

static struct acked *acked_of(struct daemon_model *daemon, uint32_t source, uint64_t epoch)
{
    for (uint32_t i = 0; i < daemon->acked_count; i++)
        if (daemon->acked[i].source == source && daemon->acked[i].epoch == epoch)
            return &daemon->acked[i];
    assert(daemon->acked_count < ACKED_MAX);
    daemon->acked[daemon->acked_count] = (struct acked){.source = source, .epoch = epoch};
    return &daemon->acked[daemon->acked_count++];
}

static bool is_further(const struct acked *a, uint32_t run, uint32_t burst)
{
    return run > a->run || (run == a->run && burst > a->burst);
}

static void note_ack(struct daemon_model *daemon, const struct ack *ack)
{
    const struct ledger *ledger = monitor_ledger(daemon->monitor);
    for (uint32_t i = 0; i < ledger->count; i++) {
        if (ledger->entries[i].epoch != ack->epoch || ledger->entries[i].source > SOURCES_MAX)
            continue;
        struct acked *acked = acked_of(daemon, ledger->entries[i].source, ack->epoch);
        if (ack->durable_seq > acked->seq)
            acked->seq = ack->durable_seq;
        if (is_further(acked, ack->durable_run, ack->durable_burst)) {
            acked->run = ack->durable_run;
            acked->burst = ack->durable_burst;
        }
    }
}

static bool on_send(void *context, const unsigned char *id, size_t id_size, const unsigned char *bytes, size_t size)
{
    struct daemon_model *daemon = context;
    uint32_t connection;
    struct daemon_frame frame;
    assert(id_size == sizeof connection);
    memcpy(&connection, id, sizeof connection);
    if (!daemon_frame_decode(bytes, size, &frame))
        world_fail(daemon->world, "the daemon sends what is no frame");
    if (frame.kind == DAEMON_ACK)
        note_ack(daemon, &frame.as.ack);
    return wire_model_send_down(daemon->wire, connection, bytes, (uint32_t)size);
}

static void on_counted(void *context, const struct applied *applied, uint64_t t_ns)
{
    (void)context;
    (void)applied;
    (void)t_ns;
}

static uint64_t next_seq(const struct daemon_model *daemon, const struct lost *lost)
{
    const struct ledger_entry *entry = daemon_model_entry(daemon->monitor, lost->source, lost->epoch);
    return entry ? entry->next_seq : 1;
}

void daemon_model_receive(struct daemon_model *daemon, uint32_t connection, const unsigned char *bytes, uint32_t size)
{
    const struct sender sender = {(const unsigned char *)&connection, sizeof connection, .is_front_end = true};
    struct history *history = &daemon->history;
    struct frame frame;
    if (!daemon->reception)
        return;
    bool is_lost = size > 0 && bytes[0] >> 3 == FRAME_LOST && frame_decode(bytes, size, &frame) == REFUSAL_NONE;
    uint64_t before = is_lost ? next_seq(daemon, &frame.as.lost) : 0;
    reception_receive(daemon->reception, &sender, bytes, size, clock_ns(daemon));
    uint64_t after = is_lost ? next_seq(daemon, &frame.as.lost) : 0;
    if (after == before)
        return;
    assert(history->loss_count < HISTORY_MAX);
    history->losses[history->loss_count++] =
        (struct loss_range){frame.as.lost.source, frame.as.lost.epoch, before, after - 1, frame.as.lost.cause};
}

/* ---- checkpoints ---- */

static void take(struct daemon_model *daemon)
{
    reception_checkpoint_taken(daemon->reception);
    if (!savepoint_take(&daemon->savepoint, daemon->monitor, (uint64_t)clock_ns(daemon), clock_ns(daemon)))
        world_fail(daemon->world, "the monitor cannot be saved");
    daemon->taken = (struct covered){daemon->store.newest.generation + 1, daemon->history.change_count,
                                     daemon->history.order_count};
    daemon->stage = CHECKPOINT_TAKEN;
}

static void write_job(struct daemon_model *daemon)
{
    if (store_write(&daemon->store, &daemon->savepoint.job)) {
        daemon->durable = daemon->taken;
        daemon->stage = CHECKPOINT_WRITTEN;
        daemon->world->totals.checkpoints++;
        return;
    }
    world_note(daemon->world, "the disk fails: %s", daemon->store.error);
    daemon->has_failed = true;
    daemon->stage = CHECKPOINT_NONE;
    daemon->world->totals.storage_errors++;
}

static void tell_durable(struct daemon_model *daemon)
{
    daemon->told_changes = daemon->durable.change_count;
    daemon->stage = CHECKPOINT_NONE;
    reception_checkpoint_durable(daemon->reception);
}

/* ---- starting ---- */

/* Everything of the history that the checkpoint does not know has not happened. */
static void forget(struct daemon_model *daemon)
{
    struct history *history = &daemon->history;
    uint64_t found = daemon->store.newest.generation;
    if (found != daemon->durable.generation && found != daemon->taken.generation)
        world_fail(daemon->world, "generation %" PRIu64 " is on the disk, %" PRIu64 " was durable", found,
                   daemon->durable.generation);
    if (found == daemon->taken.generation)
        daemon->durable = daemon->taken;
    daemon->taken = daemon->durable;
    history->change_count = daemon->durable.change_count;
    history->order_count = daemon->durable.order_count;
    uint32_t kept = 0;
    for (uint32_t i = 0; i < history->loss_count; i++) {
        struct loss_range range = history->losses[i];
        const struct ledger_entry *entry = daemon_model_entry(daemon->monitor, range.source, range.epoch);
        if (entry && range.last < entry->next_seq)
            history->losses[kept++] = range;
    }
    history->loss_count = kept;
}

static void check_acked(struct daemon_model *daemon)
{
    for (uint32_t i = 0; i < daemon->acked_count; i++) {
        const struct acked *acked = &daemon->acked[i];
        const struct ledger_entry *entry = daemon_model_entry(daemon->monitor, acked->source, acked->epoch);
        const struct progress counted = entry ? progress_counted(entry) : (struct progress){.seq = 0};
        bool is_mark_there =
            entry && !is_further(&(struct acked){.run = counted.run, .burst = counted.burst}, acked->run, acked->burst);
        if ((acked->seq > 0 || acked->run > 0) && (counted.seq < acked->seq || !is_mark_there))
            world_fail(daemon->world,
                       "source %u was told seq %" PRIu64 " run %u burst %u to be durable, restored is seq %" PRIu64
                       " run %u burst %u",
                       acked->source, acked->seq, acked->run, acked->burst, counted.seq, counted.run, counted.burst);
    }
}

/* It says what the history says: each change and each order of an operator, once. */
static void check_journal(struct daemon_model *daemon)
{
    static unsigned char bytes[JOURNAL_BYTES_MAX];
    const struct history *history = &daemon->history;
    size_t size, at = JOURNAL_HEADER_BYTES;
    struct journal_record record;
    uint32_t changes = 0, orders = 0;
    if (!daemon->disk.read(daemon->disk.context, daemon->store.journal, bytes, sizeof bytes, 0, &size))
        world_fail(daemon->world, "the journal cannot be read");
    while (!world_has_failed(daemon->world) && journal_next(&record, bytes, size, &at)) {
        bool is_change = record.kind == JOURNAL_ALARM, is_order = record.kind == JOURNAL_ACK;
        const struct alarm_change *change = &history->changes[changes % HISTORY_MAX];
        if (is_change && (changes >= history->change_count || strcmp(record.alarm_id, change->id) != 0 ||
                          record.state != change->state))
            world_fail(daemon->world, "the journal has %s at place %u", record.alarm_id, changes);
        changes += is_change;
        orders += is_order;
    }
    if (changes != history->change_count || orders != history->order_count)
        world_fail(daemon->world, "the journal has %u changes of alarms and %u orders, %u and %u happened", changes,
                   orders, history->change_count, history->order_count);
    if (changes < daemon->told_changes)
        world_fail(daemon->world, "%u changes of alarms were told as durable, %u are there", daemon->told_changes,
                   changes);
}

static bool open_store(struct daemon_model *daemon)
{
    struct world *world = daemon->world;
    if (!savepoint_init(&daemon->savepoint))
        abort();
    bool is_cut_short = !world->is_calm && world_chance(world, 6), is_power_cut = world_chance(world, 2);
    if (is_cut_short)
        power_cut_arm(daemon->cut, world_draw(world, OPENING_CHANGES));
    enum store_verdict verdict = store_open(&daemon->store, &daemon->disk, &daemon->savepoint.job);
    if (verdict == STORE_FAILED && is_cut_short) {
        store_close(&daemon->store);
        savepoint_fini(&daemon->savepoint);
        is_power_cut ? power_cut_restore(daemon->cut) : power_cut_kill(daemon->cut);
        world_note(world, "the start is cut short%s", is_power_cut ? " by a power cut" : "");
        return false;
    }
    power_cut_arm(daemon->cut, UINT64_MAX / 2);
    if (verdict != STORE_OK)
        world_fail(world, "the store does not open: %s", daemon->store.error);
    return verdict == STORE_OK;
}

static void start(struct daemon_model *daemon)
{
    struct world *world = daemon->world;
    const struct monitor_observer observer = {daemon, on_burst, on_alarm};
    const struct reception_config config = {daemon->plan->credit, daemon->plan->max_batch};
    const struct reception_calls calls = {daemon, on_send, on_counted, NULL, NULL};
    daemon->stage_ns = world->now_ns + (int64_t)world_draw(world, 100) * NS_PER_MS;
    if (!open_store(daemon))
        return;
    daemon->offset_ns = (int64_t)world_draw(world, 1000) * 1000 * NS_PER_MS;
    daemon->monitor = daemon_model_monitor(daemon->plan, 0, &observer);
    enum restored restored = savepoint_restore(&daemon->savepoint, &daemon->store, daemon->monitor, clock_ns(daemon));
    if (restored != RESTORED_OK) {
        world_fail(world, "%s", restored_text(restored));
        return;
    }
    forget(daemon);
    check_acked(daemon);
    check_journal(daemon);
    if (world->mistake == MISTAKE_FORGOTTEN_OPEN)
        monitor_flush(daemon->monitor);
    note_record(daemon, JOURNAL_START, NULL);
    daemon->reception = reception_create(&config, daemon->monitor, &calls);
    assert(daemon->reception);
    if (world->mistake != MISTAKE_EARLY_ACK)
        reception_expect_checkpoints(daemon->reception);
    wire_model_daemon_started(daemon->wire);
    world_note(world, "the daemon starts with generation %" PRIu64 ", %" PRIu64 " closed bursts",
               daemon->store.newest.generation, monitor_closed_bursts(daemon->monitor));
}

/* ---- the end ---- */

/* The process is gone, whatever the disk has. */
static void stop(struct daemon_model *daemon)
{
    store_close(&daemon->store);
    reception_destroy(daemon->reception);
    daemon->reception = NULL;
    daemon->has_failed = false;
    daemon->stage = CHECKPOINT_NONE;
    savepoint_fini(&daemon->savepoint);
    wire_model_daemon_died(daemon->wire);
}

void daemon_model_crash(struct daemon_model *daemon, bool is_power_cut)
{
    struct world *world = daemon->world;
    if (!daemon->reception)
        return;
    if (daemon->stage == CHECKPOINT_TAKEN && world_chance(world, 2)) {
        power_cut_arm(daemon->cut, world_draw(world, 7));
        if (store_write(&daemon->store, &daemon->savepoint.job))
            daemon->durable = daemon->taken;
    }
    is_power_cut ? power_cut_restore(daemon->cut) : power_cut_kill(daemon->cut);
    *(is_power_cut ? &world->totals.power_cuts : &world->totals.kills) += 1;
    world_note(world, "%s%s", is_power_cut ? "the power is cut" : "the daemon is killed",
               daemon->stage == CHECKPOINT_NONE ? "" : ", a checkpoint is under way");
    stop(daemon);
    int64_t longest_ms = world->is_calm || !world_chance(world, 4) ? 100 : 3000;
    daemon->stage_ns = world->now_ns + (int64_t)world_draw(world, (uint64_t)longest_ms) * NS_PER_MS;
}

void daemon_model_break_disk(struct daemon_model *daemon)
{
    if (daemon->reception && !daemon->has_failed)
        power_cut_fail_once(daemon->cut, world_draw(daemon->world, 8));
}

/* ---- operators ---- */

static const struct alarm *draw_alarm(struct daemon_model *daemon)
{
    const struct alarms *alarms = monitor_alarms(daemon->monitor);
    uint32_t first = (uint32_t)world_draw(daemon->world, ALARMS_MAX);
    for (uint32_t i = 0; i < ALARMS_MAX; i++) {
        const struct alarm *alarm = alarms_get(alarms, (first + i) % ALARMS_MAX);
        if (alarm && alarm_is_waiting(alarm))
            return alarm;
    }
    return NULL;
}

void daemon_model_order(struct daemon_model *daemon)
{
    struct history *history = &daemon->history;
    struct order order = {.kind = world_chance(daemon->world, 8) ? ORDER_NEW_PERIOD : ORDER_ACKNOWLEDGE};
    const struct alarm *alarm = daemon->reception ? draw_alarm(daemon) : NULL;
    if (!alarm || daemon->has_failed) /* a reply would say that it is not durable */
        return;
    if (order.kind == ORDER_ACKNOWLEDGE && alarm_is_change(alarm->kind) && world_chance(daemon->world, 2))
        order.kind = ORDER_ACCEPT_LEVEL;
    strcpy(order.id, alarm->id);
    order.closed_bursts = monitor_closed_bursts(daemon->monitor);
    if (order.kind == ORDER_NEW_PERIOD)
        monitor_new_period(daemon->monitor);
    else if (order.kind == ORDER_ACCEPT_LEVEL && !monitor_accept_level(daemon->monitor, order.id))
        return;
    else if (order.kind == ORDER_ACKNOWLEDGE && !monitor_acknowledge(daemon->monitor, order.id))
        return;
    assert(history->order_count < HISTORY_MAX);
    history->orders[history->order_count++] = order;
    note_record(daemon, JOURNAL_ACK, NULL);
    daemon->world->totals.orders++;
    if (daemon->stage == CHECKPOINT_NONE)
        daemon->stage_ns = daemon->world->now_ns;
}

/* ---- life ---- */

static void step_checkpoint(struct daemon_model *daemon)
{
    struct world *world = daemon->world;
    if (world->now_ns < daemon->stage_ns)
        return;
    daemon->stage_ns = world->now_ns + 1 + (int64_t)world_draw(world, 20 * NS_PER_MS);
    switch (daemon->stage) {
    case CHECKPOINT_NONE:
        if (!daemon->has_failed && savepoint_is_changed(&daemon->savepoint, daemon->monitor))
            take(daemon);
        break;
    case CHECKPOINT_TAKEN:
        write_job(daemon);
        break;
    case CHECKPOINT_WRITTEN:
        tell_durable(daemon);
        daemon->stage_ns = world->now_ns + 1 + (int64_t)world_draw(world, (uint64_t)daemon->plan->checkpoint_ns);
        break;
    }
}

void daemon_model_step(struct daemon_model *daemon)
{
    if (!daemon->reception && daemon->world->now_ns >= daemon->stage_ns)
        start(daemon);
    if (!daemon->reception || world_has_failed(daemon->world))
        return;
    monitor_tick(daemon->monitor, clock_ns(daemon));
    reception_acknowledge(daemon->reception);
    step_checkpoint(daemon);
}

int64_t daemon_model_next_ns(const struct daemon_model *daemon)
{
    return daemon->stage_ns;
}

bool daemon_model_is_idle(const struct daemon_model *daemon)
{
    return daemon->reception && !daemon->has_failed && daemon->stage == CHECKPOINT_NONE &&
           !savepoint_is_changed(&daemon->savepoint, daemon->monitor);
}

void daemon_model_init(struct daemon_model *daemon, struct world *world, struct wire_model *wire,
                       const struct plan *plan)
{
    memset(daemon, 0, offsetof(struct daemon_model, history));
    daemon->history.loss_count = daemon->history.change_count = daemon->history.order_count = 0;
    daemon->acked_count = 0;
    daemon->world = world;
    daemon->wire = wire;
    daemon->plan = plan;
    const enum sabotage sabotage = world->mistake == MISTAKE_ONE_SLOT  ? SABOTAGE_ONE_SLOT
                                   : world->mistake == MISTAKE_NO_SYNC ? SABOTAGE_LAST_SYNC
                                                                       : SABOTAGE_NONE;
    daemon->cut = power_cut_create(random_word(&world->random), sabotage, CHECKPOINT_SLOT_BYTES);
    daemon->disk = power_cut_disk(daemon->cut);
    daemon->durable.generation = daemon->taken.generation = 1;
}

void daemon_model_fini(struct daemon_model *daemon)
{
    if (daemon->reception)
        stop(daemon);
    savepoint_fini(&daemon->savepoint);
    power_cut_destroy(daemon->cut);
}
