/* SPDX-License-Identifier: MIT */
/* projection - see projection.h. */
#include "cli/projection.h"

#include <math.h>
#include <stdlib.h>

#include "core/physics.h"
#include "physics/constants.h"

#define EVENTS_DEFAULT 1000000u

struct projection_setting projection_setting_default(void)
{
    return (struct projection_setting){
        .samples = {sample_table[SAMPLE_RUN1], sample_table[SAMPLE_ALL], sample_table[SAMPLE_DEDICATED]},
        .sample_count = 3,
        .experiment = reach_experiment_default(0),
        .sigma_mev2 = M2_RESOLUTION_MEV2,
        .veto = {.angle_rad = VETO_ANGLE_RAD, .inefficiency = VETO_INEFFICIENCY},
        .thresholds_mev = {VETO_THRESHOLD_MEV, NA62_VETO_THRESHOLD_MEV},
        .threshold_count = 2,
        .events = EVENTS_DEFAULT,
        .seed = 1,
    };
}

static struct spectrum *simulate_paper(const struct projection_setting *setting, const struct veto *veto)
{
    struct spectrum *spectrum = malloc(sizeof *spectrum);
    if (spectrum != NULL)
        spectrum_simulate(spectrum,
                          &(struct spectrum_config){
                              .events = setting->events, .seed = setting->seed, .veto = *veto, .beam = BEAM_NOMINAL});
    return spectrum;
}

static struct na62 *simulate_na62(const struct projection_setting *setting, const struct veto *veto)
{
    struct na62 *na62 = malloc(sizeof *na62);
    if (na62 != NULL)
        na62_simulate(na62, &(struct na62_config){setting->events, setting->seed, *veto});
    return na62;
}

static bool is_na62(const struct projection *projection)
{
    return projection->setting->mode == PROJECTION_NA62;
}

static bool simulate(struct projection *projection, uint32_t threshold)
{
    const struct projection_setting *setting = projection->setting;
    struct veto veto = setting->veto;
    veto.threshold_mev = setting->thresholds_mev[threshold];
    if (is_na62(projection))
        projection->na62[threshold] = simulate_na62(setting, &veto);
    else
        projection->spectra[threshold] = simulate_paper(setting, &veto);
    return projection->na62[threshold] != NULL || projection->spectra[threshold] != NULL;
}

bool projection_init(struct projection *projection, const struct projection_setting *setting)
{
    *projection = (struct projection){.setting = setting, .veto = setting->veto};
    for (uint32_t i = 0; i < setting->threshold_count; i++)
        if (!simulate(projection, i)) {
            projection_fini(projection);
            return false;
        }
    return true;
}

void projection_fini(struct projection *projection)
{
    for (uint32_t i = 0; i < PROJECTION_THRESHOLDS_MAX; i++) {
        free(projection->spectra[i]);
        free(projection->na62[i]);
    }
    *projection = (struct projection){0};
}

void projection_veto(struct projection *projection, double inefficiency, double outer_efficiency)
{
    projection->veto.inefficiency = inefficiency;
    projection->veto.outer_efficiency = outer_efficiency;
    for (uint32_t i = 0; i < projection->setting->threshold_count && !is_na62(projection); i++)
        spectrum_veto(projection->spectra[i], &projection->veto);
}

double projection_acceptance(const struct projection *projection)
{
    const double acceptance = projection->setting->experiment.acceptance;
    return is_na62(projection) ? NA62_EFFICIENCY * na62_acceptance(projection->na62[0]) : acceptance;
}

double projection_ke3_count(const struct projection *projection, double n_kaon)
{
    return n_kaon * PHYSICS_BR_KE3 * projection_acceptance(projection);
}

static void fold_na62(const struct projection *projection, uint32_t spectrum, double bins[M2_BIN_COUNT],
                      double errors[M2_BIN_COUNT])
{
    const struct na62 *na62 = projection->na62[spectrum > 0 ? spectrum - 1 : 0];
    const double acceptance = na62_acceptance(na62);
    na62_fold(na62, spectrum > 0 ? &projection->veto : NULL, bins, errors);
    for (int i = 0; i < M2_BIN_COUNT; i++) {
        bins[i] /= acceptance;
        errors[i] /= acceptance;
    }
}

void projection_fold(const struct projection *projection, uint32_t spectrum, double bins[M2_BIN_COUNT],
                     double errors[M2_BIN_COUNT])
{
    if (is_na62(projection)) {
        fold_na62(projection, spectrum, bins, errors);
        return;
    }
    const struct spectrum *simulated = projection->spectra[spectrum > 0 ? spectrum - 1 : 0];
    const double(*nodes)[SPECTRUM_NODES] = spectrum > 0 ? simulated->after : simulated->before;
    spectrum_fold(bins, nodes, projection->setting->sigma_mev2);
    spectrum_fold_errors(errors, nodes, projection->setting->sigma_mev2);
}

static double survival_na62(const struct projection *projection, uint32_t threshold, double m2_mev2)
{
    double before[M2_BIN_COUNT], after[M2_BIN_COUNT], errors[M2_BIN_COUNT], sums[2] = {0};
    fold_na62(projection, 0, before, errors);
    fold_na62(projection, 1 + threshold, after, errors);
    for (int i = 0; i < M2_BIN_COUNT; i++)
        if ((i + M2_BIN_FIRST) * M2_BIN_WIDTH_MEV2 >= m2_mev2) {
            sums[0] += before[i];
            sums[1] += after[i];
        }
    return sums[1] / sums[0];
}

double projection_survival(const struct projection *projection, uint32_t threshold, double m2_mev2)
{
    if (is_na62(projection))
        return survival_na62(projection, threshold, m2_mev2);
    const struct spectrum *spectrum = projection->spectra[threshold];
    return spectrum_above(spectrum->after, m2_mev2).value / spectrum_above(spectrum->before, m2_mev2).value;
}

struct projection_window projection_window(const struct projection *projection, uint32_t threshold, double mass_mev)
{
    const struct projection_setting *setting = projection->setting;
    const double m2 = mass_mev * mass_mev, half_width = setting->experiment.half_width * setting->sigma_mev2;
    struct projection_window window = {.mass_mev = mass_mev};
    if (is_na62(projection)) {
        struct na62 *na62 = projection->na62[threshold];
        window.background = estimate_scaled(na62_window(na62, &projection->veto, m2, half_width), NA62_EFFICIENCY);
        window.signal = estimate_scaled(na62_signal(na62, mass_mev, half_width), NA62_EFFICIENCY);
        return window;
    }
    const double acceptance = setting->experiment.acceptance;
    struct estimate share = spectrum_window(projection->spectra[threshold]->after, m2, half_width, setting->sigma_mev2);
    window.background = estimate_scaled(share, acceptance);
    window.signal.value = acceptance * reach_window_share(setting->experiment.half_width);
    return window;
}

struct projection_limit projection_limit(const struct projection_setting *setting,
                                         const struct projection_window *window, double n_kaon)
{
    struct reach_experiment experiment = setting->experiment;
    const double br = physics_br(window->mass_mev);
    const double b = n_kaon * PHYSICS_BR_KE3 * window->background.value;
    const double b_error = estimate_relative_error(window->background);
    experiment.n_kaon = n_kaon;
    experiment.acceptance = window->signal.value / reach_window_share(experiment.half_width);
    return (struct projection_limit){
        .b = b,
        .b_relative_error = b_error,
        .excluded_u2 = reach_excluded_u2(&experiment, br, b),
        .excluded_relative_error =
            hypot(reach_excluded_error(b, experiment.z, b_error), estimate_relative_error(window->signal)),
        .detected_u2 = reach_detected_u2(&experiment, br, b),
    };
}
