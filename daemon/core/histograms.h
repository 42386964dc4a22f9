/* SPDX-License-Identifier: MIT */
/*
 * histograms - the table of all histograms, laid end to end in one array of counts.
 *
 * A burst is such an array of 32-bit counts, a horizon one of 64-bit sums: adding a burst to a horizon is adding
 * arrays. The first six are m2_miss per line, after and before the photon veto; the others show every candidate with
 * valid momenta and time before any cut, so that each cut can be seen.
 */
#ifndef HNLMON_CORE_HISTOGRAMS_H
#define HNLMON_CORE_HISTOGRAMS_H

#include <stdbool.h>
#include <stdint.h>

#include "hnlmon/histogram.h"
#include "hnlmon/units.h"

enum histogram_id {
    HISTOGRAM_M2, /* + 2 * line, + 1 before the veto */
    HISTOGRAM_M2_BEFORE_VETO,
    HISTOGRAM_M2_DOWNSCALED,
    HISTOGRAM_M2_DOWNSCALED_BEFORE_VETO,
    HISTOGRAM_M2_TAIL,
    HISTOGRAM_M2_TAIL_BEFORE_VETO,
    HISTOGRAM_M_GG,
    HISTOGRAM_E_OVER_P,
    HISTOGRAM_VERTEX_Z,
    HISTOGRAM_P_E,
    HISTOGRAM_DT,
    HISTOGRAM_DT_K,
    HISTOGRAM_CDA,
    HISTOGRAM_BURST_TIME,
    HISTOGRAM_COUNT
};

#define M2_SLOTS (M2_BIN_COUNT + 2)
/* Slots of all histograms together; histograms.c asserts that its table adds up to it. */
#define HISTOGRAM_SLOTS (6 * M2_SLOTS + 142 + 130 + 172 + 152 + 202 + 202 + 102 + 702)

struct histogram_info {
    const char *name;  /* "m2", "m2_before_veto", "m2_downscaled", ... , "burst_time" */
    const char *title; /* for people */
    const char *unit;  /* of value * unit_scale */
    struct axis axis;  /* integers */
    double unit_scale;
    uint32_t offset; /* of its slot 0 in the array of all slots */
};

extern const struct histogram_info histogram_table[HISTOGRAM_COUNT];

/* Whether the slots of a burst can be those of at most that many candidates: each is in a histogram once at most, and
 * in m2_miss of a line after the veto only if it is there before. */
bool histograms_hold(const uint32_t *slots, uint64_t candidates);

/* Changes when a histogram does: what is kept was counted with these. */
uint64_t histograms_fingerprint(void);

/* By name; HISTOGRAM_COUNT when there is none. */
enum histogram_id histogram_by_name(const char *name);

#endif
