/* SPDX-License-Identifier: MIT */
/*
 * block - bytes in a file that are found to be whole or not: a header, a content, and zeros up to a whole sector.
 *
 *   0 magic 8 | 8 version 4 | 12 CRC-32C 4 | 16 content bytes 8 | 24 words 5 x 8 | 64 content | zeros
 *
 * All little endian. The CRC-32C covers every byte of the block but its own four. What the magic and the words mean is
 * the caller's; the first 24 bytes mean this in every version, so that a block of a newer version is told from a
 * damaged one.
 */
#ifndef HNLMON_WIRE_BLOCK_H
#define HNLMON_WIRE_BLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BLOCK_HEADER_BYTES 64u
#define BLOCK_SECTOR_BYTES 512u
#define BLOCK_MAGIC_BYTES 8u
#define BLOCK_WORDS 5u

struct block {
    const char *magic; /* BLOCK_MAGIC_BYTES, read and written */
    uint32_t version;  /* the newest that the reader knows; the one to write */
    uint64_t words[BLOCK_WORDS];
    size_t content_bytes; /* behind the header */
};

enum block_verdict {
    BLOCK_VALID,
    BLOCK_EMPTY,   /* every byte of the header is 0: never written */
    BLOCK_NEWER,   /* whole, and of a newer version */
    BLOCK_DAMAGED, /* anything else */
};

/* The size of a block with that content: whole sectors. */
size_t block_bytes(size_t content_bytes);

/* Writes header and padding around the content that stands at bytes + BLOCK_HEADER_BYTES already; `bytes` has room for
 * block_bytes(content_bytes), which it returns. */
size_t block_seal(const struct block *block, unsigned char *bytes);

/* How many bytes block_judge needs to see: block_bytes of the length that the header (BLOCK_HEADER_BYTES at `header`)
 * names, at most `capacity`. */
size_t block_extent(const unsigned char *header, size_t capacity);

/* Judges the block at the begin of `size` bytes. block->magic and ->version are given; words and content_bytes are
 * filled in when it is BLOCK_VALID. Any bytes may be given. */
enum block_verdict block_judge(struct block *block, const unsigned char *bytes, size_t size)
    __attribute__((warn_unused_result));

/* "valid", "empty", "newer", "damaged" */
const char *block_verdict_name(enum block_verdict verdict);

#endif
