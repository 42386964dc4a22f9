/* SPDX-License-Identifier: MIT */
#include "core/ledger.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static struct ledger ledger;

static int empty(void **state)
{
    (void)state;
    memset(&ledger, 0, sizeof ledger);
    return 0;
}

static void a_new_entry_expects_seq_1_and_is_conserved(void **state)
{
    (void)state;
    struct ledger_entry *entry = ledger_open(&ledger, 7, UINT64_C(0xFEDCBA9876543210), 1);
    assert_non_null(entry);
    assert_int_equal(entry->source, 7);
    assert_true(entry->epoch == UINT64_C(0xFEDCBA9876543210));
    assert_int_equal(entry->next_seq, 1);
    assert_true(ledger_is_conserved(entry));
}

static void an_entry_is_found_by_source_and_epoch_together(void **state)
{
    (void)state;
    struct ledger_entry *first = ledger_open(&ledger, 1, 10, 1), *second = ledger_open(&ledger, 1, 11, 1);
    struct ledger_entry *third = ledger_open(&ledger, 2, 10, 1);
    assert_ptr_not_equal(first, second);
    assert_ptr_equal(ledger_find(&ledger, 1, 10), first);
    assert_ptr_equal(ledger_find(&ledger, 1, 11), second);
    assert_ptr_equal(ledger_find(&ledger, 2, 10), third);
    assert_null(ledger_find(&ledger, 2, 11));
    assert_ptr_equal(ledger_open(&ledger, 1, 10, 1), first);
    assert_int_equal(ledger.count, 3);
}

static void a_full_ledger_opens_no_further_entry_and_keeps_the_known_ones(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < LEDGER_ENTRIES_MAX; i++)
        assert_non_null(ledger_open(&ledger, 1, i, 1));
    assert_null(ledger_open(&ledger, 1, LEDGER_ENTRIES_MAX, 1));
    assert_null(ledger_open(&ledger, 2, 0, 1));
    assert_non_null(ledger_open(&ledger, 1, LEDGER_ENTRIES_MAX - 1, 1));
    assert_int_equal(ledger.count, LEDGER_ENTRIES_MAX);
}

static void one_candidate_too_many_or_too_few_breaks_conservation(void **state)
{
    (void)state;
    struct ledger_entry *entry = ledger_open(&ledger, 1, 1, 1);
    entry->accepted = 5;
    entry->rejected[REJECT_VETO] = 3;
    entry->rejected[REJECT_LATE_BURST] = 2;
    entry->lost[LOSS_UNSPECIFIED] = 1;
    entry->lost[LOSS_INJECTED] = 9;
    entry->next_seq = 21;
    assert_int_equal(ledger_rejected(entry), 5);
    assert_int_equal(ledger_lost(entry), 10);
    assert_true(ledger_is_conserved(entry));
    entry->next_seq = 22;
    assert_false(ledger_is_conserved(entry));
    entry->next_seq = 20;
    assert_false(ledger_is_conserved(entry));
}

static void conservation_holds_up_to_the_largest_seq(void **state)
{
    (void)state;
    struct ledger_entry *entry = ledger_open(&ledger, 1, 1, 1);
    entry->accepted = UINT64_C(1) << 62;
    entry->lost[LOSS_SHED] = (UINT64_C(1) << 62) - 1;
    entry->next_seq = UINT64_C(1) << 63;
    assert_true(ledger_is_conserved(entry));
}

static void causes_have_the_names_of_the_wire(void **state)
{
    (void)state;
    static const char *const names[LOSS_CAUSE_COUNT] = {"unspecified", "ring_overrun", "shed",
                                                        "refused",     "injected",     "tap"};
    for (int cause = 0; cause < LOSS_CAUSE_COUNT; cause++)
        assert_string_equal(loss_cause_name((enum loss_cause)cause), names[cause]);
}

static void an_entry_that_begins_later_is_conserved_from_there(void **state)
{
    (void)state;
    struct ledger_entry *entry = ledger_open(&ledger, 1, 1, 1001);
    assert_int_equal(entry->next_seq, 1001);
    assert_true(ledger_is_conserved(entry));
    entry->accepted = 9;
    entry->next_seq = 1010;
    assert_true(ledger_is_conserved(entry));
}

static void a_name_keeps_what_is_printable_and_fits(void **state)
{
    (void)state;
    char long_name[100];
    memset(long_name, 'x', sizeof long_name);
    struct ledger_entry *entry = ledger_open(&ledger, 1, 1, 1);
    ledger_set_name(entry, (struct text){"a\nb\xff~", 5});
    assert_string_equal(entry->name, "a?b?~");
    ledger_set_name(entry, (struct text){long_name, sizeof long_name});
    assert_int_equal(strlen(entry->name), LEDGER_NAME_SIZE - 1);
}

static void an_entry_is_superseded_by_a_later_epoch_of_its_source_only(void **state)
{
    (void)state;
    struct ledger_entry *old = ledger_open(&ledger, 1, 20, 1), *other = ledger_open(&ledger, 2, 30, 1);
    assert_false(ledger_is_superseded(&ledger, old));
    struct ledger_entry *fresh = ledger_open(&ledger, 1, 10, 1); /* later, whatever its number */
    assert_true(ledger_is_superseded(&ledger, old));
    assert_false(ledger_is_superseded(&ledger, fresh));
    assert_false(ledger_is_superseded(&ledger, other));
}

static void what_is_retired_stays_in_the_sum_and_is_remembered(void **state)
{
    (void)state;
    struct ledger_entry *entry = ledger_open(&ledger, 1, 20, 1);
    entry->accepted = 5;
    entry->rejected[REJECT_VETO] = 3;
    entry->lost[LOSS_SHED] = 2;
    entry->next_seq = 11;
    struct ledger_entry *tapped = ledger_open(&ledger, 2, 20, 101);
    tapped->accepted = 7;
    tapped->next_seq = 108;
    assert_ptr_equal(ledger_replace(&ledger, entry, 1, 21, 1), entry);
    assert_int_equal(entry->epoch, 21);
    assert_int_equal(entry->next_seq, 1);
    assert_int_equal(entry->opened, 3);
    (void)ledger_replace(&ledger, tapped, 1, 22, 1);
    assert_int_equal(ledger.count, 2);
    assert_int_equal(ledger.retired.next_seq, 1 + 10 + 7);
    assert_int_equal(ledger.retired.accepted, 12);
    assert_int_equal(ledger.retired.rejected[REJECT_VETO], 3);
    assert_int_equal(ledger.retired.lost[LOSS_SHED], 2);
    assert_true(ledger_is_conserved(&ledger.retired));
    assert_true(ledger_is_retired(&ledger, 1, 20));
    assert_true(ledger_is_retired(&ledger, 2, 20));
    assert_false(ledger_is_retired(&ledger, 1, 21));
    assert_false(ledger_is_retired(&ledger, 3, 20));
}

static void the_last_retired_epochs_are_remembered(void **state)
{
    (void)state;
    struct ledger_entry *entry = ledger_open(&ledger, 1, 1, 1);
    for (uint64_t epoch = 2; epoch < LEDGER_RETIRED_MAX + 3; epoch++)
        entry = ledger_replace(&ledger, entry, 1, epoch, 1);
    assert_int_equal(ledger.retired_count, LEDGER_RETIRED_MAX + 1);
    assert_false(ledger_is_retired(&ledger, 1, 1));
    assert_true(ledger_is_retired(&ledger, 1, 2));
    assert_true(ledger_is_retired(&ledger, 1, LEDGER_RETIRED_MAX + 1));
    assert_false(ledger_is_retired(&ledger, 1, LEDGER_RETIRED_MAX + 2)); /* it is there */
}

/* ---- what survives a restart ---- */

static unsigned char bytes[4096];

/* One entry, whose numbers take a byte each, so that their places are known. */
enum place { OPENED = 0, COUNT = 2, SOURCE, EPOCH, ENTRY_OPENED, NAME, IS_TAPPED, FIRST_SEQ, NEXT_SEQ, ACCEPTED };

static size_t save_one(void)
{
    struct ledger_entry *entry = ledger_open(&ledger, 7, 3, 1);
    entry->next_seq = 11;
    entry->accepted = 10;
    struct archive archive = archive_save(bytes, sizeof bytes);
    ledger_archive(&archive, &ledger, 0);
    assert_true(archive.is_sound);
    assert_int_equal(bytes[SOURCE], 7);
    assert_int_equal(bytes[ACCEPTED], 10);
    return archive.at;
}

static bool is_restored(size_t size)
{
    struct archive archive = archive_restore(bytes, size);
    memset(&ledger, 0, sizeof ledger);
    ledger_archive(&archive, &ledger, 0);
    return archive_is_complete(&archive);
}

static void a_restored_ledger_is_the_saved_one(void **state)
{
    (void)state;
    size_t size = save_one();
    struct ledger saved = ledger;
    assert_true(is_restored(size));
    assert_memory_equal(&ledger, &saved, sizeof saved);
}

/* In turn: another number of entries, not opened, opened by nobody, before its beginning, not conserved. */
static void a_ledger_that_cannot_be_is_refused(void **state)
{
    (void)state;
    static const unsigned char others[][2] = {{COUNT, 65},       {COUNT, 2},     {OPENED, 0},     {ENTRY_OPENED, 0},
                                              {ENTRY_OPENED, 2}, {FIRST_SEQ, 0}, {FIRST_SEQ, 12}, {NEXT_SEQ, 12},
                                              {ACCEPTED, 9},     {ACCEPTED, 11}, {IS_TAPPED, 2}};
    size_t size = save_one();
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        unsigned char before = bytes[others[i][0]];
        bytes[others[i][0]] = others[i][1];
        assert_false(is_restored(size));
        bytes[others[i][0]] = before;
    }
    assert_true(is_restored(size));
}

/* Every member has a value of its own. */
static void everything_in_a_ledger_comes_back(void **state)
{
    (void)state;
    static struct ledger saved;
    for (uint32_t i = 0; i < LEDGER_ENTRIES_MAX; i++)
        assert_non_null(ledger_open(&ledger, i, 100 + i, 1));
    for (uint32_t i = 0; i < 5; i++)
        ledger_replace(&ledger, &ledger.entries[i], i, 200 + i, 1 + i);
    struct ledger_entry *entry = &ledger.entries[3];
    strcpy(entry->name, "front-end 3");
    entry->is_tapped = entry->in_run = entry->in_burst = entry->is_silent = entry->is_behind = true;
    entry->next_seq = entry->first_seq + 10 + 20 + 30;
    entry->accepted = 10;
    entry->rejected[REJECT_VETO] = 20;
    entry->lost[LOSS_SHED] = 30;
    entry->lost_tail = 7;
    entry->run = 9;
    entry->burst = 8;
    entry->ended_run = 9;
    entry->ended_burst = 6;
    entry->origin = ORIGIN_INJECTION;
    entry->heard_ns = 55;
    ledger.retired.accepted = 4;
    ledger.retired.next_seq += 4;
    saved = ledger;
    struct archive archive = archive_save(bytes, sizeof bytes);
    ledger_archive(&archive, &ledger, 60);
    assert_true(archive.is_sound);
    memset(&ledger, 0, sizeof ledger);
    archive = archive_restore(bytes, archive.at);
    ledger_archive(&archive, &ledger, 60);
    assert_true(archive_is_complete(&archive));
    assert_memory_equal(&ledger, &saved, sizeof saved);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_new_entry_expects_seq_1_and_is_conserved, empty),
        cmocka_unit_test_setup(an_entry_is_found_by_source_and_epoch_together, empty),
        cmocka_unit_test_setup(a_full_ledger_opens_no_further_entry_and_keeps_the_known_ones, empty),
        cmocka_unit_test_setup(one_candidate_too_many_or_too_few_breaks_conservation, empty),
        cmocka_unit_test_setup(conservation_holds_up_to_the_largest_seq, empty),
        cmocka_unit_test_setup(an_entry_that_begins_later_is_conserved_from_there, empty),
        cmocka_unit_test_setup(a_name_keeps_what_is_printable_and_fits, empty),
        cmocka_unit_test_setup(an_entry_is_superseded_by_a_later_epoch_of_its_source_only, empty),
        cmocka_unit_test_setup(what_is_retired_stays_in_the_sum_and_is_remembered, empty),
        cmocka_unit_test_setup(the_last_retired_epochs_are_remembered, empty),
        cmocka_unit_test(causes_have_the_names_of_the_wire),
        cmocka_unit_test_setup(a_restored_ledger_is_the_saved_one, empty),
        cmocka_unit_test_setup(a_ledger_that_cannot_be_is_refused, empty),
        cmocka_unit_test_setup(everything_in_a_ledger_comes_back, empty),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
