/* SPDX-License-Identifier: MIT */
/* tally - see tally.h. */
#include "core/tally.h"

#include "hnlmon/mmiss.h"
#include "kernel/batch.h"

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

/* Where the values of a block go on an axis. (distance + 0.5) / width is at least 0.5 / width away from any integer, far
 * more than the rounding of a double, so that the truncation is the exact floor; a double divides by multiplication and in
 * vectors, integers do not. */
static void find_slots(const struct axis *axis, const int32_t *values, uint32_t count, uint16_t *slots)
{
    double lo = (double)axis->lo - 0.5, scale = 1.0 / (double)axis->width, last = (double)axis->bins + 1.0;
    for (uint32_t i = 0; i < count; i++) {
        double slot = ((double)values[i] - lo) * scale + 1.0;
        slot = slot < last ? slot : last;
        slots[i] = (uint16_t)(int32_t)(values[i] < axis->lo ? 0.0 : slot);
    }
}

static void fill(struct burst *burst, enum histogram_id id, const struct block *block, const int32_t *values)
{
    const struct histogram_info *info = &histogram_table[id];
    uint32_t *counts = burst->slots + info->offset;
    uint16_t slots[BATCH_BLOCK];
    find_slots(&info->axis, values, block->count, slots);
    for (uint32_t i = 0; i < block->count; i++)
        counts[slots[i]] += is_measured(block->result.reason[i]);
}

static void fill_column(struct burst *burst, enum histogram_id id, const struct block *block, enum candidate_column column)
{
    int32_t values[BATCH_BLOCK];
    for (uint32_t i = 0; i < block->count; i++)
        values[i] = column_value(&block->batch->columns, column, block->begin + i);
    fill(burst, id, block, values);
}

/* The magnitude of the positron momentum, within one LSB: for the histogram only. */
static void fill_positron_momentum(struct burst *burst, const struct block *block)
{
    const struct candidate_columns *columns = &block->batch->columns;
    int32_t values[BATCH_BLOCK];
    for (uint32_t i = 0; i < block->count; i++) {
        double x = column_value(columns, COLUMN_E_PX, block->begin + i);
        double y = column_value(columns, COLUMN_E_PY, block->begin + i);
        double z = column_value(columns, COLUMN_E_PZ, block->begin + i);
        double p = __builtin_sqrt(x * x + y * y + z * z);
        values[i] = (int32_t)(p < MOMENTUM_LIMIT_Q13 ? p : MOMENTUM_LIMIT_Q13);
    }
    fill(burst, HISTOGRAM_P_E, block, values);
}

static void fill_quality(struct burst *burst, const struct block *block)
{
    fill_column(burst, HISTOGRAM_M_GG, block, COLUMN_M_GG);
    fill_column(burst, HISTOGRAM_E_OVER_P, block, COLUMN_E_OVER_P);
    fill_column(burst, HISTOGRAM_VERTEX_Z, block, COLUMN_VERTEX_Z);
    fill_column(burst, HISTOGRAM_DT, block, COLUMN_DT);
    fill_column(burst, HISTOGRAM_DT_K, block, COLUMN_DT_K);
    fill_column(burst, HISTOGRAM_CDA, block, COLUMN_CDA);
    fill_column(burst, HISTOGRAM_BURST_TIME, block, COLUMN_TIME);
    fill_positron_momentum(burst, block);
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

/* A candidate that passed every cut but perhaps the veto: the m2 histograms and decisions of the lines. `index` counts from
 * the first counted candidate of the batch. */
static void fill_lines(struct burst *burst, const struct block *block, uint32_t i, uint32_t index, struct applied *applied)
{
    uint32_t slot = block->result.slot[i];
    uint32_t flags = column_word(&block->batch->columns, COLUMN_FLAGS, block->begin + i);
    int32_t m2_mev2 = mmiss_mev2(block->result.m2[i]);
    uint64_t seq = block->batch->first_seq + block->begin + i;
    bool is_accepted = block->result.reason[i] == REJECT_NONE;
    for (enum line line = LINE_UNPRESCALED; line < LINE_COUNT; line++) {
        if (!line_takes(line, flags, m2_mev2, seq))
            continue;
        burst->slots[(2 * line + 1) * M2_SLOTS + slot]++;
        burst->slots[2 * line * M2_SLOTS + slot] += is_accepted;
        applied->decisions[line][index / 8] |= (unsigned char)(is_accepted << index % 8);
    }
}

static void tally_block(struct burst *burst, const struct block *block, uint32_t index, struct picks *picks,
                        struct applied *applied, uint64_t counts[REJECT_REASON_COUNT])
{
    for (uint32_t i = 0; i < block->count; i++) {
        uint8_t reason = block->result.reason[i];
        counts[reason]++;
        if (reason != REJECT_NONE && reason != REJECT_VETO)
            continue;
        fill_lines(burst, block, i, index + i, applied);
        if (reason == REJECT_NONE && mmiss_mev2(block->result.m2[i]) >= PICK_ABOVE_MEV2)
            keep_pick(picks, block, i);
    }
    fill_quality(burst, block);
}

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
