/* SPDX-License-Identifier: MIT */
/*
 * config_table - the keys of the configuration, and how a text becomes a value and a value a text.
 *
 * For config.c and config_file.c. Errors are one line that begins with the key; the place is left to the caller.
 */
#ifndef HNLMON_CONFIG_TABLE_H
#define HNLMON_CONFIG_TABLE_H

#include "config.h"

enum config_type { CONFIG_TEXT, CONFIG_ENDPOINT, CONFIG_ENDPOINTS, CONFIG_INTEGER, CONFIG_REAL, CONFIG_CHOICE };

#define CONFIG_KEYS_MAX 32u   /* bounds the table */
#define CONFIG_CHOICES_MAX 4u /* words of one key */
#define CONFIG_KEY_SIZE 64u   /* a key, and its variable, with the terminating 0 */

struct config_choice {
    const char *word;
    int value; /* of the enum member */
};

struct config_row {
    const char *key;
    enum config_type type;
    const char *initial;     /* the default as text; NULL: config_defaults takes it from the core */
    double minimum, maximum; /* inclusive; of a text its length, where maximum + 1 is the size of its member */
    const char *unit;        /* "": a pure number */
    const char *meaning;     /* a sentence */
    size_t offset;           /* into struct config */
    struct config_choice choices[CONFIG_CHOICES_MAX];
};

/* Rows of one section stand together. */
extern const struct config_row config_table[];
extern const size_t config_table_count;

/* NULL when there is none. */
const struct config_row *config_table_find(const char *key);

/* Whether "section.something" is a key. */
bool config_table_has_section(const char *section);

/* The length of the section in a key; 0 for a key without. */
size_t config_table_section_length(const char *key);

/* Returns false with the error that an unknown key is. */
bool config_table_unknown(const char *key, char *error, size_t error_size);

bool config_table_assign(struct config *config, const struct config_row *row, const char *value, char *error,
                         size_t error_size) __attribute__((warn_unused_result));

/* The value as YAML: texts in quotes. `text` has room for twice the longest value. */
#define CONFIG_YAML_SIZE (2u * CONFIG_PATH_SIZE + 3u)
void config_table_format(const struct config *config, const struct config_row *row, char *text, size_t size);

/* Copies a text for use in an error: cut, and whatever is not printable ASCII as '?'. Returns `shown`. */
#define CONFIG_SHOWN_SIZE 80u
const char *config_table_show(const char *text, char shown[CONFIG_SHOWN_SIZE]);

#endif
