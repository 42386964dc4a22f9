/* SPDX-License-Identifier: MIT */
/* Expected values: hand calculations. */
#include "core/summary.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "synthetic.h"

static struct template shape; /* 1 / (br a f) = 1 / (0.05 * 0.1 * 0.8) = 250 kaons per candidate in the peak */
static struct burst burst;
static uint64_t slots[HISTOGRAM_SLOTS], run_slots[HISTOGRAM_SLOTS];
static struct burst_summary summary;

/* 2 s of spill, input and line not downscaled. */
static int start(void **state)
{
    (void)state;
    synthetic_template(&shape);
    memset(slots, 0, sizeof slots);
    memset(run_slots, 0, sizeof run_slots);
    memset(&summary, 0xFF, sizeof summary);
    burst = (struct burst){.key = {7, 6},
                           .began = 1,
                           .ended = 1,
                           .t_begin_ns = UINT64_C(1700000000000000000),
                           .t_end_ns = UINT64_C(1700000002000000000),
                           .downscaling = 1,
                           .input_downscaling = 1,
                           .live_ppm = 990000,
                           .origin = ORIGIN_SIMULATION};
    return 0;
}

/* `count` candidates of a line in the bin that begins at `bin` bin widths. */
static void put(uint64_t *into, enum line line, bool is_before_veto, int bin, uint64_t count)
{
    into[(2 * line + is_before_veto) * M2_SLOTS + (uint32_t)(1 + bin - M2_BIN_FIRST)] += count;
}

static void fill(void)
{
    summary_fill(&summary, &burst, slots, run_slots, &shape);
}

static void assert_close(double value, double expected)
{
    if (!(fabs(value - expected) <= 1e-12 * fabs(expected)))
        fail_msg("%.17g is not %.17g", value, expected);
}

static void the_peak_is_the_forty_bins_around_zero(void **state)
{
    (void)state;
    put(slots, LINE_UNPRESCALED, false, -21, 1000);
    put(slots, LINE_UNPRESCALED, false, -20, 1);
    put(slots, LINE_UNPRESCALED, false, 0, 10);
    put(slots, LINE_UNPRESCALED, false, 19, 100);
    put(slots, LINE_UNPRESCALED, false, 20, 1000);
    put(slots, LINE_TAIL, false, 0, 3);
    put(slots, LINE_UNPRESCALED, true, 0, 5000);
    assert_int_equal(summary_peak(slots, LINE_UNPRESCALED), 111);
    assert_int_equal(summary_peak(slots, LINE_DOWNSCALED), 0);
    assert_int_equal(summary_peak(slots, LINE_TAIL), 3);
    assert_int_equal(slots[M2_SLOTS + 1 + 300], 5000); /* and bin 0 is the 301st */
}

static void each_candidate_of_the_peak_stands_for_250_kaons(void **state)
{
    (void)state;
    put(slots, LINE_UNPRESCALED, false, 3, 1000);
    put(slots, LINE_DOWNSCALED, false, 3, 8);
    put(slots, LINE_TAIL, false, 3, 7);
    burst.downscaling = 150;
    fill();
    assert_int_equal(summary.n_peak, 1000);
    assert_close(summary.lines[LINE_UNPRESCALED].n_kaon, 250000.0);
    assert_close(summary.lines[LINE_UNPRESCALED].exposure, 250000.0);
    assert_close(summary.lines[LINE_DOWNSCALED].exposure, 2000.0);
    assert_close(summary.lines[LINE_DOWNSCALED].n_kaon, 2000.0 * 150);
    /* One in 150 of the peak, but every candidate of the searched region. */
    assert_close(summary.lines[LINE_TAIL].exposure, 7 * 150 * 250.0);
    assert_close(summary.lines[LINE_TAIL].n_kaon, 7 * 150 * 250.0);
}

static void the_error_of_an_exposure_is_that_of_its_peak_count(void **state)
{
    (void)state;
    assert_close(summary_exposure_error(250000.0, 10000), 2500.0);
    assert_close(summary_exposure_error(0.0, 0), 0.0);
}

static void a_downscaled_input_stands_for_more_kaons_but_not_more_exposure(void **state)
{
    (void)state;
    put(slots, LINE_UNPRESCALED, false, 3, 1000);
    put(slots, LINE_DOWNSCALED, false, 3, 10);
    burst.input_downscaling = 150;
    burst.downscaling = 4;
    fill();
    assert_close(summary.lines[LINE_UNPRESCALED].n_kaon, 250000.0 * 150);
    assert_close(summary.lines[LINE_UNPRESCALED].exposure, 250000.0);
    assert_close(summary.lines[LINE_DOWNSCALED].n_kaon, 2500.0 * 4 * 150);
    assert_string_equal(summary.quality, "");
}

static void a_variable_or_unknown_input_downscaling_is_not_normalised(void **state)
{
    (void)state;
    static const struct {
        int32_t input;
        const char *quality;
    } cases[] = {{DOWNSCALING_VARIABLE, "input downscaling variable"},
                 {DOWNSCALING_UNKNOWN, "input downscaling unknown"}};
    put(slots, LINE_UNPRESCALED, false, 3, 1000);
    for (int i = 0; i < 2; i++) {
        burst.input_downscaling = cases[i].input;
        fill();
        for (int line = 0; line < LINE_COUNT; line++)
            assert_true(summary.lines[line].n_kaon == 0.0 && summary.lines[line].exposure == 0.0);
        assert_string_equal(summary.quality, cases[i].quality);
        assert_true(summary.complete); /* nothing is missing */
    }
}

static void an_unknown_line_downscaling_leaves_only_that_line_without_kaons(void **state)
{
    (void)state;
    put(slots, LINE_UNPRESCALED, false, 3, 1000);
    put(slots, LINE_DOWNSCALED, false, 3, 10);
    burst.downscaling = DOWNSCALING_VARIABLE;
    fill();
    assert_true(summary.lines[LINE_DOWNSCALED].n_kaon == 0.0);
    assert_close(summary.lines[LINE_DOWNSCALED].exposure, 2500.0);
    assert_close(summary.lines[LINE_UNPRESCALED].n_kaon, 250000.0);
}

static void rates_and_bandwidth_are_per_second_of_spill(void **state)
{
    (void)state;
    put(slots, LINE_UNPRESCALED, true, -300, 40);
    put(slots, LINE_UNPRESCALED, true, 1199, 60);
    put(slots, LINE_UNPRESCALED, false, 1199, 50);
    slots[M2_SLOTS] += 5;         /* underflow before the veto */
    slots[2 * M2_SLOTS - 1] += 6; /* overflow before the veto */
    put(run_slots, LINE_UNPRESCALED, true, 0, 900);
    put(run_slots, LINE_UNPRESCALED, false, 0, 800);
    fill();
    const struct line_summary *line = &summary.lines[LINE_UNPRESCALED];
    assert_int_equal(line->candidates, 111);
    assert_int_equal(line->accepted, 50);
    assert_close(line->rate_hz, 25.0);
    assert_close(line->bandwidth_bytes_per_s, 25.0 * 17 * 4);
    assert_int_equal(line->candidates_run, 900);
    assert_int_equal(line->accepted_run, 800);
    assert_close(line->exposure_run, 800 * 250.0);
}

static void a_spill_without_length_has_no_rate(void **state)
{
    (void)state;
    put(slots, LINE_UNPRESCALED, false, 0, 50);
    burst.t_end_ns = 0; /* nobody ended it */
    fill();
    assert_true(summary.lines[0].rate_hz == 0.0 && summary.lines[0].bandwidth_bytes_per_s == 0.0);
    burst.t_end_ns = burst.t_begin_ns;
    fill();
    assert_true(summary.lines[0].rate_hz == 0.0);
    burst.t_begin_ns = UINT64_MAX;
    fill();
    assert_int_equal(summary.t_begin_ns, 0);
}

static void veto_fractions_are_what_the_veto_took(void **state)
{
    (void)state;
    put(slots, LINE_UNPRESCALED, true, 0, 100);
    put(slots, LINE_UNPRESCALED, false, 0, 80);
    put(slots, LINE_UNPRESCALED, true, 100, 300);
    put(slots, LINE_UNPRESCALED, false, 100, 20);
    burst.accepted = 100;
    fill();
    assert_close(summary.veto_fraction, 0.75);
    assert_close(summary.veto_fraction_peak, 0.2);
}

static void position_and_width_of_the_peak_come_from_bin_centres(void **state)
{
    (void)state;
    put(slots, LINE_UNPRESCALED, false, -10, 1); /* centres -9.5, 0.5 and 9.5 bin widths */
    put(slots, LINE_UNPRESCALED, false, 0, 2);
    put(slots, LINE_UNPRESCALED, false, 9, 1);
    fill();
    assert_close(summary.peak_position_mev2, 0.25 * 119);
    assert_close(summary.peak_width_mev2, 119 * sqrt((2 * 9.5 * 9.5 + 2 * 0.5 * 0.5) / 4 - 0.25 * 0.25));
}

static void an_empty_burst_gives_zeros(void **state)
{
    (void)state;
    fill();
    assert_int_equal(summary.n_peak, 0);
    assert_true(summary.peak_position_mev2 == 0.0 && summary.peak_width_mev2 == 0.0);
    assert_true(summary.veto_fraction == 0.0 && summary.veto_fraction_peak == 0.0);
    assert_true(summary.lines[LINE_TAIL].n_kaon == 0.0);
    assert_true(summary.complete);
}

static void a_summary_carries_what_the_burst_says(void **state)
{
    (void)state;
    burst.generated = 1;
    burst.kept = 2;
    burst.sent = 3;
    burst.accepted = 4;
    burst.rejected[REJECT_DT] = 5;
    burst.intensity = 6.5;
    burst.choke_count = 7;
    fill();
    assert_int_equal(summary.key.run, 7);
    assert_int_equal(summary.key.burst, 6);
    assert_true(summary.t_begin_ns == burst.t_begin_ns && summary.t_end_ns == burst.t_end_ns);
    assert_int_equal(summary.sources, 1);
    assert_int_equal(summary.generated, 1);
    assert_int_equal(summary.kept, 2);
    assert_int_equal(summary.sent, 3);
    assert_int_equal(summary.accepted, 4);
    assert_int_equal(summary.rejected[REJECT_DT], 5);
    assert_true(summary.intensity == 6.5);
    assert_int_equal(summary.choke_count, 7);
    assert_int_equal(summary.live_ppm, 990000);
    assert_int_equal(summary.origin, ORIGIN_SIMULATION);
    burst.live_ppm = UINT32_MAX; /* nobody said it */
    fill();
    assert_int_equal(summary.live_ppm, 0);
}

static void a_burst_that_was_not_ended_sent_at_least_what_was_counted(void **state)
{
    (void)state;
    burst.began = 2;
    burst.sent = 100; /* of the source that ended it; 180 of both were counted */
    burst.accepted = 120;
    burst.rejected[REJECT_VETO] = 50;
    burst.lost = 10;
    fill();
    assert_int_equal(summary.sent, 180);
    burst.sent = 200;
    fill();
    assert_int_equal(summary.sent, 200);
    burst.ended = 2;
    burst.sent = 100; /* all said what they sent: that stands */
    fill();
    assert_int_equal(summary.sent, 100);
}

static void loss_and_a_missing_end_make_it_incomplete_and_say_so(void **state)
{
    (void)state;
    burst.lost = 12;
    fill();
    assert_false(summary.complete);
    assert_string_equal(summary.quality, "12 candidates lost");
    burst.began = 3;
    fill();
    assert_false(summary.complete);
    assert_string_equal(summary.quality, "2 of 3 sources did not end it");
}

static void an_intensity_that_cannot_be_is_told(void **state)
{
    (void)state;
    burst.has_bad_intensity = true;
    fill();
    assert_true(summary.complete && summary.intensity == 0.0);
    assert_string_equal(summary.quality, "a source gave an intensity that cannot be");
}

static void the_errors_of_the_peak_follow_from_its_moments(void **state)
{
    (void)state;
    /* In widths w: 200 at -0.5, 400 at 2.5; around the mean 1.5 they are at -2 and 1: second moment 2, fourth 6. */
    put(slots, LINE_UNPRESCALED, false, -1, 200);
    put(slots, LINE_UNPRESCALED, false, 2, 400);
    struct peak peak = summary_peak_shape(slots);
    const double w2 = 119.0 * 119.0;
    assert_int_equal(peak.count, 600);
    assert_close(peak.position_mev2, 1.5 * 119);
    assert_close(peak.width_mev2, 119 * sqrt(2.0));
    assert_close(peak.position_variance, (2.0 + 1.0 / 12) * w2 / 600);
    assert_close(peak.width_variance, (6.0 - 4.0) * w2 / (4 * (2.0 + 1.0 / 12) * 600));
    memset(slots, 0, sizeof slots);
    put(slots, LINE_UNPRESCALED, false, 5, 100); /* all in one bin: its own width remains */
    peak = summary_peak_shape(slots);
    assert_close(peak.position_variance, w2 / 12 / 100);
    assert_true(peak.width_mev2 == 0.0 && peak.width_variance > 0.0);
}

static void candidates_between_two_edges_include_the_underflow_at_the_lower_end(void **state)
{
    (void)state;
    slots[0] = 1;
    put(slots, LINE_UNPRESCALED, false, M2_BIN_FIRST, 10);
    put(slots, LINE_UNPRESCALED, false, -65, 100);
    put(slots, LINE_UNPRESCALED, false, -64, 1000);
    put(slots, LINE_UNPRESCALED, true, -64, 7);
    slots[M2_SLOTS - 1] = 5000;
    assert_int_equal(summary_between(slots, false, M2_BIN_FIRST, -64), 111);
    assert_int_equal(summary_between(slots, false, M2_BIN_FIRST + 1, -63), 1100);
    assert_int_equal(summary_between(slots, true, -64, -63), 7);
    assert_int_equal(summary_between(slots, false, M2_BIN_FIRST, M2_BIN_FIRST + M2_BIN_COUNT), 1111);
}

/* Bins of 10 ms: 400,784 clock counts of 24.951059536 ns. */
static const double bin_s = 400784 * 24.951059536e-9;

static void put_time(uint32_t bin, uint64_t count)
{
    slots[histogram_table[HISTOGRAM_BURST_TIME].offset + 1 + bin] += count;
}

static void the_effective_length_of_a_flat_spill_is_its_length(void **state)
{
    (void)state;
    /* 300 bins with 50 of 15,000 each: 300 x 50 x 49 ordered pairs of 15,000 x 14,999. */
    for (uint32_t bin = 20; bin < 320; bin++)
        put_time(bin, 50);
    put_time(700, 99); /* the overflow takes no part */
    struct spill_shape spill = summary_spill_shape(slots);
    assert_int_equal(spill.pairs, 300 * 50 * 49 / 2);
    assert_close(spill.length_s, bin_s * 14999.0 / 49.0);
    assert_close(spill.centre_s, 170 * bin_s);
    /* Variance of 300 bins in a row, each as wide as itself: 300^2/12. */
    assert_close(spill.centre_variance, bin_s * bin_s * 7500.0 / 15000);
}

static void a_spike_makes_the_spill_shorter_than_it_lasts(void **state)
{
    (void)state;
    /* 1000 in the first bin and 100 in each of ten more: ordered pairs 999,000 + 10 x 9900 of 2000 x 1999. */
    put_time(0, 1000);
    for (uint32_t bin = 1; bin <= 10; bin++)
        put_time(bin, 100);
    struct spill_shape spill = summary_spill_shape(slots);
    assert_close(spill.length_s, bin_s * 2000 * 1999 / 1098000);
    /* S = 1098000/3998000 and C = (1000 999 998 + 10 100 99 98)/(2000 1999 1998), by Python's fractions:
     * 2/(2000 1999) (2 1998 (C - S^2) + S). */
    const double variance = 0.00010128940202364513, s = 1098000.0 / 3998000;
    assert_true(fabs(spill.length_variance * s * s / (spill.length_s * spill.length_s) / variance - 1) < 1e-11);
}

static void no_spill_is_seen_without_candidates_or_pairs(void **state)
{
    (void)state;
    assert_int_equal(summary_spill_shape(slots).pairs, 0);
    put_time(3, 1);
    put_time(9, 1);
    struct spill_shape spill = summary_spill_shape(slots);
    assert_true(spill.pairs == 0 && spill.length_s == 0.0);
    fill();
    assert_true(summary.spill_length_s == 0.0);
    assert_close(summary.spill_centre_s, 6.5 * bin_s);
}

static void each_veto_has_its_fraction_of_what_passes_all_other_cuts(void **state)
{
    (void)state;
    put(slots, LINE_UNPRESCALED, true, -42, 300); /* -4998 .. 4998 MeV^2 */
    put(slots, LINE_UNPRESCALED, true, 41, 100);
    put(slots, LINE_UNPRESCALED, true, 42, 600);
    put(slots, LINE_UNPRESCALED, false, -42, 270);
    put(slots, LINE_UNPRESCALED, false, 41, 90);
    put(slots, LINE_UNPRESCALED, false, 0, 20);
    put(slots, LINE_UNPRESCALED, false, -65, 5);
    put(slots, LINE_UNPRESCALED, false, -64, 100);
    put(slots, LINE_UNPRESCALED, true, 0, 20);
    const uint64_t vetoes[VETO_COUNT] = {510, 51, 102, 204};
    memcpy(burst.vetoes, vetoes, sizeof vetoes);
    fill();
    assert_close(summary.veto_fractions[VETO_LAV], 0.5);
    assert_close(summary.veto_fractions[VETO_IRC], 0.05);
    assert_close(summary.veto_fractions[VETO_SAC], 0.1);
    assert_close(summary.veto_fractions[VETO_LKR_EXTRA], 0.2);
    assert_close(summary.random_veto_fraction, 40.0 / 420.0);
    assert_close(summary.mirror_tail_fraction, 0.25);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(the_peak_is_the_forty_bins_around_zero, start),
        cmocka_unit_test_setup(each_candidate_of_the_peak_stands_for_250_kaons, start),
        cmocka_unit_test_setup(the_error_of_an_exposure_is_that_of_its_peak_count, start),
        cmocka_unit_test_setup(a_downscaled_input_stands_for_more_kaons_but_not_more_exposure, start),
        cmocka_unit_test_setup(a_variable_or_unknown_input_downscaling_is_not_normalised, start),
        cmocka_unit_test_setup(an_unknown_line_downscaling_leaves_only_that_line_without_kaons, start),
        cmocka_unit_test_setup(rates_and_bandwidth_are_per_second_of_spill, start),
        cmocka_unit_test_setup(a_spill_without_length_has_no_rate, start),
        cmocka_unit_test_setup(veto_fractions_are_what_the_veto_took, start),
        cmocka_unit_test_setup(position_and_width_of_the_peak_come_from_bin_centres, start),
        cmocka_unit_test_setup(an_empty_burst_gives_zeros, start),
        cmocka_unit_test_setup(a_summary_carries_what_the_burst_says, start),
        cmocka_unit_test_setup(a_burst_that_was_not_ended_sent_at_least_what_was_counted, start),
        cmocka_unit_test_setup(loss_and_a_missing_end_make_it_incomplete_and_say_so, start),
        cmocka_unit_test_setup(an_intensity_that_cannot_be_is_told, start),
        cmocka_unit_test_setup(the_errors_of_the_peak_follow_from_its_moments, start),
        cmocka_unit_test_setup(the_effective_length_of_a_flat_spill_is_its_length, start),
        cmocka_unit_test_setup(a_spike_makes_the_spill_shorter_than_it_lasts, start),
        cmocka_unit_test_setup(no_spill_is_seen_without_candidates_or_pairs, start),
        cmocka_unit_test_setup(each_veto_has_its_fraction_of_what_passes_all_other_cuts, start),
        cmocka_unit_test_setup(candidates_between_two_edges_include_the_underflow_at_the_lower_end, start),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
