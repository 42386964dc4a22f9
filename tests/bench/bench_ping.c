/* SPDX-License-Identifier: MIT */
/*
 * bench_ping - what ZeroMQ alone takes: one-way time of 64-byte messages from one process to another, PUSH to PULL, the
 * receiver blocking. The measure for the latency of the daemon. Prints one JSON line.
 *
 * Usage: bench_ping ENDPOINT RATE_HZ SECONDS
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zmq.h>

#include "bench.h"

#define MESSAGE_BYTES 64
/* An attempt to connect before the other side is bound is repeated only after 100 ms. */
#define BOUND_NS 300000000
#define CONNECTED_NS 100000000

static void die(const char *what)
{
    fprintf(stderr, "bench_ping: %s: %s\n", what, zmq_strerror(zmq_errno()));
    exit(1);
}

static void send_paced(const char *endpoint, double rate_hz, long count)
{
    unsigned char message[MESSAGE_BYTES] = {0};
    prctl(PR_SET_PDEATHSIG, SIGKILL); /* never outlives the receiver */
    bench_sleep_until_ns(bench_now_ns() + BOUND_NS);
    void *socket = zmq_socket(zmq_ctx_new(), ZMQ_PUSH);
    if (zmq_connect(socket, endpoint) != 0)
        die(endpoint);
    bench_sleep_exactly();
    int64_t start_ns = bench_now_ns() + CONNECTED_NS;
    for (long i = 0; i < count; i++) {
        bench_sleep_until_ns(start_ns + (int64_t)((double)i * 1e9 / rate_hz));
        int64_t now_ns = bench_now_ns();
        memcpy(message, &now_ns, sizeof now_ns);
        if (zmq_send(socket, message, sizeof message, 0) < 0)
            die("send");
    }
    sleep(1);
    _exit(0);
}

static void receive(void *socket, int64_t *latencies_ns, long count)
{
    unsigned char message[MESSAGE_BYTES];
    for (long i = 0; i < count; i++) {
        int64_t sent_ns;
        if (zmq_recv(socket, message, sizeof message, 0) < 0)
            die("receive");
        memcpy(&sent_ns, message, sizeof sent_ns);
        latencies_ns[i] = bench_now_ns() - sent_ns;
    }
}

int main(int argc, char **argv)
{
    if (argc != 4) {
        fprintf(stderr, "usage: bench_ping ENDPOINT RATE_HZ SECONDS\n");
        return 2;
    }
    double rate_hz = strtod(argv[2], NULL);
    long count = (long)(rate_hz * strtod(argv[3], NULL));
    int64_t *latencies_ns = calloc((size_t)count, sizeof *latencies_ns);
    if (count < 1 || !latencies_ns)
        die("arguments");
    pid_t sender = fork(); /* before any context: they do not survive it */
    if (sender == 0)
        send_paced(argv[1], rate_hz, count);
    void *context = zmq_ctx_new();
    void *socket = zmq_socket(context, ZMQ_PULL);
    int timeout_ms = 5000;
    zmq_setsockopt(socket, ZMQ_RCVTIMEO, &timeout_ms, sizeof timeout_ms);
    if (zmq_bind(socket, argv[1]) != 0)
        die(argv[1]);
    receive(socket, latencies_ns, count);
    bench_sort_ns(latencies_ns, (size_t)count);
    printf("{\"messages\":%ld,\"p50_us\":%.1f,\"p99_us\":%.1f,\"max_us\":%.1f}\n", count,
           bench_quantile_us(latencies_ns, (size_t)count, 0.5), bench_quantile_us(latencies_ns, (size_t)count, 0.99),
           bench_quantile_us(latencies_ns, (size_t)count, 1));
    waitpid(sender, NULL, 0);
    free(latencies_ns);
    zmq_close(socket);
    zmq_ctx_term(context);
    return 0;
}
