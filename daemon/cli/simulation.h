/* SPDX-License-Identifier: MIT */
/*
 * simulation - the monitor as it is, with all its horizons, changes and alarms, fed with drawn bursts, run after run
 * and period after period.
 *
 * A shifter acknowledges every alarm at once, so that one that clears can come again under a name of its own.
 */
#ifndef HNLMON_CLI_SIMULATION_H
#define HNLMON_CLI_SIMULATION_H

#include <stdint.h>

#include "cli/null_source.h"
#include "config.h"
#include "core/monitor.h"

struct simulation_setting {
    struct config config; /* of the daemon: f_sys and thresholds count */
    struct null_source_config source;
    uint32_t run_bursts;    /* >= 1 */
    uint32_t period_bursts; /* after which a new period begins, >= 1 */
};

struct simulation {
    struct simulation_setting setting;
    struct null_source *source;
    struct monitor *monitor;
    uint64_t bursts;          /* so far */
    struct burst_key key;     /* of the last burst */
    double draw_s, monitor_s; /* CPU time of all bursts */
    struct burst burst;       /* the last one */
};

/* Defaults of the daemon and of the source. 1500 bursts make a run, 120000 (30 days of 4000) a period. */
struct simulation_setting simulation_setting_default(void);

/* NULL: no memory. What `truth` holds is taken over. */
struct simulation *simulation_create(const struct simulation_setting *setting, const struct truth *truth,
                                     const struct monitor_observer *observer) __attribute__((warn_unused_result));
void simulation_destroy(struct simulation *simulation);

/* Draws the next burst and has the monitor close it. */
void simulation_step(struct simulation *simulation);

#endif
