/* SPDX-License-Identifier: MIT */
/*
 * limit_compare - what the proposed line gains over the line that exists: the limits of both from the same bursts in
 * one picture, and how long each would take to exclude a mixing.
 */
#ifndef HNLMON_CLI_LIMIT_COMPARE_H
#define HNLMON_CLI_LIMIT_COMPARE_H

#include <jansson.h>

/* Envelopes of the scans of unprescaled and downscaled, of the same burst and horizon. */
void limit_compare_print(const json_t *unprescaled, const json_t *downscaled, double u2);

/* {"u2", "bursts_per_day", "unprescaled": {"envelope", "beam_time"}, "downscaled": {..}} */
json_t *limit_compare_json(json_t *unprescaled, json_t *downscaled, double u2);

#endif
