/* SPDX-License-Identifier: MIT */
/* monitor - see monitor.h. */
#include "core/monitor.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "core/background.h"
#include "core/blind.h"
#include "core/change.h"
#include "core/condition.h"
#include "core/constancy.h"
#include "core/exclusion.h"
#include "core/false_alarm.h"
#include "core/summary.h"
#include "core/tally.h"
#include "core/withheld.h"

_Static_assert(PICK_ABOVE_MEV2 == SIDEBAND_LOWEST_MEV2, "what is kept for `pick` is what the scan looks at");

struct monitor {
    struct monitor_config config;
    struct selection selection;
    const struct template *shape;
    char template_name[TEMPLATE_LABEL_SIZE];
    struct monitor_observer observer;
    void (*watch_scan)(void *context, const struct scan *scan); /* may be NULL */
    void *watch_context;
    struct background background;
    struct exclusion exclusion;
    double window_per_kaon; /* expected background, for the density of a scan */
    struct ledger ledger;
    struct open_bursts open;
    struct horizons *horizons;
    struct constancy run_constancy, period_constancy;
    struct horizon open_sums;   /* scratch of sums_of(HORIZON_OPEN) */
    struct horizon shown;       /* scratch of monitor_horizon while blind */
    struct scan scan;           /* scratch of close_burst, .. */
    struct estimates estimates; /* .. as these */
    struct alarms alarms;
    struct change change;
    struct picks picks;
    struct burst_key last_closed; /* a burst at or before it is late */
    uint64_t last_begin_ns;       /* source time of the begin of that burst */
    uint64_t period_ns;           /* from burst to burst, source time; 0: not known */
    uint64_t run_begin_ns;        /* of the first burst of the run that closed; 0: none, or it has no time */
    uint64_t late_lost;           /* candidates lost of bursts that were closed before that was said */
    enum origin origin;
    bool is_unblinded;
};

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
    constancy_begin(&monitor->run_constancy);
    constancy_begin(&monitor->period_constancy);
    alarms_init(&monitor->alarms, background->sigma_mev2);
    monitor->window_per_kaon = expected_per_kaon(background);
    change_init(&monitor->change, config->promise.change, background->sigma_mev2);
    return monitor;
}

void monitor_destroy(struct monitor *monitor)
{
    if (!monitor)
        return;
    horizons_destroy(monitor->horizons);
    free(monitor);
}

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

static bool may_close(const struct monitor *monitor, const struct burst *burst)
{
    uint32_t there = 0;
    for (uint32_t i = 0; i < monitor->ledger.count; i++) {
        const struct ledger_entry *entry = &monitor->ledger.entries[i];
        if (holds_up(entry, burst->key))
            return false;
        there += is_new_in(&monitor->ledger, i, burst->key.run);
    }
    return there >= monitor->config.expected_sources;
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

/* ---- evaluation: once per closed burst ---- */

static void sum_open(struct monitor *monitor)
{
    struct horizon *sums = &monitor->open_sums;
    memset(sums, 0, sizeof *sums);
    for (uint32_t i = 0; i < BURST_OPEN_MAX; i++) {
        const struct burst *burst = &monitor->open.bursts[i];
        if (!burst->is_open)
            continue;
        sums->bursts++;
        for (uint32_t slot = 0; slot < HISTOGRAM_SLOTS; slot++)
            sums->slots[slot] += burst->slots[slot];
    }
}

static const struct horizon *sums_of(struct monitor *monitor, enum horizon_id id)
{
    if (id != HORIZON_OPEN)
        return horizons_get(monitor->horizons, id);
    sum_open(monitor);
    return &monitor->open_sums;
}

/* Why nothing may be concluded at all; NULL when the template fits. */
static const char *unusable_settings(const struct monitor *monitor)
{
    return monitor->config.preset != monitor->shape->preset ? withheld_text(WITHHELD_TEMPLATE) : NULL;
}

/* Why nothing may be concluded from a horizon; NULL when nothing is in the way. */
static const char *withheld_reason(const struct monitor *monitor, enum horizon_id id, const struct horizon *sums)
{
    if (monitor_is_blind(monitor))
        return withheld_text(WITHHELD_BLIND);
    if (unusable_settings(monitor))
        return unusable_settings(monitor);
    if (id == HORIZON_OPEN)
        return withheld_text(WITHHELD_OPEN);
    if (sums->flawed[FLAW_LOSS])
        return withheld_text(WITHHELD_LOSS);
    if (sums->flawed[FLAW_INCOMPLETE])
        return withheld_text(WITHHELD_INCOMPLETE);
    if (sums->flawed[FLAW_DOWNSCALING])
        return withheld_text(WITHHELD_DOWNSCALING);
    if (sums->bursts < horizon_bursts_needed(id))
        return withheld_text(WITHHELD_BURSTS);
    return NULL;
}

/* From the exposure of the line, even where the input downscaling is not known: candidates are what counts. Every
 * horizon may break the same share of what is promised; nothing is tested on the open burst. */
static void set_thresholds(const struct monitor *monitor, const struct horizon *sums, struct scan *scan)
{
    const struct alarm_promise *promise = &monitor->config.promise;
    double exposure = summary_exposure(monitor->shape, scan->line, summary_peak(sums->slots, scan->line));
    scan->density = sums->bursts ? monitor->window_per_kaon * exposure / sums->bursts : 0.0;
    scan->z_major = false_alarm_z(scan->horizon, scan->density, promise->major / ALARM_EXCESS_HORIZONS);
    scan->z_minor = false_alarm_z(scan->horizon, scan->density, promise->minor / ALARM_ANOMALY_HORIZONS);
}

/* Everything but the hypotheses. */
static void begin_scan(const struct monitor *monitor, enum line line, enum horizon_id id, const struct horizon *sums,
                       struct scan *scan)
{
    scan->line = line;
    scan->horizon = id;
    scan->bursts = sums->bursts;
    scan->template_name = monitor->template_name;
    scan->is_blind = monitor_is_blind(monitor);
    scan->withheld = withheld_reason(monitor, id, sums);
    scan->left_out = sums->left_out;
    scan->exposure = summary_exposure(monitor->shape, line, summary_peak(sums->slots, line));
    if (sums->flawed[FLAW_DOWNSCALING])
        scan->exposure = 0.0;
    set_thresholds(monitor, sums, scan);
    scan->exposure_error = summary_exposure_error(scan->exposure, summary_peak(sums->slots, line));
}

void monitor_scan(struct monitor *monitor, enum line line, enum horizon_id id, struct scan *scan)
{
    const struct horizon *sums = sums_of(monitor, id);
    begin_scan(monitor, line, id, sums, scan);
    scan_evaluate(scan, &monitor->background, sums->slots + 2u * line * M2_SLOTS + 1, monitor->config.f_sys);
    if (scan->is_blind)
        blind_scan(scan, monitor->shape, summary_peak(sums->slots, line), monitor->config.f_sys);
    else
        scan_conclude(scan, &monitor->exclusion);
}

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
    begin_scan(monitor, LINE_UNPRESCALED, id, sums, scan);
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

static void look_at_conditions(struct monitor *monitor, const struct burst *burst)
{
    struct burst_key key = burst->key;
    struct alarm_condition loss = condition_of_losses(burst, monitor->late_lost);
    struct alarm_condition settings = condition_of_settings(burst, unusable_settings(monitor));
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

static void tell_alarms(struct monitor *monitor)
{
    const struct alarm *alarm;
    while ((alarm = alarms_take_news(&monitor->alarms)) != NULL)
        monitor->observer.alarm_changed(monitor->observer.context, alarm);
}

static void assert_conserved(const struct monitor *monitor)
{
    for (uint32_t i = 0; i < monitor->ledger.count; i++)
        assert(ledger_is_conserved(&monitor->ledger.entries[i]));
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

static void close_burst(struct monitor *monitor, struct burst *burst)
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
    tell_alarms(monitor); /* what ended with the run, before a new alarm takes its place */
    look_at_changes(monitor, burst, slots);
    burst->is_open = false;
    for (enum horizon_id id = HORIZON_1; id < HORIZON_COUNT; id++)
        look_at_horizon(monitor, id, burst_flaws(burst), &summary);
    look_at_conditions(monitor, burst);
    alarms_mark_suspects(&monitor->alarms);
    monitor->observer.burst_closed(monitor->observer.context, &summary);
    tell_alarms(monitor);
}

/* ---- closing ---- */

/* Closes the oldest bursts as long as nobody holds them up: in the order of time, so that the order in which the
 * sources arrive cannot matter. */
static void close_finished(struct monitor *monitor)
{
    struct burst *oldest = burst_oldest(&monitor->open);
    while (oldest && may_close(monitor, oldest)) {
        close_burst(monitor, oldest);
        oldest = burst_oldest(&monitor->open);
    }
}

static void close_stuck(struct monitor *monitor, int64_t now_ns)
{
    struct burst *oldest = burst_oldest(&monitor->open);
    if (!oldest || now_ns - oldest->active_ns < monitor->config.close_timeout_ns)
        return;
    struct burst_key key = oldest->key;
    close_burst(monitor, oldest);
    for (uint32_t i = 0; i < monitor->ledger.count; i++)
        if (holds_up(&monitor->ledger.entries[i], key))
            monitor->ledger.entries[i].is_silent = true;
    close_finished(monitor);
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
    close_stuck(monitor, now_ns);
    look_for_silence(monitor, now_ns);
    alarms_tick(&monitor->alarms, now_ns);
    tell_alarms(monitor);
}

void monitor_flush(struct monitor *monitor)
{
    struct burst *oldest;
    while ((oldest = burst_oldest(&monitor->open)) != NULL)
        close_burst(monitor, oldest); /* complete, if only an older one kept it open */
}

/* ---- frames ---- */

/* An alarm of the searched region says what is hidden from now on. */
static void withdraw_alarms(struct monitor *monitor)
{
    alarms_withdraw(&monitor->alarms);
    tell_alarms(monitor);
}

/* Candidates of this origin are to come. */
static void take_origin(struct monitor *monitor, enum origin origin)
{
    monitor->origin = burst_stricter_origin(monitor->origin, origin);
    if (monitor_is_blind(monitor))
        withdraw_alarms(monitor);
}

static enum refusal apply_hello(struct monitor *monitor, const struct hello *hello, struct applied *applied)
{
    applied->entry = ledger_open(&monitor->ledger, hello->source, hello->epoch);
    if (!applied->entry)
        return REFUSAL_TOO_MANY;
    /* A source that started anew will not end what its earlier epoch began. */
    for (uint32_t i = 0; i < monitor->ledger.count; i++) {
        struct ledger_entry *entry = &monitor->ledger.entries[i];
        if (entry->source == hello->source && entry != applied->entry)
            entry->in_run = entry->in_burst = false;
    }
    close_finished(monitor);
    return REFUSAL_NONE;
}

/* The entry that a mark speaks for, when it comes in its place. A mark that lies before next_seq is in its place too:
 * what was between was announced as lost. */
static enum refusal place_mark(struct monitor *monitor, const struct mark *mark, struct applied *applied)
{
    applied->entry = ledger_find(&monitor->ledger, mark->source, mark->epoch);
    if (!applied->entry)
        return REFUSAL_NOT_WELCOME;
    if (mark->run == 0)
        return REFUSAL_BAD_BURST;
    return mark->at_seq > applied->entry->next_seq ? REFUSAL_GAP : REFUSAL_NONE;
}

/* Candidates behind a mark that were announced as lost before it came: they are lost to the burst that it begins, and
 * not to the one before it. A mark that lies before candidates that were counted says nothing. */
static uint64_t lost_behind(const struct ledger_entry *entry, const struct mark *mark)
{
    uint64_t behind = entry->next_seq - mark->at_seq; /* >= 0: the mark is in its place */
    return behind <= entry->lost_tail ? behind : 0;
}

/* A source leaves its burst, if that is still open. */
static void leave_burst(struct burst *burst, uint64_t behind)
{
    if (burst)
        burst->lost -= behind < burst->lost ? behind : burst->lost;
}

static enum refusal apply_run_begin(struct monitor *monitor, const struct run_begin *begin, struct applied *applied)
{
    enum refusal refusal = place_mark(monitor, &begin->mark, applied);
    struct ledger_entry *entry = applied->entry;
    if (refusal != REFUSAL_NONE)
        return refusal;
    applied->is_duplicate = begin->mark.run <= entry->run;
    if (applied->is_duplicate)
        return REFUSAL_NONE;
    entry->is_silent = false;
    entry->in_run = true;
    entry->in_burst = false;
    entry->run = begin->mark.run;
    entry->burst = 0;
    entry->origin = begin->origin == ORIGIN_UNSPECIFIED ? ORIGIN_DATA : begin->origin;
    take_origin(monitor, entry->origin);
    close_finished(monitor);
    return REFUSAL_NONE;
}

static enum refusal apply_run_end(struct monitor *monitor, const struct mark *mark, struct applied *applied)
{
    enum refusal refusal = place_mark(monitor, mark, applied);
    struct ledger_entry *entry = applied->entry;
    if (refusal != REFUSAL_NONE)
        return refusal;
    applied->is_duplicate = mark->run < entry->run || (mark->run == entry->run && !entry->in_run);
    if (applied->is_duplicate)
        return REFUSAL_NONE;
    if (mark->run != entry->run)
        return REFUSAL_BAD_BURST;
    entry->in_run = entry->in_burst = false;
    close_finished(monitor);
    return REFUSAL_NONE;
}

/* The open burst of a source, or NULL when it is late: closed before the source was through. */
static struct burst *burst_of(struct monitor *monitor, const struct ledger_entry *entry)
{
    return burst_find(&monitor->open, (struct burst_key){entry->run, entry->burst});
}

static enum refusal apply_burst_begin(struct monitor *monitor, const struct burst_begin *begin, int64_t now_ns,
                                      struct applied *applied)
{
    enum refusal refusal = place_mark(monitor, &begin->mark, applied);
    struct ledger_entry *entry = applied->entry;
    struct burst_key key = {begin->mark.run, begin->mark.burst};
    if (refusal != REFUSAL_NONE)
        return refusal;
    if (key.burst == 0)
        return REFUSAL_BAD_BURST;
    applied->is_duplicate = burst_compare(key, (struct burst_key){entry->run, entry->burst}) <= 0;
    if (applied->is_duplicate)
        return REFUSAL_NONE;
    if (!entry->in_run || key.run != entry->run)
        return REFUSAL_BAD_BURST;
    bool is_late = burst_compare(key, monitor->last_closed) <= 0;
    struct burst *burst = burst_find(&monitor->open, key);
    if (!burst && !is_late)
        burst = burst_open(&monitor->open, key);
    if (!burst && !is_late)
        return REFUSAL_BUSY;
    uint64_t behind = lost_behind(entry, &begin->mark);
    if (entry->in_burst)
        leave_burst(burst_of(monitor, entry), behind);
    entry->is_silent = false;
    entry->burst = key.burst;
    entry->in_burst = true;
    if (burst) {
        burst_begin(burst, begin, entry->origin);
        burst->lost += behind;
        burst->active_ns = now_ns;
    }
    close_finished(monitor); /* the one before, when the source never ended it */
    return REFUSAL_NONE;
}

static enum refusal apply_burst_end(struct monitor *monitor, const struct burst_end *end, int64_t now_ns,
                                    struct applied *applied)
{
    enum refusal refusal = place_mark(monitor, &end->mark, applied);
    struct ledger_entry *entry = applied->entry;
    struct burst_key key = {end->mark.run, end->mark.burst};
    if (refusal != REFUSAL_NONE)
        return refusal;
    if (key.burst == 0)
        return REFUSAL_BAD_BURST;
    int order = burst_compare(key, (struct burst_key){entry->run, entry->burst});
    applied->is_duplicate = order < 0 || (order == 0 && !entry->in_burst);
    if (applied->is_duplicate)
        return REFUSAL_NONE;
    if (order > 0)
        return REFUSAL_BAD_BURST;
    struct burst *burst = burst_of(monitor, entry);
    leave_burst(burst, lost_behind(entry, &end->mark));
    entry->is_silent = false;
    entry->in_burst = false;
    entry->ended_run = key.run;
    entry->ended_burst = key.burst;
    if (burst) {
        burst_end(burst, end);
        burst->active_ns = now_ns;
    }
    close_finished(monitor);
    return REFUSAL_NONE;
}

static enum refusal apply_lost(struct monitor *monitor, const struct lost *lost, int64_t now_ns,
                               struct applied *applied)
{
    struct ledger_entry *entry = ledger_find(&monitor->ledger, lost->source, lost->epoch);
    applied->entry = entry;
    assert(lost->first >= 1 && lost->first <= lost->last && lost->last < SEQ_LIMIT && lost->cause < LOSS_CAUSE_COUNT);
    if (!entry)
        return REFUSAL_NOT_WELCOME;
    if (lost->first > entry->next_seq)
        return REFUSAL_GAP;
    applied->is_duplicate = lost->last < entry->next_seq;
    if (applied->is_duplicate)
        return REFUSAL_NONE;
    uint64_t count = lost->last - entry->next_seq + 1;
    struct burst *burst = entry->in_burst ? burst_of(monitor, entry) : NULL;
    if (entry->in_burst && !burst)
        monitor->late_lost += count;
    entry->is_silent = false;
    entry->lost[lost->cause] += count;
    entry->lost_tail += count;
    entry->next_seq = lost->last + 1;
    if (burst) {
        burst->lost += count; /* until a mark says that some lie behind it */
        burst->active_ns = now_ns;
    }
    return REFUSAL_NONE;
}

/* Whether a batch may be counted now. */
static enum refusal check_batch(const struct ledger_entry *entry, const struct batch *batch)
{
    if (batch->first_seq > entry->next_seq)
        return REFUSAL_GAP;
    if (!entry->in_burst || batch->run != entry->run || batch->burst != entry->burst)
        return REFUSAL_BAD_BURST;
    if (entry->origin == ORIGIN_DATA && (batch->truth_m2 || batch->truth_kind))
        return REFUSAL_TRUTH;
    return REFUSAL_NONE;
}

static void add_counts(uint64_t *accepted, uint64_t rejected[REJECT_REASON_COUNT],
                       const uint64_t counts[REJECT_REASON_COUNT])
{
    *accepted += counts[REJECT_NONE];
    for (int reason = REJECT_NONE + 1; reason < REJECT_REASON_COUNT; reason++)
        rejected[reason] += counts[reason];
}

static void count_batch(struct monitor *monitor, const struct batch *batch, uint32_t begin, struct burst *burst,
                        struct applied *applied)
{
    struct ledger_entry *entry = applied->entry;
    uint64_t counts[REJECT_REASON_COUNT] = {0};
    if (burst)
        tally_batch(burst, &monitor->selection, batch, begin, &monitor->picks, applied, counts);
    else
        counts[REJECT_LATE_BURST] = applied->count;
    add_counts(&entry->accepted, entry->rejected, counts);
    if (burst) {
        add_counts(&burst->accepted, burst->rejected, counts);
        burst_count(burst, batch->source, applied->count);
    }
    entry->is_silent = false;
    entry->lost_tail = 0;
    entry->next_seq += applied->count;
}

static enum refusal apply_batch(struct monitor *monitor, const struct batch *batch, int64_t now_ns,
                                struct applied *applied)
{
    struct ledger_entry *entry = ledger_find(&monitor->ledger, batch->source, batch->epoch);
    applied->entry = entry;
    assert(batch->columns.count <= BATCH_CANDIDATES_MAX && batch->first_seq <= SEQ_LIMIT - batch->columns.count);
    if (!entry)
        return REFUSAL_NOT_WELCOME;
    applied->is_duplicate = batch->first_seq + batch->columns.count <= entry->next_seq;
    if (applied->is_duplicate)
        return REFUSAL_NONE;
    enum refusal refusal = check_batch(entry, batch);
    if (refusal != REFUSAL_NONE)
        return refusal;
    uint32_t begin = (uint32_t)(entry->next_seq - batch->first_seq); /* < count: not a duplicate */
    struct burst *burst = burst_of(monitor, entry);
    applied->first_seq = entry->next_seq;
    applied->count = batch->columns.count - begin;
    for (int line = 0; line < LINE_COUNT; line++)
        memset(applied->decisions[line], 0, (applied->count + 7) / 8);
    if (burst)
        burst->active_ns = now_ns;
    count_batch(monitor, batch, begin, burst, applied);
    return REFUSAL_NONE;
}

static enum refusal apply_frame(struct monitor *monitor, const struct frame *frame, int64_t now_ns,
                                struct applied *applied)
{
    switch (frame->kind) {
    case FRAME_HELLO:
        return apply_hello(monitor, &frame->as.hello, applied);
    case FRAME_RUN_BEGIN:
        return apply_run_begin(monitor, &frame->as.run_begin, applied);
    case FRAME_BURST_BEGIN:
        return apply_burst_begin(monitor, &frame->as.burst_begin, now_ns, applied);
    case FRAME_BATCH:
        return apply_batch(monitor, &frame->as.batch, now_ns, applied);
    case FRAME_BURST_END:
        return apply_burst_end(monitor, &frame->as.burst_end, now_ns, applied);
    case FRAME_LOST:
        return apply_lost(monitor, &frame->as.lost, now_ns, applied);
    case FRAME_RUN_END:
        return apply_run_end(monitor, &frame->as.run_end, applied);
    case FRAME_HEARTBEAT:
        return REFUSAL_NONE;
    }
    return REFUSAL_BAD_FRAME;
}

enum refusal monitor_apply(struct monitor *monitor, const struct frame *frame, int64_t now_ns, struct applied *applied)
{
    applied->entry = NULL;
    applied->is_duplicate = false;
    applied->count = 0;
    enum refusal refusal = apply_frame(monitor, frame, now_ns, applied);
    if (refusal == REFUSAL_NONE && applied->entry)
        applied->entry->heard_ns = now_ns;
    return refusal;
}

/* ---- bursts that come as a whole ---- */

void monitor_take_burst(struct monitor *monitor, const struct burst *burst)
{
    assert(burst_compare(burst->key, monitor->last_closed) > 0 && !burst_oldest(&monitor->open));
    struct burst *open = burst_open(&monitor->open, burst->key);
    *open = *burst;
    open->is_open = true;
    take_origin(monitor, burst->origin);
    close_burst(monitor, open);
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
    tell_alarms(monitor);
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
    tell_alarms(monitor);
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

const struct horizon *monitor_horizon(struct monitor *monitor, enum horizon_id id)
{
    const struct horizon *sums = sums_of(monitor, id);
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
    uint64_t kept = monitor->picks.count < PICKS_MAX ? monitor->picks.count : PICKS_MAX;
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
