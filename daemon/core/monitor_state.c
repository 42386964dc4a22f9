/* SPDX-License-Identifier: MIT */
/*
 * monitor_state - what of a monitor survives a restart: its state and its last bursts as bytes, and back (monitor.h).
 *
 * A state begins with its label, which says whether it belongs to this program and this monitor. Then comes what cannot
 * be computed: ledger, open bursts, sums of run and period, blocks of constancy, streams, alarms. What follows from
 * counts is computed again: estimates, and the sums of the last bursts from these bursts.
 *
 * Restoring goes straight into the monitor, which begins anew before, and again when something turns out to be wrong.
 */
#include <assert.h>
#include <string.h>

#include "core/monitor_private.h"

#define STATE_VERSION 2u
#define STATE_MAGIC UINT64_C(0x6574617473) /* "state": nothing else begins like this */
#define BURST_MAGIC UINT64_C(0x7473727562) /* "burst" */

/* Candidates of the sidebands in a sum, times the largest coefficient, 2^24: an estimate fits. */
#define SIDEBANDS_MAX (UINT64_C(1) << 38)
#define SIDEBANDS_SLOT (1 - M2_BIN_FIRST + SIDEBAND_LOWEST_MEV2 / M2_BIN_WIDTH_MEV2)

/* Not even with everything full a state is longer. */
_Static_assert(ARCHIVE_BYTES_MAX(sizeof(struct ledger) + sizeof(struct open_bursts) + 2 * sizeof(struct constancy) +
                                 2 * (HISTOGRAM_SLOTS + 8) * sizeof(uint64_t) + sizeof(struct change) +
                                 sizeof(struct alarms) + sizeof(struct state_label) + sizeof(struct unblinding) +
                                 256) <= MONITOR_STATE_BYTES_MAX,
               "a state has room");
_Static_assert(ARCHIVE_BYTES_MAX(HISTOGRAM_SLOTS * sizeof(uint32_t) + 64) <= MONITOR_BURST_BYTES_MAX,
               "a burst has room");

const char *restored_text(enum restored restored)
{
    switch (restored) {
    case RESTORED_OK:
        return "restored";
    case RESTORED_DAMAGED:
        return "it is damaged";
    case RESTORED_OTHER_VERSION:
        return "another version of this program wrote it";
    case RESTORED_OTHER_SELECTION:
        return "it was counted with another selection";
    case RESTORED_OTHER_TEMPLATE:
        return "it was evaluated with another background template";
    case RESTORED_COUNT:
        break;
    }
    return "?";
}

/* ---- the label ---- */

/* Changes when a number that bounds what is kept does: FNV-1a over 64-bit words, as histograms_fingerprint. */
static uint64_t fingerprint(void)
{
    static const uint64_t numbers[] = {HYPOTHESIS_FIRST_MEV, HYPOTHESIS_COUNT, LINE_COUNT,       VETO_COUNT,
                                       REJECT_REASON_COUNT,  LOSS_CAUSE_COUNT, FLAW_COUNT,       CHANGE_COUNT,
                                       ALARM_KIND_END,       CLUSTERS_MAX,     CONSTANCY_BLOCKS, STREAM_LEARN,
                                       STREAM_TESTED,        FLOOD_COUNT,      FOCUS_BLOCKS_MAX};
    uint64_t hash = histograms_fingerprint();
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        hash = (hash ^ numbers[i]) * UINT64_C(0x100000001B3);
    return hash;
}

/* Anything but a version that can be read leaves the rest of the label empty. */
static void archive_label(struct archive *archive, struct state_label *label)
{
    uint64_t magic = STATE_MAGIC, numbers = fingerprint();
    archive_between(archive, &magic, STATE_MAGIC, STATE_MAGIC);
    archive_u32(archive, &label->version);
    if (label->version != STATE_VERSION)
        return;
    archive_u64(archive, &numbers);
    if (numbers != fingerprint()) {
        label->version = 0;
        return;
    }
    archive_text(archive, label->template_name, sizeof label->template_name);
    archive_text(archive, label->template_hash, sizeof label->template_hash);
    label->preset = (enum selection_preset)archive_enum(archive, label->preset, SELECTION_PRESET_COUNT);
    archive_u64(archive, &label->closed_bursts);
    archive_u32(archive, &label->last_burst.run);
    archive_u32(archive, &label->last_burst.burst);
}

bool monitor_read_label(const unsigned char *bytes, size_t size, struct state_label *label)
{
    struct archive archive = archive_restore(bytes, size);
    memset(label, 0, sizeof *label);
    archive_label(&archive, label);
    return archive.is_sound;
}

static struct state_label label_of(const struct monitor *monitor)
{
    struct state_label label = {.version = STATE_VERSION,
                                .preset = monitor->config.preset,
                                .closed_bursts = horizons_closed(monitor->horizons),
                                .last_burst = monitor->last_closed};
    memcpy(label.template_name, monitor->shape->name, sizeof label.template_name);
    memcpy(label.template_hash, monitor->shape->hash, sizeof label.template_hash);
    return label;
}

static enum restored check_label(const struct monitor *monitor, const struct state_label *label)
{
    if (label->version != STATE_VERSION)
        return RESTORED_OTHER_VERSION;
    if (label->preset != monitor->config.preset)
        return RESTORED_OTHER_SELECTION;
    if (strcmp(label->template_hash, monitor->shape->hash) != 0)
        return RESTORED_OTHER_TEMPLATE;
    return RESTORED_OK;
}

/* ---- the state ---- */

static void archive_rest(struct archive *archive, struct monitor *monitor)
{
    archive_u64(archive, &monitor->picks.count);
    archive_u64(archive, &monitor->last_begin_ns);
    archive_between(archive, &monitor->period_ns, 0, BURST_PERIOD_MAX_NS);
    archive_u64(archive, &monitor->run_begin_ns);
    archive_u64(archive, &monitor->late_lost);
    monitor->origin = (enum origin)archive_enum(archive, monitor->origin, ORIGIN_COUNT);
    archive_bool(archive, &monitor->is_unblinded);
    archive_text(archive, monitor->unblinding.who, sizeof monitor->unblinding.who);
    archive_text(archive, monitor->unblinding.reason, sizeof monitor->unblinding.reason);
    archive_u64(archive, &monitor->unblinding.since_ns);
    if (!archive->is_saving)
        monitor->picks.first = monitor->picks.count;
}

static bool is_source(const struct ledger *ledger, uint32_t source)
{
    for (uint32_t i = 0; i < ledger->count; i++)
        if (ledger->entries[i].source == source)
            return true;
    return false;
}

/* An open burst comes behind those that closed, and from sources of the ledger: so it has a place for each of them. */
static bool can_be_open(const struct monitor *monitor, const struct burst *burst)
{
    bool is_sound = burst_compare(burst->key, monitor->last_closed) > 0;
    for (uint32_t i = 0; i < burst->link_count; i++)
        is_sound &= is_source(&monitor->ledger, burst->links[i].source);
    return is_sound;
}

static bool can_be_estimated(const struct horizon *sums)
{
    uint64_t candidates = 0;
    for (uint32_t slot = SIDEBANDS_SLOT; slot < M2_SLOTS; slot++)
        candidates += sums->slots[slot]; /* each below 2^49 */
    return candidates <= SIDEBANDS_MAX;
}

/* What the parts must have in common. */
static void check_parts(struct archive *archive, struct monitor *monitor, const struct state_label *label)
{
    bool has_closed = monitor->last_closed.run > 0 && monitor->last_closed.burst > 0;
    bool has_none = monitor->last_closed.run == 0 && monitor->last_closed.burst == 0;
    archive_require(archive, horizons_closed(monitor->horizons) == label->closed_bursts);
    archive_require(archive, label->closed_bursts > 0 ? has_closed : has_none);
    for (uint32_t i = 0; i < BURST_OPEN_MAX; i++)
        if (monitor->open.bursts[i].is_open)
            archive_require(archive, can_be_open(monitor, &monitor->open.bursts[i]));
    archive_require(archive, can_be_estimated(horizons_get(monitor->horizons, HORIZON_RUN)) &&
                                 can_be_estimated(horizons_get(monitor->horizons, HORIZON_PERIOD)));
}

static void archive_monitor(struct archive *archive, struct monitor *monitor, const struct state_label *label,
                            int64_t now_ns)
{
    archive_rest(archive, monitor);
    ledger_archive(archive, &monitor->ledger, now_ns);
    open_bursts_archive(archive, &monitor->open, now_ns);
    horizons_archive(archive, monitor->horizons);
    constancy_archive(archive, &monitor->run_constancy);
    constancy_archive(archive, &monitor->period_constancy);
    change_archive(archive, &monitor->change);
    alarms_archive(archive, &monitor->alarms, now_ns);
    if (archive->is_sound)
        check_parts(archive, monitor, label);
}

size_t monitor_save(struct monitor *monitor, unsigned char *bytes, size_t capacity, int64_t now_ns)
{
    assert(capacity >= MONITOR_STATE_BYTES_MAX);
    struct archive archive = archive_save(bytes, capacity);
    struct state_label label = label_of(monitor);
    archive_label(&archive, &label);
    archive_monitor(&archive, monitor, &label, now_ns);
    return archive.is_sound ? archive.at : 0;
}

/* Linear in the counts: those of a sum of bursts are the sum of theirs. */
static void estimate_again(struct monitor *monitor, enum horizon_id id)
{
    const struct horizon *sums = horizons_get(monitor->horizons, id);
    background_estimate_sums(&monitor->background, sums->slots + 1, &monitor->estimates);
    horizons_set_estimates(monitor->horizons, id, &monitor->estimates);
}

enum restored monitor_restore(struct monitor *monitor, const unsigned char *bytes, size_t size, int64_t now_ns)
{
    struct state_label label = {0};
    struct archive archive = archive_restore(bytes, size);
    archive_label(&archive, &label);
    if (!archive.is_sound)
        return RESTORED_DAMAGED;
    enum restored restored = check_label(monitor, &label);
    if (restored != RESTORED_OK)
        return restored;
    monitor_begin(monitor);
    monitor->last_closed = label.last_burst;
    archive_monitor(&archive, monitor, &label, now_ns);
    if (!archive_is_complete(&archive)) {
        monitor_begin(monitor);
        return RESTORED_DAMAGED;
    }
    estimate_again(monitor, HORIZON_RUN);
    estimate_again(monitor, HORIZON_PERIOD);
    return RESTORED_OK;
}

/* ---- the last bursts ---- */

uint64_t monitor_closed_bursts(const struct monitor *monitor)
{
    return horizons_closed(monitor->horizons);
}

uint64_t monitor_oldest_kept(const struct monitor *monitor)
{
    return horizons_oldest(monitor->horizons);
}

static void archive_burst(struct archive *archive, struct monitor *monitor, uint64_t number)
{
    uint64_t magic = BURST_MAGIC;
    archive_between(archive, &magic, BURST_MAGIC, BURST_MAGIC);
    horizons_archive_burst(archive, monitor->horizons, number);
}

size_t monitor_save_burst(struct monitor *monitor, uint64_t number, unsigned char *bytes, size_t capacity)
{
    assert(capacity >= MONITOR_BURST_BYTES_MAX);
    struct archive archive = archive_save(bytes, capacity);
    archive_burst(&archive, monitor, number);
    return archive.is_sound ? archive.at : 0;
}

enum restored monitor_restore_burst(struct monitor *monitor, uint64_t number, const unsigned char *bytes, size_t size)
{
    struct archive archive = archive_restore(bytes, size);
    assert(number == horizons_next_missing(monitor->horizons) && number < horizons_closed(monitor->horizons));
    archive_burst(&archive, monitor, number);
    if (!archive_is_complete(&archive)) {
        monitor_begin(monitor);
        return RESTORED_DAMAGED;
    }
    background_estimate(&monitor->background, horizons_slots_of(monitor->horizons, number) + 1, &monitor->estimates);
    horizons_give_back(monitor->horizons, &monitor->estimates);
    return RESTORED_OK;
}
