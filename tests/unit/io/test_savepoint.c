/* SPDX-License-Identifier: MIT */
/* test_savepoint - the journal of a savepoint when the disk has no room for it: what waits, what is lost, what follows.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
/* cmocka needs the headers above. */
#include <cmocka.h>

#include "core/alarm.h"
#include "core/template_builtin.h"
#include "io/savepoint.h"
#include "power_cut.h"

static struct power_cut *cut;
static struct disk disk;
static struct store store;
static struct savepoint savepoint;
static struct monitor *monitor;
static uint64_t noted; /* records, numbered by their time from 1 on */

static void ignore_burst(void *context, const struct burst_summary *summary)
{
    (void)context;
    (void)summary;
}

static void ignore_alarm(void *context, const struct alarm *alarm)
{
    (void)context;
    (void)alarm;
}

/* A store whose journal has no room ahead, on a disk that is full. */
static int start(void **state)
{
    (void)state;
    const struct monitor_config config = {.preset = SELECTION_PAPER, .promise = alarm_default_promise()};
    const struct monitor_observer observer = {NULL, ignore_burst, ignore_alarm};
    cut = power_cut_create(1, SABOTAGE_NONE, CHECKPOINT_SLOT_BYTES);
    disk = power_cut_disk(cut);
    monitor = monitor_create(&config, &template_paper, &observer);
    noted = 0;
    if (!monitor || !savepoint_init(&savepoint) || store_open(&store, &disk, &savepoint.job) != STORE_OK)
        return -1;
    store.journal_room = store.newest.journal_bytes;
    if (!disk.truncate(disk.context, store.journal, store.journal_room))
        return -1;
    power_cut_fill(cut, true);
    return savepoint_restore(&savepoint, &store, monitor, 0) == RESTORED_OK ? 0 : -1;
}

static int finish(void **state)
{
    (void)state;
    store_close(&store);
    savepoint_fini(&savepoint);
    monitor_destroy(monitor);
    power_cut_destroy(cut);
    return 0;
}

static void note(uint32_t count)
{
    for (; count > 0; count--) {
        struct journal_record record = {.kind = JOURNAL_ACK, .t_ns = ++noted};
        memset(record.text, 'x', sizeof record.text - 1);
        savepoint_note(&savepoint, &record);
    }
}

static void write_checkpoint(void)
{
    assert_true(savepoint_take(&savepoint, monitor, 1, 0));
    assert_true(store_write(&store, &savepoint.job));
}

/* Reads the journal: `count` records, and no number out of order. */
static void check_journal(uint64_t count)
{
    static unsigned char bytes[4 * STORE_JOURNAL_STEP];
    size_t size, at = JOURNAL_HEADER_BYTES;
    struct journal_record record;
    uint64_t found = 0, last = 0;
    assert_true(disk.read(disk.context, store.journal, bytes, sizeof bytes, 0, &size));
    while (journal_next(&record, bytes, size, &at)) {
        assert_true(record.t_ns > last);
        last = record.t_ns;
        found++;
    }
    assert_true(found == count);
}

static void records_wait_for_room_and_are_written_in_their_order(void **state)
{
    (void)state;
    note(3);
    write_checkpoint();
    note(2);
    write_checkpoint();
    assert_int_equal(savepoint_waiting(&savepoint), 5);
    assert_int_equal(store.newest.generation, 3);
    check_journal(0);
    power_cut_fill(cut, false);
    write_checkpoint();
    assert_int_equal(savepoint_waiting(&savepoint), 0);
    check_journal(3);
    assert_true(savepoint_is_changed(&savepoint, monitor)); /* the other two are still to go */
    write_checkpoint();
    check_journal(5);
    assert_false(savepoint_is_changed(&savepoint, monitor));
}

static void waiting_records_alone_do_not_make_a_checkpoint_due(void **state)
{
    (void)state;
    note(1);
    write_checkpoint();
    assert_false(savepoint_is_changed(&savepoint, monitor));
    note(1);
    assert_false(savepoint_is_changed(&savepoint, monitor));
}

static void what_does_not_fit_into_memory_is_counted_as_lost(void **state)
{
    (void)state;
    note(100);
    write_checkpoint();
    note(10000);
    write_checkpoint();
    uint64_t waiting = savepoint_waiting(&savepoint);
    assert_true(waiting > 100 && waiting < 2000);
    assert_true(savepoint.journal_lost + waiting == noted);
    power_cut_fill(cut, false);
    write_checkpoint();
    write_checkpoint();
    check_journal(waiting);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(records_wait_for_room_and_are_written_in_their_order, start, finish),
        cmocka_unit_test_setup_teardown(waiting_records_alone_do_not_make_a_checkpoint_due, start, finish),
        cmocka_unit_test_setup_teardown(what_does_not_fit_into_memory_is_counted_as_lost, start, finish),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
