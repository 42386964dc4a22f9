/* SPDX-License-Identifier: MIT */
#include "core/reminder.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define NS_PER_S INT64_C(1000000000)

static struct reminders reminders;
static struct alarm alarm;

static int start(void **state)
{
    (void)state;
    memset(&reminders, 0, sizeof reminders);
    alarm = (struct alarm){.id = "loss-7-22", .kind = ALARM_LOSS, .state = ALARM_UNACKNOWLEDGED};
    return 0;
}

/* All that is due at a time, for the alarm of this test. */
static unsigned due_at(int64_t now_ns)
{
    unsigned due = 0;
    for (uint32_t i = 0; i < ALARMS_MAX; i++) {
        const char *id;
        unsigned one = reminders_take(&reminders, i, now_ns, &id);
        assert_true(one == 0 || strcmp(id, alarm.id) == 0);
        due |= one;
    }
    return due;
}

static void programs_are_reminded_after_one_second_backing_off_to_thirty(void **state)
{
    (void)state;
    static const int expected_s[] = {1, 3, 7, 15, 31, 61, 91, 121}; /* gaps of 1 2 4 8 16 30 30 30 */
    size_t next = 0;
    reminders_note(&reminders, &alarm, 5 * NS_PER_S);
    for (int64_t ms = 0; ms <= 130000; ms += 50) {
        unsigned due = due_at(5 * NS_PER_S + ms * 1000000);
        if (!due)
            continue;
        assert_int_equal(due, REMIND_PROGRAMS);
        assert_true(next < sizeof expected_s / sizeof expected_s[0] && ms == expected_s[next] * 1000);
        next++;
    }
    assert_int_equal(next, 8);
}

static void people_are_reminded_every_half_hour(void **state)
{
    (void)state;
    uint32_t count = 0;
    reminders_note(&reminders, &alarm, 0);
    for (int64_t s = 0; s <= 3 * 3600; s++) {
        bool is_due = due_at(s * NS_PER_S) & REMIND_PEOPLE;
        assert_int_equal(is_due, s > 0 && s % 1800 == 0);
        count += is_due;
    }
    assert_int_equal(count, 6);
}

static void only_alarms_that_wait_are_repeated(void **state)
{
    (void)state;
    static const bool is_repeated[ALARM_STATE_COUNT] = {
        [ALARM_UNACKNOWLEDGED] = true, [ALARM_RETURNED_UNACKNOWLEDGED] = true};
    for (int i = 0; i < ALARM_STATE_COUNT; i++) {
        start(NULL);
        alarm.state = (enum alarm_state)i;
        reminders_note(&reminders, &alarm, 0);
        assert_int_equal(due_at(NS_PER_S) != 0, is_repeated[i]);
    }
}

static void the_reminders_end_when_somebody_acknowledges_or_shelves(void **state)
{
    (void)state;
    static const enum alarm_state ends[] = {ALARM_ACKNOWLEDGED, ALARM_SHELVED, ALARM_NORMAL};
    for (int i = 0; i < 3; i++) {
        start(NULL);
        reminders_note(&reminders, &alarm, 0);
        assert_int_equal(due_at(NS_PER_S), REMIND_PROGRAMS);
        alarm.state = ends[i];
        reminders_note(&reminders, &alarm, 2 * NS_PER_S);
        assert_int_equal(due_at(7200 * NS_PER_S), 0);
    }
}

static void what_is_told_anew_begins_afresh(void **state)
{
    (void)state;
    reminders_note(&reminders, &alarm, 0);
    for (int64_t s = 0; s < 100; s++)
        due_at(s * NS_PER_S);
    reminders_note(&reminders, &alarm, 100 * NS_PER_S);
    assert_int_equal(due_at(100 * NS_PER_S + 999999999), 0);
    assert_int_equal(due_at(101 * NS_PER_S), REMIND_PROGRAMS);
    assert_int_equal(due_at(1899 * NS_PER_S), REMIND_PROGRAMS);
    assert_int_equal(due_at(1900 * NS_PER_S), REMIND_PEOPLE);
}

static void there_is_room_for_every_alarm(void **state)
{
    (void)state;
    for (uint32_t round = 0; round < 3; round++) {
        uint32_t due = 0;
        for (uint32_t i = 0; i < ALARMS_MAX; i++) {
            snprintf(alarm.id, sizeof alarm.id, "a-%u-%u", round, i);
            alarm.state = ALARM_UNACKNOWLEDGED;
            reminders_note(&reminders, &alarm, 0);
        }
        for (uint32_t i = 0; i < ALARMS_MAX; i++) {
            const char *id;
            due += reminders_take(&reminders, i, NS_PER_S, &id) == REMIND_PROGRAMS;
        }
        assert_int_equal(due, ALARMS_MAX);
        for (uint32_t i = 0; i < ALARMS_MAX; i++) {
            snprintf(alarm.id, sizeof alarm.id, "a-%u-%u", round, i);
            alarm.state = ALARM_NORMAL;
            reminders_note(&reminders, &alarm, 0);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(programs_are_reminded_after_one_second_backing_off_to_thirty, start),
        cmocka_unit_test_setup(people_are_reminded_every_half_hour, start),
        cmocka_unit_test_setup(only_alarms_that_wait_are_repeated, start),
        cmocka_unit_test_setup(the_reminders_end_when_somebody_acknowledges_or_shelves, start),
        cmocka_unit_test_setup(what_is_told_anew_begins_afresh, start),
        cmocka_unit_test_setup(there_is_room_for_every_alarm, start),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
