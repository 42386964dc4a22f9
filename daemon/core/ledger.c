/* SPDX-License-Identifier: MIT */
/* ledger - see ledger.h. */
#include "core/ledger.h"

#include <assert.h>
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

uint32_t ledger_known(const struct ledger_entry *entry, uint64_t first_seq, uint32_t count)
{
    assert(first_seq <= entry->next_seq && entry->next_seq - first_seq < count);
    return (uint32_t)(entry->next_seq - first_seq);
}

uint64_t ledger_new(const struct ledger_entry *entry, uint64_t last)
{
    assert(entry->next_seq <= last && last < SEQ_LIMIT);
    return last - entry->next_seq + 1;
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

/* ---- what survives a restart ---- */

/* Takes a part off what is left; false when it is larger. */
static bool takes(uint64_t *left, uint64_t part)
{
    if (part > *left)
        return false;
    *left -= part;
    return true;
}

/* The law, for numbers whose sum may overflow. */
static bool is_conserved_without_overflow(const struct ledger_entry *entry)
{
    uint64_t left = entry->next_seq - entry->first_seq;
    bool is_conserved = takes(&left, entry->accepted);
    for (int reason = 0; reason < REJECT_REASON_COUNT; reason++)
        is_conserved = is_conserved && takes(&left, entry->rejected[reason]);
    for (int cause = 0; cause < LOSS_CAUSE_COUNT; cause++)
        is_conserved = is_conserved && takes(&left, entry->lost[cause]);
    return is_conserved && left == 0 && entry->rejected[REJECT_NONE] == 0 && entry->lost_tail <= ledger_lost(entry);
}

/* Whether a source can be there: a burst is in a run, and what ended had begun. */
static bool is_somewhere(const struct ledger_entry *entry)
{
    bool has_ended_it = entry->ended_run == entry->run && entry->ended_burst >= entry->burst;
    if (entry->in_burst && (!entry->in_run || entry->burst == 0 || has_ended_it))
        return false;
    if (entry->run == 0 && (entry->in_run || entry->burst > 0))
        return false;
    return entry->ended_run < entry->run || (entry->ended_run == entry->run && entry->ended_burst <= entry->burst);
}

static void archive_place(struct archive *archive, struct ledger_entry *entry)
{
    archive_bool(archive, &entry->in_run);
    archive_bool(archive, &entry->in_burst);
    archive_bool(archive, &entry->is_silent);
    archive_bool(archive, &entry->is_behind);
    archive_u32(archive, &entry->run);
    archive_u32(archive, &entry->burst);
    archive_u32(archive, &entry->ended_run);
    archive_u32(archive, &entry->ended_burst);
    entry->origin = (enum origin)archive_enum(archive, entry->origin, ORIGIN_COUNT);
    archive_require(archive, is_somewhere(entry));
}

static void archive_counts(struct archive *archive, struct ledger_entry *entry)
{
    archive_u64(archive, &entry->first_seq);
    archive_u64(archive, &entry->next_seq);
    archive_u64(archive, &entry->accepted);
    archive_u64s(archive, entry->rejected, REJECT_REASON_COUNT);
    archive_u64s(archive, entry->lost, LOSS_CAUSE_COUNT);
    archive_u64(archive, &entry->lost_tail);
}

static void archive_entry(struct archive *archive, struct ledger_entry *entry, int64_t now_ns)
{
    archive_u32(archive, &entry->source);
    archive_u64(archive, &entry->epoch);
    archive_u64(archive, &entry->opened);
    archive_text(archive, entry->name, sizeof entry->name);
    archive_bool(archive, &entry->is_tapped);
    archive_counts(archive, entry);
    archive_require(archive, entry->first_seq >= 1 && entry->first_seq <= entry->next_seq &&
                                 entry->next_seq <= SEQ_LIMIT && is_conserved_without_overflow(entry));
    archive_place(archive, entry);
    archive_time(archive, &entry->heard_ns, now_ns);
}

/* The sum over retired entries, modulo 2^64, and those of their epochs that are remembered. */
static void archive_retired(struct archive *archive, struct ledger *ledger)
{
    archive_u64(archive, &ledger->retired_count);
    if (ledger->retired_count == 0)
        return;
    archive_counts(archive, &ledger->retired);
    archive_require(archive, ledger_is_conserved(&ledger->retired));
    for (uint64_t i = 0; i < ledger->retired_count && i < LEDGER_RETIRED_MAX; i++) {
        archive_u32(archive, &ledger->retired_epochs[i].source);
        archive_u64(archive, &ledger->retired_epochs[i].epoch);
    }
}

void ledger_archive(struct archive *archive, struct ledger *ledger, int64_t now_ns)
{
    archive_u64(archive, &ledger->opened);
    archive_retired(archive, ledger);
    archive_below(archive, &ledger->count, LEDGER_ENTRIES_MAX + 1);
    for (uint32_t i = 0; i < ledger->count; i++) {
        struct ledger_entry *entry = &ledger->entries[i];
        archive_entry(archive, entry, now_ns);
        archive_require(archive, entry->opened >= 1 && entry->opened <= ledger->opened);
        archive_require(archive, ledger_find(ledger, entry->source, entry->epoch) == entry);
    }
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
