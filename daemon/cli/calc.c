/* SPDX-License-Identifier: MIT */
/*
 * calc - the formulas of the monitor for numbers given by hand: m2 (squared missing mass), z (significance), limit
 * (upper limit on a signal), br (branching ratio). It talks to no daemon, so that every published figure can be checked
 * on its own.
 *
 * This file reads the options and prints results; nothing is calculated here.
 */
#include <errno.h>
#include <jansson.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "cli/calc_m2.h"
#include "cli/cli.h"
#include "cli/decimal.h"
#include "cli/options.h"
#include "core/limit.h"
#include "core/physics.h"
#include "core/significance.h"
#include "core/tail.h"

static const char calc_help[] = "Usage: hnlmon calc m2|z|limit|br [OPTION]...\n"
                                "Calculates without a daemon.\n"
                                "  m2     squared missing mass of momenta on standard input\n"
                                "  z      significance of a count over a background\n"
                                "  limit  upper limit on the signal in a count\n"
                                "  br     branching ratio of K+ -> pi0 e+ N\n"
                                "`hnlmon calc COMMAND --help` explains each.\n";

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
            (void)printf("%-14s undefined\n", results[i].name);
        else
            (void)printf("%-14s %.17g\n", results[i].name, results[i].value);
    }
    return CLI_DONE;
}

/* ---- numbers on the command line ---- */

/* What one may be. */
enum number_kind { NUMBER_COUNT, NUMBER_NOT_NEGATIVE, NUMBER_POSITIVE, NUMBER_EVENTS, NUMBER_LEVEL };

static const char *const number_kind_text[] = {
    [NUMBER_COUNT] = "a whole number from 0 to 2^53",  [NUMBER_NOT_NEGATIVE] = "a finite number >= 0",
    [NUMBER_POSITIVE] = "a finite number > 0",         [NUMBER_EVENTS] = "a number from 0 to 2^53",
    [NUMBER_LEVEL] = "a number above 0.5 and below 1",
};

static bool is_of_kind(enum number_kind kind, double value)
{
    switch (kind) {
    case NUMBER_COUNT:
    case NUMBER_NOT_NEGATIVE:
        return value >= 0;
    case NUMBER_POSITIVE:
        return value > 0;
    case NUMBER_EVENTS:
        return value >= 0 && value <= LIMIT_EVENTS_MAX;
    case NUMBER_LEVEL:
        return value > 0.5 && value < 1;
    }
    return false;
}

/* Where the value of a row of options goes. */
struct number {
    enum number_kind kind;
    double *value; /* NaN: not given */
};

static bool read_number(struct options *options, int row, const struct number *number)
{
    bool is_count = number->kind == NUMBER_COUNT;
    enum decimal_status status =
        is_count ? decimal_to_count(options->value, number->value) : decimal_to_double(options->value, number->value);
    if (status == DECIMAL_OK && is_of_kind(number->kind, *number->value))
        return true;
    return options_refuse(options, "--%s: '%s' is not %s", options->rows[row].name, options->value,
                          number_kind_text[number->kind]);
}

/* All options of a command, one number for each row. False: leave with options->exit_code. */
static bool read_numbers(struct options *options, const struct number *numbers, int argc, char **argv)
{
    for (int row; (row = options_next(options, argc, argv)) != OPTIONS_END;)
        if (row == OPTIONS_EXIT || !read_number(options, row, &numbers[row]))
            return false;
    return options_expect_operands(options, 0, 0);
}

/* ---- the commands ---- */

static int command_m2(int argc, char **argv)
{
    struct options options = {
        .command = "calc m2",
        .operands = "",
        .summary =
            "Reads lines of nine decimal momenta in MeV/c (K, pi0, e: x y z each) from standard input and prints\n"
            "for each the squared missing mass in MeV^2, as the fixed-point kernel gives it, and its histogram\n"
            "bin (0 .. 1499, underflow or overflow). A line that is malformed or out of domain gives a line\n"
            "`error: ...`, and exit status 4 at the end."};
    return read_numbers(&options, NULL, argc, argv) ? calc_m2(stdin, stdout) : options.exit_code;
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

static const struct option_row z_rows[] = {{"n", "N", "count in the search window, a whole number"},
                                           {"b", "B", "known background, >= 0"},
                                           {"sigma-b", "S", "its uncertainty, >= 0"},
                                           {"m", "M", "off count (real, >= 0); background A M"},
                                           {"alpha", "A", "ratio of on to off, > 0"}};
enum { Z_ROWS = sizeof z_rows / sizeof z_rows[0] };

static int command_z(int argc, char **argv)
{
    struct options options = {
        .command = "calc z",
        .operands = "",
        .summary =
            "Prints the significances of a count N over a background, which is known (--b), known within an\n"
            "uncertainty (--b, --sigma-b) or measured beside the window (--m, --alpha), in standard deviations:\n"
            "  r        signed likelihood root, known b      z     exact Poisson tail, known b\n"
            "  li_ma    Li and Ma (17); b +- S as on/off     z_bi  exact on/off tail; b +- S as on/off\n"
            "  s_gauss  Gaussian constraint, profiled        p     of the exact tail; ln_p its logarithm\n"
            "In JSON what is undefined or infinite is null.",
        .rows = z_rows,
        .row_count = Z_ROWS,
        .shared = OPTIONS_JSON};
    struct measurement x = {NAN, NAN, NAN, NAN, NAN};
    const struct number numbers[Z_ROWS] = {{NUMBER_COUNT, &x.n},
                                           {NUMBER_NOT_NEGATIVE, &x.b},
                                           {NUMBER_NOT_NEGATIVE, &x.sigma_b},
                                           {NUMBER_NOT_NEGATIVE, &x.m},
                                           {NUMBER_POSITIVE, &x.alpha}};
    struct result results[RESULT_MAX];
    if (!read_numbers(&options, numbers, argc, argv))
        return options.exit_code;
    const char *fault = measurement_fault(&x);
    if (fault != NULL) {
        (void)options_refuse(&options, "%s", fault);
        return options.exit_code;
    }
    return print_results(results, significances(&x, results), options.is_json);
}

static const struct option_row limit_rows[] = {{"n", "N", "count in the search window, a whole number"},
                                               {"b", "B", "expected background, >= 0"},
                                               {"sigma-b", "S", "its uncertainty, >= 0"},
                                               {"cl", "C", "confidence level, above 0.5 and below 1 [0.9]"}};
enum { LIMIT_ROWS = sizeof limit_rows / sizeof limit_rows[0] };

static int limits(const struct measurement *x, double cl, struct result results[RESULT_MAX])
{
    bool is_known = isnan(x->sigma_b);
    double sigma_b = is_known ? 0 : x->sigma_b;
    int count = 0;
    if (is_known)
        results[count++] = (struct result){"cls", limit_cls(x->n, x->b, cl)};
    results[count++] = (struct result){"cls_asymptotic", limit_cls_asymptotic(x->n, x->b, sigma_b, cl)};
    results[count++] = (struct result){"closed_form", limit_closed_form(x->n, x->b, sigma_b, cl)};
    if (is_known)
        results[count++] = (struct result){"classical", limit_classical(x->n, x->b, cl)};
    results[count++] = (struct result){"live", limit_observed(x->n, x->b, sigma_b, cl)};
    return count;
}

static int command_limit(int argc, char **argv)
{
    struct options options = {
        .command = "calc limit",
        .operands = "",
        .summary =
            "Prints upper limits on the signal, in events in the search window, from a count N over a background B\n"
            "that is known or, with --sigma-b, known within S:\n"
            "  cls             CLs, exact Poisson tails; known background only\n"
            "  cls_asymptotic  CLs, asymptotic form, Gaussian constraint on the background\n"
            "  closed_form     the same for a Gaussian count of constant width\n"
            "  classical       one-sided, negative in a deficit; known background only\n"
            "  live            what the monitor publishes: CLs with the background known from off counts, exact\n"
            "                  tails for B < 100, beyond that their asymptotic form",
        .rows = limit_rows,
        .row_count = LIMIT_ROWS,
        .shared = OPTIONS_JSON};
    struct measurement x = {NAN, NAN, NAN, NAN, NAN};
    double cl = 0.9;
    const struct number numbers[LIMIT_ROWS] = {
        {NUMBER_COUNT, &x.n}, {NUMBER_EVENTS, &x.b}, {NUMBER_EVENTS, &x.sigma_b}, {NUMBER_LEVEL, &cl}};
    struct result results[RESULT_MAX];
    if (!read_numbers(&options, numbers, argc, argv))
        return options.exit_code;
    if (isnan(x.n) || isnan(x.b)) {
        (void)options_refuse(&options, "--%s is missing", isnan(x.n) ? "n" : "b");
        return options.exit_code;
    }
    return print_results(results, limits(&x, cl, results), options.is_json);
}

static const struct option_row br_rows[] = {{"mass", "M", "mass of N in MeV, >= 0"}};

static int command_br(int argc, char **argv)
{
    struct options options = {
        .command = "calc br",
        .operands = "",
        .summary =
            "Prints rho(m_N), the rate relative to K+ -> pi0 e+ nu, and the branching ratio of K+ -> pi0 e+ N at\n"
            "|U_e|^2 = 1; both 0 from 358.189 MeV on.",
        .rows = br_rows,
        .row_count = 1,
        .shared = OPTIONS_JSON};
    double mass = NAN;
    const struct number numbers[] = {{NUMBER_NOT_NEGATIVE, &mass}};
    if (!read_numbers(&options, numbers, argc, argv))
        return options.exit_code;
    if (isnan(mass)) {
        (void)options_refuse(&options, "--mass is missing");
        return options.exit_code;
    }
    const struct result results[] = {{"m_n_mev", mass}, {"rho", physics_rho(mass)}, {"br", physics_br(mass)}};
    return print_results(results, 3, options.is_json);
}

static const struct {
    const char *name;
    int (*run)(int argc, char **argv);
} commands[] = {{"m2", command_m2}, {"z", command_z}, {"limit", command_limit}, {"br", command_br}};

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
    (void)fprintf(stderr, "hnlmon calc: expected m2, z, limit or br%s%s (see --help)\n", argc > 1 ? ", not " : "",
                  name);
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
