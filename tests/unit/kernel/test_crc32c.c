/* SPDX-License-Identifier: MIT */
/* test_crc32c - published values, and that every way gives them for any length, alignment and division of the bytes. */
#include "hnlmon/crc32c.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "kernel/crc32c.h"
#include "random.h"

#define LENGTH_MAX 2000
#define ALIGNMENTS 65

/* Runs `check` with every way that this machine has. */
static void with_every_way(void (*check)(void))
{
#if CRC32C_ACCELERATED
    static const char *const names[] = {"portable", "pclmul", "vpclmul"};
    const char *best = crc32c_name();
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (!crc32c_use(names[i])) {
            printf("this CPU has no %s\n", names[i]);
            continue;
        }
        assert_string_equal(crc32c_name(), names[i]);
        check();
    }
    assert_true(crc32c_use(best));
#else
    check();
#endif
}

static void expect(const unsigned char *bytes, size_t size, uint32_t crc)
{
    assert_int_equal(crc32c(0, bytes, size), crc);
}

/* RFC 3720, appendix B.4, read as little-endian numbers. */
static void check_published(void)
{
    static const unsigned char read_command[48] = {0x01, 0xC0, 0, 0, 0, 0, 0,    0, 0,    0, 0, 0,    0, 0, 0, 0,
                                                   0x14, 0,    0, 0, 0, 0, 0x04, 0, 0,    0, 0, 0x14, 0, 0, 0, 0x18,
                                                   0x28, 0,    0, 0, 0, 0, 0,    0, 0x02, 0, 0, 0,    0, 0, 0, 0};
    unsigned char bytes[32];
    memset(bytes, 0, sizeof bytes);
    expect(bytes, 32, 0x8A9136AA);
    memset(bytes, 0xFF, sizeof bytes);
    expect(bytes, 32, 0x62A8AB43);
    for (unsigned char i = 0; i < 32; i++)
        bytes[i] = i;
    expect(bytes, 32, 0x46DD794E);
    for (unsigned char i = 0; i < 32; i++)
        bytes[i] = (unsigned char)(31 - i);
    expect(bytes, 32, 0x113FDB5C);
    expect(read_command, 48, 0xD9963A56);
    expect((const unsigned char *)"123456789", 9, 0xE3069283);
    expect(bytes, 0, 0);
}

static void published_values_are_reproduced(void **state)
{
    (void)state;
    with_every_way(check_published);
}

static unsigned char noise[1 << 16];

static void fill_noise(const char *test)
{
    struct random random = random_start(test);
    for (size_t i = 0; i < sizeof noise; i++)
        noise[i] = (unsigned char)random_word(&random);
}

static uint32_t bitwise(const unsigned char *bytes, size_t size)
{
    uint32_t crc = UINT32_MAX;
    for (size_t i = 0; i < 8 * size; i++) {
        uint32_t bit = (crc ^ (uint32_t)bytes[i / 8] >> i % 8) & 1;
        crc = crc >> 1 ^ (bit ? 0x82F63B78 : 0);
    }
    return ~crc;
}

static void table_agrees_with_division_bit_by_bit(void **state)
{
    (void)state;
    fill_noise(__func__);
    for (size_t size = 0; size < 600; size++)
        assert_int_equal(crc32c_portable(0, noise + size, size), bitwise(noise + size, size));
}

static void check_lengths(void)
{
    for (size_t size = 0; size <= LENGTH_MAX; size++)
        for (size_t alignment = 0; alignment < ALIGNMENTS; alignment += size < 300 ? 1 : 7) {
            const unsigned char *bytes = noise + alignment;
            uint32_t before = (uint32_t)size * 0x9E3779B9u;
            assert_int_equal(crc32c(before, bytes, size), crc32c_portable(before, bytes, size));
        }
    assert_int_equal(crc32c(7, noise, sizeof noise), crc32c_portable(7, noise, sizeof noise));
}

static void every_way_agrees_for_all_lengths_and_alignments(void **state)
{
    (void)state;
    fill_noise(__func__);
    with_every_way(check_lengths);
}

static void check_splits(void)
{
    const uint32_t whole = crc32c(0, noise, LENGTH_MAX);
    for (size_t split = 0; split <= LENGTH_MAX; split++)
        assert_int_equal(crc32c(crc32c(0, noise, split), noise + split, LENGTH_MAX - split), whole);
}

static void a_message_may_be_split_anywhere(void **state)
{
    (void)state;
    fill_noise(__func__);
    with_every_way(check_splits);
}

#if CRC32C_ACCELERATED
static void an_unknown_way_changes_nothing(void **state)
{
    const char *before = crc32c_name();
    (void)state;
    assert_false(crc32c_use("abacus"));
    assert_string_equal(crc32c_name(), before);
}
#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(published_values_are_reproduced),
        cmocka_unit_test(table_agrees_with_division_bit_by_bit),
        cmocka_unit_test(every_way_agrees_for_all_lengths_and_alignments),
        cmocka_unit_test(a_message_may_be_split_anywhere),
#if CRC32C_ACCELERATED
        cmocka_unit_test(an_unknown_way_changes_nothing),
#endif
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
