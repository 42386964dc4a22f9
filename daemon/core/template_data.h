/* SPDX-License-Identifier: MIT */
/*
 * template_data - a background template from counts, with the search windows cut out and interpolated.
 *
 * A template that was taken from data as they are contains whatever signal they hold: the background estimate follows
 * it, and the excess is gone. So a range of m2_miss is replaced by the shape of another template times the exponential
 * of a parabola, which is fitted (Poisson likelihood, by iterated least squares) to the bins on both sides. The
 * template covers those masses only whose window, out to the sidebands at 2 sigma, lies inside that range.
 *
 * What counts cannot tell comes from the other template: resolution, acceptances, share in the peak, spectrum before
 * the veto. The errors are those of other data than the ones it was made from.
 */
#ifndef HNLMON_CORE_TEMPLATE_DATA_H
#define HNLMON_CORE_TEMPLATE_DATA_H

#include "core/background.h"
#include "core/template.h"

/* The fit reaches so far beyond the range, but not below SIDEBAND_LOWEST_MEV2. */
#define TEMPLATE_DATA_SIDE_SIGMAS 8.0
#define TEMPLATE_DATA_SIDE_BINS 10u   /* that each side has at least */
#define TEMPLATE_DATA_COUNTS_MIN 100u /* in both sides together */

/* Fills *shape from the counts of the m2 bins after the veto; name "data", provenance as given. `low_mev2` and
 * `high_mev2` limit the range that is interpolated. Returns what is wrong as a sentence, with *shape undefined; NULL
 * when nothing is. `background` is scratch. */
const char *template_data_fill(struct template *shape, const struct template *like, const uint64_t counts[M2_BIN_COUNT],
                               double low_mev2, double high_mev2, const char *provenance, struct background *background)
    __attribute__((warn_unused_result));

#endif
