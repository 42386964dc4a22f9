/* SPDX-License-Identifier: MIT */
/*
 * reminder - when an alarm that nobody acknowledged is to be told again: to programs after 1 s, then after twice as
 * long each time up to 30 s; to people every 30 minutes.
 *
 * It keeps the times only. Who tells, and whether the alarm is held back, is left to the caller.
 */
#ifndef HNLMON_CORE_REMINDER_H
#define HNLMON_CORE_REMINDER_H

#include <stdint.h>

#include "core/alarms.h"

#define REMINDER_FIRST_NS INT64_C(1000000000)
#define REMINDER_LONGEST_NS INT64_C(30000000000)
#define REMINDER_PEOPLE_NS INT64_C(1800000000000)

enum reminder_due { REMIND_PROGRAMS = 1, REMIND_PEOPLE = 2 };

struct reminder {
    char id[ALARM_ID_SIZE]; /* "": free */
    int64_t interval_ns;
    int64_t programs_ns, people_ns; /* when it is due */
};

struct reminders {
    struct reminder entries[ALARMS_MAX];
};

/* An alarm was told at now_ns in the state that it has now: its reminders begin afresh, or end when it waits for
 * nobody.
 */
void reminders_note(struct reminders *reminders, const struct alarm *alarm, int64_t now_ns);

/* What is due for the alarm at `index` < ALARMS_MAX, as bits of enum reminder_due, each once; *id is that alarm's,
 * "" for none. */
unsigned reminders_take(struct reminders *reminders, uint32_t index, int64_t now_ns, const char **id);

#endif
