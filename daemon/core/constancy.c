/* SPDX-License-Identifier: MIT */
/* constancy - see constancy.h. */
#include "core/constancy.h"

#include <stdbool.h>
#include <string.h>

#include "core/tail.h"

void constancy_begin(struct constancy *constancy)
{
    memset(constancy, 0, sizeof *constancy);
    constancy->length = 1;
}

static void add_block(struct constancy_block *block, const struct estimates *estimates, uint64_t n_peak)
{
    estimates_add(&block->estimates, estimates);
    block->n_peak += n_peak;
}

/* Neighbours become one block, so that half of the places are free again. All blocks are full. */
static void merge_neighbours(struct constancy *constancy)
{
    struct constancy_block *blocks = constancy->blocks;
    for (uint32_t i = 0; i < CONSTANCY_BLOCKS / 2; i++) {
        blocks[i] = blocks[2 * i];
        add_block(&blocks[i], &blocks[2 * i + 1].estimates, blocks[2 * i + 1].n_peak);
    }
    memset(&blocks[CONSTANCY_BLOCKS / 2], 0, CONSTANCY_BLOCKS / 2 * sizeof *blocks);
    constancy->count = CONSTANCY_BLOCKS / 2;
    constancy->length *= 2;
    constancy->in_newest = constancy->length;
}

void constancy_add(struct constancy *constancy, const struct estimates *estimates, uint64_t n_peak)
{
    bool is_full = constancy->count == 0 || constancy->in_newest == constancy->length;
    if (is_full && constancy->count == CONSTANCY_BLOCKS)
        merge_neighbours(constancy);
    if (is_full) {
        constancy->count++;
        constancy->in_newest = 0;
    }
    add_block(&constancy->blocks[constancy->count - 1], estimates, n_peak);
    constancy->in_newest++;
}

/* n - b of a block; a negative b stays, because an excess is linear. */
static double excess_of(const struct estimates *estimates, uint32_t index)
{
    return (double)estimates->n[index] - (double)estimates->b_q20[index] * ESTIMATES_UNIT;
}

double constancy_p(const struct constancy *constancy, uint32_t index)
{
    double excess = 0.0, variance = 0.0, peak = 0.0, chi2 = 0.0;
    uint32_t blocks = 0;
    for (uint32_t i = 0; i < constancy->count; i++) {
        const struct constancy_block *block = &constancy->blocks[i];
        excess += excess_of(&block->estimates, index);
        variance += (double)block->estimates.n[index] + (double)block->estimates.v_q20[index] * ESTIMATES_UNIT;
        peak += (double)block->n_peak;
        blocks += block->n_peak > 0;
    }
    if (blocks < 2 || !(variance > 0.0))
        return 1.0;
    for (uint32_t i = 0; i < constancy->count; i++) {
        double share = (double)constancy->blocks[i].n_peak / peak;
        double difference = excess_of(&constancy->blocks[i].estimates, index) - share * excess;
        if (share > 0.0)
            chi2 += difference * difference / (share * variance);
    }
    return tail_chi2(chi2, blocks - 1);
}

/* ---- what survives a restart ---- */

/* A background of 2^36 candidates: blocks that are merged do not run over. */
#define BLOCK_B_Q20_MAX (INT64_C(1) << 56)
#define LENGTH_MAX (1u << 30)

static void archive_block(struct archive *archive, struct constancy_block *block)
{
    bool is_sound = true;
    archive_u64s(archive, block->estimates.n, HYPOTHESIS_COUNT);
    archive_i64s(archive, block->estimates.b_q20, HYPOTHESIS_COUNT);
    archive_u64s(archive, block->estimates.v_q20, HYPOTHESIS_COUNT);
    archive_u64(archive, &block->n_peak);
    for (uint32_t i = 0; i < HYPOTHESIS_COUNT; i++)
        is_sound &= block->estimates.b_q20[i] >= -BLOCK_B_Q20_MAX && block->estimates.b_q20[i] <= BLOCK_B_Q20_MAX;
    archive_require(archive, is_sound);
}

/* All blocks but the newest are full. */
static bool is_filled(const struct constancy *constancy)
{
    uint32_t length = constancy->length;
    if (length == 0 || length > LENGTH_MAX || (length & (length - 1)) != 0)
        return false;
    return constancy->count == 0 ? length == 1 && constancy->in_newest == 0
                                 : constancy->in_newest >= 1 && constancy->in_newest <= length;
}

void constancy_archive(struct archive *archive, struct constancy *constancy)
{
    archive_below(archive, &constancy->count, CONSTANCY_BLOCKS + 1);
    archive_u32(archive, &constancy->length);
    archive_u32(archive, &constancy->in_newest);
    archive_require(archive, is_filled(constancy));
    for (uint32_t i = 0; i < constancy->count; i++)
        archive_block(archive, &constancy->blocks[i]);
}
