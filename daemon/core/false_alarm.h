/* SPDX-License-Identifier: MIT */
/*
 * false_alarm - how often background alone brings a horizon to a local significance at some mass.
 *
 * An episode begins when the largest Z_Bi of all masses reaches z, at one look per closed burst, and ends below z -
 * 0.5. Its rate is known from a simulation of the null hypothesis: 60 months of 30 days with 4000 bursts each,
 * sidebands fluctuating like windows, at 10^5 and at 500 candidates per burst, of which the larger rate is taken. The
 * rates at three significances per horizon rest on 15 to 450 episodes, so they are good to 30 % or so, and on a
 * template that is right. Of the period, which is a month there, the two rarer ones are known.
 *
 * The masses are counted in, the other horizons are not: thresholds share a rate among them. With another number of
 * bursts per day it scales.
 */
#ifndef HNLMON_CORE_FALSE_ALARM_H
#define HNLMON_CORE_FALSE_ALARM_H

#include "core/horizon.h"

#define FALSE_ALARM_BURSTS_PER_DAY 4000.0

/* Rate of episodes at or above z, in Hz: ln(rate) is linear in z between the simulated points, beyond them the rate
 * falls like the tail of the normal distribution. Never above one per burst, never 0 for a tested horizon, and never
 * larger for a larger z. HORIZON_OPEN is never tested: 0. NaN gives NaN. About 0.1 us. */
double false_alarm_rate_hz(enum horizon_id horizon, double z);

#endif
