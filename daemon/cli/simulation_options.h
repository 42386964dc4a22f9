/* SPDX-License-Identifier: MIT */
/*
 * simulation_options - the options that commands share which simulate bursts: the first rows of their tables.
 */
#ifndef HNLMON_CLI_SIMULATION_OPTIONS_H
#define HNLMON_CLI_SIMULATION_OPTIONS_H

#include <stdbool.h>

#include "cli/options.h"
#include "cli/simulation.h"

enum simulation_row {
    SIMULATION_CANDIDATES,
    SIMULATION_F_SYS,
    SIMULATION_PER_DAY,
    SIMULATION_RUN_BURSTS,
    SIMULATION_LINKS,
    SIMULATION_SPREAD,
    SIMULATION_CUT_SHARE,
    SIMULATION_SEED,
    SIMULATION_CONFIG,
    SIMULATION_SET,
    SIMULATION_ROWS /* the command's own rows begin here */
};

/* Elements of a table of options, for the rows above. */
#define SIMULATION_OPTION_ROWS                                                                                         \
    [SIMULATION_CANDIDATES] = {"candidates", "N", "expected per burst, before the veto [100000]"},                     \
    [SIMULATION_F_SYS] = {"f-sys", "F", "as --set background.f_sys=F"},                                                \
    [SIMULATION_PER_DAY] = {"per-day", "N", "bursts in a day; 30 days are a period [4000]"},                           \
    [SIMULATION_RUN_BURSTS] = {"run-bursts", "N", "bursts in a run [1500]"},                                           \
    [SIMULATION_LINKS] = {"links", "N", "that share the candidates [2]"},                                              \
    [SIMULATION_SPREAD] = {"spread", "R", "relative rms of the intensity from spill to spill [0]"},                    \
    [SIMULATION_CUT_SHARE] = {"cut-share", "R", "candidates that each cut rejects, per one that passes all [0.01]"},   \
    [SIMULATION_SEED] = {"seed", "N", "of the simulation [1]"},                                                        \
    [SIMULATION_CONFIG] = {"config", "FILE", "of the daemon, for thresholds and f_sys [its defaults]"},                \
    [SIMULATION_SET] = {"set", "KEY=VALUE", "one setting of it (repeatable)"}

struct simulation_choice {
    struct simulation_setting setting;
    double per_day; /* bursts */
};

/* Two links, one candidate in a hundred rejected by each cut, 4000 bursts per day; otherwise simulation.h. */
struct simulation_choice simulation_choice_default(void);

/* Takes the current option; row < SIMULATION_ROWS. False: leave with options->exit_code. */
bool simulation_take_option(struct options *options, enum simulation_row row, struct simulation_choice *choice);

/* The value of the current option as a whole number in [lo, hi]. False: said so on stderr, and exit_code is set. */
bool simulation_take_count(struct options *options, int row, double lo, double hi, double *count);

#endif
