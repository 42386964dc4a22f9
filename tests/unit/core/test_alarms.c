/* SPDX-License-Identifier: MIT */
#include "core/alarms.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define NS_PER_S INT64_C(1000000000)
#define SIGMA_MEV2 1700.0

static struct alarms alarms;
static struct scan scan;
static uint32_t burst; /* number of the last look, in run 7 */

static const double z_major[HORIZON_COUNT] = {
    [HORIZON_1] = 5.60, [HORIZON_10] = 5.60, [HORIZON_100] = 5.25, [HORIZON_RUN] = 4.75, [HORIZON_PERIOD] = 3.90};
static const double z_minor[HORIZON_COUNT] = {[HORIZON_1] = 4.85, [HORIZON_10] = 4.85, [HORIZON_100] = 4.45};

static int start(void **state)
{
    (void)state;
    alarms_init(&alarms, SIGMA_MEV2);
    memset(&scan, 0, sizeof scan);
    burst = 0;
    return 0;
}

static void clear_scan(enum horizon_id horizon)
{
    scan.horizon = horizon;
    scan.z_major = z_major[horizon];
    scan.z_minor = z_minor[horizon];
    for (uint32_t i = 0; i < HYPOTHESIS_COUNT; i++)
        scan.hypotheses[i] =
            (struct hypothesis){.m_n_mev = HYPOTHESIS_FIRST_MEV + (double)i, .constancy_p = 1.0, .valid = true};
}

static void set_z(int m_n_mev, double z)
{
    struct hypothesis *h = &scan.hypotheses[m_n_mev - HYPOTHESIS_FIRST_MEV];
    h->n = 50;
    h->b = 20.0;
    h->z = z + 0.3;
    h->z_alarm = z;
}

static enum alarm_kind kind_of(enum horizon_id horizon)
{
    return horizon == HORIZON_RUN ? ALARM_EXCESS : ALARM_ANOMALY;
}

/* A look at the scan as it is, after burst number `burst`. */
static void look_at_scan(void)
{
    alarms_look(&alarms, &scan, kind_of(scan.horizon), 7, burst);
}

/* One look at a horizon whose largest exact significance is z, at 135 MeV; what is told of it. */
static const struct alarm *look(enum horizon_id horizon, double z)
{
    clear_scan(horizon);
    set_z(135, z);
    burst++;
    look_at_scan();
    return alarms_take_news(&alarms);
}

/* The only alarm of a kind; NULL when there is none. */
static const struct alarm *only(enum alarm_kind kind)
{
    const struct alarm *found = NULL;
    for (uint32_t i = 0; i < ALARMS_MAX; i++) {
        const struct alarm *alarm = alarms_get(&alarms, i);
        if (!alarm || alarm->kind != kind)
            continue;
        assert_null(found);
        found = alarm;
    }
    return found;
}

static const struct alarm *of(enum horizon_id horizon)
{
    return only(kind_of(horizon));
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
    for (enum horizon_id id = HORIZON_1; id <= HORIZON_100; id++) {
        start(NULL);
        assert_null(look(id, z_minor[id] - 1e-9));
        const struct alarm *alarm = look(id, z_minor[id]);
        assert_int_equal(alarm->kind, ALARM_ANOMALY);
        assert_int_equal(alarm->severity, SEVERITY_MINOR);
        alarm = look(id, z_major[id]);
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
    scan.hypotheses[0] =
        (struct hypothesis){.m_n_mev = 113.0, .z = 9.0, .z_alarm = 9.0, .withheld = "alpha", .valid = false};
    look_at_scan();
    assert_null(alarms_take_news(&alarms));
}

static void the_displayed_significance_raises_nothing(void **state)
{
    (void)state;
    look(HORIZON_RUN, 0.0);
    scan.hypotheses[20].z = 9.0;
    look_at_scan();
    assert_null(alarms_take_news(&alarms));
}

static void the_id_comes_from_the_data_alone(void **state)
{
    (void)state;
    clear_scan(HORIZON_RUN);
    set_z(135, 5.0);
    alarms_look(&alarms, &scan, ALARM_EXCESS, 7, 6);
    assert_string_equal(alarms_take_news(&alarms)->id, "excess-unprescaled-135mev-7-6");
    scan.horizon = HORIZON_10;
    alarms_look(&alarms, &scan, ALARM_ANOMALY, 4294967295u, 4294967294u);
    assert_string_equal(alarms_take_news(&alarms)->id, "anomaly-unprescaled-135mev-4294967295-4294967294");
    assert_non_null(alarms_find(&alarms, "excess-unprescaled-135mev-7-6"));
    assert_null(alarms_find(&alarms, ""));
}

/* ---- clusters: masses and horizons of one excess ---- */

static void neighbouring_masses_are_one_alarm_with_its_range(void **state)
{
    (void)state;
    /* 2.8 sigma = 4760 MeV^2 around 150^2 = 22500: 133.2 to 165.1 MeV. */
    clear_scan(HORIZON_RUN);
    set_z(150, 6.0);
    set_z(147, 5.0);
    set_z(134, 4.9);
    set_z(165, 4.75);
    set_z(164, 4.7);
    burst = 5;
    look_at_scan();
    const struct alarm *alarm = only(ALARM_EXCESS);
    assert_string_equal(alarm->id, "excess-unprescaled-150mev-7-5");
    assert_true(alarm->m_n_mev == 150.0 && alarm->z == 6.0);
    assert_true(alarm->m_n_low_mev == 134.0 && alarm->m_n_high_mev == 165.0);
    assert_int_equal(alarm->count, 1);
}

static void an_excess_at_another_mass_is_another_alarm(void **state)
{
    (void)state;
    clear_scan(HORIZON_RUN);
    set_z(150, 6.0);
    set_z(210, 5.0); /* 44100 - 22500 = 21600 > 12.65 sigma = 21505 MeV^2 */
    set_z(275, 7.0);
    burst = 5;
    look_at_scan();
    assert_int_equal(alarms_count(&alarms), 3);
    assert_non_null(alarms_find(&alarms, "excess-unprescaled-150mev-7-5"));
    assert_non_null(alarms_find(&alarms, "excess-unprescaled-210mev-7-5"));
    assert_non_null(alarms_find(&alarms, "excess-unprescaled-275mev-7-5"));
}

static void an_excess_whose_sidebands_hold_a_larger_one_is_in_its_shadow(void **state)
{
    (void)state;
    clear_scan(HORIZON_RUN);
    set_z(150, 8.0);
    set_z(209, 7.0); /* 43681 - 22500 = 21181 < 21505 */
    set_z(254, 6.0); /* 64516 - 43681 = 20835: in the shadow of one that is itself in a shadow */
    burst = 5;
    look_at_scan();
    assert_int_equal(alarms_count(&alarms), 2);
    assert_non_null(alarms_find(&alarms, "excess-unprescaled-150mev-7-5"));
    assert_non_null(alarms_find(&alarms, "excess-unprescaled-254mev-7-5"));
}

static void an_alarm_that_comes_into_a_shadow_stays_as_it_is(void **state)
{
    (void)state;
    clear_scan(HORIZON_RUN);
    set_z(190, 6.0);
    burst = 5;
    look_at_scan();
    set_z(150, 9.0);
    set_z(190, 8.0);
    for (burst = 6; burst < 12; burst++)
        look_at_scan();
    const struct alarm *alarm = alarms_find(&alarms, "excess-unprescaled-190mev-7-5");
    assert_true(alarm->state == ALARM_UNACKNOWLEDGED && alarm->z == 6.0 && alarm->last_burst == 5);
    assert_non_null(alarms_find(&alarms, "excess-unprescaled-150mev-7-6"));
}

static void a_mass_that_wanders_stays_the_same_alarm(void **state)
{
    (void)state;
    char id[ALARM_ID_SIZE];
    memcpy(id, look(HORIZON_RUN, 5.0)->id, sizeof id);
    clear_scan(HORIZON_RUN);
    set_z(139, 5.5);
    burst++;
    look_at_scan();
    const struct alarm *alarm = only(ALARM_EXCESS);
    assert_string_equal(alarm->id, id);
    assert_true(alarm->m_n_mev == 139.0 && alarm->m_n_low_mev == 135.0 && alarm->m_n_high_mev == 139.0);
    clear_scan(HORIZON_RUN);
    set_z(141, 5.2); /* weaker: the best mass stays */
    look_at_scan();
    assert_true(alarm->m_n_mev == 139.0 && alarm->z == 5.5 && alarm->m_n_high_mev == 141.0);
}

static void all_short_horizons_of_an_excess_are_one_alarm(void **state)
{
    (void)state;
    burst = 20;
    clear_scan(HORIZON_1);
    set_z(135, 4.9);
    look_at_scan();
    clear_scan(HORIZON_10);
    set_z(137, 6.0);
    look_at_scan();
    clear_scan(HORIZON_100);
    look_at_scan();
    const struct alarm *alarm = only(ALARM_ANOMALY);
    assert_ptr_equal(alarms_take_news(&alarms), alarm); /* told once */
    assert_null(alarms_take_news(&alarms));
    assert_int_equal(alarm->severity, SEVERITY_MAJOR);
    assert_int_equal(alarm->horizon, HORIZON_10);
    assert_int_equal(alarm->horizons, 1u << HORIZON_1 | 1u << HORIZON_10);
    assert_true(alarm->m_n_mev == 137.0 && alarm->m_n_low_mev == 135.0 && alarm->m_n_high_mev == 137.0);
    assert_int_equal(alarm->count, 1); /* bursts, not looks */
}

static void an_alarm_clears_when_its_last_horizon_has_left(void **state)
{
    (void)state;
    look(HORIZON_1, 5.0);
    assert_non_null(look(HORIZON_10, 5.0)); /* one more horizon is told */
    for (int i = 0; i < 3; i++)
        assert_null(look(HORIZON_1, 0.0));
    assert_int_equal(only(ALARM_ANOMALY)->state, ALARM_UNACKNOWLEDGED);
    assert_null(look(HORIZON_10, 0.0));
    assert_null(look(HORIZON_10, 0.0));
    assert_int_equal(look(HORIZON_10, 0.0)->state, ALARM_RETURNED_UNACKNOWLEDGED);
    assert_int_equal(only(ALARM_ANOMALY)->horizons, 1u << HORIZON_1 | 1u << HORIZON_10); /* those that showed it */
}

static void the_kind_is_that_of_the_look(void **state)
{
    (void)state;
    look(HORIZON_RUN, 6.0);
    clear_scan(HORIZON_RUN);
    set_z(135, 6.0);
    for (int i = 0; i < 3; i++) { /* the run is no longer constant */
        assert_int_equal(only(ALARM_EXCESS)->state, ALARM_UNACKNOWLEDGED);
        alarms_look(&alarms, &scan, ALARM_ANOMALY, 7, ++burst);
    }
    assert_int_equal(only(ALARM_EXCESS)->state, ALARM_RETURNED_UNACKNOWLEDGED);
    assert_int_equal(only(ALARM_ANOMALY)->state, ALARM_UNACKNOWLEDGED);
    assert_int_equal(only(ALARM_ANOMALY)->horizons, 1u << HORIZON_RUN);
}

static void an_excess_that_does_not_come_with_the_kaons_is_an_anomaly(void **state)
{
    (void)state;
    clear_scan(HORIZON_RUN);
    set_z(135, 6.0);
    scan.hypotheses[135 - HYPOTHESIS_FIRST_MEV].constancy_p = 0.01; /* is constant enough */
    burst = 5;
    look_at_scan();
    assert_true(only(ALARM_EXCESS)->constancy_p == 0.01);
    scan.hypotheses[135 - HYPOTHESIS_FIRST_MEV].constancy_p = 0.0099;
    for (burst = 6; burst < 9; burst++) {
        assert_int_equal(only(ALARM_EXCESS)->state, ALARM_UNACKNOWLEDGED);
        look_at_scan();
    }
    assert_int_equal(only(ALARM_EXCESS)->state, ALARM_RETURNED_UNACKNOWLEDGED);
    assert_string_equal(only(ALARM_ANOMALY)->id, "anomaly-unprescaled-135mev-7-6");
    assert_int_equal(only(ALARM_ANOMALY)->severity, SEVERITY_MAJOR);
}

/* The run raises at its MAJOR threshold only, so that one is the level to fall below; MINOR is for short horizons. */
static void an_anomaly_of_the_run_clears_below_the_threshold_that_raised_it(void **state)
{
    (void)state;
    for (int i = 0; i < 4; i++) {
        clear_scan(HORIZON_RUN);
        scan.z_minor = 3.5;
        set_z(135, i == 0 ? 5.0 : 4.2);
        scan.hypotheses[135 - HYPOTHESIS_FIRST_MEV].constancy_p = 0.001;
        burst++;
        look_at_scan();
    }
    assert_int_equal(only(ALARM_ANOMALY)->state, ALARM_RETURNED_UNACKNOWLEDGED); /* three times below 4.75 - 0.5 */
}

static void run_and_period_of_an_excess_are_one_alarm(void **state)
{
    (void)state;
    look(HORIZON_RUN, 4.8);
    clear_scan(HORIZON_PERIOD);
    set_z(136, 4.0);
    alarms_look(&alarms, &scan, ALARM_EXCESS, 7, burst);
    const struct alarm *alarm = only(ALARM_EXCESS);
    assert_int_equal(alarm->horizons, 1u << HORIZON_RUN | 1u << HORIZON_PERIOD);
    assert_true(alarm->horizon == HORIZON_RUN && alarm->m_n_mev == 135.0 && alarm->m_n_high_mev == 136.0);
}

static void a_mass_that_is_withheld_clears_nothing(void **state)
{
    (void)state;
    look(HORIZON_RUN, 6.0);
    clear_scan(HORIZON_RUN);
    scan.hypotheses[135 - HYPOTHESIS_FIRST_MEV].withheld = "no background";
    for (int i = 0; i < 10; i++)
        look_at_scan();
    assert_int_equal(only(ALARM_EXCESS)->state, ALARM_UNACKNOWLEDGED);
}

static void an_excess_has_no_minor_even_where_there_is_a_threshold(void **state)
{
    (void)state;
    clear_scan(HORIZON_10);
    set_z(135, 5.5);
    alarms_look(&alarms, &scan, ALARM_EXCESS, 7, 1);
    assert_int_equal(alarms_count(&alarms), 0);
    set_z(135, 5.6);
    alarms_look(&alarms, &scan, ALARM_EXCESS, 7, 1);
    assert_int_equal(only(ALARM_EXCESS)->severity, SEVERITY_MAJOR);
}

static void excesses_without_a_place_are_counted(void **state)
{
    (void)state;
    /* Masses whose squares are 200 MeV^2 apart are all different ones at a resolution of 10 MeV^2. */
    alarms.sigma_mev2 = 10.0;
    clear_scan(HORIZON_RUN);
    for (int i = 0; i < 16; i++)
        set_z(120 + i, 6.0);
    burst = 5;
    alarms_begin_burst(&alarms, 7, burst, 1000 * (uint64_t)NS_PER_S);
    look_at_scan();
    assert_true(alarms.overflow == 0);
    clear_scan(HORIZON_RUN);
    set_z(200, 9.0);
    set_z(210, 9.0);
    look_at_scan();
    assert_true(alarms.overflow == 2);
    assert_int_equal(alarms_count(&alarms), 16 + 1); /* and the flood */
    clear_scan(HORIZON_1);
    set_z(200, 9.0); /* an ANOMALY has places of its own */
    look_at_scan();
    assert_true(alarms.overflow == 2 && only(ALARM_ANOMALY)->m_n_mev == 200.0);
}

/* A run of scans with two excesses and one that comes and goes gives the same ids in whatever order the horizons of a
 * burst are looked at. */
static void ids_do_not_depend_on_the_order_of_the_looks(void **state)
{
    (void)state;
    static const enum horizon_id orders[2][4] = {{HORIZON_1, HORIZON_10, HORIZON_100, HORIZON_RUN},
                                                 {HORIZON_RUN, HORIZON_100, HORIZON_10, HORIZON_1}};
    for (int order = 0; order < 2; order++) {
        start(NULL);
        for (burst = 1; burst <= 40; burst++) {
            for (int i = 0; i < 4; i++) {
                clear_scan(orders[order][i]);
                if (burst >= 12)
                    set_z(150, 6.0 + 0.01 * burst);
                if (burst >= 20 && burst < 25)
                    set_z(230, 7.0);
                look_at_scan();
            }
            while (alarms_take_news(&alarms))
                continue;
        }
        assert_int_equal(alarms_count(&alarms), 4);
        assert_non_null(alarms_find(&alarms, "excess-unprescaled-150mev-7-12"));
        assert_non_null(alarms_find(&alarms, "anomaly-unprescaled-150mev-7-12"));
        assert_int_equal(alarms_find(&alarms, "excess-unprescaled-230mev-7-20")->state, ALARM_RETURNED_UNACKNOWLEDGED);
        assert_int_equal(alarms_find(&alarms, "anomaly-unprescaled-230mev-7-20")->count, 5);
    }
}

static void excess_and_anomaly_are_alarms_of_their_own(void **state)
{
    (void)state;
    look(HORIZON_1, 6.0);
    look(HORIZON_RUN, 6.0);
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
    for (enum horizon_id id = HORIZON_1; id < HORIZON_COUNT; id++) {
        clear_scan(id);
        set_z(135, 40.0);
        scan.z_major = scan.z_minor = 0.0;
        look_at_scan();
        assert_null(alarms_take_news(&alarms));
    }
}

/* ---- changes of data quality ---- */

/* One look at the vetoes, of which `streams` changed; the LAV by `size` since burst 20. */
static const struct alarm *look_at_vetoes(uint32_t streams, double size, double z)
{
    const struct change_finding lav = {.id = CHANGE_LAV, .start = 20, .size = size, .z = z};
    alarms_look_at_change(&alarms, CHANGE_OF_VETO, streams, &lav, 7, ++burst);
    return alarms_take_news(&alarms);
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
    alarms_look_at_change(&alarms, CHANGE_OF_RATE, 1, &rate, 7, 22);
    const struct alarm *other = alarms_take_news(&alarms);
    assert_string_equal(other->id, "rate-7-22");
    assert_int_equal(other->severity, SEVERITY_MINOR);
    assert_ptr_equal(only(ALARM_VETO), alarm);
    assert_ptr_equal(only(ALARM_RATE), other);
    assert_null(only(ALARM_PEAK));
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

/* What nobody acknowledged is the same alarm, but it tells of what goes on now. */
static void a_change_that_is_raised_again_shows_what_changed_now(void **state)
{
    (void)state;
    const struct change_finding sac = {.id = CHANGE_SAC, .start = 2, .size = 0.2, .z = 6.0};
    burst = 21;
    const struct alarm *alarm = look_at_vetoes(2, -0.9, 30.0);
    alarms_forget_change(&alarms, CHANGE_OF_VETO);
    alarms_look_at_change(&alarms, CHANGE_OF_VETO, 1, &sac, 8, 3);
    assert_ptr_equal(only(ALARM_VETO), alarm);
    assert_string_equal(alarm->id, "veto-7-22");
    assert_int_equal(alarm->state, ALARM_UNACKNOWLEDGED);
    assert_true(alarm->change.id == CHANGE_SAC && alarm->z == 6.0 && alarm->streams == 1 && alarm->count == 2);
    assert_true(alarm->first_run == 8 && alarm->first_burst == 2 && alarm->last_run == 8 && alarm->last_burst == 3);
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
    assert_null(alarms_accept(&alarms, look(HORIZON_RUN, 5.0)->id, &kind));
}

static void what_may_not_be_seen_is_withdrawn(void **state)
{
    (void)state;
    look(HORIZON_RUN, 5.0);
    look(HORIZON_1, 5.0);
    alarms_shelve(&alarms, of(HORIZON_1)->id, 30, 0);
    look_at_vetoes(1, -0.5, 8.0);
    alarms_withdraw(&alarms);
    for (int i = 0; i < 2; i++)
        assert_int_equal(alarms_take_news(&alarms)->state, ALARM_NORMAL);
    assert_null(alarms_take_news(&alarms));
    assert_int_equal(alarms_count(&alarms), 1);
    assert_int_equal(only(ALARM_VETO)->state, ALARM_UNACKNOWLEDGED);
    assert_string_equal(look(HORIZON_RUN, 5.0)->id, "excess-unprescaled-135mev-7-4");
}

static void a_new_run_clears_what_is_raised_and_nothing_else(void **state)
{
    (void)state;
    const struct alarm *alarm = look_at_vetoes(1, -0.5, 8.0);
    assert_non_null(alarms_acknowledge(&alarms, alarm->id));
    alarms_forget_change(&alarms, CHANGE_OF_RATE);
    assert_null(alarms_take_news(&alarms));
    alarms_forget_change(&alarms, CHANGE_OF_VETO);
    assert_ptr_equal(alarms_take_news(&alarms), alarm);
    assert_int_equal(alarm->state, ALARM_NORMAL);
    alarms_forget_change(&alarms, CHANGE_OF_VETO);
    assert_null(alarms_take_news(&alarms));
}

static void an_excess_is_suspect_while_a_change_is_raised(void **state)
{
    (void)state;
    look_at_vetoes(1, -0.5, 8.0);
    const struct alarm *excess = look(HORIZON_RUN, 5.0);
    assert_false(excess->is_suspect);
    alarms_mark_suspects(&alarms);
    assert_ptr_equal(alarms_take_news(&alarms), excess);
    assert_true(excess->is_suspect);
    alarms_mark_suspects(&alarms);
    assert_null(alarms_take_news(&alarms));
    for (int i = 0; i < 3; i++)
        look_at_vetoes(0, 0, 0);
    alarms_mark_suspects(&alarms);
    assert_ptr_equal(alarms_take_news(&alarms), excess);
    assert_false(excess->is_suspect);
    assert_int_equal(excess->state, ALARM_UNACKNOWLEDGED);
}

/* ---- conditions ---- */

static const struct alarm *condition(enum alarm_kind kind, enum severity severity, uint32_t parts, double measured)
{
    struct alarm_condition c = {.severity = severity, .parts = parts, .measured = measured, .text = "It holds."};
    alarms_condition(&alarms, kind, &c, 7, ++burst);
    return alarms_take_news(&alarms);
}

static void losses_clear_after_three_clean_bursts(void **state)
{
    (void)state;
    const struct alarm *alarm = condition(ALARM_LOSS, SEVERITY_MINOR, 1, 100);
    assert_string_equal(alarm->id, "loss-7-1");
    assert_string_equal(alarm->condition.text, "It holds.");
    assert_null(condition(ALARM_LOSS, SEVERITY_NONE, 0, 0));
    assert_null(condition(ALARM_LOSS, SEVERITY_NONE, 0, 0));
    assert_null(condition(ALARM_LOSS, SEVERITY_MINOR, 1, 50)); /* goes on, and the worst is shown */
    assert_true(alarm->condition.measured == 100);
    assert_null(condition(ALARM_LOSS, SEVERITY_NONE, 0, 0));
    assert_null(condition(ALARM_LOSS, SEVERITY_NONE, 0, 0));
    assert_ptr_equal(condition(ALARM_LOSS, SEVERITY_NONE, 0, 0), alarm);
    assert_int_equal(alarm->state, ALARM_RETURNED_UNACKNOWLEDGED);
    assert_true(alarm->count == 2 && alarm->first_burst == 1 && alarm->last_burst == 4);
}

static void a_condition_is_told_again_when_it_is_twice_as_much(void **state)
{
    (void)state;
    condition(ALARM_LINK, SEVERITY_MINOR, 1, 10);
    assert_null(condition(ALARM_LINK, SEVERITY_MINOR, 1, 19));
    assert_non_null(condition(ALARM_LINK, SEVERITY_MINOR, 1, 20));
    assert_null(condition(ALARM_LINK, SEVERITY_MINOR, 1, 39));
    alarms_acknowledge(&alarms, only(ALARM_LINK)->id);
    assert_int_equal(condition(ALARM_LINK, SEVERITY_MINOR, 1, 40)->state, ALARM_ACKNOWLEDGED);
    assert_int_equal(condition(ALARM_LINK, SEVERITY_MAJOR, 1, 100)->state, ALARM_UNACKNOWLEDGED);
}

static void one_more_silent_source_must_be_acknowledged_anew(void **state)
{
    (void)state;
    const struct alarm *alarm = condition(ALARM_SILENT, SEVERITY_MAJOR, 1, 1);
    alarms_acknowledge(&alarms, alarm->id);
    assert_null(condition(ALARM_SILENT, SEVERITY_MAJOR, 1, 1));
    assert_ptr_equal(condition(ALARM_SILENT, SEVERITY_MAJOR, 2, 2), alarm);
    assert_int_equal(alarm->state, ALARM_UNACKNOWLEDGED);
    alarms_acknowledge(&alarms, alarm->id);
    assert_null(condition(ALARM_SILENT, SEVERITY_MAJOR, 1, 1)); /* one came back */
    assert_int_equal(alarm->condition.parts, 1);
    assert_int_equal(condition(ALARM_SILENT, SEVERITY_MAJOR, 2, 2)->state, ALARM_UNACKNOWLEDGED);
    alarms_acknowledge(&alarms, alarm->id);
    assert_int_equal(condition(ALARM_SILENT, SEVERITY_NONE, 0, 0)->state, ALARM_NORMAL);
}

static void unusable_settings_are_invalid_until_they_fit(void **state)
{
    (void)state;
    assert_int_equal(condition(ALARM_CONFIG, SEVERITY_INVALID, 1, 0)->severity, SEVERITY_INVALID);
    assert_null(condition(ALARM_CONFIG, SEVERITY_INVALID, 1, 0));
    assert_int_equal(condition(ALARM_CONFIG, SEVERITY_NONE, 0, 0)->state, ALARM_RETURNED_UNACKNOWLEDGED);
}

/* ---- the shelf ---- */

static void a_shelved_alarm_comes_back_when_it_is_still_raised(void **state)
{
    (void)state;
    const struct alarm *alarm = look(HORIZON_1, 5.0);
    assert_ptr_equal(alarms_shelve(&alarms, alarm->id, 30, 1000), alarm);
    assert_int_equal(alarm->state, ALARM_SHELVED);
    assert_true(alarm->shelved_until_ns == 1800 * NS_PER_S + 1000);
    assert_null(look(HORIZON_1, 7.0)); /* more severe, stronger: not told */
    assert_int_equal(alarm->severity, SEVERITY_MAJOR);
    assert_int_equal(alarms_count(&alarms), 1); /* but listed */
    alarms_tick(&alarms, 1800 * NS_PER_S + 999);
    assert_null(alarms_take_news(&alarms));
    alarms_tick(&alarms, 1800 * NS_PER_S + 1000);
    assert_ptr_equal(alarms_take_news(&alarms), alarm);
    assert_int_equal(alarm->state, ALARM_UNACKNOWLEDGED);
}

static void a_shelved_alarm_that_cleared_ends_with_its_time(void **state)
{
    (void)state;
    const struct alarm *alarm = look(HORIZON_1, 5.0);
    alarms_shelve(&alarms, alarm->id, 480, 0);
    for (int i = 0; i < 10; i++)
        assert_null(look(HORIZON_1, 0.0));
    assert_int_equal(alarm->state, ALARM_SHELVED);
    alarms_tick(&alarms, 480 * 60 * NS_PER_S);
    assert_int_equal(alarms_take_news(&alarms)->state, ALARM_NORMAL);
    assert_int_equal(alarms_count(&alarms), 0);
}

static void an_alarm_that_returned_can_be_shelved_while_it_chatters(void **state)
{
    (void)state;
    const struct alarm *alarm = condition(ALARM_SILENT, SEVERITY_MAJOR, 1, 1);
    condition(ALARM_SILENT, SEVERITY_NONE, 0, 0);
    assert_int_equal(alarm->state, ALARM_RETURNED_UNACKNOWLEDGED);
    assert_ptr_equal(alarms_shelve(&alarms, alarm->id, 10, 0), alarm);
    for (int i = 0; i < 5; i++) {
        assert_null(condition(ALARM_SILENT, SEVERITY_MAJOR, 2, 2));
        assert_null(condition(ALARM_SILENT, SEVERITY_NONE, 0, 0));
    }
    assert_int_equal(alarm->count, 6);
    alarms_tick(&alarms, 600 * NS_PER_S);
    assert_int_equal(alarms_take_news(&alarms)->state, ALARM_NORMAL);
}

static void the_shelf_is_for_eight_hours_at_most(void **state)
{
    (void)state;
    const struct alarm *alarm = look(HORIZON_1, 5.0);
    assert_null(alarms_shelve(&alarms, alarm->id, 481, 0));
    assert_null(alarms_shelve(&alarms, alarm->id, UINT32_MAX, 0));
    assert_null(alarms_shelve(&alarms, "no-such-alarm", 30, 0));
    assert_null(alarms_shelve(&alarms, "", 30, 0));
    assert_null(alarms_shelve(&alarms, alarm->id, 0, 0)); /* is not on it */
    assert_int_equal(alarm->state, ALARM_UNACKNOWLEDGED);
}

static void a_new_time_replaces_the_old_one_and_none_takes_the_alarm_back(void **state)
{
    (void)state;
    const struct alarm *alarm = look(HORIZON_1, 5.0);
    alarms_shelve(&alarms, alarm->id, 480, 0);
    assert_null(alarms_acknowledge(&alarms, alarm->id));
    assert_ptr_equal(alarms_shelve(&alarms, alarm->id, 1, 60 * NS_PER_S), alarm);
    assert_true(alarm->shelved_until_ns == 120 * NS_PER_S);
    assert_ptr_equal(alarms_shelve(&alarms, alarm->id, 0, 61 * NS_PER_S), alarm);
    assert_int_equal(alarm->state, ALARM_UNACKNOWLEDGED);
}

/* ---- flood ---- */

/* The burst ends at t_s; one more alarm begins: an ANOMALY at another mass of a detector of fine resolution. */
static const struct alarm *begin_another(int index, uint64_t t_s)
{
    alarms.sigma_mev2 = 10.0;
    alarms_begin_burst(&alarms, 7, ++burst, t_s * (uint64_t)NS_PER_S);
    clear_scan(HORIZON_1);
    set_z(120 + 2 * index, 6.0);
    look_at_scan();
    for (uint32_t i = 0; i < ALARMS_MAX; i++) {
        const struct alarm *alarm = alarms_get(&alarms, i);
        if (alarm && alarm->first_burst == burst && alarm->kind == ALARM_ANOMALY)
            return alarm;
    }
    return NULL;
}

static void ten_new_alarms_within_ten_minutes_are_no_flood(void **state)
{
    (void)state;
    for (int i = 0; i < 10; i++)
        assert_false(begin_another(i, 1000)->is_held_back);
    assert_null(only(ALARM_FLOOD));
    assert_false(begin_another(10, 1600)->is_held_back); /* 600 s after the first ones */
    assert_null(only(ALARM_FLOOD));
}

static void the_eleventh_within_ten_minutes_is_a_flood_and_held_back(void **state)
{
    (void)state;
    for (int i = 0; i < 10; i++)
        begin_another(i, 1000 + 59 * (uint64_t)i);
    const struct alarm *eleventh = begin_another(10, 1599);
    const struct alarm *flood = only(ALARM_FLOOD);
    assert_string_equal(flood->id, "flood-7-11");
    assert_int_equal(flood->severity, SEVERITY_MAJOR);
    assert_true(eleventh->is_held_back && flood->condition.measured == 1);
    assert_false(flood->is_held_back);
    assert_true(begin_another(11, 1599)->is_held_back && flood->condition.measured == 2);
    assert_int_equal(alarms_count(&alarms), 13); /* all are listed */
}

static void a_flood_is_over_after_three_bursts_with_few_new_alarms(void **state)
{
    (void)state;
    for (int i = 0; i < 12; i++)
        begin_another(i, 1000 + 50 * (uint64_t)i); /* 1000 .. 1550 */
    const struct alarm *flood = only(ALARM_FLOOD);
    alarms_begin_burst(&alarms, 7, ++burst, 1860 * (uint64_t)NS_PER_S); /* 1300 .. 1550: six within 600 s */
    for (int i = 0; i < 3; i++) {
        assert_int_equal(flood->state, ALARM_UNACKNOWLEDGED);
        alarms_begin_burst(&alarms, 7, ++burst, 1900 * (uint64_t)NS_PER_S); /* 1350 .. 1550: five */
    }
    assert_int_equal(flood->state, ALARM_RETURNED_UNACKNOWLEDGED);
    for (uint32_t i = 0; i < ALARMS_MAX; i++)
        assert_false(alarms_get(&alarms, i) && alarms_get(&alarms, i)->is_held_back);
    assert_false(begin_another(12, 2200)->is_held_back);
}

static void time_that_goes_back_makes_no_flood(void **state)
{
    (void)state;
    for (int i = 0; i < 11; i++)
        begin_another(i, i % 2 ? 0 : 1000 + 100 * (uint64_t)i);
    assert_null(only(ALARM_FLOOD));
}

static void a_time_far_ahead_in_one_burst_makes_no_flood_later(void **state)
{
    (void)state;
    begin_another(0, 4000000000); /* a clock that is wrong by decades .. */
    for (int i = 1; i < 12; i++)
        assert_false(begin_another(i, 1000 + 700 * (uint64_t)i)->is_held_back); /* .. and 700 s between alarms */
    assert_null(only(ALARM_FLOOD));
}

static void without_any_time_there_is_no_flood(void **state)
{
    (void)state;
    for (int i = 0; i < 12; i++)
        assert_false(begin_another(i, 0)->is_held_back);
    assert_null(only(ALARM_FLOOD));
}

/* ---- run and period go on ---- */

static void an_excess_of_the_run_is_provisional_and_one_of_a_short_horizon_is_not(void **state)
{
    (void)state;
    assert_true(look(HORIZON_RUN, 5.0)->is_provisional);
    assert_false(look(HORIZON_10, 6.0)->is_provisional);
}

static void more_data_that_take_an_excess_away_retract_it(void **state)
{
    (void)state;
    look(HORIZON_RUN, 5.0);
    look(HORIZON_RUN, 4.2);
    look(HORIZON_RUN, 4.2);
    assert_false(of(HORIZON_RUN)->is_retracted);
    const struct alarm *alarm = look(HORIZON_RUN, 3.9);
    assert_int_equal(alarm->state, ALARM_RETURNED_UNACKNOWLEDGED);
    assert_true(alarm->is_retracted && alarm->retracted_z == 3.9 && !alarm->is_provisional);
    alarm = look(HORIZON_RUN, 4.9); /* and still more data may bring it back */
    assert_true(!alarm->is_retracted && alarm->is_provisional);
}

static void an_anomaly_that_clears_is_not_retracted(void **state)
{
    (void)state;
    look(HORIZON_10, 6.0);
    for (int i = 0; i < 3; i++)
        look(HORIZON_10, 0.0);
    assert_int_equal(of(HORIZON_10)->state, ALARM_RETURNED_UNACKNOWLEDGED);
    assert_false(of(HORIZON_10)->is_retracted);
}

static void the_end_of_its_run_makes_an_excess_final(void **state)
{
    (void)state;
    look(HORIZON_RUN, 5.0);
    alarms_end_stretch(&alarms, HORIZON_PERIOD); /* which did not show it */
    assert_null(alarms_take_news(&alarms));
    alarms_end_stretch(&alarms, HORIZON_RUN);
    const struct alarm *alarm = alarms_take_news(&alarms);
    assert_int_equal(alarm->state, ALARM_RETURNED_UNACKNOWLEDGED);
    assert_true(!alarm->is_provisional && !alarm->is_retracted && alarm->z == 5.0);
    for (int i = 0; i < 5; i++) /* the next run does not show it, and cannot take it back */
        assert_null(look(HORIZON_RUN, 0.0));
    assert_false(of(HORIZON_RUN)->is_retracted);
}

static void what_the_period_shows_as_well_outlives_the_run(void **state)
{
    (void)state;
    look(HORIZON_RUN, 5.0);
    clear_scan(HORIZON_PERIOD);
    set_z(135, 4.0);
    alarms_look(&alarms, &scan, ALARM_EXCESS, 7, burst);
    while (alarms_take_news(&alarms))
        ;
    alarms_end_stretch(&alarms, HORIZON_RUN);
    assert_null(alarms_take_news(&alarms));
    const struct alarm *alarm = of(HORIZON_RUN);
    assert_int_equal(alarm->state, ALARM_UNACKNOWLEDGED);
    assert_true(alarm->is_provisional);
    alarms_end_stretch(&alarms, HORIZON_PERIOD);
    assert_false(alarms_take_news(&alarms)->is_provisional);
    assert_int_equal(alarm->state, ALARM_RETURNED_UNACKNOWLEDGED);
}

/* ---- what survives a restart ---- */

static unsigned char bytes[sizeof(struct alarms) * 2];

/* Through bytes, into new ones, as much later as the clock is ahead. */
static bool restart(int64_t now_ns, int64_t then_ns)
{
    struct archive archive = archive_save(bytes, sizeof bytes);
    alarms_archive(&archive, &alarms, now_ns);
    if (!archive.is_sound)
        return false;
    alarms_init(&alarms, SIGMA_MEV2);
    archive = archive_restore(bytes, archive.at);
    alarms_archive(&archive, &alarms, then_ns);
    return archive_is_complete(&archive);
}

/* Every member has a value of its own. */
static void everything_in_an_alarm_comes_back(void **state)
{
    (void)state;
    static struct alarms saved;
    struct alarm common = {.severity = SEVERITY_MAJOR,
                           .is_held_back = true,
                           .z = 6.5,
                           .first_run = 1,
                           .first_burst = 2,
                           .last_run = 3,
                           .last_burst = 4,
                           .count = 5};
    alarms.entries[1] = (struct alarm_entry){.alarm = common,
                                             .is_raised = true,
                                             .is_news = true,
                                             .quiet = 1,
                                             .raised_on = 2,
                                             .quiet_on = {1, 2, 3, 4, 5, 6},
                                             .told = 7.5};
    struct alarm *excess = &alarms.entries[1].alarm;
    strcpy(excess->id, "excess-tail-150mev-1-2");
    excess->kind = ALARM_EXCESS;
    excess->state = ALARM_ACKNOWLEDGED;
    excess->line = LINE_TAIL;
    excess->horizon = HORIZON_RUN;
    excess->m_n_mev = 150.0;
    excess->n = 9;
    excess->b = 2.5;
    excess->m_n_low_mev = 149.0;
    excess->m_n_high_mev = 151.0;
    excess->far_hz = 1e-9;
    excess->constancy_p = 0.25;
    excess->horizons = 0x12;
    excess->is_suspect = excess->is_provisional = excess->is_retracted = true;
    excess->retracted_z = 3.5;
    struct alarm_entry *veto = &alarms.entries[ALARMS_OF_CLUSTERS + ALARM_VETO - ALARM_RATE];
    *veto = (struct alarm_entry){.alarm = common, .quiet = 2, .told = 8.5};
    strcpy(veto->alarm.id, "veto-7-22");
    veto->alarm.kind = ALARM_VETO;
    veto->alarm.state = ALARM_SHELVED;
    veto->alarm.shelved_until_ns = 1000;
    veto->alarm.change = (struct change_finding){CHANGE_IRC, 1, 2, 3, 4.5, 5.5, 6.5, 7.5};
    veto->alarm.streams = 4;
    struct alarm_entry *loss = &alarms.entries[ALARMS_OF_CLUSTERS + ALARM_LOSS - ALARM_RATE];
    *loss = (struct alarm_entry){.alarm = common};
    strcpy(loss->alarm.id, "loss-7-22");
    loss->alarm.kind = ALARM_LOSS;
    loss->alarm.state = ALARM_RETURNED_UNACKNOWLEDGED;
    loss->alarm.condition = (struct alarm_condition){SEVERITY_MINOR, 3, 12.5, "Some."};
    alarms.flood = (struct flood){.now_ns = 77, .begun_ns = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}, .begun = 12};
    alarms.overflow = 13;
    saved = alarms;
    assert_true(restart(900, 900));
    assert_memory_equal(&alarms, &saved, sizeof saved);
    assert_true(restart(900, 5000));
    assert_int_equal(veto->alarm.shelved_until_ns, 5100);
}

/* One that would let an assertion fail later. */
static void an_alarm_in_a_state_that_cannot_be_is_not_kept(void **state)
{
    (void)state;
    struct alarm_entry *entry = &alarms.entries[ALARMS_OF_CLUSTERS + ALARM_LOSS - ALARM_RATE];
    entry->alarm = (struct alarm){
        .id = "loss-7-22", .kind = ALARM_LOSS, .severity = SEVERITY_MINOR, .state = ALARM_UNACKNOWLEDGED};
    assert_false(restart(0, 0)); /* it waits, but is not raised */
    entry->is_raised = true;
    assert_true(restart(0, 0));
    entry->alarm.severity = SEVERITY_INVALID; /* which it never has */
    assert_false(restart(0, 0));
    entry->alarm.severity = SEVERITY_MAJOR;
    strcpy(entry->alarm.id, "veto-7-22");
    assert_false(restart(0, 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
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
        cmocka_unit_test_setup(neighbouring_masses_are_one_alarm_with_its_range, start),
        cmocka_unit_test_setup(an_excess_at_another_mass_is_another_alarm, start),
        cmocka_unit_test_setup(an_excess_whose_sidebands_hold_a_larger_one_is_in_its_shadow, start),
        cmocka_unit_test_setup(an_alarm_that_comes_into_a_shadow_stays_as_it_is, start),
        cmocka_unit_test_setup(a_mass_that_wanders_stays_the_same_alarm, start),
        cmocka_unit_test_setup(all_short_horizons_of_an_excess_are_one_alarm, start),
        cmocka_unit_test_setup(an_alarm_clears_when_its_last_horizon_has_left, start),
        cmocka_unit_test_setup(the_kind_is_that_of_the_look, start),
        cmocka_unit_test_setup(an_excess_that_does_not_come_with_the_kaons_is_an_anomaly, start),
        cmocka_unit_test_setup(an_anomaly_of_the_run_clears_below_the_threshold_that_raised_it, start),
        cmocka_unit_test_setup(run_and_period_of_an_excess_are_one_alarm, start),
        cmocka_unit_test_setup(a_mass_that_is_withheld_clears_nothing, start),
        cmocka_unit_test_setup(an_excess_has_no_minor_even_where_there_is_a_threshold, start),
        cmocka_unit_test_setup(excesses_without_a_place_are_counted, start),
        cmocka_unit_test_setup(ids_do_not_depend_on_the_order_of_the_looks, start),
        cmocka_unit_test_setup(excess_and_anomaly_are_alarms_of_their_own, start),
        cmocka_unit_test_setup(an_unknown_or_empty_id_acknowledges_nothing, start),
        cmocka_unit_test_setup(thresholds_of_zero_raise_nothing, start),
        cmocka_unit_test_setup(a_change_is_one_alarm_for_each_kind, start),
        cmocka_unit_test_setup(a_change_is_told_again_only_when_it_became_much_more, start),
        cmocka_unit_test_setup(a_change_clears_after_three_bursts_without_any_stream, start),
        cmocka_unit_test_setup(a_change_that_is_raised_again_shows_what_changed_now, start),
        cmocka_unit_test_setup(an_accepted_level_ends_the_alarm_acknowledged_or_not, start),
        cmocka_unit_test_setup(what_may_not_be_seen_is_withdrawn, start),
        cmocka_unit_test_setup(a_new_run_clears_what_is_raised_and_nothing_else, start),
        cmocka_unit_test_setup(an_excess_is_suspect_while_a_change_is_raised, start),
        cmocka_unit_test_setup(losses_clear_after_three_clean_bursts, start),
        cmocka_unit_test_setup(a_condition_is_told_again_when_it_is_twice_as_much, start),
        cmocka_unit_test_setup(one_more_silent_source_must_be_acknowledged_anew, start),
        cmocka_unit_test_setup(unusable_settings_are_invalid_until_they_fit, start),
        cmocka_unit_test_setup(a_shelved_alarm_comes_back_when_it_is_still_raised, start),
        cmocka_unit_test_setup(a_shelved_alarm_that_cleared_ends_with_its_time, start),
        cmocka_unit_test_setup(an_alarm_that_returned_can_be_shelved_while_it_chatters, start),
        cmocka_unit_test_setup(the_shelf_is_for_eight_hours_at_most, start),
        cmocka_unit_test_setup(a_new_time_replaces_the_old_one_and_none_takes_the_alarm_back, start),
        cmocka_unit_test_setup(ten_new_alarms_within_ten_minutes_are_no_flood, start),
        cmocka_unit_test_setup(the_eleventh_within_ten_minutes_is_a_flood_and_held_back, start),
        cmocka_unit_test_setup(a_flood_is_over_after_three_bursts_with_few_new_alarms, start),
        cmocka_unit_test_setup(time_that_goes_back_makes_no_flood, start),
        cmocka_unit_test_setup(a_time_far_ahead_in_one_burst_makes_no_flood_later, start),
        cmocka_unit_test_setup(without_any_time_there_is_no_flood, start),
        cmocka_unit_test_setup(an_excess_of_the_run_is_provisional_and_one_of_a_short_horizon_is_not, start),
        cmocka_unit_test_setup(more_data_that_take_an_excess_away_retract_it, start),
        cmocka_unit_test_setup(an_anomaly_that_clears_is_not_retracted, start),
        cmocka_unit_test_setup(the_end_of_its_run_makes_an_excess_final, start),
        cmocka_unit_test_setup(what_the_period_shows_as_well_outlives_the_run, start),
        cmocka_unit_test_setup(everything_in_an_alarm_comes_back, start),
        cmocka_unit_test_setup(an_alarm_in_a_state_that_cannot_be_is_not_kept, start),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
