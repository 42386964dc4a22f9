/* SPDX-License-Identifier: MIT */
/*
 * bench_input - writes the recordings that all programs of the benchmark read.
 *
 * It is an input for measuring speed, not a simulation: a pool of generated candidates is gone through again and again
 * under ever new seqs, in bursts of 120,000. All files have the same candidates in the same order, as many as each
 * says.
 *
 * Usage: bench_input POOL SEED {BATCH CANDIDATES FILE}...
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "physics/event.h"
#include "wire/frame_codec.h"
#include "wire/recording.h"

#define BURST_CANDIDATES 120000u
#define BURST_PERIOD_NS 14400000000u
#define SPILL_COUNTS 192000000u /* 4.8 s of clock counts */
#define SOURCE 1
#define EPOCH 1
#define RUN 1

struct pool {
    uint64_t count;
    unsigned char *column[CANDIDATE_COLUMN_COUNT]; /* as on the wire */
};

struct input {
    const struct pool *pool;
    struct recording *recording;
    uint64_t next_seq;
    uint32_t burst;
    unsigned char column_bytes[CANDIDATE_COLUMN_COUNT][4 * BATCH_CANDIDATES_MAX];
    unsigned char frame_bytes[FRAME_BYTES_MAX];
};

static void die(const char *what)
{
    perror(what);
    exit(1);
}

static void store(struct pool *pool, uint64_t index, const struct candidate *c)
{
    const int32_t values[CANDIDATE_COLUMN_COUNT] = {
        c->k[0], c->k[1], c->k[2],     c->pi0[0], c->pi0[1],   c->pi0[2], c->e[0], c->e[1], c->e[2],
        0,       0,       c->vertex_z, c->m_gg,   c->e_over_p, c->dt,     c->dt_k, c->cda,
    };
    for (int column = 0; column < CANDIDATE_COLUMN_COUNT; column++)
        store_le32(pool->column[column] + 4 * index, (uint32_t)values[column]);
    store_le32(pool->column[COLUMN_FLAGS] + 4 * index, c->flags);
}

static void pool_fill(struct pool *pool, uint64_t count, uint64_t seed)
{
    static struct event_source source;
    struct event_config config = event_config_default(EVENT_PAPER);
    config.seed = seed;
    event_source_init(&source, &config);
    pool->count = count;
    for (int column = 0; column < CANDIDATE_COLUMN_COUNT; column++) {
        pool->column[column] = malloc(4 * count);
        if (!pool->column[column])
            die("bench_input");
    }
    for (uint64_t i = 0; i < count; i++) {
        struct candidate candidate;
        struct event_truth truth;
        event_source_next(&source, &candidate, &truth);
        store(pool, i, &candidate);
    }
}

static uint64_t source_time_ns(const struct input *input)
{
    return (uint64_t)input->burst * BURST_PERIOD_NS;
}

static struct mark mark_here(const struct input *input)
{
    return (struct mark){.source = SOURCE,
                         .epoch = EPOCH,
                         .run = RUN,
                         .burst = input->burst,
                         .at_seq = input->next_seq,
                         .t_ns = source_time_ns(input)};
}

static void write_frame(struct input *input, const struct frame *frame)
{
    size_t size = frame_encode(frame, input->frame_bytes, sizeof input->frame_bytes);
    if (size == 0 || !recording_write(input->recording, input->frame_bytes, size, source_time_ns(input)))
        die("bench_input: write");
}

static void write_hello(struct input *input)
{
    struct frame frame = {.kind = FRAME_HELLO};
    frame.as.hello = (struct hello){
        .schema = WIRE_SCHEMA, .source = SOURCE, .epoch = EPOCH, .next_seq = 1, .oldest_seq = 1, .name = {"bench", 5}};
    write_frame(input, &frame);
}

static void write_run_begin(struct input *input)
{
    struct frame frame = {.kind = FRAME_RUN_BEGIN};
    frame.as.run_begin = (struct run_begin){.mark = mark_here(input), .origin = ORIGIN_SIMULATION};
    write_frame(input, &frame);
}

static void write_burst_begin(struct input *input)
{
    struct frame frame = {.kind = FRAME_BURST_BEGIN};
    frame.as.burst_begin = (struct burst_begin){.mark = mark_here(input), .input_downscaling = 1};
    write_frame(input, &frame);
}

static void write_burst_end(struct input *input, uint64_t sent)
{
    struct frame frame = {.kind = FRAME_BURST_END};
    frame.as.burst_end = (struct burst_end){.mark = mark_here(input),
                                            .generated = 41 * sent,
                                            .kept = 41 * sent / 150,
                                            .downscaling = 150,
                                            .sent = sent,
                                            .intensity = 1,
                                            .live_ppm = 1000000};
    frame.as.burst_end.mark.t_ns += BURST_PERIOD_NS / 3;
    write_frame(input, &frame);
}

static void write_run_end(struct input *input)
{
    struct frame frame = {.kind = FRAME_RUN_END};
    frame.as.run_end = mark_here(input);
    frame.as.run_end.burst = 0;
    write_frame(input, &frame);
}

/* One in 150 is kept, as if its trigger had passed the downscaling; times are equally spaced over the spill. */
static void gather(struct input *input, uint32_t index, uint32_t place_in_burst)
{
    uint64_t from = (input->next_seq - 1 + index) % input->pool->count;
    for (int column = 0; column < CANDIDATE_COLUMN_COUNT; column++)
        memcpy(input->column_bytes[column] + (size_t)4 * index, input->pool->column[column] + 4 * from, 4);
    store_le32(input->column_bytes[COLUMN_TIME] + (size_t)4 * index,
               place_in_burst * (SPILL_COUNTS / BURST_CANDIDATES));
    unsigned char *flags = input->column_bytes[COLUMN_FLAGS] + (size_t)4 * index;
    if ((input->next_seq + index) % 150 == 0)
        store_le32(flags, load_le32(flags) | FLAG_KEPT);
}

static void write_batch(struct input *input, uint32_t count, uint32_t place_in_burst)
{
    struct frame frame = {.kind = FRAME_BATCH};
    struct batch *batch = &frame.as.batch;
    *batch = (struct batch){.schema = WIRE_SCHEMA,
                            .source = SOURCE,
                            .epoch = EPOCH,
                            .first_seq = input->next_seq,
                            .run = RUN,
                            .burst = input->burst,
                            .columns = {.count = count}};
    for (uint32_t i = 0; i < count; i++)
        gather(input, i, place_in_burst + i);
    for (int column = 0; column < CANDIDATE_COLUMN_COUNT; column++)
        batch->columns.column[column] = input->column_bytes[column];
    batch->crc32c = batch_crc32c(batch);
    write_frame(input, &frame);
    input->next_seq += count;
}

static void write_burst(struct input *input, uint32_t batch, uint32_t candidates)
{
    write_burst_begin(input);
    for (uint32_t done = 0; done < candidates; done += batch)
        write_batch(input, candidates - done < batch ? candidates - done : batch, done);
    write_burst_end(input, candidates);
}

static void write_file(const struct pool *pool, uint32_t batch, uint64_t candidates, const char *path)
{
    static struct input input;
    input.pool = pool;
    input.next_seq = 1;
    input.burst = 0;
    input.recording = recording_create(path);
    if (!input.recording)
        die(path);
    write_hello(&input);
    write_run_begin(&input);
    while (input.next_seq <= candidates) {
        uint64_t left = candidates - (input.next_seq - 1);
        input.burst++;
        write_burst(&input, batch, left < BURST_CANDIDATES ? (uint32_t)left : BURST_CANDIDATES);
    }
    write_run_end(&input);
    if (!recording_close(input.recording))
        die(path);
}

int main(int argc, char **argv)
{
    static struct pool pool;
    if (argc < 6 || argc % 3 != 0) {
        fprintf(stderr, "usage: bench_input POOL SEED {BATCH CANDIDATES FILE}...\n");
        return 2;
    }
    pool_fill(&pool, strtoull(argv[1], NULL, 10), strtoull(argv[2], NULL, 10));
    for (int i = 3; i + 2 < argc; i += 3) {
        uint32_t batch = (uint32_t)strtoul(argv[i], NULL, 10);
        if (batch < 1 || batch > BATCH_CANDIDATES_MAX) {
            fprintf(stderr, "bench_input: a batch has 1 to %u candidates\n", BATCH_CANDIDATES_MAX);
            return 2;
        }
        write_file(&pool, batch, strtoull(argv[i + 1], NULL, 10), argv[i + 2]);
    }
    return 0;
}
