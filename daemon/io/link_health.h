/* SPDX-License-Identifier: MIT */
/*
 * link_health - whether the links deliver damaged frames, or lose some, more often than now and then: the LINK alarm.
 *
 * Faults are frames that are no frames, or come where they cannot belong, and gaps that a source was told to close.
 * TCP and ipc damage and lose nothing, so a single fault is a stranger that connected or a source that came back: not
 * worth an alarm, and neither are `not_welcome` and `busy`, which belong to a restart. One a second that lasts is a
 * fault of network or software: MINOR. With ten a second a source does little else than send again: MAJOR.
 */
#ifndef HNLMON_IO_LINK_HEALTH_H
#define HNLMON_IO_LINK_HEALTH_H

#include <stdbool.h>
#include <stdint.h>

#include "core/alarm.h"
#include "io/reception.h"

#define LINK_HEALTH_WINDOW_NS INT64_C(10000000000)
#define LINK_HEALTH_MINOR 10u /* faults in a window */
#define LINK_HEALTH_MAJOR 100u

struct link_health {
    int64_t begin_ns;                 /* of the window */
    struct reception_counters before; /* what was counted until then */
};

/* One look, about every second. False: nothing to say yet. True: *condition is met as soon as there are enough faults
 * in the window, and is not when a window ended without. */
bool link_health_look(struct link_health *health, const struct reception_counters *counters, int64_t now_ns,
                      struct alarm_condition *condition);

#endif
