/* SPDX-License-Identifier: MIT */
/*
 * bench_decode - time per candidate of frame_decode, by batch size, with and without the checksum.
 *
 * One line of JSON. Each figure is the best of several rounds: the machine can only add to it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "wire/frame_codec.h"

#define ROUNDS 15
#define ROUND_NS 20e6

static unsigned char column_bytes[4 * BATCH_CANDIDATES_MAX];
static unsigned char frame_bytes[FRAME_BYTES_MAX];

static double now_ns(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

static size_t make_frame(uint32_t count, int with_crc)
{
    struct frame frame = {.kind = FRAME_BATCH};
    struct batch *batch = &frame.as.batch;
    *batch = (struct batch){.schema = WIRE_SCHEMA,
                            .source = 1,
                            .epoch = 0x0123456789ABCDEF,
                            .first_seq = 1000000,
                            .run = 12345,
                            .burst = 678,
                            .columns = {.count = count}};
    for (int c = 0; c < CANDIDATE_COLUMN_COUNT; c++)
        batch->columns.column[c] = column_bytes;
    if (with_crc)
        batch->crc32c = batch_crc32c(batch);
    return frame_encode(&frame, frame_bytes, sizeof frame_bytes);
}

/* Time of one decode, ns. */
static double time_round(size_t size)
{
    struct frame frame;
    double begin_ns = now_ns();
    double end_ns = begin_ns;
    unsigned decodes = 0;
    while (end_ns - begin_ns < ROUND_NS) {
        for (int i = 0; i < 64; i++) {
            if (frame_decode(frame_bytes, size, &frame) != REFUSAL_NONE)
                abort();
        }
        decodes += 64;
        end_ns = now_ns();
    }
    return (end_ns - begin_ns) / decodes;
}

static double decode_ns_per_candidate(uint32_t count, int with_crc)
{
    size_t size = make_frame(count, with_crc);
    double best = time_round(size);
    for (int round = 1; round < ROUNDS; round++) {
        double time = time_round(size);
        best = time < best ? time : best;
    }
    return best / count;
}

int main(void)
{
    static const uint32_t counts[] = {1, 64, 256, 1024};
    const char *separator = "{";
    for (size_t i = 0; i < sizeof column_bytes; i++)
        column_bytes[i] = (unsigned char)(i * 7 + i / 256);
    for (int with_crc = 0; with_crc <= 1; with_crc++) {
        for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
            printf("%s\"decode%s_ns_per_candidate_B%u\":%.3f", separator, with_crc ? "_crc" : "", counts[i],
                   decode_ns_per_candidate(counts[i], with_crc));
            separator = ",";
        }
    }
    puts("}");
    return 0;
}
