/* SPDX-License-Identifier: MIT */
/* test_zap - the door-keeper with real sockets; who may go where is written here by hand. */
#include "io/zap.h"

#include <errno.h>
#include <event2/event.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <zmq.h>
/* cmocka needs the headers above. */
#include <cmocka.h>

#include "io/clock.h"
#include "io/curve.h"
#include "io/handshake.h"

static struct {
    struct event_base *base;
    void *context;
    struct certificate own, people[3]; /* by enum certificate_role, from ROLE_FRONT_END */
    struct zap *zap;
} f;

static void create(bool has_keys)
{
    f.base = event_base_new();
    event_base_priority_init(f.base, 2);
    f.context = zmq_ctx_new();
    curve_draw(&f.own);
    for (int i = 0; i < 3; i++) {
        struct certificate *person = &f.people[i];
        *person = (struct certificate){.role = ROLE_FRONT_END + (enum certificate_role)i};
        strcpy(person->name, certificate_role_name(person->role));
        curve_draw(person);
    }
    f.people[0].source = 3;
    f.zap = zap_create(f.base, f.context, has_keys ? &f.own : NULL);
    assert_non_null(f.zap);
    zap_set_peers(f.zap, f.people, 3);
}

static void destroy(void)
{
    zap_destroy(f.zap);
    zmq_ctx_term(f.context);
    event_base_free(f.base);
}

static void *bind_socket(enum zap_socket which, char endpoint[ENDPOINT_BYTES_MAX])
{
    static const struct socket_bounds bounds = {.messages = 10, .bytes_max = 1024};
    void *socket = zap_bind(f.zap, which, f.context, ZMQ_ROUTER, &bounds, "tcp://127.0.0.1:*", endpoint);
    assert_non_null(socket);
    return socket;
}

/* Whether somebody with this key (NULL: none) is let in: -1 when nothing happens in time. */
static int is_let_in_within(const char *endpoint, const struct certificate *key, int patience_ms)
{
    static const struct socket_bounds bounds = {.messages = 10, .bytes_max = 1024};
    struct handshake handshake = {0};
    struct curve_client client;
    void *socket = socket_create(f.context, ZMQ_DEALER, &bounds);
    if (key) {
        strcpy(client.public_key, key->public_key);
        strcpy(client.secret_key, key->secret_key);
        strcpy(client.server_key, f.own.public_key);
        curve_client_apply(&client, socket);
    }
    assert_true(handshake_watch(&handshake, f.context, socket, key != NULL, HANDSHAKE_CUTS_PLAIN));
    assert_int_equal(zmq_connect(socket, endpoint), 0);
    int64_t end_ns = clock_monotonic_ns() + patience_ms * NS_PER_MS;
    while (!handshake.is_connected && !handshake_refusal(&handshake) && clock_monotonic_ns() < end_ns) {
        event_base_loop(f.base, EVLOOP_NONBLOCK);
        handshake_follow(&handshake);
    }
    int outcome = handshake.is_connected ? 1 : handshake_refusal(&handshake) ? 0 : -1;
    handshake_end(&handshake);
    socket_set(socket, ZMQ_LINGER, 0);
    zmq_close(socket);
    return outcome;
}

static int is_let_in(const char *endpoint, const struct certificate *key)
{
    return is_let_in_within(endpoint, key, 5000);
}

static void the_self_test_passes(void **state)
{
    (void)state;
    char error[ZAP_ERROR_SIZE];
    create(true);
    assert_true(zap_self_test(f.zap, error, sizeof error));
    destroy();
}

static void the_self_test_fails_when_nobody_can_come_in(void **state)
{
    (void)state;
    char error[ZAP_ERROR_SIZE];
    create(true);
    strcpy(f.own.public_key, f.people[0].public_key); /* clients expect another daemon than this one */
    assert_false(zap_self_test(f.zap, error, sizeof error));
    assert_string_equal(error, "a client with an unknown key is not refused");
    destroy();
}

static void there_is_one_door_keeper(void **state)
{
    (void)state;
    create(true);
    assert_null(zap_create(f.base, f.context, &f.own));
    assert_int_equal(errno, EADDRINUSE);
    destroy();
}

static void each_role_gets_where_it_belongs(void **state)
{
    (void)state;
    static const int expected[3][ZAP_SOCKETS] = {/* link, publish, control */
                                                 {1, 0, 0},
                                                 {0, 1, 1},
                                                 {0, 1, 1}};
    create(true);
    struct certificate stranger;
    curve_draw(&stranger);
    for (enum zap_socket which = ZAP_LINK; which < ZAP_SOCKETS; which++) {
        char endpoint[ENDPOINT_BYTES_MAX];
        void *socket = bind_socket(which, endpoint);
        uint64_t wrong = 0, admitted = 0;
        for (int i = 0; i < 3; i++) {
            assert_int_equal(is_let_in(endpoint, &f.people[i]), expected[i][which]);
            wrong += !expected[i][which];
            admitted += expected[i][which] == 1;
        }
        assert_int_equal(is_let_in(endpoint, &stranger), 0);
        assert_int_equal(is_let_in(endpoint, NULL), 0);
        zap_tick(f.zap);
        const struct door_report *door = &zap_doors(f.zap)[which];
        assert_int_equal(door->unknown_key, 1);
        assert_int_equal(door->wrong_role, wrong);
        assert_int_equal(door->admitted, admitted);
        assert_true(door->failed >= 1);
        zap_close(f.zap, which, socket);
    }
    destroy();
}

static void who_is_no_longer_known_is_nobody(void **state)
{
    (void)state;
    create(true);
    assert_int_equal(zap_peer(f.zap, "front-end")->source, 3);
    assert_int_equal(zap_peer(f.zap, "operator")->role, ROLE_OPERATOR);
    assert_null(zap_peer(f.zap, "front-en"));
    assert_null(zap_peer(f.zap, NULL));
    zap_set_peers(f.zap, &f.people[2], 1);
    assert_null(zap_peer(f.zap, "front-end"));
    char endpoint[ENDPOINT_BYTES_MAX];
    void *socket = bind_socket(ZAP_LINK, endpoint);
    assert_int_equal(is_let_in(endpoint, &f.people[0]), 0);
    zap_close(f.zap, ZAP_LINK, socket);
    destroy();
}

static void settle(const struct door_report *door, uint32_t peers)
{
    int64_t end_ns = clock_monotonic_ns() + 2000 * NS_PER_MS;
    while (door->peers != peers && clock_monotonic_ns() < end_ns) {
        event_base_loop(f.base, EVLOOP_NONBLOCK);
        zap_tick(f.zap);
    }
    assert_int_equal(door->peers, peers);
}

/* Who says nothing may be sent away for others. */
static void hear(void *socket)
{
    zmq_msg_t message;
    zmq_msg_init(&message);
    int64_t end_ns = clock_monotonic_ns() + 2000 * NS_PER_MS;
    while (zmq_msg_recv(&message, socket, ZMQ_DONTWAIT) < 0 && clock_monotonic_ns() < end_ns)
        event_base_loop(f.base, EVLOOP_NONBLOCK);
    assert_true(zmq_msg_more(&message));
    zap_hear(f.zap, zmq_msg_get(&message, ZMQ_SRCFD));
    assert_int_equal(zmq_msg_recv(&message, socket, ZMQ_DONTWAIT), 1);
    zmq_msg_close(&message);
}

static void a_socket_without_keys_lets_in_a_bounded_number(void **state)
{
    (void)state;
    static void *clients[ZAP_PEERS_MAX];
    static const struct socket_bounds bounds = {.messages = 10, .bytes_max = 1024};
    char endpoint[ENDPOINT_BYTES_MAX];
    create(false);
    void *context = zmq_ctx_new(), *socket = bind_socket(ZAP_PUBLISH, endpoint);
    const struct door_report *door = &zap_doors(f.zap)[ZAP_PUBLISH];
    for (uint32_t i = 0; i < ZAP_PEERS_MAX; i++) {
        clients[i] = socket_create(context, ZMQ_DEALER, &bounds);
        assert_int_equal(zmq_connect(clients[i], endpoint), 0);
        assert_int_equal(zmq_send(clients[i], "x", 1, 0), 1);
        hear(socket);
    }
    settle(door, ZAP_PEERS_MAX);
    assert_int_equal(door->admitted, ZAP_PEERS_MAX);
    assert_int_equal(is_let_in_within(endpoint, NULL, 200), -1);
    assert_true(door->full >= 1);
    for (uint32_t i = 0; i < ZAP_PEERS_MAX; i++)
        zmq_close(clients[i]);
    settle(door, 0);
    zmq_ctx_term(context);
    zap_close(f.zap, ZAP_PUBLISH, socket);
    destroy();
}

static void who_left_takes_no_place(void **state)
{
    (void)state;
    char endpoint[ENDPOINT_BYTES_MAX];
    create(false);
    zap_set_limits(f.zap, ZAP_LINK, 2, 8);
    void *socket = bind_socket(ZAP_LINK, endpoint);
    for (int i = 0; i < 10; i++) {
        assert_int_equal(is_let_in(endpoint, NULL), 1);
        settle(&zap_doors(f.zap)[ZAP_LINK], 0);
    }
    assert_int_equal(zap_doors(f.zap)[ZAP_LINK].full, 0);
    zap_close(f.zap, ZAP_LINK, socket);
    destroy();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_self_test_passes),
        cmocka_unit_test(the_self_test_fails_when_nobody_can_come_in),
        cmocka_unit_test(there_is_one_door_keeper),
        cmocka_unit_test(each_role_gets_where_it_belongs),
        cmocka_unit_test(who_is_no_longer_known_is_nobody),
        cmocka_unit_test(a_socket_without_keys_lets_in_a_bounded_number),
        cmocka_unit_test(who_left_takes_no_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
