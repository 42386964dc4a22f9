/* SPDX-License-Identifier: MIT */
/* burst_file - see burst_file.h. */
#include "wire/burst_file.h"

#include <assert.h>

static const char magic[] = "HNLMBRST";

uint64_t burst_slot_offset(uint64_t position)
{
    return position % BURST_SLOTS * BURST_SLOT_BYTES;
}

size_t burst_seal(uint64_t number, size_t content_bytes, unsigned char *slot)
{
    assert(content_bytes <= BURST_CONTENT_MAX);
    struct block block = {
        .magic = magic, .version = BURST_FILE_VERSION, .words = {number}, .content_bytes = content_bytes};
    return block_seal(&block, slot);
}

enum block_verdict burst_judge(uint64_t *number, size_t *content_bytes, const unsigned char *slot, size_t size)
{
    struct block block = {.magic = magic, .version = BURST_FILE_VERSION};
    enum block_verdict verdict = block_judge(&block, slot, size);
    if (verdict == BLOCK_VALID) {
        *number = block.words[0];
        *content_bytes = block.content_bytes;
    }
    return verdict;
}
