/* SPDX-License-Identifier: MIT */
/* decay - see the header. */
#include "physics/decay.h"

#include <stddef.h>

const char *decay_kind_name(enum decay_kind kind)
{
    switch (kind) {
    case DECAY_KE3:
        return "ke3";
    case DECAY_SIGNAL:
        return "signal";
    case DECAY_KE4:
        return "ke4";
    case DECAY_KMU3:
        return "kmu3";
    case DECAY_PIPI0:
        return "pipi0";
    case DECAY_NOISE:
        return "noise";
    case DECAY_KIND_COUNT:
        break;
    }
    return NULL;
}
