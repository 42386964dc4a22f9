/* SPDX-License-Identifier: MIT */
/*
 * source_frames - for tests of the link: the frames of a source, whose candidates depend on their seq alone, and a
 * monitor with a flat template to count them.
 */
#ifndef TESTS_IO_SOURCE_FRAMES_H
#define TESTS_IO_SOURCE_FRAMES_H

#include <string.h>

#include "core/monitor.h"
#include "hnlmon/units.h"
#include "wire/frame_codec.h"

#define EPOCH 0x1122334455667788u

static inline uint64_t next_random(uint64_t *state)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return *state >> 33;
}

/* The words of candidate `seq`: a kaon of 75 GeV/c and a pair that takes about half of it; it depends on seq alone. */
static inline void make_words(uint64_t seq, uint32_t words[CANDIDATE_COLUMN_COUNT])
{
    uint64_t state = seq * 7919 + 17;
    memset(words, 0, CANDIDATE_COLUMN_COUNT * sizeof *words);
    words[COLUMN_K_PZ] = 75000u << MOMENTUM_SHIFT;
    words[COLUMN_PI0_PX] = (uint32_t)(next_random(&state) % (100u << MOMENTUM_SHIFT));
    words[COLUMN_PI0_PZ] = 25000u << MOMENTUM_SHIFT;
    words[COLUMN_E_PY] = (uint32_t)(next_random(&state) % (100u << MOMENTUM_SHIFT));
    words[COLUMN_E_PZ] = (uint32_t)(next_random(&state) % (20000u << MOMENTUM_SHIFT)) + (5000u << MOMENTUM_SHIFT);
    words[COLUMN_TIME] = (uint32_t)next_random(&state) & (CLOCK_LIMIT - 1);
    words[COLUMN_FLAGS] = next_random(&state) % 8 == 0 ? FLAG_LAV : 0;
    words[COLUMN_M_GG] = 1105730; /* the pi0 mass */
}

static inline uint32_t make_batch(uint64_t first_seq, uint32_t count, uint32_t burst, uint32_t source,
                                  unsigned char *bytes)
{
    static unsigned char columns[CANDIDATE_COLUMN_COUNT][4 * BATCH_CANDIDATES_MAX];
    struct frame frame = {.kind = FRAME_BATCH};
    frame.as.batch = (struct batch){
        .schema = WIRE_SCHEMA, .source = source, .epoch = EPOCH, .first_seq = first_seq, .run = 1, .burst = burst};
    frame.as.batch.columns.count = count;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t words[CANDIDATE_COLUMN_COUNT];
        make_words(first_seq + i, words);
        for (int column = 0; column < CANDIDATE_COLUMN_COUNT; column++)
            store_le32(columns[column] + 4 * i, words[column]);
    }
    for (int column = 0; column < CANDIDATE_COLUMN_COUNT; column++)
        frame.as.batch.columns.column[column] = columns[column];
    frame.as.batch.crc32c = batch_crc32c(&frame.as.batch);
    return (uint32_t)frame_encode(&frame, bytes, FRAME_BYTES_MAX);
}

static inline uint32_t make_mark(enum frame_kind kind, uint64_t at_seq, uint32_t burst, uint32_t source,
                                 unsigned char *bytes)
{
    struct frame frame = {.kind = kind};
    const struct mark mark = {source, EPOCH, 1, burst, at_seq, 1000000000};
    switch (kind) {
    case FRAME_RUN_BEGIN:
        frame.as.run_begin = (struct run_begin){.mark = mark, .origin = ORIGIN_SIMULATION};
        break;
    case FRAME_RUN_END:
        frame.as.run_end = mark;
        break;
    case FRAME_BURST_BEGIN:
        frame.as.burst_begin = (struct burst_begin){mark, 1};
        break;
    case FRAME_BURST_END:
        frame.as.burst_end = (struct burst_end){.mark = mark, .generated = 1, .kept = 1, .downscaling = 1};
        break;
    case FRAME_HELLO:
        frame.as.hello = (struct hello){WIRE_SCHEMA, source, EPOCH, at_seq, 1, {"test", 4}};
        break;
    case FRAME_BATCH:
    case FRAME_LOST:
    case FRAME_HEARTBEAT:
        break;
    }
    return (uint32_t)frame_encode(&frame, bytes, FRAME_BYTES_MAX);
}

static inline struct monitor *make_monitor(const struct monitor_observer *observer, uint32_t expected_sources)
{
    static struct template shape = {.name = "flat", .hash = "0", .sigma_mev2 = 1700, .br_ke3 = 0.0507};
    for (int i = 0; i < M2_BIN_COUNT; i++)
        shape.bins[i] = shape.bins_before[i] = 1.0 / M2_BIN_COUNT;
    shape.a_peak = shape.f_peak = 0.5;
    const struct monitor_config config = {.preset = SELECTION_PAPER,
                                          .f_sys = 0.03,
                                          .promise = alarm_default_promise(),
                                          .close_timeout_ns = 3600 * 1000000000LL,
                                          .expected_sources = expected_sources};
    return monitor_create(&config, &shape, observer);
}

#endif
