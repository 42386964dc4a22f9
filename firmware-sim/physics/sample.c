/* SPDX-License-Identifier: MIT */
/* sample - see the header. */
#include "physics/sample.h"

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

void sample_init(struct sample *sample, enum sampling sampling, uint64_t events)
{
    assert(events >= SAMPLE_EVENTS_MIN);
    *sample = (struct sample){.sampling = sampling, .trials = {events}};
    if (sampling == SAMPLING_STRATIFIED) {
        for (int i = 0; i < STRATA_COUNT - 1; i++)
            sample->trials[i] = events / 8 * eighths[i];
        sample->trials[STRATA_COUNT - 1] = events - sample->trials[0] - sample->trials[1] - sample->trials[2];
    }
    sample->left = sample->trials[0];
}

/* Five uniform numbers make a decay; its weight is its share of the mean over the stratum. */
static void draw_stratified(struct sample *sample, struct random *random, struct sample_decay *decay)
{
    const struct strata_range *stratum = &strata_ranges[sample->stratum];
    double u[5];
    for (int i = 0; i < 5; i++)
        u[i] = random_uniform(random);
    decay->weight = ke3gamma_weigh(u, stratum->k_min_mev, stratum->k_max_mev, &decay->ke3) /
                    (double)sample->trials[sample->stratum];
    sample->outside += decay->weight == 0;
}

bool sample_next(struct sample *sample, struct random *random, struct sample_decay *decay)
{
    while (sample->left == 0) {
        if (sample->stratum + 1 == STRATA_COUNT)
            return false;
        sample->left = sample->trials[++sample->stratum];
    }
    sample->left--;
    decay->stratum = sample->stratum;
    if (sample->sampling == SAMPLING_STRATIFIED) {
        draw_stratified(sample, random, decay);
    } else {
        ke3gamma_draw(random, &decay->ke3, &sample->counts);
        decay->weight = 1;
    }
    return true;
}
