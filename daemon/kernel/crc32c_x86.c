/* SPDX-License-Identifier: MIT */
/*
 * crc32c_x86 - CRC-32C by carry-less multiplication, chosen at run time.
 *
 * A message is a polynomial, and only its residue matters: a block of 16 bytes that lies D bits before another is moved
 * there by multiplying with x^D mod P (folding; Gopal et al., "Fast CRC computation using PCLMULQDQ", Intel 2009). Four
 * blocks in flight hide the latency of the multiplier. What is left, 16 bytes with the residue of everything before,
 * goes through the crc32 instruction, which also does short inputs and tails.
 *
 * Bits are reflected, so the low 64 bits of a block are 64 powers higher than the high ones, a 32-bit constant in a
 * 64-bit half counts as multiplied by x^32, and a product is short of one power of x. Hence, for a distance of D bits:
 *   low constant = reflect(x^(D + 32) mod P) << 1,   high constant = reflect(x^(D - 32) mod P) << 1.
 */
#include "kernel/crc32c.h"

#if CRC32C_ACCELERATED

#include <immintrin.h>
#include <stdatomic.h>
#include <string.h>

#define PCLMUL __attribute__((target("sse4.2,pclmul")))
#define VPCLMUL __attribute__((target("sse4.2,pclmul,avx512f,avx512vl,avx512dq,vpclmulqdq")))

#define FOLD_128_LOW 0x0F20C0DFE
#define FOLD_128_HIGH 0x14CD00BD6
#define FOLD_256_LOW 0x1384AA63A
#define FOLD_256_HIGH 0x0BA4FC28E
#define FOLD_384_LOW 0x01C291D04
#define FOLD_384_HIGH 0x1D82C63DA
#define FOLD_512_LOW 0x0740EEF02
#define FOLD_512_HIGH 0x09E4ADDF8
#define FOLD_1024_LOW 0x06992CEA2
#define FOLD_1024_HIGH 0x00D3B6092
#define FOLD_1536_LOW 0x0A87AB8A8
#define FOLD_1536_HIGH 0x0AB7AFF2A
#define FOLD_2048_LOW 0x0DCB17AA4
#define FOLD_2048_HIGH 0x0B9E02B86

/* What is left to do: the register (already inverted) stands before the next byte. */
struct crc_work {
    uint32_t crc;
    const unsigned char *next;
    size_t size;
};

/* Eight bytes, then single bytes, through the crc32 instruction. */
PCLMUL static uint32_t finish_tail(struct crc_work work)
{
    uint64_t crc = work.crc;
    for (; work.size >= 8; work.size -= 8, work.next += 8) {
        uint64_t word;
        memcpy(&word, work.next, sizeof word);
        crc = _mm_crc32_u64(crc, word);
    }
    for (; work.size > 0; work.size--)
        crc = _mm_crc32_u8((uint32_t)crc, *work.next++);
    return (uint32_t)crc;
}

/* The register after 16 bytes that began with an empty one. */
PCLMUL static inline uint32_t reduce_block(__m128i block)
{
    uint64_t crc = _mm_crc32_u64(0, (uint64_t)_mm_cvtsi128_si64(block));
    return (uint32_t)_mm_crc32_u64(crc, (uint64_t)_mm_extract_epi64(block, 1));
}

PCLMUL static inline __m128i load_block(const unsigned char *bytes)
{
    return _mm_loadu_si128((const void *)bytes);
}

PCLMUL static inline __m128i fold_block(__m128i block, __m128i constants, __m128i onto)
{
    __m128i low = _mm_clmulepi64_si128(block, constants, 0x00);
    __m128i high = _mm_clmulepi64_si128(block, constants, 0x11);
    return _mm_xor_si128(_mm_xor_si128(low, high), onto);
}

/* Four blocks side by side become one: the first three move 384, 256 and 128 bits on. */
PCLMUL static inline __m128i join_blocks(const __m128i blocks[4])
{
    __m128i joined = fold_block(blocks[0], _mm_set_epi64x(FOLD_384_HIGH, FOLD_384_LOW), blocks[3]);
    joined = fold_block(blocks[1], _mm_set_epi64x(FOLD_256_HIGH, FOLD_256_LOW), joined);
    return fold_block(blocks[2], _mm_set_epi64x(FOLD_128_HIGH, FOLD_128_LOW), joined);
}

/* Takes all whole 64 bytes; work->size >= 64. */
PCLMUL static void fold_64(struct crc_work *work)
{
    const __m128i constants = _mm_set_epi64x(FOLD_512_HIGH, FOLD_512_LOW);
    __m128i blocks[4];
    for (int i = 0; i < 4; i++)
        blocks[i] = load_block(work->next + 16 * i);
    blocks[0] = _mm_xor_si128(blocks[0], _mm_cvtsi32_si128((int)work->crc));
    for (work->next += 64, work->size -= 64; work->size >= 64; work->next += 64, work->size -= 64)
        for (int i = 0; i < 4; i++)
            blocks[i] = fold_block(blocks[i], constants, load_block(work->next + 16 * i));
    work->crc = reduce_block(join_blocks(blocks));
}

PCLMUL static uint32_t crc32c_pclmul(uint32_t crc, const void *bytes, size_t size)
{
    struct crc_work work = {~crc, bytes, size};
    if (work.size >= 128) /* below that the join costs more than it saves */
        fold_64(&work);
    return ~finish_tail(work);
}

VPCLMUL static inline __m512i load_wide(const unsigned char *bytes)
{
    return _mm512_loadu_si512(bytes);
}

/* Folds four blocks at once, all by the same distance if the constants are the same. */
VPCLMUL static inline __m512i fold_wide(__m512i blocks, __m512i constants, __m512i onto)
{
    __m512i low = _mm512_clmulepi64_epi128(blocks, constants, 0x00);
    __m512i high = _mm512_clmulepi64_epi128(blocks, constants, 0x11);
    return _mm512_ternarylogic_epi64(low, high, onto, 0x96); /* the exclusive or of three */
}

VPCLMUL static inline __m512i same_distance(int64_t high, int64_t low)
{
    return _mm512_broadcast_i32x4(_mm_set_epi64x(high, low));
}

/* join_blocks with the three products side by side. */
VPCLMUL static inline __m128i join_wide(__m512i blocks)
{
    const __m512i constants =
        _mm512_set_epi64(0, 0, FOLD_128_HIGH, FOLD_128_LOW, FOLD_256_HIGH, FOLD_256_LOW, FOLD_384_HIGH, FOLD_384_LOW);
    __m512i moved = fold_wide(blocks, constants, _mm512_maskz_mov_epi64(0xC0, blocks));
    __m256i pair = _mm256_xor_si256(_mm512_castsi512_si256(moved), _mm512_extracti64x4_epi64(moved, 1));
    return _mm_xor_si128(_mm256_castsi256_si128(pair), _mm256_extracti128_si256(pair, 1));
}

/* Takes all whole 256 bytes; work->size >= 256. Returns four blocks that stand directly before work->next; the register
 * goes into the first. */
VPCLMUL static __m512i fold_256(struct crc_work *work)
{
    const __m512i by_2048 = same_distance(FOLD_2048_HIGH, FOLD_2048_LOW);
    __m512i wide[4];
    for (int i = 0; i < 4; i++)
        wide[i] = load_wide(work->next + 64 * i);
    wide[0] = _mm512_xor_si512(wide[0], _mm512_zextsi128_si512(_mm_cvtsi32_si128((int)work->crc)));
    for (work->next += 256, work->size -= 256; work->size >= 256; work->next += 256, work->size -= 256)
        for (int i = 0; i < 4; i++)
            wide[i] = fold_wide(wide[i], by_2048, load_wide(work->next + 64 * i));
    __m512i joined = fold_wide(wide[0], same_distance(FOLD_1536_HIGH, FOLD_1536_LOW), wide[3]);
    joined = fold_wide(wide[1], same_distance(FOLD_1024_HIGH, FOLD_1024_LOW), joined);
    return fold_wide(wide[2], same_distance(FOLD_512_HIGH, FOLD_512_LOW), joined);
}

VPCLMUL static uint32_t crc32c_vpclmul(uint32_t crc, const void *bytes, size_t size)
{
    struct crc_work work = {~crc, bytes, size};
    if (work.size >= 256) {
        const __m512i by_512 = same_distance(FOLD_512_HIGH, FOLD_512_LOW);
        __m512i blocks = fold_256(&work);
        for (; work.size >= 64; work.next += 64, work.size -= 64)
            blocks = fold_wide(blocks, by_512, load_wide(work.next));
        work.crc = reduce_block(join_wide(blocks));
    } else if (work.size >= 128) {
        fold_64(&work);
    }
    return ~finish_tail(work);
}

static bool always(void)
{
    return true;
}

static bool has_pclmul(void)
{
    return __builtin_cpu_supports("sse4.2") && __builtin_cpu_supports("pclmul");
}

static bool has_vpclmul(void)
{
    return has_pclmul() && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
           __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("vpclmulqdq");
}

struct crc_way {
    const char *name;
    bool (*is_supported)(void);
    uint32_t (*compute)(uint32_t crc, const void *bytes, size_t size);
};

/* Slowest first: the last that the CPU supports is the default. */
static const struct crc_way ways[] = {
    {"portable", always, crc32c_portable},
    {"pclmul", has_pclmul, crc32c_pclmul},
    {"vpclmul", has_vpclmul, crc32c_vpclmul},
};
enum { WAY_COUNT = sizeof ways / sizeof ways[0] };

static _Atomic(const struct crc_way *) chosen; /* NULL until the first use; any thread may be the first */

static const struct crc_way *best_way(void)
{
    const struct crc_way *best = &ways[0];
    __builtin_cpu_init();
    for (int i = 1; i < WAY_COUNT; i++)
        if (ways[i].is_supported())
            best = &ways[i];
    return best;
}

static const struct crc_way *current_way(void)
{
    const struct crc_way *way = atomic_load_explicit(&chosen, memory_order_relaxed);
    if (way == NULL) {
        way = best_way();
        atomic_store_explicit(&chosen, way, memory_order_relaxed);
    }
    return way;
}

uint32_t crc32c_accelerated(uint32_t crc, const void *bytes, size_t size)
{
    return current_way()->compute(crc, bytes, size);
}

const char *crc32c_name(void)
{
    return current_way()->name;
}

bool crc32c_use(const char *name)
{
    __builtin_cpu_init();
    for (int i = 0; i < WAY_COUNT; i++)
        if (strcmp(ways[i].name, name) == 0 && ways[i].is_supported()) {
            atomic_store_explicit(&chosen, &ways[i], memory_order_relaxed);
            return true;
        }
    return false;
}

#endif
