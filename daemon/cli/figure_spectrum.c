/* SPDX-License-Identifier: MIT */
/* figure_spectrum - figure 2: the spectrum before the veto and behind each of its thresholds (see figure.h). */
#include "cli/figure.h"
#include "core/physics.h"
#include "physics/constants.h"

#define SPECTRA_MAX (1 + PROJECTION_THRESHOLDS_MAX) /* before the veto, and behind each */
#define COARSE_EVENTS_MIN 1e-3                      /* in the middle bin of a row */
#define COARSE_BINS 20                              /* of 119 MeV^2: 2380, the half width of a window */

/* Events in bins, and their errors. */
struct spectra {
    double bins[SPECTRA_MAX][M2_BIN_COUNT], errors[SPECTRA_MAX][M2_BIN_COUNT];
    uint32_t count;
};

static void fold_spectra(struct spectra *spectra, const struct projection *projection)
{
    spectra->count = 1 + projection->setting->threshold_count;
    for (uint32_t i = 0; i < spectra->count; i++)
        projection_fold(projection, i, spectra->bins[i], spectra->errors[i]);
}

/* The errors of neighbouring bins are those of the same decays: they add up, which is an upper limit. */
static void put_bins(struct sheet *sheet, const struct spectra *spectra, int first, int count, double decays)
{
    sheet_add_row(sheet);
    sheet_put(sheet, (first + M2_BIN_FIRST) * M2_BIN_WIDTH_MEV2 / MEV2_PER_GEV2);
    sheet_put(sheet, (first + M2_BIN_FIRST + count) * M2_BIN_WIDTH_MEV2 / MEV2_PER_GEV2);
    for (uint32_t i = 0; i < spectra->count; i++) {
        double sum = 0, error = 0;
        for (int bin = first; bin < first + count; bin++) {
            sum += spectra->bins[i][bin];
            error += spectra->errors[i][bin];
        }
        sheet_put(sheet, decays * sum);
        sheet_put(sheet, 100 * error / sum);
    }
}

bool figure_spectrum(struct sheet *sheet, const struct figure_request *request)
{
    static struct spectra spectra;
    const struct projection_setting *setting = request->setting;
    const struct sample *sample = &setting->samples[0];
    struct projection projection;
    if (!projection_init(&projection, setting))
        return false;
    fold_spectra(&spectra, &projection);
    const double decays = projection_ke3_count(&projection, sample->n_kaon);
    projection_fini(&projection);
    sheet_init(sheet, "spectrum",
               "Reconstructed m2_miss of accepted K+ -> pi0 e+ nu gamma, events per bin (figure 2 of "
               "arXiv:2008.11654)");
    sheet_add_column(sheet, "from", "GeV^2", 0, "m2_lo_gev2");
    sheet_add_column(sheet, "to", "GeV^2", 0, "m2_hi_gev2");
    sheet_add_column(sheet, "before", "the veto", 4, "before");
    sheet_add_column(sheet, "+-", "%", 2, "before_error_percent");
    for (uint32_t i = 0; i < setting->threshold_count; i++) {
        figure_add_threshold_column(sheet, "after", "after", 4, setting->thresholds_mev[i]);
        sheet_add_column(sheet, "+-", "%", 2, "after_error_percent_%g", setting->thresholds_mev[i]);
    }
    const int step = request->is_coarse ? COARSE_BINS : 1;
    for (int first = 0; first < M2_BIN_COUNT; first += step)
        if (!request->is_coarse || decays * spectra.bins[0][first + step / 2] > COARSE_EVENTS_MIN)
            put_bins(sheet, &spectra, first, step, decays);
    sheet_set(sheet, "n_kaon", sample->n_kaon);
    figure_add_setting(sheet, setting);
    sheet_add_note(sheet, "%.4g accepted decays: N_K = %g (%s), BR(Ke3) = %g. The errors are those of the simulation.",
                   decays, sample->n_kaon, sample->name, PHYSICS_BR_KE3);
    return true;
}
