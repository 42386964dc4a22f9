/* SPDX-License-Identifier: MIT */
/* episodes - see episodes.h. */
#include "cli/episodes.h"

#include <math.h>
#include <string.h>

#include "core/alarm.h"

void episodes_init(struct episodes *episodes)
{
    memset(episodes, 0, sizeof *episodes);
}

double episodes_z(uint32_t point)
{
    return EPISODES_Z_FIRST + EPISODES_Z_STEP * point;
}

static double largest(const struct scan *scan)
{
    double z = 0;
    for (uint32_t i = 0; i < HYPOTHESIS_COUNT; i++)
        if (scan->hypotheses[i].valid && scan->hypotheses[i].z_alarm > z)
            z = scan->hypotheses[i].z_alarm;
    return z;
}

void episodes_look(struct episodes *episodes, const struct scan *scan)
{
    if (scan->withheld)
        return;
    const double z = largest(scan);
    uint64_t *counts = episodes->counts[scan->horizon];
    bool *is_above = episodes->is_above[scan->horizon];
    episodes->looks[scan->horizon]++;
    episodes->highest[scan->horizon] = fmax(z, episodes->highest[scan->horizon]);
    for (uint32_t i = 0; i < EPISODES_POINTS; i++) {
        const double level = episodes_z(i);
        counts[i] += z >= level && !is_above[i];
        is_above[i] = z >= level || (is_above[i] && z >= level - ALARM_HYSTERESIS);
    }
}
