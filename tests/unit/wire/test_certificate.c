/* SPDX-License-Identifier: MIT */
/* test_certificate - keys drawn and files written by pyzmq 24, and texts by hand. */
#include "wire/certificate.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
/* cmocka needs the headers above. */
#include <cmocka.h>

#define PUBLIC "Z<QjPdI(%UU1I{J:)M?Ork5P2BNrNDo{{d1Varai"
#define SECRET "-7CS}jA&Pyj2P-[/)#svTkeCUW>fqFf*=sTm5sDR"

/* As zmq.auth.create_certificates(directory, "alice", {"name": "Alice", "role": "operator"}) writes alice.key_secret.
 */
static const char of_pyzmq[] = "#   ****  Generated on 2026-11-23 02:26:06.446748 by pyzmq  ****\n"
                               "#   ZeroMQ CURVE **Secret** Certificate\n"
                               "#   DO NOT PROVIDE THIS FILE TO OTHER USERS nor change its permissions.\n"
                               "\n"
                               "metadata\n"
                               "    name = Alice\n"
                               "    role = operator\n"
                               "curve\n"
                               "    public-key = \"" PUBLIC "\"\n"
                               "    secret-key = \"" SECRET "\"\n";

/* As zcert_save writes it: every value in quotes, and metadata of its own. */
static const char of_czmq[] = "#   ****  Generated on 2026-11-23 02:26:06 by CZMQ  ****\n"
                              "#   ZeroMQ CURVE Public Certificate\n"
                              "\n"
                              "metadata\n"
                              "    email = \"front@end.ch\"\n"
                              "    role = \"front-end\"\n"
                              "    source = \"3\"\n"
                              "curve\n"
                              "    public-key = \"" PUBLIC "\"\n";

static struct certificate certificate;
static char error[CERTIFICATE_ERROR_SIZE];

static bool parse(const char *text)
{
    return certificate_parse(&certificate, text, strlen(text), error, sizeof error);
}

static void assert_refused(const char *text, const char *why)
{
    static const struct certificate nothing;
    assert_false(parse(text));
    assert_string_equal(error, why);
    assert_memory_equal(&certificate, &nothing, sizeof nothing);
}

static void reads_what_pyzmq_writes(void **state)
{
    (void)state;
    assert_true(parse(of_pyzmq));
    assert_string_equal(certificate.name, "Alice");
    assert_int_equal(certificate.role, ROLE_OPERATOR);
    assert_string_equal(certificate.public_key, PUBLIC);
    assert_string_equal(certificate.secret_key, SECRET);
}

static void reads_what_czmq_writes(void **state)
{
    (void)state;
    assert_true(parse(of_czmq));
    assert_string_equal(certificate.name, "");
    assert_int_equal(certificate.role, ROLE_FRONT_END);
    assert_int_equal(certificate.source, 3);
    assert_string_equal(certificate.public_key, PUBLIC);
    assert_string_equal(certificate.secret_key, "");
}

static void takes_comments_quotes_and_line_ends_of_any_kind(void **state)
{
    (void)state;
    assert_true(parse("metadata # who\r\n    email\t=   'An \"O'   # comment\r\n\r\n  # more\r\ncurve\r\n"
                      "    public-key = '" PUBLIC "'"));
    assert_string_equal(certificate.name, "");
}

static void refuses_what_is_no_certificate(void **state)
{
    (void)state;
    assert_refused("", "has no public-key in a section 'curve'");
    assert_refused("metadata\n    name = x\n", "has no public-key in a section 'curve'");
    assert_refused("metadata\n    source = 3\ncurve\n    public-key = \"" PUBLIC "\"",
                   "has a source but not the role of a front-end");
    assert_refused("keys\n", "line 1: the sections are metadata and curve");
    assert_refused("curve\n    private-key = 1\n", "line 2: not a part of a certificate");
    assert_refused("    public-key = \"" PUBLIC "\"", "line 1: a section stands at the margin, 'name = value' below it "
                                                      "behind four blanks");
    assert_refused("curve\n  public-key = \"" PUBLIC "\"", "line 2: a section stands at the margin, 'name = value' "
                                                           "below it behind four blanks");
    assert_refused("curve = 1\n", "line 1: a section stands at the margin, 'name = value' below it behind four blanks");
    assert_refused("curve\n    public-key = \"" PUBLIC "\"\n    public-key = \"" PUBLIC "\"",
                   "line 3: this was said before");
    assert_refused("curve\n    public-key = \"" PUBLIC, "line 2: neither a section nor 'name = value'");
    assert_refused("curve\n    public-key = \"" PUBLIC "\" x", "line 2: neither a section nor 'name = value'");
    assert_refused("<html>", "line 1: neither a section nor 'name = value'");
}

static void refuses_values_out_of_range(void **state)
{
    (void)state;
    static const char *const sources[] = {"-1", "4294967296", "99999999999", "3x", "", "0x3"};
    for (size_t i = 0; i < sizeof sources / sizeof *sources; i++) {
        char text[80];
        snprintf(text, sizeof text, "metadata\n    source = \"%s\"\n", sources[i]);
        assert_refused(text, "line 2: the source must be a whole number from 0 to 4294967295");
    }
    assert_refused("metadata\n    role = root\n", "line 2: the role must be one of front-end, subscriber, operator");
    assert_refused("metadata\n    name = \"\"\n",
                   "line 2: the name must be 1 to 63 printable ASCII characters without quotes");
    assert_refused("metadata\n    name = \"\x1b[2J\"\n",
                   "line 2: the name must be 1 to 63 printable ASCII characters without quotes");
}

/* 85^5 > 2^32: "%nSc0" is 2^32 - 1 and "%nSc1" is 2^32 (spec 32 of ZeroMQ). */
static void refuses_keys_that_are_no_256_bits(void **state)
{
    (void)state;
    static const char why[] = "line 2: a key must be 40 characters of Z85";
    static const char rest[] = "00000000000000000000000000000000000";
    char text[120];
    snprintf(text, sizeof text, "curve\n    public-key = \"%%nSc0%s\"", rest);
    assert_true(parse(text));
    snprintf(text, sizeof text, "curve\n    public-key = \"%%nSc1%s\"", rest);
    assert_refused(text, why);
    snprintf(text, sizeof text, "curve\n    public-key = \"0000~%s\"", rest);
    assert_refused(text, why);
    snprintf(text, sizeof text, "curve\n    public-key = \"0000%s\"", rest);
    assert_refused(text, why);
    snprintf(text, sizeof text, "curve\n    public-key = \"000000%s\"", rest);
    assert_refused(text, why);
}

static void refuses_more_than_64_kib(void **state)
{
    (void)state;
    static char text[CERTIFICATE_BYTES_MAX + 1];
    memset(text, '#', sizeof text);
    assert_false(certificate_parse(&certificate, text, sizeof text, error, sizeof error));
    assert_string_equal(error, "has more than 65536 bytes");
}

static void what_is_written_is_read_back(void **state)
{
    (void)state;
    for (enum certificate_role role = ROLE_NONE; role < ROLE_COUNT; role++) {
        struct certificate written = {.role = role, .source = role == ROLE_FRONT_END ? UINT32_MAX : 0};
        char text[CERTIFICATE_TEXT_SIZE];
        memset(written.name, 'n', sizeof written.name - 1);
        strcpy(written.public_key, PUBLIC);
        strcpy(written.secret_key, SECRET);
        for (int is_secret = 0; is_secret < 2; is_secret++) {
            size_t size = certificate_format(&written, is_secret, text);
            assert_int_equal(size, strlen(text));
            assert_true(certificate_parse(&certificate, text, size, error, sizeof error));
            assert_string_equal(certificate.name, written.name);
            assert_string_equal(certificate.public_key, PUBLIC);
            assert_string_equal(certificate.secret_key, is_secret ? SECRET : "");
            assert_true(certificate.role == role && certificate.source == written.source);
        }
    }
}

/* Whatever is read is sound: it could be written. */
static void any_change_of_a_certificate_is_read_or_refused(void **state)
{
    (void)state;
    const char *given = getenv("HNLMON_SEED");
    unsigned seed = given ? (unsigned)strtoul(given, NULL, 10) : (unsigned)time(NULL);
    print_message("# HNLMON_SEED=%u\n", seed);
    srand(seed);
    for (int trial = 0; trial < 100000; trial++) {
        char text[sizeof of_pyzmq];
        memcpy(text, of_pyzmq, sizeof text);
        for (int i = rand() % 4; i >= 0; i--)
            text[190 + rand() % (int)(sizeof text - 190)] = (char)rand();
        if (!certificate_parse(&certificate, text, (size_t)rand() % sizeof text, error, sizeof error))
            continue;
        assert_int_equal(strlen(certificate.public_key), CERTIFICATE_KEY_SIZE - 1);
        assert_true(*certificate.name == '\0' || certificate_is_name(certificate.name));
        assert_true(certificate.role < ROLE_COUNT);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_what_pyzmq_writes),
        cmocka_unit_test(reads_what_czmq_writes),
        cmocka_unit_test(takes_comments_quotes_and_line_ends_of_any_kind),
        cmocka_unit_test(refuses_what_is_no_certificate),
        cmocka_unit_test(refuses_values_out_of_range),
        cmocka_unit_test(refuses_keys_that_are_no_256_bits),
        cmocka_unit_test(refuses_more_than_64_kib),
        cmocka_unit_test(what_is_written_is_read_back),
        cmocka_unit_test(any_change_of_a_certificate_is_read_or_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
