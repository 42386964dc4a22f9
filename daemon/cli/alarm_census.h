/* SPDX-License-Identifier: MIT */
/*
 * alarm_census - counts alarms by kind and horizon: how many were raised, and how many of them became MAJOR.
 *
 * An alarm is known by its id and counted once, however often it is told.
 */
#ifndef HNLMON_CLI_ALARM_CENSUS_H
#define HNLMON_CLI_ALARM_CENSUS_H

#include <stdint.h>

#include "core/alarm.h"

#define ALARM_CENSUS_KINDS 16u /* bounds the numbers of enum alarm_kind */

struct alarm_census_cell {
    uint64_t raised, major;
    char raised_id[ALARM_ID_SIZE], major_id[ALARM_ID_SIZE]; /* counted last */
};

/* Alarms that are not about a horizon are in column 0. */
struct alarm_census {
    struct alarm_census_cell cells[ALARM_CENSUS_KINDS][HORIZON_COUNT];
};

void alarm_census_init(struct alarm_census *census);

/* An alarm as it is told. */
void alarm_census_add(struct alarm_census *census, const struct alarm *alarm);

#endif
