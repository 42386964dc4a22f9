/* SPDX-License-Identifier: MIT */
/* options - see options.h. */
#include "cli/options.h"

#include <getopt.h>
#include <pwd.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/decimal.h"
#include "core/horizon.h"
#include "core/line.h"

enum shared_row {
    ROW_PUBLISH,
    ROW_CONTROL,
    ROW_TIMEOUT,
    ROW_JSON,
    ROW_CERTIFICATE,
    ROW_SERVER_CERTIFICATE,
    ROW_HELP,
    SHARED_ROWS
};

static const struct option_row shared_rows[SHARED_ROWS] = {
    [ROW_PUBLISH] = {"publish", "ENDPOINT",
                     "publisher of the daemon [" PUBLISHER_ENDPOINT_DEFAULT ", HNLMON_PUBLISHER_ENDPOINT]"},
    [ROW_CONTROL] = {"control", "ENDPOINT",
                     "control socket of the daemon [" CONTROL_ENDPOINT_DEFAULT ", HNLMON_CONTROL_ENDPOINT]"},
    [ROW_TIMEOUT] = {"timeout", "SECONDS", "give up after this long"},
    [ROW_JSON] = {"json", NULL, "JSON instead of text"},
    [ROW_CERTIFICATE] = {"certificate", "FILE", "own secret certificate, NAME.key_secret [HNLMON_CERTIFICATE]"},
    [ROW_SERVER_CERTIFICATE] = {"server-certificate", "FILE",
                                "certificate of the daemon, NAME.key [HNLMON_SERVER_CERTIFICATE]"},
    [ROW_HELP] = {"help", NULL, "show this"},
};

#define LEFT_COLUMN 22 /* characters of --help for an option and what it takes */
#define SHARED_ID 256  /* getopt value of shared row r: SHARED_ID + r; of an own row: its index + 1 */

static bool has_shared(const struct options *options, enum shared_row row)
{
    if (row == ROW_CERTIFICATE || row == ROW_SERVER_CERTIFICATE)
        return (options->shared & (OPTIONS_PUBLISH | OPTIONS_CONTROL)) != 0;
    return row == ROW_HELP || (options->shared & (1u << row)) != 0;
}

static struct option long_option(const struct option_row *row, int id)
{
    return (struct option){row->name, row->argument != NULL ? required_argument : no_argument, NULL, id};
}

static void long_options(const struct options *options, struct option *longs)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < options->row_count; i++)
        longs[count++] = long_option(&options->rows[i], (int)i + 1);
    for (int row = 0; row < SHARED_ROWS; row++)
        if (has_shared(options, (enum shared_row)row))
            longs[count++] = long_option(&shared_rows[row], SHARED_ID + row);
    longs[count] = (struct option){0};
}

/* What is too long for the left column has its help below. */
static void print_row(const struct option_row *row)
{
    char left[64];
    int length = snprintf(left, sizeof left, "--%s%s%s", row->name, row->argument != NULL ? " " : "",
                          row->argument != NULL ? row->argument : "");
    if (length > LEFT_COLUMN) {
        printf("  %s\n", left);
        *left = '\0';
    }
    printf("  %-*s %s\n", LEFT_COLUMN, left, row->help);
}

static void print_help(const struct options *options)
{
    printf("Usage: hnlmon %s [OPTION]...%s%s\n\n%s\n\n", options->command, *options->operands != '\0' ? " " : "",
           options->operands, options->summary);
    for (uint32_t i = 0; i < options->row_count; i++)
        print_row(&options->rows[i]);
    for (int row = 0; row < SHARED_ROWS; row++)
        if (has_shared(options, (enum shared_row)row))
            print_row(&shared_rows[row]);
}

static const char *default_of(const char *variable, const char *fallback)
{
    const char *value = getenv(variable);
    return value != NULL && *value != '\0' ? value : fallback;
}

static void set_defaults(struct options *options)
{
    options->publisher_endpoint = default_of("HNLMON_PUBLISHER_ENDPOINT", PUBLISHER_ENDPOINT_DEFAULT);
    options->control_endpoint = default_of("HNLMON_CONTROL_ENDPOINT", CONTROL_ENDPOINT_DEFAULT);
    options->certificate = default_of("HNLMON_CERTIFICATE", NULL);
    options->server_certificate = default_of("HNLMON_SERVER_CERTIFICATE", NULL);
    optind = 0; /* makes getopt_long start afresh */
    opterr = 0; /* mistakes are told here */
}

bool options_refuse(struct options *options, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fprintf(stderr, "hnlmon %s: ", options->command);
    vfprintf(stderr, format, arguments);
    fprintf(stderr, " (see --help)\n");
    va_end(arguments);
    options->exit_code = CLI_USAGE;
    return false;
}

static bool read_number(struct options *options, const char *name, double lo, double hi, double *number)
{
    bool is_number = decimal_to_double(options->value, number) == DECIMAL_OK;
    return (is_number && *number >= lo && *number <= hi) ||
           options_refuse(options, "--%s: '%s' is not a number from %.10g to %.10g", name, options->value, lo, hi);
}

bool options_number(struct options *options, int row, double lo, double hi, double *number)
{
    return read_number(options, options->rows[row].name, lo, hi, number);
}

bool options_none_of(struct options *options, int row, const char *words)
{
    return options_refuse(options, "--%s: '%s' is none of %s", options->rows[row].name, options->value, words);
}

bool options_horizon(struct options *options, int row, const char **horizon)
{
    *horizon = options->value;
    return horizon_by_name(*horizon) != HORIZON_COUNT || options_none_of(options, row, "open, 1, 10, 100, run, period");
}

bool options_line(struct options *options, int row, const char **line)
{
    *line = options->value;
    return line_by_name(*line) != LINE_COUNT || options_none_of(options, row, "unprescaled, downscaled, tail");
}

/* False: nothing is left to do. */
static bool take_shared(struct options *options, enum shared_row row)
{
    switch (row) {
    case ROW_PUBLISH:
        options->publisher_endpoint = options->value;
        return true;
    case ROW_CONTROL:
        options->control_endpoint = options->value;
        return true;
    case ROW_TIMEOUT:
        return read_number(options, "timeout", 0.001, 1e6, &options->timeout_s);
    case ROW_JSON:
        options->is_json = true;
        return true;
    case ROW_CERTIFICATE:
        options->certificate = options->value;
        return true;
    case ROW_SERVER_CERTIFICATE:
        options->server_certificate = options->value;
        return true;
    case ROW_HELP:
        print_help(options);
        options->exit_code = CLI_DONE;
        return false;
    case SHARED_ROWS:
        break;
    }
    return false;
}

/* The command's own row "output", which is -o, too; -1 when it has none. */
static int output_row(const struct options *options)
{
    for (uint32_t i = 0; i < options->row_count; i++)
        if (strcmp(options->rows[i].name, "output") == 0)
            return (int)i;
    return -1;
}

int options_next(struct options *options, int argc, char **argv)
{
    if (options->publisher_endpoint == NULL)
        set_defaults(options);
    struct option longs[OPTION_ROWS_MAX + 1];
    long_options(options, longs);
    const int output = output_row(options);
    for (int id; (id = getopt_long(argc, argv, output < 0 ? ":h" : ":ho:", longs, NULL)) != -1;) {
        options->value = optarg;
        if (id == ':' || id == '?') {
            const char *what = id == ':' ? "a value is missing behind" : "unknown option";
            (void)options_refuse(options, "%s %s", what, argv[optind - 1]);
            return OPTIONS_EXIT;
        }
        if (id == 'h')
            id = SHARED_ID + ROW_HELP;
        if (id == 'o')
            id = output + 1;
        if (id < SHARED_ID)
            return id - 1;
        if (!take_shared(options, (enum shared_row)(id - SHARED_ID)))
            return OPTIONS_EXIT;
    }
    options->operand = argv + optind;
    options->operand_count = argc - optind;
    return OPTIONS_END;
}

bool options_keys(struct options *options, struct curve_client *room, const struct curve_client **curve)
{
    char error[CURVE_ERROR_SIZE];
    if ((options->certificate == NULL) != (options->server_certificate == NULL))
        return options_refuse(options, "--certificate and --server-certificate go together");
    if (curve_client_read(room, curve, options->certificate, options->server_certificate, error, sizeof error))
        return true;
    fprintf(stderr, "hnlmon %s: %s\n", options->command, error);
    options->exit_code = CLI_FAILED;
    return false;
}

const char *options_user(void)
{
    const char *name = default_of("USER", NULL);
    const struct passwd *account = name == NULL ? getpwuid(getuid()) : NULL;
    return account != NULL ? account->pw_name : name;
}

bool options_copy(struct options *options, const char *what, const char *text, bool is_needed, char *copy, size_t size)
{
    text = text != NULL ? text : "";
    if (is_needed && *text == '\0')
        return options_refuse(options, "%s is missing", what);
    return (size_t)snprintf(copy, size, "%s", text) < size ||
           options_refuse(options, "%s is longer than %zu characters", what, size - 1);
}

bool options_expect_operands(struct options *options, int least, int most)
{
    int count = options->operand_count;
    if (count >= least && count <= most)
        return true;
    if (count > most)
        return options_refuse(options, "'%s' is one operand too many", options->operand[most]);
    return options_refuse(options, "%s is missing", options->operands);
}
