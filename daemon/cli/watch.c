/* SPDX-License-Identifier: MIT */
/* watch - shows what the daemon publishes as it comes, one line per message, as text or as JSON. */
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/digest.h"
#include "cli/feed.h"
#include "cli/field.h"
#include "cli/options.h"

#define TOPICS_MAX 32u /* --topic on one command line */

enum watch_row { ROW_TOPIC, ROW_COUNT, ROW_FAIL_ON_ALARM, ROWS };

static const struct option_row rows[ROWS] = {
    [ROW_TOPIC] = {"topic", "PREFIX", "only topics that begin so, e.g. burst. or scan.unprescaled. (repeatable)"},
    [ROW_COUNT] = {"count", "N", "end after N messages"},
    [ROW_FAIL_ON_ALARM] = {"fail-on-alarm", NULL, "end with code 5 at the first alarm that nobody acknowledged"},
};

struct watch {
    struct options options;
    const char *topics[TOPICS_MAX];
    uint32_t topic_count;
    double count; /* 0: no limit */
    bool is_failing_on_alarm;
};

/* False: leave with options.exit_code. */
static bool parse(struct watch *watch, int argc, char **argv)
{
    for (int row; (row = options_next(&watch->options, argc, argv)) != OPTIONS_END;) {
        if (row == OPTIONS_EXIT)
            return false;
        if (row == ROW_TOPIC && watch->topic_count == TOPICS_MAX) {
            fprintf(stderr, "hnlmon watch: more than %u --topic\n", TOPICS_MAX);
            watch->options.exit_code = CLI_USAGE;
            return false;
        }
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

static void show(const struct watch *watch, const json_t *envelope)
{
    if (watch->options.is_json) {
        field_print_json(envelope);
    } else {
        digest_print(envelope);
        (void)fflush(stdout);
    }
}

static int follow(const struct watch *watch, struct feed *feed)
{
    struct feed_message message;
    for (double shown = 0; watch->count <= 0 || shown < watch->count; shown++) {
        switch (feed_next(feed, &message)) {
        case FEED_MESSAGE:
            break;
        case FEED_TIMEOUT:
            fprintf(stderr, "hnlmon watch: nothing came within %g s\n", watch->options.timeout_s);
            return CLI_FAILED;
        case FEED_INTERRUPTED:
            return CLI_DONE;
        }
        show(watch, message.envelope);
        bool is_alarm = watch->is_failing_on_alarm && is_waiting_alarm(message.envelope);
        json_decref(message.envelope);
        if (is_alarm)
            return CLI_ALARM;
        if (ferror(stdout))
            return CLI_FAILED;
    }
    return CLI_DONE;
}

int cli_watch(int argc, char **argv)
{
    struct watch watch = {
        .options = {
            .command = "watch",
            .operands = "",
            .summary = "Shows what the daemon publishes, as it comes: bursts, alarms, scans, histograms, status, log.\n"
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
        feed_add(feed, "");
    int exit_code = follow(&watch, feed);
    feed_close(feed);
    return exit_code;
}
