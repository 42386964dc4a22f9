/* SPDX-License-Identifier: MIT */
/* progress - see the header. */
#include "io/progress.h"

#include <string.h>

struct progress progress_counted(const struct ledger_entry *entry)
{
    struct progress progress = {entry->source, entry->epoch, entry->next_seq - 1, entry->run, 0};
    if (entry->ended_run == entry->run)
        progress.burst = entry->ended_burst;
    if (!entry->in_run && entry->run > 0)
        progress.burst = RUN_ENDED;
    return progress;
}

struct progress progress_durable(const struct progress_table *table, const struct ledger_entry *entry, uint32_t place)
{
    const struct progress *durable = &table->durable[place];
    if (durable->source == entry->source && durable->epoch == entry->epoch)
        return *durable;
    return (struct progress){.source = entry->source, .epoch = entry->epoch};
}

void progress_take(struct progress_table *table, const struct ledger *ledger)
{
    for (uint32_t i = 0; i < ledger->count; i++)
        table->taken[i] = progress_counted(&ledger->entries[i]);
}

void progress_settle(struct progress_table *table)
{
    memcpy(table->durable, table->taken, sizeof table->durable);
}
