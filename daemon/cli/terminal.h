/* SPDX-License-Identifier: MIT */
/* terminal - what the standard output can show: its width, whether it takes colour; and numbers as people read them. */
#ifndef HNLMON_CLI_TERMINAL_H
#define HNLMON_CLI_TERMINAL_H

#include <stdint.h>

/* Columns of the terminal; of COLUMNS, or 80, when the output is none. At least 40. */
uint32_t terminal_width(void);

enum terminal_style { STYLE_PLAIN, STYLE_STRONG, STYLE_FAINT, STYLE_GOOD, STYLE_WARNING, STYLE_BAD, STYLE_COUNT };

/* The escape sequence of a style, or "" when the output is no terminal or NO_COLOR is set (no-color.org). */
const char *terminal_style(enum terminal_style style);

#define GROUPED_SIZE 32

/* "12,345,678" into `text` (GROUPED_SIZE bytes); returns it. */
const char *terminal_grouped(uint64_t number, char *text);

/* "12.3k", "4.56M": about four characters, for axes and rates; returns `text` (GROUPED_SIZE bytes). */
const char *terminal_short(double number, char *text);

#endif
