/* SPDX-License-Identifier: MIT */
/*
 * fuzz_block - blocks of the files of the state: slots of checkpoints and of bursts, as the bytes are, and sealed
 * around them. A sealed one is valid and gives back what was sealed; with any one bit changed it is not valid.
 */
#include "fuzz.h"
#include "wire/burst_file.h"
#include "wire/checkpoint.h"

#define CONTENT_MAX 4096u
#define SLOT_BYTES (CONTENT_MAX + BLOCK_HEADER_BYTES + BLOCK_SECTOR_BYTES)

static void try_as_they_are(const uint8_t *bytes, size_t size)
{
    struct checkpoint checkpoint;
    uint64_t number;
    size_t content_bytes = 0;
    if (checkpoint_judge(&checkpoint, bytes, size) == BLOCK_VALID)
        assert(block_bytes(checkpoint.content_bytes) <= size);
    if (burst_judge(&number, &content_bytes, bytes, size) == BLOCK_VALID)
        assert(block_bytes(content_bytes) <= size);
    if (size >= BLOCK_HEADER_BYTES)
        assert(block_extent(bytes, SLOT_BYTES) <= SLOT_BYTES);
}

/* Five words of the input, zeros behind its end. */
static struct checkpoint checkpoint_from(const uint8_t *bytes, size_t size)
{
    uint64_t words[5] = {0};
    memcpy(words, bytes, size < sizeof words ? size : sizeof words);
    return (struct checkpoint){words[0], words[1], words[2], words[3], words[4], size};
}

/* Changes bit `bit` of the slot and back. */
static void check_bit(unsigned char *slot, size_t size, size_t bit)
{
    struct checkpoint checkpoint;
    slot[bit / 8] ^= (unsigned char)(1u << bit % 8);
    enum block_verdict verdict = checkpoint_judge(&checkpoint, slot, size);
    assert(verdict == BLOCK_DAMAGED);
    slot[bit / 8] ^= (unsigned char)(1u << bit % 8);
}

static void try_sealed(const uint8_t *bytes, size_t size)
{
    static unsigned char slot[SLOT_BYTES];
    struct checkpoint checkpoint = checkpoint_from(bytes, size), again;
    if (size > 0)
        memcpy(slot + BLOCK_HEADER_BYTES, bytes, size);
    size_t slot_bytes = checkpoint_seal(&checkpoint, slot);
    assert(slot_bytes == block_bytes(size) && block_extent(slot, SLOT_BYTES) == slot_bytes);
    enum block_verdict verdict = checkpoint_judge(&again, slot, slot_bytes);
    assert(verdict == BLOCK_VALID && memcmp(&again, &checkpoint, sizeof again) == 0);
    verdict = checkpoint_judge(&again, slot, slot_bytes - 1);
    assert(verdict == BLOCK_DAMAGED);
    check_bit(slot, slot_bytes, (size_t)(checkpoint.generation % (8 * slot_bytes)));
    check_bit(slot, slot_bytes, size * 2654435761u % (8 * slot_bytes));
}

static void try_sealed_burst(const uint8_t *bytes, size_t size)
{
    static unsigned char slot[SLOT_BYTES];
    uint64_t number = checkpoint_from(bytes, size).generation, number_again;
    size_t content_bytes;
    if (size > 0)
        memcpy(slot + BLOCK_HEADER_BYTES, bytes, size);
    size_t slot_bytes = burst_seal(number, size, slot);
    enum block_verdict verdict = burst_judge(&number_again, &content_bytes, slot, slot_bytes);
    assert(verdict == BLOCK_VALID && number_again == number && content_bytes == size);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    try_as_they_are(bytes, size);
    if (size <= CONTENT_MAX) {
        try_sealed(bytes, size);
        try_sealed_burst(bytes, size);
    }
    return 0;
}
