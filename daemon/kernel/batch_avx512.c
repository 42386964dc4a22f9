/* SPDX-License-Identifier: MIT */
/*
 * batch_avx512 - sixteen candidates at a time with AVX-512 F, DQ, BW and VL. The method is in batch_kernel.h.
 */
#include "kernel/batch_kernel.h"

#if BATCH_X86

#include <immintrin.h>

#define AVX512 __attribute__((target("avx512f,avx512dq,avx512bw,avx512vl")))

#define ODD_LANES 0xAAAA /* of sixteen */

/* 64-bit values of the even and of the odd candidates. */
struct pair {
    __m512i even, odd;
};

AVX512 static inline __m512i odd_lanes(__m512i v)
{
    return _mm512_srli_epi64(v, 32); /* a multiplication reads only the low half of what this leaves */
}

/* Squares of the lanes of v, |v| <= 2^31: <= 2^62. */
AVX512 static inline struct pair squares(__m512i v)
{
    __m512i odd = odd_lanes(v);
    return (struct pair){_mm512_mul_epi32(v, v), _mm512_mul_epi32(odd, odd)};
}

AVX512 static inline struct pair pair_add(struct pair a, struct pair b)
{
    return (struct pair){_mm512_add_epi64(a.even, b.even), _mm512_add_epi64(a.odd, b.odd)};
}

AVX512 static inline struct pair pair_subtract(struct pair a, struct pair b)
{
    return (struct pair){_mm512_sub_epi64(a.even, b.even), _mm512_sub_epi64(a.odd, b.odd)};
}

AVX512 static inline struct pair pair_or(struct pair a, struct pair b)
{
    return (struct pair){_mm512_or_si512(a.even, b.even), _mm512_or_si512(a.odd, b.odd)};
}

AVX512 static inline struct pair pair_set(int64_t value)
{
    return (struct pair){_mm512_set1_epi64(value), _mm512_set1_epi64(value)};
}

/* The sixteen sign bits in the order of the candidates. */
AVX512 static inline __mmask16 signs(struct pair p)
{
    return _mm512_movepi32_mask(_mm512_mask_mov_epi32(odd_lanes(p.even), ODD_LANES, p.odd));
}

AVX512 static inline __m512i load_words(const struct candidate_columns *columns, int column, uint32_t index)
{
    return _mm512_loadu_si512(columns->column[column] + (uintptr_t)4 * index);
}

/* sqrt(x), 1 <= x < 2^61, wrong by less than 2^-52 of itself; the divider, which the square root instruction occupies,
 * is left alone. The estimate y of 1 / sqrt(x) is wrong by e < 2^-14 (architectural bound); root = x * y and half = y /
 * 2 are improved together (Goldschmidt) to e' <= 3/2 e^2 < 2^-27; the residual x - root^2, one fused multiplication,
 * then leaves 3/2 e'^2 < 2^-53 and the rounding of the last addition. */
AVX512 static inline __m512d square_root(__m512d x)
{
    __m512d y = _mm512_rsqrt14_pd(x);
    __m512d root = _mm512_mul_pd(x, y);
    __m512d half = _mm512_mul_pd(y, _mm512_set1_pd(0.5));
    __m512d error = _mm512_fnmadd_pd(root, half, _mm512_set1_pd(0.5));
    root = _mm512_fmadd_pd(root, error, root);
    half = _mm512_fmadd_pd(half, error, half);
    return _mm512_fmadd_pd(_mm512_fnmadd_pd(root, root, x), half, root);
}

/* Nearest integer to sqrt(n), 1 <= n <= 2^60 + 2^44. */
AVX512 static inline __m512i nearest_root(__m512i n)
{
    __m512i root = _mm512_cvtpd_epi64(square_root(_mm512_cvtepi64_pd(n)));
    __m512i rest = _mm512_sub_epi64(n, _mm512_mul_epu32(root, root)); /* |rest| < 2^33; at most one step is needed: */
    __m512i is_low = _mm512_srli_epi64(_mm512_sub_epi64(root, rest), 63); /* rest > root */
    __m512i is_high =
        _mm512_srli_epi64(_mm512_sub_epi64(_mm512_add_epi64(rest, root), _mm512_set1_epi64(1)), 63); /* rest <= -root */
    return _mm512_sub_epi64(_mm512_add_epi64(root, is_low), is_high);
}

/* Energy from p^2; the sign of *is_bad is set where |p| is beyond the limit. */
AVX512 static inline struct pair energy(struct pair p2, int64_t mass, struct pair *is_bad)
{
    struct pair e2 = pair_add(p2, pair_set(BATCH_MASS_SQUARED(mass)));
    struct pair room = pair_subtract(pair_set(BATCH_ENERGY_LIMIT_SQUARED(mass)), e2);
    *is_bad = pair_or(*is_bad, pair_or(e2, room));
    return (struct pair){nearest_root(e2.even), nearest_root(e2.odd)};
}

/* What the cuts need of sixteen candidates. */
struct motion {
    struct pair m2;
    struct pair positron_p2;
    __m512i visible[3];     /* p_pi0 + p_e, wrapped */
    __mmask16 is_bad_range; /* then m2 has no meaning */
};

/* Adds the square of the missing component along one axis to *p2. Wrapped, it is within +-2^31 and is compared so; a
 * true value of +-3 * 2^30 wraps into the range, and shows by a sign that differs from the kaon's although both others
 * have the opposite sign of the kaon. */
AVX512 static inline void add_missing(__m512i k, __m512i pi0, __m512i e, __m512i visible, struct pair *p2,
                                      __m512i *is_bad)
{
    __m512i missing = _mm512_sub_epi32(k, visible);
    __m512i room = _mm512_sub_epi32(_mm512_set1_epi32(MOMENTUM_LIMIT_Q13), _mm512_abs_epi32(missing));
    __m512i opposed = _mm512_and_si512(_mm512_xor_si512(k, pi0), _mm512_xor_si512(k, e));
    __m512i wrapped = _mm512_and_si512(opposed, _mm512_xor_si512(k, missing));
    *is_bad = _mm512_or_si512(*is_bad, _mm512_or_si512(room, wrapped));
    *p2 = pair_add(*p2, squares(missing));
}

AVX512 static inline struct pair magnitude_squared(const __m512i p[3])
{
    return pair_add(pair_add(squares(p[0]), squares(p[1])), squares(p[2])); /* <= 3 * 2^62 < 2^64 */
}

AVX512 static inline struct motion load_motion(const struct candidate_columns *columns, uint32_t index)
{
    __m512i k[3], pi0[3], e[3], is_bad_32 = _mm512_setzero_si512();
    struct motion motion;
    struct pair p2 = pair_set(0), is_bad = pair_set(0);
    for (int i = 0; i < 3; i++) {
        k[i] = load_words(columns, COLUMN_K_PX + i, index);
        pi0[i] = load_words(columns, COLUMN_PI0_PX + i, index);
        e[i] = load_words(columns, COLUMN_E_PX + i, index);
        motion.visible[i] = _mm512_add_epi32(pi0[i], e[i]);
        add_missing(k[i], pi0[i], e[i], motion.visible[i], &p2, &is_bad_32);
    }
    motion.positron_p2 = magnitude_squared(e);
    struct pair d_e = pair_subtract(pair_subtract(energy(magnitude_squared(k), MASS_KAON_Q13, &is_bad),
                                                  energy(magnitude_squared(pi0), MASS_PI0_Q13, &is_bad)),
                                    energy(motion.positron_p2, MASS_ELECTRON_Q13, &is_bad));
    struct pair limit = pair_set(MOMENTUM_LIMIT_Q13); /* |dE| < 2^32 in the domain */
    is_bad = pair_or(is_bad, pair_or(pair_subtract(limit, d_e), pair_add(limit, d_e)));
    struct pair d_e2 = {_mm512_mul_epi32(d_e.even, d_e.even), _mm512_mul_epi32(d_e.odd, d_e.odd)};
    motion.m2 = pair_subtract(d_e2, p2); /* 0 .. 2^60 minus 0 .. 3 * 2^60 */
    motion.is_bad_range = signs(is_bad) | _mm512_movepi32_mask(is_bad_32);
    return motion;
}

AVX512 static inline __mmask16 is_outside(__m512i value, int32_t min, int32_t max)
{
    return _mm512_cmplt_epi32_mask(value, _mm512_set1_epi32(min)) |
           _mm512_cmpgt_epi32_mask(value, _mm512_set1_epi32(max));
}

/* Squares of limits <= 2^62, sums of squares <= 2^62 in the domain: no difference wraps. */
AVX512 static inline __mmask16 is_positron_outside(struct pair p2, const struct selection *s)
{
    struct pair min = pair_set((int64_t)s->positron_p_min * s->positron_p_min);
    struct pair max = pair_set((int64_t)s->positron_p_max * s->positron_p_max);
    return signs(pair_or(pair_subtract(p2, min), pair_subtract(max, p2)));
}

AVX512 static inline __mmask16 is_total_high(struct pair transverse_p2, __m512i visible_z, const struct selection *s)
{
    struct pair below = pair_set((int64_t)s->total_p_max * s->total_p_max - 1);
    return signs(pair_subtract(below, pair_add(transverse_p2, squares(visible_z))));
}

AVX512 static inline __mmask16 is_transverse_low(struct pair transverse_p2, const struct selection *s)
{
    struct pair above = pair_set((int64_t)s->transverse_p_min * s->transverse_p_min + 1);
    return signs(pair_subtract(transverse_p2, above));
}

AVX512 static inline bool is_on(const struct selection *s, enum reject_reason cut)
{
    return s->enabled >> cut & 1;
}

/* Writes the reason where the candidate fails: called from the last cut to the first, so that the first remains. */
AVX512 static inline __m128i put(__m128i reasons, __mmask16 fails, enum reject_reason reason)
{
    return _mm_mask_mov_epi8(reasons, fails, _mm_set1_epi8((char)reason));
}

AVX512 static inline __m128i momentum_cuts(__m128i reasons, const struct selection *s, const struct motion *motion)
{
    if (!is_on(s, REJECT_TRANSVERSE_MOMENTUM) && !is_on(s, REJECT_TOTAL_MOMENTUM))
        return reasons;
    struct pair transverse_p2 = pair_add(squares(motion->visible[0]), squares(motion->visible[1]));
    if (is_on(s, REJECT_TRANSVERSE_MOMENTUM))
        reasons = put(reasons, is_transverse_low(transverse_p2, s), REJECT_TRANSVERSE_MOMENTUM);
    if (is_on(s, REJECT_TOTAL_MOMENTUM))
        reasons = put(reasons, is_total_high(transverse_p2, motion->visible[2], s), REJECT_TOTAL_MOMENTUM);
    return reasons;
}

/* The cut flow of select.c from its end to its beginning. */
AVX512 static inline __m128i cut_flow(const struct selection *s, const struct candidate_columns *columns,
                                      uint32_t index, const struct motion *motion)
{
#define COLUMN(name) load_words(columns, COLUMN_##name, index)
    __m128i reasons = _mm_set1_epi8(REJECT_NONE);
    if (is_on(s, REJECT_VETO))
        reasons =
            put(reasons, _mm512_test_epi32_mask(COLUMN(FLAGS), _mm512_set1_epi32((int)s->veto_mask)), REJECT_VETO);
    reasons = momentum_cuts(reasons, s, motion);
    if (is_on(s, REJECT_TWO_PHOTON_MASS))
        reasons = put(reasons, is_outside(COLUMN(M_GG), s->m_gg_min, s->m_gg_max), REJECT_TWO_PHOTON_MASS);
    if (is_on(s, REJECT_CDA))
        reasons = put(reasons, _mm512_cmpge_epi32_mask(COLUMN(CDA), _mm512_set1_epi32(s->cda_max)), REJECT_CDA);
    if (is_on(s, REJECT_DT_K))
        reasons = put(reasons, is_outside(COLUMN(DT_K), -s->dt_k_max, s->dt_k_max), REJECT_DT_K);
    if (is_on(s, REJECT_DT))
        reasons = put(reasons, is_outside(COLUMN(DT), -s->dt_max, s->dt_max), REJECT_DT);
    if (is_on(s, REJECT_E_OVER_P))
        reasons = put(reasons, is_outside(COLUMN(E_OVER_P), s->e_over_p_min, s->e_over_p_max), REJECT_E_OVER_P);
    if (is_on(s, REJECT_POSITRON_MOMENTUM))
        reasons = put(reasons, is_positron_outside(motion->positron_p2, s), REJECT_POSITRON_MOMENTUM);
    if (is_on(s, REJECT_VERTEX))
        reasons = put(reasons, is_outside(COLUMN(VERTEX_Z), s->vertex_z_min, s->vertex_z_max), REJECT_VERTEX);
    return reasons;
#undef COLUMN
}

/* Slots of eight m2. With M = 36092163 = ceil(2^32 / 119), M * 119 - 2^32 = 101, and the dividend d <= 178619: since
 * 101 * d < 2^32, floor(d * M / 2^32) = floor(d / 119) exactly; d * M < 2^43. */
AVX512 static inline __m128i slots(__m512i m2)
{
    _Static_assert(M2_BIN_WIDTH_MEV2 == 119 && BATCH_CLAMP_HIGH + BATCH_SLOT_OFFSET == 178619, "the proof above");
    __m512i mev2 = _mm512_srai_epi64(m2, M2_SHIFT);
    mev2 = _mm512_max_epi64(mev2, _mm512_set1_epi64(BATCH_CLAMP_LOW));
    mev2 = _mm512_min_epi64(mev2, _mm512_set1_epi64(BATCH_CLAMP_HIGH));
    __m512i dividend = _mm512_add_epi64(mev2, _mm512_set1_epi64(BATCH_SLOT_OFFSET));
    __m512i product = _mm512_mul_epu32(dividend, _mm512_set1_epi64(36092163));
    return _mm512_cvtepi64_epi16(_mm512_srli_epi64(product, 32));
}

AVX512 static inline void store_m2(__m512i m2, uint32_t at, struct batch_result *result)
{
    _mm512_storeu_si512(&result->m2[at], m2);
    _mm_storeu_si128((void *)&result->slot[at], slots(m2));
}

AVX512 static inline void evaluate_vector(const struct selection *selection, const struct candidate_columns *columns,
                                          uint32_t index, uint32_t at, struct batch_result *result)
{
    const __m512i first = _mm512_set_epi64(11, 3, 10, 2, 9, 1, 8, 0); /* even and odd candidates alternate again */
    const __m512i second = _mm512_set_epi64(15, 7, 14, 6, 13, 5, 12, 4);
    struct motion motion = load_motion(columns, index);
    __mmask16 is_bad_time = _mm512_movepi32_mask(load_words(columns, COLUMN_TIME, index)); /* >= 2^31 */
    __mmask16 is_good = (__mmask16) ~(is_bad_time | motion.is_bad_range);
    __m128i reasons = cut_flow(selection, columns, index, &motion);
    reasons = put(reasons, motion.is_bad_range, REJECT_BAD_RANGE);
    reasons = put(reasons, is_bad_time, REJECT_BAD_TIME);
    _mm_storeu_si128((void *)&result->reason[at], reasons);
    __m512i m2_first = _mm512_permutex2var_epi64(motion.m2.even, first, motion.m2.odd);
    __m512i m2_second = _mm512_permutex2var_epi64(motion.m2.even, second, motion.m2.odd);
    store_m2(_mm512_maskz_mov_epi64((__mmask8)is_good, m2_first), at, result);
    store_m2(_mm512_maskz_mov_epi64((__mmask8)(is_good >> 8), m2_second), at + 8, result);
}

AVX512 void batch_avx512_evaluate(const struct selection *selection, const struct candidate_columns *columns,
                                  uint32_t begin, uint32_t count, uint32_t at, struct batch_result *result)
{
    for (uint32_t i = 0; i < count; i += BATCH_AVX512_LANES)
        evaluate_vector(selection, columns, begin + i, at + i, result);
}

#endif
