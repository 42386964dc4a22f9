/* SPDX-License-Identifier: MIT */
/* line - see line.h. */
#include "core/line.h"

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
