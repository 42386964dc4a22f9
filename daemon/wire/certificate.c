/* SPDX-License-Identifier: MIT */
/*
 * certificate - see certificate.h.
 *
 * Of ZPL it takes what certificates need: sections at the margin, properties indented by four blanks, comments, values
 * bare or in either kind of quotes. What follows a bare '#' is a comment, so keys, in which Z85 has '#', are in quotes.
 */
#include "wire/certificate.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define KEY_CHARACTERS (CERTIFICATE_KEY_SIZE - 1)
#define INDENT 4

/* Characters of a ZPL name. */
static const char name_characters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789$-_@.&+/";
/* Digits 0 to 84 of Z85 (rfc.zeromq.org/spec/32). */
static const char z85[] = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#";

enum section { SECTION_NONE, SECTION_METADATA, SECTION_CURVE };

struct slice {
    const char *text;
    size_t size;
};

struct reader {
    struct certificate *certificate;
    enum section section;
    unsigned seen; /* bit i: properties[i] was there */
    unsigned line; /* from 1 */
    char *error;
    size_t error_size;
};

const char *certificate_role_name(enum certificate_role role)
{
    switch (role) {
    case ROLE_NONE:
        return "none";
    case ROLE_FRONT_END:
        return "front-end";
    case ROLE_SUBSCRIBER:
        return "subscriber";
    case ROLE_OPERATOR:
        return "operator";
    case ROLE_COUNT:
        break;
    }
    return "?";
}

enum certificate_role certificate_role_by_name(const char *name)
{
    enum certificate_role role = ROLE_FRONT_END;
    while (role < ROLE_COUNT && strcmp(certificate_role_name(role), name) != 0)
        role++;
    return role;
}

bool certificate_is_name(const char *name)
{
    size_t length = strlen(name);
    if (length == 0 || length >= CERTIFICATE_NAME_SIZE)
        return false;
    for (; *name; name++)
        if (*name < ' ' || *name > '~' || *name == '"' || *name == '\'')
            return false;
    return true;
}

/* ---- values ---- */

static bool fail(const struct reader *reader, const char *what)
{
    snprintf(reader->error, reader->error_size, "line %u: %s", reader->line, what);
    return false;
}

/* Copies a value that fits and has no 0 in it. */
static bool copy(const struct slice *value, char *to, size_t capacity)
{
    if (value->size >= capacity || memchr(value->text, '\0', value->size))
        return false;
    memcpy(to, value->text, value->size);
    to[value->size] = '\0';
    return true;
}

static bool take_name(const struct reader *reader, const struct slice *value)
{
    char *name = reader->certificate->name;
    return (copy(value, name, CERTIFICATE_NAME_SIZE) && certificate_is_name(name)) ||
           fail(reader, "the name must be 1 to 63 printable ASCII characters without quotes");
}

static bool take_role(const struct reader *reader, const struct slice *value)
{
    char word[16];
    enum certificate_role role = copy(value, word, sizeof word) ? certificate_role_by_name(word) : ROLE_COUNT;
    if (role == ROLE_COUNT)
        return fail(reader, "the role must be one of front-end, subscriber, operator");
    reader->certificate->role = role;
    return true;
}

static bool take_source(const struct reader *reader, const struct slice *value)
{
    uint64_t source = 0;
    bool is_number = value->size > 0 && value->size <= 10; /* below 10^10: no overflow */
    for (size_t i = 0; is_number && i < value->size; i++) {
        is_number = value->text[i] >= '0' && value->text[i] <= '9';
        source = source * 10 + (uint64_t)(value->text[i] - '0');
    }
    if (!is_number || source > UINT32_MAX)
        return fail(reader, "the source must be a whole number from 0 to 4294967295");
    reader->certificate->source = (uint32_t)source;
    return true;
}

/* Five digits of Z85 are one number of 32 bits, so that not all of them are a key. */
static bool is_key(const char *key)
{
    for (size_t i = 0; i < KEY_CHARACTERS; i += 5) {
        uint64_t word = 0;
        for (size_t j = i; j < i + 5; j++) {
            const char *digit = strchr(z85, key[j]);
            if (!digit || !*digit)
                return false;
            word = word * 85 + (uint64_t)(digit - z85);
        }
        if (word > UINT32_MAX)
            return false;
    }
    return true;
}

static bool take_key(const struct reader *reader, const struct slice *value, char key[CERTIFICATE_KEY_SIZE])
{
    return (copy(value, key, CERTIFICATE_KEY_SIZE) && strlen(key) == KEY_CHARACTERS && is_key(key)) ||
           fail(reader, "a key must be 40 characters of Z85");
}

static bool take_public_key(const struct reader *reader, const struct slice *value)
{
    return take_key(reader, value, reader->certificate->public_key);
}

static bool take_secret_key(const struct reader *reader, const struct slice *value)
{
    return take_key(reader, value, reader->certificate->secret_key);
}

static const struct property {
    enum section section;
    const char *name;
    bool (*take)(const struct reader *reader, const struct slice *value);
} properties[] = {
    {SECTION_METADATA, "name", take_name},          {SECTION_METADATA, "role", take_role},
    {SECTION_METADATA, "source", take_source},      {SECTION_CURVE, "public-key", take_public_key},
    {SECTION_CURVE, "secret-key", take_secret_key},
};

#define PROPERTIES (sizeof properties / sizeof *properties)

static bool is_word(const struct slice *slice, const char *word)
{
    return slice->size == strlen(word) && memcmp(slice->text, word, slice->size) == 0;
}

static bool take_property(struct reader *reader, const struct slice *name, const struct slice *value)
{
    for (size_t i = 0; i < PROPERTIES; i++) {
        if (properties[i].section != reader->section || !is_word(name, properties[i].name))
            continue;
        if (reader->seen & (1u << i))
            return fail(reader, "this was said before");
        reader->seen |= 1u << i;
        return properties[i].take(reader, value);
    }
    return reader->section == SECTION_METADATA || fail(reader, "not a part of a certificate");
}

static bool take_section(struct reader *reader, const struct slice *name)
{
    reader->section = is_word(name, "metadata") ? SECTION_METADATA
                      : is_word(name, "curve")  ? SECTION_CURVE
                                                : SECTION_NONE;
    return reader->section != SECTION_NONE || fail(reader, "the sections are metadata and curve");
}

/* ---- lines ---- */

static void skip(struct slice *slice, size_t size)
{
    slice->text += size;
    slice->size -= size;
}

static void skip_blanks(struct slice *slice)
{
    while (slice->size > 0 && (*slice->text == ' ' || *slice->text == '\t'))
        skip(slice, 1);
}

static bool is_over(const struct slice *rest)
{
    return rest->size == 0 || *rest->text == '#';
}

static struct slice split_name(struct slice *rest)
{
    struct slice name = {rest->text, 0};
    while (rest->size > 0 && *rest->text != '\0' && strchr(name_characters, *rest->text)) {
        name.size++;
        skip(rest, 1);
    }
    return name;
}

/* Behind the '='. False: a quote is not closed, or something follows it. */
static bool split_value(struct slice *rest, struct slice *value)
{
    skip_blanks(rest);
    bool is_quoted = rest->size > 0 && (*rest->text == '"' || *rest->text == '\'');
    if (is_quoted) {
        const char *end = memchr(rest->text + 1, *rest->text, rest->size - 1);
        if (!end)
            return false;
        *value = (struct slice){rest->text + 1, (size_t)(end - rest->text) - 1};
        skip(rest, value->size + 2);
        skip_blanks(rest);
        return is_over(rest);
    }
    const char *comment = memchr(rest->text, '#', rest->size);
    *value = (struct slice){rest->text, comment ? (size_t)(comment - rest->text) : rest->size};
    while (value->size > 0 && (value->text[value->size - 1] == ' ' || value->text[value->size - 1] == '\t'))
        value->size--;
    return true;
}

static bool take_line(struct reader *reader, struct slice line)
{
    struct slice rest = line, value = {"", 0};
    if (rest.size > 0 && rest.text[rest.size - 1] == '\r')
        rest.size--;
    while (rest.size > 0 && *rest.text == ' ')
        skip(&rest, 1);
    size_t indent = (size_t)(rest.text - line.text);
    if (is_over(&rest))
        return true;
    struct slice name = split_name(&rest);
    skip_blanks(&rest);
    bool has_value = rest.size > 0 && *rest.text == '=';
    if (has_value)
        skip(&rest, 1);
    if (name.size == 0 || (!has_value && !is_over(&rest)) || (has_value && !split_value(&rest, &value)))
        return fail(reader, "neither a section nor 'name = value'");
    if (indent == 0 && !has_value)
        return take_section(reader, &name);
    if (indent != INDENT || !has_value || reader->section == SECTION_NONE)
        return fail(reader, "a section stands at the margin, 'name = value' below it behind four blanks");
    return take_property(reader, &name, &value);
}

static bool take_lines(struct reader *reader, const char *text, size_t size)
{
    for (size_t at = 0; at < size;) {
        const char *end = memchr(text + at, '\n', size - at);
        size_t length = end ? (size_t)(end - text) - at : size - at;
        reader->line++;
        if (!take_line(reader, (struct slice){text + at, length}))
            return false;
        at += length + 1;
    }
    return true;
}

/* What no single line shows. */
static const char *fault_of(const struct certificate *certificate)
{
    if (!*certificate->public_key)
        return "has no public-key in a section 'curve'";
    if (certificate->source != 0 && certificate->role != ROLE_FRONT_END)
        return "has a source but not the role of a front-end";
    return NULL;
}

bool certificate_parse(struct certificate *certificate, const char *text, size_t size, char *error, size_t error_size)
{
    struct reader reader = {.certificate = certificate, .error = error, .error_size = error_size};
    *certificate = (struct certificate){.role = ROLE_NONE};
    bool is_good = size <= CERTIFICATE_BYTES_MAX;
    if (!is_good)
        snprintf(error, error_size, "has more than %u bytes", CERTIFICATE_BYTES_MAX);
    is_good = is_good && take_lines(&reader, text, size);
    const char *fault = is_good ? fault_of(certificate) : NULL;
    if (fault)
        snprintf(error, error_size, "%s", fault);
    if (!is_good || fault)
        explicit_bzero(certificate, sizeof *certificate);
    return is_good && !fault;
}

/* ---- writing ---- */

static const char public_banner[] = "# ZeroMQ CURVE public certificate, by hnlmon: for whoever must know this key.\n"
                                    "# What it may do says the copy that the daemon has.\n";
static const char secret_banner[] = "# ZeroMQ CURVE SECRET certificate, by hnlmon: for its owner alone.\n";

size_t certificate_format(const struct certificate *certificate, bool is_secret, char text[CERTIFICATE_TEXT_SIZE])
{
    char name[80] = "", source[32] = "", secret[80] = "";
    if (*certificate->name)
        snprintf(name, sizeof name, "    name = \"%s\"\n", certificate->name);
    if (certificate->source)
        snprintf(source, sizeof source, "    source = \"%" PRIu32 "\"\n", certificate->source);
    if (is_secret)
        snprintf(secret, sizeof secret, "    secret-key = \"%s\"\n", certificate->secret_key);
    int size =
        snprintf(text, CERTIFICATE_TEXT_SIZE, "%s\nmetadata\n%s%s%s%s%scurve\n    public-key = \"%s\"\n%s",
                 is_secret ? secret_banner : public_banner, name, certificate->role == ROLE_NONE ? "" : "    role = \"",
                 certificate->role == ROLE_NONE ? "" : certificate_role_name(certificate->role),
                 certificate->role == ROLE_NONE ? "" : "\"\n", source, certificate->public_key, secret);
    explicit_bzero(secret, sizeof secret);
    return (size_t)size; /* 170 of the banner, 63 of the name, 80 of the keys and 130 around them: it fits */
}
