/* SPDX-License-Identifier: MIT */
/* twin - see twin.h. */
#include "twin.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "core/alarm.h"
#include "core/ledger.h"
#include "core/monitor.h"
#include "core/template_builtin.h"

#define F_SYS 0.03
#define CLOSE_TIMEOUT_NS INT64_MAX /* nothing is ever late here */

struct telling {
    char id[ALARM_ID_SIZE];
    enum alarm_state state;
};

struct twin {
    struct monitor *monitor;
    struct applied applied;
    struct telling *changes; /* of alarms, in their order */
    size_t count, capacity, told;
};

static void stop(const char *why)
{
    fprintf(stderr, "feeder: %s\n", why);
    exit(1);
}

static void on_burst(void *context, const struct burst_summary *summary)
{
    (void)context;
    (void)summary;
}

static void on_alarm(void *context, const struct alarm *alarm)
{
    struct twin *twin = context;
    if (twin->count == twin->capacity) {
        twin->capacity = 2 * twin->capacity + 64;
        twin->changes = realloc(twin->changes, twin->capacity * sizeof *twin->changes);
        if (!twin->changes)
            stop("no memory for alarms");
    }
    struct telling *telling = &twin->changes[twin->count++];
    memcpy(telling->id, alarm->id, sizeof telling->id);
    telling->state = alarm->state;
}

struct twin *twin_create(void)
{
    struct twin *twin = calloc(1, sizeof *twin);
    if (!twin)
        stop("no memory for the reference");
    struct monitor_config config = {.preset = SELECTION_PAPER,
                                    .f_sys = F_SYS,
                                    .promise = alarm_default_promise(),
                                    .close_timeout_ns = CLOSE_TIMEOUT_NS};
    struct monitor_observer observer = {.context = twin, .burst_closed = on_burst, .alarm_changed = on_alarm};
    twin->monitor = monitor_create(&config, template_builtin_of(SELECTION_PAPER), &observer);
    if (!twin->monitor)
        stop("no memory for the reference");
    return twin;
}

void twin_destroy(struct twin *twin)
{
    if (!twin)
        return;
    monitor_destroy(twin->monitor);
    free(twin->changes);
    free(twin);
}

void twin_apply(struct twin *twin, const struct frame *frame)
{
    if (monitor_apply(twin->monitor, frame, 0, &twin->applied) != REFUSAL_NONE || twin->applied.is_duplicate)
        stop("the reference refuses a frame");
}

bool twin_acknowledge(struct twin *twin, const char *alarm_id)
{
    return monitor_acknowledge(twin->monitor, alarm_id) != NULL;
}

void twin_tell_alarms(struct twin *twin, FILE *file)
{
    for (; twin->told < twin->count; twin->told++) {
        const struct telling *telling = &twin->changes[twin->told];
        fprintf(file, "ALARM %s %s\n", telling->id, alarm_state_name(telling->state));
    }
}

/* ---- all of it ---- */

static void write_ledger(const struct ledger *ledger, FILE *file)
{
    fprintf(file, "{\"ledger\": [");
    for (uint32_t i = 0; i < ledger->count; i++) {
        const struct ledger_entry *entry = &ledger->entries[i];
        fprintf(file,
                "%s{\"source\": %" PRIu32 ", \"epoch\": \"%" PRIu64 "\", \"sent\": %" PRIu64 ", \"accepted\": %" PRIu64
                ", \"lost\": %" PRIu64 ", \"rejected\": {",
                i ? ", " : "", entry->source, entry->epoch, entry->next_seq - 1, entry->accepted, ledger_lost(entry));
        bool is_first = true;
        for (int reason = REJECT_NONE + 1; reason < REJECT_REASON_COUNT; reason++) {
            if (entry->rejected[reason] == 0)
                continue;
            fprintf(file, "%s\"%s\": %" PRIu64, is_first ? "" : ", ", reject_reason_name((enum reject_reason)reason),
                    entry->rejected[reason]);
            is_first = false;
        }
        fprintf(file, "}}");
    }
    fprintf(file, "]");
}

static void write_histogram(const struct horizon *horizon, enum histogram_id id, FILE *file)
{
    const struct histogram_info *info = &histogram_table[id];
    const uint64_t *slots = horizon->slots + info->offset;
    fprintf(file, "%s\"%s\": [", id ? ", " : "", info->name);
    for (uint32_t slot = 0; slot < axis_slots(&info->axis); slot++)
        fprintf(file, "%s%" PRIu64, slot ? "," : "", slots[slot]);
    fprintf(file, "]");
}

static void write_horizons(struct twin *twin, FILE *file)
{
    fprintf(file, ",\n\"histograms\": {");
    for (enum horizon_id id = HORIZON_1; id < HORIZON_COUNT; id++) {
        const struct horizon *horizon = monitor_horizon(twin->monitor, id);
        fprintf(file, "%s\n\"%s\": {", id == HORIZON_1 ? "" : ",", horizon_name(id));
        for (enum histogram_id histogram = 0; histogram < HISTOGRAM_COUNT; histogram++)
            write_histogram(horizon, histogram, file);
        fprintf(file, "}");
    }
    fprintf(file, "}");
}

/* The candidates in the search windows, and the significance: 17 digits are its bits. */
static void write_scan(struct twin *twin, enum line line, enum horizon_id id, FILE *file)
{
    static struct scan scan;
    monitor_scan(twin->monitor, line, id, &scan);
    fprintf(file, "%s\n\"%s.%s\": {\"bursts\": %" PRIu32 ", \"n\": [",
            line == LINE_UNPRESCALED && id == HORIZON_1 ? "" : ",", line_name(line), horizon_name(id), scan.bursts);
    for (uint32_t i = 0; i < HYPOTHESIS_COUNT; i++)
        fprintf(file, "%s%" PRIu64, i ? "," : "", scan.hypotheses[i].n);
    fprintf(file, "], \"z\": [");
    for (uint32_t i = 0; i < HYPOTHESIS_COUNT; i++)
        fprintf(file, "%s%.17g", i ? "," : "", scan.hypotheses[i].z);
    fprintf(file, "]}");
}

static void write_alarms(const struct twin *twin, FILE *file)
{
    const struct alarms *alarms = monitor_alarms(twin->monitor);
    bool is_first = true;
    fprintf(file, ",\n\"alarms\": {");
    for (uint32_t i = 0; i < ALARMS_MAX; i++) {
        const struct alarm *alarm = alarms_get(alarms, i);
        if (!alarm)
            continue;
        fprintf(file, "%s\n\"%s\": {\"kind\": \"%s\", \"severity\": \"%s\", \"state\": \"%s\", \"count\": %" PRIu32 "}",
                is_first ? "" : ",", alarm->id, alarm_kind_name(alarm->kind), severity_name(alarm->severity),
                alarm_state_name(alarm->state), alarm->count);
        is_first = false;
    }
    fprintf(file, "},\n\"changes\": [");
    for (size_t i = 0; i < twin->count; i++)
        fprintf(file, "%s[\"%s\", \"%s\"]", i ? ", " : "", twin->changes[i].id,
                alarm_state_name(twin->changes[i].state));
    fprintf(file, "]}\n");
}

void twin_write(struct twin *twin, FILE *file)
{
    write_ledger(monitor_ledger(twin->monitor), file);
    write_horizons(twin, file);
    fprintf(file, ",\n\"scans\": {");
    for (enum line line = LINE_UNPRESCALED; line < LINE_COUNT; line++)
        for (enum horizon_id id = HORIZON_1; id < HORIZON_COUNT; id++)
            write_scan(twin, line, id, file);
    fprintf(file, "}");
    write_alarms(twin, file);
}
