/* SPDX-License-Identifier: MIT */
/*
 * batch - select_candidate and the default histogram slot for a block of candidates at once.
 *
 * The results are those of select_candidate and axis_slot bit for bit, for every value of every 32-bit word; only the
 * time that it takes depends on the kernel. A kernel is chosen by the CPU at the first use.
 */
#ifndef KERNEL_BATCH_H
#define KERNEL_BATCH_H

#include <stdbool.h>
#include <stdint.h>

#include "hnlmon/candidate.h"
#include "hnlmon/histogram.h"
#include "hnlmon/select.h"

#define BATCH_BLOCK 256 /* candidates per call, at most: the results of a block stay in the first-level cache */

/* Entry i belongs to candidate begin + i; entries from `count` on are left alone or overwritten. */
struct batch_result {
    int64_t m2[BATCH_BLOCK];     /* Q26 MeV^2; 0 for BAD_TIME and BAD_RANGE */
    uint16_t slot[BATCH_BLOCK];  /* of m2 on the default axis: 0 underflow, 1 .. M2_BIN_COUNT, then overflow */
    uint8_t reason[BATCH_BLOCK]; /* enum reject_reason */
};

/* The default axis of units.h, in MeV^2. */
extern const struct axis batch_axis;

/* Evaluates candidates begin .. begin + count - 1; count <= BATCH_BLOCK and begin + count <= columns->count. */
void batch_evaluate(const struct selection *selection, const struct candidate_columns *columns, uint32_t begin,
                    uint32_t count, struct batch_result *result);

/* The kernel in use: "scalar", "avx2" or "avx512". */
const char *batch_kernel_name(void);

/* Chooses a kernel by name, for tests and benchmarks; false, with nothing changed, if the CPU lacks it or the name is
 * unknown. */
bool batch_kernel_use(const char *name) __attribute__((warn_unused_result));

#endif
