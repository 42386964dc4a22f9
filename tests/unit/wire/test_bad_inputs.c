/* SPDX-License-Identifier: MIT */
/*
 * test_bad_inputs - the decoder's verdict on every named bad input is the one that tests/fuzz/named/expected.tsv says.
 *
 * tests/fuzz/make_named describes the files; tests/system/test_bad_inputs sends them to a daemon.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
/* cmocka needs the headers above. */
#include <cmocka.h>

#include "wire/frame_codec.h"

#define NAMED "tests/fuzz/named/"
#define INPUT_BYTES_MAX 2000000u

struct input {
    unsigned char *bytes;
    size_t size;
};

/* Appends the bytes of a line once, and then as often as it says. */
static void append_line(struct input *input, const char *line)
{
    size_t begin = input->size;
    unsigned long times = 1;
    unsigned byte;
    for (; *line && *line != '#' && *line != 'x'; line++) {
        if (*line == ' ' || *line == '\n')
            continue;
        assert_int_equal(sscanf(line, "%2x", &byte), 1);
        input->bytes[input->size++] = (unsigned char)byte;
        line++;
    }
    if (*line == 'x')
        times = strtoul(line + 1, NULL, 10);
    size_t pattern = input->size - begin;
    assert_true(times * pattern + begin <= INPUT_BYTES_MAX);
    for (; times > 1; times--, input->size += pattern)
        memcpy(input->bytes + input->size, input->bytes + begin, pattern);
}

/* In memory of exactly its size, so that ASan sees every read beyond it. */
static struct input read_input(const char *name)
{
    char path[256], line[256];
    struct input input = {malloc(INPUT_BYTES_MAX), 0};
    snprintf(path, sizeof path, NAMED "%s.hex", name);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    assert_non_null(input.bytes);
    while (fgets(line, sizeof line, file))
        append_line(&input, line);
    fclose(file);
    unsigned char *exact = realloc(input.bytes, input.size ? input.size : 1);
    assert_non_null(exact);
    return (struct input){exact, input.size};
}

/* Returns whether the verdict is as told; says so otherwise. */
static bool is_as_told(const char *name, const char *verdict)
{
    struct frame frame;
    struct input input = read_input(name);
    const char *got = refusal_name(frame_decode(input.bytes, input.size, &frame));
    free(input.bytes);
    if (strcmp(got, verdict) == 0)
        return true;
    print_error("%s: %s instead of %s\n", name, got, verdict);
    return false;
}

static void every_named_bad_input_gets_the_verdict_of_the_table(void **state)
{
    (void)state;
    char line[512], name[64], verdict[32];
    unsigned inputs = 0, wrong = 0;
    FILE *table = fopen(NAMED "expected.tsv", "r");
    assert_non_null(table);
    while (fgets(line, sizeof line, table)) {
        if (line[0] == '#')
            continue;
        assert_int_equal(sscanf(line, "%63[^\t]\t%31[^\t]", name, verdict), 2);
        wrong += !is_as_told(name, verdict);
        inputs++;
    }
    fclose(table);
    assert_int_equal(wrong, 0);
    assert_true(inputs >= 50);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_named_bad_input_gets_the_verdict_of_the_table)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
