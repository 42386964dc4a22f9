/* SPDX-License-Identifier: MIT */
/*
 * stream - one number of data quality per burst, and whether it has changed: a count on an exposure, or a mean.
 *
 * The expectation is the stream's own past. The first STREAM_LEARN bursts are the reference; later bursts join it,
 * older ones fading, but only when they are older than the longest stretch that is tested, so that a change never hides
 * in its own expectation. Bursts of a change that was found never join it, unless
 * somebody says that it was made on purpose.
 *
 *   burst -> tested against the reference -> STREAM_TESTED bursts later -> joins the reference, if it is good
 *               |
 *               v  a stretch of any length up to STREAM_TESTED, either direction (focus.h), at or above the threshold
 *           is raised ----> level is back to normal (see below) ----> is not raised
 *
 * The stretch is chosen by a quasi-Poisson score, which knows how uncertain the reference is, and then judged exactly:
 * on/off (Z_Bi) against the counts of the reference, so that sparse streams raise no false alarms. Fluctuations beyond
 * those of counting (phi, the chi2 per burst around the reference) widen everything; phi is taken at the upper end of
 * its own two-sigma error. Back to normal: a CUSUM of the logarithm of the likelihood ratio between the reference and
 * the change, above 7: a thousand to one. The stretch itself would say so only after several times its length.
 *
 * With a known expectation there is nothing to learn: the exposure is the expected count.
 */
#ifndef HNLMON_CORE_STREAM_H
#define HNLMON_CORE_STREAM_H

#include <stdbool.h>
#include <stdint.h>

#include "core/focus.h"

#define STREAM_LEARN 16u    /* bursts at least before the first test */
#define STREAM_TESTED 128u  /* the longest stretch that is tested, bursts */
#define STREAM_MEMORY 512.0 /* bursts in which a burst of the reference loses all but 1/e of its weight */

struct stream_settings {
    enum focus_model model;
    double least;     /* the smallest change of interest: see focus_init */
    double threshold; /* Z that raises; 0: never */
    bool is_known;    /* FOCUS_POISSON only: the exposure is the expected count */
};

/* A change that was found, as it was when it was most significant. */
struct stream_change {
    uint32_t start;            /* time of its first burst */
    uint32_t bursts;           /* in it */
    double measured, expected; /* counts per exposure, or means */
    double z;                  /* > 0 */
};

struct stream_burst {
    double value, exposure;
    bool is_good; /* part of no change that was found */
};

/* Sums over the bursts of the reference with weights that fade. */
struct stream_reference {
    double value;           /* of the counts, or of exposure times mean */
    double exposure;        /* of the exposures */
    double exposure_square; /* of squared weight times exposure: what makes its variance */
    double chi2, terms, terms_square;
};

struct stream {
    struct stream_settings settings;
    struct stream_reference reference;
    bool is_learning;
    struct stream_burst bursts[STREAM_TESTED]; /* the last ones, a circle */
    uint32_t count;                            /* since the start of learning, then since its end */
    struct focus rise, fall;
    bool is_raised, is_rise; /* the direction of `change` */
    struct stream_change change;
    double calm; /* evidence for the way back */
};

void stream_init(struct stream *stream, const struct stream_settings *settings);

/* Saves or restores it (archive.h), into one that stream_init made with its settings. The threshold may be another. */
void stream_archive(struct archive *archive, struct stream *stream);

/* Forgets everything but the settings. */
void stream_reset(struct stream *stream);

/* The change that is raised was made on purpose: its bursts become the reference, and no others. With fewer than
 * STREAM_LEARN of them learning goes on until there are so many. A known expectation is not one any more, until
 * stream_init. Nothing happens unless a change is raised. */
void stream_accept(struct stream *stream);

/* Adds a burst: a count and its exposure > 0 (any unit, proportional to what is expected), or a mean and 1/variance
 * of it. `time` grows. Returns whether a change is raised after it. */
bool stream_add(struct stream *stream, uint32_t time, double value, double exposure);

#endif
