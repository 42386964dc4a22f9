/* SPDX-License-Identifier: MIT */
/*
 * condition - what the core itself knows about its input that people must hear of: losses, settings that fit nothing,
 * sources that fell silent.
 *
 * It says whether it holds now and how bad it is; when an alarm of it clears is decided in alarms.h.
 */
#ifndef HNLMON_CORE_CONDITION_H
#define HNLMON_CORE_CONDITION_H

#include <stdint.h>

#include "core/alarm.h"
#include "core/burst.h"
#include "core/ledger.h"

/* LOSS: candidates of a burst that closes now were lost, or `late_lost` ones of bursts that closed before. */
struct alarm_condition condition_of_losses(const struct burst *burst, uint64_t late_lost);

/* CONFIG: `unusable` says why nothing can be concluded with these settings, or is NULL; the burst may have an input
 * downscaling with which it cannot either. */
struct alarm_condition condition_of_settings(const struct burst *burst, const char *unusable);

/* CONFIG: sources in a run that they began with what is closed already (is_behind); last: the burst that closed last.
 * All that they send is rejected. */
struct alarm_condition condition_of_order(const struct ledger *ledger, struct burst_key last);

/* SILENT: sources in a run that were not heard for longer than after_ns. *where becomes the last burst of the one of
 * them with the smallest number, {0, 0} when there is none. */
struct alarm_condition condition_of_silence(const struct ledger *ledger, int64_t after_ns, int64_t now_ns,
                                            struct burst_key *where);

#endif
