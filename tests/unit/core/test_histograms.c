/* SPDX-License-Identifier: MIT */
#include "core/histograms.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void histograms_lie_end_to_end(void **state)
{
    (void)state;
    uint32_t offset = 0;
    for (int id = 0; id < HISTOGRAM_COUNT; id++) {
        assert_int_equal(histogram_table[id].offset, offset);
        offset += axis_slots(&histogram_table[id].axis);
    }
    assert_int_equal(offset, HISTOGRAM_SLOTS);
}

static void every_histogram_is_found_by_its_name_and_no_other(void **state)
{
    (void)state;
    for (int id = 0; id < HISTOGRAM_COUNT; id++)
        assert_int_equal(histogram_by_name(histogram_table[id].name), id);
    assert_int_equal(histogram_by_name(""), HISTOGRAM_COUNT);
    assert_int_equal(histogram_by_name("m2_"), HISTOGRAM_COUNT);
    assert_int_equal(histogram_by_name("M2"), HISTOGRAM_COUNT);
}

/* Lower and upper edge in the unit that people read. */
static void assert_range(const char *name, const char *unit, double low, double high)
{
    const struct histogram_info *info = &histogram_table[histogram_by_name(name)];
    const struct axis *axis = &info->axis;
    assert_string_equal(info->unit, unit);
    assert_true(fabs(axis->lo * info->unit_scale - low) < 1e-9 * high);
    assert_true(fabs(((double)axis->lo + (double)axis->bins * axis->width) * info->unit_scale - high) < 1e-9 * high);
}

static void axes_cover_the_ranges_that_people_read(void **state)
{
    (void)state;
    assert_range("m2", "MeV^2", -35700, 142800);
    assert_range("m2_tail_before_veto", "MeV^2", -35700, 142800);
    assert_range("m_gg", "MeV", 100, 170);
    assert_range("e_over_p", "", 0.75, 1.25);
    assert_range("vertex_z", "m", 100, 185);
    assert_range("p_e", "GeV/c", 0, 75);
    assert_range("dt", "ns", -5, 5);
    assert_range("dt_k", "ns", -5, 5);
    assert_range("cda", "mm", 0, 50);
    assert_range("burst_time", "s", 0, 700 * 400784 * 24.951059536e-9);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(histograms_lie_end_to_end),
        cmocka_unit_test(every_histogram_is_found_by_its_name_and_no_other),
        cmocka_unit_test(axes_cover_the_ranges_that_people_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
