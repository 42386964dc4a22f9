/* SPDX-License-Identifier: MIT */
/* block - see block.h. */
#include "wire/block.h"

#include <string.h>

#include "hnlmon/crc32c.h"
#include "wire/le64.h"

#define VERSION_AT 8u
#define CRC_AT 12u
#define CONTENT_BYTES_AT 16u
#define WORDS_AT 24u

_Static_assert(WORDS_AT + 8 * BLOCK_WORDS == BLOCK_HEADER_BYTES, "the words end the header");

size_t block_bytes(size_t content_bytes)
{
    size_t bytes = BLOCK_HEADER_BYTES + content_bytes;
    return (bytes + BLOCK_SECTOR_BYTES - 1) / BLOCK_SECTOR_BYTES * BLOCK_SECTOR_BYTES;
}

/* Over everything but the place of the CRC itself. */
static uint32_t crc_of(const unsigned char *bytes, size_t size)
{
    return crc32c(crc32c(0, bytes, CRC_AT), bytes + CRC_AT + 4, size - CRC_AT - 4);
}

size_t block_seal(const struct block *block, unsigned char *bytes)
{
    size_t size = block_bytes(block->content_bytes);
    size_t used = BLOCK_HEADER_BYTES + block->content_bytes;
    memset(bytes + used, 0, size - used);
    memcpy(bytes, block->magic, BLOCK_MAGIC_BYTES);
    store_le32(bytes + VERSION_AT, block->version);
    store_le64(bytes + CONTENT_BYTES_AT, block->content_bytes);
    for (uint32_t i = 0; i < BLOCK_WORDS; i++)
        store_le64(bytes + WORDS_AT + 8 * i, block->words[i]);
    store_le32(bytes + CRC_AT, crc_of(bytes, size));
    return size;
}

size_t block_extent(const unsigned char *header, size_t capacity)
{
    uint64_t content_bytes = load_le64(header + CONTENT_BYTES_AT);
    if (content_bytes >= capacity) /* first: the sum below must not wrap */
        return capacity;
    size_t size = block_bytes((size_t)content_bytes);
    return size < capacity ? size : capacity;
}

static bool is_zero(const unsigned char *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++)
        if (bytes[i] != 0)
            return false;
    return true;
}

static bool is_whole(const unsigned char *bytes, size_t size)
{
    uint64_t content_bytes = load_le64(bytes + CONTENT_BYTES_AT);
    return content_bytes < size && block_bytes((size_t)content_bytes) <= size &&
           load_le32(bytes + CRC_AT) == crc_of(bytes, block_bytes((size_t)content_bytes));
}

enum block_verdict block_judge(struct block *block, const unsigned char *bytes, size_t size)
{
    if (size < BLOCK_HEADER_BYTES)
        return BLOCK_DAMAGED;
    if (is_zero(bytes, BLOCK_HEADER_BYTES))
        return BLOCK_EMPTY;
    if (memcmp(bytes, block->magic, BLOCK_MAGIC_BYTES) != 0 || !is_whole(bytes, size))
        return BLOCK_DAMAGED;
    uint32_t version = load_le32(bytes + VERSION_AT);
    if (version != block->version)
        return version > block->version ? BLOCK_NEWER : BLOCK_DAMAGED;
    block->content_bytes = (size_t)load_le64(bytes + CONTENT_BYTES_AT);
    for (uint32_t i = 0; i < BLOCK_WORDS; i++)
        block->words[i] = load_le64(bytes + WORDS_AT + 8 * i);
    return BLOCK_VALID;
}

const char *block_verdict_name(enum block_verdict verdict)
{
    switch (verdict) {
    case BLOCK_VALID:
        return "valid";
    case BLOCK_EMPTY:
        return "empty";
    case BLOCK_NEWER:
        return "newer";
    case BLOCK_DAMAGED:
        return "damaged";
    }
    return "?";
}
