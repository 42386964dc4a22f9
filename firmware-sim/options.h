/* SPDX-License-Identifier: MIT */
/*
 * options - the command line of hnlmon-fwsim: one table that drives parsing, checking and --help.
 */
#ifndef FIRMWARE_SIM_OPTIONS_H
#define FIRMWARE_SIM_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "condition.h"

#define SPEED_MAX 0.0 /* of `speed`: as fast as possible */

struct options {
    const char *link;
    const char *publish; /* NULL: the frames go to the link */
    const char *name;
    const char *certificate, *server_certificate; /* files; NULL: none */
    uint64_t source, epoch, run, bursts, batch, seed, downscaling, ring_mib;
    uint64_t origin; /* enum origin - ORIGIN_DATA, in the order of the words */
    int64_t input_downscaling;
    double rate_hz, spill_s, period_s, triggers, speed, flush_ms;
    double signal_mass_mev, u2;
    double drop, duplicate, reorder, corrupt;
    double timeout_s;
    struct condition_list conditions;
    const char *backgrounds; /* list of component.h; NULL: what the mode has */
    double straw_hole_mm, lkr_hole_mm, photon_energy_mev, positron_momentum_mev;
    uint64_t mode;     /* enum event_mode */
    uint64_t kaon;     /* enum kaon_tag */
    uint64_t sampling; /* enum sampling */
    uint64_t events, stream;
    bool is_json;
};

/* What the program is called for; a row of the table may belong to several. */
enum command { COMMAND_SEND = 1, COMMAND_SPECTRUM = 2 };

enum options_result { OPTIONS_RUN, OPTIONS_HELP, OPTIONS_BAD };

/* Fills *options from the command line; argv[0] is skipped, and what belongs to other commands gets its default.
 * OPTIONS_HELP: help or version was printed on stdout. OPTIONS_BAD: one line of error was printed on stderr. Texts
 * point into argv. */
enum options_result options_parse(enum command command, int argc, char **argv, struct options *options);

#endif
