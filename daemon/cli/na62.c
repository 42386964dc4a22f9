/* SPDX-License-Identifier: MIT */
/* na62 - see na62.h. */
#include "cli/na62.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

#include "backward.h"
#include "measurement.h"
#include "physics/event.h"
#include "physics/flight.h"
#include "physics/signal.h"
#include "physics/strata.h"

/* Streams of random numbers: copies use their index, the rest of a copy DETECTOR_STREAM +, masses SIGNAL_STREAM +. */
#define DETECTOR_STREAM 2000
#define SIGNAL_STREAM 3000

#define NODE_MEV 10.0
#define NODE_LAST_MEV 357.0     /* the last node: 360 MeV are beyond the end point */
#define SIGNAL_EVENTS_SHARE 100 /* events of the background for one of the signal, at each mass */

/* What measures a decay. */
struct bench {
    struct measurement measurement;
    struct random random;
};

static struct bench bench_at(const struct na62_config *config, uint64_t stream)
{
    const struct event_config events = event_config_default(EVENT_NA62);
    struct bench bench;
    measurement_init(&bench.measurement, &events);
    random_init(&bench.random, config->seed, stream);
    return bench;
}

/* ---- background ---- */

struct copy {
    struct na62 *na62;
    size_t index;
    struct bench bench;
    double total;
};

static void take_decay(void *context, const struct ke3gamma *ke3, double weight)
{
    struct copy *copy = context;
    struct decay decay = {0};
    copy->total += weight;
    weight *= backward_place(&copy->bench.measurement.beam, &copy->bench.random, ke3, &decay);
    const struct response_candidate candidate = measurement_of(&copy->bench.measurement, &copy->bench.random, &decay);
    const double bin = floor(candidate.m2 / M2_BIN_WIDTH_MEV2) - M2_BIN_FIRST;
    if (!candidate.is_selected || !(bin >= 0 && bin < M2_BIN_COUNT))
        return;
    const struct four photon = decay.photons[2];
    const enum veto_region region = veto_region_of(&copy->na62->config.veto, photon, photon.e);
    copy->na62->regions[region][copy->index][(size_t)bin] += weight;
}

static void simulate_copy(struct na62 *na62, size_t index)
{
    struct copy copy = {na62, index, bench_at(&na62->config, DETECTOR_STREAM + index), 0};
    struct random shifts;
    random_init(&shifts, na62->config.seed, index);
    strata_simulate(na62->config.events / STRATA_COPIES, &shifts, take_decay, &copy);
    for (size_t region = 0; region < VETO_REGION_COUNT; region++)
        for (size_t bin = 0; bin < M2_BIN_COUNT; bin++)
            na62->regions[region][index][bin] /= copy.total;
}

void na62_simulate(struct na62 *na62, const struct na62_config *config)
{
    memset(na62, 0, sizeof *na62);
    na62->config = *config;
    for (size_t i = 0; i < STRATA_COPIES; i++)
        simulate_copy(na62, i);
}

/* One bin of one copy. */
static double content(const struct na62 *na62, const struct veto *veto, size_t copy, size_t bin)
{
    static const struct veto none = {.inefficiency = 1};
    struct veto_shares shares;
    for (size_t region = 0; region < VETO_REGION_COUNT; region++)
        shares.of[region] = na62->regions[region][copy][bin];
    return veto_missed(veto != NULL ? veto : &none, &shares);
}

double na62_acceptance(const struct na62 *na62)
{
    double sum = 0;
    for (size_t copy = 0; copy < STRATA_COPIES; copy++)
        for (size_t bin = 0; bin < M2_BIN_COUNT; bin++)
            sum += content(na62, NULL, copy, bin);
    return sum / STRATA_COPIES;
}

void na62_fold(const struct na62 *na62, const struct veto *veto, double bins[M2_BIN_COUNT], double errors[M2_BIN_COUNT])
{
    for (size_t bin = 0; bin < M2_BIN_COUNT; bin++) {
        double copies[STRATA_COPIES];
        for (size_t copy = 0; copy < STRATA_COPIES; copy++)
            copies[copy] = content(na62, veto, copy, bin);
        struct estimate mean = estimate_of_values(copies, STRATA_COPIES);
        bins[bin] = mean.value;
        errors[bin] = mean.error;
    }
}

/* Bins at the edges count by the share of them that is inside. */
struct estimate na62_window(const struct na62 *na62, const struct veto *veto, double m2_mev2, double half_width_mev2)
{
    const double lo = (m2_mev2 - half_width_mev2) / M2_BIN_WIDTH_MEV2 - M2_BIN_FIRST;
    const double hi = (m2_mev2 + half_width_mev2) / M2_BIN_WIDTH_MEV2 - M2_BIN_FIRST;
    double copies[STRATA_COPIES] = {0};
    for (size_t bin = 0; bin < M2_BIN_COUNT; bin++) {
        double inside = fmax(0, fmin(hi, (double)bin + 1) - fmax(lo, (double)bin));
        for (size_t copy = 0; copy < STRATA_COPIES && inside > 0; copy++)
            copies[copy] += inside * content(na62, veto, copy, bin);
    }
    return estimate_of_values(copies, STRATA_COPIES);
}

/* ---- signal ---- */

static struct response_candidate draw_signal(struct bench *bench, const struct signal *signal)
{
    struct decay decay = {.kind = DECAY_SIGNAL};
    struct signal_decay products;
    signal_draw(signal, &bench->random, &products);
    flight_begin(&bench->measurement.beam, &bench->random, &decay);
    flight_signal(&bench->random, &products, &decay);
    return measurement_of(&bench->measurement, &bench->random, &decay);
}

static double node_mass(size_t node)
{
    return fmin((double)node * NODE_MEV, NODE_LAST_MEV);
}

static uint64_t signal_events(const struct na62 *na62)
{
    return na62->config.events / SIGNAL_EVENTS_SHARE;
}

static double simulate_signal(const struct na62 *na62, size_t node, double half_width_mev2)
{
    struct bench bench = bench_at(&na62->config, SIGNAL_STREAM + node);
    const double mass = node_mass(node);
    struct signal signal;
    uint64_t inside = 0;
    signal_init(&signal, mass);
    for (uint64_t i = 0; i < signal_events(na62); i++) {
        const struct response_candidate candidate = draw_signal(&bench, &signal);
        inside += candidate.is_selected && fabs(candidate.m2 - mass * mass) <= half_width_mev2;
    }
    return (double)inside / (double)signal_events(na62);
}

static double share_at(struct na62 *na62, size_t node, double half_width_mev2)
{
    struct na62_signal *signal = &na62->signals[node];
    if (signal->half_width_mev2 != half_width_mev2)
        *signal = (struct na62_signal){half_width_mev2, simulate_signal(na62, node, half_width_mev2)};
    return signal->share;
}

/* The error is that of one simulated mass, binomial; interpolation makes it smaller. */
struct estimate na62_signal(struct na62 *na62, double mass_mev, double half_width_mev2)
{
    const size_t node = (size_t)fmin(mass_mev / NODE_MEV, NA62_NODES - 2);
    const double lower = node_mass(node), upper = node_mass(node + 1);
    const double part = fmin(1, (mass_mev - lower) / (upper - lower));
    double share = (1 - part) * share_at(na62, node, half_width_mev2);
    if (part > 0)
        share += part * share_at(na62, node + 1, half_width_mev2);
    return (struct estimate){share, sqrt(share * (1 - share) / (double)signal_events(na62))};
}
