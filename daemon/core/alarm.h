/* SPDX-License-Identifier: MIT */
/*
 * alarm - from one significance per closed burst and horizon, and from changes of data quality, to alarms that a
 * shifter sees.
 *
 * There is one detector per horizon: EXCESS on the run (an HNL is constant per kaon), ANOMALY on 1, 10 and 100 bursts
 * (a data-quality alarm). An alarm is raised at its threshold, cleared when the significance stays below the threshold
 * minus 0.5 for three closed bursts, and latched until a person acknowledges it. A withheld significance changes
 * nothing. Thresholds: one false MAJOR alarm per 30 days over all detectors, from a simulation of the null hypothesis
 * with 4000 bursts per day.
 *
 * There is one detector per kind of change: RATE, PEAK, VETO, however many streams of that kind changed; the alarm
 * shows the most significant one. It is raised as long as one of them is, cleared three closed bursts after the last
 * one is back to normal or with the end of its run. While one is raised, the alarms of the horizons are marked as
 * suspect.
 *
 *              raise                    acknowledge
 *   normal ------------> unacknowledged ------------> acknowledged
 *      ^                      |  ^                          |
 *      |               clear  v  | raise                    | clear
 *      +-- acknowledge -- returned_unacknowledged           +--> normal
 */
#ifndef HNLMON_CORE_ALARM_H
#define HNLMON_CORE_ALARM_H

#include <stdbool.h>
#include <stdint.h>

#include "core/change.h"
#include "core/horizon.h"
#include "core/line.h"
#include "core/scan.h"

/* The numbers of these three enums are those of proto/monitor.proto. */
enum alarm_kind { ALARM_EXCESS = 1, ALARM_ANOMALY = 2, ALARM_RATE = 3, ALARM_PEAK = 4, ALARM_VETO = 5 };
enum severity { SEVERITY_NONE = 0, SEVERITY_MINOR = 1, SEVERITY_MAJOR = 2, SEVERITY_INVALID = 3 };
enum alarm_state {
    ALARM_NORMAL = 0,
    ALARM_UNACKNOWLEDGED = 1,
    ALARM_ACKNOWLEDGED = 2,
    ALARM_RETURNED_UNACKNOWLEDGED = 3
};

#define ALARM_ID_SIZE 64
#define ALARM_TEXT_SIZE 240
#define ALARM_HORIZONS (HORIZON_COUNT - HORIZON_1) /* detectors of horizons of closed bursts, the first ones */
#define ALARM_DETECTORS (ALARM_HORIZONS + CHANGE_KIND_COUNT)
#define ALARM_HYSTERESIS 0.5
#define ALARM_CLEAR_BURSTS 3
#define ALARM_CHANGE_MAJOR 0.1 /* a change is MAJOR from this relative size on, MINOR below */

struct alarm {
    /* From the data alone: "excess-unprescaled-run-7-6", or "veto-7-22", is run 7, burst 6 or 22, where it was raised.
     */
    char id[ALARM_ID_SIZE];
    enum alarm_kind kind;
    enum severity severity; /* the highest since it was raised */
    enum alarm_state state;
    double z;                        /* the highest since it was raised; of a horizon Z_Bi */
    uint32_t first_run, first_burst; /* a change: where it seems to have begun; otherwise where it was raised */
    uint32_t last_run, last_burst;   /* the last burst at or above the threshold */
    uint32_t count;                  /* bursts at or above the threshold */
    /* EXCESS and ANOMALY. */
    enum line line;
    enum horizon_id horizon;
    double m_n_mev;  /* of the highest z */
    uint64_t n;      /* candidates in the window there */
    double b;        /* and the expected background */
    bool is_suspect; /* a change was raised at the last look */
    /* RATE, PEAK and VETO. */
    struct change_finding change; /* of the highest z */
    uint32_t streams;             /* that changed together, at most */
};

/* Whether it is about a change of data quality. */
bool alarm_is_change(enum alarm_kind kind);

const char *alarm_kind_name(enum alarm_kind kind);    /* "EXCESS", ... , "VETO" */
const char *severity_name(enum severity severity);    /* "NO_ALARM", "MINOR", "MAJOR", "INVALID" */
const char *alarm_state_name(enum alarm_state state); /* "NORMAL", "UNACKNOWLEDGED", ... */

/* One line for the shifter: what to do about it. */
const char *alarm_action(const struct alarm *alarm);

struct alarm_thresholds {
    double minor[HORIZON_COUNT]; /* Z_Bi; 0: none. Indexed by horizon. */
    double major[HORIZON_COUNT];
    double change; /* Z of a stream of data quality; 0: none */
};

/* MAJOR 5.60, 5.60, 5.25, run 4.75, period 3.90; MINOR 4.85, 4.85, 4.45, run and period none; change 5.5. */
struct alarm_thresholds alarm_default_thresholds(void);

struct alarm_detector {
    struct alarm alarm;
    uint32_t quiet; /* closed bursts in a row below the clearing level */
    bool is_raised;
    double told_z; /* of a change: as it was told last */
};

struct alarms {
    struct alarm_thresholds thresholds;
    struct alarm_detector detectors[ALARM_DETECTORS];
};

void alarms_init(struct alarms *alarms, const struct alarm_thresholds *thresholds);

/* One look: the scan of a horizon after burst (run, burst) closed. Returns the alarm when it changed in a way that must
 * be told (raised, more severe, stronger, cleared), otherwise NULL. The pointer is valid until the next look. */
const struct alarm *alarms_look(struct alarms *alarms, const struct scan *scan, uint32_t run, uint32_t burst);

/* One look at a kind of change: how many of its streams are raised after burst (run, burst) closed, and the most
 * significant of them, unless there is none. Returns the alarm when it was raised, is more severe, has more streams,
 * has become twice as significant as it was told last, or was cleared; otherwise NULL. */
const struct alarm *alarms_look_at_change(struct alarms *alarms, enum change_kind kind, uint32_t streams,
                                          const struct change_finding *leading, uint32_t run, uint32_t burst);

/* The changes of a kind are forgotten, because a new run begins. Returns the alarm when it was cleared by that. */
const struct alarm *alarms_forget_change(struct alarms *alarms, enum change_kind kind);

/* Marks the alarm of a horizon as suspect if a change is raised, after both were looked at. Returns the alarm when that
 * changed it. */
const struct alarm *alarms_mark_suspect(struct alarms *alarms, enum horizon_id horizon);

/* What the alarm of a horizon says may not be seen any more: it ends without having cleared. Returns it in state
 * NORMAL, or NULL when there was none. */
const struct alarm *alarms_withdraw(struct alarms *alarms, enum horizon_id horizon);

/* Acknowledges by id. Returns the alarm in its new state, or NULL when no alarm of that id waits for it. */
const struct alarm *alarms_acknowledge(struct alarms *alarms, const char *id);

/* A person accepts the level of the raised change with this id, acknowledged or not: it is over. Returns the alarm,
 * NORMAL now and with its kind in *kind, or NULL when no raised change has that id. */
const struct alarm *alarms_accept(struct alarms *alarms, const char *id, enum change_kind *kind);

/* The alarm of detector `index` < ALARM_DETECTORS, or NULL while it is NORMAL. */
const struct alarm *alarms_get(const struct alarms *alarms, uint32_t index);

#endif
