/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <event2/event.h>
#include <stdio.h>
#include <string.h>
#include <zmq.h>

#include "io/publisher.h"

#define ENDPOINT "inproc://publisher"

struct fixture {
    void *context;
    struct event_base *base;
    struct publisher *publisher;
};

static void run_for_ms(const struct fixture *f, int ms)
{
    struct timeval limit = {0, ms * 1000};
    event_base_loopexit(f->base, &limit);
    event_base_dispatch(f->base);
}

static int set_up(void **state)
{
    static struct fixture f;
    f.context = zmq_ctx_new();
    f.base = event_base_new();
    event_base_priority_init(f.base, 2);
    f.publisher = publisher_create(f.base, f.context, ENDPOINT, NULL);
    assert_non_null(f.publisher);
    *state = &f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(publisher_saves(f->publisher), 0);
    publisher_destroy(f->publisher);
    event_base_free(f->base);
    zmq_ctx_term(f->context);
    return 0;
}

static void *subscriber(const struct fixture *f, const char *prefix)
{
    void *socket = zmq_socket(f->context, ZMQ_SUB);
    int linger = 0;
    zmq_setsockopt(socket, ZMQ_LINGER, &linger, sizeof linger);
    zmq_setsockopt(socket, ZMQ_SUBSCRIBE, prefix, strlen(prefix));
    assert_int_equal(zmq_connect(socket, ENDPOINT), 0);
    return socket;
}

static void publish(const struct fixture *f, enum publish mode, const char *topic, const char *value)
{
    publisher_send(f->publisher, mode, topic, (const unsigned char *)value, strlen(value));
}

/* The next message as "topic=value", or "" when there is none. */
static const char *next(void *socket)
{
    static char text[512];
    int topic = zmq_recv(socket, text, 200, ZMQ_DONTWAIT);
    if (topic < 0)
        return "";
    text[topic++] = '=';
    int value = zmq_recv(socket, text + topic, 200, ZMQ_DONTWAIT);
    assert_true(value >= 0);
    text[topic + value] = 0;
    return text;
}

static void a_late_joiner_gets_the_last_value_at_once(void **state)
{
    const struct fixture *f = *state;
    publish(f, PUBLISH_CACHED, "hnlmon.v1.status.", "one");
    publish(f, PUBLISH_CACHED, "hnlmon.v1.status.", "second");
    void *socket = subscriber(f, "hnlmon.v1.status.");
    run_for_ms(f, 30);
    assert_string_equal(next(socket), "hnlmon.v1.status.=second");
    assert_string_equal(next(socket), "");
    zmq_close(socket);
}

static void a_joiner_gets_only_topics_under_its_prefix(void **state)
{
    const struct fixture *f = *state;
    publish(f, PUBLISH_CACHED, "hnlmon.v1.hist.m2.run.", "a");
    publish(f, PUBLISH_CACHED, "hnlmon.v1.hist.m2_tail.run.", "b");
    void *socket = subscriber(f, "hnlmon.v1.hist.m2.");
    run_for_ms(f, 30);
    assert_string_equal(next(socket), "hnlmon.v1.hist.m2.run.=a");
    assert_string_equal(next(socket), "");
    publish(f, PUBLISH_CACHED, "hnlmon.v1.hist.m2_tail.run.", "c");
    publish(f, PUBLISH_CACHED, "hnlmon.v1.hist.m2.run.", "d");
    assert_string_equal(next(socket), "hnlmon.v1.hist.m2.run.=d");
    assert_string_equal(next(socket), "");
    zmq_close(socket);
}

static void a_stream_is_not_kept_for_late_joiners(void **state)
{
    const struct fixture *f = *state;
    publish(f, PUBLISH_STREAM, "hnlmon.v1.log.info.", "gone");
    void *socket = subscriber(f, "hnlmon.v1.log.");
    run_for_ms(f, 30);
    assert_string_equal(next(socket), "");
    publish(f, PUBLISH_STREAM, "hnlmon.v1.log.info.", "heard");
    assert_string_equal(next(socket), "hnlmon.v1.log.info.=heard");
    zmq_close(socket);
}

static void a_topic_that_ended_is_told_and_then_forgotten(void **state)
{
    const struct fixture *f = *state;
    void *early = subscriber(f, "hnlmon.v1.alarm.");
    run_for_ms(f, 30);
    assert_int_equal(publisher_next_seq(f->publisher, "hnlmon.v1.alarm.x."), 1);
    publish(f, PUBLISH_CACHED, "hnlmon.v1.alarm.x.", "raised");
    publish(f, PUBLISH_LAST, "hnlmon.v1.alarm.x.", "closed");
    assert_string_equal(next(early), "hnlmon.v1.alarm.x.=raised");
    assert_string_equal(next(early), "hnlmon.v1.alarm.x.=closed");
    void *late = subscriber(f, "hnlmon.v1.alarm.");
    run_for_ms(f, 30);
    assert_string_equal(next(late), "");
    uint64_t topics, bytes;
    publisher_cache_size(f->publisher, &topics, &bytes);
    assert_int_equal(topics, 0);
    zmq_close(early);
    zmq_close(late);
}

static void a_repeated_value_is_the_same_bytes(void **state)
{
    const struct fixture *f = *state;
    void *socket = subscriber(f, "hnlmon.v1.alarm.");
    run_for_ms(f, 30);
    publisher_repeat(f->publisher, "hnlmon.v1.alarm.x."); /* there is none yet */
    publish(f, PUBLISH_CACHED, "hnlmon.v1.alarm.x.", "raised");
    publisher_repeat(f->publisher, "hnlmon.v1.alarm.x.");
    assert_string_equal(next(socket), "hnlmon.v1.alarm.x.=raised");
    assert_string_equal(next(socket), "hnlmon.v1.alarm.x.=raised");
    publish(f, PUBLISH_LAST, "hnlmon.v1.alarm.x.", "closed");
    publisher_repeat(f->publisher, "hnlmon.v1.alarm.x.");
    publish(f, PUBLISH_CACHED, "hnlmon.v1.alarm.y.", "another");
    assert_string_equal(next(socket), "hnlmon.v1.alarm.x.=closed");
    assert_string_equal(next(socket), "hnlmon.v1.alarm.y.=another");
    zmq_close(socket);
}

static void a_topic_is_wanted_until_its_last_subscriber_left(void **state)
{
    const struct fixture *f = *state;
    const char *topic = "hnlmon.v1.trigger.tail.";
    assert_false(publisher_is_wanted(f->publisher, topic));
    void *first = subscriber(f, "hnlmon.v1.trigger.");
    void *second = subscriber(f, "hnlmon.v1.trigger.");
    run_for_ms(f, 30);
    assert_true(publisher_is_wanted(f->publisher, topic));
    assert_false(publisher_is_wanted(f->publisher, "hnlmon.v1.log.info."));
    uint64_t interest = publisher_interest(f->publisher);
    zmq_setsockopt(first, ZMQ_UNSUBSCRIBE, "hnlmon.v1.trigger.", 18);
    run_for_ms(f, 30);
    assert_true(publisher_is_wanted(f->publisher, topic));
    zmq_close(second);
    run_for_ms(f, 30);
    assert_false(publisher_is_wanted(f->publisher, topic));
    assert_int_not_equal(publisher_interest(f->publisher), interest);
    zmq_close(first);
}

static void seqs_count_from_one_for_each_topic(void **state)
{
    const struct fixture *f = *state;
    assert_int_equal(publisher_next_seq(f->publisher, "hnlmon.v1.a."), 1);
    assert_int_equal(publisher_next_seq(f->publisher, "hnlmon.v1.a."), 2);
    assert_int_equal(publisher_next_seq(f->publisher, "hnlmon.v1.b."), 1);
    assert_int_equal(publisher_next_seq(f->publisher, "hnlmon.v1.a."), 3);
}

/* Ending topics in any order must leave the others where they can be found. */
static void many_topics_come_and_go_without_losing_a_seq(void **state)
{
    const struct fixture *f = *state;
    char topic[64];
    for (uint32_t round = 1; round <= 20; round++) {
        for (uint32_t i = 0; i < TOPICS_MAX; i++) {
            snprintf(topic, sizeof topic, "hnlmon.v1.alarm.%u.", i);
            uint64_t expected = i % 3 == 0 ? 1 : round; /* every third one ends in each round */
            assert_int_equal(publisher_next_seq(f->publisher, topic), expected);
            publish(f, PUBLISH_CACHED, topic, "value");
        }
        assert_int_equal(publisher_next_seq(f->publisher, "hnlmon.v1.one.too.many."), 0);
        for (uint32_t i = 0; i < TOPICS_MAX; i += 3) {
            snprintf(topic, sizeof topic, "hnlmon.v1.alarm.%u.", i);
            publish(f, PUBLISH_LAST, topic, "end");
        }
    }
    uint64_t topics, bytes;
    publisher_cache_size(f->publisher, &topics, &bytes);
    assert_int_equal(topics, TOPICS_MAX - (TOPICS_MAX + 2) / 3);
}

static void strange_subscriptions_are_ignored_and_counted(void **state)
{
    const struct fixture *f = *state;
    void *socket = zmq_socket(f->context, ZMQ_XSUB);
    int linger = 0;
    zmq_setsockopt(socket, ZMQ_LINGER, &linger, sizeof linger);
    assert_int_equal(zmq_connect(socket, ENDPOINT), 0);
    char longer[1 + TOPIC_BYTES_MAX + 1];
    memset(longer, 'x', sizeof longer);
    longer[0] = 1;
    zmq_send(socket, longer, sizeof longer, 0);
    zmq_send(socket, "\7strange", 8, 0);
    run_for_ms(f, 30);
    assert_int_equal(publisher_ignored(f->publisher), 2);
    zmq_send(socket, longer, sizeof longer - 1, 0);
    run_for_ms(f, 30);
    assert_int_equal(publisher_ignored(f->publisher), 2);
    zmq_close(socket);
}

static void more_prefixes_than_the_limit_are_ignored_and_counted(void **state)
{
    const struct fixture *f = *state;
    void *socket = zmq_socket(f->context, ZMQ_XSUB);
    int linger = 0;
    zmq_setsockopt(socket, ZMQ_LINGER, &linger, sizeof linger);
    assert_int_equal(zmq_connect(socket, ENDPOINT), 0);
    for (uint32_t i = 0; i < PREFIXES_MAX + 5; i++) {
        char text[32];
        int size = snprintf(text, sizeof text, "%c%u", 1, i);
        zmq_send(socket, text, (size_t)size, 0);
        if (i % 100 == 99)
            run_for_ms(f, 10);
    }
    run_for_ms(f, 50);
    assert_int_equal(publisher_ignored(f->publisher), 5);
    assert_true(publisher_is_wanted(f->publisher, "17 and more"));
    zmq_close(socket);
}

static void a_subscriber_that_does_not_read_never_blocks_the_sender(void **state)
{
    const struct fixture *f = *state;
    void *socket = subscriber(f, "");
    run_for_ms(f, 30);
    for (uint32_t i = 0; i < 20000; i++)
        publish(f, PUBLISH_STREAM, "hnlmon.v1.log.info.", "flood");
    assert_int_equal(publisher_sent(f->publisher), 20000);
    zmq_close(socket);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_late_joiner_gets_the_last_value_at_once, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_joiner_gets_only_topics_under_its_prefix, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_stream_is_not_kept_for_late_joiners, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_topic_that_ended_is_told_and_then_forgotten, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_repeated_value_is_the_same_bytes, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_topic_is_wanted_until_its_last_subscriber_left, set_up, tear_down),
        cmocka_unit_test_setup_teardown(seqs_count_from_one_for_each_topic, set_up, tear_down),
        cmocka_unit_test_setup_teardown(many_topics_come_and_go_without_losing_a_seq, set_up, tear_down),
        cmocka_unit_test_setup_teardown(strange_subscriptions_are_ignored_and_counted, set_up, tear_down),
        cmocka_unit_test_setup_teardown(more_prefixes_than_the_limit_are_ignored_and_counted, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_subscriber_that_does_not_read_never_blocks_the_sender, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
