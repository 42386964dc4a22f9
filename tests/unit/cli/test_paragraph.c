/* SPDX-License-Identifier: MIT */
#include "cli/paragraph.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void a_line_has_the_words_that_fit(void **state)
{
    (void)state;
    assert_int_equal(paragraph_line("one two three", 13), 13);
    assert_int_equal(paragraph_line("one two three", 12), 7);
    assert_int_equal(paragraph_line("one two three", 7), 7);
    assert_int_equal(paragraph_line("one two three", 6), 3);
    assert_int_equal(paragraph_line("one two  ", 80), 7);
}

static void a_word_that_is_too_long_stands_alone(void **state)
{
    (void)state;
    assert_int_equal(paragraph_line("threehundred two", 5), 12);
    assert_int_equal(paragraph_line("threehundred", 5), 12);
}

static void a_line_break_ends_a_line(void **state)
{
    (void)state;
    assert_int_equal(paragraph_line("one\ntwo", 80), 3);
    assert_int_equal(paragraph_line("\ntwo", 80), 0);
    assert_int_equal(paragraph_line("", 80), 0);
}

static void a_character_of_two_bytes_is_one_column(void **state)
{
    (void)state;
    assert_int_equal(paragraph_line("\xc2\xb5\xc2\xb5 ab", 5), 7);
    assert_int_equal(paragraph_line("\xc2\xb5\xc2\xb5 ab", 4), 4);
}

static void lines_and_rests_are_the_whole_text(void **state)
{
    (void)state;
    const char *text = "one two three\nfour";
    text = paragraph_rest(text, paragraph_line(text, 8));
    assert_string_equal(text, "three\nfour");
    text = paragraph_rest(text, paragraph_line(text, 8));
    assert_string_equal(text, "four");
    assert_string_equal(paragraph_rest(text, paragraph_line(text, 8)), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_has_the_words_that_fit),      cmocka_unit_test(a_word_that_is_too_long_stands_alone),
        cmocka_unit_test(a_line_break_ends_a_line),           cmocka_unit_test(a_character_of_two_bytes_is_one_column),
        cmocka_unit_test(lines_and_rests_are_the_whole_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
