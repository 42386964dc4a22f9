/* SPDX-License-Identifier: MIT */
/* survey - see the header. */
#include "physics/survey.h"

#include <math.h>
#include <string.h>

#include "physics/constants.h"

const double survey_thresholds_mev2[SURVEY_THRESHOLDS] = {2000,  5000,  10000, 15600, 18200,
                                                          20700, 22500, 30000, 50000, 80000};
const double survey_masses_mev[SURVEY_WINDOWS] = {100, 125, 135, 144, 150, 200};

/* Cosines of 10 and 20 degrees. */
#define COS_10_DEGREES 0.98480775301220806
#define COS_20_DEGREES 0.93969262078590838

void survey_init(struct survey *survey, const struct veto *veto, bool is_flat_acceptance)
{
    memset(survey, 0, sizeof *survey);
    survey->veto = survey->veto_no_threshold = *veto;
    survey->veto_no_threshold.threshold_mev = 0;
    response_init(&survey->response, is_flat_acceptance, survey_masses_mev, SURVEY_WINDOWS);
}

static void add_regions(struct survey *survey, const struct sampler_decay *decay)
{
    const double k = decay->ke3.k, cosine = decay->ke3.n.z;
    const bool is_inside[SURVEY_REGIONS] = {k > 10 && cosine<COS_10_DEGREES, k> 30 && cosine<COS_20_DEGREES, k> 10 &&
                                            cosine > 0.6 && cosine < 0.9};
    for (int i = 0; i < SURVEY_REGIONS; i++)
        if (is_inside[i])
            ratio_add(&survey->regions[i], decay->stratum, decay->weight, 1);
}

static void add_means(struct survey *survey, const struct sampler_decay *decay)
{
    const double values[SURVEY_MEANS] = {
        [SURVEY_E_POSITRON] = decay->ke3.e.e,
        [SURVEY_E_PI0] = decay->ke3.pi0.e,
        [SURVEY_E_PHOTON] = decay->ke3.k,
        [SURVEY_COSINE] = decay->ke3.n.z,
    };
    ratio_base_add(&survey->hard, decay->stratum, decay->weight);
    for (int i = 0; i < SURVEY_MEANS; i++)
        ratio_add(&survey->means[i], decay->stratum, decay->weight, values[i]);
}

static void add_spectrum(struct survey *survey, const struct sampler_decay *decay, double kaon_momentum_mev)
{
    const double survival = veto_survival(&survey->veto, decay->ke3.k, kaon_momentum_mev);
    const double no_threshold = veto_survival(&survey->veto_no_threshold, decay->ke3.k, kaon_momentum_mev);
    const double x[SURVEY_STAGES] = {1, survival, no_threshold};
    for (int i = 0; i < SURVEY_THRESHOLDS && decay->ke3.m2 > survey_thresholds_mev2[i]; i++)
        for (int stage = 0; stage < SURVEY_STAGES; stage++)
            ratio_add(&survey->above[i][stage], decay->stratum, decay->weight, x[stage]);
    if (decay->ke3.m2 > VETO_TAIL_MEV2) {
        ratio_base_add(&survey->tail, decay->stratum, decay->weight);
        ratio_add(&survey->survival, decay->stratum, decay->weight, survival);
        ratio_add(&survey->survival_no_threshold, decay->stratum, decay->weight, no_threshold);
    }
}

/* How veto and acceptance go together. */
static void add_accepted(struct survey *survey, const struct sampler_decay *decay,
                         const struct response_candidate *candidate)
{
    if (decay->ke3.m2 > VETO_TAIL_MEV2 && candidate->is_accepted) {
        ratio_base_add(&survey->tail_accepted, decay->stratum, decay->weight);
        ratio_add(&survey->survival_accepted, decay->stratum, decay->weight, candidate->survival);
    }
    if (decay->ke3.m2 > SURVEY_FAR_TAIL_MEV2) {
        ratio_base_add(&survey->far_tail, decay->stratum, decay->weight);
        ratio_add(&survey->far_acceptance, decay->stratum, decay->weight, candidate->is_accepted);
    }
}

void survey_add(struct survey *survey, const struct sampler_decay *decay, double kaon_momentum_mev,
                const struct response_candidate *candidate)
{
    ratio_base_add(&survey->all, decay->stratum, decay->weight);
    add_regions(survey, decay);
    if (decay->ke3.k > SURVEY_HARD_PHOTON_MEV)
        add_means(survey, decay);
    if (decay->ke3.m2 > survey_thresholds_mev2[0])
        add_spectrum(survey, decay, kaon_momentum_mev);
    add_accepted(survey, decay, candidate);
    response_add(&survey->response, decay->stratum, decay->weight, decay->ke3.m2, candidate);
}

void survey_finish(const struct survey *survey, const uint64_t trials[STRATA_COUNT], struct survey_result *result)
{
    for (int i = 0; i < SURVEY_REGIONS; i++)
        result->regions[i] = ratio_estimate(&survey->regions[i], &survey->all, trials);
    for (int i = 0; i < SURVEY_THRESHOLDS; i++)
        for (int stage = 0; stage < SURVEY_STAGES; stage++)
            result->above[i][stage] = ratio_estimate(&survey->above[i][stage], &survey->all, trials);
    for (int i = 0; i < SURVEY_MEANS; i++)
        result->means[i] = ratio_estimate(&survey->means[i], &survey->hard, trials);
    result->survival = ratio_estimate(&survey->survival, &survey->tail, trials);
    result->survival_no_threshold = ratio_estimate(&survey->survival_no_threshold, &survey->tail, trials);
    result->survival_accepted = ratio_estimate(&survey->survival_accepted, &survey->tail_accepted, trials);
    result->far_acceptance = survey->response.is_flat_acceptance
                                 ? (struct estimate){NAN, NAN}
                                 : ratio_estimate(&survey->far_acceptance, &survey->far_tail, trials);
    response_finish(&survey->response, trials, &result->response);
}
