/* SPDX-License-Identifier: MIT */
/*
 * excess - one excess of EXCESS or ANOMALY as an alarm: which horizons and masses show it, and where it is largest.
 *
 * Each horizon that showed it holds it up until the largest significance among the masses that overlap with its best
 * mass stayed below the clearing level for three closed bursts.
 */
#ifndef HNLMON_CORE_EXCESS_H
#define HNLMON_CORE_EXCESS_H

#include <stdbool.h>
#include <stdint.h>

#include "core/alarm_entry.h"
#include "core/cluster.h"
#include "core/scan.h"

/* A new alarm, still NORMAL; its id is made of kind, line, mass, run and burst. */
void excess_begin(struct alarm_entry *entry, enum alarm_kind kind, const struct scan *scan,
                  const struct cluster *cluster, uint32_t run, uint32_t burst);

/* The scan of a horizon shows it with this severity. */
void excess_raise(struct alarm_entry *entry, const struct scan *scan, const struct cluster *cluster,
                  enum severity severity, uint32_t run, uint32_t burst);

/* The scan of a horizon does not show it: z is the largest significance at its mass. An EXCESS that clears by that is
 * retracted. */
void excess_quieten(struct alarm_entry *entry, enum horizon_id horizon, double z, double clearing_level);

/* The run or the period ends that was looked at: what it showed is final. An excess that nothing else shows clears. */
void excess_end(struct alarm_entry *entry, enum horizon_id horizon);

#endif
