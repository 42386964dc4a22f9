/* SPDX-License-Identifier: MIT */
/* terminal - see terminal.h. */
#include "cli/terminal.h"

#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define WIDTH_DEFAULT 80
#define WIDTH_MIN 40
#define WIDTH_MAX 1000

static long width_of_environment(void)
{
    const char *columns = getenv("COLUMNS");
    return columns != NULL ? strtol(columns, NULL, 10) : 0;
}

uint32_t terminal_width(void)
{
    struct winsize size = {0};
    long width = width_of_environment();
    if (width <= 0 && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0)
        width = size.ws_col;
    if (width <= 0)
        width = WIDTH_DEFAULT;
    return (uint32_t)(width < WIDTH_MIN ? WIDTH_MIN : width > WIDTH_MAX ? WIDTH_MAX : width);
}

const char *terminal_style(enum terminal_style style)
{
    static const char *const sequences[STYLE_COUNT] = {
        [STYLE_PLAIN] = "\033[0m", [STYLE_STRONG] = "\033[1m",   [STYLE_FAINT] = "\033[2m",
        [STYLE_GOOD] = "\033[32m", [STYLE_WARNING] = "\033[33m", [STYLE_BAD] = "\033[1;31m",
    };
    const char *refused = getenv("NO_COLOR");
    bool is_wanted = isatty(STDOUT_FILENO) && (refused == NULL || *refused == '\0');
    return is_wanted ? sequences[style] : "";
}

const char *terminal_grouped(uint64_t number, char *text)
{
    char digits[GROUPED_SIZE];
    int count = snprintf(digits, sizeof digits, "%" PRIu64, number); /* <= 20 digits and 6 commas fit */
    char *out = text;
    for (int i = 0; i < count; i++) {
        if (i > 0 && (count - i) % 3 == 0)
            *out++ = ',';
        *out++ = digits[i];
    }
    *out = '\0';
    return text;
}

const char *terminal_short(double number, char *text)
{
    static const char *const suffixes[] = {"", "k", "M", "G", "T", "P", "E"};
    uint32_t power = 0;
    while (fabs(number) >= 999.5 && power < 6) {
        number /= 1000;
        power++;
    }
    (void)snprintf(text, GROUPED_SIZE, "%.3g%s", number, suffixes[power]);
    return text;
}
