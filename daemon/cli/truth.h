/* SPDX-License-Identifier: MIT */
/*
 * truth - what the background of a null simulation really is, by name: the spectrum of the monitor's template, or
 * another one that the template has wrong.
 *
 *   same ............. the template itself, bin by bin: tests counting only
 *   threshold-0 ...... no photon above 1 keV is too faint for the veto
 *   threshold-500 .... the veto sees photons above 500 MeV only
 *   sigma+5 sigma-5 .. resolution of m2_miss 5 % worse or better
 *   tails-1 .......... 1 % of the events have three times the resolution
 *
 * Other truths are simulated (physics/spectrum.h) with the number of decays and the seed of the template, so that they
 * differ from it by what their name says and not by statistics. Everything is a fraction of the candidates that pass
 * all cuts but the photon veto.
 */
#ifndef HNLMON_CLI_TRUTH_H
#define HNLMON_CLI_TRUTH_H

#include <stdbool.h>

#include "core/template.h"
#include "hnlmon/candidate.h"

#define TRUTH_WORDS "same, threshold-0, threshold-500, sigma+5, sigma-5, tails-1"

struct truth {
    const char *name;
    double after[M2_BIN_COUNT];  /* accepted, by m2 bin */
    double before[M2_BIN_COUNT]; /* with those that the veto rejects; nowhere below `after` */
    double seen[VETO_COUNT];     /* which veto rejects: shares of the rejected ones; their sum is 1 */
};

/* False when no truth has the name. */
bool truth_is_known(const char *name);

/* Fills *truth; `same` at once, others in three seconds. The name must be known. False: no memory. */
bool truth_init(struct truth *truth, const char *name, const struct template *shape)
    __attribute__((warn_unused_result));

/* Expected accepted candidates in the search window of a mass, per candidate; m_n_mev within the hypotheses. */
double truth_window(const struct truth *truth, double m_n_mev, double sigma_mev2);

/* The relative systematic uncertainty that covers what the template has wrong: the largest error of the
 * expected background estimate b, over b, among the valid hypotheses, and at which mass. */
double truth_f_sys(const struct truth *truth, const struct template *shape, double *m_n_mev);

#endif
