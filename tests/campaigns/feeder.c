/* SPDX-License-Identifier: MIT */
/*
 * feeder - the front-end of the campaigns: millions of candidates per second over the project's own link client, and
 * beside it an undisturbed reference that gets the same frames (twin.h).
 *
 *   pool -> batch -> frame -> twin
 *                      `----> retention ring -> link -> daemon
 *
 * On the standard output it tells what happens to it, times on the monotonic clock:
 *   RESUMED ns=.. acked=.. after_ms=..    an acknowledgement came after at least STALL_NS without one
 *   DEAD ns=..                            the daemon was not there any more
 *   AT run=.. burst=.. seq=..             a command is done, and everything is acknowledged
 *   ALARM id state                        likewise, for each change of an alarm of the reference
 *   SENT source=.. sent=.. ...            the end
 */
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "feeder_options.h"
#include "io/clock.h"
#include "io/link_client.h"
#include "physics/random.h"
#include "pool.h"
#include "twin.h"
#include "wire/frame_codec.h"

#define STALL_NS (250 * NS_PER_MS)
#define PUMP_MS 10
#define LOSS_CANDIDATES 10
#define START_NS (UINT64_C(1000000000) * NS_PER_S) /* source time of burst 0, the same in each campaign */
#define COMMAND_SIZE 160

struct feeder {
    struct feeder_options options;
    struct pool pool;
    struct random random;
    struct link_client *link;
    struct twin *twin; /* NULL: none */
    uint64_t epoch;
    uint64_t next_seq;
    uint32_t run, burst;   /* the last begun ones */
    uint32_t burst_number; /* since the start */
    bool in_run;
    int64_t start_ns;
    /* What was seen of the daemon. */
    uint64_t acked_seq;
    int64_t progress_ns;
    bool was_welcome;
    uint64_t resumed; /* how often */
    unsigned char bytes[FRAME_BYTES_MAX];
};

static volatile sig_atomic_t is_asked_to_stop;

static void ask_to_stop(int signal_number)
{
    (void)signal_number;
    is_asked_to_stop = 1;
}

/* ---- the link ---- */

static void watch(struct feeder *feeder)
{
    const struct session_counters *counters = link_client_counters(feeder->link);
    int64_t now_ns = clock_monotonic_ns();
    if (feeder->was_welcome && !counters->is_welcome)
        printf("DEAD ns=%" PRId64 "\n", now_ns);
    feeder->was_welcome = counters->is_welcome;
    bool is_idle = link_client_is_idle(feeder->link);
    if (counters->acked_seq == feeder->acked_seq && !is_idle)
        return;
    if (now_ns - feeder->progress_ns > STALL_NS && counters->acked_seq > feeder->acked_seq) {
        printf("RESUMED ns=%" PRId64 " acked=%" PRIu64 " after_ms=%.1f\n", now_ns, counters->acked_seq,
               (double)(now_ns - feeder->progress_ns) / NS_PER_MS);
        feeder->resumed++;
    }
    feeder->acked_seq = counters->acked_seq;
    feeder->progress_ns = now_ns;
}

static void pump(struct feeder *feeder, int timeout_ms)
{
    link_client_pump(feeder->link, timeout_ms);
    watch(feeder);
}

/* Until is_done; the program ends when nothing moves for the time-out. */
static void wait_for(struct feeder *feeder, bool (*is_done)(const struct feeder *))
{
    while (!is_done(feeder)) {
        pump(feeder, PUMP_MS);
        if ((double)(clock_monotonic_ns() - feeder->progress_ns) > feeder->options.timeout_s * NS_PER_S) {
            fprintf(stderr, "feeder: source %" PRIu32 " gives up at seq %" PRIu64 ", acknowledged %" PRIu64 "\n",
                    feeder->options.source, feeder->next_seq - 1, feeder->acked_seq);
            exit(1);
        }
    }
}

static bool has_room(const struct feeder *feeder)
{
    return link_client_has_room(feeder->link, FRAME_BYTES_MAX);
}

static bool is_idle(const struct feeder *feeder)
{
    return link_client_is_idle(feeder->link);
}

static void say(struct feeder *feeder, const struct frame *frame, uint64_t first_seq, uint32_t count)
{
    if (feeder->twin)
        twin_apply(feeder->twin, frame);
    if (feeder->options.is_patient && !has_room(feeder))
        wait_for(feeder, has_room);
    size_t size = frame_encode(frame, feeder->bytes, sizeof feeder->bytes);
    if (size == 0 || !link_client_push(feeder->link, first_seq, count, feeder->bytes, (uint32_t)size)) {
        fprintf(stderr, "feeder: a frame does not fit into the ring\n");
        exit(1);
    }
    pump(feeder, 0);
}

/* ---- frames ---- */

static struct mark mark_here(const struct feeder *feeder, uint32_t burst)
{
    return (struct mark){
        .source = feeder->options.source,
        .epoch = feeder->epoch,
        .run = feeder->run,
        .burst = burst,
        .at_seq = feeder->next_seq,
        .t_ns = START_NS + (uint64_t)feeder->burst_number * feeder->options.period_s * (uint64_t)NS_PER_S,
    };
}

static void hello_to_twin(struct feeder *feeder)
{
    struct frame frame = {.kind = FRAME_HELLO};
    frame.as.hello = (struct hello){.schema = WIRE_SCHEMA,
                                    .source = feeder->options.source,
                                    .epoch = feeder->epoch,
                                    .next_seq = 1,
                                    .oldest_seq = 1,
                                    .name = {"twin", 4}};
    twin_apply(feeder->twin, &frame);
}

static void begin_run(struct feeder *feeder)
{
    struct frame frame = {.kind = FRAME_RUN_BEGIN};
    frame.as.run_begin = (struct run_begin){.mark = mark_here(feeder, 0), .origin = ORIGIN_SIMULATION};
    say(feeder, &frame, feeder->next_seq, 0);
    feeder->in_run = true;
    feeder->burst = 0;
}

static void end_run(struct feeder *feeder)
{
    if (!feeder->in_run)
        return;
    struct frame frame = {.kind = FRAME_RUN_END};
    frame.as.run_end = mark_here(feeder, 0);
    say(feeder, &frame, feeder->next_seq, 0);
    feeder->in_run = false;
}

static void begin_burst(struct feeder *feeder, int32_t input_downscaling)
{
    struct frame frame = {.kind = FRAME_BURST_BEGIN};
    feeder->burst++;
    feeder->burst_number++;
    frame.as.burst_begin = (struct burst_begin){mark_here(feeder, feeder->burst), input_downscaling};
    say(feeder, &frame, feeder->next_seq, 0);
}

static void end_burst(struct feeder *feeder, uint64_t sent)
{
    struct frame frame = {.kind = FRAME_BURST_END};
    frame.as.burst_end = (struct burst_end){.mark = mark_here(feeder, feeder->burst),
                                            .generated = 41 * sent,
                                            .kept = 41 * sent / 150,
                                            .downscaling = 150,
                                            .sent = sent,
                                            .intensity = 1,
                                            .live_ppm = 1000000};
    frame.as.burst_end.mark.t_ns += 5 * (uint64_t)NS_PER_S;
    say(feeder, &frame, feeder->next_seq, 0);
}

static void lose(struct feeder *feeder, uint32_t count)
{
    if (count == 0)
        return;
    struct frame frame = {.kind = FRAME_LOST};
    frame.as.lost = (struct lost){feeder->options.source, feeder->epoch, feeder->next_seq, feeder->next_seq + count - 1,
                                  LOSS_INJECTED};
    say(feeder, &frame, feeder->next_seq, 0);
    feeder->next_seq += count;
}

/* At a rate: until the time of the next candidate has come. */
static void pace(struct feeder *feeder)
{
    if (feeder->options.rate_hz <= 0)
        return;
    int64_t due_ns = feeder->start_ns + (int64_t)((double)feeder->next_seq / feeder->options.rate_hz * NS_PER_S);
    for (int64_t left_ns; (left_ns = due_ns - clock_monotonic_ns()) > 0 && !is_asked_to_stop;) {
        if (left_ns >= NS_PER_MS) {
            pump(feeder, left_ns < PUMP_MS * NS_PER_MS ? (int)(left_ns / NS_PER_MS) : PUMP_MS);
            continue;
        }
        pump(feeder, 0);
        nanosleep(&(struct timespec){.tv_nsec = left_ns}, NULL);
    }
}

/* At most `left` candidates; returns how many. */
static uint32_t send_batch(struct feeder *feeder, uint32_t left)
{
    uint32_t count = 1 + (uint32_t)(random_word(&feeder->random) % feeder->options.batch_max);
    uint32_t max_batch = link_client_max_batch(feeder->link);
    count = count < max_batch ? count : max_batch;
    count = count < left ? count : left;
    uint32_t first = (uint32_t)(random_word(&feeder->random) % (feeder->pool.count - count + 1));
    struct frame frame = {.kind = FRAME_BATCH};
    struct batch *batch = &frame.as.batch;
    *batch = (struct batch){.schema = WIRE_SCHEMA,
                            .source = feeder->options.source,
                            .epoch = feeder->epoch,
                            .first_seq = feeder->next_seq,
                            .run = feeder->run,
                            .burst = feeder->burst,
                            .columns = pool_columns(&feeder->pool, first, count)};
    batch->crc32c = batch_crc32c(batch);
    say(feeder, &frame, feeder->next_seq, count);
    feeder->next_seq += count;
    return count;
}

static void send_burst(struct feeder *feeder, uint32_t lost, int32_t input_downscaling)
{
    uint64_t first_seq = feeder->next_seq;
    begin_burst(feeder, input_downscaling);
    for (uint32_t left = feeder->options.burst_candidates; left > 0 && !is_asked_to_stop;) {
        pace(feeder);
        left -= send_batch(feeder, left);
    }
    lose(feeder, lost);
    end_burst(feeder, feeder->next_seq - first_seq);
}

/* ---- what is to be sent ---- */

static void next_run(struct feeder *feeder)
{
    end_run(feeder);
    feeder->run++;
    begin_run(feeder);
}

static void send_all(struct feeder *feeder)
{
    const struct feeder_options *options = &feeder->options;
    for (uint32_t i = 0; i < options->bursts && !is_asked_to_stop; i++) {
        if (options->bursts_per_run > 0 && i > 0 && i % options->bursts_per_run == 0)
            next_run(feeder);
        bool is_lossy = options->loss_every > 0 && i % options->loss_every == options->loss_every - 1;
        send_burst(feeder, is_lossy ? LOSS_CANDIDATES : 0, 1);
    }
}

/* A line of the standard input while the link is served; false at its end. */
static bool read_command(struct feeder *feeder, char line[COMMAND_SIZE])
{
    size_t size = 0;
    while (size < COMMAND_SIZE - 1) {
        struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
        if (poll(&input, 1, 0) <= 0) {
            pump(feeder, 1);
            continue;
        }
        if (read(STDIN_FILENO, line + size, 1) != 1)
            return false;
        if (line[size] == '\n')
            break;
        size++;
    }
    line[size] = '\0';
    return true;
}

static void obey(struct feeder *feeder, const char *line)
{
    uint32_t count, lost;
    int32_t input_downscaling;
    char alarm_id[COMMAND_SIZE];
    if (sscanf(line, "burst %" SCNu32 " %" SCNu32 " %" SCNd32, &count, &lost, &input_downscaling) == 3)
        for (; count > 0; count--)
            send_burst(feeder, lost, input_downscaling);
    else if (strcmp(line, "run") == 0)
        next_run(feeder);
    else if (sscanf(line, "ack %159s", alarm_id) == 1 && feeder->twin)
        printf("ACKNOWLEDGED %s %d\n", alarm_id, twin_acknowledge(feeder->twin, alarm_id));
    wait_for(feeder, is_idle);
    if (feeder->twin)
        twin_tell_alarms(feeder->twin, stdout);
    printf("AT run=%" PRIu32 " burst=%" PRIu32 " seq=%" PRIu64 "\n", feeder->run, feeder->burst, feeder->next_seq);
}

static void obey_all(struct feeder *feeder)
{
    char line[COMMAND_SIZE];
    while (!is_asked_to_stop && read_command(feeder, line) && strcmp(line, "end") != 0)
        obey(feeder, line);
}

/* ---- life ---- */

static void print_result(const struct feeder *feeder, double seconds)
{
    const struct session_counters *c = link_client_counters(feeder->link);
    uint64_t lost = 0;
    for (int cause = 0; cause < LOSS_CAUSE_COUNT; cause++)
        lost += c->lost[cause];
    printf("SENT source=%" PRIu32 " epoch=%" PRIu64 " sent=%" PRIu64 " acked=%" PRIu64 " lost=%" PRIu64
           " injected=%" PRIu64 " overrun=%" PRIu64 " refused=%" PRIu64 " run=%" PRIu32 " bursts=%" PRIu32,
           feeder->options.source, feeder->epoch, feeder->next_seq - 1, c->acked_seq, lost, c->lost[LOSS_INJECTED],
           c->lost[LOSS_RING_OVERRUN], c->lost[LOSS_REFUSED], feeder->run, feeder->burst_number);
    printf(" resent_frames=%" PRIu64 " dropped_marks=%" PRIu64 " connections=%" PRIu64 " resumed=%" PRIu64
           " seconds=%.3f rate_hz=%.0f\n",
           c->resent_frames, c->dropped_marks, c->connections, feeder->resumed, seconds,
           (double)(feeder->next_seq - 1) / seconds);
}

static void connect_link(struct feeder *feeder)
{
    const struct feeder_options *options = &feeder->options;
    struct link_client_config config = {.endpoint = options->link,
                                        .source = options->source,
                                        .epoch = options->epoch,
                                        .name = "feeder",
                                        .ring_bytes = options->ring_mib << 20};
    feeder->link = link_client_create(NULL, &config);
    if (!feeder->link) {
        fprintf(stderr, "feeder: cannot connect to '%s'\n", options->link);
        exit(1);
    }
    feeder->epoch = link_client_epoch(feeder->link);
}

static void start(struct feeder *feeder)
{
    struct feeder_options *options = &feeder->options;
    struct pool_config pool = {options->pool, options->seed, options->signal_mass_mev, options->u2};
    options->is_patient |= options->rate_hz <= 0;
    pool_init(&feeder->pool, &pool);
    random_init(&feeder->random, options->seed, options->source);
    connect_link(feeder);
    feeder->next_seq = 1;
    feeder->run = options->run;
    feeder->start_ns = feeder->progress_ns = clock_monotonic_ns();
    if (options->is_commanded || options->expect) {
        feeder->twin = twin_create();
        hello_to_twin(feeder);
    }
}

static bool write_expectation(const struct feeder *feeder)
{
    FILE *file = fopen(feeder->options.expect, "w");
    if (!file)
        return false;
    twin_write(feeder->twin, file);
    return fclose(file) == 0;
}

int main(int argc, char **argv)
{
    static struct feeder feeder;
    if (!feeder_options_parse(&feeder.options, argc, argv))
        return 2;
    signal(SIGTERM, ask_to_stop);
    signal(SIGINT, ask_to_stop);
    setvbuf(stdout, NULL, _IOLBF, 0);
    start(&feeder);
    begin_run(&feeder);
    if (feeder.options.is_commanded)
        obey_all(&feeder);
    else
        send_all(&feeder);
    end_run(&feeder);
    wait_for(&feeder, is_idle);
    print_result(&feeder, (double)(clock_monotonic_ns() - feeder.start_ns) / NS_PER_S);
    bool is_written = !feeder.options.expect || write_expectation(&feeder);
    link_client_destroy(feeder.link);
    twin_destroy(feeder.twin);
    pool_fini(&feeder.pool);
    return is_written ? 0 : 1;
}
