/* SPDX-License-Identifier: MIT */
/* decay - see the header. */
#include "physics/decay.h"

#include <stddef.h>

#include "hnlmon/units.h"

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

struct four decay_to_lab(struct four particle, const struct rotation *rotation, struct four kaon)
{
    return four_boost(four_rotate(particle, rotation), kaon, MASS_KAON_MEV);
}
