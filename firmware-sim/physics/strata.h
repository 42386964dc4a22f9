/* SPDX-License-Identifier: MIT */
/*
 * strata - weighted decays K+ -> pi0 e+ nu gamma in which every range of photon energies gets its share.
 *
 * Two thirds of all photons are below 1 eV and the tail of m2_miss holds one decay in a hundred: unweighted counts
 * would need 1e10 events for a per cent there. Here the photon energy is drawn log-uniform above 1 keV (and separately
 * below), and half of all decays have a photon above 30 MeV. The points are of low discrepancy, randomly shifted:
 * several copies with independent shifts tell the statistical error by their spread.
 *
 * It decides which decays are tried; what is counted is up to the caller (spectrum.h, photon_map.h).
 */
#ifndef PHYSICS_STRATA_H
#define PHYSICS_STRATA_H

#include <stdint.h>

#include "physics/ke3gamma.h"
#include "physics/random.h"

#define STRATA_COUNT 4

/* Ranges of the photon energy in the rest frame, MeV. The first one, where m2_miss < 1 MeV^2 and no veto sees the
 * photon, only fixes the normalisation: it holds 77 % of the rate; the last one is the tail, m2_miss up to the end
 * point. */
extern const struct strata_range {
    double k_min_mev, k_max_mev;
} strata_ranges[STRATA_COUNT];

#define STRATA_COPIES 16    /* in which a simulation is done */
#define STRATA_EVENTS_MIN 8 /* of one copy */

/* Gives every decay inside the phase space to `take`; `events` >= STRATA_EVENTS_MIN is rounded down to a multiple of
 * it. The kaon is at rest and the decay not rotated (ke3gamma.h). The sum of the weights is the total rate in the unit
 * of the raw weight. `random` gives the shifts. */
void strata_simulate(uint64_t events, struct random *random,
                     void (*take)(void *context, const struct ke3gamma *decay, double weight), void *context);

#endif
