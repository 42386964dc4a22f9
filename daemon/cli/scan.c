/* SPDX-License-Identifier: MIT */
/* scan - the excess at every mass hypothesis of one line and horizon, as a table with bars. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>

#include "cli/cli.h"
#include "cli/digest.h"
#include "cli/feed.h"
#include "cli/field.h"
#include "cli/options.h"
#include "cli/terminal.h"
#include "core/scan.h"

#define TABLE_COLUMNS 61 /* before the bar */
#define BAR_COLUMNS_MAX 40
#define BAR_BELOW 3   /* columns of the bar for z < 0 */
#define BAR_Z_MIN 5.0 /* the bar reaches at least this far */
#define EIGHTHS 8
#define HALF_WIDTH_MEV 10

enum scan_row { ROW_LINE, ROW_HORIZON, ROW_AROUND, ROW_HALF_WIDTH, ROWS };

static const struct option_row rows[ROWS] = {
    [ROW_LINE] = {"line", "L", "unprescaled, downscaled or tail [unprescaled]"},
    [ROW_HORIZON] = {"horizon", "H", "open, 1, 10, 100, run or period [run]"},
    [ROW_AROUND] = {"around", "M", "only masses near M MeV"},
    [ROW_HALF_WIDTH] = {"half-width", "W", "near: at most W MeV away [10]"},
};

struct view {
    const char *line, *horizon;
    double around_mev, half_width_mev; /* NAN: not given */
};

/* False: leave with options.exit_code. */
static bool take_option(struct options *options, enum scan_row row, struct view *view)
{
    switch (row) {
    case ROW_LINE:
        return options_line(options, (int)row, &view->line);
    case ROW_HORIZON:
        return options_horizon(options, (int)row, &view->horizon);
    case ROW_AROUND:
        return options_number(options, (int)row, HYPOTHESIS_FIRST_MEV, HYPOTHESIS_LAST_MEV, &view->around_mev);
    case ROW_HALF_WIDTH:
        return options_number(options, (int)row, 0, 1000, &view->half_width_mev);
    case ROWS:
        break;
    }
    return false;
}

static bool parse(struct options *options, struct view *view, int argc, char **argv)
{
    for (int row; (row = options_next(options, argc, argv)) != OPTIONS_END;)
        if (row == OPTIONS_EXIT || !take_option(options, (enum scan_row)row, view))
            return false;
    if (isnan(view->around_mev) && !isnan(view->half_width_mev))
        return options_refuse(options, "--half-width is for --around");
    if (isnan(view->half_width_mev))
        view->half_width_mev = HALF_WIDTH_MEV;
    return options_expect_operands(options, 0, 0);
}

static bool is_shown(const struct view *view, const json_t *hypothesis)
{
    return isnan(view->around_mev) ||
           fabs(field_number(hypothesis, "m_n_mev") - view->around_mev) <= view->half_width_mev;
}

static double largest_z(const json_t *hypotheses)
{
    double largest = BAR_Z_MIN;
    size_t index;
    const json_t *hypothesis;
    json_array_foreach(hypotheses, index, hypothesis) largest = fmax(largest, field_number(hypothesis, "z"));
    return largest;
}

/* To the left of the axis: z < 0, one column per unit. To the right: z > 0 on a scale that the largest z fills. */
static void print_bar(double z, double z_full, int columns)
{
    static const char *const parts[EIGHTHS] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
    int below = z < 0 ? (int)fmin(BAR_BELOW, round(-z)) : 0;
    int eighths = z > 0 ? (int)fmin(columns * EIGHTHS, round(z / z_full * columns * EIGHTHS)) : 0;
    printf("%*s", BAR_BELOW - below, "");
    for (int i = 0; i < below; i++)
        fputs("░", stdout);
    fputs("│", stdout);
    for (int i = 0; i < eighths / EIGHTHS; i++)
        fputs("█", stdout);
    fputs(parts[eighths % EIGHTHS], stdout);
}

static void print_hypothesis(const json_t *hypothesis, bool is_best, double z_full, int columns)
{
    double z = field_number(hypothesis, "z");
    printf("%s%c%4.0f %9" PRIu64 " %11.2f %8.2f %6.3f %+6.2f %8.1e  ",
           terminal_style(is_best ? STYLE_STRONG : STYLE_PLAIN), is_best ? '>' : ' ',
           field_number(hypothesis, "m_n_mev"), field_count(hypothesis, "n"), field_number(hypothesis, "b"),
           field_number(hypothesis, "sigma_b"), field_number(hypothesis, "alpha"), z,
           field_number(hypothesis, "p_local"));
    print_bar(z, z_full, columns);
    printf("%s\n", terminal_style(STYLE_PLAIN));
}

static bool is_concluded(const json_t *hypothesis)
{
    return field_flag(hypothesis, "valid") && *field_text(hypothesis, "withheld") == '\0';
}

/* The counts, and why they say nothing: an error, a z or a p there are none of. */
static void print_withheld(const json_t *hypothesis)
{
    const char *withheld = field_text(hypothesis, "withheld");
    printf("%s %4.0f %9" PRIu64 " %11.2f  %s%s\n", terminal_style(STYLE_FAINT), field_number(hypothesis, "m_n_mev"),
           field_count(hypothesis, "n"), field_number(hypothesis, "b"), *withheld ? withheld : "not valid",
           terminal_style(STYLE_PLAIN));
}

/* What is told of a hypothesis whose search window is hidden. */
static void print_blind(const json_t *hypothesis)
{
    bool is_valid = field_flag(hypothesis, "valid");
    printf("%s %4.0f %9s %11.2f %8.2f %6.3f %6s %8s%s%s\n", terminal_style(is_valid ? STYLE_PLAIN : STYLE_FAINT),
           field_number(hypothesis, "m_n_mev"), "hidden", field_number(hypothesis, "b"),
           field_number(hypothesis, "sigma_b"), field_number(hypothesis, "alpha"), "-", "-",
           is_valid ? "" : "  not valid", terminal_style(STYLE_PLAIN));
}

static void print_scan(const json_t *envelope, const struct view *view)
{
    const json_t *scan = field_object(envelope, "scan"), *hypotheses = field_object(scan, "hypotheses"), *hypothesis;
    const json_t *best = digest_best_hypothesis(scan);
    double z_full = largest_z(hypotheses);
    int columns = (int)terminal_width() - TABLE_COLUMNS - BAR_BELOW - 1;
    columns = columns < 5 ? 5 : columns > BAR_COLUMNS_MAX ? BAR_COLUMNS_MAX : columns;
    size_t index;
    digest_print_scan_head(envelope, scan, "Nothing may be concluded from these numbers.");
    if (*field_text(scan, "template") != '\0')
        printf("background template %s\n", field_text(scan, "template"));
    printf("\n%s%5s %9s %11s %8s %6s %6s %8s%s\n", terminal_style(STYLE_STRONG), "m_N", "n", "b", "sigma_b", "alpha",
           "z", "p_local", terminal_style(STYLE_PLAIN));
    json_array_foreach(hypotheses, index, hypothesis)
    {
        if (!is_shown(view, hypothesis))
            continue;
        if (field_flag(scan, "blind"))
            print_blind(hypothesis);
        else if (!is_concluded(hypothesis))
            print_withheld(hypothesis);
        else
            print_hypothesis(hypothesis, hypothesis == best, z_full, columns);
    }
    if (best != NULL)
        printf("\nbest: m_N = %.0f MeV, z = %+.2f, p_local = %.2g (local: one of %zu masses)\n",
               field_number(best, "m_n_mev"), field_number(best, "z"), field_number(best, "p_local"),
               json_array_size(hypotheses));
    if (field_count(scan, "left_out") > 0)
        printf("%" PRIu64 " bursts with a loss or the like are left out\n", field_count(scan, "left_out"));
    double lowest = field_number(scan, "searchable_from_mev");
    printf("below %.0f MeV: not searchable, the lower sideband lies in the Ke3 peak\n",
           lowest > 0 ? lowest : HYPOTHESIS_FIRST_MEV);
}

int cli_scan(int argc, char **argv)
{
    struct options options = {
        .command = "scan",
        .operands = "",
        .summary = "Shows the excess at every mass: candidates in the search window, expected background,\n"
                   "significance z (Li-Ma, signed) and local p-value. Masses in MeV.",
        .rows = rows,
        .row_count = ROWS,
        .shared = OPTIONS_QUERY};
    struct view view = {"unprescaled", "run", NAN, NAN};
    if (!parse(&options, &view, argc, argv))
        return options.exit_code;
    if (options.timeout_s <= 0)
        options.timeout_s = QUERY_TIMEOUT_S;
    struct feed *feed = feed_open(&options);
    if (feed == NULL)
        return options.exit_code;
    char name[FEED_NAME_BYTES];
    (void)snprintf(name, sizeof name, "scan.%s.%s.", view.line, view.horizon);
    json_t *envelope = feed_take(feed, name);
    feed_close(feed);
    if (envelope == NULL)
        return options.exit_code;
    if (options.is_json)
        field_print_json(envelope);
    else
        print_scan(envelope, &view);
    json_decref(envelope);
    return CLI_DONE;
}
