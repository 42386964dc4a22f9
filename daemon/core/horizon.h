/* SPDX-License-Identifier: MIT */
/*
 * horizon - the stretches of time over which counts are summed: the last 1, 10 and 100 closed bursts, the run, and the
 * period, which is the runs since somebody began it.
 *
 * Sums of integers: a closed burst is added, the burst that leaves is subtracted, so a horizon always equals a recount.
 * What limits the use of a horizon (a burst with loss, an unknown downscaling) is counted the same way. The period goes
 * over months, in which one bad burst must not spoil the rest: it leaves such bursts out and counts them.
 */
#ifndef HNLMON_CORE_HORIZON_H
#define HNLMON_CORE_HORIZON_H

#include <stdbool.h>
#include <stdint.h>

#include "core/archive.h"
#include "core/estimates.h"
#include "core/histograms.h"

enum horizon_id { HORIZON_OPEN, HORIZON_1, HORIZON_10, HORIZON_100, HORIZON_RUN, HORIZON_PERIOD, HORIZON_COUNT };

#define HORIZON_DEPTH 100u        /* bursts that are kept to be subtracted again */
#define HORIZON_RUN_MIN_BURSTS 5u /* the run is tested from this burst on */
#define HORIZON_PERIOD_MIN_BURSTS 100u

/* "open", "1", "10", "100", "run", "period". */
const char *horizon_name(enum horizon_id id);

/* Closed bursts that a rolling horizon holds; 0 for run and period, which never forget, and for the open bursts. */
uint32_t horizon_length(enum horizon_id id);

/* Closed bursts that it must hold to be tested. */
uint32_t horizon_bursts_needed(enum horizon_id id);

/* By name; HORIZON_COUNT when there is none. */
enum horizon_id horizon_by_name(const char *name);

/* What can be wrong with a closed burst, as bits. */
enum burst_flaw {
    FLAW_LOSS,        /* candidates of it were lost */
    FLAW_INCOMPLETE,  /* a source did not end it, or never came to it */
    FLAW_DOWNSCALING, /* input downscaling unknown or variable */
    FLAW_COUNT
};

/* Sums over a horizon. */
struct horizon {
    uint64_t slots[HISTOGRAM_SLOTS];
    struct estimates estimates; /* of the unprescaled line, after the veto; 0 for HORIZON_OPEN */
    uint32_t bursts;
    uint32_t flawed[FLAW_COUNT]; /* bursts in it with that flaw */
    bool is_blind;               /* the searched region is hidden (blind.h) */
    uint32_t left_out;           /* bursts of the period that are not in it, because they have a flaw */
};

struct horizons; /* all of them, and the ring of closed bursts; allocated once */

struct horizons *horizons_create(void) __attribute__((warn_unused_result)); /* NULL: out of memory */
void horizons_destroy(struct horizons *horizons);

/* Adds a closed burst: counts per slot, the estimates from them and flaws as bits (1u << enum burst_flaw). */
void horizons_add(struct horizons *horizons, const uint32_t *slots, const struct estimates *estimates, uint32_t flaws);

/* A new run begins: the run horizon starts at zero; the others go on. */
void horizons_new_run(struct horizons *horizons);

/* A new period begins. */
void horizons_new_period(struct horizons *horizons);

/* As if nothing had been added. */
void horizons_clear(struct horizons *horizons);

/* Bursts added since the state began, those before a restart included: the next one has this number. */
uint64_t horizons_closed(const struct horizons *horizons);

/* The oldest burst that is kept, or horizons_closed when there is none. */
uint64_t horizons_oldest(const struct horizons *horizons);

/* Saves or restores run and period (archive.h), without their estimates, which follow from the counts, and into what
 * horizons_create made. Once restored, nothing can be added before the bursts from horizons_oldest on are. */
void horizons_archive(struct archive *archive, struct horizons *horizons);

void horizons_set_estimates(struct horizons *horizons, enum horizon_id id, const struct estimates *estimates);

/* Saves or restores burst `number`, horizons_oldest <= number < horizons_closed. Restored, it is one that
 * horizons_give_back adds to the sums of the last bursts, with the estimates from its counts: in the order of their
 * numbers, from horizons_next_missing on, until that is horizons_closed. */
void horizons_archive_burst(struct archive *archive, struct horizons *horizons, uint64_t number);
const uint32_t *horizons_slots_of(const struct horizons *horizons, uint64_t number);
uint64_t horizons_next_missing(const struct horizons *horizons);
void horizons_give_back(struct horizons *horizons, const struct estimates *estimates);

/* HORIZON_1 .. HORIZON_PERIOD; valid until the next add. */
const struct horizon *horizons_get(const struct horizons *horizons, enum horizon_id id);

#endif
