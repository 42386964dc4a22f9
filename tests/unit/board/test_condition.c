/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "condition.h"

static struct condition_list list_of(const char *const texts[])
{
    struct condition_list list = {.count = 0};
    char error[CONDITION_ERROR_SIZE] = "";
    for (; *texts; texts++)
        if (!condition_add(&list, *texts, error))
            fail_msg("%s: %s", *texts, error);
    return list;
}

#define LIST(...) list_of((const char *const[]){__VA_ARGS__, NULL})

/* `word` is part of the sentence, and nothing was added. */
static void expect_error(struct condition_list list, const char *text, const char *word)
{
    char error[CONDITION_ERROR_SIZE] = "";
    uint32_t count = list.count;
    assert_false(condition_add(&list, text, error));
    assert_int_equal(list.count, count);
    if (strstr(error, word) == NULL || strchr(error, '\n') != NULL || strlen(error) + 1 == CONDITION_ERROR_SIZE)
        fail_msg("%s: '%s' instead of '...%s...'", text, error, word);
}

static void a_condition_is_read_with_its_size_and_bursts(void **state)
{
    struct condition_list list = LIST("lav-off=0.5@20-25", "lkr-gain=-1e-2@3", "intensity@7-", "downscaling=300@4-4");
    (void)state;
    const struct condition expected[] = {{CONDITION_LAV_OFF, 0.5, 20, 25},
                                         {CONDITION_LKR_GAIN, -0.01, 3, 3},
                                         {CONDITION_INTENSITY, 3, 7, UINT32_MAX},
                                         {CONDITION_DOWNSCALING, 300, 4, 4}};
    assert_int_equal(list.count, 4);
    for (int i = 0; i < 4; i++) {
        assert_int_equal(list.items[i].kind, expected[i].kind);
        assert_true(list.items[i].size == expected[i].size);
        assert_int_equal(list.items[i].first, expected[i].first);
        assert_int_equal(list.items[i].last, expected[i].last);
    }
}

static void without_a_size_a_condition_has_that_of_the_table(void **state)
{
    struct condition_list list = LIST("lav-off@1", "lkr-gain@1", "beam-shift@1", "hot-channel@1", "intensity@1",
                                      "dead-link@1", "downscaling@1", "spill-gap@1");
    struct conditions now = conditions_at(&list, 1, 150);
    (void)state;
    assert_true(now.physics.lav_lost == 0.25);
    assert_true(now.physics.lkr_gain == 0.02);
    assert_true(now.physics.beam_shift == 0.01);
    assert_true(now.physics.hot_share == 0.2);
    assert_true(now.physics.intensity == 3);
    assert_true(now.dead_share == 0.25);
    assert_int_equal(now.downscaling, 300);
    assert_true(now.spill_gap == 0.2);
    assert_true(condition_size(&list.items[6], 40) == 80);
    for (uint32_t i = 0; i < list.count; i++)
        assert_int_equal(list.items[i].kind, i);
}

static void nothing_is_wrong_outside_the_bursts(void **state)
{
    struct condition_list list = LIST("lav-off@20-25", "dead-link@20-25", "intensity@20-25", "downscaling@20-25");
    (void)state;
    for (uint32_t burst = 1; burst < 40; burst++) {
        struct conditions now = conditions_at(&list, burst, 150);
        bool is_wrong = burst >= 20 && burst <= 25;
        assert_true(now.physics.lav_lost == (is_wrong ? 0.25 : 0));
        assert_true(now.physics.intensity == (is_wrong ? 3 : 1));
        assert_true(now.dead_share == (is_wrong ? 0.25 : 0));
        assert_int_equal(now.downscaling, is_wrong ? 300 : 150);
        assert_true(now.physics.hot_share == 0 && now.physics.lkr_gain == 0 && now.physics.beam_shift == 0);
    }
}

static void conditions_of_different_names_combine(void **state)
{
    struct condition_list list = LIST("lav-off=0.5@1-10", "lkr-gain=0.03@5-", "lav-off=1@11-12");
    (void)state;
    struct conditions four = conditions_at(&list, 4, 150), ten = conditions_at(&list, 10, 150);
    struct conditions eleven = conditions_at(&list, 11, 150), last = conditions_at(&list, UINT32_MAX, 150);
    assert_true(four.physics.lav_lost == 0.5 && four.physics.lkr_gain == 0);
    assert_true(ten.physics.lav_lost == 0.5 && ten.physics.lkr_gain == 0.03);
    assert_true(eleven.physics.lav_lost == 1 && eleven.physics.lkr_gain == 0.03);
    assert_true(last.physics.lav_lost == 0 && last.physics.lkr_gain == 0.03);
}

static void a_name_that_does_not_exist_is_answered_with_those_that_do(void **state)
{
    struct condition_list list = {.count = 0};
    (void)state;
    for (int kind = 0; kind < CONDITION_COUNT; kind++)
        expect_error(list, "lav-of@3", condition_name((enum condition_kind)kind));
    expect_error(list, "lav-off2@3", "is no condition");
    expect_error(list, "lav@3", "is no condition");
    expect_error(list, "LAV-OFF@3", "is no condition");
    expect_error(list, "@3", "is no condition");
    expect_error(list, "", "is no condition");
    expect_error(list, "=0.5", "is no condition");
}

static void bad_sizes_are_named(void **state)
{
    struct condition_list list = {.count = 0};
    (void)state;
    const char *const texts[] = {"lav-off=@3",    "lav-off=x@3",    "lav-off=0.5x@3", "lav-off=nan@3",
                                 "lav-off=inf@3", "lav-off=0.5 @3", "lav-off==1@3"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        expect_error(list, texts[i], "not a number");
    expect_error(list, "lav-off=1.1@3", "between 0 and 1");
    expect_error(list, "lav-off=-0.1@3", "between 0 and 1");
    expect_error(list, "lkr-gain=0.6@3", "between -0.5 and 0.5");
    expect_error(list, "beam-shift=-0.2@3", "between -0.1 and 0.1");
    expect_error(list, "hot-channel=5@3", "between 0 and 4");
    expect_error(list, "intensity=0@3", "between 0.01 and 20");
    expect_error(list, "dead-link=2@3", "between 0 and 1");
    expect_error(list, "downscaling=0@3", "between 1 and 2000000");
    expect_error(list, "downscaling=1.5@3", "whole number");
}

static void bad_bursts_are_named(void **state)
{
    struct condition_list list = {.count = 0};
    (void)state;
    const char *const texts[] = {
        "lav-off@",    "lav-off@0",   "lav-off@x",   "lav-off@-3",         "lav-off@3-2",
        "lav-off@3-0", "lav-off@3-x", "lav-off@3x",  "lav-off@3-4-",       "lav-off@3-4-5",
        "lav-off@ 3",  "lav-off@+3",  "lav-off@3,4", "lav-off@4294967296", "lav-off@1-99999999999999999999",
        "lav-off@1@2"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        expect_error(list, texts[i], "the bursts must be");
    expect_error(list, "lav-off", "no bursts");
    expect_error(list, "lav-off=0.5", "no bursts");
}

static void the_same_name_twice_in_a_burst_is_refused(void **state)
{
    struct condition_list list = LIST("lav-off@20-25", "lkr-gain@1-");
    (void)state;
    expect_error(list, "lav-off@25", "burst 25 has another lav-off");
    expect_error(list, "lav-off=0.5@10-20", "burst 20 has another lav-off");
    expect_error(list, "lav-off@22-23", "burst 22");
    expect_error(list, "lav-off@1-", "burst 20");
    expect_error(list, "lkr-gain@4000000000", "burst 4000000000");
    char error[CONDITION_ERROR_SIZE];
    assert_true(condition_add(&list, "lav-off@19", error));
    assert_true(condition_add(&list, "lav-off@26-", error));
}

static void a_full_list_takes_no_more(void **state)
{
    struct condition_list list = {.count = 0};
    char text[40], error[CONDITION_ERROR_SIZE];
    (void)state;
    for (int i = 1; i <= CONDITIONS_MAX; i++) {
        snprintf(text, sizeof text, "lav-off@%d", i);
        assert_true(condition_add(&list, text, error));
    }
    expect_error(list, "lkr-gain@1", "16 conditions");
}

static void every_size_that_is_read_suits_the_event_source(void **state)
{
    (void)state;
    const char *const ends[][2] = {{"lav-off=0@1", "lav-off=1@1"},
                                   {"lkr-gain=-0.5@1", "lkr-gain=0.5@1"},
                                   {"beam-shift=-0.1@1", "beam-shift=0.1@1"},
                                   {"hot-channel=0@1", "hot-channel=4@1"},
                                   {"intensity=0.01@1", "intensity=20@1"}};
    for (int side = 0; side < 2; side++) {
        struct condition_list list = LIST(ends[0][side], ends[1][side], ends[2][side], ends[3][side], ends[4][side]);
        struct conditions now = conditions_at(&list, 1, 1);
        assert_true(disturbance_is_sane(&now.physics));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_condition_is_read_with_its_size_and_bursts),
        cmocka_unit_test(without_a_size_a_condition_has_that_of_the_table),
        cmocka_unit_test(nothing_is_wrong_outside_the_bursts),
        cmocka_unit_test(conditions_of_different_names_combine),
        cmocka_unit_test(a_name_that_does_not_exist_is_answered_with_those_that_do),
        cmocka_unit_test(bad_sizes_are_named),
        cmocka_unit_test(bad_bursts_are_named),
        cmocka_unit_test(the_same_name_twice_in_a_burst_is_refused),
        cmocka_unit_test(a_full_list_takes_no_more),
        cmocka_unit_test(every_size_that_is_read_suits_the_event_source),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
