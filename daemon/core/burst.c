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

struct burst *burst_open(struct open_bursts *open, struct burst_key key)
{
    for (uint32_t i = 0; i < BURST_OPEN_MAX; i++) {
        struct burst *burst = &open->bursts[i];
        if (burst->is_open)
            continue;
        memset(burst, 0, sizeof *burst);
        burst->key = key;
        burst->is_open = true;
        burst->t_begin_ns = UINT64_MAX;
        burst->live_ppm = UINT32_MAX;
        return burst;
    }
    return NULL;
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
