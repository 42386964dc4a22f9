/* SPDX-License-Identifier: MIT */
/*
 * form_factor - the K -> pi form factors f+ and f- at momentum transfer t (MeV^2), f+(0) = 1.
 *
 * f+ is quadratic and f0 linear in t (constants.h); f- = (f0 - f+) (m_K^2 - m_pi0^2) / t is then a polynomial, finite
 * at t = 0. The divided differences [f(t) - f(w2)] / (t - w2) are written out, so that nothing cancels when t -> w2.
 */
#ifndef PHYSICS_FORM_FACTOR_H
#define PHYSICS_FORM_FACTOR_H

#include "physics/constants.h"

#define FORM_SCALE2 (MASS_PION_MEV * MASS_PION_MEV)
#define FORM_MASS2_DIFFERENCE (MASS_KAON_MEV * MASS_KAON_MEV - MASS_PI0_MEV * MASS_PI0_MEV)

static inline double form_plus(double t)
{
    double x = t / FORM_SCALE2;
    return 1 + x * (FORM_PLUS_SLOPE + 0.5 * FORM_PLUS_CURVATURE * x);
}

static inline double form_scalar(double t)
{
    return 1 + FORM_SCALAR_SLOPE * t / FORM_SCALE2;
}

static inline double form_minus(double t)
{
    return FORM_MASS2_DIFFERENCE / FORM_SCALE2 *
           (FORM_SCALAR_SLOPE - FORM_PLUS_SLOPE - 0.5 * FORM_PLUS_CURVATURE * t / FORM_SCALE2);
}

/* f2 = f+ + f-. */
static inline double form_sum(double t)
{
    return form_plus(t) + form_minus(t);
}

static inline double form_plus_difference(double t, double w2)
{
    return (FORM_PLUS_SLOPE + 0.5 * FORM_PLUS_CURVATURE * (t + w2) / FORM_SCALE2) / FORM_SCALE2;
}

static inline double form_sum_difference(double t, double w2)
{
    return form_plus_difference(t, w2) -
           0.5 * FORM_PLUS_CURVATURE * FORM_MASS2_DIFFERENCE / (FORM_SCALE2 * FORM_SCALE2);
}

#endif
