/* SPDX-License-Identifier: MIT */
/*
 * limit_shape - limits from the shape of the spectrum beside the counting limits, from the published histogram and scan
 * of the same bursts. What is calculated is core/shape_limit.
 */
#ifndef HNLMON_CLI_LIMIT_SHAPE_H
#define HNLMON_CLI_LIMIT_SHAPE_H

#include <jansson.h>

#include "core/template.h"

struct limit_shape; /* of all masses; heavy */

/* From the envelopes of a scan and of the m2 histogram of its line and horizon, with the template of the scan. NULL,
 * and *fault why: the histogram is not that of the scan, or the daemon has another template or binning. `template` and
 * `scan` must outlive it. */
struct limit_shape *limit_shape_create(const json_t *scan, const json_t *histogram, const struct template *template,
                                       const char **fault) __attribute__((warn_unused_result));
void limit_shape_destroy(struct limit_shape *shape);

/* Every fifth mass. */
void limit_shape_print(const struct limit_shape *shape);

/* [{m_n_mev, u2_fitted, u2_limit, u2_expected_minus2 .. u2_expected_plus2}, ...] of the masses that have limits. */
json_t *limit_shape_json(const struct limit_shape *shape);

#endif
