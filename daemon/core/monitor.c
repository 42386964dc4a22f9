/* SPDX-License-Identifier: MIT */
/* monitor - see monitor.h. */
#include "core/monitor.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "core/blind.h"
#include "core/closing.h"
#include "core/condition.h"
#include "core/evaluation.h"
#include "core/false_alarm.h"
#include "core/intake.h"
#include "core/summary.h"

_Static_assert(PICK_ABOVE_MEV2 == SIDEBAND_LOWEST_MEV2, "what is kept for `pick` is what the scan looks at");

/* Background in the search window at FALSE_ALARM_MASS_MEV for a kaon decay. */
static double expected_per_kaon(const struct template *shape)
{
    struct search_window window = background_window(FALSE_ALARM_MASS_MEV, shape->sigma_mev2);
    double expected = 0.0;
    for (uint32_t bin = window.first; bin < window.end; bin++)
        expected += shape->bins[bin];
    return expected * shape->br_ke3 * shape->a_peak;
}

struct monitor *monitor_create(const struct monitor_config *config, const struct template *background,
                               const struct monitor_observer *observer)
{
    struct monitor *monitor = calloc(1, sizeof *monitor);
    if (!monitor)
        return NULL;
    monitor->horizons = horizons_create();
    if (!monitor->horizons) {
        free(monitor);
        return NULL;
    }
    monitor->config = *config;
    monitor->selection = selection_preset(config->preset);
    monitor->shape = background;
    template_label(background, monitor->template_name);
    monitor->observer = *observer;
    background_init(&monitor->background, background);
    exclusion_init(&monitor->exclusion, background, &monitor->background);
    monitor->window_per_kaon = expected_per_kaon(background);
    monitor_begin(monitor);
    return monitor;
}

void monitor_begin(struct monitor *monitor)
{
    memset(&monitor->ledger, 0, sizeof monitor->ledger);
    memset(&monitor->open, 0, sizeof monitor->open);
    horizons_clear(monitor->horizons);
    constancy_begin(&monitor->run_constancy);
    constancy_begin(&monitor->period_constancy);
    alarms_init(&monitor->alarms, monitor->shape->sigma_mev2);
    change_init(&monitor->change, monitor->config.promise.change, monitor->shape->sigma_mev2);
    monitor->picks.count = monitor->picks.first = 0;
    monitor->last_closed = (struct burst_key){0, 0};
    monitor->last_begin_ns = monitor->period_ns = monitor->run_begin_ns = 0;
    monitor->late_lost = 0;
    monitor->origin = ORIGIN_UNSPECIFIED;
    monitor->is_unblinded = false;
    monitor->unblinding = (struct unblinding){.since_ns = 0};
}

void monitor_destroy(struct monitor *monitor)
{
    if (!monitor)
        return;
    horizons_destroy(monitor->horizons);
    free(monitor);
}

/* ---- frames, and what is told of them ---- */

void monitor_tell_alarms(struct monitor *monitor)
{
    const struct alarm *alarm;
    while ((alarm = alarms_take_news(&monitor->alarms)) != NULL)
        monitor->observer.alarm_changed(monitor->observer.context, alarm);
}

/* An alarm of the searched region says what is hidden from now on. */
static void withdraw_alarms(struct monitor *monitor)
{
    alarms_withdraw(&monitor->alarms);
    monitor_tell_alarms(monitor);
}

void monitor_take_origin(struct monitor *monitor, enum origin origin)
{
    monitor->origin = burst_stricter_origin(monitor->origin, origin);
    if (monitor_is_blind(monitor))
        withdraw_alarms(monitor);
}

enum refusal monitor_apply(struct monitor *monitor, const struct frame *frame, int64_t now_ns, struct applied *applied)
{
    applied->entry = NULL;
    applied->is_duplicate = false;
    applied->count = 0;
    enum refusal refusal = intake_apply(monitor, frame, now_ns, applied);
    if (refusal == REFUSAL_NONE && applied->entry)
        applied->entry->heard_ns = now_ns;
    return refusal;
}

enum refusal monitor_overhear(struct monitor *monitor, uint32_t source, uint64_t epoch, uint64_t first_seq,
                              struct applied *applied)
{
    applied->is_duplicate = false;
    applied->count = 0;
    return intake_overhear(monitor, source, epoch, first_seq, applied);
}

/* ---- silence ---- */

static int64_t silent_after_ns(const struct monitor *monitor)
{
    int64_t after_ns = SILENT_PERIODS * (int64_t)monitor->period_ns; /* <= 3 hours */
    if (after_ns < monitor->config.close_timeout_ns)
        after_ns = monitor->config.close_timeout_ns;
    return after_ns < SILENT_LEAST_NS ? SILENT_LEAST_NS : after_ns;
}

static void look_for_silence(struct monitor *monitor, int64_t now_ns)
{
    struct burst_key where;
    struct alarm_condition silence = condition_of_silence(&monitor->ledger, silent_after_ns(monitor), now_ns, &where);
    alarms_condition(&monitor->alarms, ALARM_SILENT, &silence, where.run, where.burst);
}

void monitor_hear(struct monitor *monitor, uint32_t source, uint64_t epoch, int64_t now_ns)
{
    struct ledger_entry *entry = ledger_find(&monitor->ledger, source, epoch);
    if (entry)
        entry->heard_ns = now_ns;
}

void monitor_tick(struct monitor *monitor, int64_t now_ns)
{
    closing_stuck(monitor, now_ns);
    look_for_silence(monitor, now_ns);
    alarms_tick(&monitor->alarms, now_ns);
    monitor_tell_alarms(monitor);
}

void monitor_flush(struct monitor *monitor)
{
    struct burst *oldest;
    while ((oldest = burst_oldest(&monitor->open)) != NULL)
        closing_close(monitor, oldest); /* complete, if only an older one kept it open */
}

/* ---- bursts that come as a whole ---- */

void monitor_take_burst(struct monitor *monitor, const struct burst *burst)
{
    assert(burst_compare(burst->key, monitor->last_closed) > 0 && !burst_oldest(&monitor->open));
    struct burst *open = burst_open(&monitor->open, burst->key, 1);
    *open = *burst;
    open->is_open = true;
    monitor_take_origin(monitor, burst->origin);
    closing_close(monitor, open);
}

void monitor_watch_scans(struct monitor *monitor, void (*watch)(void *context, const struct scan *scan), void *context)
{
    monitor->watch_scan = watch;
    monitor->watch_context = context;
}

/* ---- what others may see ---- */

const struct ledger *monitor_ledger(const struct monitor *monitor)
{
    return &monitor->ledger;
}

const struct alarms *monitor_alarms(const struct monitor *monitor)
{
    return &monitor->alarms;
}

const struct alarm *monitor_acknowledge(struct monitor *monitor, const char *alarm_id)
{
    return alarms_acknowledge(&monitor->alarms, alarm_id);
}

const struct alarm *monitor_accept_level(struct monitor *monitor, const char *alarm_id)
{
    enum change_kind kind;
    const struct alarm *alarm = alarms_accept(&monitor->alarms, alarm_id, &kind);
    if (alarm)
        change_accept(&monitor->change, kind);
    return alarm;
}

const struct alarm *monitor_shelve(struct monitor *monitor, const char *alarm_id, uint32_t minutes, int64_t now_ns)
{
    return alarms_shelve(&monitor->alarms, alarm_id, minutes, now_ns);
}

void monitor_condition(struct monitor *monitor, enum alarm_kind kind, const struct alarm_condition *condition)
{
    struct burst_key last = monitor->last_closed;
    alarms_condition(&monitor->alarms, kind, condition, last.run, last.burst);
    monitor_tell_alarms(monitor);
}

struct burst_key monitor_last_burst(const struct monitor *monitor)
{
    return monitor->last_closed;
}

void monitor_new_period(struct monitor *monitor)
{
    horizons_new_period(monitor->horizons);
    constancy_begin(&monitor->period_constancy);
    alarms_end_stretch(&monitor->alarms, HORIZON_PERIOD);
    monitor_tell_alarms(monitor);
}

enum origin monitor_origin(const struct monitor *monitor)
{
    return monitor->origin;
}

bool monitor_is_blind(const struct monitor *monitor)
{
    return monitor->origin == ORIGIN_DATA && !monitor->is_unblinded;
}

void monitor_unblind(struct monitor *monitor, bool is_unblinded)
{
    monitor->is_unblinded = is_unblinded;
    if (monitor_is_blind(monitor))
        withdraw_alarms(monitor);
}

void monitor_sign_unblinding(struct monitor *monitor, const struct unblinding *unblinding)
{
    monitor->unblinding = *unblinding;
}

const struct unblinding *monitor_unblinding(const struct monitor *monitor)
{
    return &monitor->unblinding;
}

void monitor_scan(struct monitor *monitor, enum line line, enum horizon_id id, struct scan *scan)
{
    const struct horizon *sums = evaluation_sums(monitor, id);
    evaluation_begin(monitor, line, id, sums, scan);
    scan_evaluate(scan, &monitor->background, sums->slots + 2u * line * M2_SLOTS + 1, monitor->config.f_sys);
    if (scan->is_blind)
        blind_scan(scan, monitor->shape, summary_peak(sums->slots, line), monitor->config.f_sys);
    else
        scan_conclude(scan, &monitor->exclusion);
}

const struct horizon *monitor_horizon(struct monitor *monitor, enum horizon_id id)
{
    const struct horizon *sums = evaluation_sums(monitor, id);
    if (!monitor_is_blind(monitor))
        return sums;
    monitor->shown = *sums;
    blind_horizon(&monitor->shown);
    return &monitor->shown;
}

void monitor_window(const struct monitor *monitor, double m_n_mev, int32_t *low_mev2, int32_t *high_mev2)
{
    struct search_window window = background_window(m_n_mev, monitor->shape->sigma_mev2);
    *low_mev2 = ((int32_t)window.first + M2_BIN_FIRST) * M2_BIN_WIDTH_MEV2;
    *high_mev2 = ((int32_t)window.end + M2_BIN_FIRST) * M2_BIN_WIDTH_MEV2;
}

uint32_t monitor_picks(const struct monitor *monitor, int32_t low_mev2, int32_t high_mev2, struct pick *picks,
                       uint32_t capacity, uint64_t *forgotten)
{
    uint64_t known = monitor->picks.count - monitor->picks.first, kept = known < PICKS_MAX ? known : PICKS_MAX;
    int64_t low = (int64_t)low_mev2 * (1 << M2_SHIFT), high = (int64_t)high_mev2 * (1 << M2_SHIFT);
    uint32_t found = 0;
    *forgotten = 0;
    if (monitor_is_blind(monitor))
        return 0;
    *forgotten = monitor->picks.count - kept;
    for (uint64_t i = 0; i < kept && found < capacity; i++) {
        const struct pick *pick = &monitor->picks.entries[(monitor->picks.count - 1 - i) % PICKS_MAX];
        if (pick->m2 >= low && pick->m2 < high)
            picks[found++] = *pick;
    }
    return found;
}
