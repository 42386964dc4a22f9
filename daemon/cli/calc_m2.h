/* SPDX-License-Identifier: MIT */
/* calc_m2 - the fixed-point squared missing mass of momenta that come as lines of text. */
#ifndef HNLMON_CLI_CALC_M2_H
#define HNLMON_CLI_CALC_M2_H

#include <stdio.h>

/* One line of output for each line of input: "m2 bin", m2 in MeV^2 with six decimals and bin 0 .. 1499 or underflow or
 * overflow, or "error: ...". Returns CLI_DONE, CLI_DAMAGED when a line was wrong, CLI_FAILED when reading failed. */
int calc_m2(FILE *in, FILE *out);

#endif
