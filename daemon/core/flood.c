/* SPDX-License-Identifier: MIT */
/* flood - see flood.h. */
#include "core/flood.h"

void flood_advance(struct flood *flood, uint64_t t_ns)
{
    if (t_ns > 0)
        flood->now_ns = t_ns;
}

void flood_add(struct flood *flood)
{
    flood->begun_ns[flood->begun++ % (FLOOD_COUNT + 1)] = flood->now_ns;
}

static uint64_t apart_ns(uint64_t a, uint64_t b)
{
    return a > b ? a - b : b - a;
}

uint32_t flood_recent(const struct flood *flood)
{
    uint32_t recent = 0;
    if (flood->now_ns == 0)
        return 0;
    for (uint64_t i = 0; i < FLOOD_COUNT + 1 && i < flood->begun; i++)
        recent += apart_ns(flood->now_ns, flood->begun_ns[i]) < FLOOD_NS;
    return recent;
}

void flood_archive(struct archive *archive, struct flood *flood)
{
    archive_u64(archive, &flood->now_ns);
    archive_u64(archive, &flood->begun);
    archive_u64s(archive, flood->begun_ns, flood->begun < FLOOD_COUNT + 1 ? flood->begun : FLOOD_COUNT + 1);
}
