/* SPDX-License-Identifier: MIT */
/*
 * evaluation - what the sums of a horizon say: the scan of a line with its thresholds, and whether anything may be
 * concluded from it.
 *
 * Which reason withholds a scan, and how the promised false alarms are shared among the horizons, is decided here; what
 * follows from a scan is left to closing.c and alarms.c.
 */
#ifndef HNLMON_CORE_EVALUATION_H
#define HNLMON_CORE_EVALUATION_H

#include "core/monitor_private.h"

/* Sums over a horizon, hidden or not; HORIZON_OPEN sums the open bursts now. */
const struct horizon *evaluation_sums(struct monitor *monitor, enum horizon_id id);

/* Why nothing may be concluded at all; NULL when the template fits. */
const char *evaluation_unusable(const struct monitor *monitor);

/* Everything of a scan but the hypotheses. */
void evaluation_begin(const struct monitor *monitor, enum line line, enum horizon_id id, const struct horizon *sums,
                      struct scan *scan);

#endif
