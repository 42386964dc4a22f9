/* SPDX-License-Identifier: MIT */
#include "template_simulate.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "core/template_bias.h"
#include "physics/constants.h"

static struct template shape, again;
static struct background background;

static struct template_options options_of(enum event_mode mode, uint64_t events)
{
    struct template_options options = template_options_default(mode);
    options.events = events;
    return options;
}

static void the_same_options_give_the_same_template(void **state)
{
    (void)state;
    for (int mode = 0; mode < EVENT_MODE_COUNT; mode++) {
        const struct template_options options = options_of((enum event_mode)mode, TEMPLATE_EVENTS_MIN);
        assert_true(template_simulate(&shape, &options));
        assert_true(template_simulate(&again, &options));
        assert_memory_equal(&shape, &again, sizeof shape);
    }
}

static void another_seed_gives_another_template_within_the_errors(void **state)
{
    (void)state;
    struct template_options options = options_of(EVENT_PAPER, 200000);
    double sum2 = 0;
    int count = 0;
    options.seed = 2;
    assert_true(template_simulate(&shape, &options));
    background_init(&background, &template_paper);
    for (int i = 0; i < HYPOTHESIS_COUNT; i += 15, count++) {
        const struct functional *f = &background.functionals[i];
        const double ratio = template_bias_window(f, shape.bins) / template_bias_window(f, template_paper.bins);
        const double pull = (ratio - 1) / hypot(shape.window_error[i], template_paper.window_error[i]);
        sum2 += pull * pull;
    }
    assert_true(sum2 / count < 3);
    assert_string_not_equal(shape.hash, template_paper.hash);
}

/* Whoever changes the physics makes the templates anew: what is kept must agree with what the program simulates now. */
static void the_kept_na62_templates_are_those_of_this_simulation(void **state)
{
    (void)state;
    const struct template *const kept[] = {&template_na62, &template_na62_beam};
    for (int kaon = KAON_GTK; kaon <= KAON_BEAM; kaon++) {
        struct template_options options = options_of(EVENT_NA62, 400000);
        options.kaon = (enum kaon_tag)kaon;
        options.seed = 3;
        assert_true(template_simulate(&shape, &options));
        assert_string_equal(shape.name, kept[kaon]->name);
        assert_true(fabs(shape.a_peak / kept[kaon]->a_peak - 1) < 0.01);
        assert_true(fabs(shape.f_peak / kept[kaon]->f_peak - 1) < 0.01);
        assert_true(fabs(shape.eps_background / kept[kaon]->eps_background - 1) < 0.3);
        background_init(&background, kept[kaon]);
        for (int i = 10; i < 90; i += 20) {
            const struct functional *f = &background.functionals[i];
            const double ratio = template_bias_window(f, shape.bins) / template_bias_window(f, kept[kaon]->bins);
            assert_true(fabs(ratio - 1) < 5 * hypot(shape.window_error[i], kept[kaon]->window_error[i]) + 0.05);
        }
    }
}

static void the_provenance_names_every_option(void **state)
{
    (void)state;
    struct template_options options = options_of(EVENT_PAPER, 30000);
    options.seed = 7;
    options.threshold_mev = 500;
    options.sigma_mev2 = 1785;
    assert_true(template_simulate(&shape, &options));
    assert_string_equal(shape.provenance,
                        "hnlmon template build --mode paper --sigma 1785 --threshold 500 --events 30000 --seed 7");
    assert_true(shape.sigma_mev2 == 1785 && shape.preset == SELECTION_PAPER);
    assert_string_equal(template_na62_beam.provenance,
                        "hnlmon template build --mode na62 --kaon beam --threshold 200 --events 32000000 --seed 1");
}

/* 1.802 % of the tail survive a veto from 50 MeV, 2.02 % one from 200 MeV (m2 > 0.01 GeV^2, a separate program). */
static void a_higher_threshold_lets_more_background_through(void **state)
{
    (void)state;
    struct template_options options = options_of(EVENT_PAPER, 400000);
    options.threshold_mev = 200;
    assert_true(template_simulate(&shape, &options));
    assert_true(fabs(shape.eps_background / 0.0202 - 1) < 0.02);
    assert_true(fabs(template_paper.eps_background / 0.01802 - 1) < 0.01);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_options_give_the_same_template),
        cmocka_unit_test(another_seed_gives_another_template_within_the_errors),
        cmocka_unit_test(the_kept_na62_templates_are_those_of_this_simulation),
        cmocka_unit_test(the_provenance_names_every_option),
        cmocka_unit_test(a_higher_threshold_lets_more_background_through),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
