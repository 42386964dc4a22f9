/* SPDX-License-Identifier: MIT */
#include "event_options.h"

#include <getopt.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "physics/component.h"

#define WORDS_MAX 16

/* The words, up to NULL, as the command line of a command. */
static enum options_result parse(enum command command, const char *const words[], struct options *options)
{
    char *argv[WORDS_MAX + 2] = {(char *)"hnlmon-fwsim"};
    int argc = 1;
    for (; words[argc - 1] != NULL; argc++)
        argv[argc] = (char *)words[argc - 1];
    optind = 0; /* getopt_long starts again */
    return options_parse(command, argc, argv, options);
}

static struct event_config config_of(const char *const words[])
{
    struct options options;
    struct event_config config;
    assert_int_equal(parse(COMMAND_SEND, words, &options), OPTIONS_RUN);
    assert_true(event_options(&options, &config));
    return config;
}

static bool is_refused(enum command command, const char *const words[])
{
    struct options options;
    struct event_config config;
    return parse(command, words, &options) == OPTIONS_BAD || !event_options(&options, &config);
}

#define WORDS(...) ((const char *const[]){__VA_ARGS__, NULL})

static void without_options_the_event_source_has_its_defaults(void **state)
{
    const struct event_config paper = config_of((const char *const[]){NULL}), na62 = config_of(WORDS("--mode=na62"));
    const struct detector nominal = detector_default();
    (void)state;
    assert_true(paper.mode == EVENT_PAPER && paper.veto.threshold_mev == 50);
    assert_true(na62.mode == EVENT_NA62 && na62.veto.threshold_mev == 200 && na62.components == COMPONENT_ALL);
    assert_true(na62.detector.kaon == nominal.kaon);
    assert_true(na62.detector.straw_hole_mm == nominal.straw_hole_mm);
    assert_true(na62.detector.lkr_hole_mm == nominal.lkr_hole_mm);
    assert_true(na62.detector.photon_energy_min_mev == nominal.photon_energy_min_mev);
    assert_true(na62.detector.positron_momentum_min_mev == nominal.positron_momentum_min_mev);
}

static void every_option_reaches_the_event_source(void **state)
{
    const struct event_config config = config_of(
        WORDS("--mode=na62", "--kaon=beam", "--backgrounds=ke4,tails", "--straw-hole=70", "--lkr-hole=160",
              "--photon-energy=3000", "--positron-momentum=6000", "--signal-mass=135", "--u2=1e-5", "--seed=12"));
    (void)state;
    assert_true(config.detector.kaon == KAON_BEAM);
    assert_int_equal(config.components, COMPONENT_BIT(COMPONENT_KE4) | COMPONENT_BIT(COMPONENT_TAILS));
    assert_true(config.detector.straw_hole_mm == 70 && config.detector.lkr_hole_mm == 160);
    assert_true(config.detector.photon_energy_min_mev == 3000 && config.detector.positron_momentum_min_mev == 6000);
    assert_true(config.signal_mass_mev == 135 && config.u2 == 1e-5 && config.seed == 12);
    assert_int_equal(config_of(WORDS("--mode=na62", "--backgrounds=none")).components, 0);
}

static void what_only_the_na62_mode_has_is_refused_without_it(void **state)
{
    (void)state;
    assert_true(is_refused(COMMAND_SEND, WORDS("--backgrounds=none")));
    assert_true(is_refused(COMMAND_SEND, WORDS("--kaon=gtk", "--mode=paper")));
    assert_true(is_refused(COMMAND_SPECTRUM, WORDS("--straw-hole=63.8")));
    assert_true(is_refused(COMMAND_SPECTRUM, WORDS("--lkr-hole=150")));
    assert_true(is_refused(COMMAND_SPECTRUM, WORDS("--photon-energy=2000")));
    assert_true(is_refused(COMMAND_SPECTRUM, WORDS("--positron-momentum=5000")));
}

static void impossible_values_are_refused(void **state)
{
    (void)state;
    assert_true(is_refused(COMMAND_SEND, WORDS("--signal-mass=358.2")));
    assert_true(is_refused(COMMAND_SEND, WORDS("--u2=1e-6")));
    assert_true(is_refused(COMMAND_SEND, WORDS("--mode=na62", "--backgrounds=")));
    assert_true(is_refused(COMMAND_SEND, WORDS("--mode=na62", "--backgrounds=ke4,muons")));
    assert_true(is_refused(COMMAND_SEND, WORDS("--mode=na62", "--straw-hole=900")));
    assert_true(is_refused(COMMAND_SEND, WORDS("--mode=na62", "--photon-energy=1")));
    assert_true(is_refused(COMMAND_SPECTRUM, WORDS("--u2=0")));
    assert_true(is_refused(COMMAND_SEND, WORDS("--events=100")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_options_the_event_source_has_its_defaults),
        cmocka_unit_test(every_option_reaches_the_event_source),
        cmocka_unit_test(what_only_the_na62_mode_has_is_refused_without_it),
        cmocka_unit_test(impossible_values_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
