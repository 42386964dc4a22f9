/* SPDX-License-Identifier: MIT */
#include "io/curve.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
/* cmocka needs the headers above. */
#include <cmocka.h>

/* Drawn by zmq.curve_keypair of pyzmq. */
#define PUBLIC "Z<QjPdI(%UU1I{J:)M?Ork5P2BNrNDo{{d1Varai"
#define SECRET "-7CS}jA&Pyj2P-[/)#svTkeCUW>fqFf*=sTm5sDR"

static char directory[] = "/tmp/hnlmon-curve-XXXXXX";
static char error[CURVE_ERROR_SIZE];
static struct certificate peers[CURVE_PEERS_MAX];
static uint32_t count;

static const char *path_of(const char *file)
{
    static char path[128];
    snprintf(path, sizeof path, "%s/%s", directory, file);
    return path;
}

static void write_file(const char *name, const char *text, mode_t mode)
{
    FILE *file = fopen(path_of(name), "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(chmod(path_of(name), mode), 0);
}

static void assert_error(const char *file, const char *why)
{
    char expected[CURVE_ERROR_SIZE];
    snprintf(expected, sizeof expected, "%s: %s", path_of(file), why);
    assert_string_equal(error, expected);
}

static void make_pair(const char *name, enum certificate_role role)
{
    struct certificate certificate = {.role = role};
    strcpy(certificate.name, name);
    curve_draw(&certificate);
    assert_true(curve_write(&certificate, directory, name, error, sizeof error));
}

static int make_directory(void **state)
{
    (void)state;
    strcpy(directory + strlen(directory) - 6, "XXXXXX");
    return mkdtemp(directory) ? 0 : -1;
}

static int remove_directory(void **state)
{
    (void)state;
    char command[128];
    snprintf(command, sizeof command, "rm -r '%s'", directory);
    return system(command);
}

static void a_pair_that_was_written_is_read_and_never_overwritten(void **state)
{
    (void)state;
    struct certificate own, known;
    make_pair("alice", ROLE_OPERATOR);
    struct stat status;
    assert_int_equal(stat(path_of("alice.key_secret"), &status), 0);
    assert_int_equal(status.st_mode & 07777, 0600);
    assert_true(curve_read_secret(&own, path_of("alice.key_secret"), error, sizeof error));
    assert_true(curve_read_public(&known, path_of("alice.key"), error, sizeof error));
    assert_string_equal(own.public_key, known.public_key);
    assert_false(curve_write(&own, directory, "alice", error, sizeof error));
    assert_error("alice.key_secret", "File exists");
    assert_int_equal(unlink(path_of("alice.key_secret")), 0);
    assert_false(curve_write(&own, directory, "alice", error, sizeof error));
    assert_error("alice.key", "File exists");
    assert_int_equal(access(path_of("alice.key_secret"), F_OK), -1);
}

static void a_secret_that_others_may_read_is_refused(void **state)
{
    (void)state;
    struct certificate own;
    write_file("a.key_secret", "curve\n    public-key = \"" PUBLIC "\"\n    secret-key = \"" SECRET "\"\n", 0600);
    assert_true(curve_read_secret(&own, path_of("a.key_secret"), error, sizeof error));
    static const mode_t modes[] = {0640, 0604, 0620, 0601, 0777};
    for (size_t i = 0; i < sizeof modes / sizeof *modes; i++) {
        assert_int_equal(chmod(path_of("a.key_secret"), modes[i]), 0);
        assert_false(curve_read_secret(&own, path_of("a.key_secret"), error, sizeof error));
        assert_non_null(strstr(error, "may be used by others than its owner (mode 0"));
    }
}

static void keys_that_do_not_belong_together_are_refused(void **state)
{
    (void)state;
    struct certificate own;
    write_file("a.key_secret", "curve\n    public-key = \"" PUBLIC "\"\n    secret-key = \"" PUBLIC "\"\n", 0600);
    assert_false(curve_read_secret(&own, path_of("a.key_secret"), error, sizeof error));
    assert_error("a.key_secret", "its keys do not belong together");
}

static void each_kind_of_file_has_its_place(void **state)
{
    (void)state;
    struct certificate certificate;
    make_pair("a", ROLE_OPERATOR);
    assert_int_equal(chmod(path_of("a.key"), 0600), 0);
    assert_false(curve_read_secret(&certificate, path_of("a.key"), error, sizeof error));
    assert_error("a.key", "has no secret-key: the secret file, NAME.key_secret, is needed");
    assert_false(curve_read_public(&certificate, path_of("a.key_secret"), error, sizeof error));
    assert_error("a.key_secret", "has a secret key, which belongs to its owner alone: NAME.key is needed");
    assert_false(curve_read_public(&certificate, path_of("b.key"), error, sizeof error));
    assert_error("b.key", "No such file or directory");
    assert_false(curve_read_public(&certificate, directory, error, sizeof error));
    assert_non_null(strstr(error, ": is not a regular file"));
}

static void a_directory_gives_its_public_certificates(void **state)
{
    (void)state;
    make_pair("alice", ROLE_OPERATOR);
    make_pair("bob", ROLE_SUBSCRIBER);
    write_file("README", "not a certificate", 0644);
    write_file("front.key", "metadata\n    role = front-end\ncurve\n    public-key = \"" PUBLIC "\"\n", 0644);
    assert_true(curve_read_directory(peers, &count, directory, error, sizeof error));
    assert_int_equal(count, 3);
    bool has_front = false;
    for (uint32_t i = 0; i < count; i++)
        has_front |= strcmp(peers[i].name, "front") == 0 && strcmp(peers[i].public_key, PUBLIC) == 0;
    assert_true(has_front);
}

static void a_directory_with_a_doubtful_certificate_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *text, *why;
    } cases[] = {
        {"curve\n    public-key = \"" PUBLIC "\"\n",
         "has no role: add role = \"front-end\", \"subscriber\" or \"operator\" to its metadata"},
        {"metadata\n    role = operator\n    name = alice\ncurve\n    public-key = \"" PUBLIC "\"\n", NULL},
        {"metadata\n", "has no public-key in a section 'curve'"},
        {"metadata\n    role = operator\ncurve\n    public-key = \"" PUBLIC "\"\n    secret-key = \"" SECRET "\"\n",
         "has a secret key, which belongs to its owner alone: NAME.key is needed"},
    };
    make_pair("alice", ROLE_OPERATOR);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        write_file("z.key", cases[i].text, 0644);
        assert_false(curve_read_directory(peers, &count, directory, error, sizeof error));
        if (cases[i].why)
            assert_error("z.key", cases[i].why);
        else
            assert_non_null(strstr(error, "has the name of another certificate"));
    }
    assert_false(curve_read_directory(peers, &count, "/nowhere", error, sizeof error));
    assert_string_equal(error, "/nowhere: No such file or directory");
}

static void one_key_cannot_be_two_people(void **state)
{
    (void)state;
    static const char text[] = "metadata\n    role = operator\ncurve\n    public-key = \"" PUBLIC "\"\n";
    write_file("a.key", text, 0644);
    write_file("b.key", text, 0644);
    assert_false(curve_read_directory(peers, &count, directory, error, sizeof error));
    assert_non_null(strstr(error, "has the key of another certificate"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_directory, remove_directory)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_pair_that_was_written_is_read_and_never_overwritten),
        TEST(a_secret_that_others_may_read_is_refused),
        TEST(keys_that_do_not_belong_together_are_refused),
        TEST(each_kind_of_file_has_its_place),
        TEST(a_directory_gives_its_public_certificates),
        TEST(a_directory_with_a_doubtful_certificate_is_refused),
        TEST(one_key_cannot_be_two_people),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
