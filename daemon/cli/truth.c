/* SPDX-License-Identifier: MIT */
/* truth - see truth.h. */
#include "cli/truth.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/background.h"
#include "core/template_bias.h"
#include "physics/constants.h"
#include "physics/spectrum.h"

/* As the template was made (template_build.c). */
#define EVENTS 8000000
#define SEED 1

/* Which veto a photon meets needs fewer: 0.1 % of a share. */
#define SEEN_EVENTS 400000

/* Two thirds of all decays have a photon below 1 keV in the laboratory; a veto that sees it would remove the peak. */
#define THRESHOLD_NONE_MEV 1e-3

/* What is different; MeV, and factors on the resolution. */
static const struct variation {
    const char *name;
    double threshold_mev, resolution, tail_share, tail_resolution;
} variations[] = {
    {"same", VETO_THRESHOLD_MEV, 1, 0, 1},
    {"threshold-0", THRESHOLD_NONE_MEV, 1, 0, 1},
    {"threshold-500", 500, 1, 0, 1},
    {"sigma+5", VETO_THRESHOLD_MEV, 1.05, 0, 1},
    {"sigma-5", VETO_THRESHOLD_MEV, 0.95, 0, 1},
    {"tails-1", VETO_THRESHOLD_MEV, 1, 0.01, 3},
};

static const struct variation *find(const char *name)
{
    for (size_t i = 0; i < sizeof variations / sizeof *variations; i++)
        if (strcmp(variations[i].name, name) == 0)
            return &variations[i];
    return NULL;
}

bool truth_is_known(const char *name)
{
    return find(name) != NULL;
}

/* ---- which veto sees the photon ---- */

struct seen {
    const struct veto *veto;
    double by[VETO_COUNT];
};

/* By the solid angle of each, in the rest frame where photons are isotropic. */
static void see(void *context, const struct ke3gamma *decay, double weight)
{
    struct seen *seen = context;
    double shares[VETO_COUNT];
    veto_seen(seen->veto, decay->k, BEAM_NOMINAL.momentum_mev, shares);
    for (int veto = 0; veto < VETO_COUNT; veto++)
        seen->by[veto] += weight * shares[veto];
}

static void fill_seen(struct truth *truth, const struct veto *veto)
{
    struct seen seen = {.veto = veto};
    struct random random;
    double sum = 0;
    random_init(&random, SEED, STRATA_COPIES);
    strata_simulate(SEEN_EVENTS, &random, see, &seen);
    for (int i = 0; i < VETO_COUNT; i++)
        sum += seen.by[i];
    for (int i = 0; i < VETO_COUNT; i++)
        truth->seen[i] = seen.by[i] / sum;
}

/* ---- the spectrum ---- */

static void fold(double bins[M2_BIN_COUNT], const double nodes[STRATA_COPIES][SPECTRUM_NODES], double sigma_mev2,
                 const struct variation *variation)
{
    double tails[M2_BIN_COUNT];
    spectrum_fold(bins, nodes, variation->resolution * sigma_mev2);
    if (!(variation->tail_share > 0))
        return;
    spectrum_fold(tails, nodes, variation->tail_resolution * sigma_mev2);
    for (int i = 0; i < M2_BIN_COUNT; i++)
        bins[i] += variation->tail_share * (tails[i] - bins[i]);
}

static bool simulate(struct truth *truth, const struct variation *variation, const struct veto *veto, double sigma_mev2)
{
    struct spectrum *spectrum = malloc(sizeof *spectrum);
    if (spectrum == NULL)
        return false;
    spectrum_simulate(spectrum,
                      &(struct spectrum_config){.events = EVENTS, .seed = SEED, .veto = *veto, .beam = BEAM_NOMINAL});
    fold(truth->after, spectrum->after, sigma_mev2, variation);
    fold(truth->before, spectrum->before, sigma_mev2, variation);
    free(spectrum);
    return true;
}

bool truth_init(struct truth *truth, const char *name, const struct template *shape)
{
    const struct variation *variation = find(name);
    const struct veto veto = {
        .threshold_mev = variation->threshold_mev, .angle_rad = VETO_ANGLE_RAD, .inefficiency = VETO_INEFFICIENCY};
    truth->name = variation->name;
    fill_seen(truth, &veto);
    if (variation != variations)
        return simulate(truth, variation, &veto, shape->sigma_mev2);
    memcpy(truth->after, shape->bins, sizeof truth->after);
    memcpy(truth->before, shape->bins_before, sizeof truth->before);
    return true;
}

double truth_window(const struct truth *truth, double m_n_mev, double sigma_mev2)
{
    struct search_window window = background_window(m_n_mev, sigma_mev2);
    double sum = 0;
    for (uint32_t bin = window.first; bin < window.end; bin++)
        sum += truth->after[bin];
    return sum;
}

double truth_f_sys(const struct truth *truth, const struct template *shape, double *m_n_mev)
{
    static struct background background;
    double largest = 0.0;
    background_init(&background, shape);
    *m_n_mev = 0.0;
    for (uint32_t i = 0; i < HYPOTHESIS_COUNT; i++) {
        double b = template_bias_estimate(&background.functionals[i], truth->after);
        double error = fabs(template_bias_window(&background.functionals[i], truth->after) - b);
        if (!(background.alpha[i] <= SCAN_ALPHA_MAX) || !(b > 0.0) || !(error > largest * b))
            continue;
        largest = error / b;
        *m_n_mev = HYPOTHESIS_FIRST_MEV + (double)i;
    }
    return largest;
}
