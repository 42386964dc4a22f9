/* SPDX-License-Identifier: MIT */
/*
 * progress - how far each source of a ledger is: counted, covered by the checkpoint that is being taken, durable.
 *
 *   counted --(a checkpoint is taken)--> taken --(it is on disk)--> durable
 *
 * Only what is durable may be acknowledged. It decides nothing else and allocates nothing.
 */
#ifndef HNLMON_IO_PROGRESS_H
#define HNLMON_IO_PROGRESS_H

#include "core/ledger.h"

/* How far a source is: every candidate up to seq, and the last mark, as struct ack has them. */
struct progress {
    uint32_t source;
    uint64_t epoch;
    uint64_t seq;
    uint32_t run, burst;
};

/* By the place in the ledger, where a source may leave for another. */
struct progress_table {
    struct progress taken[LEDGER_ENTRIES_MAX], durable[LEDGER_ENTRIES_MAX];
};

/* What is counted. */
struct progress progress_counted(const struct ledger_entry *entry);

/* What is durable of entry number `place`: nothing of a source that was not there then. */
struct progress progress_durable(const struct progress_table *table, const struct ledger_entry *entry, uint32_t place);

/* A checkpoint of the ledger is being taken; it is on disk. One at a time. */
void progress_take(struct progress_table *table, const struct ledger *ledger);
void progress_settle(struct progress_table *table);

#endif
