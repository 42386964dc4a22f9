/* SPDX-License-Identifier: MIT */
/*
 * spill - see the header.
 *
 * With the integral P(t) = t + (SPILL_SPIKE - 1) tau (1 - exp(-t / tau)) of the profile as the time scale, the process
 * is homogeneous: steps are exponential there (Poisson), or those of n uniform order statistics (fixed number). A gap
 * is cut out of that scale.
 */
#include "physics/spill.h"

#include <assert.h>
#include <math.h>
#include <stddef.h>

#include "hnlmon/units.h"

#define NS_PER_S 1e9
#define SPIKE_AREA_S ((SPILL_SPIKE - 1) * SPILL_SPIKE_DECAY_S)

struct spill_config spill_config_default(void)
{
    return (struct spill_config){
        .seed = 1, .period_s = 14.4, .length_s = 4.8, .candidates_per_second = 25e3, .triggers_per_candidate = 40};
}

const char *spill_config_error(const struct spill_config *config)
{
    const double longest_s = (double)CLOCK_LIMIT * CLOCK_PERIOD_NS / NS_PER_S;
    if (!(config->length_s > 0 && config->length_s < longest_s))
        return "the spill must be longer than 0 and shorter than 53.58 s (2^31 clock counts)";
    if (!(config->period_s >= config->length_s && config->period_s <= 1e6))
        return "the burst period must be at least the spill length and at most 1e6 s";
    if (!(config->candidates_per_second > 0 && config->candidates_per_second <= 1e9))
        return "the candidate rate must be above 0 and at most 1e9 per second";
    if (!(config->triggers_per_candidate >= 0 && config->triggers_per_candidate <= 1e9))
        return "the number of triggers per candidate must be between 0 and 1e9";
    return NULL;
}

static double profile(double t_s)
{
    return 1 + (SPILL_SPIKE - 1) * exp(-t_s / SPILL_SPIKE_DECAY_S);
}

static double profile_integral(double t_s)
{
    return t_s - SPIKE_AREA_S * expm1(-t_s / SPILL_SPIKE_DECAY_S);
}

void spill_init(struct spill *spill, const struct spill_config *config)
{
    assert(spill_config_error(config) == NULL);
    *spill = (struct spill){.config = *config, .is_fixed = true};
    spill_set_gap(spill, 0);
    random_init(&spill->random, config->seed, config->stream);
}

void spill_set_rates(struct spill *spill, double candidates_per_second, double triggers_per_candidate)
{
    spill->config.candidates_per_second = candidates_per_second;
    spill->config.triggers_per_candidate = triggers_per_candidate;
    assert(spill_config_error(&spill->config) == NULL);
}

double spill_set_gap(struct spill *spill, double share)
{
    const double length_s = spill->config.length_s, whole = profile_integral(length_s);
    assert(share >= 0 && share <= SPILL_GAP_MAX);
    spill->gap_from = profile_integral((1 - share) / 2 * length_s);
    spill->gap_area = share > 0 ? profile_integral((1 + share) / 2 * length_s) - spill->gap_from : 0;
    spill->area = whole - spill->gap_area;
    return spill->area / whole;
}

void spill_begin(struct spill *spill)
{
    spill->elapsed_s = 0;
    spill->passed = 0;
    spill->left = 0;
    spill->is_fixed = false;
}

void spill_begin_count(struct spill *spill, uint64_t count)
{
    spill_begin(spill);
    spill->left = count;
    spill->is_fixed = true;
}

/* Moves to the time at which the integral but for the gap is spill->passed. The integral is concave, so Newton's method
 * from an earlier time never oversteps; where the spike is over, one step is exact. */
static void advance(struct spill *spill)
{
    const double target = spill->passed + (spill->passed < spill->gap_from ? 0 : spill->gap_area);
    for (;;) {
        double step = (target - profile_integral(spill->elapsed_s)) / profile(spill->elapsed_s);
        if (step > 0)
            spill->elapsed_s += step;
        if (!(step > 1e-10))
            return;
    }
}

/* Moves to the next candidate on the scale of the integral; false at the end of the burst. */
static bool step_forward(struct spill *spill)
{
    double exponential = random_exponential(&spill->random);
    if (spill->is_fixed) {
        if (spill->left == 0)
            return false;
        /* The smallest of n uniform times in the rest of the burst: 1 - U^(1/n). */
        spill->passed -= (spill->area - spill->passed) * expm1(-exponential / (double)spill->left--);
        return true;
    }
    double mean_rate = spill->config.candidates_per_second * spill->config.length_s / (spill->area + spill->gap_area);
    spill->passed += exponential / mean_rate;
    if (spill->passed < spill->area)
        return true;
    spill->is_fixed = true; /* with none left: the burst stays over */
    return false;
}

bool spill_next(struct spill *spill, uint32_t *time, uint64_t *triggers)
{
    *triggers = random_geometric(&spill->random, spill->config.triggers_per_candidate);
    *time = 0;
    if (!step_forward(spill))
        return false;
    advance(spill);
    double counts = fmin(spill->elapsed_s, spill->config.length_s) * (NS_PER_S / CLOCK_PERIOD_NS);
    *time = counts < (double)(CLOCK_LIMIT - 1) ? (uint32_t)counts : CLOCK_LIMIT - 1;
    return true;
}

double spill_intensity(const struct spill *spill, double t_s)
{
    bool is_inside = t_s >= 0 && t_s < spill->config.length_s;
    double passed = profile_integral(t_s) - spill->gap_from;
    bool is_beam = is_inside && !(passed >= 0 && passed < spill->gap_area);
    return is_beam ? profile(t_s) * spill->config.length_s / (spill->area + spill->gap_area) : 0;
}

uint64_t spill_start_ns(const struct spill *spill, uint64_t burst)
{
    return burst * (uint64_t)llrint(spill->config.period_s * NS_PER_S);
}
