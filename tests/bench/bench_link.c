/* SPDX-License-Identifier: MIT */
/*
 * bench_link - candidates per second from a front-end's link client over ipc to decided and counted, by batch size.
 *
 * Two processes, so that each has a core: the parent is the daemon's side (link, monitor, publisher in the event loop),
 * the child a source that pushes as fast as its ring has room. One line of JSON: candidates/s by wall time, and ns of
 * CPU time of the daemon's event thread per candidate.
 */
#include <event2/event.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <zmq.h>

#include "io/link.h"
#include "io/link_client.h"
#include "io/publisher.h"
#include "wire/frame_codec.h"

#define SECONDS 2.0
#define EPOCH 1
#define CREDIT 262144u

static const uint32_t sizes[] = {1, 16, 64, 256, 1024, 4096};

static double seconds_of(clockid_t clock)
{
    struct timespec time;
    clock_gettime(clock, &time);
    return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

/* ---- the source ---- */

static unsigned char columns[CANDIDATE_COLUMN_COUNT][4 * BATCH_CANDIDATES_MAX];

/* Uniform in [low, low + width), of 32-bit words. */
static void fill(enum candidate_column column, uint32_t low, uint32_t width)
{
    for (uint32_t i = 0; i < BATCH_CANDIDATES_MAX; i++)
        store_le32(columns[column] + 4 * i, low + (width ? (uint32_t)rand() % width : 0));
}

/* Candidates that pass the selection, spread over the bins: 75 GeV/c kaons, pairs of about half of that. */
static void make_columns(void)
{
    srand(1);
    fill(COLUMN_K_PZ, 74000u << 13, 2000u << 13);
    fill(COLUMN_PI0_PX, 0, 100u << 13);
    fill(COLUMN_PI0_PZ, 20000u << 13, 10000u << 13);
    fill(COLUMN_E_PY, 0, 100u << 13);
    fill(COLUMN_E_PZ, 5000u << 13, 20000u << 13);
    fill(COLUMN_TIME, 0, 120000000u);
    fill(COLUMN_VERTEX_Z, 110000u, 70000u);
    fill(COLUMN_M_GG, MASS_PI0_Q13 - (3u << 13), 6u << 13);
    fill(COLUMN_E_OVER_P, 930u, 180u);
    fill(COLUMN_DT, 0, 2000u);
    fill(COLUMN_DT_K, 0, 2000u);
    fill(COLUMN_CDA, 0, 20000u);
    fill(COLUMN_FLAGS, 0, 1u << 12);
}

static uint32_t encode(struct frame *frame, uint64_t seq, uint32_t count, unsigned char *bytes)
{
    if (count > 0) {
        frame->kind = FRAME_BATCH;
        frame->as.batch =
            (struct batch){.schema = WIRE_SCHEMA, .source = 1, .epoch = EPOCH, .first_seq = seq, .run = 1, .burst = 1};
        frame->as.batch.columns.count = count;
        for (int column = 0; column < CANDIDATE_COLUMN_COUNT; column++)
            frame->as.batch.columns.column[column] = columns[column];
        frame->as.batch.crc32c = batch_crc32c(&frame->as.batch);
    }
    return (uint32_t)frame_encode(frame, bytes, FRAME_BYTES_MAX);
}

static void push(struct link_client *client, uint64_t seq, uint32_t count, const unsigned char *bytes, uint32_t size)
{
    while (!link_client_has_room(client, size))
        link_client_pump(client, 10);
    if (!link_client_push(client, seq, count, bytes, size))
        abort();
    link_client_pump(client, 0);
}

/* Sends until it is killed. */
static void run_source(const char *endpoint, uint32_t count)
{
    static unsigned char bytes[FRAME_BYTES_MAX];
    const struct link_client_config config = {.endpoint = endpoint, .source = 1, .epoch = EPOCH, .name = "bench"};
    struct link_client *client = link_client_create(NULL, &config);
    struct frame frame = {.kind = FRAME_RUN_BEGIN};
    const struct mark mark = {1, EPOCH, 1, 0, 1, 1};
    frame.as.run_begin = (struct run_begin){.mark = mark, .origin = ORIGIN_SIMULATION};
    push(client, 1, 0, bytes, encode(&frame, 1, 0, bytes));
    frame = (struct frame){.kind = FRAME_BURST_BEGIN};
    frame.as.burst_begin = (struct burst_begin){mark, 1};
    frame.as.burst_begin.mark.burst = 1;
    push(client, 1, 0, bytes, encode(&frame, 1, 0, bytes));
    make_columns();
    for (uint64_t seq = 1;; seq += count)
        push(client, seq, count, bytes, encode(&frame, seq, count, bytes));
}

/* ---- the daemon ---- */

static void on_burst(void *context, const struct burst_summary *summary)
{
    (void)context;
    (void)summary;
}

static void on_alarm(void *context, const struct alarm *alarm)
{
    (void)context;
    (void)alarm;
}

static void run_loop(struct event_base *base, double seconds)
{
    struct timeval limit = {(time_t)seconds, (suseconds_t)((seconds - (double)(time_t)seconds) * 1e6)};
    event_base_loopexit(base, &limit);
    event_base_dispatch(base);
}

static void measure(const char *endpoint, uint32_t count, const char *separator)
{
    pid_t child = fork();
    if (child == 0)
        run_source(endpoint, count);
    const struct monitor_config config = {
        .f_sys = 0.03, .thresholds = alarm_default_thresholds(), .close_timeout_ns = INT64_MAX};
    const struct monitor_observer observer = {NULL, on_burst, on_alarm};
    const struct envelope envelope = {.instance = "bench"};
    const struct link_config linking = {endpoint, CREDIT, BATCH_CANDIDATES_MAX, &envelope};
    void *zmq = zmq_ctx_new();
    struct event_base *base = event_base_new();
    event_base_priority_init(base, 2);
    struct monitor *monitor = monitor_create(&config, &template_paper, &observer);
    struct publisher *publisher = publisher_create(base, zmq, "inproc://bench");
    struct link *link = link_create(base, zmq, &linking, monitor, publisher, NULL);
    run_loop(base, 0.5);
    const struct link_counters before = *link_counters(link);
    double wall = seconds_of(CLOCK_MONOTONIC), cpu = seconds_of(CLOCK_THREAD_CPUTIME_ID);
    run_loop(base, SECONDS);
    const struct link_counters after = *link_counters(link);
    double candidates = (double)(after.candidates - before.candidates), p50, p99;
    wall = seconds_of(CLOCK_MONOTONIC) - wall;
    cpu = seconds_of(CLOCK_THREAD_CPUTIME_ID) - cpu;
    link_latency_us(link, &p50, &p99);
    printf("%s\"%u\": {\"candidates_per_s\": %.3e, \"messages_per_s\": %.3e, \"cpu_ns_per_candidate\": %.2f, "
           "\"latency_p50_us\": %.2f, \"latency_p99_us\": %.2f, \"refused\": %llu, \"saves\": %llu}",
           separator, count, candidates / wall, (double)(after.frames - before.frames) / wall, cpu * 1e9 / candidates,
           p50, p99,
           (unsigned long long)(after.refused[REFUSAL_GAP] + after.refused[REFUSAL_BAD_SEQ] + after.duplicates),
           (unsigned long long)after.safety_saves);
    fflush(stdout);
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    link_destroy(link);
    publisher_destroy(publisher);
    monitor_destroy(monitor);
    event_base_free(base);
    zmq_ctx_term(zmq);
}

/* A batch size as argument measures only that. */
int main(int argc, char **argv)
{
    uint32_t only = argc > 1 ? (uint32_t)atoi(argv[1]) : 0;
    char directory[] = "/tmp/hnlmon-bench-XXXXXX", endpoint[64];
    if (!mkdtemp(directory))
        return 1;
    snprintf(endpoint, sizeof endpoint, "ipc://%s/link", directory);
    printf("{\"link_ipc\": {");
    fflush(stdout);
    if (only >= 1 && only <= BATCH_CANDIDATES_MAX)
        measure(endpoint, only, "");
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes && !only; i++)
        measure(endpoint, sizes[i], i ? ", " : "");
    printf("}}\n");
    unlink(endpoint + strlen("ipc://"));
    return rmdir(directory);
}
