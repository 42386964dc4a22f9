/* SPDX-License-Identifier: MIT */
/*
 * null_source - closed bursts drawn at once, from the expected spectrum, instead of candidate by candidate: months of
 * bursts for the calibration of false alarms, in about the time that the monitor takes to look at them.
 *
 * Candidates of a burst are a Poisson process, so its bins are independent Poisson counts, and so are those that the
 * veto rejects, those that the downscaling keeps, and those that the tail line samples: each is drawn by itself and
 * added where it belongs, which makes all histograms of m2_miss consistent (after the veto is part of before, a line
 * part of the unprescaled one). Populated bins are drawn one by one, the others as a total that is shared out.
 *
 * It leaves out the other histograms, which no alarm looks at. One veto rejects a candidate, whatever its m2_miss. The
 * tail line takes one in 150 at random, not every 150th. The number of L0 triggers is normal with the right mean and
 * variance; the downscaling counts them exactly.
 */
#ifndef HNLMON_CLI_NULL_SOURCE_H
#define HNLMON_CLI_NULL_SOURCE_H

#include <stdint.h>

#include "cli/truth.h"
#include "core/burst.h"
#include "physics/random.h"

struct null_source_config {
    uint64_t seed, stream;
    double candidates;             /* expected per burst, of those that pass all cuts but the veto: > 0 .. 1e9 */
    double signal;                 /* expected signal candidates per burst, >= 0; none is vetoed */
    double mass_mev;               /* of the signal */
    double spread;                 /* relative rms of the intensity from spill to spill, 0 .. 0.3 */
    double cut_share;              /* candidates that each cut rejects, per candidate that passes all of them, >= 0 */
    double triggers_per_candidate; /* further L0 triggers */
    uint32_t downscaling;          /* of the L0 triggers, >= 1 */
    uint32_t links;                /* that share the candidates equally, 1 .. LEDGER_ENTRIES_MAX */
    double period_s;               /* from burst to burst */
};

/* 10^5 candidates, no signal, no spread, nothing rejected but by the veto, 40 triggers, downscaling 150, one link, 21.6
 * s; seed 1. As hnlmon-fwsim in mode paper at 20.8 kHz. */
struct null_source_config null_source_config_default(void);

struct null_source; /* tables, and the state of the random numbers */

/* The same configuration and truth give the same bursts; other streams of a seed are independent. NULL: no memory. */
struct null_source *null_source_create(const struct null_source_config *config, const struct truth *truth,
                                       double sigma_mev2) __attribute__((warn_unused_result));
void null_source_destroy(struct null_source *source);

/* Draws a burst, complete and ended by all links, as it is before it closes. */
void null_source_draw(struct null_source *source, struct burst_key key, struct burst *burst);

#endif
