/* SPDX-License-Identifier: MIT */
/* alarms - the alarms that are raised or that wait to be acknowledged;
 * ack - acknowledges one; accept-level - ends one about a change that was made on purpose. */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "cli/alarm_kinds.h"
#include "cli/cli.h"
#include "cli/digest.h"
#include "cli/field.h"
#include "cli/label.h"
#include "cli/options.h"
#include "cli/paragraph.h"
#include "cli/query.h"
#include "cli/terminal.h"
#include "io/clock.h"

#define SECONDS_PER_DAY 86400.0
#define DAYS_PER_YEAR 365.25
#define TEXT_SIZE 1024
#define DURATION_SIZE 40

/* How often background alone does this, at 4000 bursts per day; nothing when the daemon does not say. */
static void print_false_alarm_rate(const json_t *alarm)
{
    double per_day = field_number(alarm, "far_hz") * SECONDS_PER_DAY;
    if (!(per_day > 0))
        return;
    printf("    false alarm rate %.2g Hz: without a signal ", field_number(alarm, "far_hz"));
    if (per_day >= 1)
        printf("%.3g a day\n", per_day);
    else if (per_day * DAYS_PER_YEAR >= 1)
        printf("one in %.3g days\n", 1 / per_day);
    else
        printf("one in %.3g years\n", 1 / (per_day * DAYS_PER_YEAR));
}

/* A text for people, below the line that scripts read. */
static void print_text(const char *format, ...) __attribute__((format(printf, 1, 2)));
static void print_text(const char *format, ...)
{
    char text[TEXT_SIZE];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    printf("    ");
    paragraph_print(4, text);
}

/* From the first burst to the last; across runs it has no duration, for their lengths are not known here. */
static void print_when(const json_t *alarm)
{
    uint64_t first = field_count(alarm, "first_burst"), last = field_count(alarm, "last_burst");
    uint64_t count = field_count(alarm, "count");
    char duration[DURATION_SIZE] = "";
    if (field_count(alarm, "first_run") == field_count(alarm, "last_run") && last >= first)
        (void)snprintf(duration, sizeof duration, ": %" PRIu64 " burst%s", last - first + 1, last == first ? "" : "s");
    print_text("since run %" PRIu64 " burst %" PRIu64 ", last seen run %" PRIu64 " burst %" PRIu64
               "%s; seen in %" PRIu64 " burst%s%s",
               field_count(alarm, "first_run"), first, field_count(alarm, "last_run"), last, duration, count,
               count == 1 ? "" : "s", field_flag(alarm, "provisional") ? "; provisional" : "");
}

/* When a shelved alarm comes back, by the clock of this machine. */
static void print_shelf(const json_t *alarm)
{
    uint64_t until_ns = field_count(alarm, "shelved_until_ns"), now_ns = clock_unix_ns();
    if (until_ns == 0)
        return;
    uint64_t left_s = until_ns > now_ns ? (until_ns - now_ns) / NS_PER_S : 0;
    printf("    shelved for another %" PRIu64 " min %" PRIu64 " s\n", left_s / 60, left_s % 60);
}

static void print_alarm(const json_t *alarm)
{
    const char *state = field_text(alarm, "state");
    bool is_waiting = strcmp(state, "UNACKNOWLEDGED") == 0 || strcmp(state, "RETURNED_UNACKNOWLEDGED") == 0;
    digest_print_alarm(alarm);
    print_when(alarm);
    print_false_alarm_rate(alarm);
    if (*field_text(alarm, "text") != '\0')
        print_text("%s", field_text(alarm, "text"));
    if (*field_text(alarm, "action") != '\0')
        print_text("to do: %s", field_text(alarm, "action"));
    print_shelf(alarm);
    if (!field_flag(alarm, "durable"))
        printf("    %snot on disk%s\n", terminal_style(STYLE_FAINT), terminal_style(STYLE_PLAIN));
    if (*field_text(alarm, "stream") != '\0' && strcmp(field_text(alarm, "state"), "RETURNED_UNACKNOWLEDGED") != 0)
        printf("    if it was meant: %shnlmon accept-level %s%s\n", terminal_style(STYLE_FAINT),
               field_text(alarm, "id"), terminal_style(STYLE_PLAIN));
    if (is_waiting)
        printf("    %shnlmon ack %s%s\n", terminal_style(STYLE_FAINT), field_text(alarm, "id"),
               terminal_style(STYLE_PLAIN));
}

enum alarms_row { ROW_KINDS, ROW_MARKDOWN, ROWS };

static const struct option_row alarms_rows[ROWS] = {
    [ROW_KINDS] = {"kinds", NULL, "what the kinds of alarms mean; needs no daemon"},
    [ROW_MARKDOWN] = {"markdown", NULL, "the same as a table in Markdown"},
};

static int print_kinds(const struct options *options, bool is_markdown)
{
    if (options->is_json)
        alarm_kinds_print_json();
    else if (is_markdown)
        alarm_kinds_print_markdown();
    else
        alarm_kinds_print();
    return CLI_DONE;
}

int cli_alarms(int argc, char **argv)
{
    struct options options = {
        .command = "alarms",
        .operands = "",
        .summary = "Shows the alarms that are raised, that wait to be acknowledged, or that are shelved.",
        .rows = alarms_rows,
        .row_count = ROWS,
        .shared = OPTIONS_QUERY};
    bool is_given[ROWS] = {false};
    for (int row; (row = options_next(&options, argc, argv)) != OPTIONS_END;) {
        if (row == OPTIONS_EXIT)
            return options.exit_code;
        is_given[row] = true;
    }
    if (!options_expect_operands(&options, 0, 0))
        return options.exit_code;
    if (is_given[ROW_MARKDOWN] && options.is_json) {
        (void)options_refuse(&options, "give one of --markdown and --json");
        return options.exit_code;
    }
    if (is_given[ROW_KINDS] || is_given[ROW_MARKDOWN])
        return print_kinds(&options, is_given[ROW_MARKDOWN]);
    json_t *reply = query_ask_yes(&options, &(struct control_request){.kind = CONTROL_ALARMS});
    if (reply == NULL)
        return options.exit_code;
    const json_t *alarms = field_object(reply, "alarms"), *alarm;
    size_t index;
    if (options.is_json)
        field_print_json(alarms);
    else
        label_print_line(reply);
    if (!options.is_json)
        json_array_foreach(alarms, index, alarm) print_alarm(alarm);
    if (!options.is_json && json_array_size(alarms) == 0)
        printf("no alarms\n");
    json_decref(reply);
    return CLI_DONE;
}

static const struct option_row ack_rows[] = {{"who", "NAME", "who says so [you]"}};

/* Sends the alarm's id and who it is that says so. */
static int send_ack(struct options *options, bool accept, int argc, char **argv)
{
    const char *who = options_user();
    for (int row; (row = options_next(options, argc, argv)) != OPTIONS_END;) {
        if (row == OPTIONS_EXIT)
            return options->exit_code;
        who = options->value;
    }
    if (!options_expect_operands(options, 1, 1))
        return options->exit_code;
    struct control_request request = {.kind = CONTROL_ACK, .accept = accept};
    if (!options_copy(options, "ID", options->operand[0], true, request.alarm_id, sizeof request.alarm_id) ||
        !options_copy(options, "--who", who, false, request.who, sizeof request.who))
        return CLI_USAGE;
    return query_tell(options, &request);
}

int cli_ack(int argc, char **argv)
{
    struct options options = {.command = "ack",
                              .operands = "ID",
                              .summary =
                                  "Acknowledges an alarm: somebody has seen it. The ids are those of 'hnlmon alarms'.",
                              .rows = ack_rows,
                              .row_count = 1,
                              .shared = OPTIONS_QUERY};
    return send_ack(&options, false, argc, argv);
}

int cli_accept_level(int argc, char **argv)
{
    struct options options = {.command = "accept-level",
                              .operands = "ID",
                              .summary =
                                  "Ends an alarm of kind RATE, PEAK or VETO whose change was made on purpose, such as\n"
                                  "another threshold: the level since the change is the reference for the rest of the\n"
                                  "run, for every number that the alarm is about. A later change raises a new alarm.\n"
                                  "The ids are those of 'hnlmon alarms'; the log says who accepted what.",
                              .rows = ack_rows,
                              .row_count = 1,
                              .shared = OPTIONS_QUERY};
    return send_ack(&options, true, argc, argv);
}
