/* SPDX-License-Identifier: MIT */
/* sequence - see sequence.h. */
#include "cli/sequence.h"

#include <stdio.h>
#include <string.h>

static struct sequence_topic *find(struct sequence *sequence, const char *topic)
{
    for (uint32_t i = 0; i < sequence->count; i++)
        if (strcmp(sequence->topics[i].name, topic) == 0)
            return &sequence->topics[i];
    return NULL;
}

static void restart(struct sequence_topic *known, const char *topic, const char *epoch, uint64_t seq)
{
    (void)snprintf(known->name, sizeof known->name, "%s", topic);
    (void)snprintf(known->epoch, sizeof known->epoch, "%s", epoch);
    known->seq = seq;
}

struct sequence_step sequence_follow(struct sequence *sequence, const char *topic, const char *epoch, uint64_t seq)
{
    if (seq == 0)
        return (struct sequence_step){true, 0};
    struct sequence_topic *known = find(sequence, topic);
    if (known == NULL && sequence->count == SEQUENCE_TOPICS_MAX)
        return (struct sequence_step){true, 0};
    if (known == NULL)
        known = &sequence->topics[sequence->count++];
    if (strcmp(known->name, topic) != 0 || strncmp(known->epoch, epoch, sizeof known->epoch - 1) != 0) {
        restart(known, topic, epoch, seq);
        return (struct sequence_step){true, 0};
    }
    if (seq <= known->seq)
        return (struct sequence_step){false, 0};
    uint64_t missed = seq - known->seq - 1;
    known->seq = seq;
    return (struct sequence_step){true, missed};
}
