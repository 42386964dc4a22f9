/* SPDX-License-Identifier: MIT */
/* template_simulate - see the header. */
#include "template_simulate.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "backward.h"
#include "core/background.h"
#include "core/summary.h"
#include "core/template_bias.h"
#include "measurement.h"
#include "physics/accidental.h"
#include "physics/component.h"
#include "physics/constants.h"
#include "physics/flight.h"
#include "physics/resolution.h"
#include "physics/signal.h"
#include "physics/spectrum.h"
#include "physics/strata.h"

#define PAPER_EVENTS 8000000
#define NA62_EVENTS 32000000

/* Streams of random numbers: copies of the good Ke3 use their index for the points, DETECTOR_STREAM + it for the
 * detector; everything else has CLASS_STREAM * (1 + its number) + copy, a signal SIGNAL_STREAM + its node. */
#define DETECTOR_STREAM 2000
#define CLASS_STREAM 10000
#define SIGNAL_STREAM 3000

/* Signals are simulated every 10 MeV and interpolated: A(m_N) is smooth, the error of it below 5e-4. */
#define NODE_FIRST_MEV 110
#define NODE_STEP_MEV 10
#define NODES 18               /* up to 280 MeV */
#define SIGMA_MASS_MEV 135.0   /* where the resolution is taken */
#define SIGNAL_EVENTS_PART 160 /* events of the background for one of each mass */

#define SQRT_2 1.41421356237309504880

/* One simulation: reconstructed m2_miss per Ke3 decay, by copy. */
struct sample {
    double after[STRATA_COPIES][M2_BIN_COUNT], before[STRATA_COPIES][M2_BIN_COUNT];
    double accepted[STRATA_COPIES]; /* Ke3 behind all cuts, before the veto */
};

/* Large things that a stack has no room for. */
struct workshop {
    const struct template_options *options;
    struct event_config events;
    struct sample sample;
    struct spectrum spectrum; /* paper */
    struct background background;
    struct resolution resolution;
};

struct template_options template_options_default(enum event_mode mode)
{
    return (struct template_options){
        .mode = mode,
        .kaon = KAON_GTK,
        .events = mode == EVENT_NA62 ? NA62_EVENTS : PAPER_EVENTS,
        .seed = 1,
        .threshold_mev = mode == EVENT_NA62 ? NA62_VETO_THRESHOLD_MEV : VETO_THRESHOLD_MEV,
        .sigma_mev2 = M2_RESOLUTION_MEV2,
    };
}

/* ---- what both modes have ---- */

/* The mean of the copies, as a share of the accepted. */
static void set_bins(double bins[M2_BIN_COUNT], const double copies[STRATA_COPIES][M2_BIN_COUNT], double accepted)
{
    for (int bin = 0; bin < M2_BIN_COUNT; bin++) {
        double sum = 0;
        for (int copy = 0; copy < STRATA_COPIES; copy++)
            sum += copies[copy][bin];
        bins[bin] = sum / STRATA_COPIES / accepted;
    }
}

static double peak_fraction(const double bins[M2_BIN_COUNT])
{
    double sum = 0;
    for (int bin = -PEAK_HALF_BINS; bin < PEAK_HALF_BINS; bin++)
        sum += bins[bin - M2_BIN_FIRST];
    return sum;
}

static double share_above(const double after[M2_BIN_COUNT], const double before[M2_BIN_COUNT])
{
    double sums[2] = {0};
    for (int bin = 0; bin < M2_BIN_COUNT; bin++)
        if ((bin + M2_BIN_FIRST) * M2_BIN_WIDTH_MEV2 >= VETO_TAIL_MEV2) {
            sums[0] += after[bin];
            sums[1] += before[bin];
        }
    return sums[0] / sums[1];
}

/* Where a copy's window is empty, nothing is known: the error is 100 %. */
static double spread_of(const double values[STRATA_COPIES], double scale)
{
    double error = estimate_of_values(values, STRATA_COPIES).error / scale;
    return isfinite(error) ? error : 1;
}

/* The functional of the mean on every copy. */
static void set_errors(struct template *shape, struct workshop *workshop)
{
    background_init(&workshop->background, shape);
    for (int i = 0; i < HYPOTHESIS_COUNT; i++) {
        const struct functional *f = &workshop->background.functionals[i];
        double windows[STRATA_COPIES], differences[STRATA_COPIES], mean = 0;
        for (int copy = 0; copy < STRATA_COPIES; copy++) {
            const double *bins = workshop->sample.after[copy];
            windows[copy] = template_bias_window(f, bins);
            differences[copy] = template_bias_estimate(f, bins) - windows[copy];
            mean += windows[copy] / STRATA_COPIES;
        }
        shape->window_error[i] = spread_of(windows, mean);
        shape->bias_error[i] = spread_of(differences, mean);
    }
}

static double mean_of(const double values[STRATA_COPIES])
{
    return estimate_of_values(values, STRATA_COPIES).value;
}

/* ---- mode paper ---- */

static void simulate_paper(struct template *shape, struct workshop *workshop)
{
    const struct template_options *options = workshop->options;
    const struct spectrum_config config = {
        .events = options->events, .seed = options->seed, .veto = workshop->events.veto, .beam = workshop->events.beam};
    struct sample *sample = &workshop->sample;
    spectrum_simulate(&workshop->spectrum, &config);
    for (int copy = 0; copy < STRATA_COPIES; copy++)
        spectrum_fold_copy(sample->after[copy], workshop->spectrum.after[copy], options->sigma_mev2);
    shape->sigma_mev2 = options->sigma_mev2;
    spectrum_fold(shape->bins, workshop->spectrum.after, options->sigma_mev2);
    spectrum_fold(shape->bins_before, workshop->spectrum.before, options->sigma_mev2);
    shape->a_peak = FLAT_ACCEPTANCE;
    shape->eps_background = spectrum_above(workshop->spectrum.after, VETO_TAIL_MEV2).value /
                            spectrum_above(workshop->spectrum.before, VETO_TAIL_MEV2).value;
    for (int i = 0; i < HYPOTHESIS_COUNT; i++)
        shape->acceptance_ratio[i] = shape->window_ratio[i] = 1;
}

/* ---- mode na62: background ---- */

/* What measures a decay. */
struct bench {
    struct measurement measurement;
    struct random random;
};

static struct bench bench_at(const struct workshop *workshop, const struct detector_tails *tails, uint64_t stream)
{
    struct bench bench;
    measurement_init(&bench.measurement, &workshop->events);
    bench.measurement.detector.has_tails = true;
    if (tails != NULL)
        bench.measurement.detector.tails = *tails;
    random_init(&bench.random, workshop->options->seed, stream);
    return bench;
}

/* Counts a decay with its weight; returns whether it passed the cuts. */
static bool count_decay(struct sample *sample, int copy, struct bench *bench, struct decay *decay, double weight)
{
    const struct response_candidate candidate = measurement_of(&bench->measurement, &bench->random, decay);
    const double bin = floor(candidate.m2 / M2_BIN_WIDTH_MEV2) - M2_BIN_FIRST;
    if (!candidate.is_selected)
        return false;
    if (bin >= 0 && bin < M2_BIN_COUNT) {
        sample->before[copy][(int)bin] += weight;
        sample->after[copy][(int)bin] += weight * candidate.survival;
    }
    return true;
}

/* How the measurement of a Ke3 decay may go wrong, and how often; all cases together are certain. A case is simulated
 * with `part` times the events. The first one is that nothing is wrong; then only photons that are too soft to matter
 * are left to `part`. They make the peak, and what the resolution alone brings from there under the search windows is
 * rare but not small: one event of a stratum of such photons would have the weight of a tenth of a window. */
struct wrong {
    struct detector_tails tails;
    double probability, part;
};

#define WRONG_CASES 4
#define SOFT_PART 4

static void list_wrong(struct wrong cases[WRONG_CASES])
{
    const struct detector_tails nominal = detector_default().tails;
    const double wide = nominal.wide_track, first = nominal.lost_energy[0], second = nominal.lost_energy[1];
    cases[0] = (struct wrong){{0, {0, 0}}, (1 - wide) * (1 - first) * (1 - second), SOFT_PART};
    cases[1] = (struct wrong){{1, {first, second}}, wide, 0.25};
    cases[2] = (struct wrong){{0, {1, second}}, (1 - wide) * first, 0.25};
    cases[3] = (struct wrong){{0, {0, 1}}, (1 - wide) * (1 - first) * second, 0.25};
}

static double soft_photon_mev(void)
{
    return strata_ranges[1].k_max_mev;
}

/* A copy of the good decays with a photon that matters. */
struct good {
    struct workshop *workshop;
    struct bench bench;
    int copy;
    double total, soft; /* sums of the weights: of all, and of those with a soft photon */
    double accepted;    /* of the others, behind the cuts */
};

static void take_good(void *context, const struct ke3gamma *ke3, double weight)
{
    struct good *good = context;
    struct decay decay = {0};
    good->total += weight;
    if (ke3->k < soft_photon_mev()) {
        good->soft += weight;
        return;
    }
    weight *= backward_place(&good->bench.measurement.beam, &good->bench.random, ke3, &decay);
    if (count_decay(&good->workshop->sample, good->copy, &good->bench, &decay, weight))
        good->accepted += weight;
}

/* First of all: the copy's sums are scaled by what only this simulation knows, its total rate. Returns the probability
 * of a soft photon. */
static double simulate_good(struct workshop *workshop, const struct wrong *wrong, int copy)
{
    struct good good = {.workshop = workshop,
                        .bench = bench_at(workshop, &wrong->tails, DETECTOR_STREAM + (uint64_t)copy),
                        .copy = copy};
    struct random shifts;
    random_init(&shifts, workshop->options->seed, (uint64_t)copy);
    strata_simulate(workshop->options->events / STRATA_COPIES, &shifts, take_good, &good);
    const double scale = wrong->probability / good.total;
    for (int bin = 0; bin < M2_BIN_COUNT; bin++) {
        workshop->sample.before[copy][bin] *= scale;
        workshop->sample.after[copy][bin] *= scale;
    }
    workshop->sample.accepted[copy] = good.accepted * scale;
    return good.soft / good.total;
}

static uint64_t events_of(const struct workshop *workshop, double part)
{
    return (uint64_t)fmax(1, part * (double)workshop->options->events / STRATA_COPIES);
}

/* Unweighted Ke3 decays with a photon below `k_max_mev`, whose probability is `share`. */
static void simulate_case(struct workshop *workshop, const struct wrong *wrong, int number, int copy, double k_max_mev,
                          double share)
{
    struct bench bench = bench_at(workshop, &wrong->tails, CLASS_STREAM * (uint64_t)(1 + number) + (uint64_t)copy);
    const uint64_t events = events_of(workshop, wrong->part);
    const double weight = share * wrong->probability / (double)events;
    struct ke3gamma_counts counts = {0};
    for (uint64_t i = 0; i < events; i++) {
        struct decay decay = {.kind = DECAY_KE3};
        struct ke3gamma ke3;
        do
            ke3gamma_draw(&bench.random, &ke3, &counts);
        while (ke3.k >= k_max_mev);
        flight_begin(&bench.measurement.beam, &bench.random, &decay);
        flight_ke3(&bench.random, &ke3, &decay);
        if (count_decay(&workshop->sample, copy, &bench, &decay, weight))
            workshop->sample.accepted[copy] += weight;
    }
}

/* Parts of the events, by enum component_index. Of these only kmu3 is seen under the search windows. */
static const double component_parts[COMPONENT_COUNT] = {
    [COMPONENT_KE4] = 0.0625, [COMPONENT_KMU3] = 0.25, [COMPONENT_PIPI0] = 0.0625};

static void simulate_component(struct workshop *workshop, int index, int copy)
{
    const struct component *component = &component_table[index];
    struct bench bench = bench_at(workshop, NULL, CLASS_STREAM * (uint64_t)(1 + WRONG_CASES + index) + (uint64_t)copy);
    const uint64_t events = events_of(workshop, component_parts[index]);
    for (uint64_t i = 0; i < events; i++) {
        struct decay decay = {.kind = component->kind};
        flight_begin(&bench.measurement.beam, &bench.random, &decay);
        component->draw(&bench.random, decay.kaon, decay.vertex, &decay);
        const double rate = component_rate_at(component, decay.kaon, decay.vertex);
        (void)count_decay(&workshop->sample, copy, &bench, &decay, rate / (double)events);
    }
}

static void simulate_copy(struct workshop *workshop, int copy)
{
    struct wrong cases[WRONG_CASES];
    list_wrong(cases);
    const double soft_share = simulate_good(workshop, &cases[0], copy);
    simulate_case(workshop, &cases[0], 0, copy, soft_photon_mev(), soft_share);
    for (int number = 1; number < WRONG_CASES; number++)
        simulate_case(workshop, &cases[number], number, copy, (double)INFINITY, 1);
    for (int index = 0; index < COMPONENT_COUNT; index++)
        if (component_table[index].draw != NULL)
            simulate_component(workshop, index, copy);
}

/* ---- mode na62: signal ---- */

struct node {
    double accepted; /* of all decays */
    double inside;   /* of the accepted, in the search window, over the share of a Gaussian */
};

static double gaussian_share(const struct search_window *window, double m2, double sigma)
{
    const double low = ((double)window->first + M2_BIN_FIRST) * M2_BIN_WIDTH_MEV2 - m2;
    const double high = ((double)window->end + M2_BIN_FIRST) * M2_BIN_WIDTH_MEV2 - m2;
    return 0.5 * (erf(high / (sigma * SQRT_2)) - erf(low / (sigma * SQRT_2)));
}

/* Draws signal decays of one mass; m2 of the accepted goes to `take`. Returns how many were drawn. */
static uint64_t draw_signal(struct workshop *workshop, double mass_mev, uint64_t stream,
                            void (*take)(void *context, double m2), void *context)
{
    struct bench bench = bench_at(workshop, NULL, SIGNAL_STREAM + stream);
    const uint64_t events = workshop->options->events / SIGNAL_EVENTS_PART;
    struct signal signal;
    signal_init(&signal, mass_mev);
    for (uint64_t i = 0; i < events; i++) {
        struct decay decay = {.kind = DECAY_SIGNAL};
        struct signal_decay products;
        flight_begin(&bench.measurement.beam, &bench.random, &decay);
        signal_draw(&signal, &bench.random, &products);
        flight_signal(&bench.random, &products, &decay);
        const struct response_candidate candidate = measurement_of(&bench.measurement, &bench.random, &decay);
        if (candidate.is_selected)
            take(context, candidate.m2);
    }
    return events;
}

static void take_residual(void *context, double m2)
{
    resolution_add(context, 0, 1, m2 - SIGMA_MASS_MEV * SIGMA_MASS_MEV);
}

static double simulate_sigma(struct workshop *workshop)
{
    uint64_t trials[STRATA_COUNT] = {0};
    trials[0] = draw_signal(workshop, SIGMA_MASS_MEV, NODES, take_residual, &workshop->resolution);
    return resolution_estimate(&workshop->resolution, trials).core.value;
}

struct window_count {
    struct search_window window;
    uint64_t all, inside;
};

static void take_window(void *context, double m2)
{
    struct window_count *count = context;
    const double bin = floor(m2 / M2_BIN_WIDTH_MEV2) - M2_BIN_FIRST;
    count->all++;
    count->inside += bin >= count->window.first && bin < count->window.end;
}

static struct node simulate_node(struct workshop *workshop, int number, double sigma)
{
    const double mass = NODE_FIRST_MEV + number * NODE_STEP_MEV;
    struct window_count count = {.window = background_window(mass, sigma)};
    const uint64_t events = draw_signal(workshop, mass, (uint64_t)number, take_window, &count);
    const double all = (double)count.all;
    return (struct node){all / (double)events,
                         (double)count.inside / all / gaussian_share(&count.window, mass * mass, sigma)};
}

/* `accepted`: of Ke3. */
static void simulate_signal(struct template *shape, struct workshop *workshop, double accepted)
{
    struct node nodes[NODES];
    for (int number = 0; number < NODES; number++)
        nodes[number] = simulate_node(workshop, number, shape->sigma_mev2);
    for (int i = 0; i < HYPOTHESIS_COUNT; i++) {
        const int distance = HYPOTHESIS_FIRST_MEV + i - NODE_FIRST_MEV, number = distance / NODE_STEP_MEV;
        const double part = distance % NODE_STEP_MEV / (double)NODE_STEP_MEV;
        const struct node *low = &nodes[number], *high = &nodes[number + 1];
        shape->acceptance_ratio[i] = ((1 - part) * low->accepted + part * high->accepted) / accepted;
        shape->window_ratio[i] = (1 - part) * low->inside + part * high->inside;
    }
}

_Static_assert(NODE_FIRST_MEV <= HYPOTHESIS_FIRST_MEV &&
                   HYPOTHESIS_LAST_MEV < NODE_FIRST_MEV + (NODES - 1) * NODE_STEP_MEV,
               "every hypothesis lies between two nodes");

/* That no accidental hit fires a photon veto. */
static double quiet_probability(const struct accidental *accidental)
{
    double hits = 0;
    for (int i = 0; i < ACCIDENTAL_DETECTORS; i++)
        if (FLAG_PHOTON_VETO & FLAG_LAV << i)
            hits += accidental->hits[i];
    return exp(-hits);
}

static void simulate_na62(struct template *shape, struct workshop *workshop)
{
    const struct sample *sample = &workshop->sample;
    shape->sigma_mev2 = simulate_sigma(workshop);
    for (int copy = 0; copy < STRATA_COPIES; copy++)
        simulate_copy(workshop, copy);
    const double accepted = mean_of(sample->accepted);
    simulate_signal(shape, workshop, accepted);
    set_bins(shape->bins, sample->after, accepted);
    set_bins(shape->bins_before, sample->before, accepted);
    shape->a_peak = NA62_EFFICIENCY * quiet_probability(&workshop->events.accidental) * accepted;
    shape->eps_background = share_above(shape->bins, shape->bins_before);
}

/* ---- all ---- */

static void set_texts(struct template *shape, const struct template_options *options)
{
    const bool is_na62 = options->mode == EVENT_NA62, is_beam = is_na62 && options->kaon == KAON_BEAM;
    char own[64];
    if (is_na62)
        (void)snprintf(own, sizeof own, "--kaon %s", is_beam ? "beam" : "gtk");
    else
        (void)snprintf(own, sizeof own, "--sigma %.17g", options->sigma_mev2);
    (void)snprintf(shape->name, sizeof shape->name, "%s%s", event_mode_name(options->mode), is_beam ? "-beam" : "");
    (void)snprintf(shape->provenance, sizeof shape->provenance,
                   "hnlmon template build --mode %s %s --threshold %.17g --events %" PRIu64 " --seed %" PRIu64,
                   event_mode_name(options->mode), own, options->threshold_mev, options->events, options->seed);
}

static void fill(struct template *shape, struct workshop *workshop)
{
    const struct template_options *options = workshop->options;
    *shape = (struct template){.preset = options->mode == EVENT_NA62 ? SELECTION_NA62 : SELECTION_PAPER};
    workshop->events = event_config_default(options->mode);
    workshop->events.detector.kaon = options->kaon;
    workshop->events.veto.threshold_mev = options->threshold_mev;
    set_texts(shape, options);
    shape->br_ke3 = BR_KE3;
    if (options->mode == EVENT_NA62)
        simulate_na62(shape, workshop);
    else
        simulate_paper(shape, workshop);
    shape->f_peak = peak_fraction(shape->bins);
    set_errors(shape, workshop);
    template_hash(shape, shape->hash);
}

bool template_simulate(struct template *shape, const struct template_options *options)
{
    struct workshop *workshop = calloc(1, sizeof *workshop);
    if (workshop == NULL)
        return false;
    workshop->options = options;
    fill(shape, workshop);
    free(workshop);
    return template_error(shape) == NULL;
}
