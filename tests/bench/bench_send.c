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
#include <string.h>
#include <zmq.h>

#include "wire/frame_codec.h"
#include "wire/recording.h"

struct stored {
    unsigned char *bytes;
    size_t size, capacity;
};

static void die(const char *what)
{
    fprintf(stderr, "bench_send: %s: %s\n", what, zmq_strerror(zmq_errno()));
    exit(1);
}

/* Frames one after another, each after its size. */
static void append(struct stored *stored, const unsigned char *bytes, size_t size)
{
    if (stored->size + sizeof size + size > stored->capacity) {
        stored->capacity = 2 * stored->capacity + FRAME_BYTES_MAX;
        stored->bytes = realloc(stored->bytes, stored->capacity);
        if (!stored->bytes)
            die("memory");
    }
    memcpy(stored->bytes + stored->size, &size, sizeof size);
    memcpy(stored->bytes + stored->size + sizeof size, bytes, size);
    stored->size += sizeof size + size;
}

static struct stored read_batches(const char *path, uint64_t candidates)
{
    struct stored stored = {0};
    struct recording_reader *reader = recording_open(path);
    const unsigned char *bytes;
    size_t size;
    uint64_t t_ns;
    if (!reader)
        die(path);
    while (candidates > 0 && recording_read(reader, &bytes, &size, &t_ns) == RECORDING_FRAME) {
        struct frame frame;
        if (frame_decode(bytes, size, &frame) != REFUSAL_NONE || frame.kind != FRAME_BATCH)
            continue;
        uint32_t count = frame.as.batch.columns.count;
        append(&stored, bytes, size);
        candidates -= count < candidates ? count : candidates;
    }
    recording_reader_close(reader);
    return stored;
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

static void send_all(void *socket, const struct stored *stored)
{
    for (size_t at = 0; at < stored->size;) {
        size_t size;
        memcpy(&size, stored->bytes + at, sizeof size);
        send_in_place(socket, stored->bytes + at + sizeof size, size);
        at += sizeof size + size;
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
    struct stored stored = read_batches(argv[1], argc > 3 ? strtoull(argv[3], NULL, 10) : UINT64_MAX);
    void *context = zmq_ctx_new();
    void *socket = zmq_socket(context, ZMQ_PUSH);
    if (zmq_connect(socket, argv[2]) != 0)
        die(argv[2]);
    send_all(socket, &stored);
    while (getchar() != EOF)
        ;
    int linger_ms = 0;
    zmq_setsockopt(socket, ZMQ_LINGER, &linger_ms, sizeof linger_ms);
    zmq_close(socket);
    zmq_ctx_term(context);
    free(stored.bytes);
    return 0;
}
