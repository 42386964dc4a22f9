/* SPDX-License-Identifier: MIT */
#include "io/losses.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static struct losses losses;

static int empty(void **state)
{
    (void)state;
    memset(&losses, 0, sizeof losses);
    return 0;
}

static void what_was_announced_is_not_counted_again(void **state)
{
    (void)state;
    losses_add(&losses, 11, 20, LOSS_RING_OVERRUN);
    losses_add(&losses, 11, 20, LOSS_RING_OVERRUN);
    losses_add(&losses, 1, 15, LOSS_RING_OVERRUN);
    losses_add(&losses, 15, 25, LOSS_REFUSED);
    assert_int_equal(losses.total[LOSS_RING_OVERRUN], 10);
    assert_int_equal(losses.total[LOSS_REFUSED], 5);
}

static void stretches_that_touch_are_one(void **state)
{
    (void)state;
    for (uint64_t seq = 1; seq <= 2 * LOSSES_MAX; seq++)
        losses_add(&losses, seq, seq, LOSS_SHED);
    assert_int_equal(losses.count, 1);
    losses_take_back(&losses, 1);
    assert_int_equal(losses.total[LOSS_SHED], 0);
    assert_int_equal(losses.count, 0);
}

static void what_is_taken_back_can_be_announced_again(void **state)
{
    (void)state;
    losses_add(&losses, 1, 10, LOSS_SHED);
    losses_add(&losses, 21, 30, LOSS_RING_OVERRUN);
    losses_add(&losses, 41, 50, LOSS_SHED);
    losses_take_back(&losses, 26);
    assert_int_equal(losses.total[LOSS_SHED], 10);
    assert_int_equal(losses.total[LOSS_RING_OVERRUN], 5);
    losses_add(&losses, 21, 50, LOSS_RING_OVERRUN);
    assert_int_equal(losses.total[LOSS_RING_OVERRUN], 30);
    losses_take_back(&losses, 51);
    assert_int_equal(losses.total[LOSS_RING_OVERRUN], 30);
}

static void beyond_the_last_stretches_nothing_can_be_taken_back(void **state)
{
    (void)state;
    for (uint64_t i = 0; i < LOSSES_MAX + 3; i++)
        losses_add(&losses, 10 * i + 1, 10 * i + 2, LOSS_SHED);
    assert_int_equal(losses.total[LOSS_SHED], 2 * (LOSSES_MAX + 3));
    losses_take_back(&losses, 1);
    assert_int_equal(losses.total[LOSS_SHED], 2 * 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(what_was_announced_is_not_counted_again, empty),
        cmocka_unit_test_setup(stretches_that_touch_are_one, empty),
        cmocka_unit_test_setup(what_is_taken_back_can_be_announced_again, empty),
        cmocka_unit_test_setup(beyond_the_last_stretches_nothing_can_be_taken_back, empty),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
