/* SPDX-License-Identifier: MIT */
/*
 * ledger - what became of every candidate of a source: accepted, rejected for one reason, or lost for one cause.
 *
 * One entry per (source, epoch). The law, at any time and without tolerance:
 *      next_seq - first_seq = accepted + sum(rejected) + sum(lost).
 *
 * A source that starts anew has a new epoch. When there is no room, the entry of an epoch that is over is retired: its
 * counts go into a sum, and the epoch is remembered, so that it is never counted again.
 */
#ifndef HNLMON_CORE_LEDGER_H
#define HNLMON_CORE_LEDGER_H

#include <stdbool.h>
#include <stdint.h>

#include "core/archive.h"
#include "hnlmon/frame.h"
#include "hnlmon/select.h"

#define LEDGER_ENTRIES_MAX 64u   /* sources and epochs of them that are not retired; a further one is refused */
#define LEDGER_RETIRED_MAX 1024u /* retired epochs that are remembered, the last ones */
#define LEDGER_NAME_SIZE 64u     /* of a name, terminated */

struct ledger_entry {
    uint32_t source;
    uint64_t epoch;
    uint64_t opened;             /* number of the entry, from 1, in the order in which they were opened */
    char name[LEDGER_NAME_SIZE]; /* printable ASCII, as its Hello has it; "" before */
    bool is_tapped;              /* overheard by a passive tap */
    uint64_t first_seq;          /* of the first candidate: 1, but where a tap began to listen */
    uint64_t next_seq;           /* of the next candidate, from first_seq */
    uint64_t accepted;
    uint64_t rejected[REJECT_REASON_COUNT]; /* [REJECT_NONE] stays 0 */
    uint64_t lost[LOSS_CAUSE_COUNT];
    uint64_t lost_tail; /* of the lost ones, those right before next_seq */
    /* Where the source is. */
    bool in_run, in_burst;
    bool is_silent; /* it held up a burst for too long and is not waited for until it brings something new */
    bool is_behind; /* it began its run with what is closed already: too small a number, or a run that it repeats */
    uint32_t run, burst;             /* the last begun ones; 0 before the first */
    uint32_t ended_run, ended_burst; /* the last burst whose end was counted */
    enum origin origin;              /* of its run */
    int64_t heard_ns;                /* when its last frame came, clock of the caller */
};

struct ledger_epoch {
    uint32_t source;
    uint64_t epoch;
};

struct ledger {
    struct ledger_entry entries[LEDGER_ENTRIES_MAX];
    uint32_t count;
    uint64_t opened; /* entries, ever */
    struct ledger_entry
        retired;            /* the sum over retired entries, as if they were one source; only counts mean something */
    uint64_t retired_count; /* epochs, ever; number i, from 0, is remembered at i % LEDGER_RETIRED_MAX */
    struct ledger_epoch retired_epochs[LEDGER_RETIRED_MAX];
};

/* The entry, or NULL. */
struct ledger_entry *ledger_find(struct ledger *ledger, uint32_t source, uint64_t epoch);

/* The entry, made when it does not exist; NULL when the ledger is full. It begins at first_seq >= 1. */
struct ledger_entry *ledger_open(struct ledger *ledger, uint32_t source, uint64_t epoch, uint64_t first_seq);

/* Whether a later epoch of its source has an entry. */
bool ledger_is_superseded(const struct ledger *ledger, const struct ledger_entry *entry);

/* Retires the entry, and opens another one in its place. */
struct ledger_entry *ledger_replace(struct ledger *ledger, struct ledger_entry *entry, uint32_t source, uint64_t epoch,
                                    uint64_t first_seq);
bool ledger_is_retired(const struct ledger *ledger, uint32_t source, uint64_t epoch);

/* Keeps a name, what is not printable ASCII replaced by '?' and what is too long cut. */
void ledger_set_name(struct ledger_entry *entry, struct text name);

/* How many of `count` candidates from first_seq on were counted before; first_seq <= next_seq < first_seq + count. The
 * result is below count. */
uint32_t ledger_known(const struct ledger_entry *entry, uint64_t first_seq, uint32_t count);

/* How many candidates from next_seq to `last` are new; next_seq <= last < SEQ_LIMIT. */
uint64_t ledger_new(const struct ledger_entry *entry, uint64_t last);

/* Whether the law holds for the entry. */
bool ledger_is_conserved(const struct ledger_entry *entry);

uint64_t ledger_rejected(const struct ledger_entry *entry); /* over all reasons */
uint64_t ledger_lost(const struct ledger_entry *entry);     /* over all causes */

/* Saves or restores it (archive.h), heard_ns as a distance from now_ns. What was restored is conserved, has no entry
 * twice, and its sources are where they can be. */
void ledger_archive(struct archive *archive, struct ledger *ledger, int64_t now_ns);

/* "unspecified", "ring_overrun", "shed", "refused", "injected", "tap". */
const char *loss_cause_name(enum loss_cause cause);

#endif
