/* SPDX-License-Identifier: MIT */
/*
 * Both sides of the link in one process: a daemon (monitor, publisher, link) and sources (link_client, or a bare
 * socket) over ipc in a private directory. What must come out of the faults is known from the monitor fed without any
 * link.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <event2/event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <zmq.h>

#include "io/link.h"
#include "io/link_client.h"
#include "io/publisher.h"
#include "source_frames.h"

#define SOURCE 7u
#define CREDIT 4096u
#define BATCH 64u
#define TIME_LIMIT_S 20

static char directory[] = "/tmp/hnlmon-test-link-XXXXXX";
static char endpoint[128];
static uint64_t seed;

/* ---- the daemon ---- */

struct daemon {
    void *context; /* its own, as in a process of its own */
    struct event_base *base;
    struct monitor *monitor;
    struct publisher *publisher;
    struct link *link;
    struct envelope envelope;
    uint32_t bursts_closed;
    uint64_t burst_lost;
    uint32_t incomplete;
};

static void on_burst(void *where, const struct burst_summary *summary)
{
    struct daemon *daemon = where;
    daemon->bursts_closed++;
    daemon->burst_lost += summary->lost;
    daemon->incomplete += !summary->complete;
}

static void on_alarm(void *where, const struct alarm *alarm)
{
    (void)where;
    (void)alarm;
}

static void start_daemon(struct daemon *daemon, uint32_t expected_sources)
{
    memset(daemon, 0, sizeof *daemon);
    daemon->context = zmq_ctx_new();
    daemon->base = event_base_new();
    event_base_priority_init(daemon->base, 2);
    const struct monitor_observer observer = {daemon, on_burst, on_alarm};
    daemon->monitor = make_monitor(&observer, expected_sources);
    daemon->publisher = publisher_create(daemon->base, daemon->context, "inproc://published", NULL);
    daemon->envelope.instance = "test";
    const struct link_config config = {.endpoint = endpoint, .reception = {CREDIT, 512}, .envelope = &daemon->envelope};
    daemon->link = link_create(daemon->base, daemon->context, &config, daemon->monitor, daemon->publisher, NULL);
    assert_non_null(daemon->link);
}

static void stop_daemon(struct daemon *daemon)
{
    assert_int_equal(link_saves(daemon->link), 0);
    link_destroy(daemon->link);
    publisher_destroy(daemon->publisher);
    monitor_destroy(daemon->monitor);
    event_base_free(daemon->base);
    zmq_ctx_term(daemon->context);
}

static const struct ledger_entry *entry_of(const struct daemon *daemon, uint32_t source)
{
    const struct ledger *ledger = monitor_ledger(daemon->monitor);
    for (uint32_t i = 0; i < ledger->count; i++)
        if (ledger->entries[i].source == source)
            return &ledger->entries[i];
    return NULL;
}

static void turn(struct daemon *daemon)
{
    event_base_loop(daemon->base, EVLOOP_NONBLOCK);
}

/* ---- a source ---- */

struct source {
    struct link_client *client;
    uint32_t id;
    uint64_t next_seq;
    uint32_t burst;
    unsigned char bytes[FRAME_BYTES_MAX];
};

static void start_source(struct source *source, uint32_t id, uint32_t ring_bytes, struct link_faults faults)
{
    const struct link_client_config config = {endpoint, id, EPOCH, "source", ring_bytes, faults, NULL};
    *source = (struct source){.client = link_client_create(NULL, &config), .id = id, .next_seq = 1};
    assert_non_null(source->client);
}

static void push_mark(struct source *source, enum frame_kind kind)
{
    bool is_run = kind == FRAME_RUN_BEGIN || kind == FRAME_RUN_END;
    uint32_t size = make_mark(kind, source->next_seq, is_run ? 0 : source->burst, source->id, source->bytes);
    assert_true(link_client_push(source->client, source->next_seq, 0, source->bytes, size));
}

static void push_batch(struct source *source, uint32_t count)
{
    uint32_t size = make_batch(source->next_seq, count, source->burst, source->id, source->bytes);
    assert_true(link_client_push(source->client, source->next_seq, count, source->bytes, size));
    source->next_seq += count;
}

static void push_burst(struct source *source, uint32_t batches)
{
    source->burst++;
    push_mark(source, FRAME_BURST_BEGIN);
    for (uint32_t i = 0; i < batches; i++)
        push_batch(source, BATCH);
    push_mark(source, FRAME_BURST_END);
}

static void push_run(struct source *source, uint32_t bursts, uint32_t batches)
{
    push_mark(source, FRAME_RUN_BEGIN);
    for (uint32_t i = 0; i < bursts; i++)
        push_burst(source, batches);
    push_mark(source, FRAME_RUN_END);
}

/* Both sides work until the source has nothing left to say. */
static void run_until_idle(struct daemon *daemon, struct source *source)
{
    time_t end = time(NULL) + TIME_LIMIT_S;
    while (!link_client_is_idle(source->client) && time(NULL) < end) {
        link_client_pump(source->client, 1);
        turn(daemon);
    }
    assert_true(link_client_is_idle(source->client));
}

static void run_until(struct daemon *daemon, struct source *source, const uint64_t *counter, uint64_t value)
{
    time_t end = time(NULL) + TIME_LIMIT_S;
    while (*counter < value && time(NULL) < end) {
        link_client_pump(source->client, 1);
        turn(daemon);
    }
    assert_true(*counter >= value);
}

static void assert_same_sums(const struct daemon *daemon, uint32_t bursts, uint32_t batches)
{
    struct daemon direct = {.bursts_closed = 0};
    struct source source = {.id = SOURCE, .next_seq = 1};
    const struct monitor_observer observer = {&direct, on_burst, on_alarm};
    struct monitor *monitor = make_monitor(&observer, 0);
    static struct applied applied;
    struct frame frame;
    uint32_t size = make_mark(FRAME_HELLO, 1, 0, SOURCE, source.bytes);
    for (uint32_t step = 0; size > 0; step++) {
        assert_int_equal(frame_decode(source.bytes, size, &frame), REFUSAL_NONE);
        assert_int_equal(monitor_apply(monitor, &frame, 0, &applied), REFUSAL_NONE);
        uint32_t burst = 1 + (step - 1) / (batches + 2), place = step == 0 ? 0 : (step - 1) % (batches + 2);
        if (step == 0)
            size = make_mark(FRAME_RUN_BEGIN, 1, 0, SOURCE, source.bytes);
        else if (burst > bursts)
            size = 0;
        else if (place == 0)
            size = make_mark(FRAME_BURST_BEGIN, source.next_seq, burst, SOURCE, source.bytes);
        else if (place == batches + 1)
            size = make_mark(FRAME_BURST_END, source.next_seq, burst, SOURCE, source.bytes);
        else {
            size = make_batch(source.next_seq, BATCH, burst, SOURCE, source.bytes);
            source.next_seq += BATCH;
        }
    }
    assert_int_equal(direct.bursts_closed, bursts);
    const struct horizon *expected = monitor_horizon(monitor, HORIZON_RUN);
    const struct horizon *sums = monitor_horizon(daemon->monitor, HORIZON_RUN);
    assert_memory_equal(sums->slots, expected->slots, sizeof sums->slots);
    monitor_destroy(monitor);
}

static void assert_exact(const struct daemon *daemon, const struct source *source, uint64_t lost)
{
    const struct ledger_entry *entry = entry_of(daemon, source->id);
    assert_non_null(entry);
    assert_true(ledger_is_conserved(entry));
    assert_int_equal(entry->next_seq, source->next_seq);
    assert_int_equal(ledger_lost(entry), lost);
    assert_int_equal(entry->accepted + ledger_rejected(entry), source->next_seq - 1 - lost);
}

static const struct link_faults no_faults;

/* ---- a bare socket, to say what no honest source says ---- */

struct bare {
    void *context; /* its own, as in a process of its own */
    void *socket;
    unsigned char bytes[FRAME_BYTES_MAX];
};

static void open_bare(struct bare *bare)
{
    int linger = 0;
    bare->context = zmq_ctx_new();
    bare->socket = zmq_socket(bare->context, ZMQ_DEALER);
    zmq_setsockopt(bare->socket, ZMQ_LINGER, &linger, sizeof linger);
    assert_int_equal(zmq_connect(bare->socket, endpoint), 0);
}

static void close_bare(struct bare *bare)
{
    zmq_close(bare->socket);
    zmq_ctx_term(bare->context);
}

static void tell(struct bare *bare, uint32_t size)
{
    assert_true(zmq_send(bare->socket, bare->bytes, size, 0) >= 0);
}

static void tell_mark(struct bare *bare, enum frame_kind kind, uint64_t at_seq, uint32_t burst)
{
    tell(bare, make_mark(kind, at_seq, burst, SOURCE, bare->bytes));
}

static void tell_batch(struct bare *bare, uint64_t first_seq, uint32_t count, uint32_t burst)
{
    tell(bare, make_batch(first_seq, count, burst, SOURCE, bare->bytes));
}

/* The next answer, or the kind 0 when none comes. */
static struct daemon_frame hear(struct daemon *daemon, struct bare *bare)
{
    struct daemon_frame frame = {.kind = 0};
    for (int i = 0; i < 100; i++) {
        turn(daemon);
        int size = zmq_recv(bare->socket, bare->bytes, sizeof bare->bytes, ZMQ_DONTWAIT);
        if (size >= 0) {
            assert_true(daemon_frame_decode(bare->bytes, (size_t)size, &frame));
            return frame;
        }
        usleep(1000);
    }
    return frame;
}

static void begin_burst(struct daemon *daemon, struct bare *bare)
{
    tell_mark(bare, FRAME_HELLO, 1, 0);
    assert_int_equal(hear(daemon, bare).kind, DAEMON_WELCOME);
    tell_mark(bare, FRAME_RUN_BEGIN, 1, 0);
    assert_int_equal(hear(daemon, bare).kind, DAEMON_ACK);
    tell_mark(bare, FRAME_BURST_BEGIN, 1, 1);
    assert_int_equal(hear(daemon, bare).kind, DAEMON_ACK);
}

static void assert_refused(struct daemon *daemon, struct bare *bare, enum refusal reason, uint64_t expected_seq)
{
    uint64_t before = link_counters(daemon->link)->refused[reason];
    struct daemon_frame frame = hear(daemon, bare);
    assert_int_equal(frame.kind, DAEMON_REJECT);
    assert_int_equal(frame.as.reject.reason, reason);
    assert_int_equal(frame.as.reject.expected_seq, expected_seq);
    assert_int_equal(link_counters(daemon->link)->refused[reason], before + 1);
}

/* ---- tests of the daemon's side ---- */

static void hello_is_answered_with_where_to_resume_and_credit(void **state)
{
    (void)state;
    struct daemon daemon;
    struct bare bare;
    start_daemon(&daemon, 0);
    open_bare(&bare);
    tell_mark(&bare, FRAME_HELLO, 1, 0);
    struct daemon_frame frame = hear(&daemon, &bare);
    assert_int_equal(frame.kind, DAEMON_WELCOME);
    assert_int_equal(frame.as.welcome.resume_seq, 1);
    assert_int_equal(frame.as.welcome.credit_seq, CREDIT);
    assert_int_equal(frame.as.welcome.max_batch, 512);
    struct source_report report;
    assert_int_equal(link_sources(daemon.link, &report, 1), 1);
    assert_string_equal(report.entry->name, "test");
    assert_true(report.is_connected);
    close_bare(&bare);
    stop_daemon(&daemon);
}

static void a_frame_without_hello_is_not_welcome(void **state)
{
    (void)state;
    struct daemon daemon;
    struct bare bare;
    start_daemon(&daemon, 0);
    open_bare(&bare);
    tell_mark(&bare, FRAME_RUN_BEGIN, 1, 0);
    assert_refused(&daemon, &bare, REFUSAL_NOT_WELCOME, 0);
    close_bare(&bare);
    stop_daemon(&daemon);
}

static void a_frame_of_another_source_is_not_welcome(void **state)
{
    (void)state;
    struct daemon daemon;
    struct bare bare;
    start_daemon(&daemon, 0);
    open_bare(&bare);
    begin_burst(&daemon, &bare);
    tell(&bare, make_batch(1, 5, 1, SOURCE + 1, bare.bytes));
    assert_refused(&daemon, &bare, REFUSAL_NOT_WELCOME, 1);
    close_bare(&bare);
    stop_daemon(&daemon);
}

static void a_new_hello_ends_the_earlier_connection_of_the_source(void **state)
{
    (void)state;
    struct daemon daemon;
    struct bare first, second;
    start_daemon(&daemon, 0);
    open_bare(&first);
    open_bare(&second);
    begin_burst(&daemon, &first);
    tell_mark(&second, FRAME_HELLO, 1, 0);
    assert_int_equal(hear(&daemon, &second).kind, DAEMON_WELCOME);
    tell_batch(&first, 1, 5, 1);
    assert_refused(&daemon, &first, REFUSAL_NOT_WELCOME, 0);
    tell_batch(&second, 1, 5, 1);
    assert_int_equal(hear(&daemon, &second).as.ack.durable_seq, 5);
    close_bare(&first);
    close_bare(&second);
    stop_daemon(&daemon);
}

static void a_gap_is_not_applied_and_told_once(void **state)
{
    (void)state;
    struct daemon daemon;
    struct bare bare;
    start_daemon(&daemon, 0);
    open_bare(&bare);
    begin_burst(&daemon, &bare);
    for (uint64_t seq = 11; seq < 100; seq += 10)
        tell_batch(&bare, seq, 10, 1);
    struct daemon_frame frame = hear(&daemon, &bare);
    assert_int_equal(frame.as.reject.reason, REFUSAL_GAP);
    assert_int_equal(frame.as.reject.expected_seq, 1);
    for (time_t end = time(NULL) + 10; link_counters(daemon.link)->refused[REFUSAL_GAP] < 9 && time(NULL) < end;)
        turn(&daemon);
    uint64_t refused = link_counters(daemon.link)->refused[REFUSAL_GAP], next_seq = entry_of(&daemon, SOURCE)->next_seq;
    int told_again = 0;
    unsigned char rest[FRAME_ENCODED_MAX];
    while (zmq_recv(bare.socket, rest, sizeof rest, ZMQ_DONTWAIT) >= 0)
        told_again++;
    close_bare(&bare);
    stop_daemon(&daemon);
    assert_int_equal(refused, 9);
    assert_int_equal(next_seq, 1);
    assert_true(told_again < 8); /* once per 20 ms, and a busy machine may take longer to receive nine frames */
}

static void duplicates_and_overlaps_are_counted_once(void **state)
{
    (void)state;
    struct daemon daemon;
    struct bare bare;
    start_daemon(&daemon, 0);
    open_bare(&bare);
    begin_burst(&daemon, &bare);
    tell_batch(&bare, 1, 10, 1);
    assert_int_equal(hear(&daemon, &bare).as.ack.durable_seq, 10);
    tell_batch(&bare, 1, 10, 1);
    assert_int_equal(hear(&daemon, &bare).as.ack.durable_seq, 10); /* a source whose Ack was lost needs another */
    tell_batch(&bare, 6, 10, 1);
    struct ack ack = hear(&daemon, &bare).as.ack;
    assert_int_equal(ack.durable_seq, 15);
    assert_int_equal(ack.credit_seq, 15 + CREDIT);
    const struct ledger_entry *entry = entry_of(&daemon, SOURCE);
    assert_int_equal(entry->accepted + ledger_rejected(entry), 15);
    assert_int_equal(link_counters(daemon.link)->duplicates, 1);
    close_bare(&bare);
    stop_daemon(&daemon);
}

static void a_batch_beyond_the_credit_is_refused(void **state)
{
    (void)state;
    struct daemon daemon;
    struct bare bare;
    start_daemon(&daemon, 0);
    open_bare(&bare);
    begin_burst(&daemon, &bare);
    tell_batch(&bare, CREDIT - 8, 10, 1);
    assert_refused(&daemon, &bare, REFUSAL_BAD_SEQ, 1);
    tell_batch(&bare, CREDIT - 9, 10, 1); /* the last one within: only a gap */
    assert_refused(&daemon, &bare, REFUSAL_GAP, 1);
    close_bare(&bare);
    stop_daemon(&daemon);
}

static void a_loss_that_would_wrap_the_seq_is_refused(void **state)
{
    (void)state;
    struct daemon daemon;
    struct bare bare;
    start_daemon(&daemon, 0);
    open_bare(&bare);
    begin_burst(&daemon, &bare);
    struct frame frame = {.kind = FRAME_LOST};
    frame.as.lost = (struct lost){SOURCE, EPOCH, 1, UINT64_MAX, LOSS_SHED};
    tell(&bare, (uint32_t)frame_encode(&frame, bare.bytes, sizeof bare.bytes));
    assert_refused(&daemon, &bare, REFUSAL_BAD_SEQ, 1);
    close_bare(&bare);
    stop_daemon(&daemon);
}

static void acks_name_the_last_mark_that_was_counted(void **state)
{
    (void)state;
    struct daemon daemon;
    struct bare bare;
    start_daemon(&daemon, 0);
    open_bare(&bare);
    begin_burst(&daemon, &bare);
    static const struct {
        enum frame_kind kind;
        uint32_t burst, run, durable;
    } steps[] = {
        {FRAME_HEARTBEAT, 0, 1, 0}, {FRAME_BURST_END, 1, 1, 1},       {FRAME_BURST_BEGIN, 2, 1, 1},
        {FRAME_BURST_END, 2, 1, 2}, {FRAME_RUN_END, 0, 1, RUN_ENDED}, {FRAME_HEARTBEAT, 0, 1, RUN_ENDED},
    };
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        tell_mark(&bare, steps[i].kind, 1, steps[i].burst);
        struct daemon_frame frame = hear(&daemon, &bare);
        assert_int_equal(frame.kind, DAEMON_ACK);
        assert_int_equal(frame.as.ack.durable_run, steps[i].run);
        assert_int_equal(frame.as.ack.durable_burst, steps[i].durable);
    }
    close_bare(&bare);
    stop_daemon(&daemon);
}

static void messages_of_other_than_one_part_are_bad_frames(void **state)
{
    (void)state;
    struct daemon daemon;
    struct bare bare;
    start_daemon(&daemon, 0);
    open_bare(&bare);
    begin_burst(&daemon, &bare);
    for (int i = 0; i < 5; i++)
        zmq_send(bare.socket, "part", 4, ZMQ_SNDMORE);
    zmq_send(bare.socket, "part", 4, 0);
    assert_refused(&daemon, &bare, REFUSAL_BAD_FRAME, 1);
    tell_batch(&bare, 1, 10, 1);
    assert_int_equal(hear(&daemon, &bare).as.ack.durable_seq, 10);
    close_bare(&bare);
    stop_daemon(&daemon);
}

static void decisions_are_published_when_somebody_asks(void **state)
{
    (void)state;
    struct daemon daemon;
    struct bare bare;
    start_daemon(&daemon, 0);
    open_bare(&bare);
    begin_burst(&daemon, &bare);
    void *subscriber = zmq_socket(daemon.context, ZMQ_SUB);
    zmq_setsockopt(subscriber, ZMQ_SUBSCRIBE, "hnlmon.v1.trigger.unprescaled.", 30);
    assert_int_equal(zmq_connect(subscriber, "inproc://published"), 0);
    for (int i = 0; i < 5; i++)
        turn(&daemon);
    tell_batch(&bare, 1, 10, 1);
    assert_int_equal(hear(&daemon, &bare).as.ack.durable_seq, 10);
    char topic[64];
    assert_int_equal(zmq_recv(subscriber, topic, sizeof topic, ZMQ_DONTWAIT), 30);
    assert_memory_equal(topic, "hnlmon.v1.trigger.unprescaled.", 30);
    unsigned char bytes[PUBLISHED_BYTES_MAX];
    int size = zmq_recv(subscriber, bytes, sizeof bytes, ZMQ_DONTWAIT);
    assert_true(size > 0);
    json_t *json = published_to_json(bytes, (size_t)size);
    assert_non_null(json);
    json_t *decisions = json_object_get(json, "trigger_decisions");
    assert_int_equal(json_integer_value(json_object_get(decisions, "count")), 10);
    assert_int_equal(json_integer_value(json_object_get(decisions, "source")), SOURCE);
    json_decref(json);
    double p50, p99;
    link_latency_us(daemon.link, &p50, &p99);
    assert_true(p50 > 0 && p99 >= p50);
    assert_int_equal(zmq_recv(subscriber, topic, sizeof topic, ZMQ_DONTWAIT), -1);
    zmq_close(subscriber);
    close_bare(&bare);
    stop_daemon(&daemon);
}

/* ---- tests of both sides ---- */

static void a_clean_run_is_counted_and_the_source_becomes_idle(void **state)
{
    (void)state;
    struct daemon daemon;
    static struct source source;
    start_daemon(&daemon, 0);
    start_source(&source, SOURCE, 0, no_faults);
    push_run(&source, 5, 100);
    run_until_idle(&daemon, &source);
    assert_exact(&daemon, &source, 0);
    assert_int_equal(daemon.bursts_closed, 5);
    assert_int_equal(link_client_counters(source.client)->resent_frames, 0);
    assert_int_equal(link_counters(daemon.link)->duplicates, 0);
    assert_int_equal(link_client_max_batch(source.client), 512);
    assert_same_sums(&daemon, 5, 100);
    link_client_destroy(source.client);
    stop_daemon(&daemon);
}

static void run_with_faults(struct link_faults faults)
{
    struct daemon daemon;
    static struct source source;
    faults.seed = seed;
    start_daemon(&daemon, 0);
    start_source(&source, SOURCE, 0, faults);
    push_run(&source, 4, 200);
    run_until_idle(&daemon, &source);
    assert_exact(&daemon, &source, 0);
    assert_same_sums(&daemon, 4, 200);
    const uint64_t *injected = link_client_counters(source.client)->injected;
    assert_in_range(injected[0], faults.drop > 0 ? 20 : 0, faults.drop > 0 ? 400 : 0);
    assert_in_range(injected[1], faults.duplicate > 0 ? 20 : 0, faults.duplicate > 0 ? 400 : 0);
    assert_in_range(injected[2], faults.reorder > 0 ? 20 : 0, faults.reorder > 0 ? 400 : 0);
    assert_in_range(injected[3], faults.corrupt > 0 ? 20 : 0, faults.corrupt > 0 ? 400 : 0);
    assert_int_equal(link_client_counters(source.client)->dropped_marks, 0);
    link_client_destroy(source.client);
    stop_daemon(&daemon);
}

static void dropped_batches_are_sent_again(void **state)
{
    (void)state;
    run_with_faults((struct link_faults){.drop = 0.1});
}

static void doubled_batches_are_counted_once(void **state)
{
    (void)state;
    run_with_faults((struct link_faults){.duplicate = 0.1});
}

static void late_batches_are_counted_in_their_place(void **state)
{
    (void)state;
    run_with_faults((struct link_faults){.reorder = 0.1});
}

static void damaged_batches_are_sent_again(void **state)
{
    (void)state;
    run_with_faults((struct link_faults){.corrupt = 0.1});
}

static void all_faults_together_are_repaired(void **state)
{
    (void)state;
    run_with_faults((struct link_faults){.drop = 0.1, .duplicate = 0.1, .reorder = 0.1, .corrupt = 0.1});
}

static void a_batch_that_is_refused_three_times_is_announced_as_lost(void **state)
{
    (void)state;
    struct daemon daemon;
    static struct source source;
    start_daemon(&daemon, 0);
    start_source(&source, SOURCE, 0, no_faults);
    push_mark(&source, FRAME_RUN_BEGIN);
    source.burst = 1;
    push_mark(&source, FRAME_BURST_BEGIN);
    push_batch(&source, BATCH);
    uint32_t size = make_batch(source.next_seq, BATCH, 1, SOURCE, source.bytes);
    source.bytes[size - 1] ^= 1; /* in the last column: the checksum tells */
    assert_true(link_client_push(source.client, source.next_seq, BATCH, source.bytes, size));
    source.next_seq += BATCH;
    push_batch(&source, BATCH);
    push_mark(&source, FRAME_BURST_END);
    push_mark(&source, FRAME_RUN_END);
    run_until_idle(&daemon, &source);
    assert_exact(&daemon, &source, BATCH);
    assert_int_equal(entry_of(&daemon, SOURCE)->lost[LOSS_REFUSED], BATCH);
    assert_int_equal(link_client_counters(source.client)->lost[LOSS_REFUSED], BATCH);
    assert_int_equal(link_client_counters(source.client)->refused[REFUSAL_BAD_CRC], 3);
    assert_int_equal(daemon.bursts_closed, 1);
    link_client_destroy(source.client);
    stop_daemon(&daemon);
}

static void a_batch_outside_its_burst_is_announced_as_lost_and_the_rest_goes_on(void **state)
{
    (void)state;
    struct daemon daemon;
    static struct source source;
    start_daemon(&daemon, 0);
    start_source(&source, SOURCE, 0, no_faults);
    push_mark(&source, FRAME_RUN_BEGIN);
    source.burst = 1;
    push_mark(&source, FRAME_BURST_BEGIN);
    source.burst = 9; /* never begun */
    push_batch(&source, BATCH);
    source.burst = 1;
    push_batch(&source, BATCH);
    push_mark(&source, FRAME_BURST_END);
    push_burst(&source, 3);
    push_mark(&source, FRAME_RUN_END);
    run_until_idle(&daemon, &source);
    assert_exact(&daemon, &source, BATCH);
    assert_int_equal(entry_of(&daemon, SOURCE)->lost[LOSS_REFUSED], BATCH);
    assert_int_equal(daemon.bursts_closed, 2);
    link_client_destroy(source.client);
    stop_daemon(&daemon);
}

/* Two sources are expected, so nothing closes before the second one comes; sixteen bursts can be open. */
static void a_source_that_is_far_ahead_waits_and_loses_nothing(void **state)
{
    (void)state;
    struct daemon daemon;
    static struct source first, second;
    start_daemon(&daemon, 2);
    start_source(&first, 1, 0, no_faults);
    start_source(&second, 2, 0, no_faults);
    push_run(&first, BURST_OPEN_MAX + 4, 2);
    run_until(&daemon, &first, &link_client_counters(first.client)->refused[REFUSAL_BUSY], 5);
    assert_false(link_client_is_idle(first.client));
    assert_int_equal(daemon.bursts_closed, 0);
    push_run(&second, BURST_OPEN_MAX + 4, 2);
    run_until_idle(&daemon, &second);
    run_until_idle(&daemon, &first);
    assert_exact(&daemon, &first, 0);
    assert_exact(&daemon, &second, 0);
    assert_int_equal(daemon.bursts_closed, BURST_OPEN_MAX + 4);
    assert_int_equal(daemon.incomplete, 0);
    link_client_destroy(first.client);
    link_client_destroy(second.client);
    stop_daemon(&daemon);
}

static void after_a_restart_what_is_still_held_is_sent_and_the_rest_is_lost(void **state)
{
    (void)state;
    struct daemon daemon;
    static struct source source;
    start_daemon(&daemon, 0);
    start_source(&source, SOURCE, 0, no_faults);
    push_mark(&source, FRAME_RUN_BEGIN);
    push_burst(&source, 20);
    source.burst++;
    push_mark(&source, FRAME_BURST_BEGIN);
    for (int i = 0; i < 10; i++)
        push_batch(&source, BATCH);
    uint64_t counted = source.next_seq - 1;
    run_until(&daemon, &source, &link_client_counters(source.client)->acked_seq, counted);
    stop_daemon(&daemon);
    for (int i = 0; i < 10; i++)
        push_batch(&source, BATCH);
    for (int i = 0; i < 50; i++)
        link_client_pump(source.client, 1);
    start_daemon(&daemon, 0);
    push_mark(&source, FRAME_BURST_END);
    push_burst(&source, 5);
    push_mark(&source, FRAME_RUN_END);
    run_until_idle(&daemon, &source);
    assert_exact(&daemon, &source, counted);
    assert_int_equal(entry_of(&daemon, SOURCE)->lost[LOSS_RING_OVERRUN], counted);
    assert_int_equal(link_client_counters(source.client)->lost[LOSS_RING_OVERRUN], counted);
    assert_int_equal(daemon.bursts_closed, 2); /* the one that was open, and the new one */
    link_client_destroy(source.client);
    stop_daemon(&daemon);
}

static void a_restart_before_anything_was_counted_loses_nothing(void **state)
{
    (void)state;
    struct daemon daemon;
    static struct source source;
    start_daemon(&daemon, 0);
    start_source(&source, SOURCE, 0, no_faults);
    push_mark(&source, FRAME_RUN_BEGIN);
    push_burst(&source, 0);
    run_until_idle(&daemon, &source);
    stop_daemon(&daemon);
    start_daemon(&daemon, 0);
    push_burst(&source, 3);
    push_mark(&source, FRAME_RUN_END);
    run_until_idle(&daemon, &source);
    assert_exact(&daemon, &source, 0);
    assert_int_equal(link_client_counters(source.client)->dropped_marks, 0);
    assert_int_equal(daemon.bursts_closed, 1);
    link_client_destroy(source.client);
    stop_daemon(&daemon);
}

static void an_outage_longer_than_the_ring_loses_exactly_what_is_announced(void **state)
{
    (void)state;
    struct daemon daemon;
    static struct source source;
    start_source(&source, SOURCE, 64 * 1024, no_faults);
    push_run(&source, 20, 10);
    assert_false(link_client_is_idle(source.client));
    start_daemon(&daemon, 0);
    run_until_idle(&daemon, &source);
    uint64_t lost = link_client_counters(source.client)->lost[LOSS_RING_OVERRUN];
    assert_in_range(lost, 1, source.next_seq - 2);
    assert_int_equal(lost % BATCH, 0); /* whole batches */
    assert_exact(&daemon, &source, lost);
    assert_int_equal(daemon.bursts_closed, 20); /* no mark was lost */
    assert_int_equal(daemon.burst_lost, lost);  /* each loss in its burst */
    assert_int_equal(daemon.incomplete, (lost + 10 * BATCH - 1) / (10 * BATCH));
    link_client_destroy(source.client);
    stop_daemon(&daemon);
}

/* The ring overflows while batches are on their way: whether they were counted is known from acknowledgements only. */
/* The daemon hears nothing of the first bursts, which are more than the ring holds: how fast it is cannot matter. */
#define DEAF_BURSTS 10u

static void shedding_under_load_keeps_the_ledger_exact(void **state)
{
    (void)state;
    struct daemon daemon;
    static struct source source;
    start_daemon(&daemon, 0);
    start_source(&source, SOURCE, 96 * 1024, (struct link_faults){.drop = 0.02, .reorder = 0.02, .seed = seed});
    push_mark(&source, FRAME_RUN_BEGIN);
    uint64_t random = seed;
    for (uint32_t burst = 0; burst < 40; burst++) {
        source.burst++;
        push_mark(&source, FRAME_BURST_BEGIN);
        for (uint32_t batch = 0; batch < 30; batch++) {
            push_batch(&source, 1 + (uint32_t)next_random(&random) % BATCH);
            if (next_random(&random) % 4 == 0)
                link_client_pump(source.client, 0);
            bool is_served = burst >= DEAF_BURSTS && next_random(&random) % 12 == 0;
            if (is_served)
                turn(&daemon);
        }
        push_mark(&source, FRAME_BURST_END);
    }
    push_mark(&source, FRAME_RUN_END);
    run_until_idle(&daemon, &source);
    uint64_t lost = link_client_counters(source.client)->lost[LOSS_RING_OVERRUN];
    assert_true(lost > 0);
    assert_exact(&daemon, &source, lost);
    assert_int_equal(daemon.bursts_closed, 40);
    link_client_destroy(source.client);
    stop_daemon(&daemon);
}

static void what_is_replayed_again_adds_nothing(void **state)
{
    (void)state;
    struct daemon daemon;
    static struct source source;
    start_daemon(&daemon, 0);
    for (int i = 0; i < 2; i++) {
        start_source(&source, SOURCE, 0, no_faults);
        push_run(&source, 3, 20);
        run_until_idle(&daemon, &source);
        assert_exact(&daemon, &source, 0);
        link_client_destroy(source.client);
    }
    assert_int_equal(daemon.bursts_closed, 3);
    assert_same_sums(&daemon, 3, 20);
    stop_daemon(&daemon);
}

static void a_frame_that_cannot_be_kept_is_not_taken(void **state)
{
    (void)state;
    static struct source source;
    start_source(&source, SOURCE, 8 * 1024, no_faults);
    uint32_t size = make_batch(1, 512, 1, SOURCE, source.bytes);
    assert_false(link_client_has_room(source.client, size));
    assert_false(link_client_push(source.client, 1, 512, source.bytes, size));
    assert_false(link_client_push(source.client, 1, 0, (const unsigned char *)"no mark", 7));
    assert_true(link_client_is_idle(source.client));
    link_client_destroy(source.client);
}

static int set_up(void **state)
{
    (void)state;
    const char *text = getenv("HNLMON_SEED");
    seed = text ? strtoull(text, NULL, 0) : (uint64_t)time(NULL);
    print_message("HNLMON_SEED=%llu\n", (unsigned long long)seed);
    if (!mkdtemp(directory))
        return -1;
    snprintf(endpoint, sizeof endpoint, "ipc://%s/link", directory);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    unlink(endpoint + strlen("ipc://"));
    return rmdir(directory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hello_is_answered_with_where_to_resume_and_credit),
        cmocka_unit_test(a_frame_without_hello_is_not_welcome),
        cmocka_unit_test(a_frame_of_another_source_is_not_welcome),
        cmocka_unit_test(a_new_hello_ends_the_earlier_connection_of_the_source),
        cmocka_unit_test(a_gap_is_not_applied_and_told_once),
        cmocka_unit_test(duplicates_and_overlaps_are_counted_once),
        cmocka_unit_test(a_batch_beyond_the_credit_is_refused),
        cmocka_unit_test(a_loss_that_would_wrap_the_seq_is_refused),
        cmocka_unit_test(acks_name_the_last_mark_that_was_counted),
        cmocka_unit_test(messages_of_other_than_one_part_are_bad_frames),
        cmocka_unit_test(decisions_are_published_when_somebody_asks),
        cmocka_unit_test(a_clean_run_is_counted_and_the_source_becomes_idle),
        cmocka_unit_test(dropped_batches_are_sent_again),
        cmocka_unit_test(doubled_batches_are_counted_once),
        cmocka_unit_test(late_batches_are_counted_in_their_place),
        cmocka_unit_test(damaged_batches_are_sent_again),
        cmocka_unit_test(all_faults_together_are_repaired),
        cmocka_unit_test(a_batch_that_is_refused_three_times_is_announced_as_lost),
        cmocka_unit_test(a_batch_outside_its_burst_is_announced_as_lost_and_the_rest_goes_on),
        cmocka_unit_test(a_source_that_is_far_ahead_waits_and_loses_nothing),
        cmocka_unit_test(after_a_restart_what_is_still_held_is_sent_and_the_rest_is_lost),
        cmocka_unit_test(a_restart_before_anything_was_counted_loses_nothing),
        cmocka_unit_test(an_outage_longer_than_the_ring_loses_exactly_what_is_announced),
        cmocka_unit_test(shedding_under_load_keeps_the_ledger_exact),
        cmocka_unit_test(what_is_replayed_again_adds_nothing),
        cmocka_unit_test(a_frame_that_cannot_be_kept_is_not_taken),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
