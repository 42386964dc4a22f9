/* SPDX-License-Identifier: MIT */
/*
 * alarm - what one alarm is: its kind, its severity (EPICS), its state (ISA-18.2), and what it tells of.
 *
 * It decides which states follow each other and what a kind means (alarm_table); which alarms there are is decided in
 * alarms.h.
 *
 *   state                       raise             clear     acknowledge   shelve    time over
 *   normal                      unacknowledged    -         -             -         -
 *   unacknowledged              unacknowledged    returned  acknowledged  shelved   -
 *   acknowledged                unacknowledged    normal    -             shelved   -
 *   returned_unacknowledged     unacknowledged    -         normal        shelved   -
 *   shelved                     shelved           shelved   -             shelved   unacknowledged, or normal if
 * cleared
 *
 * Every alarm can end at once, to normal: when what it says may no longer be seen, or when a person says that what
 * changed was meant.
 *
 * "raise" is a new or a more severe occurrence: an alarm that somebody acknowledged waits for it anew. What is shelved
 * is not announced until its time is over.
 */
#ifndef HNLMON_CORE_ALARM_H
#define HNLMON_CORE_ALARM_H

#include <stdbool.h>
#include <stdint.h>

#include "core/archive.h"
#include "core/change.h"
#include "core/horizon.h"
#include "core/line.h"

/* The numbers of these three enums are those of proto/monitor.proto. */
enum alarm_kind {
    ALARM_EXCESS = 1,
    ALARM_ANOMALY = 2,
    ALARM_RATE = 3,
    ALARM_PEAK = 4,
    ALARM_VETO = 5,
    ALARM_LOSS = 6,
    ALARM_SILENT = 7,
    ALARM_LINK = 8,
    ALARM_STORAGE = 9,
    ALARM_CONFIG = 10,
    ALARM_FLOOD = 11,
    ALARM_KIND_END
};
enum severity { SEVERITY_NONE = 0, SEVERITY_MINOR = 1, SEVERITY_MAJOR = 2, SEVERITY_INVALID = 3, SEVERITY_COUNT };
enum alarm_state {
    ALARM_NORMAL = 0,
    ALARM_UNACKNOWLEDGED = 1,
    ALARM_ACKNOWLEDGED = 2,
    ALARM_RETURNED_UNACKNOWLEDGED = 3,
    ALARM_SHELVED = 4,
    ALARM_STATE_COUNT
};

enum alarm_event {
    ALARM_RAISE,
    ALARM_CLEAR,
    ALARM_ACKNOWLEDGE,
    ALARM_SHELVE,
    ALARM_UNSHELVE_RAISED,  /* the time on the shelf is over: what it tells of still holds, .. */
    ALARM_UNSHELVE_CLEARED, /* .. or does not */
    ALARM_END,
    ALARM_EVENT_COUNT
};

#define ALARM_ID_SIZE 64
#define ALARM_TEXT_SIZE 240
#define ALARM_HYSTERESIS 0.5 /* an excess is over below the lowest threshold minus this */
#define ALARM_CLEAR_BURSTS 3
#define ALARM_CHANGE_MAJOR 0.1      /* a change is MAJOR from this relative size on, MINOR below */
#define ALARM_LOSS_MAJOR_PERCENT 1u /* of the candidates of a burst, MINOR below */

/* What a kind means: the one place that says so, for programs and for people. */
struct alarm_info {
    const char *name;      /* "EXCESS", ..., "FLOOD" */
    const char *raised_by; /* which part of the daemon */
    const char *raised_on; /* .. when */
    unsigned severities;   /* that it can have, as bits 1u << enum severity */
    uint32_t clear_looks;  /* without it, in a row, until it clears */
    const char *clears;    /* the same in words */
    const char *action;    /* what the shifter should do */
};

/* Indexed by enum alarm_kind; [0] is empty. */
extern const struct alarm_info alarm_table[ALARM_KIND_END];

/* LOSS, SILENT, LINK, STORAGE, CONFIG and FLOOD: something that holds or does not. */
struct alarm_condition {
    enum severity severity;     /* SEVERITY_NONE: it does not hold, and the rest says nothing */
    uint32_t parts;             /* how many are concerned, e.g. sources; one more is to be acknowledged anew */
    double measured;            /* how much: candidates, frames, alarms; told again when twice as much as it was told */
    char text[ALARM_TEXT_SIZE]; /* one sentence */
};

struct alarm {
    /* From the data alone: "excess-unprescaled-149mev-7-6", or "veto-7-22", is run 7, burst 6 or 22, where it was
     * raised. */
    char id[ALARM_ID_SIZE];
    enum alarm_kind kind;
    enum severity severity; /* the highest since it was raised */
    enum alarm_state state;
    bool is_held_back;               /* it came in a flood: listed, but not announced */
    int64_t shelved_until_ns;        /* of a shelved one, clock of the caller */
    double z;                        /* the highest since it was raised; of a horizon Z_Bi */
    uint32_t first_run, first_burst; /* a change: where it seems to have begun; otherwise where it was raised */
    uint32_t last_run, last_burst;   /* the last burst at or above the threshold */
    uint32_t count;                  /* bursts at or above the threshold */
    /* EXCESS and ANOMALY. */
    enum line line;
    enum horizon_id horizon;          /* of the highest z */
    double m_n_mev;                   /* likewise */
    uint64_t n;                       /* candidates in the window there */
    double b;                         /* and the expected background */
    double m_n_low_mev, m_n_high_mev; /* masses at or above the threshold since it was raised */
    double far_hz;                    /* of the highest z (false_alarm.h) */
    double constancy_p;               /* of the highest z; 1 on 1, 10 and 100 bursts */
    uint32_t horizons;                /* that were, as bits 1u << enum horizon_id */
    bool is_suspect;                  /* a change was raised at the last look */
    bool is_provisional;              /* a run or a period that goes on shows it: more data may take it back */
    bool is_retracted;                /* more data of its run or period took it back, .. */
    double retracted_z;               /* .. to this significance; 0: to less than can be told */
    struct change_finding change;     /* RATE, PEAK and VETO: of the highest z since it was last raised, as that z */
    uint32_t streams;                 /* that changed together, at most */
    struct alarm_condition condition; /* the others: as it was when it measured most, with as many parts as at last */
    /* How it was told (announcement.h), not what it is: 0 and false in `alarms`. */
    uint64_t sequence;
    bool is_durable;
};

/* Whether it is about a search window: EXCESS and ANOMALY. */
bool alarm_is_physics(enum alarm_kind kind);

/* Whether it is about a change of data quality: RATE, PEAK and VETO. */
bool alarm_is_change(enum alarm_kind kind);

const char *alarm_kind_name(enum alarm_kind kind);    /* "EXCESS", ... */
const char *severity_name(enum severity severity);    /* "NO_ALARM", "MINOR", "MAJOR", "INVALID" */
const char *alarm_state_name(enum alarm_state state); /* "NORMAL", "UNACKNOWLEDGED", ... , "SHELVED" */

/* Whether nobody has acknowledged it yet: it is to be repeated. */
bool alarm_is_waiting(const struct alarm *alarm);

/* One line for the shifter: what to do about it. */
const char *alarm_action(const struct alarm *alarm);

/* The state after an event; ALARM_STATE_COUNT when that event cannot happen in this state. */
enum alarm_state alarm_next_state(enum alarm_state state, enum alarm_event event);

/* Saves or restores an alarm (archive.h) whose kind is set, with what is left of its time on the shelf at now_ns. */
void alarm_archive(struct archive *archive, struct alarm *alarm, int64_t now_ns);

/* The names of the horizons of a bit mask, as "1,10,run". */
#define ALARM_HORIZONS_SIZE 40
void alarm_horizons_text(uint32_t horizons, char text[ALARM_HORIZONS_SIZE]);

#define ALARM_PROMISE_BURSTS 120000.0                               /* 30 days of 4000 bursts */
#define ALARM_EXCESS_HORIZONS ((double)(HORIZON_COUNT - HORIZON_1)) /* that share the promise of MAJOR */
#define ALARM_ANOMALY_HORIZONS ((double)(HORIZON_RUN - HORIZON_1))  /* .. and of MINOR */

/* What the thresholds are made for. Those of a horizon follow from it and from how many candidates a burst has
 * (false_alarm.h); every horizon has the same share. */
struct alarm_promise {
    double major;  /* false MAJOR alarms of EXCESS and ANOMALY per 30 days of 4000 bursts, all horizons; 0: none */
    double minor;  /* the same for MINOR or MAJOR ones of ANOMALY */
    double change; /* Z of a stream of data quality from which on it is raised; 0: never */
};

/* One MAJOR alarm in 30 days, one MINOR a day; change 5.5. */
struct alarm_promise alarm_default_promise(void);

#endif
