/* SPDX-License-Identifier: MIT */
/*
 * projection - background and signal of a simulated sample in any search window, and the sensitivity that follows.
 *
 * It joins a simulation with the arithmetic of core/reach.h. Mode paper: the spectrum of physics/spectrum.h and a flat
 * acceptance. Mode na62: detector, cuts and veto event by event (na62.h). One simulation for each energy threshold of
 * the veto serves all masses, samples and veto efficiencies.
 */
#ifndef HNLMON_CLI_PROJECTION_H
#define HNLMON_CLI_PROJECTION_H

#include <stdint.h>

#include "cli/na62.h"
#include "cli/sample.h"
#include "core/reach.h"
#include "physics/spectrum.h"

#define PROJECTION_SAMPLES_MAX 3u
#define PROJECTION_THRESHOLDS_MAX 2u

enum projection_mode {
    PROJECTION_PAPER, /* flat acceptance, Gaussian resolution, isotropic photons */
    PROJECTION_NA62   /* acceptance, resolution and veto from the detector model */
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
    const struct projection_setting *setting;            /* outlives the projection */
    struct veto veto;                                    /* its efficiencies at present */
    struct spectrum *spectra[PROJECTION_THRESHOLDS_MAX]; /* mode paper */
    struct na62 *na62[PROJECTION_THRESHOLDS_MAX];        /* mode na62 */
};

/* Simulates. False, with nothing to be finished, without memory. */
bool projection_init(struct projection *projection, const struct projection_setting *setting)
    __attribute__((warn_unused_result));
void projection_fini(struct projection *projection);

/* Makes the efficiencies of the veto other ones. */
void projection_veto(struct projection *projection, double inefficiency, double outer_efficiency);

/* Share of Ke3 decays that are accepted before the veto. */
double projection_acceptance(const struct projection *projection);

/* Accepted Ke3 decays of a sample, before the veto: N_K BR(Ke3) acceptance. */
double projection_ke3_count(const struct projection *projection, double n_kaon);

/* Reconstructed spectrum as shares of the accepted decays, and statistical errors: before the veto (spectrum 0) or
 * behind it (1 + threshold). */
void projection_fold(const struct projection *projection, uint32_t spectrum, double bins[M2_BIN_COUNT],
                     double errors[M2_BIN_COUNT]);

/* Share of what is above `m2_mev2` before the veto that survives it: of true m2 in mode paper, reconstructed in na62.
 */
double projection_survival(const struct projection *projection, uint32_t threshold, double m2_mev2);

/* The search window of a mass, behind the veto; acceptance included. */
struct projection_window {
    double mass_mev;
    struct estimate background; /* of all Ke3 decays */
    struct estimate signal;     /* of all signal decays; without error in mode paper */
};

struct projection_window projection_window(const struct projection *projection, uint32_t threshold, double mass_mev);

/* The errors are relative and statistical, of the simulation. */
struct projection_limit {
    double b, b_relative_error;
    double excluded_u2, excluded_relative_error;
    double detected_u2;
};

struct projection_limit projection_limit(const struct projection_setting *setting,
                                         const struct projection_window *window, double n_kaon);

#endif
