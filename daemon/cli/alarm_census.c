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

static bool is_unknown(const struct alarm_census_ids *known, const char *id)
{
    for (uint32_t i = 0; i < ALARM_CENSUS_IDS; i++)
        if (strcmp(known->ids[i], id) == 0)
            return false;
    return true;
}

static bool is_new(struct alarm_census_ids *known, const char *id)
{
    if (!is_unknown(known, id))
        return false;
    snprintf(known->ids[known->next++ % ALARM_CENSUS_IDS], ALARM_ID_SIZE, "%s", id);
    return true;
}

void alarm_census_add(struct alarm_census *census, const struct alarm *alarm)
{
    assert((unsigned)alarm->kind < ALARM_CENSUS_KINDS);
    struct alarm_census_cell *cells = census->cells[alarm->kind];
    bool is_physics = alarm_is_physics(alarm->kind);
    uint32_t horizons = is_physics ? alarm->horizons : 1u << HORIZON_OPEN;
    struct alarm_census_cell *best = &cells[is_physics ? alarm->horizon : HORIZON_OPEN];
    if (alarm->severity != SEVERITY_MINOR && alarm->severity != SEVERITY_MAJOR)
        return;
    for (enum horizon_id id = HORIZON_OPEN; id < HORIZON_COUNT; id++)
        if (horizons >> id & 1u)
            cells[id].raised += is_new(&cells[id].raised_ids, alarm->id);
    if (alarm->severity != SEVERITY_MAJOR)
        return;
    for (enum horizon_id id = HORIZON_OPEN; id < HORIZON_COUNT; id++)
        if (!is_unknown(&cells[id].major_ids, alarm->id))
            return;
    best->major += is_new(&best->major_ids, alarm->id);
}
