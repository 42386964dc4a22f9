/* SPDX-License-Identifier: MIT */
/*
 * isqrt - the nearest integer to a square root, exactly.
 *
 * The rule is one: r is nearest to sqrt(n) when (r - 1/2)^2 < n < (r + 1/2)^2, in integers -r < n - r^2 <= r. This file
 * finds floor(sqrt(n)) bit by bit (the abacus algorithm, C. Woo 1985), for machines without a square root; the way of a
 * hosted x86-64 build is in isqrt.h.
 */
#include "kernel/isqrt.h"

#include "hnlmon/mmiss.h"

/* Before the step of bit = 4^k, root = R * 2^(k+1), where R <= sqrt(n) < 2^31.5 are the bits found so far, and n has
 * lost R^2. R is 0 at k = 31, so root <= 2^31.5 * 2^31 < 2^62.6 always. */
uint32_t isqrt_nearest_integer(uint64_t n)
{
    uint64_t root = 0;
    for (uint64_t bit = (uint64_t)1 << 62; bit != 0; bit >>= 2) {
        uint64_t trial = root + bit; /* k = 31: 2^62; else < 2^62.6 + 2^60 < 2^63 */
        root >>= 1;
        if (n >= trial) {
            n -= trial; /* >= 0 by the line above */
            root += bit;
        }
    }
    /* Now root = floor(sqrt(n at entry)) < 2^31.5 and n = the rest, 0 <= rest <= 2 * root. */
    return (uint32_t)(n > root ? root + 1 : root); /* <= 3037000500 < 2^32 */
}

uint32_t isqrt_nearest(uint64_t n)
{
    return isqrt_nearest_inline(n);
}
