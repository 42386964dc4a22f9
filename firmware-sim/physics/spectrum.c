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

/* Survival averaged over a Gaussian beam: three points of Gauss-Hermite. */
static double mean_survival(const struct spectrum_config *config, double k)
{
    const double momentum = config->beam.momentum_mev;
    const double offset = sqrt(3) * config->beam.spread;
    return veto_survival(&config->veto, k, momentum * (1 - offset)) / 6 +
           veto_survival(&config->veto, k, momentum) * 2 / 3 +
           veto_survival(&config->veto, k, momentum * (1 + offset)) / 6;
}

static struct veto_shares mean_shares(const struct spectrum_config *config, double k)
{
    const double momentum = config->beam.momentum_mev;
    const double offset = sqrt(3) * config->beam.spread;
    const struct veto_shares lo = veto_shares(&config->veto, k, momentum * (1 - offset));
    const struct veto_shares mid = veto_shares(&config->veto, k, momentum);
    const struct veto_shares hi = veto_shares(&config->veto, k, momentum * (1 + offset));
    return (struct veto_shares){lo.faint / 6 + mid.faint * 2 / 3 + hi.faint / 6,
                                lo.outside / 6 + mid.outside * 2 / 3 + hi.outside / 6,
                                lo.inside / 6 + mid.inside * 2 / 3 + hi.inside / 6};
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

/* The spectra of one copy. */
struct copy {
    const struct spectrum_config *config;
    double *before, *after, *faint, *outside;
};

static void take_decay(void *context, const struct ke3gamma *decay, double weight)
{
    const struct copy *copy = context;
    const struct veto_shares shares = mean_shares(copy->config, decay->k);
    deposit(copy->before, decay->m2, weight);
    deposit(copy->after, decay->m2, weight * mean_survival(copy->config, decay->k));
    deposit(copy->faint, decay->m2, weight * shares.faint);
    deposit(copy->outside, decay->m2, weight * shares.outside);
}

static double sum_of(const double nodes[SPECTRUM_NODES])
{
    double sum = 0;
    for (size_t i = 0; i < SPECTRUM_NODES; i++)
        sum += nodes[i];
    return sum;
}

static void scale_all(double nodes[SPECTRUM_NODES], double factor)
{
    for (size_t i = 0; i < SPECTRUM_NODES; i++)
        nodes[i] *= factor;
}

static void simulate_copy(const struct copy *copy, size_t shift)
{
    struct random random;
    random_init(&random, copy->config->seed, shift);
    strata_simulate(copy->config->events / SPECTRUM_SHIFTS, &random, take_decay, (void *)copy);
    double total = sum_of(copy->before);
    scale_all(copy->before, 1 / total);
    scale_all(copy->after, 1 / total);
    scale_all(copy->faint, 1 / total);
    scale_all(copy->outside, 1 / total);
}

void spectrum_simulate(struct spectrum *spectrum, const struct spectrum_config *config)
{
    memset(spectrum, 0, sizeof *spectrum);
    for (size_t shift = 0; shift < SPECTRUM_SHIFTS; shift++)
        simulate_copy(&(struct copy){config, spectrum->before[shift], spectrum->after[shift], spectrum->faint[shift],
                                     spectrum->outside[shift]},
                      shift);
}

void spectrum_veto(struct spectrum *spectrum, const struct veto *veto)
{
    for (size_t shift = 0; shift < SPECTRUM_SHIFTS; shift++)
        for (size_t node = 0; node < SPECTRUM_NODES; node++) {
            double faint = spectrum->faint[shift][node], outside = spectrum->outside[shift][node];
            double inside = spectrum->before[shift][node] - faint - outside;
            spectrum->after[shift][node] =
                faint + outside * (1 - veto->outer_efficiency) + fmax(0, inside) * veto->inefficiency;
        }
}

/* Fraction of a unit Gaussian between lo and hi, in units of its rms; erfc keeps the tails. */
static double gaussian_between(double lo, double hi)
{
    if (lo > 0)
        return 0.5 * (erfc(lo / sqrt(2)) - erfc(hi / sqrt(2)));
    return 0.5 * (erfc(-hi / sqrt(2)) - erfc(-lo / sqrt(2)));
}

static double mean_node(const double nodes[SPECTRUM_SHIFTS][SPECTRUM_NODES], size_t node)
{
    double sum = 0;
    for (size_t shift = 0; shift < SPECTRUM_SHIFTS; shift++)
        sum += nodes[shift][node];
    return sum / SPECTRUM_SHIFTS;
}

/* Every bin has the same SPECTRUM_FINENESS phases of nodes, so one Gaussian integral serves all bins at a distance. */
static void fold(double bins[M2_BIN_COUNT], const double nodes[SPECTRUM_NODES], double sigma_mev2)
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

void spectrum_fold(double bins[M2_BIN_COUNT], const double nodes[SPECTRUM_SHIFTS][SPECTRUM_NODES], double sigma_mev2)
{
    double mean[SPECTRUM_NODES];
    for (size_t node = 0; node < SPECTRUM_NODES; node++)
        mean[node] = mean_node(nodes, node);
    fold(bins, mean, sigma_mev2);
}

/* Standard error of the mean of all copies, from the sum of their values and of the squares. */
static double error_of_mean(double sum, double sum2)
{
    double mean = sum / SPECTRUM_SHIFTS;
    return sqrt(fmax(0, sum2 / SPECTRUM_SHIFTS - mean * mean) / (SPECTRUM_SHIFTS - 1));
}

void spectrum_fold_errors(double errors[M2_BIN_COUNT], const double nodes[SPECTRUM_SHIFTS][SPECTRUM_NODES],
                          double sigma_mev2)
{
    double sums[M2_BIN_COUNT] = {0}, sums2[M2_BIN_COUNT] = {0};
    for (size_t shift = 0; shift < SPECTRUM_SHIFTS; shift++) {
        double bins[M2_BIN_COUNT];
        fold(bins, nodes[shift], sigma_mev2);
        for (size_t bin = 0; bin < M2_BIN_COUNT; bin++) {
            sums[bin] += bins[bin];
            sums2[bin] += bins[bin] * bins[bin];
        }
    }
    for (size_t bin = 0; bin < M2_BIN_COUNT; bin++)
        errors[bin] = error_of_mean(sums[bin], sums2[bin]);
}

double spectrum_above(const double nodes[SPECTRUM_SHIFTS][SPECTRUM_NODES], double m2_mev2)
{
    /* A node stands for events within one spacing of it in a triangle; its share above is taken accordingly. */
    double sum = 0;
    for (size_t node = 0; node < SPECTRUM_NODES; node++) {
        double x = (double)node - m2_mev2 / NODE_SPACING_MEV2;
        double below = x <= -1 ? 1 : x <= 0 ? 1 - 0.5 * (1 + x) * (1 + x) : x < 1 ? 0.5 * (1 - x) * (1 - x) : 0;
        sum += (1 - below) * mean_node(nodes, node);
    }
    return sum;
}

/* The window of every copy; the Gaussian reaches WINDOW_SIGMAS beyond it. */
static void windows_of(double fractions[SPECTRUM_SHIFTS], const double nodes[SPECTRUM_SHIFTS][SPECTRUM_NODES],
                       double m2, double half_width, double sigma)
{
    const double reach = half_width + WINDOW_SIGMAS * sigma;
    const double first = fmax(0, floor((m2 - reach) / NODE_SPACING_MEV2));
    const double last = fmin(SPECTRUM_NODES - 1, ceil((m2 + reach) / NODE_SPACING_MEV2));
    memset(fractions, 0, SPECTRUM_SHIFTS * sizeof *fractions);
    for (double node = first; node <= last; node++) {
        double centre = m2 - node * NODE_SPACING_MEV2;
        double share = gaussian_between((centre - half_width) / sigma, (centre + half_width) / sigma);
        for (size_t shift = 0; shift < SPECTRUM_SHIFTS; shift++)
            fractions[shift] += nodes[shift][(size_t)node] * share;
    }
}

struct spectrum_share spectrum_window(const double nodes[SPECTRUM_SHIFTS][SPECTRUM_NODES], double m2_mev2,
                                      double half_width_mev2, double sigma_mev2)
{
    double fractions[SPECTRUM_SHIFTS], sum = 0, sum2 = 0;
    windows_of(fractions, nodes, m2_mev2, half_width_mev2, sigma_mev2);
    for (size_t shift = 0; shift < SPECTRUM_SHIFTS; shift++) {
        sum += fractions[shift];
        sum2 += fractions[shift] * fractions[shift];
    }
    double mean = sum / SPECTRUM_SHIFTS;
    return (struct spectrum_share){mean, mean > 0 ? error_of_mean(sum, sum2) / mean : 0};
}
