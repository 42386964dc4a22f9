/* SPDX-License-Identifier: MIT */
/* config - see config.h. */
#include "config.h"

#include <assert.h>
#include <ctype.h>
#include <string.h>

#include "config_table.h"
#include "nearest.h"

#define VARIABLE_PREFIX "HNLMON_"

void config_defaults(struct config *config)
{
    memset(config, 0, sizeof *config);
    config->alarm = alarm_default_promise();
    for (size_t i = 0; i < config_table_count; i++) {
        const struct config_row *row = &config_table[i];
        char error[CONFIG_ERROR_SIZE];
        bool is_good = row->initial == NULL || config_table_assign(config, row, row->initial, error, sizeof error);
        assert(is_good);
        (void)is_good;
    }
}

bool config_set_key(struct config *config, const char *key, const char *value, char *error, size_t error_size)
{
    const struct config_row *row = config_table_find(key);
    if (row == NULL)
        return config_table_unknown(key, error, error_size);
    return config_table_assign(config, row, value, error, error_size);
}

/* Puts a place before an error. */
static bool fail_at(const char *place, const char *what, char *error, size_t error_size)
{
    snprintf(error, error_size, "%s: %s", place, what);
    return false;
}

bool config_set(struct config *config, const char *assignment, char *error, size_t error_size)
{
    char what[CONFIG_ERROR_SIZE], shown[CONFIG_SHOWN_SIZE], key[CONFIG_KEY_SIZE];
    const char *equals = strchr(assignment, '=');
    if (equals == NULL) {
        snprintf(what, sizeof what, "\"%s\" is not key=value", config_table_show(assignment, shown));
        return fail_at("--set", what, error, error_size);
    }
    /* A key that is cut here is longer than any key, and stays unknown. */
    snprintf(key, sizeof key, "%.*s",
             (int)(equals - assignment < (int)sizeof key ? equals - assignment : (int)sizeof key), assignment);
    return config_set_key(config, key, equals + 1, what, sizeof what) || fail_at("--set", what, error, error_size);
}

/* "link.endpoint" is "HNLMON_LINK_ENDPOINT". */
static void variable_of(const char *key, char name[CONFIG_KEY_SIZE])
{
    size_t length = sizeof VARIABLE_PREFIX - 1;
    memcpy(name, VARIABLE_PREFIX, length);
    for (; *key != '\0' && length < CONFIG_KEY_SIZE - 1; key++)
        name[length++] = *key == '.' ? '_' : (char)toupper((unsigned char)*key);
    name[length] = '\0';
}

/* Whether a variable is HNLMON_SECTION_ and something. */
static bool names_section(const char *variable)
{
    for (size_t i = 0; i < config_table_count; i++) {
        char name[CONFIG_KEY_SIZE];
        variable_of(config_table[i].key, name);
        size_t length = config_table_section_length(config_table[i].key);
        if (length > 0 && strncmp(variable, name, sizeof VARIABLE_PREFIX + length) == 0)
            return true;
    }
    return false;
}

/* A slip of the pen is an error; variables such as those of the tests are none of ours. */
static bool is_foreign(const char *variable, char *error, size_t error_size)
{
    char variables[CONFIG_KEYS_MAX][CONFIG_KEY_SIZE];
    const char *names[CONFIG_KEYS_MAX] = {NULL};
    for (size_t i = 0; i < config_table_count; i++) {
        variable_of(config_table[i].key, variables[i]);
        names[i] = variables[i];
    }
    const char *meant = nearest_name(variable, names);
    if (meant == NULL && !names_section(variable))
        return true;
    char shown[CONFIG_SHOWN_SIZE];
    snprintf(error, error_size, "%s: no setting has this variable%s%s%s", config_table_show(variable, shown),
             meant ? " (did you mean \"" : "", meant ? meant : "", meant ? "\"?)" : "");
    return false;
}

static bool load_variable(struct config *config, const char *variable, const char *value, char *error,
                          size_t error_size)
{
    for (size_t i = 0; i < config_table_count; i++) {
        char name[CONFIG_KEY_SIZE], what[CONFIG_ERROR_SIZE];
        variable_of(config_table[i].key, name);
        if (strcmp(name, variable) == 0)
            return config_table_assign(config, &config_table[i], value, what, sizeof what) ||
                   fail_at(variable, what, error, error_size);
    }
    return is_foreign(variable, error, error_size);
}

bool config_load_environment(struct config *config, char *const *environment, char *error, size_t error_size)
{
    for (; *environment != NULL; environment++) {
        char variable[CONFIG_KEY_SIZE];
        size_t length = strcspn(*environment, "=");
        if (strncmp(*environment, VARIABLE_PREFIX, sizeof VARIABLE_PREFIX - 1) != 0 || length >= sizeof variable ||
            (*environment)[length] == '\0')
            continue;
        memcpy(variable, *environment, length);
        variable[length] = '\0';
        if (!load_variable(config, variable, *environment + length + 1, error, error_size))
            return false;
    }
    return true;
}

static void print_range(const struct config_row *row, FILE *file)
{
    switch (row->type) {
    case CONFIG_TEXT:
        fprintf(file, " Up to %.15g characters.\n", row->maximum);
        break;
    case CONFIG_ENDPOINT:
        fputs(" tcp://ADDRESS:PORT or ipc://PATH.\n", file);
        break;
    case CONFIG_ENDPOINTS:
        fputs(" Each tcp://ADDRESS:PORT or ipc://PATH.\n", file);
        break;
    case CONFIG_INTEGER:
    case CONFIG_REAL:
        fprintf(file, " %.15g to %.15g%s%s.\n", row->minimum, row->maximum, row->unit[0] ? " " : "", row->unit);
        break;
    case CONFIG_CHOICE:
        for (size_t i = 0; i < CONFIG_CHOICES_MAX && row->choices[i].word != NULL; i++)
            fprintf(file, "%s%s", i > 0 ? ", " : " One of ", row->choices[i].word);
        fputs(".\n", file);
        break;
    }
}

static void print_row(const struct config *config, const struct config_row *row, FILE *file)
{
    char text[CONFIG_YAML_SIZE] = "";
    size_t length = config_table_section_length(row->key);
    const char *indent = length > 0 ? "  " : "", *name = length > 0 ? row->key + length + 1 : row->key;
    config_table_format(config, row, text, sizeof text);
    fprintf(file, "%s# %s", indent, row->meaning);
    print_range(row, file);
    fprintf(file, "%s%s: %s\n", indent, name, text);
}

bool config_print(const struct config *config, FILE *file)
{
    fputs("# Settings of hnlmond, as `hnlmond --print-config` writes them; what is left out keeps its default. An "
          "option\n"
          "# --set link.max_batch=1024 goes before a variable HNLMON_LINK_MAX_BATCH, and that before this file.\n\n",
          file);
    const char *section = "";
    size_t section_length = 0;
    for (size_t i = 0; i < config_table_count; i++) {
        const char *key = config_table[i].key;
        size_t length = config_table_section_length(key);
        if (length > 0 && (length != section_length || strncmp(key, section, length) != 0))
            fprintf(file, "\n%.*s:\n", (int)length, key);
        section = key;
        section_length = length;
        print_row(config, &config_table[i], file);
    }
    return fflush(file) == 0 && !ferror(file);
}
