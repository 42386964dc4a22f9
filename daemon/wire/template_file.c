/* SPDX-License-Identifier: MIT */
/* template_file - see template_file.h. The reader goes line by line; the first line that is wrong is the error. */
#include "wire/template_file.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LINE_SIZE (TEMPLATE_PROVENANCE_SIZE + 32u)
#define PATH_SIZE 4096u
#define SHOWN_CHARACTERS 40 /* of a line, in an error */

struct reader {
    const char *path;
    char *text; /* the whole file, with a 0 behind it */
    size_t size, at;
    unsigned line_number; /* of the last line that was read, from 1 */
    char line[LINE_SIZE];
    char *error;
    size_t error_size;
};

static bool fail(struct reader *reader, const char *format, ...) __attribute__((format(printf, 2, 3)));
static bool fail(struct reader *reader, const char *format, ...)
{
    char what[512];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(what, sizeof what, format, arguments);
    va_end(arguments);
    (void)snprintf(reader->error, reader->error_size, "%s:%u: %s", reader->path, reader->line_number, what);
    return false;
}

/* The beginning of a text as an error may show it. */
static const char *shown(const char *text, char copy[SHOWN_CHARACTERS + 1])
{
    size_t size = 0;
    for (; size < SHOWN_CHARACTERS && text[size] != '\0'; size++)
        copy[size] = text[size] >= ' ' && text[size] <= '~' ? text[size] : '?';
    copy[size] = '\0';
    return copy;
}

/* ---- the file ---- */

static bool fail_as_file(struct reader *reader, const char *what)
{
    (void)snprintf(reader->error, reader->error_size, "%s: %s", reader->path, what);
    return false;
}

static bool read_bytes(struct reader *reader, FILE *file)
{
    reader->text = malloc(TEMPLATE_FILE_SIZE_MAX + 2);
    if (reader->text == NULL)
        return fail_as_file(reader, strerror(ENOMEM));
    reader->size = fread(reader->text, 1, TEMPLATE_FILE_SIZE_MAX + 1, file);
    if (ferror(file))
        return fail_as_file(reader, strerror(errno));
    reader->text[reader->size] = '\0';
    return reader->size <= TEMPLATE_FILE_SIZE_MAX ||
           fail_as_file(reader, "more than 262144 bytes: no background template");
}

static bool read_file(struct reader *reader)
{
    FILE *file = fopen(reader->path, "rb");
    if (file == NULL)
        return fail_as_file(reader, strerror(errno));
    bool is_read = read_bytes(reader, file);
    (void)fclose(file);
    return is_read;
}

/* The next line, without its end. */
static bool read_line(struct reader *reader)
{
    const char *begin = reader->text + reader->at;
    const char *end = memchr(begin, '\n', reader->size - reader->at);
    reader->line_number++;
    if (end == NULL)
        return fail(reader, "the file ends too early");
    size_t size = (size_t)(end - begin);
    if (size >= sizeof reader->line || memchr(begin, '\0', size) != NULL)
        return fail(reader, "not a line of a background template");
    memcpy(reader->line, begin, size);
    reader->line[size] = '\0';
    reader->at += size + 1;
    return true;
}

/* ---- lines ---- */

static bool expect_line(struct reader *reader, const char *line)
{
    char copy[SHOWN_CHARACTERS + 1];
    if (!read_line(reader))
        return false;
    return strcmp(reader->line, line) == 0 ||
           fail(reader, "\"%s\" is due here, not \"%s\"", line, shown(reader->line, copy));
}

/* The value of key=value; NULL when another line is there. */
static const char *read_value(struct reader *reader, const char *key)
{
    char copy[SHOWN_CHARACTERS + 1];
    size_t length = strlen(key);
    if (!read_line(reader))
        return NULL;
    if (strncmp(reader->line, key, length) == 0 && reader->line[length] == '=')
        return reader->line + length + 1;
    (void)fail(reader, "\"%s=...\" is due here, not \"%s\"", key, shown(reader->line, copy));
    return NULL;
}

static bool read_text(struct reader *reader, const char *key, char *text, size_t size)
{
    const char *value = read_value(reader, key);
    if (value == NULL)
        return false;
    if (strlen(value) >= size)
        return fail(reader, "%s: more than %zu characters", key, size - 1);
    memcpy(text, value, strlen(value) + 1);
    return true;
}

/* A finite number, at least 0, from *text up to `end`; moves *text behind it. The set of characters keeps out nan, inf
 * and hexadecimal; a minus is told as what it is. */
static bool read_number(struct reader *reader, const char **text, char end, double *number)
{
    char copy[SHOWN_CHARACTERS + 1];
    size_t length = strspn(*text, "0123456789+-.eE");
    char *behind;
    errno = 0;
    *number = strtod(*text, &behind);
    if (length == 0 || behind != *text + length || *behind != end)
        return fail(reader, "\"%s\" is not a finite number", shown(*text, copy));
    if (**text == '-')
        return fail(reader, "%.*s is negative", (int)(length < SHOWN_CHARACTERS ? length : SHOWN_CHARACTERS), *text);
    if (errno == ERANGE && *number > 1)
        return fail(reader, "\"%s\" is not a finite number", shown(*text, copy));
    *text = behind + (end != '\0');
    return true;
}

static bool read_real(struct reader *reader, const char *key, double *number)
{
    const char *value = read_value(reader, key);
    return value != NULL && read_number(reader, &value, '\0', number);
}

/* A number of the binning, which must be ours. */
static bool expect_integer(struct reader *reader, const char *key, int ours)
{
    char text[16], copy[SHOWN_CHARACTERS + 1];
    const char *value = read_value(reader, key);
    (void)snprintf(text, sizeof text, "%d", ours);
    return value != NULL &&
           (strcmp(value, text) == 0 ||
            fail(reader, "%s is %s, in this program it is %s: another binning", key, shown(value, copy), text));
}

static bool read_table(struct reader *reader, const char *head, double *const *lists, uint32_t columns, uint32_t rows)
{
    if (!expect_line(reader, head))
        return false;
    for (uint32_t row = 0; row < rows; row++) {
        if (!read_line(reader))
            return false;
        const char *text = reader->line;
        for (uint32_t column = 0; column < columns; column++)
            if (!read_number(reader, &text, column + 1 < columns ? ' ' : '\0', &lists[column][row]))
                return false;
    }
    return true;
}

/* ---- the whole ---- */

static bool read_magic(struct reader *reader)
{
    char copy[SHOWN_CHARACTERS + 1], *end;
    const size_t length = sizeof TEMPLATE_MAGIC - 1;
    if (reader->size < length + 1 || memcmp(reader->text, TEMPLATE_MAGIC " ", length + 1) != 0)
        return fail_as_file(reader, "not a background template");
    if (!read_line(reader))
        return false;
    unsigned long version = strtoul(reader->line + length + 1, &end, 10);
    if (version == TEMPLATE_VERSION && *end == '\0')
        return true;
    return fail(reader, "version %s; this program reads version %u", shown(reader->line + length + 1, copy),
                TEMPLATE_VERSION);
}

static bool read_preset(struct reader *reader, enum selection_preset *preset)
{
    char copy[SHOWN_CHARACTERS + 1];
    const char *value = read_value(reader, "preset");
    if (value == NULL)
        return false;
    for (*preset = 0; *preset < SELECTION_PRESET_COUNT; ++*preset)
        if (strcmp(selection_preset_name(*preset), value) == 0)
            return true;
    return fail(reader, "no selection \"%s\"", shown(value, copy));
}

static bool read_head(struct reader *reader, struct template *shape)
{
    return read_magic(reader) && read_text(reader, "name", shape->name, sizeof shape->name) &&
           read_text(reader, "hash", shape->hash, sizeof shape->hash) &&
           read_text(reader, "provenance", shape->provenance, sizeof shape->provenance) &&
           read_preset(reader, &shape->preset) && expect_integer(reader, "bin_width_mev2", M2_BIN_WIDTH_MEV2) &&
           expect_integer(reader, "bin_first", M2_BIN_FIRST) && expect_integer(reader, "bin_count", M2_BIN_COUNT) &&
           expect_integer(reader, "hypothesis_first_mev", HYPOTHESIS_FIRST_MEV) &&
           expect_integer(reader, "hypothesis_count", HYPOTHESIS_COUNT) &&
           read_real(reader, "sigma_mev2", &shape->sigma_mev2) && read_real(reader, "first_mev", &shape->first_mev) &&
           read_real(reader, "last_mev", &shape->last_mev) && read_real(reader, "br_ke3", &shape->br_ke3) &&
           read_real(reader, "a_peak", &shape->a_peak) && read_real(reader, "f_peak", &shape->f_peak) &&
           read_real(reader, "eps_background", &shape->eps_background);
}

static bool read_tables(struct reader *reader, struct template *shape)
{
    double *const bins[] = {shape->bins, shape->bins_before};
    double *const masses[] = {shape->acceptance_ratio, shape->window_ratio, shape->window_error, shape->bias_error};
    if (!read_table(reader, TEMPLATE_BINS_HEAD, bins, 2, M2_BIN_COUNT) ||
        !read_table(reader, TEMPLATE_MASSES_HEAD, masses, 4, HYPOTHESIS_COUNT) || !expect_line(reader, TEMPLATE_END))
        return false;
    return reader->at == reader->size || fail(reader, "something follows behind the end");
}

static bool check(struct reader *reader, const struct template *shape)
{
    char hash[TEMPLATE_HASH_SIZE], what[192];
    const char *error = template_error(shape);
    if (error != NULL)
        return fail_as_file(reader, error);
    template_hash(shape, hash);
    if (strcmp(hash, shape->hash) == 0)
        return true;
    char copy[SHOWN_CHARACTERS + 1];
    (void)snprintf(what, sizeof what, "the hash is %s, but the contents have %s: the file was changed or damaged",
                   shown(shape->hash, copy), hash);
    return fail_as_file(reader, what);
}

bool template_file_load(const char *path, struct template *shape, char *error, size_t error_size)
{
    struct reader reader = {.path = path, .error = error, .error_size = error_size};
    memset(shape, 0, sizeof *shape);
    bool is_good =
        read_file(&reader) && read_head(&reader, shape) && read_tables(&reader, shape) && check(&reader, shape);
    free(reader.text);
    return is_good;
}

static void write_lines(void *context, const char *text, size_t size)
{
    (void)fwrite(text, 1, size, context); /* an error stays in the stream until the end */
}

static bool write_file(const char *path, const struct template *shape)
{
    FILE *file = fopen(path, "wb");
    if (file == NULL)
        return false;
    template_write(shape, true, write_lines, file);
    bool is_written = !ferror(file);
    return fclose(file) == 0 && is_written;
}

bool template_file_save(const char *path, const struct template *shape, char *error, size_t error_size)
{
    char beside[PATH_SIZE];
    if (snprintf(beside, sizeof beside, "%s.part", path) >= (int)sizeof beside) {
        (void)snprintf(error, error_size, "%.80s...: %s", path, strerror(ENAMETOOLONG));
        return false;
    }
    if (write_file(beside, shape) && rename(beside, path) == 0)
        return true;
    (void)snprintf(error, error_size, "%s: %s", path, strerror(errno));
    (void)remove(beside);
    return false;
}
