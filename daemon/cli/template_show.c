/* SPDX-License-Identifier: MIT */
/* template_show - what a background template holds, by mass, and how well it is known. */
#include <stdio.h>

#include "cli/cli.h"
#include "cli/sheet.h"
#include "cli/template.h"
#include "core/background.h"
#include "core/template_bias.h"

enum show_row { ROW_ALL, ROWS };

static const struct option_row rows[ROWS] = {[ROW_ALL] = {"all", NULL, "every mass, not only every tenth"}};

#define STEP_MEV 10
#define PER_PEAK 1e6 /* the background is shown for so many candidates in the peak */

static void add_columns(struct sheet *sheet)
{
    sheet_add_column(sheet, "m_N", "MeV", 0, "m_n_mev");
    sheet_add_column(sheet, "b", "per 1e6 in peak", 4, "b_per_million");
    sheet_add_column(sheet, "error", "of b, rel.", 2, "window_error");
    sheet_add_column(sheet, "bias error", "rel.", 2, "bias_error");
    sheet_add_column(sheet, "alpha", "", 3, "alpha");
    sheet_add_column(sheet, "A/A_peak", "", 4, "acceptance_ratio");
    sheet_add_column(sheet, "in window", "over Gaussian", 4, "window_ratio");
    sheet_add_column(sheet, "valid", "", 0, "valid");
}

static void add_mass(struct sheet *sheet, const struct template *shape, const struct functional *f, int i)
{
    sheet_add_row(sheet);
    sheet_put(sheet, HYPOTHESIS_FIRST_MEV + i);
    sheet_put(sheet, PER_PEAK * template_bias_window(f, shape->bins) / shape->f_peak);
    sheet_put(sheet, shape->window_error[i]);
    sheet_put(sheet, shape->bias_error[i]);
    sheet_put(sheet, f->alpha);
    sheet_put(sheet, shape->acceptance_ratio[i]);
    sheet_put(sheet, shape->window_ratio[i]);
    sheet_put_text(sheet, f->alpha <= SCAN_ALPHA_MAX ? "yes" : "no");
}

static void set_head(struct sheet *sheet, const struct template *shape)
{
    sheet_set_text(sheet, "name", shape->name);
    sheet_set_text(sheet, "hash", shape->hash);
    sheet_set(sheet, "version", TEMPLATE_VERSION);
    sheet_set_text(sheet, "preset", selection_preset_name(shape->preset));
    sheet_set_text(sheet, "provenance", shape->provenance);
    sheet_set(sheet, "sigma_mev2", shape->sigma_mev2);
    sheet_set(sheet, "br_ke3", shape->br_ke3);
    sheet_set(sheet, "a_peak", shape->a_peak);
    sheet_set(sheet, "f_peak", shape->f_peak);
    sheet_set(sheet, "eps_background", shape->eps_background);
}

static void print_head(const struct template *shape)
{
    printf("name            %s\nhash            %s\nselection       %s\nmade by         %s\n", shape->name, shape->hash,
           selection_preset_name(shape->preset), shape->provenance);
    printf("sigma           %.6g MeV^2\nBR(Ke3)         %g\nA_peak          %.5g\nf_peak          %.5g\n",
           shape->sigma_mev2, shape->br_ke3, shape->a_peak, shape->f_peak);
    printf("veto survival   %.4g above 0.01 GeV^2\n\n", shape->eps_background);
}

static void show(const struct template *shape, bool is_all, bool is_json)
{
    static struct background background;
    struct sheet sheet;
    background_init(&background, shape);
    sheet_init(&sheet, "template", "Background template");
    set_head(&sheet, shape);
    add_columns(&sheet);
    for (int i = 0; i < HYPOTHESIS_COUNT; i++)
        if (is_all || i == 0 || (HYPOTHESIS_FIRST_MEV + i) % STEP_MEV == 0)
            add_mass(&sheet, shape, &background.functionals[i], i);
    sheet_add_note(&sheet, "Errors are statistical, of the simulation; bias error: of b estimated from the sidebands, "
                           "over the window.");
    if (shape->last_mev > 0)
        sheet_add_note(&sheet, "Covers %g to %g MeV only: elsewhere it may hold a signal.", shape->first_mev,
                       shape->last_mev);
    if (is_json) {
        sheet_print_json(&sheet);
    } else {
        print_head(shape);
        sheet_print_text(&sheet);
    }
    sheet_fini(&sheet);
}

int cli_template_show(int argc, char **argv)
{
    static struct template room;
    struct options options = {.command = "template show",
                              .operands = "TEMPLATE",
                              .summary = "Shows a background template: a file, paper, na62 or na62-beam.",
                              .rows = rows,
                              .row_count = ROWS,
                              .shared = OPTIONS_JSON};
    bool is_all = false;
    for (int row; (row = options_next(&options, argc, argv)) != OPTIONS_END; is_all = true)
        if (row == OPTIONS_EXIT)
            return options.exit_code;
    if (!options_expect_operands(&options, 1, 1))
        return options.exit_code;
    const struct template *shape = cli_template_open(&options, options.operand[0], &room);
    if (shape == NULL)
        return options.exit_code;
    show(shape, is_all, options.is_json);
    return CLI_DONE;
}
