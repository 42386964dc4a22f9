/* SPDX-License-Identifier: MIT */
/*
 * decay - one kaon decay in the laboratory, as it happened: what the detector model gets to see.
 *
 * Momenta in MeV and positions in mm in the frame of the beam: z along its axis, which is the axis of the experiment up
 * to the 1.2 mrad of detector.h, x and y from that axis. z counts from the target.
 */
#ifndef PHYSICS_DECAY_H
#define PHYSICS_DECAY_H

#include <stdint.h>

#include "physics/vector.h"

/* The values travel as `truth_kind` on the wire. */
enum decay_kind {
    DECAY_KE3 = 0,    /* K+ -> pi0 e+ nu (gamma), the background */
    DECAY_SIGNAL = 1, /* K+ -> pi0 e+ N */
    DECAY_KE4 = 2,    /* K+ -> pi0 pi0 e+ nu, one pi0 lost */
    DECAY_KMU3 = 3,   /* K+ -> pi0 mu+ nu, mu+ -> e+ nu nu in flight */
    DECAY_PIPI0 = 4,  /* K+ -> pi+ pi0, the pi+ taken for a positron */
    DECAY_NOISE = 5,  /* no kaon behind it: a hot channel */
    DECAY_KIND_COUNT
};

/* "ke3", "signal", "ke4", "kmu3", "pipi0", "noise". */
const char *decay_kind_name(enum decay_kind kind);

struct point {
    double x, y, z; /* mm */
};

#define DECAY_PHOTONS_MAX 4 /* those of two pi0 */

struct decay {
    enum decay_kind kind;
    struct four kaon;
    struct point vertex;       /* of the kaon */
    struct four track;         /* the charged particle that is measured: e+, or the pi+ that is taken for one */
    struct point track_origin; /* the vertex, or where a muon decayed in flight */
    struct four pi0;           /* that of the candidate */
    struct four photons[DECAY_PHOTONS_MAX]; /* 0 and 1: of that pi0, when they are needed; then those to be vetoed */
    uint32_t photon_count;
    double m2; /* true squared missing mass (kaon - pi0 - positron of the track's momentum)^2, MeV^2 */
};

/* A particle of the kaon's rest frame in the laboratory: rotated, then boosted. */
struct four decay_to_lab(struct four particle, const struct rotation *rotation, struct four kaon);

#endif
