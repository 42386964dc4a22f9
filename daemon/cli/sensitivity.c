/* SPDX-License-Identifier: MIT */
/*
 * sensitivity - the projected sensitivity of arXiv:2008.11654 from our own simulation: its figures and its headline
 * numbers. Needs no daemon.
 *
 * This file reads the command line; what is calculated is in figure.h and headline.h.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/decimal.h"
#include "cli/figure.h"
#include "cli/headline.h"
#include "cli/options.h"
#include "nearest.h"
#include "physics/constants.h"

#define EVENTS_MIN 1000u
#define EVENTS_MAX 1000000000u
#define NA62_EVENTS_DEFAULT 2000000u

enum sensitivity_row {
    ROW_N_KAON,
    ROW_MASS,
    ROW_U2,
    ROW_MODE,
    ROW_ACCEPTANCE,
    ROW_RESOLUTION,
    ROW_HALF_WIDTH,
    ROW_VETO_ANGLE,
    ROW_VETO_INEFFICIENCY,
    ROW_OUTER_INEFFICIENCY,
    ROW_VETO_THRESHOLD,
    ROW_F_VIS,
    ROW_EVENTS,
    ROW_SEED,
    ROW_CSV,
    ROWS
};

static const struct option_row rows[ROWS] = {
    [ROW_N_KAON] = {"n-kaon", "N", "kaon decays, or run1, min-bias, dielectron, all, dedicated"},
    [ROW_MASS] = {"mass", "M", "of N in MeV, or FROM:TO:STEP"},
    [ROW_U2] = {"u2", "U", "|U_e|^2 of figure br [1]"},
    [ROW_MODE] = {"mode", "M", "paper, or na62: by the detector model [paper]"},
    [ROW_ACCEPTANCE] = {"acceptance", "A", "of signal and background [0.1]"},
    [ROW_RESOLUTION] = {"resolution", "S", "rms of m2_miss in MeV^2; na62: unit of the window only [1700]"},
    [ROW_HALF_WIDTH] = {"half-width", "K", "of the search window, in units of the resolution [1.4]"},
    [ROW_VETO_ANGLE] = {"veto-angle", "T", "mrad; photons beyond are lost [50]"},
    [ROW_VETO_INEFFICIENCY] = {"veto-inefficiency", "P", "share missed within the angle [0.001]"},
    [ROW_OUTER_INEFFICIENCY] = {"outer-inefficiency", "P", "share missed beyond the angle [1]"},
    [ROW_VETO_THRESHOLD] = {"veto-threshold", "E", "MeV; photons below are lost [paper: 50 and 200, na62: 200]"},
    [ROW_F_VIS] = {"f-vis", "F", "share of N that decay visibly [0]"},
    [ROW_EVENTS] = {"events", "N", "to simulate for each threshold [1000000; na62: 2000000]"},
    [ROW_SEED] = {"seed", "N", "of the simulation [1]"},
    [ROW_CSV] = {"csv", NULL, "comma-separated values with all points"},
};

#define ROW_BIT(row) (1u << (row))
#define SIMULATION_ROWS (ROW_BIT(ROW_EVENTS) | ROW_BIT(ROW_SEED) | ROW_BIT(ROW_ACCEPTANCE) | ROW_BIT(ROW_CSV))
#define VETO_ROWS                                                                                                      \
    (ROW_BIT(ROW_MODE) | ROW_BIT(ROW_RESOLUTION) | ROW_BIT(ROW_VETO_ANGLE) | ROW_BIT(ROW_VETO_INEFFICIENCY) |          \
     ROW_BIT(ROW_VETO_THRESHOLD))
#define LIMIT_ROWS (SIMULATION_ROWS | VETO_ROWS | ROW_BIT(ROW_HALF_WIDTH) | ROW_BIT(ROW_F_VIS))

struct choice {
    struct projection_setting setting;
    struct masses masses;
    double u2;
    unsigned given; /* options, as ROW_BIT */
    bool is_csv;
};

static bool print_table(struct sheet *sheet, const struct figure_request *request)
{
    return headline_table(sheet, request->setting);
}

static const struct figure {
    const char *name;
    bool (*fill)(struct sheet *sheet, const struct figure_request *request);
    struct masses masses; /* when none are given */
    unsigned rows;        /* the options that mean something to it */
    unsigned simulated;   /* of these, what mode na62 simulates instead */
} figures[] = {
    {"table", print_table, {0, 0, 1}, LIMIT_ROWS | ROW_BIT(ROW_OUTER_INEFFICIENCY), ROW_BIT(ROW_ACCEPTANCE)},
    {"br", figure_br, {0, 358, 1}, ROW_BIT(ROW_MASS) | ROW_BIT(ROW_U2) | ROW_BIT(ROW_CSV), 0},
    {"spectrum",
     figure_spectrum,
     {0, 0, 1},
     SIMULATION_ROWS | VETO_ROWS | ROW_BIT(ROW_OUTER_INEFFICIENCY) | ROW_BIT(ROW_N_KAON),
     ROW_BIT(ROW_ACCEPTANCE) | ROW_BIT(ROW_RESOLUTION)},
    {"photons", figure_photons, {0, 0, 1}, SIMULATION_ROWS | ROW_BIT(ROW_N_KAON), 0},
    {"reach",
     figure_reach,
     {60, 350, 1},
     LIMIT_ROWS | ROW_BIT(ROW_OUTER_INEFFICIENCY) | ROW_BIT(ROW_N_KAON) | ROW_BIT(ROW_MASS),
     ROW_BIT(ROW_ACCEPTANCE)},
    {"veto", figure_veto, {135, 135, 1}, LIMIT_ROWS | ROW_BIT(ROW_N_KAON) | ROW_BIT(ROW_MASS), ROW_BIT(ROW_ACCEPTANCE)},
};

#define FIGURES (sizeof figures / sizeof *figures)
#define COARSE_STEP_MEV 10.0 /* of masses, for people */

/* ---- the command line ---- */

static bool take_count(struct options *options, enum sensitivity_row row, double lo, double hi, uint64_t *count)
{
    double value;
    if (decimal_to_count(options->value, &value) != DECIMAL_OK || value < lo || value > hi)
        return options_refuse(options, "--%s: '%s' is not a whole number from %.0f to %.0f", rows[row].name,
                              options->value, lo, hi);
    *count = (uint64_t)value;
    return true;
}

static bool take_sample(struct options *options, struct projection_setting *setting)
{
    setting->sample_count = 1;
    return sample_read(options->value, &setting->samples[0]) ||
           options_refuse(options, "--n-kaon: '%s' is not " SAMPLE_WORDS, options->value);
}

static bool take_mode(struct options *options, struct projection_setting *setting)
{
    if (strcmp(options->value, "paper") == 0)
        setting->mode = PROJECTION_PAPER;
    else if (strcmp(options->value, "na62") == 0)
        setting->mode = PROJECTION_NA62;
    else
        return options_none_of(options, ROW_MODE, "paper, na62");
    return true;
}

static bool take_angle(struct options *options, struct veto *veto)
{
    double angle_mrad;
    bool is_angle = options_number(options, ROW_VETO_ANGLE, 1, 3000, &angle_mrad);
    veto->angle_rad = angle_mrad / MRAD_PER_RAD;
    return is_angle;
}

static bool take_outer_inefficiency(struct options *options, struct veto *veto)
{
    double inefficiency;
    bool is_share = options_number(options, ROW_OUTER_INEFFICIENCY, 0, 1, &inefficiency);
    veto->outer_efficiency = 1 - inefficiency;
    return is_share;
}

static bool take_threshold(struct options *options, struct projection_setting *setting)
{
    setting->threshold_count = 1;
    return options_number(options, ROW_VETO_THRESHOLD, 0, 1e5, &setting->thresholds_mev[0]);
}

/* False: leave with options->exit_code. */
static bool take_option(struct options *options, enum sensitivity_row row, struct choice *choice)
{
    struct projection_setting *setting = &choice->setting;
    choice->given |= ROW_BIT(row);
    switch (row) {
    case ROW_N_KAON:
        return take_sample(options, setting);
    case ROW_MASS:
        return masses_read(options->value, &choice->masses) ||
               options_refuse(options, "--mass: '%s' is not " MASSES_WORDS, options->value);
    case ROW_U2:
        return options_number(options, (int)row, 0, 1, &choice->u2);
    case ROW_MODE:
        return take_mode(options, setting);
    case ROW_ACCEPTANCE:
        return options_number(options, (int)row, 1e-6, 1, &setting->experiment.acceptance);
    case ROW_RESOLUTION:
        return options_number(options, (int)row, 100, 1e5, &setting->sigma_mev2);
    case ROW_HALF_WIDTH:
        return options_number(options, (int)row, 0.01, 10, &setting->experiment.half_width);
    case ROW_VETO_ANGLE:
        return take_angle(options, &setting->veto);
    case ROW_VETO_INEFFICIENCY:
        return options_number(options, (int)row, 0, 1, &setting->veto.inefficiency);
    case ROW_OUTER_INEFFICIENCY:
        return take_outer_inefficiency(options, &setting->veto);
    case ROW_VETO_THRESHOLD:
        return take_threshold(options, setting);
    case ROW_F_VIS:
        return options_number(options, (int)row, 0, 0.999999, &setting->experiment.f_visible);
    case ROW_EVENTS:
        return take_count(options, row, EVENTS_MIN, EVENTS_MAX, &setting->events);
    case ROW_SEED:
        return take_count(options, row, 0, 9007199254740992.0, &setting->seed);
    case ROW_CSV:
        choice->is_csv = true;
        return true;
    case ROWS:
        break;
    }
    return false;
}

static const struct figure *figure_by_name(const char *name)
{
    for (size_t i = 0; i < FIGURES; i++)
        if (strcmp(figures[i].name, name) == 0)
            return &figures[i];
    return NULL;
}

static const struct figure *take_figure(struct options *options)
{
    const char *name = options->operand_count > 0 ? options->operand[0] : "table";
    const struct figure *figure = figure_by_name(name);
    if (figure == NULL) {
        const char *names[FIGURES + 1] = {NULL};
        for (size_t i = 0; i < FIGURES; i++)
            names[i] = figures[i].name;
        const char *meant = nearest_name(name, names);
        (void)options_refuse(options, "no figure '%s': %s%s", name,
                             meant != NULL ? "did you mean " : "table, br, spectrum, photons, reach or veto",
                             meant != NULL ? meant : "");
    }
    return figure;
}

/* An option that would change nothing is a mistake. */
static bool expect_meaning(struct options *options, const struct figure *figure, const struct choice *choice)
{
    const unsigned simulated = choice->setting.mode == PROJECTION_NA62 ? figure->simulated : 0;
    for (uint32_t row = 0; row < ROWS; row++) {
        const unsigned given = choice->given & ROW_BIT(row);
        if ((given & ~figure->rows) != 0)
            return options_refuse(options, "--%s means nothing to figure %s", rows[row].name, figure->name);
        if ((given & simulated) != 0)
            return options_refuse(options, "--%s means nothing to mode na62, which simulates it", rows[row].name);
    }
    if (figure->fill == figure_veto && choice->masses.first_mev < choice->masses.last_mev)
        return options_refuse(options, "figure veto is for one --mass, not for a range");
    return !(choice->is_csv && options->is_json) || options_refuse(options, "give either --csv or --json");
}

/* NULL: leave with options->exit_code. */
static const struct figure *parse(struct options *options, struct choice *choice, int argc, char **argv)
{
    for (int row; (row = options_next(options, argc, argv)) != OPTIONS_END;)
        if (row == OPTIONS_EXIT || !take_option(options, (enum sensitivity_row)row, choice))
            return NULL;
    if (!options_expect_operands(options, 0, 1))
        return NULL;
    const struct figure *figure = take_figure(options);
    return figure != NULL && expect_meaning(options, figure, choice) ? figure : NULL;
}

/* ---- what follows from it ---- */

/* What was not given is the mode's: na62 has a threshold of its own only, the last of the defaults, and needs more
 * events, as rare photons are not weighed in closed form there. */
static void settle_mode(struct choice *choice)
{
    struct projection_setting *setting = &choice->setting;
    if (setting->mode != PROJECTION_NA62)
        return;
    setting->thresholds_mev[0] = setting->thresholds_mev[setting->threshold_count - 1];
    setting->threshold_count = 1;
    if ((choice->given & ROW_BIT(ROW_EVENTS)) == 0)
        setting->events = NA62_EVENTS_DEFAULT;
}

static void settle_masses(struct choice *choice, const struct figure *figure, bool is_coarse)
{
    const bool is_given = (choice->given & ROW_BIT(ROW_MASS)) != 0;
    if (!is_given)
        choice->masses = figure->masses;
    if (!is_given || !(choice->masses.step_mev > 0))
        choice->masses.step_mev = is_coarse ? COARSE_STEP_MEV : 1;
}

static void print_sheet(const struct sheet *sheet, const struct options *options, bool is_csv)
{
    if (is_csv)
        sheet_print_csv(sheet);
    else if (options->is_json)
        sheet_print_json(sheet);
    else
        sheet_print_text(sheet);
}

static int run(const struct options *options, const struct figure *figure, struct choice *choice)
{
    const bool is_coarse = !choice->is_csv && !options->is_json;
    struct sheet sheet;
    settle_mode(choice);
    settle_masses(choice, figure, is_coarse);
    if (!figure->fill(&sheet, &(struct figure_request){&choice->setting, choice->masses, choice->u2, is_coarse})) {
        (void)fprintf(stderr, "hnlmon sensitivity: %s\n", strerror(ENOMEM));
        return CLI_FAILED;
    }
    print_sheet(&sheet, options, choice->is_csv);
    sheet_fini(&sheet);
    return CLI_DONE;
}

int cli_sensitivity(int argc, char **argv)
{
    struct options options = {
        .command = "sensitivity",
        .operands = "[table|br|spectrum|photons|reach|veto]",
        .summary =
            "Projects the sensitivity to |U_e|^2 of a search for K+ -> pi0 e+ N by simulation, as arXiv:2008.11654\n"
            "does, and prints its figures as numbers:\n"
            "  table     the headline numbers beside the published ones (the default)\n"
            "  br        figure 1, the branching ratio against the mass\n"
            "  spectrum  figure 2, reconstructed m2_miss before and after the photon veto\n"
            "  photons   figure 3, true m2_miss against the angle of the photon\n"
            "  reach     figure 4, excluded and detected |U_e|^2 against the mass\n"
            "  veto      the limit against the share of photons missed beyond the angle of the veto\n"
            "The text has few points; --csv and --json have all of them.",
        .rows = rows,
        .row_count = ROWS,
        .shared = OPTIONS_JSON};
    struct choice choice = {.setting = projection_setting_default(), .u2 = 1};
    const struct figure *figure = parse(&options, &choice, argc, argv);
    return figure != NULL ? run(&options, figure, &choice) : options.exit_code;
}
