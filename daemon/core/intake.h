/* SPDX-License-Identifier: MIT */
/*
 * intake - what a frame does to the ledger and the open bursts: whether it comes in its place, what of it is new, and
 * where its candidates are counted.
 *
 * A frame that is refused leaves everything as it was. When a burst may close is left to closing.c.
 */
#ifndef HNLMON_CORE_INTAKE_H
#define HNLMON_CORE_INTAKE_H

#include "core/monitor_private.h"

/* As monitor_apply, but for what *applied begins with and when the source was heard. */
enum refusal intake_apply(struct monitor *monitor, const struct frame *frame, int64_t now_ns, struct applied *applied)
    __attribute__((warn_unused_result));

/* As monitor_overhear. */
enum refusal intake_overhear(struct monitor *monitor, uint32_t source, uint64_t epoch, uint64_t first_seq,
                             struct applied *applied) __attribute__((warn_unused_result));

#endif
