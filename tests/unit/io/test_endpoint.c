/* SPDX-License-Identifier: MIT */
#include "io/endpoint.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
/* cmocka needs the headers above. */
#include <cmocka.h>

static void loopback_and_ipc_are_local(void **state)
{
    (void)state;
    static const char *const local[] = {"ipc:///run/hnlmon/link", "ipc://@hidden",        "tcp://127.0.0.1:4510",
                                        "tcp://127.255.3.4:*",    "tcp://localhost:4510", "tcp://[::1]:4510",
                                        "tcp://::1:4510"};
    for (size_t i = 0; i < sizeof local / sizeof *local; i++)
        assert_true(endpoint_is_local(local[i]));
}

static void everything_else_is_not(void **state)
{
    (void)state;
    static const char *const beyond[] = {"tcp://*:4510",
                                         "tcp://0.0.0.0:4510",
                                         "tcp://[::]:4510",
                                         "tcp://lo:4510",
                                         "tcp://eth0:4510",
                                         "tcp://10.0.0.1:4510",
                                         "tcp://128.0.0.1:4510",
                                         "tcp://localhost.evil.org:1",
                                         "tcp://127.0.0.1",
                                         "tcp://127.1:4510",
                                         "tcp://0127.0.0.1:4510",
                                         "tcp://127.0.0.1;0.0.0.0:4510",
                                         "tcp://LOCALHOST:4510",
                                         "tcp://:4510",
                                         "tcp://[::ffff:8.8.8.8]:1",
                                         "tcp://127.0.0.1:1;0.0.0.0:2",
                                         "tcp://[::1%eth0]:4510",
                                         "udp://127.0.0.1:4510",
                                         "",
                                         "tcp://"};
    for (size_t i = 0; i < sizeof beyond / sizeof *beyond; i++)
        assert_false(endpoint_is_local(beyond[i]));
}

static void a_port_has_at_most_16_bits(void **state)
{
    (void)state;
    assert_true(endpoint_is_valid("tcp://127.0.0.1:65535"));
    assert_true(endpoint_is_valid("tcp://[::1]:4510"));
    assert_true(endpoint_is_valid("tcp://*:*"));
    assert_true(endpoint_is_valid("ipc:///run/hnlmon/link:99999"));
    static const char *const wrong[] = {"tcp://127.0.0.1:65536",
                                        "tcp://127.0.0.1:4294971806",
                                        "tcp://127.0.0.1:",
                                        "tcp://127.0.0.1",
                                        "tcp://127.0.0.1:-1",
                                        "tcp://127.0.0.1:4510 ",
                                        "tcp://127.0.0.1:451O",
                                        "tcp://:4510",
                                        "tcp://",
                                        "ipc://",
                                        "udp://127.0.0.1:1",
                                        ""};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_false(endpoint_is_valid(wrong[i]));
}

static void endpoints_are_separated_by_blanks(void **state)
{
    (void)state;
    char list[ENDPOINT_BYTES_MAX + 32], endpoint[ENDPOINT_BYTES_MAX];
    const char *rest = "  tcp://a:1   ipc://b ";
    assert_true(endpoint_next(&rest, endpoint));
    assert_string_equal(endpoint, "tcp://a:1");
    assert_true(endpoint_next(&rest, endpoint));
    assert_string_equal(endpoint, "ipc://b");
    assert_false(endpoint_next(&rest, endpoint));
    rest = list;
    memset(list, 'x', ENDPOINT_BYTES_MAX);
    strcpy(list + ENDPOINT_BYTES_MAX, " ipc://b");
    assert_true(endpoint_next(&rest, endpoint));
    assert_string_equal(endpoint, "");
    assert_true(endpoint_next(&rest, endpoint));
    assert_string_equal(endpoint, "ipc://b");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(loopback_and_ipc_are_local),
        cmocka_unit_test(everything_else_is_not),
        cmocka_unit_test(a_port_has_at_most_16_bits),
        cmocka_unit_test(endpoints_are_separated_by_blanks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
