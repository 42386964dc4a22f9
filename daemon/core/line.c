/* SPDX-License-Identifier: MIT */
/* line - see line.h. */
#include "core/line.h"

#include "hnlmon/candidate.h"

const char *line_name(enum line line)
{
    switch (line) {
    case LINE_UNPRESCALED:
        return "unprescaled";
    case LINE_DOWNSCALED:
        return "downscaled";
    case LINE_TAIL:
        return "tail";
    case LINE_COUNT:
        break;
    }
    return "?";
}

bool line_takes(enum line line, uint32_t flags, int32_t m2_mev2, uint64_t seq)
{
    switch (line) {
    case LINE_UNPRESCALED:
        return true;
    case LINE_DOWNSCALED:
        return (flags & FLAG_KEPT) != 0;
    case LINE_TAIL:
        return m2_mev2 > LINE_TAIL_ABOVE_MEV2 || seq % LINE_TAIL_PERIOD == 0;
    case LINE_COUNT:
        break;
    }
    return false;
}
