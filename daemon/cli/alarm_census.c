/* SPDX-License-Identifier: MIT */
/* alarm_census - see alarm_census.h. */
#include "cli/alarm_census.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

void alarm_census_init(struct alarm_census *census)
{
    memset(census, 0, sizeof *census);
}

static bool is_new(char known[ALARM_ID_SIZE], const char *id)
{
    if (strcmp(known, id) == 0)
        return false;
    snprintf(known, ALARM_ID_SIZE, "%s", id);
    return true;
}

void alarm_census_add(struct alarm_census *census, const struct alarm *alarm)
{
    assert((unsigned)alarm->kind < ALARM_CENSUS_KINDS);
    bool is_of_horizon = alarm->kind == ALARM_EXCESS || alarm->kind == ALARM_ANOMALY;
    struct alarm_census_cell *cell = &census->cells[alarm->kind][is_of_horizon ? alarm->horizon : HORIZON_OPEN];
    if (alarm->severity == SEVERITY_MINOR || alarm->severity == SEVERITY_MAJOR)
        cell->raised += is_new(cell->raised_id, alarm->id);
    if (alarm->severity == SEVERITY_MAJOR)
        cell->major += is_new(cell->major_id, alarm->id);
}
