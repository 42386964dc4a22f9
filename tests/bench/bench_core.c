/* SPDX-License-Identifier: MIT */
/*
 * bench_core - the deterministic middle alone: decoding and applying the frames of a recording from memory, evaluation
 * at the end of bursts included. Prints one JSON line with the hash of the histogram `m2`, to be compared with others.
 *
 * The frames come from main memory, not from a cache, as they are larger than any; each is new, so nothing is trimmed
 * as a duplicate.
 *
 * Usage: bench_core FILE [CANDIDATES]
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "bench.h"
#include "core/monitor.h"
#include "wire/frame_codec.h"
#include "wire/recording.h"

#define FRAMES_MAX 8000000u
#define HUGE_PAGE_BYTES ((size_t)2 << 20)

struct stored_frame {
    size_t at, size;
};

struct stored {
    unsigned char *bytes;
    size_t size, capacity;
    struct stored_frame *frames;
    size_t frame_count;
    uint64_t candidates;
};

static void die(const char *what)
{
    perror(what);
    exit(1);
}

/* Room for all frames of the file, in huge pages when there are any: a received message is hot in the TLB, too. */
static void reserve(struct stored *stored, const char *path)
{
    struct stat file;
    if (stat(path, &file) != 0)
        die(path);
    stored->capacity = ((size_t)file.st_size | (HUGE_PAGE_BYTES - 1)) + 1;
    stored->bytes = aligned_alloc(HUGE_PAGE_BYTES, stored->capacity);
    stored->frames = calloc(FRAMES_MAX, sizeof *stored->frames);
    if (!stored->bytes || !stored->frames)
        die("bench_core");
    madvise(stored->bytes, stored->capacity, MADV_HUGEPAGE);
}

static void append(struct stored *stored, const unsigned char *bytes, size_t size)
{
    memcpy(stored->bytes + stored->size, bytes, size);
    stored->frames[stored->frame_count++] = (struct stored_frame){stored->size, size};
    stored->size += size;
}

static void read_frames(struct stored *stored, const char *path, uint64_t candidates)
{
    struct recording_reader *reader = recording_open(path);
    const unsigned char *bytes;
    size_t size;
    uint64_t t_ns;
    if (!reader)
        die(path);
    reserve(stored, path);
    while (stored->candidates < candidates && stored->frame_count < FRAMES_MAX &&
           recording_read(reader, &bytes, &size, &t_ns) == RECORDING_FRAME) {
        struct frame frame;
        if (frame_decode(bytes, size, &frame) != REFUSAL_NONE)
            continue;
        append(stored, bytes, size);
        if (frame.kind == FRAME_BATCH)
            stored->candidates += frame.as.batch.columns.count;
    }
    recording_reader_close(reader);
}

static void ignore_burst(void *context, const struct burst_summary *summary)
{
    (void)context;
    (void)summary;
}

static void ignore_alarm(void *context, const struct alarm *alarm)
{
    (void)context;
    (void)alarm;
}

static struct monitor *new_monitor(void)
{
    const struct monitor_config config = {.preset = SELECTION_PAPER, .f_sys = 0.03, .close_timeout_ns = INT64_MAX};
    const struct monitor_observer observer = {NULL, ignore_burst, ignore_alarm};
    struct monitor *monitor = monitor_create(&config, &template_paper, &observer);
    if (!monitor)
        die("bench_core");
    return monitor;
}

static void apply_all(struct monitor *monitor, const struct stored *stored)
{
    static struct applied applied;
    for (size_t i = 0; i < stored->frame_count; i++) {
        struct frame frame;
        enum refusal refusal = frame_decode(stored->bytes + stored->frames[i].at, stored->frames[i].size, &frame);
        if (refusal == REFUSAL_NONE)
            refusal = monitor_apply(monitor, &frame, (int64_t)i, &applied);
        if (refusal != REFUSAL_NONE) {
            fprintf(stderr, "bench_core: frame %zu refused: %s\n", i, refusal_name(refusal));
            exit(1);
        }
    }
    monitor_flush(monitor);
}

int main(int argc, char **argv)
{
    static struct stored stored;
    if (argc < 2) {
        fprintf(stderr, "usage: bench_core FILE [CANDIDATES]\n");
        return 2;
    }
    read_frames(&stored, argv[1], argc > 2 ? strtoull(argv[2], NULL, 10) : UINT64_MAX);
    struct monitor *monitor = new_monitor();
    int64_t begin_ns = bench_now_ns();
    apply_all(monitor, &stored);
    int64_t elapsed_ns = bench_now_ns() - begin_ns;
    const uint64_t *m2 = monitor_horizon(monitor, HORIZON_RUN)->slots + histogram_table[HISTOGRAM_M2].offset;
    printf("{\"candidates\":%" PRIu64 ",\"frames\":%zu,\"ns_per_candidate\":%.3f,\"candidates_per_s\":%.0f,"
           "\"hash\":\"%016" PRIx64 "\"}\n",
           stored.candidates, stored.frame_count, (double)elapsed_ns / (double)stored.candidates,
           1e9 * (double)stored.candidates / (double)elapsed_ns, bench_hash(m2, M2_SLOTS));
    monitor_destroy(monitor);
    return 0;
}
