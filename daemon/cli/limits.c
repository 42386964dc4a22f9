/* SPDX-License-Identifier: MIT */
/*
 * limits - the mixing |U_e|^2 that is excluded at every mass: of one line and horizon as a table and as curves, of two
 * lines side by side, from the shape of the spectrum, and how long it takes to exclude more.
 *
 * This file reads the command line and prints the table; the other views are limit_*.
 */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/digest.h"
#include "cli/feed.h"
#include "cli/field.h"
#include "cli/limit_compare.h"
#include "cli/limit_curves.h"
#include "cli/limit_outlook.h"
#include "cli/limit_shape.h"
#include "cli/options.h"
#include "cli/terminal.h"
#include "core/histograms.h"
#include "core/line.h"
#include "wire/template_choice.h"

enum limits_row { ROW_LINE, ROW_HORIZON, ROW_COMPARE, ROW_METHOD, ROW_TEMPLATE, ROW_BEAM_TIME, ROW_U2, ROWS };

static const struct option_row rows[ROWS] = {
    [ROW_LINE] = {"line", "L", "unprescaled, downscaled or tail [unprescaled]"},
    [ROW_HORIZON] = {"horizon", "H", "open, 1, 10, 100, run or period [run]"},
    [ROW_COMPARE] = {"compare", NULL, "unprescaled and downscaled in one picture, and the beam time of both"},
    [ROW_METHOD] = {"method", "M", "counting, or shape: by the spectrum, beside counting [counting]"},
    [ROW_TEMPLATE] = {"template", "T", "shape: " TEMPLATE_BUILTIN_NAMES ", or a file [that of the daemon]"},
    [ROW_BEAM_TIME] = {"beam-time", NULL, "bursts until --u2 is excluded, with f_sys and without"},
    [ROW_U2] = {"u2", "U", "the |U|^2 that beam time is for [1e-6]"},
};

struct view {
    const char *line, *horizon, *template; /* template NULL: none was given */
    double u2;                             /* NAN: none was given */
    bool is_compare, is_shape, is_beam_time, has_line;
};

/* False: leave with options.exit_code. */
static bool take_option(struct options *options, enum limits_row row, struct view *view)
{
    switch (row) {
    case ROW_LINE:
        view->has_line = true;
        return options_line(options, (int)row, &view->line);
    case ROW_HORIZON:
        return options_horizon(options, (int)row, &view->horizon);
    case ROW_COMPARE:
        return view->is_compare = true;
    case ROW_METHOD:
        view->is_shape = strcmp(options->value, "shape") == 0;
        return view->is_shape || strcmp(options->value, "counting") == 0 ||
               options_none_of(options, (int)row, "counting, shape");
    case ROW_TEMPLATE:
        view->template = options->value;
        return true;
    case ROW_BEAM_TIME:
        return view->is_beam_time = true;
    case ROW_U2:
        return options_number(options, (int)row, 1e-15, 1, &view->u2);
    case ROWS:
        break;
    }
    return false;
}

static bool parse(struct options *options, struct view *view, int argc, char **argv)
{
    for (int row; (row = options_next(options, argc, argv)) != OPTIONS_END;)
        if (row == OPTIONS_EXIT || !take_option(options, (enum limits_row)row, view))
            return false;
    if (view->is_compare + view->is_shape + view->is_beam_time > 1)
        return options_refuse(options, "give one of --compare, --method shape and --beam-time");
    if (view->template != NULL && !view->is_shape)
        return options_refuse(options, "--template is for --method shape");
    if (view->is_compare && view->has_line)
        return options_refuse(options, "--compare is for the lines unprescaled and downscaled, without --line");
    if (!isnan(view->u2) && !view->is_compare && !view->is_beam_time)
        return options_refuse(options, "--u2 is for --beam-time and --compare");
    if (isnan(view->u2))
        view->u2 = OUTLOOK_U2_DEFAULT;
    return options_expect_operands(options, 0, 0);
}

/* ---- table ---- */

static void print_u2(const json_t *hypothesis, const char *field, int width, int digits)
{
    double u2 = field_number(hypothesis, field);
    if (u2 > 0)
        printf(" %*.*e", width, digits, u2);
    else
        printf(" %*s", width, "-");
}

static void print_hypothesis(const json_t *hypothesis, bool is_blind)
{
    bool is_valid = field_flag(hypothesis, "valid");
    printf("%s%5.0f", terminal_style(is_valid ? STYLE_PLAIN : STYLE_FAINT), field_number(hypothesis, "m_n_mev"));
    if (is_blind)
        printf(" %8s", "hidden");
    else
        printf(" %8" PRIu64, field_count(hypothesis, "n"));
    printf(" %9.1f %7.1f", field_number(hypothesis, "b"), field_number(hypothesis, "sigma_b"));
    if (!is_valid) {
        printf("  not valid%s\n", terminal_style(STYLE_PLAIN));
        return;
    }
    print_u2(hypothesis, "u2_limit", 9, 2);
    print_u2(hypothesis, "u2_expected", 9, 2);
    print_u2(hypothesis, "u2_expected_minus1", 8, 1);
    print_u2(hypothesis, "u2_expected_plus1", 7, 1);
    print_u2(hypothesis, "u2_paper", 9, 2);
    printf("%s\n", terminal_style(STYLE_PLAIN));
}

static void print_table(const json_t *scan)
{
    size_t index;
    const json_t *hypotheses = field_object(scan, "hypotheses"), *hypothesis;
    printf("\n%s%5s %8s %9s %7s %9s %9s %16s %9s%s\n", terminal_style(STYLE_STRONG), "m_N", "n", "b", "sigma_b",
           "observed", "expected", "68 %", "paper", terminal_style(STYLE_PLAIN));
    json_array_foreach(hypotheses, index, hypothesis) print_hypothesis(hypothesis, field_flag(scan, "blind"));
}

static void print_limits(const json_t *envelope)
{
    const json_t *scan = field_object(envelope, "scan"), *hypotheses = field_object(scan, "hypotheses");
    const struct limit_curve curves[] = {
        {hypotheses, "u2_expected_minus2", "u2_expected_plus2", "░", "95 %", NULL},
        {hypotheses, "u2_expected_minus1", "u2_expected_plus1", "▒", "68 %", NULL},
        {hypotheses, "u2_paper", NULL, "·", "paper", NULL},
        {hypotheses, "u2_expected", NULL, "-", "expected", NULL},
        {hypotheses, "u2_limit", NULL, "●", "observed", NULL},
    };
    print_table(scan);
    limit_curves_print(curves, sizeof curves / sizeof *curves);
    printf("\nStatistical limits, given sigma_b (f_sys = %g). observed: CLs, without what a\n"
           "signal adds to the sidebands. expected: its median without a signal, and what\n"
           "68 and 95 %% of such runs give. paper: s = 1.28 sqrt(b + s), b exact.\n",
           field_number(scan, "f_sys"));
}

/* ---- views ---- */

static bool print_head(const json_t *envelope)
{
    const json_t *scan = field_object(envelope, "scan");
    bool is_withheld = digest_print_scan_head(envelope, scan, "There are no limits.");
    if (!is_withheld && !(field_number(scan, "n_kaon") > 0))
        printf("%sThe number of kaon decays is not known. There are no limits.%s\n", terminal_style(STYLE_WARNING),
               terminal_style(STYLE_PLAIN));
    return !is_withheld;
}

static int show_one(struct options *options, struct feed *feed, const struct view *view)
{
    char name[FEED_NAME_BYTES];
    (void)snprintf(name, sizeof name, "scan.%s.%s.", view->line, view->horizon);
    json_t *envelope = feed_take(feed, name);
    if (envelope == NULL)
        return options->exit_code;
    if (options->is_json) {
        field_print_json(envelope);
    } else {
        (void)print_head(envelope);
        print_limits(envelope);
    }
    json_decref(envelope);
    return CLI_DONE;
}

/* The scans of a line and, first, of the unprescaled one, of the same burst. False: leave with options->exit_code. */
static bool take_scans(struct feed *feed, const struct view *view, const char *line, json_t *envelopes[2])
{
    char names[2][FEED_NAME_BYTES];
    (void)snprintf(names[0], sizeof names[0], "scan.%s.%s.", line_name(LINE_UNPRESCALED), view->horizon);
    (void)snprintf(names[1], sizeof names[1], "scan.%s.%s.", line, view->horizon);
    return feed_take_together(feed, (const char *[]){names[0], names[1]}, 2, envelopes);
}

static int show_beam_time(struct options *options, struct feed *feed, const struct view *view)
{
    json_t *envelopes[2];
    if (!take_scans(feed, view, view->line, envelopes))
        return options->exit_code;
    const json_t *unprescaled = field_object(envelopes[0], "scan"), *line = field_object(envelopes[1], "scan");
    if (options->is_json) {
        (void)json_object_set_new(envelopes[1], "beam_time", limit_outlook_json(unprescaled, line, view->u2));
        field_print_json(envelopes[1]);
    } else if (print_head(envelopes[1])) {
        limit_outlook_print(unprescaled, line, view->u2);
    }
    feed_drop(envelopes, 2);
    return CLI_DONE;
}

static int show_comparison(struct options *options, struct feed *feed, const struct view *view)
{
    json_t *envelopes[2];
    if (!take_scans(feed, view, line_name(LINE_DOWNSCALED), envelopes))
        return options->exit_code;
    if (options->is_json) {
        json_t *both = limit_compare_json(envelopes[0], envelopes[1], view->u2);
        field_print_json(both);
        json_decref(both);
    } else {
        limit_compare_print(envelopes[0], envelopes[1], view->u2);
    }
    feed_drop(envelopes, 2);
    return CLI_DONE;
}

/* The template that was given, or the built-in one that the scan names. NULL: said so on stderr. */
static const struct template *find_template(const json_t *scan, const struct view *view, struct template *room)
{
    char error[TEMPLATE_FILE_ERROR_SIZE], name[TEMPLATE_NAME_SIZE];
    const char *label = field_text(scan, "template");
    (void)snprintf(name, sizeof name, "%.*s", (int)strcspn(label, " "), label);
    if (view->template == NULL && template_builtin(name) == NULL) {
        (void)fprintf(stderr,
                      "hnlmon limits: the template of the daemon, '%s', is not built in: give it with --template\n",
                      name);
        return NULL;
    }
    const struct template *found =
        template_choice_find(view->template != NULL ? view->template : name, room, error, sizeof error);
    if (found == NULL)
        (void)fprintf(stderr, "hnlmon limits: %s\n", error);
    return found;
}

static int print_shape(const struct options *options, json_t *scan, const json_t *histogram,
                       const struct template *template)
{
    const char *fault;
    struct limit_shape *shape = limit_shape_create(scan, histogram, template, &fault);
    if (shape == NULL) {
        (void)fprintf(stderr, "hnlmon limits: %s\n", fault);
        return CLI_FAILED;
    }
    if (options->is_json) {
        (void)json_object_set_new(scan, "shape", limit_shape_json(shape));
        field_print_json(scan);
    } else {
        limit_shape_print(shape);
    }
    limit_shape_destroy(shape);
    return CLI_DONE;
}

/* What is withheld has a head and no limits. */
static int print_shape_of(const struct options *options, const struct view *view, json_t *scan, const json_t *histogram)
{
    static struct template room;
    if (!options->is_json && !print_head(scan))
        return CLI_DONE;
    const struct template *template = find_template(field_object(scan, "scan"), view, &room);
    if (template == NULL)
        return view->template != NULL ? CLI_CONFIGURATION : CLI_FAILED;
    return print_shape(options, scan, histogram, template);
}

static int show_shape(struct options *options, struct feed *feed, const struct view *view)
{
    char names[2][FEED_NAME_BYTES];
    json_t *envelopes[2];
    enum line line = line_by_name(view->line);
    (void)snprintf(names[0], sizeof names[0], "scan.%s.%s.", view->line, view->horizon);
    (void)snprintf(names[1], sizeof names[1], "hist.%s.%s.", histogram_table[HISTOGRAM_M2 + 2 * (int)line].name,
                   view->horizon);
    if (!feed_take_together(feed, (const char *[]){names[0], names[1]}, 2, envelopes))
        return options->exit_code;
    int exit_code = print_shape_of(options, view, envelopes[0], envelopes[1]);
    feed_drop(envelopes, 2);
    return exit_code;
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
    struct view view = {.line = "unprescaled", .horizon = "run", .u2 = NAN};
    if (!parse(&options, &view, argc, argv))
        return options.exit_code;
    if (options.timeout_s <= 0)
        options.timeout_s = QUERY_TIMEOUT_S;
    struct feed *feed = feed_open(&options);
    if (feed == NULL)
        return options.exit_code;
    int exit_code = view.is_compare     ? show_comparison(&options, feed, &view)
                    : view.is_shape     ? show_shape(&options, feed, &view)
                    : view.is_beam_time ? show_beam_time(&options, feed, &view)
                                        : show_one(&options, feed, &view);
    feed_close(feed);
    return exit_code;
}
