/* SPDX-License-Identifier: MIT */
/*
 * watch - shows what the daemon publishes as it comes, as text or as JSON.
 *
 * JSON is one line per message, all of them. Text is for somebody on shift: the daemon publishes some hundred
 * histograms and scans after each burst and three trigger messages per batch, so that text without --topic is bursts,
 * alarms, log and a status every few seconds, and trigger decisions are always summed.
 */
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/decisions.h"
#include "cli/digest.h"
#include "cli/feed.h"
#include "cli/field.h"
#include "cli/label.h"
#include "cli/options.h"
#include "cli/patience.h"

#define TOPICS_MAX 32u     /* --topic on one command line */
#define STATUS_EVERY_S 5.0 /* in text without --topic; the daemon tells each second */

enum watch_row { ROW_TOPIC, ROW_COUNT, ROW_FAIL_ON_ALARM, ROWS };

static const struct option_row rows[ROWS] = {
    [ROW_TOPIC] = {"topic", "PREFIX",
                   "what to show: topics that begin so, e.g. scan.unprescaled. or trigger. (repeatable)"},
    [ROW_COUNT] = {"count", "N", "end after N lines"},
    [ROW_FAIL_ON_ALARM] = {"fail-on-alarm", NULL, "end with code 5 at the first alarm that nobody acknowledged"},
};

struct watch {
    struct options options;
    const char *topics[TOPICS_MAX];
    uint32_t topic_count;
    double count; /* 0: no limit */
    bool is_failing_on_alarm;
    double shown;          /* lines */
    double status_shown_s; /* when a status was shown last; 0: never */
    struct decisions decisions;
};

/* False: leave with options.exit_code. */
static bool parse(struct watch *watch, int argc, char **argv)
{
    for (int row; (row = options_next(&watch->options, argc, argv)) != OPTIONS_END;) {
        if (row == OPTIONS_EXIT)
            return false;
        if (row == ROW_TOPIC && watch->topic_count == TOPICS_MAX)
            return options_refuse(&watch->options, "more than %u --topic", TOPICS_MAX);
        if (row == ROW_TOPIC)
            watch->topics[watch->topic_count++] = feed_short_topic(watch->options.value);
        if (row == ROW_COUNT && !options_number(&watch->options, row, 1, 1e15, &watch->count))
            return false;
        watch->is_failing_on_alarm |= row == ROW_FAIL_ON_ALARM;
    }
    return options_expect_operands(&watch->options, 0, 0);
}

static bool is_waiting_alarm(const json_t *envelope)
{
    const json_t *alarm = field_object(envelope, "alarm");
    return alarm != NULL && strcmp(field_text(alarm, "state"), "UNACKNOWLEDGED") == 0;
}

/* A status that comes too early for somebody who did not ask for status. */
static bool is_held_back(struct watch *watch, const json_t *envelope)
{
    if (watch->options.is_json || watch->topic_count > 0 || field_object(envelope, "status") == NULL)
        return false;
    double now_s = patience_now_s();
    if (watch->status_shown_s > 0 && now_s - watch->status_shown_s < STATUS_EVERY_S)
        return true;
    watch->status_shown_s = now_s;
    return false;
}

static void show(struct watch *watch, const json_t *envelope)
{
    const json_t *decisions = field_object(envelope, "trigger_decisions");
    if (is_held_back(watch, envelope))
        return;
    if (decisions != NULL && !watch->options.is_json) {
        label_print_change(envelope);
        decisions_add(&watch->decisions, decisions);
        return;
    }
    watch->shown++;
    if (watch->options.is_json) {
        field_print_json(envelope);
        return;
    }
    label_print_change(envelope);
    digest_print(envelope);
}

static bool is_enough(const struct watch *watch)
{
    return watch->count > 0 && watch->shown >= watch->count;
}

static int follow(struct watch *watch, struct feed *feed)
{
    struct feed_message message = {0};
    bool is_alarm = false;
    while (!is_alarm && !is_enough(watch) && !ferror(stdout)) {
        switch (feed_poll(feed, &message)) {
        case FEED_MESSAGE:
            show(watch, message.envelope);
            is_alarm = watch->is_failing_on_alarm && is_waiting_alarm(message.envelope);
            json_decref(message.envelope);
            break;
        case FEED_QUIET:
            break;
        case FEED_TIMEOUT:
            fprintf(stderr, "hnlmon watch: nothing came within %g s\n", watch->options.timeout_s);
            return CLI_FAILED;
        case FEED_REFUSED:
            return CLI_FAILED;
        case FEED_INTERRUPTED:
            return CLI_DONE;
        }
        if (decisions_are_due(&watch->decisions))
            watch->shown += decisions_print(&watch->decisions);
        (void)fflush(stdout);
    }
    return is_alarm ? CLI_ALARM : ferror(stdout) ? CLI_FAILED : CLI_DONE;
}

/* What is asked for without --topic. */
static void add_usual_topics(const struct watch *watch, struct feed *feed)
{
    static const char *const for_people[] = {"burst.", "alarm.", "status.", "log."};
    if (watch->options.is_json) {
        feed_add(feed, "");
        return;
    }
    for (size_t i = 0; i < sizeof for_people / sizeof *for_people; i++)
        feed_add(feed, for_people[i]);
}

int cli_watch(int argc, char **argv)
{
    struct watch watch = {
        .options = {
            .command = "watch",
            .operands = "",
            .summary =
                "Shows what the daemon publishes, as it comes. Text: bursts, alarms, log and a status every 5 s;\n"
                "more with --topic: hist. scan. trigger. (decisions are summed over a second). --json: every message.\n"
                "Without --timeout it waits for a daemon for ever.",
            .rows = rows,
            .row_count = ROWS,
            .shared = OPTIONS_QUERY}};
    if (!parse(&watch, argc, argv))
        return watch.options.exit_code;
    struct feed *feed = feed_open(&watch.options);
    if (feed == NULL)
        return watch.options.exit_code;
    for (uint32_t i = 0; i < watch.topic_count; i++)
        feed_add(feed, watch.topics[i]);
    if (watch.topic_count == 0)
        add_usual_topics(&watch, feed);
    int exit_code = follow(&watch, feed);
    feed_close(feed);
    return exit_code;
}
