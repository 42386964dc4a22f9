/* SPDX-License-Identifier: MIT */
/* Expected values: a recount, one candidate at a time, through select_candidate and axis_slot. */
#include "core/tally.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "candidates.h"
#include "hnlmon/mmiss.h"

#define ALL BATCH_CANDIDATES_MAX
#define FIRST_SEQ UINT64_C(1000000007)

/* What counting a batch leaves behind. */
struct outcome {
    struct burst burst;
    struct picks picks;
    struct applied applied;
    uint64_t counts[REJECT_REASON_COUNT];
};

static struct candidates candidates;
static struct outcome counted, recounted;

static struct batch batch_of(uint32_t first, uint32_t count)
{
    return (struct batch){.schema = WIRE_SCHEMA,
                          .source = 5,
                          .epoch = UINT64_C(0x8000000000000001),
                          .first_seq = FIRST_SEQ + first,
                          .run = 12,
                          .burst = 34,
                          .columns = candidates_view(&candidates, first, count)};
}

static void recount_value(struct outcome *o, enum histogram_id id, int32_t value)
{
    const struct histogram_info *info = &histogram_table[id];
    o->burst.slots[info->offset + axis_slot(&info->axis, value)]++;
}

/* floor(sqrt(n)) by bisection. */
static int32_t floor_root(uint64_t n)
{
    uint64_t low = 0, high = UINT64_C(1) << 31;
    while (high - low > 1) {
        uint64_t middle = (low + high) / 2;
        if (middle * middle <= n)
            low = middle;
        else
            high = middle;
    }
    return (int32_t)low;
}

static int32_t positron_momentum(const struct candidate *c)
{
    uint64_t square = 0;
    for (int i = 0; i < 3; i++)
        square += (uint64_t)((int64_t)c->e[i] * c->e[i]); /* <= 2^60 each in the domain */
    return floor_root(square);
}

static void recount_quality(struct outcome *o, const struct candidate *c)
{
    recount_value(o, HISTOGRAM_M_GG, c->m_gg);
    recount_value(o, HISTOGRAM_E_OVER_P, c->e_over_p);
    recount_value(o, HISTOGRAM_VERTEX_Z, c->vertex_z);
    recount_value(o, HISTOGRAM_P_E, positron_momentum(c));
    recount_value(o, HISTOGRAM_DT, c->dt);
    recount_value(o, HISTOGRAM_DT_K, c->dt_k);
    recount_value(o, HISTOGRAM_CDA, c->cda);
    recount_value(o, HISTOGRAM_BURST_TIME, (int32_t)c->time);
}

/* The lines as they are defined: all; kept by the downscaling; above 6500 MeV^2 or one in 150 by seq. */
static void recount_line(struct outcome *o, enum line line, bool takes, bool is_accepted, int32_t mev2, uint32_t index)
{
    if (!takes)
        return;
    recount_value(o, (enum histogram_id)(2 * line + 1), mev2);
    if (!is_accepted)
        return;
    recount_value(o, (enum histogram_id)(2 * line), mev2);
    o->applied.decisions[line][index / 8] = (unsigned char)(o->applied.decisions[line][index / 8] | 1u << index % 8);
}

static void recount_one(struct outcome *o, const struct selection *selection, const struct batch *batch, uint32_t i,
                        uint32_t index)
{
    struct candidate c = candidate_load(&batch->columns, i);
    int64_t m2;
    enum reject_reason reason = select_candidate(selection, &c, &m2);
    int32_t mev2 = mmiss_mev2(m2);
    uint64_t seq = batch->first_seq + i;
    o->counts[reason]++;
    if (reason != REJECT_BAD_TIME && reason != REJECT_BAD_RANGE)
        recount_quality(o, &c);
    if (reason != REJECT_NONE && reason != REJECT_VETO)
        return;
    bool is_accepted = reason == REJECT_NONE;
    o->burst.vetoes[VETO_LAV] += c.flags >> 8 & 1;
    o->burst.vetoes[VETO_IRC] += c.flags >> 9 & 1;
    o->burst.vetoes[VETO_SAC] += c.flags >> 10 & 1;
    o->burst.vetoes[VETO_LKR_EXTRA] += c.flags >> 11 & 1;
    recount_line(o, LINE_UNPRESCALED, true, is_accepted, mev2, index);
    recount_line(o, LINE_DOWNSCALED, c.flags >> 14 & 1, is_accepted, mev2, index);
    recount_line(o, LINE_TAIL, mev2 > 6500 || seq % 150 == 0, is_accepted, mev2, index);
    if (is_accepted && mev2 >= 9350)
        o->picks.entries[o->picks.count++ % PICKS_MAX] = (struct pick){.run = batch->run,
                                                                       .burst = batch->burst,
                                                                       .source = batch->source,
                                                                       .epoch = batch->epoch,
                                                                       .seq = seq,
                                                                       .time = c.time,
                                                                       .m2 = m2};
}

static void recount(const struct selection *selection, const struct batch *batch, uint32_t begin)
{
    memset(&recounted, 0, sizeof recounted);
    for (uint32_t i = begin; i < batch->columns.count; i++)
        recount_one(&recounted, selection, batch, i, i - begin);
}

/* The histograms, vetoes, decisions, counts and picks of `counted` are those of `recounted`. */
static void assert_same(void)
{
    assert_memory_equal(counted.counts, recounted.counts, sizeof counted.counts);
    assert_memory_equal(counted.burst.slots, recounted.burst.slots, sizeof counted.burst.slots);
    assert_memory_equal(counted.burst.vetoes, recounted.burst.vetoes, sizeof counted.burst.vetoes);
    assert_memory_equal(counted.applied.decisions, recounted.applied.decisions, sizeof counted.applied.decisions);
    assert_int_equal(counted.picks.count, recounted.picks.count);
    for (uint64_t i = 0; i < counted.picks.count; i++) {
        const struct pick *a = &counted.picks.entries[i], *b = &recounted.picks.entries[i];
        assert_true(a->run == b->run && a->burst == b->burst && a->source == b->source && a->epoch == b->epoch);
        assert_true(a->seq == b->seq && a->time == b->time && a->m2 == b->m2);
    }
}

static void check(const struct selection *selection, const struct batch *batch, uint32_t begin)
{
    memset(&counted, 0, sizeof counted);
    tally_batch(&counted.burst, selection, batch, begin, &counted.picks, &counted.applied, counted.counts);
    recount(selection, batch, begin);
    assert_same();
}

static void make_plausible(struct random *random)
{
    candidates.count = 0;
    while (candidates.count < ALL) {
        struct candidate c = plausible_candidate(random, plausible_m2(random));
        candidates_put(&candidates, &c);
    }
}

static void make_adversarial(struct random *random)
{
    candidates.count = 0;
    while (candidates.count < ALL) {
        struct candidate c =
            random_below(random, 2) ? plausible_candidate(random, plausible_m2(random)) : (struct candidate){0};
        struct candidate wild = adversarial_candidate(random);
        if (random_below(random, 2)) /* wild in one group of words only, so that it reaches the later cuts */
            memcpy(&c.time, &wild.time, sizeof c - offsetof(struct candidate, time));
        else if (random_below(random, 2))
            memcpy(c.e, wild.e, sizeof c.e);
        else
            c = wild;
        candidates_put(&candidates, &c);
    }
}

static void check_presets(void)
{
    struct batch batch = batch_of(0, ALL);
    for (int preset = 0; preset < SELECTION_PRESET_COUNT; preset++) {
        struct selection selection = selection_preset((enum selection_preset)preset);
        check(&selection, &batch, 0);
    }
}

static void every_slot_and_decision_equals_a_recount_of_plausible_candidates(void **state)
{
    (void)state;
    struct random random = random_start("tally");
    for (int trial = 0; trial < 10; trial++) {
        make_plausible(&random);
        check_presets();
    }
    assert_in_range(recounted.picks.count, 10, ALL); /* the test has candidates in every place */
    struct selection paper = selection_preset(SELECTION_PAPER);
    struct batch batch = batch_of(0, ALL);
    recount(&paper, &batch, 0);
    assert_in_range(recounted.counts[REJECT_NONE], ALL / 2, ALL);
    assert_in_range(recounted.picks.count, 100, ALL);
    for (int veto = 0; veto < VETO_COUNT; veto++)
        assert_in_range(recounted.burst.vetoes[veto], 1, recounted.counts[REJECT_VETO]);
}

static void a_block_in_which_every_veto_fires_does_not_overflow(void **state)
{
    (void)state;
    struct random random = random_start("tally");
    struct selection selection = selection_preset(SELECTION_PAPER);
    candidates.count = 0;
    while (candidates.count < ALL) {
        struct candidate c = plausible_candidate(&random, 0.0);
        c.flags |= FLAG_PHOTON_VETO;
        candidates_put(&candidates, &c);
    }
    struct batch batch = batch_of(0, ALL);
    check(&selection, &batch, 0);
    for (int veto = 0; veto < VETO_COUNT; veto++)
        assert_int_equal(counted.burst.vetoes[veto], counted.counts[REJECT_VETO]);
    assert_int_equal(counted.counts[REJECT_VETO], ALL);
}

static void every_slot_and_decision_equals_a_recount_of_adversarial_candidates(void **state)
{
    (void)state;
    struct random random = random_start("tally");
    for (int trial = 0; trial < 10; trial++) {
        make_adversarial(&random);
        check_presets();
    }
}

static void lengths_and_beginnings_around_a_block_equal_a_recount(void **state)
{
    (void)state;
    static const uint32_t lengths[] = {1, 2, 7, 15, 16, 17, 255, 256, 257, 511, 512, 513, 4095};
    struct random random = random_start("tally");
    struct selection selection = selection_preset(SELECTION_PAPER);
    make_plausible(&random);
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        struct batch batch = batch_of((uint32_t)random_below(&random, ALL - lengths[i] + 1), lengths[i]);
        check(&selection, &batch, 0);
        check(&selection, &batch, (uint32_t)random_below(&random, lengths[i]));
        check(&selection, &batch, lengths[i] - 1);
    }
}

static bool decision(const struct applied *applied, int line, uint32_t index)
{
    return applied->decisions[line][index / 8] >> index % 8 & 1;
}

/* Counts the candidates in pieces of random length, collecting decisions by their place in the whole. */
static void count_in_pieces(struct random *random, const struct selection *selection, struct outcome *whole)
{
    static struct applied piece;
    memset(whole, 0, sizeof *whole);
    for (uint32_t first = 0, count; first < ALL; first += count) {
        count = (uint32_t)random_below(random, random_below(random, 2) ? 20 : 1500) + 1;
        count = count < ALL - first ? count : ALL - first;
        struct batch batch = batch_of(first, count);
        memset(&piece, 0, sizeof piece);
        tally_batch(&whole->burst, selection, &batch, 0, &whole->picks, &piece, whole->counts);
        for (uint32_t i = 0; i < count; i++)
            for (int line = 0; line < LINE_COUNT; line++)
                if (decision(&piece, line, i))
                    whole->applied.decisions[line][(first + i) / 8] =
                        (unsigned char)(whole->applied.decisions[line][(first + i) / 8] | 1u << (first + i) % 8);
    }
}

static void any_split_into_batches_gives_the_same(void **state)
{
    (void)state;
    struct random random = random_start("tally");
    struct selection selection = selection_preset(SELECTION_PAPER);
    for (int trial = 0; trial < 20; trial++) {
        make_adversarial(&random);
        struct batch batch = batch_of(0, ALL);
        recount(&selection, &batch, 0);
        count_in_pieces(&random, &selection, &counted);
        assert_same();
    }
}

static void the_other_lines_are_nested_in_the_unprescaled_one(void **state)
{
    (void)state;
    struct random random = random_start("tally");
    struct selection selection = selection_preset(SELECTION_PAPER);
    struct batch batch = batch_of(0, ALL);
    make_plausible(&random);
    check(&selection, &batch, 0);
    uint32_t downscaled = 0, tail = 0, all = 0;
    for (uint32_t i = 0; i < ALL; i++) {
        all += decision(&counted.applied, LINE_UNPRESCALED, i);
        downscaled += decision(&counted.applied, LINE_DOWNSCALED, i);
        tail += decision(&counted.applied, LINE_TAIL, i);
        assert_true(decision(&counted.applied, LINE_UNPRESCALED, i) || !decision(&counted.applied, LINE_DOWNSCALED, i));
        assert_true(decision(&counted.applied, LINE_UNPRESCALED, i) || !decision(&counted.applied, LINE_TAIL, i));
    }
    assert_int_equal(all, counted.counts[REJECT_NONE]);
    assert_true(downscaled > 0 && downscaled < all && tail > 0 && tail < all);
    for (uint32_t slot = 0; slot < 2 * M2_SLOTS; slot++)
        for (uint32_t line = 1; line < LINE_COUNT; line++)
            assert_true(counted.burst.slots[2 * line * M2_SLOTS + slot] <= counted.burst.slots[slot]);
}

static bool takes(enum line line, uint32_t flags, int64_t m2, uint64_t seq)
{
    return line_takers(flags, m2, seq) >> line & 1;
}

static void line_tail_takes_above_6500_and_one_seq_in_150(void **state)
{
    (void)state;
    const int64_t mev2 = INT64_C(1) << M2_SHIFT;
    assert_false(takes(LINE_TAIL, 0, 6501 * mev2 - 1, 149)); /* rounds down to 6500 */
    assert_true(takes(LINE_TAIL, 0, 6500 * mev2, 150));
    assert_true(takes(LINE_TAIL, 0, 6501 * mev2, 149));
    assert_true(takes(LINE_TAIL, 0, INT64_MAX, 1));
    assert_true(takes(LINE_TAIL, 0, INT64_MIN, UINT64_C(150) << 56));
    assert_false(takes(LINE_TAIL, UINT32_MAX, INT64_MIN, 1));
    assert_true(takes(LINE_DOWNSCALED, FLAG_KEPT, INT64_MIN, 1));
    assert_false(takes(LINE_DOWNSCALED, ~FLAG_KEPT, INT64_MAX, 150));
    assert_true(takes(LINE_UNPRESCALED, 0, INT64_MIN, 1));
    assert_string_equal(line_name(LINE_UNPRESCALED), "unprescaled");
    assert_string_equal(line_name(LINE_DOWNSCALED), "downscaled");
    assert_string_equal(line_name(LINE_TAIL), "tail");
}

static void picks_keep_the_newest(void **state)
{
    (void)state;
    struct random random = random_start("tally");
    struct selection selection = selection_preset(SELECTION_PAPER);
    memset(&counted, 0, sizeof counted);
    candidates.count = 0;
    for (uint32_t i = 0; i < ALL; i++) {
        struct candidate c = plausible_candidate(&random, 18225.0);
        c.flags &= ~FLAG_PHOTON_VETO;
        candidates_put(&candidates, &c);
    }
    struct batch batch = batch_of(0, ALL);
    for (uint32_t i = 0; i < PICKS_MAX / ALL + 2; i++, batch.first_seq += ALL)
        tally_batch(&counted.burst, &selection, &batch, 0, &counted.picks, &counted.applied, counted.counts);
    assert_int_equal(counted.picks.count, PICKS_MAX + 2 * ALL);
    assert_true(counted.picks.entries[2 * ALL - 1].seq == batch.first_seq - 1);
    assert_true(counted.picks.entries[2 * ALL].seq == batch.first_seq - PICKS_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_slot_and_decision_equals_a_recount_of_plausible_candidates),
        cmocka_unit_test(every_slot_and_decision_equals_a_recount_of_adversarial_candidates),
        cmocka_unit_test(lengths_and_beginnings_around_a_block_equal_a_recount),
        cmocka_unit_test(any_split_into_batches_gives_the_same),
        cmocka_unit_test(the_other_lines_are_nested_in_the_unprescaled_one),
        cmocka_unit_test(line_tail_takes_above_6500_and_one_seq_in_150),
        cmocka_unit_test(a_block_in_which_every_veto_fires_does_not_overflow),
        cmocka_unit_test(picks_keep_the_newest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
