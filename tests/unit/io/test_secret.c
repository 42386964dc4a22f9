/* SPDX-License-Identifier: MIT */
/* The HMACs were computed with Python's hmac and hashlib, the bytes put together there by hand. */
#include "io/secret.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static char path[] = "/tmp/hnlmon-secret-XXXXXX";
static struct secret secret;
static char error[SECRET_ERROR_SIZE];

static void write_file(size_t size, mode_t mode)
{
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    for (size_t i = 0; i < size; i++)
        assert_true(fputc((int)(i & 0xFF), file) != EOF);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(chmod(path, mode), 0);
}

static int make_file(void **state)
{
    (void)state;
    int file = mkstemp(path);
    return file < 0 ? -1 : close(file);
}

static int remove_file(void **state)
{
    (void)state;
    return unlink(path);
}

static void a_secret_is_all_bytes_of_a_private_file(void **state)
{
    (void)state;
    static const mode_t modes[] = {0600, 0400};
    for (size_t i = 0; i < sizeof modes / sizeof *modes; i++) {
        write_file(40, modes[i]);
        assert_true(secret_read(&secret, path, error, sizeof error));
        assert_int_equal(secret.size, 40);
        assert_int_equal(secret.bytes[39], 39);
        assert_int_equal(unlink(path), 0);
    }
    write_file(SECRET_BYTES_MIN, 0600);
    assert_true(secret_read(&secret, path, error, sizeof error));
    write_file(SECRET_BYTES_MAX, 0600);
    assert_true(secret_read(&secret, path, error, sizeof error));
    assert_int_equal(secret.size, SECRET_BYTES_MAX);
}

static void a_file_that_others_may_use_is_refused(void **state)
{
    (void)state;
    static const mode_t modes[] = {0640, 0604, 0620, 0602, 0610, 0601, 0644, 0666};
    for (size_t i = 0; i < sizeof modes / sizeof *modes; i++) {
        write_file(40, modes[i]);
        assert_false(secret_read(&secret, path, error, sizeof error));
        assert_non_null(strstr(error, "chmod 600"));
    }
}

static void a_short_long_missing_or_irregular_file_is_refused(void **state)
{
    (void)state;
    write_file(SECRET_BYTES_MIN - 1, 0600);
    assert_false(secret_read(&secret, path, error, sizeof error));
    assert_non_null(strstr(error, "has 31 bytes"));
    write_file(SECRET_BYTES_MAX + 1, 0600);
    assert_false(secret_read(&secret, path, error, sizeof error));
    assert_false(secret_read(&secret, "/tmp/hnlmon-no-such-file", error, sizeof error));
    assert_non_null(strstr(error, "No such file"));
    assert_false(secret_read(&secret, "/dev/null", error, sizeof error));
    assert_non_null(strstr(error, "not a regular file"));
    assert_false(secret_read(&secret, "/tmp", error, sizeof error));
}

static void assert_answer(const char *who, const char *reason, const unsigned char expected[SECRET_ANSWER_BYTES])
{
    unsigned char nonce[SECRET_NONCE_BYTES], answer[SECRET_ANSWER_BYTES];
    for (unsigned i = 0; i < sizeof nonce; i++)
        nonce[i] = (unsigned char)(255 - i);
    secret_answer(&secret, nonce, who, reason, answer);
    assert_memory_equal(answer, expected, sizeof answer);
}

static void an_answer_is_the_hmac_over_nonce_name_and_reason(void **state)
{
    (void)state;
    static const unsigned char of_40[] = {0x5e, 0xd9, 0xbd, 0x2c, 0xc1, 0xf1, 0x08, 0xa1, 0xb9, 0x56, 0xa2,
                                          0x63, 0x44, 0x47, 0x74, 0x33, 0xef, 0xf4, 0x53, 0x39, 0xc8, 0x9c,
                                          0x02, 0x74, 0x84, 0x95, 0x6d, 0x9c, 0x19, 0x20, 0x9b, 0x97};
    static const unsigned char of_200[] = {0x39, 0x25, 0xd1, 0xee, 0x5f, 0x86, 0x77, 0x93, 0xbe, 0xc0, 0x64,
                                           0x44, 0xcf, 0xdd, 0x54, 0xb7, 0x7e, 0xb8, 0x44, 0xf2, 0x8e, 0xc7,
                                           0xe8, 0x27, 0x0c, 0xac, 0x6b, 0xa0, 0x37, 0x95, 0x38, 0x43};
    write_file(40, 0600);
    assert_true(secret_read(&secret, path, error, sizeof error));
    assert_answer("anna", "box opening, run 7", of_40);
    write_file(200, 0600); /* longer than a block of SHA-256 */
    assert_true(secret_read(&secret, path, error, sizeof error));
    assert_answer("", "", of_200);
}

static void where_the_name_ends_matters(void **state)
{
    (void)state;
    static const unsigned char nonce[SECRET_NONCE_BYTES];
    unsigned char one[SECRET_ANSWER_BYTES], other[SECRET_ANSWER_BYTES];
    write_file(40, 0600);
    assert_true(secret_read(&secret, path, error, sizeof error));
    secret_answer(&secret, nonce, "ab", "c", one);
    secret_answer(&secret, nonce, "a", "bc", other);
    assert_false(secret_is_same(one, other));
    secret_answer(&secret, nonce, "ab", "c", other);
    assert_true(secret_is_same(one, other));
}

static void nonces_differ(void **state)
{
    (void)state;
    unsigned char one[SECRET_NONCE_BYTES], other[SECRET_NONCE_BYTES];
    secret_draw(one);
    secret_draw(other);
    assert_memory_not_equal(one, other, sizeof one);
}

static void a_wiped_secret_is_gone(void **state)
{
    (void)state;
    static const unsigned char zero[SECRET_BYTES_MAX];
    write_file(40, 0600);
    assert_true(secret_read(&secret, path, error, sizeof error));
    secret_wipe(&secret);
    assert_int_equal(secret.size, 0);
    assert_memory_equal(secret.bytes, zero, sizeof zero);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_secret_is_all_bytes_of_a_private_file),
        cmocka_unit_test(a_file_that_others_may_use_is_refused),
        cmocka_unit_test(a_short_long_missing_or_irregular_file_is_refused),
        cmocka_unit_test(an_answer_is_the_hmac_over_nonce_name_and_reason),
        cmocka_unit_test(where_the_name_ends_matters),
        cmocka_unit_test(nonces_differ),
        cmocka_unit_test(a_wiped_secret_is_gone),
    };
    return cmocka_run_group_tests(tests, make_file, remove_file);
}
