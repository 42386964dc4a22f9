/* SPDX-License-Identifier: MIT */
/* reminder - see reminder.h. */
#include "core/reminder.h"

#include <stddef.h>
#include <string.h>

/* The entry of an id, or a free one: there are as many as alarms, and an alarm that ended was told, too. */
static struct reminder *entry_of(struct reminders *reminders, const char *id)
{
    struct reminder *free_entry = NULL;
    for (uint32_t i = 0; i < ALARMS_MAX; i++) {
        struct reminder *entry = &reminders->entries[i];
        if (strcmp(entry->id, id) == 0)
            return entry;
        if (entry->id[0] == '\0')
            free_entry = entry;
    }
    return free_entry;
}

void reminders_note(struct reminders *reminders, const struct alarm *alarm, int64_t now_ns)
{
    struct reminder *entry = entry_of(reminders, alarm->id);
    if (!entry)
        return;
    *entry = (struct reminder){.interval_ns = REMINDER_FIRST_NS,
                               .programs_ns = now_ns + REMINDER_FIRST_NS,
                               .people_ns = now_ns + REMINDER_PEOPLE_NS};
    if (alarm_is_waiting(alarm))
        memcpy(entry->id, alarm->id, sizeof entry->id);
}

unsigned reminders_take(struct reminders *reminders, uint32_t index, int64_t now_ns, const char **id)
{
    struct reminder *entry = &reminders->entries[index];
    unsigned due = 0;
    *id = entry->id;
    if (entry->id[0] == '\0')
        return 0;
    if (now_ns >= entry->programs_ns) {
        due |= REMIND_PROGRAMS;
        entry->interval_ns =
            2 * entry->interval_ns < REMINDER_LONGEST_NS ? 2 * entry->interval_ns : REMINDER_LONGEST_NS;
        entry->programs_ns = now_ns + entry->interval_ns;
    }
    if (now_ns >= entry->people_ns) {
        due |= REMIND_PEOPLE;
        entry->people_ns = now_ns + REMINDER_PEOPLE_NS;
    }
    return due;
}
