/* SPDX-License-Identifier: MIT */
/*
 * burst - the bursts that are open, and what is said about one when it closes.
 *
 * Several sources share a burst. It closes when every source of the run has ended it, the oldest burst first; after a
 * time without progress it is closed all the same and says that it is incomplete.
 */
#ifndef HNLMON_CORE_BURST_H
#define HNLMON_CORE_BURST_H

#include <stdbool.h>
#include <stdint.h>

#include "core/archive.h"
#include "core/histograms.h"
#include "core/horizon.h"
#include "core/ledger.h"
#include "core/line.h"

/* Bursts open at the same time. A source that is further ahead is told to wait (busy); the other places are for the one
 * that is behind all others, which may need bursts that they left out before any can close. */
#define BURST_AHEAD_MAX 12u
#define BURST_OPEN_MAX 16u

/* Of a burst, in any unit; rates per intensity, their sums and squares stay finite and not zero. */
#define INTENSITY_MIN 1e-18
#define INTENSITY_MAX 1e18

struct burst_key {
    uint32_t run, burst;
};

/* Negative, zero, positive as in the order of time. */
int burst_compare(struct burst_key a, struct burst_key b);

struct burst_link {
    uint32_t source;
    uint64_t candidates; /* counted, accepted or not */
};

/* Everything is a sum over sources, a minimum or a maximum, so that their order cannot matter. */
struct burst {
    struct burst_key key;
    bool is_open;
    uint32_t began, ended; /* sources */
    uint32_t expected;     /* sources that should have taken part, known when it closes */
    uint64_t t_begin_ns;   /* earliest; UINT64_MAX: none */
    uint64_t t_end_ns;     /* latest; 0: none */
    uint64_t generated, kept, sent;
    int32_t downscaling;       /* the same of all sources, otherwise DOWNSCALING_VARIABLE; 0: no source ended it */
    int32_t input_downscaling; /* likewise, of the sources that began it */
    double intensity;          /* highest: sources of a burst see the same beam, and a sum of doubles has an order */
    bool has_bad_intensity;    /* a source gave one that is neither 0 nor within these: as if not given */
    uint32_t live_ppm;         /* lowest; UINT32_MAX: none */
    uint32_t choke_count;
    enum origin origin; /* strictest: DATA before SIMULATION before INJECTION */
    uint64_t accepted;
    uint64_t rejected[REJECT_REASON_COUNT];
    uint64_t vetoes[VETO_COUNT]; /* candidates with that flag, among those that pass all other cuts */
    uint64_t lost;
    struct burst_link links[LEDGER_ENTRIES_MAX]; /* the sources that began it, in the order of their numbers */
    uint32_t link_count;
    int64_t active_ns; /* when it last made progress, clock of the caller */
    uint32_t slots[HISTOGRAM_SLOTS];
};

struct open_bursts {
    struct burst bursts[BURST_OPEN_MAX];
};

/* The open burst with this key, or NULL. */
struct burst *burst_find(struct open_bursts *open, struct burst_key key);

/* Opens a burst with this key; NULL when `most`, up to BURST_OPEN_MAX, are open. */
struct burst *burst_open(struct open_bursts *open, struct burst_key key, uint32_t most);

/* The open burst with the smallest key, or NULL. */
struct burst *burst_oldest(struct open_bursts *open);

/* DATA before SIMULATION before INJECTION; ORIGIN_UNSPECIFIED says nothing. */
enum origin burst_stricter_origin(enum origin a, enum origin b);

/* Candidates of a source were counted; 0 makes it known as one that takes part. */
void burst_count(struct burst *burst, uint32_t source, uint64_t candidates);

/* A source begins or ends the burst. */
void burst_begin(struct burst *burst, const struct burst_begin *begin, enum origin origin);
void burst_end(struct burst *burst, const struct burst_end *end);

/* What is wrong with it, as bits 1u << enum burst_flaw. */
uint32_t burst_flaws(const struct burst *burst);

#define BURST_CANDIDATES_MAX UINT32_MAX /* of an open burst that is kept, so that no slot has run over */

/* Saves or restores the bursts that are open (archive.h), active_ns as a distance from now_ns. What was restored has no
 * key twice and counts that fit together. */
void open_bursts_archive(struct archive *archive, struct open_bursts *open, int64_t now_ns);

struct line_summary {
    uint64_t candidates; /* before the veto */
    uint64_t accepted;   /* after it */
    double rate_hz;      /* accepted, per second of spill; 0 when the spill has no length */
    double bandwidth_bytes_per_s;
    double n_kaon;   /* kaon decays, from the Ke3 peak; 0: not normalised */
    double exposure; /* n_kaon over the downscaling of input and line */
    double exposure_run;
    uint64_t candidates_run, accepted_run;
};

struct best {
    enum horizon_id horizon;
    double m_n_mev; /* 0: no valid hypothesis */
    uint64_t n;
    double b;
    double z;
    double z_alarm;
    double z_major;       /* an alarm is MAJOR from this z_alarm on; 0: never */
    const char *withheld; /* NULL: nothing in the way */
};

#define BURST_QUALITY_SIZE 120

struct burst_summary {
    struct burst_key key;
    uint64_t t_begin_ns, t_end_ns;
    uint64_t run_begin_ns; /* t_begin_ns of the first burst of the run that closed */
    uint32_t sources;
    uint64_t generated, kept;
    uint64_t sent; /* by the sources that ended it; at least what was counted when one did not */
    int32_t downscaling, input_downscaling;
    uint64_t accepted;
    uint64_t rejected[REJECT_REASON_COUNT];
    uint64_t lost; /* of it, as far as they were announced before it closed */
    double intensity;
    uint32_t live_ppm, choke_count;
    enum origin origin;
    struct line_summary lines[LINE_COUNT];
    double peak_position_mev2, peak_width_mev2;
    uint64_t n_peak;
    double veto_fraction, veto_fraction_peak;
    double veto_fractions[VETO_COUNT]; /* that photon veto fired, among those that pass all other cuts */
    double random_veto_fraction;       /* rejected by any, |m2_miss| < 5000 MeV^2 */
    double mirror_tail_fraction;       /* m2_miss < -7600 MeV^2, over those in the Ke3 peak, after the veto */
    double spill_length_s;             /* effective length; 0: too few candidates */
    double spill_centre_s;             /* mean time of candidates since start of burst */
    bool complete;
    char quality[BURST_QUALITY_SIZE]; /* why it is not complete or not usable, or empty */
    struct best best[HORIZON_COUNT - HORIZON_1];
};

#endif
