/* SPDX-License-Identifier: MIT */
/* figure - see figure.h. What the sheets share, and figure 1. */
#include "cli/figure.h"

#include <math.h>
#include <stdio.h>

#include "core/physics.h"
#include "physics/constants.h"

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

static void add_mode_note(struct sheet *sheet, const struct projection_setting *setting)
{
    const double half_width = setting->experiment.half_width * setting->sigma_mev2;
    if (setting->mode == PROJECTION_PAPER)
        sheet_add_note(sheet,
                       "paper mode: flat acceptance %g, Gaussian resolution %g MeV^2, isotropic photons; window "
                       "+- %g MeV^2.",
                       setting->experiment.acceptance, setting->sigma_mev2, half_width);
    else
        sheet_add_note(sheet,
                       "na62 mode: acceptance, resolution and photons of Ke3 and signal from the detector model with "
                       "measured kaons,\nbehind the cuts of the selection na62; times %g for what is not modelled; "
                       "window +- %g MeV^2. Ke3 only, no tails.",
                       NA62_EFFICIENCY, half_width);
    sheet_add_note(sheet,
                   "Veto: photons are missed with probability %g within %g mrad and %g beyond, and always below "
                   "the threshold.",
                   setting->veto.inefficiency, setting->veto.angle_rad * MRAD_PER_RAD,
                   1 - setting->veto.outer_efficiency);
}

void figure_add_setting(struct sheet *sheet, const struct projection_setting *setting)
{
    const bool is_flat = setting->mode == PROJECTION_PAPER;
    sheet_set_text(sheet, "mode", mode_name(setting->mode));
    sheet_set(sheet, "acceptance", is_flat ? setting->experiment.acceptance : NAN);
    sheet_set(sheet, "f_visible", setting->experiment.f_visible);
    sheet_set(sheet, "sigma_mev2", is_flat ? setting->sigma_mev2 : NAN);
    sheet_set(sheet, "half_width_mev2", setting->experiment.half_width * setting->sigma_mev2);
    set_veto(sheet, setting);
    sheet_set(sheet, "events", (double)setting->events);
    sheet_set(sheet, "seed", (double)setting->seed);
    add_mode_note(sheet, setting);
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
