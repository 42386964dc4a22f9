/* SPDX-License-Identifier: MIT */
/* excess - see excess.h. */
#include "core/excess.h"

#include <math.h>
#include <stdio.h>

#include "core/false_alarm.h"

void excess_begin(struct alarm_entry *entry, enum alarm_kind kind, const struct scan *scan,
                  const struct cluster *cluster, uint32_t run, uint32_t burst)
{
    struct alarm *alarm = &entry->alarm;
    alarm_entry_begin(entry, kind, run, burst);
    alarm->line = scan->line;
    alarm->m_n_low_mev = cluster->low_mev;
    alarm->m_n_high_mev = cluster->high_mev;
    snprintf(alarm->id, sizeof alarm->id, "%s-%s-%.0fmev-%u-%u", kind == ALARM_EXCESS ? "excess" : "anomaly",
             line_name(scan->line), cluster->best->m_n_mev, run, burst);
}

static void take_best(struct alarm *alarm, const struct scan *scan, const struct hypothesis *best)
{
    alarm->horizon = scan->horizon;
    alarm->z = best->z_alarm;
    alarm->far_hz = false_alarm_rate_hz(scan->horizon, scan->density, best->z_alarm);
    alarm->m_n_mev = best->m_n_mev;
    alarm->n = best->n;
    alarm->b = best->b;
    alarm->constancy_p = best->constancy_p;
}

/* Horizons that grow, so that what they show may go away with more data. */
static void set_provisional(struct alarm_entry *entry)
{
    entry->alarm.is_provisional = (entry->raised_on & (1u << HORIZON_RUN | 1u << HORIZON_PERIOD)) != 0;
}

void excess_raise(struct alarm_entry *entry, const struct scan *scan, const struct cluster *cluster,
                  enum severity severity, uint32_t run, uint32_t burst)
{
    struct alarm *alarm = &entry->alarm;
    uint32_t bit = 1u << scan->horizon;
    alarm_entry_raise(entry, severity, run, burst);
    entry->raised_on |= bit;
    entry->quiet_on[scan->horizon] = 0;
    alarm->is_retracted = false;
    set_provisional(entry);
    if (!(alarm->horizons & bit) || cluster->best->z_alarm > alarm->z)
        alarm_entry_is_news(entry);
    alarm->horizons |= bit;
    alarm->m_n_low_mev = fmin(alarm->m_n_low_mev, cluster->low_mev);
    alarm->m_n_high_mev = fmax(alarm->m_n_high_mev, cluster->high_mev);
    if (cluster->best->z_alarm > alarm->z)
        take_best(alarm, scan, cluster->best);
}

void excess_quieten(struct alarm_entry *entry, enum horizon_id horizon, double z, double clearing_level)
{
    uint32_t bit = 1u << horizon;
    if (!(entry->raised_on & bit))
        return;
    entry->quiet_on[horizon] = z < clearing_level ? entry->quiet_on[horizon] + 1 : 0;
    if (entry->quiet_on[horizon] < alarm_table[entry->alarm.kind].clear_looks)
        return;
    entry->raised_on &= ~bit;
    set_provisional(entry);
    if (entry->raised_on)
        return;
    entry->alarm.is_retracted = entry->alarm.kind == ALARM_EXCESS;
    entry->alarm.retracted_z = z;
    alarm_entry_clear(entry);
}

void excess_end(struct alarm_entry *entry, enum horizon_id horizon)
{
    uint32_t bit = 1u << horizon;
    if (!(entry->raised_on & bit))
        return;
    entry->raised_on &= ~bit;
    entry->quiet_on[horizon] = 0;
    set_provisional(entry);
    if (entry->raised_on == 0)
        alarm_entry_clear(entry);
    else if (!entry->alarm.is_provisional)
        alarm_entry_is_news(entry);
}
