/* SPDX-License-Identifier: MIT */
/* paragraph - where a text is broken into lines: between words, and where it has a line break itself. */
#ifndef HNLMON_CLI_PARAGRAPH_H
#define HNLMON_CLI_PARAGRAPH_H

#include <stddef.h>
#include <stdint.h>

/* How many bytes of the text go on a line of so many columns, without blanks at the end: as many words as fit, at least
 * one. 0: nothing is left, or an empty line comes next. UTF-8, a column for each character. */
size_t paragraph_line(const char *text, size_t columns);

/* What comes after that line; "" when nothing does. */
const char *paragraph_rest(const char *text, size_t line);

/* Prints the text and a line break, in the width of the terminal. The line at hand has `indent` columns already; those
 * that follow begin with so many blanks. */
void paragraph_print(uint32_t indent, const char *text);

#endif
