/* SPDX-License-Identifier: MIT */
/* limit_shape - see limit_shape.h. */
#include "cli/limit_shape.h"

#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "cli/field.h"
#include "cli/terminal.h"
#include "core/background.h"
#include "core/exclusion.h"
#include "core/shape_limit.h"

#define STEP_MEV 5       /* of masses that are printed */
#define B_TOLERANCE 1e-6 /* relative: the published b has all digits, but is a sum in another order */

struct limit_shape {
    const json_t *scan;
    const struct template *template;
    struct background background;
    uint64_t bins[M2_BIN_COUNT];
    bool has_limit[HYPOTHESIS_COUNT];
    struct shape_limit limits[HYPOTHESIS_COUNT]; /* |U|^2 */
};

static const json_t *hypothesis_at(const json_t *scan, uint32_t index)
{
    return json_array_get(field_object(scan, "hypotheses"), index);
}

static bool read_bins(struct limit_shape *shape, const json_t *histogram)
{
    const json_t *bins = field_object(histogram, "bins"), *bin;
    size_t index;
    bool is_m2_axis = json_array_size(bins) == M2_BIN_COUNT &&
                      json_integer_value(field_object(histogram, "lo")) == M2_BIN_FIRST * M2_BIN_WIDTH_MEV2 &&
                      json_integer_value(field_object(histogram, "width")) == M2_BIN_WIDTH_MEV2;
    if (!is_m2_axis)
        return false;
    json_array_foreach(bins, index, bin) shape->bins[index] = (uint64_t)json_integer_value(bin);
    return true;
}

/* Whether the published backgrounds are those of this template and these bins. */
static bool is_scan_of_bins(const struct limit_shape *shape)
{
    for (uint32_t i = 0; i < HYPOTHESIS_COUNT; i++) {
        const json_t *hypothesis = hypothesis_at(shape->scan, i);
        uint64_t n;
        double b, variance, published = field_number(hypothesis, "b");
        background_evaluate(&shape->background, i, shape->bins, &n, &b, &variance);
        bool is_same = n == field_count(hypothesis, "n") && fabs(b - published) <= B_TOLERANCE * (1 + b);
        if (field_flag(hypothesis, "valid") && !is_same)
            return false;
    }
    return true;
}

static void scale(struct shape_limit *limit, double signal_per_u2)
{
    limit->fitted /= signal_per_u2;
    limit->observed /= signal_per_u2;
    limit->expected.minus2 /= signal_per_u2;
    limit->expected.minus1 /= signal_per_u2;
    limit->expected.median /= signal_per_u2;
    limit->expected.plus1 /= signal_per_u2;
    limit->expected.plus2 /= signal_per_u2;
}

/* Where counting has a limit; there N_K is known and nothing is withheld. */
static void evaluate(struct limit_shape *shape, uint32_t index)
{
    const json_t *hypothesis = hypothesis_at(shape->scan, index);
    double per_u2 = field_number(shape->scan, "n_kaon") * exclusion_signal(shape->template, index);
    if (!(field_number(hypothesis, "u2_limit") > 0) || !(per_u2 > 0))
        return;
    shape->has_limit[index] =
        shape_limit_evaluate(shape->template, &shape->background, index, shape->bins,
                             field_number(shape->scan, "f_sys"), EXCLUSION_CONFIDENCE_LEVEL, &shape->limits[index]);
    scale(&shape->limits[index], per_u2);
}

struct limit_shape *limit_shape_create(const json_t *scan, const json_t *histogram, const struct template *template,
                                       const char **fault)
{
    struct limit_shape *shape = calloc(1, sizeof *shape);
    *fault = NULL;
    if (shape == NULL) {
        *fault = "out of memory";
        return NULL;
    }
    shape->scan = field_object(scan, "scan");
    shape->template = template;
    background_init(&shape->background, shape->template);
    if (field_flag(shape->scan, "blind"))
        *fault = "the searched region is blind";
    else if (!read_bins(shape, field_object(histogram, "histogram")))
        *fault = "the histogram of the daemon has another binning";
    else if (!is_scan_of_bins(shape))
        *fault = "the background of the daemon is not that of this template";
    if (*fault != NULL) {
        free(shape);
        return NULL;
    }
    for (uint32_t i = 0; i < HYPOTHESIS_COUNT; i++)
        evaluate(shape, i);
    return shape;
}

void limit_shape_destroy(struct limit_shape *shape)
{
    free(shape);
}

static void print_limit(const struct limit_shape *shape, uint32_t index)
{
    const json_t *hypothesis = hypothesis_at(shape->scan, index);
    const struct shape_limit *limit = &shape->limits[index];
    double counted = field_number(hypothesis, "u2_expected");
    if (!shape->has_limit[index])
        printf("%5.0f %10s %10s %11s %10s %9s %9s %8s\n", field_number(hypothesis, "m_n_mev"), "-", "-", "-", "-", "-",
               "-", "-");
    else
        printf("%5.0f %10.2e %10.2e %11.2e %10.2e %9.1e %9.1e %8.3f\n", field_number(hypothesis, "m_n_mev"),
               field_number(hypothesis, "u2_limit"), counted, limit->observed, limit->expected.median,
               limit->expected.minus1, limit->expected.plus1, limit->expected.median / counted);
}

void limit_shape_print(const struct limit_shape *shape)
{
    printf("\n%s%5s %21s %11s %10s %19s %8s\n%5s %10s %10s %11s %10s %19s %8s%s\n", terminal_style(STYLE_STRONG), "",
           "counting", "shape", "", "", "ratio", "m_N", "observed", "expected", "observed", "expected",
           "68 % of expected", "expected", terminal_style(STYLE_PLAIN));
    for (uint32_t i = 0; i < HYPOTHESIS_COUNT; i++)
        if ((HYPOTHESIS_FIRST_MEV + i) % STEP_MEV == 0)
            print_limit(shape, i);
    printf("\nshape: profile likelihood of all bins within 11.25 sigma of m_N^2; template\n"
           "times parabola, Gaussian signal, f_sys = %g as a background like it. 90 %% CLs.\n",
           field_number(shape->scan, "f_sys"));
}

json_t *limit_shape_json(const struct limit_shape *shape)
{
    json_t *list = json_array();
    for (uint32_t i = 0; i < HYPOTHESIS_COUNT; i++) {
        const struct shape_limit *limit = &shape->limits[i];
        if (!shape->has_limit[i])
            continue;
        (void)json_array_append_new(
            list, json_pack("{s:f, s:f, s:f, s:f, s:f, s:f, s:f, s:f}", "m_n_mev", HYPOTHESIS_FIRST_MEV + (double)i,
                            "u2_fitted", limit->fitted, "u2_limit", limit->observed, "u2_expected_minus2",
                            limit->expected.minus2, "u2_expected_minus1", limit->expected.minus1, "u2_expected",
                            limit->expected.median, "u2_expected_plus1", limit->expected.plus1, "u2_expected_plus2",
                            limit->expected.plus2));
    }
    return list;
}
