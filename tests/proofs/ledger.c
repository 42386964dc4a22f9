/* SPDX-License-Identifier: MIT */
/*
 * ledger - the arithmetic of sequence numbers, for every batch and every range of lost candidates that the decoder lets
 * through: what is new is counted exactly, and next_seq stays within the limit.
 *
 * The contracts are merged with those functions of core/ledger.c, and proved of them.
 */
#include "core/ledger.h"

#ifdef WIDENED
#define LIMIT 0xffffffffffffffff /* any 64-bit number */
#else
#define LIMIT SEQ_LIMIT
#endif

/*@ requires \valid_read(entry) && 1 <= entry->next_seq <= LIMIT;
    requires 1 <= first_seq && first_seq + count <= LIMIT && count <= BATCH_CANDIDATES_MAX;
    requires first_seq <= entry->next_seq < first_seq + count;
    assigns \nothing;
    ensures \result < count && first_seq + \result == entry->next_seq;
    ensures entry->next_seq + (count - \result) <= SEQ_LIMIT; */
uint32_t ledger_known(const struct ledger_entry *entry, uint64_t first_seq, uint32_t count);

/*@ requires \valid_read(entry) && 1 <= entry->next_seq <= last < LIMIT;
    assigns \nothing;
    ensures 1 <= \result && entry->next_seq + \result == last + 1 <= SEQ_LIMIT; */
uint64_t ledger_new(const struct ledger_entry *entry, uint64_t last);
