/* SPDX-License-Identifier: MIT */
/*
 * false_alarm - how often background alone brings a horizon to a local significance at some mass, and the significance
 * that it reaches as often as one is willing to accept.
 *
 * An episode begins when the largest Z_Bi of all masses reaches z, at one look per closed burst, and ends below z -
 * 0.5. Its rate is known from simulations of the null hypothesis with the monitor itself (`hnlmon null`, template
 * paper, f_sys 0): months of 30 days with 4000 bursts each and runs of 1500 bursts, at four densities. The density is
 * the background that is expected per burst in the search window at 135 MeV: where it is small, the exact statistic of
 * whole numbers stays far below its nominal rate, and a threshold that did not know that would be too high. Rates rest
 * on some ten episodes at the rare end, so they are good to 30 % or so, on a template that is right, and on runs and
 * periods of that length; with f_sys they are upper limits.
 *
 * The masses are counted in, the other horizons are not: thresholds share a rate among them. With another number of
 * bursts per day it scales.
 */
#ifndef HNLMON_CORE_FALSE_ALARM_H
#define HNLMON_CORE_FALSE_ALARM_H

#include "core/horizon.h"

#define FALSE_ALARM_BURSTS_PER_DAY 4000.0
#define FALSE_ALARM_MASS_MEV 135.0 /* whose search window tells the density */
#define FALSE_ALARM_Z_MIN 2.5      /* no threshold is below: smaller significances are not computed exactly */

/* Rate of episodes at or above z, in Hz, at a density >= 0: ln(rate) is linear in z between the simulated points, and
 * these are in the logarithm of the density, beyond them the rate falls like the tail of the normal distribution, and a
 * density is taken for the nearest that was simulated. Never above one per burst, never 0 for a tested horizon, and
 * never larger for a larger z. HORIZON_OPEN is never tested: 0. NaN gives NaN. About 0.1 us. */
double false_alarm_rate_hz(enum horizon_id horizon, double density, double z);

/* The z with that rate, in episodes per 30 days, but not below FALSE_ALARM_Z_MIN; 0 for a rate <= 0 and for
 * HORIZON_OPEN. */
double false_alarm_z(enum horizon_id horizon, double density, double episodes_per_30_days);

#endif
