/* SPDX-License-Identifier: MIT */
/*
 * response - what becomes of decays of one kind on their way through detector, selection and photon veto: acceptance,
 * efficiency, resolution, and the share that ends up in search windows.
 *
 * The search window of a mass is |m2_miss - m_N^2| <= 1.4 * 1700 MeV^2 (arXiv:2008.11654). The veto enters as the
 * probability that an event survives it. With a flat acceptance an event is accepted when the resolution could be
 * applied, and shares refer to accepted events: the factor of 0.10 is not in them. Otherwise they refer to all decays.
 */
#ifndef PHYSICS_RESPONSE_H
#define PHYSICS_RESPONSE_H

#include <stdbool.h>
#include <stdint.h>

#include "physics/constants.h"
#include "physics/ratio.h"
#include "physics/resolution.h"

#define RESPONSE_WINDOWS_MAX 8
#define RESPONSE_WINDOW_MEV2 (1.4 * M2_RESOLUTION_MEV2) /* half width */

/* What detector and selection made of a decay. */
struct response_candidate {
    bool is_accepted;
    bool is_selected; /* and passes every cut but the veto */
    double m2;        /* reconstructed, MeV^2; only if is_accepted */
    double survival;  /* probability that no photon is seen in a veto */
};

struct response {
    bool is_flat_acceptance;
    uint32_t window_count;
    double masses_mev[RESPONSE_WINDOWS_MAX];
    struct ratio_base all, accepted, selected;
    struct ratio acceptance, efficiency;
    struct ratio window_before[RESPONSE_WINDOWS_MAX], window_after[RESPONSE_WINDOWS_MAX];
    struct ratio window_of_selected[RESPONSE_WINDOWS_MAX];
    struct resolution resolution;
};

struct response_result {
    struct estimate accepted;   /* share of all decays, also when flat */
    struct estimate acceptance; /* FLAT_ACCEPTANCE, without error, when flat */
    struct estimate efficiency; /* of the selection without veto, for accepted events */
    struct resolution_estimate resolution;
    struct estimate window_before[RESPONSE_WINDOWS_MAX],
        window_after[RESPONSE_WINDOWS_MAX];                   /* before, after the veto */
    struct estimate window_of_selected[RESPONSE_WINDOWS_MAX]; /* before the veto, as a share of selected events */
};

/* masses_mev: m_N of `window_count` <= RESPONSE_WINDOWS_MAX windows. */
void response_init(struct response *response, bool is_flat_acceptance, const double *masses_mev, uint32_t window_count);

/* true_m2: MeV^2. */
void response_add(struct response *response, uint32_t stratum, double weight, double true_m2,
                  const struct response_candidate *candidate);

void response_finish(const struct response *response, const uint64_t trials[STRATA_COUNT],
                     struct response_result *result);

#endif
