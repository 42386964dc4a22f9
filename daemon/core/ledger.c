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

static struct ledger_entry *begin_entry(struct ledger *ledger, struct ledger_entry *entry, uint32_t source,
                                        uint64_t epoch, uint64_t first_seq)
{
    *entry = (struct ledger_entry){
        .source = source, .epoch = epoch, .opened = ++ledger->opened, .first_seq = first_seq, .next_seq = first_seq};
    return entry;
}

struct ledger_entry *ledger_open(struct ledger *ledger, uint32_t source, uint64_t epoch, uint64_t first_seq)
{
    struct ledger_entry *entry = ledger_find(ledger, source, epoch);
    if (entry || ledger->count == LEDGER_ENTRIES_MAX)
        return entry;
    return begin_entry(ledger, &ledger->entries[ledger->count++], source, epoch, first_seq);
}

void ledger_set_name(struct ledger_entry *entry, struct text name)
{
    uint32_t size = name.size < LEDGER_NAME_SIZE - 1 ? name.size : LEDGER_NAME_SIZE - 1;
    for (uint32_t i = 0; i < size; i++)
        entry->name[i] = name.bytes[i] >= ' ' && name.bytes[i] <= '~' ? name.bytes[i] : '?';
    entry->name[size] = 0;
}

/* ---- epochs that are over ---- */

bool ledger_is_superseded(const struct ledger *ledger, const struct ledger_entry *entry)
{
    for (uint32_t i = 0; i < ledger->count; i++) {
        const struct ledger_entry *other = &ledger->entries[i];
        if (other->source == entry->source && other->opened > entry->opened)
            return true;
    }
    return false;
}

static void add_counts(struct ledger_entry *sum, const struct ledger_entry *entry)
{
    sum->next_seq += entry->next_seq - entry->first_seq;
    sum->accepted += entry->accepted;
    for (int reason = 0; reason < REJECT_REASON_COUNT; reason++)
        sum->rejected[reason] += entry->rejected[reason];
    for (int cause = 0; cause < LOSS_CAUSE_COUNT; cause++)
        sum->lost[cause] += entry->lost[cause];
}

struct ledger_entry *ledger_replace(struct ledger *ledger, struct ledger_entry *entry, uint32_t source, uint64_t epoch,
                                    uint64_t first_seq)
{
    if (ledger->retired_count == 0)
        ledger->retired.first_seq = ledger->retired.next_seq = 1;
    add_counts(&ledger->retired, entry);
    ledger->retired_epochs[ledger->retired_count++ % LEDGER_RETIRED_MAX] =
        (struct ledger_epoch){entry->source, entry->epoch};
    return begin_entry(ledger, entry, source, epoch, first_seq);
}

bool ledger_is_retired(const struct ledger *ledger, uint32_t source, uint64_t epoch)
{
    for (uint64_t i = 0; i < ledger->retired_count && i < LEDGER_RETIRED_MAX; i++)
        if (ledger->retired_epochs[i].source == source && ledger->retired_epochs[i].epoch == epoch)
            return true;
    return false;
}

/* ---- sums ---- */

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
    return entry->next_seq - entry->first_seq == entry->accepted + ledger_rejected(entry) + ledger_lost(entry);
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
    case LOSS_TAP:
        return "tap";
    case LOSS_CAUSE_COUNT:
        break;
    }
    return "?";
}
