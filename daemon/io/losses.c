/* SPDX-License-Identifier: MIT */
/* losses - see the header. */
#include "io/losses.h"

#include <string.h>

static struct loss *last_of(struct losses *losses)
{
    return losses->count > 0 ? &losses->ranges[losses->count - 1] : NULL;
}

static void append(struct losses *losses, struct loss loss)
{
    if (losses->count == LOSSES_MAX) {
        memmove(losses->ranges, losses->ranges + 1, (LOSSES_MAX - 1) * sizeof losses->ranges[0]);
        losses->count--;
    }
    losses->ranges[losses->count++] = loss;
}

void losses_add(struct losses *losses, uint64_t first, uint64_t last, enum loss_cause cause)
{
    struct loss *before = last_of(losses);
    if (before && first <= before->last)
        first = before->last + 1;
    if (first > last)
        return;
    losses->total[cause] += last - first + 1;
    if (before && before->cause == cause && before->last + 1 == first)
        before->last = last;
    else
        append(losses, (struct loss){first, last, cause});
}

void losses_take_back(struct losses *losses, uint64_t seq)
{
    struct loss *loss;
    while ((loss = last_of(losses)) && loss->last >= seq) {
        uint64_t first = loss->first > seq ? loss->first : seq;
        losses->total[loss->cause] -= loss->last - first + 1;
        loss->last = first - 1; /* >= 0: seqs begin at 1 */
        if (loss->first <= loss->last)
            return;
        losses->count--;
    }
}
