/* SPDX-License-Identifier: MIT */
/*
 * ledger - what became of every candidate of a source: accepted, rejected for one reason, or lost for one cause.
 *
 * One entry per (source, epoch). The law, at any time and without tolerance:
 *      next_seq - 1 = accepted + sum(rejected) + sum(lost).
 */
#ifndef HNLMON_CORE_LEDGER_H
#define HNLMON_CORE_LEDGER_H

#include <stdbool.h>
#include <stdint.h>

#include "hnlmon/frame.h"
#include "hnlmon/select.h"

#define LEDGER_ENTRIES_MAX 64u /* sources and their epochs since the start; a further one is refused (too_many) */

struct ledger_entry {
    uint32_t source;
    uint64_t epoch;
    uint64_t next_seq; /* of the next candidate, from 1 */
    uint64_t accepted;
    uint64_t rejected[REJECT_REASON_COUNT]; /* [REJECT_NONE] stays 0 */
    uint64_t lost[LOSS_CAUSE_COUNT];
    uint64_t lost_tail; /* of the lost ones, those right before next_seq */
    /* Where the source is. */
    bool in_run, in_burst;
    bool is_silent;      /* it held up a burst for too long and is not waited for until it brings something new */
    uint32_t run, burst; /* the last begun ones; 0 before the first */
    uint32_t ended_run, ended_burst; /* the last burst whose end was counted */
    enum origin origin;              /* of its run */
    int64_t heard_ns;                /* when its last frame came, clock of the caller */
};

struct ledger {
    struct ledger_entry entries[LEDGER_ENTRIES_MAX];
    uint32_t count;
};

/* The entry, or NULL. */
struct ledger_entry *ledger_find(struct ledger *ledger, uint32_t source, uint64_t epoch);

/* The entry, made when it does not exist; NULL when the ledger is full. */
struct ledger_entry *ledger_open(struct ledger *ledger, uint32_t source, uint64_t epoch);

/* Whether the law holds for the entry. */
bool ledger_is_conserved(const struct ledger_entry *entry);

uint64_t ledger_rejected(const struct ledger_entry *entry); /* over all reasons */
uint64_t ledger_lost(const struct ledger_entry *entry);     /* over all causes */

/* "unspecified", "ring_overrun", "shed", "refused", "injected". */
const char *loss_cause_name(enum loss_cause cause);

#endif
