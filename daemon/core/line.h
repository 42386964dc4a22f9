/* SPDX-License-Identifier: MIT */
/*
 * line - the three trigger lines that are emulated on the same input.
 *
 * unprescaled: every candidate, the dedicated line that is proposed. downscaled: candidates whose L0 trigger was kept by
 * the downscaling, the line that exists. tail: everything above 6500 MeV^2 in m2_miss and one in 150 of the rest, which
 * fits today's bandwidth. The lines are nested, and a decision depends on the candidate alone, so that neither the order
 * of arrival nor the batch size can change it.
 */
#ifndef HNLMON_CORE_LINE_H
#define HNLMON_CORE_LINE_H

#include <stdbool.h>
#include <stdint.h>

enum line { LINE_UNPRESCALED, LINE_DOWNSCALED, LINE_TAIL, LINE_COUNT };

#define LINE_TAIL_ABOVE_MEV2 6500
#define LINE_TAIL_PERIOD 150 /* one in this many below */

/* "unprescaled", "downscaled", "tail". */
const char *line_name(enum line line);

/* Whether the line takes a candidate with these flags, m2_miss in MeV^2 (floor) and seq. */
bool line_takes(enum line line, uint32_t flags, int32_t m2_mev2, uint64_t seq);

#endif
