/* SPDX-License-Identifier: MIT */
/*
 * fuzz_recording - the reader of recordings, as the bytes are and with every checksum put right.
 *
 * What it gives lies within the file, an end is an end for good, and of a file that is whole every shorter one gives a
 * prefix.
 */
#include "fuzz.h"
#include "hnlmon/crc32c.h"
#include "memory_file.h"
#include "wire/le64.h"
#include "wire/recording_format.h"

/* What a file gave. */
struct contents {
    enum recording_next end;
    uint64_t frames, bytes;
    uint32_t crc; /* of the frames one after another */
};

static struct contents read_at_most(const void *bytes, size_t size, uint64_t frames_max)
{
    static struct memory_file file = MEMORY_FILE_NONE;
    struct contents contents = {RECORDING_FRAME, 0, 0, 0};
    const unsigned char *frame = NULL;
    size_t frame_size = 0;
    uint64_t t_ns;
    memory_file_set(&file, bytes, size);
    struct recording_reader *reader = recording_open(file.path);
    assert(reader);
    while (contents.frames < frames_max &&
           (contents.end = recording_read(reader, &frame, &frame_size, &t_ns)) == RECORDING_FRAME) {
        contents.frames++;
        contents.bytes += frame_size;
        contents.crc = crc32c(contents.crc, frame, frame_size);
    }
    if (contents.end != RECORDING_FRAME) {
        enum recording_next again = recording_read(reader, &frame, &frame_size, &t_ns);
        assert(again == contents.end);
    }
    recording_reader_close(reader);
    assert(contents.bytes + contents.frames * (RECORD_HEADER_BYTES + MESSAGE_HEADER_BYTES) <= size);
    return contents;
}

/* The file ends behind `cut` bytes: the same frames come, only fewer. */
static void check_cut(const unsigned char *bytes, size_t size, size_t cut, struct contents whole)
{
    struct contents part = read_at_most(bytes, cut, UINT64_MAX);
    assert(part.end != RECORDING_END && part.frames <= whole.frames);
    struct contents same = read_at_most(bytes, size, part.frames);
    assert(part.frames == 0 || (same.bytes == part.bytes && same.crc == part.crc));
}

static void try_file(const unsigned char *bytes, size_t size)
{
    struct contents contents = read_at_most(bytes, size, UINT64_MAX);
    if (contents.end != RECORDING_END)
        return;
    check_cut(bytes, size, size - 1, contents);
    check_cut(bytes, size, contents.crc % size, contents);
}

/* Every Checksum record gets the checksum of the bytes since the one before. Returns whether anything changed. */
static bool fix_checksums(unsigned char *bytes, size_t size)
{
    size_t at = RECORDING_MAGIC_BYTES, block = 0;
    bool has_changed = false;
    while (at + RECORD_HEADER_BYTES <= size) {
        uint64_t body = load_le64(bytes + at + 1);
        if (body > size - at - RECORD_HEADER_BYTES)
            break;
        if (bytes[at] == OPCODE_CHECKSUM && body == 4) {
            uint32_t crc = crc32c(0, bytes + block, at - block);
            has_changed |= load_le32(bytes + at + RECORD_HEADER_BYTES) != crc;
            store_le32(bytes + at + RECORD_HEADER_BYTES, crc);
            block = at + CHECKSUM_BYTES;
        }
        at += RECORD_HEADER_BYTES + (size_t)body;
    }
    return has_changed;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    unsigned char *copy = fuzz_copy(bytes, size);
    try_file(copy, size);
    if (fix_checksums(copy, size))
        try_file(copy, size);
    free(copy);
    return 0;
}
