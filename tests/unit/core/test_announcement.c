/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/announcement.h"

static struct alarm alarm_named(const char *id, enum alarm_state state)
{
    struct alarm alarm = {.kind = ALARM_LOSS, .severity = SEVERITY_MAJOR, .state = state};
    snprintf(alarm.id, sizeof alarm.id, "%s", id);
    return alarm;
}

static uint64_t note(struct announcements *announcements, const char *id, enum alarm_state state)
{
    struct alarm alarm = alarm_named(id, state);
    const struct alarm *told = announcements_note(announcements, &alarm);
    assert_string_equal(told->id, id);
    assert_false(told->is_durable);
    return told->sequence;
}

static struct alarm marked(const struct announcements *announcements, const char *id)
{
    struct alarm alarm = alarm_named(id, ALARM_UNACKNOWLEDGED);
    announcements_mark(announcements, &alarm);
    return alarm;
}

static struct announcements *create(void)
{
    struct announcements *announcements = calloc(1, sizeof *announcements);
    assert_non_null(announcements);
    return announcements;
}

static void changes_of_all_alarms_have_one_sequence(void **state)
{
    (void)state;
    struct announcements *a = create();
    assert_int_equal(note(a, "loss-1-1", ALARM_UNACKNOWLEDGED), 1);
    assert_int_equal(note(a, "rate-1-1", ALARM_UNACKNOWLEDGED), 2);
    assert_int_equal(note(a, "loss-1-1", ALARM_ACKNOWLEDGED), 3);
    assert_int_equal(marked(a, "rate-1-1").sequence, 2);
    assert_int_equal(marked(a, "loss-1-1").sequence, 3);
    assert_int_equal(marked(a, "peak-1-1").sequence, 0);
    free(a);
}

static void an_alarm_becomes_durable_with_the_checkpoint_that_was_taken_after_it(void **state)
{
    (void)state;
    struct announcements *a = create();
    note(a, "loss-1-1", ALARM_UNACKNOWLEDGED);
    announcements_taken(a);
    note(a, "rate-1-1", ALARM_UNACKNOWLEDGED);
    assert_null(announcements_take_durable(a));
    announcements_durable(a);
    const struct alarm *told = announcements_take_durable(a);
    assert_non_null(told);
    assert_string_equal(told->id, "loss-1-1");
    assert_true(told->is_durable);
    assert_int_equal(told->sequence, 1);
    assert_null(announcements_take_durable(a));
    assert_false(marked(a, "rate-1-1").is_durable);
    announcements_taken(a);
    announcements_durable(a);
    told = announcements_take_durable(a);
    assert_non_null(told);
    assert_string_equal(told->id, "rate-1-1");
    assert_null(announcements_take_durable(a));
    free(a);
}

static void a_change_while_a_checkpoint_is_written_waits_for_the_next_one(void **state)
{
    (void)state;
    struct announcements *a = create();
    note(a, "loss-1-1", ALARM_UNACKNOWLEDGED);
    announcements_taken(a);
    note(a, "loss-1-1", ALARM_ACKNOWLEDGED);
    announcements_durable(a);
    assert_null(announcements_take_durable(a));
    assert_false(marked(a, "loss-1-1").is_durable);
    announcements_taken(a);
    announcements_durable(a);
    const struct alarm *told = announcements_take_durable(a);
    assert_non_null(told);
    assert_int_equal(told->state, ALARM_ACKNOWLEDGED);
    assert_int_equal(told->sequence, 2);
    free(a);
}

static void the_end_of_an_alarm_is_confirmed_once(void **state)
{
    (void)state;
    struct announcements *a = create();
    note(a, "loss-1-1", ALARM_UNACKNOWLEDGED);
    note(a, "loss-1-1", ALARM_NORMAL);
    announcements_taken(a);
    announcements_durable(a);
    const struct alarm *told = announcements_take_durable(a);
    assert_non_null(told);
    assert_int_equal(told->state, ALARM_NORMAL);
    assert_int_equal(told->sequence, 2);
    assert_null(announcements_take_durable(a));
    assert_int_equal(marked(a, "loss-1-1").sequence, 0);
    free(a);
}

static void a_restored_alarm_is_durable_from_the_start(void **state)
{
    (void)state;
    struct announcements *a = create();
    struct alarm alarm = alarm_named("loss-1-1", ALARM_UNACKNOWLEDGED);
    const struct alarm *told = announcements_note_restored(a, &alarm);
    assert_int_equal(told->sequence, 1);
    assert_true(told->is_durable);
    assert_true(marked(a, "loss-1-1").is_durable);
    announcements_taken(a);
    announcements_durable(a);
    assert_null(announcements_take_durable(a));
    free(a);
}

/* Without checkpoints alarms come and go, and nothing confirms their ends. */
static void places_are_never_short_for_alarms_that_are_there(void **state)
{
    (void)state;
    struct announcements *a = create();
    char id[ALARM_ID_SIZE];
    for (uint32_t i = 0; i < ALARMS_MAX; i++) {
        snprintf(id, sizeof id, "stays-%u", i);
        note(a, id, ALARM_UNACKNOWLEDGED);
    }
    for (uint32_t i = 0; i < 10 * ANNOUNCEMENTS_MAX; i++) {
        snprintf(id, sizeof id, "ends-%u", i);
        note(a, id, ALARM_NORMAL);
    }
    for (uint32_t i = 0; i < ALARMS_MAX; i++) {
        snprintf(id, sizeof id, "stays-%u", i);
        assert_int_equal(marked(a, id).sequence, i + 1);
    }
    assert_int_equal(a->forgotten, 10 * ANNOUNCEMENTS_MAX - (ANNOUNCEMENTS_MAX - ALARMS_MAX));
    free(a);
}

/* ---- a late joiner ---- */

struct row {
    uint64_t sequence;
    enum alarm_state state;
};

#define IDS 12u

static void apply(struct row *rows, uint32_t id, const struct alarm *told)
{
    if (told->sequence > rows[id].sequence)
        rows[id] = (struct row){told->sequence, told->state};
}

/* Random changes; somebody listens from the start, somebody else asks for the table on the way and hears every message
 * since a moment before that. Both end with the same states. */
static void a_late_joiner_ends_with_the_same_table(void **state)
{
    (void)state;
    const char *text = getenv("HNLMON_SEED");
    unsigned seed = text ? (unsigned)strtoul(text, NULL, 0) : (unsigned)time(NULL);
    print_message("repeat with HNLMON_SEED=%u\n", seed);
    srand(seed);
    for (uint32_t round = 0; round < 200; round++) {
        struct announcements *a = create();
        struct row early[IDS] = {{0, ALARM_NORMAL}}, late[IDS] = {{0, ALARM_NORMAL}};
        struct alarm heard[100];
        uint32_t ids[100], asked = 10 + (uint32_t)rand() % 80, listens = asked - (uint32_t)rand() % 10;
        uint64_t table = 0;
        for (uint32_t step = 0; step < 100; step++) {
            uint32_t id = ids[step] = (uint32_t)rand() % IDS;
            char name[ALARM_ID_SIZE];
            snprintf(name, sizeof name, "loss-1-%u", id);
            struct alarm alarm = alarm_named(name, (enum alarm_state)((uint32_t)rand() % ALARM_STATE_COUNT));
            heard[step] = *announcements_note(a, &alarm);
            apply(early, id, &heard[step]);
            if (step != asked)
                continue;
            table = a->sequence;
            for (uint32_t i = 0; i < IDS; i++)
                if (early[i].state != ALARM_NORMAL)
                    late[i] = (struct row){table, early[i].state};
        }
        for (uint32_t step = listens; step < 100; step++)
            if (heard[step].sequence > table)
                apply(late, ids[step], &heard[step]);
        for (uint32_t i = 0; i < IDS; i++)
            assert_int_equal(late[i].state, early[i].state);
        free(a);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(changes_of_all_alarms_have_one_sequence),
        cmocka_unit_test(an_alarm_becomes_durable_with_the_checkpoint_that_was_taken_after_it),
        cmocka_unit_test(a_change_while_a_checkpoint_is_written_waits_for_the_next_one),
        cmocka_unit_test(the_end_of_an_alarm_is_confirmed_once),
        cmocka_unit_test(a_restored_alarm_is_durable_from_the_start),
        cmocka_unit_test(places_are_never_short_for_alarms_that_are_there),
        cmocka_unit_test(a_late_joiner_ends_with_the_same_table),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
