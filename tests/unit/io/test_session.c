/* SPDX-License-Identifier: MIT */
/*
 * A front-end's session and the daemon's reception in one process, on a clock of its own: messages travel in queues
 * that a test cuts, the daemon dies and comes back as of its last durable checkpoint. Whatever happens, both sides end
 * with the same account.
 *
 * A checkpoint is the list of messages that were received until then: the daemon that comes back gets them again.
 */
#include "io/session.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

#include "io/reception.h"
#include "source_frames.h"

#define SOURCE 7u
#define CREDIT 2048u
#define MAX_BATCH 48u /* shorter than some that are pushed */
#define NS_PER_MS INT64_C(1000000)
#define QUEUE_MAX 64u
#define STEPS 600u
#define SETTLE_STEPS 20000u

/* ---- messages ---- */

struct message {
    unsigned char *bytes;
    uint32_t size;
    uint32_t connection;
    int64_t at_ns; /* when it was received */
};

struct messages {
    struct message *entries;
    uint32_t first, count, capacity;
};

static void put(struct messages *list, const unsigned char *bytes, uint32_t size, uint32_t connection, int64_t at_ns)
{
    if (list->count == list->capacity) {
        list->capacity = list->capacity ? 2 * list->capacity : 256;
        list->entries = realloc(list->entries, list->capacity * sizeof *list->entries);
        assert_non_null(list->entries);
    }
    unsigned char *copy = malloc(size + 1);
    assert_non_null(copy);
    memcpy(copy, bytes, size);
    list->entries[list->count++] = (struct message){copy, size, connection, at_ns};
}

/* Keeps the first `count`. */
static void cut(struct messages *list, uint32_t count)
{
    while (list->count > count)
        free(list->entries[--list->count].bytes);
    if (list->first > list->count)
        list->first = list->count;
}

static void empty(struct messages *list)
{
    cut(list, 0);
    free(list->entries);
    *list = (struct messages){0};
}

/* ---- the world ---- */

struct world {
    struct monitor *monitor;
    struct reception *reception; /* NULL: the daemon is down */
    struct session *session;
    int64_t now_ns;
    uint64_t random;
    uint32_t connection;                  /* the present one */
    struct messages to_daemon, to_source; /* `first`: the next one to arrive */
    struct messages received;             /* by the daemon and those before it, as far as it knows */
    uint32_t taken, durable;              /* how many of them the checkpoints cover */
    bool is_restoring, has_checkpoints;
    bool is_stuck; /* the connection takes nothing */
    uint32_t closed;
    uint64_t sent_to_source;
    struct ack ack; /* the last one */
    /* What was pushed. */
    uint64_t next_seq;
    uint32_t burst;
    bool in_burst;
    unsigned char bytes[FRAME_BYTES_MAX];
};

static struct world world;
static uint64_t seed;

static uint32_t draw(uint32_t below)
{
    return (uint32_t)(next_random(&world.random) % below);
}

static void on_burst(void *context, const struct burst_summary *summary)
{
    (void)context;
    (void)summary;
    world.closed++;
}

static void on_alarm(void *context, const struct alarm *alarm)
{
    (void)context;
    (void)alarm;
}

static uint32_t waiting(const struct messages *list)
{
    return list->count - list->first;
}

/* ---- the daemon ---- */

static bool daemon_sends(void *context, const unsigned char *id, size_t id_size, const unsigned char *bytes,
                         size_t size)
{
    (void)context;
    uint32_t connection;
    struct daemon_frame frame;
    assert_int_equal(id_size, sizeof connection);
    memcpy(&connection, id, sizeof connection);
    if (world.is_restoring)
        return true;
    assert_true(daemon_frame_decode(bytes, size, &frame));
    if (frame.kind == DAEMON_ACK)
        world.ack = frame.as.ack;
    world.sent_to_source++;
    if (connection == world.connection)
        put(&world.to_source, bytes, (uint32_t)size, connection, 0);
    return connection == world.connection;
}

static void daemon_counts(void *context, const struct applied *applied, uint64_t t_ns)
{
    (void)context;
    (void)applied;
    (void)t_ns;
}

static struct reception *new_reception(void)
{
    /* Credit was granted when it came the first time. */
    const struct reception_config config = {world.is_restoring ? SEQ_LIMIT / 2 : CREDIT, MAX_BATCH};
    const struct reception_calls calls = {.send = daemon_sends, .counted = daemon_counts};
    struct reception *reception = reception_create(&config, world.monitor, &calls);
    assert_non_null(reception);
    return reception;
}

static void receive(const struct message *message)
{
    const struct sender sender = {(const unsigned char *)&message->connection, sizeof message->connection,
                                  .is_front_end = true};
    reception_receive(world.reception, &sender, message->bytes, message->size, message->at_ns);
}

/* As of the last durable checkpoint; connections do not come back. */
static void start_daemon(void)
{
    const struct monitor_observer observer = {NULL, on_burst, on_alarm};
    world.closed = 0;
    world.monitor = make_monitor(&observer, 0);
    world.is_restoring = true;
    world.reception = new_reception();
    cut(&world.received, world.durable);
    for (uint32_t i = 0; i < world.received.count; i++)
        receive(&world.received.entries[i]);
    reception_destroy(world.reception);
    world.is_restoring = false;
    world.reception = new_reception();
    world.taken = world.durable;
    if (world.has_checkpoints)
        reception_expect_checkpoints(world.reception);
}

static void kill_daemon(void)
{
    reception_destroy(world.reception);
    monitor_destroy(world.monitor);
    world.reception = NULL;
    world.monitor = NULL;
    empty(&world.to_daemon);
    empty(&world.to_source);
    world.connection++; /* the next one is made on its own, without a word */
}

static void take_checkpoint(void)
{
    reception_checkpoint_taken(world.reception);
    world.taken = world.received.count;
}

static void settle_checkpoint(void)
{
    world.durable = world.taken;
    reception_checkpoint_durable(world.reception);
}

static const struct ledger_entry *entry(void)
{
    return monitor_ledger(world.monitor)->count > 0 ? &monitor_ledger(world.monitor)->entries[0] : NULL;
}

/* ---- the source ---- */

static bool source_sends(void *context, const unsigned char *bytes, uint32_t size)
{
    (void)context;
    if (!world.reception || world.is_stuck || waiting(&world.to_daemon) >= QUEUE_MAX)
        return false;
    put(&world.to_daemon, bytes, size, world.connection, 0);
    return true;
}

/* Some of what is on its way still arrives. */
static void source_reconnects(void *context)
{
    (void)context;
    cut(&world.to_daemon, world.to_daemon.first + draw(waiting(&world.to_daemon) + 1));
    empty(&world.to_source);
    world.connection++;
}

static void push_mark(enum frame_kind kind)
{
    bool is_run = kind == FRAME_RUN_BEGIN || kind == FRAME_RUN_END;
    uint32_t size = make_mark(kind, world.next_seq, is_run ? 0 : world.burst, SOURCE, world.bytes);
    assert_true(session_push(world.session, world.next_seq, 0, world.bytes, size));
}

static void push_batch(uint32_t count)
{
    uint32_t size = make_batch(world.next_seq, count, world.burst, SOURCE, world.bytes);
    assert_true(session_push(world.session, world.next_seq, count, world.bytes, size));
    world.next_seq += count;
}

static void begin_first_burst(void)
{
    push_mark(FRAME_RUN_BEGIN);
    world.burst = 1;
    push_mark(FRAME_BURST_BEGIN);
}

/* A loss that the source itself knows. */
static void push_lost(uint32_t count)
{
    struct frame frame = {.kind = FRAME_LOST};
    frame.as.lost = (struct lost){SOURCE, EPOCH, world.next_seq, world.next_seq + count - 1, LOSS_SHED};
    uint32_t size = (uint32_t)frame_encode(&frame, world.bytes, sizeof world.bytes);
    assert_true(session_push(world.session, world.next_seq, 0, world.bytes, size));
    world.next_seq += count;
}

static void push_something(void)
{
    if (!world.in_burst) {
        world.burst++;
        push_mark(FRAME_BURST_BEGIN);
        world.in_burst = true;
    } else if (draw(8) == 0) {
        push_mark(FRAME_BURST_END);
        world.in_burst = false;
    } else if (draw(40) == 0) {
        push_lost(1 + draw(100));
    } else {
        push_batch(1 + draw(64));
    }
}

static void create(uint32_t ring_bytes, bool has_checkpoints)
{
    const struct session_config config = {.source = SOURCE, .epoch = EPOCH, .ring_bytes = ring_bytes};
    const struct session_calls calls = {NULL, source_sends, source_reconnects};
    memset(&world, 0, sizeof world);
    world.now_ns = 1;
    world.next_seq = 1;
    world.random = seed;
    world.has_checkpoints = has_checkpoints;
    world.session = session_create(&config, &calls);
    assert_non_null(world.session);
    start_daemon();
}

static void destroy(void)
{
    if (world.reception)
        kill_daemon();
    session_destroy(world.session);
    empty(&world.to_daemon);
    empty(&world.to_source);
    empty(&world.received);
}

/* ---- time ---- */

/* The next message reaches the daemon; false when there is none. */
static bool deliver_to_daemon(void)
{
    if (!world.reception || waiting(&world.to_daemon) == 0)
        return false;
    struct message *message = &world.to_daemon.entries[world.to_daemon.first++];
    put(&world.received, message->bytes, message->size, message->connection, world.now_ns);
    receive(&world.received.entries[world.received.count - 1]);
    return true;
}

static bool deliver_to_source(void)
{
    if (waiting(&world.to_source) == 0)
        return false;
    const struct message *message = &world.to_source.entries[world.to_source.first++];
    unsigned char bytes[FRAME_ENCODED_MAX];
    memcpy(bytes, message->bytes, message->size); /* a reconnect empties the queue */
    session_receive(world.session, bytes, message->size, world.now_ns);
    return true;
}

/* Everything that can happen now happens, in order. */
static void turn(void)
{
    bool is_any = true;
    while (is_any) {
        is_any = session_step(world.session, world.now_ns);
        while (deliver_to_daemon())
            is_any = true;
        if (world.reception)
            reception_acknowledge(world.reception);
        while (deliver_to_source())
            is_any = true;
    }
}

/* Until `condition` holds, with checkpoints in between when `is_storing`. */
static void run_until(bool (*condition)(void), bool is_storing)
{
    for (uint32_t i = 0; i < SETTLE_STEPS && !condition(); i++) {
        turn();
        if (is_storing && world.has_checkpoints && i % 4 == 0) {
            take_checkpoint();
            settle_checkpoint();
            turn();
        }
        int64_t wait_ns = session_wait_ns(world.session, world.now_ns);
        world.now_ns += wait_ns < NS_PER_MS ? NS_PER_MS : wait_ns;
    }
    assert_true(condition());
}

static bool is_idle(void)
{
    return session_is_idle(world.session);
}

static bool is_all_counted(void)
{
    const struct session_counters *counters = session_counters(world.session);
    return entry() && entry()->next_seq == world.next_seq && counters->counted_seq == world.next_seq - 1 &&
           counters->counted_frames_left == 0;
}

static void assert_same_account(void)
{
    const struct session_counters *counters = session_counters(world.session);
    assert_non_null(entry());
    assert_true(ledger_is_conserved(entry()));
    assert_int_equal(entry()->next_seq, world.next_seq);
    for (int cause = 0; cause < LOSS_CAUSE_COUNT; cause++)
        if (entry()->lost[cause] != counters->lost[cause])
            fail_msg("%s: %llu lost for the daemon, %llu for the source", loss_cause_name((enum loss_cause)cause),
                     (unsigned long long)entry()->lost[cause], (unsigned long long)counters->lost[cause]);
    assert_int_equal(world.closed, world.burst);
    assert_int_equal(counters->dropped_marks, 0);
}

/* ---- what is durable ---- */

static void what_is_counted_is_acknowledged_only_when_it_is_durable(void **state)
{
    (void)state;
    create(0, true);
    begin_first_burst();
    push_batch(40);
    push_mark(FRAME_BURST_END);
    turn();
    assert_int_equal(entry()->next_seq, 41);
    assert_int_equal(world.ack.counted_seq, 40);
    assert_int_equal(world.ack.counted_run, 1);
    assert_int_equal(world.ack.counted_burst, 1);
    assert_int_equal(world.ack.durable_seq, 0);
    assert_int_equal(world.ack.durable_run, 0);
    assert_int_equal(world.ack.credit_seq, 40 + CREDIT); /* granted on counting */
    assert_int_equal(session_counters(world.session)->acked_frames_left, 4);
    assert_int_equal(session_counters(world.session)->counted_frames_left, 0);
    take_checkpoint();
    push_mark(FRAME_RUN_END);
    turn();
    assert_int_equal(world.ack.durable_seq, 0);
    settle_checkpoint();
    assert_int_equal(world.ack.durable_seq, 40);
    assert_int_equal(world.ack.durable_run, 1);
    assert_int_equal(world.ack.durable_burst, 1);
    turn();
    assert_int_equal(session_counters(world.session)->acked_seq, 40);
    assert_int_equal(session_counters(world.session)->acked_frames_left, 1); /* the end of the run came later */
    take_checkpoint();
    settle_checkpoint();
    turn();
    assert_true(session_is_idle(world.session));
    destroy();
}

static void a_checkpoint_that_never_becomes_durable_acknowledges_nothing_and_nothing_is_sent_again(void **state)
{
    (void)state;
    create(0, true);
    push_mark(FRAME_RUN_BEGIN);
    for (int i = 0; i < 5; i++) {
        world.burst++;
        push_mark(FRAME_BURST_BEGIN);
        push_batch(40);
        push_mark(FRAME_BURST_END);
    }
    run_until(is_all_counted, false);
    take_checkpoint();
    uint64_t sent = session_counters(world.session)->sent_frames;
    for (int i = 0; i < 100; i++) {
        turn();
        world.now_ns += 100 * NS_PER_MS;
    }
    assert_int_equal(session_counters(world.session)->sent_frames, sent);
    assert_int_equal(session_counters(world.session)->acked_seq, 0);
    assert_int_equal(session_counters(world.session)->acked_frames_left, 16);
    assert_int_equal(session_counters(world.session)->connections, 1);
    destroy();
}

static void a_daemon_that_comes_back_as_it_was_before_gets_the_rest_again_with_its_marks(void **state)
{
    (void)state;
    for (uint32_t covered = 0; covered < 14; covered++) {
        create(0, true);
        push_mark(FRAME_RUN_BEGIN);
        for (uint32_t pushed = 0; pushed < 4; pushed++) {
            world.burst++;
            push_mark(FRAME_BURST_BEGIN);
            push_batch(40);
            push_mark(FRAME_BURST_END);
        }
        push_mark(FRAME_RUN_END);
        while (session_step(world.session, world.now_ns) || world.received.count < covered) {
            while (world.received.count < covered && deliver_to_daemon())
                continue;
            reception_acknowledge(world.reception);
            while (deliver_to_source())
                continue;
        }
        take_checkpoint();
        settle_checkpoint();
        run_until(is_all_counted, false);
        kill_daemon();
        start_daemon();
        run_until(is_idle, true);
        assert_same_account();
        assert_int_equal(entry()->accepted + ledger_rejected(entry()), 160);
        destroy();
    }
}

static void a_loss_that_is_announced_again_is_counted_once(void **state)
{
    (void)state;
    create(0, true);
    begin_first_burst();
    push_lost(10);
    push_batch(5);
    push_lost(7);
    push_mark(FRAME_BURST_END);
    for (int i = 0; i < 3; i++) {
        run_until(is_all_counted, false);
        assert_int_equal(session_counters(world.session)->lost[LOSS_SHED], 17);
        kill_daemon();
        start_daemon();
    }
    run_until(is_idle, true);
    assert_same_account();
    assert_int_equal(entry()->lost[LOSS_SHED], 17);
    destroy();
}

/* The memory for what is not durable is small: what was counted goes, too, and is lost when the daemon forgets it. */
static void what_was_counted_and_shed_is_lost_only_if_the_daemon_forgets_it(void **state)
{
    (void)state;
    for (int is_forgotten = 0; is_forgotten < 2; is_forgotten++) {
        create(16 * 1024, true);
        push_mark(FRAME_RUN_BEGIN);
        world.burst = 1;
        push_mark(FRAME_BURST_BEGIN);
        for (int i = 0; i < 20; i++) {
            push_batch(40);
            turn();
        }
        push_mark(FRAME_BURST_END);
        run_until(is_all_counted, false);
        assert_int_equal(entry()->next_seq, 801);
        if (is_forgotten) {
            kill_daemon();
            start_daemon();
        }
        run_until(is_idle, true);
        assert_same_account();
        assert_int_equal(ledger_lost(entry()) > 0, is_forgotten);
        destroy();
    }
}

static void a_daemon_that_starts_from_zero_hears_of_all_that_is_gone(void **state)
{
    (void)state;
    create(0, true);
    push_mark(FRAME_RUN_BEGIN);
    for (int i = 0; i < 3; i++) {
        world.burst++;
        push_mark(FRAME_BURST_BEGIN);
        push_batch(40);
        push_lost(10);
        push_mark(FRAME_BURST_END);
    }
    run_until(is_idle, true);
    kill_daemon();
    world.durable = 0;
    start_daemon();
    world.burst++;
    push_mark(FRAME_BURST_BEGIN);
    push_batch(40);
    push_mark(FRAME_BURST_END);
    run_until(is_idle, true);
    assert_int_equal(entry()->next_seq, world.next_seq);
    assert_int_equal(entry()->lost[LOSS_RING_OVERRUN], 150);
    assert_int_equal(session_counters(world.session)->lost[LOSS_RING_OVERRUN], 150);
    assert_int_equal(session_counters(world.session)->lost[LOSS_SHED], 0); /* taken back: they are among the 150 */
    assert_int_equal(world.closed, 1);
    destroy();
}

/* The order matters: the same story with acknowledgements on counting. */
static void acknowledging_before_it_is_durable_would_lose_it(void **state)
{
    (void)state;
    create(0, false);
    begin_first_burst();
    push_batch(40);
    run_until(is_all_counted, false);
    kill_daemon();
    start_daemon();
    push_mark(FRAME_BURST_END);
    run_until(is_idle, true);
    assert_int_equal(entry()->lost[LOSS_RING_OVERRUN], 40);
    destroy();
}

/* ---- what is refused ---- */

static void a_batch_that_the_daemon_does_not_take_is_lost_in_its_place_and_what_lies_before_is_kept(void **state)
{
    (void)state;
    create(0, true);
    begin_first_burst();
    push_batch(40);
    uint32_t size = make_batch(world.next_seq, 40, 1, SOURCE, world.bytes);
    world.bytes[size - 1] ^= 1;
    assert_true(session_push(world.session, world.next_seq, 40, world.bytes, size));
    world.next_seq += 40;
    push_batch(40);
    push_mark(FRAME_BURST_END);
    for (int i = 0; i < 2; i++) {
        run_until(is_all_counted, false);
        assert_int_equal(entry()->lost[LOSS_REFUSED], 40);
        assert_int_equal(session_counters(world.session)->lost[LOSS_REFUSED], 40);
        kill_daemon(); /* it forgets all of it */
        start_daemon();
    }
    run_until(is_idle, true);
    assert_same_account();
    assert_int_equal(entry()->accepted + ledger_rejected(entry()), 80);
    destroy();
}

static bool is_retired(void)
{
    return session_counters(world.session)->is_retired;
}

static void a_retired_epoch_is_final_and_what_it_holds_is_lost(void **state)
{
    (void)state;
    create(0, false);
    begin_first_burst();
    push_batch(40);
    push_mark(FRAME_BURST_END);
    run_until(is_idle, true);
    for (uint64_t epoch = 1; epoch <= LEDGER_ENTRIES_MAX; epoch++) { /* the same source, started again and again */
        struct frame frame = {.kind = FRAME_HELLO};
        frame.as.hello = (struct hello){WIRE_SCHEMA, SOURCE, epoch, 1, 1, {"later", 5}};
        const uint32_t connection = 1000 + (uint32_t)epoch;
        uint32_t size = (uint32_t)frame_encode(&frame, world.bytes, sizeof world.bytes);
        receive(&(struct message){world.bytes, size, connection, world.now_ns});
    }
    assert_int_equal(monitor_ledger(world.monitor)->retired.next_seq, 41);
    push_batch(40);
    run_until(is_retired, true);
    assert_int_equal(session_counters(world.session)->lost[LOSS_REFUSED], 40);
    push_batch(8);
    assert_true(session_is_idle(world.session));
    assert_int_equal(session_counters(world.session)->lost[LOSS_REFUSED], 48);
    uint64_t answers = world.sent_to_source;
    for (int i = 0; i < 50; i++) {
        turn();
        world.now_ns += 100 * NS_PER_MS;
    }
    assert_int_equal(world.sent_to_source, answers); /* it says nothing any more */
    assert_int_equal(monitor_ledger(world.monitor)->retired.next_seq, 41);
    destroy();
}

static void a_batch_that_is_too_long_for_the_daemon_goes_in_pieces(void **state)
{
    (void)state;
    create(0, false);
    begin_first_burst();
    push_batch(10 * MAX_BATCH + 1);
    push_mark(FRAME_BURST_END);
    run_until(is_idle, true);
    assert_same_account();
    assert_int_equal(entry()->accepted + ledger_rejected(entry()), 10 * MAX_BATCH + 1);
    assert_int_equal(reception_counters(world.reception)->refused[REFUSAL_TOO_LONG], 0);
    destroy();
}

/* ---- anything ---- */

static void do_something(void)
{
    switch (draw(16)) {
    case 0:
        world.now_ns += draw(400) * NS_PER_MS;
        break;
    case 1:
        if (world.reception)
            take_checkpoint();
        break;
    case 2:
        if (world.reception)
            settle_checkpoint();
        break;
    case 3:
        if (draw(6) == 0 && world.reception)
            kill_daemon();
        break;
    case 4:
        if (!world.reception)
            start_daemon();
        break;
    case 5:
        if (draw(6) == 0)
            session_disconnected(world.session, world.now_ns);
        break;
    case 6:
        if (world.reception)
            reception_acknowledge(world.reception);
        break;
    case 7:
    case 8:
    case 9:
        for (uint32_t i = draw(12); i > 0 && deliver_to_daemon(); i--)
            continue;
        break;
    case 10:
        for (uint32_t i = draw(4); i > 0 && deliver_to_source(); i--)
            continue;
        break;
    case 11:
    case 12:
        (void)session_step(world.session, world.now_ns);
        break;
    default:
        push_something();
        break;
    }
    world.now_ns += draw(3) * NS_PER_MS;
}

static void live_a_life(uint32_t ring_bytes)
{
    create(ring_bytes, true);
    push_mark(FRAME_RUN_BEGIN);
    for (uint32_t i = 0; i < STEPS; i++)
        do_something();
    if (world.in_burst)
        push_mark(FRAME_BURST_END);
    push_mark(FRAME_RUN_END);
    if (!world.reception)
        start_daemon();
    run_until(is_idle, true);
    assert_same_account();
}

static uint32_t lives(void)
{
    return getenv("HNLMON_FULL") ? 1500 : 25;
}

static void whatever_happens_nothing_is_lost_and_nothing_doubled(void **state)
{
    (void)state;
    for (uint32_t life = 0; life < lives(); life++, seed++) {
        live_a_life(0);
        assert_int_equal(ledger_lost(entry()), entry()->lost[LOSS_SHED]); /* only what was pushed as lost */
        destroy();
    }
}

static void whatever_happens_both_sides_have_lost_the_same(void **state)
{
    (void)state;
    for (uint32_t life = 0; life < lives(); life++, seed++) {
        live_a_life(24 * 1024);
        destroy();
    }
}

/* Its last answer came after the last message that it took, so that none is due. */
static void a_connection_that_takes_nothing_more_is_given_up(void **state)
{
    (void)state;
    create(0, false);
    begin_first_burst();
    turn();
    world.is_stuck = true;
    push_batch(40);
    turn();
    assert_true(session_is_blocked(world.session));
    world.now_ns += 1999 * NS_PER_MS;
    turn();
    assert_int_equal(session_counters(world.session)->connections, 1);
    world.now_ns += NS_PER_MS;
    turn();
    assert_int_equal(session_counters(world.session)->connections, 2);
    world.is_stuck = false;
    run_until(is_all_counted, false);
    destroy();
}

static int set_up(void **state)
{
    (void)state;
    const char *text = getenv("HNLMON_SEED");
    seed = text ? strtoull(text, NULL, 0) : (uint64_t)time(NULL);
    print_message("HNLMON_SEED=%llu\n", (unsigned long long)seed);
    return 0;
}

static int tell_seed(void **state)
{
    (void)state;
    print_message("the next seed is %llu\n", (unsigned long long)seed);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_counted_is_acknowledged_only_when_it_is_durable),
        cmocka_unit_test(a_checkpoint_that_never_becomes_durable_acknowledges_nothing_and_nothing_is_sent_again),
        cmocka_unit_test(a_daemon_that_comes_back_as_it_was_before_gets_the_rest_again_with_its_marks),
        cmocka_unit_test(a_loss_that_is_announced_again_is_counted_once),
        cmocka_unit_test(what_was_counted_and_shed_is_lost_only_if_the_daemon_forgets_it),
        cmocka_unit_test(a_daemon_that_starts_from_zero_hears_of_all_that_is_gone),
        cmocka_unit_test(acknowledging_before_it_is_durable_would_lose_it),
        cmocka_unit_test(a_batch_that_the_daemon_does_not_take_is_lost_in_its_place_and_what_lies_before_is_kept),
        cmocka_unit_test(a_retired_epoch_is_final_and_what_it_holds_is_lost),
        cmocka_unit_test(a_batch_that_is_too_long_for_the_daemon_goes_in_pieces),
        cmocka_unit_test(a_connection_that_takes_nothing_more_is_given_up),
        cmocka_unit_test_teardown(whatever_happens_nothing_is_lost_and_nothing_doubled, tell_seed),
        cmocka_unit_test_teardown(whatever_happens_both_sides_have_lost_the_same, tell_seed),
    };
    return cmocka_run_group_tests(tests, set_up, NULL);
}
