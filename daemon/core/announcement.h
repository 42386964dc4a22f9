/* SPDX-License-Identifier: MIT */
/*
 * announcement - which number the last change of an alarm has, and whether that change is on disk.
 *
 * All changes of all alarms are numbered in one sequence from 1. An alarm is told at once, and again with the same
 * number when a checkpoint that was taken after the change has become durable:
 *
 *   change 7 told --> checkpoint taken (7) --> change 8 told --> it is durable: 7 told again, 8 waits for the next
 *
 * Who has the table of alarms up to number N and applies every later change in order has the table of everybody else.
 * An alarm that ended is remembered until that is on disk. When and to whom it is told is left to the caller.
 */
#ifndef HNLMON_CORE_ANNOUNCEMENT_H
#define HNLMON_CORE_ANNOUNCEMENT_H

#include <stdbool.h>
#include <stdint.h>

#include "core/alarms.h"

/* Bounds the alarms that are there together with those that ended since the last durable checkpoint. */
#define ANNOUNCEMENTS_MAX (4u * ALARMS_MAX)

struct announcements {
    struct alarm told[ANNOUNCEMENTS_MAX]; /* as it was told last; sequence 0: free */
    uint64_t sequence;                    /* of the last change */
    uint64_t taken, durable;              /* .. that the checkpoint under way covers, that is on disk */
    uint64_t forgotten;                   /* ended alarms whose end was not confirmed, for want of a place */
};

/* An alarm is to be told as it is now. Returns it with its number; valid until the next call. */
const struct alarm *announcements_note(struct announcements *announcements, const struct alarm *alarm);

/* The same for an alarm that was read from disk. */
const struct alarm *announcements_note_restored(struct announcements *announcements, const struct alarm *alarm);

/* Sets sequence and is_durable of a copy of an alarm to those with which it was told last; 0 and false if it was not.
 */
void announcements_mark(const struct announcements *announcements, struct alarm *alarm);

/* A checkpoint is taken now; the one that was taken last is on disk. */
void announcements_taken(struct announcements *announcements);
void announcements_durable(struct announcements *announcements);

/* The next alarm whose last change has become durable, with is_durable set, until NULL. Valid until the next call. */
const struct alarm *announcements_take_durable(struct announcements *announcements);

/* The alarm at place `index` < ANNOUNCEMENTS_MAX if it ended and that is not on disk, or NULL. */
const struct alarm *announcements_ended(const struct announcements *announcements, uint32_t index);

#endif
