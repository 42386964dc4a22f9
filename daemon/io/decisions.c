/* SPDX-License-Identifier: MIT */
/* decisions - see the header. */
#include "io/decisions.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "io/clock.h"
#include "io/publisher.h"

#define DECISIONS_BYTES_MAX 2048u /* 4096 bits and the envelope around them */

struct decisions {
    struct publisher *publisher;
    const struct monitor *monitor;
    const struct envelope *envelope;
    uint64_t interest; /* of the publisher, when `wanted` was asked */
    bool wanted[LINE_COUNT];
    char topics[LINE_COUNT][TOPIC_BYTES_MAX];
    unsigned char bytes[DECISIONS_BYTES_MAX];
};

static void ask_what_is_wanted(struct decisions *decisions)
{
    decisions->interest = publisher_interest(decisions->publisher);
    for (enum line line = LINE_UNPRESCALED; line < LINE_COUNT; line++)
        decisions->wanted[line] = publisher_is_wanted(decisions->publisher, decisions->topics[line]);
}

static void name_topics(struct decisions *decisions)
{
    for (enum line line = LINE_UNPRESCALED; line < LINE_COUNT; line++) {
        char *topic = decisions->topics[line];
        strcpy(topic, TOPIC_PREFIX "trigger.");
        strcat(topic, line_name(line));
        strcat(topic, ".");
    }
    ask_what_is_wanted(decisions);
}

struct decisions *decisions_create(struct publisher *publisher, const struct monitor *monitor,
                                   const struct envelope *envelope)
{
    struct decisions *decisions = calloc(1, sizeof *decisions);
    assert(envelope);
    if (!decisions)
        return NULL;
    decisions->publisher = publisher;
    decisions->monitor = monitor;
    decisions->envelope = envelope;
    name_topics(decisions);
    return decisions;
}

void decisions_destroy(struct decisions *decisions)
{
    free(decisions);
}

void decisions_publish(struct decisions *decisions, const struct applied *applied, uint64_t t_ns)
{
    if (decisions->interest != publisher_interest(decisions->publisher))
        ask_what_is_wanted(decisions);
    for (enum line line = LINE_UNPRESCALED; line < LINE_COUNT; line++) {
        if (!decisions->wanted[line])
            continue;
        struct envelope envelope = *decisions->envelope;
        envelope.seq = publisher_next_seq(decisions->publisher, decisions->topics[line]);
        envelope.t_event_ns = t_ns;
        envelope.t_publish_ns = clock_unix_ns();
        envelope.run = applied->entry->run;
        envelope.burst = applied->entry->burst;
        envelope.origin = applied->entry->origin;
        envelope.is_blind = monitor_is_blind(decisions->monitor);
        size_t size = published_decisions(&envelope, line, applied, decisions->bytes, DECISIONS_BYTES_MAX);
        publisher_send(decisions->publisher, PUBLISH_STREAM, decisions->topics[line], decisions->bytes, size);
    }
}
