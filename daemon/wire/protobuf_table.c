/* SPDX-License-Identifier: MIT */
/*
 * protobuf_table - the strict reader and the writer of small messages.
 *
 * Both walk the rows of a table. Encoders write fields in ascending order, so the reader expects the row after the last
 * one and finds it at the first look; another order costs a search over at most 32 rows.
 */
#include "wire/protobuf_table.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "hnlmon/frame.h"
#include "wire/le64.h"

_Static_assert(sizeof(enum origin) == sizeof(uint32_t), "an enum is stored as 32 bits");

#define WIRE_LENGTH_DELIMITED 2u
#define VARINT_BYTES_MAX 10 /* 64 bits in groups of 7 */

/* Each read_ function reads at `at`, not beyond `end`, and returns the position behind what it read; NULL: refused. The
 * position stays in a register that way, which a struct that is passed by its address would not. */

/* A varint in its shortest form: its last byte is not zero unless it is the only one, and the tenth byte holds the one
 * bit that is left of 64. */
static const unsigned char *read_long_varint(const unsigned char *at, const unsigned char *end, uint64_t *value)
{
    uint64_t sum = 0;
    for (unsigned i = 0; i < VARINT_BYTES_MAX && at < end; i++) {
        unsigned char byte = *at++;
        if (i == VARINT_BYTES_MAX - 1 && byte > 1)
            return NULL;
        sum |= (uint64_t)(byte & 0x7F) << (7 * i); /* 7 i <= 63 */
        if (byte < 0x80) {
            *value = sum;
            return i == 0 || byte != 0 ? at : NULL;
        }
    }
    return NULL;
}

/* Tags and most lengths have one byte or two. */
static inline const unsigned char *read_varint(const unsigned char *at, const unsigned char *end, uint64_t *value)
{
    if (end - at >= 2) {
        if (at[0] < 0x80) {
            *value = at[0];
            return at + 1;
        }
        if (at[1] < 0x80 && at[1] != 0) {
            *value = (uint32_t)at[1] << 7 | (at[0] & 0x7Fu);
            return at + 2;
        }
    }
    uint64_t slow;
    at = read_long_varint(at, end, &slow);
    if (at)
        *value = slow;
    return at;
}

static inline const unsigned char *read_varint32(const unsigned char *at, const unsigned char *end, uint32_t limit,
                                                 uint32_t *value)
{
    uint64_t wide = 0;
    at = read_varint(at, end, &wide);
    *value = (uint32_t)wide;
    return wide <= limit ? at : NULL;
}

/* The length of what follows, which lies within the message. */
static inline const unsigned char *read_length(const unsigned char *at, const unsigned char *end, size_t *size)
{
    uint64_t wide = 0;
    at = read_varint(at, end, &wide);
    if (!at || wide > (size_t)(end - at))
        return NULL;
    *size = (size_t)wide;
    return at;
}

static inline const unsigned char *read_text(const unsigned char *at, const unsigned char *end, uint32_t limit,
                                             void *member)
{
    size_t size = 0;
    at = read_length(at, end, &size);
    if (!at || size > limit)
        return NULL;
    struct text text = {(const char *)at, (uint32_t)size};
    memcpy(member, &text, sizeof text);
    return at + size;
}

static const unsigned char *read_message(const unsigned char *at, const unsigned char *end,
                                         const struct protobuf_table *table, void *member)
{
    size_t size = 0;
    at = read_length(at, end, &size);
    return at && protobuf_table_decode(table, at, size, member, NULL) ? at + size : NULL;
}

static inline const unsigned char *read_uint32(const unsigned char *at, const unsigned char *end, uint32_t limit,
                                               void *member)
{
    uint32_t value;
    at = read_varint32(at, end, limit, &value);
    memcpy(member, &value, sizeof value);
    return at;
}

static inline const unsigned char *read_uint64(const unsigned char *at, const unsigned char *end, void *member)
{
    uint64_t value = 0;
    at = read_varint(at, end, &value);
    memcpy(member, &value, sizeof value);
    return at;
}

/* sint32: 0, -1, 1, -2, ... are 0, 1, 2, 3, ... */
static const unsigned char *read_sint32(const unsigned char *at, const unsigned char *end, void *member)
{
    uint32_t zigzag;
    at = read_varint32(at, end, UINT32_MAX, &zigzag);
    uint32_t value = zigzag >> 1 ^ (zigzag & 1 ? UINT32_MAX : 0);
    memcpy(member, &value, sizeof value);
    return at;
}

static inline const unsigned char *read_fixed32(const unsigned char *at, const unsigned char *end, void *member)
{
    if (end - at < 4)
        return NULL;
    uint32_t value = load_le32(at);
    memcpy(member, &value, sizeof value);
    return at + 4;
}

static inline const unsigned char *read_fixed64(const unsigned char *at, const unsigned char *end, void *member)
{
    if (end - at < 8)
        return NULL;
    uint64_t value = load_le64(at);
    memcpy(member, &value, sizeof value);
    return at + 8;
}

static const unsigned char *read_double(const unsigned char *at, const unsigned char *end, void *member)
{
    double value = NAN;
    at = read_fixed64(at, end, &value);
    memcpy(member, &value, sizeof value);
    return isfinite(value) ? at : NULL;
}

static inline const unsigned char *read_field(const unsigned char *at, const unsigned char *end,
                                              const struct protobuf_row *row, void *member)
{
    switch (row->type) {
    case PROTOBUF_UINT32:
        return read_uint32(at, end, UINT32_MAX, member);
    case PROTOBUF_UINT64:
        return read_uint64(at, end, member);
    case PROTOBUF_SINT32:
        return read_sint32(at, end, member);
    case PROTOBUF_ENUM:
        return read_uint32(at, end, row->limit - 1, member);
    case PROTOBUF_FIXED32:
        return read_fixed32(at, end, member);
    case PROTOBUF_FIXED64:
        return read_fixed64(at, end, member);
    case PROTOBUF_DOUBLE:
        return read_double(at, end, member);
    case PROTOBUF_TEXT:
        return read_text(at, end, row->limit, member);
    case PROTOBUF_MESSAGE:
        return read_message(at, end, row->message, member);
    }
    return NULL;
}

/* The row of a tag, looked for from row `expected` on and around; table->count when there is none. */
static inline uint32_t find_row(const struct protobuf_table *table, uint32_t tag, uint32_t expected)
{
    for (uint32_t i = expected; i < table->count; i++) {
        if (table->rows[i].tag == tag)
            return i;
    }
    for (uint32_t i = 0; i < expected; i++) {
        if (table->rows[i].tag == tag)
            return i;
    }
    return table->count;
}

bool protobuf_table_decode(const struct protobuf_table *table, const unsigned char *bytes, size_t size, void *record,
                           uint32_t *present)
{
    assert(table->count <= PROTOBUF_TABLE_ROWS_MAX);
    const unsigned char *end = size ? bytes + size : bytes; /* nothing at all may come as NULL */
    uint32_t seen = 0;
    uint32_t expected = 0;
    while (bytes < end) {
        uint32_t tag;
        bytes = read_varint32(bytes, end, UINT32_MAX, &tag);
        uint32_t index = bytes ? find_row(table, tag, expected) : table->count;
        if (index == table->count || seen & 1u << index)
            return false;
        const struct protobuf_row *row = &table->rows[index];
        bytes = read_field(bytes, end, row, (unsigned char *)record + row->offset);
        if (!bytes)
            return false;
        seen |= 1u << index;
        expected = index + 1;
    }
    if (present)
        *present = seen;
    return (seen & table->required) == table->required;
}

static size_t varint_size(uint64_t value)
{
    size_t size = 1;
    for (; value >= 0x80; value >>= 7)
        size++;
    return size;
}

static unsigned char *write_varint(unsigned char *to, uint64_t value)
{
    for (; value >= 0x80; value >>= 7)
        *to++ = (unsigned char)(value | 0x80);
    *to++ = (unsigned char)value;
    return to;
}

static uint32_t load_member32(const void *member)
{
    uint32_t value;
    memcpy(&value, member, sizeof value);
    return value;
}

static uint64_t load_member64(const void *member)
{
    uint64_t value;
    memcpy(&value, member, sizeof value);
    return value;
}

/* A scalar member as the number that goes to the wire; 0 is the default of each. */
static uint64_t load_scalar(const struct protobuf_row *row, const void *member)
{
    switch (row->type) {
    case PROTOBUF_UINT32:
    case PROTOBUF_ENUM:
    case PROTOBUF_FIXED32:
        return load_member32(member);
    case PROTOBUF_SINT32: {
        uint32_t value = load_member32(member);
        return value << 1 ^ (value >> 31 ? UINT32_MAX : 0);
    }
    case PROTOBUF_UINT64:
    case PROTOBUF_FIXED64:
    case PROTOBUF_DOUBLE:
        return load_member64(member);
    case PROTOBUF_TEXT:
    case PROTOBUF_MESSAGE:
        break;
    }
    return 0;
}

static struct text load_text(const void *member)
{
    struct text text;
    memcpy(&text, member, sizeof text);
    return text;
}

static size_t length_delimited_size(size_t content)
{
    return varint_size(content) + content;
}

static size_t field_size(const struct protobuf_row *row, const void *member)
{
    size_t tag = varint_size(row->tag);
    if (row->type == PROTOBUF_MESSAGE)
        return tag + length_delimited_size(protobuf_table_size(row->message, member));
    if (row->type == PROTOBUF_TEXT) {
        uint32_t size = load_text(member).size;
        return size == 0 ? 0 : tag + length_delimited_size(size);
    }
    uint64_t value = load_scalar(row, member);
    if (value == 0)
        return 0;
    if (row->type == PROTOBUF_FIXED32)
        return tag + 4;
    bool is_wide = row->type == PROTOBUF_FIXED64 || row->type == PROTOBUF_DOUBLE;
    return tag + (is_wide ? 8 : varint_size(value));
}

size_t protobuf_table_size(const struct protobuf_table *table, const void *record)
{
    size_t size = 0;
    for (uint32_t i = 0; i < table->count; i++)
        size += field_size(&table->rows[i], (const unsigned char *)record + table->rows[i].offset);
    return size;
}

static unsigned char *write_text(unsigned char *to, uint32_t tag, struct text text)
{
    if (text.size == 0)
        return to;
    to = write_varint(to, tag);
    to = write_varint(to, text.size);
    memcpy(to, text.bytes, text.size);
    return to + text.size;
}

static unsigned char *write_message(unsigned char *to, uint32_t tag, const struct protobuf_table *table,
                                    const void *record)
{
    to = write_varint(to, tag);
    to = write_varint(to, protobuf_table_size(table, record));
    return protobuf_table_encode(table, record, to);
}

static unsigned char *write_scalar(unsigned char *to, const struct protobuf_row *row, uint64_t value)
{
    if (value == 0)
        return to;
    to = write_varint(to, row->tag);
    bool is_wide = row->type == PROTOBUF_FIXED64 || row->type == PROTOBUF_DOUBLE;
    if (!is_wide && row->type != PROTOBUF_FIXED32)
        return write_varint(to, value);
    if (is_wide) {
        store_le64(to, value);
        return to + 8;
    }
    store_le32(to, (uint32_t)value);
    return to + 4;
}

unsigned char *protobuf_table_encode(const struct protobuf_table *table, const void *record, unsigned char *to)
{
    for (uint32_t i = 0; i < table->count; i++) {
        const struct protobuf_row *row = &table->rows[i];
        const unsigned char *member = (const unsigned char *)record + row->offset;
        if (row->type == PROTOBUF_TEXT)
            to = write_text(to, row->tag, load_text(member));
        else if (row->type == PROTOBUF_MESSAGE)
            to = write_message(to, row->tag, row->message, member);
        else
            to = write_scalar(to, row, load_scalar(row, member));
    }
    return to;
}

bool protobuf_member_decode(const unsigned char *bytes, size_t size, struct protobuf_member *member)
{
    if (size < 2 || bytes[0] >= 0x80 || (bytes[0] & 7) != WIRE_LENGTH_DELIMITED || bytes[0] >> 3 == 0)
        return false;
    const unsigned char *end = bytes + size;
    size_t content_size = 0;
    const unsigned char *content = read_length(bytes + 1, end, &content_size);
    if (!content || content_size != (size_t)(end - content))
        return false;
    *member = (struct protobuf_member){(uint32_t)bytes[0] >> 3, content, content_size};
    return true;
}

size_t protobuf_member_encode(uint32_t number, const struct protobuf_table *table, const void *record,
                              unsigned char *bytes, size_t capacity)
{
    uint32_t tag = number << 3 | WIRE_LENGTH_DELIMITED;
    size_t size = varint_size(tag) + length_delimited_size(protobuf_table_size(table, record));
    if (size > capacity)
        return 0;
    return (size_t)(write_message(bytes, tag, table, record) - bytes);
}
