/* SPDX-License-Identifier: MIT */
/* le64 - little-endian 64-bit words at any alignment, from the 32-bit ones of candidate.h. */
#ifndef HNLMON_WIRE_LE64_H
#define HNLMON_WIRE_LE64_H

#include <stdint.h>

#include "hnlmon/candidate.h"

static inline uint64_t load_le64(const unsigned char *bytes)
{
    return (uint64_t)load_le32(bytes) | (uint64_t)load_le32(bytes + 4) << 32;
}

static inline void store_le64(unsigned char *bytes, uint64_t value)
{
    store_le32(bytes, (uint32_t)value);
    store_le32(bytes + 4, (uint32_t)(value >> 32));
}

#endif
