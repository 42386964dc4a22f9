/* SPDX-License-Identifier: MIT */
/* link_health - see link_health.h. */
#include "io/link_health.h"

#include <inttypes.h>
#include <stdio.h>

#include "wire/frame_codec.h"

static bool is_fault(enum refusal refusal)
{
    switch (refusal) {
    case REFUSAL_BAD_FRAME:
    case REFUSAL_OVERSIZE:
    case REFUSAL_BAD_SCHEMA:
    case REFUSAL_BAD_CRC:
    case REFUSAL_BAD_BURST:
    case REFUSAL_BAD_SEQ:
    case REFUSAL_TOO_MANY:
    case REFUSAL_TRUTH:
    case REFUSAL_TOO_LONG:
        return true;
    case REFUSAL_NONE:
    case REFUSAL_GAP: /* many frames behind one that is missing: counted by resends_asked */
    case REFUSAL_NOT_WELCOME:
    case REFUSAL_BUSY:
    case REFUSAL_RETIRED:
    case REFUSAL_COUNT:
        break;
    }
    return false;
}

/* Refused frames of the window, and the most frequent reason. */
static uint64_t count_refused(const struct link_health *health, const struct reception_counters *counters,
                              enum refusal *most)
{
    uint64_t all = 0, largest = 0;
    *most = REFUSAL_NONE;
    for (enum refusal refusal = REFUSAL_NONE; refusal < REFUSAL_COUNT; refusal++) {
        uint64_t count = counters->refused[refusal] - health->before.refused[refusal];
        if (!is_fault(refusal) || count == 0)
            continue;
        all += count;
        if (count > largest) {
            largest = count;
            *most = refusal;
        }
    }
    return all;
}

static void fill(struct alarm_condition *condition, uint64_t refused, enum refusal most, uint64_t resends)
{
    uint64_t faults = refused + resends;
    *condition = (struct alarm_condition){.severity = SEVERITY_NONE, .parts = 1, .measured = (double)faults};
    if (faults >= LINK_HEALTH_MINOR)
        condition->severity = faults >= LINK_HEALTH_MAJOR ? SEVERITY_MAJOR : SEVERITY_MINOR;
    snprintf(condition->text, sizeof condition->text,
             "%" PRIu64 " frames refused%s%s%s and %" PRIu64 " resends asked for within 10 s.", refused,
             refused ? " (mostly " : "", refused ? refusal_name(most) : "", refused ? ")" : "", resends);
}

bool link_health_look(struct link_health *health, const struct reception_counters *counters, int64_t now_ns,
                      struct alarm_condition *condition)
{
    enum refusal most;
    if (health->begin_ns == 0)
        health->begin_ns = now_ns;
    uint64_t refused = count_refused(health, counters, &most);
    fill(condition, refused, most, counters->resends_asked - health->before.resends_asked);
    bool is_over = now_ns - health->begin_ns >= LINK_HEALTH_WINDOW_NS;
    if (is_over)
        *health = (struct link_health){now_ns, *counters};
    return is_over || condition->severity != SEVERITY_NONE;
}
