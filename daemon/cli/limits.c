/* SPDX-License-Identifier: MIT */
/* limits - the mixing |U_e|^2 that one line and horizon excludes at every mass, as a table and as curves. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/digest.h"
#include "cli/feed.h"
#include "cli/field.h"
#include "cli/options.h"
#include "cli/terminal.h"
#include "core/scan.h"

#define CURVE_ROWS 16
#define CURVE_COLUMNS_MAX HYPOTHESIS_COUNT
#define LABEL_COLUMNS 9u /* of the y axis: "1.0e-06 ", and the axis */
#define ROWS_PER_LABEL 5
#define TICK_MEV 20

enum limits_row { ROW_LINE, ROW_HORIZON, ROWS };

static const struct option_row rows[ROWS] = {
    [ROW_LINE] = {"line", "L", "unprescaled, downscaled or tail [unprescaled]"},
    [ROW_HORIZON] = {"horizon", "H", "open, 1, 10, 100, run or period [run]"},
};

/* Later ones are drawn over earlier ones. */
enum curve { CURVE_PAPER, CURVE_EXPECTED, CURVE_OBSERVED, CURVES };

static const struct {
    const char *field, *mark, *name;
} curves[CURVES] = {
    [CURVE_PAPER] = {"u2_paper", "·", "paper"},
    [CURVE_EXPECTED] = {"u2_expected", "-", "expected"},
    [CURVE_OBSERVED] = {"u2_limit", "●", "observed"},
};

/* Mean logarithms of the limits that share a column; NaN: none. */
struct picture {
    uint32_t columns;
    double log10_u2[CURVES][CURVE_COLUMNS_MAX];
    double bottom, top; /* of all curves */
};

static bool parse(struct options *options, const char **line, const char **horizon, int argc, char **argv)
{
    for (int row; (row = options_next(options, argc, argv)) != OPTIONS_END;) {
        if (row == OPTIONS_EXIT)
            return false;
        if (row == ROW_LINE)
            *line = options->value;
        if (row == ROW_LINE && line_by_name(options->value) == LINE_COUNT)
            return options_none_of(options, row, "unprescaled, downscaled, tail");
        if (row == ROW_HORIZON && !options_horizon(options, row, horizon))
            return false;
    }
    return options_expect_operands(options, 0, 0);
}

/* ---- table ---- */

static void print_u2(const json_t *hypothesis, const char *field)
{
    double u2 = field_number(hypothesis, field);
    if (u2 > 0)
        printf(" %10.3e", u2);
    else
        printf(" %10s", "-");
}

static void print_hypothesis(const json_t *hypothesis)
{
    bool is_valid = field_flag(hypothesis, "valid");
    printf("%s%5.0f %9" PRIu64 " %11.2f %9.2f", terminal_style(is_valid ? STYLE_PLAIN : STYLE_FAINT),
           field_number(hypothesis, "m_n_mev"), field_count(hypothesis, "n"), field_number(hypothesis, "b"),
           field_number(hypothesis, "sigma_b"));
    print_u2(hypothesis, "u2_limit");
    print_u2(hypothesis, "u2_expected");
    print_u2(hypothesis, "u2_paper");
    printf("%s%s\n", is_valid ? "" : " not valid", terminal_style(STYLE_PLAIN));
}

static void print_table(const json_t *hypotheses)
{
    size_t index;
    const json_t *hypothesis;
    printf("\n%s%5s %9s %11s %9s %10s %10s %10s%s\n", terminal_style(STYLE_STRONG), "m_N", "n", "b", "sigma_b",
           "observed", "expected", "paper", terminal_style(STYLE_PLAIN));
    json_array_foreach(hypotheses, index, hypothesis) print_hypothesis(hypothesis);
}

/* ---- curves ---- */

static uint32_t column_of(const struct picture *picture, size_t index, size_t count)
{
    return (uint32_t)(index * picture->columns / count);
}

static void add_curve(struct picture *picture, enum curve curve, const json_t *hypotheses)
{
    double sums[CURVE_COLUMNS_MAX] = {0};
    uint32_t counts[CURVE_COLUMNS_MAX] = {0};
    size_t index;
    const json_t *hypothesis;
    json_array_foreach(hypotheses, index, hypothesis)
    {
        double u2 = field_number(hypothesis, curves[curve].field);
        uint32_t column = column_of(picture, index, json_array_size(hypotheses));
        if (u2 <= 0 || !isfinite(u2))
            continue;
        sums[column] += log10(u2);
        counts[column]++;
    }
    for (uint32_t i = 0; i < picture->columns; i++) {
        double mean = counts[i] > 0 ? sums[i] / counts[i] : NAN;
        picture->log10_u2[curve][i] = mean;
        picture->bottom = fmin(picture->bottom, mean); /* fmin and fmax leave NaN out */
        picture->top = fmax(picture->top, mean);
    }
}

/* False: there is nothing to draw. */
static bool picture_init(struct picture *picture, const json_t *hypotheses)
{
    size_t room = terminal_width() - LABEL_COLUMNS - 1, count = json_array_size(hypotheses);
    *picture = (struct picture){.bottom = INFINITY, .top = -INFINITY};
    picture->columns = (uint32_t)(room < count ? room : count);
    if (picture->columns > CURVE_COLUMNS_MAX)
        picture->columns = CURVE_COLUMNS_MAX;
    for (enum curve curve = CURVE_PAPER; curve < CURVES; curve++)
        add_curve(picture, curve, hypotheses);
    if (picture->top - picture->bottom < 0.1) /* one value: in the middle */
        picture->bottom -= 0.5, picture->top += 0.5;
    return isfinite(picture->top);
}

/* 0 is the top row. */
static double log10_of_row(const struct picture *picture, int row)
{
    return picture->top - (picture->top - picture->bottom) * row / (CURVE_ROWS - 1);
}

static const char *mark_at(const struct picture *picture, int row, uint32_t column)
{
    double half = 0.5 * (picture->top - picture->bottom) / (CURVE_ROWS - 1);
    const char *mark = " ";
    for (enum curve curve = CURVE_PAPER; curve < CURVES; curve++)
        if (fabs(picture->log10_u2[curve][column] - log10_of_row(picture, row)) <= half)
            mark = curves[curve].mark;
    return mark;
}

/* Labels of the masses, each beginning below the tick of its column. */
static void print_axis(const struct picture *picture, const json_t *hypotheses)
{
    char labels[CURVE_COLUMNS_MAX + 8];
    bool is_tick[CURVE_COLUMNS_MAX] = {false};
    memset(labels, ' ', sizeof labels);
    size_t index, end = 0;
    const json_t *hypothesis;
    json_array_foreach(hypotheses, index, hypothesis)
    {
        double m_n_mev = field_number(hypothesis, "m_n_mev");
        uint32_t column = column_of(picture, index, json_array_size(hypotheses));
        char text[8];
        int size = snprintf(text, sizeof text, "%.0f", m_n_mev);
        if (fmod(m_n_mev, TICK_MEV) != 0 || size > 4 || column < end)
            continue;
        is_tick[column] = true;
        memcpy(labels + column, text, (size_t)size);
        end = column + (size_t)size + 1;
    }
    printf("%s%*s└", terminal_style(STYLE_FAINT), (int)LABEL_COLUMNS - 1, "");
    for (uint32_t i = 0; i < picture->columns; i++)
        fputs(is_tick[i] ? "┬" : "─", stdout);
    printf("%s\n%*s%.*s\n", terminal_style(STYLE_PLAIN), (int)LABEL_COLUMNS, "", (int)(end > 0 ? end - 1 : 0), labels);
}

static void print_curves(const json_t *hypotheses)
{
    struct picture picture;
    if (!picture_init(&picture, hypotheses))
        return;
    printf("\n%*s|U|^2 at 90 %% CL against m_N [MeV]:", (int)LABEL_COLUMNS, "");
    for (enum curve curve = CURVES; curve-- > CURVE_PAPER;)
        printf("  %s %s", curves[curve].mark, curves[curve].name);
    (void)putchar('\n');
    for (int row = 0; row < CURVE_ROWS; row++) {
        char label[LABEL_COLUMNS + 1] = "";
        if (row % ROWS_PER_LABEL == 0)
            (void)snprintf(label, sizeof label, "%.1e", pow(10, log10_of_row(&picture, row)));
        printf("%s%*s %s%s", terminal_style(STYLE_FAINT), (int)LABEL_COLUMNS - 2, label, *label != '\0' ? "┤" : "│",
               terminal_style(STYLE_PLAIN));
        for (uint32_t i = 0; i < picture.columns; i++)
            fputs(mark_at(&picture, row, i), stdout);
        (void)putchar('\n');
    }
    print_axis(&picture, hypotheses);
}

/* ---- all ---- */

static void print_limits(const json_t *envelope)
{
    const json_t *scan = field_object(envelope, "scan"), *hypotheses = field_object(scan, "hypotheses");
    bool is_withheld = digest_print_scan_head(envelope, scan, "There are no limits.");
    if (!is_withheld && !(field_number(scan, "n_kaon") > 0))
        printf("%sThe number of kaon decays is not known. There are no limits.%s\n", terminal_style(STYLE_WARNING),
               terminal_style(STYLE_PLAIN));
    print_table(hypotheses);
    print_curves(hypotheses);
    printf("\nStatistical limits, given sigma_b. observed, expected (median without a signal):\n"
           "CLs, signal in the sidebands taken off. paper: s = 1.28 sqrt(b + s), b exact.\n");
}

int cli_limits(int argc, char **argv)
{
    struct options options = {
        .command = "limits",
        .operands = "",
        .summary =
            "Shows the mixing |U_e|^2 that is excluded at 90 % confidence level at every mass: observed, expected\n"
            "without a signal, and by the counting experiment of arXiv:2008.11654. Masses in MeV.",
        .rows = rows,
        .row_count = ROWS,
        .shared = OPTIONS_QUERY};
    const char *line = "unprescaled", *horizon = "run";
    if (!parse(&options, &line, &horizon, argc, argv))
        return options.exit_code;
    if (options.timeout_s <= 0)
        options.timeout_s = QUERY_TIMEOUT_S;
    struct feed *feed = feed_open(&options);
    if (feed == NULL)
        return options.exit_code;
    char name[FEED_NAME_BYTES];
    (void)snprintf(name, sizeof name, "scan.%s.%s.", line, horizon);
    json_t *envelope = feed_take(feed, name);
    feed_close(feed);
    if (envelope == NULL)
        return options.exit_code;
    if (options.is_json)
        field_print_json(envelope);
    else
        print_limits(envelope);
    json_decref(envelope);
    return CLI_DONE;
}
