/* SPDX-License-Identifier: MIT */
/*
 * units - the fixed-point units that every part of hnlmon shares.
 *
 * Momenta and masses are integers in "Q13": 1 LSB = 2^-13 MeV/c = 122 eV/c. Their products (squared masses) are in
 * "Q26": 1 LSB = 2^-26 MeV^2. Float32 would be wrong by up to 640 MeV^2 in m2_miss; this unit is wrong by about
 * 20 MeV^2 at worst, without bias, on a resolution of 1700 MeV^2.
 *
 * Masses: PDG. The rounding of a mass to Q13 moves m2_miss by less than 1 MeV^2.
 */
#ifndef HNLMON_UNITS_H
#define HNLMON_UNITS_H

#include <stdint.h>

#define MOMENTUM_SHIFT 13 /* Q13: momentum in MeV/c = value / 2^13 */
#define M2_SHIFT 26       /* Q26: squared mass in MeV^2 = value / 2^26 */

/* Largest |component| and largest |p| of a particle, and the largest |component| of the missing four-momentum:
 * 2^30 = 131 GeV/c. Beyond it a candidate is rejected (bad_range); within it no product below leaves int64. */
#define MOMENTUM_LIMIT_Q13 ((int32_t)1 << 30)

#define MASS_KAON_MEV 493.677
#define MASS_PI0_MEV 134.9768
#define MASS_ELECTRON_MEV 0.51099895

/* The nearest integers to 2^13 times these. */
#define MASS_KAON_Q13 4044202
#define MASS_PI0_Q13 1105730
#define MASS_ELECTRON_Q13 4186

#define E_OVER_P_SHIFT 10 /* Q10: e_over_p = value / 2^10 */

/* The clock that stamps candidates: counts since start of burst, 24.951059536 ns each (the 40.08 MHz experiment clock).
 * A burst is shorter than 2^31 counts (53.6 s); later times are bad_time. */
#define CLOCK_PERIOD_NS 24.951059536
#define CLOCK_LIMIT ((uint32_t)1 << 31)

/* Default binning of m2_miss: width 119 MeV^2 = 1.4 sigma / 20 at sigma = 1700 MeV^2, edges at multiples of it. */
#define M2_BIN_WIDTH_MEV2 119
#define M2_BIN_FIRST (-300) /* lower edge of the first bin, in bin widths */
#define M2_BIN_COUNT 1500   /* up to +1200 bin widths */

#endif
