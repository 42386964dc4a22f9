/* SPDX-License-Identifier: MIT */
/*
 * command_line - the options of hnlmond: which of them there are, what --help says, and what they set, together with
 * the file that --config names and the environment (config.h).
 */
#ifndef HNLMON_COMMAND_LINE_H
#define HNLMON_COMMAND_LINE_H

#include <stdbool.h>

#include "config.h"

/* How hnlmond ends. */
enum exit_code { EXIT_DONE = 0, EXIT_FAILED = 1, EXIT_USAGE = 2, EXIT_CONFIG = 3, EXIT_DAMAGED = 4 };

/* What is no setting. */
struct command_line {
    const char *config_file; /* NULL: none */
    bool shall_start_from_zero;
};

/* Fills both. Returns whether to run; otherwise all was said (help on standard output, an error in one line on standard
 * error), and *exit_code is how to leave. Texts point into argv. */
bool command_line_read(struct command_line *line, struct config *config, int argc, char **argv,
                       enum exit_code *exit_code) __attribute__((warn_unused_result));

#endif
