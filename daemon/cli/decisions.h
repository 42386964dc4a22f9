/* SPDX-License-Identifier: MIT */
/*
 * decisions - the trigger decisions of about one second, as one line of text per trigger line and source.
 *
 * The daemon publishes a message per batch and line, hundreds each second: nobody reads that.
 */
#ifndef HNLMON_CLI_DECISIONS_H
#define HNLMON_CLI_DECISIONS_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#define DECISION_SUMS_MAX 192u /* trigger lines times sources; what is beyond is not shown */

struct decision_sum {
    char line[32];
    uint64_t source;
    uint64_t candidates, kept;
};

struct decisions {
    struct decision_sum sums[DECISION_SUMS_MAX];
    uint32_t count;
    double since_s; /* of the first message that was added; clock of patience_now_s */
};

/* Adds a TriggerDecisions. Start with a zeroed struct. */
void decisions_add(struct decisions *decisions, const json_t *message);

/* Whether a second has passed since the first message. */
bool decisions_are_due(const struct decisions *decisions);

/* Prints a line for each sum to the standard output and begins anew; returns how many. */
uint32_t decisions_print(struct decisions *decisions);

#endif
