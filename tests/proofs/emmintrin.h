/* SPDX-License-Identifier: MIT */
/* emmintrin - the four vector instructions of kernel/isqrt.h in plain C, for an analysis that does not know them. The
 * unused upper half of a vector is left out. */
#ifndef PROOFS_EMMINTRIN_H
#define PROOFS_EMMINTRIN_H

#include <math.h>
#include <stdint.h>

typedef struct {
    double low;
} __m128d;

static inline __m128d _mm_setzero_pd(void)
{
    return (__m128d){0};
}

static inline __m128d _mm_cvtsi64_sd(__m128d upper, int64_t value)
{
    upper.low = (double)value;
    return upper;
}

static inline __m128d _mm_sqrt_sd(__m128d upper, __m128d value)
{
    upper.low = sqrt(value.low);
    return upper;
}

static inline int64_t _mm_cvttsd_si64(__m128d value)
{
    return (int64_t)value.low;
}

#endif
