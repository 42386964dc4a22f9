/* SPDX-License-Identifier: MIT */
/* checkpoint - see checkpoint.h. */
#include "wire/checkpoint.h"

#include <assert.h>

static const char magic[] = "HNLMSLOT";

size_t checkpoint_seal(const struct checkpoint *checkpoint, unsigned char *slot)
{
    assert(checkpoint->content_bytes <= CHECKPOINT_CONTENT_MAX);
    struct block block = {
        .magic = magic,
        .version = CHECKPOINT_VERSION,
        .words = {checkpoint->generation, checkpoint->journal_bytes, checkpoint->closed_bursts,
                  checkpoint->ring_position, checkpoint->t_ns},
        .content_bytes = checkpoint->content_bytes,
    };
    return block_seal(&block, slot);
}

enum block_verdict checkpoint_judge(struct checkpoint *checkpoint, const unsigned char *slot, size_t size)
{
    struct block block = {.magic = magic, .version = CHECKPOINT_VERSION};
    enum block_verdict verdict = block_judge(&block, slot, size);
    if (verdict == BLOCK_VALID)
        *checkpoint = (struct checkpoint){block.words[0], block.words[1], block.words[2],
                                          block.words[3], block.words[4], block.content_bytes};
    return verdict;
}
