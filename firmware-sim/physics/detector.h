/* SPDX-License-Identifier: MIT */
/*
 * detector - what the spectrometer, the calorimeter and the beam tracker of NA62 make of a decay: the na62 mode.
 *
 * Resolutions: positron momentum and direction (STRAW), photon energy and position (LKr), kaon momentum and direction
 * (GTK) or the average beam in its place. The vertex is where the measured track comes closest to the measured kaon;
 * the photons are pointed from there, so that a wrong vertex shows in the two-photon mass and in m2_miss.
 *
 * It leaves the geometry to acceptance.h, vetoes to veto.h, and cuts to the selection of the daemon. It is a model: the
 * resolutions are typical published ones, times and tails are assumptions.
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

/* How often the tails of momentum and energy happen, 0 .. 1; other shares than the default let rare ones be simulated
 * with weights. */
struct detector_tails {
    double wide_track;
    double lost_energy[2]; /* of each of the candidate's photons */
};

/* With tails 1 % of the tracks have three times the resolution in momentum and angles; 0.2 % of the clusters lose
 * energy, on average a twentieth; of each time 1 % is uniform in +-10 ns and 0.5 % has five times the resolution. None
 * of these numbers is measured. */
struct detector {
    enum kaon_tag kaon;
    double beam_momentum_mev; /* nominal, for KAON_BEAM */
    bool has_tails;           /* non-Gaussian tails, see above */
    struct detector_tails tails;
    double lkr_gain; /* reconstructed over true energy, nominally 1 */
    double straw_hole_mm, straw_outer_mm;
    double lkr_hole_mm, lkr_apothem_mm;
    double photon_distance_mm, positron_distance_mm; /* smallest, between clusters at the LKr */
    double photon_energy_min_mev, positron_momentum_min_mev;
};

/* GTK, no tails, gain 1, the geometry of NA62. */
struct detector detector_default(void);

/* What is wrong with it (an impossible geometry, a range outside the model), as a sentence; NULL when nothing is. */
const char *detector_error(const struct detector *detector);

/* Measures the track and the two photons of the candidate's pi0. The momenta stay in the frame of the beam. `time` is 0
 * and `flags` are clear. E/p is that of a positron; a pi+ (DECAY_PIPI0) is one that was taken for a positron, its E/p
 * is uniform in 0.85 .. 1.05. Times without tails: dt 0 +- 300 ps, dt_k 0 +- 150 ps.
 *
 * False, with *candidate not set, for what is no candidate: a particle outside the acceptance, a vertex that is
 * reconstructed before the target or behind the first chamber, a cluster without energy, or (a rare fluctuation) a
 * momentum |p| above the 131 GeV/c that the wire holds.
 *
 * The detector must be free of errors, decay->photon_count >= 2; the kaon flies within a few mrad of z, and its vertex
 * lies before the first chamber. */
bool detector_measure(const struct detector *detector, struct random *random, const struct decay *decay,
                      struct candidate *candidate) __attribute__((warn_unused_result));

#endif
