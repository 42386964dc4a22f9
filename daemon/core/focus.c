/* SPDX-License-Identifier: MIT */
/* focus - see focus.h. */
#include "core/focus.h"

#include <assert.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "core/deviance.h"

/* g of a change by the factor mu > 0, (mu - 1)/ln mu: 1 + (mu - 1)/2 - (mu - 1)^2/12 + ... next to 1. */
static double slope_of_factor(double mu)
{
    double x = mu - 1.0;
    return fabs(x) < 1e-6 ? 1.0 + x / 2.0 : x / log1p(x);
}

void focus_init(struct focus *focus, enum focus_model model, enum focus_direction direction, double least)
{
    memset(focus, 0, sizeof *focus);
    focus->model = model;
    focus->sign = direction == FOCUS_RISE ? 1.0 : -1.0;
    if (model == FOCUS_POISSON) {
        assert(least >= 1.0 && isfinite(least));
        focus->least = direction == FOCUS_RISE ? least : 1.0 / least;
        focus->slope_min = focus->sign * slope_of_factor(focus->least);
    } else {
        assert(least >= 0.0 && isfinite(least));
        focus->least = focus->sign * least;
        focus->slope_min = least / 2.0;
    }
}

void focus_clear(struct focus *focus)
{
    focus->count = 0;
    focus->length = 0;
}

/* Forgets the first `count` blocks. */
static void drop_oldest(struct focus *focus, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        focus->length -= focus->blocks[i].length;
    focus->count -= count;
    memmove(focus->blocks, focus->blocks + count, focus->count * sizeof focus->blocks[0]);
}

/* Whether b rises less than a does, or falls less; weights are positive, so that no division is needed. */
static bool is_flatter(const struct focus *focus, const struct focus_block *b, const struct focus_block *a)
{
    return focus->sign * b->value * a->weight <= focus->sign * a->value * b->weight;
}

static void merge_into(struct focus_block *older, const struct focus_block *newer)
{
    older->value += newer->value;
    older->weight += newer->weight;
    older->length += newer->length;
}

static bool is_too_flat(const struct focus *focus, const struct focus_block *block)
{
    return focus->sign * block->value <= focus->slope_min * block->weight;
}

void focus_add(struct focus *focus, uint32_t time, double value, double weight)
{
    struct focus_block newest = {value, weight, time, 1};
    assert(isfinite(value) && weight > 0.0 && isfinite(weight));
    focus->length++;
    while (focus->count > 0 && is_flatter(focus, &newest, &focus->blocks[focus->count - 1])) {
        struct focus_block *older = &focus->blocks[--focus->count];
        merge_into(older, &newest);
        newest = *older;
    }
    if (focus->count == FOCUS_BLOCKS_MAX) {
        drop_oldest(focus, 1);
        focus->forgotten_blocks++;
    }
    focus->blocks[focus->count++] = newest;
    uint32_t flat = 0;
    while (flat < focus->count && is_too_flat(focus, &focus->blocks[flat]))
        flat++;
    if (flat > 0)
        drop_oldest(focus, flat);
}

void focus_limit(struct focus *focus, uint32_t bursts)
{
    uint32_t count = 0, left = focus->length;
    while (count < focus->count && left > bursts)
        left -= focus->blocks[count++].length;
    if (count > 0)
        drop_oldest(focus, count);
}

/* The largest ratio over all changes of interest, for a stretch with more than the flattest slope of interest: at the
 * best change, or at the smallest one of interest when that is larger. */
static double ratio_of(const struct focus *focus, double x, double b)
{
    double least = focus->least;
    bool is_large = focus->sign * x >= focus->sign * least * b;
    switch (focus->model) {
    case FOCUS_POISSON:
        return is_large ? deviance(x, b) : x * log(least) - (least - 1.0) * b;
    case FOCUS_GAUSSIAN:
        return is_large ? x * x / (2.0 * b) : least * (x - least * b / 2.0);
    }
    return 0.0;
}

struct focus_segment focus_best(const struct focus *focus, double relative_variance)
{
    struct focus_segment best = {0}, segment = {0};
    double best_score = 0.0;
    for (uint32_t i = focus->count; i-- > 0;) {
        const struct focus_block *block = &focus->blocks[i];
        segment.value += block->value;
        segment.weight += block->weight;
        segment.length += block->length;
        segment.start = block->start;
        segment.ratio = ratio_of(focus, segment.value, segment.weight);
        double score = segment.ratio / (1.0 + relative_variance * segment.weight);
        if (score > best_score) {
            best_score = score;
            best = segment;
        }
    }
    return best;
}

/* ---- what survives a restart ---- */

/* Their products are finite. */
#define SUM_MIN 1e-150
#define SUM_MAX 1e150

void focus_archive(struct archive *archive, struct focus *focus, uint32_t bursts)
{
    uint64_t length = 0; /* < 2^32 times the blocks */
    archive_below(archive, &focus->count, FOCUS_BLOCKS_MAX + 1);
    archive_u64(archive, &focus->forgotten_blocks);
    for (uint32_t i = 0; i < focus->count; i++) {
        struct focus_block *block = &focus->blocks[i];
        archive_double_between(archive, &block->value, -SUM_MAX, SUM_MAX);
        archive_double_between(archive, &block->weight, SUM_MIN, SUM_MAX);
        archive_u32(archive, &block->start);
        archive_u32(archive, &block->length);
        archive_require(archive, block->length > 0);
        length += block->length;
    }
    archive_require(archive, length <= bursts);
    focus->length = archive->is_sound ? (uint32_t)length : 0;
}
