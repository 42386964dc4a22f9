/* SPDX-License-Identifier: MIT */
/* state - see state.h. What a checkpoint takes of the monitor is io/savepoint's; here is when, and who is told. */
#include "state.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "io/clock.h"
#include "io/disk.h"
#include "io/link.h"
#include "io/savepoint.h"
#include "io/storage.h"
#include "log.h"
#include "report.h"
#include "wire/journal.h"

#define LAST_WAIT_MS 10000 /* at the end: for a checkpoint, on a slow disk */
#define ROOM_NS NS_PER_S   /* when to look again for room on the disk, for records of the journal */

struct state {
    struct state_config config;
    bool is_kept; /* there is a directory */
    struct disk disk;
    struct store store;
    struct savepoint savepoint;
    struct storage *storage; /* NULL: no thread is needed */
    struct monitor *monitor;
    struct link *link;
    struct control *control;
    struct report *report;
    struct monitor_observer next_observer;
    struct control_calls next_calls;
    bool is_under_way, is_urgent, has_failed;
    bool is_stuck;              /* the storage thread hangs in the disk, and uses what is here */
    char why[STORE_ERROR_SIZE]; /* it failed */
    int64_t taken_ns;
    uint64_t told_lost; /* records of the journal, in the log */
    struct keeping_report keeping;
};

/* ---- the journal ---- */

static void note(struct state *state, const struct journal_record *record)
{
    if (state->is_kept && !state->has_failed)
        savepoint_note(&state->savepoint, record);
}

/* Texts that are too long are cut. */
static struct journal_record record_of(enum journal_kind kind, const struct alarm *alarm, const char *who,
                                       const char *text)
{
    struct journal_record record = {.kind = kind, .t_ns = clock_unix_ns()};
    if (alarm) {
        record.state = alarm->state;
        record.severity = alarm->severity;
        snprintf(record.alarm_id, sizeof record.alarm_id, "%s", alarm->id);
    }
    snprintf(record.who, sizeof record.who, "%s", who);
    snprintf(record.text, sizeof record.text, "%s", text);
    return record;
}

static void note_order(struct state *state, enum journal_kind kind, const struct alarm *alarm, const char *who,
                       const char *text)
{
    struct journal_record record = record_of(kind, alarm, who, text);
    note(state, &record);
    state->is_urgent = true;
}

static void on_burst_closed(void *context, const struct burst_summary *summary)
{
    struct state *state = context;
    state->next_observer.burst_closed(state->next_observer.context, summary);
}

/* Where it was seen last, and what was. */
static void describe(const struct alarm *alarm, char text[JOURNAL_TEXT_SIZE])
{
    int length =
        snprintf(text, JOURNAL_TEXT_SIZE, "run %" PRIu32 " burst %" PRIu32, alarm->last_run, alarm->last_burst);
    char *rest = text + length;
    size_t room = JOURNAL_TEXT_SIZE - (size_t)length;
    if (alarm_is_physics(alarm->kind))
        snprintf(rest, room, ", z=%.2f m_n_mev=%g horizon=%s", alarm->z, alarm->m_n_mev, horizon_name(alarm->horizon));
    else if (alarm_is_change(alarm->kind))
        snprintf(rest, room, ", z=%.2f size=%+.3f", alarm->z, alarm->change.size);
    else if (*alarm->condition.text)
        snprintf(rest, room, ", %s", alarm->condition.text);
}

static void on_alarm_changed(void *context, const struct alarm *alarm)
{
    struct state *state = context;
    char text[JOURNAL_TEXT_SIZE];
    describe(alarm, text);
    struct journal_record record = record_of(JOURNAL_ALARM, alarm, "", text);
    note(state, &record);
    state->next_observer.alarm_changed(state->next_observer.context, alarm);
}

struct monitor_observer state_observer(struct state *state, const struct monitor_observer *next)
{
    state->next_observer = *next;
    return (struct monitor_observer){state, on_burst_closed, on_alarm_changed};
}

static const struct status_report *on_status(void *context)
{
    struct state *state = context;
    return state->next_calls.status(state->next_calls.context);
}

static void on_acknowledged(void *context, const struct alarm *alarm, const char *who)
{
    struct state *state = context;
    note_order(state, JOURNAL_ACK, alarm, who, "");
    state->next_calls.acknowledged(state->next_calls.context, alarm, who);
}

static void on_shelved(void *context, const struct alarm *alarm, const char *who, uint32_t minutes)
{
    struct state *state = context;
    char text[32];
    snprintf(text, sizeof text, "%" PRIu32 " minutes", minutes);
    note_order(state, JOURNAL_SHELVE, alarm, who, text);
    state->next_calls.shelved(state->next_calls.context, alarm, who, minutes);
}

static void on_level_accepted(void *context, const struct alarm *alarm, const char *who)
{
    struct state *state = context;
    note_order(state, JOURNAL_ACCEPT, alarm, who, "");
    state->next_calls.level_accepted(state->next_calls.context, alarm, who);
}

static void on_unblinded(void *context, const char *who, const char *reason)
{
    struct state *state = context;
    note_order(state, reason ? JOURNAL_UNBLIND : JOURNAL_BLIND, NULL, who, reason ? reason : "");
    state->next_calls.unblinded(state->next_calls.context, who, reason);
}

static void on_unblind_refused(void *context, const char *who, const char *reason, const char *why)
{
    struct state *state = context;
    state->next_calls.unblind_refused(state->next_calls.context, who, reason, why);
}

static void on_new_period(void *context, const char *who, uint32_t bursts)
{
    struct state *state = context;
    char text[48];
    snprintf(text, sizeof text, "the last one had %" PRIu32 " bursts", bursts);
    note_order(state, JOURNAL_NEW_PERIOD, NULL, who, text);
    state->next_calls.new_period(state->next_calls.context, who, bursts);
}

static uint64_t on_mark_alarms(void *context, struct alarm *alarms, uint32_t count, uint64_t *epoch)
{
    struct state *state = context;
    return state->next_calls.mark_alarms(state->next_calls.context, alarms, count, epoch);
}

struct control_calls state_control_calls(struct state *state, const struct control_calls *next)
{
    state->next_calls = *next;
    return (struct control_calls){state,        on_status,          on_acknowledged, on_shelved,    on_level_accepted,
                                  on_unblinded, on_unblind_refused, on_new_period,   on_mark_alarms};
}

/* ---- opening ---- */

static enum state_verdict refuse(const struct state *state, enum state_verdict verdict, const char *what,
                                 const char *advice)
{
    fprintf(stderr, "hnlmond: state.directory '%s': %s%s\n", state->config.directory, what, advice);
    return verdict;
}

#define ADVICE "; --start-from-zero moves it aside and begins anew"

static enum state_verdict open_disk(struct state *state)
{
    if (mkdir(state->config.directory, 0777) != 0 && errno != EEXIST)
        return refuse(state, STATE_FAILED, strerror(errno), "");
    enum disk_verdict verdict = disk_posix_open(&state->disk, state->config.directory);
    if (verdict == DISK_OK)
        return STATE_OK;
    return refuse(state, STATE_FAILED, verdict == DISK_BUSY ? "in use by another daemon" : strerror(errno), "");
}

static enum state_verdict open_store(struct state *state)
{
    if (state->config.shall_start_from_zero) {
        uint64_t now_s = clock_unix_ns() / (uint64_t)NS_PER_S;
        if (!store_move_aside(&state->disk, now_s))
            return refuse(state, STATE_FAILED, strerror(errno), "");
    }
    switch (store_open(&state->store, &state->disk, &state->savepoint.job)) {
    case STORE_OK:
        return STATE_OK;
    case STORE_DAMAGED:
        return refuse(state, STATE_DAMAGED, state->store.error, ADVICE);
    case STORE_NEWER:
        return refuse(state, STATE_OTHER, state->store.error, ADVICE);
    case STORE_FAILED:
        break;
    }
    return refuse(state, STATE_FAILED, state->store.error, "");
}

enum state_verdict state_create(struct state **created, const struct state_config *config)
{
    struct state *state = *created = calloc(1, sizeof *state);
    if (!state)
        return STATE_FAILED;
    state->config = *config;
    state->is_kept = *config->directory != '\0';
    state->disk.context = (void *)(intptr_t)-1;
    state->store = (struct store){.checkpoint = -1, .bursts = -1, .journal = -1};
    if (!state->is_kept)
        return STATE_OK;
    if (!savepoint_init(&state->savepoint))
        return refuse(state, STATE_FAILED, strerror(ENOMEM), "");
    enum state_verdict verdict = open_disk(state);
    return verdict == STATE_OK ? open_store(state) : verdict;
}

void state_destroy(struct state *state)
{
    if (!state || state->is_stuck) /* the process ends with that thread */
        return;
    if (state->storage)
        (void)!storage_destroy(state->storage);
    store_close(&state->store);
    disk_posix_close(&state->disk);
    savepoint_fini(&state->savepoint);
    free(state);
}

/* ---- restoring ---- */

static uint64_t counted(const struct monitor *monitor)
{
    const struct ledger *ledger = monitor_ledger(monitor);
    uint64_t candidates = 0;
    for (uint32_t i = 0; i < ledger->count; i++)
        candidates += ledger->entries[i].next_seq - 1;
    return candidates;
}

static void tell_restored(struct state *state)
{
    const struct checkpoint *newest = &state->store.newest;
    struct burst_key last = monitor_last_burst(state->monitor);
    char text[JOURNAL_TEXT_SIZE];
    snprintf(text, sizeof text,
             "restored generation %" PRIu64 ": run %" PRIu32 " burst %" PRIu32 ", %" PRIu64 " candidates",
             newest->generation, last.run, last.burst, counted(state->monitor));
    if (newest->content_bytes == 0)
        snprintf(text, sizeof text, "begins at zero in '%.160s'", state->config.directory);
    log_write_always(LEVEL_INFO, "state", "%s", text);
    struct journal_record record = record_of(JOURNAL_START, NULL, "", text);
    note(state, &record);
    for (uint32_t i = 0; i < CHECKPOINT_SLOTS; i++)
        if (state->store.slots[i] == BLOCK_DAMAGED)
            log_write(LEVEL_WARNING, "state",
                      "slot %" PRIu32 " of the checkpoint is damaged, as after a power cut; the "
                      "other one is used",
                      i);
}

enum state_verdict state_restore(struct state *state, struct monitor *monitor, int64_t now_ns)
{
    state->monitor = monitor;
    if (!state->is_kept) {
        log_write_always(LEVEL_INFO, "state", "there is no state.directory: a restart starts from zero");
        return STATE_OK;
    }
    enum restored restored = savepoint_restore(&state->savepoint, &state->store, monitor, now_ns);
    if (restored == RESTORED_DAMAGED)
        return refuse(state, STATE_DAMAGED, restored_text(restored), ADVICE);
    if (restored != RESTORED_OK)
        return refuse(state, STATE_OTHER, restored_text(restored), ADVICE);
    tell_restored(state);
    return STATE_OK;
}

/* ---- checkpoints ---- */

static void tell_taken(struct state *state)
{
    link_checkpoint_taken(state->link);
    control_checkpoint_taken(state->control);
    report_checkpoint_taken(state->report);
}

static void tell_durable(struct state *state)
{
    link_checkpoint_durable(state->link);
    control_checkpoint_durable(state->control);
    report_checkpoint_durable(state->report);
}

/* What is published of it: what the last checkpoint says. Not while one is under way. */
static void tell_keeping(struct state *state)
{
    const struct checkpoint *newest = &state->store.newest;
    struct keeping_report *keeping = &state->keeping;
    uint32_t waiting = savepoint_waiting(&state->savepoint);
    if (waiting > 0 && keeping->journal_waiting == 0)
        log_write(LEVEL_WARNING, "state", "the disk has no room for the journal of alarms: its records wait in memory");
    if (waiting == 0 && keeping->journal_waiting > 0)
        log_write(LEVEL_INFO, "state", "the disk has room for the journal of alarms again");
    keeping->generation = newest->generation;
    keeping->bytes = newest->content_bytes;
    keeping->journal_waiting = waiting;
    keeping->journal_lost = state->savepoint.journal_lost;
    keeping->error = state->has_failed ? state->why : NULL;
    keeping->is_current = false;
    report_set_keeping(state->report, keeping);
}

static void fail(struct state *state, const char *why)
{
    state->has_failed = true;
    snprintf(state->why, sizeof state->why, "%s", why);
    log_write(LEVEL_ERROR, "state",
              "the state can no longer be written: %s; counting goes on, nothing is acknowledged "
              "any more",
              why);
    control_checkpoint_failed(state->control);
    report_checkpoint_failed(state->report);
    tell_keeping(state);
}

static void on_done(void *context, bool is_durable)
{
    struct state *state = context;
    state->is_under_way = false;
    if (!is_durable) {
        fail(state, state->store.error);
        return;
    }
    state->keeping.checkpoints++;
    state->keeping.durable_ns = state->taken_ns;
    tell_keeping(state);
    tell_durable(state);
}

static void take(struct state *state, int64_t now_ns)
{
    struct savepoint *savepoint = &state->savepoint;
    tell_taken(state);
    state->taken_ns = now_ns;
    state->is_urgent = false;
    if (savepoint->journal_lost > state->told_lost)
        log_write(LEVEL_WARNING, "state", "%" PRIu64 " records found no room in the journal",
                  savepoint->journal_lost - state->told_lost);
    state->told_lost = savepoint->journal_lost;
    if (!savepoint_take(savepoint, state->monitor, clock_unix_ns(), now_ns)) {
        fail(state, "the monitor is in a state that could not be restored");
        return;
    }
    state->is_under_way = storage_submit(state->storage, &savepoint->job);
    assert(state->is_under_way);
}

/* Whether one is to be taken as soon as its time has come. */
static bool is_wanted(const struct state *state)
{
    return state->is_urgent || savepoint_is_changed(&state->savepoint, state->monitor);
}

static bool is_due(const struct state *state, int64_t now_ns)
{
    int64_t waited_ns = now_ns - state->taken_ns;
    bool is_room_due = savepoint_waiting(&state->savepoint) > 0 && waited_ns >= ROOM_NS;
    return state->is_urgent || is_room_due || (waited_ns >= state->config.interval_ns && is_wanted(state));
}

void state_tick(struct state *state, int64_t now_ns)
{
    if (!state->is_kept || state->has_failed || state->is_under_way)
        return;
    state->keeping.is_current = !is_wanted(state);
    if (is_due(state, now_ns))
        take(state, now_ns);
}

/* ---- life ---- */

bool state_start(struct state *state, struct event_base *base)
{
    const char *record_file = *state->config.record_file ? state->config.record_file : NULL;
    if (!state->is_kept && !record_file)
        return true;
    struct storage_config config = {.store = state->is_kept ? &state->store : NULL,
                                    .record_file = record_file,
                                    .ring_bytes = state->config.ring_bytes,
                                    .done = on_done,
                                    .context = state};
    state->storage = storage_create(base, &config);
    return state->storage != NULL;
}

struct storage *state_storage(struct state *state)
{
    return state->storage;
}

void state_attach(struct state *state, struct link *link, struct control *control, struct report *report)
{
    state->link = link;
    state->control = control;
    state->report = report;
    if (!state->is_kept)
        return;
    link_expect_checkpoints(link);
    control_expect_checkpoints(control);
    state->keeping.durable_ns = clock_monotonic_ns(); /* what was restored */
    tell_keeping(state);
}

static bool finish_checkpoint(struct state *state, int64_t now_ns)
{
    bool is_over = !state->is_under_way || storage_wait(state->storage, LAST_WAIT_MS);
    if (is_over && !state->has_failed) {
        take(state, now_ns);
        is_over = storage_wait(state->storage, LAST_WAIT_MS);
    }
    if (!is_over)
        fprintf(stderr, "hnlmond: the disk of '%s' hangs: the last state is not written\n", state->config.directory);
    else if (state->has_failed)
        fprintf(stderr, "hnlmond: the last state is not written to '%s'\n", state->config.directory);
    return is_over && !state->has_failed;
}

bool state_finish(struct state *state, int64_t now_ns)
{
    if (!state->storage)
        return true;
    if (state->is_kept && !finish_checkpoint(state, now_ns)) {
        state->is_stuck = state->is_under_way;
        return false;
    }
    bool is_recorded = storage_destroy(state->storage);
    state->storage = NULL;
    if (!is_recorded)
        fprintf(stderr, "hnlmond: the recording '%s' is not complete\n", state->config.record_file);
    return is_recorded;
}
