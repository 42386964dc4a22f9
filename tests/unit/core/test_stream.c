/* SPDX-License-Identifier: MIT */
/* Expected Z: 40-digit incomplete beta and gamma functions (mpmath), inverted there. */
#include "core/stream.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "poisson.h"

static struct stream stream;
static uint32_t now; /* time of the last burst */

static void begin(enum focus_model model, double least, bool is_known)
{
    const struct stream_settings settings = {model, least, 5.5, is_known};
    stream_init(&stream, &settings);
    now = 0;
}

static bool add(double value, double exposure)
{
    return stream_add(&stream, ++now, value, exposure);
}

/* Adds the same burst `bursts` times; how many of them ended with a change raised. */
static int add_many(int bursts, double value, double exposure)
{
    int raised = 0;
    while (bursts-- > 0)
        raised += add(value, exposure);
    return raised;
}

static void expect_z(double z)
{
    assert_true(stream.is_raised);
    if (fabs(stream.change.z - z) > 1e-9)
        fail_msg("Z = %.17g instead of %.17g", stream.change.z, z);
}

static void nothing_is_raised_while_it_learns(void **state)
{
    (void)state;
    begin(FOCUS_POISSON, 1.05, false);
    assert_int_equal(add_many(8, 100, 1) + add_many(8, 100000, 1), 0);
    assert_false(stream.is_learning);
}

static void a_rise_is_judged_by_the_counts_of_the_reference(void **state)
{
    (void)state;
    begin(FOCUS_POISSON, 1.05, false);
    assert_int_equal(add_many(16, 100, 2), 0);
    assert_true(add(200, 2)); /* 200 on 1600/16 */
    expect_z(8.42698355421348634887);
    assert_true(stream.is_rise && stream.change.start == 17 && stream.change.bursts == 1);
    assert_true(stream.change.measured == 100.0 && stream.change.expected == 50.0); /* per exposure */
}

static void a_fall_is_judged_by_the_counts_of_the_reference(void **state)
{
    (void)state;
    begin(FOCUS_POISSON, 1.05, false);
    add_many(16, 100, 1);
    assert_true(add(40, 1));
    expect_z(6.59389613429385345456);
    assert_false(stream.is_rise);
}

static void three_bursts_find_what_one_does_not(void **state)
{
    (void)state;
    begin(FOCUS_POISSON, 1.05, false);
    add_many(16, 100, 1);
    assert_int_equal(add_many(10, 100, 1), 0);
    assert_false(add(150, 1));
    add(150, 1);
    assert_true(add(150, 1));
    expect_z(7.28448040756242676703);
    assert_int_equal(stream.change.start, 27);
    assert_int_equal(stream.change.bursts, 3);
}

static void a_reference_without_counts_is_no_certainty(void **state)
{
    (void)state;
    begin(FOCUS_POISSON, 1.05, false);
    add_many(16, 0, 1);
    assert_false(add(1, 1));
    stream_reset(&stream);
    add_many(16, 0, 1);
    assert_true(add(9, 1)); /* 17^-9 */
    expect_z(6.73087025585908202803);
}

static void a_known_expectation_needs_no_learning(void **state)
{
    (void)state;
    begin(FOCUS_POISSON, 1.05, true);
    assert_true(add(45, 100));
    expect_z(6.09197765190897081204);
    begin(FOCUS_POISSON, 1.05, true);
    assert_true(add(170, 100));
    expect_z(6.33058469136737499301);
}

static void a_mean_is_judged_with_the_error_of_the_reference(void **state)
{
    (void)state;
    begin(FOCUS_GAUSSIAN, 0.02, false);
    add_many(16, 1000.0, 4);
    assert_true(add(1003.25, 4)); /* 3.25 over sqrt(1/4 + 1/64) */
    expect_z(6.5 / sqrt(1.0 + 1.0 / 16.0));
    assert_true(fabs(stream.change.measured - 1003.25) < 1e-9 && fabs(stream.change.expected - 1000.0) < 1e-9);
}

static void bursts_that_scatter_widen_the_test(void **state)
{
    (void)state;
    begin(FOCUS_POISSON, 1.05, false);
    stream.settings.threshold = 5.4;
    for (int i = 0; i < 8; i++) {
        add(80, 1);
        add(120, 1);
    }
    /* phi = 16 x 4 / 15 (1 + 2 sqrt(2/15)) = 7.3826: Z_Bi(floor(300/phi), 1600/phi, 1/16). */
    assert_true(add(300, 1));
    expect_z(5.48253769017210620296);
}

static void changes_of_a_few_per_cent_are_of_no_interest(void **state)
{
    (void)state;
    begin(FOCUS_POISSON, 1.05, false);
    add_many(16, 1e8, 1);
    assert_int_equal(add_many(500, 1.02e8, 1), 0);
    assert_true(add_many(5, 1.06e8, 1) > 0);
}

static void a_change_never_becomes_its_own_expectation(void **state)
{
    (void)state;
    begin(FOCUS_POISSON, 1.05, false);
    add_many(16, 1000, 1);
    assert_int_equal(add_many(200, 1000, 1), 0);
    assert_int_equal(add_many(1000, 1200, 1), 1000);
    assert_true(fabs(stream.change.expected - 1000.0) < 1e-6);
    assert_int_equal(stream.change.start, 217);
    assert_true(add_many(10, 1000, 1) <= 2); /* a burst or two, and it is over */
    assert_int_equal(add_many(200, 1000, 1), 0);
    assert_true(add_many(3, 1200, 1) > 0);
}

static void an_old_level_fades_when_it_changes_slowly(void **state)
{
    (void)state;
    begin(FOCUS_POISSON, 1.05, false);
    add_many(16, 10000, 1);
    double level = 10000;
    for (int i = 0; i < 20000; i++, level *= 1 + 2e-5) /* 1 % in 500 bursts */
        assert_false(add(round(level), 1));
}

static void an_accepted_level_is_the_reference_from_then_on(void **state)
{
    (void)state;
    begin(FOCUS_POISSON, 1.05, false);
    add_many(16, 1000, 2);
    assert_int_equal(add_many(40, 1200, 2), 40);
    stream_accept(&stream);
    assert_true(!stream.is_raised && !stream.is_learning);
    assert_true(stream.reference.value == 40 * 1200.0 && stream.reference.exposure == 40 * 2.0);
    assert_int_equal(add_many(300, 1200, 2), 0);
    assert_true(add(1500, 2));
    assert_true(fabs(stream.change.expected - 600.0) < 1e-9);
    assert_int_equal(stream.change.start, 357);
}

static void an_accepted_level_of_a_few_bursts_is_learned_first(void **state)
{
    (void)state;
    begin(FOCUS_GAUSSIAN, 0.02, false);
    add_many(16, 10.0, 100);
    assert_int_equal(add_many(3, 11.0, 100), 3);
    stream_accept(&stream);
    assert_true(!stream.is_raised && stream.is_learning);
    assert_int_equal(add_many(13, 11.0, 100), 0);
    assert_false(stream.is_learning);
    assert_int_equal(add_many(100, 11.0, 100), 0);
    assert_true(add(10.0, 100));
}

static void a_long_change_is_accepted_by_the_bursts_that_are_kept(void **state)
{
    (void)state;
    begin(FOCUS_POISSON, 1.05, false);
    add_many(16, 1000, 1);
    add_many(5000, 1200, 1);
    stream_accept(&stream);
    assert_true(stream.reference.value == STREAM_TESTED * 1200.0);
    assert_int_equal(add_many(200, 1200, 1), 0);
    assert_true(add(1600, 1));
}

static void a_known_expectation_is_learned_once_another_level_is_accepted(void **state)
{
    (void)state;
    begin(FOCUS_POISSON, 1.05, true);
    assert_int_equal(add_many(20, 500, 1000), 20);
    stream_accept(&stream);
    assert_int_equal(add_many(50, 500, 1000), 0);
    assert_true(add(1000, 1000));
    assert_true(fabs(stream.change.expected - 0.5) < 1e-12);
}

static void nothing_can_be_accepted_while_nothing_has_changed(void **state)
{
    (void)state;
    begin(FOCUS_POISSON, 1.05, false);
    add_many(30, 1000, 1);
    stream_accept(&stream);
    assert_false(stream.is_learning);
    assert_true(add(1400, 1));
}

static void a_reset_forgets_everything(void **state)
{
    (void)state;
    begin(FOCUS_POISSON, 1.05, false);
    add_many(16, 100, 1);
    assert_true(add(200, 1));
    stream_reset(&stream);
    assert_false(stream.is_raised);
    assert_int_equal(add_many(16, 200, 1), 0);
    assert_int_equal(add_many(100, 200, 1), 0);
}

static void a_threshold_of_zero_raises_nothing(void **state)
{
    (void)state;
    const struct stream_settings settings = {FOCUS_POISSON, 1.05, 0.0, false};
    stream_init(&stream, &settings);
    assert_int_equal(add_many(16, 100, 1) + add_many(100, 1e6, 1), 0);
}

/* ---- chance ---- */

/* False alarms in runs of `length` bursts; mean < 0: a mean with an error of 1/30. */
static uint32_t false_alarms(struct random *random, double mean, uint32_t bursts, uint32_t length)
{
    uint32_t alarms = 0;
    bool was_raised = false;
    begin(mean < 0 ? FOCUS_GAUSSIAN : FOCUS_POISSON, mean < 0 ? 0.02 : 1.05, false);
    for (uint32_t i = 0; i < bursts; i++) {
        if (i % length == 0) {
            stream_reset(&stream);
            was_raised = false;
        }
        double exposure = 0.8 + 0.4 * random_open(random);
        bool is_raised =
            mean < 0 ? add(random_gauss(random) / 30.0, 900.0) : add(random_poisson(random, mean * exposure), exposure);
        alarms += is_raised && !was_raised;
        was_raised = is_raised;
    }
    return alarms;
}

/* 24 streams may have one false alarm in 30 days of 4000 bursts: here ten streams, each for a month, or for eight years
 * in the long form. */
static void chance_raises_nothing(void **state)
{
    (void)state;
    static const double means[] = {-1, 0.003, 0.03, 0.3, 1, 3, 10, 100, 1e4, 1e6};
    const uint32_t bursts = test_is_full() ? 12000000 : 120000;
    struct random random = random_start("stream");
    uint32_t alarms = 0;
    for (size_t i = 0; i < sizeof means / sizeof *means; i++)
        alarms += false_alarms(&random, means[i], bursts, i % 2 ? 1500 : 200);
    printf("%u false alarms in %.0f stream months\n", alarms, bursts / 120000.0 * 10);
    assert_true(alarms <= bursts / 120000 * 10 / 24 + 1);
}

/* Bursts until a change by `factor` is found, after 100 bursts without. */
static void is_found_within(struct random *random, double mean, double factor, int bursts)
{
    for (int trial = 0; trial < 50; trial++) {
        begin(FOCUS_POISSON, 1.05, false);
        for (int i = 0; i < 100; i++)
            assert_false(add(random_poisson(random, mean), 1));
        int delay = 1;
        while (!add(random_poisson(random, mean * factor), 1))
            delay++;
        assert_in_range(delay, 1, bursts);
        assert_true(stream.is_rise == (factor > 1));
        assert_in_range(stream.change.start, 90, 100 + delay);
    }
}

static void changes_are_found_in_time(void **state)
{
    (void)state;
    struct random random = random_start("stream delay");
    is_found_within(&random, 1000, 1.2, 10);
    is_found_within(&random, 1000, 0.8, 10);
    is_found_within(&random, 10000, 0.75, 1);
    is_found_within(&random, 100, 0.5, 14);
    is_found_within(&random, 0.1, 100, 4);
}

/* ---- what survives a restart ---- */

/* Through bytes, into a new one. */
static void restart(const struct stream_settings *settings)
{
    static unsigned char bytes[8192];
    struct archive archive = archive_save(bytes, sizeof bytes);
    stream_archive(&archive, &stream);
    assert_true(archive.is_sound);
    stream_init(&stream, settings);
    archive = archive_restore(bytes, archive.at);
    stream_archive(&archive, &stream);
    assert_true(archive_is_complete(&archive));
}

static void expect_same(const struct stream *a, const struct stream *b)
{
    assert_true(a->settings.is_known == b->settings.is_known && a->is_learning == b->is_learning);
    assert_true(a->is_raised == b->is_raised && a->count == b->count && a->calm == b->calm);
    assert_memory_equal(&a->reference, &b->reference, sizeof a->reference);
    assert_true(a->change.start == b->change.start && a->change.bursts == b->change.bursts);
    assert_true(a->change.measured == b->change.measured && a->change.expected == b->change.expected);
    assert_true(a->change.z == b->change.z && a->rise.length == b->rise.length && a->fall.length == b->fall.length);
    assert_true(!a->is_raised || a->is_rise == b->is_rise);
}

/* The level changes up and down and goes back, slowly enough that some bursts are needed to see it; at times the new
 * one is accepted. Raised ones and those on their way back are counted. */
static void run_beside(struct random *random, const struct stream_settings *settings, uint32_t *raised, uint32_t *calm)
{
    static struct stream through;
    stream_init(&through, settings);
    stream_init(&stream, settings);
    for (uint32_t i = 1; i <= 600; i++) {
        double factor = i % 100 < 60 ? 1.0 : i % 200 < 100 ? 1.15 : 0.85;
        double value = settings->model == FOCUS_POISSON ? random_poisson(random, 400.0 * factor)
                                                        : factor + 0.05 * random_gauss(random);
        bool is_counted = settings->model == FOCUS_POISSON;
        stream_add(&through, i, value, is_counted ? 400.0 : 400.0 + i % 3);
        stream_add(&stream, i, value, is_counted ? 400.0 : 400.0 + i % 3);
        if (i == 390 || i == 470) {
            stream_accept(&through);
            stream_accept(&stream);
        }
        restart(settings);
        expect_same(&through, &stream);
        *raised += stream.is_raised;
        *calm += stream.calm > 0.0;
    }
}

static void a_stream_that_is_restarted_after_each_burst_is_the_same(void **state)
{
    (void)state;
    struct random random = random_start("stream restarts");
    static const struct stream_settings settings[] = {
        {FOCUS_POISSON, 1.05, 5.5, false}, {FOCUS_POISSON, 1.05, 5.5, true}, {FOCUS_GAUSSIAN, 0.02, 5.5, false}};
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++) {
        uint32_t raised = 0, calm = 0;
        run_beside(&random, &settings[i], &raised, &calm);
        assert_true(raised > 20 && calm > 0);
    }
}

/* Doubles skip whole numbers from there on, and its exact probability is none. */
static void a_count_beyond_2_to_the_53_raises_nothing(void **state)
{
    (void)state;
    begin(FOCUS_POISSON, 1.05, true);
    assert_int_equal(add_many(30, 0x1p60, 100.0), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_raised_while_it_learns),
        cmocka_unit_test(a_rise_is_judged_by_the_counts_of_the_reference),
        cmocka_unit_test(a_fall_is_judged_by_the_counts_of_the_reference),
        cmocka_unit_test(three_bursts_find_what_one_does_not),
        cmocka_unit_test(a_reference_without_counts_is_no_certainty),
        cmocka_unit_test(a_known_expectation_needs_no_learning),
        cmocka_unit_test(a_mean_is_judged_with_the_error_of_the_reference),
        cmocka_unit_test(bursts_that_scatter_widen_the_test),
        cmocka_unit_test(changes_of_a_few_per_cent_are_of_no_interest),
        cmocka_unit_test(a_change_never_becomes_its_own_expectation),
        cmocka_unit_test(an_old_level_fades_when_it_changes_slowly),
        cmocka_unit_test(an_accepted_level_is_the_reference_from_then_on),
        cmocka_unit_test(an_accepted_level_of_a_few_bursts_is_learned_first),
        cmocka_unit_test(a_long_change_is_accepted_by_the_bursts_that_are_kept),
        cmocka_unit_test(a_known_expectation_is_learned_once_another_level_is_accepted),
        cmocka_unit_test(nothing_can_be_accepted_while_nothing_has_changed),
        cmocka_unit_test(a_reset_forgets_everything),
        cmocka_unit_test(a_threshold_of_zero_raises_nothing),
        cmocka_unit_test(chance_raises_nothing),
        cmocka_unit_test(changes_are_found_in_time),
        cmocka_unit_test(a_stream_that_is_restarted_after_each_burst_is_the_same),
        cmocka_unit_test(a_count_beyond_2_to_the_53_raises_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
