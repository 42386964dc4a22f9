/* SPDX-License-Identifier: MIT */
/* spectrum - see the header. */
#include "physics/spectrum.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "physics/random.h"
#include "physics/strata.h"

#define NODE_SPACING_MEV2 ((double)M2_BIN_WIDTH_MEV2 / SPECTRUM_FINENESS)

/* The fold reaches this many standard deviations. */
#define FOLD_SIGMAS 9.0

/* Beyond it a window sees nothing: 1e-33 of the peak at 0 must not matter where a bin holds 1e-10. */
#define WINDOW_SIGMAS 12.0

/* Where the photons go, averaged over a Gaussian beam: three points of Gauss-Hermite. */
static struct veto_shares mean_shares(const struct spectrum_config *config, double k)
{
    const double momentum = config->beam.momentum_mev;
    const double offset = sqrt(3) * config->beam.spread;
    const struct veto_shares lo = veto_shares(&config->veto, k, momentum * (1 - offset));
    const struct veto_shares mid = veto_shares(&config->veto, k, momentum);
    const struct veto_shares hi = veto_shares(&config->veto, k, momentum * (1 + offset));
    struct veto_shares mean;
    for (int i = 0; i < VETO_REGION_COUNT; i++)
        mean.of[i] = lo.of[i] / 6 + mid.of[i] * 2 / 3 + hi.of[i] / 6;
    return mean;
}

/* Shares `weight` between the nodes next to m2. */
static void deposit(double nodes[SPECTRUM_NODES], double m2, double weight)
{
    double position = m2 / NODE_SPACING_MEV2;
    size_t node = (size_t)position;
    assert(node + 1 < SPECTRUM_NODES);
    double share = position - (double)node;
    nodes[node] += weight * (1 - share);
    nodes[node + 1] += weight * share;
}

/* What the decays of one copy fill. */
struct copy {
    const struct spectrum_config *config;
    struct spectrum *spectrum;
    size_t index;
};

static void take_decay(void *context, const struct ke3gamma *decay, double weight)
{
    const struct copy *copy = context;
    const struct veto_shares shares = mean_shares(copy->config, decay->k);
    for (int i = 0; i < VETO_REGION_COUNT; i++)
        deposit(copy->spectrum->regions[i][copy->index], decay->m2, weight * shares.of[i]);
}

static double sum_of(const double nodes[SPECTRUM_NODES])
{
    double sum = 0;
    for (size_t i = 0; i < SPECTRUM_NODES; i++)
        sum += nodes[i];
    return sum;
}

static void simulate_copy(struct copy *copy)
{
    struct spectrum *spectrum = copy->spectrum;
    double *before = spectrum->before[copy->index];
    struct random random;
    random_init(&random, copy->config->seed, copy->index);
    strata_simulate(copy->config->events / STRATA_COPIES, &random, take_decay, copy);
    for (int i = 0; i < VETO_REGION_COUNT; i++)
        for (size_t node = 0; node < SPECTRUM_NODES; node++)
            before[node] += spectrum->regions[i][copy->index][node];
    const double total = sum_of(before);
    for (size_t node = 0; node < SPECTRUM_NODES; node++) {
        before[node] /= total;
        for (int i = 0; i < VETO_REGION_COUNT; i++)
            spectrum->regions[i][copy->index][node] /= total;
    }
}

void spectrum_simulate(struct spectrum *spectrum, const struct spectrum_config *config)
{
    memset(spectrum, 0, sizeof *spectrum);
    for (size_t i = 0; i < STRATA_COPIES; i++)
        simulate_copy(&(struct copy){config, spectrum, i});
    spectrum_veto(spectrum, &config->veto);
}

void spectrum_veto(struct spectrum *spectrum, const struct veto *veto)
{
    for (size_t copy = 0; copy < STRATA_COPIES; copy++)
        for (size_t node = 0; node < SPECTRUM_NODES; node++) {
            struct veto_shares shares;
            for (int i = 0; i < VETO_REGION_COUNT; i++)
                shares.of[i] = spectrum->regions[i][copy][node];
            spectrum->after[copy][node] = veto_missed(veto, &shares);
        }
}

/* Fraction of a unit Gaussian between lo and hi, in units of its rms; erfc keeps the tails. */
static double gaussian_between(double lo, double hi)
{
    if (lo > 0)
        return 0.5 * (erfc(lo / sqrt(2)) - erfc(hi / sqrt(2)));
    return 0.5 * (erfc(-hi / sqrt(2)) - erfc(-lo / sqrt(2)));
}

static double mean_node(const double nodes[STRATA_COPIES][SPECTRUM_NODES], size_t node)
{
    double sum = 0;
    for (size_t copy = 0; copy < STRATA_COPIES; copy++)
        sum += nodes[copy][node];
    return sum / STRATA_COPIES;
}

/* Every bin has the same SPECTRUM_FINENESS phases of nodes, so one Gaussian integral serves all bins at a distance. */
void spectrum_fold_copy(double bins[M2_BIN_COUNT], const double nodes[SPECTRUM_NODES], double sigma_mev2)
{
    const int reach = (int)ceil(FOLD_SIGMAS * sigma_mev2 / M2_BIN_WIDTH_MEV2);
    memset(bins, 0, M2_BIN_COUNT * sizeof *bins);
    for (int phase = 0; phase < SPECTRUM_FINENESS; phase++)
        for (int distance = -reach; distance <= reach; distance++) {
            double lo = distance * (double)M2_BIN_WIDTH_MEV2 - phase * NODE_SPACING_MEV2;
            double share = gaussian_between(lo / sigma_mev2, (lo + M2_BIN_WIDTH_MEV2) / sigma_mev2);
            for (int node = phase; node < SPECTRUM_NODES; node += SPECTRUM_FINENESS) {
                int bin = node / SPECTRUM_FINENESS + distance - M2_BIN_FIRST;
                if (bin >= 0 && bin < M2_BIN_COUNT)
                    bins[bin] += share * nodes[node];
            }
        }
}

void spectrum_fold(double bins[M2_BIN_COUNT], const double nodes[STRATA_COPIES][SPECTRUM_NODES], double sigma_mev2)
{
    double mean[SPECTRUM_NODES];
    for (size_t node = 0; node < SPECTRUM_NODES; node++)
        mean[node] = mean_node(nodes, node);
    spectrum_fold_copy(bins, mean, sigma_mev2);
}

void spectrum_fold_errors(double errors[M2_BIN_COUNT], const double nodes[STRATA_COPIES][SPECTRUM_NODES],
                          double sigma_mev2)
{
    double sums[M2_BIN_COUNT] = {0}, sums2[M2_BIN_COUNT] = {0};
    for (size_t copy = 0; copy < STRATA_COPIES; copy++) {
        double bins[M2_BIN_COUNT];
        spectrum_fold_copy(bins, nodes[copy], sigma_mev2);
        for (size_t bin = 0; bin < M2_BIN_COUNT; bin++) {
            sums[bin] += bins[bin];
            sums2[bin] += bins[bin] * bins[bin];
        }
    }
    for (size_t bin = 0; bin < M2_BIN_COUNT; bin++)
        errors[bin] = estimate_of_mean(sums[bin], sums2[bin], STRATA_COPIES).error;
}

/* A node stands for events within one spacing of it in a triangle; the share of it that lies above the mass. */
static double share_above(size_t node, double m2_mev2)
{
    const double x = (double)node - m2_mev2 / NODE_SPACING_MEV2;
    if (x <= 0)
        return x <= -1 ? 0 : 0.5 * (1 + x) * (1 + x);
    return x < 1 ? 1 - 0.5 * (1 - x) * (1 - x) : 1;
}

struct estimate spectrum_above(const double nodes[STRATA_COPIES][SPECTRUM_NODES], double m2_mev2)
{
    double fractions[STRATA_COPIES] = {0};
    for (size_t copy = 0; copy < STRATA_COPIES; copy++)
        for (size_t node = 0; node < SPECTRUM_NODES; node++)
            fractions[copy] += share_above(node, m2_mev2) * nodes[copy][node];
    return estimate_of_values(fractions, STRATA_COPIES);
}

/* The window of every copy; the Gaussian reaches WINDOW_SIGMAS beyond it. */
static void windows_of(double fractions[STRATA_COPIES], const double nodes[STRATA_COPIES][SPECTRUM_NODES], double m2,
                       double half_width, double sigma)
{
    const double reach = half_width + WINDOW_SIGMAS * sigma;
    const double first = fmax(0, floor((m2 - reach) / NODE_SPACING_MEV2));
    const double last = fmin(SPECTRUM_NODES - 1, ceil((m2 + reach) / NODE_SPACING_MEV2));
    memset(fractions, 0, STRATA_COPIES * sizeof *fractions);
    for (double node = first; node <= last; node++) {
        double centre = m2 - node * NODE_SPACING_MEV2;
        double share = gaussian_between((centre - half_width) / sigma, (centre + half_width) / sigma);
        for (size_t copy = 0; copy < STRATA_COPIES; copy++)
            fractions[copy] += nodes[copy][(size_t)node] * share;
    }
}

struct estimate spectrum_window(const double nodes[STRATA_COPIES][SPECTRUM_NODES], double m2_mev2,
                                double half_width_mev2, double sigma_mev2)
{
    double fractions[STRATA_COPIES];
    windows_of(fractions, nodes, m2_mev2, half_width_mev2, sigma_mev2);
    return estimate_of_values(fractions, STRATA_COPIES);
}
