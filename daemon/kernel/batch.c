/* SPDX-License-Identifier: MIT */
/*
 * batch - which kernel evaluates a block, and how a block of any length is cut into vectors.
 *
 * The scalar kernel is select_candidate itself. A vector kernel takes whole vectors; a remainder is taken as one more
 * vector that ends with the block and repeats some candidates, which gives the same results again. A block shorter than
 * a vector is left to the scalar kernel.
 */
#include "kernel/batch.h"

#include <assert.h>
#include <stdatomic.h>
#include <stddef.h>
#include <string.h>

#include "hnlmon/mmiss.h"
#include "kernel/batch_kernel.h"

const struct axis batch_axis = {
    .lo = BATCH_AXIS_LOW,
    .width = M2_BIN_WIDTH_MEV2,
    .bins = M2_BIN_COUNT,
};

static void scalar_evaluate(const struct selection *selection, const struct candidate_columns *columns, uint32_t begin,
                            uint32_t count, uint32_t at, struct batch_result *result)
{
    for (uint32_t i = 0; i < count; i++) {
        const struct candidate candidate = candidate_load(columns, begin + i);
        int64_t m2;
        result->reason[at + i] = (uint8_t)select_candidate(selection, &candidate, &m2);
        result->m2[at + i] = m2;
        result->slot[at + i] = (uint16_t)axis_slot(&batch_axis, mmiss_mev2(m2)); /* <= 1501 */
    }
}

static bool always(void)
{
    return true;
}

#if BATCH_X86
static bool has_avx2(void)
{
    return __builtin_cpu_supports("avx2");
}

static bool has_avx512(void)
{
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
           __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl");
}
#endif

struct batch_kernel {
    const char *name;
    uint32_t lanes;
    bool (*is_supported)(void);
    void (*evaluate)(const struct selection *selection, const struct candidate_columns *columns, uint32_t begin,
                     uint32_t count, uint32_t at, struct batch_result *result);
};

/* Slowest first: the last that the CPU supports is the default. */
static const struct batch_kernel kernels[] = {
    {"scalar", 1, always, scalar_evaluate},
#if BATCH_X86
    {"avx2", BATCH_AVX2_LANES, has_avx2, batch_avx2_evaluate},
    {"avx512", BATCH_AVX512_LANES, has_avx512, batch_avx512_evaluate},
#endif
};
enum { KERNEL_COUNT = sizeof kernels / sizeof kernels[0] };

static _Atomic(const struct batch_kernel *) chosen; /* NULL until the first use; any thread may be the first */

static void read_cpu_features(void)
{
#if BATCH_X86
    __builtin_cpu_init();
#endif
}

static const struct batch_kernel *best_kernel(void)
{
    const struct batch_kernel *best = &kernels[0];
    read_cpu_features();
    for (size_t i = 1; i < KERNEL_COUNT; i++)
        if (kernels[i].is_supported())
            best = &kernels[i];
    return best;
}

static const struct batch_kernel *current_kernel(void)
{
    const struct batch_kernel *kernel = atomic_load_explicit(&chosen, memory_order_relaxed);
    if (kernel == NULL) {
        kernel = best_kernel();
        atomic_store_explicit(&chosen, kernel, memory_order_relaxed);
    }
    return kernel;
}

const char *batch_kernel_name(void)
{
    return current_kernel()->name;
}

bool batch_kernel_use(const char *name)
{
    read_cpu_features();
    for (size_t i = 0; i < KERNEL_COUNT; i++)
        if (strcmp(kernels[i].name, name) == 0 && kernels[i].is_supported()) {
            atomic_store_explicit(&chosen, &kernels[i], memory_order_relaxed);
            return true;
        }
    return false;
}

void batch_evaluate(const struct selection *selection, const struct candidate_columns *columns, uint32_t begin,
                    uint32_t count, struct batch_result *result)
{
    assert(count <= BATCH_BLOCK && begin <= columns->count && count <= columns->count - begin);
    const struct batch_kernel *kernel = current_kernel();
    uint32_t lanes = kernel->lanes;
    if (count < lanes) {
        scalar_evaluate(selection, columns, begin, count, 0, result);
        return;
    }
    uint32_t rest = count % lanes;
    kernel->evaluate(selection, columns, begin, count - rest, 0, result);
    if (rest > 0)
        kernel->evaluate(selection, columns, begin + count - lanes, lanes, count - lanes, result);
}
