/* SPDX-License-Identifier: MIT */
/*
 * calc - the formulas of the monitor for numbers given by hand: m2 (squared missing mass), z (significance), br
 * (branching ratio). It talks to no daemon, so that every published figure can be checked on its own.
 *
 * This file reads the options and prints results; nothing is calculated here.
 */
#include <errno.h>
#include <getopt.h>
#include <jansson.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "cli/calc_m2.h"
#include "cli/cli.h"
#include "cli/decimal.h"
#include "core/physics.h"
#include "core/significance.h"
#include "core/tail.h"

static const char calc_help[] = "Usage: hnlmon calc m2|z|br [OPTION]...\n"
                                "Calculates without a daemon.\n"
                                "  m2   squared missing mass of momenta on standard input\n"
                                "  z    significance of a count over a background\n"
                                "  br   branching ratio of K+ -> pi0 e+ N\n"
                                "`hnlmon calc COMMAND --help` explains each.\n";

static const char m2_help[] =
    "Usage: hnlmon calc m2 <FILE\n"
    "Reads lines of nine decimal momenta in MeV/c (K, pi0, e: x y z each) and prints for each line the squared "
    "missing\n"
    "mass in MeV^2, as the fixed-point kernel gives it, and its histogram bin (0 .. 1499, underflow or overflow).\n"
    "A line that is malformed or out of domain gives a line `error: ...`, and exit status 4 at the end.\n";

static const char z_help[] =
    "Usage: hnlmon calc z --n N (--b B [--sigma-b S] | --m M --alpha A) [--json]\n"
    "Prints the significances of a count N, in standard deviations.\n"
    "      --n N        count in the search window, a whole number\n"
    "      --b B        known background, >= 0\n"
    "      --sigma-b S  its uncertainty, >= 0\n"
    "      --m M        off count (real, >= 0); background A M\n"
    "      --alpha A    ratio of on to off, > 0\n"
    "      --json       one JSON object; null for what is undefined or infinite\n"
    "  r        signed likelihood root, known b      z     exact Poisson tail, known b\n"
    "  li_ma    Li and Ma (17); b +- S as on/off     z_bi  exact on/off tail; b +- S as on/off\n"
    "  s_gauss  Gaussian constraint, profiled        p     of the exact tail; ln_p its logarithm\n";

static const char br_help[] = "Usage: hnlmon calc br --mass M [--json]\n"
                              "Prints rho(m_N), the rate relative to K+ -> pi0 e+ nu, and the branching ratio of\n"
                              "K+ -> pi0 e+ N at |U_e|^2 = 1; both 0 from 358.189 MeV on.\n"
                              "      --mass M  mass of N in MeV, >= 0\n"
                              "      --json    one JSON object\n";

#define RESULT_MAX 5 /* rows of the longest answer: li_ma, s_gauss, z_bi, p, ln_p */

struct result {
    const char *name;
    double value;
};

static int print_json(const struct result *results, int count)
{
    json_t *object = json_object();
    for (int i = 0; i < count; i++) {
        double value = results[i].value;
        (void)json_object_set_new(object, results[i].name, isfinite(value) ? json_real(value) : json_null());
    }
    int status = json_dumpf(object, stdout, JSON_REAL_PRECISION(17));
    json_decref(object);
    (void)putchar('\n');
    return status == 0 ? CLI_DONE : CLI_FAILED;
}

static int print_results(const struct result *results, int count, bool is_json)
{
    if (is_json)
        return print_json(results, count);
    for (int i = 0; i < count; i++) {
        if (isnan(results[i].value))
            (void)printf("%-8s undefined\n", results[i].name);
        else
            (void)printf("%-8s %.17g\n", results[i].name, results[i].value);
    }
    return CLI_DONE;
}

/* What a number on the command line may be. */
enum number_kind { NUMBER_COUNT, NUMBER_NOT_NEGATIVE, NUMBER_POSITIVE };

static const char *const number_kind_text[] = {
    [NUMBER_COUNT] = "a whole number from 0 to 2^53",
    [NUMBER_NOT_NEGATIVE] = "a finite number >= 0",
    [NUMBER_POSITIVE] = "a finite number > 0",
};

struct number_option {
    const char *name;
    enum number_kind kind;
    double *value; /* NaN: not given */
};

#define NUMBER_OPTIONS_MAX 5 /* of one command: those of z */

struct command {
    const char *name, *help;
    const struct number_option *numbers;
    int number_count;
    bool has_json, is_json;
};

static int usage_error(const struct command *command, const char *message, const char *detail)
{
    (void)fprintf(stderr, "hnlmon calc %s: %s%s (see --help)\n", command->name, message, detail);
    return CLI_USAGE;
}

static bool read_number(const struct command *command, const struct number_option *option, const char *text)
{
    enum decimal_status status =
        option->kind == NUMBER_COUNT ? decimal_to_count(text, option->value) : decimal_to_double(text, option->value);
    if (status == DECIMAL_OK && *option->value >= 0 && (*option->value > 0 || option->kind != NUMBER_POSITIVE))
        return true;
    (void)fprintf(stderr, "hnlmon calc %s: --%s: '%s' is not %s\n", command->name, option->name, text,
                  number_kind_text[option->kind]);
    return false;
}

enum { OPTION_HELP = 'h', OPTION_JSON = 'j', OPTION_NUMBER = 256 /* + index */ };

static void fill_table(const struct command *command, struct option table[NUMBER_OPTIONS_MAX + 3])
{
    int rows = 0;
    for (int i = 0; i < command->number_count; i++)
        table[rows++] = (struct option){command->numbers[i].name, required_argument, NULL, OPTION_NUMBER + i};
    if (command->has_json)
        table[rows++] = (struct option){"json", no_argument, NULL, OPTION_JSON};
    table[rows++] = (struct option){"help", no_argument, NULL, OPTION_HELP};
    table[rows] = (struct option){0};
}

/* Reads all options. False: the command is done, with *status. */
static bool read_options(struct command *command, int argc, char **argv, int *status)
{
    struct option table[NUMBER_OPTIONS_MAX + 3];
    fill_table(command, table);
    opterr = 0;
    optind = 0; /* GNU: start afresh, the dispatcher may have read options already */
    *status = CLI_USAGE;
    for (int found; (found = getopt_long(argc, argv, ":h", table, NULL)) != -1;) {
        if (found == OPTION_HELP) {
            (void)fputs(command->help, stdout);
            *status = CLI_DONE;
            return false;
        }
        if (found == ':')
            return usage_error(command, "a value is missing behind ", argv[optind - 1]), false;
        if (found == '?')
            return usage_error(command, "unknown option ", argv[optind - 1]), false;
        if (found == OPTION_JSON)
            command->is_json = true;
        else if (!read_number(command, &command->numbers[found - OPTION_NUMBER], optarg))
            return false;
    }
    if (optind < argc)
        return usage_error(command, "unexpected argument ", argv[optind]), false;
    return true;
}

static int command_m2(int argc, char **argv)
{
    struct command command = {.name = "m2", .help = m2_help};
    int status;
    if (!read_options(&command, argc, argv, &status))
        return status;
    return calc_m2(stdin, stdout);
}

/* What is known about the count in the search window and its background; NaN where nothing was given. */
struct measurement {
    double n, b, sigma_b, m, alpha;
};

static int significances(const struct measurement *x, struct result results[RESULT_MAX])
{
    int count = 0;
    double ln_p;
    if (!isnan(x->m)) {
        results[count++] = (struct result){"li_ma", significance_li_ma(x->n, x->m, x->alpha)};
        results[count++] = (struct result){"z_bi", significance_z_bi(x->n, x->m, x->alpha)};
        ln_p = tail_on_off_ln_upper(x->n, x->m, x->alpha);
    } else if (!isnan(x->sigma_b)) {
        results[count++] = (struct result){"li_ma", significance_with_sigma(x->n, x->b, x->sigma_b)};
        results[count++] = (struct result){"s_gauss", significance_gauss(x->n, x->b, x->sigma_b)};
        results[count++] = (struct result){"z_bi", significance_z_bi_with_sigma(x->n, x->b, x->sigma_b)};
        ln_p = significance_ln_p_with_sigma(x->n, x->b, x->sigma_b);
    } else {
        results[count++] = (struct result){"r", significance_known_b(x->n, x->b)};
        results[count++] = (struct result){"z", significance_poisson(x->n, x->b)};
        ln_p = tail_poisson_ln_upper(x->n, x->b);
    }
    results[count++] = (struct result){"p", exp(ln_p)};
    results[count++] = (struct result){"ln_p", ln_p};
    return count;
}

/* What is missing or too much, or NULL. */
static const char *measurement_fault(const struct measurement *x)
{
    bool is_known = !isnan(x->b) || !isnan(x->sigma_b), is_on_off = !isnan(x->m) || !isnan(x->alpha);
    if (isnan(x->n))
        return "--n is missing";
    if (is_known && is_on_off)
        return "give either --b [--sigma-b] or --m and --alpha";
    if (!is_known && !is_on_off)
        return "the background is missing: --b [--sigma-b] or --m and --alpha";
    if (is_known && isnan(x->b))
        return "--sigma-b needs --b";
    if (is_on_off && (isnan(x->m) || isnan(x->alpha)))
        return "--m and --alpha need each other";
    return NULL;
}

static int command_z(int argc, char **argv)
{
    struct measurement x = {NAN, NAN, NAN, NAN, NAN};
    const struct number_option numbers[] = {{"n", NUMBER_COUNT, &x.n},
                                            {"b", NUMBER_NOT_NEGATIVE, &x.b},
                                            {"sigma-b", NUMBER_NOT_NEGATIVE, &x.sigma_b},
                                            {"m", NUMBER_NOT_NEGATIVE, &x.m},
                                            {"alpha", NUMBER_POSITIVE, &x.alpha}};
    struct command command = {.name = "z", .help = z_help, .numbers = numbers, .number_count = 5, .has_json = true};
    struct result results[RESULT_MAX];
    int status;
    if (!read_options(&command, argc, argv, &status))
        return status;
    const char *fault = measurement_fault(&x);
    if (fault != NULL)
        return usage_error(&command, fault, "");
    return print_results(results, significances(&x, results), command.is_json);
}

static int command_br(int argc, char **argv)
{
    double mass = NAN;
    const struct number_option numbers[] = {{"mass", NUMBER_NOT_NEGATIVE, &mass}};
    struct command command = {.name = "br", .help = br_help, .numbers = numbers, .number_count = 1, .has_json = true};
    int status;
    if (!read_options(&command, argc, argv, &status))
        return status;
    if (isnan(mass))
        return usage_error(&command, "--mass is missing", "");
    const struct result results[] = {{"m_n_mev", mass}, {"rho", physics_rho(mass)}, {"br", physics_br(mass)}};
    return print_results(results, 3, command.is_json);
}

static const struct {
    const char *name;
    int (*run)(int argc, char **argv);
} commands[] = {{"m2", command_m2}, {"z", command_z}, {"br", command_br}};

static int run_command(int argc, char **argv)
{
    const char *name = argc > 1 ? argv[1] : "";
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++)
        if (strcmp(name, commands[i].name) == 0)
            return commands[i].run(argc - 1, argv + 1);
    if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0) {
        (void)fputs(calc_help, stdout);
        return CLI_DONE;
    }
    (void)fprintf(stderr, "hnlmon calc: expected m2, z or br%s%s (see --help)\n", argc > 1 ? ", not " : "", name);
    return CLI_USAGE;
}

int cli_calc(int argc, char **argv)
{
    int status = run_command(argc, argv);
    if (fflush(stdout) == 0 && !ferror(stdout))
        return status;
    (void)fprintf(stderr, "hnlmon calc: writing: %s\n", strerror(errno));
    return CLI_FAILED;
}
