/* SPDX-License-Identifier: MIT */
/* headline - see headline.h. */
#include "cli/headline.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>

#include "cli/figure.h"
#include "core/physics.h"
#include "physics/constants.h"

#define TEXT_MAX 80
#define DENSITY_STEP_MEV2 300. /* the density of formula (3) is the mean over twice that */

#define PAPER_EVENTS 1.5e8
#define PAPER_EPS 0.017
#define PAPER_LIMIT 2e-6
#define PAPER_LIMIT_DEDICATED 1e-7

/* Three digits: b of run1, and the limits of run1, all and dedicated. */
static const struct {
    double mass_mev, b, excluded[3];
} independent[] = {
    {90, 8.0e4, {3.83e-6, 1.77e-6, 2.21e-7}},   {100, 2.00e4, {2.06e-6, 9.53e-7, 1.19e-7}},
    {125, 9.61e3, {1.77e-6, 8.14e-7, 1.01e-7}}, {135, 7.43e3, {1.71e-6, 7.89e-7, 9.8e-8}},
    {144, 5.94e3, {1.68e-6, 7.76e-7, 9.6e-8}},  {150, 5.13e3, {1.68e-6, 7.72e-7, 9.6e-8}},
    {200, 1.53e3, {1.89e-6, 8.67e-7, 1.07e-7}},
};

/* The same behind a veto from 200 MeV, run1. */
static const struct {
    double mass_mev, excluded;
} independent_200[] = {{125, 1.91e-6}, {135, 1.79e-6}, {144, 1.72e-6}};

#define COUNT(table) (sizeof(table) / sizeof *(table))

struct headline {
    struct sheet *sheet;
    const struct projection *projection;
};

/* One row begins with what it is about, which is made by the format. */
__attribute__((format(printf, 2, 3))) static void begin(const struct headline *headline, const char *format, ...)
{
    char quantity[TEXT_MAX];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(quantity, sizeof quantity, format, arguments);
    va_end(arguments);
    sheet_add_row(headline->sheet);
    sheet_put_text(headline->sheet, quantity);
}

/* And goes on with the numbers. A relative error of NaN: there is none. */
static void put(const struct headline *headline, double ours, double relative_error, double published,
                const char *source, const char *remark)
{
    sheet_put(headline->sheet, ours);
    sheet_put(headline->sheet, 100 * relative_error);
    sheet_put(headline->sheet, published);
    sheet_put(headline->sheet, ours / published);
    sheet_put_text(headline->sheet, source);
    sheet_put_text(headline->sheet, remark);
}

static struct projection_limit limit_at(const struct headline *headline, uint32_t threshold, double mass, double n_kaon)
{
    struct projection_window window = projection_window(headline->projection, threshold, mass);
    return projection_limit(headline->projection->setting, &window, n_kaon);
}

static void put_arithmetic(const struct headline *headline)
{
    const struct projection_setting *setting = headline->projection->setting;
    begin(headline, "best half width of the window / resolution");
    put(headline, reach_best_half_width(), NAN, 1.4, "paper", "");
    begin(headline, "factor of formula (3)");
    put(headline, reach_closed_factor(setting->experiment.half_width, REACH_Z90), NAN, 2.56, "paper", "");
    begin(headline, "accepted Ke3 decays, run1");
    put(headline, projection_ke3_count(headline->projection, sample_table[SAMPLE_RUN1].n_kaon), NAN, PAPER_EVENTS,
        "paper", "N_K = 3e10");
}

static void put_survival(const struct headline *headline, uint32_t threshold)
{
    begin(headline, "<eps_bkg>, m2 > 0.01 GeV^2, veto from %g MeV",
          headline->projection->setting->thresholds_mev[threshold]);
    put(headline, projection_survival(headline->projection, threshold, VETO_TAIL_MEV2), NAN, PAPER_EPS, "paper", "");
}

/* Limits of one sample where the paper gives them; b must be known as well as the remark says. */
static void put_limits(const struct headline *headline, uint32_t threshold, const struct sample *sample,
                       double published)
{
    static const double masses_mev[] = {125, 135, 144};
    for (size_t i = 0; i < COUNT(masses_mev); i++) {
        struct projection_limit limit = limit_at(headline, threshold, masses_mev[i], sample->n_kaon);
        char remark[TEXT_MAX];
        (void)snprintf(remark, sizeof remark, "statistical only: s/b = %.2g %%",
                       100 * reach_excluded_events(limit.b, REACH_Z90) / limit.b);
        begin(headline, "excluded |U_e|^2, %s, %g MeV, veto from %g MeV", sample->name, masses_mev[i],
              headline->projection->setting->thresholds_mev[threshold]);
        put(headline, limit.excluded_u2, limit.excluded_relative_error, published, "paper", remark);
    }
}

/* The detected |U_e|^2 of the sum over the window against formula (3) with the mean survival of the paper. */
static void put_closed_formula(const struct headline *headline, double mass)
{
    const struct projection_setting *setting = headline->projection->setting;
    const struct spectrum *spectrum = headline->projection->spectra[0];
    struct reach_experiment experiment = setting->experiment;
    experiment.n_kaon = sample_table[SAMPLE_RUN1].n_kaon;
    double density = (spectrum_above(spectrum->before, mass * mass - DENSITY_STEP_MEV2).value -
                      spectrum_above(spectrum->before, mass * mass + DENSITY_STEP_MEV2).value) /
                     (2 * DENSITY_STEP_MEV2);
    double closed =
        reach_closed_u2(&experiment, physics_br(mass), PHYSICS_BR_KE3, density, PAPER_EPS, setting->sigma_mev2);
    struct projection_limit limit = limit_at(headline, 0, mass, sample_table[SAMPLE_RUN1].n_kaon);
    begin(headline, "detected |U_e|^2, run1, %g MeV, veto from %g MeV", mass, setting->thresholds_mev[0]);
    put(headline, limit.detected_u2, limit.b_relative_error / 2, closed, "formula (3)",
        "published: the formula with 1.7 %");
}

static void put_paper(const struct headline *headline)
{
    put_arithmetic(headline);
    for (uint32_t i = 0; i < headline->projection->setting->threshold_count; i++) {
        put_survival(headline, i);
        put_limits(headline, i, &sample_table[SAMPLE_RUN1], PAPER_LIMIT);
        put_limits(headline, i, &sample_table[SAMPLE_DEDICATED], PAPER_LIMIT_DEDICATED);
    }
    if (headline->projection->setting->mode == PROJECTION_PAPER)
        put_closed_formula(headline, 135);
}

static void put_independent(const struct headline *headline, uint32_t threshold)
{
    const struct sample *const samples[] = {&sample_table[SAMPLE_RUN1], &sample_table[SAMPLE_ALL],
                                            &sample_table[SAMPLE_DEDICATED]};
    for (size_t i = 0; i < COUNT(independent); i++) {
        double mass = independent[i].mass_mev;
        struct projection_limit limit = limit_at(headline, threshold, mass, samples[0]->n_kaon);
        begin(headline, "b, run1, %g MeV, veto from 50 MeV", mass);
        put(headline, limit.b, limit.b_relative_error, independent[i].b, "independent", "");
        for (size_t j = 0; j < COUNT(samples); j++) {
            limit = limit_at(headline, threshold, mass, samples[j]->n_kaon);
            begin(headline, "excluded |U_e|^2, %s, %g MeV, veto from 50 MeV", samples[j]->name, mass);
            put(headline, limit.excluded_u2, limit.excluded_relative_error, independent[i].excluded[j], "independent",
                "");
        }
    }
}

static void put_independent_200(const struct headline *headline, uint32_t threshold)
{
    for (size_t i = 0; i < COUNT(independent_200); i++) {
        struct projection_limit limit =
            limit_at(headline, threshold, independent_200[i].mass_mev, sample_table[SAMPLE_RUN1].n_kaon);
        begin(headline, "excluded |U_e|^2, run1, %g MeV, veto from 200 MeV", independent_200[i].mass_mev);
        put(headline, limit.excluded_u2, limit.excluded_relative_error, independent_200[i].excluded, "independent", "");
    }
}

/* What the independent calculation has, it has for a flat acceptance and these thresholds. */
static void put_others(const struct headline *headline)
{
    const struct projection_setting *setting = headline->projection->setting;
    if (setting->mode != PROJECTION_PAPER)
        return;
    for (uint32_t i = 0; i < setting->threshold_count; i++)
        if (setting->thresholds_mev[i] == VETO_THRESHOLD_MEV)
            put_independent(headline, i);
        else if (setting->thresholds_mev[i] == NA62_VETO_THRESHOLD_MEV)
            put_independent_200(headline, i);
}

static void add_columns(struct sheet *sheet)
{
    sheet_add_column(sheet, "quantity", "", 0, "quantity");
    sheet_add_column(sheet, "ours", "", 4, "ours");
    sheet_add_column(sheet, "+-", "%", 2, "error_percent");
    sheet_add_column(sheet, "published", "", 4, "published");
    sheet_add_column(sheet, "ratio", "", 4, "ratio");
    sheet_add_column(sheet, "source", "", 0, "source");
    sheet_add_column(sheet, "remark", "", 0, "remark");
}

static void add_notes(const struct headline *headline)
{
    figure_add_setting(headline->sheet, headline->projection->setting);
    sheet_add_note(headline->sheet,
                   "run1: N_K = 3e10, all: 1.4e11, dedicated: 9e12. The paper rounds its limits to one digit. For "
                   "isotropic photons 1.70 %%\nare beyond 50 mrad, and 0.1 %% of the others are missed. s/b: how well "
                   "b must be known. The signal does not radiate.");
}

bool headline_table(struct sheet *sheet, const struct projection_setting *setting)
{
    struct projection projection;
    if (!projection_init(&projection, setting))
        return false;
    const struct headline headline = {sheet, &projection};
    sheet_init(sheet, "table", "The numbers of arXiv:2008.11654 beside ours");
    add_columns(sheet);
    put_paper(&headline);
    put_others(&headline);
    add_notes(&headline);
    projection_fini(&projection);
    return true;
}
