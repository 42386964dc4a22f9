/* SPDX-License-Identifier: MIT */
/*
 * frames - the frames of a recording in memory, so that a benchmark measures neither the disk nor the reader.
 */
#ifndef HNLMON_BENCH_FRAMES_H
#define HNLMON_BENCH_FRAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "wire/frame_codec.h"
#include "wire/recording.h"

#define FRAMES_MAX 16000000u
#define HUGE_PAGE_BYTES ((size_t)2 << 20)

struct stored_frame {
    unsigned char *bytes;
    uint32_t size;
    uint32_t count; /* candidates; 0: not a batch */
};

struct frames {
    unsigned char *bytes;
    size_t size;
    struct stored_frame *frames;
    size_t count;
    uint64_t candidates;
};

/* Room for all frames of the file, in huge pages when there are any: a received message is hot in the TLB, too. */
static inline bool frames_reserve(struct frames *frames, const char *path)
{
    struct stat file;
    if (stat(path, &file) != 0)
        return false;
    size_t capacity = ((size_t)file.st_size | (HUGE_PAGE_BYTES - 1)) + 1;
    frames->bytes = aligned_alloc(HUGE_PAGE_BYTES, capacity);
    frames->frames = calloc(FRAMES_MAX, sizeof *frames->frames);
    if (!frames->bytes || !frames->frames)
        return false;
    madvise(frames->bytes, capacity, MADV_HUGEPAGE);
    return true;
}

static inline void frames_append(struct frames *frames, const unsigned char *bytes, size_t size, uint32_t count)
{
    unsigned char *own = frames->bytes + frames->size;
    memcpy(own, bytes, size);
    frames->frames[frames->count++] = (struct stored_frame){own, (uint32_t)size, count};
    frames->size += size;
    frames->candidates += count;
}

/* Reads the file up to the batch that reaches `candidates`. Ends the program when it cannot. */
static inline struct frames frames_read(const char *path, uint64_t candidates)
{
    struct frames frames = {0};
    struct recording_reader *reader = recording_open(path);
    const unsigned char *bytes;
    size_t size;
    uint64_t t_ns;
    if (!reader || !frames_reserve(&frames, path)) {
        perror(path);
        exit(1);
    }
    while (frames.candidates < candidates && frames.count < FRAMES_MAX &&
           recording_read(reader, &bytes, &size, &t_ns) == RECORDING_FRAME) {
        struct frame frame;
        if (frame_decode(bytes, size, &frame) == REFUSAL_NONE)
            frames_append(&frames, bytes, size, frame.kind == FRAME_BATCH ? frame.as.batch.columns.count : 0);
    }
    recording_reader_close(reader);
    return frames;
}

static inline void frames_free(struct frames *frames)
{
    free(frames->bytes);
    free(frames->frames);
}

#endif
