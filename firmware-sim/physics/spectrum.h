/* SPDX-License-Identifier: MIT */
/*
 * spectrum - the m2_miss spectrum of K+ -> pi0 e+ nu gamma before and after the photon veto, by weighted simulation.
 *
 * The decays come from strata.h; where their photons go is a weight in closed form, averaged over the beam's momentum
 * spread, and the resolution is folded in at the end. The regions of the veto are kept apart, so that one simulation
 * serves every efficiency inside and outside the angle. The spread of independent copies is the statistical error.
 *
 * Everything is a fraction of inclusive Ke3(gamma); the acceptance is flat and cancels.
 */
#ifndef PHYSICS_SPECTRUM_H
#define PHYSICS_SPECTRUM_H

#include <stdint.h>

#include "hnlmon/units.h"
#include "physics/beam.h"
#include "physics/estimate.h"
#include "physics/strata.h"
#include "physics/veto.h"

#define SPECTRUM_FINENESS 16 /* nodes per bin of units.h */
#define SPECTRUM_NODES 17300 /* at multiples of 119 / 16 MeV^2, up to 128,662: beyond the end point, 128,300 */

struct spectrum_config {
    uint64_t events; /* >= STRATA_COPIES * STRATA_EVENTS_MIN */
    uint64_t seed;
    struct veto veto;
    struct beam beam;
};

/* Fractions of the rate by true m2; an event is shared between its two neighbouring nodes, so the mean is kept. */
struct spectrum {
    double regions[VETO_REGION_COUNT][STRATA_COPIES][SPECTRUM_NODES]; /* by where the photon goes */
    double before[STRATA_COPIES][SPECTRUM_NODES];                     /* their sum */
    double after[STRATA_COPIES][SPECTRUM_NODES];                      /* behind the veto */
};

/* Fills *spectrum; about 0.2 s per million events. Each copy is normalised to its own total before the veto. */
void spectrum_simulate(struct spectrum *spectrum, const struct spectrum_config *config);

/* Makes `after` that of other efficiencies; threshold and angle must be those of the simulation. */
void spectrum_veto(struct spectrum *spectrum, const struct veto *veto);

/* Folds the mean of all copies with a Gaussian of rms `sigma_mev2` > 0 into the bins of units.h. */
void spectrum_fold(double bins[M2_BIN_COUNT], const double nodes[STRATA_COPIES][SPECTRUM_NODES], double sigma_mev2);

/* The same of one copy. */
void spectrum_fold_copy(double bins[M2_BIN_COUNT], const double nodes[SPECTRUM_NODES], double sigma_mev2);

/* The statistical errors of those bins. */
void spectrum_fold_errors(double errors[M2_BIN_COUNT], const double nodes[STRATA_COPIES][SPECTRUM_NODES],
                          double sigma_mev2);

/* Fraction with true m2 above `m2_mev2`; the error is statistical. */
struct estimate spectrum_above(const double nodes[STRATA_COPIES][SPECTRUM_NODES], double m2_mev2);

/* What the resolution leaves within `half_width_mev2` of `m2_mev2`; the error is statistical. */
struct estimate spectrum_window(const double nodes[STRATA_COPIES][SPECTRUM_NODES], double m2_mev2,
                                double half_width_mev2, double sigma_mev2);

#endif
