/* SPDX-License-Identifier: MIT */
/*
 * fuzz_checkpoint - saved states of the monitor and its closed bursts, with any bytes in them: a monitor that took one
 * saves the same bytes again, goes on, and keeps every ledger exact; one that refused is as fresh as before.
 *
 * The input is a byte that chooses a real state, and edits of it, four bytes each: what to do (bit 7: to the newest
 * burst instead of the state), where (two bytes, from the begin when even, from the end when odd), and a byte. So
 * mutations stay near what is accepted; no input has to hold a state.
 */
#include "core/archive.h"
#include "core/monitor.h"
#include "core/template_builtin.h"
#include "fuzz.h"

enum edit { EDIT_SET, EDIT_XOR, EDIT_INSERT, EDIT_DELETE, EDIT_CUT, EDIT_ADD, EDIT_COUNT };
enum base { BASE_FRESH, BASE_OPEN, BASE_CLOSED, BASE_DATA, BASE_COUNT };

#define EDITS_MAX 16
#define BURSTS 3u /* that are closed in a base */
#define NOW_NS INT64_C(5000000000)

struct bytes {
    size_t size;
    unsigned char at[MONITOR_STATE_BYTES_MAX];
};

/* Real states, made once. */
static struct {
    struct bytes state, burst[BURSTS];
    uint32_t bursts;
} bases[BASE_COUNT];

static void on_burst_closed(void *context, const struct burst_summary *summary)
{
    (void)context;
    (void)summary;
}

static void on_alarm_changed(void *context, const struct alarm *alarm)
{
    (void)context;
    assert(alarm->id[0] != '\0');
}

static struct monitor *create(void)
{
    static const struct monitor_observer observer = {NULL, on_burst_closed, on_alarm_changed};
    const struct monitor_config config = {
        .preset = SELECTION_PAPER, .f_sys = 0.03, .promise = alarm_default_promise(), .close_timeout_ns = 2000000000};
    struct monitor *monitor = monitor_create(&config, &template_paper, &observer);
    assert(monitor);
    return monitor;
}

static void apply(struct monitor *monitor, const struct frame *frame)
{
    static struct applied applied;
    enum refusal refusal = monitor_apply(monitor, frame, NOW_NS, &applied);
    assert(refusal == REFUSAL_NONE);
}

static void apply_batch(struct monitor *monitor, uint32_t burst, uint64_t first_seq)
{
    static const unsigned char column[4 * 7];
    struct frame frame = {.kind = FRAME_BATCH};
    frame.as.batch =
        (struct batch){.schema = 1, .source = 1, .epoch = 2, .first_seq = first_seq, .run = 5, .burst = burst};
    frame.as.batch.columns.count = 7;
    for (int i = 0; i < CANDIDATE_COLUMN_COUNT; i++)
        frame.as.batch.columns.column[i] = column;
    apply(monitor, &frame);
}

/* A source in run 5 that ends `closed` bursts and is in the middle of the next one. */
static void converse(struct monitor *monitor, enum origin origin, uint32_t closed)
{
    struct mark mark = {1, 2, 5, 0, 1, 1000000000};
    uint64_t seq = 1;
    apply(monitor, &(struct frame){.kind = FRAME_HELLO, .as.hello = {1, 1, 2, 1, 1, {"x", 1}}});
    apply(monitor, &(struct frame){.kind = FRAME_RUN_BEGIN, .as.run_begin = {.mark = mark, .origin = origin}});
    for (mark.burst = 1; mark.burst <= closed + 1; mark.burst++, seq += 8) {
        mark.at_seq = seq;
        mark.t_ns += 5000000000;
        apply(monitor, &(struct frame){.kind = FRAME_BURST_BEGIN, .as.burst_begin = {mark, 1}});
        apply_batch(monitor, mark.burst, seq);
        apply(monitor, &(struct frame){.kind = FRAME_LOST, .as.lost = {1, 2, seq + 7, seq + 7, LOSS_SHED}});
        mark.at_seq = seq + 8;
        if (mark.burst <= closed)
            apply(monitor, &(struct frame){.kind = FRAME_BURST_END, .as.burst_end = {.mark = mark, .sent = 8}});
    }
}

static void make_base(enum base base)
{
    struct monitor *monitor = create();
    if (base != BASE_FRESH)
        converse(monitor, base == BASE_DATA ? ORIGIN_DATA : ORIGIN_SIMULATION, base == BASE_OPEN ? 0 : BURSTS);
    bases[base].state.size = monitor_save(monitor, bases[base].state.at, MONITOR_STATE_BYTES_MAX, NOW_NS);
    assert(bases[base].state.size > 0);
    for (uint64_t n = monitor_oldest_kept(monitor); n < monitor_closed_bursts(monitor); n++) {
        struct bytes *burst = &bases[base].burst[bases[base].bursts++];
        burst->size = monitor_save_burst(monitor, n, burst->at, MONITOR_BURST_BYTES_MAX);
        assert(burst->size > 0);
    }
    monitor_destroy(monitor);
}

static void edit(struct bytes *bytes, const uint8_t *command)
{
    size_t offset = command[1] | (size_t)command[2] << 8;
    size_t at = offset / 2 % (bytes->size ? bytes->size : 1);
    at = offset % 2 ? bytes->size - at - (bytes->size > 0) : at;
    switch ((enum edit)((command[0] & 0x7F) % EDIT_COUNT)) {
    case EDIT_SET:
        bytes->at[at] = command[3];
        break;
    case EDIT_XOR:
        bytes->at[at] ^= command[3];
        break;
    case EDIT_ADD:
        bytes->at[at] = (unsigned char)(bytes->at[at] + (command[3] % 16) - 8);
        break;
    case EDIT_INSERT:
        memmove(bytes->at + at + 1, bytes->at + at, bytes->size - at);
        bytes->at[at] = command[3];
        bytes->size++;
        break;
    case EDIT_DELETE:
        if (bytes->size > 0)
            memmove(bytes->at + at, bytes->at + at + 1, --bytes->size - at);
        break;
    case EDIT_CUT:
        bytes->size = at;
        break;
    case EDIT_COUNT:
        break;
    }
}

/* From memory of exactly that size. */
static enum restored restore(struct monitor *monitor, const struct bytes *state)
{
    unsigned char *exact = fuzz_copy(state->at, state->size);
    enum restored restored = monitor_restore(monitor, exact, state->size, NOW_NS);
    free(exact);
    return restored;
}

/* False when one of the bursts is refused. */
static bool restore_bursts(struct monitor *monitor, enum base base, const struct bytes *newest)
{
    uint64_t oldest = monitor_oldest_kept(monitor), end = monitor_closed_bursts(monitor);
    for (uint64_t n = oldest; n < end; n++) {
        uint64_t index = n - oldest;
        const struct bytes *burst = n + 1 == end ? newest : &bases[base].burst[index < BURSTS ? index : 0];
        if (monitor_restore_burst(monitor, n, burst->at, burst->size) != RESTORED_OK)
            return false;
    }
    return true;
}

static void check_ledgers(const struct monitor *monitor)
{
    const struct ledger *ledger = monitor_ledger(monitor);
    for (uint32_t i = 0; i < ledger->count; i++)
        assert(ledger_is_conserved(&ledger->entries[i]));
}

/* What it saves another one takes, and saves the same. (What it took may have been another form of it: of the name of
 * the template, the hash alone decides.) */
static void check_saved_again(struct monitor *monitor, enum base base, const struct bytes *newest)
{
    static struct bytes saved, again;
    struct monitor *other = create();
    saved.size = monitor_save(monitor, saved.at, sizeof saved.at, NOW_NS);
    assert(saved.size > 0);
    enum restored restored = restore(other, &saved);
    assert(restored == RESTORED_OK);
    bool is_whole = restore_bursts(other, base, newest);
    assert(is_whole);
    again.size = monitor_save(other, again.at, sizeof again.at, NOW_NS);
    assert(again.size == saved.size && memcmp(again.at, saved.at, saved.size) == 0);
    monitor_destroy(other);
}

static void go_on(struct monitor *monitor, enum base base, const struct bytes *newest)
{
    static struct scan scan;
    check_ledgers(monitor);
    check_saved_again(monitor, base, newest);
    for (enum horizon_id id = HORIZON_OPEN; id < HORIZON_COUNT; id++)
        monitor_scan(monitor, LINE_UNPRESCALED, id, &scan);
    monitor_tick(monitor, NOW_NS + 60000000000);
    monitor_flush(monitor);
    check_ledgers(monitor);
}

/* A refused monitor has nothing in it. */
static void check_fresh(struct monitor *monitor)
{
    static struct bytes fresh;
    fresh.size = monitor_save(monitor, fresh.at, sizeof fresh.at, NOW_NS);
    assert(fresh.size == bases[BASE_FRESH].state.size);
    assert(memcmp(fresh.at, bases[BASE_FRESH].state.at, fresh.size) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static struct monitor *monitor; /* fresh */
    static struct bytes state, burst;
    for (enum base base = BASE_FRESH; !monitor && base < BASE_COUNT; base++)
        make_base(base);
    if (!monitor)
        monitor = create();
    enum base base = (enum base)(size > 0 ? bytes[0] % BASE_COUNT : BASE_FRESH);
    state = bases[base].state;
    burst = bases[base].burst[BURSTS - 1];
    for (size_t i = 1; i + 4 <= size && i < 4 * EDITS_MAX; i += 4)
        edit(bytes[i] & 0x80 ? &burst : &state, bytes + i);
    if (restore(monitor, &state) == RESTORED_OK && restore_bursts(monitor, base, &burst)) {
        go_on(monitor, base, &burst);
        monitor_destroy(monitor);
        monitor = create();
    } else {
        check_fresh(monitor);
    }
    return 0;
}
