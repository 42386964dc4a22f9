/* SPDX-License-Identifier: MIT */
/*
 * line - the three trigger lines that are emulated on the same input.
 *
 * unprescaled: every candidate, the dedicated line that is proposed. downscaled: candidates whose L0 trigger was kept
 * by the downscaling, the line that exists. tail: everything above 6500 MeV^2 in m2_miss and one in 150 of the rest,
 * which fits today's bandwidth. The lines are nested, and a decision depends on the candidate alone, so that neither
 * the order of arrival nor the batch size can change it.
 */
#ifndef HNLMON_CORE_LINE_H
#define HNLMON_CORE_LINE_H

#include <stdint.h>

#include "hnlmon/candidate.h"
#include "hnlmon/units.h"

enum line { LINE_UNPRESCALED, LINE_DOWNSCALED, LINE_TAIL, LINE_COUNT };

#define LINE_TAIL_ABOVE_MEV2 6500
#define LINE_TAIL_PERIOD 150 /* one in this many below */

/* "unprescaled", "downscaled", "tail". */
const char *line_name(enum line line);

/* By name; LINE_COUNT when there is none. */
enum line line_by_name(const char *name);

/* The lines that take a candidate with these flags, m2_miss in Q26 MeV^2 and seq, as bits 1u << line. In the header,
 * because it is asked for every candidate. */
static inline uint32_t line_takers(uint32_t flags, int64_t m2, uint64_t seq)
{
    const int64_t above_q26 = (int64_t)(LINE_TAIL_ABOVE_MEV2 + 1)
                              << M2_SHIFT; /* whole MeV^2, rounded down, are compared */
    uint32_t is_kept = (flags & FLAG_KEPT) != 0;
    uint32_t is_tail = m2 >= above_q26 || seq % LINE_TAIL_PERIOD == 0;
    return 1u << LINE_UNPRESCALED | is_kept << LINE_DOWNSCALED | is_tail << LINE_TAIL;
}

#endif
