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
    struct ledger_entry *entry = ledger_open(&ledger, 7, UINT64_C(0xFEDCBA9876543210));
    assert_non_null(entry);
    assert_int_equal(entry->source, 7);
    assert_true(entry->epoch == UINT64_C(0xFEDCBA9876543210));
    assert_int_equal(entry->next_seq, 1);
    assert_true(ledger_is_conserved(entry));
}

static void an_entry_is_found_by_source_and_epoch_together(void **state)
{
    (void)state;
    struct ledger_entry *first = ledger_open(&ledger, 1, 10), *second = ledger_open(&ledger, 1, 11);
    struct ledger_entry *third = ledger_open(&ledger, 2, 10);
    assert_ptr_not_equal(first, second);
    assert_ptr_equal(ledger_find(&ledger, 1, 10), first);
    assert_ptr_equal(ledger_find(&ledger, 1, 11), second);
    assert_ptr_equal(ledger_find(&ledger, 2, 10), third);
    assert_null(ledger_find(&ledger, 2, 11));
    assert_ptr_equal(ledger_open(&ledger, 1, 10), first);
    assert_int_equal(ledger.count, 3);
}

static void a_full_ledger_opens_no_further_entry_and_keeps_the_known_ones(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < LEDGER_ENTRIES_MAX; i++)
        assert_non_null(ledger_open(&ledger, 1, i));
    assert_null(ledger_open(&ledger, 1, LEDGER_ENTRIES_MAX));
    assert_null(ledger_open(&ledger, 2, 0));
    assert_non_null(ledger_open(&ledger, 1, LEDGER_ENTRIES_MAX - 1));
    assert_int_equal(ledger.count, LEDGER_ENTRIES_MAX);
}

static void one_candidate_too_many_or_too_few_breaks_conservation(void **state)
{
    (void)state;
    struct ledger_entry *entry = ledger_open(&ledger, 1, 1);
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
    struct ledger_entry *entry = ledger_open(&ledger, 1, 1);
    entry->accepted = UINT64_C(1) << 62;
    entry->lost[LOSS_SHED] = (UINT64_C(1) << 62) - 1;
    entry->next_seq = UINT64_C(1) << 63;
    assert_true(ledger_is_conserved(entry));
}

static void causes_have_the_names_of_the_wire(void **state)
{
    (void)state;
    static const char *const names[LOSS_CAUSE_COUNT] = {"unspecified", "ring_overrun", "shed", "refused", "injected"};
    for (int cause = 0; cause < LOSS_CAUSE_COUNT; cause++)
        assert_string_equal(loss_cause_name((enum loss_cause)cause), names[cause]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_new_entry_expects_seq_1_and_is_conserved, empty),
        cmocka_unit_test_setup(an_entry_is_found_by_source_and_epoch_together, empty),
        cmocka_unit_test_setup(a_full_ledger_opens_no_further_entry_and_keeps_the_known_ones, empty),
        cmocka_unit_test_setup(one_candidate_too_many_or_too_few_breaks_conservation, empty),
        cmocka_unit_test_setup(conservation_holds_up_to_the_largest_seq, empty),
        cmocka_unit_test(causes_have_the_names_of_the_wire),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
