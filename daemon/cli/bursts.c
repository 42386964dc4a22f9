/* SPDX-License-Identifier: MIT */
/* bursts - a table of burst summaries: the last one, which the daemon keeps, and those that come. */
#include <inttypes.h>
#include <stdio.h>

#include "cli/cli.h"
#include "cli/feed.h"
#include "cli/field.h"
#include "cli/label.h"
#include "cli/options.h"
#include "cli/terminal.h"

#define WIDE_COLUMNS 101 /* exact counts fit */
#define KEY_COLUMNS 13   /* "29123456/1500": a front-end may take the minutes since 1970 for a run */

enum bursts_row { ROW_COUNT, ROW_FOLLOW, ROWS };

static const struct option_row rows[ROWS] = {
    [ROW_COUNT] = {"count", "N", "end after N bursts [1]"},
    [ROW_FOLLOW] = {"follow", NULL, "go on until interrupted"},
};

/* Widths of the columns of counts: exact where the terminal is wide enough. */
struct layout {
    int count, lost;
    bool is_exact;
};

static struct layout layout_of_terminal(void)
{
    return terminal_width() >= WIDE_COLUMNS ? (struct layout){11, 9, true} : (struct layout){6, 5, false};
}

static void print_head(void)
{
    struct layout layout = layout_of_terminal();
    printf("%s%-*s %*s %*s %*s %*s  %-11s %8s %8s %8s%s\n", terminal_style(STYLE_STRONG), KEY_COLUMNS, "burst",
           layout.count, "sent", layout.count, layout.is_exact ? "accepted" : "acc", layout.count,
           layout.is_exact ? "rejected" : "rej", layout.lost, "lost", "line", "rate", "data", "N_K",
           terminal_style(STYLE_PLAIN));
}

static void print_count(const struct layout *layout, int width, uint64_t count)
{
    char text[GROUPED_SIZE];
    printf(" %*s", width, layout->is_exact ? terminal_grouped(count, text) : terminal_short((double)count, text));
}

static void print_counts(const json_t *burst)
{
    struct layout layout = layout_of_terminal();
    char key[32];
    uint64_t lost = field_count(burst, "lost");
    (void)snprintf(key, sizeof key, "%" PRIu64 "/%" PRIu64, field_count(burst, "run"), field_count(burst, "burst"));
    printf("%-*s", KEY_COLUMNS, key);
    print_count(&layout, layout.count, field_count(burst, "sent"));
    print_count(&layout, layout.count, field_count(burst, "accepted"));
    print_count(&layout, layout.count, field_counts_sum(burst, "rejected"));
    fputs(terminal_style(lost > 0 ? STYLE_BAD : STYLE_PLAIN), stdout);
    print_count(&layout, layout.lost, lost);
    fputs(terminal_style(STYLE_PLAIN), stdout);
}

static void print_line(const json_t *line, bool is_first)
{
    struct layout layout = layout_of_terminal();
    char rate[GROUPED_SIZE], data[GROUPED_SIZE];
    double n_kaon = field_number(line, "n_kaon");
    int indent = is_first ? 0 : KEY_COLUMNS + 3 * (layout.count + 1) + layout.lost + 1;
    printf("%*s  %-11s %6s/s %5sB/s ", indent, "", field_text(line, "line"),
           terminal_short(field_number(line, "rate_hz"), rate),
           terminal_short(field_number(line, "bandwidth_bytes_per_s"), data));
    if (n_kaon > 0)
        printf("%8.2e\n", n_kaon);
    else
        printf("%8s\n", "-");
}

static void print_fraction(const char *separator, const char *name, double fraction)
{
    printf("%s %s %.2f%%", separator, name, 100 * fraction);
}

/* The numbers of data quality that have no column. */
static void print_quality(const json_t *burst)
{
    const json_t *vetoes = field_object(burst, "vetoes"), *veto;
    size_t index;
    if (json_array_size(vetoes) == 0)
        return;
    json_array_foreach(vetoes, index, veto)
        print_fraction(index == 0 ? "  veto:" : ",", field_text(veto, "name"), field_number(veto, "fraction"));
    print_fraction(",", "random", field_number(burst, "random_veto_fraction"));
    printf("\n  mirror tail %.2g%% of the peak; spill: effective %.3g s, mean time %.3g s\n",
           100 * field_number(burst, "mirror_tail_fraction"), field_number(burst, "spill_length_s"),
           field_number(burst, "spill_centre_s"));
}

static void print_burst(const json_t *burst)
{
    const json_t *lines = field_object(burst, "lines"), *line;
    size_t index;
    print_counts(burst);
    json_array_foreach(lines, index, line) print_line(line, index == 0);
    if (json_array_size(lines) == 0)
        (void)putchar('\n');
    print_quality(burst);
    if (!field_flag(burst, "complete"))
        printf("%sincomplete: %s%s\n", terminal_style(STYLE_WARNING), field_text(burst, "quality"),
               terminal_style(STYLE_PLAIN));
    (void)fflush(stdout);
}

static int follow(const struct options *options, struct feed *feed, double count)
{
    struct feed_message message;
    for (double shown = 0; count <= 0 || shown < count; shown++) {
        switch (feed_next(feed, &message)) {
        case FEED_MESSAGE:
        case FEED_QUIET: /* never from feed_next */
            break;
        case FEED_TIMEOUT:
            fprintf(stderr, "hnlmon bursts: no burst came within %g s\n", options->timeout_s);
            return CLI_FAILED;
        case FEED_REFUSED:
            return CLI_FAILED;
        case FEED_INTERRUPTED:
            return CLI_DONE;
        }
        if (options->is_json) {
            field_print_json(message.envelope);
        } else {
            label_print_change(message.envelope);
            if (shown == 0)
                print_head();
            print_burst(field_object(message.envelope, "burst_summary"));
        }
        json_decref(message.envelope);
        if (ferror(stdout))
            return CLI_FAILED;
    }
    return CLI_DONE;
}

int cli_bursts(int argc, char **argv)
{
    struct options options = {.command = "bursts",
                              .operands = "",
                              .summary =
                                  "Shows bursts as they close: the ledger of the burst, and for each trigger line the\n"
                                  "accepted rate per second of spill, the bandwidth and the kaon decays;\n"
                                  "then the veto fractions and the spill as the candidates show it.\n"
                                  "The daemon keeps the last closed burst only; earlier ones cannot be asked for.",
                              .rows = rows,
                              .row_count = ROWS,
                              .shared = OPTIONS_QUERY};
    double count = 1;
    for (int row; (row = options_next(&options, argc, argv)) != OPTIONS_END;) {
        if (row == OPTIONS_EXIT || (row == ROW_COUNT && !options_number(&options, row, 1, 1e15, &count)))
            return options.exit_code;
        if (row == ROW_FOLLOW)
            count = 0;
    }
    if (!options_expect_operands(&options, 0, 0))
        return options.exit_code;
    if (count == 1 && options.timeout_s <= 0)
        options.timeout_s = QUERY_TIMEOUT_S;
    struct feed *feed = feed_open(&options);
    if (feed == NULL)
        return options.exit_code;
    feed_add(feed, "burst.");
    if (!options.is_json)
        fprintf(stderr, "The daemon keeps the last closed burst only; more are shown as they close.\n");
    int exit_code = follow(&options, feed, count);
    feed_close(feed);
    return exit_code;
}
