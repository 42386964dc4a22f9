/* SPDX-License-Identifier: MIT */
/*
 * fuzz_monitor - a conversation of several sources with one monitor: frames that the decoder accepts are applied, and
 * after each step every ledger is exact, and in the end the state can be saved.
 *
 * The input is a list of steps: a byte that says what, and for a frame its length in two bytes, little endian, and its
 * bytes. A frame is applied twice: what the second time brings is a duplicate or refused, and neither counts anything.
 */
#include "core/monitor.h"
#include "core/template_builtin.h"
#include "fuzz.h"
#include "wire/frame_codec.h"

enum step { STEP_FRAME, STEP_SECOND, STEP_MINUTE, STEP_NEW_PERIOD, STEP_UNBLIND, STEP_BLIND, STEP_FLUSH, STEP_COUNT };

#define STEPS_MAX 64 /* bounds the time of one input */

/* What the observer was told: bursts close in the order of time, each once. */
struct heard {
    struct burst_key last;
};

static void on_burst_closed(void *context, const struct burst_summary *summary)
{
    struct heard *heard = context;
    assert(burst_compare(summary->key, heard->last) > 0);
    heard->last = summary->key;
}

static void on_alarm_changed(void *context, const struct alarm *alarm)
{
    (void)context;
    assert(alarm->id[0] != '\0' && memchr(alarm->id, 0, sizeof alarm->id));
}

/* Everything that was counted, over all entries. */
static uint64_t check_ledgers(const struct monitor *monitor)
{
    const struct ledger *ledger = monitor_ledger(monitor);
    uint64_t counted = 0;
    for (uint32_t i = 0; i < ledger->count; i++) {
        assert(ledger_is_conserved(&ledger->entries[i]) && ledger->entries[i].next_seq <= SEQ_LIMIT);
        counted += ledger->entries[i].next_seq - 1;
    }
    return counted;
}

static void apply(struct monitor *monitor, const struct frame *frame, int64_t now_ns)
{
    static struct applied applied;
    uint64_t before = check_ledgers(monitor);
    enum refusal refusal = monitor_apply(monitor, frame, now_ns, &applied);
    uint64_t after = check_ledgers(monitor);
    assert(refusal < REFUSAL_COUNT && (refusal == REFUSAL_NONE || after == before));
    if (frame->kind == FRAME_BATCH)
        assert(refusal != REFUSAL_NONE || after - before == applied.count);
    refusal = monitor_apply(monitor, frame, now_ns, &applied);
    assert(check_ledgers(monitor) == after && (refusal != REFUSAL_NONE || applied.count == 0));
}

/* Behind the frame; NULL at the end of the input. */
static const uint8_t *apply_frame(struct monitor *monitor, const uint8_t *at, const uint8_t *end, int64_t now_ns)
{
    struct frame frame;
    if (end - at < 2)
        return NULL;
    size_t size = (size_t)at[0] | (size_t)at[1] << 8;
    at += 2;
    if (size > (size_t)(end - at))
        size = (size_t)(end - at);
    enum refusal refusal = frame_decode(at, size, &frame);
    if (refusal == REFUSAL_NONE || refusal == REFUSAL_BAD_CRC) /* mutations would hardly ever have the right one */
        if (frame.kind != FRAME_BATCH || frame.as.batch.first_seq <= SEQ_LIMIT - frame.as.batch.columns.count)
            if (frame.kind != FRAME_BATCH || frame.as.batch.first_seq >= 1)
                apply(monitor, &frame, now_ns);
    return at + size;
}

static void step(struct monitor *monitor, enum step what, int64_t *now_ns)
{
    switch (what) {
    case STEP_SECOND:
    case STEP_MINUTE:
        *now_ns += what == STEP_SECOND ? 1000000000 : 60000000000;
        monitor_tick(monitor, *now_ns);
        break;
    case STEP_NEW_PERIOD:
        monitor_new_period(monitor);
        break;
    case STEP_UNBLIND:
    case STEP_BLIND:
        monitor_unblind(monitor, what == STEP_UNBLIND);
        break;
    case STEP_FLUSH:
        monitor_flush(monitor);
        break;
    case STEP_FRAME:
    case STEP_COUNT:
        break;
    }
    (void)check_ledgers(monitor);
}

static void converse(struct monitor *monitor, const uint8_t *at, const uint8_t *end)
{
    int64_t now_ns = 1000000000;
    for (int steps = 0; at && at < end && steps < STEPS_MAX; steps++) {
        enum step what = (enum step)(*at++ % STEP_COUNT);
        now_ns += 1000000;
        if (what == STEP_FRAME)
            at = apply_frame(monitor, at, end, now_ns);
        else
            step(monitor, what, &now_ns);
    }
}

/* What stands in the histograms of the run is no more than what was accepted or rejected. */
static void check_sums(struct monitor *monitor)
{
    const struct horizon *run = monitor_horizon(monitor, HORIZON_RUN);
    assert(monitor_origin(monitor) < ORIGIN_COUNT);
    assert(!monitor_is_blind(monitor) || monitor_origin(monitor) == ORIGIN_DATA);
    assert(run->bursts < UINT32_MAX);
}

/* Nobody can bring it to where it could not be saved. */
static void check_save(struct monitor *monitor)
{
    static unsigned char state[MONITOR_STATE_BYTES_MAX];
    size_t size = monitor_save(monitor, state, sizeof state, 0);
    assert(size > 0);
}

/* Made once: to make it takes longer than what an input does. A state of a fresh monitor makes it fresh again. */
static struct monitor *fresh_monitor(struct heard *heard)
{
    static struct monitor *monitor;
    static unsigned char state[MONITOR_STATE_BYTES_MAX];
    static size_t size;
    if (!monitor) {
        const struct monitor_config config = {.preset = SELECTION_PAPER,
                                              .f_sys = 0.03,
                                              .promise = alarm_default_promise(),
                                              .close_timeout_ns = 2000000000};
        struct monitor_observer observer = {heard, on_burst_closed, on_alarm_changed};
        monitor = monitor_create(&config, &template_paper, &observer);
        assert(monitor);
        size = monitor_save(monitor, state, sizeof state, 0);
    }
    *heard = (struct heard){{0, 0}};
    enum restored restored = monitor_restore(monitor, state, size, 0);
    assert(restored == RESTORED_OK);
    return monitor;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static struct heard heard;
    struct monitor *monitor = fresh_monitor(&heard);
    if (size > 0)
        converse(monitor, bytes, bytes + size);
    check_sums(monitor);
    check_save(monitor);
    monitor_flush(monitor);
    check_save(monitor);
    (void)check_ledgers(monitor);
    assert(burst_compare(monitor_last_burst(monitor), heard.last) == 0);
    return 0;
}
