/* SPDX-License-Identifier: MIT */
/* flood - see flood.h. */
#include "core/flood.h"

void flood_advance(struct flood *flood, uint64_t t_ns)
{
    if (t_ns > flood->now_ns)
        flood->now_ns = t_ns;
}

void flood_add(struct flood *flood)
{
    flood->begun_ns[flood->begun++ % (FLOOD_COUNT + 1)] = flood->now_ns;
}

uint32_t flood_recent(const struct flood *flood)
{
    uint32_t recent = 0;
    for (uint64_t i = 0; i < FLOOD_COUNT + 1 && i < flood->begun; i++)
        recent += flood->now_ns - flood->begun_ns[i] < FLOOD_NS;
    return recent;
}
