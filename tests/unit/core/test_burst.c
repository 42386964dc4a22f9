/* SPDX-License-Identifier: MIT */
#include "core/burst.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static struct open_bursts open;

static int close_all(void **state)
{
    (void)state;
    memset(&open, 0, sizeof open);
    return 0;
}

static struct burst_key key(uint32_t run, uint32_t burst)
{
    return (struct burst_key){run, burst};
}

static void bursts_are_ordered_by_run_then_burst(void **state)
{
    (void)state;
    assert_true(burst_compare(key(1, 9), key(2, 1)) < 0);
    assert_true(burst_compare(key(2, 1), key(1, 9)) > 0);
    assert_true(burst_compare(key(3, 4), key(3, 5)) < 0);
    assert_true(burst_compare(key(3, 5), key(3, 4)) > 0);
    assert_int_equal(burst_compare(key(3, 5), key(3, 5)), 0);
    assert_true(burst_compare(key(0, UINT32_MAX), key(UINT32_MAX, 0)) < 0);
}

static void the_oldest_burst_is_the_smallest_key_not_the_first_opened(void **state)
{
    (void)state;
    assert_null(burst_oldest(&open));
    burst_open(&open, key(2, 1), BURST_OPEN_MAX);
    burst_open(&open, key(1, 7), BURST_OPEN_MAX);
    burst_open(&open, key(1, 8), BURST_OPEN_MAX);
    assert_int_equal(burst_oldest(&open)->key.run, 1);
    assert_int_equal(burst_oldest(&open)->key.burst, 7);
}

static void sixteen_bursts_may_be_open_and_a_closed_one_makes_room(void **state)
{
    (void)state;
    for (uint32_t burst = 1; burst <= BURST_OPEN_MAX; burst++)
        assert_non_null(burst_open(&open, key(1, burst), BURST_OPEN_MAX));
    assert_null(burst_open(&open, key(1, BURST_OPEN_MAX + 1), BURST_OPEN_MAX));
    struct burst *fifth = burst_find(&open, key(1, 5));
    fifth->slots[3] = 99;
    fifth->is_open = false;
    assert_null(burst_find(&open, key(1, 5)));
    struct burst *next = burst_open(&open, key(1, BURST_OPEN_MAX + 1), BURST_OPEN_MAX);
    assert_ptr_equal(next, fifth);
    assert_int_equal(next->slots[3], 0);
}

static struct burst *begin_two(int32_t first, int32_t second)
{
    struct burst *burst = burst_open(&open, key(1, 1), BURST_OPEN_MAX);
    struct burst_begin begin = {.mark.t_ns = 2000, .input_downscaling = first};
    burst_begin(burst, &begin, ORIGIN_SIMULATION);
    begin = (struct burst_begin){.mark.t_ns = 1000, .input_downscaling = second};
    burst_begin(burst, &begin, ORIGIN_DATA);
    return burst;
}

static void links_are_in_the_order_of_their_numbers_whoever_comes_first(void **state)
{
    (void)state;
    struct burst *burst = burst_open(&open, key(1, 1), BURST_OPEN_MAX);
    const uint32_t turns[] = {7, 2, 7, 9, 2};
    for (uint32_t i = 0; i < 5; i++)
        burst_count(burst, turns[i], i);
    assert_int_equal(burst->link_count, 3);
    const uint32_t sources[] = {2, 7, 9}, candidates[] = {1 + 4, 0 + 2, 3};
    for (uint32_t i = 0; i < 3; i++) {
        assert_int_equal(burst->links[i].source, sources[i]);
        assert_int_equal(burst->links[i].candidates, candidates[i]);
    }
}

static void beginning_takes_the_earliest_time_and_the_strictest_origin(void **state)
{
    (void)state;
    const struct burst *burst = begin_two(1, 1);
    assert_int_equal(burst->began, 2);
    assert_int_equal(burst->t_begin_ns, 1000);
    assert_int_equal(burst->origin, ORIGIN_DATA);
    assert_int_equal(burst->input_downscaling, 1);
}

static void input_downscalings_that_disagree_are_variable(void **state)
{
    (void)state;
    assert_int_equal(begin_two(1, 150)->input_downscaling, DOWNSCALING_VARIABLE);
    close_all(NULL);
    assert_int_equal(begin_two(150, 1)->input_downscaling, DOWNSCALING_VARIABLE);
    close_all(NULL);
    assert_int_equal(begin_two(150, DOWNSCALING_UNKNOWN)->input_downscaling, DOWNSCALING_VARIABLE);
    close_all(NULL);
    assert_int_equal(begin_two(150, 150)->input_downscaling, 150);
}

static void an_input_downscaling_without_meaning_is_unknown(void **state)
{
    (void)state;
    static const int32_t senseless[] = {0, -2, -998, INT32_MIN, DOWNSCALING_UNKNOWN};
    for (size_t i = 0; i < sizeof senseless / sizeof *senseless; i++) {
        close_all(NULL);
        assert_int_equal(begin_two(senseless[i], senseless[i])->input_downscaling, DOWNSCALING_UNKNOWN);
    }
}

static void ends_add_up(void **state)
{
    (void)state;
    struct burst *burst = begin_two(1, 1);
    struct burst_end end = {.mark.t_ns = 9000,
                            .generated = 300,
                            .kept = 2,
                            .sent = 50,
                            .downscaling = 150,
                            .live_ppm = 990000,
                            .choke_count = 3};
    burst_end(burst, &end);
    end = (struct burst_end){.mark.t_ns = 8000,
                             .generated = 301,
                             .kept = 2,
                             .sent = 60,
                             .downscaling = 150,
                             .live_ppm = 980000,
                             .choke_count = 4};
    burst_end(burst, &end);
    assert_int_equal(burst->ended, 2);
    assert_int_equal(burst->generated, 601);
    assert_int_equal(burst->kept, 4);
    assert_int_equal(burst->sent, 110);
    assert_int_equal(burst->downscaling, 150);
    assert_int_equal(burst->live_ppm, 980000);
    assert_int_equal(burst->choke_count, 7);
    assert_int_equal(burst->t_end_ns, 9000);
}

#define SOURCES 4

static const struct burst_begin begins[SOURCES] = {
    {.mark.t_ns = 50, .input_downscaling = 1},
    {.mark.t_ns = 40, .input_downscaling = 0},
    {.mark.t_ns = 60, .input_downscaling = 1},
    {.mark.t_ns = 70, .input_downscaling = DOWNSCALING_VARIABLE},
};
static const enum origin origins[SOURCES] = {ORIGIN_UNSPECIFIED, ORIGIN_INJECTION, ORIGIN_SIMULATION,
                                             ORIGIN_UNSPECIFIED};
static const struct burst_end ends[SOURCES] = {
    {.mark.t_ns = 5, .generated = 1, .sent = 10, .downscaling = 0, .intensity = 0.1, .live_ppm = 7},
    {.mark.t_ns = 6, .generated = 2, .sent = 20, .downscaling = 150, .intensity = 0.2, .live_ppm = 6},
    {.mark.t_ns = 4, .generated = 3, .sent = 30, .downscaling = 150, .intensity = 0.3, .live_ppm = 9},
    {.mark.t_ns = 3, .generated = 4, .sent = 40, .downscaling = -7, .intensity = 1e17, .live_ppm = 8},
};

/* The burst after the first `sources` of the order `turns` began and ended it. */
static struct burst burst_in_order(const int *turns, int sources)
{
    close_all(NULL);
    struct burst *burst = burst_open(&open, key(3, 4), BURST_OPEN_MAX);
    for (int i = 0; i < sources; i++)
        burst_begin(burst, &begins[turns[i]], origins[turns[i]]);
    for (int i = 0; i < sources; i++)
        burst_end(burst, &ends[turns[sources - 1 - i]]);
    return *burst;
}

/* Every order of two, then of all sources gives the bits of the first one. */
static void sources_may_come_in_any_order(void **state)
{
    (void)state;
    static struct burst expected, other;
    for (int order = 0; order < 256; order++) {
        int turns[SOURCES] = {order & 3, order >> 2 & 3, order >> 4 & 3, order >> 6};
        int sorted[] = {turns[0] < turns[1] ? turns[0] : turns[1], turns[0] < turns[1] ? turns[1] : turns[0]};
        if (turns[0] == turns[1])
            continue;
        expected = burst_in_order(sorted, 2);
        other = burst_in_order(turns, 2);
        assert_memory_equal(&other, &expected, sizeof other);
        if ((1 << turns[0] | 1 << turns[1] | 1 << turns[2] | 1 << turns[3]) != 15)
            continue;
        expected = burst_in_order((int[]){0, 1, 2, 3}, SOURCES);
        other = burst_in_order(turns, SOURCES);
        assert_memory_equal(&other, &expected, sizeof other);
    }
    assert_int_equal(expected.origin, ORIGIN_SIMULATION);
    assert_int_equal(expected.downscaling, DOWNSCALING_VARIABLE);
    assert_int_equal(expected.input_downscaling, DOWNSCALING_VARIABLE);
    assert_true(expected.intensity == 1e17);
}

static void an_intensity_that_is_no_number_is_ignored(void **state)
{
    (void)state;
    struct burst *burst = begin_two(1, 1);
    burst_end(burst, &(struct burst_end){.intensity = 2.5});
    burst_end(burst, &(struct burst_end){.intensity = 0.0});
    assert_false(burst->has_bad_intensity);
    burst_end(burst, &(struct burst_end){.intensity = (double)NAN});
    burst_end(burst, &(struct burst_end){.intensity = (double)INFINITY});
    burst_end(burst, &(struct burst_end){.intensity = -1.0});
    burst_end(burst, &(struct burst_end){.intensity = 1e19});
    assert_true(burst->intensity == 2.5);
    assert_true(burst->has_bad_intensity);
    static const double absurd[] = {-1.0, 1e19, 1e308, 1e-19, 5e-324, (double)NAN, -(double)INFINITY};
    for (size_t i = 0; i < sizeof absurd / sizeof *absurd; i++) {
        close_all(NULL);
        burst = burst_open(&open, key(3, 4), BURST_OPEN_MAX);
        burst_end(burst, &(struct burst_end){.intensity = absurd[i]});
        assert_true(burst->intensity == 0.0 && burst->has_bad_intensity);
    }
}

static void flaws_say_loss_missing_end_and_unusable_downscaling(void **state)
{
    (void)state;
    struct burst burst = {.began = 2, .ended = 2, .input_downscaling = 150};
    assert_int_equal(burst_flaws(&burst), 0);
    burst.lost = 1;
    assert_int_equal(burst_flaws(&burst), 1u << FLAW_LOSS);
    burst.ended = 1;
    assert_int_equal(burst_flaws(&burst), 1u << FLAW_LOSS | 1u << FLAW_INCOMPLETE);
    burst = (struct burst){.began = 1, .ended = 1, .input_downscaling = DOWNSCALING_VARIABLE};
    assert_int_equal(burst_flaws(&burst), 1u << FLAW_DOWNSCALING);
    burst.input_downscaling = DOWNSCALING_UNKNOWN;
    assert_int_equal(burst_flaws(&burst), 1u << FLAW_DOWNSCALING);
    burst.input_downscaling = 0;
    assert_int_equal(burst_flaws(&burst), 1u << FLAW_DOWNSCALING);
}

/* Every member has a value of its own; which place a burst has means nothing. */
static void everything_in_an_open_burst_comes_back_the_oldest_first(void **state)
{
    (void)state;
    static struct open_bursts restored;
    static unsigned char bytes[2 * 60000];
    struct burst *later = burst_open(&open, key(2, 5), BURST_OPEN_MAX),
                 *sooner = burst_open(&open, key(2, 4), BURST_OPEN_MAX);
    *sooner = (struct burst){.key = {2, 4},
                             .is_open = true,
                             .began = 3,
                             .ended = 2,
                             .t_begin_ns = 11,
                             .t_end_ns = 12,
                             .generated = 13,
                             .kept = 14,
                             .sent = 15,
                             .downscaling = DOWNSCALING_VARIABLE,
                             .input_downscaling = DOWNSCALING_UNKNOWN,
                             .intensity = 16.5,
                             .has_bad_intensity = true,
                             .live_ppm = 17,
                             .choke_count = 18,
                             .origin = ORIGIN_SIMULATION,
                             .accepted = 19,
                             .rejected = {[REJECT_VETO] = 20},
                             .vetoes = {1, 2, 3, 4},
                             .lost = 21,
                             .links = {{5, 22}, {6, 17}},
                             .link_count = 2,
                             .active_ns = 23};
    sooner->slots[HISTOGRAM_SLOTS - 1] = 39;
    sooner->slots[M2_SLOTS + 700] = 38;
    sooner->slots[700] = 19;
    struct archive archive = archive_save(bytes, sizeof bytes);
    open_bursts_archive(&archive, &open, 30);
    assert_true(archive.is_sound);
    archive = archive_restore(bytes, archive.at);
    open_bursts_archive(&archive, &restored, 30);
    assert_true(archive_is_complete(&archive));
    assert_memory_equal(&restored.bursts[0], sooner, sizeof *sooner);
    assert_memory_equal(&restored.bursts[1], later, sizeof *later);
    assert_false(restored.bursts[2].is_open);
}

static bool is_kept(void)
{
    static unsigned char bytes[60000];
    struct archive archive = archive_save(bytes, sizeof bytes);
    open_bursts_archive(&archive, &open, 0);
    return archive.is_sound;
}

static void a_burst_whose_counts_do_not_fit_together_is_not_kept(void **state)
{
    (void)state;
    struct burst *burst = burst_open(&open, key(2, 4), BURST_OPEN_MAX);
    assert_true(is_kept());
    burst->slots[M2_SLOTS + 1] = 1; /* without a candidate */
    assert_false(is_kept());
    burst->rejected[REJECT_VETO] = 1;
    assert_true(is_kept());
    burst->accepted = 1;
    burst->slots[2] = 1; /* after the veto, but not before it */
    assert_false(is_kept());
    burst->slots[M2_SLOTS + 2] = 1;
    assert_true(is_kept());
    burst->accepted = UINT32_MAX;
    assert_false(is_kept());
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bursts_are_ordered_by_run_then_burst),
        cmocka_unit_test(links_are_in_the_order_of_their_numbers_whoever_comes_first),
        cmocka_unit_test_setup(the_oldest_burst_is_the_smallest_key_not_the_first_opened, close_all),
        cmocka_unit_test_setup(sixteen_bursts_may_be_open_and_a_closed_one_makes_room, close_all),
        cmocka_unit_test_setup(beginning_takes_the_earliest_time_and_the_strictest_origin, close_all),
        cmocka_unit_test_setup(input_downscalings_that_disagree_are_variable, close_all),
        cmocka_unit_test_setup(an_input_downscaling_without_meaning_is_unknown, close_all),
        cmocka_unit_test_setup(ends_add_up, close_all),
        cmocka_unit_test(sources_may_come_in_any_order),
        cmocka_unit_test_setup(an_intensity_that_is_no_number_is_ignored, close_all),
        cmocka_unit_test(flaws_say_loss_missing_end_and_unusable_downscaling),
        cmocka_unit_test_setup(everything_in_an_open_burst_comes_back_the_oldest_first, close_all),
        cmocka_unit_test_setup(a_burst_whose_counts_do_not_fit_together_is_not_kept, close_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
