/* SPDX-License-Identifier: MIT */
/*
 * disturbance - what is wrong with the beam and the detector, and what that does to the photon vetoes.
 *
 * Nothing is wrong with DISTURBANCE_NONE; then no random number is drawn either. How candidates feel the rest is
 * decided by the event source (event.h); a hot channel has its own file (hot_channel.h).
 */
#ifndef PHYSICS_DISTURBANCE_H
#define PHYSICS_DISTURBANCE_H

#include <stdbool.h>
#include <stdint.h>

#include "physics/random.h"

/* Bounds of the members. With them a shifted beam and a scaled pi0 still fit into the integers of the wire. */
#define DISTURBANCE_GAIN_MAX 0.5
#define DISTURBANCE_BEAM_MAX 0.1
#define DISTURBANCE_HOT_MAX 4.0
#define DISTURBANCE_INTENSITY_MIN 0.01
#define DISTURBANCE_INTENSITY_MAX 20.0

struct disturbance {
    double lav_lost;   /* share of the photons in the LAV that it does not see, 0 .. 1; nominal 0 */
    double lkr_gain;   /* relative shift of energies in the LKr, +- DISTURBANCE_GAIN_MAX; nominal 0 */
    double beam_shift; /* relative shift of the beam momentum, +- DISTURBANCE_BEAM_MAX; nominal 0 */
    double hot_share;  /* fake candidates of a hot channel per true one, 0 .. DISTURBANCE_HOT_MAX; nominal 0 */
    double intensity;  /* over the nominal one, DISTURBANCE_INTENSITY_MIN .. _MAX; nominal 1 */
};

#define DISTURBANCE_NONE ((struct disturbance){.intensity = 1})

/* All members are within their bounds. */
bool disturbance_is_sane(const struct disturbance *disturbance);

/* What is left of the veto flags of one photon. */
uint32_t disturbance_veto(const struct disturbance *disturbance, struct random *random, uint32_t flags);

#endif
