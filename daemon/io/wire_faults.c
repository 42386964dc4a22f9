/* SPDX-License-Identifier: MIT */
/* wire_faults - see the header. Random numbers: SplitMix64 (Steele, Lea, Flood, OOPSLA 2014). */
#include "io/wire_faults.h"

#include <string.h>

#include "wire/frame_codec.h"

static uint64_t next_random(struct wire_faults *faults)
{
    uint64_t z = faults->random += 0x9E3779B97F4A7C15u;
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
    z = (z ^ z >> 27) * 0x94D049BB133111EBu;
    return z ^ z >> 31;
}

/* Uniform in [0, 1). */
static double next_uniform(struct wire_faults *faults)
{
    return (double)(next_random(faults) >> 11) * 0x1p-53;
}

void wire_faults_init(struct wire_faults *faults, const double probability[FAULT_COUNT], uint64_t seed)
{
    memcpy(faults->probability, probability, sizeof faults->probability);
    faults->random = seed;
}

enum wire_fault wire_faults_draw(struct wire_faults *faults)
{
    enum wire_fault drawn = FAULT_NONE;
    for (int fault = FAULT_COUNT - 1; fault >= 0; fault--)
        if (faults->probability[fault] > 0 && next_uniform(faults) < faults->probability[fault])
            drawn = (enum wire_fault)fault;
    return drawn;
}

void wire_faults_corrupt(struct wire_faults *faults, const unsigned char *bytes, uint32_t size, unsigned char *copy)
{
    struct frame frame;
    memcpy(copy, bytes, size);
    do { /* most bits are in the columns, so this ends soon */
        uint64_t bit = next_random(faults) % ((uint64_t)size * 8);
        memcpy(copy, bytes, size);
        copy[bit / 8] ^= (unsigned char)(1u << bit % 8);
    } while (frame_decode(copy, size, &frame) == REFUSAL_NONE);
}
