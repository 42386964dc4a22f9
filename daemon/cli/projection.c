/* SPDX-License-Identifier: MIT */
/* projection - see projection.h. */
#include "cli/projection.h"

#include <stdlib.h>

#include "core/physics.h"
#include "physics/constants.h"

#define EVENTS_DEFAULT 1000000u
#define NA62_THRESHOLD_MEV 200.0 /* the paper: "a few hundred MeV" */

struct projection_setting projection_setting_default(void)
{
    return (struct projection_setting){
        .samples = {SAMPLE_RUN1, SAMPLE_ALL, SAMPLE_DEDICATED},
        .sample_count = 3,
        .experiment = reach_experiment_default(0),
        .sigma_mev2 = M2_RESOLUTION_MEV2,
        .veto = {.angle_rad = VETO_ANGLE_RAD, .inefficiency = VETO_INEFFICIENCY},
        .thresholds_mev = {VETO_THRESHOLD_MEV, NA62_THRESHOLD_MEV},
        .threshold_count = 2,
        .events = EVENTS_DEFAULT,
        .seed = 1,
    };
}

static struct spectrum *simulate(const struct projection_setting *setting, double threshold_mev)
{
    struct spectrum *spectrum = malloc(sizeof *spectrum);
    struct spectrum_config config = {.events = setting->events,
                                     .seed = setting->seed,
                                     .veto = setting->veto,
                                     .beam = {BEAM_MOMENTUM_MEV, BEAM_SPREAD, BEAM_DIVERGENCE_RAD}};
    config.veto.threshold_mev = threshold_mev;
    if (spectrum != NULL)
        spectrum_simulate(spectrum, &config);
    return spectrum;
}

bool projection_init(struct projection *projection, const struct projection_setting *setting)
{
    *projection = (struct projection){.setting = setting};
    for (uint32_t i = 0; i < setting->threshold_count; i++) {
        projection->spectra[i] = simulate(setting, setting->thresholds_mev[i]);
        if (projection->spectra[i] == NULL) {
            projection_fini(projection);
            return false;
        }
    }
    return true;
}

void projection_fini(struct projection *projection)
{
    for (uint32_t i = 0; i < PROJECTION_THRESHOLDS_MAX; i++)
        free(projection->spectra[i]);
    *projection = (struct projection){0};
}

void projection_veto(struct projection *projection, double inefficiency, double outer_efficiency)
{
    const struct veto veto = {.inefficiency = inefficiency, .outer_efficiency = outer_efficiency};
    for (uint32_t i = 0; i < projection->setting->threshold_count; i++)
        spectrum_veto(projection->spectra[i], &veto);
}

struct spectrum_share projection_window(const struct projection *projection, uint32_t threshold, double mass_mev)
{
    const struct projection_setting *setting = projection->setting;
    return spectrum_window(projection->spectra[threshold]->after, mass_mev * mass_mev,
                           setting->experiment.half_width * setting->sigma_mev2, setting->sigma_mev2);
}

double projection_ke3_count(const struct projection_setting *setting, double n_kaon)
{
    return n_kaon * PHYSICS_BR_KE3 * setting->experiment.acceptance;
}

struct projection_limit projection_limit(const struct projection_setting *setting, struct spectrum_share window,
                                         double mass_mev, double n_kaon)
{
    struct reach_experiment experiment = setting->experiment;
    experiment.n_kaon = n_kaon;
    const double b = projection_ke3_count(setting, n_kaon) * window.fraction;
    const double br = physics_br(mass_mev);
    return (struct projection_limit){
        .b = b,
        .b_relative_error = window.relative_error,
        .excluded_u2 = reach_excluded_u2(&experiment, br, b),
        .excluded_relative_error = reach_excluded_error(b, experiment.z, window.relative_error),
        .detected_u2 = reach_detected_u2(&experiment, br, b),
    };
}
