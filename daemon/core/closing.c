/* SPDX-License-Identifier: MIT */
/* closing - see closing.h. */
#include "core/closing.h"

#include <assert.h>
#include <stddef.h>

#include "core/blind.h"
#include "core/condition.h"
#include "core/evaluation.h"
#include "core/false_alarm.h"
#include "core/summary.h"

/* ---- which bursts may close ---- */

/* Whether a source is still to end this burst, or has not come to it yet. */
static bool holds_up(const struct ledger_entry *entry, struct burst_key key)
{
    if (!entry->in_run || entry->is_silent || entry->run != key.run)
        return false;
    bool has_ended = entry->ended_run == key.run && entry->ended_burst >= key.burst;
    return !has_ended && entry->burst <= key.burst;
}

/* Whether an entry shows that one more source has come to the run: not an earlier epoch of a source that is counted
 * already. */
static bool is_new_in(const struct ledger *ledger, uint32_t index, uint32_t run)
{
    const struct ledger_entry *entry = &ledger->entries[index];
    for (uint32_t i = 0; i < index; i++)
        if (ledger->entries[i].source == entry->source && ledger->entries[i].run >= run)
            return false;
    return entry->run >= run;
}

bool closing_are_all_in(const struct monitor *monitor, uint32_t run)
{
    uint32_t there = 0;
    for (uint32_t i = 0; i < monitor->ledger.count; i++)
        there += is_new_in(&monitor->ledger, i, run);
    return there >= monitor->config.expected_sources;
}

static bool may_close(const struct monitor *monitor, const struct burst *burst)
{
    for (uint32_t i = 0; i < monitor->ledger.count; i++)
        if (holds_up(&monitor->ledger.entries[i], burst->key))
            return false;
    return closing_are_all_in(monitor, burst->key.run);
}

/* How many sources should take part in a burst: those that were asked for in the configuration, and in any case those
 * that began it or are still waited for. */
static uint32_t sources_expected(const struct monitor *monitor, const struct burst *burst)
{
    uint32_t sources = burst->began;
    for (uint32_t i = 0; i < monitor->ledger.count; i++) {
        const struct ledger_entry *entry = &monitor->ledger.entries[i];
        sources += holds_up(entry, burst->key) && entry->burst != burst->key.burst;
    }
    return sources > monitor->config.expected_sources ? sources : monitor->config.expected_sources;
}

/* ---- once per closed burst ---- */

/* h: the most significant hypothesis of the scan, or NULL. */
static struct best best_of(const struct scan *scan, const struct hypothesis *h)
{
    if (scan->is_blind)
        return blind_best(scan->horizon);
    struct best best = {.horizon = scan->horizon, .withheld = scan->withheld, .z_major = scan->z_major};
    if (h) {
        best.m_n_mev = h->m_n_mev;
        best.n = h->n;
        best.b = h->b;
        best.z = h->z;
        best.z_alarm = h->z_alarm;
    }
    return best;
}

/* What an excess on a horizon is called: an HNL is constant per kaon, so that a short excess is none. */
static enum alarm_kind kind_of_excess(enum horizon_id id)
{
    return id == HORIZON_RUN || id == HORIZON_PERIOD ? ALARM_EXCESS : ALARM_ANOMALY;
}

/* Sets constancy_p where an excess may be: no threshold is lower. */
static void look_at_constancy(const struct constancy *constancy, struct scan *scan)
{
    for (uint32_t i = 0; i < HYPOTHESIS_COUNT; i++)
        if (scan->hypotheses[i].z_alarm >= FALSE_ALARM_Z_MIN)
            scan->hypotheses[i].constancy_p = constancy_p(constancy, i);
}

/* A burst that the period leaves out shows nothing new of it. */
static void look_at_horizon(struct monitor *monitor, enum horizon_id id, uint32_t flaws, struct burst_summary *summary)
{
    const struct horizon *sums = horizons_get(monitor->horizons, id);
    struct scan *scan = &monitor->scan;
    evaluation_begin(monitor, LINE_UNPRESCALED, id, sums, scan);
    const struct hypothesis *best = scan_look(scan, &monitor->background, &sums->estimates, monitor->config.f_sys);
    if (monitor->watch_scan && !scan->is_blind)
        monitor->watch_scan(monitor->watch_context, scan);
    summary->best[id - HORIZON_1] = best_of(scan, best);
    if (id == HORIZON_RUN)
        look_at_constancy(&monitor->run_constancy, scan);
    if (id == HORIZON_PERIOD)
        look_at_constancy(&monitor->period_constancy, scan);
    if (id != HORIZON_PERIOD || !flaws)
        alarms_look(&monitor->alarms, scan, kind_of_excess(id), summary->key.run, summary->key.burst);
}

static void look_at_changes(struct monitor *monitor, const struct burst *burst, const uint64_t *slots)
{
    change_look(&monitor->change, burst, slots);
    for (enum change_kind kind = CHANGE_OF_RATE; kind < CHANGE_KIND_COUNT; kind++) {
        struct change_finding leading;
        uint32_t streams = change_leading(&monitor->change, kind, &leading);
        alarms_look_at_change(&monitor->alarms, kind, streams, &leading, burst->key.run, burst->key.burst);
    }
}

/* Settings with which nothing can be concluded; otherwise sources whose runs or bursts are in the wrong order. */
static struct alarm_condition condition_of_config(const struct monitor *monitor, const struct burst *burst)
{
    struct alarm_condition settings = condition_of_settings(burst, evaluation_unusable(monitor));
    return settings.severity != SEVERITY_NONE ? settings : condition_of_order(&monitor->ledger, monitor->last_closed);
}

static void look_at_conditions(struct monitor *monitor, const struct burst *burst)
{
    struct burst_key key = burst->key;
    struct alarm_condition loss = condition_of_losses(burst, monitor->late_lost);
    struct alarm_condition settings = condition_of_config(monitor, burst);
    monitor->late_lost = 0;
    alarms_condition(&monitor->alarms, ALARM_LOSS, &loss, key.run, key.burst);
    alarms_condition(&monitor->alarms, ALARM_CONFIG, &settings, key.run, key.burst);
}

/* What the last run showed is over; its alarms clear. */
static void begin_run(struct monitor *monitor)
{
    horizons_new_run(monitor->horizons);
    constancy_begin(&monitor->run_constancy);
    alarms_end_stretch(&monitor->alarms, HORIZON_RUN);
    change_new_run(&monitor->change);
    for (enum change_kind kind = CHANGE_OF_RATE; kind < CHANGE_KIND_COUNT; kind++)
        alarms_forget_change(&monitor->alarms, kind);
    monitor->period_ns = monitor->run_begin_ns = 0;
}

/* The period, from this burst and the one that closed before. */
static void note_period(struct monitor *monitor, const struct burst *burst)
{
    struct burst_key last = monitor->last_closed;
    bool is_next = burst->key.run == last.run && burst->key.burst > last.burst;
    if (is_next && burst->t_begin_ns > monitor->last_begin_ns && burst->t_begin_ns != UINT64_MAX) {
        uint64_t period_ns = (burst->t_begin_ns - monitor->last_begin_ns) / (burst->key.burst - last.burst);
        if (period_ns <= BURST_PERIOD_MAX_NS)
            monitor->period_ns = period_ns;
    }
    monitor->last_begin_ns = burst->t_begin_ns;
}

static void assert_conserved(const struct monitor *monitor)
{
    for (uint32_t i = 0; i < monitor->ledger.count; i++)
        assert(ledger_is_conserved(&monitor->ledger.entries[i]));
    assert(ledger_is_conserved(&monitor->ledger.retired));
}

/* The burst goes into all sums. Returns its counts as 64 bits. */
static const uint64_t *add_up(struct monitor *monitor, const struct burst *burst)
{
    struct estimates *estimates = &monitor->estimates;
    uint32_t flaws = burst_flaws(burst);
    background_estimate(&monitor->background, burst->slots + 1, estimates);
    horizons_add(monitor->horizons, burst->slots, estimates, flaws);
    const uint64_t *slots = horizons_get(monitor->horizons, HORIZON_1)->slots;
    uint64_t n_peak = summary_peak(slots, LINE_UNPRESCALED);
    constancy_add(&monitor->run_constancy, estimates, n_peak);
    if (!flaws)
        constancy_add(&monitor->period_constancy, estimates, n_peak);
    return slots;
}

void closing_close(struct monitor *monitor, struct burst *burst)
{
    struct burst_summary summary;
    assert_conserved(monitor);
    burst->expected = sources_expected(monitor, burst);
    if (burst->key.run != monitor->last_closed.run)
        begin_run(monitor);
    note_period(monitor, burst);
    const uint64_t *slots = add_up(monitor, burst);
    summary_fill(&summary, burst, slots, horizons_get(monitor->horizons, HORIZON_RUN)->slots, monitor->shape);
    if (monitor->run_begin_ns == 0)
        monitor->run_begin_ns = summary.t_begin_ns;
    summary.run_begin_ns = monitor->run_begin_ns;
    monitor->last_closed = burst->key;
    alarms_begin_burst(&monitor->alarms, burst->key.run, burst->key.burst, burst->t_end_ns);
    monitor_tell_alarms(monitor); /* what ended with the run, before a new alarm takes its place */
    look_at_changes(monitor, burst, slots);
    burst->is_open = false;
    for (enum horizon_id id = HORIZON_1; id < HORIZON_COUNT; id++)
        look_at_horizon(monitor, id, burst_flaws(burst), &summary);
    look_at_conditions(monitor, burst);
    alarms_mark_suspects(&monitor->alarms);
    monitor->observer.burst_closed(monitor->observer.context, &summary);
    monitor_tell_alarms(monitor);
}

/* ---- closing ---- */

void closing_finished(struct monitor *monitor)
{
    struct burst *oldest = burst_oldest(&monitor->open);
    while (oldest && may_close(monitor, oldest)) {
        closing_close(monitor, oldest);
        oldest = burst_oldest(&monitor->open);
    }
}

void closing_stuck(struct monitor *monitor, int64_t now_ns)
{
    struct burst *oldest = burst_oldest(&monitor->open);
    if (!oldest || now_ns - oldest->active_ns < monitor->config.close_timeout_ns)
        return;
    struct burst_key key = oldest->key;
    closing_close(monitor, oldest);
    for (uint32_t i = 0; i < monitor->ledger.count; i++)
        if (holds_up(&monitor->ledger.entries[i], key))
            monitor->ledger.entries[i].is_silent = true;
    closing_finished(monitor);
}
