/* SPDX-License-Identifier: MIT */
/*
 * tally - counts the candidates of a batch into an open burst: kernel, cut flow, lines, bins.
 *
 * This is the hot path. It decides nothing about bursts or sources; it works in blocks of columns so that everything
 * stays in the first-level cache.
 */
#ifndef HNLMON_CORE_TALLY_H
#define HNLMON_CORE_TALLY_H

#include "core/burst.h"
#include "core/monitor.h"

/* Candidates of the searched region, newest last, in a circle. */
struct picks {
    struct pick entries[PICKS_MAX];
    uint64_t count; /* since the state began; entry of number i is at i % PICKS_MAX */
    uint64_t first; /* those before are forgotten: of before a restart */
};

/* Counts candidates `begin` .. count - 1 of the batch into the burst, its picks and applied->decisions (whole bytes),
 * and adds what became of them to counts[reason] (REJECT_NONE: accepted). */
void tally_batch(struct burst *burst, const struct selection *selection, const struct batch *batch, uint32_t begin,
                 struct picks *picks, struct applied *applied, uint64_t counts[REJECT_REASON_COUNT]);

#endif
