/* SPDX-License-Identifier: MIT */
/* config_table - see config_table.h. */
#include "config_table.h"

#include <assert.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/horizon.h"
#include "core/ledger.h"
#include "hnlmon/frame.h"
#include "io/endpoint.h"
#include "nearest.h"

#define AT(member) offsetof(struct config, member)

const struct config_row config_table[] = {
    {"instance",
     CONFIG_TEXT,
     "hnlmon",
     1,
     CONFIG_NAME_SIZE - 1,
     "",
     "Name of this daemon in all that it publishes.",
     AT(instance),
     {{0}}},
    {"link.endpoint",
     CONFIG_ENDPOINT,
     "tcp://127.0.0.1:4510",
     1,
     CONFIG_ENDPOINT_SIZE - 1,
     "",
     "Where front-ends connect.",
     AT(link.endpoint),
     {{0}}},
    {"link.credit_candidates",
     CONFIG_INTEGER,
     "262144",
     BATCH_CANDIDATES_MAX,
     1u << 30,
     "candidates",
     "How far a source may be ahead of what was counted.",
     AT(link.credit_candidates),
     {{0}}},
    {"link.max_batch",
     CONFIG_INTEGER,
     "4096",
     1,
     BATCH_CANDIDATES_MAX,
     "candidates",
     "The longest batch.",
     AT(link.max_batch),
     {{0}}},
    {"link.expected_sources",
     CONFIG_INTEGER,
     "0",
     0,
     LEDGER_ENTRIES_MAX,
     "sources",
     "A burst waits for this many, 0: for those that are there.",
     AT(link.expected_sources),
     {{0}}},
    {"tap.endpoint",
     CONFIG_ENDPOINTS,
     "",
     0,
     CONFIG_PATH_SIZE - 1,
     "",
     "Where front-ends publish frames for others, separated by blanks, \"\": nowhere.",
     AT(tap.endpoint),
     {{0}}},
    {"publisher.endpoint",
     CONFIG_ENDPOINT,
     "tcp://127.0.0.1:4511",
     1,
     CONFIG_ENDPOINT_SIZE - 1,
     "",
     "Where subscribers connect.",
     AT(publisher.endpoint),
     {{0}}},
    {"publisher.interval_ms",
     CONFIG_INTEGER,
     "200",
     1,
     60000,
     "ms",
     "Histograms and scans are published at most this often.",
     AT(publisher.interval_ms),
     {{0}}},
    {"control.endpoint",
     CONFIG_ENDPOINT,
     "tcp://127.0.0.1:4512",
     1,
     CONFIG_ENDPOINT_SIZE - 1,
     "",
     "Where requests go; without certificates all may acknowledge alarms.",
     AT(control.endpoint),
     {{0}}},
    {"selection.preset",
     CONFIG_CHOICE,
     "paper",
     0,
     0,
     "",
     "The cuts; paper: two-photon mass and veto, na62: all.",
     AT(selection.preset),
     {{"paper", SELECTION_PAPER}, {"na62", SELECTION_NA62}}},
    {"background.f_sys",
     CONFIG_REAL,
     "0.03",
     0,
     1,
     "",
     "Relative systematic uncertainty of the expected background.",
     AT(background.f_sys),
     {{0}}},
    {"background.template",
     CONFIG_TEXT,
     "",
     0,
     CONFIG_PATH_SIZE - 1,
     "",
     "Built-in template (paper, na62, na62-beam) or a file of one, \"\": that of the selection.",
     AT(background.template_file),
     {{0}}},
    {"alarm.major",
     CONFIG_REAL,
     NULL,
     0,
     1000,
     "per 30 days",
     "False MAJOR alarms of EXCESS and ANOMALY that are allowed, at 4000 bursts a day, 0: none.",
     AT(alarm.major),
     {{0}}},
    {"alarm.minor",
     CONFIG_REAL,
     NULL,
     0,
     10000,
     "per 30 days",
     "False alarms of ANOMALY, MINOR or MAJOR, that are allowed, 0: none are MINOR.",
     AT(alarm.minor),
     {{0}}},
    {"alarm.change",
     CONFIG_REAL,
     NULL,
     0,
     40,
     "Z",
     "An alarm of RATE, PEAK or VETO when data quality changes with this significance, 0: none.",
     AT(alarm.change),
     {{0}}},
    {"burst.close_timeout_s",
     CONFIG_REAL,
     "30",
     0.01,
     86400,
     "s",
     "A burst without progress for this long is closed as incomplete.",
     AT(burst.close_timeout_s),
     {{0}}},
    {"record.file",
     CONFIG_TEXT,
     "",
     0,
     CONFIG_PATH_SIZE - 1,
     "",
     "Recording of all that arrives, \"\": none.",
     AT(record.file),
     {{0}}},
    {"state.directory",
     CONFIG_TEXT,
     "",
     0,
     CONFIG_PATH_SIZE - 1,
     "",
     "Where the state is kept, so that a restart loses nothing, \"\": a restart starts from zero.",
     AT(state.directory),
     {{0}}},
    {"state.interval_ms",
     CONFIG_INTEGER,
     "100",
     10,
     60000,
     "ms",
     "The state is written this often while data arrive; then they are acknowledged.",
     AT(state.interval_ms),
     {{0}}},
    {"blind.key_file",
     CONFIG_TEXT,
     "",
     0,
     CONFIG_PATH_SIZE - 1,
     "",
     "Secret of 32 bytes or more, mode 0600, whose owner may unblind DATA, \"\": nobody.",
     AT(blind.key_file),
     {{0}}},
    {"curve.certificate",
     CONFIG_TEXT,
     "",
     0,
     CONFIG_PATH_SIZE - 1,
     "",
     "Own secret certificate (hnlmon keygen), \"\": every socket must be local.",
     AT(curve.certificate),
     {{0}}},
    {"curve.clients",
     CONFIG_TEXT,
     "",
     0,
     CONFIG_PATH_SIZE - 1,
     "",
     "Directory of the certificates of all who may connect; read again on SIGHUP.",
     AT(curve.clients),
     {{0}}},
    {"sandbox.seccomp",
     CONFIG_CHOICE,
     "auto",
     0,
     0,
     "",
     "After the start only the system calls that are needed; auto: unless built with a sanitizer.",
     AT(sandbox.seccomp),
     {{"auto", SANDBOX_AUTO}, {"on", SANDBOX_ON}, {"off", SANDBOX_OFF}}},
    {"log.level",
     CONFIG_CHOICE,
     "info",
     0,
     0,
     "",
     "The least urgent lines that are written.",
     AT(log.level),
     {{"error", LEVEL_ERROR}, {"warning", LEVEL_WARNING}, {"info", LEVEL_INFO}, {"debug", LEVEL_DEBUG}}},
    {"limits.front_ends",
     CONFIG_INTEGER,
     "8",
     1,
     LEDGER_ENTRIES_MAX,
     "connections",
     "Front-ends at the same time. With fewer, each may have more waiting to be counted.",
     AT(limits.front_ends),
     {{0}}},
};
const size_t config_table_count = sizeof config_table / sizeof config_table[0];

static_assert(sizeof config_table / sizeof config_table[0] < CONFIG_KEYS_MAX, "a list of keys has room for a NULL");
static_assert(sizeof(enum selection_preset) == sizeof(int) && sizeof(enum config_sandbox) == sizeof(int) &&
                  sizeof(enum log_level) == sizeof(int),
              "choices are stored as int");

const char *config_table_show(const char *text, char shown[CONFIG_SHOWN_SIZE])
{
    size_t length = 0;
    for (; length < CONFIG_SHOWN_SIZE - 1 && text[length] != '\0'; length++)
        shown[length] = text[length] >= ' ' && text[length] <= '~' ? text[length] : '?';
    shown[length] = '\0';
    if (text[length] != '\0')
        memcpy(shown + length - 3, "...", 3);
    return shown;
}

const struct config_row *config_table_find(const char *key)
{
    for (size_t i = 0; i < config_table_count; i++)
        if (strcmp(config_table[i].key, key) == 0)
            return &config_table[i];
    return NULL;
}

size_t config_table_section_length(const char *key)
{
    const char *dot = strchr(key, '.');
    return dot == NULL ? 0 : (size_t)(dot - key);
}

bool config_table_has_section(const char *section)
{
    size_t length = strlen(section);
    for (size_t i = 0; i < config_table_count; i++)
        if (length > 0 && config_table_section_length(config_table[i].key) == length &&
            strncmp(config_table[i].key, section, length) == 0)
            return true;
    return false;
}

/* A key whose section was forgotten: "level" for "log.level". */
static const char *without_section(const char *word)
{
    for (size_t i = 0; i < config_table_count; i++) {
        size_t length = config_table_section_length(config_table[i].key);
        if (length > 0 && strcmp(config_table[i].key + length + 1, word) == 0)
            return config_table[i].key;
    }
    return NULL;
}

bool config_table_unknown(const char *key, char *error, size_t error_size)
{
    const char *names[CONFIG_KEYS_MAX] = {NULL};
    for (size_t i = 0; i < config_table_count; i++)
        names[i] = config_table[i].key;
    const char *meant = nearest_name(key, names);
    if (meant == NULL)
        meant = without_section(key);
    char shown[CONFIG_SHOWN_SIZE];
    config_table_show(key, shown);
    if (meant != NULL)
        snprintf(error, error_size, "unknown key \"%s\" (did you mean \"%s\"?)", shown, meant);
    else
        snprintf(error, error_size, "unknown key \"%s\"", shown);
    return false;
}

/* One value on its way into the configuration. */
struct assignment {
    struct config *config;
    const struct config_row *row;
    const char *value;
    char *error;
    size_t error_size;
};

static bool is_not(const struct assignment *a, const char *what)
{
    char shown[CONFIG_SHOWN_SIZE];
    snprintf(a->error, a->error_size, "%s: \"%s\" is not %s", a->row->key, config_table_show(a->value, shown), what);
    return false;
}

static bool is_outside(const struct assignment *a)
{
    char shown[CONFIG_SHOWN_SIZE];
    snprintf(a->error, a->error_size, "%s: %s is outside %.15g to %.15g%s%s", a->row->key,
             config_table_show(a->value, shown), a->row->minimum, a->row->maximum, a->row->unit[0] ? " " : "",
             a->row->unit);
    return false;
}

static void *member(struct config *config, const struct config_row *row)
{
    return (char *)config + row->offset;
}

static const void *member_of(const struct config *config, const struct config_row *row)
{
    return (const char *)config + row->offset;
}

static bool is_printable(const char *text)
{
    for (; *text != '\0'; text++)
        if (*text < ' ' || *text > '~')
            return false;
    return true;
}

static bool assign_text(const struct assignment *a)
{
    size_t length = strlen(a->value);
    if (!is_printable(a->value))
        return is_not(a, "printable ASCII");
    if ((double)length < a->row->minimum) {
        snprintf(a->error, a->error_size, "%s: must not be empty", a->row->key);
        return false;
    }
    if ((double)length > a->row->maximum) {
        snprintf(a->error, a->error_size, "%s: %zu characters are more than %.15g", a->row->key, length,
                 a->row->maximum);
        return false;
    }
    memcpy(member(a->config, a->row), a->value, length + 1);
    return true;
}

static bool assign_endpoint(const struct assignment *a)
{
    return endpoint_is_valid(a->value) ? assign_text(a) : is_not(a, "an endpoint: tcp://ADDRESS:PORT or ipc://PATH");
}

static bool assign_endpoints(const struct assignment *a)
{
    char endpoint[ENDPOINT_BYTES_MAX];
    for (const char *rest = a->value; endpoint_next(&rest, endpoint);)
        if (!endpoint_is_valid(endpoint))
            return is_not(a, "a list of endpoints: tcp://ADDRESS:PORT or ipc://PATH, separated by blanks");
    return assign_text(a);
}

/* Decimal digits only: YAML 1.1 reads 010 as 8 and 0x10 as 16, so neither is taken here. */
static bool is_whole(const char *text)
{
    text += *text == '-';
    size_t digits = strspn(text, "0123456789");
    return digits > 0 && text[digits] == '\0' && (digits == 1 || text[0] != '0');
}

static bool assign_integer(const struct assignment *a)
{
    if (!is_whole(a->value))
        return is_not(a, "a whole number");
    errno = 0;
    long long value = strtoll(a->value, NULL, 10);
    if (errno == ERANGE || (double)value < a->row->minimum || (double)value > a->row->maximum)
        return is_outside(a);
    uint32_t stored = (uint32_t)value; /* every maximum is below 2^32 */
    memcpy(member(a->config, a->row), &stored, sizeof stored);
    return true;
}

/* The set of characters keeps out nan, inf, hexadecimal and white space. */
static bool assign_real(const struct assignment *a)
{
    size_t length = strlen(a->value);
    char *end;
    errno = 0;
    double value = strtod(a->value, &end);
    if (length == 0 || strspn(a->value, "0123456789+-.eE") != length || end != a->value + length)
        return is_not(a, "a number");
    if (errno == ERANGE || !(value >= a->row->minimum && value <= a->row->maximum))
        return is_outside(a);
    value += 0.0; /* -0 becomes 0 */
    memcpy(member(a->config, a->row), &value, sizeof value);
    return true;
}

static bool assign_choice(const struct assignment *a)
{
    const struct config_choice *choices = a->row->choices;
    const char *words[CONFIG_CHOICES_MAX + 1] = {NULL};
    char all[128] = "";
    for (size_t i = 0; i < CONFIG_CHOICES_MAX && choices[i].word != NULL; i++) {
        if (strcmp(choices[i].word, a->value) == 0) {
            memcpy(member(a->config, a->row), &choices[i].value, sizeof choices[i].value);
            return true;
        }
        words[i] = choices[i].word;
        strncat(all, i > 0 ? ", " : "", sizeof all - strlen(all) - 1);
        strncat(all, words[i], sizeof all - strlen(all) - 1);
    }
    const char *meant = nearest_name(a->value, words);
    char shown[CONFIG_SHOWN_SIZE];
    snprintf(a->error, a->error_size, "%s: \"%s\" is none of %s%s%s%s", a->row->key, config_table_show(a->value, shown),
             all, meant ? " (did you mean \"" : "", meant ? meant : "", meant ? "\"?)" : "");
    return false;
}

bool config_table_assign(struct config *config, const struct config_row *row, const char *value, char *error,
                         size_t error_size)
{
    struct assignment assignment = {config, row, value, error, error_size};
    switch (row->type) {
    case CONFIG_TEXT:
        return assign_text(&assignment);
    case CONFIG_ENDPOINT:
        return assign_endpoint(&assignment);
    case CONFIG_ENDPOINTS:
        return assign_endpoints(&assignment);
    case CONFIG_INTEGER:
        return assign_integer(&assignment);
    case CONFIG_REAL:
        return assign_real(&assignment);
    case CONFIG_CHOICE:
        return assign_choice(&assignment);
    }
    return false;
}

/* In double quotes YAML reads only the backslash and the quote as something else. */
static void format_text(const char *value, char *text, size_t size)
{
    assert(size >= 2 * strlen(value) + 3);
    *text++ = '"';
    for (; *value != '\0'; value++) {
        if (*value == '"' || *value == '\\')
            *text++ = '\\';
        *text++ = *value;
    }
    memcpy(text, "\"", 2);
}

/* The shortest decimal that reads back to the same bits. */
static void format_real(double value, char *text, size_t size)
{
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(text, size, "%.*g", digits, value);
        if (!(strtod(text, NULL) < value) && !(strtod(text, NULL) > value))
            return;
    }
}

static void format_choice(const struct config_row *row, int value, char *text, size_t size)
{
    for (size_t i = 0; i < CONFIG_CHOICES_MAX && row->choices[i].word != NULL; i++)
        if (row->choices[i].value == value)
            snprintf(text, size, "%s", row->choices[i].word);
}

void config_table_format(const struct config *config, const struct config_row *row, char *text, size_t size)
{
    const void *value = member_of(config, row);
    switch (row->type) {
    case CONFIG_TEXT:
    case CONFIG_ENDPOINT:
    case CONFIG_ENDPOINTS:
        format_text(value, text, size);
        break;
    case CONFIG_INTEGER:
        snprintf(text, size, "%u", (unsigned)*(const uint32_t *)value);
        break;
    case CONFIG_REAL:
        format_real(*(const double *)value, text, size);
        break;
    case CONFIG_CHOICE:
        format_choice(row, *(const int *)value, text, size);
        break;
    }
}
