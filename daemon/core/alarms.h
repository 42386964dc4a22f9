/* SPDX-License-Identifier: MIT */
/*
 * alarms - all alarms: which are raised, cleared, acknowledged, shelved, and which of that is to be told.
 *
 * An excess is one alarm, however many neighbouring masses (cluster.h) and horizons show it: EXCESS on run and
 * period when it comes with the kaons, as that of an HNL must; ANOMALY, a data-quality alarm, on 1, 10 and 100 bursts,
 * and when it does not. A horizon joins it at its threshold
 * and leaves it when the significance there stays below the lowest threshold minus 0.5 for three closed bursts; it
 * clears when the last horizon has left. While run or period go on, what they show is provisional: an EXCESS that
 * clears by more data is retracted, one that clears with the end of its run is not. A second excess at another mass is
 * another alarm, unless it is in the shadow of the first. A withheld significance changes nothing.
 *
 * There is one alarm for each other kind. RATE, PEAK and VETO show the most significant of the streams that changed,
 * and while one of them is raised, excesses are marked as suspect. LOSS, SILENT, LINK, STORAGE and CONFIG are
 * conditions that hold or do not, told by whoever knows. More than FLOOD_COUNT new alarms within FLOOD_NS
 * of the time of the bursts raise FLOOD; those that come while it is raised are listed but held back.
 *
 * An alarm is latched: it stays until a person has acknowledged it (states: alarm.h). Everything but what is said about
 * conditions comes from the data, and so do the ids. Time is an argument.
 */
#ifndef HNLMON_CORE_ALARMS_H
#define HNLMON_CORE_ALARMS_H

#include <stdbool.h>
#include <stdint.h>

#include "core/alarm.h"
#include "core/alarm_entry.h"
#include "core/change.h"
#include "core/cluster.h"
#include "core/flood.h"
#include "core/scan.h"

#define ALARM_SHELVE_MINUTES_MAX 480u /* 8 hours */

/* Places: CLUSTERS_MAX each for EXCESS and ANOMALY, so that neither takes them from the other, and one for each other
 * kind. */
#define ALARMS_OF_CLUSTERS (2u * CLUSTERS_MAX)
#define ALARMS_MAX (ALARMS_OF_CLUSTERS + ALARM_KIND_END - ALARM_RATE)

struct alarms {
    double sigma_mev2;
    struct alarm_entry entries[ALARMS_MAX];
    struct flood flood;
    uint64_t overflow; /* excesses that found no place */
};

/* sigma_mev2: resolution of m2_miss. */
void alarms_init(struct alarms *alarms, double sigma_mev2);

/* Burst (run, burst) closes, and all looks at it follow. t_end_ns: source time of its end, 0: unknown. */
void alarms_begin_burst(struct alarms *alarms, uint32_t run, uint32_t burst, uint64_t t_end_ns);

/* One look: the scan of a horizon, with its thresholds, after burst (run, burst) closed, and what an excess on it is
 * called: ALARM_EXCESS (which has no MINOR) or ALARM_ANOMALY. One that is not constant (constancy_p < CONSTANCY_P_MIN)
 * is an ANOMALY all the same. */
void alarms_look(struct alarms *alarms, const struct scan *scan, enum alarm_kind kind, uint32_t run, uint32_t burst);

/* One look at a kind of change: how many of its streams are raised after burst (run, burst) closed, and the most
 * significant of them, unless there is none. It is told when it was raised, is more severe, has more streams, has
 * become twice as significant as it was told last, or was cleared. */
void alarms_look_at_change(struct alarms *alarms, enum change_kind kind, uint32_t streams,
                           const struct change_finding *leading, uint32_t run, uint32_t burst);

/* The changes of a kind are forgotten, because a new run begins. */
void alarms_forget_change(struct alarms *alarms, enum change_kind kind);

/* The run or the period ends (HORIZON_RUN, HORIZON_PERIOD): what it showed is final, and clears unless another horizon
 * shows it. */
void alarms_end_stretch(struct alarms *alarms, enum horizon_id horizon);

/* Marks excesses as suspect while a change is raised; after all looks at a burst. */
void alarms_mark_suspects(struct alarms *alarms);

/* What excesses say may not be seen any more: they end without having cleared. */
void alarms_withdraw(struct alarms *alarms);

/* One look at a condition of kind ALARM_LOSS .. ALARM_CONFIG. (run, burst) is where: it gives the id and the first and
 * last burst. */
void alarms_condition(struct alarms *alarms, enum alarm_kind kind, const struct alarm_condition *condition,
                      uint32_t run, uint32_t burst);

/* The next alarm of which something must be told, until NULL: raised, more severe, stronger, seen on one more horizon,
 * cleared, back from the shelf. Valid until the next call of another function. */
const struct alarm *alarms_take_news(struct alarms *alarms);

/* Acknowledges by id. Returns the alarm in its new state (which is not news), or NULL when no alarm of that id waits
 * for it. */
const struct alarm *alarms_acknowledge(struct alarms *alarms, const char *id);

/* A person accepts the level of the raised change with this id, whatever its state: it is over. Returns the alarm,
 * NORMAL now (which is not news) and with its kind in *kind, or NULL when no raised change has that id. */
const struct alarm *alarms_accept(struct alarms *alarms, const char *id, enum change_kind *kind);

/* Puts an alarm on the shelf for 1 .. ALARM_SHELVE_MINUTES_MAX minutes from now_ns on, whatever remained before; 0
 * takes it back at once. Returns the alarm in its new state (which is not news), or NULL when there is no such alarm,
 * no such time, or nothing to take back. */
const struct alarm *alarms_shelve(struct alarms *alarms, const char *id, uint32_t minutes, int64_t now_ns);

/* Takes alarms back whose time on the shelf is over. */
void alarms_tick(struct alarms *alarms, int64_t now_ns);

/* Saves or restores all of them (archive.h), into what alarms_init made; of a shelved one what is left of its time at
 * now_ns. */
void alarms_archive(struct archive *archive, struct alarms *alarms, int64_t now_ns);

/* The alarm at place `index` < ALARMS_MAX, or NULL while it is NORMAL. */
const struct alarm *alarms_get(const struct alarms *alarms, uint32_t index);

/* By id, or NULL when there is none, or it is NORMAL. */
const struct alarm *alarms_find(const struct alarms *alarms, const char *id);

uint32_t alarms_count(const struct alarms *alarms); /* those that are not NORMAL */

#endif
