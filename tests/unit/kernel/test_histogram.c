/* SPDX-License-Identifier: MIT */
/* test_histogram - slots at the edges of bins and at the ends of 32 bits. */
#include "hnlmon/histogram.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "../../vectors/mmiss_vectors.h"
#include "hnlmon/units.h"

static const struct axis m2_axis = {M2_BIN_FIRST * M2_BIN_WIDTH_MEV2, M2_BIN_WIDTH_MEV2, M2_BIN_COUNT};

static void a_bin_holds_its_lower_edge_and_not_its_upper(void **state)
{
    static const struct {
        int32_t value;
        uint32_t slot;
    } cases[] = {{-35701, 0},    {-35700, 1},       {-35582, 1},   {-35581, 2},  {-1, 300},
                 {0, 301},       {118, 301},        {119, 302},    {20736, 475}, {142799, 1500},
                 {142800, 1501}, {INT32_MAX, 1501}, {INT32_MIN, 0}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_int_equal(axis_slot(&m2_axis, cases[i].value), cases[i].slot);
}

static void slots_of_the_default_axis_agree_with_the_vectors(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof mmiss_vectors / sizeof mmiss_vectors[0]; i++)
        assert_int_equal(axis_slot(&m2_axis, mmiss_vectors[i].mev2), mmiss_vectors[i].slot);
}

/* lo + bins * width = INT32_MIN + 65533 * 65530 = 2146893842, the widest that fits. */
static void an_axis_may_span_all_32_bits(void **state)
{
    const struct axis wide = {INT32_MIN, 65530, 65533};
    (void)state;
    assert_int_equal(axis_slot(&wide, INT32_MIN), 1);
    assert_int_equal(axis_slot(&wide, INT32_MIN + 65529), 1);
    assert_int_equal(axis_slot(&wide, INT32_MIN + 65530), 2);
    assert_int_equal(axis_slot(&wide, 2146893841), 65533);
    assert_int_equal(axis_slot(&wide, 2146893842), 65534);
    assert_int_equal(axis_slot(&wide, INT32_MAX), 65534);
    assert_int_equal(axis_slots(&wide), 65535);
}

static void an_axis_of_one_bin_has_three_slots(void **state)
{
    const struct axis one = {INT32_MAX - 1, 1, 1};
    (void)state;
    assert_int_equal(axis_slots(&one), 3);
    assert_int_equal(axis_slot(&one, INT32_MAX - 2), 0);
    assert_int_equal(axis_slot(&one, INT32_MAX - 1), 1);
    assert_int_equal(axis_slot(&one, INT32_MAX), 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_bin_holds_its_lower_edge_and_not_its_upper),
        cmocka_unit_test(slots_of_the_default_axis_agree_with_the_vectors),
        cmocka_unit_test(an_axis_may_span_all_32_bits),
        cmocka_unit_test(an_axis_of_one_bin_has_three_slots),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
