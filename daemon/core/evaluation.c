/* SPDX-License-Identifier: MIT */
/* evaluation - see evaluation.h. */
#include "core/evaluation.h"

#include <string.h>

#include "core/false_alarm.h"
#include "core/summary.h"
#include "core/withheld.h"

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

const struct horizon *evaluation_sums(struct monitor *monitor, enum horizon_id id)
{
    if (id != HORIZON_OPEN)
        return horizons_get(monitor->horizons, id);
    sum_open(monitor);
    return &monitor->open_sums;
}

const char *evaluation_unusable(const struct monitor *monitor)
{
    return monitor->config.preset != monitor->shape->preset ? withheld_text(WITHHELD_TEMPLATE) : NULL;
}

/* Why nothing may be concluded from a horizon; NULL when nothing is in the way. */
static const char *withheld_reason(const struct monitor *monitor, enum horizon_id id, const struct horizon *sums)
{
    if (monitor_is_blind(monitor))
        return withheld_text(WITHHELD_BLIND);
    if (evaluation_unusable(monitor))
        return evaluation_unusable(monitor);
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

void evaluation_begin(const struct monitor *monitor, enum line line, enum horizon_id id, const struct horizon *sums,
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
