/* SPDX-License-Identifier: MIT */
#include "io/endpoint.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(loopback_and_ipc_are_local),
        cmocka_unit_test(everything_else_is_not),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
