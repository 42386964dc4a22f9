/* SPDX-License-Identifier: MIT */
/*
 * projection - the background of a simulated sample in any search window, and the sensitivity that follows.
 *
 * It joins the simulated spectrum (physics/spectrum.h) with the arithmetic of core/reach.h. One simulation for each
 * energy threshold of the veto serves all masses, samples and veto efficiencies.
 */
#ifndef HNLMON_CLI_PROJECTION_H
#define HNLMON_CLI_PROJECTION_H

#include <stdint.h>

#include "cli/sample.h"
#include "core/reach.h"
#include "physics/spectrum.h"

#define PROJECTION_SAMPLES_MAX 3u
#define PROJECTION_THRESHOLDS_MAX 2u

enum projection_mode {
    PROJECTION_PAPER, /* flat acceptance, veto from 50 MeV */
    PROJECTION_NA62   /* flat acceptance, veto from 200 MeV: what NA62's calorimeters can promise */
};

struct projection_setting {
    enum projection_mode mode;
    struct sample samples[PROJECTION_SAMPLES_MAX];
    uint32_t sample_count;
    struct reach_experiment experiment; /* n_kaon is that of a sample, not this one */
    double sigma_mev2;                  /* resolution of m2_miss */
    struct veto veto;                   /* threshold_mev is one of those below, not this one */
    double thresholds_mev[PROJECTION_THRESHOLDS_MAX];
    uint32_t threshold_count;
    uint64_t events, seed; /* of each simulation */
};

/* All of the paper: run1, all and dedicated; thresholds 50 and 200 MeV; 10^6 events, seed 1. */
struct projection_setting projection_setting_default(void);

struct projection {
    const struct projection_setting *setting; /* outlives the projection */
    struct spectrum *spectra[PROJECTION_THRESHOLDS_MAX];
};

/* Simulates. False, with nothing to be finished, without memory. */
bool projection_init(struct projection *projection, const struct projection_setting *setting)
    __attribute__((warn_unused_result));
void projection_fini(struct projection *projection);

/* Makes the efficiencies of the veto other ones. */
void projection_veto(struct projection *projection, double inefficiency, double outer_efficiency);

/* Background in the window of a mass, as a fraction of all accepted Ke3 decays. */
struct spectrum_share projection_window(const struct projection *projection, uint32_t threshold, double mass_mev);

/* Accepted Ke3 decays of a sample: N_K BR(Ke3) acceptance. */
double projection_ke3_count(const struct projection_setting *setting, double n_kaon);

struct projection_limit {
    double b, b_relative_error; /* statistical error of the simulation */
    double excluded_u2, excluded_relative_error;
    double detected_u2;
};

struct projection_limit projection_limit(const struct projection_setting *setting, struct spectrum_share window,
                                         double mass_mev, double n_kaon);

#endif
