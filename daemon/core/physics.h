/* SPDX-License-Identifier: MIT */
/*
 * physics - the constants of K+ -> pi0 e+ N, its form factors, and how often it happens.
 *
 * Masses and energies in MeV, squares in MeV^2. Rates are normalised to the measured Ke3 branching ratio, so that the
 * coupling constants and the electroweak corrections cancel: BR(m_N) = BR(Ke3) rho(m_N) at |U_e|^2 = 1. No radiative
 * correction is applied to the signal.
 */
#ifndef HNLMON_CORE_PHYSICS_H
#define HNLMON_CORE_PHYSICS_H

#include "hnlmon/units.h"

/* Particle Data Group. The charged pion only sets the scale of the form factors. */
#define PHYSICS_MASS_PION_MEV 139.57039
#define PHYSICS_BR_KE3 0.0507 /* K+ -> pi0 e+ nu (gamma) */

/* Heaviest N: m_K - m_pi0 - m_e = 358.189 MeV. */
#define PHYSICS_MASS_N_LIMIT_MEV (MASS_KAON_MEV - MASS_PI0_MEV - MASS_ELECTRON_MEV)

/* Vector and scalar form factors f+(q2) and f0(q2), both divided by f+(0): quadratic and linear, NA48/2 (2018). */
double physics_form_factor_plus(double q2_mev2);
double physics_form_factor_zero(double q2_mev2);

/* rho(m_N) = Gamma(K+ -> pi0 e+ N) / Gamma(K+ -> pi0 e+ nu) at |U_e|^2 = 1; 1 at m_N = 0, falls to 0 at the limit, 0 at
 * and above it (the decay cannot happen). Relative error below 1e-12, and 1e-10 in the last 0.2 MeV. NaN for a negative
 * mass or NaN. About 2 us. */
double physics_rho(double mass_n_mev);

/* BR(K+ -> pi0 e+ N) at |U_e|^2 = 1: PHYSICS_BR_KE3 * rho. */
double physics_br(double mass_n_mev);

#endif
