/* SPDX-License-Identifier: MIT */
/* template_build - simulates a background template and writes it to a file. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/template.h"
#include "template_simulate.h"

enum build_row { ROW_MODE, ROW_KAON, ROW_EVENTS, ROW_SEED, ROW_THRESHOLD, ROW_SIGMA, ROW_OUTPUT, ROWS };

static const struct option_row rows[ROWS] = {
    [ROW_MODE] = {"mode", "MODE", "paper: flat acceptance; na62: detector, all cuts, other decays"},
    [ROW_KAON] = {"kaon", "TAG", "na62: gtk, measured, or beam, the average beam [gtk]"},
    [ROW_EVENTS] = {"events", "N", "Ke3 decays with a hard photon [8e6 paper, 3.2e7 na62: 2 s and 2 minutes]"},
    [ROW_SEED] = {"seed", "S", "of the random numbers [1]"},
    [ROW_THRESHOLD] = {"threshold", "MEV", "photon energy that a veto sees [50 paper, 200 na62]"},
    [ROW_SIGMA] = {"sigma", "MEV2", "paper: resolution of m2_miss [1700]"},
    [ROW_OUTPUT] = {"output", "FILE", "where to write it; also -o"},
};

#define EVENTS_MAX 1e10
#define SEED_MAX 9007199254740992.0 /* 2^53: whole numbers up to it are exact */
#define THRESHOLD_MAX_MEV 1e5

struct build {
    struct options options;
    struct template_options wanted;
    const char *output;
    bool is_given[ROWS];
    double events, seed;
};

static bool read_mode(struct build *build)
{
    for (int mode = 0; mode < EVENT_MODE_COUNT; mode++)
        if (strcmp(build->options.value, event_mode_name((enum event_mode)mode)) == 0) {
            build->wanted.mode = (enum event_mode)mode;
            return true;
        }
    return options_none_of(&build->options, ROW_MODE, "paper, na62");
}

static bool read_kaon(struct build *build)
{
    const bool is_beam = strcmp(build->options.value, "beam") == 0;
    build->wanted.kaon = is_beam ? KAON_BEAM : KAON_GTK;
    return is_beam || strcmp(build->options.value, "gtk") == 0 ||
           options_none_of(&build->options, ROW_KAON, "gtk, beam");
}

/* False: leave with options.exit_code. */
static bool take_option(struct build *build, enum build_row row)
{
    build->is_given[row] = true;
    switch (row) {
    case ROW_MODE:
        return read_mode(build);
    case ROW_KAON:
        return read_kaon(build);
    case ROW_EVENTS:
        return options_number(&build->options, (int)row, TEMPLATE_EVENTS_MIN, EVENTS_MAX, &build->events);
    case ROW_SEED:
        return options_number(&build->options, (int)row, 0, SEED_MAX, &build->seed);
    case ROW_THRESHOLD:
        return options_number(&build->options, (int)row, 0, THRESHOLD_MAX_MEV, &build->wanted.threshold_mev);
    case ROW_SIGMA:
        return options_number(&build->options, (int)row, TEMPLATE_SIGMA_MIN_MEV2, TEMPLATE_SIGMA_MAX_MEV2,
                              &build->wanted.sigma_mev2);
    case ROW_OUTPUT:
        build->output = build->options.value;
        return true;
    case ROWS:
        break;
    }
    return false;
}

/* The defaults of the mode for what was not given. */
static void complete(struct build *build)
{
    const struct template_options initial = template_options_default(build->wanted.mode);
    struct template_options *wanted = &build->wanted;
    wanted->kaon = build->is_given[ROW_KAON] ? wanted->kaon : initial.kaon;
    wanted->events = build->is_given[ROW_EVENTS] ? (uint64_t)build->events : initial.events;
    wanted->seed = build->is_given[ROW_SEED] ? (uint64_t)build->seed : initial.seed;
    wanted->threshold_mev = build->is_given[ROW_THRESHOLD] ? wanted->threshold_mev : initial.threshold_mev;
    wanted->sigma_mev2 = build->is_given[ROW_SIGMA] ? wanted->sigma_mev2 : initial.sigma_mev2;
}

static bool parse(struct build *build, int argc, char **argv)
{
    for (int row; (row = options_next(&build->options, argc, argv)) != OPTIONS_END;)
        if (row == OPTIONS_EXIT || !take_option(build, (enum build_row)row))
            return false;
    if (!options_expect_operands(&build->options, 0, 0))
        return false;
    if (!build->is_given[ROW_MODE])
        return options_refuse(&build->options, "--mode is missing");
    if (!build->is_given[ROW_OUTPUT])
        return options_refuse(&build->options, "--output is missing");
    if (build->is_given[ROW_KAON] && build->wanted.mode != EVENT_NA62)
        return options_refuse(&build->options, "--kaon needs --mode na62");
    if (build->is_given[ROW_SIGMA] && build->wanted.mode != EVENT_PAPER)
        return options_refuse(&build->options, "--sigma needs --mode paper: na62 has the resolution of its detectors");
    complete(build);
    return true;
}

int cli_template_build(int argc, char **argv)
{
    static struct template shape;
    struct build build = {.options = {.command = "template build",
                                      .operands = "",
                                      .summary = "Simulates a background template with weighted events and writes it "
                                                 "to a file. The same options\ngive the same file.",
                                      .rows = rows,
                                      .row_count = ROWS}};
    if (!parse(&build, argc, argv))
        return build.options.exit_code;
    if (isatty(STDERR_FILENO))
        fprintf(stderr, "hnlmon template build: simulating %.3g events\n", (double)build.wanted.events);
    if (!template_simulate(&shape, &build.wanted)) {
        fprintf(stderr, "hnlmon template build: no template came out: too few events, or no memory\n");
        return CLI_FAILED;
    }
    return cli_template_save("template build", build.output, &shape);
}
