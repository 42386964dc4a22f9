/* SPDX-License-Identifier: MIT */
/* test_storage - the thread that owns the files, with real files and disks that hang, and the ring of frames to it. */
#include <event2/event.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
/* cmocka needs the headers above. */
#include <cmocka.h>

#include "io/frame_ring.h"
#include "io/loop.h"
#include "io/storage.h"
#include "wire/recording.h"

static char folder[] = "/tmp/test_storage.XXXXXX";
static char path[64];
static struct disk disk;
static struct store store;
static struct store_job job;
static struct loop *loop;
static uint32_t durable, failed;

static int begin(void **state)
{
    (void)state;
    strcpy(folder, "/tmp/test_storage.XXXXXX");
    if (!mkdtemp(folder) || !store_job_init(&job))
        return -1;
    snprintf(path, sizeof path, "%s/run.mcap", folder);
    loop = loop_create();
    durable = failed = 0;
    return disk_posix_open(&disk, folder) == DISK_OK && loop ? 0 : -1;
}

static int end(void **state)
{
    (void)state;
    char command[128];
    store_close(&store);
    disk_posix_close(&disk);
    store_job_fini(&job);
    loop_destroy(loop);
    snprintf(command, sizeof command, "rm -rf %s", folder);
    return system(command);
}

static void on_done(void *context, bool is_durable)
{
    (void)context;
    if (is_durable)
        durable++;
    else
        failed++;
    loop_stop(loop);
}

static struct storage *start(bool has_store, bool has_recording, size_t ring_bytes)
{
    const struct storage_config config = {has_store ? &store : NULL, has_recording ? path : NULL, ring_bytes, on_done,
                                          NULL};
    struct storage *storage = storage_create(loop_base(loop), &config);
    assert_non_null(storage);
    return storage;
}

static void prepare(uint64_t closed_bursts)
{
    job.content_bytes = 5000;
    job.burst_count = (uint32_t)(closed_bursts - store.newest.closed_bursts);
    job.closed_bursts = closed_bursts;
    memset(job.slot + BLOCK_HEADER_BYTES, 'x', 5000);
    for (uint32_t i = 0; i < job.burst_count; i++)
        job.burst_bytes[i] = 100;
}

static void jobs_are_done_one_after_another_and_told_in_the_loop(void **state)
{
    (void)state;
    assert_int_equal(store_open(&store, &disk, &job), STORE_OK);
    struct storage *storage = start(true, false, 0);
    for (uint64_t i = 1; i <= 10; i++) {
        prepare(i);
        assert_true(storage_submit(storage, &job));
        loop_run(loop); /* until it is told */
        assert_int_equal(durable, i);
    }
    prepare(11);
    assert_true(storage_submit(storage, &job));
    assert_true(storage_wait(storage, 10000));
    assert_int_equal(durable, 11);
    assert_true(storage_destroy(storage));
    store_close(&store);
    assert_int_equal(store_open(&store, &disk, &job), STORE_OK);
    assert_int_equal(store.newest.generation, 12);
    assert_int_equal(store.newest.closed_bursts, 11);
}

/* A disk whose syncs wait for this. */
static pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;
static struct disk real;

static bool sync_behind_gate(void *context, int file)
{
    pthread_mutex_lock(&gate);
    pthread_mutex_unlock(&gate);
    return real.sync(context, file);
}

static bool never_sync(void *context, int file)
{
    (void)context;
    (void)file;
    return false;
}

static void while_a_disk_hangs_nobody_waits_and_the_watchdog_is_told(void **state)
{
    (void)state;
    real = disk;
    assert_int_equal(store_open(&store, &disk, &job), STORE_OK);
    disk.sync = sync_behind_gate;
    struct storage *storage = start(true, false, 0);
    assert_true(storage_is_alive(storage, 1));
    pthread_mutex_lock(&gate);
    prepare(1);
    assert_true(storage_submit(storage, &job));
    assert_false(storage_submit(storage, &job)); /* one at a time */
    assert_false(storage_wait(storage, 300));
    assert_true(storage_is_alive(storage, 1000)); /* whatever it did since */
    assert_true(storage_is_alive(storage, 1000 + STORAGE_DEADLINE_NS - 1));
    assert_false(storage_is_alive(storage, 1000 + STORAGE_DEADLINE_NS));
    pthread_mutex_unlock(&gate);
    assert_true(storage_wait(storage, 10000));
    assert_int_equal(durable, 1);
    assert_true(storage_is_alive(storage, 2000 + STORAGE_DEADLINE_NS));
    assert_true(storage_destroy(storage));
}

static void a_job_that_fails_is_told_and_so_are_all_that_follow(void **state)
{
    (void)state;
    assert_int_equal(store_open(&store, &disk, &job), STORE_OK);
    disk.sync = never_sync;
    struct storage *storage = start(true, false, 0);
    for (uint32_t i = 1; i <= 2; i++) {
        prepare(0);
        assert_true(storage_submit(storage, &job));
        loop_run(loop);
        assert_int_equal(failed, i);
    }
    assert_true(store.has_failed);
    assert_true(storage_destroy(storage));
}

static uint64_t count_frames(uint64_t *last)
{
    struct recording_reader *reader = recording_open(path);
    assert_non_null(reader);
    const unsigned char *bytes;
    size_t size;
    uint64_t count = 0;
    enum recording_next next;
    while ((next = recording_read(reader, &bytes, &size, last)) == RECORDING_FRAME)
        count++;
    assert_int_equal(next, RECORDING_END);
    recording_reader_close(reader);
    return count;
}

static void every_frame_is_in_the_recording_when_it_ends(void **state)
{
    (void)state;
    static unsigned char frame[10000];
    struct storage *storage = start(false, true, 1u << 20);
    uint64_t taken = 0, last;
    for (uint64_t i = 0; i < 20000; i++) {
        taken += storage_record(storage, frame, sizeof frame, i);
        if (i % 50 == 0)
            nanosleep(&(struct timespec){0, 1000000}, NULL);
        if (taken <= i)
            break; /* the ring was full: from here on frames are missing */
    }
    assert_true(taken > 50);
    struct storage_counters counters = storage_counters(storage);
    bool is_complete = storage_destroy(storage);
    assert_true(is_complete || counters.unrecorded > 0);
    assert_int_equal(count_frames(&last), taken);
    assert_int_equal(last, taken - 1);
}

static void what_is_too_long_is_counted_and_leaves_no_gap(void **state)
{
    (void)state;
    static unsigned char frame[RECORDING_FRAME_MAX + 1];
    struct storage *storage = start(false, true, 1u << 20);
    uint64_t last;
    assert_true(storage_record(storage, frame, 10, 1));
    assert_false(storage_record(storage, frame, sizeof frame, 2));
    assert_true(storage_record(storage, frame, 10, 3));
    assert_int_equal(storage_counters(storage).unrecorded, 1);
    assert_true(storage_counters(storage).is_recording);
    (void)!storage_destroy(storage);
    assert_int_equal(count_frames(&last), 2);
}

/* ---- the ring ---- */

static void frames_come_out_as_they_went_in_and_gaps_are_told(void **state)
{
    (void)state;
    struct frame_ring ring;
    struct received_frame frame;
    unsigned char bytes[300];
    uint64_t pushed = 0, popped = 0, gaps_due = 0, gaps = 0, random = 1;
    bool was_refused = false;
    assert_true(frame_ring_init(&ring, 4096));
    while (popped < 100000) {
        random = random * UINT64_C(6364136223846793005) + 1442695040888963407u; /* Knuth */
        size_t size = (size_t)(random >> 40) % sizeof bytes;
        if (random >> 62 < 3) {
            memset(bytes, (int)(pushed & 0xFF), size);
            bool is_in = frame_ring_push(&ring, bytes, size, pushed);
            gaps_due += is_in && was_refused;
            was_refused = !is_in;
            pushed += is_in;
        } else if (frame_ring_peek(&ring, &frame)) {
            assert_int_equal(frame.t_ns, popped);
            for (size_t i = 0; i < frame.size; i++)
                assert_int_equal(frame.bytes[i], popped & 0xFF);
            gaps += frame.is_after_gap;
            frame_ring_pop(&ring, &frame);
            popped++;
        }
    }
    while (frame_ring_peek(&ring, &frame)) {
        gaps += frame.is_after_gap;
        frame_ring_pop(&ring, &frame);
        popped++;
    }
    assert_int_equal(popped, pushed);
    assert_int_equal(gaps, gaps_due);
    assert_true(gaps > 100);
    frame_ring_fini(&ring);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(jobs_are_done_one_after_another_and_told_in_the_loop, begin, end),
        cmocka_unit_test_setup_teardown(while_a_disk_hangs_nobody_waits_and_the_watchdog_is_told, begin, end),
        cmocka_unit_test_setup_teardown(a_job_that_fails_is_told_and_so_are_all_that_follow, begin, end),
        cmocka_unit_test_setup_teardown(every_frame_is_in_the_recording_when_it_ends, begin, end),
        cmocka_unit_test_setup_teardown(what_is_too_long_is_counted_and_leaves_no_gap, begin, end),
        cmocka_unit_test(frames_come_out_as_they_went_in_and_gaps_are_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
