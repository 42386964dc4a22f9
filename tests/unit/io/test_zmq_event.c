/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <event2/event.h>
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>
#include <zmq.h>

#include "io/zmq_event.h"

#define MESSAGES 100000u
#define MESSAGES_FULL 1000000u /* with HNLMON_FULL; HNLMON_MESSAGES says another number */
#define STALL_S 10             /* no message for so long: the loop will never wake up again */

/* One end of a pair in the loop; the other end is a thread that sends, and reads the echoes. */
struct fixture {
    void *context;
    void *inner, *outer;
    struct event_base *base;
    struct zmq_event *event;
    uint32_t messages; /* that are sent */
    uint32_t received;
    uint32_t received_before; /* when it was looked for a stall last */
    bool has_stalled;
    uint32_t echo_every; /* 0: none */
    uint32_t most_at_once;
    uint32_t stop_at;
    uint32_t ticks;
    _Atomic bool is_over;
};

static uint32_t handle(void *context, uint32_t budget)
{
    struct fixture *f = context;
    uint32_t handled = 0;
    uint32_t value;
    while (handled < budget && zmq_recv(f->inner, &value, sizeof value, ZMQ_DONTWAIT) >= 0) {
        assert_int_equal(value, f->received);
        f->received++;
        handled++;
        if (f->echo_every && value % f->echo_every == 0)
            zmq_send(f->inner, &value, sizeof value, ZMQ_DONTWAIT);
    }
    if (handled > f->most_at_once)
        f->most_at_once = handled;
    if (f->received == f->stop_at)
        event_base_loopbreak(f->base);
    return handled;
}

static uint32_t messages(void)
{
    const char *number = getenv("HNLMON_MESSAGES");
    if (number)
        return (uint32_t)strtoul(number, NULL, 0);
    return getenv("HNLMON_FULL") ? MESSAGES_FULL : MESSAGES;
}

static void look_for_stall(evutil_socket_t fd, short what, void *context)
{
    (void)fd;
    (void)what;
    struct fixture *f = context;
    f->has_stalled = f->received == f->received_before;
    f->received_before = f->received;
    if (f->has_stalled)
        event_base_loopbreak(f->base);
}

static void *feed(void *context)
{
    struct fixture *f = context;
    unsigned random = 1;
    for (uint32_t i = 0; i < f->messages; i++) {
        zmq_send(f->outer, &i, sizeof i, 0);
        uint32_t echo;
        while (zmq_recv(f->outer, &echo, sizeof echo, ZMQ_DONTWAIT) >= 0)
            continue;
        random = random * 1664525u + 1013904223u;
        if (random >> 22 == 0) { /* one in 1024: let the other side run dry */
            zmq_pollitem_t item = {.socket = f->outer, .events = ZMQ_POLLIN};
            zmq_poll(&item, 1, 1);
        }
    }
    return NULL;
}

static void open_fixture(struct fixture *f, uint32_t budget)
{
    *f = (struct fixture){.context = zmq_ctx_new(), .messages = messages(), .stop_at = messages()};
    f->base = event_base_new();
    event_base_priority_init(f->base, 2);
    f->inner = zmq_socket(f->context, ZMQ_PAIR);
    f->outer = zmq_socket(f->context, ZMQ_PAIR);
    int linger = 0;
    zmq_setsockopt(f->inner, ZMQ_LINGER, &linger, sizeof linger);
    zmq_setsockopt(f->outer, ZMQ_LINGER, &linger, sizeof linger);
    assert_int_equal(zmq_bind(f->inner, "inproc://pair"), 0);
    assert_int_equal(zmq_connect(f->outer, "inproc://pair"), 0);
    f->event = zmq_event_create(f->base, f->inner, 0, budget, handle, f);
    assert_non_null(f->event);
}

static void close_fixture(struct fixture *f)
{
    zmq_event_destroy(f->event);
    event_base_free(f->base);
    zmq_close(f->inner);
    zmq_close(f->outer);
    zmq_ctx_term(f->context);
}

static void run_interleaved(uint32_t budget, uint32_t echo_every)
{
    struct fixture f;
    open_fixture(&f, budget);
    f.echo_every = echo_every;
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, feed, &f), 0);
    struct event *watch = event_new(f.base, -1, EV_PERSIST, look_for_stall, &f);
    const struct timeval limit = {STALL_S, 0};
    event_priority_set(watch, 0);
    event_add(watch, &limit);
    event_base_dispatch(f.base);
    event_free(watch);
    assert_false(f.has_stalled);
    assert_int_equal(f.received, f.messages);
    assert_int_equal(zmq_event_saves(f.event), 0);
    assert_true(f.most_at_once <= budget);
    pthread_join(thread, NULL);
    close_fixture(&f);
}

static void every_message_arrives_without_a_save_when_the_budget_is_small(void **state)
{
    (void)state;
    run_interleaved(1, 0);
}

static void every_message_arrives_without_a_save_when_the_handler_also_sends(void **state)
{
    (void)state;
    run_interleaved(16, 3);
}

static void every_message_arrives_without_a_save_when_the_budget_is_large(void **state)
{
    (void)state;
    run_interleaved(1000, 1);
}

static void send_ten(struct fixture *f)
{
    for (uint32_t i = 0; i < 10; i++)
        zmq_send(f->outer, &i, sizeof i, 0);
}

static void run_for_ms(struct fixture *f, int ms)
{
    struct timeval limit = {0, ms * 1000};
    event_base_loopexit(f->base, &limit);
    event_base_dispatch(f->base);
}

/* Reading ZMQ_EVENTS swallows the edge; without touch only the safety timer can notice. */
static void a_swallowed_edge_is_saved_by_the_timer_and_counted(void **state)
{
    (void)state;
    struct fixture f;
    open_fixture(&f, 100);
    run_for_ms(&f, 5);
    send_ten(&f);
    int events;
    size_t size = sizeof events;
    zmq_getsockopt(f.inner, ZMQ_EVENTS, &events, &size);
    assert_true(events & ZMQ_POLLIN);
    run_for_ms(&f, 100);
    assert_int_equal(f.received, 10);
    assert_int_equal(zmq_event_saves(f.event), 1);
    close_fixture(&f);
}

static void a_swallowed_edge_is_repaired_by_touch(void **state)
{
    (void)state;
    struct fixture f;
    open_fixture(&f, 100);
    run_for_ms(&f, 5);
    send_ten(&f);
    int events;
    size_t size = sizeof events;
    zmq_getsockopt(f.inner, ZMQ_EVENTS, &events, &size);
    zmq_event_touch(f.event);
    run_for_ms(&f, 50);
    assert_int_equal(f.received, 10);
    assert_int_equal(zmq_event_saves(f.event), 0);
    close_fixture(&f);
}

static void count_tick(evutil_socket_t fd, short what, void *context)
{
    (void)fd;
    (void)what;
    struct fixture *f = context;
    if (++f->ticks == 20)
        event_base_loopbreak(f->base);
}

static void *flood(void *context)
{
    struct fixture *f = context;
    for (uint32_t i = 0; !f->is_over; i++)
        zmq_send(f->outer, &i, sizeof i, ZMQ_DONTWAIT);
    return NULL;
}

/* Takes less than arrives. */
static uint32_t handle_slowly(void *context, uint32_t budget)
{
    struct fixture *f = context;
    uint32_t value;
    usleep(1000);
    for (uint32_t i = 0; i < budget; i++)
        zmq_recv(f->inner, &value, sizeof value, ZMQ_DONTWAIT);
    return budget;
}

static void a_socket_that_never_rests_lets_lower_priorities_have_their_turn(void **state)
{
    (void)state;
    struct fixture f;
    open_fixture(&f, 100);
    zmq_event_destroy(f.event);
    f.event = zmq_event_create(f.base, f.inner, 0, 2, handle_slowly, &f);
    struct event *ticker = event_new(f.base, -1, EV_PERSIST, count_tick, &f);
    event_priority_set(ticker, 1);
    const struct timeval interval = {0, 1000};
    event_add(ticker, &interval);
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, flood, &f), 0);
    alarm(20);
    event_base_dispatch(f.base);
    alarm(0);
    f.is_over = true;
    pthread_join(thread, NULL);
    assert_int_equal(f.ticks, 20);
    event_free(ticker);
    close_fixture(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_message_arrives_without_a_save_when_the_budget_is_small),
        cmocka_unit_test(every_message_arrives_without_a_save_when_the_handler_also_sends),
        cmocka_unit_test(every_message_arrives_without_a_save_when_the_budget_is_large),
        cmocka_unit_test(a_swallowed_edge_is_saved_by_the_timer_and_counted),
        cmocka_unit_test(a_swallowed_edge_is_repaired_by_touch),
        cmocka_unit_test(a_socket_that_never_rests_lets_lower_priorities_have_their_turn),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
