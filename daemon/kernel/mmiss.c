/* SPDX-License-Identifier: MIT */
/*
 * mmiss - the squared missing mass of one candidate, with the bound of every product beside it.
 *
 * It decides which momenta are in the domain and what m2_miss is; what to do with it is left to select.c. The square of
 * a difference of four-momenta is formed as dE^2 - dp^2 of the *missing* four-momentum, never as a sum of masses and
 * products of energies: the differences are taken before anything is squared, where integers are exact.
 */
#include "hnlmon/mmiss.h"

#include "hnlmon/units.h"
#include "kernel/isqrt.h"

#define MOMENTUM_LIMIT_SQUARED ((uint64_t)1 << 60)

_Static_assert((uint64_t)MOMENTUM_LIMIT_Q13 *(uint64_t)MOMENTUM_LIMIT_Q13 == MOMENTUM_LIMIT_SQUARED, "|p|^2 <= 2^60");
_Static_assert(MASS_KAON_Q13 < 1 << 22 && MASS_PI0_Q13 < 1 << 22 && MASS_ELECTRON_Q13 < 1 << 22, "m^2 < 2^44");

/* |value| <= 2^31, so that the square is <= 2^62 and fits int64, INT32_MIN too. */
static uint64_t square(int64_t value)
{
    return (uint64_t)(value * value);
}

/* Energy by E^2 = p^2 + m^2; false when |p| exceeds the limit. A component beyond the limit makes |p| exceed it too. */
static bool energy(const int32_t p[3], int64_t mass, int64_t *e)
{
    uint64_t p2 = square(p[0]) + square(p[1]) + square(p[2]); /* <= 3 * 2^62 < 2^64 */
    if (p2 > MOMENTUM_LIMIT_SQUARED)
        return false;
    *e = isqrt_nearest_inline(p2 + square(mass)); /* <= 2^60 + 2^44 < 2^63; so E <= 2^30 + 2^13 */
    return true;
}

static bool is_in_range(int64_t component)
{
    return component >= -MOMENTUM_LIMIT_Q13 && component <= MOMENTUM_LIMIT_Q13;
}

bool mmiss_compute(const int32_t k[3], const int32_t pi0[3], const int32_t e[3], int64_t *m2)
{
    int64_t energy_k, energy_pi0, energy_e;
    *m2 = 0;
    if (!energy(k, MASS_KAON_Q13, &energy_k) || !energy(pi0, MASS_PI0_Q13, &energy_pi0) ||
        !energy(e, MASS_ELECTRON_Q13, &energy_e))
        return false;
    int64_t d_e = energy_k - energy_pi0 - energy_e; /* |dE| <= 2 * (2^30 + 2^13) < 2^32 */
    int64_t d_px = (int64_t)k[0] - pi0[0] - e[0];   /* |dp| <= 3 * 2^30 < 2^32 */
    int64_t d_py = (int64_t)k[1] - pi0[1] - e[1];
    int64_t d_pz = (int64_t)k[2] - pi0[2] - e[2];
    if (!is_in_range(d_e) || !is_in_range(d_px) || !is_in_range(d_py) || !is_in_range(d_pz))
        return false;
    /* From here each component is within +-2^30: |dE -+ dpz| <= 2^31, |product| <= 2^62, squares <= 2^60,
     * -(2^62 + 2^61) <= m2 <= 2^62. */
    *m2 = (d_e - d_pz) * (d_e + d_pz) - d_px * d_px - d_py * d_py;
    return true;
}

/* floor(m2 / 2^26) without a shift of a negative number: ~m2 = -1 - m2 >= 0, and ~floor(~m2 / 2^26) rounds down, too.
 */
static int64_t floor_mev2(int64_t m2)
{
    return m2 < 0 ? ~(~m2 >> M2_SHIFT) : m2 >> M2_SHIFT; /* -2^37 .. 2^37 - 1 */
}

int32_t mmiss_mev2(int64_t m2)
{
    int64_t mev2 = floor_mev2(m2);
    if (mev2 > INT32_MAX)
        return INT32_MAX;
    return mev2 < INT32_MIN ? INT32_MIN : (int32_t)mev2;
}
