/* SPDX-License-Identifier: MIT */
/*
 * episodes - how often the largest significance of all masses of a horizon comes to z, for many z at once.
 *
 * As the alarms see it: one look per closed burst; an episode begins when the largest Z_Bi reaches z and ends when it
 * is below z - 0.5 (ALARM_HYSTERESIS). Unlike alarms, it ends with the first such look.
 */
#ifndef HNLMON_CLI_EPISODES_H
#define HNLMON_CLI_EPISODES_H

#include <stdbool.h>
#include <stdint.h>

#include "core/scan.h"

#define EPISODES_Z_FIRST 2.5
#define EPISODES_Z_STEP 0.05
#define EPISODES_POINTS 121u /* up to 8.5 */

struct episodes {
    uint64_t looks[HORIZON_COUNT];
    double highest[HORIZON_COUNT]; /* of all looks */
    uint64_t counts[HORIZON_COUNT][EPISODES_POINTS];
    bool is_above[HORIZON_COUNT][EPISODES_POINTS];
};

void episodes_init(struct episodes *episodes);

/* One look at a horizon; a withheld scan is none. */
void episodes_look(struct episodes *episodes, const struct scan *scan);

/* Of point `point` < EPISODES_POINTS. */
double episodes_z(uint32_t point);

#endif
