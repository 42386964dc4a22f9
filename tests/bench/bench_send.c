/* SPDX-License-Identifier: MIT */
/*
 * bench_send - plays the batches of a recording to a yardstick: one PUSH message per frame, as fast as the other side
 * takes them, then an empty message as the end.
 *
 * The frames are read into memory before the first is sent, so that the disk is not measured. Marks are left out. After
 * the end it waits for its standard input to end: a PUSH socket that closes while the other side is at its high-water
 * mark loses its tail, whatever its linger time.
 *
 * Usage: bench_send FILE ENDPOINT [CANDIDATES]     stops after the batch that reaches CANDIDATES
 */
#include <stdio.h>
#include <stdlib.h>
#include <zmq.h>

#include "frames.h"

static void die(const char *what)
{
    fprintf(stderr, "bench_send: %s: %s\n", what, zmq_strerror(zmq_errno()));
    exit(1);
}

static void keep(void *data, void *hint)
{
    (void)data;
    (void)hint;
}

/* libzmq sends from our memory; it copies messages of up to 33 bytes only. */
static void send_in_place(void *socket, unsigned char *bytes, size_t size)
{
    zmq_msg_t message;
    zmq_msg_init_data(&message, bytes, size, keep, NULL);
    if (zmq_msg_send(&message, socket, 0) < 0)
        die("send");
}

static void send_all(void *socket, const struct frames *frames)
{
    for (size_t i = 0; i < frames->count; i++) {
        if (frames->frames[i].count > 0)
            send_in_place(socket, frames->frames[i].bytes, frames->frames[i].size);
    }
    if (zmq_send(socket, "", 0, 0) < 0)
        die("send");
}

int main(int argc, char **argv)
{
    if (argc < 3) {
        fprintf(stderr, "usage: bench_send FILE ENDPOINT [CANDIDATES]\n");
        return 2;
    }
    struct frames frames = frames_read(argv[1], argc > 3 ? strtoull(argv[3], NULL, 10) : UINT64_MAX);
    void *context = zmq_ctx_new();
    void *socket = zmq_socket(context, ZMQ_PUSH);
    if (zmq_connect(socket, argv[2]) != 0)
        die(argv[2]);
    send_all(socket, &frames);
    while (getchar() != EOF)
        ;
    int linger_ms = 0;
    zmq_setsockopt(socket, ZMQ_LINGER, &linger_ms, sizeof linger_ms);
    zmq_close(socket);
    zmq_ctx_term(context);
    frames_free(&frames);
    return 0;
}
