/* SPDX-License-Identifier: MIT */
/*
 * monitor_private - what a monitor is made of, for the files that make it: monitor.c, intake.c (frames), closing.c
 * (bursts), evaluation.c (scans) and monitor_state.c (restarts). Nobody else includes it.
 */
#ifndef HNLMON_CORE_MONITOR_PRIVATE_H
#define HNLMON_CORE_MONITOR_PRIVATE_H

#include "core/background.h"
#include "core/change.h"
#include "core/constancy.h"
#include "core/exclusion.h"
#include "core/monitor.h"
#include "core/tally.h"

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
    struct horizon open_sums;   /* scratch of evaluation_sums(HORIZON_OPEN) */
    struct horizon shown;       /* scratch of monitor_horizon while blind */
    struct scan scan;           /* scratch of closing_close, .. */
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
    struct unblinding unblinding;
};

/* Nothing has come yet: sets everything that survives a restart, which is what monitor_state.c saves. */
void monitor_begin(struct monitor *monitor);

/* Candidates of this origin are to come. */
void monitor_take_origin(struct monitor *monitor, enum origin origin);

/* The observer hears of every alarm that is news. */
void monitor_tell_alarms(struct monitor *monitor);

#endif
