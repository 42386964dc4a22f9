/* SPDX-License-Identifier: MIT */
/*
 * message_json - bytes of any message as a JSON object, by its descriptor.
 *
 * Names are those of the .proto files. Scalars at their default and empty lists are shown, so that a reader needs to
 * know no defaults; absent messages and the members of a oneof that are not set are left out. Enums are their names,
 * bytes lowercase hexadecimal digits, integers JSON integers (those above 2^63 - 1, which JSON libraries cannot hold, a
 * string of decimal digits), epochs always a string of decimal digits, numbers that are not finite null.
 */
#ifndef HNLMON_WIRE_MESSAGE_JSON_H
#define HNLMON_WIRE_MESSAGE_JSON_H

#include <jansson.h>
#include <protobuf-c/protobuf-c.h>
#include <stddef.h>

/* The bytes are not trusted: unpacking takes at most `memory_bytes`. NULL: not such a message, or not within them. */
json_t *message_json(const ProtobufCMessageDescriptor *descriptor, const unsigned char *bytes, size_t size,
                     size_t memory_bytes);

#endif
