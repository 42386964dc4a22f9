/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <event2/event.h>
#include <jansson.h>
#include <string.h>
#include <zmq.h>

#include "core/template_builtin.h"
#include "io/challenge.h"
#include "io/control.h"
#include "io/held_reply.h"
#include "wire/control_codec.h"

/* A daemon with control alone; new-period stands for every command that changes something. */
struct fixture {
    void *context;
    struct event_base *base;
    struct monitor *monitor;
    struct challenge challenge;
    struct control *control;
    void *client;
    uint32_t periods;
};

static void forget_burst(void *context, const struct burst_summary *summary)
{
    (void)context;
    (void)summary;
}

static void forget_alarm(void *context, const struct alarm *alarm)
{
    (void)context;
    (void)alarm;
}

static void count_period(void *context, const char *who, uint32_t bursts)
{
    struct fixture *f = context;
    (void)who;
    (void)bursts;
    f->periods++;
}

static uint64_t mark(void *context, struct alarm *alarms, uint32_t count, uint64_t *epoch)
{
    (void)context;
    (void)alarms;
    (void)count;
    *epoch = 77;
    return 12;
}

static int set_up(void **state)
{
    static struct fixture f;
    char endpoint[64];
    f = (struct fixture){.context = zmq_ctx_new(), .base = event_base_new()};
    event_base_priority_init(f.base, 2);
    const struct template *shape = template_builtin_of(SELECTION_PAPER);
    struct monitor_config config = {.preset = SELECTION_PAPER, .close_timeout_ns = 1000000000};
    struct monitor_observer observer = {&f, forget_burst, forget_alarm};
    f.monitor = monitor_create(&config, shape, &observer);
    assert_non_null(f.monitor);
    struct control_calls calls = {.context = &f, .new_period = count_period, .mark_alarms = mark};
    f.control = control_create(f.base, f.context, "ipc://*", "test", f.monitor, &f.challenge, &calls, NULL);
    assert_non_null(f.control);
    strcpy(endpoint, control_endpoint(f.control));
    f.client = zmq_socket(f.context, ZMQ_DEALER);
    int linger = 0;
    zmq_setsockopt(f.client, ZMQ_LINGER, &linger, sizeof linger);
    assert_int_equal(zmq_connect(f.client, endpoint), 0);
    *state = &f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    zmq_close(f->client);
    control_destroy(f->control);
    monitor_destroy(f->monitor);
    event_base_free(f->base);
    zmq_ctx_term(f->context);
    return 0;
}

static void ask(struct fixture *f, uint64_t id, enum control_kind kind)
{
    unsigned char bytes[CONTROL_REQUEST_BYTES_MAX];
    struct control_request request = {.id = id, .kind = kind, .who = "somebody"};
    size_t size = control_request_encode(&request, bytes, sizeof bytes);
    assert_int_equal(zmq_send(f->client, bytes, size, 0), size);
}

static void run_for_ms(struct fixture *f, int ms)
{
    struct timeval limit = {0, ms * 1000};
    event_base_loopexit(f->base, &limit);
    event_base_dispatch(f->base);
}

/* Runs the daemon until `count` new periods began, or for 2 s. */
static void run_until(struct fixture *f, uint32_t count)
{
    for (int i = 0; i < 200 && f->periods < count; i++)
        run_for_ms(f, 10);
    assert_int_equal(f->periods, count);
}

/* The next reply within 2 s, or NULL; with `is_now`, within 50 ms. */
static json_t *next(struct fixture *f, bool is_now)
{
    unsigned char bytes[8192];
    int size = -1;
    for (int i = 0; i < (is_now ? 5 : 200) && size < 0; i++) {
        run_for_ms(f, 10);
        size = zmq_recv(f->client, bytes, sizeof bytes, ZMQ_DONTWAIT);
    }
    return size < 0 ? NULL : control_reply_to_json(bytes, (size_t)size);
}

static void expect_reply(struct fixture *f, uint64_t id, bool ok, const char *text)
{
    json_t *reply = next(f, false);
    assert_non_null(reply);
    assert_int_equal(json_integer_value(json_object_get(reply, "id")), id);
    assert_int_equal(json_is_true(json_object_get(reply, "ok")), ok);
    const char *got = json_string_value(json_object_get(reply, "text"));
    assert_non_null(got);
    if (strncmp(got, text, strlen(text)) != 0)
        assert_string_equal(got, text);
    json_decref(reply);
}

static void expect_silence(struct fixture *f)
{
    assert_null(next(f, true));
}

static void a_command_is_answered_at_once_without_checkpoints(void **state)
{
    struct fixture *f = *state;
    ask(f, 1, CONTROL_NEW_PERIOD);
    expect_reply(f, 1, true, "a new period begins");
    assert_false(control_is_waiting(f->control));
}

static void a_command_is_answered_when_the_checkpoint_after_it_is_durable(void **state)
{
    struct fixture *f = *state;
    control_expect_checkpoints(f->control);
    ask(f, 1, CONTROL_NEW_PERIOD);
    run_until(f, 1);
    expect_silence(f);
    assert_true(control_is_waiting(f->control));
    control_checkpoint_taken(f->control);
    assert_false(control_is_waiting(f->control));
    expect_silence(f);
    control_checkpoint_durable(f->control);
    expect_reply(f, 1, true, "a new period begins");
}

static void a_command_during_a_checkpoint_waits_for_the_next_one(void **state)
{
    struct fixture *f = *state;
    control_expect_checkpoints(f->control);
    control_checkpoint_taken(f->control);
    ask(f, 1, CONTROL_NEW_PERIOD);
    run_until(f, 1);
    control_checkpoint_durable(f->control);
    expect_silence(f);
    control_checkpoint_taken(f->control);
    control_checkpoint_durable(f->control);
    expect_reply(f, 1, true, "a new period begins");
}

static void a_question_never_waits(void **state)
{
    struct fixture *f = *state;
    control_expect_checkpoints(f->control);
    ask(f, 1, CONTROL_ALARMS);
    json_t *reply = next(f, false);
    assert_non_null(reply);
    assert_int_equal(json_integer_value(json_object_get(reply, "alarm_sequence")), 12);
    json_decref(reply);
}

static void a_command_that_was_refused_never_waits(void **state)
{
    struct fixture *f = *state;
    control_expect_checkpoints(f->control);
    ask(f, 1, CONTROL_ACK);
    expect_reply(f, 1, false, "no alarm");
    assert_false(control_is_waiting(f->control));
}

static void a_failure_of_the_storage_answers_what_waits_and_what_comes(void **state)
{
    struct fixture *f = *state;
    control_expect_checkpoints(f->control);
    ask(f, 1, CONTROL_NEW_PERIOD);
    run_until(f, 1);
    control_checkpoint_taken(f->control);
    ask(f, 2, CONTROL_NEW_PERIOD);
    run_until(f, 2);
    control_checkpoint_failed(f->control);
    expect_reply(f, 1, true, "done, but not durable: a new period begins");
    expect_reply(f, 2, true, "done, but not durable: a new period begins");
    ask(f, 3, CONTROL_NEW_PERIOD);
    expect_reply(f, 3, true, "done, but not durable: a new period begins");
    ask(f, 4, CONTROL_ACK);
    expect_reply(f, 4, false, "no alarm");
}

static void a_command_too_many_is_refused_and_not_done(void **state)
{
    struct fixture *f = *state;
    control_expect_checkpoints(f->control);
    for (uint64_t id = 1; id <= HELD_REPLIES_MAX; id++) {
        ask(f, id, CONTROL_NEW_PERIOD);
        run_until(f, (uint32_t)id);
    }
    ask(f, 1000, CONTROL_NEW_PERIOD);
    expect_reply(f, 1000, false, "busy: ");
    assert_int_equal(f->periods, HELD_REPLIES_MAX);
    assert_int_equal(control_busy(f->control), 1);
    control_checkpoint_taken(f->control);
    control_checkpoint_durable(f->control);
    for (uint64_t id = 1; id <= HELD_REPLIES_MAX; id++)
        expect_reply(f, id, true, "a new period begins");
    ask(f, 1001, CONTROL_NEW_PERIOD);
    run_until(f, HELD_REPLIES_MAX + 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_command_is_answered_at_once_without_checkpoints, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_command_is_answered_when_the_checkpoint_after_it_is_durable, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_command_during_a_checkpoint_waits_for_the_next_one, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_question_never_waits, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_command_that_was_refused_never_waits, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_failure_of_the_storage_answers_what_waits_and_what_comes, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_command_too_many_is_refused_and_not_done, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
