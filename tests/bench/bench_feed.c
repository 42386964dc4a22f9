/* SPDX-License-Identifier: MIT */
/*
 * bench_feed - the cheapest front-end: plays a recording of one source to the daemon from memory, within the credit.
 *
 * It keeps nothing to send it again and gives up at the first refusal. It is to the daemon what bench_send is to the
 * yardsticks, so that the receivers are compared and not the senders. Prints one JSON line: the time is from the first
 * frame to the acknowledgement of the last candidate.
 *
 * Usage: bench_feed FILE LINK
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <zmq.h>

#include "bench.h"
#include "frames.h"

#define ANSWER_MS 20000
#define LISTEN_FRAMES 64 /* answers are looked for once in so many frames */

struct feed {
    void *socket;
    uint64_t credit_seq, durable_seq;
};

static void die(const char *what)
{
    fprintf(stderr, "bench_feed: %s: %s\n", what, zmq_strerror(zmq_errno()));
    exit(1);
}

static void keep(void *data, void *hint)
{
    (void)data;
    (void)hint;
}

static void send_in_place(void *socket, const struct stored_frame *frame)
{
    zmq_msg_t message;
    zmq_msg_init_data(&message, frame->bytes, frame->size, keep, NULL);
    if (zmq_msg_send(&message, socket, 0) < 0)
        die("send");
}

/* Takes one answer; false when there is none within the time of the socket. */
static bool listen_once(struct feed *feed, int flags)
{
    unsigned char bytes[1024];
    struct daemon_frame frame;
    int size = zmq_recv(feed->socket, bytes, sizeof bytes, flags);
    if (size < 0)
        return false;
    if (!daemon_frame_decode(bytes, (size_t)size, &frame) || frame.kind == DAEMON_REJECT)
        die(frame.kind == DAEMON_REJECT ? refusal_name(frame.as.reject.reason) : "not an answer");
    if (frame.kind == DAEMON_WELCOME) {
        feed->credit_seq = frame.as.welcome.credit_seq;
    } else {
        feed->credit_seq = frame.as.ack.credit_seq;
        feed->durable_seq = frame.as.ack.durable_seq;
    }
    return true;
}

static void listen_until(struct feed *feed, const uint64_t *seq, uint64_t at_least)
{
    while (*seq < at_least) {
        if (!listen_once(feed, 0))
            die("no answer");
    }
}

/* The recording begins with Hello, then frames in order. */
static void play(struct feed *feed, const struct frames *frames)
{
    uint64_t seq = 0;
    for (size_t i = 0; i < frames->count; i++) {
        seq += frames->frames[i].count;
        if (i % LISTEN_FRAMES == 0) {
            while (listen_once(feed, ZMQ_DONTWAIT))
                ;
        }
        listen_until(feed, &feed->credit_seq, seq);
        send_in_place(feed->socket, &frames->frames[i]);
        if (i == 0)
            listen_until(feed, &feed->credit_seq, 1);
    }
    listen_until(feed, &feed->durable_seq, seq);
}

int main(int argc, char **argv)
{
    if (argc != 3) {
        fprintf(stderr, "usage: bench_feed FILE LINK\n");
        return 2;
    }
    struct frames frames = frames_read(argv[1], UINT64_MAX);
    void *context = zmq_ctx_new();
    struct feed feed = {.socket = zmq_socket(context, ZMQ_DEALER)};
    int timeout_ms = ANSWER_MS, linger_ms = 0;
    zmq_setsockopt(feed.socket, ZMQ_RCVTIMEO, &timeout_ms, sizeof timeout_ms);
    zmq_setsockopt(feed.socket, ZMQ_LINGER, &linger_ms, sizeof linger_ms);
    if (zmq_connect(feed.socket, argv[2]) != 0)
        die(argv[2]);
    int64_t begin_ns = bench_now_ns();
    play(&feed, &frames);
    double seconds = (double)(bench_now_ns() - begin_ns) * 1e-9;
    printf("{\"candidates\":%" PRIu64 ",\"seconds\":%.4f}\n", frames.candidates, seconds);
    zmq_close(feed.socket);
    zmq_ctx_term(context);
    frames_free(&frames);
    return 0;
}
