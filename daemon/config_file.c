/* SPDX-License-Identifier: MIT */
/*
 * config_file - reads the YAML file of the configuration, event by event, so that every mistake has its line and
 * column.
 *
 * Of YAML it takes one document, a map of scalars and of sections that are maps of scalars. Anchors, aliases and tags
 * are refused, as is a key that comes twice: in a file of settings they hide what applies.
 */
#include <errno.h>
#include <stdarg.h>
#include <string.h>
#include <yaml.h>

#include "config_table.h"

struct reader {
    const char *path;
    struct config *config;
    yaml_parser_t parser;
    yaml_event_t event; /* the last one */
    const char *bytes;  /* of the file */
    size_t size;
    size_t key_lines[CONFIG_KEYS_MAX];     /* where the key of a row was given, from 1; 0: nowhere */
    size_t section_lines[CONFIG_KEYS_MAX]; /* the same of its section, kept at the first row of it */
    char *error;
    size_t error_size;
};

/* Marks of libyaml count from 0. */
static bool fail(struct reader *reader, yaml_mark_t mark, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
static bool fail(struct reader *reader, yaml_mark_t mark, const char *format, ...)
{
    char what[CONFIG_ERROR_SIZE];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(what, sizeof what, format, arguments);
    va_end(arguments);
    snprintf(reader->error, reader->error_size, "%s:%zu:%zu: %s", reader->path, mark.line + 1, mark.column + 1, what);
    return false;
}

/* libyaml gives bytes that are no text by their offset alone. */
static yaml_mark_t mark_of_offset(const struct reader *reader, size_t offset)
{
    yaml_mark_t mark = {.index = offset, .line = 0, .column = 0};
    for (size_t i = 0; i < offset && i < reader->size; i++) {
        mark.line += reader->bytes[i] == '\n';
        mark.column = reader->bytes[i] == '\n' ? 0 : mark.column + 1;
    }
    return mark;
}

static bool fail_as_parser(struct reader *reader)
{
    const yaml_parser_t *parser = &reader->parser;
    const char *problem = parser->problem != NULL ? parser->problem : "out of memory";
    if (parser->error == YAML_READER_ERROR)
        return fail(reader, mark_of_offset(reader, parser->problem_offset), "not text in UTF-8: %s", problem);
    if (parser->context != NULL)
        return fail(reader, parser->problem_mark, "not YAML: %s %s that begins on line %zu", problem, parser->context,
                    parser->context_mark.line + 1);
    return fail(reader, parser->problem_mark, "not YAML: %s", problem);
}

static bool has_property(const yaml_event_t *event)
{
    switch (event->type) {
    case YAML_ALIAS_EVENT:
        return true;
    case YAML_SCALAR_EVENT:
        return event->data.scalar.anchor != NULL || event->data.scalar.tag != NULL;
    case YAML_SEQUENCE_START_EVENT:
        return event->data.sequence_start.anchor != NULL || event->data.sequence_start.tag != NULL;
    case YAML_MAPPING_START_EVENT:
        return event->data.mapping_start.anchor != NULL || event->data.mapping_start.tag != NULL;
    default: /* the other events have none; the enum is libyaml's and not ours to complete */
        return false;
    }
}

static const char *scalar(const struct reader *reader)
{
    return (const char *)reader->event.data.scalar.value;
}

static bool advance(struct reader *reader)
{
    yaml_event_delete(&reader->event);
    if (!yaml_parser_parse(&reader->parser, &reader->event))
        return fail_as_parser(reader);
    if (has_property(&reader->event))
        return fail(reader, reader->event.start_mark, "anchors, aliases and tags have no place here");
    if (reader->event.type == YAML_SCALAR_EVENT && strlen(scalar(reader)) != reader->event.data.scalar.length)
        return fail(reader, reader->event.start_mark, "a text with the character 0 in it");
    return true;
}

static bool is_plain(const struct reader *reader)
{
    return reader->event.data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
}

static bool is_null(const struct reader *reader)
{
    return is_plain(reader) &&
           (strcmp(scalar(reader), "") == 0 || strcmp(scalar(reader), "~") == 0 || strcmp(scalar(reader), "null") == 0);
}

/* Notes the line of a key or section; false when it has one. */
static bool note_line(struct reader *reader, size_t *line, const char *name, yaml_mark_t mark)
{
    if (*line != 0)
        return fail(reader, mark, "%s is given twice, first on line %zu", name, *line);
    *line = mark.line + 1;
    return true;
}

/* The value of a key is the current event. */
static bool read_value(struct reader *reader, const struct config_row *row)
{
    yaml_mark_t mark = reader->event.start_mark;
    char what[CONFIG_ERROR_SIZE];
    if (reader->event.type != YAML_SCALAR_EVENT)
        return fail(reader, mark, "%s: takes one value, not a %s", row->key,
                    reader->event.type == YAML_MAPPING_START_EVENT ? "map" : "list");
    if (is_null(reader))
        return fail(reader, mark, "%s: has no value", row->key);
    if (!is_plain(reader) && (row->type == CONFIG_INTEGER || row->type == CONFIG_REAL))
        return fail(reader, mark, "%s: wants a number, and what is in quotes is a text", row->key);
    return config_table_assign(reader->config, row, scalar(reader), what, sizeof what) ||
           fail(reader, mark, "%s", what);
}

static bool read_key(struct reader *reader, const struct config_row *row)
{
    size_t index = (size_t)(row - config_table);
    return note_line(reader, &reader->key_lines[index], row->key, reader->event.start_mark) && advance(reader) &&
           read_value(reader, row);
}

static size_t first_row_of(const char *section)
{
    size_t length = strlen(section), index = 0;
    while (strncmp(config_table[index].key, section, length) != 0 || config_table[index].key[length] != '.')
        index++;
    return index;
}

static bool read_pair(struct reader *reader, const char *section, bool *is_end);

/* A section whose keys are all commented out has no value, which is fine. */
static bool read_section(struct reader *reader, const char *section)
{
    size_t *line = &reader->section_lines[first_row_of(section)];
    if (!note_line(reader, line, section, reader->event.start_mark) || !advance(reader))
        return false;
    if (reader->event.type == YAML_SCALAR_EVENT && is_null(reader))
        return true;
    if (reader->event.type != YAML_MAPPING_START_EVENT)
        return fail(reader, reader->event.start_mark, "%s: is a section; its keys stand below it, indented", section);
    for (bool is_end = false; !is_end;)
        if (!read_pair(reader, section, &is_end))
            return false;
    return true;
}

/* A key with its value, or the end of the map. `section` is "" at the top, where alone sections are. */
static bool read_pair(struct reader *reader, const char *section, bool *is_end)
{
    if (!advance(reader))
        return false;
    *is_end = reader->event.type == YAML_MAPPING_END_EVENT;
    if (*is_end)
        return true;
    yaml_mark_t mark = reader->event.start_mark;
    if (reader->event.type != YAML_SCALAR_EVENT)
        return fail(reader, mark, "a key is one word, not a list or a map");
    /* A key that is cut here is longer than any key, and stays unknown. */
    char key[2 * CONFIG_KEY_SIZE], what[CONFIG_ERROR_SIZE];
    snprintf(key, sizeof key, "%s%s%.*s", section, section[0] ? "." : "", (int)CONFIG_KEY_SIZE, scalar(reader));
    const struct config_row *row = config_table_find(key);
    if (row != NULL)
        return read_key(reader, row);
    if (section[0] == '\0' && config_table_has_section(key))
        return read_section(reader, key);
    config_table_unknown(key, what, sizeof what);
    return fail(reader, mark, "%s", what);
}

static bool read_document(struct reader *reader)
{
    if (!advance(reader) || !advance(reader)) /* the stream, then a document */
        return false;
    if (reader->event.type == YAML_STREAM_END_EVENT)
        return true;
    if (!advance(reader))
        return false;
    bool is_end = reader->event.type == YAML_SCALAR_EVENT && is_null(reader);
    if (!is_end && reader->event.type != YAML_MAPPING_START_EVENT)
        return fail(reader, reader->event.start_mark, "keys and values are expected, as in `instance: hnlmon`");
    while (!is_end)
        if (!read_pair(reader, "", &is_end))
            return false;
    if (!advance(reader) || !advance(reader)) /* the end of the document, then of the stream */
        return false;
    if (reader->event.type != YAML_STREAM_END_EVENT)
        return fail(reader, reader->event.start_mark, "a second document begins here; one is read");
    return true;
}

static bool read_bytes(struct reader *reader)
{
    reader->error[0] = '\0';
    if (!yaml_parser_initialize(&reader->parser)) {
        snprintf(reader->error, reader->error_size, "%s: out of memory", reader->path);
        return false;
    }
    yaml_parser_set_input_string(&reader->parser, (const unsigned char *)reader->bytes, reader->size);
    bool is_read = read_document(reader);
    yaml_event_delete(&reader->event);
    yaml_parser_delete(&reader->parser);
    return is_read;
}

/* Returns the number of bytes read; on failure more than CONFIG_FILE_SIZE_MAX, and the error is told. */
static size_t slurp(const char *path, char *bytes, char *error, size_t error_size)
{
    FILE *file = fopen(path, "rb");
    size_t size = file != NULL ? fread(bytes, 1, CONFIG_FILE_SIZE_MAX + 1, file) : 0;
    if (file == NULL || ferror(file)) {
        snprintf(error, error_size, "%s: %s", path, strerror(errno));
        size = CONFIG_FILE_SIZE_MAX + 1;
    } else if (size > CONFIG_FILE_SIZE_MAX) {
        snprintf(error, error_size, "%s: larger than %u bytes", path, CONFIG_FILE_SIZE_MAX);
    }
    if (file != NULL)
        fclose(file);
    return size;
}

bool config_load_file(struct config *config, const char *path, char *error, size_t error_size)
{
    char bytes[CONFIG_FILE_SIZE_MAX + 1];
    size_t size = slurp(path, bytes, error, error_size);
    if (size > CONFIG_FILE_SIZE_MAX)
        return false;
    struct reader reader = {
        .path = path, .config = config, .bytes = bytes, .size = size, .error = error, .error_size = error_size};
    return read_bytes(&reader);
}
