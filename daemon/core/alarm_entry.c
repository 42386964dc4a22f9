/* SPDX-License-Identifier: MIT */
/* alarm_entry - see alarm_entry.h. */
#include "core/alarm_entry.h"

#include <assert.h>

void alarm_entry_begin(struct alarm_entry *entry, enum alarm_kind kind, uint32_t run, uint32_t burst)
{
    *entry = (struct alarm_entry){.alarm = {.kind = kind, .first_run = run, .first_burst = burst}};
}

void alarm_entry_event(struct alarm_entry *entry, enum alarm_event event)
{
    entry->alarm.state = alarm_next_state(entry->alarm.state, event);
    assert(entry->alarm.state != ALARM_STATE_COUNT);
}

void alarm_entry_is_news(struct alarm_entry *entry)
{
    if (entry->alarm.state != ALARM_SHELVED)
        entry->is_news = true;
}

void alarm_entry_raise(struct alarm_entry *entry, enum severity severity, uint32_t run, uint32_t burst)
{
    struct alarm *alarm = &entry->alarm;
    assert(alarm_table[alarm->kind].severities >> severity & 1u);
    if (!entry->is_raised || severity > alarm->severity) {
        alarm_entry_event(entry, ALARM_RAISE);
        alarm_entry_is_news(entry);
    }
    entry->is_raised = true;
    entry->quiet = 0;
    if (severity > alarm->severity)
        alarm->severity = severity;
    if (alarm->count == 0 || alarm->last_run != run || alarm->last_burst != burst)
        alarm->count++;
    alarm->last_run = run;
    alarm->last_burst = burst;
}

void alarm_entry_clear(struct alarm_entry *entry)
{
    if (!entry->is_raised)
        return;
    entry->is_raised = false;
    entry->quiet = 0;
    alarm_entry_event(entry, ALARM_CLEAR);
    alarm_entry_is_news(entry);
}

void alarm_entry_quieten(struct alarm_entry *entry)
{
    if (entry->is_raised && ++entry->quiet >= alarm_table[entry->alarm.kind].clear_looks)
        alarm_entry_clear(entry);
}

void alarm_entry_end(struct alarm_entry *entry)
{
    entry->is_raised = false;
    entry->quiet = 0;
    entry->raised_on = 0;
    alarm_entry_event(entry, ALARM_END);
}

/* ---- what survives a restart ---- */

/* On the shelf it may be raised or not. */
static bool fits_state(const struct alarm_entry *entry)
{
    enum alarm_state state = entry->alarm.state;
    if (state == ALARM_NORMAL && !entry->is_news)
        return false;
    return state == ALARM_SHELVED || entry->is_raised == (state == ALARM_UNACKNOWLEDGED || state == ALARM_ACKNOWLEDGED);
}

/* An excess is raised as long as a horizon holds it up. */
static void archive_horizons(struct archive *archive, struct alarm_entry *entry)
{
    archive_below(archive, &entry->raised_on, 1u << HORIZON_COUNT);
    archive_u32s(archive, entry->quiet_on, HORIZON_COUNT);
    archive_require(archive, entry->is_raised == (entry->raised_on != 0));
}

void alarm_entry_archive(struct archive *archive, struct alarm_entry *entry, int64_t now_ns)
{
    alarm_archive(archive, &entry->alarm, now_ns);
    archive_bool(archive, &entry->is_raised);
    archive_bool(archive, &entry->is_news);
    archive_u32(archive, &entry->quiet);
    archive_double(archive, &entry->told);
    archive_require(archive, fits_state(entry));
    if (alarm_is_physics(entry->alarm.kind))
        archive_horizons(archive, entry);
}
