/* SPDX-License-Identifier: MIT */
/* resolution - see the header. */
#include "physics/resolution.h"

#include <math.h>

#define TAIL_SHARE 0.15865525393145705 /* of a Gaussian, beyond one sigma on one side */

/* The density at a quantile is that of so many bins on each side of it. */
#define DENSITY_BINS 20

void resolution_add(struct resolution *resolution, uint32_t stratum, double weight, double residual_mev2)
{
    const double position = floor((residual_mev2 + RESOLUTION_RANGE_MEV2) / RESOLUTION_BIN_MEV2);
    if (position < 0) {
        resolution->underflow++;
    } else if (!(position < RESOLUTION_BINS)) {
        resolution->overflow++;
    } else {
        ratio_base_add(&resolution->bin[(int)position], stratum, weight);
        ratio_base_add(&resolution->inside, stratum, weight);
        ratio_add(&resolution->residual, stratum, weight, residual_mev2);
        ratio_add(&resolution->residual2, stratum, weight, residual_mev2 * residual_mev2);
    }
}

static double total_weight(const struct ratio_base *base)
{
    double sum = 0;
    for (int i = 0; i < STRATA_COUNT; i++)
        sum += base->w[i];
    return sum;
}

/* Where a share of all weight lies below, and the density there as share per MeV^2. */
struct quantile {
    int bin;
    double residual_mev2, density;
};

static struct quantile quantile_of(const struct resolution *resolution, double share)
{
    const double total = total_weight(&resolution->inside);
    struct quantile quantile = {.bin = 0};
    double below = 0, here = 0;
    for (quantile.bin = 0; quantile.bin < RESOLUTION_BINS - 1; quantile.bin++) {
        here = total_weight(&resolution->bin[quantile.bin]);
        if (below + here >= share * total)
            break;
        below += here;
    }
    const double fraction = here > 0 ? fmin(1, (share * total - below) / here) : 0.5;
    quantile.residual_mev2 = RESOLUTION_BIN_MEV2 * (quantile.bin + fraction) - RESOLUTION_RANGE_MEV2;
    for (int i = -DENSITY_BINS; i <= DENSITY_BINS; i++)
        if (quantile.bin + i >= 0 && quantile.bin + i < RESOLUTION_BINS)
            quantile.density += total_weight(&resolution->bin[quantile.bin + i]);
    quantile.density /= total * (2 * DENSITY_BINS + 1) * RESOLUTION_BIN_MEV2;
    return quantile;
}

/* The core moves by the mean of `influence` over all events: the share below each quantile over the density there. */
static struct estimate core_of(const struct resolution *resolution, const uint64_t trials[STRATA_COUNT])
{
    const struct quantile lo = quantile_of(resolution, TAIL_SHARE), hi = quantile_of(resolution, 1 - TAIL_SHARE);
    double sum[STRATA_COUNT] = {0}, sum2[STRATA_COUNT] = {0}, variance = 0;
    for (int bin = 0; bin < RESOLUTION_BINS; bin++) {
        double influence =
            0.5 * (((bin <= hi.bin) - (1 - TAIL_SHARE)) / hi.density - ((bin <= lo.bin) - TAIL_SHARE) / lo.density);
        for (int i = 0; i < STRATA_COUNT; i++) {
            sum[i] += influence * resolution->bin[bin].w[i];
            sum2[i] += influence * influence * resolution->bin[bin].w2[i];
        }
    }
    for (int i = 0; i < STRATA_COUNT; i++)
        variance += ratio_stratum_variance(sum[i], sum2[i], trials[i]);
    return (struct estimate){0.5 * (hi.residual_mev2 - lo.residual_mev2),
                             sqrt(variance) / total_weight(&resolution->inside)};
}

struct resolution_estimate resolution_estimate(const struct resolution *resolution, const uint64_t trials[STRATA_COUNT])
{
    const struct estimate none = {NAN, NAN};
    if (!(total_weight(&resolution->inside) > 0))
        return (struct resolution_estimate){none, none, none};
    const struct estimate square = ratio_estimate(&resolution->residual2, &resolution->inside, trials);
    const double rms = sqrt(square.value);
    return (struct resolution_estimate){
        .bias = ratio_estimate(&resolution->residual, &resolution->inside, trials),
        .rms = {rms, 0.5 * square.error / rms},
        .core = core_of(resolution, trials),
    };
}
