/* SPDX-License-Identifier: MIT */
/*
 * spectrum_command - see the header.
 *
 * Simulates, collects the results in one JSON object, and prints that as JSON or as a table of its leaves: so both say
 * the same.
 */
#include "spectrum_command.h"

#include <inttypes.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>

#include "event_options.h"
#include "measurement.h"
#include "options.h"
#include "physics/constants.h"
#include "physics/event.h"
#include "physics/flight.h"
#include "physics/sampler.h"
#include "physics/signal.h"
#include "physics/survey.h"

/* Background and signal of one call draw from different streams of the seed, and from none that a front-end uses. */
#define STREAMS_PER_CALL 2
#define FIRST_STREAM (UINT64_C(1) << 63)

struct simulation {
    const struct options *options;
    struct event_config events;
    struct measurement ke3_measurement, signal_measurement;
    struct sampler sampler;
    struct survey survey;
    struct survey_result ke3;
    struct response signal_response;
    struct response_result signal;
};

static bool is_flat(const struct options *options)
{
    return options->mode == EVENT_PAPER;
}

static void simulate_ke3(struct simulation *simulation)
{
    const struct options *options = simulation->options;
    struct measurement *measurement = &simulation->ke3_measurement;
    struct sampler_decay drawn;
    struct random random;
    measurement_init(measurement, &simulation->events);
    random_init(&random, options->seed, FIRST_STREAM + STREAMS_PER_CALL * options->stream);
    sampler_init(&simulation->sampler, (enum sampling)options->sampling, options->events);
    survey_init(&simulation->survey, &measurement->veto, is_flat(options));
    while (sampler_next(&simulation->sampler, &random, &drawn)) {
        struct decay decay = {.kind = DECAY_KE3};
        if (!(drawn.weight > 0))
            continue;
        flight_begin(&measurement->beam, &random, &decay);
        flight_ke3(&random, &drawn.ke3, &decay);
        const double kaon_momentum = sqrt(four_momentum2(decay.kaon));
        const struct response_candidate candidate = measurement_of(measurement, &random, &decay);
        survey_add(&simulation->survey, &drawn, kaon_momentum, &candidate);
    }
    survey_finish(&simulation->survey, simulation->sampler.trials, &simulation->ke3);
}

static void simulate_signal(struct simulation *simulation)
{
    const struct options *options = simulation->options;
    const uint64_t trials[STRATA_COUNT] = {options->events};
    struct measurement *measurement = &simulation->signal_measurement;
    struct signal signal;
    struct random random;
    measurement_init(measurement, &simulation->events);
    random_init(&random, options->seed, FIRST_STREAM + STREAMS_PER_CALL * options->stream + 1);
    signal_init(&signal, options->signal_mass_mev);
    response_init(&simulation->signal_response, is_flat(options), &options->signal_mass_mev, 1);
    for (uint64_t i = 0; i < options->events; i++) {
        struct signal_decay drawn;
        struct decay decay = {.kind = DECAY_SIGNAL};
        signal_draw(&signal, &random, &drawn);
        flight_begin(&measurement->beam, &random, &decay);
        flight_signal(&random, &drawn, &decay);
        const struct response_candidate candidate = measurement_of(measurement, &random, &decay);
        response_add(&simulation->signal_response, 0, 1, signal.mass * signal.mass, &candidate);
    }
    response_finish(&simulation->signal_response, trials, &simulation->signal);
}

/* NaN, an empty sample, is null. */
static json_t *number(double value)
{
    return isfinite(value) ? json_real(value) : json_null();
}

/* A number up to 2^63, beyond it a string of digits. */
static json_t *whole(uint64_t value)
{
    return value <= INT64_MAX ? json_integer((json_int_t)value) : json_sprintf("%" PRIu64, value);
}

static json_t *estimate(struct estimate estimate)
{
    return json_pack("{s:o, s:o}", "value", number(estimate.value), "error", number(estimate.error));
}

static json_t *regions_and_tail(const struct survey_result *ke3, json_t *object)
{
    static const char *const regions[SURVEY_REGIONS] = {"R1", "R2", "R3"};
    json_t *above = json_array();
    for (int i = 0; i < SURVEY_REGIONS; i++)
        (void)json_object_set_new(object, regions[i], estimate(ke3->regions[i]));
    for (int i = 0; i < SURVEY_THRESHOLDS; i++)
        (void)json_array_append_new(
            above, json_pack("{s:f, s:o, s:o, s:o}", "m2_gev2", survey_thresholds_mev2[i] / MEV2_PER_GEV2,
                             "before_veto", estimate(ke3->above[i][SURVEY_BEFORE_VETO]), "after_veto",
                             estimate(ke3->above[i][SURVEY_AFTER_VETO]), "after_veto_no_threshold",
                             estimate(ke3->above[i][SURVEY_AFTER_VETO_NO_THRESHOLD])));
    (void)json_object_set_new(object, "fraction_above", above);
    return object;
}

static json_t *veto_and_means(const struct survey_result *ke3, json_t *object)
{
    (void)json_object_set_new(object, "eps_bkg",
                              json_pack("{s:o, s:o, s:o}", "with_threshold", estimate(ke3->survival),
                                        "without_threshold", estimate(ke3->survival_no_threshold), "accepted",
                                        estimate(ke3->survival_accepted)));
    (void)json_object_set_new(
        object, "means",
        json_pack("{s:o, s:o, s:o, s:o}", "e_positron_mev", estimate(ke3->means[SURVEY_E_POSITRON]), "e_pi0_mev",
                  estimate(ke3->means[SURVEY_E_PI0]), "e_photon_mev", estimate(ke3->means[SURVEY_E_PHOTON]),
                  "cos_e_gamma", estimate(ke3->means[SURVEY_COSINE])));
    return object;
}

static json_t *windows(const struct response *response, const struct response_result *result)
{
    json_t *array = json_array();
    for (uint32_t i = 0; i < response->window_count; i++)
        (void)json_array_append_new(array, json_pack("{s:f, s:o, s:o, s:o}", "m_n_mev", response->masses_mev[i],
                                                     "before_veto", estimate(result->window_before[i]), "after_veto",
                                                     estimate(result->window_after[i]), "of_selected",
                                                     estimate(result->window_of_selected[i])));
    return array;
}

static json_t *response_of(const struct response *response, const struct response_result *result, json_t *object)
{
    (void)json_object_set_new(object, "acceptance", estimate(result->acceptance));
    (void)json_object_set_new(object, "selection_efficiency", estimate(result->efficiency));
    (void)json_object_set_new(object, "resolution",
                              json_pack("{s:o, s:o, s:o}", "core_mev2", estimate(result->resolution.core), "rms_mev2",
                                        estimate(result->resolution.rms), "bias_mev2",
                                        estimate(result->resolution.bias)));
    (void)json_object_set_new(object, "windows", windows(response, result));
    return object;
}

static json_t *response_bookkeeping(const struct measurement *measurement, const struct response *response,
                                    const struct response_result *result)
{
    const double failed = measurement->mode == EVENT_PAPER ? 1 - result->accepted.value : 0;
    return json_pack("{s:I, s:f, s:I, s:I}", "smear_failures", (json_int_t)measurement->smear_failures,
                     "smear_failure_share", failed, "residual_underflow", (json_int_t)response->resolution.underflow,
                     "residual_overflow", (json_int_t)response->resolution.overflow);
}

static json_t *bookkeeping(const struct simulation *simulation)
{
    const struct sampler *sampler = &simulation->sampler;
    const struct ke3gamma_counts *counts = &sampler->counts;
    const bool is_stratified = sampler->sampling == SAMPLING_STRATIFIED;
    const uint64_t trials = is_stratified ? simulation->options->events : counts->trials;
    const uint64_t accepted = is_stratified ? trials - sampler->outside : counts->accepted;
    json_t *object =
        response_bookkeeping(&simulation->ke3_measurement, &simulation->survey.response, &simulation->ke3.response);
    (void)json_object_update_new(object,
                                 json_pack("{s:I, s:I, s:f, s:f}", "trials", (json_int_t)trials, "accepted",
                                           (json_int_t)accepted, "efficiency", (double)accepted / (double)trials,
                                           "clipped_share", is_stratified ? 0.0 : counts->clipped / (double)accepted));
    return object;
}

static json_t *constants_of(const struct measurement *measurement)
{
    return json_pack("{s:f, s:f, s:f, s:f, s:f, s:f, s:f, s:f, s:f, s:f, s:f, s:f, s:f, s:f, s:f, s:f}", "m_kaon_mev",
                     MASS_KAON_MEV, "m_pi0_mev", MASS_PI0_MEV, "m_electron_mev", MASS_ELECTRON_MEV, "m_pion_mev",
                     MASS_PION_MEV, "alpha", FINE_STRUCTURE, "br_ke3", BR_KE3, "lambda1_plus", FORM_PLUS_SLOPE,
                     "lambda2_plus", FORM_PLUS_CURVATURE, "lambda_0", FORM_SCALAR_SLOPE, "beam_momentum_mev",
                     measurement->beam.momentum_mev, "beam_spread", measurement->beam.spread, "beam_divergence_rad",
                     measurement->beam.divergence_rad, "veto_angle_rad", measurement->veto.angle_rad,
                     "veto_inefficiency", measurement->veto.inefficiency, "veto_threshold_mev",
                     measurement->veto.threshold_mev, "window_half_width_mev2", RESPONSE_WINDOW_MEV2);
}

static json_t *signal_of(const struct simulation *simulation)
{
    const double mass = simulation->options->signal_mass_mev, rho = signal_rho(mass);
    json_t *object = json_pack("{s:f, s:f, s:f}", "m_n_mev", mass, "rho", rho, "br", BR_KE3 * rho);
    response_of(&simulation->signal_response, &simulation->signal, object);
    (void)json_object_set_new(
        object, "bookkeeping",
        response_bookkeeping(&simulation->signal_measurement, &simulation->signal_response, &simulation->signal));
    return object;
}

static json_t *header_of(const struct options *options)
{
    json_t *object = json_object();
    (void)json_object_set_new(object, "mode", json_string(event_mode_name((enum event_mode)options->mode)));
    if (options->mode == EVENT_NA62)
        (void)json_object_set_new(object, "kaon", json_string(options->kaon == KAON_GTK ? "gtk" : "beam"));
    (void)json_object_set_new(object, "sampling", json_string(sampling_name((enum sampling)options->sampling)));
    (void)json_object_set_new(object, "events", whole(options->events));
    (void)json_object_set_new(object, "seed", whole(options->seed));
    (void)json_object_set_new(object, "stream", whole(options->stream));
    return object;
}

static json_t *result_of(const struct simulation *simulation)
{
    const struct survey_result *ke3 = &simulation->ke3;
    json_t *object = header_of(simulation->options);
    (void)json_object_set_new(object, "constants", constants_of(&simulation->ke3_measurement));
    regions_and_tail(ke3, object);
    veto_and_means(ke3, object);
    response_of(&simulation->survey.response, &ke3->response, object);
    (void)json_object_set_new(object, "acceptance_far_tail", estimate(ke3->far_acceptance));
    if (simulation->options->signal_mass_mev > 0)
        (void)json_object_set_new(object, "signal", signal_of(simulation));
    (void)json_object_set_new(object, "bookkeeping", bookkeeping(simulation));
    return object;
}

static void print_leaf(const char *name, const json_t *value)
{
    if (json_is_string(value))
        printf("%-46s %s\n", name, json_string_value(value));
    else if (json_is_null(value))
        printf("%-46s -\n", name);
    else
        printf("%-46s %.10g\n", name, json_number_value(value));
}

/* One line per leaf: "path of names, value, +- error". The first member of an array's element says which one it is. */
static void print_table(const char *name, json_t *value)
{
    const char *key;
    char path[160];
    json_t *member;
    size_t index;
    if (json_is_object(value) && json_is_null(json_object_get(value, "error"))) {
        print_leaf(name, json_object_get(value, "value"));
    } else if (json_is_object(value) && json_object_get(value, "error") != NULL) {
        printf("%-46s %-13.6g +- %.2g\n", name, json_number_value(json_object_get(value, "value")),
               json_number_value(json_object_get(value, "error")));
    } else if (json_is_object(value)) {
        json_object_foreach(value, key, member)
        {
            snprintf(path, sizeof path, "%s%s%s", name, *name ? " " : "", key);
            print_table(path, member);
        }
    } else if (json_is_array(value)) {
        json_array_foreach(value, index, member)
        {
            void *first = json_object_iter(member);
            snprintf(path, sizeof path, "%s %g", name, json_number_value(json_object_iter_value(first)));
            (void)json_object_del(member, json_object_iter_key(first));
            print_table(path, member);
        }
    } else {
        print_leaf(name, value);
    }
}

static void print_result(json_t *result, bool is_json)
{
    if (is_json) {
        (void)json_dumpf(result, stdout, JSON_REAL_PRECISION(17) | JSON_INDENT(1));
        puts("");
    } else {
        print_table("", result);
    }
}

int spectrum_command(int argc, char **argv)
{
    static struct simulation simulation;
    struct options options;
    switch (options_parse(COMMAND_SPECTRUM, argc, argv, &options)) {
    case OPTIONS_RUN:
        break;
    case OPTIONS_HELP:
        return 0;
    case OPTIONS_BAD:
        return 2;
    }
    if (!event_options(&options, &simulation.events))
        return 2;
    simulation.options = &options;
    simulate_ke3(&simulation);
    if (options.signal_mass_mev > 0)
        simulate_signal(&simulation);
    json_t *result = result_of(&simulation);
    print_result(result, options.is_json);
    json_decref(result);
    return 0;
}
