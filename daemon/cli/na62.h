/* SPDX-License-Identifier: MIT */
/*
 * na62 - background and signal behind the detector model, the cuts and the photon veto of NA62, for the na62 mode of
 * hnlmon sensitivity.
 *
 * Weighted background (physics/strata.h) and unweighted signal go through the detector and the cuts event by event
 * (measurement.h: geometry, resolutions, measured kaon, no tails), and every photon is faint, outside or inside for the
 * veto by its own energy and angle. So what the paper takes as flat is correlated here: the photon is near the
 * positron, and the positron in the acceptance.
 *
 * Left out: other decays than Ke3, tails, accidental activity. What the model does not know (trigger, identification,
 * pile-up, quality) is a factor for the caller.
 */
#ifndef HNLMON_CLI_NA62_H
#define HNLMON_CLI_NA62_H

#include <stdbool.h>
#include <stdint.h>

#include "hnlmon/units.h"
#include "physics/estimate.h"
#include "physics/strata.h"
#include "physics/veto.h"

#define NA62_NODES 37 /* of the signal's mass, every 10 MeV */

struct na62_config {
    uint64_t events; /* of the background, >= STRATA_COPIES * STRATA_EVENTS_MIN */
    uint64_t seed;
    struct veto veto;
};

/* The share of signal decays that pass all cuts and lie in the window, at one mass. */
struct na62_signal {
    double half_width_mev2; /* 0: not simulated yet */
    double share;
};

/* Fractions of all Ke3 decays, by reconstructed m2_miss in the bins of units.h. */
struct na62 {
    struct na62_config config;
    /* Of those that pass the cuts but the veto, by where the photon goes. */
    double regions[VETO_REGION_COUNT][STRATA_COPIES][M2_BIN_COUNT];
    struct na62_signal signals[NA62_NODES];
};

/* Simulates the background; about 0.6 s per million events. */
void na62_simulate(struct na62 *na62, const struct na62_config *config);

/* Share of Ke3 decays that pass the cuts, before the veto. */
double na62_acceptance(const struct na62 *na62);

/* Bins and their statistical errors: before the veto, or behind `veto` when it is not NULL (efficiencies only). */
void na62_fold(const struct na62 *na62, const struct veto *veto, double bins[M2_BIN_COUNT],
               double errors[M2_BIN_COUNT]);

/* What is within `half_width_mev2` of `m2_mev2` behind the veto. */
struct estimate na62_window(const struct na62 *na62, const struct veto *veto, double m2_mev2, double half_width_mev2);

/* Share of signal decays within `half_width_mev2` of mass_mev^2 behind all cuts, interpolated between masses that are
 * simulated when they are first asked for; 0 <= mass_mev < 358.19. */
struct estimate na62_signal(struct na62 *na62, double mass_mev, double half_width_mev2);

#endif
