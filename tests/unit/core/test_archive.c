/* SPDX-License-Identifier: MIT */
/* Bytes of LEB128 are those of the DWARF standard (version 4, figure 22) and of the definition of zigzag. */
#include "core/archive.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

static unsigned char bytes[64];

struct example {
    uint64_t value;
    size_t size;
    unsigned char bytes[10];
};

static const struct example examples[] = {
    {0, 1, {0}},
    {2, 1, {2}},
    {127, 1, {127}},
    {128, 2, {0x80, 1}},
    {129, 2, {0x81, 1}},
    {130, 2, {0x82, 1}},
    {12857, 2, {0xB9, 0x64}},
    {UINT32_MAX, 5, {0xFF, 0xFF, 0xFF, 0xFF, 0x0F}},
    {UINT64_MAX, 10, {0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01}},
};

static void a_number_is_written_as_the_standard_says(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(examples); i++) {
        struct archive archive = archive_save(bytes, sizeof bytes);
        uint64_t value = examples[i].value;
        archive_u64(&archive, &value);
        assert_true(archive.is_sound);
        assert_int_equal(archive.at, examples[i].size);
        assert_memory_equal(bytes, examples[i].bytes, examples[i].size);
    }
}

static void a_number_comes_back(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(examples); i++) {
        struct archive archive = archive_restore(examples[i].bytes, examples[i].size);
        uint64_t value = 1;
        archive_u64(&archive, &value);
        assert_true(archive_is_complete(&archive));
        assert_true(value == examples[i].value);
    }
}

static void many_numbers_are_written_as_one_after_the_other(void **state)
{
    (void)state;
    uint64_t values[COUNT(examples)], restored[COUNT(examples)];
    unsigned char expected[sizeof bytes];
    size_t size = 0;
    for (size_t i = 0; i < COUNT(examples); i++) {
        values[i] = examples[i].value;
        memcpy(expected + size, examples[i].bytes, examples[i].size);
        size += examples[i].size;
    }
    for (size_t capacity = size; capacity <= sizeof bytes; capacity++) {
        struct archive archive = archive_save(bytes, capacity);
        archive_u64s(&archive, values, COUNT(values));
        assert_true(archive.is_sound);
        assert_int_equal(archive.at, size);
        assert_memory_equal(bytes, expected, size);
    }
    struct archive archive = archive_restore(bytes, size);
    archive_u64s(&archive, restored, COUNT(restored));
    assert_true(archive_is_complete(&archive));
    assert_memory_equal(restored, values, sizeof values);
}

static void signed_numbers_alternate(void **state)
{
    (void)state;
    int64_t values[] = {0, -1, 1, -2, 2, INT64_MAX, INT64_MIN}, restored[COUNT(values)];
    const uint64_t expected[] = {0, 1, 2, 3, 4, UINT64_MAX - 1, UINT64_MAX};
    struct archive archive = archive_save(bytes, sizeof bytes);
    archive_i64s(&archive, values, COUNT(values));
    size_t size = archive.at;
    archive = archive_restore(bytes, size);
    for (size_t i = 0; i < COUNT(values); i++) {
        uint64_t number;
        archive_u64(&archive, &number);
        assert_true(number == expected[i]);
    }
    archive = archive_restore(bytes, size);
    archive_i64s(&archive, restored, COUNT(restored));
    assert_true(archive_is_complete(&archive));
    assert_memory_equal(restored, values, sizeof values);
}

static bool restores_u64(const unsigned char *from, size_t size)
{
    struct archive archive = archive_restore(from, size);
    uint64_t value = 1;
    archive_u64(&archive, &value);
    assert_true(archive.is_sound || value == 0);
    return archive.is_sound;
}

static void a_number_has_one_form_only(void **state)
{
    (void)state;
    assert_false(restores_u64((const unsigned char[]){0x80, 0x00}, 2));
    assert_false(restores_u64((const unsigned char[]){0x81, 0x80, 0x00}, 3));
    unsigned char longest[11] = {0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x02};
    assert_false(restores_u64(longest, 10)); /* bit 65 */
    longest[9] = 0x81;
    longest[10] = 0x00;
    assert_false(restores_u64(longest, 11));
}

static void a_number_that_ends_too_early_is_unsound(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(examples); i++)
        for (size_t size = 0; size < examples[i].size; size++)
            assert_false(restores_u64(examples[i].bytes, size));
}

static void a_number_beyond_its_type_is_unsound(void **state)
{
    (void)state;
    const unsigned char two_to_32[] = {0x80, 0x80, 0x80, 0x80, 0x10}, two[] = {2};
    struct archive archive = archive_restore(two_to_32, sizeof two_to_32);
    uint32_t value = 7;
    archive_u32(&archive, &value);
    assert_false(archive.is_sound);
    assert_int_equal(value, 0);
    archive = archive_restore(two_to_32, sizeof two_to_32);
    int32_t signed_value = 7;
    archive_i32(&archive, &signed_value);
    assert_false(archive.is_sound);
    archive = archive_restore(two, sizeof two);
    bool is_true = true;
    archive_bool(&archive, &is_true);
    assert_false(archive.is_sound);
    assert_false(is_true);
}

static void limits_are_kept_when_what_is_read_is_beyond(void **state)
{
    (void)state;
    const unsigned char nine[] = {9};
    uint32_t index = 1;
    struct archive archive = archive_restore(nine, 1);
    archive_below(&archive, &index, 9);
    assert_false(archive.is_sound);
    assert_int_equal(index, 0);
    archive = archive_restore(nine, 1);
    archive_below(&archive, &index, 10);
    assert_true(archive.is_sound);
    assert_int_equal(index, 9);
    uint64_t value = 1;
    archive = archive_restore(nine, 1);
    archive_between(&archive, &value, 3, 8);
    assert_false(archive.is_sound);
    assert_int_equal(value, 3);
    archive = archive_restore(nine, 1);
    assert_int_equal(archive_enum(&archive, 1, 9), 0);
    assert_false(archive.is_sound);
}

static void what_is_unsound_stays_so_and_gives_zeroes(void **state)
{
    (void)state;
    const unsigned char some[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
    struct archive archive = archive_restore(some, sizeof some);
    archive_reject(&archive);
    uint64_t value = 1;
    double number = 1.0;
    char text[4] = "abc";
    archive_u64(&archive, &value);
    archive_double(&archive, &number);
    archive_text(&archive, text, sizeof text);
    assert_int_equal(value, 0);
    assert_true(number == 0.0);
    assert_string_equal(text, "");
    assert_false(archive.is_sound);
    assert_false(archive_is_complete(&archive));
}

static void a_double_is_its_bits_little_endian(void **state)
{
    (void)state;
    double value = -1.5; /* 0xBFF8000000000000 */
    struct archive archive = archive_save(bytes, sizeof bytes);
    archive_double(&archive, &value);
    assert_memory_equal(bytes, ((const unsigned char[]){0, 0, 0, 0, 0, 0, 0xF8, 0xBF}), 8);
}

static void a_double_comes_back_to_the_bit(void **state)
{
    (void)state;
    double values[] = {0.0, -0.0, 1.0 / 3.0, 5e-324, 1.7e308, (double)INFINITY, -(double)INFINITY}, restored;
    for (size_t i = 0; i < COUNT(values); i++) {
        struct archive archive = archive_save(bytes, sizeof bytes);
        archive_double(&archive, &values[i]);
        archive = archive_restore(bytes, archive.at);
        archive_double(&archive, &restored);
        assert_true(archive_is_complete(&archive));
        assert_memory_equal(&restored, &values[i], sizeof restored);
    }
}

static void a_nan_is_neither_saved_nor_restored(void **state)
{
    (void)state;
    double value = (double)NAN;
    struct archive archive = archive_save(bytes, sizeof bytes);
    archive_double(&archive, &value);
    assert_false(archive.is_sound);
    archive = archive_restore((const unsigned char[]){0, 0, 0, 0, 0, 0, 0xF8, 0x7F}, 8);
    archive_double(&archive, &value);
    assert_false(archive.is_sound);
    assert_true(value == 0.0);
}

static void an_infinite_double_is_between_no_limits(void **state)
{
    (void)state;
    double value = (double)INFINITY;
    struct archive archive = archive_save(bytes, sizeof bytes);
    archive_double(&archive, &value);
    archive = archive_restore(bytes, archive.at);
    archive_double_between(&archive, &value, 2.0, 1e300);
    assert_false(archive.is_sound);
    assert_true(value == 2.0);
}

static void a_text_comes_back_with_nothing_behind_it(void **state)
{
    (void)state;
    char text[8] = "veto\0zz", restored[8] = "1234567";
    struct archive archive = archive_save(bytes, sizeof bytes);
    archive_text(&archive, text, sizeof text);
    assert_int_equal(archive.at, 5);
    archive = archive_restore(bytes, archive.at);
    archive_text(&archive, restored, sizeof restored);
    assert_true(archive_is_complete(&archive));
    assert_memory_equal(restored, "veto\0\0\0", 8);
}

static void a_text_that_has_no_room_or_control_characters_is_unsound(void **state)
{
    (void)state;
    char text[4];
    struct archive archive = archive_restore((const unsigned char[]){4, 'a', 'b', 'c', 'd'}, 5);
    archive_text(&archive, text, sizeof text);
    assert_false(archive.is_sound);
    archive = archive_restore((const unsigned char[]){3, 'a', '\n', 'c'}, 4);
    archive_text(&archive, text, sizeof text);
    assert_false(archive.is_sound);
    assert_string_equal(text, "");
    archive = archive_restore((const unsigned char[]){3, 'a', 0, 'c'}, 4);
    archive_text(&archive, text, sizeof text);
    assert_false(archive.is_sound);
}

static void control_characters_are_saved_as_question_marks(void **state)
{
    (void)state;
    char text[8] = "a\nb\x7F";
    struct archive archive = archive_save(bytes, sizeof bytes);
    archive_text(&archive, text, sizeof text);
    assert_memory_equal(bytes, "\4a?b?", 5);
}

static void nothing_is_written_beyond_the_capacity(void **state)
{
    (void)state;
    uint64_t values[3] = {300, 300, 300};
    for (size_t capacity = 0; capacity < 6; capacity++) {
        memset(bytes, 0xEE, sizeof bytes);
        struct archive archive = archive_save(bytes, capacity);
        archive_u64s(&archive, values, 3);
        assert_false(archive.is_sound);
        for (size_t i = capacity; i < sizeof bytes; i++)
            assert_int_equal(bytes[i], 0xEE);
    }
}

static void a_time_keeps_its_distance_from_now(void **state)
{
    (void)state;
    int64_t then_ns = 900, restored_ns = 0, later_ns = 5000;
    struct archive archive = archive_save(bytes, sizeof bytes);
    archive_time(&archive, &then_ns, 1000);
    archive_time(&archive, &later_ns, 1000);
    size_t size = archive.at;
    archive = archive_restore(bytes, size);
    archive_time(&archive, &restored_ns, 7);
    assert_int_equal(restored_ns, -93);
    archive_time(&archive, &restored_ns, 7);
    assert_int_equal(restored_ns, 4007);
    int64_t too_far_ns = -ARCHIVE_TIME_MAX_NS - 1;
    archive = archive_save(bytes, sizeof bytes);
    archive_i64(&archive, &too_far_ns);
    archive = archive_restore(bytes, archive.at);
    archive_time(&archive, &restored_ns, 7);
    assert_false(archive.is_sound);
}

static void what_is_left_over_is_not_complete(void **state)
{
    (void)state;
    unsigned char place[2];
    struct archive archive = archive_restore((const unsigned char[]){1, 2, 3}, 3);
    archive_bytes(&archive, place, sizeof place);
    assert_memory_equal(place, ((const unsigned char[]){1, 2}), 2);
    assert_true(archive.is_sound);
    assert_false(archive_is_complete(&archive));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_number_is_written_as_the_standard_says),
        cmocka_unit_test(a_number_comes_back),
        cmocka_unit_test(many_numbers_are_written_as_one_after_the_other),
        cmocka_unit_test(signed_numbers_alternate),
        cmocka_unit_test(a_number_has_one_form_only),
        cmocka_unit_test(a_number_that_ends_too_early_is_unsound),
        cmocka_unit_test(a_number_beyond_its_type_is_unsound),
        cmocka_unit_test(limits_are_kept_when_what_is_read_is_beyond),
        cmocka_unit_test(what_is_unsound_stays_so_and_gives_zeroes),
        cmocka_unit_test(a_double_is_its_bits_little_endian),
        cmocka_unit_test(a_double_comes_back_to_the_bit),
        cmocka_unit_test(a_nan_is_neither_saved_nor_restored),
        cmocka_unit_test(an_infinite_double_is_between_no_limits),
        cmocka_unit_test(a_text_comes_back_with_nothing_behind_it),
        cmocka_unit_test(a_text_that_has_no_room_or_control_characters_is_unsound),
        cmocka_unit_test(control_characters_are_saved_as_question_marks),
        cmocka_unit_test(nothing_is_written_beyond_the_capacity),
        cmocka_unit_test(a_time_keeps_its_distance_from_now),
        cmocka_unit_test(what_is_left_over_is_not_complete),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
