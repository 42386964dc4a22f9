/* SPDX-License-Identifier: MIT */
/*
 * lines - rates and bandwidth of the trigger lines, and what they would be for the tail line with another threshold in
 * m2_miss: live, from the published spectrum before the veto, because a trigger sees no offline veto.
 */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>

#include "cli/cli.h"
#include "cli/feed.h"
#include "cli/field.h"
#include "cli/label.h"
#include "cli/options.h"
#include "cli/terminal.h"
#include "core/background.h"
#include "core/blind.h"
#include "core/horizon.h"
#include "core/line.h"
#include "core/template.h"
#include "hnlmon/candidate.h"

enum lines_row { ROW_HORIZON, ROWS };

static const struct option_row rows[ROWS] = {
    [ROW_HORIZON] = {"horizon", "H", "1, 10, 100, run or period, for the thresholds [run]"},
};

/* MeV^2; the nearest edges of bins are used. */
static const double thresholds[] = {2000,  3400,  5000, LINE_TAIL_ABOVE_MEV2, 8000, SIDEBAND_LOWEST_MEV2, 12000, 15000,
                                    20000, 30000, 40000};

#define THRESHOLDS (sizeof thresholds / sizeof *thresholds)

/* The spectrum before the veto, and how long it took. */
struct spectrum {
    const json_t *bins;
    double lo_mev2, width_mev2;
    uint64_t underflow, overflow;
    double seconds; /* of spill; 0: not known */
    bool is_blind;
};

struct threshold {
    double above_mev2;
    uint64_t above, below; /* candidates */
    bool is_known;         /* false: hidden by blinding */
    double kept;           /* of the candidates of the searched region */
    double from_mev;       /* the lowest mass whose search window lies above; 0: none */
};

/* ---- from messages to numbers ---- */

static struct spectrum spectrum_of(const json_t *burst_envelope, const json_t *histogram_envelope)
{
    const json_t *histogram = field_object(histogram_envelope, "histogram");
    const json_t *burst = field_object(burst_envelope, "burst_summary");
    double begin_ns = (double)field_count(burst, "t_begin_ns"), end_ns = (double)field_count(burst, "t_end_ns");
    return (struct spectrum){
        .bins = field_object(histogram, "bins"),
        .lo_mev2 = field_number(histogram, "lo") * field_number(histogram, "unit_scale"),
        .width_mev2 = field_number(histogram, "width") * field_number(histogram, "unit_scale"),
        .underflow = field_count(histogram, "underflow"),
        .overflow = field_count(histogram, "overflow"),
        .seconds = fmax(end_ns - begin_ns, 0) * 1e-9 * (double)field_count(histogram, "bursts"),
        .is_blind = field_flag(histogram_envelope, "blind"),
    };
}

/* Candidates from a bin on, the overflow included. */
static uint64_t count_from(const struct spectrum *spectrum, size_t first)
{
    uint64_t sum = spectrum->overflow;
    for (size_t i = first; i < json_array_size(spectrum->bins); i++)
        sum += (uint64_t)json_integer_value(json_array_get(spectrum->bins, i));
    return sum;
}

static size_t bin_at(const struct spectrum *spectrum, double mev2)
{
    double bin = round((mev2 - spectrum->lo_mev2) / spectrum->width_mev2);
    return (size_t)fmin(fmax(bin, 0), (double)json_array_size(spectrum->bins));
}

static double lowest_mass_above(double mev2)
{
    for (int m_n_mev = HYPOTHESIS_FIRST_MEV; m_n_mev <= HYPOTHESIS_LAST_MEV; m_n_mev++) {
        struct search_window window = background_window(m_n_mev, template_paper.sigma_mev2);
        if (((double)window.first + M2_BIN_FIRST) * M2_BIN_WIDTH_MEV2 >= mev2)
            return m_n_mev;
    }
    return 0;
}

static struct threshold threshold_at(const struct spectrum *spectrum, double mev2)
{
    size_t bin = bin_at(spectrum, mev2);
    uint64_t all = count_from(spectrum, 0) + spectrum->underflow;
    uint64_t searched = count_from(spectrum, bin_at(spectrum, SIDEBAND_LOWEST_MEV2));
    struct threshold t = {.above_mev2 = spectrum->lo_mev2 + (double)bin * spectrum->width_mev2};
    t.is_known = !spectrum->is_blind || t.above_mev2 <= BLIND_FROM_MEV2;
    t.above = count_from(spectrum, bin);
    t.below = all - t.above;
    t.kept = searched > 0 ? fmin((double)t.above / (double)searched, 1) : 0;
    t.from_mev = lowest_mass_above(t.above_mev2);
    return t;
}

/* All above and one in LINE_TAIL_PERIOD of the rest, per second of spill. */
static double rate_hz(const struct spectrum *spectrum, const struct threshold *t)
{
    return ((double)t->above + (double)t->below / LINE_TAIL_PERIOD) / spectrum->seconds;
}

/* ---- text ---- */

static void print_line(const json_t *line)
{
    char sent[GROUPED_SIZE], data[GROUPED_SIZE], accepted[GROUPED_SIZE];
    double candidates = field_number(line, "candidates"), kept = field_number(line, "accepted");
    double rate = field_number(line, "rate_hz"), before = kept > 0 ? rate * candidates / kept : 0;
    printf("  %-12s %12s %12s %14s %14.3e\n", field_text(line, "line"), terminal_short(before, sent),
           terminal_short(before * CANDIDATE_BYTES, data), terminal_short(rate, accepted),
           field_number(line, "exposure_run"));
}

static void print_threshold(const struct spectrum *spectrum, double mev2)
{
    struct threshold t = threshold_at(spectrum, mev2);
    char above[GROUPED_SIZE], whole[GROUPED_SIZE], data[GROUPED_SIZE];
    printf("%c %8.0f", mev2 == LINE_TAIL_ABOVE_MEV2 ? '>' : ' ', t.above_mev2);
    if (!t.is_known) {
        printf("  hidden: the region is blind\n");
        return;
    }
    printf(" %11" PRIu64 " %10s %9s %8s %7.1f %% %8.0f\n", t.above,
           terminal_short((double)t.above / spectrum->seconds, above), terminal_short(rate_hz(spectrum, &t), whole),
           terminal_short(rate_hz(spectrum, &t) * CANDIDATE_BYTES, data), 100 * t.kept, t.from_mev);
}

static void print_lines(const json_t *burst_envelope, const json_t *histogram_envelope)
{
    const json_t *burst = field_object(burst_envelope, "burst_summary"), *line;
    const struct spectrum spectrum = spectrum_of(burst_envelope, histogram_envelope);
    const char *strong = terminal_style(STYLE_STRONG), *plain = terminal_style(STYLE_PLAIN);
    size_t index;
    printf("run %" PRIu64 " burst %" PRIu64 ", ", field_count(burst, "run"), field_count(burst, "burst"));
    label_print(burst_envelope);
    printf("\nbefore the veto, per second of spill; exposure of the run\n\n%s  %-12s %12s %12s %14s %14s%s\n", strong,
           "line", "rate (Hz)", "bytes/s", "after veto", "exposure", plain);
    json_array_foreach(field_object(burst, "lines"), index, line) print_line(line);
    const json_t *histogram = field_object(histogram_envelope, "histogram");
    printf("\nThe tail line with other thresholds (m2_before_veto, horizon %s, %" PRIu64 " bursts):\n"
           "all above, and one in %d of the rest\n\n%s  %8s %11s %10s %9s %8s %9s %8s%s\n",
           field_text(histogram, "horizon"), field_count(histogram, "bursts"), LINE_TAIL_PERIOD, strong, "m2 above",
           "candidates", "above (Hz)", "line (Hz)", "bytes/s", "region", "m_N from", plain);
    for (size_t i = 0; i < THRESHOLDS && spectrum.seconds > 0; i++)
        print_threshold(&spectrum, thresholds[i]);
    printf("\n> is the line that runs. region: kept of the candidates above %d MeV^2, where\n"
           "masses from %d MeV on are searched. m_N from: lowest mass with a whole window.\n",
           SIDEBAND_LOWEST_MEV2, HYPOTHESIS_FIRST_MEV);
}

/* ---- JSON ---- */

static json_t *threshold_json(const struct spectrum *spectrum, double mev2)
{
    struct threshold t = threshold_at(spectrum, mev2);
    if (!t.is_known || !(spectrum->seconds > 0))
        return NULL;
    return json_pack("{s:f, s:I, s:f, s:f, s:f, s:f, s:f}", "m2_above_mev2", t.above_mev2, "candidates",
                     (json_int_t)t.above, "rate_above_hz", (double)t.above / spectrum->seconds, "rate_hz",
                     rate_hz(spectrum, &t), "bandwidth_bytes_per_s", rate_hz(spectrum, &t) * CANDIDATE_BYTES,
                     "region_kept", t.kept, "m_n_from_mev", t.from_mev);
}

static void print_json(const json_t *burst_envelope, const json_t *histogram_envelope)
{
    const json_t *burst = field_object(burst_envelope, "burst_summary");
    const struct spectrum spectrum = spectrum_of(burst_envelope, histogram_envelope);
    char label[LABEL_SIZE];
    json_t *list = json_array();
    for (size_t i = 0; i < THRESHOLDS; i++) {
        json_t *row = threshold_json(&spectrum, thresholds[i]);
        if (row != NULL)
            (void)json_array_append_new(list, row);
    }
    json_t *all = json_pack("{s:I, s:I, s:s, s:f, s:O, s:o}", "run", (json_int_t)field_count(burst, "run"), "burst",
                            (json_int_t)field_count(burst, "burst"), "origin", label_of(burst_envelope, label),
                            "seconds", spectrum.seconds, "lines", field_object(burst, "lines"), "thresholds", list);
    field_print_json(all);
    json_decref(all);
}

/* The open burst has no length yet, and so no rates. */
static bool take_horizon(struct options *options, int row, const char **horizon)
{
    if (horizon_by_name(options->value) == HORIZON_OPEN)
        return options_none_of(options, row, "1, 10, 100, run, period");
    return options_horizon(options, row, horizon);
}

int cli_lines(int argc, char **argv)
{
    struct options options = {
        .command = "lines",
        .operands = "",
        .summary =
            "Shows rate and bandwidth of each trigger line, and of the tail line with other thresholds: candidates\n"
            "above, rates per second of spill, bytes, and what is kept of the searched region.",
        .rows = rows,
        .row_count = ROWS,
        .shared = OPTIONS_QUERY};
    const char *horizon = "run";
    for (int row; (row = options_next(&options, argc, argv)) != OPTIONS_END;)
        if (row == OPTIONS_EXIT || !take_horizon(&options, row, &horizon))
            return options.exit_code;
    if (!options_expect_operands(&options, 0, 0))
        return options.exit_code;
    if (options.timeout_s <= 0)
        options.timeout_s = QUERY_TIMEOUT_S;
    struct feed *feed = feed_open(&options);
    if (feed == NULL)
        return options.exit_code;
    char name[FEED_NAME_BYTES];
    json_t *envelopes[2];
    (void)snprintf(name, sizeof name, "hist.m2_before_veto.%s.", horizon);
    if (feed_take_together(feed, (const char *[]){"burst.", name}, 2, envelopes)) {
        (options.is_json ? print_json : print_lines)(envelopes[0], envelopes[1]);
        feed_drop(envelopes, 2);
    }
    feed_close(feed);
    return options.exit_code;
}
