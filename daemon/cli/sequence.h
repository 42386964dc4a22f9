/* SPDX-License-Identifier: MIT */
/*
 * sequence - what is new, repeated or missing in the messages of each topic, by their (epoch, seq).
 *
 * A daemon numbers the messages of a topic from 1 and gives its cached values again to everybody when somebody joins. A
 * new epoch is a new daemon: its numbers start afresh.
 */
#ifndef HNLMON_CLI_SEQUENCE_H
#define HNLMON_CLI_SEQUENCE_H

#include <stdbool.h>
#include <stdint.h>

#include "io/publisher.h"

#define SEQUENCE_TOPICS_MAX 1024u /* topics beyond it are let through unchecked */

struct sequence_topic {
    char name[TOPIC_BYTES_MAX];
    char epoch[24];
    uint64_t seq;
};

struct sequence {
    struct sequence_topic topics[SEQUENCE_TOPICS_MAX];
    uint32_t count;
};

struct sequence_step {
    bool is_new;
    uint64_t missed; /* messages between the last one of this topic and this one */
};

/* `epoch` in any notation, the same for the same epoch. A seq of 0 (the daemon does not number this
 * topic) is let through. Start with a zeroed struct. */
struct sequence_step sequence_follow(struct sequence *sequence, const char *topic, const char *epoch, uint64_t seq);

#endif
