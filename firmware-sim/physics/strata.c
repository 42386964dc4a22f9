/* SPDX-License-Identifier: MIT */
/* strata - see the header. */
#include "physics/strata.h"

#include <assert.h>
#include <math.h>
#include <stddef.h>

#include "physics/constants.h"

const struct strata_range strata_ranges[STRATA_COUNT] = {{0, 1e-3}, {1e-3, 3}, {3, 30}, {30, PHOTON_ENERGY_MAX_MEV}};

/* Of 8 events: points of low discrepancy need few for the total. */
static const uint64_t eighths[STRATA_COUNT] = {1, 1, 2, 4};

#define DIMENSIONS 5

/* Rank-one sequence with increments 1 / g, 1 / g^2, ... for g^6 = g + 1: the golden ratio in five dimensions. */
struct sequence {
    double point[DIMENSIONS];
    double increment[DIMENSIONS];
};

static void sequence_init(struct sequence *sequence, struct random *random)
{
    const double g = 1.13472413840151949; /* the real root above 1 of g^6 = g + 1 */
    double power = 1;
    for (int i = 0; i < DIMENSIONS; i++) {
        power /= g;
        sequence->increment[i] = power;
        sequence->point[i] = random_uniform(random);
    }
}

/* The next point, kept off 0 and 1 where logarithms end. */
static void sequence_next(struct sequence *sequence, double u[DIMENSIONS])
{
    for (int i = 0; i < DIMENSIONS; i++) {
        sequence->point[i] += sequence->increment[i];
        sequence->point[i] -= floor(sequence->point[i]);
        u[i] = fmin(1 - 0x1p-40, fmax(0x1p-40, sequence->point[i]));
    }
}

void strata_simulate(uint64_t events, struct random *random,
                     void (*take)(void *context, const struct ke3gamma *decay, double weight), void *context)
{
    assert(events >= STRATA_EVENTS_MIN);
    for (size_t stratum = 0; stratum < STRATA_COUNT; stratum++) {
        const uint64_t count = eighths[stratum] * (events / 8);
        struct sequence sequence;
        sequence_init(&sequence, random);
        for (uint64_t i = 0; i < count; i++) {
            double u[DIMENSIONS];
            struct ke3gamma decay;
            sequence_next(&sequence, u);
            double weight =
                ke3gamma_weigh(u, strata_ranges[stratum].k_min_mev, strata_ranges[stratum].k_max_mev, &decay);
            if (weight > 0)
                take(context, &decay, weight / (double)count);
        }
    }
}
