/* SPDX-License-Identifier: MIT */
/*
 * alarm_log - the line `ALARM <SEVERITY> <KIND> key=value...` of the log, which scripts rely on.
 *
 * New keys are added; those that are there keep name and meaning. A text comes last, in double quotes.
 */
#ifndef HNLMON_ALARM_LOG_H
#define HNLMON_ALARM_LOG_H

#include "core/alarm.h"

/* An alarm was raised, changed or ended. */
void alarm_log_write(const struct alarm *alarm);

/* Nobody acknowledged it for so long again: the same line with reminder_min=30. */
void alarm_log_remind(const struct alarm *alarm, unsigned minutes);

#endif
