/* SPDX-License-Identifier: MIT */
/*
 * standard_streams - keeps the numbers 0, 1 and 2 for what they are meant for.
 *
 * A program that is started with one of them closed would give its number to the next socket or file that it opens, and
 * then write its messages into that.
 */
#ifndef HNLMON_IO_STANDARD_STREAMS_H
#define HNLMON_IO_STANDARD_STREAMS_H

/* First thing in main. Takes the numbers that are free by something that cannot be written to, so that writing fails as
 * it does on a closed stream. */
void standard_streams_reserve(void);

#endif
