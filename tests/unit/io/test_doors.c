/* SPDX-License-Identifier: MIT */
/* Connections by their descriptors, on a clock of the test: 2.4 s is within the time of a handshake, 2.6 s is not. */
#include "io/doors.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
/* cmocka needs the headers above. */
#include <cmocka.h>

#define MS INT64_C(1000000)
#define START (1000 * MS)

static struct doors doors;

static void begin(uint32_t peers_max, uint32_t strangers_max)
{
    memset(&doors, 0, sizeof doors);
    doors.reports[0].peers_max = peers_max;
    doors.doors[0].strangers_max = strangers_max;
}

static void come_in(int descriptor, int64_t now_ns)
{
    doors_open(&doors, 0, descriptor, now_ns);
    assert_false(doors_is_full(&doors, 0, now_ns));
    doors_let_in(&doors, 0, now_ns);
}

static void a_door_is_full_of_those_inside_whether_new_or_not(void **state)
{
    (void)state;
    begin(2, 10);
    come_in(10, START);
    come_in(11, START + 2600 * MS);
    doors_open(&doors, 0, 12, START + 2700 * MS);
    assert_true(doors_is_full(&doors, 0, START + 2700 * MS));
    assert_true(doors_is_full(&doors, 0, START + 9000 * MS));
}

static void who_was_never_let_in_takes_no_place_at_first(void **state)
{
    (void)state;
    begin(2, 10);
    for (int descriptor = 20; descriptor < 30; descriptor++)
        doors_open(&doors, 0, descriptor, START);
    come_in(10, START + MS);
    come_in(11, START + 2 * MS);
    assert_true(doors_is_full(&doors, 0, START + 3 * MS));
}

static void who_left_makes_room_at_once(void **state)
{
    (void)state;
    begin(1, 10);
    for (int64_t i = 0; i < 100; i++) {
        come_in(10, START + i * MS);
        doors_close(&doors, 0, 10);
    }
    assert_int_equal(doors.reports[0].peers, 0);
    assert_int_equal(doors.reports[0].connections, 100);
}

static void a_descriptor_that_comes_back_was_closed_without_a_word(void **state)
{
    (void)state;
    begin(1, 10);
    doors_open(&doors, 0, 10, START);
    doors_open(&doors, 1, 10, START + MS);
    assert_int_equal(doors.reports[0].peers, 0);
    assert_int_equal(doors.reports[1].peers, 1);
    doors_close(&doors, 0, 10); /* the end of the first one, told late */
    assert_int_equal(doors.reports[1].peers, 1);
}

static void the_oldest_of_too_many_strangers_is_to_go(void **state)
{
    (void)state;
    begin(10, 2);
    doors_open(&doors, 0, 30, START + 2 * MS);
    doors_open(&doors, 0, 10, START + 3 * MS);
    assert_int_equal(doors_oldest_stranger(&doors, 0, START + 4 * MS), -1);
    doors_open(&doors, 0, 20, START + 4 * MS);
    assert_int_equal(doors_oldest_stranger(&doors, 0, START + 4 * MS), 30);
    doors_hear(&doors, 30);
    assert_int_equal(doors_oldest_stranger(&doors, 0, START + 4 * MS), -1);
}

static void who_says_nothing_is_silent_after_the_time_of_a_handshake(void **state)
{
    (void)state;
    begin(10, 10);
    doors_open(&doors, 0, 10, START);
    doors_open(&doors, 0, 11, START);
    doors_hear(&doors, 10);
    assert_int_equal(doors_silent(&doors, 0, START + 2400 * MS), -1);
    assert_true(doors_is_visited(&doors, 0, START + 2400 * MS));
    assert_int_equal(doors_silent(&doors, 0, START + 2600 * MS), 11);
    assert_false(doors_is_visited(&doors, 0, START + 2600 * MS));
}

static void a_descriptor_out_of_range_is_nobody(void **state)
{
    (void)state;
    begin(1, 0);
    doors_open(&doors, 0, -1, START);
    doors_open(&doors, 0, DESCRIPTORS_MAX, START);
    doors_hear(&doors, DESCRIPTORS_MAX);
    doors_close(&doors, 0, -1);
    assert_int_equal(doors.reports[0].peers, 0);
    assert_int_equal(doors_oldest_stranger(&doors, 0, START), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_door_is_full_of_those_inside_whether_new_or_not),
        cmocka_unit_test(who_was_never_let_in_takes_no_place_at_first),
        cmocka_unit_test(who_left_makes_room_at_once),
        cmocka_unit_test(a_descriptor_that_comes_back_was_closed_without_a_word),
        cmocka_unit_test(the_oldest_of_too_many_strangers_is_to_go),
        cmocka_unit_test(who_says_nothing_is_silent_after_the_time_of_a_handshake),
        cmocka_unit_test(a_descriptor_out_of_range_is_nobody),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
