/* SPDX-License-Identifier: MIT */
/* alarm - see alarm.h. */
#include "core/alarm.h"

#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

const char *alarm_kind_name(enum alarm_kind kind)
{
    switch (kind) {
    case ALARM_EXCESS:
        return "EXCESS";
    case ALARM_ANOMALY:
        return "ANOMALY";
    case ALARM_RATE:
        return "RATE";
    case ALARM_PEAK:
        return "PEAK";
    case ALARM_VETO:
        return "VETO";
    }
    return "?";
}

bool alarm_is_change(enum alarm_kind kind)
{
    return kind == ALARM_RATE || kind == ALARM_PEAK || kind == ALARM_VETO;
}

const char *severity_name(enum severity severity)
{
    switch (severity) {
    case SEVERITY_NONE:
        return "NO_ALARM";
    case SEVERITY_MINOR:
        return "MINOR";
    case SEVERITY_MAJOR:
        return "MAJOR";
    case SEVERITY_INVALID:
        return "INVALID";
    }
    return "?";
}

const char *alarm_state_name(enum alarm_state state)
{
    switch (state) {
    case ALARM_NORMAL:
        return "NORMAL";
    case ALARM_UNACKNOWLEDGED:
        return "UNACKNOWLEDGED";
    case ALARM_ACKNOWLEDGED:
        return "ACKNOWLEDGED";
    case ALARM_RETURNED_UNACKNOWLEDGED:
        return "RETURNED_UNACKNOWLEDGED";
    }
    return "?";
}

const char *alarm_action(const struct alarm *alarm)
{
    switch (alarm->kind) {
    case ALARM_EXCESS:
        return "Call the HNL analysis expert; check data quality of the run; do not stop the run.";
    case ALARM_ANOMALY:
        return "Check vetoes, calorimeter gain and beam momentum of these bursts: a short excess is a data-quality "
               "problem.";
    case ALARM_RATE:
    case ALARM_PEAK:
    case ALARM_VETO:
        return change_table[alarm->change.id].action;
    }
    return "";
}

struct alarm_thresholds alarm_default_thresholds(void)
{
    struct alarm_thresholds t = {
        .minor = {[HORIZON_1] = 4.85, [HORIZON_10] = 4.85, [HORIZON_100] = 4.45},
        .major = {[HORIZON_1] = 5.60,
                  [HORIZON_10] = 5.60,
                  [HORIZON_100] = 5.25,
                  [HORIZON_RUN] = 4.75,
                  [HORIZON_PERIOD] = 3.90},
        .change = 5.5,
    };
    return t;
}

void alarms_init(struct alarms *alarms, const struct alarm_thresholds *thresholds)
{
    memset(alarms, 0, sizeof *alarms);
    alarms->thresholds = *thresholds;
}

static enum alarm_kind kind_of(enum horizon_id horizon)
{
    return horizon >= HORIZON_RUN ? ALARM_EXCESS : ALARM_ANOMALY;
}

static enum severity severity_of(const struct alarms *alarms, enum horizon_id horizon, double z)
{
    double major = alarms->thresholds.major[horizon], minor = alarms->thresholds.minor[horizon];
    if (major > 0.0 && z >= major)
        return SEVERITY_MAJOR;
    return minor > 0.0 && z >= minor ? SEVERITY_MINOR : SEVERITY_NONE;
}

/* Below this level a burst counts as quiet: the lowest threshold minus the hysteresis. */
static double clearing_level(const struct alarms *alarms, enum horizon_id horizon)
{
    double major = alarms->thresholds.major[horizon], minor = alarms->thresholds.minor[horizon];
    return (minor > 0.0 && (minor < major || major <= 0.0) ? minor : major) - ALARM_HYSTERESIS;
}

/* The valid hypothesis with the largest exact significance. */
static const struct hypothesis *most_alarming(const struct scan *scan)
{
    const struct hypothesis *best = NULL;
    for (uint32_t i = 0; i < HYPOTHESIS_COUNT; i++) {
        const struct hypothesis *h = &scan->hypotheses[i];
        if (h->valid && h->z_alarm > 0.0 && (!best || h->z_alarm > best->z_alarm))
            best = h;
    }
    return best;
}

static void begin_alarm(struct alarm *alarm, const struct scan *scan, uint32_t run, uint32_t burst)
{
    *alarm = (struct alarm){.kind = kind_of(scan->horizon), .line = scan->line, .horizon = scan->horizon};
    alarm->first_run = run;
    alarm->first_burst = burst;
    snprintf(alarm->id, sizeof alarm->id, "%s-%s-%s-%u-%u", alarm->kind == ALARM_EXCESS ? "excess" : "anomaly",
             line_name(scan->line), horizon_name(scan->horizon), run, burst);
}

/* A burst at or above the threshold. Returns whether something new must be told. */
static bool raise_alarm(struct alarm_detector *detector, const struct scan *scan, const struct hypothesis *h,
                        enum severity severity, uint32_t run, uint32_t burst)
{
    struct alarm *alarm = &detector->alarm;
    if (alarm->state == ALARM_NORMAL)
        begin_alarm(alarm, scan, run, burst);
    bool is_news = !detector->is_raised || severity > alarm->severity;
    if (is_news)
        alarm->state = ALARM_UNACKNOWLEDGED;
    detector->is_raised = true;
    detector->quiet = 0;
    if (severity > alarm->severity)
        alarm->severity = severity;
    alarm->last_run = run;
    alarm->last_burst = burst;
    alarm->count++;
    if (h->z_alarm > alarm->z) {
        alarm->z = h->z_alarm;
        alarm->m_n_mev = h->m_n_mev;
        alarm->n = h->n;
        alarm->b = h->b;
        is_news = true;
    }
    return is_news;
}

/* The alarm clears, and stays until it is acknowledged. */
static void return_alarm(struct alarm_detector *detector)
{
    detector->is_raised = false;
    detector->quiet = 0;
    bool is_acknowledged = detector->alarm.state == ALARM_ACKNOWLEDGED;
    detector->alarm.state = is_acknowledged ? ALARM_NORMAL : ALARM_RETURNED_UNACKNOWLEDGED;
}

/* A burst below the clearing level. Returns whether the alarm cleared by it. */
static bool quieten_alarm(struct alarm_detector *detector)
{
    if (!detector->is_raised || ++detector->quiet < ALARM_CLEAR_BURSTS)
        return false;
    return_alarm(detector);
    return true;
}

const struct alarm *alarms_look(struct alarms *alarms, const struct scan *scan, uint32_t run, uint32_t burst)
{
    if (scan->withheld)
        return NULL;
    struct alarm_detector *detector = &alarms->detectors[scan->horizon - HORIZON_1];
    const struct hypothesis *h = most_alarming(scan);
    double z = h ? h->z_alarm : 0.0;
    enum severity severity = severity_of(alarms, scan->horizon, z);
    bool is_news = false;
    if (severity != SEVERITY_NONE)
        is_news = raise_alarm(detector, scan, h, severity, run, burst);
    else if (z < clearing_level(alarms, scan->horizon))
        is_news = quieten_alarm(detector);
    else
        detector->quiet = 0;
    return is_news ? &detector->alarm : NULL;
}

/* ---- changes of data quality ---- */

static struct alarm_detector *detector_of(struct alarms *alarms, enum change_kind kind)
{
    return &alarms->detectors[ALARM_HORIZONS + kind];
}

static void begin_change(struct alarm *alarm, enum change_kind kind, uint32_t run, uint32_t burst)
{
    static const enum alarm_kind kinds[CHANGE_KIND_COUNT] = {ALARM_RATE, ALARM_PEAK, ALARM_VETO};
    static const char *const names[CHANGE_KIND_COUNT] = {"rate", "peak", "veto"};
    *alarm = (struct alarm){.kind = kinds[kind], .first_run = run};
    snprintf(alarm->id, sizeof alarm->id, "%s-%u-%u", names[kind], run, burst);
}

static enum severity severity_of_change(const struct change_finding *change)
{
    return fabs(change->size) >= ALARM_CHANGE_MAJOR ? SEVERITY_MAJOR : SEVERITY_MINOR;
}

/* Takes over what is more than before. Returns whether it is worth to be told. */
static bool worsen_change(struct alarm_detector *detector, uint32_t streams, const struct change_finding *leading)
{
    struct alarm *alarm = &detector->alarm;
    enum severity severity = severity_of_change(leading);
    bool is_news = severity > alarm->severity || streams > alarm->streams || leading->z >= 2.0 * detector->told_z;
    if (severity > alarm->severity) {
        alarm->severity = severity;
        alarm->state = ALARM_UNACKNOWLEDGED;
    }
    alarm->streams = streams > alarm->streams ? streams : alarm->streams;
    if (leading->z > alarm->z) {
        alarm->z = leading->z;
        alarm->change = *leading;
    }
    return is_news;
}

static bool raise_change(struct alarm_detector *detector, enum change_kind kind, uint32_t streams,
                         const struct change_finding *leading, uint32_t run, uint32_t burst)
{
    struct alarm *alarm = &detector->alarm;
    bool is_new = !detector->is_raised;
    if (alarm->state == ALARM_NORMAL) {
        begin_change(alarm, kind, run, burst);
        alarm->first_burst = leading->start;
        detector->told_z = 0.0;
    }
    if (is_new)
        alarm->state = ALARM_UNACKNOWLEDGED;
    detector->is_raised = true;
    detector->quiet = 0;
    if (alarm->first_run == run && leading->start < alarm->first_burst)
        alarm->first_burst = leading->start;
    alarm->last_run = run;
    alarm->last_burst = burst;
    alarm->count++;
    bool is_news = worsen_change(detector, streams, leading) || is_new;
    if (is_news)
        detector->told_z = alarm->z;
    return is_news;
}

const struct alarm *alarms_look_at_change(struct alarms *alarms, enum change_kind kind, uint32_t streams,
                                          const struct change_finding *leading, uint32_t run, uint32_t burst)
{
    struct alarm_detector *detector = detector_of(alarms, kind);
    bool is_news = streams > 0 ? raise_change(detector, kind, streams, leading, run, burst) : quieten_alarm(detector);
    return is_news ? &detector->alarm : NULL;
}

const struct alarm *alarms_forget_change(struct alarms *alarms, enum change_kind kind)
{
    struct alarm_detector *detector = detector_of(alarms, kind);
    if (!detector->is_raised)
        return NULL;
    return_alarm(detector);
    return &detector->alarm;
}

const struct alarm *alarms_mark_suspect(struct alarms *alarms, enum horizon_id horizon)
{
    struct alarm *alarm = &alarms->detectors[horizon - HORIZON_1].alarm;
    bool is_suspect = false;
    for (uint32_t kind = 0; kind < CHANGE_KIND_COUNT; kind++)
        is_suspect |= alarms->detectors[ALARM_HORIZONS + kind].is_raised;
    if (alarm->state == ALARM_NORMAL || alarm->is_suspect == is_suspect)
        return NULL;
    alarm->is_suspect = is_suspect;
    return alarm;
}

const struct alarm *alarms_withdraw(struct alarms *alarms, enum horizon_id horizon)
{
    struct alarm_detector *detector = &alarms->detectors[horizon - HORIZON_1];
    if (detector->alarm.state == ALARM_NORMAL)
        return NULL;
    detector->is_raised = false;
    detector->quiet = 0;
    detector->alarm.state = ALARM_NORMAL;
    return &detector->alarm;
}

/* ---- people ---- */

const struct alarm *alarms_acknowledge(struct alarms *alarms, const char *id)
{
    for (uint32_t i = 0; i < ALARM_DETECTORS; i++) {
        struct alarm *alarm = &alarms->detectors[i].alarm;
        if (strcmp(alarm->id, id) != 0)
            continue;
        if (alarm->state == ALARM_UNACKNOWLEDGED) {
            alarm->state = ALARM_ACKNOWLEDGED;
            return alarm;
        }
        if (alarm->state == ALARM_RETURNED_UNACKNOWLEDGED) {
            alarm->state = ALARM_NORMAL;
            return alarm;
        }
    }
    return NULL;
}

const struct alarm *alarms_accept(struct alarms *alarms, const char *id, enum change_kind *kind)
{
    for (*kind = CHANGE_OF_RATE; *kind < CHANGE_KIND_COUNT; ++*kind) {
        struct alarm_detector *detector = detector_of(alarms, *kind);
        if (!detector->is_raised || strcmp(detector->alarm.id, id) != 0)
            continue;
        detector->is_raised = false;
        detector->quiet = 0;
        detector->alarm.state = ALARM_NORMAL;
        return &detector->alarm;
    }
    return NULL;
}

const struct alarm *alarms_get(const struct alarms *alarms, uint32_t index)
{
    const struct alarm *alarm = &alarms->detectors[index].alarm;
    return alarm->state == ALARM_NORMAL ? NULL : alarm;
}
