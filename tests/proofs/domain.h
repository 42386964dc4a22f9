/* SPDX-License-Identifier: MIT */
/*
 * domain - values of which the analysis knows nothing but their range, for the drivers of this folder.
 *
 * With WIDENED a driver goes beyond the domain that the code accepts: the analysis must then raise alarms, or it could
 * not have found anything within the domain either.
 */
#ifndef PROOFS_DOMAIN_H
#define PROOFS_DOMAIN_H

#include <stdint.h>

#include "__fc_builtin.h"

static inline int32_t any_int32(void)
{
    return Frama_C_interval(INT32_MIN, INT32_MAX);
}

static inline uint32_t any_uint32(void)
{
    return Frama_C_unsigned_int_interval(0, UINT32_MAX);
}

#endif
