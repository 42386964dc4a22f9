/* SPDX-License-Identifier: MIT */
/*
 * accidental - activity of other particles that fires a veto of candidate.h at random, in time with a candidate.
 *
 * The detectors fire independently of each other and of the decay, in proportion to the instantaneous intensity: a
 * detector of mean `r` hits within the veto's window at nominal intensity fires with probability 1 - exp(-r scale).
 * Which particle it was, and correlations between detectors by one halo muon, are left out.
 */
#ifndef PHYSICS_ACCIDENTAL_H
#define PHYSICS_ACCIDENTAL_H

#include <stdint.h>

#include "physics/random.h"

#define ACCIDENTAL_DETECTORS 6 /* LAV, IRC, SAC, extra LKr cluster, CHANTI, MUV3: bits 8-13 of the flags, in order */

/* Mean number of hits in the window, per detector, at nominal intensity; >= 0. */
struct accidental {
    double hits[ACCIDENTAL_DETECTORS];
};

/* Assumed, not measured: LAV 0.030, IRC 0.010, SAC 0.006, LKr 0.020, CHANTI 0.010, MUV3 0.020. Together 6.4 % random
 * photon veto, and 9.2 % with CHANTI and MUV3. */
struct accidental accidental_default(void);

/* What is wrong with it (a negative number of hits, or one above 10), as a sentence; NULL when nothing is. */
const char *accidental_error(const struct accidental *accidental);

/* The flags that fire. relative_intensity >= 0: 1 is nominal. Takes one uniform number when nothing fires. */
uint32_t accidental_flags(const struct accidental *accidental, double relative_intensity, struct random *random);

#endif
