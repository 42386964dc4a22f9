/* SPDX-License-Identifier: MIT */
/*
 * acceptance - which decays reach the detectors: the geometry of the spectrometer and of the calorimeter.
 *
 * Detectors are centred on the axis of the experiment, decays are given in the frame of the beam, which is inclined to
 * it by 1.2 mrad in x and crosses it at z = 101.8 m. It decides by true positions and momenta, without resolutions.
 * Positions of the chambers and their holes: published descriptions of the NA62 detector.
 */
#ifndef PHYSICS_ACCEPTANCE_H
#define PHYSICS_ACCEPTANCE_H

#include <stdbool.h>

#include "physics/decay.h"
#include "physics/detector.h"

#define STRAW_CHAMBERS 4
#define STRAW_FIRST_Z_MM 183508.0
#define LKR_Z_MM 241093.0

/* Centre of the beam hole farthest from the axis of the experiment. */
#define STRAW_HOLE_X_MAX_MM 114.4

/* True when the track passes the four chambers and it and the two photons of the candidate's pi0 reach the calorimeter
 * apart from each other and with enough energy; then impacts[i] is where photon i does, in the frame of the beam. The
 * track must start before the first chamber. decay->photon_count >= 2. */
bool acceptance_contains(const struct detector *detector, const struct decay *decay, struct point impacts[2])
    __attribute__((warn_unused_result));

#endif
