/* SPDX-License-Identifier: MIT */
/*
 * recording_reader - the reader of recordings: it looks ahead to the checksum that closes a block, and gives the frames
 * of the block only when it is right.
 *
 * Behind the last checksum of a file that ends early whole records are given all the same, as long as each is exactly
 * what would have been written there. Memory is bounded by the buffer, whatever the file says.
 */
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "hnlmon/crc32c.h"
#include "wire/le64.h"
#include "wire/recording.h"
#include "wire/recording_format.h"

#define READER_BYTES (4u * BLOCK_BYTES) /* of the buffer: some blocks, so that little is moved */
#define RECORD_BODY_MAX BLOCK_BYTES     /* bounds a record */

/*
 *   buffer:   given | checked, not given | not checked | free
 *                   ^ at                 ^ checked     ^ filled
 *
 * `block` is where the checksum of the next block begins; it is `checked` but for the beginning of the file, where the
 * magic belongs to the first block.
 */
struct recording_reader {
    int fd;
    bool is_started;   /* the magic was there */
    bool is_exhausted; /* nothing more in the file */
    bool is_ours; /* the Header says so, or there was a checksum: only records that we write, messages without a gap */
    bool is_over; /* `end` follows what is checked */
    enum recording_next end;
    uint32_t sequence; /* of the first message that is not checked */
    size_t at, checked, filled, block;
    unsigned char buffer[READER_BYTES];
};

struct recording_reader *recording_open(const char *path)
{
    struct recording_reader *reader = malloc(sizeof *reader);
    if (!reader)
        return NULL;
    memset(reader, 0, offsetof(struct recording_reader, buffer));
    reader->fd = open(path, O_RDONLY | O_CLOEXEC);
    if (reader->fd < 0) {
        free(reader);
        return NULL;
    }
    return reader;
}

void recording_reader_close(struct recording_reader *reader)
{
    close(reader->fd);
    free(reader);
}

/* Moves what is not yet given to the front and fills the buffer. A read error is an end of the file: what follows is
 * not there. */
static void fill(struct recording_reader *reader)
{
    memmove(reader->buffer, reader->buffer + reader->block, reader->filled - reader->block);
    reader->filled -= reader->block;
    reader->at -= reader->block;
    reader->checked -= reader->block;
    reader->block = 0;
    while (!reader->is_exhausted && reader->filled < READER_BYTES) {
        ssize_t got = read(reader->fd, reader->buffer + reader->filled, READER_BYTES - reader->filled);
        if (got > 0)
            reader->filled += (size_t)got;
        else if (got == 0 || errno != EINTR)
            reader->is_exhausted = true;
    }
}

struct record {
    unsigned opcode;
    const unsigned char *body;
    size_t size;
};

enum look { LOOK_RECORD, LOOK_SHORT /* it goes beyond what is filled */, LOOK_DAMAGED };

static enum look look_at_record(const struct recording_reader *reader, size_t position, struct record *record)
{
    const unsigned char *bytes = reader->buffer + position;
    size_t left = reader->filled - position;
    if (left > 0 && (bytes[0] == OPCODE_INVALID || bytes[0] == OPCODE_CHUNK))
        return LOOK_DAMAGED;
    if (left < RECORD_HEADER_BYTES)
        return LOOK_SHORT;
    uint64_t size = load_le64(bytes + 1);
    if (size > RECORD_BODY_MAX || (bytes[0] == OPCODE_MESSAGE && size < MESSAGE_HEADER_BYTES))
        return LOOK_DAMAGED;
    size_t visible = left - RECORD_HEADER_BYTES < size ? left - RECORD_HEADER_BYTES : (size_t)size;
    *record = (struct record){bytes[0], bytes + RECORD_HEADER_BYTES, visible};
    return visible < size ? LOOK_SHORT : LOOK_RECORD;
}

/* A position on the way through what is not checked, and the sequence of the next message there. */
struct walk {
    size_t position;
    uint32_t sequence;
};

/* What a look at one record decides. */
enum step { STEP_ON, STEP_DONE, STEP_SHORT };

static enum step finish(struct recording_reader *reader, size_t checked, enum recording_next end)
{
    reader->checked = checked;
    reader->end = end;
    reader->is_over = true;
    return STEP_DONE;
}

static enum step finish_damaged(struct recording_reader *reader)
{
    return finish(reader, reader->checked, RECORDING_DAMAGED);
}

/* Whether the record is one that we would have written here, as far as it is there. A length that was damaged leads
 * into the middle of something, and this is where it shows. */
static bool is_expected(const struct record *record, uint32_t sequence)
{
    switch (record->opcode) {
    case OPCODE_HEADER:
    case OPCODE_SCHEMA:
    case OPCODE_CHANNEL:
    case OPCODE_DATA_END:
    case OPCODE_CHECKSUM:
    case OPCODE_FOOTER:
        return true;
    case OPCODE_MESSAGE:
        return (record->size < 1 || record->body[0] == RECORDING_CHANNEL_ID) &&
               (record->size < 2 || record->body[1] == 0) &&
               (record->size < 6 || load_le32(record->body + 2) == sequence);
    default:
        return false;
    }
}

/* The file is over at a Footer: its body (zero in files of ours), the magic, nothing more. */
static enum step check_footer(struct recording_reader *reader, size_t position, const struct record *record)
{
    static const unsigned char zero[FOOTER_BODY_BYTES];
    const unsigned char *after = record->body + record->size;
    size_t left = (size_t)(reader->buffer + reader->filled - after);
    if (!reader->is_exhausted && left <= RECORDING_MAGIC_BYTES)
        return STEP_SHORT; /* one byte more would tell whether the file ends with the magic */
    size_t compared = left < RECORDING_MAGIC_BYTES ? left : RECORDING_MAGIC_BYTES;
    if (record->size != FOOTER_BODY_BYTES || left > RECORDING_MAGIC_BYTES ||
        memcmp(after, RECORDING_MAGIC, compared) != 0)
        return finish_damaged(reader);
    if (reader->is_ours && (reader->checked != position || memcmp(record->body, zero, sizeof zero) != 0))
        return finish_damaged(reader);
    return finish(reader, position, left < RECORDING_MAGIC_BYTES ? RECORDING_CUT : RECORDING_END);
}

/* Everything up to the checksum is right, or nothing of the block is used. */
static enum step check_checksum(struct recording_reader *reader, const struct walk *walk, const struct record *record)
{
    size_t covered = walk->position - reader->block;
    if (record->size != 4 || load_le32(record->body) != crc32c(0, reader->buffer + reader->block, covered))
        return finish_damaged(reader);
    reader->is_ours = true;
    reader->checked = reader->block = walk->position + CHECKSUM_BYTES;
    reader->sequence = walk->sequence;
    return STEP_DONE;
}

static enum step check_record(struct recording_reader *reader, struct walk *walk)
{
    struct record record = {OPCODE_INVALID, NULL, 0};
    enum look look = look_at_record(reader, walk->position, &record);
    bool is_known = record.body != NULL;
    if (look == LOOK_DAMAGED || (reader->is_ours && is_known && !is_expected(&record, walk->sequence)))
        return finish_damaged(reader);
    if (look == LOOK_SHORT)
        return STEP_SHORT;
    if (record.opcode == OPCODE_FOOTER)
        return check_footer(reader, walk->position, &record);
    if (record.opcode == OPCODE_CHECKSUM)
        return check_checksum(reader, walk, &record);
    walk->position += RECORD_HEADER_BYTES + record.size;
    walk->sequence += record.opcode == OPCODE_MESSAGE;
    return STEP_ON;
}

/* Walks over what is not checked until something is decided; false when that needs more than is filled. */
static bool check_filled(struct recording_reader *reader, struct walk *walk)
{
    enum step step;
    *walk = (struct walk){reader->checked, reader->sequence};
    do
        step = check_record(reader, walk);
    while (step == STEP_ON);
    return step == STEP_DONE;
}

/* Nothing more can be looked at: the file ends here, or (no checksums) the buffer does. */
static void check_without_checksum(struct recording_reader *reader, const struct walk *walk)
{
    if (reader->is_exhausted)
        finish(reader, walk->position, RECORDING_CUT);
    else if (reader->is_ours)
        finish_damaged(reader); /* no block of ours is that long */
    else
        reader->checked = reader->block = walk->position;
}

/* Moves `checked` on, or finds out that the file is over. */
static void check_block(struct recording_reader *reader)
{
    struct walk walk;
    if (check_filled(reader, &walk))
        return;
    fill(reader);
    if (!check_filled(reader, &walk))
        check_without_checksum(reader, &walk);
}

/* Where the Header names the library: behind the magic, its own opcode and length, an empty profile, a length. */
#define LIBRARY_OFFSET (RECORDING_MAGIC_BYTES + RECORD_HEADER_BYTES + 4 + 4)

static bool header_is_ours(const struct recording_reader *reader)
{
    return reader->filled >= LIBRARY_OFFSET + 6 && memcmp(reader->buffer + LIBRARY_OFFSET, RECORDING_LIBRARY, 6) == 0;
}

static void start(struct recording_reader *reader)
{
    fill(reader);
    size_t compared = reader->filled < RECORDING_MAGIC_BYTES ? reader->filled : RECORDING_MAGIC_BYTES;
    if (memcmp(reader->buffer, RECORDING_MAGIC, compared) != 0)
        finish(reader, 0, RECORDING_DAMAGED);
    else if (compared < RECORDING_MAGIC_BYTES)
        finish(reader, 0, RECORDING_CUT);
    else
        reader->at = reader->checked = RECORDING_MAGIC_BYTES;
    reader->is_ours = header_is_ours(reader);
    reader->is_started = true;
}

/* The next message among what is checked. */
static bool take_message(struct recording_reader *reader, struct record *record)
{
    while (reader->at < reader->checked) {
        enum look look = look_at_record(reader, reader->at, record);
        assert(look == LOOK_RECORD);
        reader->at += RECORD_HEADER_BYTES + record->size;
        if (record->opcode == OPCODE_MESSAGE && record->body[0] == RECORDING_CHANNEL_ID && record->body[1] == 0)
            return true;
    }
    return false;
}

enum recording_next recording_read(struct recording_reader *reader, const unsigned char **bytes, size_t *size,
                                   uint64_t *t_ns)
{
    struct record record;
    if (!reader->is_started)
        start(reader);
    while (!take_message(reader, &record)) {
        if (reader->is_over)
            return reader->end;
        check_block(reader);
    }
    *bytes = record.body + MESSAGE_HEADER_BYTES;
    *size = record.size - MESSAGE_HEADER_BYTES;
    *t_ns = load_le64(record.body + 6);
    return RECORDING_FRAME;
}
