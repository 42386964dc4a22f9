/* SPDX-License-Identifier: MIT */
/*
 * recording_format - the bytes of a recording that its writer and its reader must agree on.
 *
 * A file is  magic, blocks, Footer, magic.  The first block begins with Header, Schema and Channel, each holds whole
 * Messages, the last one ends with DataEnd, and each is closed by a Checksum record of our own over every byte of the
 * file since the block before (MCAP leaves opcodes from 0x80 on to applications). A record is an opcode byte, the
 * length of its body in 64 bits, and the body; all little endian.
 *
 * Source: MCAP specification, https://mcap.dev/spec
 */
#ifndef HNLMON_WIRE_RECORDING_FORMAT_H
#define HNLMON_WIRE_RECORDING_FORMAT_H

#include "wire/recording.h"

#define RECORDING_MAGIC "\x89MCAP0\r\n"
#define RECORDING_MAGIC_BYTES 8u
#define RECORDING_LIBRARY "hnlmon" /* in the Header */
#define RECORDING_CHANNEL_ID 1
#define RECORDING_SCHEMA_ID 1

#define RECORD_HEADER_BYTES 9u                    /* opcode and length */
#define MESSAGE_HEADER_BYTES 22u                  /* channel 2, sequence 4, log time 8, publish time 8 */
#define CHECKSUM_BYTES (RECORD_HEADER_BYTES + 4u) /* the whole record */
#define FOOTER_BODY_BYTES 20u
#define BLOCK_BYTES (1024u * 1024u) /* bounds a block that is written */

_Static_assert(RECORDING_FRAME_MAX + 64 * 1024 <= BLOCK_BYTES, "a frame fits into an empty block, with the schema");

enum opcode {
    OPCODE_INVALID = 0x00, /* what a zeroed sector looks like */
    OPCODE_HEADER = 0x01,
    OPCODE_FOOTER = 0x02,
    OPCODE_SCHEMA = 0x03,
    OPCODE_CHANNEL = 0x04,
    OPCODE_MESSAGE = 0x05,
    OPCODE_CHUNK = 0x06,
    OPCODE_DATA_END = 0x0F,
    OPCODE_CHECKSUM = 0x80
};

#endif
