/* SPDX-License-Identifier: MIT */
/*
 * state - what a state directory holds: the two slots of the checkpoint, the bursts, the journal, what was counted, and
 * whether they are whole. It reads and never writes, also while the daemon runs.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cli/cli.h"
#include "cli/digest.h"
#include "cli/field.h"
#include "cli/options.h"
#include "cli/terminal.h"
#include "core/monitor.h"
#include "io/clock.h"
#include "io/store.h"
#include "wire/template_choice.h"

#define TRIES 3                 /* a slot may be written just now */
#define TRY_AGAIN_NS 100000000L /* 100 ms */
#define TIME_SIZE 32

struct state_view {
    struct disk disk;
    struct store store;
    struct store_job job;
    enum store_verdict verdict;
    struct state_label label;
    bool has_label;
    uint32_t burst_count, valid_bursts;
    struct journal_view {
        unsigned char *bytes; /* the whole file; NULL: it cannot be read, or there is none */
        size_t size, whole_bytes, record_count;
    } journal, old_journal;
    struct monitor *monitor; /* the restored state; NULL: .. */
    char why_not[TEMPLATE_FILE_ERROR_SIZE + 2 * TEMPLATE_LABEL_SIZE];
};

/* ---- looking ---- */

static void look_at_store(struct state_view *view)
{
    for (int i = 0; i < TRIES; i++) {
        const struct timespec moment = {0, TRY_AGAIN_NS};
        view->verdict = store_look(&view->store, &view->disk, &view->job);
        if ((view->verdict != STORE_DAMAGED && view->verdict != STORE_FAILED) || i == TRIES - 1)
            return;
        store_close(&view->store);
        nanosleep(&moment, NULL);
    }
}

static void look_at_bursts(struct state_view *view)
{
    uint64_t closed = view->store.newest.closed_bursts;
    view->burst_count = store_burst_count(&view->store);
    for (uint64_t number = closed - view->burst_count; number < closed; number++) {
        size_t size;
        view->valid_bursts += store_read_burst(&view->store, number, view->job.bursts, &size);
    }
}

static void look_at_journal(const struct disk *disk, int file, struct journal_view *journal)
{
    struct journal_record record;
    uint64_t size;
    if (file < 0 || !disk->size(disk->context, file, &size))
        return;
    journal->bytes = malloc(size > 0 ? (size_t)size : 1);
    if (!journal->bytes || !disk->read(disk->context, file, journal->bytes, (size_t)size, 0, &journal->size))
        return;
    journal->whole_bytes = JOURNAL_HEADER_BYTES;
    while (journal_next(&record, journal->bytes, journal->size, &journal->whole_bytes))
        journal->record_count++;
}

static void look_at_journals(struct state_view *view)
{
    const struct disk *disk = &view->disk;
    int old = disk->open(disk->context, JOURNAL_OLD_FILE, false);
    look_at_journal(disk, view->store.journal, &view->journal);
    look_at_journal(disk, old, &view->old_journal);
    if (old >= 0)
        disk->close(disk->context, old);
}

static bool is_journal_whole(const struct state_view *view)
{
    uint64_t end = view->journal.whole_bytes + journal_padding(view->journal.whole_bytes);
    return view->store.journal_place + end >= view->store.newest.journal_bytes;
}

static void ignore_burst(void *context, const struct burst_summary *summary)
{
    (void)context;
    (void)summary;
}

static void ignore_alarm(void *context, const struct alarm *alarm)
{
    (void)context;
    (void)alarm;
}

/* The background template that the state was evaluated with; NULL: why_not says so. */
static const struct template *find_template(struct state_view *view, const char *given)
{
    static struct template room;
    const struct state_label *label = &view->label;
    char error[TEMPLATE_FILE_ERROR_SIZE];
    const struct template *found = template_choice_of(given, label->preset, &room, error, sizeof error);
    if (found && strcmp(found->hash, label->template_hash) == 0)
        return found;
    if (found)
        snprintf(view->why_not, sizeof view->why_not, "it takes the background template %s %s; give it with --template",
                 label->template_name, label->template_hash);
    else
        snprintf(view->why_not, sizeof view->why_not, "%s", error);
    return NULL;
}

/* What was counted is in the state, which only a monitor can read. */
static void restore_monitor(struct state_view *view, const char *given)
{
    const struct monitor_observer observer = {NULL, ignore_burst, ignore_alarm};
    const struct monitor_config config = {.preset = view->label.preset, .promise = alarm_default_promise()};
    const struct template *shape = find_template(view, given);
    if (!shape)
        return;
    view->monitor = monitor_create(&config, shape, &observer);
    enum restored restored = RESTORED_OK;
    if (view->monitor)
        restored = monitor_restore(view->monitor, view->job.slot + BLOCK_HEADER_BYTES, view->job.content_bytes,
                                   clock_monotonic_ns());
    if (view->monitor && restored == RESTORED_OK)
        return;
    snprintf(view->why_not, sizeof view->why_not, "%s", view->monitor ? restored_text(restored) : strerror(errno));
    monitor_destroy(view->monitor);
    view->monitor = NULL;
}

static bool is_damaged(const struct state_view *view)
{
    for (uint32_t i = 0; i < CHECKPOINT_SLOTS; i++)
        if (view->store.slots[i] == BLOCK_DAMAGED)
            return true;
    return view->verdict != STORE_OK || view->valid_bursts < view->burst_count || !is_journal_whole(view);
}

/* ---- showing ---- */

static const char *time_text(uint64_t t_ns, char text[TIME_SIZE])
{
    time_t seconds = (time_t)(t_ns / 1000000000u);
    struct tm utc;
    if (t_ns == 0 || !gmtime_r(&seconds, &utc) || strftime(text, TIME_SIZE, "%Y-%m-%d %H:%M:%S UTC", &utc) == 0)
        snprintf(text, TIME_SIZE, "-");
    return text;
}

static bool is_newest(const struct state_view *view, uint32_t slot)
{
    return view->store.slots[slot] == BLOCK_VALID && view->store.newest_slot == slot;
}

static void print_slot(const struct state_view *view, uint32_t slot)
{
    const struct checkpoint *found = &view->store.found[slot];
    char bytes[GROUPED_SIZE], time[TIME_SIZE];
    printf("slot %" PRIu32 "    %s", slot, block_verdict_name(view->store.slots[slot]));
    if (view->store.slots[slot] == BLOCK_VALID)
        printf("  generation %" PRIu64 "  %s bytes  %s%s", found->generation,
               terminal_grouped(found->content_bytes, bytes), time_text(found->t_ns, time),
               is_newest(view, slot) ? "  newest" : "");
    putchar('\n');
}

static void print_record(const struct journal_record *record)
{
    char time[TIME_SIZE];
    printf("%s  %s", time_text(record->t_ns, time), journal_kind_name(record->kind));
    if (*record->alarm_id)
        printf("  %s  %s %s", record->alarm_id, severity_name(record->severity), alarm_state_name(record->state));
    if (*record->who)
        printf("  by \"%s\"", record->who);
    printf("%s%s\n", *record->text ? "  " : "", record->text);
}

static void print_journal(const struct journal_view *journal)
{
    struct journal_record record;
    size_t at = JOURNAL_HEADER_BYTES;
    while (journal->bytes && journal_next(&record, journal->bytes, journal->size, &at))
        print_record(&record);
}

static struct digest_ledger totals_of(const struct ledger_entry *entry)
{
    return (struct digest_ledger){entry->next_seq - entry->first_seq, entry->accepted, ledger_rejected(entry),
                                  ledger_lost(entry)};
}

static void print_totals(const struct digest_ledger *totals)
{
    printf("sent=%" PRIu64 " accepted=%" PRIu64 " rejected=%" PRIu64 " lost=%" PRIu64 "\n", totals->sent,
           totals->accepted, totals->rejected, totals->lost);
}

static void add_totals(struct digest_ledger *sum, const struct digest_ledger *totals)
{
    sum->sent += totals->sent;
    sum->accepted += totals->accepted;
    sum->rejected += totals->rejected;
    sum->lost += totals->lost;
}

static void print_ledger(const struct state_view *view)
{
    if (!view->monitor) {
        printf("ledger    not shown: %s\n", view->why_not);
        return;
    }
    const struct ledger *ledger = monitor_ledger(view->monitor);
    struct digest_ledger sum = totals_of(&ledger->retired);
    if (ledger->retired_count > 0) {
        printf("retired   %" PRIu64 " epochs  ", ledger->retired_count);
        print_totals(&sum);
    }
    for (uint32_t i = 0; i < ledger->count; i++) {
        const struct ledger_entry *entry = &ledger->entries[i];
        struct digest_ledger totals = totals_of(entry);
        printf("source    %" PRIu32 " \"%s\" epoch %" PRIu64 "  ", entry->source, entry->name, entry->epoch);
        print_totals(&totals);
        add_totals(&sum, &totals);
    }
    printf("LEDGER ");
    print_totals(&sum);
}

static void print_view(const struct state_view *view)
{
    const struct state_label *label = &view->label;
    for (uint32_t i = 0; i < CHECKPOINT_SLOTS; i++)
        print_slot(view, i);
    if (view->has_label)
        printf("state     run %" PRIu32 " burst %" PRIu32 ", %" PRIu64 " bursts closed; selection %s, template %s %s\n",
               label->last_burst.run, label->last_burst.burst, label->closed_bursts,
               selection_preset_name(label->preset), label->template_name, label->template_hash);
    printf("bursts    %" PRIu32 " of %" PRIu32 " are whole\n", view->valid_bursts, view->burst_count);
    printf("journal   %zu records, %s", view->journal.record_count, is_journal_whole(view) ? "whole" : "damaged");
    if (view->old_journal.record_count > 0)
        printf(", and %zu older ones", view->old_journal.record_count);
    putchar('\n');
    if (view->has_label)
        print_ledger(view);
}

static json_t *slot_json(const struct state_view *view, uint32_t slot)
{
    const struct checkpoint *found = &view->store.found[slot];
    json_t *object = json_pack("{s:s, s:b}", "verdict", block_verdict_name(view->store.slots[slot]), "newest",
                               is_newest(view, slot));
    if (object && view->store.slots[slot] == BLOCK_VALID)
        json_object_update_new(object, json_pack("{s:I, s:I, s:I, s:I}", "generation", (json_int_t)found->generation,
                                                 "bytes", (json_int_t)found->content_bytes, "closed_bursts",
                                                 (json_int_t)found->closed_bursts, "t_ns", (json_int_t)found->t_ns));
    return object;
}

static json_t *record_json(const struct journal_record *record)
{
    return json_pack("{s:I, s:s, s:s, s:s, s:s, s:s, s:s}", "t_ns", (json_int_t)record->t_ns, "kind",
                     journal_kind_name(record->kind), "id", record->alarm_id, "severity",
                     severity_name(record->severity), "state", alarm_state_name(record->state), "who", record->who,
                     "text", record->text);
}

static void add_records(json_t *list, const struct journal_view *journal)
{
    struct journal_record record;
    size_t at = JOURNAL_HEADER_BYTES;
    while (journal->bytes && journal_next(&record, journal->bytes, journal->size, &at))
        json_array_append_new(list, record_json(&record));
}

/* Names as in SourceLedger; an epoch is a name, not a number. */
static json_t *entry_json(const struct ledger_entry *entry)
{
    struct digest_ledger totals = totals_of(entry);
    char epoch[24];
    snprintf(epoch, sizeof epoch, "%" PRIu64, entry->epoch);
    return json_pack("{s:I, s:s, s:s, s:I, s:I, s:I, s:I}", "source", (json_int_t)entry->source, "epoch", epoch, "name",
                     entry->name, "sent", (json_int_t)totals.sent, "accepted", (json_int_t)totals.accepted, "rejected",
                     (json_int_t)totals.rejected, "lost", (json_int_t)totals.lost);
}

/* As `hnlmon status` has them, the sum over retired epochs last; NULL: why_not says why. */
static json_t *sources_json(const struct state_view *view)
{
    if (!view->monitor)
        return NULL;
    const struct ledger *ledger = monitor_ledger(view->monitor);
    json_t *list = json_array();
    for (uint32_t i = 0; i < ledger->count; i++)
        json_array_append_new(list, entry_json(&ledger->entries[i]));
    if (ledger->retired_count > 0)
        json_array_append_new(list, entry_json(&ledger->retired));
    return list;
}

static json_t *journal_json(const struct state_view *view)
{
    json_t *list = json_array();
    add_records(list, &view->old_journal);
    add_records(list, &view->journal);
    return list;
}

static void print_view_json(const struct state_view *view, bool has_journal)
{
    json_t *object = json_pack("{s:b, s:s, s:[o, o], s:i, s:i, s:I, s:b}", "damaged", is_damaged(view), "error",
                               view->store.error, "slots", slot_json(view, 0), slot_json(view, 1), "bursts",
                               (int)view->burst_count, "valid_bursts", (int)view->valid_bursts, "journal_records",
                               (json_int_t)view->journal.record_count, "journal_whole", is_journal_whole(view));
    const struct state_label *label = &view->label;
    if (view->has_label)
        json_object_update_new(
            object, json_pack("{s:I, s:I, s:I, s:s, s:s, s:s}", "run", (json_int_t)label->last_burst.run, "burst",
                              (json_int_t)label->last_burst.burst, "closed_bursts", (json_int_t)label->closed_bursts,
                              "selection", selection_preset_name(label->preset), "template_name", label->template_name,
                              "template_hash", label->template_hash));
    if (view->monitor)
        json_object_set_new(object, "sources", sources_json(view));
    else if (view->has_label)
        json_object_set_new(object, "sources_withheld", json_string(view->why_not));
    if (has_journal)
        json_object_set_new(object, "journal", journal_json(view));
    field_print_json(object);
    json_decref(object);
}

/* ---- the command ---- */

static void print_journals(const struct state_view *view)
{
    print_journal(&view->old_journal);
    print_journal(&view->journal);
}

static int show(const char *directory, struct state_view *view, const char *template_file, bool has_journal,
                bool is_json)
{
    if (disk_posix_look(&view->disk, directory) != DISK_OK || !store_job_init(&view->job)) {
        fprintf(stderr, "hnlmon state: %s: %s\n", directory, strerror(errno));
        return CLI_FAILED;
    }
    look_at_store(view);
    if (view->verdict == STORE_FAILED) {
        fprintf(stderr, "hnlmon state: %s: %s\n", directory, view->store.error);
        return CLI_FAILED;
    }
    look_at_bursts(view);
    look_at_journals(view);
    view->has_label = view->job.content_bytes > 0 &&
                      monitor_read_label(view->job.slot + BLOCK_HEADER_BYTES, view->job.content_bytes, &view->label);
    if (view->has_label)
        restore_monitor(view, template_file);
    if (is_json)
        print_view_json(view, has_journal);
    else if (has_journal)
        print_journals(view);
    else
        print_view(view);
    if (is_damaged(view) && !is_json)
        fprintf(stderr, "hnlmon state: %s: %s\n", directory, *view->store.error ? view->store.error : "is damaged");
    return is_damaged(view) ? CLI_DAMAGED : CLI_DONE;
}

int cli_state(int argc, char **argv)
{
    enum { ROW_JOURNAL, ROW_TEMPLATE, ROW_COUNT };
    static const struct option_row rows[ROW_COUNT] = {
        {"journal", NULL, "what alarms did and operators ordered, one line each"},
        {"template", "FILE", "the background template of the daemon, unless it is the built-in one of its selection"}};
    struct options options = {
        .command = "state",
        .operands = "DIR",
        .summary = "Shows what the daemon keeps in its state directory, and whether it is whole: both slots of the\n"
                   "checkpoint, the bursts, the journal of alarms and orders, and what was counted. It only reads; the "
                   "daemon\n"
                   "may run.",
        .rows = rows,
        .row_count = ROW_COUNT,
        .shared = OPTIONS_JSON};
    static struct state_view view;
    const char *template_file = "";
    bool has_journal = false;
    int option;
    while ((option = options_next(&options, argc, argv)) >= 0) {
        has_journal |= option == ROW_JOURNAL;
        if (option == ROW_TEMPLATE)
            template_file = options.value;
    }
    if (option == OPTIONS_EXIT || !options_expect_operands(&options, 1, 1))
        return options.exit_code;
    view.disk.context = (void *)(intptr_t)-1;
    view.store = (struct store){.checkpoint = -1, .bursts = -1, .journal = -1};
    int exit_code = show(options.operand[0], &view, template_file, has_journal, options.is_json);
    store_close(&view.store);
    disk_posix_close(&view.disk);
    store_job_fini(&view.job);
    free(view.journal.bytes);
    free(view.old_journal.bytes);
    monitor_destroy(view.monitor);
    return exit_code;
}
