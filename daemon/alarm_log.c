/* SPDX-License-Identifier: MIT */
/* alarm_log - see alarm_log.h. */
#include "alarm_log.h"

#include <inttypes.h>
#include <stdio.h>

#include "log.h"

#define WHAT_SIZE 400 /* characters; a log line has 512 */

static void describe_excess(const struct alarm *alarm, char what[WHAT_SIZE])
{
    char horizons[ALARM_HORIZONS_SIZE];
    alarm_horizons_text(alarm->horizons, horizons);
    snprintf(what, WHAT_SIZE,
             "m_n_mev=%g z=%.2f id=%s n=%" PRIu64
             " b=%.1f horizon=%s far_hz=%.2g m_n_low_mev=%g m_n_high_mev=%g horizons=%s constancy_p=%.2g%s%s",
             alarm->m_n_mev, alarm->z, alarm->id, alarm->n, alarm->b, horizon_name(alarm->horizon), alarm->far_hz,
             alarm->m_n_low_mev, alarm->m_n_high_mev, horizons, alarm->constancy_p,
             alarm->is_provisional ? " status=provisional"
             : alarm->is_retracted ? " status=retracted"
                                   : "",
             alarm->is_suspect ? " quality=SUSPECT" : "");
}

static void describe_change(const struct alarm *alarm, char what[WHAT_SIZE])
{
    const struct change_finding *change = &alarm->change;
    char stream[CHANGE_NAME_SIZE];
    change_name(change, stream);
    snprintf(what, WHAT_SIZE, "stream=%s size=%+.3f z=%.2f id=%s measured=%.5g expected=%.5g since=%u bursts=%u",
             stream, change->size, alarm->z, alarm->id, change->measured, change->expected, alarm->first_burst,
             alarm->last_burst - alarm->first_burst + 1);
}

static void describe(const struct alarm *alarm, char what[WHAT_SIZE])
{
    if (alarm_is_physics(alarm->kind))
        describe_excess(alarm, what);
    else if (alarm_is_change(alarm->kind))
        describe_change(alarm, what);
    else
        snprintf(what, WHAT_SIZE, "measured=%g id=%s", alarm->condition.measured, alarm->id);
}

static void write_line(const struct alarm *alarm, const char *reminder)
{
    char what[WHAT_SIZE];
    const char *text = alarm->condition.text;
    describe(alarm, what);
    log_write_always(LEVEL_WARNING, "alarm", "ALARM %s %s %s state=%s run=%u burst=%u%s%s%s%s",
                     severity_name(alarm->severity), alarm_kind_name(alarm->kind), what, alarm_state_name(alarm->state),
                     alarm->last_run, alarm->last_burst, reminder, *text ? " text=\"" : "", text, *text ? "\"" : "");
}

void alarm_log_write(const struct alarm *alarm)
{
    write_line(alarm, "");
}

void alarm_log_remind(const struct alarm *alarm, unsigned minutes)
{
    char reminder[40];
    snprintf(reminder, sizeof reminder, " reminder_min=%u", minutes);
    write_line(alarm, reminder);
}
