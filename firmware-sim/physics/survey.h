/* SPDX-License-Identifier: MIT */
/*
 * survey - the numbers by which a generator of K+ -> pi0 e+ nu gamma is compared with another one, each with its Monte
 * Carlo error.
 *
 * Rates in the three usual radiative regions, the tail of the true m2_miss before and after the photon veto, survival
 * of the veto, mean energies of hard radiation; and what detector and selection make of it (response.h). Rest frame
 * means that of the kaon. The veto of the true spectrum is the closed form for isotropic photons (veto.h): no
 * acceptance.
 */
#ifndef PHYSICS_SURVEY_H
#define PHYSICS_SURVEY_H

#include <stdint.h>

#include "physics/constants.h"
#include "physics/ratio.h"
#include "physics/response.h"
#include "physics/sampler.h"
#include "physics/veto.h"

/* R1: k > 10 MeV, angle to the positron > 10 degrees; R2: k > 30 MeV, > 20 degrees; R3: k > 10 MeV, cosine 0.6 .. 0.9;
 * rest frame (Kubis et al., hep-ph/0611366). */
#define SURVEY_REGIONS 3

#define SURVEY_THRESHOLDS 10
extern const double survey_thresholds_mev2[SURVEY_THRESHOLDS];

#define SURVEY_FAR_TAIL_MEV2 18200.0 /* acceptance of the tail */

/* m_N of the windows: background is counted there. */
#define SURVEY_WINDOWS 6
extern const double survey_masses_mev[SURVEY_WINDOWS];

#define SURVEY_HARD_PHOTON_MEV 10.0 /* means are those of decays with a harder one */

enum survey_mean { SURVEY_E_POSITRON, SURVEY_E_PI0, SURVEY_E_PHOTON, SURVEY_COSINE, SURVEY_MEANS };

enum survey_stage { SURVEY_BEFORE_VETO, SURVEY_AFTER_VETO, SURVEY_AFTER_VETO_NO_THRESHOLD, SURVEY_STAGES };

struct survey {
    struct veto veto, veto_no_threshold;
    struct ratio_base all, tail, hard, tail_accepted, far_tail;
    struct ratio regions[SURVEY_REGIONS];
    struct ratio above[SURVEY_THRESHOLDS][SURVEY_STAGES];
    struct ratio survival, survival_no_threshold, survival_accepted, far_acceptance;
    struct ratio means[SURVEY_MEANS];
    struct response response;
};

struct survey_result {
    struct estimate regions[SURVEY_REGIONS];                 /* fraction of inclusive Ke3 */
    struct estimate above[SURVEY_THRESHOLDS][SURVEY_STAGES]; /* the same, by true m2 */
    struct estimate survival, survival_no_threshold;         /* of the veto, true m2 > VETO_TAIL_MEV2, all decays */
    struct estimate survival_accepted;                       /* the same, accepted decays, veto with threshold */
    struct estimate far_acceptance;      /* accepted of true m2 > SURVEY_FAR_TAIL_MEV2; NaN with a flat acceptance */
    struct estimate means[SURVEY_MEANS]; /* MeV; rest frame */
    struct response_result response;
};

/* veto: that of the mode, with its threshold. */
void survey_init(struct survey *survey, const struct veto *veto, bool is_flat_acceptance);

/* Adds a decay of weight > 0 of a kaon of this momentum, and what became of it. */
void survey_add(struct survey *survey, const struct sampler_decay *decay, double kaon_momentum_mev,
                const struct response_candidate *candidate);

/* trials: those of the sampler. */
void survey_finish(const struct survey *survey, const uint64_t trials[STRATA_COUNT], struct survey_result *result);

#endif
