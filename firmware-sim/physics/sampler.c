/* SPDX-License-Identifier: MIT */
/* sampler - see the header. */
#include "physics/sampler.h"

#include <assert.h>
#include <stddef.h>

/* Of 8 trials; the first stratum decides how well the total is known. */
static const uint64_t eighths[STRATA_COUNT] = {2, 1, 2, 3};

static const char *const sampling_names[SAMPLING_COUNT] = {
    [SAMPLING_STRATIFIED] = "stratified",
    [SAMPLING_UNWEIGHTED] = "unweighted",
};

const char *sampling_name(enum sampling sampling)
{
    return sampling_names[sampling];
}

void sampler_init(struct sampler *sampler, enum sampling sampling, uint64_t events)
{
    assert(events >= SAMPLER_EVENTS_MIN);
    *sampler = (struct sampler){.sampling = sampling, .trials = {events}};
    if (sampling == SAMPLING_STRATIFIED) {
        for (int i = 0; i < STRATA_COUNT - 1; i++)
            sampler->trials[i] = events / 8 * eighths[i];
        sampler->trials[STRATA_COUNT - 1] = events - sampler->trials[0] - sampler->trials[1] - sampler->trials[2];
    }
    sampler->left = sampler->trials[0];
}

/* Five uniform numbers make a decay; its weight is its share of the mean over the stratum. */
static void draw_stratified(struct sampler *sampler, struct random *random, struct sampler_decay *decay)
{
    const struct strata_range *stratum = &strata_ranges[sampler->stratum];
    double u[5];
    for (int i = 0; i < 5; i++)
        u[i] = random_uniform(random);
    decay->weight = ke3gamma_weigh(u, stratum->k_min_mev, stratum->k_max_mev, &decay->ke3) /
                    (double)sampler->trials[sampler->stratum];
    sampler->outside += decay->weight == 0;
}

bool sampler_next(struct sampler *sampler, struct random *random, struct sampler_decay *decay)
{
    while (sampler->left == 0) {
        if (sampler->stratum + 1 == STRATA_COUNT)
            return false;
        sampler->left = sampler->trials[++sampler->stratum];
    }
    sampler->left--;
    decay->stratum = sampler->stratum;
    if (sampler->sampling == SAMPLING_STRATIFIED) {
        draw_stratified(sampler, random, decay);
    } else {
        ke3gamma_draw(random, &decay->ke3, &sampler->counts);
        decay->weight = 1;
    }
    return true;
}
