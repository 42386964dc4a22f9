/* SPDX-License-Identifier: MIT */
/*
 * clock - to be preloaded: a calendar that jumps at every look at it, by an hour forward, a day back, a leap second.
 *
 * The clock that never goes back is left alone. With CLOCK_SHIFT_S=N the calendar is N seconds away instead, and
 * steady.
 */
#define _GNU_SOURCE
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static long shift_s(void)
{
    static const long jumps_s[] = {0, 3600, -1, -86400, 1, 0, 1, 315360000};
    static atomic_uint looks;
    const char *steady = getenv("CLOCK_SHIFT_S");
    if (steady)
        return strtol(steady, NULL, 10);
    return jumps_s[atomic_fetch_add(&looks, 1) % (sizeof jumps_s / sizeof jumps_s[0])];
}

int clock_gettime(clockid_t clock, struct timespec *now)
{
    int result = (int)syscall(SYS_clock_gettime, clock, now);
    if (result == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE))
        now->tv_sec += shift_s();
    return result;
}

/* As the C library declares it, whose second argument is of no use. */
int gettimeofday(struct timeval *restrict now, void *restrict zone)
{
    struct timespec time;
    (void)zone;
    if (clock_gettime(CLOCK_REALTIME, &time) != 0)
        return -1;
    *now = (struct timeval){.tv_sec = time.tv_sec, .tv_usec = time.tv_nsec / 1000};
    return 0;
}

time_t time(time_t *seconds)
{
    struct timespec now;
    if (clock_gettime(CLOCK_REALTIME, &now) != 0)
        return -1;
    if (seconds)
        *seconds = now.tv_sec;
    return now.tv_sec;
}
