/* SPDX-License-Identifier: MIT */
/* alias - see the header. */
#include "physics/alias.h"

#include <assert.h>
#include <math.h>

#define FULL 0x1p48

/* Columns lower or higher than the mean, in the order in which they are to be levelled. */
struct stack {
    uint32_t indices[ALIAS_COUNT_MAX];
    uint32_t count;
};

static void push(struct stack *stack, uint32_t index)
{
    stack->indices[stack->count++] = index;
}

static uint32_t pop(struct stack *stack)
{
    return stack->indices[--stack->count];
}

static void set_mark(struct alias *alias, uint32_t index, double height, uint32_t other)
{
    alias->columns[index] = (struct alias_column){(uint64_t)llround(height * FULL), other};
}

/* Heights in units of the mean. A high column gives to a low one what that lacks, and is looked at again; what is left
 * at the end differs from the mean by rounding only. */
static void level(struct alias *alias, double *heights, struct stack *low, struct stack *high)
{
    while (low->count && high->count) {
        uint32_t small = pop(low), large = pop(high);
        set_mark(alias, small, heights[small], large);
        heights[large] -= 1 - heights[small];
        push(heights[large] < 1 ? low : high, large);
    }
    for (; low->count; low->count--)
        set_mark(alias, low->indices[low->count - 1], 1, low->indices[low->count - 1]);
    for (; high->count; high->count--)
        set_mark(alias, high->indices[high->count - 1], 1, high->indices[high->count - 1]);
}

void alias_init(struct alias *alias, const double *weights, uint32_t count)
{
    double heights[ALIAS_COUNT_MAX], sum = 0;
    struct stack low = {.count = 0}, high = {.count = 0};
    assert(count >= 1 && count <= ALIAS_COUNT_MAX);
    for (uint32_t i = 0; i < count; i++)
        sum += weights[i];
    assert(sum > 0 && isfinite(sum));
    alias->count = count;
    for (uint32_t i = 0; i < count; i++) {
        heights[i] = weights[i] * count / sum;
        push(heights[i] < 1 ? &low : &high, i);
    }
    level(alias, heights, &low, &high);
}
