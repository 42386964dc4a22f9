/* SPDX-License-Identifier: MIT */
/*
 * m2_histogram - the m2_miss spectrum after the veto, from a file that `hnlmon hist` wrote or from a running daemon.
 *
 * A file is what `hnlmon hist m2 --json` or `hnlmon hist --all --json` prints: a histogram in an envelope, or all of
 * them in a snapshot; a bare histogram will do.
 */
#ifndef HNLMON_CLI_M2_HISTOGRAM_H
#define HNLMON_CLI_M2_HISTOGRAM_H

#include <stdbool.h>
#include <stdint.h>

#include "cli/options.h"
#include "hnlmon/units.h"

/* Both: false, said so on stderr with options->exit_code set, for anything but a histogram m2 of our binning. */
bool m2_histogram_read(struct options *options, const char *path, uint64_t bins[M2_BIN_COUNT]);
bool m2_histogram_ask(struct options *options, uint64_t bins[M2_BIN_COUNT]); /* the run of the daemon */

#endif
