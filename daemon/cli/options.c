/* SPDX-License-Identifier: MIT */
/* options - see options.h. */
#include "cli/options.h"

#include <getopt.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "core/horizon.h"

enum shared_row { ROW_PUBLISH, ROW_CONTROL, ROW_TIMEOUT, ROW_JSON, ROW_HELP, SHARED_ROWS };

static const struct option_row shared_rows[SHARED_ROWS] = {
    [ROW_PUBLISH] = {"publish", "ENDPOINT",
                     "publisher of the daemon [" PUBLISHER_ENDPOINT_DEFAULT ", HNLMON_PUBLISHER_ENDPOINT]"},
    [ROW_CONTROL] = {"control", "ENDPOINT",
                     "control socket of the daemon [" CONTROL_ENDPOINT_DEFAULT ", HNLMON_CONTROL_ENDPOINT]"},
    [ROW_TIMEOUT] = {"timeout", "SECONDS", "give up after this long"},
    [ROW_JSON] = {"json", NULL, "JSON instead of text"},
    [ROW_HELP] = {"help", NULL, "show this"},
};

#define SHARED_ID 256 /* getopt value of shared row r: SHARED_ID + r; of an own row: its index + 1 */

static bool has_shared(const struct options *options, enum shared_row row)
{
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

static void print_row(const struct option_row *row)
{
    char left[64];
    (void)snprintf(left, sizeof left, "--%s%s%s", row->name, row->argument != NULL ? " " : "",
                   row->argument != NULL ? row->argument : "");
    printf("  %-22s %s\n", left, row->help);
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

static const char *endpoint_default(const char *variable, const char *fallback)
{
    const char *value = getenv(variable);
    return value != NULL && *value != '\0' ? value : fallback;
}

static void set_defaults(struct options *options)
{
    options->publisher_endpoint = endpoint_default("HNLMON_PUBLISHER_ENDPOINT", PUBLISHER_ENDPOINT_DEFAULT);
    options->control_endpoint = endpoint_default("HNLMON_CONTROL_ENDPOINT", CONTROL_ENDPOINT_DEFAULT);
    optind = 0; /* makes getopt_long start afresh */
    opterr = 1;
}

static int leave(struct options *options, int exit_code)
{
    options->exit_code = exit_code;
    return OPTIONS_EXIT;
}

static bool parse_number(const char *text, double lo, double hi, double *number)
{
    char *end;
    *number = strtod(text, &end);
    return end != text && *end == '\0' && isfinite(*number) && *number >= lo && *number <= hi;
}

static bool read_number(struct options *options, const char *name, double lo, double hi, double *number)
{
    if (parse_number(options->value, lo, hi, number))
        return true;
    fprintf(stderr, "hnlmon %s: --%s: '%s' is not a number from %g to %g\n", options->command, name, options->value, lo,
            hi);
    (void)leave(options, CLI_USAGE);
    return false;
}

bool options_number(struct options *options, int row, double lo, double hi, double *number)
{
    return read_number(options, options->rows[row].name, lo, hi, number);
}

bool options_refuse(struct options *options, int row, const char *words)
{
    fprintf(stderr, "hnlmon %s: --%s: '%s' is none of %s\n", options->command, options->rows[row].name, options->value,
            words);
    (void)leave(options, CLI_USAGE);
    return false;
}

bool options_horizon(struct options *options, int row, const char **horizon)
{
    *horizon = options->value;
    return horizon_by_name(*horizon) != HORIZON_COUNT || options_refuse(options, row, "open, 1, 10, 100, run");
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
    case ROW_HELP:
        print_help(options);
        (void)leave(options, CLI_DONE);
        return false;
    case SHARED_ROWS:
        break;
    }
    return false;
}

int options_next(struct options *options, int argc, char **argv)
{
    if (options->publisher_endpoint == NULL)
        set_defaults(options);
    struct option longs[OPTION_ROWS_MAX + 1];
    long_options(options, longs);
    for (int id; (id = getopt_long(argc, argv, "", longs, NULL)) != -1;) {
        options->value = optarg;
        if (id == '?') {
            fprintf(stderr, "Try 'hnlmon %s --help'.\n", options->command);
            return leave(options, CLI_USAGE);
        }
        if (id < SHARED_ID)
            return id - 1;
        if (!take_shared(options, (enum shared_row)(id - SHARED_ID)))
            return OPTIONS_EXIT;
    }
    options->operand = argv + optind;
    options->operand_count = argc - optind;
    return OPTIONS_END;
}

bool options_expect_operands(struct options *options, int least, int most)
{
    int count = options->operand_count;
    if (count >= least && count <= most)
        return true;
    if (count > most)
        fprintf(stderr, "hnlmon %s: '%s' is one operand too many\n", options->command, options->operand[most]);
    else
        fprintf(stderr, "hnlmon %s: %s is missing\n", options->command, options->operands);
    fprintf(stderr, "Try 'hnlmon %s --help'.\n", options->command);
    (void)leave(options, CLI_USAGE);
    return false;
}
