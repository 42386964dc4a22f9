/* SPDX-License-Identifier: MIT */
/* savepoint - see savepoint.h. */
#include "io/savepoint.h"

#include <assert.h>
#include <stdlib.h>

_Static_assert(MONITOR_STATE_BYTES_MAX <= CHECKPOINT_CONTENT_MAX, "a state fits into a slot");
_Static_assert(MONITOR_BURST_BYTES_MAX <= BURST_CONTENT_MAX, "a burst fits into a slot");

bool savepoint_init(struct savepoint *savepoint)
{
    *savepoint = (struct savepoint){.journal = calloc(1, STORE_JOURNAL_JOB_MAX + BLOCK_SECTOR_BYTES)};
    return savepoint->journal && store_job_init(&savepoint->job);
}

void savepoint_fini(struct savepoint *savepoint)
{
    store_job_fini(&savepoint->job);
    free(savepoint->journal);
    savepoint->journal = NULL;
}

void savepoint_note(struct savepoint *savepoint, const struct journal_record *record)
{
    if (savepoint->journal_bytes + JOURNAL_RECORD_MAX > STORE_JOURNAL_JOB_MAX) {
        savepoint->journal_lost++;
        return;
    }
    savepoint->journal_bytes += journal_encode(record, savepoint->journal + savepoint->journal_bytes);
    savepoint->journal_records++;
}

uint32_t savepoint_waiting(const struct savepoint *savepoint)
{
    return savepoint->job.journal_bytes > 0 ? savepoint->job_records + savepoint->journal_records : 0;
}

/* ---- restoring ---- */

static enum restored restore_bursts(struct savepoint *savepoint, struct store *store, struct monitor *monitor)
{
    uint64_t closed = store->newest.closed_bursts;
    for (uint64_t number = closed - store_burst_count(store); number < closed; number++) {
        unsigned char *slot = savepoint->job.bursts;
        size_t size;
        if (!store_read_burst(store, number, slot, &size))
            return RESTORED_DAMAGED;
        enum restored restored = monitor_restore_burst(monitor, number, slot + BLOCK_HEADER_BYTES, size);
        if (restored != RESTORED_OK)
            return restored;
    }
    return RESTORED_OK;
}

enum restored savepoint_restore(struct savepoint *savepoint, struct store *store, struct monitor *monitor,
                                int64_t now_ns)
{
    const struct store_job *job = &savepoint->job;
    enum restored restored = RESTORED_OK;
    if (job->content_bytes > 0)
        restored = monitor_restore(monitor, job->slot + BLOCK_HEADER_BYTES, job->content_bytes, now_ns);
    if (restored == RESTORED_OK)
        restored = restore_bursts(savepoint, store, monitor);
    if (restored == RESTORED_OK)
        savepoint->closed_bursts = store->newest.closed_bursts;
    return restored;
}

/* ---- taking ---- */

/* Differs whenever frames brought something: heartbeats and repetitions do not count. */
static uint64_t progress_of(const struct monitor *monitor)
{
    const struct ledger *ledger = monitor_ledger(monitor);
    uint64_t sum = monitor_closed_bursts(monitor) + ledger->count;
    for (uint32_t i = 0; i < ledger->count; i++) {
        const struct ledger_entry *entry = &ledger->entries[i];
        const uint64_t parts[] = {entry->next_seq,    entry->run,    entry->burst,    entry->ended_run,
                                  entry->ended_burst, entry->in_run, entry->in_burst, entry->origin};
        for (size_t j = 0; j < sizeof parts / sizeof parts[0]; j++)
            sum = (sum ^ parts[j]) * UINT64_C(0x100000001b3); /* FNV-1a, by words */
    }
    return sum;
}

bool savepoint_is_changed(const struct savepoint *savepoint, const struct monitor *monitor)
{
    bool has_records = savepoint->journal_bytes > 0 && savepoint->job.journal_bytes == 0;
    return has_records || savepoint->progress != progress_of(monitor);
}

/* The closed bursts since the last checkpoint, as far as they are still needed. False: a defect, see monitor_save. */
static bool save_bursts(struct savepoint *savepoint, struct monitor *monitor)
{
    struct store_job *job = &savepoint->job;
    uint64_t oldest = monitor_oldest_kept(monitor);
    uint64_t first = oldest > savepoint->closed_bursts ? oldest : savepoint->closed_bursts;
    job->closed_bursts = monitor_closed_bursts(monitor);
    job->burst_count = (uint32_t)(job->closed_bursts - first);
    assert(job->burst_count <= HORIZON_DEPTH);
    for (uint32_t i = 0; i < job->burst_count; i++) {
        unsigned char *content = job->bursts + (size_t)i * BURST_SLOT_BYTES + BLOCK_HEADER_BYTES;
        job->burst_bytes[i] = monitor_save_burst(monitor, first + i, content, BURST_CONTENT_MAX);
        if (job->burst_bytes[i] == 0)
            return false;
    }
    savepoint->closed_bursts = job->closed_bursts;
    return true;
}

/* What the last job could not write comes first. */
static void hand_over_journal(struct savepoint *savepoint)
{
    if (savepoint->job.journal_bytes > 0)
        return;
    unsigned char *empty = savepoint->job.journal;
    savepoint->job.journal = savepoint->journal;
    savepoint->job.journal_bytes = savepoint->journal_bytes;
    savepoint->journal = empty;
    savepoint->job_records = savepoint->journal_records;
    savepoint->journal_bytes = 0;
    savepoint->journal_records = 0;
}

bool savepoint_take(struct savepoint *savepoint, struct monitor *monitor, uint64_t t_ns, int64_t now_ns)
{
    struct store_job *job = &savepoint->job;
    savepoint->progress = progress_of(monitor);
    job->t_ns = t_ns;
    job->content_bytes = monitor_save(monitor, job->slot + BLOCK_HEADER_BYTES, CHECKPOINT_CONTENT_MAX, now_ns);
    if (job->content_bytes == 0 || !save_bursts(savepoint, monitor))
        return false;
    hand_over_journal(savepoint);
    return true;
}
