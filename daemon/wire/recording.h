/* SPDX-License-Identifier: MIT */
/*
 * recording - received frames in a file, as raw bytes: MCAP (mcap.dev) in its simplest form, with the schema embedded,
 * no chunks, no compression, no index. A file that ends early is an exact prefix.
 *
 * Frames are written in blocks of up to 1 MiB. A block ends with a private record that MCAP tools skip: opcode 0x80
 * with the CRC-32C of every byte of the file since the one before. The reader gives frames of a block only after its
 * checksum was right, so damage is found before it is used. Files of other writers, without such records, are read as
 * they are.
 */
#ifndef HNLMON_WIRE_RECORDING_H
#define HNLMON_WIRE_RECORDING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* FileDescriptorSet of proto/frontend.proto, generated. */
extern const unsigned char frontend_descriptor[];
extern const size_t frontend_descriptor_size;

#define RECORDING_FRAME_MAX (512u * 1024u) /* bounds a recorded frame, and so the memory of the reader */

struct recording; /* a file being written */

/* Creates the file; it must not exist. NULL with errno set when it cannot. */
struct recording *recording_create(const char *path) __attribute__((warn_unused_result));

/* Appends one received frame. t_ns: Unix time of receipt. False after the first write error: that frame and all later
 * ones are not recorded; the file stays an exact prefix. A frame beyond RECORDING_FRAME_MAX is not recorded either. */
bool recording_write(struct recording *recording, const unsigned char *bytes, size_t size, uint64_t t_ns)
    __attribute__((warn_unused_result));

/* Ends the block and writes it, so that a reader sees all that was given until now. False after the first write error.
 */
bool recording_flush(struct recording *recording) __attribute__((warn_unused_result));

/* Makes durable what was flushed. False after the first error: what the file holds is then not known. */
bool recording_sync(struct recording *recording) __attribute__((warn_unused_result));

/* Ends a file that cannot be written any more and frees: cuts it behind its last whole block. Returns how many frames
 * were taken but are not in it; *kept_count is how many are. */
uint32_t recording_abandon(struct recording *recording, uint32_t *kept_count);

/* Finishes the file and frees; false when not all could be written. */
bool recording_close(struct recording *recording) __attribute__((warn_unused_result));

struct recording_reader;

enum recording_next {
    RECORDING_FRAME,  /* a frame */
    RECORDING_END,    /* the footer was there */
    RECORDING_CUT,    /* the file ends early: everything before was given */
    RECORDING_DAMAGED /* not MCAP, or chunked, or damaged from here on */
};

/* NULL with errno set. */
struct recording_reader *recording_open(const char *path) __attribute__((warn_unused_result));

/* The next frame; *bytes is valid until the next call, *t_ns is the Unix time of receipt. All but RECORDING_FRAME comes
 * again at every further call. */
enum recording_next recording_read(struct recording_reader *reader, const unsigned char **bytes, size_t *size,
                                   uint64_t *t_ns) __attribute__((warn_unused_result));

void recording_reader_close(struct recording_reader *reader);

#endif
