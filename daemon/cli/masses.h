/* SPDX-License-Identifier: MIT */
/* masses - one mass of N, or a range of them, as people write it: 135, 60:350, 60:350:5. MeV. */
#ifndef HNLMON_CLI_MASSES_H
#define HNLMON_CLI_MASSES_H

#include <stdbool.h>
#include <stdint.h>

#define MASSES_MAX 10000u

struct masses {
    double first_mev, last_mev;
    double step_mev; /* > 0; 0: none was given */
};

#define MASSES_WORDS "a mass M or a range FROM:TO or FROM:TO:STEP from 0 to 358.1 MeV with at most 10000 of them"

/* Where a few masses stand for all: from the lowest that is well searched to the highest. MeV. */
#define MASSES_SHOWN 6u
extern const double masses_shown[MASSES_SHOWN];

/* False when it is no mass or range of 0 to 358.1 MeV, or has more than MASSES_MAX steps. */
bool masses_read(const char *text, struct masses *masses) __attribute__((warn_unused_result));

/* How many there are, the first and the last one included when the step allows; the step must be > 0. */
uint32_t masses_count(const struct masses *masses);
double masses_at(const struct masses *masses, uint32_t index);

#endif
