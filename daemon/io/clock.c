/* SPDX-License-Identifier: MIT */
/* clock - see clock.h. Neither clock can fail on Linux. */
#include "io/clock.h"

#include <time.h>

static int64_t read_clock(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return now.tv_sec * NS_PER_S + now.tv_nsec;
}

int64_t clock_monotonic_ns(void)
{
    return read_clock(CLOCK_MONOTONIC);
}

uint64_t clock_unix_ns(void)
{
    return (uint64_t)read_clock(CLOCK_REALTIME);
}

uint64_t clock_unix_of_ns(int64_t monotonic_ns)
{
    return clock_unix_ns() + (uint64_t)(monotonic_ns - clock_monotonic_ns());
}
