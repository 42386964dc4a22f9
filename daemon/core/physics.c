/* SPDX-License-Identifier: MIT */
/*
 * physics - see physics.h. The spectrum dGamma/dq2 of the lepton pair, q2 = (p_e + p_N)^2, integrated numerically; from
 * the V-A amplitude of Kl3 decays with a heavy neutrino, all lepton masses kept.
 */
#include "core/physics.h"

#include <math.h>

#include "core/quadrature.h"

#define HALF_PI 1.57079632679489661923
#define SQUARE(x) ((x) * (x))

/* f+ = 1 + L1 x + L2 x^2/2 and f0 = 1 + L0 x, x = q2/m_pi+^2 (the Particle Data Group's convention with the 1/2). */
#define SLOPE_PLUS 24.24e-3
#define CURVATURE_PLUS 1.67e-3
#define SLOPE_ZERO 14.47e-3

double physics_form_factor_plus(double q2_mev2)
{
    double x = q2_mev2 / SQUARE(PHYSICS_MASS_PION_MEV);
    return 1 + x * (SLOPE_PLUS + 0.5 * CURVATURE_PLUS * x);
}

double physics_form_factor_zero(double q2_mev2)
{
    return 1 + SLOPE_ZERO * q2_mev2 / SQUARE(PHYSICS_MASS_PION_MEV);
}

/* Where one spectrum lives: from (m_e + m_N)^2 to (m_K - m_pi0)^2. */
struct spectrum {
    double mass_n_mev;
    double ln_q2_min, ln_q2_range;
};

/* sqrt(lambda(a^2, b^2, q2)), Kallen's function as ((a + b)^2 - q2) ((a - b)^2 - q2); 0 where rounding leaves the
 * range. */
static double kallen_root(double a, double b, double q2)
{
    return sqrt(fmax((SQUARE(a + b) - q2) * (SQUARE(a - b) - q2), 0));
}

/* dGamma/dq2 without its constant factor. */
static double spectrum_density(double mass_n, double q2)
{
    double mass_sum = SQUARE(MASS_ELECTRON_MEV) + SQUARE(mass_n);
    double mass_difference = SQUARE(MASS_ELECTRON_MEV) - SQUARE(mass_n);
    double kaon_root = kallen_root(MASS_KAON_MEV, MASS_PI0_MEV, q2);
    double lepton_root = kallen_root(MASS_ELECTRON_MEV, mass_n, q2);
    double vector = SQUARE(physics_form_factor_plus(q2)) * SQUARE(kaon_root) / q2 *
                    (2 * q2 * q2 - q2 * mass_sum - SQUARE(mass_difference)) / (6 * q2);
    double scalar = SQUARE(physics_form_factor_zero(q2) * (SQUARE(MASS_KAON_MEV) - SQUARE(MASS_PI0_MEV))) *
                    (mass_sum * q2 - SQUARE(mass_difference)) / (2 * q2 * q2);
    return kaon_root * lepton_root / q2 * (vector + scalar);
}

/* The integrand over theta in q2 = q2_min exp(range sin^2 theta): the sine takes away the square roots at both ends,
 * the logarithm spreads out the threshold (for m_N = 0 at q2 = m_e^2, 5e5 times below the other end). */
static double spectrum_integrand(const void *context, double theta)
{
    const struct spectrum *spectrum = context;
    double sine = sin(theta);
    double q2 = exp(spectrum->ln_q2_min + spectrum->ln_q2_range * sine * sine);
    return spectrum_density(spectrum->mass_n_mev, q2) * q2 * spectrum->ln_q2_range * 2 * sine * cos(theta);
}

/* Gamma(K+ -> pi0 e+ N) in the unit of spectrum_density; one 32-point rule leaves 2e-15 for every mass. */
static double width(double mass_n)
{
    double ln_q2_min = 2 * log(MASS_ELECTRON_MEV + mass_n);
    double ln_q2_max = 2 * log(MASS_KAON_MEV - MASS_PI0_MEV);
    struct spectrum spectrum = {mass_n, ln_q2_min, ln_q2_max - ln_q2_min};
    return quadrature_integrate(spectrum_integrand, &spectrum, 0, HALF_PI);
}

double physics_rho(double mass_n_mev)
{
    if (!(mass_n_mev >= 0))
        return NAN;
    return mass_n_mev < PHYSICS_MASS_N_LIMIT_MEV ? width(mass_n_mev) / width(0) : 0;
}

double physics_br(double mass_n_mev)
{
    return PHYSICS_BR_KE3 * physics_rho(mass_n_mev);
}
