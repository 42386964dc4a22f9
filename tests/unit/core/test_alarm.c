/* SPDX-License-Identifier: MIT */
#include "core/alarm.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static struct alarms alarms;
static struct scan scan; /* of which `look` fills in one hypothesis */
static uint32_t burst;   /* number of the last look, in run 7 */

static int start(void **state)
{
    (void)state;
    struct alarm_thresholds thresholds = alarm_default_thresholds();
    alarms_init(&alarms, &thresholds);
    memset(&scan, 0, sizeof scan);
    burst = 0;
    return 0;
}

/* One look at a horizon whose largest exact significance is z, at 135 MeV. */
static const struct alarm *look(enum horizon_id horizon, double z)
{
    scan.horizon = horizon;
    for (uint32_t i = 0; i < HYPOTHESIS_COUNT; i++)
        scan.hypotheses[i] = (struct hypothesis){.m_n_mev = HYPOTHESIS_FIRST_MEV + (double)i, .valid = true};
    struct hypothesis *h = &scan.hypotheses[135 - HYPOTHESIS_FIRST_MEV];
    h->n = 50;
    h->b = 20.0;
    h->z = z + 0.3;
    h->z_alarm = z;
    return alarms_look(&alarms, &scan, 7, ++burst);
}

static const struct alarm *of(enum horizon_id horizon)
{
    return alarms_get(&alarms, horizon - HORIZON_1);
}

static void the_default_thresholds_are_those_of_the_null_simulation(void **state)
{
    (void)state;
    struct alarm_thresholds t = alarm_default_thresholds();
    const double major[] = {0.0, 5.60, 5.60, 5.25, 4.75, 3.90}, minor[] = {0.0, 4.85, 4.85, 4.45, 0.0, 0.0};
    for (int id = 0; id < HORIZON_COUNT; id++) {
        assert_true(t.major[id] == major[id]);
        assert_true(t.minor[id] == minor[id]);
    }
    assert_true(t.change == 5.5);
}

static void alarm_is_raised_at_its_threshold(void **state)
{
    (void)state;
    const struct alarm *alarm = look(HORIZON_RUN, 4.75);
    assert_non_null(alarm);
    assert_int_equal(alarm->state, ALARM_UNACKNOWLEDGED);
    assert_int_equal(alarm->kind, ALARM_EXCESS);
    assert_int_equal(alarm->severity, SEVERITY_MAJOR);
    assert_true(alarm->m_n_mev == 135.0 && alarm->z == 4.75 && alarm->b == 20.0);
    assert_int_equal(alarm->n, 50);
    assert_int_equal(alarm->first_run, 7);
    assert_int_equal(alarm->first_burst, 1);
    assert_ptr_equal(of(HORIZON_RUN), alarm);
}

static void alarm_is_not_raised_below_its_threshold(void **state)
{
    (void)state;
    assert_null(look(HORIZON_RUN, 4.7499999));
    assert_null(of(HORIZON_RUN));
}

static void excess_has_no_minor(void **state)
{
    (void)state;
    for (double z = 0.0; z < 4.75; z += 0.01)
        assert_null(look(HORIZON_RUN, z));
}

static void short_horizons_raise_an_anomaly_minor_then_major(void **state)
{
    (void)state;
    static const double minor[] = {4.85, 4.85, 4.45}, major[] = {5.60, 5.60, 5.25};
    for (enum horizon_id id = HORIZON_1; id <= HORIZON_100; id++) {
        assert_null(look(id, minor[id - HORIZON_1] - 1e-9));
        const struct alarm *alarm = look(id, minor[id - HORIZON_1]);
        assert_int_equal(alarm->kind, ALARM_ANOMALY);
        assert_int_equal(alarm->severity, SEVERITY_MINOR);
        alarm = look(id, major[id - HORIZON_1]);
        assert_int_equal(alarm->severity, SEVERITY_MAJOR);
    }
}

static void alarm_clears_only_after_three_quiet_bursts(void **state)
{
    (void)state;
    look(HORIZON_RUN, 5.0);
    assert_null(look(HORIZON_RUN, 4.2499999)); /* below 4.75 - 0.5 */
    assert_null(look(HORIZON_RUN, 0.0));
    const struct alarm *alarm = look(HORIZON_RUN, 4.2);
    assert_non_null(alarm);
    assert_int_equal(alarm->state, ALARM_RETURNED_UNACKNOWLEDGED);
}

static void the_clearing_level_of_an_anomaly_is_below_its_minor_threshold(void **state)
{
    (void)state;
    look(HORIZON_10, 6.0);
    for (int i = 0; i < 10; i++)
        assert_null(look(HORIZON_10, 4.4)); /* not below 4.85 - 0.5 */
    assert_int_equal(of(HORIZON_10)->state, ALARM_UNACKNOWLEDGED);
    look(HORIZON_10, 4.3);
    look(HORIZON_10, 4.3);
    assert_int_equal(look(HORIZON_10, 4.3)->state, ALARM_RETURNED_UNACKNOWLEDGED);
}

static void a_burst_between_clearing_level_and_threshold_restarts_the_count(void **state)
{
    (void)state;
    look(HORIZON_RUN, 5.0);
    look(HORIZON_RUN, 1.0);
    look(HORIZON_RUN, 1.0);
    assert_null(look(HORIZON_RUN, 4.25)); /* at the level is not below it */
    assert_null(look(HORIZON_RUN, 1.0));
    assert_null(look(HORIZON_RUN, 1.0));
    assert_non_null(look(HORIZON_RUN, 1.0));
}

static void a_burst_at_the_threshold_restarts_the_count_too(void **state)
{
    (void)state;
    look(HORIZON_RUN, 5.0);
    look(HORIZON_RUN, 1.0);
    look(HORIZON_RUN, 1.0);
    assert_null(look(HORIZON_RUN, 4.8));
    look(HORIZON_RUN, 1.0);
    assert_null(look(HORIZON_RUN, 1.0));
    assert_int_equal(of(HORIZON_RUN)->state, ALARM_UNACKNOWLEDGED);
}

static void alarm_stays_latched_until_acknowledged(void **state)
{
    (void)state;
    char id[ALARM_ID_SIZE];
    memcpy(id, look(HORIZON_RUN, 5.0)->id, sizeof id);
    for (int i = 0; i < 100; i++)
        look(HORIZON_RUN, 0.0);
    assert_int_equal(of(HORIZON_RUN)->state, ALARM_RETURNED_UNACKNOWLEDGED);
    const struct alarm *alarm = alarms_acknowledge(&alarms, id);
    assert_int_equal(alarm->state, ALARM_NORMAL);
    assert_null(of(HORIZON_RUN));
    assert_null(alarms_acknowledge(&alarms, id));
}

static void an_acknowledged_alarm_clears_to_normal(void **state)
{
    (void)state;
    const struct alarm *alarm = alarms_acknowledge(&alarms, look(HORIZON_RUN, 5.0)->id);
    assert_int_equal(alarm->state, ALARM_ACKNOWLEDGED);
    assert_null(alarms_acknowledge(&alarms, alarm->id));
    assert_null(look(HORIZON_RUN, 4.9));
    assert_int_equal(of(HORIZON_RUN)->state, ALARM_ACKNOWLEDGED);
    look(HORIZON_RUN, 0.0);
    look(HORIZON_RUN, 0.0);
    alarm = look(HORIZON_RUN, 0.0);
    assert_int_equal(alarm->state, ALARM_NORMAL); /* told, so that others see it end */
    assert_null(of(HORIZON_RUN));
}

static void a_returned_alarm_that_is_raised_again_keeps_its_id(void **state)
{
    (void)state;
    char id[ALARM_ID_SIZE];
    memcpy(id, look(HORIZON_RUN, 5.0)->id, sizeof id);
    for (int i = 0; i < 3; i++)
        look(HORIZON_RUN, 0.0);
    const struct alarm *alarm = look(HORIZON_RUN, 4.8);
    assert_non_null(alarm);
    assert_int_equal(alarm->state, ALARM_UNACKNOWLEDGED);
    assert_string_equal(alarm->id, id);
    assert_int_equal(alarm->first_burst, 1);
    assert_int_equal(alarm->last_burst, 5);
    assert_int_equal(alarm->count, 2);
    assert_true(alarm->z == 5.0); /* the highest since it was raised */
}

static void an_alarm_after_normal_is_a_new_one(void **state)
{
    (void)state;
    char id[ALARM_ID_SIZE];
    memcpy(id, look(HORIZON_RUN, 5.0)->id, sizeof id);
    for (int i = 0; i < 3; i++)
        look(HORIZON_RUN, 0.0);
    alarms_acknowledge(&alarms, id);
    const struct alarm *alarm = look(HORIZON_RUN, 4.8);
    assert_string_not_equal(alarm->id, id);
    assert_int_equal(alarm->count, 1);
    assert_true(alarm->z == 4.8);
}

static void a_more_severe_alarm_must_be_acknowledged_again(void **state)
{
    (void)state;
    const struct alarm *alarm = look(HORIZON_1, 5.0);
    assert_int_equal(alarm->severity, SEVERITY_MINOR);
    alarms_acknowledge(&alarms, alarm->id);
    assert_null(look(HORIZON_1, 4.9));
    assert_int_equal(of(HORIZON_1)->state, ALARM_ACKNOWLEDGED);
    alarm = look(HORIZON_1, 5.7);
    assert_int_equal(alarm->state, ALARM_UNACKNOWLEDGED);
    assert_int_equal(alarm->severity, SEVERITY_MAJOR);
}

static void a_less_severe_burst_does_not_lower_the_severity(void **state)
{
    (void)state;
    look(HORIZON_1, 5.7);
    assert_null(look(HORIZON_1, 4.9));
    assert_int_equal(of(HORIZON_1)->severity, SEVERITY_MAJOR);
    assert_int_equal(of(HORIZON_1)->last_burst, 2);
}

static void a_stronger_burst_is_told_but_stays_acknowledged(void **state)
{
    (void)state;
    alarms_acknowledge(&alarms, look(HORIZON_RUN, 5.0)->id);
    const struct alarm *alarm = look(HORIZON_RUN, 5.1);
    assert_non_null(alarm);
    assert_int_equal(alarm->state, ALARM_ACKNOWLEDGED);
    assert_true(alarm->z == 5.1);
    assert_int_equal(alarm->count, 2);
}

static void a_withheld_significance_changes_nothing(void **state)
{
    (void)state;
    scan.withheld = "candidates were lost";
    assert_null(look(HORIZON_RUN, 9.0));
    assert_null(of(HORIZON_RUN));
    scan.withheld = NULL;
    look(HORIZON_RUN, 5.0);
    struct alarms before = alarms;
    scan.withheld = "a burst is incomplete";
    for (int i = 0; i < 10; i++)
        assert_null(look(HORIZON_RUN, i % 2 ? 0.0 : 9.0));
    assert_memory_equal(&alarms, &before, sizeof alarms);
}

static void a_hypothesis_that_is_not_valid_raises_nothing(void **state)
{
    (void)state;
    look(HORIZON_RUN, 0.0);
    scan.hypotheses[0] = (struct hypothesis){.m_n_mev = 113.0, .z = 9.0, .z_alarm = 9.0, .valid = false};
    assert_null(alarms_look(&alarms, &scan, 7, ++burst));
}

static void the_displayed_significance_raises_nothing(void **state)
{
    (void)state;
    look(HORIZON_RUN, 0.0);
    scan.hypotheses[20].z = 9.0;
    assert_null(alarms_look(&alarms, &scan, 7, ++burst));
}

static void the_id_comes_from_the_data_alone(void **state)
{
    (void)state;
    look(HORIZON_RUN, 0.0);
    scan.line = LINE_UNPRESCALED;
    scan.hypotheses[22].z_alarm = 5.0;
    assert_string_equal(alarms_look(&alarms, &scan, 7, 6)->id, "excess-unprescaled-run-7-6");
    scan.horizon = HORIZON_10;
    assert_string_equal(alarms_look(&alarms, &scan, 4294967295u, 4294967294u)->id,
                        "anomaly-unprescaled-10-4294967295-4294967294");
}

static void horizons_have_alarms_of_their_own(void **state)
{
    (void)state;
    look(HORIZON_1, 6.0);
    look(HORIZON_RUN, 6.0);
    assert_null(of(HORIZON_10));
    assert_null(of(HORIZON_100));
    alarms_acknowledge(&alarms, of(HORIZON_1)->id);
    assert_int_equal(of(HORIZON_1)->state, ALARM_ACKNOWLEDGED);
    assert_int_equal(of(HORIZON_RUN)->state, ALARM_UNACKNOWLEDGED);
}

static void an_unknown_or_empty_id_acknowledges_nothing(void **state)
{
    (void)state;
    look(HORIZON_RUN, 5.0);
    assert_null(alarms_acknowledge(&alarms, ""));
    assert_null(alarms_acknowledge(&alarms, "excess-unprescaled-run-7-2"));
    assert_int_equal(of(HORIZON_RUN)->state, ALARM_UNACKNOWLEDGED);
}

static void thresholds_of_zero_raise_nothing(void **state)
{
    (void)state;
    struct alarm_thresholds none = {{0}, {0}, 0};
    alarms_init(&alarms, &none);
    for (enum horizon_id id = HORIZON_1; id < HORIZON_COUNT; id++)
        assert_null(look(id, 40.0));
}

static void every_kind_severity_and_state_has_its_word(void **state)
{
    (void)state;
    assert_string_equal(alarm_kind_name(ALARM_EXCESS), "EXCESS");
    assert_string_equal(alarm_kind_name(ALARM_ANOMALY), "ANOMALY");
    assert_string_equal(severity_name(SEVERITY_NONE), "NO_ALARM");
    assert_string_equal(severity_name(SEVERITY_MINOR), "MINOR");
    assert_string_equal(severity_name(SEVERITY_MAJOR), "MAJOR");
    assert_string_equal(severity_name(SEVERITY_INVALID), "INVALID");
    assert_string_equal(alarm_state_name(ALARM_NORMAL), "NORMAL");
    assert_string_equal(alarm_state_name(ALARM_UNACKNOWLEDGED), "UNACKNOWLEDGED");
    assert_string_equal(alarm_state_name(ALARM_ACKNOWLEDGED), "ACKNOWLEDGED");
    assert_string_equal(alarm_state_name(ALARM_RETURNED_UNACKNOWLEDGED), "RETURNED_UNACKNOWLEDGED");
    assert_string_equal(alarm_kind_name(ALARM_RATE), "RATE");
    assert_string_equal(alarm_kind_name(ALARM_PEAK), "PEAK");
    assert_string_equal(alarm_kind_name(ALARM_VETO), "VETO");
    for (int kind = ALARM_EXCESS; kind <= ALARM_VETO; kind++) {
        const struct alarm alarm = {.kind = (enum alarm_kind)kind};
        assert_in_range(strlen(alarm_action(&alarm)), 20, ALARM_TEXT_SIZE - 1);
        assert_int_equal(alarm_is_change(alarm.kind), kind >= ALARM_RATE);
    }
}

/* ---- changes of data quality ---- */

/* One look at the vetoes, of which `streams` changed; the LAV by `size` since burst 20. */
static const struct alarm *look_at_vetoes(uint32_t streams, double size, double z)
{
    const struct change_finding lav = {.id = CHANGE_LAV, .start = 20, .size = size, .z = z};
    return alarms_look_at_change(&alarms, CHANGE_OF_VETO, streams, &lav, 7, ++burst);
}

static void a_change_is_one_alarm_for_each_kind(void **state)
{
    (void)state;
    burst = 21;
    const struct alarm *alarm = look_at_vetoes(1, -0.5, 8.0);
    assert_non_null(alarm);
    assert_string_equal(alarm->id, "veto-7-22");
    assert_int_equal(alarm->kind, ALARM_VETO);
    assert_int_equal(alarm->severity, SEVERITY_MAJOR);
    assert_int_equal(alarm->state, ALARM_UNACKNOWLEDGED);
    assert_true(alarm->z == 8.0 && alarm->change.id == CHANGE_LAV);
    assert_true(alarm->first_run == 7 && alarm->first_burst == 20 && alarm->last_burst == 22 && alarm->count == 1);
    const struct change_finding rate = {.id = CHANGE_CANDIDATES, .start = 22, .size = 0.05, .z = 6.0};
    const struct alarm *other = alarms_look_at_change(&alarms, CHANGE_OF_RATE, 1, &rate, 7, 22);
    assert_string_equal(other->id, "rate-7-22");
    assert_int_equal(other->severity, SEVERITY_MINOR);
    assert_ptr_equal(alarms_get(&alarms, ALARM_HORIZONS + CHANGE_OF_VETO), alarm);
    assert_ptr_equal(alarms_get(&alarms, ALARM_HORIZONS + CHANGE_OF_RATE), other);
    assert_null(alarms_get(&alarms, ALARM_HORIZONS + CHANGE_OF_PEAK));
}

static void a_change_is_told_again_only_when_it_became_much_more(void **state)
{
    (void)state;
    assert_non_null(look_at_vetoes(1, 0.05, 6.0));
    assert_null(look_at_vetoes(1, 0.06, 11.9));
    assert_non_null(look_at_vetoes(1, 0.06, 12.0)); /* twice */
    assert_null(look_at_vetoes(1, 0.06, 23.9));
    assert_non_null(look_at_vetoes(2, 0.06, 23.9)); /* one more stream */
    assert_null(look_at_vetoes(2, 0.09, 20.0));
    const struct alarm *alarm = look_at_vetoes(1, 0.1, 20.0); /* more severe */
    assert_non_null(alarm);
    assert_int_equal(alarm->severity, SEVERITY_MAJOR);
    assert_true(alarm->z == 23.9 && alarm->count == 7 && alarm->streams == 2);
}

static void a_change_clears_after_three_bursts_without_any_stream(void **state)
{
    (void)state;
    const struct alarm *alarm = look_at_vetoes(1, -0.5, 8.0);
    assert_null(look_at_vetoes(0, 0, 0));
    assert_null(look_at_vetoes(0, 0, 0));
    assert_null(look_at_vetoes(1, -0.5, 7.0)); /* raised again: the same alarm goes on */
    assert_null(look_at_vetoes(0, 0, 0));
    assert_null(look_at_vetoes(0, 0, 0));
    assert_ptr_equal(look_at_vetoes(0, 0, 0), alarm);
    assert_int_equal(alarm->state, ALARM_RETURNED_UNACKNOWLEDGED);
    assert_int_equal(alarm->last_burst, 4);
    assert_null(look_at_vetoes(0, 0, 0));
    assert_ptr_equal(alarms_acknowledge(&alarms, "veto-7-1"), alarm);
    assert_int_equal(alarm->state, ALARM_NORMAL);
}

static void an_accepted_level_ends_the_alarm_acknowledged_or_not(void **state)
{
    (void)state;
    enum change_kind kind;
    const struct alarm *alarm = look_at_vetoes(1, -0.5, 8.0);
    assert_null(alarms_accept(&alarms, "veto-7-2", &kind));
    assert_ptr_equal(alarms_accept(&alarms, "veto-7-1", &kind), alarm);
    assert_int_equal(kind, CHANGE_OF_VETO);
    assert_int_equal(alarm->state, ALARM_NORMAL);
    assert_null(alarms_accept(&alarms, "veto-7-1", &kind));
    assert_null(look_at_vetoes(0, 0, 0));
    assert_string_equal(look_at_vetoes(1, -0.5, 6.0)->id, "veto-7-3"); /* a later change is another alarm */
    assert_true(alarm->count == 1 && alarm->z == 6.0);
    assert_non_null(alarms_acknowledge(&alarms, "veto-7-3"));
    assert_ptr_equal(alarms_accept(&alarms, "veto-7-3", &kind), alarm);
    look_at_vetoes(1, -0.5, 6.0);
    for (int i = 0; i < 3; i++)
        look_at_vetoes(0, 0, 0);
    assert_int_equal(alarm->state, ALARM_RETURNED_UNACKNOWLEDGED);
    assert_null(alarms_accept(&alarms, alarm->id, &kind)); /* there is no other level any more */
    look(HORIZON_RUN, 5.0);
    assert_null(alarms_accept(&alarms, alarms.detectors[HORIZON_RUN - HORIZON_1].alarm.id, &kind));
}

static void a_new_run_clears_what_is_raised_and_nothing_else(void **state)
{
    (void)state;
    const struct alarm *alarm = look_at_vetoes(1, -0.5, 8.0);
    assert_non_null(alarms_acknowledge(&alarms, alarm->id));
    assert_null(alarms_forget_change(&alarms, CHANGE_OF_RATE));
    assert_ptr_equal(alarms_forget_change(&alarms, CHANGE_OF_VETO), alarm);
    assert_int_equal(alarm->state, ALARM_NORMAL);
    assert_null(alarms_forget_change(&alarms, CHANGE_OF_VETO));
}

static void an_excess_is_suspect_while_a_change_is_raised(void **state)
{
    (void)state;
    assert_null(alarms_mark_suspect(&alarms, HORIZON_RUN)); /* there is nothing to mark */
    look_at_vetoes(1, -0.5, 8.0);
    const struct alarm *excess = look(HORIZON_RUN, 5.0);
    assert_false(excess->is_suspect);
    assert_ptr_equal(alarms_mark_suspect(&alarms, HORIZON_RUN), excess);
    assert_true(excess->is_suspect);
    assert_null(alarms_mark_suspect(&alarms, HORIZON_RUN));
    for (int i = 0; i < 3; i++)
        look_at_vetoes(0, 0, 0);
    assert_ptr_equal(alarms_mark_suspect(&alarms, HORIZON_RUN), excess);
    assert_false(excess->is_suspect);
    assert_int_equal(excess->state, ALARM_UNACKNOWLEDGED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_default_thresholds_are_those_of_the_null_simulation),
        cmocka_unit_test_setup(alarm_is_raised_at_its_threshold, start),
        cmocka_unit_test_setup(alarm_is_not_raised_below_its_threshold, start),
        cmocka_unit_test_setup(excess_has_no_minor, start),
        cmocka_unit_test_setup(short_horizons_raise_an_anomaly_minor_then_major, start),
        cmocka_unit_test_setup(alarm_clears_only_after_three_quiet_bursts, start),
        cmocka_unit_test_setup(the_clearing_level_of_an_anomaly_is_below_its_minor_threshold, start),
        cmocka_unit_test_setup(a_burst_between_clearing_level_and_threshold_restarts_the_count, start),
        cmocka_unit_test_setup(a_burst_at_the_threshold_restarts_the_count_too, start),
        cmocka_unit_test_setup(alarm_stays_latched_until_acknowledged, start),
        cmocka_unit_test_setup(an_acknowledged_alarm_clears_to_normal, start),
        cmocka_unit_test_setup(a_returned_alarm_that_is_raised_again_keeps_its_id, start),
        cmocka_unit_test_setup(an_alarm_after_normal_is_a_new_one, start),
        cmocka_unit_test_setup(a_more_severe_alarm_must_be_acknowledged_again, start),
        cmocka_unit_test_setup(a_less_severe_burst_does_not_lower_the_severity, start),
        cmocka_unit_test_setup(a_stronger_burst_is_told_but_stays_acknowledged, start),
        cmocka_unit_test_setup(a_withheld_significance_changes_nothing, start),
        cmocka_unit_test_setup(a_hypothesis_that_is_not_valid_raises_nothing, start),
        cmocka_unit_test_setup(the_displayed_significance_raises_nothing, start),
        cmocka_unit_test_setup(the_id_comes_from_the_data_alone, start),
        cmocka_unit_test_setup(horizons_have_alarms_of_their_own, start),
        cmocka_unit_test_setup(an_unknown_or_empty_id_acknowledges_nothing, start),
        cmocka_unit_test_setup(thresholds_of_zero_raise_nothing, start),
        cmocka_unit_test(every_kind_severity_and_state_has_its_word),
        cmocka_unit_test_setup(a_change_is_one_alarm_for_each_kind, start),
        cmocka_unit_test_setup(a_change_is_told_again_only_when_it_became_much_more, start),
        cmocka_unit_test_setup(a_change_clears_after_three_bursts_without_any_stream, start),
        cmocka_unit_test_setup(an_accepted_level_ends_the_alarm_acknowledged_or_not, start),
        cmocka_unit_test_setup(a_new_run_clears_what_is_raised_and_nothing_else, start),
        cmocka_unit_test_setup(an_excess_is_suspect_while_a_change_is_raised, start),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
