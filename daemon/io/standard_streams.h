/* SPDX-License-Identifier: MIT */
/*
 * standard_streams - keeps the numbers 0, 1 and 2 for what they are meant for, and tells when stdout has failed.
 *
 * A program that is started with one of them closed would give its number to the next socket or file that it opens, and
 * then write its messages into that. And a full disk or a closed pipe must not look like success.
 */
#ifndef HNLMON_IO_STANDARD_STREAMS_H
#define HNLMON_IO_STANDARD_STREAMS_H

#include <stdbool.h>

/* First thing in main. Takes the numbers that are free by something that cannot be written to, so that writing fails as
 * it does on a closed stream. */
void standard_streams_reserve(void);

/* Last thing in main: whether all that was printed has reached stdout. If not, says so on stderr in one line that
 * begins with the name of the program. */
bool standard_streams_flush(const char *program) __attribute__((warn_unused_result));

#endif
