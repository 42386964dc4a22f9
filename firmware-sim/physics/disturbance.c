/* SPDX-License-Identifier: MIT */
/* disturbance - see the header. */
#include "physics/disturbance.h"

#include "hnlmon/candidate.h"

/* Closed range; false for NaN. */
static bool is_within(double value, double lo, double hi)
{
    return value >= lo && value <= hi;
}

bool disturbance_is_sane(const struct disturbance *disturbance)
{
    return is_within(disturbance->lav_lost, 0, 1) &&
           is_within(disturbance->lkr_gain, -DISTURBANCE_GAIN_MAX, DISTURBANCE_GAIN_MAX) &&
           is_within(disturbance->beam_shift, -DISTURBANCE_BEAM_MAX, DISTURBANCE_BEAM_MAX) &&
           is_within(disturbance->hot_share, 0, DISTURBANCE_HOT_MAX) &&
           is_within(disturbance->intensity, DISTURBANCE_INTENSITY_MIN, DISTURBANCE_INTENSITY_MAX);
}

uint32_t disturbance_veto(const struct disturbance *disturbance, struct random *random, uint32_t flags)
{
    bool is_lost = (flags & FLAG_LAV) && disturbance->lav_lost > 0 && random_uniform(random) < disturbance->lav_lost;
    return is_lost ? flags & ~FLAG_LAV : flags;
}
