/* SPDX-License-Identifier: MIT */
/* clock - the two times that the programs need: one that never goes back, to measure with, and the one of the calendar.
 */
#ifndef HNLMON_IO_CLOCK_H
#define HNLMON_IO_CLOCK_H

#include <stdint.h>

#define NS_PER_S 1000000000LL
#define NS_PER_MS 1000000LL

/* Nanoseconds since some time in the past, the same for all processes of the machine. */
int64_t clock_monotonic_ns(void);

/* Nanoseconds since 1970-01-01 00:00 UTC; it may jump when somebody sets the clock. */
uint64_t clock_unix_ns(void);

/* The Unix time at which the monotonic clock shows `monotonic_ns`, as far as the calendar is right now. */
uint64_t clock_unix_of_ns(int64_t monotonic_ns);

#endif
