/* SPDX-License-Identifier: MIT */
/*
 * alarm_census - counts alarms by kind and horizon: how many were raised, and how many of them became MAJOR.
 *
 * An alarm is known by its id and counted once, however often it is told. One that several horizons show is counted as
 * raised on each of them, and as MAJOR on the one where it was most significant when it became so.
 */
#ifndef HNLMON_CLI_ALARM_CENSUS_H
#define HNLMON_CLI_ALARM_CENSUS_H

#include <stdint.h>

#include "core/alarm.h"

#define ALARM_CENSUS_KINDS 16u /* bounds the numbers of enum alarm_kind */

#define ALARM_CENSUS_IDS 32u /* alarms of one kind and horizon that may be told in turns */

/* The alarms that were counted last. */
struct alarm_census_ids {
    char ids[ALARM_CENSUS_IDS][ALARM_ID_SIZE];
    uint32_t next;
};

struct alarm_census_cell {
    uint64_t raised, major;
    struct alarm_census_ids raised_ids, major_ids;
};

/* Alarms that are not about a horizon are in column 0. */
struct alarm_census {
    struct alarm_census_cell cells[ALARM_CENSUS_KINDS][HORIZON_COUNT];
};

void alarm_census_init(struct alarm_census *census);

/* An alarm as it is told. */
void alarm_census_add(struct alarm_census *census, const struct alarm *alarm);

#endif
