/* SPDX-License-Identifier: MIT */
/*
 * alarm - from one significance per closed burst and horizon to alarms that a shifter sees.
 *
 * There is one detector per horizon: EXCESS on the run (an HNL is constant per kaon), ANOMALY on 1, 10 and 100 bursts
 * (a data-quality alarm). An alarm is raised at its threshold, cleared when the significance stays below the threshold
 * minus 0.5 for three closed bursts, and latched until a person acknowledges it. A withheld significance changes
 * nothing. Thresholds: one false MAJOR alarm per 30 days over all detectors, from a simulation of the null hypothesis
 * with 4000 bursts per day.
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

#include "core/horizon.h"
#include "core/line.h"
#include "core/scan.h"

/* The numbers of these three enums are those of proto/monitor.proto. */
enum alarm_kind { ALARM_EXCESS = 1, ALARM_ANOMALY = 2 };
enum severity { SEVERITY_NONE = 0, SEVERITY_MINOR = 1, SEVERITY_MAJOR = 2, SEVERITY_INVALID = 3 };
enum alarm_state {
    ALARM_NORMAL = 0,
    ALARM_UNACKNOWLEDGED = 1,
    ALARM_ACKNOWLEDGED = 2,
    ALARM_RETURNED_UNACKNOWLEDGED = 3
};

#define ALARM_ID_SIZE 64
#define ALARM_TEXT_SIZE 160
#define ALARM_DETECTORS (HORIZON_COUNT - HORIZON_1) /* one per horizon of closed bursts */
#define ALARM_HYSTERESIS 0.5
#define ALARM_CLEAR_BURSTS 3

struct alarm {
    char id[ALARM_ID_SIZE]; /* from the data alone: "excess-unprescaled-run-7-6" is run 7, burst 6, where it was raised
                             */
    enum alarm_kind kind;
    enum severity severity; /* the highest since it was raised */
    enum alarm_state state;
    enum line line;
    enum horizon_id horizon;
    double m_n_mev; /* of the highest z */
    double z;       /* Z_Bi, the highest since it was raised */
    uint64_t n;     /* candidates in the window there */
    double b;       /* and the expected background */
    uint32_t first_run, first_burst;
    uint32_t last_run, last_burst; /* the last burst at or above the threshold */
    uint32_t count;                /* bursts at or above the threshold */
};

const char *alarm_kind_name(enum alarm_kind kind);    /* "EXCESS", "ANOMALY" */
const char *severity_name(enum severity severity);    /* "NO_ALARM", "MINOR", "MAJOR", "INVALID" */
const char *alarm_state_name(enum alarm_state state); /* "NORMAL", "UNACKNOWLEDGED", ... */

/* One line for the shifter: what to do about an alarm of this kind. */
const char *alarm_action(enum alarm_kind kind);

struct alarm_thresholds {
    double minor[HORIZON_COUNT]; /* Z_Bi; 0: none. Indexed by horizon. */
    double major[HORIZON_COUNT];
};

/* MAJOR 5.60, 5.60, 5.25, run 4.75; MINOR 4.85, 4.85, 4.45, run none. */
struct alarm_thresholds alarm_default_thresholds(void);

struct alarm_detector {
    struct alarm alarm;
    uint32_t quiet; /* closed bursts in a row below the clearing level */
    bool is_raised;
};

struct alarms {
    struct alarm_thresholds thresholds;
    struct alarm_detector detectors[ALARM_DETECTORS];
};

void alarms_init(struct alarms *alarms, const struct alarm_thresholds *thresholds);

/* One look: the scan of a horizon after burst (run, burst) closed. Returns the alarm when it changed in a way that must
 * be told (raised, more severe, stronger, cleared), otherwise NULL. The pointer is valid until the next look. */
const struct alarm *alarms_look(struct alarms *alarms, const struct scan *scan, uint32_t run, uint32_t burst);

/* Acknowledges by id. Returns the alarm in its new state, or NULL when no alarm of that id waits for it. */
const struct alarm *alarms_acknowledge(struct alarms *alarms, const char *id);

/* The alarm of detector `index` < ALARM_DETECTORS, or NULL while it is NORMAL. */
const struct alarm *alarms_get(const struct alarms *alarms, uint32_t index);

#endif
