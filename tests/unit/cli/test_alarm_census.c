/* SPDX-License-Identifier: MIT */
#include "cli/alarm_census.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void an_alarm_is_counted_once_however_often_it_is_told(void **state)
{
    static struct alarm_census census;
    struct alarm alarm = {.id = "anomaly-1",
                          .kind = ALARM_ANOMALY,
                          .horizon = HORIZON_10,
                          .horizons = 1u << HORIZON_10,
                          .severity = SEVERITY_MINOR,
                          .z = 5};
    (void)state;
    alarm_census_init(&census);
    const struct alarm_census_cell *cell = &census.cells[ALARM_ANOMALY][HORIZON_10];
    alarm_census_add(&census, &alarm);
    alarm.z = 5.2;
    alarm_census_add(&census, &alarm);
    assert_true(cell->raised == 1 && cell->major == 0);
    alarm.severity = SEVERITY_MAJOR;
    alarm_census_add(&census, &alarm);
    alarm_census_add(&census, &alarm); /* it clears */
    assert_true(cell->raised == 1 && cell->major == 1);
    alarm = (struct alarm){.id = "anomaly-2",
                           .kind = ALARM_ANOMALY,
                           .horizon = HORIZON_10,
                           .horizons = 1u << HORIZON_10,
                           .severity = SEVERITY_MAJOR};
    alarm_census_add(&census, &alarm);
    assert_true(cell->raised == 2 && cell->major == 2);
}

static void kinds_and_horizons_are_counted_apart(void **state)
{
    static struct alarm_census census;
    struct alarm veto = {.id = "veto-1", .kind = ALARM_VETO, .horizon = HORIZON_100, .severity = SEVERITY_MINOR};
    struct alarm excess = {.id = "excess-1",
                           .kind = ALARM_EXCESS,
                           .horizon = HORIZON_RUN,
                           .horizons = 1u << HORIZON_RUN,
                           .severity = SEVERITY_MAJOR};
    (void)state;
    alarm_census_init(&census);
    alarm_census_add(&census, &veto);
    alarm_census_add(&census, &excess);
    assert_true(census.cells[ALARM_VETO][0].raised == 1 && census.cells[ALARM_VETO][HORIZON_100].raised == 0);
    assert_true(census.cells[ALARM_EXCESS][HORIZON_RUN].major == 1);
    assert_true(census.cells[ALARM_ANOMALY][HORIZON_RUN].raised == 0);
}

static void an_alarm_on_several_horizons_is_raised_on_each_and_major_on_one(void **state)
{
    static struct alarm_census census;
    struct alarm alarms[2] = {{.id = "a", .kind = ALARM_ANOMALY, .severity = SEVERITY_MAJOR},
                              {.id = "b", .kind = ALARM_ANOMALY, .severity = SEVERITY_MAJOR}};
    (void)state;
    alarm_census_init(&census);
    for (int i = 0; i < 6; i++) { /* told in turns, the second one more significant on 100 bursts later */
        struct alarm *alarm = &alarms[i % 2];
        alarm->horizon = i < 3 ? HORIZON_10 : HORIZON_100;
        alarm->horizons = 1u << HORIZON_10 | 1u << alarm->horizon;
        alarm_census_add(&census, alarm);
    }
    const struct alarm_census_cell *cells = census.cells[ALARM_ANOMALY];
    assert_true(cells[HORIZON_10].raised == 2 && cells[HORIZON_100].raised == 2);
    assert_true(cells[HORIZON_10].major == 2 && cells[HORIZON_100].major == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_alarm_is_counted_once_however_often_it_is_told),
        cmocka_unit_test(kinds_and_horizons_are_counted_apart),
        cmocka_unit_test(an_alarm_on_several_horizons_is_raised_on_each_and_major_on_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
