/* SPDX-License-Identifier: MIT */
/*
 * isqrt - the two ways to isqrt_nearest (hnlmon/mmiss.h), which give the same result for every n < 2^63.
 *
 * A hosted x86-64 build estimates the root with the hardware square root and then puts it right with the integer rule,
 * so that neither a rounding mode nor the 53 bits of a double can show. Every other build uses integers only.
 */
#ifndef KERNEL_ISQRT_H
#define KERNEL_ISQRT_H

#include <stdint.h>

/* By shifts, additions and comparisons only; every build has it. */
uint32_t isqrt_nearest_integer(uint64_t n);

#if defined(__x86_64__) && __STDC_HOSTED__

#include <emmintrin.h>

/* The conversion of n < 2^63 has a relative error of at most 2^-52 in any rounding mode, and the root adds as much: the
 * estimate is wrong by less than 2^31.5 * 2^-51 < 2^-19, its integer part is at most one away from the nearest integer.
 */
static inline int64_t isqrt_estimate(int64_t n)
{
    __m128d square = _mm_cvtsi64_sd(_mm_setzero_pd(), n);
    return _mm_cvttsd_si64(_mm_sqrt_sd(square, square));
}

/* The nearest root r has -r < n - r^2 <= r, or n = r = 0. */
static inline uint32_t isqrt_nearest_inline(uint64_t n)
{
    int64_t root = isqrt_estimate((int64_t)n); /* 0 <= root <= 3037000499 */
    int64_t rest = (int64_t)n - root * root;   /* root^2 < 2^63; |rest| <= 3 * root + 3 < 2^34 */
    int64_t is_low = rest > root;
    int64_t is_high = rest + root < (n > 0);
    return (uint32_t)(root + is_low - is_high);
}

#else

static inline uint32_t isqrt_nearest_inline(uint64_t n)
{
    return isqrt_nearest_integer(n);
}

#endif

#endif
