/* SPDX-License-Identifier: MIT */
/* Bursts are made by hand, each like the one before it, but for one number that changes from burst 21 on. */
#include "core/change.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "poisson.h"

#define NORMAL_BURSTS 20u
#define SIGMA 1700.0
#define SPILL_BINS 200u /* of 10 ms */
#define PER_SPILL_BIN 500u
#define SPILL_SLOT (histogram_table[HISTOGRAM_BURST_TIME].offset + 1)

static struct change change;
static struct burst burst;
static uint64_t slots[HISTOGRAM_SLOTS];
static struct change_finding found;

/* The bins of a Gaussian of `count` candidates in an m2 histogram of the unprescaled line. */
static void fill_peak(enum histogram_id id, double count, double mean, double sigma)
{
    for (int bin = 0; bin < M2_BIN_COUNT; bin++) {
        double low = ((bin + M2_BIN_FIRST) * M2_BIN_WIDTH_MEV2 - mean) / sigma, high = low + M2_BIN_WIDTH_MEV2 / sigma;
        slots[histogram_table[id].offset + 1 + (uint32_t)bin] =
            (uint64_t)floor(count / 2 * (erfc(low / sqrt(2.0)) - erfc(high / sqrt(2.0))) + 0.5);
    }
}

/* 100,000 candidates of two sources; 5000 fail the cut on E/p, 15,000 the veto. */
static void make_normal(uint32_t number)
{
    memset(&burst, 0, sizeof burst);
    burst.key = (struct burst_key){7, number};
    burst.began = burst.ended = burst.expected = 2;
    burst.intensity = 20.0;
    burst.live_ppm = 900000;
    burst.downscaling = 150;
    burst.input_downscaling = 1;
    burst.generated = 1500000;
    burst.kept = 10000;
    burst.accepted = 80000;
    burst.rejected[REJECT_E_OVER_P] = 5000;
    burst.rejected[REJECT_TWO_PHOTON_MASS] = 0;
    burst.rejected[REJECT_VETO] = 15000;
    const uint64_t vetoes[VETO_COUNT] = {6000, 2000, 1000, 7000};
    memcpy(burst.vetoes, vetoes, sizeof vetoes);
    burst_count(&burst, 3, 40000);
    burst_count(&burst, 5, 60000);
    memset(slots, 0, sizeof slots);
    fill_peak(HISTOGRAM_M2, 80000, 0, SIGMA);
    fill_peak(HISTOGRAM_M2_BEFORE_VETO, 90000, 0, SIGMA);
    for (uint32_t bin = 0; bin < SPILL_BINS; bin++)
        slots[SPILL_SLOT + bin] = PER_SPILL_BIN;
}

static int start(void **state)
{
    (void)state;
    change_init(&change, 5.5, SIGMA);
    return 0;
}

static void look(void)
{
    change_look(&change, &burst, slots);
}

static void look_at_normal(uint32_t first, uint32_t last)
{
    for (uint32_t number = first; number <= last; number++) {
        make_normal(number);
        look();
    }
}

static uint32_t raised(enum change_kind kind)
{
    return change_leading(&change, kind, &found);
}

static uint32_t raised_in_all(void)
{
    return raised(CHANGE_OF_RATE) + raised(CHANGE_OF_PEAK) + raised(CHANGE_OF_VETO);
}

/* After 20 normal bursts: the next one, still to be changed by the test. */
static void come_to_the_change(void)
{
    look_at_normal(1, NORMAL_BURSTS);
    assert_int_equal(raised_in_all(), 0);
    make_normal(NORMAL_BURSTS + 1);
}

static void expect(enum change_kind kind, enum change_id id, double size, double tolerance)
{
    look();
    assert_true(raised(kind) >= 1);
    assert_int_equal(found.id, id);
    assert_int_equal(found.start, NORMAL_BURSTS + 1);
    assert_int_equal(found.bursts, 1);
    if (fabs(found.size - size) > tolerance)
        fail_msg("size %.6g instead of %.6g", found.size, size);
    for (int other = 0; other < CHANGE_KIND_COUNT; other++)
        if (other != (int)kind)
            assert_int_equal(raised((enum change_kind)other), 0);
}

static void every_stream_has_its_own_name_and_something_to_do(void **state)
{
    (void)state;
    char names[CHANGE_COUNT][CHANGE_NAME_SIZE];
    for (int id = 0; id < CHANGE_COUNT; id++) {
        change_name(&(struct change_finding){.id = (enum change_id)id, .source = UINT32_MAX}, names[id]);
        assert_true(strlen(change_table[id].title) > 5 && strlen(change_table[id].action) > 20);
        for (int other = 0; other < id; other++)
            assert_string_not_equal(names[id], names[other]);
    }
    assert_string_equal(names[CHANGE_LAV], "lav");
    assert_string_equal(names[CHANGE_TWO_PHOTON_MASS], reject_reason_name(REJECT_TWO_PHOTON_MASS));
    assert_string_equal(names[CHANGE_LINK], "link-4294967295");
}

static void each_cut_is_named_like_its_reason(void **state)
{
    (void)state;
    for (int reason = REJECT_BAD_TIME; reason <= REJECT_TRANSVERSE_MOMENTUM; reason++)
        assert_string_equal(change_table[CHANGE_BAD_TIME + reason - REJECT_BAD_TIME].name,
                            reject_reason_name((enum reject_reason)reason));
}

static void a_lower_veto_fraction_is_a_change_of_that_veto(void **state)
{
    (void)state;
    come_to_the_change();
    burst.vetoes[VETO_IRC] = 1000; /* of 95,000 */
    expect(CHANGE_OF_VETO, CHANGE_IRC, -0.5, 1e-9);
    assert_true(fabs(found.expected - 2000.0 / 95000.0) < 1e-12 && fabs(found.measured - 1000.0 / 95000.0) < 1e-12);
}

static void vetoes_that_change_together_are_led_by_the_random_veto(void **state)
{
    (void)state;
    come_to_the_change();
    for (int veto = 0; veto < VETO_COUNT; veto++)
        burst.vetoes[veto] *= 3;
    for (uint32_t slot = 0; slot < M2_SLOTS; slot++)
        slots[slot] = slots[slot] * 19 / 20; /* 15.6 % instead of 11.1 % */
    look();
    assert_int_equal(raised(CHANGE_OF_VETO), VETO_COUNT + 1);
    assert_int_equal(found.id, CHANGE_RANDOM_VETO);
    assert_true(found.z < change.streams[CHANGE_LAV].change.z);
}

static void a_cut_that_rejects_more_is_seen_among_those_that_come_to_it(void **state)
{
    (void)state;
    come_to_the_change();
    burst.rejected[REJECT_E_OVER_P] += 1000;
    burst.accepted -= 1000;
    expect(CHANGE_OF_PEAK, CHANGE_E_OVER_P, 0.2, 1e-9);
    assert_true(fabs(found.measured - 0.06) < 1e-12);
}

static void a_cut_that_never_rejected_is_watched_too(void **state)
{
    (void)state;
    come_to_the_change();
    burst.rejected[REJECT_TWO_PHOTON_MASS] = 10;
    burst.accepted -= 10;
    look();
    assert_int_equal(raised(CHANGE_OF_PEAK), 1);
    assert_int_equal(found.id, CHANGE_TWO_PHOTON_MASS);
}

static void the_peak_count_is_taken_per_intensity(void **state)
{
    (void)state;
    come_to_the_change();
    for (uint32_t slot = 0; slot < M2_SLOTS; slot++)
        slots[slot] = slots[slot] * 4 / 5; /* fewer pass the veto, too */
    look();
    assert_true(raised(CHANGE_OF_PEAK) == 1 && found.id == CHANGE_PEAK_COUNT);
    assert_true(fabs(found.size + 0.2) < 1e-3);
    assert_true(raised(CHANGE_OF_VETO) == 1 && found.id == CHANGE_RANDOM_VETO);
    /* 1/9 were vetoed, now 1 - 8/9 4/5 = 13/45. */
    assert_true(fabs(found.expected - 1.0 / 9) < 1e-3 && fabs(found.measured - 13.0 / 45) < 1e-3);
}

static void a_shifted_peak_is_a_change_of_its_position(void **state)
{
    (void)state;
    come_to_the_change();
    fill_peak(HISTOGRAM_M2, 80000, 300.0, SIGMA);
    fill_peak(HISTOGRAM_M2_BEFORE_VETO, 90000, 300.0, SIGMA);
    /* The mean between -2380 and 2380 of a Gaussian around 300, by numerical integration. */
    expect(CHANGE_OF_PEAK, CHANGE_PEAK_POSITION, 149.645 / SIGMA, 1e-3);
}

static void a_wider_peak_is_a_change_of_its_width(void **state)
{
    (void)state;
    come_to_the_change();
    fill_peak(HISTOGRAM_M2, 80000 * 1.16702, 0.0, 1.3 * SIGMA);
    fill_peak(HISTOGRAM_M2_BEFORE_VETO, 90000 * 1.16702, 0.0, 1.3 * SIGMA);
    look();
    assert_true(change.streams[CHANGE_PEAK_WIDTH].is_raised);
    assert_true(fabs(change.streams[CHANGE_PEAK_WIDTH].change.measured - 1270.16) < 2.0);
    assert_true(fabs(change.streams[CHANGE_PEAK_WIDTH].change.expected - 1202.09) < 2.0);
    /* P(m2 < -7616) of the wider Gaussian is 140 times that of the normal one. */
    assert_true(change.streams[CHANGE_MIRROR_TAIL].is_raised);
    assert_false(change.streams[CHANGE_PEAK_COUNT].is_raised);
    assert_false(change.streams[CHANGE_PEAK_POSITION].is_raised);
}

/* A spill of 2 s, flat. 10 ms are 400,784 counts of 24.951059536 ns: 9.99998544 ms. */
static void a_hole_in_the_spill_is_a_change_of_its_effective_length(void **state)
{
    (void)state;
    come_to_the_change();
    for (uint32_t bin = 80; bin < 120; bin++) /* in its middle, which does not move the mean time */
        slots[SPILL_SLOT + bin] = 0;
    expect(CHANGE_OF_RATE, CHANGE_SPILL_LENGTH, -0.2, 1e-5);
    /* 2 s (N - 1)/(N - 200) with N = 100,000. */
    assert_true(fabs(found.expected - 200 * 0.00999998544 * 99999.0 / 99800.0) < 1e-6);
    assert_false(change.streams[CHANGE_SPILL_CENTRE].is_raised);
}

static void a_spill_that_comes_late_is_a_change_of_its_centre(void **state)
{
    (void)state;
    come_to_the_change();
    for (uint32_t bin = 0; bin < 20; bin++) {
        slots[SPILL_SLOT + bin] = 0;
        slots[SPILL_SLOT + SPILL_BINS + bin] = PER_SPILL_BIN;
    }
    expect(CHANGE_OF_RATE, CHANGE_SPILL_CENTRE, 0.2, 1e-9);
    assert_true(fabs(found.expected - 100 * 0.00999998544) < 1e-8);
    assert_false(change.streams[CHANGE_SPILL_LENGTH].is_raised);
}

static void a_spill_that_repeats_its_structure_is_no_change(void **state)
{
    (void)state;
    for (uint32_t number = 1; number <= 60; number++) {
        make_normal(number);
        for (uint32_t bin = 0; bin < SPILL_BINS; bin++)
            slots[SPILL_SLOT + bin] = bin < 10 ? 1500 : bin % 40 < 4 ? 0 : 500 + number % 2;
        look();
    }
    assert_int_equal(raised_in_all(), 0);
    assert_true(change.streams[CHANGE_SPILL_LENGTH].reference.exposure > 0);
}

static void too_few_candidates_say_nothing_about_the_spill(void **state)
{
    (void)state;
    look_at_normal(1, NORMAL_BURSTS);
    for (uint32_t number = NORMAL_BURSTS + 1; number < 40; number++) {
        make_normal(number);
        for (uint32_t bin = 0; bin < SPILL_BINS; bin++)
            slots[SPILL_SLOT + bin] = bin == 3 ? 45 : 0; /* 990 pairs */
        look();
    }
    assert_int_equal(raised_in_all(), 0);
}

static void candidates_are_taken_per_intensity_live_time_and_input(void **state)
{
    (void)state;
    look_at_normal(1, NORMAL_BURSTS);
    for (uint32_t number = NORMAL_BURSTS + 1; number < 60; number++) {
        make_normal(number);
        switch (number % 3) {
        case 0:
            burst.intensity *= 2;
            burst.live_ppm /= 2;
            break;
        case 1:
            burst.live_ppm *= 10; /* nobody checks the front-end */
            burst.input_downscaling = 10;
            break;
        default:
            burst.intensity *= 7;
            burst.input_downscaling = 7;
        }
        look();
    }
    assert_int_equal(raised_in_all(), 0);
}

static void a_burst_without_intensity_says_nothing_about_rates(void **state)
{
    (void)state;
    come_to_the_change();
    burst.intensity = 0;
    burst.rejected[REJECT_E_OVER_P] = 0;
    burst.accepted = 10;
    burst.input_downscaling = 1;
    look();
    assert_int_equal(raised(CHANGE_OF_RATE), 0);
    assert_true(raised(CHANGE_OF_PEAK) == 1 && found.id == CHANGE_E_OVER_P);
    make_normal(NORMAL_BURSTS + 2);
    burst.input_downscaling = DOWNSCALING_VARIABLE;
    burst.links[0].candidates = 0;
    look();
    assert_int_equal(raised(CHANGE_OF_RATE), 0);
}

static void a_burst_with_losses_is_left_out(void **state)
{
    (void)state;
    come_to_the_change();
    burst.accepted = 10;
    burst.lost = 1;
    look();
    make_normal(NORMAL_BURSTS + 2);
    burst.accepted = 10;
    burst.ended = 1;
    look();
    assert_int_equal(raised_in_all(), 0);
}

static void a_dead_link_is_named(void **state)
{
    (void)state;
    come_to_the_change();
    burst.links[0].candidates = 0;
    burst.accepted -= 40000;
    look();
    assert_int_equal(raised(CHANGE_OF_RATE), 2); /* and all candidates */
    assert_int_equal(found.id, CHANGE_LINK);
    assert_int_equal(found.source, 3);
    assert_true(found.size == -1.0 && found.start == NORMAL_BURSTS + 1);
    burst.key.burst++; /* a link that takes no part at all is as dead */
    burst.links[0] = burst.links[1];
    burst.link_count = 1;
    look();
    assert_int_equal(raised(CHANGE_OF_RATE), 2);
}

static void a_single_link_is_not_watched_twice(void **state)
{
    (void)state;
    for (uint32_t number = 1; number <= 25; number++) {
        make_normal(number);
        burst.began = burst.ended = burst.expected = burst.link_count = 1;
        if (number > 20)
            burst.accepted -= 30000;
        look();
    }
    assert_int_equal(raised(CHANGE_OF_RATE), 1);
    assert_int_equal(found.id, CHANGE_CANDIDATES);
    assert_true(fabs(found.size + 0.3) < 1e-9);
}

static void a_peak_that_falls_with_all_candidates_is_not_a_change_of_the_peak(void **state)
{
    (void)state;
    come_to_the_change();
    burst.accepted -= 30000;
    for (uint32_t slot = 0; slot < 2 * M2_SLOTS; slot++)
        slots[slot] = slots[slot] * 7 / 10;
    look();
    assert_true(change.streams[CHANGE_PEAK_COUNT].is_raised && change.streams[CHANGE_CANDIDATES].is_raised);
    assert_true(raised(CHANGE_OF_RATE) > 0);
    for (int id = CHANGE_BAD_TIME; id < CHANGE_LINK; id++)
        if (change.streams[id].is_raised && id != CHANGE_PEAK_COUNT)
            assert_true(id == CHANGE_E_OVER_P || id >= CHANGE_LAV); /* whose counts stayed */
    assert_true(raised(CHANGE_OF_PEAK) == 0 || found.id != CHANGE_PEAK_COUNT);
}

static void the_downscaling_is_compared_with_the_announced_one_from_the_first_burst_on(void **state)
{
    (void)state;
    make_normal(1);
    burst.kept = 10001; /* the counter carries over */
    look();
    assert_int_equal(raised(CHANGE_OF_RATE), 0);
    make_normal(2);
    burst.kept = 5000;
    look();
    assert_int_equal(raised(CHANGE_OF_RATE), 1);
    assert_int_equal(found.id, CHANGE_DOWNSCALING);
    assert_true(found.start == 2 && found.measured == 0.5 && found.expected == 1.0);
    change_new_run(&change);
    make_normal(1);
    burst.kept = 5000;
    burst.downscaling = DOWNSCALING_VARIABLE;
    look();
    assert_int_equal(raised(CHANGE_OF_RATE), 0);
}

static void a_new_run_learns_anew(void **state)
{
    (void)state;
    come_to_the_change();
    burst.vetoes[VETO_LAV] = 3000;
    look();
    assert_int_equal(raised(CHANGE_OF_VETO), 1);
    change_new_run(&change);
    assert_int_equal(raised_in_all(), 0);
    for (uint32_t number = 1; number <= 100; number++) {
        make_normal(number);
        burst.vetoes[VETO_LAV] = 3000;
        burst.accepted += 50000;
        look();
    }
    assert_int_equal(raised_in_all(), 0);
}

static void a_change_ends_when_the_level_is_back(void **state)
{
    (void)state;
    come_to_the_change();
    burst.vetoes[VETO_LAV] = 3000;
    look();
    assert_int_equal(raised(CHANGE_OF_VETO), 1);
    look_at_normal(NORMAL_BURSTS + 2, NORMAL_BURSTS + 3);
    assert_int_equal(raised(CHANGE_OF_VETO), 0);
}

/* Three fifths of the rate, and of the peak with it. */
static void make_lower(uint32_t number)
{
    make_normal(number);
    burst.accepted = 48000;
    burst.rejected[REJECT_E_OVER_P] = 3000;
    burst.rejected[REJECT_VETO] = 9000;
    burst.links[0].candidates = 0;
    for (int veto = 0; veto < VETO_COUNT; veto++)
        burst.vetoes[veto] = burst.vetoes[veto] * 3 / 5;
    for (uint32_t slot = 0; slot < 2 * M2_SLOTS; slot++)
        slots[slot] = slots[slot] * 3 / 5;
}

static void an_accepted_change_takes_the_links_and_the_peak_with_it(void **state)
{
    (void)state;
    look_at_normal(1, NORMAL_BURSTS);
    for (uint32_t number = NORMAL_BURSTS + 1; number <= 45; number++) {
        make_lower(number);
        look();
    }
    assert_int_equal(raised(CHANGE_OF_RATE), 2);
    assert_int_equal(raised(CHANGE_OF_PEAK), 0);
    assert_true(change.streams[CHANGE_PEAK_COUNT].is_raised);
    change_accept(&change, CHANGE_OF_PEAK); /* of which nothing is raised */
    assert_int_equal(raised(CHANGE_OF_RATE), 2);
    change_accept(&change, CHANGE_OF_RATE);
    assert_int_equal(raised_in_all(), 0);
    for (uint32_t number = 46; number <= 120; number++) {
        make_lower(number);
        look();
    }
    assert_int_equal(raised_in_all(), 0);
    look_at_normal(121, 122);
    assert_int_equal(raised(CHANGE_OF_RATE), 2);
}

static void what_is_accepted_is_one_kind_until_the_run_ends(void **state)
{
    (void)state;
    come_to_the_change();
    burst.vetoes[VETO_IRC] = 1000;
    burst.kept = 5000;
    look();
    assert_true(raised(CHANGE_OF_RATE) == 1 && raised(CHANGE_OF_VETO) == 1);
    change_accept(&change, CHANGE_OF_RATE);
    assert_true(raised(CHANGE_OF_RATE) == 0 && raised(CHANGE_OF_VETO) == 1);
    for (uint32_t number = NORMAL_BURSTS + 2; number < 60; number++) {
        make_normal(number);
        burst.kept = 5000;
        look();
    }
    assert_int_equal(raised(CHANGE_OF_RATE), 0);
    change_new_run(&change);
    look(); /* the announced downscaling holds again */
    assert_int_equal(raised(CHANGE_OF_RATE), 1);
}

static void a_threshold_of_zero_watches_nothing(void **state)
{
    (void)state;
    change_init(&change, 0.0, SIGMA);
    come_to_the_change();
    burst.kept = 0;
    burst.vetoes[VETO_LAV] = 0;
    look();
    assert_int_equal(raised_in_all(), 0);
}

/* ---- chance ---- */

static uint64_t draw(struct random *random, double mean)
{
    return (uint64_t)random_poisson(random, mean);
}

/* Every count of the normal burst, fluctuating: the peak bin by bin, the two spectra with what the veto takes. */
static void draw_burst(struct random *random, uint32_t number)
{
    make_normal(number);
    burst.intensity *= 0.9 + 0.2 * random_open(random);
    double scale = burst.intensity / 20.0;
    for (uint32_t slot = 1; slot <= M2_BIN_COUNT; slot++) {
        double passed = (double)slots[slot], before = (double)slots[M2_SLOTS + slot];
        slots[slot] = passed > 0 ? draw(random, scale * passed) : 0;
        slots[M2_SLOTS + slot] = slots[slot] + (before > passed ? draw(random, scale * (before - passed)) : 0);
    }
    slots[0] = draw(random, scale * 0.3); /* a mirror tail */
    for (uint32_t bin = 0; bin < SPILL_BINS; bin++)
        slots[SPILL_SLOT + bin] = draw(random, scale * PER_SPILL_BIN * (bin < 5 ? 2.0 : 1.0)); /* and a spike */
    burst.generated = draw(random, scale * 1500000);
    burst.kept = burst.generated / 150;
    burst.accepted = draw(random, scale * 80000);
    for (int reason = REJECT_VERTEX; reason < REJECT_REASON_COUNT; reason++)
        burst.rejected[reason] = draw(random, scale * (10 + (double)burst.rejected[reason]));
    for (int veto = 0; veto < VETO_COUNT; veto++)
        burst.vetoes[veto] = draw(random, scale * (double)burst.vetoes[veto]);
    for (uint32_t i = 0; i < burst.link_count; i++)
        burst.links[i].candidates = draw(random, scale * (double)burst.links[i].candidates);
}

/* Runs of 1000 bursts; at most one false alarm in 30 days of 4000 bursts. */
static void chance_raises_nothing_in_all_streams_together(void **state)
{
    (void)state;
    const uint32_t bursts = test_is_full() ? 1200000 : 12000;
    struct random random = random_start("change");
    uint32_t alarms = 0, before = 0;
    for (uint32_t i = 0; i < bursts; i++) {
        if (i % 1000 == 0)
            change_new_run(&change);
        draw_burst(&random, i % 1000 + 1);
        look();
        uint32_t now = raised_in_all();
        alarms += now > before;
        before = now;
    }
    printf("%u false alarms in %u bursts\n", alarms, bursts);
    assert_in_range(alarms, 0, bursts / 120000);
}

static void what_explains_the_peak_comes_back_with_the_streams_of_the_links(void **state)
{
    (void)state;
    static struct change saved, restored;
    static unsigned char bytes[2 * sizeof(struct change)];
    change_init(&saved, 5.5, 1700.0);
    change_init(&restored, 5.5, 1700.0);
    saved.is_peak_explained = true;
    saved.link_count = 2;
    for (uint32_t i = 0; i < 2; i++) {
        saved.links[i].source = 7 + i;
        stream_init(&saved.links[i].stream, &saved.streams[CHANGE_CANDIDATES].settings);
        stream_add(&saved.links[i].stream, 1, 100.0 + i, 3.0);
    }
    struct archive archive = archive_save(bytes, sizeof bytes);
    change_archive(&archive, &saved);
    archive = archive_restore(bytes, archive.at);
    change_archive(&archive, &restored);
    assert_true(archive_is_complete(&archive));
    assert_true(restored.is_peak_explained && restored.link_count == 2 && restored.links[1].source == 8);
    assert_true(restored.links[1].stream.count == 1 && restored.links[1].stream.bursts[0].value == 101.0);
    change_init(&restored, 0.0, 1700.0); /* nothing is to be raised any more: all is forgotten */
    archive = archive_restore(bytes, archive.size);
    change_archive(&archive, &restored);
    assert_true(archive_is_complete(&archive));
    assert_true(!restored.is_peak_explained && restored.link_count == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(every_stream_has_its_own_name_and_something_to_do, start),
        cmocka_unit_test_setup(each_cut_is_named_like_its_reason, start),
        cmocka_unit_test_setup(a_lower_veto_fraction_is_a_change_of_that_veto, start),
        cmocka_unit_test_setup(vetoes_that_change_together_are_led_by_the_random_veto, start),
        cmocka_unit_test_setup(a_cut_that_rejects_more_is_seen_among_those_that_come_to_it, start),
        cmocka_unit_test_setup(a_cut_that_never_rejected_is_watched_too, start),
        cmocka_unit_test_setup(the_peak_count_is_taken_per_intensity, start),
        cmocka_unit_test_setup(a_shifted_peak_is_a_change_of_its_position, start),
        cmocka_unit_test_setup(a_wider_peak_is_a_change_of_its_width, start),
        cmocka_unit_test_setup(a_hole_in_the_spill_is_a_change_of_its_effective_length, start),
        cmocka_unit_test_setup(a_spill_that_comes_late_is_a_change_of_its_centre, start),
        cmocka_unit_test_setup(a_spill_that_repeats_its_structure_is_no_change, start),
        cmocka_unit_test_setup(too_few_candidates_say_nothing_about_the_spill, start),
        cmocka_unit_test_setup(candidates_are_taken_per_intensity_live_time_and_input, start),
        cmocka_unit_test_setup(a_burst_without_intensity_says_nothing_about_rates, start),
        cmocka_unit_test_setup(a_burst_with_losses_is_left_out, start),
        cmocka_unit_test_setup(a_dead_link_is_named, start),
        cmocka_unit_test_setup(a_single_link_is_not_watched_twice, start),
        cmocka_unit_test_setup(a_peak_that_falls_with_all_candidates_is_not_a_change_of_the_peak, start),
        cmocka_unit_test_setup(the_downscaling_is_compared_with_the_announced_one_from_the_first_burst_on, start),
        cmocka_unit_test_setup(a_new_run_learns_anew, start),
        cmocka_unit_test_setup(a_change_ends_when_the_level_is_back, start),
        cmocka_unit_test_setup(an_accepted_change_takes_the_links_and_the_peak_with_it, start),
        cmocka_unit_test_setup(what_is_accepted_is_one_kind_until_the_run_ends, start),
        cmocka_unit_test_setup(a_threshold_of_zero_watches_nothing, start),
        cmocka_unit_test_setup(chance_raises_nothing_in_all_streams_together, start),
        cmocka_unit_test(what_explains_the_peak_comes_back_with_the_streams_of_the_links),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
