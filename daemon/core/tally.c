/* SPDX-License-Identifier: MIT */
/*
 * tally - see tally.h.
 *
 * Each block is walked twice: once for the lines, where few candidates take more than the shortest path, and once for
 * the quality histograms, where the slots are found first, column by column, and then counted candidate by candidate,
 * so that neighbouring increments go to different histograms and do not wait for each other.
 */
#include "core/tally.h"

#include <stddef.h>

#include "kernel/batch.h"
#include "kernel/batch_slots.h"

#define PICK_ABOVE_Q26 ((int64_t)PICK_ABOVE_MEV2 << M2_SHIFT)

/* One block of at most BATCH_BLOCK candidates: what the kernel said, and where it is in its batch. */
struct block {
    const struct batch *batch;
    uint32_t begin; /* index in the batch */
    uint32_t count;
    struct batch_result result;
};

static bool is_measured(uint8_t reason)
{
    return reason != REJECT_BAD_TIME && reason != REJECT_BAD_RANGE;
}

/* Quality histograms that show a column as it is; the positron momentum comes behind them. */
static const struct {
    enum histogram_id histogram;
    enum candidate_column column;
} shown[] = {
    {HISTOGRAM_M_GG, COLUMN_M_GG},       {HISTOGRAM_E_OVER_P, COLUMN_E_OVER_P}, {HISTOGRAM_VERTEX_Z, COLUMN_VERTEX_Z},
    {HISTOGRAM_DT, COLUMN_DT},           {HISTOGRAM_DT_K, COLUMN_DT_K},         {HISTOGRAM_CDA, COLUMN_CDA},
    {HISTOGRAM_BURST_TIME, COLUMN_TIME},
};
enum { SHOWN_COUNT = sizeof shown / sizeof shown[0], QUALITY_COUNT = SHOWN_COUNT + 1 };

_Static_assert(HISTOGRAM_SLOTS <= UINT16_MAX, "a place in the array of all slots fits into 16 bits");

/* Where the words of a block of candidates go in the array of all slots. */
static void find_places(enum histogram_id id, const unsigned char *words, uint32_t count, uint16_t *places)
{
    batch_slots(&histogram_table[id].axis, histogram_table[id].offset, words, count, places);
}

static const unsigned char *block_words(const struct block *block, enum candidate_column column)
{
    return block->batch->columns.column[column] + (size_t)4 * block->begin;
}

static void fill_quality(struct burst *burst, const struct block *block)
{
    uint16_t places[QUALITY_COUNT][BATCH_BLOCK];
    unsigned char momentum[4 * BATCH_BLOCK];
    for (int h = 0; h < SHOWN_COUNT; h++)
        find_places(shown[h].histogram, block_words(block, shown[h].column), block->count, places[h]);
    batch_magnitudes(block_words(block, COLUMN_E_PX), block_words(block, COLUMN_E_PY), block_words(block, COLUMN_E_PZ),
                     block->count, momentum);
    find_places(HISTOGRAM_P_E, momentum, block->count, places[SHOWN_COUNT]);
    for (uint32_t i = 0; i < block->count; i++) {
        uint32_t one = is_measured(block->result.reason[i]);
        for (int h = 0; h < QUALITY_COUNT; h++)
            burst->slots[places[h][i]] += one;
    }
}

static void keep_pick(struct picks *picks, const struct block *block, uint32_t i)
{
    const struct batch *batch = block->batch;
    picks->entries[picks->count++ % PICKS_MAX] = (struct pick){
        .run = batch->run,
        .burst = batch->burst,
        .source = batch->source,
        .epoch = batch->epoch,
        .seq = batch->first_seq + block->begin + i,
        .time = column_word(&batch->columns, COLUMN_TIME, block->begin + i),
        .m2 = block->result.m2[i],
    };
}

/* The lines behind the first take few candidates. */
static void fill_other_lines(struct burst *burst, uint32_t takers, bool is_accepted, uint32_t slot)
{
    for (uint32_t line = LINE_UNPRESCALED + 1; line < LINE_COUNT; line++) {
        uint32_t takes = takers >> line & 1u;
        burst->slots[(2 * line + 1) * M2_SLOTS + slot] += takes;
        burst->slots[2 * line * M2_SLOTS + slot] += takes & is_accepted;
    }
}

/* A candidate that passed every cut but perhaps the veto: the m2 histograms of the lines, and the picks. Returns the
 * lines that accept it, as bits. */
static uint32_t fill_lines(struct burst *burst, const struct block *block, uint32_t i, uint32_t flags, bool is_accepted,
                           struct picks *picks)
{
    uint32_t slot = block->result.slot[i];
    int64_t m2 = block->result.m2[i];
    uint32_t takers = line_takers(flags, m2, block->batch->first_seq + block->begin + i);
    burst->slots[HISTOGRAM_M2_BEFORE_VETO * M2_SLOTS + slot]++;
    burst->slots[HISTOGRAM_M2 * M2_SLOTS + slot] += is_accepted;
    if (takers != 1u << LINE_UNPRESCALED)
        fill_other_lines(burst, takers, is_accepted, slot);
    if (m2 >= PICK_ABOVE_Q26 && is_accepted)
        keep_pick(picks, block, i);
    return is_accepted ? takers : 0;
}

/* The bitmap of a line over a block; takers[] is 0 up to the next multiple of eight. */
static void decide(enum line line, const uint8_t *takers, uint32_t count, unsigned char *bitmap)
{
    for (uint32_t i = 0; i < count; i += 8) {
        unsigned byte = 0;
        for (uint32_t bit = 0; bit < 8; bit++)
            byte |= (takers[i + bit] >> line & 1u) << bit;
        bitmap[i / 8] = (unsigned char)byte;
    }
}

/* The photon vetoes that fired, one bit in each of four fields of 16 bits: sums over a block do not overflow. Copies of
 * the four bits at 0, 15, 30 and 45 do not overlap, and bit i of copy i lies at 16 i. */
static uint64_t veto_fields(uint32_t flags)
{
    const uint64_t copies = 1u | UINT64_C(1) << 15 | UINT64_C(1) << 30 | UINT64_C(1) << 45;
    return (flags >> FLAG_VETO_SHIFT & ((1u << VETO_COUNT) - 1)) * copies & UINT64_C(0x0001000100010001);
}

_Static_assert(VETO_COUNT == 4 && FLAG_PHOTON_VETO == 0xFu << FLAG_VETO_SHIFT, "four vetoes in neighbouring bits");
_Static_assert(BATCH_BLOCK < 1 << 16, "the sums of a block fit into 16 bits");

/* `index` counts from the first counted candidate of the batch: a multiple of BATCH_BLOCK. */
static void tally_block(struct burst *burst, const struct block *block, uint32_t index, struct picks *picks,
                        struct applied *applied, uint64_t counts[REJECT_REASON_COUNT])
{
    uint8_t takers[BATCH_BLOCK] = {0};
    uint32_t accepted = 0, vetoed = 0;
    uint64_t fired = 0;
    for (uint32_t i = 0; i < block->count; i++) {
        uint8_t reason = block->result.reason[i];
        if (reason != REJECT_NONE && reason != REJECT_VETO) {
            counts[reason]++;
            continue;
        }
        uint32_t flags = column_word(&block->batch->columns, COLUMN_FLAGS, block->begin + i);
        accepted += reason == REJECT_NONE;
        vetoed += reason == REJECT_VETO;
        fired += veto_fields(flags);
        takers[i] = (uint8_t)fill_lines(burst, block, i, flags, reason == REJECT_NONE, picks);
    }
    for (int veto = 0; veto < VETO_COUNT; veto++)
        burst->vetoes[veto] += fired >> 16 * veto & 0xFFFF;
    counts[REJECT_NONE] += accepted;
    counts[REJECT_VETO] += vetoed;
    for (enum line line = LINE_UNPRESCALED; line < LINE_COUNT; line++)
        decide(line, takers, block->count, applied->decisions[line] + index / 8);
    fill_quality(burst, block);
}

_Static_assert(BATCH_BLOCK % 8 == 0, "blocks begin at whole bytes of the decisions");

void tally_batch(struct burst *burst, const struct selection *selection, const struct batch *batch, uint32_t begin,
                 struct picks *picks, struct applied *applied, uint64_t counts[REJECT_REASON_COUNT])
{
    struct block block = {.batch = batch};
    for (block.begin = begin; block.begin < batch->columns.count; block.begin += block.count) {
        uint32_t left = batch->columns.count - block.begin;
        block.count = left < BATCH_BLOCK ? left : BATCH_BLOCK;
        batch_evaluate(selection, &batch->columns, block.begin, block.count, &block.result);
        tally_block(burst, &block, block.begin - begin, picks, applied, counts);
    }
}
