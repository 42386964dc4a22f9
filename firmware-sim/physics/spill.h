/* SPDX-License-Identifier: MIT */
/*
 * spill - when candidates come within a burst.
 *
 * A burst repeats with a period; within its spill the intensity is a flat top with a decaying spike at the start,
 *     intensity(t) ~ 1 + (SPILL_SPIKE - 1) exp(-t / SPILL_SPIKE_DECAY_S),   0 <= t < length:
 * 2.5 times the flat top at t = 0, 1.2 times after 100 ms. Times are an inhomogeneous Poisson process, or a fixed
 * number of independent times in order; between two candidates further L0 triggers come that have no candidate. Counts
 * of the clock of units.h since start of burst; the same seed and stream give the same bursts.
 */
#ifndef PHYSICS_SPILL_H
#define PHYSICS_SPILL_H

#include <stdbool.h>
#include <stdint.h>

#include "physics/random.h"

#define SPILL_SPIKE 2.5
#define SPILL_SPIKE_DECAY_S 0.05

struct spill_config {
    uint64_t seed, stream;
    double period_s;               /* from burst to burst, >= length_s */
    double length_s;               /* of the beam, above 0 and shorter than CLOCK_LIMIT counts (53.58 s) */
    double candidates_per_second;  /* mean rate, averaged over a spill without gap, > 0 */
    double triggers_per_candidate; /* mean number of L0 triggers without a candidate before each candidate, >= 0 */
};

struct spill {
    struct spill_config config;
    struct random random;
    double area;      /* integral of the profile over the spill but for its gap, s */
    double gap_from;  /* that integral up to the gap, s */
    double gap_area;  /* and that over the gap, s */
    double elapsed_s; /* time of the last candidate of the open burst */
    double passed;    /* integral of the profile up to it, s */
    uint64_t left;    /* candidates still to come, when the number is fixed */
    bool is_fixed;
};

/* 4.8 s of beam every 14.4 s, 25 kHz of candidates, 40 further triggers before each (1 MHz of L0), seed 1. */
struct spill_config spill_config_default(void);

/* What is wrong with the configuration, as a sentence; NULL when nothing is. */
const char *spill_config_error(const struct spill_config *config);

/* The configuration must be free of errors. */
void spill_init(struct spill *spill, const struct spill_config *config);

/* Other rates than those of the configuration, for the bursts to come; within the same limits. */
void spill_set_rates(struct spill *spill, double candidates_per_second, double triggers_per_candidate);

/* A gap around the middle of the spill, for the bursts to come: no beam for `share` of its length, 0 (none) to
 * SPILL_GAP_MAX. The intensity outside stays what it was. Returns what is left of the beam, 1 without a gap. */
#define SPILL_GAP_MAX 0.9
double spill_set_gap(struct spill *spill, double share);

/* Starts a burst whose number of candidates is Poisson distributed around rate x length. */
void spill_begin(struct spill *spill);

/* Starts a burst of exactly `count` candidates. */
void spill_begin_count(struct spill *spill, uint64_t count);

/* The next candidate of the burst: *time in clock counts, not decreasing and below CLOCK_LIMIT, and in *triggers the
 * number of L0 triggers without a candidate that came before it. False at the end of the burst, when *triggers are
 * those after the last candidate. */
bool spill_next(struct spill *spill, uint32_t *time, uint64_t *triggers) __attribute__((warn_unused_result));

/* Intensity at `t_s` after the start of burst, relative to the mean over a spill without gap; 0 outside it. */
double spill_intensity(const struct spill *spill, double t_s);

/* Start of burst number `burst` (0, 1, ...), ns after that of burst 0. */
uint64_t spill_start_ns(const struct spill *spill, uint64_t burst);

#endif
