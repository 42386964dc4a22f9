/* SPDX-License-Identifier: MIT */
/* figure - see figure.h. What the sheets share, and figure 1. */
#include "cli/figure.h"

#include <stdio.h>

#include "core/physics.h"

#define MRAD_PER_RAD 1e3

static const char *mode_name(enum projection_mode mode)
{
    switch (mode) {
    case PROJECTION_PAPER:
        return "paper";
    case PROJECTION_NA62:
        return "na62";
    }
    return "";
}

static void set_veto(struct sheet *sheet, const struct projection_setting *setting)
{
    sheet_set(sheet, "veto_angle_mrad", setting->veto.angle_rad * MRAD_PER_RAD);
    sheet_set(sheet, "veto_inefficiency", setting->veto.inefficiency);
    sheet_set(sheet, "outer_inefficiency", 1 - setting->veto.outer_efficiency);
    for (uint32_t i = 0; i < setting->threshold_count; i++)
        sheet_set(sheet, i == 0 ? "veto_threshold_mev" : "second_veto_threshold_mev", setting->thresholds_mev[i]);
}

void figure_add_setting(struct sheet *sheet, const struct projection_setting *setting)
{
    sheet_set_text(sheet, "mode", mode_name(setting->mode));
    sheet_set(sheet, "acceptance", setting->experiment.acceptance);
    sheet_set(sheet, "f_visible", setting->experiment.f_visible);
    sheet_set(sheet, "sigma_mev2", setting->sigma_mev2);
    sheet_set(sheet, "half_width_sigma", setting->experiment.half_width);
    set_veto(sheet, setting);
    sheet_set(sheet, "events", (double)setting->events);
    sheet_set(sheet, "seed", (double)setting->seed);
    sheet_add_note(sheet,
                   "%s mode: flat acceptance %g, Gaussian resolution %g MeV^2, window +- %g of it; photons are lost "
                   "with\nprobability %g within %g mrad and %g beyond, and always below the threshold in energy.",
                   mode_name(setting->mode), setting->experiment.acceptance, setting->sigma_mev2,
                   setting->experiment.half_width, setting->veto.inefficiency, setting->veto.angle_rad * MRAD_PER_RAD,
                   1 - setting->veto.outer_efficiency);
}

void figure_add_threshold_column(struct sheet *sheet, const char *head, const char *key, int digits,
                                 double threshold_mev)
{
    char unit[SHEET_TEXT_MAX];
    (void)snprintf(unit, sizeof unit, "E > %g MeV", threshold_mev);
    sheet_add_column(sheet, head, unit, digits, "%s_%g", key, threshold_mev);
}

bool figure_br(struct sheet *sheet, const struct figure_request *request)
{
    sheet_init(sheet, "br", "Branching ratio of K+ -> pi0 e+ N (figure 1 of arXiv:2008.11654)");
    sheet_set(sheet, "u2", request->u2);
    sheet_add_column(sheet, "m_N", "MeV", 0, "m_n_mev");
    sheet_add_column(sheet, "rho", "", 6, "rho");
    sheet_add_column(sheet, "BR", "", 6, "br");
    for (uint32_t i = 0; i < masses_count(&request->masses); i++) {
        double mass = masses_at(&request->masses, i);
        sheet_add_row(sheet);
        sheet_put(sheet, mass);
        sheet_put(sheet, physics_rho(mass));
        sheet_put(sheet, physics_br(mass) * request->u2);
    }
    sheet_add_note(sheet, "BR = BR(Ke3) rho(m_N) |U_e|^2 with |U_e|^2 = %g, BR(Ke3) = %g; tree level, no radiation.",
                   request->u2, PHYSICS_BR_KE3);
    return true;
}
