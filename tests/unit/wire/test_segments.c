/* SPDX-License-Identifier: MIT */
/* test_segments - a recording over a disk that is full for a while: what is in the files, and what is counted as lost.
 */
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>
/* cmocka needs the headers above. */
#include <cmocka.h>

#include "wire/recording.h"
#include "wire/segments.h"

#define FRAME_BYTES 100000u
#define S INT64_C(1000000000)

static char folder[] = "/tmp/test_segments.XXXXXX";
static char paths[4][64]; /* run.mcap, run.0001.mcap, .. */
static struct segments segments;

static int make_folder(void **state)
{
    (void)state;
    signal(SIGXFSZ, SIG_IGN);
    if (!mkdtemp(folder))
        return -1;
    snprintf(paths[0], sizeof paths[0], "%s/run.mcap", folder);
    for (int i = 1; i < 4; i++)
        snprintf(paths[i], sizeof paths[i], "%s/run.%04d.mcap", folder, i);
    return 0;
}

static int remove_files(void **state)
{
    (void)state;
    for (int i = 0; i < 4; i++)
        unlink(paths[i]);
    return 0;
}

static int remove_folder(void **state)
{
    (void)state;
    return rmdir(folder);
}

/* Files cannot grow beyond this: EFBIG, as a full disk would say ENOSPC. */
static void limit_files(rlim_t bytes)
{
    struct rlimit limit;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
    limit.rlim_cur = bytes;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

/* Frame `number`, received at that time in nanoseconds. */
static bool record(uint64_t number, int64_t now_ns)
{
    static unsigned char frame[FRAME_BYTES];
    return segments_write(&segments, frame, sizeof frame, number, now_ns);
}

/* The frames of a file are first, first + 1, ..; returns how many. */
static uint64_t count_frames(const char *path, uint64_t first, enum recording_next end)
{
    struct recording_reader *reader = recording_open(path);
    assert_non_null(reader);
    const unsigned char *bytes;
    size_t size;
    uint64_t t_ns, count = 0;
    enum recording_next next;
    while ((next = recording_read(reader, &bytes, &size, &t_ns)) == RECORDING_FRAME)
        assert_int_equal(t_ns, first + count++);
    assert_int_equal(next, end);
    recording_reader_close(reader);
    return count;
}

static void a_file_that_exists_is_left_alone_and_the_next_name_is_used(void **state)
{
    (void)state;
    for (int i = 0; i < 3; i++) {
        assert_true(segments_open(&segments, paths[0]));
        assert_string_equal(segments.current, paths[i]);
        assert_true(record((uint64_t)i, 0));
        assert_true(segments_close(&segments));
    }
    for (uint64_t i = 0; i < 3; i++)
        assert_int_equal(count_frames(paths[i], i, RECORDING_END), 1);
}

static void on_a_full_disk_a_segment_ends_and_a_new_one_goes_on_when_there_is_room(void **state)
{
    (void)state;
    uint64_t number = 0, refused = 0;
    assert_true(segments_open(&segments, paths[0]));
    limit_files(2500000);
    while (record(number, 0))
        number++;
    refused++; /* the frame that was refused, and was not in the block */
    uint64_t lost = segments.lost_count;
    assert_true(lost > 0 && lost <= 11); /* a block of 1 MiB */
    assert_int_equal(segments.error, EFBIG);
    number++;
    limit_files(100); /* full: not even a new one */
    for (int64_t i = 1; i <= 20; i++, number++)
        refused += !record(number, i * S / 4);
    assert_int_equal(refused, 21);
    assert_int_equal(access(paths[1], F_OK), -1); /* tries leave nothing behind */
    limit_files(RLIM_INFINITY);
    assert_true(record(number, 10 * S));
    assert_true(record(number + 1, 10 * S));
    assert_int_equal(segments.count, 2);
    assert_true(segments_close(&segments));
    assert_int_equal(count_frames(paths[0], 0, RECORDING_CUT), number - refused - lost);
    assert_int_equal(count_frames(paths[1], number, RECORDING_END), 2);
}

static void it_is_tried_once_a_second_and_not_more_often(void **state)
{
    (void)state;
    assert_true(segments_open(&segments, paths[0]));
    segments_break(&segments, 5 * S);
    assert_false(record(0, 6 * S - 1));
    assert_true(record(1, 6 * S));
    segments_break(&segments, 6 * S);
    assert_int_equal(segments.count, 2);
    assert_false(segments_close(&segments)); /* none is open */
    assert_int_equal(count_frames(paths[0], 0, RECORDING_END), 0);
    assert_int_equal(count_frames(paths[1], 1, RECORDING_END), 1);
}

static void frames_that_were_synced_are_in_the_file(void **state)
{
    (void)state;
    assert_true(segments_open(&segments, paths[0]));
    assert_true(record(0, 0));
    segments_sync(&segments, 0);
    assert_int_equal(count_frames(paths[0], 0, RECORDING_CUT), 1);
    assert_true(segments_close(&segments));
}

static void what_cannot_be_begun_is_told(void **state)
{
    (void)state;
    assert_false(segments_open(&segments, "/nonexistent/run.mcap"));
    assert_int_equal(errno, ENOENT);
    static char long_path[SEGMENTS_PATH_SIZE + 1];
    memset(long_path, 'a', SEGMENTS_PATH_SIZE);
    assert_false(segments_open(&segments, long_path));
    assert_int_equal(errno, ENAMETOOLONG);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(a_file_that_exists_is_left_alone_and_the_next_name_is_used, remove_files),
        cmocka_unit_test_teardown(on_a_full_disk_a_segment_ends_and_a_new_one_goes_on_when_there_is_room, remove_files),
        cmocka_unit_test_teardown(it_is_tried_once_a_second_and_not_more_often, remove_files),
        cmocka_unit_test_teardown(frames_that_were_synced_are_in_the_file, remove_files),
        cmocka_unit_test(what_cannot_be_begun_is_told),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
