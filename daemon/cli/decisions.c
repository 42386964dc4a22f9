/* SPDX-License-Identifier: MIT */
/* decisions - see decisions.h. */
#include "cli/decisions.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli/field.h"
#include "cli/patience.h"
#include "cli/terminal.h"

#define PERIOD_S 1.0

static struct decision_sum *sum_of(struct decisions *decisions, const char *line, uint64_t source)
{
    for (uint32_t i = 0; i < decisions->count; i++) {
        struct decision_sum *sum = &decisions->sums[i];
        if (sum->source == source && strncmp(sum->line, line, sizeof sum->line - 1) == 0)
            return sum;
    }
    if (decisions->count == DECISION_SUMS_MAX)
        return NULL;
    struct decision_sum *sum = &decisions->sums[decisions->count++];
    *sum = (struct decision_sum){.source = source};
    (void)snprintf(sum->line, sizeof sum->line, "%s", line);
    return sum;
}

/* Bits that are set in lowercase hexadecimal digits. */
static uint64_t bits_set(const char *digits)
{
    static const char all[] = "0123456789abcdef";
    static const uint8_t bits[] = {0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4};
    uint64_t set = 0;
    for (; *digits != '\0'; digits++) {
        const char *digit = strchr(all, *digits);
        set += digit != NULL ? bits[digit - all] : 0;
    }
    return set;
}

void decisions_add(struct decisions *decisions, const json_t *message)
{
    if (decisions->count == 0)
        decisions->since_s = patience_now_s();
    struct decision_sum *sum = sum_of(decisions, field_text(message, "line"), field_count(message, "source"));
    if (sum == NULL)
        return;
    sum->candidates += field_count(message, "count");
    sum->kept += bits_set(field_text(message, "bitmap"));
}

bool decisions_are_due(const struct decisions *decisions)
{
    return decisions->count > 0 && patience_now_s() - decisions->since_s >= PERIOD_S;
}

uint32_t decisions_print(struct decisions *decisions)
{
    uint32_t count = decisions->count;
    for (uint32_t i = 0; i < count; i++) {
        const struct decision_sum *sum = &decisions->sums[i];
        char candidates[GROUPED_SIZE], kept[GROUPED_SIZE];
        printf("TRIGGER %-11s source %" PRIu64 " %9s candidates %9s kept in the last second\n", sum->line, sum->source,
               terminal_grouped(sum->candidates, candidates), terminal_grouped(sum->kept, kept));
    }
    decisions->count = 0;
    return count;
}
