/* SPDX-License-Identifier: MIT */
/* template_data - makes a background template of a histogram, with the search window cut out and interpolated. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "cli/cli.h"
#include "cli/m2_histogram.h"
#include "cli/masses.h"
#include "cli/template.h"
#include "core/template_data.h"

enum data_row { ROW_INTERPOLATE, ROW_LIKE, ROW_OUTPUT, ROWS };

static const struct option_row rows[ROWS] = {
    [ROW_INTERPOLATE] = {"interpolate", "LOW:HIGH", "missing masses in MeV between which the data are replaced"},
    [ROW_LIKE] = {"like", "TEMPLATE", "resolution, acceptances and the shape in between are those of it [paper]"},
    [ROW_OUTPUT] = {"output", "FILE", "where to write it; also -o"},
};

struct data {
    struct options options;
    struct masses range; /* last_mev 0: not given */
    const char *like, *output;
};

/* False: leave with options.exit_code. */
static bool take_option(struct data *data, enum data_row row)
{
    switch (row) {
    case ROW_INTERPOLATE:
        return (masses_read(data->options.value, &data->range) && data->range.first_mev < data->range.last_mev &&
                !(data->range.step_mev > 0)) ||
               options_refuse(&data->options, "--interpolate: '%s' is not LOW:HIGH with LOW < HIGH, in MeV",
                              data->options.value);
    case ROW_LIKE:
        data->like = data->options.value;
        return true;
    case ROW_OUTPUT:
        data->output = data->options.value;
        return true;
    case ROWS:
        break;
    }
    return false;
}

static bool parse(struct data *data, int argc, char **argv)
{
    for (int row; (row = options_next(&data->options, argc, argv)) != OPTIONS_END;)
        if (row == OPTIONS_EXIT || !take_option(data, (enum data_row)row))
            return false;
    if (!options_expect_operands(&data->options, 1, 1))
        return false;
    if (!(data->range.last_mev > 0))
        return options_refuse(&data->options,
                              "--interpolate is missing: a template that is taken from data as they are "
                              "contains the signal and hides it");
    return data->output != NULL || options_refuse(&data->options, "--output is missing");
}

static uint64_t sum(const uint64_t bins[M2_BIN_COUNT])
{
    uint64_t total = 0;
    for (int i = 0; i < M2_BIN_COUNT; i++)
        total += bins[i];
    return total;
}

static int make(const struct data *data, const struct template *like, const uint64_t bins[M2_BIN_COUNT])
{
    static struct template shape;
    static struct background scratch;
    const double low = data->range.first_mev, high = data->range.last_mev;
    char provenance[TEMPLATE_PROVENANCE_SIZE];
    (void)snprintf(provenance, sizeof provenance,
                   "hnlmon template from-data --interpolate %g:%g, %" PRIu64 " candidates, like %s %s", low, high,
                   sum(bins), like->name, like->hash);
    const char *error = template_data_fill(&shape, like, bins, low * low, high * high, provenance, &scratch);
    if (error != NULL) {
        fprintf(stderr, "hnlmon template from-data: %s\n", error);
        return CLI_FAILED;
    }
    int exit_code = cli_template_save("template from-data", data->output, &shape);
    if (exit_code == CLI_DONE)
        printf("covers m_N = %g to %g MeV; other masses are not valid with it\n", shape.first_mev, shape.last_mev);
    return exit_code;
}

int cli_template_from_data(int argc, char **argv)
{
    static uint64_t bins[M2_BIN_COUNT];
    static struct template room;
    struct data data = {.options = {.command = "template from-data",
                                    .operands = "HIST.json",
                                    .summary =
                                        "Makes a background template of the histogram m2 (hnlmon hist m2 --json).\n"
                                        "Between two missing masses the data are replaced by an interpolation, "
                                        "and only the masses whose\nsearch window lies there can be searched for "
                                        "with it. Use it on other data than these.",
                                    .rows = rows,
                                    .row_count = ROWS},
                        .like = "paper"};
    if (!parse(&data, argc, argv))
        return data.options.exit_code;
    const struct template *like = cli_template_open(&data.options, data.like, &room);
    if (like == NULL || !m2_histogram_read(&data.options, data.options.operand[0], bins))
        return data.options.exit_code;
    return make(&data, like, bins);
}
