/* SPDX-License-Identifier: MIT */
/*
 * message_json - the walk over a descriptor, and the bounded memory in which protobuf-c unpacks.
 *
 * protobuf-c makes up to 88 bytes of memory of one byte of input; an arena with an end stops that cleanly.
 */
#include "wire/message_json.h"

#include <inttypes.h>
#include <math.h>
#include <stdalign.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct arena {
    unsigned char *bytes;
    size_t used, capacity;
};

static void *arena_allocate(void *data, size_t size)
{
    struct arena *arena = data;
    size_t left = arena->capacity - arena->used;
    size_t step = alignof(max_align_t);
    if (size > left - left % step)
        return NULL;
    void *memory = arena->bytes + arena->used;
    arena->used += (size + step - 1) / step * step; /* <= capacity, because size <= left rounded down */
    return memory;
}

/* All at once, with the arena. */
static void arena_free(void *data, void *memory)
{
    (void)data;
    (void)memory;
}

static json_t *json_of_message(const ProtobufCMessage *message);

static json_t *json_of_digits(uint64_t value)
{
    char digits[21];
    snprintf(digits, sizeof digits, "%" PRIu64, value);
    return json_string(digits);
}

static json_t *json_of_unsigned(uint64_t value)
{
    return value <= INT64_MAX ? json_integer((json_int_t)value) : json_of_digits(value);
}

/* An epoch is 64 random bits: a name, not a number, and half of them do not fit into a JSON integer. */
static bool is_epoch(const ProtobufCFieldDescriptor *field)
{
    return strcmp(field->name, "epoch") == 0 || strcmp(field->name, "source_epoch") == 0;
}

static json_t *json_of_real(double value)
{
    return isfinite(value) ? json_real(value) : json_null();
}

/* Text that is not UTF-8 has '?' for each byte that is not ASCII. */
static json_t *json_of_text(const char *text)
{
    json_t *json = json_string(text);
    char *ascii = json ? NULL : strdup(text);
    if (!ascii)
        return json;
    for (char *c = ascii; *c; c++) {
        if ((unsigned char)*c >= 0x80)
            *c = '?';
    }
    json = json_string(ascii);
    free(ascii);
    return json;
}

static json_t *json_of_bytes(const ProtobufCBinaryData *data)
{
    static const char digits[] = "0123456789abcdef";
    char *hex = malloc(2 * data->len + 1);
    if (!hex)
        return NULL;
    for (size_t i = 0; i < data->len; i++) {
        hex[2 * i] = digits[data->data[i] >> 4];
        hex[2 * i + 1] = digits[data->data[i] & 15];
    }
    json_t *json = json_stringn(hex, 2 * data->len);
    free(hex);
    return json;
}

/* A value that the schema does not know is its number. */
static json_t *json_of_enum(const ProtobufCEnumDescriptor *descriptor, int value)
{
    const ProtobufCEnumValue *known = protobuf_c_enum_descriptor_get_value(descriptor, value);
    return known ? json_string(known->name) : json_integer(value);
}

/* One value of a field: `member` is where it lies. */
static json_t *json_of_value(const ProtobufCFieldDescriptor *field, const void *member)
{
    switch (field->type) {
    case PROTOBUF_C_TYPE_INT32:
    case PROTOBUF_C_TYPE_SINT32:
    case PROTOBUF_C_TYPE_SFIXED32:
        return json_integer(*(const int32_t *)member);
    case PROTOBUF_C_TYPE_UINT32:
    case PROTOBUF_C_TYPE_FIXED32:
        return json_integer(*(const uint32_t *)member);
    case PROTOBUF_C_TYPE_INT64:
    case PROTOBUF_C_TYPE_SINT64:
    case PROTOBUF_C_TYPE_SFIXED64:
        return json_integer(*(const int64_t *)member);
    case PROTOBUF_C_TYPE_UINT64:
    case PROTOBUF_C_TYPE_FIXED64:
        return (is_epoch(field) ? json_of_digits : json_of_unsigned)(*(const uint64_t *)member);
    case PROTOBUF_C_TYPE_FLOAT:
        return json_of_real((double)*(const float *)member);
    case PROTOBUF_C_TYPE_DOUBLE:
        return json_of_real(*(const double *)member);
    case PROTOBUF_C_TYPE_BOOL:
        return json_boolean(*(const protobuf_c_boolean *)member);
    case PROTOBUF_C_TYPE_ENUM:
        return json_of_enum(field->descriptor, *(const int *)member);
    case PROTOBUF_C_TYPE_STRING:
        return json_of_text(*(const char *const *)member);
    case PROTOBUF_C_TYPE_BYTES:
        return json_of_bytes(member);
    case PROTOBUF_C_TYPE_MESSAGE:
        return json_of_message(*(const ProtobufCMessage *const *)member);
    }
    return NULL;
}

static size_t value_size(ProtobufCType type)
{
    switch (type) {
    case PROTOBUF_C_TYPE_INT32:
    case PROTOBUF_C_TYPE_SINT32:
    case PROTOBUF_C_TYPE_SFIXED32:
    case PROTOBUF_C_TYPE_UINT32:
    case PROTOBUF_C_TYPE_FIXED32:
    case PROTOBUF_C_TYPE_FLOAT:
    case PROTOBUF_C_TYPE_ENUM:
        return 4;
    case PROTOBUF_C_TYPE_INT64:
    case PROTOBUF_C_TYPE_SINT64:
    case PROTOBUF_C_TYPE_SFIXED64:
    case PROTOBUF_C_TYPE_UINT64:
    case PROTOBUF_C_TYPE_FIXED64:
    case PROTOBUF_C_TYPE_DOUBLE:
        return 8;
    case PROTOBUF_C_TYPE_BOOL:
        return sizeof(protobuf_c_boolean);
    case PROTOBUF_C_TYPE_STRING:
    case PROTOBUF_C_TYPE_MESSAGE:
        return sizeof(void *);
    case PROTOBUF_C_TYPE_BYTES:
        return sizeof(ProtobufCBinaryData);
    }
    return 0;
}

static json_t *json_of_list(const ProtobufCFieldDescriptor *field, const unsigned char *values, size_t count)
{
    json_t *list = json_array();
    for (size_t i = 0; list && i < count; i++) {
        if (json_array_append_new(list, json_of_value(field, values + i * value_size(field->type))) != 0) {
            json_decref(list);
            return NULL;
        }
    }
    return list;
}

/* Whether the field is shown when it is not a list: not as an absent message or the member of a oneof that is not set.
 */
static bool is_shown(const ProtobufCFieldDescriptor *field, const unsigned char *message)
{
    if (field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF)
        return *(const uint32_t *)(const void *)(message + field->quantifier_offset) == field->id;
    return field->type != PROTOBUF_C_TYPE_MESSAGE ||
           *(const ProtobufCMessage *const *)(const void *)(message + field->offset) != NULL;
}

static bool add_field(json_t *object, const ProtobufCFieldDescriptor *field, const unsigned char *message)
{
    const unsigned char *member = message + field->offset;
    json_t *json;
    if (field->label == PROTOBUF_C_LABEL_REPEATED) {
        size_t count = *(const size_t *)(const void *)(message + field->quantifier_offset);
        json = json_of_list(field, *(const unsigned char *const *)(const void *)member, count);
    } else if (is_shown(field, message)) {
        json = json_of_value(field, member);
    } else {
        return true;
    }
    return json_object_set_new(object, field->name, json) == 0; /* -1 when json is NULL */
}

static json_t *json_of_message(const ProtobufCMessage *message)
{
    json_t *object = json_object();
    const ProtobufCMessageDescriptor *descriptor = message->descriptor;
    for (unsigned i = 0; object && i < descriptor->n_fields; i++) {
        if (!add_field(object, &descriptor->fields[i], (const unsigned char *)message)) {
            json_decref(object);
            return NULL;
        }
    }
    return object;
}

json_t *message_json(const ProtobufCMessageDescriptor *descriptor, const unsigned char *bytes, size_t size,
                     size_t memory_bytes)
{
    struct arena arena = {malloc(memory_bytes), 0, memory_bytes};
    if (!arena.bytes)
        return NULL;
    ProtobufCAllocator allocator = {arena_allocate, arena_free, &arena};
    const ProtobufCMessage *message = protobuf_c_message_unpack(descriptor, &allocator, size, bytes);
    json_t *json = message ? json_of_message(message) : NULL;
    free(arena.bytes);
    return json;
}
