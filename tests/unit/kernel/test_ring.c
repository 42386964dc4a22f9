/* SPDX-License-Identifier: MIT */
/* test_ring - the ring against a plain queue of copies under random traffic, and its corners one by one. */
#include "hnlmon/ring.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "random.h"

#define CAPACITY_MAX 4096
#define GUARD 0xA5
#define MODEL_FRAMES 4096

/* The queue: frames by number; the bytes of frame n are a function of n. */
struct model_frame {
    uint64_t first_seq;
    uint32_t count, size;
};

struct model {
    struct model_frame frames[MODEL_FRAMES]; /* frame n at n % MODEL_FRAMES */
    uint64_t oldest, next;                   /* numbers */
};

static unsigned char memory[8 + CAPACITY_MAX + 8] __attribute__((aligned(8)));

static struct ring fresh_ring(uint32_t capacity)
{
    struct ring ring;
    memset(memory, GUARD, sizeof memory);
    ring_init(&ring, memory + 8, capacity);
    return ring;
}

static void expect_guards(const struct ring *ring)
{
    for (int i = 0; i < 8; i++) {
        assert_int_equal(memory[i], GUARD);
        assert_int_equal(memory[8 + ring->capacity + (unsigned)i], GUARD);
    }
}

static unsigned char content(uint64_t number, uint32_t i)
{
    return (unsigned char)(number * 131 + i * 7 + (i >> 8));
}

static bool push_numbered(struct ring *ring, uint64_t number, struct model_frame frame)
{
    static unsigned char bytes[CAPACITY_MAX];
    for (uint32_t i = 0; i < frame.size; i++)
        bytes[i] = content(number, i);
    return ring_push(ring, frame.first_seq, frame.count, bytes, frame.size);
}

static void expect_frame(const struct ring_frame *frame, const struct model *model, uint64_t number)
{
    const struct model_frame *expected = &model->frames[number % MODEL_FRAMES];
    assert_int_equal(frame->first_seq, expected->first_seq);
    assert_int_equal(frame->count, expected->count);
    assert_int_equal(frame->size, expected->size);
    for (uint32_t i = 0; i < frame->size; i++)
        assert_int_equal(frame->bytes[i], content(number, i));
}

static void expect_all_frames(const struct ring *ring, const struct model *model)
{
    uint64_t position = ring->tail;
    struct ring_frame frame;
    assert_int_equal(ring->frames, model->next - model->oldest);
    for (uint64_t number = model->oldest; number < model->next; number++) {
        assert_true(ring_next(ring, &position, &frame));
        expect_frame(&frame, model, number);
    }
    assert_false(ring_next(ring, &position, &frame));
    assert_int_equal(position, ring->head);
    expect_guards(ring);
}

static void drop_one(struct ring *ring, struct model *model)
{
    struct ring_frame frame;
    assert_true(ring_oldest(ring, &frame));
    expect_frame(&frame, model, model->oldest);
    ring_drop(ring);
    model->oldest++;
}

/* Pushes a random frame, shedding the oldest until it fits, as a source does. */
static void push_shedding(struct ring *ring, struct model *model, struct random *random)
{
    uint32_t limit = ring_frame_limit(ring);
    struct model_frame frame = {
        .first_seq = UINT64_C(0xFFFFFFF0) + model->next * 3, /* both words of seq are used */
        .count = (uint32_t)random_below(random, 4097),
        .size = (uint32_t)random_below(random, random_below(random, 4) == 0 ? limit + 1 : limit / 8 + 1),
    };
    while (!push_numbered(ring, model->next, frame))
        drop_one(ring, model); /* fails its assertion when the ring is empty and still refuses */
    model->frames[model->next % MODEL_FRAMES] = frame;
    model->next++;
}

/* A reader in the middle: sees each frame once, in order, unless it was dropped first. */
static void read_on(const struct ring *ring, const struct model *model, uint64_t *position, uint64_t *number)
{
    struct ring_frame frame;
    if (*number < model->oldest)
        *number = model->oldest;
    if (ring_next(ring, position, &frame))
        expect_frame(&frame, model, (*number)++);
    else
        assert_int_equal(*number, model->next);
}

static void run_random_traffic(struct random *random, uint32_t capacity, int steps)
{
    static struct model model;
    struct ring ring = fresh_ring(capacity);
    uint64_t position = 0, number = 0;
    model.oldest = model.next = 0;
    for (int i = 0; i < steps; i++) {
        uint64_t dice = random_below(random, 8);
        if (dice < 3)
            push_shedding(&ring, &model, random);
        else if (dice < 5 && ring.frames > 0)
            drop_one(&ring, &model);
        else if (dice < 7)
            read_on(&ring, &model, &position, &number);
        else
            expect_all_frames(&ring, &model);
    }
    expect_all_frames(&ring, &model);
}

static void ring_behaves_like_a_queue_under_random_traffic(void **state)
{
    struct random random = random_start(__func__);
    (void)state;
    for (int i = 0; i < (test_is_full() ? 5000 : 150); i++)
        run_random_traffic(&random, (uint32_t)(64 + random_below(&random, random_below(&random, 2) ? 200 : 4000)),
                           1000);
}

static void an_empty_ring_takes_the_largest_frame_wherever_it_stands(void **state)
{
    static unsigned char bytes[CAPACITY_MAX];
    struct ring ring = fresh_ring(256);
    struct ring_frame frame;
    (void)state;
    for (uint64_t seq = 1; seq < 100; seq += 2) {
        assert_true(ring_push(&ring, seq, 1, bytes, (uint32_t)seq % 40));
        ring_drop(&ring);
        assert_true(ring_push(&ring, seq + 1, 1, bytes, ring_frame_limit(&ring)));
        assert_true(ring_oldest(&ring, &frame));
        assert_int_equal(frame.size, ring_frame_limit(&ring));
        ring_drop(&ring);
        expect_guards(&ring);
    }
}

static void a_frame_above_the_limit_is_refused_and_changes_nothing(void **state)
{
    static unsigned char bytes[CAPACITY_MAX];
    struct ring ring = fresh_ring(256), before = ring;
    (void)state;
    assert_false(ring_push(&ring, 1, 1, bytes, ring_frame_limit(&ring) + 1));
    assert_false(ring_push(&ring, 1, 1, bytes, UINT32_MAX));
    assert_memory_equal(&ring, &before, sizeof ring);
}

static void a_full_ring_refuses_and_keeps_what_it_has(void **state)
{
    static unsigned char bytes[CAPACITY_MAX];
    struct ring ring = fresh_ring(128);
    struct ring_frame frame;
    (void)state;
    assert_true(ring_push(&ring, 1, 10, bytes, 48));
    assert_true(ring_push(&ring, 11, 10, bytes, 48)); /* 2 * (16 + 48) = 128 */
    struct ring before = ring;
    assert_false(ring_push(&ring, 21, 0, bytes, 0));
    assert_memory_equal(&ring, &before, sizeof ring);
    assert_true(ring_oldest(&ring, &frame));
    assert_int_equal(frame.first_seq, 1);
    assert_int_equal(frame.count, 10);
}

static void a_position_before_the_tail_moves_to_the_oldest_frame(void **state)
{
    static unsigned char bytes[CAPACITY_MAX];
    struct ring ring = fresh_ring(256);
    struct ring_frame frame;
    uint64_t position = ring.tail;
    (void)state;
    for (uint64_t seq = 1; seq <= 3; seq++)
        assert_true(ring_push(&ring, seq, 1, bytes, 8));
    ring_drop(&ring);
    assert_true(ring_next(&ring, &position, &frame));
    assert_int_equal(frame.first_seq, 2);
}

static void a_reader_at_the_end_sees_the_next_frame_behind_a_wrap(void **state)
{
    static unsigned char bytes[CAPACITY_MAX];
    struct ring ring = fresh_ring(128);
    struct ring_frame frame;
    uint64_t position = ring.tail;
    (void)state;
    assert_true(ring_push(&ring, 1, 1, bytes, 32));
    assert_true(ring_push(&ring, 2, 1, bytes, 32)); /* 96 of 128 used, 32 left */
    while (ring_next(&ring, &position, &frame))
        assert_true(frame.first_seq <= 2);
    ring_drop(&ring);
    assert_true(ring_push(&ring, 3, 1, bytes, 24)); /* needs 40: starts over at the beginning */
    assert_true(ring_next(&ring, &position, &frame));
    assert_int_equal(frame.first_seq, 3);
    assert_ptr_equal(frame.bytes, ring.buffer + 16);
    assert_false(ring_next(&ring, &position, &frame));
}

static void an_empty_ring_has_no_frames(void **state)
{
    struct ring ring = fresh_ring(64);
    struct ring_frame frame;
    uint64_t position = ring.tail;
    (void)state;
    assert_false(ring_oldest(&ring, &frame));
    assert_false(ring_next(&ring, &position, &frame));
    assert_int_equal(ring_frame_limit(&ring), 48);
}

static void a_capacity_is_rounded_down_to_whole_words(void **state)
{
    struct ring ring = fresh_ring(71);
    (void)state;
    assert_int_equal(ring.capacity, 64);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ring_behaves_like_a_queue_under_random_traffic),
        cmocka_unit_test(an_empty_ring_takes_the_largest_frame_wherever_it_stands),
        cmocka_unit_test(a_frame_above_the_limit_is_refused_and_changes_nothing),
        cmocka_unit_test(a_full_ring_refuses_and_keeps_what_it_has),
        cmocka_unit_test(a_position_before_the_tail_moves_to_the_oldest_frame),
        cmocka_unit_test(a_reader_at_the_end_sees_the_next_frame_behind_a_wrap),
        cmocka_unit_test(an_empty_ring_has_no_frames),
        cmocka_unit_test(a_capacity_is_rounded_down_to_whole_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
