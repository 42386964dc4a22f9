/* SPDX-License-Identifier: MIT */
/* hist - histograms as block characters or JSON: of one horizon as published, or of the run as a whole (snapshot). */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/feed.h"
#include "cli/field.h"
#include "cli/label.h"
#include "cli/options.h"
#include "cli/plot.h"
#include "cli/query.h"
#include "cli/terminal.h"
#include "core/histograms.h"
#include "nearest.h"

#define ROWS_DEFAULT 16
#define NAMES_MAX 16 /* on one command line */
#define BINS_MAX 65533u
#define WHERE_SIZE 80
#define COUNTS_SIZE 160

enum hist_row { ROW_HORIZON, ROW_LOG, ROW_RANGE, ROW_WIDTH, ROW_HEIGHT, ROW_OVERLAY, ROW_LIST, ROW_ALL, ROWS };

static const struct option_row rows[ROWS] = {
    [ROW_HORIZON] = {"horizon", "H", "open, 1, 10, 100, run or period [run]"},
    [ROW_LOG] = {"log", NULL, "logarithmic counts; an empty bin stays empty"},
    [ROW_RANGE] = {"range", "LO:HI", "only this part of the x axis, in its unit"},
    [ROW_WIDTH] = {"width", "N", "columns of the picture [terminal]"},
    [ROW_HEIGHT] = {"height", "N", "rows of the bars [16]"},
    [ROW_OVERLAY] = {"overlay", NULL, "the same y axis for all, so that they can be compared"},
    [ROW_LIST] = {"list", NULL, "list names, titles and entries in this run"},
    [ROW_ALL] = {"all", NULL, "every histogram of the run, exact, in one piece"},
};

struct hist {
    struct options options;
    const char *horizon;
    double low, high; /* NAN: whole axis */
    double width, height;
    bool is_log, is_overlay, is_list, is_all;
};

static bool parse_range(struct hist *hist)
{
    char *end;
    hist->low = strtod(hist->options.value, &end);
    if (*end == ':')
        hist->high = strtod(end + 1, &end);
    if (*end == '\0' && hist->high > hist->low)
        return true;
    return options_refuse(&hist->options, "--range: '%s' is not LO:HI with LO < HI", hist->options.value);
}

/* False: leave with options.exit_code. */
static bool take_option(struct hist *hist, enum hist_row row)
{
    switch (row) {
    case ROW_HORIZON:
        return options_horizon(&hist->options, (int)row, &hist->horizon);
    case ROW_LOG:
        hist->is_log = true;
        return true;
    case ROW_RANGE:
        return parse_range(hist);
    case ROW_WIDTH:
        return options_number(&hist->options, (int)row, 40, 1000, &hist->width);
    case ROW_HEIGHT:
        return options_number(&hist->options, (int)row, 4, 200, &hist->height);
    case ROW_OVERLAY:
        hist->is_overlay = true;
        return true;
    case ROW_LIST:
        hist->is_list = true;
        return true;
    case ROW_ALL:
        hist->is_all = true;
        return true;
    case ROWS:
        break;
    }
    return false;
}

static bool is_known_name(const char *name)
{
    if (histogram_by_name(name) != HISTOGRAM_COUNT)
        return true;
    const char *names[HISTOGRAM_COUNT + 1] = {NULL};
    for (int id = 0; id < HISTOGRAM_COUNT; id++)
        names[id] = histogram_table[id].name;
    const char *meant = nearest_name(name, names);
    fprintf(stderr, "hnlmon hist: no histogram '%s'%s%s%s; 'hnlmon hist --list' shows them\n", name,
            meant != NULL ? ": did you mean '" : "", meant != NULL ? meant : "", meant != NULL ? "'?" : "");
    return false;
}

static bool parse(struct hist *hist, int argc, char **argv)
{
    for (int row; (row = options_next(&hist->options, argc, argv)) != OPTIONS_END;)
        if (row == OPTIONS_EXIT || !take_option(hist, (enum hist_row)row))
            return false;
    bool takes_names = !hist->is_list && !hist->is_all;
    if (!options_expect_operands(&hist->options, takes_names, takes_names ? NAMES_MAX : 0))
        return false;
    hist->options.exit_code = CLI_USAGE;
    for (int i = 0; i < hist->options.operand_count; i++)
        if (!is_known_name(hist->options.operand[i]))
            return false;
    return true;
}

/* A histogram and the part of it that is shown. */
struct view {
    const json_t *histogram;
    uint64_t *bins;
    uint32_t count;
    struct plot plot;
};

/* Fills the view; false when no bin is in the range, or no memory. */
static bool view_open(struct view *view, const struct hist *hist, const json_t *histogram)
{
    const json_t *bins = field_object(histogram, "bins");
    double scale = field_number(histogram, "unit_scale"), lo = field_number(histogram, "lo") * scale;
    double width = field_number(histogram, "width") * scale;
    double total = fmin((double)json_array_size(bins), BINS_MAX);
    double first = isnan(hist->low) ? 0 : fmax(0, floor((hist->low - lo) / width + 1e-9));
    double end = isnan(hist->low) ? total : fmin(total, ceil((hist->high - lo) / width - 1e-9));
    if (!(width > 0) || !(end > first) || (view->bins = calloc((size_t)(end - first), sizeof *view->bins)) == NULL)
        return false;
    view->histogram = histogram;
    view->count = (uint32_t)(end - first);
    for (uint32_t i = 0; i < view->count; i++)
        view->bins[i] = (uint64_t)json_integer_value(json_array_get(bins, (size_t)first + i));
    view->plot = (struct plot){.y_title = "candidates",
                               .unit = field_text(histogram, "unit"),
                               .lo = lo + first * width,
                               .width = width,
                               .bins = view->bins,
                               .bin_count = view->count,
                               .columns = hist->width > 0 ? (uint32_t)hist->width : terminal_width(),
                               .rows = (uint32_t)hist->height,
                               .is_log = hist->is_log};
    return true;
}

static const char *counts_text(const struct view *view, char counts[COUNTS_SIZE])
{
    char text[4][GROUPED_SIZE];
    const json_t *histogram = view->histogram;
    uint64_t shown = 0;
    for (uint32_t i = 0; i < view->count; i++)
        shown += view->bins[i];
    bool is_part = view->count < json_array_size(field_object(histogram, "bins"));
    (void)snprintf(counts, COUNTS_SIZE, "entries %s  below %s  above %s%s%s",
                   terminal_grouped(field_count(histogram, "entries"), text[0]),
                   terminal_grouped(field_count(histogram, "underflow"), text[1]),
                   terminal_grouped(field_count(histogram, "overflow"), text[2]), is_part ? "  shown " : "",
                   is_part ? terminal_grouped(shown, text[3]) : "");
    return counts;
}

/* `source`: the message that the histogram came in. */
static void print_title(const struct view *view, const json_t *source)
{
    const json_t *histogram = view->histogram;
    uint64_t bursts = field_count(histogram, "bursts");
    char label[LABEL_SIZE], where[WHERE_SIZE], counts[COUNTS_SIZE];
    printf("%s%s%s  %s\n", terminal_style(STYLE_STRONG), field_text(histogram, "name"), terminal_style(STYLE_PLAIN),
           field_text(histogram, "title"));
    (void)snprintf(where, sizeof where, ", run %" PRIu64 ", horizon %s (%" PRIu64 " burst%s)",
                   field_count(source, "run"), field_text(histogram, "horizon"), bursts, bursts == 1 ? "" : "s");
    size_t columns = strlen(label_of(source, label)) + strlen(where) + 2 + strlen(counts_text(view, counts));
    label_print(source);
    printf("%s%s%s", where, columns <= terminal_width() ? "  " : "\n", counts);
    if (field_count(histogram, "blind_from") > 0)
        printf("\nBLIND: bins from %" PRIu64 " %s on are hidden, their sum is above",
               field_count(histogram, "blind_from"), field_text(histogram, "unit"));
    printf("\n\n");
}

/* One plot under the other. */
static int draw(const struct hist *hist, const json_t *const *histograms, uint32_t count, const json_t *source)
{
    struct view views[HISTOGRAM_COUNT + NAMES_MAX] = {0};
    double top = 0;
    int exit_code = CLI_DONE;
    for (uint32_t i = 0; i < count; i++)
        if (view_open(&views[i], hist, histograms[i]))
            top = fmax(top, plot_largest(&views[i].plot));
    for (uint32_t i = 0; i < count; i++) {
        if (views[i].bins == NULL) {
            fprintf(stderr, "hnlmon hist: no bin of %s is in the range\n", field_text(histograms[i], "name"));
            exit_code = CLI_USAGE;
            continue;
        }
        views[i].plot.top = hist->is_overlay ? top : 0;
        fputs(i > 0 ? "\n" : "", stdout);
        print_title(&views[i], source);
        plot_print(&views[i].plot);
        free(views[i].bins);
    }
    return exit_code;
}

static int show_published(struct hist *hist)
{
    json_t *envelopes[NAMES_MAX] = {NULL};
    const json_t *histograms[NAMES_MAX];
    uint32_t count = 0, wanted = (uint32_t)hist->options.operand_count;
    if (hist->options.timeout_s <= 0)
        hist->options.timeout_s = QUERY_TIMEOUT_S;
    struct feed *feed = feed_open(&hist->options);
    if (feed == NULL)
        return hist->options.exit_code;
    for (; count < wanted; count++) {
        char name[FEED_NAME_BYTES];
        (void)snprintf(name, sizeof name, "hist.%s.%s.", hist->options.operand[count], hist->horizon);
        if ((envelopes[count] = feed_take(feed, name)) == NULL)
            break;
        histograms[count] = field_object(envelopes[count], "histogram");
        if (hist->options.is_json)
            field_print_json(envelopes[count]);
    }
    feed_close(feed);
    int exit_code = count == wanted ? CLI_DONE : hist->options.exit_code;
    if (count > 0 && !hist->options.is_json) {
        int drawn = draw(hist, histograms, count, envelopes[0]);
        exit_code = exit_code == CLI_DONE ? drawn : exit_code;
    }
    for (uint32_t i = 0; i < count; i++)
        json_decref(envelopes[i]);
    return exit_code;
}

static void print_list(const json_t *histograms)
{
    size_t index;
    const json_t *histogram;
    char text[GROUPED_SIZE];
    printf("%s%-26s %16s  %s%s\n", terminal_style(STYLE_STRONG), "name", "entries", "title",
           terminal_style(STYLE_PLAIN));
    json_array_foreach(histograms, index, histogram)
        printf("%-26s %16s  %s%s%s%s\n", field_text(histogram, "name"),
               terminal_grouped(field_count(histogram, "entries"), text), field_text(histogram, "title"),
               *field_text(histogram, "unit") != '\0' ? " [" : "", field_text(histogram, "unit"),
               *field_text(histogram, "unit") != '\0' ? "]" : "");
}

static json_t *list_as_json(const json_t *histograms)
{
    json_t *list = json_array();
    size_t index;
    const json_t *histogram;
    json_array_foreach(histograms, index, histogram)(void)
        json_array_append_new(list, json_pack("{s:s, s:s, s:s, s:I}", "name", field_text(histogram, "name"), "title",
                                              field_text(histogram, "title"), "unit", field_text(histogram, "unit"),
                                              "entries", (json_int_t)field_count(histogram, "entries")));
    return list;
}

static int show_list(const struct hist *hist, const json_t *snapshot)
{
    const json_t *histograms = field_object(snapshot, "histograms");
    if (!hist->options.is_json) {
        label_print_line(snapshot);
        print_list(histograms);
        return CLI_DONE;
    }
    json_t *list = list_as_json(histograms);
    field_print_json(list);
    json_decref(list);
    return CLI_DONE;
}

static int show_snapshot(struct hist *hist)
{
    json_t *reply = query_ask_yes(&hist->options, &(struct control_request){.kind = CONTROL_SNAPSHOT});
    if (reply == NULL)
        return hist->options.exit_code;
    const json_t *snapshot = field_object(reply, "snapshot"), *histograms = field_object(snapshot, "histograms");
    int exit_code = CLI_DONE;
    if (hist->is_list) {
        exit_code = show_list(hist, snapshot);
    } else if (hist->options.is_json) {
        field_print_json(snapshot);
    } else {
        const json_t *all[HISTOGRAM_COUNT];
        uint32_t count = 0;
        for (; count < HISTOGRAM_COUNT && count < json_array_size(histograms); count++)
            all[count] = json_array_get(histograms, count);
        exit_code = draw(hist, all, count, snapshot);
    }
    json_decref(reply);
    return exit_code;
}

int cli_hist(int argc, char **argv)
{
    struct hist hist = {
        .options = {.command = "hist",
                    .operands = "NAME...",
                    .summary = "Draws histograms, one under the other; 'hnlmon hist --list' shows their names.",
                    .rows = rows,
                    .row_count = ROWS,
                    .shared = OPTIONS_QUERY},
        .horizon = "run",
        .low = NAN,
        .high = NAN,
        .height = ROWS_DEFAULT};
    if (!parse(&hist, argc, argv))
        return hist.options.exit_code;
    return hist.is_list || hist.is_all ? show_snapshot(&hist) : show_published(&hist);
}
