/* SPDX-License-Identifier: MIT */
/* figure_photons - figure 3: the map of physics/photon_map.h in events (see figure.h). */
#include "cli/figure.h"
#include "core/physics.h"
#include "physics/constants.h"
#include "physics/photon_map.h"

#define CELL_GEV2 (PHOTON_MAP_M2_WIDTH_MEV2 / MEV2_PER_GEV2)
#define CELL_DECADES (1 / PHOTON_MAP_BINS_PER_DECADE)

static void put_cells(struct sheet *sheet, const struct photon_map *map, double decays)
{
    sheet_add_column(sheet, "m2 from", "GeV^2", 0, "m2_lo_gev2");
    sheet_add_column(sheet, "to", "GeV^2", 0, "m2_hi_gev2");
    sheet_add_column(sheet, "angle from", "mrad", 0, "angle_lo_mrad");
    sheet_add_column(sheet, "to", "mrad", 0, "angle_hi_mrad");
    sheet_add_column(sheet, "events", "", 4, "events");
    sheet_add_column(sheet, "+-", "%", 2, "error_percent");
    sheet_add_column(sheet, "density", "per GeV^2 and decade", 4, "density");
    for (int i = 0; i < PHOTON_MAP_M2_BINS; i++)
        for (int j = 0; j < PHOTON_MAP_ANGLE_BINS; j++) {
            double share = map->share[i][j];
            sheet_add_row(sheet);
            sheet_put(sheet, i * CELL_GEV2);
            sheet_put(sheet, (i + 1) * CELL_GEV2);
            sheet_put(sheet, photon_map_angle_rad(j) * MRAD_PER_RAD);
            sheet_put(sheet, photon_map_angle_rad(j + 1) * MRAD_PER_RAD);
            sheet_put(sheet, decays * share);
            sheet_put(sheet, 100 * map->error[i][j] / share);
            sheet_put(sheet, decays * share / CELL_GEV2 / CELL_DECADES);
        }
}

/* Columns of angles for people: their first bins; the last entry ends the last column. */
static const struct {
    int bin;
    const char *head;
} angles[] = {{0, "< 1"},      {20, "1 - 3.2"},  {30, "3.2 - 10"}, {40, "10 - 32"},
              {50, "32 - 50"}, {54, "50 - 100"}, {60, "> 100"},    {PHOTON_MAP_ANGLE_BINS, ""}};
enum { ANGLES = sizeof angles / sizeof *angles - 1 };

#define COARSE_M2_BINS 4 /* 0.01 GeV^2 */

static void put_coarse_cells(struct sheet *sheet, const struct photon_map *map, double decays)
{
    sheet_add_column(sheet, "m2 from", "GeV^2", 0, "m2_lo_gev2");
    sheet_add_column(sheet, "to", "GeV^2", 0, "m2_hi_gev2");
    for (int j = 0; j < ANGLES; j++)
        sheet_add_column(sheet, angles[j].head, "mrad", 3, "column_%d", j);
    for (int i = 0; i < PHOTON_MAP_M2_BINS; i += COARSE_M2_BINS) {
        sheet_add_row(sheet);
        sheet_put(sheet, i * CELL_GEV2);
        sheet_put(sheet, (i + COARSE_M2_BINS) * CELL_GEV2);
        for (int j = 0; j < ANGLES; j++) {
            double sum = 0;
            for (int m2 = i; m2 < i + COARSE_M2_BINS; m2++)
                for (int bin = angles[j].bin; bin < angles[j + 1].bin; bin++)
                    sum += map->share[m2][bin];
            sheet_put(sheet, decays * sum);
        }
    }
}

bool figure_photons(struct sheet *sheet, const struct figure_request *request)
{
    static struct photon_map map;
    const struct projection_setting *setting = request->setting;
    const struct sample *sample = &setting->samples[0];
    const double decays = sample->n_kaon * PHYSICS_BR_KE3 * setting->experiment.acceptance;
    photon_map_simulate(&map, &(struct photon_map_config){setting->events, setting->seed, BEAM_NOMINAL});
    sheet_init(sheet, "photons",
               "True m2_miss against the angle of the photon to the beam, events (figure 3 of arXiv:2008.11654)");
    if (request->is_coarse)
        put_coarse_cells(sheet, &map, decays);
    else
        put_cells(sheet, &map, decays);
    sheet_set(sheet, "n_kaon", sample->n_kaon);
    sheet_set(sheet, "acceptance", setting->experiment.acceptance);
    sheet_set(sheet, "events", (double)setting->events);
    sheet_set(sheet, "seed", (double)setting->seed);
    sheet_add_note(sheet,
                   "%.4g accepted decays: N_K = %g (%s), flat acceptance %g. Photons of every energy, before the veto.",
                   decays, sample->n_kaon, sample->name, setting->experiment.acceptance);
    return true;
}
