/* SPDX-License-Identifier: MIT */
/* fnv1a - the FNV-1a hash of 32 bits (Fowler, Noll, Vo), for tables of names. Whoever chooses the names can make them
 * collide: a table must bound what that costs. */
#ifndef HNLMON_IO_FNV1A_H
#define HNLMON_IO_FNV1A_H

#include <stddef.h>
#include <stdint.h>

static inline uint32_t fnv1a(const void *bytes, size_t size)
{
    const unsigned char *next = bytes;
    uint32_t hash = 2166136261u;
    for (; size > 0; size--)
        hash = (hash ^ *next++) * 16777619u;
    return hash;
}

#endif
