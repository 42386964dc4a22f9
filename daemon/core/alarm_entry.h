/* SPDX-License-Identifier: MIT */
/*
 * alarm_entry - a place for an alarm: what is remembered beside what is shown, and how it is raised and cleared.
 *
 * Whatever it is about, an alarm is raised by one look and cleared by several looks in a row without it. What is on the
 * shelf changes without being told.
 */
#ifndef HNLMON_CORE_ALARM_ENTRY_H
#define HNLMON_CORE_ALARM_ENTRY_H

#include <stdbool.h>
#include <stdint.h>

#include "core/alarm.h"

struct alarm_entry {
    struct alarm alarm;
    bool is_raised;                   /* what it tells of holds, whatever its state */
    bool is_news;                     /* not told yet */
    uint32_t quiet;                   /* looks in a row without it */
    uint32_t raised_on;               /* horizons that hold an excess up, as bits, .. */
    uint32_t quiet_on[HORIZON_COUNT]; /* .. and each one's bursts in a row below the clearing level */
    double told;                      /* z of a change, measure of a condition, as it was told last */
};

/* A new alarm, still NORMAL; the id is the caller's. */
void alarm_entry_begin(struct alarm_entry *entry, enum alarm_kind kind, uint32_t run, uint32_t burst);

/* Something happens that is possible in its state (alarm.h). */
void alarm_entry_event(struct alarm_entry *entry, enum alarm_event event);

/* To be told, unless it is on the shelf. */
void alarm_entry_is_news(struct alarm_entry *entry);

/* A look with it, at burst (run, burst). Told when it was not raised, or is more severe. */
void alarm_entry_raise(struct alarm_entry *entry, enum severity severity, uint32_t run, uint32_t burst);

/* A look without it: clears after as many as its kind wants (alarm_table). */
void alarm_entry_quieten(struct alarm_entry *entry);

/* Clears, if it is raised. */
void alarm_entry_clear(struct alarm_entry *entry);

/* Saves or restores an entry (archive.h) whose alarm has its kind, and is not NORMAL or news. Restored, its state is
 * one that raising and clearing lead to. */
void alarm_entry_archive(struct archive *archive, struct alarm_entry *entry, int64_t now_ns);

/* Ends at once, whatever its state; it must not be NORMAL. */
void alarm_entry_end(struct alarm_entry *entry);

#endif
