/* SPDX-License-Identifier: MIT */
/*
 * field - values of a JSON object by the names of the .proto files.
 *
 * Text and --json come from the same objects, so there is one reading path. A field that is absent reads as in proto3:
 * 0, "", false, nothing.
 */
#ifndef HNLMON_CLI_FIELD_H
#define HNLMON_CLI_FIELD_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

const json_t *field_object(const json_t *object, const char *name); /* NULL when absent */
const char *field_text(const json_t *object, const char *name);
double field_number(const json_t *object, const char *name);
uint64_t field_count(const json_t *object, const char *name); /* also from a decimal string; a negative number is 0 */
bool field_flag(const json_t *object, const char *name);

/* The sum over a list of {name, count}. */
uint64_t field_counts_sum(const json_t *object, const char *name);

/* Replaces control characters in every text of a message by '?': what a network brings must not steer a terminal. */
void field_make_printable(json_t *message);

/* Writes the object as one line of JSON to the standard output, at once. */
void field_print_json(const json_t *object);

#endif
