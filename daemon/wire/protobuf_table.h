/* SPDX-License-Identifier: MIT */
/*
 * protobuf_table - small protobuf messages as tables: one row says which field of the wire is which member of a struct,
 * and the same table reads and writes it.
 *
 * Reading is strict and in place. Accepted is what a protobuf encoder writes for a known message: every field at most
 * once, in any order, absent or explicit when at its default. Refused are unknown fields and tags (so also field number
 * 0 or beyond 2^29 - 1), wrong wire types, repeated fields, varints that are longer than their value needs, values
 * beyond the type, values of an enum that do not exist, numbers that are not finite, texts beyond their limit, and
 * lengths beyond the message. Nothing is copied or allocated; the time is linear in the number of rows.
 *
 * Encoding: https://protobuf.dev/programming-guides/encoding/
 */
#ifndef HNLMON_WIRE_PROTOBUF_TABLE_H
#define HNLMON_WIRE_PROTOBUF_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PROTOBUF_TABLE_ROWS_MAX 32u /* bounds the rows of a table: one bit each in a mask */

/* The type on the wire and of the member. */
enum protobuf_type {
    PROTOBUF_UINT32,  /* uint32_t */
    PROTOBUF_UINT64,  /* uint64_t */
    PROTOBUF_SINT32,  /* int32_t */
    PROTOBUF_ENUM,    /* an enum with values 0 .. limit - 1 */
    PROTOBUF_FIXED32, /* uint32_t */
    PROTOBUF_FIXED64, /* uint64_t */
    PROTOBUF_DOUBLE,  /* double, finite */
    PROTOBUF_TEXT,    /* struct text of at most `limit` bytes: string, bytes, and packed fixed-width columns */
    PROTOBUF_MESSAGE  /* the struct that `message` describes */
};

struct protobuf_table;

struct protobuf_row {
    uint32_t tag; /* field number << 3 | wire type, as in front of the field */
    enum protobuf_type type;
    uint32_t offset; /* of the member in the struct */
    uint32_t limit;
    const struct protobuf_table *message;
};

/* Rows in ascending field number. */
struct protobuf_table {
    const struct protobuf_row *rows;
    uint32_t count;    /* <= PROTOBUF_TABLE_ROWS_MAX */
    uint32_t required; /* bit i: row i must be there */
};

/* Rows of a table. */
#define PROTOBUF_ROW(number, wire, type, record, member, limit, message)                                               \
    {                                                                                                                  \
        (uint32_t)(number) << 3 | (wire), (type), (uint32_t)offsetof(record, member), (limit), (message)               \
    }
#define ROW_UINT32(number, record, member) PROTOBUF_ROW(number, 0, PROTOBUF_UINT32, record, member, 0, NULL)
#define ROW_UINT64(number, record, member) PROTOBUF_ROW(number, 0, PROTOBUF_UINT64, record, member, 0, NULL)
#define ROW_SINT32(number, record, member) PROTOBUF_ROW(number, 0, PROTOBUF_SINT32, record, member, 0, NULL)
#define ROW_ENUM(number, record, member, count) PROTOBUF_ROW(number, 0, PROTOBUF_ENUM, record, member, count, NULL)
#define ROW_FIXED32(number, record, member) PROTOBUF_ROW(number, 5, PROTOBUF_FIXED32, record, member, 0, NULL)
#define ROW_FIXED64(number, record, member) PROTOBUF_ROW(number, 1, PROTOBUF_FIXED64, record, member, 0, NULL)
#define ROW_DOUBLE(number, record, member) PROTOBUF_ROW(number, 1, PROTOBUF_DOUBLE, record, member, 0, NULL)
#define ROW_TEXT(number, record, member, limit) PROTOBUF_ROW(number, 2, PROTOBUF_TEXT, record, member, limit, NULL)
#define ROW_MESSAGE(number, record, member, table) PROTOBUF_ROW(number, 2, PROTOBUF_MESSAGE, record, member, 0, table)
#define PROTOBUF_TABLE(rows, required)                                                                                 \
    {                                                                                                                  \
        rows, (uint32_t)(sizeof(rows) / sizeof(rows)[0]), required                                                     \
    }

/* Reads a whole message into *record, which the caller has set to zero. Bit i of *present (unless NULL) says that row i
 * was there. False when the message is refused; *record then holds what was read before. */
bool protobuf_table_decode(const struct protobuf_table *table, const unsigned char *bytes, size_t size, void *record,
                           uint32_t *present) __attribute__((warn_unused_result));

/* Bytes that protobuf_table_encode writes: fields at their default are left out, messages are always written. */
size_t protobuf_table_size(const struct protobuf_table *table, const void *record);

/* Writes the message to `to` and returns the end of it. */
unsigned char *protobuf_table_encode(const struct protobuf_table *table, const void *record, unsigned char *to);

/* A message that consists of one length-delimited field with a number below 16: the member of a oneof, alone. */
struct protobuf_member {
    uint32_t number;
    const unsigned char *bytes;
    size_t size;
};

/* False when there is anything else. */
bool protobuf_member_decode(const unsigned char *bytes, size_t size, struct protobuf_member *member)
    __attribute__((warn_unused_result));

/* Writes *record as the member `number` < 16 of a oneof. Returns the size, 0 when it does not fit. */
size_t protobuf_member_encode(uint32_t number, const struct protobuf_table *table, const void *record,
                              unsigned char *bytes, size_t capacity) __attribute__((warn_unused_result));

#endif
