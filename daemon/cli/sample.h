/* SPDX-License-Identifier: MIT */
/*
 * sample - the data sets of arXiv:2008.11654 by name, as numbers of kaon decays in the fiducial volume.
 *
 * The dedicated line is the sample of the years to come, 6e10 kaon decays behind a downscaling of 150, without it.
 */
#ifndef HNLMON_CLI_SAMPLE_H
#define HNLMON_CLI_SAMPLE_H

#include <stdbool.h>

#define SAMPLE_NAME_MAX 64 /* of names and sums of names, with its end */

struct sample {
    char name[SAMPLE_NAME_MAX];
    double n_kaon;
};

/* run1 is on disk; min-bias and dielectron are added to it by triggers of 2021 to 2024, which makes all. */
enum sample_index { SAMPLE_RUN1, SAMPLE_MIN_BIAS, SAMPLE_DIELECTRON, SAMPLE_ALL, SAMPLE_DEDICATED, SAMPLE_COUNT };

extern const struct sample sample_table[SAMPLE_COUNT];

#define SAMPLE_WORDS "a number from 1 to 1e18 or run1, min-bias, dielectron, all, dedicated (joined by +)"

/* A number, the name of a sample, or names joined by '+', which add up. False when it is none of these. */
bool sample_read(const char *text, struct sample *sample) __attribute__((warn_unused_result));

#endif
