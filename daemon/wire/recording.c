/* SPDX-License-Identifier: MIT */
/*
 * recording - the writer of recordings: frames are gathered into blocks, and a block is written in one go.
 *
 * The format is recording_format.h's. What a frame says is nobody's business here.
 */
#include "wire/recording.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "hnlmon/crc32c.h"
#include "wire/le64.h"
#include "wire/recording_format.h"

struct recording {
    int fd;
    bool has_failed;
    uint32_t sequence;    /* of the next message */
    uint32_t whole_count; /* messages in the blocks that were written */
    off_t whole_bytes;    /* of these blocks */
    size_t used;          /* bytes of the block that is being filled */
    unsigned char block[BLOCK_BYTES];
};

static void put_bytes(struct recording *recording, const void *bytes, size_t size)
{
    assert(size <= BLOCK_BYTES - recording->used);
    memcpy(recording->block + recording->used, bytes, size);
    recording->used += size;
}

static void put_le16(struct recording *recording, uint32_t value)
{
    unsigned char bytes[2] = {(unsigned char)value, (unsigned char)(value >> 8)};
    put_bytes(recording, bytes, sizeof bytes);
}

static void put_le32(struct recording *recording, uint32_t value)
{
    unsigned char bytes[4];
    store_le32(bytes, value);
    put_bytes(recording, bytes, sizeof bytes);
}

static void put_le64(struct recording *recording, uint64_t value)
{
    unsigned char bytes[8];
    store_le64(bytes, value);
    put_bytes(recording, bytes, sizeof bytes);
}

static void put_string(struct recording *recording, const char *string)
{
    put_le32(recording, (uint32_t)strlen(string));
    put_bytes(recording, string, strlen(string));
}

/* Starts a record whose length is known. */
static void put_record(struct recording *recording, enum opcode opcode, size_t body_bytes)
{
    unsigned char byte = (unsigned char)opcode;
    put_bytes(recording, &byte, 1);
    put_le64(recording, body_bytes);
}

/* Starts a record whose length end_record fills in. */
static size_t begin_record(struct recording *recording, enum opcode opcode)
{
    put_record(recording, opcode, 0);
    return recording->used;
}

static void end_record(struct recording *recording, size_t body)
{
    store_le64(recording->block + body - 8, recording->used - body);
}

static void put_header(struct recording *recording)
{
    size_t body = begin_record(recording, OPCODE_HEADER);
    put_string(recording, ""); /* profile */
    put_string(recording, RECORDING_LIBRARY);
    end_record(recording, body);
}

static void put_schema(struct recording *recording)
{
    size_t body = begin_record(recording, OPCODE_SCHEMA);
    put_le16(recording, RECORDING_SCHEMA_ID);
    put_string(recording, "hnlmon.v1.FrontendFrame");
    put_string(recording, "protobuf");
    put_le32(recording, (uint32_t)frontend_descriptor_size);
    put_bytes(recording, frontend_descriptor, frontend_descriptor_size);
    end_record(recording, body);
}

static void put_channel(struct recording *recording)
{
    size_t body = begin_record(recording, OPCODE_CHANNEL);
    put_le16(recording, RECORDING_CHANNEL_ID);
    put_le16(recording, RECORDING_SCHEMA_ID);
    put_string(recording, "frontend");
    put_string(recording, "protobuf");
    put_le32(recording, 0); /* no metadata */
    end_record(recording, body);
}

struct recording *recording_create(const char *path)
{
    struct recording *recording = malloc(sizeof *recording);
    if (!recording)
        return NULL;
    recording->fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    if (recording->fd < 0) {
        free(recording);
        return NULL;
    }
    recording->has_failed = false;
    recording->sequence = recording->whole_count = 0;
    recording->whole_bytes = 0;
    recording->used = 0;
    put_bytes(recording, RECORDING_MAGIC, RECORDING_MAGIC_BYTES);
    put_header(recording);
    put_schema(recording);
    put_channel(recording);
    return recording;
}

static bool write_all(int fd, const unsigned char *bytes, size_t size)
{
    while (size > 0) {
        ssize_t written = write(fd, bytes, size);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return false;
        bytes += written;
        size -= (size_t)written;
    }
    return true;
}

/* Writes the block as it is. After an error nothing more is written, so that the file stays a prefix. */
static bool write_block(struct recording *recording)
{
    if (!recording->has_failed)
        recording->has_failed = !write_all(recording->fd, recording->block, recording->used);
    if (!recording->has_failed) {
        recording->whole_count = recording->sequence;
        recording->whole_bytes += (off_t)recording->used;
    }
    recording->used = 0;
    return !recording->has_failed;
}

static bool finish_block(struct recording *recording)
{
    if (recording->used == 0)
        return !recording->has_failed;
    uint32_t crc = crc32c(0, recording->block, recording->used);
    put_record(recording, OPCODE_CHECKSUM, 4);
    put_le32(recording, crc);
    return write_block(recording);
}

bool recording_write(struct recording *recording, const unsigned char *bytes, size_t size, uint64_t t_ns)
{
    if (recording->has_failed || size > RECORDING_FRAME_MAX)
        return false;
    size_t record_bytes = RECORD_HEADER_BYTES + MESSAGE_HEADER_BYTES + size;
    if (recording->used + record_bytes + CHECKSUM_BYTES > BLOCK_BYTES && !finish_block(recording))
        return false;
    put_record(recording, OPCODE_MESSAGE, MESSAGE_HEADER_BYTES + size);
    put_le16(recording, RECORDING_CHANNEL_ID);
    put_le32(recording, recording->sequence++);
    put_le64(recording, t_ns); /* log time */
    put_le64(recording, t_ns); /* publish time */
    if (size > 0)
        put_bytes(recording, bytes, size);
    return true;
}

bool recording_flush(struct recording *recording)
{
    return finish_block(recording);
}

bool recording_sync(struct recording *recording)
{
    if (!recording->has_failed)
        recording->has_failed = fdatasync(recording->fd) != 0;
    return !recording->has_failed;
}

uint32_t recording_abandon(struct recording *recording, uint32_t *kept_count)
{
    uint32_t lost_count = recording->sequence - recording->whole_count;
    *kept_count = recording->whole_count;
    /* Where this fails, too, the reader still finds an exact prefix. */
    (void)!ftruncate(recording->fd, recording->whole_bytes);
    close(recording->fd);
    free(recording);
    return lost_count;
}

static void put_data_end(struct recording *recording)
{
    put_record(recording, OPCODE_DATA_END, 4);
    put_le32(recording, 0); /* its CRC of the whole file is not available: blocks have theirs */
}

static void put_footer(struct recording *recording)
{
    put_record(recording, OPCODE_FOOTER, FOOTER_BODY_BYTES);
    put_le64(recording, 0); /* no summary */
    put_le64(recording, 0);
    put_le32(recording, 0);
    put_bytes(recording, RECORDING_MAGIC, RECORDING_MAGIC_BYTES);
}

bool recording_close(struct recording *recording)
{
    bool has_room = recording->used + RECORD_HEADER_BYTES + 4 + CHECKSUM_BYTES <= BLOCK_BYTES;
    if (!has_room)
        (void)finish_block(recording);
    put_data_end(recording);
    (void)finish_block(recording);
    put_footer(recording);
    bool is_written = write_block(recording);
    bool is_closed = close(recording->fd) == 0;
    free(recording);
    return is_written && is_closed;
}
