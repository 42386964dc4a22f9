/* SPDX-License-Identifier: MIT */
/* line - see line.h. */
#include "core/line.h"

#include <string.h>

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

enum line line_by_name(const char *name)
{
    enum line line = LINE_UNPRESCALED;
    while (line < LINE_COUNT && strcmp(line_name(line), name) != 0)
        line++;
    return line;
}
