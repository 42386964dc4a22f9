/* SPDX-License-Identifier: MIT */
/*
 * smear - see the header.
 *
 * With Q = kaon - (the other particle) and the scaled momentum s p, the condition (Q - P(s))^2 = m2 reads
 *     E_Q sqrt(s^2 p^2 + m^2) - s d = C,   d = Q.p (three-vectors),   C = (Q^2 + m^2 - m2) / 2.
 * Squared it is A s^2 - 2 C d s + E_Q^2 m^2 - C^2 = 0 with A = E_Q^2 p^2 - d^2 = p^2 Q^2 + |p x Q|^2, so
 *     s = (C d +- E_Q sqrt(C^2 p^2 - A m^2)) / A,   valid if s > 0 and C + s d >= 0.
 * Nothing large cancels in this form: the result is good to 1e-6 MeV^2.
 */
#include "physics/smear.h"

#include <math.h>

#include "hnlmon/units.h"
#include "physics/constants.h"

/* Largest momentum that fits into the wire's unit. */
#define MOMENTUM_LIMIT_MEV ((double)MOMENTUM_LIMIT_Q13 / (1 << MOMENTUM_SHIFT))

static double cross2(struct four a, struct four b)
{
    double x = a.y * b.z - a.z * b.y, y = a.z * b.x - a.x * b.z, z = a.x * b.y - a.y * b.x;
    return x * x + y * y + z * z;
}

/* The scale closest to 1 for a particle of mass `mass`, or infinity when there is none. */
static double scale_to(double m2, struct four rest, struct four particle, double mass)
{
    const double p2 = four_momentum2(particle);
    const double rest2 = four_dot(rest, rest);
    const double along = rest.x * particle.x + rest.y * particle.y + rest.z * particle.z;
    const double c = 0.5 * (rest2 + mass * mass - m2);
    const double a = p2 * rest2 + cross2(particle, rest);
    const double root2 = c * c * p2 - a * mass * mass;
    double best = INFINITY;
    if (!(root2 >= 0) || !(a > 0))
        return best;
    for (int sign = -1; sign <= 1; sign += 2) {
        double s = (c * along + sign * rest.e * sqrt(root2)) / a;
        bool is_root = s > 0 && c + s * along >= 0 && s * sqrt(p2) < MOMENTUM_LIMIT_MEV;
        if (is_root && fabs(s - 1) < fabs(best - 1))
            best = s;
    }
    return best;
}

static void scale_momentum(struct four *particle, double scale, double mass)
{
    *particle = four_on_shell(mass, scale * particle->x, scale * particle->y, scale * particle->z);
}

bool smear_to(double m2_mev2, struct four kaon, struct four *pi0, struct four *e)
{
    double pi0_scale = scale_to(m2_mev2, four_subtract(kaon, *e), *pi0, MASS_PI0_MEV);
    double e_scale = scale_to(m2_mev2, four_subtract(kaon, *pi0), *e, MASS_ELECTRON_MEV);
    double pi0_shift = fabs(pi0_scale - 1), e_shift = fabs(e_scale - 1);
    if (isinf(pi0_shift) && isinf(e_shift))
        return false;
    if (pi0_shift <= e_shift)
        scale_momentum(pi0, pi0_scale, MASS_PI0_MEV);
    else
        scale_momentum(e, e_scale, MASS_ELECTRON_MEV);
    return true;
}
