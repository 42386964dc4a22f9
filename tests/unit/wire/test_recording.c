/* SPDX-License-Identifier: MIT */
/* test_recording - files of frames: round trips, every truncation, every flipped bit, files that are none of ours. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>
/* cmocka needs the headers above. */
#include <cmocka.h>

#include "wire/recording.h"

static char folder[] = "/tmp/test_recording.XXXXXX";
static char path[64], other_path[64];

static int make_folder(void **state)
{
    (void)state;
    if (!mkdtemp(folder))
        return -1;
    snprintf(path, sizeof path, "%s/a.mcap", folder);
    snprintf(other_path, sizeof other_path, "%s/b.mcap", folder);
    return 0;
}

static int remove_folder(void **state)
{
    (void)state;
    unlink(path);
    unlink(other_path);
    return rmdir(folder);
}

/* Frame `index`: a size and bytes that follow from the index. */
static size_t frame_size(uint32_t index)
{
    return index * 37u % 100;
}

static unsigned char frame_byte(uint32_t index, size_t position)
{
    return (unsigned char)(index * 11u + position * 3u);
}

static void write_frames(struct recording *recording, uint32_t first, uint32_t count)
{
    for (uint32_t i = first; i < first + count; i++) {
        unsigned char bytes[100];
        for (size_t j = 0; j < frame_size(i); j++)
            bytes[j] = frame_byte(i, j);
        assert_true(recording_write(recording, bytes, frame_size(i), 1000000000u + i));
    }
}

static void make_recording(uint32_t count, uint32_t flush_every)
{
    unlink(path);
    struct recording *recording = recording_create(path);
    assert_non_null(recording);
    for (uint32_t i = 0; i < count; i++) {
        write_frames(recording, i, 1);
        if (flush_every && i % flush_every == flush_every - 1)
            assert_true(recording_flush(recording));
    }
    assert_true(recording_close(recording));
}

/* Reads a file to its end, checking that frame i is frame i. */
static enum recording_next read_frames(const char *file, uint32_t *count)
{
    struct recording_reader *reader = recording_open(file);
    assert_non_null(reader);
    enum recording_next next;
    const unsigned char *bytes;
    size_t size;
    uint64_t t_ns;
    *count = 0;
    while ((next = recording_read(reader, &bytes, &size, &t_ns)) == RECORDING_FRAME) {
        assert_int_equal(size, frame_size(*count));
        assert_int_equal(t_ns, 1000000000u + *count);
        for (size_t j = 0; j < size; j++)
            assert_int_equal(bytes[j], frame_byte(*count, j));
        ++*count;
    }
    assert_int_equal(recording_read(reader, &bytes, &size, &t_ns), next); /* it stays at its end */
    recording_reader_close(reader);
    return next;
}

static unsigned char contents[65536];
static size_t contents_size;

static void load_contents(void)
{
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    contents_size = fread(contents, 1, sizeof contents, file);
    assert_true(contents_size < sizeof contents);
    fclose(file);
}

static enum recording_next read_contents(size_t size, uint32_t *count)
{
    FILE *file = fopen(other_path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(contents, 1, size, file), size);
    fclose(file);
    return read_frames(other_path, count);
}

static void frames_come_back_in_order_with_their_times(void **state)
{
    (void)state;
    uint32_t count;
    make_recording(1000, 0);
    assert_int_equal(read_frames(path, &count), RECORDING_END);
    assert_int_equal(count, 1000);
    make_recording(1000, 7);
    assert_int_equal(read_frames(path, &count), RECORDING_END);
    assert_int_equal(count, 1000);
    make_recording(0, 0);
    assert_int_equal(read_frames(path, &count), RECORDING_END);
    assert_int_equal(count, 0);
}

static void recordings_of_many_blocks_come_back(void **state)
{
    (void)state;
    uint32_t count;
    make_recording(200000, 0); /* 16 MB */
    assert_int_equal(read_frames(path, &count), RECORDING_END);
    assert_int_equal(count, 200000);
}

static void the_largest_frames_come_back(void **state)
{
    (void)state;
    unsigned char *big = malloc(RECORDING_FRAME_MAX + 1);
    assert_non_null(big);
    memset(big, 0xA5, RECORDING_FRAME_MAX + 1);
    unlink(path);
    struct recording *recording = recording_create(path);
    for (int i = 0; i < 20; i++)
        assert_true(recording_write(recording, big, RECORDING_FRAME_MAX - (size_t)(i % 3), 5));
    assert_false(recording_write(recording, big, RECORDING_FRAME_MAX + 1, 5));
    assert_true(recording_write(recording, big, 1, 5));
    assert_true(recording_close(recording));
    struct recording_reader *reader = recording_open(path);
    const unsigned char *bytes;
    size_t size;
    uint64_t t_ns;
    for (int i = 0; i < 20; i++) {
        assert_int_equal(recording_read(reader, &bytes, &size, &t_ns), RECORDING_FRAME);
        assert_int_equal(size, RECORDING_FRAME_MAX - (size_t)(i % 3));
        assert_memory_equal(bytes, big, size);
    }
    assert_int_equal(recording_read(reader, &bytes, &size, &t_ns), RECORDING_FRAME);
    assert_int_equal(size, 1);
    assert_int_equal(recording_read(reader, &bytes, &size, &t_ns), RECORDING_END);
    recording_reader_close(reader);
    free(big);
}

static void an_existing_file_is_not_touched(void **state)
{
    (void)state;
    uint32_t count;
    make_recording(3, 0);
    assert_null(recording_create(path));
    assert_int_equal(read_frames(path, &count), RECORDING_END);
    assert_int_equal(count, 3);
}

static void a_missing_file_cannot_be_opened(void **state)
{
    (void)state;
    assert_null(recording_open("/nonexistent/file.mcap"));
}

static void flushed_frames_are_in_the_file(void **state)
{
    (void)state;
    uint32_t count;
    unlink(path);
    struct recording *recording = recording_create(path);
    write_frames(recording, 0, 10);
    assert_true(recording_flush(recording));
    assert_int_equal(read_frames(path, &count), RECORDING_CUT);
    assert_int_equal(count, 10);
    assert_true(recording_close(recording));
}

/* Record lengths by hand: magic 8, Header 9 + 14; a message 9 + 22 + size; Checksum 13, DataEnd 13, Footer 29, magic 8.
 */
static void a_file_cut_anywhere_is_an_exact_prefix(void **state)
{
    (void)state;
    make_recording(12, 5);
    load_contents();
    size_t messages = 0;
    for (uint32_t i = 0; i < 12; i++)
        messages += 31 + frame_size(i);
    size_t head = contents_size - messages - 3 * 13 - 13 - 29 - 8;
    for (size_t size = 0; size < contents_size; size++) {
        uint32_t expected = 0;
        for (size_t end = head; expected < 12; expected++) {
            end += 31 + frame_size(expected) + (expected == 5 || expected == 10 ? 13 : 0);
            if (end > size)
                break;
        }
        uint32_t count;
        assert_int_equal(read_contents(size, &count), RECORDING_CUT);
        assert_int_equal(count, expected);
    }
}

/* One bit of each byte, another one from byte to byte. */
static void flipped_bits_are_found_and_no_wrong_frame_is_given(void **state)
{
    (void)state;
    make_recording(6, 3);
    load_contents();
    uint32_t count;
    assert_int_equal(read_contents(contents_size, &count), RECORDING_END);
    unsigned damaged = 0;
    for (size_t i = 0; i < contents_size; i++) {
        contents[i] ^= (unsigned char)(1u << i * 5 % 8);
        enum recording_next next = read_contents(contents_size, &count); /* checks every frame that is given */
        assert_true(next == RECORDING_DAMAGED || next == RECORDING_CUT);
        damaged += next == RECORDING_DAMAGED;
        contents[i] ^= (unsigned char)(1u << i * 5 % 8);
    }
    assert_true(damaged > contents_size * 95 / 100); /* the rest: lengths beyond the end */
}

static void a_zeroed_stretch_is_found_and_what_is_before_its_block_is_given(void **state)
{
    (void)state;
    make_recording(400, 100);
    load_contents();
    for (size_t begin = 512; begin + 512 <= contents_size; begin += 512) {
        static unsigned char kept[512];
        memcpy(kept, contents + begin, 512);
        memset(contents + begin, 0, 512);
        uint32_t count;
        assert_int_equal(read_contents(contents_size, &count), RECORDING_DAMAGED);
        assert_int_equal(count % 100, 0);
        assert_true(count <= 300);
        memcpy(contents + begin, kept, 512);
    }
}

static void bytes_behind_the_end_are_damage(void **state)
{
    (void)state;
    uint32_t count;
    make_recording(3, 0);
    load_contents();
    contents[contents_size] = 0;
    assert_int_equal(read_contents(contents_size + 1, &count), RECORDING_DAMAGED);
    assert_int_equal(count, 3);
}

static void other_files_are_not_recordings(void **state)
{
    (void)state;
    uint32_t count;
    memset(contents, 'x', 100);
    assert_int_equal(read_contents(100, &count), RECORDING_DAMAGED);
    memcpy(contents, "\x89MCAP1\r\n", 8); /* another version */
    assert_int_equal(read_contents(100, &count), RECORDING_DAMAGED);
    assert_int_equal(read_contents(0, &count), RECORDING_CUT);
}

static size_t put_record(size_t at, unsigned char opcode, uint32_t size, const void *body)
{
    contents[at] = opcode;
    for (int i = 0; i < 8; i++)
        contents[at + 1 + (size_t)i] = (unsigned char)(i < 4 ? size >> 8 * i : 0);
    memcpy(contents + at + 9, body, size);
    return at + 9 + size;
}

/* Message 0 of channel `channel`: no bytes, at 1 s. */
static size_t put_message(size_t at, unsigned char channel)
{
    unsigned char body[22] = {channel, 0, 0, 0, 0, 0, 0x00, 0xCA, 0x9A, 0x3B};
    return put_record(at, 0x05, 22, body);
}

/* What MCAP allows and we do not write: other libraries, metadata, other channels, a summary. */
static void files_of_others_are_read_as_they_are(void **state)
{
    (void)state;
    static const unsigned char zero[64];
    static const unsigned char footer[20] = {60}; /* with a summary */
    memcpy(contents, "\x89MCAP0\r\n", 8);
    size_t size = put_record(8, 0x01, 8, zero);
    size = put_record(size, 0x0C, 12, zero); /* Metadata */
    size = put_message(size, 2);
    size = put_message(size, 1);
    size = put_record(size, 0x7F, 3, zero); /* of the future */
    size = put_record(size, 0x0F, 4, zero);
    size = put_record(size, 0x0B, 46, zero); /* Statistics */
    size = put_record(size, 0x02, 20, footer);
    memcpy(contents + size, "\x89MCAP0\r\n", 8);
    uint32_t count;
    assert_int_equal(read_contents(size + 8, &count), RECORDING_END);
    assert_int_equal(count, 1);
}

static void chunked_files_are_refused(void **state)
{
    (void)state;
    static const unsigned char zero[64];
    memcpy(contents, "\x89MCAP0\r\n", 8);
    size_t size = put_record(8, 0x01, 8, zero);
    size = put_record(size, 0x06, 40, zero);
    uint32_t count;
    assert_int_equal(read_contents(size, &count), RECORDING_DAMAGED);
}

static void records_without_bound_are_damage(void **state)
{
    (void)state;
    memcpy(contents, "\x89MCAP0\r\n", 8);
    memset(contents + 8, 0xFF, 9);
    contents[8] = 0x7F; /* 2^64 - 1 bytes */
    uint32_t count;
    assert_int_equal(read_contents(17, &count), RECORDING_DAMAGED);
    memset(contents + 9, 0, 8);
    contents[8] = 0x05; /* a message without a header */
    assert_int_equal(read_contents(17, &count), RECORDING_DAMAGED);
}

/* The end of a cut file has no checksum. A length that is damaged there leads into the middle of a frame, here to what
 * looks like a message; its sequence gives it away. */
static void a_damaged_length_in_the_cut_block_gives_no_wrong_frame(void **state)
{
    (void)state;
    unsigned char frame[64] = {0};
    frame[32] = 0x05; /* a message of 1 byte, channel 1, sequence 7 */
    frame[33] = 23;
    frame[41] = 1;
    frame[43] = 7;
    unlink(path);
    struct recording *recording = recording_create(path);
    assert_true(recording_write(recording, frame, sizeof frame, 1));
    assert_true(recording_close(recording));
    load_contents();
    size_t message = contents_size - (31 + 64) - 13 - 13 - 29 - 8; /* DataEnd, Checksum, Footer, magic behind it */
    assert_int_equal(contents[message], 0x05);
    assert_int_equal(contents[message + 1], 22 + 64);
    contents[message + 1] = 22 + 32;
    uint32_t count;
    assert_int_equal(read_contents(message + 31 + 64, &count), RECORDING_DAMAGED);
    assert_int_equal(count, 0);
}

static void after_a_write_error_nothing_more_is_recorded_and_the_file_is_a_prefix(void **state)
{
    (void)state;
    unlink(path);
    struct recording *recording = recording_create(path);
    assert_non_null(recording);
    struct rlimit old, small;
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
    small = old;
    small.rlim_cur = 1500000; /* in the middle of the second block: EFBIG, as a full disk would say ENOSPC */
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    static unsigned char frame[100000];
    int written = 0;
    while (written < 100 && recording_write(recording, frame, sizeof frame, 1))
        written++;
    assert_true(written >= 15 && written < 100);
    assert_false(recording_write(recording, frame, 1, 1));
    assert_false(recording_flush(recording));
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
    assert_false(recording_write(recording, frame, 1, 1)); /* not even when there is room again */
    assert_false(recording_close(recording));
    struct stat status;
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_size, 1500000);
    struct recording_reader *reader = recording_open(path);
    const unsigned char *bytes;
    size_t size;
    uint64_t t_ns;
    int frames = 0;
    enum recording_next next;
    while ((next = recording_read(reader, &bytes, &size, &t_ns)) == RECORDING_FRAME)
        frames++;
    assert_int_equal(next, RECORDING_CUT);
    assert_int_equal(frames, 14); /* floor((1500000 - head - checksum) / 100031), head + checksum about 5 kB */
    recording_reader_close(reader);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(frames_come_back_in_order_with_their_times),
        cmocka_unit_test(recordings_of_many_blocks_come_back),
        cmocka_unit_test(the_largest_frames_come_back),
        cmocka_unit_test(an_existing_file_is_not_touched),
        cmocka_unit_test(a_missing_file_cannot_be_opened),
        cmocka_unit_test(flushed_frames_are_in_the_file),
        cmocka_unit_test(a_file_cut_anywhere_is_an_exact_prefix),
        cmocka_unit_test(flipped_bits_are_found_and_no_wrong_frame_is_given),
        cmocka_unit_test(a_zeroed_stretch_is_found_and_what_is_before_its_block_is_given),
        cmocka_unit_test(bytes_behind_the_end_are_damage),
        cmocka_unit_test(other_files_are_not_recordings),
        cmocka_unit_test(files_of_others_are_read_as_they_are),
        cmocka_unit_test(chunked_files_are_refused),
        cmocka_unit_test(records_without_bound_are_damage),
        cmocka_unit_test(a_damaged_length_in_the_cut_block_gives_no_wrong_frame),
        cmocka_unit_test(after_a_write_error_nothing_more_is_recorded_and_the_file_is_a_prefix),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
