/* SPDX-License-Identifier: MIT */
/* epoch - see epoch.h. Where the kernel has no random bits yet, the time does: two starts in one nanosecond are not
 * expected. */
#include "io/epoch.h"

#include <sys/random.h>
#include <sys/types.h>

#include "io/clock.h"

uint64_t epoch_draw(void)
{
    uint64_t epoch = 0;
    while (epoch == 0)
        if (getrandom(&epoch, sizeof epoch, 0) != (ssize_t)sizeof epoch)
            epoch = clock_unix_ns();
    return epoch;
}
