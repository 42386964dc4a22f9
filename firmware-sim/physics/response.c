/* SPDX-License-Identifier: MIT */
/* response - see the header. */
#include "physics/response.h"

#include <assert.h>
#include <math.h>
#include <string.h>

void response_init(struct response *response, bool is_flat_acceptance, const double *masses_mev, uint32_t window_count)
{
    assert(window_count <= RESPONSE_WINDOWS_MAX);
    memset(response, 0, sizeof *response);
    response->is_flat_acceptance = is_flat_acceptance;
    response->window_count = window_count;
    for (uint32_t i = 0; i < window_count; i++)
        response->masses_mev[i] = masses_mev[i];
}

static void add_windows(struct response *response, uint32_t stratum, double weight,
                        const struct response_candidate *candidate)
{
    for (uint32_t i = 0; i < response->window_count; i++) {
        const double mass = response->masses_mev[i];
        if (fabs(candidate->m2 - mass * mass) > RESPONSE_WINDOW_MEV2)
            continue;
        ratio_add(&response->window_before[i], stratum, weight, 1);
        ratio_add(&response->window_after[i], stratum, weight, candidate->survival);
        ratio_add(&response->window_of_selected[i], stratum, weight, 1);
    }
}

void response_add(struct response *response, uint32_t stratum, double weight, double true_m2,
                  const struct response_candidate *candidate)
{
    ratio_base_add(&response->all, stratum, weight);
    if (!candidate->is_accepted)
        return;
    ratio_add(&response->acceptance, stratum, weight, 1);
    ratio_base_add(&response->accepted, stratum, weight);
    resolution_add(&response->resolution, stratum, weight, candidate->m2 - true_m2);
    if (!candidate->is_selected)
        return;
    ratio_add(&response->efficiency, stratum, weight, 1);
    ratio_base_add(&response->selected, stratum, weight);
    add_windows(response, stratum, weight, candidate);
}

void response_finish(const struct response *response, const uint64_t trials[STRATA_COUNT],
                     struct response_result *result)
{
    const struct ratio_base *base = response->is_flat_acceptance ? &response->accepted : &response->all;
    result->accepted = ratio_estimate(&response->acceptance, &response->all, trials);
    result->acceptance = response->is_flat_acceptance ? (struct estimate){FLAT_ACCEPTANCE, 0} : result->accepted;
    result->efficiency = ratio_estimate(&response->efficiency, &response->accepted, trials);
    result->resolution = resolution_estimate(&response->resolution, trials);
    for (uint32_t i = 0; i < response->window_count; i++) {
        result->window_before[i] = ratio_estimate(&response->window_before[i], base, trials);
        result->window_after[i] = ratio_estimate(&response->window_after[i], base, trials);
        result->window_of_selected[i] = ratio_estimate(&response->window_of_selected[i], &response->selected, trials);
    }
}
