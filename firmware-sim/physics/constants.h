/* SPDX-License-Identifier: MIT */
/*
 * constants - masses, form factors and rates that the event source is built on. MeV and MeV^2; c = hbar = 1.
 *
 * Masses of pion and muon, lifetime of the muon, alpha and BR(Ke3): PDG. Form factors: quadratic parametrisation fitted
 * by NA48/2 (2018), f+(0) = 1. Beam, resolution, window and veto figures: arXiv:2008.11654.
 */
#ifndef PHYSICS_CONSTANTS_H
#define PHYSICS_CONSTANTS_H

#include "hnlmon/units.h" /* the masses of kaon, pi0 and electron */

#define PI 3.14159265358979323846
#define MEV_PER_GEV 1e3
#define MEV2_PER_GEV2 1e6
#define MRAD_PER_RAD 1e3

#define MASS_PION_MEV 139.57039 /* the charged pion, also the scale of the form factors */
#define MASS_MUON_MEV 105.6583755
#define MUON_DECAY_LENGTH_M 658.6384 /* c tau; times p / m */

#define MASS_KAON2 (MASS_KAON_MEV * MASS_KAON_MEV)
#define MASS_PI0_2 (MASS_PI0_MEV * MASS_PI0_MEV)
#define MASS_ELECTRON2 (MASS_ELECTRON_MEV * MASS_ELECTRON_MEV)

#define FINE_STRUCTURE (1.0 / 137.035999084)
#define BR_KE3 0.0507 /* K+ -> pi0 e+ nu, photons included */

/* f+(t) = 1 + SLOPE x + CURVATURE x^2 / 2 and f0(t) = 1 + SCALAR_SLOPE x, with x = t / MASS_PION_MEV^2. */
#define FORM_PLUS_SLOPE 24.24e-3
#define FORM_PLUS_CURVATURE 1.67e-3
#define FORM_SCALAR_SLOPE 14.47e-3

/* Above this mass K+ -> pi0 e+ N is closed: m_K - m_pi0 - m_e. */
#define END_POINT_MEV (MASS_KAON_MEV - MASS_PI0_MEV - MASS_ELECTRON_MEV)

/* End points of the photon and of the positron energy in K+ -> pi0 e+ nu gamma, K at rest: 228.246 and 228.386. */
#define PHOTON_ENERGY_MAX_MEV                                                                                          \
    ((MASS_KAON_MEV * MASS_KAON_MEV - (MASS_ELECTRON_MEV + MASS_PI0_MEV) * (MASS_ELECTRON_MEV + MASS_PI0_MEV)) /       \
     (2 * MASS_KAON_MEV))
#define POSITRON_ENERGY_MAX_MEV                                                                                        \
    ((MASS_KAON_MEV * MASS_KAON_MEV + MASS_ELECTRON_MEV * MASS_ELECTRON_MEV - MASS_PI0_MEV * MASS_PI0_MEV) /           \
     (2 * MASS_KAON_MEV))

#define BEAM_MOMENTUM_MEV 75000.0
#define BEAM_MOMENTUM_MIN_MEV 1e3 /* what may be configured */
#define BEAM_MOMENTUM_MAX_MEV 1e5
#define BEAM_SPREAD 0.01         /* rms of p / p_mean */
#define BEAM_DIVERGENCE_RAD 1e-4 /* rms per plane */
#define DECAY_LENGTH_M 563.8     /* gamma beta c tau at 75 GeV/c */
#define DECAY_VOLUME_FIRST_M 105.0
#define DECAY_VOLUME_LAST_M 180.0

#define M2_RESOLUTION_MEV2 1700.0
#define DT_SIGMA_PS 300.0   /* of the track's time minus the pi0's; assumed, not measured */
#define DT_K_SIGMA_PS 150.0 /* of the kaon tag's time minus the track's; assumed, not measured */
#define FLAT_ACCEPTANCE 0.10

#define VETO_ANGLE_RAD 0.050
#define VETO_INEFFICIENCY 1e-3
#define VETO_TAIL_MEV2 10000.0 /* <eps_bkg> is the survival of m2_miss above it */
#define NA62_EFFICIENCY 0.51   /* trigger, identification, quality: makes the acceptance of the geometry 10 %, too */
#define NA62_VETO_THRESHOLD_MEV 200.0
#define VETO_THRESHOLD_MEV 50.0 /* photons below it, in the lab, are not seen by any detector */

#endif
