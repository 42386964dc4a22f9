/* SPDX-License-Identifier: MIT */
/* widened - included before mmiss.c for the negative control: twice the domain of momenta, and no assertion of the
 * compiler that refuses it. */
#define _Static_assert(...) struct proofs_nothing
#include "hnlmon/units.h"
#undef MOMENTUM_LIMIT_Q13
#define MOMENTUM_LIMIT_Q13 INT32_MAX
