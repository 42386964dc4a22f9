/* SPDX-License-Identifier: MIT */
/*
 * test_batch - every batch kernel of this machine against select_candidate and axis_slot, word for word.
 *
 * Candidates are decays, plain random words, and words that sit at limits; selections are presets and random ones with
 * limits that the candidates meet. The expected results come from the scalar functions, which have tests of their own.
 */
#include "kernel/batch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "../../vectors/mmiss_vectors.h"
#include "hnlmon/mmiss.h"
#include "hnlmon/units.h"
#include "random.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])
#define CANDIDATES 700u
#define ALIGNMENT_MAX 67u

static const char *const kernel_names[] = {"scalar", "avx2", "avx512"};

/* Columns that lie at changing alignments, directly behind one another's padding. */
static unsigned char storage[CANDIDATE_COLUMN_COUNT][4 * CANDIDATES + ALIGNMENT_MAX];
static struct candidate_columns columns;

static void place_columns(struct random *random)
{
    columns.count = CANDIDATES;
    for (int c = 0; c < CANDIDATE_COLUMN_COUNT; c++)
        columns.column[c] = storage[c] + random_below(random, ALIGNMENT_MAX);
}

static void put(enum candidate_column column, uint32_t index, uint32_t value)
{
    store_le32(storage[column] + (columns.column[column] - storage[column]) + 4 * index, value);
}

static const int32_t momentum_limits[] = {
    0,         1,          -1,        1 << 30,    -(1 << 30), (1 << 30) + 1, -(1 << 30) - 1, (1 << 30) - 1,
    INT32_MIN, INT32_MAX,  619925131, -619925131, 619925132,  536870912,     -536870912,     536870913,
    759250125, -759250125, 24576000,  573440000,  24575999,   573440001,     327680,         327681,
    163840,    589824000,  589823999, 294912000,  1 << 29,    4186};

static int32_t limit_momentum(struct random *random)
{
    int32_t value = momentum_limits[random_below(random, COUNT(momentum_limits))];
    return random_below(random, 4) ? value : (int32_t)((uint32_t)value + (uint32_t)random_between(random, -2, 2));
}

/* Near the sphere |p| = 2^30: two components at random, the third fills up, one unit more or less. */
static void put_sphere(struct random *random, enum candidate_column first, uint32_t index)
{
    int64_t x = random_between(random, -600000000, 600000000), y = random_between(random, -600000000, 600000000);
    int64_t z = (int64_t)isqrt_nearest((uint64_t)((INT64_C(1) << 60) - x * x - y * y)) + random_between(random, -1, 1);
    put(first, index, (uint32_t)x);
    put((enum candidate_column)(first + 1), index, (uint32_t)y);
    put((enum candidate_column)(first + 2), index, (uint32_t)(random_below(random, 2) ? z : -z));
}

static int32_t draw_mev(struct random *random, int32_t min, int32_t max)
{
    return random_between(random, min * (1 << MOMENTUM_SHIFT), max * (1 << MOMENTUM_SHIFT));
}

static void put_decay(struct random *random, uint32_t index)
{
    for (int axis = 0; axis < 2; axis++) {
        put((enum candidate_column)(COLUMN_K_PX + axis), index, (uint32_t)draw_mev(random, -20, 20));
        put((enum candidate_column)(COLUMN_PI0_PX + axis), index, (uint32_t)draw_mev(random, -200, 200));
        put((enum candidate_column)(COLUMN_E_PX + axis), index, (uint32_t)draw_mev(random, -200, 200));
    }
    put(COLUMN_K_PZ, index, (uint32_t)draw_mev(random, 74000, 76000));
    put(COLUMN_PI0_PZ, index, (uint32_t)draw_mev(random, 2000, 40000));
    put(COLUMN_E_PZ, index, (uint32_t)draw_mev(random, 2000, 40000));
}

/* One kind of candidate for all its momenta. */
static void put_momenta(struct random *random, uint32_t index)
{
    uint64_t kind = random_below(random, 8);
    put_decay(random, index);
    for (int c = COLUMN_K_PX; c <= COLUMN_E_PZ && kind >= 4; c++) {
        uint32_t shift = (uint32_t)random_below(random, 6);
        int32_t any = (int32_t)random_word(random) / (1 << shift);
        put((enum candidate_column)c, index, (uint32_t)(kind == 4 ? any : limit_momentum(random)));
    }
    if (kind == 5) /* a few limits among ordinary momenta */
        put_decay(random, index);
    if (kind == 5 || kind == 3)
        put((enum candidate_column)random_below(random, 9), index, (uint32_t)limit_momentum(random));
    if (kind == 6)
        put_sphere(random, (enum candidate_column)(3 * random_below(random, 3)), index);
}

/* A word at one of a few limits of both presets, one beside it, or anything. */
static uint32_t limit_word(struct random *random, const int32_t *limits, size_t count)
{
    if (random_below(random, 16) == 0)
        return (uint32_t)random_word(random);
    return (uint32_t)limits[random_below(random, count)] + (uint32_t)random_between(random, -1, 1);
}

static void put_others(struct random *random, uint32_t index)
{
    static const int32_t vertex[] = {110000, 180000, 140000, 150000}, mass[] = {982850, 1228610, 1105730, 1105000};
    static const int32_t ratio[] = {922, 1126, 1024, 1000}, time[] = {2000, -2000, 0, 100, INT32_MIN};
    static const int32_t cda[] = {25000, 3000, 0, INT32_MIN};
    uint32_t clock = (uint32_t)random_below(random, CLOCK_LIMIT);
    put(COLUMN_TIME, index, random_below(random, 20) ? clock : CLOCK_LIMIT - 1 + (uint32_t)random_below(random, 3));
    put(COLUMN_FLAGS, index, 1u << random_below(random, 32) | (uint32_t)random_below(random, 256));
    put(COLUMN_VERTEX_Z, index, limit_word(random, vertex, COUNT(vertex)));
    put(COLUMN_M_GG, index, limit_word(random, mass, COUNT(mass)));
    put(COLUMN_E_OVER_P, index, limit_word(random, ratio, COUNT(ratio)));
    put(COLUMN_DT, index, limit_word(random, time, COUNT(time)));
    put(COLUMN_DT_K, index, limit_word(random, time, COUNT(time)));
    put(COLUMN_CDA, index, limit_word(random, cda, COUNT(cda)));
}

static void fill(struct random *random)
{
    place_columns(random);
    for (uint32_t i = 0; i < CANDIDATES; i++) {
        put_momenta(random, i);
        put_others(random, i);
    }
}

static uint64_t length_squared(const int32_t x, const int32_t y, const int32_t z)
{
    return (uint64_t)((int64_t)x * x) + (uint64_t)((int64_t)y * y) + (uint64_t)((int64_t)z * z);
}

/* A length that a candidate has, or the next below or above, so that squares meet at their edge. */
static int32_t met_length(struct random *random, uint64_t square)
{
    int64_t length = (int64_t)isqrt_nearest(square >> 63 ? 0 : square) + random_between(random, -1, 1);
    return length < 0 ? 0 : length > INT32_MAX ? INT32_MAX : (int32_t)length;
}

static void swap_if_greater(int32_t *low, int32_t *high)
{
    if (*low > *high) {
        int32_t keep = *low;
        *low = *high;
        *high = keep;
    }
}

/* A preset, or any cuts with limits taken from candidates of the block. */
static struct selection draw_selection(struct random *random)
{
    struct selection s = selection_preset((enum selection_preset)random_below(random, SELECTION_PRESET_COUNT));
    if (random_below(random, 3) == 0)
        return s;
    s.enabled = (uint32_t)random_word(random);
    const struct candidate a = candidate_load(&columns, (uint32_t)random_below(random, CANDIDATES));
    const struct candidate b = candidate_load(&columns, (uint32_t)random_below(random, CANDIDATES));
    s.positron_p_min = met_length(random, length_squared(a.e[0], a.e[1], a.e[2]));
    s.positron_p_max = met_length(random, length_squared(b.e[0], b.e[1], b.e[2]));
    swap_if_greater(&s.positron_p_min, &s.positron_p_max);
    int64_t x = (int64_t)a.pi0[0] + a.e[0], y = (int64_t)a.pi0[1] + a.e[1], z = (int64_t)a.pi0[2] + a.e[2];
    bool fits = x == (int32_t)x && y == (int32_t)y && z == (int32_t)z;
    s.total_p_max = fits ? met_length(random, length_squared((int32_t)x, (int32_t)y, (int32_t)z)) : INT32_MAX;
    s.transverse_p_min = fits ? met_length(random, length_squared((int32_t)x, (int32_t)y, 0)) : INT32_MAX;
    s.cda_max = b.cda;
    s.vertex_z_min = a.vertex_z;
    s.vertex_z_max = b.vertex_z;
    s.dt_max = random_below(random, 2) ? INT32_MAX : random_between(random, 0, 3000);
    s.dt_k_max = random_below(random, 2) ? 0 : random_between(random, 0, 3000);
    s.veto_mask = (uint32_t)random_word(random);
    return s;
}

static void expect_candidate(const struct selection *selection, uint32_t index, uint32_t at,
                             const struct batch_result *result)
{
    const struct axis axis = {M2_BIN_FIRST * M2_BIN_WIDTH_MEV2, M2_BIN_WIDTH_MEV2, M2_BIN_COUNT};
    const struct candidate candidate = candidate_load(&columns, index);
    int64_t m2;
    enum reject_reason reason = select_candidate(selection, &candidate, &m2);
    uint32_t slot = axis_slot(&axis, mmiss_mev2(m2));
    if (result->m2[at] == m2 && result->reason[at] == reason && result->slot[at] == slot)
        return;
    print_error("%s: candidate {%d,%d,%d} {%d,%d,%d} {%d,%d,%d}: m2 %" PRId64 " for %" PRId64
                ", reason %d for %d, slot %d "
                "for %u\n",
                batch_kernel_name(), candidate.k[0], candidate.k[1], candidate.k[2], candidate.pi0[0], candidate.pi0[1],
                candidate.pi0[2], candidate.e[0], candidate.e[1], candidate.e[2], result->m2[at], m2,
                result->reason[at], (int)reason, result->slot[at], slot);
    fail();
}

static void expect_block(const struct selection *selection, uint32_t begin, uint32_t count)
{
    static struct batch_result result;
    memset(&result, 0x5A, sizeof result);
    batch_evaluate(selection, &columns, begin, count, &result);
    for (uint32_t i = 0; i < count; i++)
        expect_candidate(selection, begin + i, i, &result);
}

/* Runs `check` with every kernel that this CPU has. */
static void with_every_kernel(void (*check)(const char *name))
{
    const char *best = batch_kernel_name();
    for (size_t i = 0; i < COUNT(kernel_names); i++)
        if (batch_kernel_use(kernel_names[i])) {
            assert_string_equal(batch_kernel_name(), kernel_names[i]);
            check(kernel_names[i]);
        } else {
            printf("this CPU has no %s\n", kernel_names[i]);
        }
    assert_true(batch_kernel_use(best));
}

static void check_random(const char *name)
{
    struct random random = random_start(name);
    const uint64_t wanted = test_is_full() ? 100000000 : 1000000;
    for (uint64_t done = 0; done < wanted;) {
        fill(&random);
        for (int selections = 0; selections < 4; selections++) {
            const struct selection selection = draw_selection(&random);
            for (int blocks = 0; blocks < 8; blocks++) {
                uint32_t count = (uint32_t)random_below(&random, BATCH_BLOCK + 1);
                expect_block(&selection, (uint32_t)random_below(&random, CANDIDATES - count + 1), count);
                done += count;
            }
        }
    }
}

static void every_kernel_agrees_with_select_candidate(void **state)
{
    (void)state;
    with_every_kernel(check_random);
}

static void put_vector(uint32_t index, const struct mmiss_vector *v)
{
    for (int axis = 0; axis < 3; axis++) {
        put((enum candidate_column)(COLUMN_K_PX + axis), index, (uint32_t)v->k[axis]);
        put((enum candidate_column)(COLUMN_PI0_PX + axis), index, (uint32_t)v->pi0[axis]);
        put((enum candidate_column)(COLUMN_E_PX + axis), index, (uint32_t)v->e[axis]);
    }
    put(COLUMN_TIME, index, 0);
}

/* Independent of the scalar functions: 256 rows of the table at a time. */
static void check_vectors(const char *name)
{
    struct random random = random_start(name);
    static struct batch_result result;
    const struct selection none = {.enabled = 0};
    place_columns(&random);
    for (size_t first = 0; first < COUNT(mmiss_vectors); first += BATCH_BLOCK) {
        size_t rest = COUNT(mmiss_vectors) - first;
        uint32_t count = rest < BATCH_BLOCK ? (uint32_t)rest : BATCH_BLOCK;
        for (uint32_t i = 0; i < count; i++)
            put_vector(i, &mmiss_vectors[first + i]);
        batch_evaluate(&none, &columns, 0, count, &result);
        for (uint32_t i = 0; i < count; i++) {
            const struct mmiss_vector *v = &mmiss_vectors[first + i];
            assert_int_equal(result.m2[i], v->m2);
            assert_int_equal(result.slot[i], v->slot);
            assert_int_equal(result.reason[i], v->is_in_range ? REJECT_NONE : REJECT_BAD_RANGE);
        }
    }
}

static void every_kernel_agrees_with_unlimited_integers(void **state)
{
    (void)state;
    with_every_kernel(check_vectors);
}

/* E_K at its rounding edge: E^2 within about a hundred of r^2 + r, on both sides, where a double root alone goes wrong.
 * The components of p take one after another as much of the rest as a square can, the last one the nearest square. */
static void put_rounding_edge(struct random *random, uint32_t index)
{
    uint64_t r = 4100000 + random_below(random, (UINT64_C(1) << 30) - 4100000);
    int64_t left = (int64_t)(r * r + r) - (int64_t)MASS_KAON_Q13 * MASS_KAON_Q13 + random_between(random, -1, 2);
    int64_t part[3];
    for (int axis = 2; axis >= 0; axis--) {
        part[axis] = isqrt_nearest((uint64_t)left);
        if (axis > 0 && part[axis] * part[axis] > left)
            part[axis]--;
        left -= part[axis] * part[axis];
    }
    for (int axis = 0; axis < 3; axis++)
        put((enum candidate_column)(COLUMN_K_PX + axis), index, (uint32_t)part[axis]);
    for (int axis = 0; axis < 3; axis++) {
        put((enum candidate_column)(COLUMN_PI0_PX + axis), index, (uint32_t)(part[axis] / 3));
        put((enum candidate_column)(COLUMN_E_PX + axis), index, (uint32_t)(part[axis] / 4));
    }
}

static void check_rounding(const char *name)
{
    struct random random = random_start(name);
    const struct selection paper = selection_preset(SELECTION_PAPER);
    for (int round = 0; round < (test_is_full() ? 20000 : 400); round++) {
        fill(&random);
        for (uint32_t i = 0; i < BATCH_BLOCK; i++)
            put_rounding_edge(&random, i);
        expect_block(&paper, 0, BATCH_BLOCK);
    }
}

static void every_kernel_rounds_energies_like_the_integer_root(void **state)
{
    (void)state;
    with_every_kernel(check_rounding);
}

/* (18, 24, 72) has the length 78, and 30 across z: the squares of limits are met exactly, with nothing but the
 * positron. */
static void put_exact_length(uint32_t index, int32_t scale)
{
    const int32_t momenta[9] = {0, 0, 614400000, 0, 0, 0, 18 * scale, -24 * scale, 72 * scale};
    for (int c = COLUMN_K_PX; c <= COLUMN_E_PZ; c++)
        put((enum candidate_column)c, index, (uint32_t)momenta[c]);
}

static void check_exact_lengths(const char *name)
{
    struct random random = random_start(name);
    struct selection selection = selection_preset(SELECTION_PAPER);
    for (int round = 0; round < 3000; round++) {
        const int32_t scale = random_between(&random, 1, 8000000);
        fill(&random);
        for (uint32_t i = 0; i < 16; i++)
            put_exact_length(i, scale);
        selection.positron_p_min = 78 * scale + random_between(&random, -1, 1);
        selection.positron_p_max = 78 * scale + random_between(&random, -1, 1);
        selection.total_p_max = 78 * scale + random_between(&random, -1, 1);
        selection.transverse_p_min = 30 * scale + random_between(&random, -1, 1);
        selection.enabled = (uint32_t)random_word(&random);
        expect_block(&selection, 0, 16);
    }
}

static void every_kernel_keeps_and_excludes_momentum_limits_alike(void **state)
{
    (void)state;
    with_every_kernel(check_exact_lengths);
}

static void check_counts(const char *name)
{
    struct random random = random_start(name);
    const struct selection na62 = selection_preset(SELECTION_NA62);
    fill(&random);
    for (uint32_t count = 0; count <= BATCH_BLOCK; count++)
        expect_block(&na62, CANDIDATES - count, count);
}

static void every_kernel_takes_any_count_up_to_the_end_of_the_columns(void **state)
{
    (void)state;
    with_every_kernel(check_counts);
}

static void an_unknown_kernel_changes_nothing(void **state)
{
    const char *before = batch_kernel_name();
    (void)state;
    assert_false(batch_kernel_use("abacus"));
    assert_string_equal(batch_kernel_name(), before);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kernel_agrees_with_select_candidate),
        cmocka_unit_test(every_kernel_agrees_with_unlimited_integers),
        cmocka_unit_test(every_kernel_rounds_energies_like_the_integer_root),
        cmocka_unit_test(every_kernel_keeps_and_excludes_momentum_limits_alike),
        cmocka_unit_test(every_kernel_takes_any_count_up_to_the_end_of_the_columns),
        cmocka_unit_test(an_unknown_kernel_changes_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
