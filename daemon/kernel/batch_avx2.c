/* SPDX-License-Identifier: MIT */
/*
 * batch_avx2 - eight candidates at a time with AVX2. The method is in batch_kernel.h.
 *
 * AVX2 has no conversion between 64-bit integers and doubles: they are made by writing the bits of an integer below
 * 2^52 into the mantissa of 2^52, and taking 2^52 away again.
 */
#include "kernel/batch_kernel.h"

#if BATCH_X86

#include <immintrin.h>

#define AVX2 __attribute__((target("avx2")))

#define TWO_52 0x1p52
#define TWO_84 0x1p84

/* 64-bit values of the even and of the odd candidates. */
struct pair {
    __m256i even, odd;
};

AVX2 static inline __m256i odd_lanes(__m256i v)
{
    return _mm256_srli_epi64(v, 32); /* a multiplication reads only the low half of what this leaves */
}

/* Squares of the lanes of v, |v| <= 2^31: <= 2^62. */
AVX2 static inline struct pair squares(__m256i v)
{
    __m256i odd = odd_lanes(v);
    return (struct pair){_mm256_mul_epi32(v, v), _mm256_mul_epi32(odd, odd)};
}

AVX2 static inline struct pair pair_add(struct pair a, struct pair b)
{
    return (struct pair){_mm256_add_epi64(a.even, b.even), _mm256_add_epi64(a.odd, b.odd)};
}

AVX2 static inline struct pair pair_subtract(struct pair a, struct pair b)
{
    return (struct pair){_mm256_sub_epi64(a.even, b.even), _mm256_sub_epi64(a.odd, b.odd)};
}

AVX2 static inline struct pair pair_or(struct pair a, struct pair b)
{
    return (struct pair){_mm256_or_si256(a.even, b.even), _mm256_or_si256(a.odd, b.odd)};
}

AVX2 static inline struct pair pair_set(int64_t value)
{
    return (struct pair){_mm256_set1_epi64x(value), _mm256_set1_epi64x(value)};
}

/* The eight signs in 32-bit lanes, in the order of the candidates. */
AVX2 static inline __m256i signs(struct pair p)
{
    return _mm256_blend_epi32(odd_lanes(p.even), p.odd, 0xAA);
}

AVX2 static inline __m256i load_words(const struct candidate_columns *columns, int column, uint32_t index)
{
    return _mm256_loadu_si256((const void *)(columns->column[column] + (uintptr_t)4 * index));
}

/* n < 2^63 as a double, rounded once: the high half counts 2^32 on top of 2^84, the low half 1 on top of 2^52. */
AVX2 static inline __m256d to_double(__m256i n)
{
    __m256i low = _mm256_blend_epi32(n, _mm256_castpd_si256(_mm256_set1_pd(TWO_52)), 0xAA);
    __m256i high = _mm256_or_si256(_mm256_srli_epi64(n, 32), _mm256_castpd_si256(_mm256_set1_pd(TWO_84)));
    __m256d upper = _mm256_sub_pd(_mm256_castsi256_pd(high), _mm256_set1_pd(TWO_84 + TWO_52)); /* exact */
    return _mm256_add_pd(upper, _mm256_castsi256_pd(low));
}

/* 0 <= x < 2^51, rounded to the nearest integer. */
AVX2 static inline __m256i to_integer(__m256d x)
{
    const __m256d base = _mm256_set1_pd(TWO_52);
    return _mm256_xor_si256(_mm256_castpd_si256(_mm256_add_pd(x, base)), _mm256_castpd_si256(base));
}

/* Nearest integer to sqrt(n), 1 <= n <= 2^60 + 2^44. */
AVX2 static inline __m256i nearest_root(__m256i n)
{
    const __m256i one = _mm256_set1_epi64x(1);
    __m256i root = to_integer(_mm256_sqrt_pd(to_double(n)));
    __m256i rest = _mm256_sub_epi64(n, _mm256_mul_epu32(root, root)); /* |rest| < 2^33; at most one step is needed: */
    __m256i is_low = _mm256_srli_epi64(_mm256_sub_epi64(root, rest), 63);                         /* rest > root */
    __m256i is_high = _mm256_srli_epi64(_mm256_sub_epi64(_mm256_add_epi64(rest, root), one), 63); /* rest <= -root */
    return _mm256_sub_epi64(_mm256_add_epi64(root, is_low), is_high);
}

/* Energy from p^2; the sign of *is_bad is set where |p| is beyond the limit. */
AVX2 static inline struct pair energy(struct pair p2, int64_t mass, struct pair *is_bad)
{
    struct pair e2 = pair_add(p2, pair_set(BATCH_MASS_SQUARED(mass)));
    struct pair room = pair_subtract(pair_set(BATCH_ENERGY_LIMIT_SQUARED(mass)), e2);
    *is_bad = pair_or(*is_bad, pair_or(e2, room));
    return (struct pair){nearest_root(e2.even), nearest_root(e2.odd)};
}

/* What the cuts need of eight candidates. */
struct motion {
    struct pair m2;
    struct pair positron_p2;
    __m256i visible[3];   /* p_pi0 + p_e, wrapped */
    __m256i is_bad_range; /* sign bits; then m2 has no meaning */
};

/* Adds the square of the missing component along one axis to *p2. Wrapped, it is within +-2^31 and is compared so; a
 * true value of +-3 * 2^30 wraps into the range, and shows by a sign that differs from the kaon's although both others
 * have the opposite sign of the kaon. */
AVX2 static inline void add_missing(__m256i k, __m256i pi0, __m256i e, __m256i visible, struct pair *p2,
                                    __m256i *is_bad)
{
    __m256i missing = _mm256_sub_epi32(k, visible);
    __m256i room = _mm256_sub_epi32(_mm256_set1_epi32(MOMENTUM_LIMIT_Q13), _mm256_abs_epi32(missing));
    __m256i opposed = _mm256_and_si256(_mm256_xor_si256(k, pi0), _mm256_xor_si256(k, e));
    __m256i wrapped = _mm256_and_si256(opposed, _mm256_xor_si256(k, missing));
    *is_bad = _mm256_or_si256(*is_bad, _mm256_or_si256(room, wrapped));
    *p2 = pair_add(*p2, squares(missing));
}

AVX2 static inline struct pair magnitude_squared(const __m256i p[3])
{
    return pair_add(pair_add(squares(p[0]), squares(p[1])), squares(p[2])); /* <= 3 * 2^62 < 2^64 */
}

AVX2 static inline struct motion load_motion(const struct candidate_columns *columns, uint32_t index)
{
    __m256i k[3], pi0[3], e[3], is_bad_32 = _mm256_setzero_si256();
    struct motion motion;
    struct pair p2 = pair_set(0), is_bad = pair_set(0);
    for (int i = 0; i < 3; i++) {
        k[i] = load_words(columns, COLUMN_K_PX + i, index);
        pi0[i] = load_words(columns, COLUMN_PI0_PX + i, index);
        e[i] = load_words(columns, COLUMN_E_PX + i, index);
        motion.visible[i] = _mm256_add_epi32(pi0[i], e[i]);
        add_missing(k[i], pi0[i], e[i], motion.visible[i], &p2, &is_bad_32);
    }
    motion.positron_p2 = magnitude_squared(e);
    struct pair d_e = pair_subtract(pair_subtract(energy(magnitude_squared(k), MASS_KAON_Q13, &is_bad),
                                                  energy(magnitude_squared(pi0), MASS_PI0_Q13, &is_bad)),
                                    energy(motion.positron_p2, MASS_ELECTRON_Q13, &is_bad));
    struct pair limit = pair_set(MOMENTUM_LIMIT_Q13); /* |dE| < 2^32 in the domain */
    is_bad = pair_or(is_bad, pair_or(pair_subtract(limit, d_e), pair_add(limit, d_e)));
    struct pair d_e2 = {_mm256_mul_epi32(d_e.even, d_e.even), _mm256_mul_epi32(d_e.odd, d_e.odd)};
    motion.m2 = pair_subtract(d_e2, p2); /* 0 .. 2^60 minus 0 .. 3 * 2^60 */
    motion.is_bad_range = _mm256_or_si256(signs(is_bad), is_bad_32);
    return motion;
}

AVX2 static inline __m256i is_outside(__m256i value, int32_t min, int32_t max)
{
    return _mm256_or_si256(_mm256_cmpgt_epi32(_mm256_set1_epi32(min), value),
                           _mm256_cmpgt_epi32(value, _mm256_set1_epi32(max)));
}

/* Squares of limits <= 2^62, sums of squares <= 2^62 in the domain: no difference wraps. */
AVX2 static inline __m256i is_positron_outside(struct pair p2, const struct selection *s)
{
    struct pair min = pair_set((int64_t)s->positron_p_min * s->positron_p_min);
    struct pair max = pair_set((int64_t)s->positron_p_max * s->positron_p_max);
    return signs(pair_or(pair_subtract(p2, min), pair_subtract(max, p2)));
}

AVX2 static inline __m256i is_total_high(struct pair transverse_p2, __m256i visible_z, const struct selection *s)
{
    struct pair below = pair_set((int64_t)s->total_p_max * s->total_p_max - 1);
    return signs(pair_subtract(below, pair_add(transverse_p2, squares(visible_z))));
}

AVX2 static inline __m256i is_transverse_low(struct pair transverse_p2, const struct selection *s)
{
    struct pair above = pair_set((int64_t)s->transverse_p_min * s->transverse_p_min + 1);
    return signs(pair_subtract(transverse_p2, above));
}

AVX2 static inline __m256i is_vetoed(__m256i flags, const struct selection *s)
{
    __m256i hits = _mm256_and_si256(flags, _mm256_set1_epi32((int)s->veto_mask));
    return _mm256_xor_si256(_mm256_cmpeq_epi32(hits, _mm256_setzero_si256()), _mm256_set1_epi32(-1));
}

/* cda_max is exclusive. */
AVX2 static inline __m256i is_far(__m256i cda, const struct selection *s)
{
    __m256i passes = _mm256_cmpgt_epi32(_mm256_set1_epi32(s->cda_max), cda);
    return _mm256_xor_si256(passes, _mm256_set1_epi32(-1));
}

AVX2 static inline bool is_on(const struct selection *s, enum reject_reason cut)
{
    return s->enabled >> cut & 1;
}

/* Writes the reason where the sign of `fails` is set: called from the last cut to the first, so that the first remains.
 * Reasons are 32-bit lanes. */
AVX2 static inline __m256i put(__m256i reasons, __m256i fails, enum reject_reason reason)
{
    __m256 code = _mm256_castsi256_ps(_mm256_set1_epi32((int)reason));
    return _mm256_castps_si256(_mm256_blendv_ps(_mm256_castsi256_ps(reasons), code, _mm256_castsi256_ps(fails)));
}

AVX2 static inline __m256i momentum_cuts(__m256i reasons, const struct selection *s, const struct motion *motion)
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
AVX2 static inline __m256i cut_flow(const struct selection *s, const struct candidate_columns *columns, uint32_t index,
                                    const struct motion *motion)
{
#define COLUMN(name) load_words(columns, COLUMN_##name, index)
    __m256i reasons = _mm256_set1_epi32(REJECT_NONE);
    if (is_on(s, REJECT_VETO))
        reasons = put(reasons, is_vetoed(COLUMN(FLAGS), s), REJECT_VETO);
    reasons = momentum_cuts(reasons, s, motion);
    if (is_on(s, REJECT_TWO_PHOTON_MASS))
        reasons = put(reasons, is_outside(COLUMN(M_GG), s->m_gg_min, s->m_gg_max), REJECT_TWO_PHOTON_MASS);
    if (is_on(s, REJECT_CDA))
        reasons = put(reasons, is_far(COLUMN(CDA), s), REJECT_CDA);
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

/* Slots of four m2 as 32-bit integers. m2 + 2^62 >= 0 is shifted as an unsigned number and is < 2^37, which the
 * mantissa of 2^52 takes. The dividend d <= 178619 and the quotient (d + 1/2) / 119 <= 1501.1 lies at least 1/238 from
 * any integer; the rounding of 1 / 119 and of the product moves it by less than 1501.1 * 2^-51. So truncation gives
 * floor(d / 119). */
AVX2 static inline __m128i slots(__m256i m2)
{
    _Static_assert(M2_BIN_WIDTH_MEV2 == 119 && BATCH_CLAMP_HIGH + BATCH_SLOT_OFFSET == 178619, "the proof above");
    const double shift = (double)(BATCH_M2_BIAS >> M2_SHIFT); /* 2^36 */
    __m256i biased = _mm256_srli_epi64(_mm256_add_epi64(m2, _mm256_set1_epi64x(BATCH_M2_BIAS)), M2_SHIFT);
    __m256i mantissa = _mm256_or_si256(biased, _mm256_castpd_si256(_mm256_set1_pd(TWO_52)));
    __m256d mev2 = _mm256_sub_pd(_mm256_castsi256_pd(mantissa), _mm256_set1_pd(TWO_52 + shift)); /* exact */
    mev2 = _mm256_max_pd(mev2, _mm256_set1_pd(BATCH_CLAMP_LOW));
    mev2 = _mm256_min_pd(mev2, _mm256_set1_pd(BATCH_CLAMP_HIGH));
    __m256d dividend = _mm256_add_pd(mev2, _mm256_set1_pd(BATCH_SLOT_OFFSET + 0.5));
    return _mm256_cvttpd_epi32(_mm256_mul_pd(dividend, _mm256_set1_pd(1.0 / M2_BIN_WIDTH_MEV2)));
}

/* Stores m2 and slots; `is_bad` holds sign bits in 32-bit lanes. */
AVX2 static inline void store_m2(struct pair m2, __m256i is_bad, uint32_t at, struct batch_result *result)
{
    __m256i low = _mm256_unpacklo_epi64(m2.even, m2.odd);  /* candidates 0 1 4 5 */
    __m256i high = _mm256_unpackhi_epi64(m2.even, m2.odd); /* 2 3 6 7 */
    __m256i zero = _mm256_srai_epi32(is_bad, 31);
    __m256i zero_first = _mm256_cvtepi32_epi64(_mm256_castsi256_si128(zero));
    __m256i zero_second = _mm256_cvtepi32_epi64(_mm256_extracti128_si256(zero, 1));
    __m256i first = _mm256_andnot_si256(zero_first, _mm256_permute2x128_si256(low, high, 0x20));
    __m256i second = _mm256_andnot_si256(zero_second, _mm256_permute2x128_si256(low, high, 0x31));
    _mm256_storeu_si256((void *)&result->m2[at], first);
    _mm256_storeu_si256((void *)&result->m2[at + 4], second);
    _mm_storeu_si128((void *)&result->slot[at], _mm_packus_epi32(slots(first), slots(second)));
}

AVX2 static inline void store_reasons(__m256i reasons, uint32_t at, struct batch_result *result)
{
    __m128i words = _mm_packus_epi32(_mm256_castsi256_si128(reasons), _mm256_extracti128_si256(reasons, 1));
    _mm_storel_epi64((void *)&result->reason[at], _mm_packus_epi16(words, words));
}

AVX2 static inline void evaluate_vector(const struct selection *selection, const struct candidate_columns *columns,
                                        uint32_t index, uint32_t at, struct batch_result *result)
{
    struct motion motion = load_motion(columns, index);
    __m256i time = load_words(columns, COLUMN_TIME, index); /* its sign bit: >= 2^31 */
    __m256i reasons = cut_flow(selection, columns, index, &motion);
    reasons = put(reasons, motion.is_bad_range, REJECT_BAD_RANGE);
    reasons = put(reasons, time, REJECT_BAD_TIME);
    store_reasons(reasons, at, result);
    store_m2(motion.m2, _mm256_or_si256(motion.is_bad_range, time), at, result);
}

AVX2 void batch_avx2_evaluate(const struct selection *selection, const struct candidate_columns *columns,
                              uint32_t begin, uint32_t count, uint32_t at, struct batch_result *result)
{
    for (uint32_t i = 0; i < count; i += BATCH_AVX2_LANES)
        evaluate_vector(selection, columns, begin + i, at + i, result);
}

#endif
