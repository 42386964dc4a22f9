/* SPDX-License-Identifier: MIT */
#include "io/link_health.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define NS_PER_S INT64_C(1000000000)
#define BEGIN_NS (100 * NS_PER_S)

static struct link_health health;
static struct reception_counters counters;
static struct alarm_condition condition;

static int start(void **state)
{
    (void)state;
    memset(&health, 0, sizeof health);
    memset(&counters, 0, sizeof counters);
    return 0;
}

/* A look so many seconds after the first one. */
static bool look(int64_t s)
{
    return link_health_look(&health, &counters, BEGIN_NS + s * NS_PER_S, &condition);
}

static void ten_damaged_frames_within_ten_seconds_are_minor_a_hundred_major(void **state)
{
    (void)state;
    assert_false(look(0));
    counters.refused[REFUSAL_BAD_FRAME] = 9;
    assert_false(look(1));
    counters.refused[REFUSAL_BAD_CRC] = 1;
    assert_true(look(2));
    assert_int_equal(condition.severity, SEVERITY_MINOR);
    assert_true(condition.measured == 10);
    assert_string_equal(condition.text, "10 frames refused (mostly bad_frame) and 0 resends asked for within 10 s.");
    counters.refused[REFUSAL_BAD_FRAME] = 99;
    assert_true(look(3));
    assert_int_equal(condition.severity, SEVERITY_MAJOR);
}

static void resends_count_but_the_frames_behind_a_gap_do_not(void **state)
{
    (void)state;
    look(0);
    counters.refused[REFUSAL_GAP] = 100000;
    counters.resends_asked = 9;
    assert_false(look(5));
    counters.resends_asked = 10;
    assert_true(look(6));
    assert_string_equal(condition.text, "0 frames refused and 10 resends asked for within 10 s.");
}

static void what_belongs_to_a_restart_is_no_fault(void **state)
{
    (void)state;
    look(0);
    counters.refused[REFUSAL_NOT_WELCOME] = counters.refused[REFUSAL_BUSY] = counters.duplicates = 100000;
    assert_false(look(5));
    assert_true(look(10));
    assert_int_equal(condition.severity, SEVERITY_NONE);
}

static void a_window_without_enough_faults_ends_it(void **state)
{
    (void)state;
    look(0);
    counters.refused[REFUSAL_BAD_SEQ] = 50;
    assert_true(look(1));
    assert_true(look(10)); /* the window ends with them */
    assert_int_equal(condition.severity, SEVERITY_MINOR);
    for (int64_t s = 11; s < 20; s++) {
        counters.refused[REFUSAL_BAD_SEQ]++; /* 9 in the next one */
        assert_false(look(s));
    }
    assert_true(look(20));
    assert_int_equal(condition.severity, SEVERITY_NONE);
}

static void faults_before_the_first_look_count_in_its_window(void **state)
{
    (void)state;
    counters.refused[REFUSAL_OVERSIZE] = 10;
    assert_true(look(0));
    assert_int_equal(condition.severity, SEVERITY_MINOR);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(ten_damaged_frames_within_ten_seconds_are_minor_a_hundred_major, start),
        cmocka_unit_test_setup(resends_count_but_the_frames_behind_a_gap_do_not, start),
        cmocka_unit_test_setup(what_belongs_to_a_restart_is_no_fault, start),
        cmocka_unit_test_setup(a_window_without_enough_faults_ends_it, start),
        cmocka_unit_test_setup(faults_before_the_first_look_count_in_its_window, start),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
