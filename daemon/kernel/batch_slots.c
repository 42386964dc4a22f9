/* SPDX-License-Identifier: MIT */
/*
 * batch_slots - see the header.
 *
 * The same few lines are compiled for each instruction set and the compiler makes vectors of them; the version is
 * chosen by the CPU at the first use. A double divides by multiplication, integers do not: (distance + 0.5) / width is
 * at least 0.5 / width >= 2^-32 away from any integer, and the product is wrong by less than 2^32 * 2^-51, so that the
 * truncation is the exact floor.
 */
#include "kernel/batch_slots.h"

#include <stdatomic.h>
#include <stddef.h>

#include "hnlmon/candidate.h"
#include "hnlmon/units.h"

#define IN_EACH_VERSION static inline __attribute__((always_inline))

IN_EACH_VERSION void find_slots(const struct axis *axis, uint32_t first, const unsigned char *words, uint32_t count,
                                uint16_t *restrict slots)
{
    const int32_t lowest = axis->lo;
    const double lo = (double)axis->lo - 0.5, scale = 1.0 / (double)axis->width, last = (double)axis->bins + 1.0;
    for (uint32_t i = 0; i < count; i++) {
        int32_t value = (int32_t)load_le32(words + (size_t)4 * i);
        double slot = ((double)value - lo) * scale + 1.0;
        slot = slot < last ? slot : last;
        slots[i] = (uint16_t)((int32_t)first + (int32_t)(value < lowest ? 0.0 : slot));
    }
}

IN_EACH_VERSION void find_magnitudes(const unsigned char *x, const unsigned char *y, const unsigned char *z,
                                     uint32_t count, unsigned char *restrict words)
{
    for (uint32_t i = 0; i < count; i++) {
        double vx = (int32_t)load_le32(x + (size_t)4 * i);
        double vy = (int32_t)load_le32(y + (size_t)4 * i);
        double vz = (int32_t)load_le32(z + (size_t)4 * i);
        double v = __builtin_sqrt(vx * vx + vy * vy + vz * vz);
        store_le32(words + (size_t)4 * i, (uint32_t)(int32_t)(v < MOMENTUM_LIMIT_Q13 ? v : MOMENTUM_LIMIT_Q13));
    }
}

struct version {
    void (*slots)(const struct axis *, uint32_t, const unsigned char *, uint32_t, uint16_t *);
    void (*magnitudes)(const unsigned char *, const unsigned char *, const unsigned char *, uint32_t, unsigned char *);
};

#define VERSION(name, target)                                                                                          \
    target static void name##_slots(const struct axis *axis, uint32_t first, const unsigned char *words,               \
                                    uint32_t count, uint16_t *slots)                                                   \
    {                                                                                                                  \
        find_slots(axis, first, words, count, slots);                                                                  \
    }                                                                                                                  \
    target static void name##_magnitudes(const unsigned char *x, const unsigned char *y, const unsigned char *z,       \
                                         uint32_t count, unsigned char *words)                                         \
    {                                                                                                                  \
        find_magnitudes(x, y, z, count, words);                                                                        \
    }                                                                                                                  \
    static const struct version name = {name##_slots, name##_magnitudes};

/* GCC keeps to 256 bits unless it is told; clang does not know the word. */
#if defined(__clang__)
#define WIDEST ""
#else
#define WIDEST ",prefer-vector-width=512"
#endif

VERSION(plain, )
#if defined(__x86_64__)
VERSION(avx2, __attribute__((target("avx2"))))
VERSION(avx512, __attribute__((target("avx512f,avx512dq,avx512bw,avx512vl" WIDEST))))

static const struct version *best_version(void)
{
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw") &&
        __builtin_cpu_supports("avx512vl"))
        return &avx512;
    return __builtin_cpu_supports("avx2") ? &avx2 : &plain;
}
#else
static const struct version *best_version(void)
{
    return &plain;
}
#endif

static const struct version *current(void)
{
    static _Atomic(const struct version *) chosen; /* NULL until the first use; any thread may be the first */
    const struct version *version = atomic_load_explicit(&chosen, memory_order_relaxed);
    if (version == NULL) {
        version = best_version();
        atomic_store_explicit(&chosen, version, memory_order_relaxed);
    }
    return version;
}

void batch_slots(const struct axis *axis, uint32_t first, const unsigned char *words, uint32_t count, uint16_t *slots)
{
    current()->slots(axis, first, words, count, slots);
}

void batch_magnitudes(const unsigned char *x, const unsigned char *y, const unsigned char *z, uint32_t count,
                      unsigned char *words)
{
    current()->magnitudes(x, y, z, count, words);
}
