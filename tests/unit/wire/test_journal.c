/* SPDX-License-Identifier: MIT */
/* test_journal - records of alarms and orders: round trips, torn tails, flipped bits, any bytes at all. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
/* cmocka needs the headers above. */
#include <cmocka.h>

#include "wire/journal.h"

#define RECORDS 6u

static unsigned char bytes[16384];
static size_t ends[RECORDS]; /* of each record */
static size_t used;

static struct journal_record record_of(uint32_t index)
{
    struct journal_record record = {.kind = (enum journal_kind)(1 + index % (JOURNAL_KIND_END - 1)),
                                    .t_ns = UINT64_C(1700000000000000000) + index,
                                    .state = (enum alarm_state)(index % ALARM_STATE_COUNT),
                                    .severity = (enum severity)(index % SEVERITY_COUNT)};
    snprintf(record.who, sizeof record.who, "shifter %u", index);
    snprintf(record.alarm_id, sizeof record.alarm_id, "veto-7-%u", index);
    snprintf(record.text, sizeof record.text, "%.*s", (int)(index * 40),
             "the rate of what is vetoed rose by a tenth, and "
             "nobody knows why; the crew looks at the large angle veto, whose thresholds were set anew this morning");
    return record;
}

/* Two records, then four in the next sector, as a store appends them. */
static void make_journal(void)
{
    memset(bytes, 0, sizeof bytes);
    journal_begin(0, bytes);
    used = JOURNAL_HEADER_BYTES;
    for (uint32_t i = 0; i < RECORDS; i++) {
        if (i == 2)
            used += journal_padding(used);
        struct journal_record record = record_of(i);
        used += journal_encode(&record, bytes + used);
        ends[i] = used;
    }
}

static uint32_t count_records(size_t size)
{
    struct journal_record record;
    size_t at = JOURNAL_HEADER_BYTES;
    uint32_t count = 0;
    for (; journal_next(&record, bytes, size, &at); count++) {
        struct journal_record expected = record_of(count);
        assert_int_equal(record.kind, expected.kind);
        assert_int_equal(record.t_ns, expected.t_ns);
        assert_int_equal(record.state, expected.state);
        assert_int_equal(record.severity, expected.severity);
        assert_string_equal(record.who, expected.who);
        assert_string_equal(record.alarm_id, expected.alarm_id);
        assert_string_equal(record.text, expected.text);
        assert_int_equal(at, ends[count]);
    }
    assert_false(journal_next(&record, bytes, size, &at));
    return count;
}

static void records_come_back_in_order(void **state)
{
    (void)state;
    uint64_t place = 7;
    make_journal();
    assert_int_equal(journal_judge(&place, bytes, used), BLOCK_VALID);
    assert_int_equal(place, 0);
    assert_int_equal(count_records(used), RECORDS);
    assert_int_equal(count_records(used + journal_padding(used)), RECORDS);
}

static void a_tail_torn_anywhere_ends_the_journal_behind_the_last_whole_record(void **state)
{
    (void)state;
    make_journal();
    for (size_t size = JOURNAL_HEADER_BYTES; size <= used; size++) {
        uint32_t expected = 0;
        while (expected < RECORDS && ends[expected] <= size)
            expected++;
        assert_int_equal(count_records(size), expected);
    }
}

static void a_flipped_bit_ends_it_there(void **state)
{
    (void)state;
    make_journal();
    for (size_t i = JOURNAL_HEADER_BYTES; i < used; i++) {
        uint32_t expected = 0;
        while (ends[expected] <= i)
            expected++;
        bytes[i] ^= (unsigned char)(1u << i * 3 % 8);
        assert_int_equal(count_records(used), expected);
        bytes[i] ^= (unsigned char)(1u << i * 3 % 8);
    }
}

static void a_zeroed_sector_ends_it_there(void **state)
{
    (void)state;
    make_journal();
    memset(bytes + JOURNAL_HEADER_BYTES + BLOCK_SECTOR_BYTES, 0, BLOCK_SECTOR_BYTES);
    assert_int_equal(count_records(used), 2);
}

static void texts_that_are_too_long_are_cut_and_what_is_not_printable_is_hidden(void **state)
{
    (void)state;
    struct journal_record record = {.kind = JOURNAL_ACK}, found;
    memset(record.who, 'w', sizeof record.who);
    memset(record.alarm_id, 'i', sizeof record.alarm_id);
    memset(record.text, '\n', sizeof record.text);
    size_t at = 0, size = journal_encode(&record, bytes);
    assert_int_equal(size, JOURNAL_RECORD_MAX);
    assert_true(journal_next(&found, bytes, size, &at));
    assert_int_equal(strlen(found.who), JOURNAL_WHO_SIZE - 1);
    assert_int_equal(strspn(found.text, "?"), JOURNAL_TEXT_SIZE - 1);
}

/* The CRC-32C of these bytes is by an independent program: zlib-like bit by bit, polynomial 0x82F63B78, in Python. */
static void the_layout_is_as_it_is_documented(void **state)
{
    (void)state;
    static const unsigned char expected[] = {'J', 3, 30, 0, 0x64, 0x0E, 0x0E, 0x5C, 1, 0,   0,   0,   0,   0,   0,
                                             0,   2, 1,  2, 3,    1,    0,    0,    0, 'm', 'e', 'a', '-', '1', '!'};
    struct journal_record record = {
        .kind = JOURNAL_ACK, .t_ns = 1, .state = ALARM_ACKNOWLEDGED, .severity = SEVERITY_MINOR};
    strcpy(record.who, "me");
    strcpy(record.alarm_id, "a-1");
    strcpy(record.text, "!");
    assert_int_equal(journal_encode(&record, bytes), sizeof expected);
    assert_memory_equal(bytes, expected, sizeof expected);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(records_come_back_in_order),
        cmocka_unit_test(a_tail_torn_anywhere_ends_the_journal_behind_the_last_whole_record),
        cmocka_unit_test(a_flipped_bit_ends_it_there),
        cmocka_unit_test(a_zeroed_sector_ends_it_there),
        cmocka_unit_test(texts_that_are_too_long_are_cut_and_what_is_not_printable_is_hidden),
        cmocka_unit_test(the_layout_is_as_it_is_documented),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
