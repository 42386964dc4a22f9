/* SPDX-License-Identifier: MIT */
/*
 * batch_kernel - what a vector kernel offers to batch.c, and the constants that the vector kernels share.
 *
 * A vector kernel evaluates whole vectors; batch.c arranges blocks of any length. How both vector kernels work:
 *
 *   Words stay in 32-bit lanes, wrapped. A 32 x 32 -> 64 bit multiplication reads the even lanes of its operands; the
 * odd lanes follow after a shift by 32. Squares of wrapped words are right whenever the true |value| <= 2^31, since
 * INT32_MIN and 2^31 have the same square.
 *   A test is a sign bit: a - b is negative when a < b, as long as the difference cannot wrap. Several tests are joined
 * by "or" and read once.
 *   Energies are a double square root of E^2 rounded to an integer, put right by one step each way with the integer
 * rule of isqrt.c. In the domain E^2 <= 2^60 + 2^44; its conversion and its root are each wrong by at most 2^-52, so
 * the root by less than 2^30.1 * 2^-51 < 2^-20, and the estimate is at most one away from the nearest integer.
 *   Outside the domain lanes compute something without meaning, which the range test replaces.
 */
#ifndef KERNEL_BATCH_KERNEL_H
#define KERNEL_BATCH_KERNEL_H

#include <stdint.h>

#include "hnlmon/units.h"
#include "kernel/batch.h"

#define BATCH_MASS_SQUARED(mass) ((int64_t)(mass) * (mass))

/* |p| <= MOMENTUM_LIMIT_Q13 as a limit on E^2 = p^2 + m^2, where p^2 <= 3 * 2^62 and m^2 < 2^44. As signed numbers:
 * E^2 >= 2^63 is negative; for E^2 < 2^63 the difference limit - E^2 > 2^60 - 2^63 does not wrap. So the sign of
 * E^2 | (limit - E^2) says "beyond". */
#define BATCH_ENERGY_LIMIT_SQUARED(mass) (((int64_t)1 << 60) + BATCH_MASS_SQUARED(mass))

/* The slot of v = floor(m2 / 2^26): clamp v to one below the axis .. its upper edge, then (v + offset) / width. */
#define BATCH_AXIS_LOW (M2_BIN_FIRST * M2_BIN_WIDTH_MEV2)
#define BATCH_CLAMP_LOW (BATCH_AXIS_LOW - 1)
#define BATCH_CLAMP_HIGH (BATCH_AXIS_LOW + M2_BIN_COUNT * M2_BIN_WIDTH_MEV2)
#define BATCH_SLOT_OFFSET (M2_BIN_WIDTH_MEV2 - BATCH_AXIS_LOW)

/* m2 >= -(2^62 + 2^61) by mmiss.c, and in truth dE^2 - dp^2 >= -3 * 2^60, so m2 + 2^62 > 0 and may be shifted as an
 * unsigned number: floor(m2 / 2^26) = ((m2 + 2^62) >> 26) - 2^36. */
#define BATCH_M2_BIAS ((int64_t)1 << 62)

#if defined(__x86_64__)
#define BATCH_X86 1
enum { BATCH_AVX2_LANES = 8, BATCH_AVX512_LANES = 16 };

/* Candidate begin + i goes to entry at + i, for i < count; count is a multiple of the lanes. */
void batch_avx2_evaluate(const struct selection *selection, const struct candidate_columns *columns, uint32_t begin,
                         uint32_t count, uint32_t at, struct batch_result *result);
void batch_avx512_evaluate(const struct selection *selection, const struct candidate_columns *columns, uint32_t begin,
                           uint32_t count, uint32_t at, struct batch_result *result);
#else
#define BATCH_X86 0
#endif

#endif
