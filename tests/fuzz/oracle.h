/* SPDX-License-Identifier: MIT */
/*
 * oracle - comparisons with what protobuf-c read from the same bytes.
 *
 * protobuf-c gives a text as a C string without its length; it is compared byte by byte up to ours and must end there.
 */
#ifndef TESTS_FUZZ_ORACLE_H
#define TESTS_FUZZ_ORACLE_H

#include <protobuf-c/protobuf-c.h>

#include "fuzz.h"
#include "hnlmon/frame.h"

static inline void oracle_text(struct text ours, const char *theirs)
{
    assert(ours.size == 0 || memcmp(ours.bytes, theirs, ours.size) == 0);
    assert(theirs[ours.size] == 0);
}

static inline void oracle_bytes(struct text ours, const ProtobufCBinaryData *theirs)
{
    assert(ours.size == theirs->len && (ours.size == 0 || memcmp(ours.bytes, theirs->data, ours.size) == 0));
}

/* The same bits; a 0 that was given with its sign is a 0. */
static inline void oracle_double(double ours, double theirs)
{
    assert(memcmp(&ours, &theirs, sizeof ours) == 0);
}

/* Whether `bytes` are what protobuf-c writes for the message. */
static inline void oracle_packed(const ProtobufCMessage *message, const unsigned char *bytes, size_t size)
{
    assert(protobuf_c_message_get_packed_size(message) == size);
    unsigned char *packed = malloc(size ? size : 1);
    assert(packed);
    protobuf_c_message_pack(message, packed);
    assert(memcmp(packed, bytes, size) == 0);
    free(packed);
}

#endif
