/* SPDX-License-Identifier: MIT */
/* field - see field.h. */
#include "cli/field.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const json_t *field_object(const json_t *object, const char *name)
{
    return json_object_get(object, name);
}

const char *field_text(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));
    return text != NULL ? text : "";
}

double field_number(const json_t *object, const char *name)
{
    return json_number_value(json_object_get(object, name));
}

uint64_t field_count(const json_t *object, const char *name)
{
    const json_t *value = json_object_get(object, name);
    if (json_is_string(value))
        return strtoull(json_string_value(value), NULL, 10);
    if (json_is_real(value))
        return json_real_value(value) > 0 ? (uint64_t)json_real_value(value) : 0;
    json_int_t number = json_integer_value(value);
    return number > 0 ? (uint64_t)number : 0;
}

bool field_flag(const json_t *object, const char *name)
{
    return json_is_true(json_object_get(object, name));
}

uint64_t field_counts_sum(const json_t *object, const char *name)
{
    uint64_t sum = 0;
    size_t index;
    const json_t *count;
    json_array_foreach(json_object_get(object, name), index, count) sum += field_count(count, "count");
    return sum;
}

static void make_text_printable(json_t *text)
{
    char *copy = strdup(json_string_value(text));
    if (copy == NULL)
        return;
    /* 0x80-0x9F are control characters only in 8-bit sets; in UTF-8, which JSON guarantees, they are C2 80 .. C2 9F. */
    for (unsigned char *c = (unsigned char *)copy; *c != '\0'; c++) {
        bool is_c1 = c[0] == 0xC2 && c[1] >= 0x80 && c[1] <= 0x9F;
        if (*c < 0x20 || *c == 0x7F || is_c1)
            *c = '?';
        if (is_c1)
            c[1] = '?';
    }
    (void)json_string_set(text, copy);
    free(copy);
}

void field_make_printable(json_t *message)
{
    if (json_is_string(message))
        make_text_printable(message);
    size_t index;
    const char *name;
    json_t *value;
    json_array_foreach(message, index, value) field_make_printable(value);
    json_object_foreach(message, name, value) field_make_printable(value);
}

void field_print_json(const json_t *object)
{
    (void)json_dumpf(object, stdout, JSON_COMPACT);
    (void)putchar('\n');
    (void)fflush(stdout);
}
