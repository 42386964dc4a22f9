/* SPDX-License-Identifier: MIT */
/*
 * closing - which bursts may close, and everything that a closed burst goes through: sums, changes, scans, conditions,
 * alarms, and the observer.
 *
 * Bursts close in the order of time, the oldest first, so that the order in which the sources arrive cannot matter.
 */
#ifndef HNLMON_CORE_CLOSING_H
#define HNLMON_CORE_CLOSING_H

#include "core/monitor_private.h"

/* Whether as many sources as a burst waits for have come to the run, or to a later one. */
bool closing_are_all_in(const struct monitor *monitor, uint32_t run);

/* Closes a burst, the oldest that is open, as it is. */
void closing_close(struct monitor *monitor, struct burst *burst);

/* Closes the oldest bursts as long as no source holds them up. */
void closing_finished(struct monitor *monitor);

/* Closes the oldest burst when it made no progress for too long; who held it up is silent. */
void closing_stuck(struct monitor *monitor, int64_t now_ns);

#endif
