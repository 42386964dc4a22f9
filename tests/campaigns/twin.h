/* SPDX-License-Identifier: MIT */
/*
 * twin - the undisturbed reference of a campaign: a monitor inside the front-end that gets every frame once, in order,
 * by a function call.
 *
 * What the daemon shows after all that was done to it must be what the twin shows: every bin of every horizon, the
 * candidates in every search window, and the alarms that come from the data. Alarms about silence, the link and the
 * disk are the daemon's own; the twin has none of them.
 */
#ifndef HNLMON_CAMPAIGNS_TWIN_H
#define HNLMON_CAMPAIGNS_TWIN_H

#include <stdbool.h>
#include <stdio.h>

#include "hnlmon/frame.h"

struct twin;

/* With the daemon's default settings. Ends the program when there is no memory. */
struct twin *twin_create(void);
void twin_destroy(struct twin *twin);

/* A refused frame is a mistake of the campaign: it ends the program. */
void twin_apply(struct twin *twin, const struct frame *frame);

/* False when no alarm of that id waits for it. */
bool twin_acknowledge(struct twin *twin, const char *alarm_id);

/* A line "ALARM id state" for every change of an alarm since the last call. */
void twin_tell_alarms(struct twin *twin, FILE *file);

/* Everything, as one JSON object. */
void twin_write(struct twin *twin, FILE *file);

#endif
