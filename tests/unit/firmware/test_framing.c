/* SPDX-License-Identifier: MIT */
/* Expected values: tests/vectors/framing_vectors.h, by the protobuf library of Python. */
#include "firmware/framing.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "../../vectors/framing_vectors.h"

#define SOURCE 3
#define EPOCH UINT64_C(0xFEDCBA9876543210)
#define NO_TEXT ((struct text){NULL, 0})

static struct framer framer;
static unsigned char bytes[FRAME_BYTES_MAX];

static int start(void **state)
{
    (void)state;
    memset(&framer, 0xA5, sizeof framer);
    framer_init(&framer, SOURCE, EPOCH);
    return 0;
}

/* The rule of framing.py. */
static uint32_t word(uint32_t column, uint32_t index)
{
    return (column * 1000003u + index * 7919u + 1u) * 2654435761u;
}

static int32_t value(uint32_t column, uint32_t index)
{
    return (int32_t)word(column, index);
}

static void add(uint32_t index)
{
    struct candidate candidate = {
        .k = {value(0, index), value(1, index), value(2, index)},
        .pi0 = {value(3, index), value(4, index), value(5, index)},
        .e = {value(6, index), value(7, index), value(8, index)},
        .time = word(9, index),
        .flags = word(10, index),
        .vertex_z = value(11, index),
        .m_gg = value(12, index),
        .e_over_p = value(13, index),
        .dt = value(14, index),
        .dt_k = value(15, index),
        .cda = value(16, index),
    };
    framer_add(&framer, &candidate, value(17, index), word(18, index));
}

static void add_minima(void)
{
    const int32_t low = INT32_MIN;
    const uint32_t top = UINT32_C(1) << 31;
    struct candidate c = {{low, low, low}, {low, low, low}, {low, low, low}, top, top, low, low, low, low, low, low};
    framer_add(&framer, &c, low, top);
}

#define ASSERT_GOLDEN(size, golden)                                                                                    \
    do {                                                                                                               \
        assert_int_equal(size, sizeof(golden));                                                                        \
        assert_memory_equal(bytes, golden, sizeof(golden));                                                            \
    } while (0)

static const struct burst_end end = {
    .mark = {.source = 99, .epoch = 99, .run = 99, .burst = 99, .at_seq = 99, .t_ns = UINT64_C(1700000004000000000)},
    .generated = (UINT64_C(1) << 40) + 5,
    .kept = UINT64_C(1) << 33,
    .downscaling = 150,
    .sent = 4,
    .intensity = 12.75,
    .live_ppm = 987654,
    .choke_count = 2,
};

static void frames_are_the_bytes_of_the_protobuf_library(void **state)
{
    (void)state;
    struct text comment = {"demo run", 8};
    ASSERT_GOLDEN(
        framer_run_begin(&framer, 42, UINT64_C(1700000000123456789), ORIGIN_SIMULATION, comment, bytes, sizeof bytes),
        golden_run_begin);
    ASSERT_GOLDEN(
        framer_burst_begin(&framer, 7, UINT64_C(1700000001000000000), DOWNSCALING_UNKNOWN, bytes, sizeof bytes),
        golden_burst_begin);
    for (uint32_t i = 0; i < 3; i++)
        add(i);
    ASSERT_GOLDEN(framer_batch(&framer, bytes, sizeof bytes), golden_batch);
    add_minima();
    ASSERT_GOLDEN(framer_batch(&framer, bytes, sizeof bytes), golden_batch_of_minima);
    ASSERT_GOLDEN(framer_burst_end(&framer, &end, bytes, sizeof bytes), golden_burst_end);
    ASSERT_GOLDEN(framer_run_end(&framer, UINT64_C(1700000005000000000), bytes, sizeof bytes), golden_run_end);
}

static void a_run_of_data_carries_no_truth(void **state)
{
    (void)state;
    framer.next_seq = 5;
    ASSERT_GOLDEN(framer_run_begin(&framer, UINT32_MAX, 0, ORIGIN_DATA, NO_TEXT, bytes, sizeof bytes),
                  golden_data_run_begin);
    ASSERT_GOLDEN(framer_burst_begin(&framer, UINT32_MAX, UINT64_MAX, INT32_MAX, bytes, sizeof bytes),
                  golden_data_burst_begin);
    add(0);
    add(1);
    ASSERT_GOLDEN(framer_batch(&framer, bytes, sizeof bytes), golden_data_batch);
}

static void seq_advances_with_each_batch_that_was_written(void **state)
{
    (void)state;
    framer_run_begin(&framer, 1, 0, ORIGIN_SIMULATION, NO_TEXT, bytes, sizeof bytes);
    framer_burst_begin(&framer, 1, 0, 1, bytes, sizeof bytes);
    assert_int_equal(framer.next_seq, 1);
    for (uint32_t size = 1; size <= 300; size += 23) {
        uint64_t next_seq = framer.next_seq;
        for (uint32_t i = 0; i < size; i++)
            add(i);
        assert_int_equal(framer.next_seq, next_seq);
        assert_int_not_equal(framer_batch(&framer, bytes, sizeof bytes), 0);
        assert_int_equal(framer.next_seq, next_seq + size);
        assert_int_equal(framer.count, 0);
    }
}

static void a_batch_without_room_gives_0_and_keeps_its_candidates(void **state)
{
    (void)state;
    framer_run_begin(&framer, 42, 0, ORIGIN_SIMULATION, NO_TEXT, bytes, sizeof bytes);
    framer_burst_begin(&framer, 7, 0, 1, bytes, sizeof bytes);
    for (uint32_t i = 0; i < 3; i++)
        add(i);
    for (uint32_t capacity = 0; capacity < sizeof golden_batch; capacity++) {
        memset(bytes, 0xEE, sizeof golden_batch + 1);
        assert_int_equal(framer_batch(&framer, bytes, capacity), 0);
        assert_int_equal(bytes[capacity], 0xEE); /* nothing is written beyond the room */
        assert_int_equal(framer.next_seq, 1);
        assert_int_equal(framer.count, 3);
    }
    ASSERT_GOLDEN(framer_batch(&framer, bytes, sizeof golden_batch), golden_batch);
}

static void marks_without_room_give_0_and_can_be_written_again(void **state)
{
    (void)state;
    struct text comment = {"demo run", 8};
    const uint64_t t_ns = UINT64_C(1700000000123456789);
    for (uint32_t room = 0; room < sizeof golden_run_begin; room++)
        assert_int_equal(framer_run_begin(&framer, 42, t_ns, ORIGIN_SIMULATION, comment, bytes, room), 0);
    ASSERT_GOLDEN(framer_run_begin(&framer, 42, t_ns, ORIGIN_SIMULATION, comment, bytes, sizeof golden_run_begin),
                  golden_run_begin);
    for (uint32_t room = 0; room < sizeof golden_burst_begin; room++)
        assert_int_equal(framer_burst_begin(&framer, 7, UINT64_C(1700000001000000000), -999, bytes, room), 0);
    ASSERT_GOLDEN(framer_burst_begin(&framer, 7, UINT64_C(1700000001000000000), -999, bytes, sizeof golden_burst_begin),
                  golden_burst_begin);
    framer.next_seq = 5;
    for (uint32_t room = 0; room < sizeof golden_burst_end; room++)
        assert_int_equal(framer_burst_end(&framer, &end, bytes, room), 0);
    ASSERT_GOLDEN(framer_burst_end(&framer, &end, bytes, sizeof golden_burst_end), golden_burst_end);
    for (uint32_t room = 0; room < sizeof golden_run_end; room++)
        assert_int_equal(framer_run_end(&framer, UINT64_C(1700000005000000000), bytes, room), 0);
    ASSERT_GOLDEN(framer_run_end(&framer, UINT64_C(1700000005000000000), bytes, sizeof golden_run_end), golden_run_end);
}

static void the_longest_batch_fits_into_a_frame(void **state)
{
    (void)state;
    framer_run_begin(&framer, UINT32_MAX, UINT64_MAX, ORIGIN_SIMULATION, NO_TEXT, bytes, sizeof bytes);
    framer_burst_begin(&framer, UINT32_MAX, UINT64_MAX, INT32_MIN, bytes, sizeof bytes);
    framer.next_seq = (UINT64_C(1) << 63) - BATCH_CANDIDATES_MAX;
    for (uint32_t i = 0; i < BATCH_CANDIDATES_MAX; i++)
        add(i);
    uint32_t size = framer_batch(&framer, bytes, FRAME_BYTES_MAX);
    assert_in_range(size, 19 * 4 * BATCH_CANDIDATES_MAX, FRAME_BYTES_MAX);
    assert_true(framer.next_seq == UINT64_C(1) << 63);
}

static void marks_with_the_longest_numbers_and_text_fit_into_their_limit(void **state)
{
    (void)state;
    char letters[199];
    memset(letters, 'x', sizeof letters);
    framer_init(&framer, UINT32_MAX, UINT64_MAX);
    framer.next_seq = UINT64_MAX;
    struct text comment = {letters, sizeof letters};
    struct burst_end longest = {.mark.t_ns = UINT64_MAX,
                                .generated = UINT64_MAX,
                                .kept = UINT64_MAX,
                                .downscaling = INT32_MIN,
                                .sent = UINT64_MAX,
                                .intensity = -1.0,
                                .live_ppm = UINT32_MAX,
                                .choke_count = UINT32_MAX};
    const uint32_t room = FRAMING_MARK_MAX;
    assert_int_not_equal(framer_run_begin(&framer, UINT32_MAX, UINT64_MAX, ORIGIN_INJECTION, comment, bytes, room), 0);
    assert_int_not_equal(framer_burst_begin(&framer, UINT32_MAX, UINT64_MAX, INT32_MIN, bytes, room), 0);
    assert_int_not_equal(framer_burst_end(&framer, &longest, bytes, room), 0);
    assert_int_not_equal(framer_run_end(&framer, UINT64_MAX, bytes, room), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(frames_are_the_bytes_of_the_protobuf_library, start),
        cmocka_unit_test_setup(a_run_of_data_carries_no_truth, start),
        cmocka_unit_test_setup(seq_advances_with_each_batch_that_was_written, start),
        cmocka_unit_test_setup(a_batch_without_room_gives_0_and_keeps_its_candidates, start),
        cmocka_unit_test_setup(marks_without_room_give_0_and_can_be_written_again, start),
        cmocka_unit_test_setup(the_longest_batch_fits_into_a_frame, start),
        cmocka_unit_test_setup(marks_with_the_longest_numbers_and_text_fit_into_their_limit, start),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
