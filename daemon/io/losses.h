/* SPDX-License-Identifier: MIT */
/*
 * losses - which candidates a source has announced as lost, by cause, and none of them twice.
 *
 * A daemon that starts anew may have forgotten announcements that it had taken: it tells where it goes on, and what was
 * announced from there on is taken back, for it will be announced again. The last LOSSES_MAX stretches can be taken
 * back; older ones are final.
 */
#ifndef HNLMON_IO_LOSSES_H
#define HNLMON_IO_LOSSES_H

#include <stdint.h>

#include "hnlmon/frame.h"

#define LOSSES_MAX 1024u

struct loss {
    uint64_t first, last; /* inclusive */
    enum loss_cause cause;
};

/* Begins as zeros. */
struct losses {
    struct loss ranges[LOSSES_MAX]; /* ascending */
    uint32_t count;
    uint64_t total[LOSS_CAUSE_COUNT]; /* candidates, by enum loss_cause */
};

/* Adds first .. last, except for what lies at or before the last announcement. */
void losses_add(struct losses *losses, uint64_t first, uint64_t last, enum loss_cause cause);

/* Takes back what was announced from `seq` on. */
void losses_take_back(struct losses *losses, uint64_t seq);

#endif
