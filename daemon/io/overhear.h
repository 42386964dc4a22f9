/* SPDX-License-Identifier: MIT */
/*
 * overhear - takes part in a conversation that is not ours: frames of sources that hear nothing of us.
 *
 *   frame -> [gap? Lost{TAP}] -> [begin missed? begin] -> monitor
 *
 * Nothing is asked for, so what was not heard is lost (tap), and what comes after that was said is late. An epoch is
 * followed from the first begin of a run or burst on (or a Hello); what was before was never ours. Who sends, and how
 * bytes travel, is io/tap's.
 */
#ifndef HNLMON_IO_OVERHEAR_H
#define HNLMON_IO_OVERHEAR_H

#include <stddef.h>
#include <stdint.h>

#include "core/monitor.h"
#include "wire/frame_codec.h"

struct overhear_counters {
    uint64_t frames, bytes;          /* heard, whatever became of them */
    uint64_t refused[REFUSAL_COUNT]; /* frames, by enum refusal; BAD_BURST: also what came before the first begin */
    uint64_t late;                   /* batches that came after they were taken for lost, or again */
    uint64_t candidates;             /* counted */
};

struct overhear {
    struct monitor *monitor;
    struct frame frame; /* being handled */
    struct applied applied;
    uint64_t burst_t_ns[LEDGER_ENTRIES_MAX]; /* source time of the begin of its burst, by the place in the ledger */
    struct overhear_counters counters;
};

void overhear_init(struct overhear *overhear, struct monitor *monitor);

/* Takes a frame. What it counted is in *applied until the next one; NULL: no candidate. */
const struct applied *overhear_receive(struct overhear *overhear, const unsigned char *bytes, size_t size,
                                       int64_t now_ns);

/* A message that is no frame, because it has several parts. */
void overhear_refuse(struct overhear *overhear);

/* Source time of the begin of the burst of the last frame. */
uint64_t overhear_burst_t_ns(const struct overhear *overhear);

#endif
