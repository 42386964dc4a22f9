/* SPDX-License-Identifier: MIT */
/*
 * template_compare - what goes wrong when the data do not follow the template: against another template the bias of
 * the background in every window, against data the tail of the resolution on the mirror side.
 *
 * The mirror side, m2_miss < -7600 MeV^2, has no radiation: whatever is there beyond the template's resolution lies
 * under the search windows, too. -7616 MeV^2 is the nearest edge of a bin.
 */
#include <math.h>
#include <stdio.h>

#include "cli/cli.h"
#include "cli/m2_histogram.h"
#include "cli/sheet.h"
#include "cli/template.h"
#include "core/limit.h"
#include "core/summary.h"
#include "core/template_bias.h"

enum compare_row { ROW_MIRROR, ROW_HISTOGRAM, ROW_ALL, ROWS };

static const struct option_row rows[ROWS] = {
    [ROW_MIRROR] = {"mirror", NULL, "compare one template with data where no radiation is, m2_miss < -7600 MeV^2"},
    [ROW_HISTOGRAM] = {"histogram", "FILE", "data: what 'hnlmon hist m2 --json' printed [the run of the daemon]"},
    [ROW_ALL] = {"all", NULL, "every mass, not only every tenth"},
};

#define STEP_MEV 10
#define MIRROR_END (-64) /* in bin widths: -7616 MeV^2 */
#define MIRROR_FAR (-100)
#define CONFIDENCE_LEVEL 0.9

struct compare {
    struct options options;
    const char *histogram;
    bool is_mirror, is_all;
};

static void print(struct sheet *sheet, bool is_json)
{
    if (is_json)
        sheet_print_json(sheet);
    else
        sheet_print_text(sheet);
    sheet_fini(sheet);
}

/* ---- template against template ---- */

static void set_templates(struct sheet *sheet, const struct template *truth, const struct template *assumed)
{
    char data[TEMPLATE_LABEL_SIZE], functional[TEMPLATE_LABEL_SIZE];
    template_label(truth, data);
    template_label(assumed, functional);
    sheet_set_text(sheet, "data_follow", data);
    sheet_set_text(sheet, "functional_uses", functional);
    sheet_add_note(sheet, "Data follow %s, the functional uses %s.", data, functional);
}

static void add_masses(struct sheet *sheet, const struct template_bias_result *result, bool is_all)
{
    sheet_add_column(sheet, "m_N", "MeV", 0, "m_n_mev");
    sheet_add_column(sheet, "bias of b", "rel.", 3, "bias");
    sheet_add_column(sheet, "error", "stat.", 2, "error");
    for (int i = 0; i < HYPOTHESIS_COUNT; i++) {
        const int mass = HYPOTHESIS_FIRST_MEV + i;
        if (!is_all && i != 0 && i != result->worst && mass % STEP_MEV != 0)
            continue;
        sheet_add_row(sheet);
        sheet_put(sheet, mass);
        sheet_put(sheet, result->is_valid[i] ? result->bias[i] : (double)NAN);
        sheet_put(sheet, result->is_valid[i] ? result->error[i] : (double)NAN);
    }
}

static void add_worst(struct sheet *sheet, const struct template_bias_result *result)
{
    if (result->worst < 0) {
        sheet_add_note(sheet, "No mass is valid with both.");
        return;
    }
    sheet_set(sheet, "f_sys", result->f_sys);
    sheet_set(sheet, "f_sys_error", result->error[result->worst]);
    sheet_set(sheet, "f_sys_m_n_mev", HYPOTHESIS_FIRST_MEV + result->worst);
    sheet_add_note(sheet, "f_sys = %.4f +- %.4f (statistical): the largest |bias| of a valid mass, at %d MeV.",
                   result->f_sys, result->error[result->worst], HYPOTHESIS_FIRST_MEV + result->worst);
}

static int compare_templates(struct compare *compare)
{
    static struct template rooms[2];
    static struct background background;
    const struct template *shapes[2];
    struct template_bias_result result;
    struct sheet sheet;
    for (int i = 0; i < 2; i++)
        if ((shapes[i] = cli_template_open(&compare->options, compare->options.operand[i], &rooms[i])) == NULL)
            return compare->options.exit_code;
    background_init(&background, shapes[1]);
    template_bias_compare(&background, shapes[0], shapes[1], &result);
    sheet_init(&sheet, "template_compare", "Bias of the background estimate");
    set_templates(&sheet, shapes[0], shapes[1]);
    add_masses(&sheet, &result, compare->is_all);
    add_worst(&sheet, &result);
    if (shapes[0]->preset != shapes[1]->preset)
        sheet_add_note(&sheet, "The two belong to different selections: the daemon would refuse this.");
    print(&sheet, compare->options.is_json);
    return CLI_DONE;
}

/* ---- template against data ---- */

static double sum_bins(const double bins[M2_BIN_COUNT], int first, int end)
{
    double sum = 0;
    for (int i = first; i < end; i++)
        sum += bins[i - M2_BIN_FIRST];
    return sum;
}

static double sum_counts(const uint64_t bins[M2_BIN_COUNT], int first, int end)
{
    double sum = 0;
    for (int i = first; i < end; i++)
        sum += (double)bins[i - M2_BIN_FIRST];
    return sum;
}

/* The error is that of the measured count, and of the count in the peak that the expected one comes from. */
static void add_range(struct sheet *sheet, const struct template *shape, const uint64_t bins[M2_BIN_COUNT], int first,
                      int end)
{
    const double peak = sum_counts(bins, -PEAK_HALF_BINS, PEAK_HALF_BINS);
    const double measured = sum_counts(bins, first, end);
    const double expected = peak * sum_bins(shape->bins, first, end) / shape->f_peak;
    const double ratio = measured / expected;
    sheet_add_row(sheet);
    sheet_put(sheet, first * M2_BIN_WIDTH_MEV2);
    sheet_put(sheet, end * M2_BIN_WIDTH_MEV2);
    sheet_put(sheet, measured);
    sheet_put(sheet, expected);
    sheet_put(sheet, ratio);
    sheet_put(sheet, measured > 0 ? ratio * sqrt(1 / measured + 1 / peak) : (double)NAN);
    sheet_put(sheet, limit_empty_events(CONFIDENCE_LEVEL) / expected);
}

static void add_mirror_columns(struct sheet *sheet)
{
    sheet_add_column(sheet, "from", "MeV^2", 0, "low_mev2");
    sheet_add_column(sheet, "to", "MeV^2", 0, "high_mev2");
    sheet_add_column(sheet, "measured", "", 0, "measured");
    sheet_add_column(sheet, "expected", "", 4, "expected");
    sheet_add_column(sheet, "ratio", "", 4, "ratio");
    sheet_add_column(sheet, "error", "Poisson", 2, "ratio_error");
    sheet_add_column(sheet, "sees", "ratios above", 3, "ratio_visible");
}

static int compare_mirror(struct compare *compare)
{
    static struct template room;
    static uint64_t bins[M2_BIN_COUNT];
    char label[TEMPLATE_LABEL_SIZE];
    struct sheet sheet;
    const struct template *shape = cli_template_open(&compare->options, compare->options.operand[0], &room);
    if (shape == NULL || !(compare->histogram != NULL ? m2_histogram_read(&compare->options, compare->histogram, bins)
                                                      : m2_histogram_ask(&compare->options, bins)))
        return compare->options.exit_code;
    template_label(shape, label);
    sheet_init(&sheet, "template_mirror", "The tail of the resolution, where no radiation is");
    sheet_set_text(&sheet, "template", label);
    sheet_set(&sheet, "n_peak", sum_counts(bins, -PEAK_HALF_BINS, PEAK_HALF_BINS));
    sheet_add_note(&sheet, "Template %s.", label);
    add_mirror_columns(&sheet);
    add_range(&sheet, shape, bins, M2_BIN_FIRST, MIRROR_END);
    add_range(&sheet, shape, bins, M2_BIN_FIRST, MIRROR_FAR);
    add_range(&sheet, shape, bins, MIRROR_FAR, MIRROR_END);
    sheet_add_note(&sheet,
                   "Expected: the template, scaled to the candidates in the peak. A ratio other than 1 is a tail "
                   "that the template does not have.");
    sheet_add_note(&sheet, "Sees: the ratio above which the data would show at least one candidate with 90 %%.");
    print(&sheet, compare->options.is_json);
    return CLI_DONE;
}

/* ---- command line ---- */

static void take_option(struct compare *compare, enum compare_row row)
{
    switch (row) {
    case ROW_MIRROR:
        compare->is_mirror = true;
        break;
    case ROW_HISTOGRAM:
        compare->histogram = compare->options.value;
        break;
    case ROW_ALL:
        compare->is_all = true;
        break;
    case ROWS:
        break;
    }
}

static bool parse(struct compare *compare, int argc, char **argv)
{
    for (int row; (row = options_next(&compare->options, argc, argv)) != OPTIONS_END;) {
        if (row == OPTIONS_EXIT)
            return false;
        take_option(compare, (enum compare_row)row);
    }
    if (compare->histogram != NULL && !compare->is_mirror)
        return options_refuse(&compare->options, "--histogram needs --mirror");
    const int operands = compare->is_mirror ? 1 : 2;
    if (!compare->is_mirror && compare->options.operand_count == 1)
        return options_refuse(&compare->options, "FUNCTIONAL is missing; one template is for --mirror");
    return options_expect_operands(&compare->options, operands, operands);
}

int cli_template_compare(int argc, char **argv)
{
    struct compare compare = {
        .options = {.command = "template compare",
                    .operands = "DATA [FUNCTIONAL]",
                    .summary =
                        "Shows the relative bias of the background in every search window when the data follow "
                        "the template DATA\nand the sidebands are weighted with the template FUNCTIONAL, and the "
                        "f_sys that follows. With --mirror\nit compares one template with data.",
                    .rows = rows,
                    .row_count = ROWS,
                    .shared = OPTIONS_QUERY}};
    if (!parse(&compare, argc, argv))
        return compare.options.exit_code;
    return compare.is_mirror ? compare_mirror(&compare) : compare_templates(&compare);
}
