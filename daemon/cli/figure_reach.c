/* SPDX-License-Identifier: MIT */
/* figure_reach - figure 4, and what better vetoes would make of it at one mass (see figure.h). */
#include "cli/figure.h"

#include <math.h>

#include "core/physics.h"

static void add_limit_columns(struct sheet *sheet, const struct projection_setting *setting)
{
    for (uint32_t i = 0; i < setting->threshold_count; i++) {
        double threshold = setting->thresholds_mev[i];
        figure_add_threshold_column(sheet, "b", "b", 4, threshold);
        sheet_add_column(sheet, "+-", "%", 2, "b_error_percent_%g", threshold);
        figure_add_threshold_column(sheet, "excluded", "excluded_u2", 4, threshold);
        figure_add_threshold_column(sheet, "detected", "detected_u2", 4, threshold);
    }
}

static void put_limit(struct sheet *sheet, const struct projection_limit *limit)
{
    sheet_put(sheet, limit->b);
    sheet_put(sheet, 100 * limit->b_relative_error);
    sheet_put(sheet, limit->excluded_u2);
    sheet_put(sheet, limit->detected_u2);
}

static void add_limit_notes(struct sheet *sheet, const struct projection_setting *setting)
{
    const bool is_flat = setting->mode == PROJECTION_PAPER;
    sheet_add_note(sheet,
                   "b: background in the window. excluded, detected: |U_e|^2, one-sided 90 %%; the median limit "
                   "without a signal,\nand the signal of 1.28 sqrt(b). +-: statistical error of the simulation on "
                   "b; on |U_e|^2 it is half as large%s.",
                   is_flat ? "" : ",\nand that of the signal, 1 to 2 % from 2e6 events, comes on top");
    sheet_add_note(sheet, "Statistical only: b is taken as known, which the dedicated line would need to 0.1 %%. The "
                          "signal does not radiate.");
    if (is_flat)
        sheet_add_note(sheet, "Inside a real acceptance the photon is nearer to the beam than isotropy says: see "
                              "--mode na62.");
}

static void put_sample(struct sheet *sheet, const struct sample *sample)
{
    sheet_add_row(sheet);
    sheet_put_text(sheet, sample->name);
    sheet_put(sheet, sample->n_kaon);
}

/* Windows of all masses and thresholds: they are the same for all samples. */
static struct projection_window windows[PROJECTION_THRESHOLDS_MAX][MASSES_MAX];

static void measure_windows(const struct projection *projection, const struct masses *masses)
{
    for (uint32_t i = 0; i < projection->setting->threshold_count; i++)
        for (uint32_t j = 0; j < masses_count(masses); j++)
            windows[i][j] = projection_window(projection, i, masses_at(masses, j));
}

static void put_reach(struct sheet *sheet, const struct projection_setting *setting, const struct sample *sample,
                      double mass, uint32_t index)
{
    put_sample(sheet, sample);
    sheet_put(sheet, mass);
    sheet_put(sheet, physics_br(mass));
    for (uint32_t i = 0; i < setting->threshold_count; i++) {
        struct projection_limit limit = projection_limit(setting, &windows[i][index], sample->n_kaon);
        put_limit(sheet, &limit);
    }
}

bool figure_reach(struct sheet *sheet, const struct figure_request *request)
{
    const struct projection_setting *setting = request->setting;
    struct projection projection;
    if (!projection_init(&projection, setting))
        return false;
    measure_windows(&projection, &request->masses);
    projection_fini(&projection);
    sheet_init(sheet, "reach", "Projected sensitivity to |U_e|^2 (figure 4 of arXiv:2008.11654)");
    sheet_add_column(sheet, "sample", "", 0, "sample");
    sheet_add_column(sheet, "N_K", "", 0, "n_kaon");
    sheet_add_column(sheet, "m_N", "MeV", 0, "m_n_mev");
    sheet_add_column(sheet, "BR", "", 4, "br");
    add_limit_columns(sheet, setting);
    for (uint32_t i = 0; i < setting->sample_count; i++)
        for (uint32_t j = 0; j < masses_count(&request->masses); j++)
            put_reach(sheet, setting, &setting->samples[i], masses_at(&request->masses, j), j);
    figure_add_setting(sheet, setting);
    add_limit_notes(sheet, setting);
    return true;
}

#define VETO_DECADES 3 /* of the outer inefficiency, below 1 */

static void put_veto(struct sheet *sheet, const struct projection *projection, const struct sample *sample, double mass,
                     double outer_inefficiency)
{
    const struct projection_setting *setting = projection->setting;
    put_sample(sheet, sample);
    sheet_put(sheet, outer_inefficiency);
    for (uint32_t i = 0; i < setting->threshold_count; i++) {
        struct projection_window window = projection_window(projection, i, mass);
        struct projection_limit limit = projection_limit(setting, &window, sample->n_kaon);
        put_limit(sheet, &limit);
    }
}

bool figure_veto(struct sheet *sheet, const struct figure_request *request)
{
    const struct projection_setting *setting = request->setting;
    const int points_per_decade = request->is_coarse ? 4 : 20;
    const double mass = request->masses.first_mev;
    struct projection projection;
    if (!projection_init(&projection, setting))
        return false;
    sheet_init(sheet, "veto", "Projected sensitivity against the share of photons beyond the angle that are missed");
    sheet_add_column(sheet, "sample", "", 0, "sample");
    sheet_add_column(sheet, "N_K", "", 0, "n_kaon");
    sheet_add_column(sheet, "missed", "beyond", 3, "outer_inefficiency");
    add_limit_columns(sheet, setting);
    for (uint32_t i = 0; i < setting->sample_count; i++)
        for (int point = 0; point <= VETO_DECADES * points_per_decade; point++) {
            double outer_inefficiency = pow(10, -(double)point / points_per_decade);
            projection_veto(&projection, setting->veto.inefficiency, 1 - outer_inefficiency);
            put_veto(sheet, &projection, &setting->samples[i], mass, outer_inefficiency);
        }
    projection_fini(&projection);
    figure_add_setting(sheet, setting);
    sheet_set(sheet, "m_n_mev", mass);
    sheet_set(sheet, "outer_inefficiency", NAN); /* it is a column */
    sheet_add_note(sheet, "m_N = %g MeV; the share missed beyond the angle is that of the column instead.", mass);
    add_limit_notes(sheet, setting);
    return true;
}
