/* SPDX-License-Identifier: MIT */
/* condition - see condition.h. */
#include "core/condition.h"

#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>

#include "core/withheld.h"

static uint64_t counted(const struct burst *burst)
{
    uint64_t all = burst->accepted;
    for (int reason = REJECT_NONE + 1; reason < REJECT_REASON_COUNT; reason++)
        all += burst->rejected[reason];
    return all;
}

struct alarm_condition condition_of_losses(const struct burst *burst, uint64_t late_lost)
{
    struct alarm_condition loss = {.severity = SEVERITY_NONE};
    uint64_t lost = burst->lost + late_lost, all = counted(burst) + lost;
    if (lost == 0)
        return loss;
    /* all / 100 is rounded down: a burst of less than 100 candidates that loses one is MAJOR. */
    loss.severity = lost >= all / 100 * ALARM_LOSS_MAJOR_PERCENT ? SEVERITY_MAJOR : SEVERITY_MINOR;
    loss.parts = 1;
    loss.measured = (double)lost;
    snprintf(loss.text, sizeof loss.text,
             "%" PRIu64 " of %" PRIu64 " candidates were lost in run %" PRIu32 " burst %" PRIu32
             "%s; horizons that hold it are withheld.",
             lost, all, burst->key.run, burst->key.burst, late_lost ? " and before" : "");
    return loss;
}

struct alarm_condition condition_of_settings(const struct burst *burst, const char *unusable)
{
    struct alarm_condition settings = {.severity = SEVERITY_NONE};
    if (!unusable && burst_flaws(burst) & 1u << FLAW_DOWNSCALING)
        unusable = withheld_text(WITHHELD_DOWNSCALING);
    if (!unusable)
        return settings;
    settings.severity = SEVERITY_INVALID;
    settings.parts = 1;
    snprintf(settings.text, sizeof settings.text, "Nothing can be concluded from run %" PRIu32 ": %s.", burst->key.run,
             unusable);
    return settings;
}

struct alarm_condition condition_of_order(const struct ledger *ledger, struct burst_key last)
{
    struct alarm_condition order = {.severity = SEVERITY_NONE};
    const struct ledger_entry *first = NULL;
    for (uint32_t i = 0; i < ledger->count; i++) {
        const struct ledger_entry *entry = &ledger->entries[i];
        if (!entry->in_run || !entry->is_behind)
            continue;
        order.parts++;
        if (!first || entry->source < first->source)
            first = entry;
    }
    if (!first)
        return order;
    order.severity = SEVERITY_MAJOR;
    order.measured = order.parts;
    snprintf(order.text, sizeof order.text,
             "Source %" PRIu32 "%s began run %" PRIu32 ", but run %" PRIu32 " burst %" PRIu32
             " is closed already: all that it sends before that is rejected (late_burst). Give it a run number above "
             "%" PRIu32 ", or start the monitor with an empty state.",
             first->source, order.parts > 1 ? " (and others)" : "", first->run, last.run, last.burst, last.run);
    return order;
}

/* The silent source with the smallest number; counts the sources in a run, and the silent ones. */
static const struct ledger_entry *first_silent(const struct ledger *ledger, int64_t after_ns, int64_t now_ns,
                                               uint32_t *sources, uint32_t *silent)
{
    const struct ledger_entry *first = NULL;
    *sources = *silent = 0;
    for (uint32_t i = 0; i < ledger->count; i++) {
        const struct ledger_entry *entry = &ledger->entries[i];
        *sources += entry->in_run;
        if (!entry->in_run || now_ns - entry->heard_ns <= after_ns)
            continue;
        ++*silent;
        if (!first || entry->source < first->source)
            first = entry;
    }
    return first;
}

struct alarm_condition condition_of_silence(const struct ledger *ledger, int64_t after_ns, int64_t now_ns,
                                            struct burst_key *where)
{
    struct alarm_condition silence = {.severity = SEVERITY_NONE};
    uint32_t sources;
    const struct ledger_entry *first = first_silent(ledger, after_ns, now_ns, &sources, &silence.parts);
    *where = (struct burst_key){0, 0};
    if (!first)
        return silence;
    *where = (struct burst_key){first->run, first->burst};
    silence.severity = silence.parts == sources ? SEVERITY_INVALID : SEVERITY_MAJOR;
    silence.measured = silence.parts;
    snprintf(silence.text, sizeof silence.text,
             "%" PRIu32 " of %" PRIu32 " sources in a run sent nothing, not even a heartbeat, for more than %.3g s: "
             "source %" PRIu32 "%s since run %" PRIu32 " burst %" PRIu32 ".",
             silence.parts, sources, (double)after_ns / 1e9, first->source, silence.parts > 1 ? " and others" : "",
             first->run, first->burst);
    return silence;
}
