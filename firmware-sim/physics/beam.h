/* SPDX-License-Identifier: MIT */
/* beam - the kaon beam along z: Gaussian momentum, Gaussian slopes in x and y. Source: arXiv:2008.11654 (75 GeV, 1 %).
 */
#ifndef PHYSICS_BEAM_H
#define PHYSICS_BEAM_H

#include "physics/constants.h"
#include "physics/random.h"
#include "physics/vector.h"

struct beam {
    double momentum_mev;
    double spread;         /* rms of p / momentum_mev */
    double divergence_rad; /* rms of each slope */
};

/* That of NA62. */
#define BEAM_NOMINAL ((struct beam){BEAM_MOMENTUM_MEV, BEAM_SPREAD, BEAM_DIVERGENCE_RAD})

/* One kaon in the laboratory, on its mass shell. */
struct four beam_draw(const struct beam *beam, struct random *random);

#endif
