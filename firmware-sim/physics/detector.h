/* SPDX-License-Identifier: MIT */
/*
 * detector - what the spectrometer, the calorimeter and the beam tracker of NA62 make of a decay: the na62 mode.
 *
 * Geometry: four STRAW chambers with a beam hole, a dipole between the second and the third, the LKr calorimeter with
 * its hole and octagonal edge. Resolutions: positron momentum and direction (STRAW), photon energy and position (LKr),
 * kaon momentum and direction (GTK) or the average beam in its place. The vertex is where the measured track comes
 * closest to the measured kaon; the photons are pointed from there, so that a wrong vertex shows in the two-photon
 * mass.
 *
 * It decides neither about vetoes (veto.h) nor about cuts (the selection of the daemon).
 */
#ifndef PHYSICS_DETECTOR_H
#define PHYSICS_DETECTOR_H

#include <stdbool.h>

#include "hnlmon/candidate.h"
#include "physics/decay.h"
#include "physics/random.h"

/* Where the kaon's momentum comes from. */
enum kaon_tag {
    KAON_GTK, /* measured per kaon: 0.2 %, 16 urad */
    KAON_BEAM /* the average beam: what is known online without the beam tracker */
};

struct detector {
    enum kaon_tag kaon;
    double beam_momentum_mev; /* nominal, for KAON_BEAM */
    bool has_tails;           /* non-Gaussian tails of track, cluster and time */
    double lkr_gain;          /* reconstructed over true energy, nominally 1 */
    double straw_hole_mm, straw_outer_mm;
    double lkr_hole_mm, lkr_apothem_mm;
    double photon_distance_mm, positron_distance_mm; /* smallest, between clusters at the LKr */
    double photon_energy_min_mev, positron_momentum_min_mev;
};

/* GTK, no tails, gain 1, the geometry of NA62. */
struct detector detector_default(void);

/* What is wrong with it (an impossible geometry), as a sentence; NULL when nothing is. */
const char *detector_error(const struct detector *detector);

/* Measures the track and the two photons of the candidate's pi0. False, with *candidate not set, when one of them is
 * outside the acceptance. `time` is 0 and `flags` are clear. */
bool detector_measure(const struct detector *detector, struct random *random, const struct decay *decay,
                      struct candidate *candidate) __attribute__((warn_unused_result));

#endif
