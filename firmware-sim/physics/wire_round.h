/* SPDX-License-Identifier: MIT */
/* wire_round - from double precision to the wire's integers, and what fits into them. */
#ifndef PHYSICS_WIRE_ROUND_H
#define PHYSICS_WIRE_ROUND_H

#include <math.h>
#include <stdbool.h>
#include <stdint.h>

#include "hnlmon/units.h"
#include "physics/vector.h"

/* Nearest integer; |value| < 2^31. */
static inline int32_t wire_round(double value)
{
    return (int32_t)lrint(value);
}

/* Q13 of a momentum or mass in MeV; |value| < 2^18 MeV. */
static inline int32_t wire_round_mev(double value_mev)
{
    return wire_round((1 << MOMENTUM_SHIFT) * value_mev);
}

/* |p| stays within MOMENTUM_LIMIT_Q13 = 131072 MeV/c after rounding, which moves it by less than 0.001 MeV/c. False
 * for NaN. */
static inline bool wire_holds_momentum(struct four particle)
{
    const double limit_mev = (double)MOMENTUM_LIMIT_Q13 / (1 << MOMENTUM_SHIFT) - 0.001;
    return four_momentum2(particle) <= limit_mev * limit_mev;
}

/* A momentum that the wire holds. */
static inline void wire_round_momentum(int32_t momentum[3], struct four particle)
{
    momentum[0] = wire_round_mev(particle.x);
    momentum[1] = wire_round_mev(particle.y);
    momentum[2] = wire_round_mev(particle.z);
}

#endif
