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
