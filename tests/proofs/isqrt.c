/* SPDX-License-Identifier: MIT */
/*
 * isqrt - both ways to the nearest square root, for every n < 2^63, in slices of 2^57: within a slice the leading bits
 * of the root are known, which is what bounds root + 1 and the distance of root^2 from n.
 */
#include "kernel/isqrt.h"

#include "hnlmon/mmiss.h"
#include "proofs/domain.h"

#define SLICE ((uint64_t)1 << 57)
#ifdef WIDENED
#define SLICES 128u /* every 64-bit number */
#else
#define SLICES 64u
#endif

static uint32_t roots(uint64_t n)
{
    return isqrt_nearest_integer(n) | isqrt_nearest(n);
}

int main(void)
{
    uint32_t root = roots(0) | roots(Frama_C_unsigned_long_interval(1, SLICE - 1));
    for (uint64_t slice = 1; slice < SLICES; slice++)
        root |= roots(SLICE * slice + Frama_C_unsigned_long_interval(0, SLICE - 1));
    return root != 0;
}
