/* SPDX-License-Identifier: MIT */
/* burst - see burst.h. */
#include "core/burst.h"

#include <assert.h>
#include <stddef.h>
#include <string.h>

int burst_compare(struct burst_key a, struct burst_key b)
{
    if (a.run != b.run)
        return a.run < b.run ? -1 : 1;
    return (a.burst > b.burst) - (a.burst < b.burst);
}

struct burst *burst_find(struct open_bursts *open, struct burst_key key)
{
    for (uint32_t i = 0; i < BURST_OPEN_MAX; i++)
        if (open->bursts[i].is_open && burst_compare(open->bursts[i].key, key) == 0)
            return &open->bursts[i];
    return NULL;
}

static uint32_t count_open(const struct open_bursts *open)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < BURST_OPEN_MAX; i++)
        count += open->bursts[i].is_open;
    return count;
}

struct burst *burst_open(struct open_bursts *open, struct burst_key key, uint32_t most)
{
    struct burst *burst = open->bursts;
    assert(most <= BURST_OPEN_MAX);
    if (count_open(open) >= most)
        return NULL;
    while (burst->is_open)
        burst++;
    memset(burst, 0, sizeof *burst);
    burst->key = key;
    burst->is_open = true;
    burst->t_begin_ns = UINT64_MAX;
    burst->live_ppm = UINT32_MAX;
    return burst;
}

struct burst *burst_oldest(struct open_bursts *open)
{
    struct burst *oldest = NULL;
    for (uint32_t i = 0; i < BURST_OPEN_MAX; i++) {
        struct burst *burst = &open->bursts[i];
        if (burst->is_open && (!oldest || burst_compare(burst->key, oldest->key) < 0))
            oldest = burst;
    }
    return oldest;
}

/* Sources that disagree make a downscaling variable; `known` is 0 before the first said something. A value without
 * meaning is unknown, never 0: otherwise it would count as nothing said, and only if it came first. */
static int32_t agree(int32_t known, int32_t said)
{
    if (said < 1 && said != DOWNSCALING_VARIABLE)
        said = DOWNSCALING_UNKNOWN;
    return known == 0 || known == said ? said : DOWNSCALING_VARIABLE;
}

enum origin burst_stricter_origin(enum origin a, enum origin b)
{
    if (a == ORIGIN_UNSPECIFIED || b == ORIGIN_UNSPECIFIED)
        return a == ORIGIN_UNSPECIFIED ? b : a;
    return a < b ? a : b;
}

void burst_count(struct burst *burst, uint32_t source, uint64_t candidates)
{
    uint32_t i = 0;
    while (i < burst->link_count && burst->links[i].source < source)
        i++;
    if (i == burst->link_count || burst->links[i].source != source) {
        assert(burst->link_count < LEDGER_ENTRIES_MAX);
        memmove(&burst->links[i + 1], &burst->links[i], (burst->link_count - i) * sizeof burst->links[0]);
        burst->links[i] = (struct burst_link){.source = source};
        burst->link_count++;
    }
    burst->links[i].candidates += candidates;
}

void burst_begin(struct burst *burst, const struct burst_begin *begin, enum origin origin)
{
    burst->began++;
    burst_count(burst, begin->mark.source, 0);
    burst->input_downscaling = agree(burst->input_downscaling, begin->input_downscaling);
    if (begin->mark.t_ns < burst->t_begin_ns)
        burst->t_begin_ns = begin->mark.t_ns;
    burst->origin = burst_stricter_origin(burst->origin, origin);
}

void burst_end(struct burst *burst, const struct burst_end *end)
{
    burst->ended++;
    burst->generated += end->generated;
    burst->kept += end->kept;
    burst->sent += end->sent;
    burst->downscaling = agree(burst->downscaling, end->downscaling);
    bool is_usable = end->intensity >= INTENSITY_MIN && end->intensity <= INTENSITY_MAX; /* false for a NaN */
    burst->has_bad_intensity |= !is_usable && end->intensity != 0.0;
    if (is_usable && end->intensity > burst->intensity)
        burst->intensity = end->intensity;
    burst->choke_count += end->choke_count;
    if (end->live_ppm < burst->live_ppm)
        burst->live_ppm = end->live_ppm;
    if (end->mark.t_ns > burst->t_end_ns)
        burst->t_end_ns = end->mark.t_ns;
}

uint32_t burst_flaws(const struct burst *burst)
{
    uint32_t flaws = 0;
    if (burst->lost)
        flaws |= 1u << FLAW_LOSS;
    if (burst->ended < burst->began || burst->ended < burst->expected)
        flaws |= 1u << FLAW_INCOMPLETE;
    if (burst->input_downscaling < 1)
        flaws |= 1u << FLAW_DOWNSCALING;
    return flaws;
}

/* ---- what survives a restart ---- */

static uint64_t candidates_of(const struct burst *burst)
{
    uint64_t candidates = burst->accepted; /* 15 numbers, each at most BURST_CANDIDATES_MAX */
    for (int reason = 0; reason < REJECT_REASON_COUNT; reason++)
        candidates += burst->rejected[reason];
    return candidates;
}

/* What a source can say, or 0: nothing was said. */
static bool is_downscaling(int32_t said)
{
    return said >= 0 || said == DOWNSCALING_VARIABLE || said == DOWNSCALING_UNKNOWN;
}

static bool is_intensity(double intensity)
{
    return intensity == 0.0 || (intensity >= INTENSITY_MIN && intensity <= INTENSITY_MAX);
}

/* What the sources said. */
static void archive_marks(struct archive *archive, struct burst *burst, int64_t now_ns)
{
    archive_u32(archive, &burst->key.run);
    archive_u32(archive, &burst->key.burst);
    archive_u32(archive, &burst->began);
    archive_u32(archive, &burst->ended);
    archive_u64(archive, &burst->t_begin_ns);
    archive_u64(archive, &burst->t_end_ns);
    archive_u64(archive, &burst->generated);
    archive_u64(archive, &burst->kept);
    archive_u64(archive, &burst->sent);
    archive_i32(archive, &burst->downscaling);
    archive_i32(archive, &burst->input_downscaling);
    archive_double_between(archive, &burst->intensity, 0.0, INTENSITY_MAX);
    archive_bool(archive, &burst->has_bad_intensity);
    archive_u32(archive, &burst->live_ppm);
    archive_u32(archive, &burst->choke_count);
    burst->origin = (enum origin)archive_enum(archive, burst->origin, ORIGIN_COUNT);
    archive_time(archive, &burst->active_ns, now_ns);
    archive_require(archive, burst->key.run > 0 && burst->key.burst > 0 && burst->ended <= burst->began);
    archive_require(archive, is_downscaling(burst->downscaling) && is_downscaling(burst->input_downscaling));
    archive_require(archive, is_intensity(burst->intensity));
}

/* In the order of their sources, each once. */
static void archive_links(struct archive *archive, struct burst *burst)
{
    archive_below(archive, &burst->link_count, LEDGER_ENTRIES_MAX + 1);
    for (uint32_t i = 0; i < burst->link_count; i++) {
        archive_u32(archive, &burst->links[i].source);
        archive_between(archive, &burst->links[i].candidates, 0, BURST_CANDIDATES_MAX);
        archive_require(archive, i == 0 || burst->links[i - 1].source < burst->links[i].source);
    }
}

static void archive_counts(struct archive *archive, struct burst *burst)
{
    archive_between(archive, &burst->accepted, 0, BURST_CANDIDATES_MAX);
    for (int reason = 0; reason < REJECT_REASON_COUNT; reason++)
        archive_between(archive, &burst->rejected[reason], 0, BURST_CANDIDATES_MAX);
    for (int veto = 0; veto < VETO_COUNT; veto++)
        archive_between(archive, &burst->vetoes[veto], 0, BURST_CANDIDATES_MAX);
    archive_between(archive, &burst->lost, 0, SEQ_LIMIT);
    archive_links(archive, burst);
    archive_u32s(archive, burst->slots, HISTOGRAM_SLOTS);
    uint64_t candidates = candidates_of(burst);
    archive_require(archive, candidates <= BURST_CANDIDATES_MAX && histograms_hold(burst->slots, candidates));
}

/* The open burst that comes next in time; NULL when there is none. */
static struct burst *next_after(struct open_bursts *open, struct burst_key key)
{
    struct burst *next = NULL;
    for (uint32_t i = 0; i < BURST_OPEN_MAX; i++) {
        struct burst *burst = &open->bursts[i];
        if (burst->is_open && burst_compare(burst->key, key) > 0 && (!next || burst_compare(burst->key, next->key) < 0))
            next = burst;
    }
    return next;
}

/* In the order of time: which place a burst has means nothing. */
void open_bursts_archive(struct archive *archive, struct open_bursts *open, int64_t now_ns)
{
    struct burst_key last = {0, 0};
    uint32_t count = archive->is_saving ? count_open(open) : 0;
    archive_below(archive, &count, BURST_OPEN_MAX + 1);
    for (uint32_t i = 0; i < count; i++) {
        struct burst *burst = archive->is_saving ? next_after(open, last) : &open->bursts[i];
        archive_marks(archive, burst, now_ns);
        archive_counts(archive, burst);
        archive_require(archive, burst_compare(burst->key, last) > 0);
        burst->is_open = true;
        last = burst->key;
    }
}
