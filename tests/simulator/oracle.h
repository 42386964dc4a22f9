/* SPDX-License-Identifier: MIT */
/*
 * oracle - what must hold when all faults are over: the daemon has the account that the sources have, and the bits of a
 * reference monitor that got the same frames in a straight line, with the same losses and the same orders.
 *
 * Of a front-end that was killed the daemon may have any beginning of what it said. Of the others it must have
 * everything, and have lost what they lost.
 */
#ifndef HNLMON_SIMULATOR_ORACLE_H
#define HNLMON_SIMULATOR_ORACLE_H

#include "daemon_model.h"

/* Fails the world when anything is not as it must be; adds to its totals. */
void oracle_check(struct world *world, const struct plan *plan, const struct front_end *front_ends,
                  const struct daemon_model *daemon);

#endif
