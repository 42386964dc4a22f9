/* SPDX-License-Identifier: MIT */
/*
 * frame_codec - frames of the link: bytes to values and back. The trust boundary for everything that front-ends send.
 *
 * Decoding is strict and in place: what is not the canonical form of a known frame is refused (bad_frame), nothing is
 * copied, nothing is allocated, and texts and columns point into the received bytes.
 */
#ifndef HNLMON_WIRE_FRAME_CODEC_H
#define HNLMON_WIRE_FRAME_CODEC_H

#include <stdbool.h>
#include <stddef.h>

#include "hnlmon/frame.h"

/* Decodes a front-end frame. REFUSAL_NONE, or _OVERSIZE, _BAD_FRAME, _BAD_SCHEMA (Hello, Batch), _BAD_CRC (Batch),
 * _BAD_SEQ (a seq of 0, or first_seq + count beyond 2^63). With _BAD_CRC and later *frame is filled all the same. */
enum refusal frame_decode(const unsigned char *bytes, size_t size, struct frame *frame)
    __attribute__((warn_unused_result));

/* As frame_decode, but a batch whose columns are damaged is not found out: for who reads what was checked before. */
enum refusal frame_decode_unchecked(const unsigned char *bytes, size_t size, struct frame *frame)
    __attribute__((warn_unused_result));

/* The mark of a frame, NULL when it has none (Hello, Batch, Lost, Heartbeat). */
const struct mark *frame_mark(const struct frame *frame);

/* Whom a frame speaks for; {0, 0} for a heartbeat, which speaks for nobody. */
struct speaker {
    uint32_t source;
    uint64_t epoch;
};
struct speaker frame_speaker(const struct frame *frame);

/* CRC-32C of the present columns in ascending field number, as the wire wants it: never 0. */
uint32_t batch_crc32c(const struct batch *batch);

/* Leaves `count` candidates of a batch from number `begin` on, with a checksum of their own. */
void batch_cut(struct batch *batch, uint32_t begin, uint32_t count);

#define FRAME_ENCODED_MAX 1024u /* every frame but a Batch, with texts up to 256 bytes each */

/* Encodes any frame (a Batch with its columns, crc32c as given). Returns the size, 0 when it does not fit. */
size_t frame_encode(const struct frame *frame, unsigned char *bytes, size_t capacity)
    __attribute__((warn_unused_result));

/* Encodes what the daemon answers. Returns the size, 0 when it does not fit. */
size_t daemon_frame_encode(const struct daemon_frame *frame, unsigned char *bytes, size_t capacity)
    __attribute__((warn_unused_result));

/* As strict as frame_decode, and in place. False: not the canonical form of such a frame. */
bool daemon_frame_decode(const unsigned char *bytes, size_t size, struct daemon_frame *frame)
    __attribute__((warn_unused_result));

/* "none", "gap", "bad_frame", "oversize", ... */
const char *refusal_name(enum refusal refusal);

#endif
