/* SPDX-License-Identifier: MIT */
/* latency - see the header. Times below 8 ns have bins of their own: bin = ns. Above, with 2^e <= ns < 2^(e+1), e >= 3:
 * bin = 8 (e - 2) + (ns / 2^(e-3) - 8), which continues at bin 8 for ns = 8. */
#include "io/latency.h"

#define FRACTION_BITS 3
#define FRACTIONS (1u << FRACTION_BITS)

static uint32_t bin_of(uint64_t ns)
{
    if (ns < FRACTIONS)
        return (uint32_t)ns;
    uint32_t shift = 63u - (uint32_t)__builtin_clzll(ns) - FRACTION_BITS; /* 0 .. 60 */
    return FRACTIONS * shift + (uint32_t)(ns >> shift);                   /* <= 8 * 60 + 15 = 495 */
}

/* The largest ns of the bin, plus one. */
static double upper_edge_ns(uint32_t bin)
{
    if (bin < 2 * FRACTIONS)
        return bin + 1.0;
    uint32_t shift = bin / FRACTIONS - 1;
    return (double)(bin - FRACTIONS * shift + 1) * (double)((uint64_t)1 << shift);
}

void latency_add(struct latency *latency, int64_t ns)
{
    latency->counts[bin_of(ns > 0 ? (uint64_t)ns : 0)]++;
    latency->total++;
}

double latency_quantile_us(const struct latency *latency, double q)
{
    double wanted = q * (double)latency->total;
    uint64_t seen = 0;
    for (uint32_t bin = 0; bin < LATENCY_BINS; bin++) {
        seen += latency->counts[bin];
        if (seen > 0 && (double)seen >= wanted)
            return upper_edge_ns(bin) / 1000.0;
    }
    return 0.0;
}
