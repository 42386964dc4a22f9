/* SPDX-License-Identifier: MIT */
/*
 * state - what a state directory holds: the two slots of the checkpoint, the bursts, the journal, and whether they are
 * whole. It reads and never writes, also while the daemon runs.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cli/cli.h"
#include "cli/field.h"
#include "cli/options.h"
#include "cli/terminal.h"
#include "core/monitor.h"
#include "io/store.h"

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
    unsigned char *journal; /* the whole file; NULL: it cannot be read */
    size_t journal_bytes, whole_bytes, record_count;
};

/* ---- looking ---- */

static void look_at_store(struct state_view *view)
{
    for (int i = 0; i < TRIES; i++) {
        const struct timespec moment = {0, TRY_AGAIN_NS};
        view->verdict = store_look(&view->store, &view->disk, &view->job);
        if (view->verdict != STORE_DAMAGED || i == TRIES - 1)
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

static void look_at_journal(struct state_view *view)
{
    const struct disk *disk = &view->disk;
    struct journal_record record;
    uint64_t size;
    if (view->store.journal < 0 || !disk->size(disk->context, view->store.journal, &size))
        return;
    view->journal = malloc(size > 0 ? (size_t)size : 1);
    if (!view->journal ||
        !disk->read(disk->context, view->store.journal, view->journal, (size_t)size, 0, &view->journal_bytes))
        return;
    view->whole_bytes = JOURNAL_HEADER_BYTES;
    while (journal_next(&record, view->journal, view->journal_bytes, &view->whole_bytes))
        view->record_count++;
}

static bool is_journal_whole(const struct state_view *view)
{
    return view->whole_bytes + journal_padding(view->whole_bytes) >= view->store.newest.journal_bytes;
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

static void print_journal(const struct state_view *view)
{
    struct journal_record record;
    size_t at = JOURNAL_HEADER_BYTES;
    while (view->journal && journal_next(&record, view->journal, view->journal_bytes, &at))
        print_record(&record);
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
    printf("journal   %zu records, %s\n", view->record_count, is_journal_whole(view) ? "whole" : "damaged");
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

static json_t *journal_json(const struct state_view *view)
{
    json_t *list = json_array();
    struct journal_record record;
    size_t at = JOURNAL_HEADER_BYTES;
    while (view->journal && journal_next(&record, view->journal, view->journal_bytes, &at))
        json_array_append_new(list, record_json(&record));
    return list;
}

static void print_view_json(const struct state_view *view, bool has_journal)
{
    json_t *object = json_pack("{s:b, s:s, s:[o, o], s:i, s:i, s:I, s:b}", "damaged", is_damaged(view), "error",
                               view->store.error, "slots", slot_json(view, 0), slot_json(view, 1), "bursts",
                               (int)view->burst_count, "valid_bursts", (int)view->valid_bursts, "journal_records",
                               (json_int_t)view->record_count, "journal_whole", is_journal_whole(view));
    const struct state_label *label = &view->label;
    if (view->has_label)
        json_object_update_new(
            object, json_pack("{s:I, s:I, s:I, s:s, s:s, s:s}", "run", (json_int_t)label->last_burst.run, "burst",
                              (json_int_t)label->last_burst.burst, "closed_bursts", (json_int_t)label->closed_bursts,
                              "selection", selection_preset_name(label->preset), "template_name", label->template_name,
                              "template_hash", label->template_hash));
    if (has_journal)
        json_object_set_new(object, "journal", journal_json(view));
    field_print_json(object);
    json_decref(object);
}

/* ---- the command ---- */

static int show(const char *directory, struct state_view *view, bool has_journal, bool is_json)
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
    look_at_journal(view);
    view->has_label = view->job.content_bytes > 0 &&
                      monitor_read_label(view->job.slot + BLOCK_HEADER_BYTES, view->job.content_bytes, &view->label);
    if (is_json)
        print_view_json(view, has_journal);
    else if (has_journal)
        print_journal(view);
    else
        print_view(view);
    if (is_damaged(view) && !is_json)
        fprintf(stderr, "hnlmon state: %s: %s\n", directory, *view->store.error ? view->store.error : "is damaged");
    return is_damaged(view) ? CLI_DAMAGED : CLI_DONE;
}

int cli_state(int argc, char **argv)
{
    static const struct option_row rows[] = {{"journal", NULL, "what alarms did and operators ordered, one line each"}};
    struct options options = {
        .command = "state",
        .operands = "DIR",
        .summary = "Shows what the daemon keeps in its state directory, and whether it is whole: both slots of the\n"
                   "checkpoint, the bursts, the journal of alarms and orders. It only reads; the daemon may run.",
        .rows = rows,
        .row_count = 1,
        .shared = OPTIONS_JSON};
    static struct state_view view;
    bool has_journal = false;
    int option;
    while ((option = options_next(&options, argc, argv)) >= 0)
        has_journal = true;
    if (option == OPTIONS_EXIT || !options_expect_operands(&options, 1, 1))
        return options.exit_code;
    view.disk.context = (void *)(intptr_t)-1;
    view.store = (struct store){.checkpoint = -1, .bursts = -1, .journal = -1};
    int exit_code = show(options.operand[0], &view, has_journal, options.is_json);
    store_close(&view.store);
    disk_posix_close(&view.disk);
    store_job_fini(&view.job);
    free(view.journal);
    return exit_code;
}
