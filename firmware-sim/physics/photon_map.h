/* SPDX-License-Identifier: MIT */
/*
 * photon_map - where the photon of K+ -> pi0 e+ nu gamma goes: true m2_miss against its angle to the beam axis in the
 * laboratory, before any veto. Source: arXiv:2008.11654, figure 3.
 *
 * The decays come from strata.h; each gets an isotropic direction and is boosted along a kaon of the beam, divergence
 * included. It uses no formula of veto.h, so that the share beyond an angle checks that one. The spread of independent
 * copies is the statistical error.
 */
#ifndef PHYSICS_PHOTON_MAP_H
#define PHYSICS_PHOTON_MAP_H

#include <stdint.h>

#include "physics/beam.h"
#include "physics/strata.h"

#define PHOTON_MAP_M2_BINS 52 /* up to 130,000 MeV^2: beyond the end point, 128,300 */
#define PHOTON_MAP_M2_WIDTH_MEV2 2500.0
#define PHOTON_MAP_ANGLE_BINS 90 /* from 1e-4 to beyond pi; the first one takes everything below */
#define PHOTON_MAP_ANGLE_MIN_RAD 1e-4
#define PHOTON_MAP_BINS_PER_DECADE 20.0

struct photon_map_config {
    uint64_t events; /* >= STRATA_COPIES * STRATA_EVENTS_MIN */
    uint64_t seed;
    struct beam beam;
};

/* Fractions of inclusive Ke3(gamma), and their statistical errors. */
struct photon_map {
    double share[PHOTON_MAP_M2_BINS][PHOTON_MAP_ANGLE_BINS];
    double error[PHOTON_MAP_M2_BINS][PHOTON_MAP_ANGLE_BINS];
};

/* Fills *map; about 1.5 s per million events. */
void photon_map_simulate(struct photon_map *map, const struct photon_map_config *config);

/* Lower edge of an angular bin, 0 .. PHOTON_MAP_ANGLE_BINS, in rad. */
double photon_map_angle_rad(int bin);

#endif
