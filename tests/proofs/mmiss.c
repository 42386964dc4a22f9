/* SPDX-License-Identifier: MIT */
/*
 * mmiss - the squared missing mass for any momenta, and its rounding for any 64 bits.
 *
 * A component beyond the limit must be refused, which select.c relies on.
 */
#include "hnlmon/mmiss.h"

#include "hnlmon/units.h"
#include "proofs/domain.h"

static void set(int32_t momenta[9], int32_t value, unsigned at)
{
    for (unsigned i = 0; i < 9; i++)
        momenta[i] = any_int32();
    momenta[at] = value;
}

static bool compute(const int32_t momenta[9], int64_t *m2)
{
    return mmiss_compute(momenta, momenta + 3, momenta + 6, m2);
}

int main(void)
{
    int32_t momenta[9];
    int64_t m2;
    set(momenta, any_int32(), 0);
    if (compute(momenta, &m2)) {
        /*@ assert -(0x4000000000000000 + 0x2000000000000000) <= m2 <= 0x4000000000000000; */
    }
    int32_t mev2 = mmiss_mev2(Frama_C_long_interval(INT64_MIN, INT64_MAX));
    /*@ assert -0x80000000 <= mev2 <= 0x7fffffff; */
    for (unsigned at = 0; at < 9; at++) {
        set(momenta, Frama_C_interval(MOMENTUM_LIMIT_Q13 + 1, INT32_MAX), at);
        bool is_taken = compute(momenta, &m2);
        set(momenta, Frama_C_interval(INT32_MIN, -MOMENTUM_LIMIT_Q13 - 1), at);
        is_taken |= compute(momenta, &m2);
        /*@ assert is_taken == 0; */
    }
    return mev2 != 0;
}
