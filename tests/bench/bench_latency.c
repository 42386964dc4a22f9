/* SPDX-License-Identifier: MIT */
/*
 * bench_latency - how long the daemon takes from a batch to the published trigger decision about it. Prints one JSON
 * line.
 *
 * Two processes: a front-end that hands batches to its link client at a steady rate, and a blocking subscriber to the
 * decisions of the unprescaled line. A latency counts from the hand-over of a batch, when its last candidate is there,
 * to its decision at the subscriber: two hops of ZeroMQ and the daemon between them. Candidates come from a recording
 * and get seqs, source and epoch of their own.
 *
 * Usage: bench_latency FILE LINK PUBLISH RATE_HZ SECONDS BATCH SOURCE
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zmq.h>

#include "bench.h"
#include "io/link_client.h"
#include "monitor.pb-c.h"
#include "wire/frame_codec.h"
#include "wire/recording.h"

#define TOPIC "hnlmon.v1.trigger.unprescaled."
#define WARM_UP_NS 500000000
#define SUBSCRIBED_NS 300000000

struct shared {
    uint64_t batches;
    int64_t handed_over_ns[];
};

struct front_end {
    struct link_client *link;
    struct batch batch;
    unsigned char *columns;
    unsigned char frame_bytes[FRAME_BYTES_MAX];
};

static void die(const char *what)
{
    fprintf(stderr, "bench_latency: %s: %s\n", what, zmq_strerror(zmq_errno()));
    exit(1);
}

/* The first `count` candidates of a recording with batches at least as long. */
static void load_columns(struct front_end *front_end, const char *path, uint32_t count)
{
    struct recording_reader *reader = recording_open(path);
    const unsigned char *bytes;
    size_t size;
    uint64_t t_ns;
    struct frame frame = {0};
    if (!reader)
        die(path);
    do {
        if (recording_read(reader, &bytes, &size, &t_ns) != RECORDING_FRAME)
            die("no batch is long enough");
    } while (frame_decode(bytes, size, &frame) != REFUSAL_NONE || frame.kind != FRAME_BATCH ||
             frame.as.batch.columns.count < count);
    front_end->columns = malloc((size_t)CANDIDATE_BYTES * count);
    if (!front_end->columns)
        die("memory");
    front_end->batch.columns.count = count;
    for (int column = 0; column < CANDIDATE_COLUMN_COUNT; column++) {
        unsigned char *own = front_end->columns + (size_t)4 * count * (size_t)column;
        memcpy(own, frame.as.batch.columns.column[column], (size_t)4 * count);
        front_end->batch.columns.column[column] = own;
    }
    recording_reader_close(reader);
}

static void push_frame(struct front_end *front_end, const struct frame *frame, uint64_t seq, uint32_t count)
{
    size_t size = frame_encode(frame, front_end->frame_bytes, sizeof front_end->frame_bytes);
    if (size == 0 || !link_client_push(front_end->link, seq, count, front_end->frame_bytes, (uint32_t)size))
        die("push");
    link_client_pump(front_end->link, 0);
}

static void push_mark(struct front_end *front_end, enum frame_kind kind)
{
    const struct batch *batch = &front_end->batch;
    struct mark mark = {
        batch->source, batch->epoch, batch->run, kind == FRAME_RUN_BEGIN ? 0 : batch->burst, batch->first_seq, 0};
    struct frame frame = {.kind = kind};
    if (kind == FRAME_RUN_BEGIN)
        frame.as.run_begin = (struct run_begin){.mark = mark, .origin = ORIGIN_SIMULATION};
    else
        frame.as.burst_begin = (struct burst_begin){.mark = mark, .input_downscaling = 1};
    push_frame(front_end, &frame, batch->first_seq, 0);
}

static void push_batch(struct front_end *front_end)
{
    struct frame frame = {.kind = FRAME_BATCH, .as.batch = front_end->batch};
    push_frame(front_end, &frame, front_end->batch.first_seq, front_end->batch.columns.count);
    front_end->batch.first_seq += front_end->batch.columns.count;
}

static void serve_until(struct link_client *link, int64_t due_ns)
{
    while (bench_now_ns() < due_ns)
        link_client_pump(link, 10);
}

static void start_front_end(struct front_end *front_end, const char *endpoint, uint32_t source)
{
    const struct link_client_config config = {.endpoint = endpoint, .source = source, .name = "bench_latency"};
    front_end->link = link_client_create(zmq_ctx_new(), &config);
    if (!front_end->link)
        die(endpoint);
    front_end->batch.schema = WIRE_SCHEMA;
    front_end->batch.source = source;
    front_end->batch.epoch = link_client_epoch(front_end->link);
    front_end->batch.first_seq = 1;
    front_end->batch.run = source; /* a run of its own */
    front_end->batch.burst = 1;
    front_end->batch.crc32c = batch_crc32c(&front_end->batch);
    push_mark(front_end, FRAME_RUN_BEGIN);
    push_mark(front_end, FRAME_BURST_BEGIN);
    serve_until(front_end->link, bench_now_ns() + WARM_UP_NS);
}

static void send_paced(struct front_end *front_end, struct shared *shared, double batches_per_s)
{
    bench_sleep_exactly();
    int64_t start_ns = bench_now_ns();
    for (uint64_t i = 0; i < shared->batches; i++) {
        bench_sleep_until_ns(start_ns + (int64_t)((double)i * 1e9 / batches_per_s));
        shared->handed_over_ns[i] = bench_now_ns();
        push_batch(front_end);
    }
    serve_until(front_end->link, bench_now_ns() + WARM_UP_NS);
    _exit(0);
}

static void *subscribe(const char *endpoint)
{
    void *socket = zmq_socket(zmq_ctx_new(), ZMQ_SUB);
    int timeout_ms = 5000, unlimited = 0;
    zmq_setsockopt(socket, ZMQ_RCVTIMEO, &timeout_ms, sizeof timeout_ms);
    zmq_setsockopt(socket, ZMQ_RCVHWM, &unlimited, sizeof unlimited);
    zmq_setsockopt(socket, ZMQ_SUBSCRIBE, TOPIC, strlen(TOPIC));
    if (zmq_connect(socket, endpoint) != 0)
        die(endpoint);
    return socket;
}

/* The first seq of the next decision; 0 when none came in time. Takes the time before decoding. */
static uint64_t next_decision(void *socket, int64_t *received_ns)
{
    unsigned char bytes[4096];
    if (zmq_recv(socket, bytes, sizeof bytes, 0) < 0)
        return 0;
    int size = zmq_recv(socket, bytes, sizeof bytes, 0);
    *received_ns = bench_now_ns();
    if (size < 0 || (size_t)size > sizeof bytes)
        return 0;
    Hnlmon__V1__Envelope *envelope = hnlmon__v1__envelope__unpack(NULL, (size_t)size, bytes);
    if (!envelope)
        die("not an Envelope");
    uint64_t seq = envelope->trigger_decisions ? envelope->trigger_decisions->first_seq : 0;
    hnlmon__v1__envelope__free_unpacked(envelope, NULL);
    return seq;
}

/* Returns how many decisions came. */
static size_t receive(void *socket, const struct shared *shared, uint32_t batch, int64_t *latencies_ns)
{
    size_t count = 0;
    int64_t received_ns = 0;
    uint64_t seq;
    while (count < shared->batches && (seq = next_decision(socket, &received_ns)) != 0)
        latencies_ns[count++] = received_ns - shared->handed_over_ns[(seq - 1) / batch];
    return count;
}

static void print_result(const struct shared *shared, int64_t *latencies_ns, size_t count)
{
    bench_sort_ns(latencies_ns, count);
    printf("{\"batches\":%zu,\"missing\":%zu,\"p50_us\":%.1f,\"p99_us\":%.1f,\"max_us\":%.1f}\n", count,
           (size_t)shared->batches - count, bench_quantile_us(latencies_ns, count, 0.5),
           bench_quantile_us(latencies_ns, count, 0.99), bench_quantile_us(latencies_ns, count, 1));
}

int main(int argc, char **argv)
{
    static struct front_end front_end;
    if (argc != 8) {
        fprintf(stderr, "usage: bench_latency FILE LINK PUBLISH RATE_HZ SECONDS BATCH SOURCE\n");
        return 2;
    }
    double rate_hz = strtod(argv[4], NULL);
    uint32_t batch = (uint32_t)strtoul(argv[6], NULL, 10);
    uint64_t batches = (uint64_t)(rate_hz * strtod(argv[5], NULL) / batch);
    size_t shared_bytes = sizeof(struct shared) + batches * sizeof(int64_t);
    // cppcheck-suppress invalidFunctionArg ; -1 is right without a file
    struct shared *shared = mmap(NULL, shared_bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    int64_t *latencies_ns = calloc(batches, sizeof *latencies_ns);
    if (shared == MAP_FAILED || !latencies_ns || batches == 0)
        die("arguments");
    shared->batches = batches;
    load_columns(&front_end, argv[1], batch);

    pid_t child = fork(); /* before any context: they do not survive it */
    if (child == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL); /* never outlives the subscriber */
        bench_sleep_until_ns(bench_now_ns() + SUBSCRIBED_NS);
        start_front_end(&front_end, argv[2], (uint32_t)strtoul(argv[7], NULL, 10));
        send_paced(&front_end, shared, rate_hz / batch);
    }
    size_t count = receive(subscribe(argv[3]), shared, batch, latencies_ns);
    waitpid(child, NULL, 0);
    if (count == 0)
        die("no decision came");
    print_result(shared, latencies_ns, count);
    free(latencies_ns);
    return 0;
}
