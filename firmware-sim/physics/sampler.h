/* SPDX-License-Identifier: MIT */
/*
 * sampler - a source of Ke3(gamma) decays for spectra: each one with a weight, in strata of the photon's energy.
 *
 * Stratified: the photon energy is drawn in four ranges, log-uniform in all but the first, so that five in eight decays
 * are above 3 MeV, where 7 % of the rate are. Unweighted: what the front-end sends, weight 1.
 * Sums of weights estimate the same rates in both; only ratios of such sums mean anything. ratio.h has their errors.
 */
#ifndef PHYSICS_SAMPLER_H
#define PHYSICS_SAMPLER_H

#include <stdbool.h>
#include <stdint.h>

#include "physics/ke3gamma.h"
#include "physics/random.h"
#include "physics/strata.h"

enum sampling { SAMPLING_STRATIFIED, SAMPLING_UNWEIGHTED, SAMPLING_COUNT };

/* "stratified", "unweighted". */
const char *sampling_name(enum sampling sampling);

/* A decay of the kaon at rest, not yet rotated. */
struct sampler_decay {
    struct ke3gamma ke3;
    uint32_t stratum; /* 0 .. STRATA_COUNT - 1; always 0 when unweighted */
    double weight;    /* >= 0; at 0 the trial was outside the phase space and `ke3` is not set */
};

struct sampler {
    enum sampling sampling;
    uint64_t trials[STRATA_COUNT]; /* that the strata get, among them those of weight 0 */
    uint32_t stratum;              /* of the next trial */
    uint64_t left;                 /* trials in it */
    uint64_t outside;              /* trials of weight 0 so far */
    struct ke3gamma_counts counts; /* of the accept-reject, when unweighted */
};

#define SAMPLER_EVENTS_MIN 16 /* two trials in every stratum */

/* `events` >= SAMPLER_EVENTS_MIN: trials when stratified, decays when unweighted. */
void sampler_init(struct sampler *sampler, enum sampling sampling, uint64_t events);

/* The next decay; false when all were drawn. */
bool sampler_next(struct sampler *sampler, struct random *random, struct sampler_decay *decay)
    __attribute__((warn_unused_result));

#endif
