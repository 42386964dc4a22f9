/* SPDX-License-Identifier: MIT */
/* ledger - see ledger.h. */
#include "core/ledger.h"

#include <stddef.h>

struct ledger_entry *ledger_find(struct ledger *ledger, uint32_t source, uint64_t epoch)
{
    for (uint32_t i = 0; i < ledger->count; i++) {
        struct ledger_entry *entry = &ledger->entries[i];
        if (entry->source == source && entry->epoch == epoch)
            return entry;
    }
    return NULL;
}

struct ledger_entry *ledger_open(struct ledger *ledger, uint32_t source, uint64_t epoch)
{
    struct ledger_entry *entry = ledger_find(ledger, source, epoch);
    if (entry || ledger->count == LEDGER_ENTRIES_MAX)
        return entry;
    entry = &ledger->entries[ledger->count++];
    *entry = (struct ledger_entry){.source = source, .epoch = epoch, .next_seq = 1};
    return entry;
}

uint64_t ledger_rejected(const struct ledger_entry *entry)
{
    uint64_t sum = 0;
    for (int reason = 0; reason < REJECT_REASON_COUNT; reason++)
        sum += entry->rejected[reason];
    return sum;
}

uint64_t ledger_lost(const struct ledger_entry *entry)
{
    uint64_t sum = 0;
    for (int cause = 0; cause < LOSS_CAUSE_COUNT; cause++)
        sum += entry->lost[cause];
    return sum;
}

bool ledger_is_conserved(const struct ledger_entry *entry)
{
    return entry->next_seq - 1 == entry->accepted + ledger_rejected(entry) + ledger_lost(entry);
}

const char *loss_cause_name(enum loss_cause cause)
{
    switch (cause) {
    case LOSS_UNSPECIFIED:
        return "unspecified";
    case LOSS_RING_OVERRUN:
        return "ring_overrun";
    case LOSS_SHED:
        return "shed";
    case LOSS_REFUSED:
        return "refused";
    case LOSS_INJECTED:
        return "injected";
    case LOSS_CAUSE_COUNT:
        break;
    }
    return "?";
}
