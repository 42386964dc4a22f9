/* SPDX-License-Identifier: MIT */
/*
 * change - the streams of data quality: which numbers of a closed burst are watched, on what exposure, and what a
 * change of each means.
 *
 *   rate per unit of intensity ......... candidates, Ke3 peak, and each link when there are several; the intensity is
 *                                        that of the burst's end, times live time, over the downscaling of the input
 *   fraction of the candidates ......... each cut (of those that come to it), each photon veto (of those that pass all
 *                                        other cuts), random vetoes (|m2_miss| < 5000 MeV^2)
 *   fraction of the Ke3 peak ........... mirror tail, m2_miss < -7600 MeV^2: resolution without radiation
 *   mean with its error ................ position and width of the Ke3 peak; of the rate against the time in the burst
 *                                        the mean time and the effective length
 *   kept over generated triggers ....... against the announced downscaling, which needs no reference
 *
 * When the peak count changes by the same factor as the candidates do, it is not a change of the peak and not told.
 * An HNL has no onset, so no hypothesis is watched. A burst with losses or without all of its sources is left out, as
 * is a stream in a burst that does not say what it needs (no intensity, variable downscaling). How a change is found is
 * decided in stream.h. A new run forgets all references, stretches and raised changes: settings may have been changed
 * on purpose, and its first STREAM_LEARN bursts are the new reference; what is wrong from its first burst on is not
 * seen.
 */
#ifndef HNLMON_CORE_CHANGE_H
#define HNLMON_CORE_CHANGE_H

#include <stdbool.h>
#include <stdint.h>

#include "core/burst.h"
#include "core/stream.h"

enum change_kind { CHANGE_OF_RATE, CHANGE_OF_PEAK, CHANGE_OF_VETO, CHANGE_KIND_COUNT };

enum change_id {
    CHANGE_CANDIDATES,
    CHANGE_DOWNSCALING,
    CHANGE_SPILL_LENGTH,
    CHANGE_SPILL_CENTRE,
    CHANGE_BAD_TIME, /* from here to CHANGE_TRANSVERSE_MOMENTUM: a reject reason, in the order of select.h */
    CHANGE_BAD_RANGE,
    CHANGE_VERTEX,
    CHANGE_POSITRON_MOMENTUM,
    CHANGE_E_OVER_P,
    CHANGE_DT,
    CHANGE_DT_K,
    CHANGE_CDA,
    CHANGE_TWO_PHOTON_MASS,
    CHANGE_TOTAL_MOMENTUM,
    CHANGE_TRANSVERSE_MOMENTUM,
    CHANGE_PEAK_COUNT,
    CHANGE_PEAK_POSITION,
    CHANGE_PEAK_WIDTH,
    CHANGE_MIRROR_TAIL,
    CHANGE_LAV, /* from here to CHANGE_LKR_EXTRA: a photon veto, in the order of candidate.h */
    CHANGE_IRC,
    CHANGE_SAC,
    CHANGE_LKR_EXTRA,
    CHANGE_RANDOM_VETO,
    CHANGE_LINK, /* one for each source */
    CHANGE_COUNT
};

struct change_info {
    const char *name;   /* "candidates", "lav", ... */
    const char *title;  /* for people */
    const char *unit;   /* of what is measured; "" for fractions */
    const char *action; /* what the shifter should do, one sentence */
    enum change_kind kind;
    enum focus_model model;
};

extern const struct change_info change_table[CHANGE_COUNT];

/* A change that is going on. */
struct change_finding {
    enum change_id id;
    uint32_t source;           /* of CHANGE_LINK */
    uint32_t start;            /* the burst with which it seems to have begun */
    uint32_t bursts;           /* that it was found in */
    double measured, expected; /* in the unit of the table */
    double size;               /* measured over expected - 1; for the position: the shift over sigma of m2_miss */
    double z;
};

#define CHANGE_NAME_SIZE 32

/* "candidates", ..., and for a link "link-3". */
void change_name(const struct change_finding *finding, char name[CHANGE_NAME_SIZE]);

struct change_link {
    uint32_t source;
    struct stream stream;
};

struct change {
    double threshold;
    double sigma_mev2;
    struct stream streams[CHANGE_LINK];
    struct change_link links[LEDGER_ENTRIES_MAX]; /* in the order of their numbers */
    uint32_t link_count;
    bool is_peak_explained; /* the change of the peak count is that of the candidates */
};

/* threshold: the Z at which a change is raised, 0: never. sigma_mev2: resolution of m2_miss. */
void change_init(struct change *change, double threshold, double sigma_mev2);

/* Saves or restores it (archive.h), into one that change_init made. With a threshold of 0 everything is forgotten. */
void change_archive(struct archive *archive, struct change *change);

/* A new run begins. */
void change_new_run(struct change *change);

/* A burst closed; `slots` are its counts, laid out as in histograms.h. Bursts come in the order of their numbers. */
void change_look(struct change *change, const struct burst *burst, const uint64_t *slots);

/* Somebody changed something on purpose: for each stream of a kind that is raised, the level since its change began is
 * the reference from now on, up to the end of the run. A change of the peak count that goes with that of the candidates
 * goes with theirs. */
void change_accept(struct change *change, enum change_kind kind);

/* How many streams of a kind are raised; the most significant one in *leading when there is any. When several photon
 * vetoes are raised together with the random one, that one leads. */
uint32_t change_leading(const struct change *change, enum change_kind kind, struct change_finding *leading);

#endif
