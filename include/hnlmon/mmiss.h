/* SPDX-License-Identifier: MIT */
/*
 * mmiss - the squared missing mass m2_miss = (p_K - p_pi0 - p_e)^2 of a candidate, in integers only.
 *
 * Energies are E = round(sqrt(p^2 + m^2)) by an exact integer square root with the fixed masses of units.h. The same
 * momenta give the same 64 bits on every machine.
 */
#ifndef HNLMON_MMISS_H
#define HNLMON_MMISS_H

#include <stdbool.h>
#include <stdint.h>

/* Nearest integer to sqrt(n); n < 2^63. Exact for every n: a tie cannot occur, since (r + 1/2)^2 is never an integer.
 */
uint32_t isqrt_nearest(uint64_t n);

/* Squared missing mass in Q26 MeV^2 from momenta x y z in Q13 MeV/c. Returns false, with *m2 = 0, when a component or
 * a |p| exceeds MOMENTUM_LIMIT_Q13, or a component of the missing four-momentum does. */
bool mmiss_compute(const int32_t k[3], const int32_t pi0[3], const int32_t e[3], int64_t *m2)
    __attribute__((warn_unused_result));

/* floor(m2 / 2^26) in MeV^2, clamped to int32. */
int32_t mmiss_mev2(int64_t m2);

#endif
