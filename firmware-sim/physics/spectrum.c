/* SPDX-License-Identifier: MIT */
/* spectrum - see the header. */
#include "physics/spectrum.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "physics/constants.h"
#include "physics/ke3gamma.h"
#include "physics/random.h"
#include "physics/sample.h"

#define NODE_SPACING_MEV2 ((double)M2_BIN_WIDTH_MEV2 / SPECTRUM_FINENESS)

/* How many of 8 events a stratum gets: points of low discrepancy need few for the total. */
static const uint64_t eighths[SAMPLE_STRATA] = {1, 1, 2, 4};

#define DIMENSIONS 5

/* The fold reaches this many standard deviations. */
#define FOLD_SIGMAS 9.0

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

/* Survival averaged over a Gaussian beam: three points of Gauss-Hermite. */
static double mean_survival(const struct spectrum_config *config, double k)
{
    const double momentum = config->beam.momentum_mev;
    const double offset = sqrt(3) * config->beam.spread;
    return veto_survival(&config->veto, k, momentum * (1 - offset)) / 6 +
           veto_survival(&config->veto, k, momentum) * 2 / 3 +
           veto_survival(&config->veto, k, momentum * (1 + offset)) / 6;
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

/* Adds one stratum: `count` events, each weighted by 1 / count. */
static void simulate_stratum(double before[SPECTRUM_NODES], double after[SPECTRUM_NODES],
                             const struct spectrum_config *config, const struct sample_stratum *stratum, uint64_t count,
                             struct random *random)
{
    struct sequence sequence;
    sequence_init(&sequence, random);
    for (uint64_t i = 0; i < count; i++) {
        double u[DIMENSIONS];
        struct ke3gamma decay;
        sequence_next(&sequence, u);
        double weight = ke3gamma_weigh(u, stratum->k_min_mev, stratum->k_max_mev, &decay) / (double)count;
        if (!(weight > 0))
            continue;
        deposit(before, decay.m2, weight);
        deposit(after, decay.m2, weight * mean_survival(config, decay.k));
    }
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

void spectrum_simulate(struct spectrum *spectrum, const struct spectrum_config *config)
{
    const uint64_t eighth = config->events / SPECTRUM_SHIFTS / 8;
    assert(eighth >= 1);
    memset(spectrum, 0, sizeof *spectrum);
    for (size_t shift = 0; shift < SPECTRUM_SHIFTS; shift++) {
        double *before = spectrum->before[shift], *after = spectrum->after[shift];
        struct random random;
        random_init(&random, config->seed, shift);
        for (size_t i = 0; i < SAMPLE_STRATA; i++)
            simulate_stratum(before, after, config, &sample_strata[i], eighths[i] * eighth, &random);
        double total = sum_of(before);
        scale_all(before, 1 / total);
        scale_all(after, 1 / total);
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
void spectrum_fold(double bins[M2_BIN_COUNT], const double nodes[SPECTRUM_SHIFTS][SPECTRUM_NODES], double sigma_mev2)
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
                    bins[bin] += share * mean_node(nodes, (size_t)node);
            }
        }
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

static double window_of(const double nodes[SPECTRUM_NODES], double m2, double half_width, double sigma)
{
    double sum = 0;
    for (size_t node = 0; node < SPECTRUM_NODES; node++) {
        double centre = m2 - (double)node * NODE_SPACING_MEV2;
        sum += nodes[node] * gaussian_between((centre - half_width) / sigma, (centre + half_width) / sigma);
    }
    return sum;
}

double spectrum_window_error(const double nodes[SPECTRUM_SHIFTS][SPECTRUM_NODES], double m2_mev2,
                             double half_width_mev2, double sigma_mev2)
{
    double sum = 0, sum2 = 0;
    for (size_t shift = 0; shift < SPECTRUM_SHIFTS; shift++) {
        double fraction = window_of(nodes[shift], m2_mev2, half_width_mev2, sigma_mev2);
        sum += fraction;
        sum2 += fraction * fraction;
    }
    double mean = sum / SPECTRUM_SHIFTS;
    double variance = fmax(0, sum2 / SPECTRUM_SHIFTS - mean * mean) / (SPECTRUM_SHIFTS - 1);
    return sqrt(variance) / mean;
}
