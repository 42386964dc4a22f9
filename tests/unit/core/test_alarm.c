/* SPDX-License-Identifier: MIT */
#include "core/alarm.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define NEVER ALARM_STATE_COUNT

/* Every state and every event, written down by hand after ISA-18.2 (NORM, UNACK, ACKED, RTNUN, SHLVD). */
static const struct {
    enum alarm_state from;
    enum alarm_event event;
    enum alarm_state to;
} transitions[] = {
    {ALARM_NORMAL, ALARM_RAISE, ALARM_UNACKNOWLEDGED},
    {ALARM_NORMAL, ALARM_CLEAR, NEVER},
    {ALARM_NORMAL, ALARM_ACKNOWLEDGE, NEVER},
    {ALARM_NORMAL, ALARM_SHELVE, NEVER},
    {ALARM_NORMAL, ALARM_UNSHELVE_RAISED, NEVER},
    {ALARM_NORMAL, ALARM_UNSHELVE_CLEARED, NEVER},
    {ALARM_UNACKNOWLEDGED, ALARM_RAISE, ALARM_UNACKNOWLEDGED},
    {ALARM_UNACKNOWLEDGED, ALARM_CLEAR, ALARM_RETURNED_UNACKNOWLEDGED},
    {ALARM_UNACKNOWLEDGED, ALARM_ACKNOWLEDGE, ALARM_ACKNOWLEDGED},
    {ALARM_UNACKNOWLEDGED, ALARM_SHELVE, ALARM_SHELVED},
    {ALARM_UNACKNOWLEDGED, ALARM_UNSHELVE_RAISED, NEVER},
    {ALARM_UNACKNOWLEDGED, ALARM_UNSHELVE_CLEARED, NEVER},
    {ALARM_ACKNOWLEDGED, ALARM_RAISE, ALARM_UNACKNOWLEDGED},
    {ALARM_ACKNOWLEDGED, ALARM_CLEAR, ALARM_NORMAL},
    {ALARM_ACKNOWLEDGED, ALARM_ACKNOWLEDGE, NEVER},
    {ALARM_ACKNOWLEDGED, ALARM_SHELVE, ALARM_SHELVED},
    {ALARM_ACKNOWLEDGED, ALARM_UNSHELVE_RAISED, NEVER},
    {ALARM_ACKNOWLEDGED, ALARM_UNSHELVE_CLEARED, NEVER},
    {ALARM_RETURNED_UNACKNOWLEDGED, ALARM_RAISE, ALARM_UNACKNOWLEDGED},
    {ALARM_RETURNED_UNACKNOWLEDGED, ALARM_CLEAR, NEVER},
    {ALARM_RETURNED_UNACKNOWLEDGED, ALARM_ACKNOWLEDGE, ALARM_NORMAL},
    {ALARM_RETURNED_UNACKNOWLEDGED, ALARM_SHELVE, ALARM_SHELVED},
    {ALARM_RETURNED_UNACKNOWLEDGED, ALARM_UNSHELVE_RAISED, NEVER},
    {ALARM_RETURNED_UNACKNOWLEDGED, ALARM_UNSHELVE_CLEARED, NEVER},
    {ALARM_SHELVED, ALARM_RAISE, ALARM_SHELVED},
    {ALARM_SHELVED, ALARM_CLEAR, ALARM_SHELVED},
    {ALARM_SHELVED, ALARM_ACKNOWLEDGE, NEVER},
    {ALARM_SHELVED, ALARM_SHELVE, ALARM_SHELVED},
    {ALARM_SHELVED, ALARM_UNSHELVE_RAISED, ALARM_UNACKNOWLEDGED},
    {ALARM_SHELVED, ALARM_UNSHELVE_CLEARED, ALARM_NORMAL},
    {ALARM_NORMAL, ALARM_END, NEVER},
    {ALARM_UNACKNOWLEDGED, ALARM_END, ALARM_NORMAL},
    {ALARM_ACKNOWLEDGED, ALARM_END, ALARM_NORMAL},
    {ALARM_RETURNED_UNACKNOWLEDGED, ALARM_END, ALARM_NORMAL},
    {ALARM_SHELVED, ALARM_END, ALARM_NORMAL},
};

static void every_event_in_every_state_leads_where_the_standard_says(void **state)
{
    (void)state;
    const size_t count = sizeof transitions / sizeof transitions[0];
    bool is_seen[ALARM_STATE_COUNT][ALARM_EVENT_COUNT] = {{false}};
    assert_int_equal(count, ALARM_STATE_COUNT * ALARM_EVENT_COUNT);
    for (size_t i = 0; i < count; i++) {
        if (alarm_next_state(transitions[i].from, transitions[i].event) != transitions[i].to)
            fail_msg("%s, event %d", alarm_state_name(transitions[i].from), (int)transitions[i].event);
        is_seen[transitions[i].from][transitions[i].event] = true;
    }
    for (int from = 0; from < ALARM_STATE_COUNT; from++)
        for (int event = 0; event < ALARM_EVENT_COUNT; event++)
            assert_true(is_seen[from][event]);
}

static void an_alarm_waits_until_somebody_acknowledged_it(void **state)
{
    (void)state;
    static const bool is_waiting[ALARM_STATE_COUNT] = {
        [ALARM_UNACKNOWLEDGED] = true, [ALARM_RETURNED_UNACKNOWLEDGED] = true};
    for (int i = 0; i < ALARM_STATE_COUNT; i++)
        assert_int_equal(alarm_is_waiting(&(struct alarm){.state = (enum alarm_state)i}), is_waiting[i]);
}

static void every_severity_and_state_has_its_word(void **state)
{
    (void)state;
    static const char *const severities[] = {"NO_ALARM", "MINOR", "MAJOR", "INVALID", "?"};
    static const char *const states[] = {
        "NORMAL", "UNACKNOWLEDGED", "ACKNOWLEDGED", "RETURNED_UNACKNOWLEDGED", "SHELVED", "?"};
    for (int i = 0; i <= SEVERITY_COUNT; i++)
        assert_string_equal(severity_name((enum severity)i), severities[i]);
    for (int i = 0; i <= ALARM_STATE_COUNT; i++)
        assert_string_equal(alarm_state_name((enum alarm_state)i), states[i]);
}

static void every_kind_says_who_raises_it_on_what_and_what_to_do(void **state)
{
    (void)state;
    static const char *const names[ALARM_KIND_END] = {NULL,   "EXCESS", "ANOMALY", "RATE",    "PEAK",   "VETO",
                                                      "LOSS", "SILENT", "LINK",    "STORAGE", "CONFIG", "FLOOD"};
    for (int i = ALARM_EXCESS; i < ALARM_KIND_END; i++) {
        const struct alarm_info *info = &alarm_table[i];
        const struct alarm alarm = {.kind = (enum alarm_kind)i};
        assert_string_equal(alarm_kind_name((enum alarm_kind)i), names[i]);
        assert_in_range(strlen(info->raised_by), 5, 60);
        assert_in_range(strlen(info->raised_on), 5, 200);
        assert_in_range(strlen(info->clears), 5, 200);
        assert_in_range(strlen(info->action), 20, ALARM_TEXT_SIZE - 1);
        assert_in_range(strlen(alarm_action(&alarm)), 20, ALARM_TEXT_SIZE - 1);
        assert_in_range(info->clear_looks, 1, 3);
        assert_true(info->severities != 0 && !(info->severities & 1u) && info->severities < 1u << SEVERITY_COUNT);
        assert_int_equal(alarm_is_physics(alarm.kind), i <= ALARM_ANOMALY);
        assert_int_equal(alarm_is_change(alarm.kind), i >= ALARM_RATE && i <= ALARM_VETO);
    }
    assert_string_equal(alarm_kind_name((enum alarm_kind)0), "?");
    assert_string_equal(alarm_kind_name(ALARM_KIND_END), "?");
}

static void an_excess_is_never_minor_and_unusable_settings_are_invalid(void **state)
{
    (void)state;
    assert_int_equal(alarm_table[ALARM_EXCESS].severities, 1u << SEVERITY_MAJOR);
    assert_int_equal(alarm_table[ALARM_CONFIG].severities, 1u << SEVERITY_MAJOR | 1u << SEVERITY_INVALID);
    assert_int_equal(alarm_table[ALARM_LOSS].clear_looks, 3);
}

static void by_default_one_alarm_in_30_days_is_false(void **state)
{
    (void)state;
    struct alarm_promise promise = alarm_default_promise();
    assert_true(promise.major == 1.0 && promise.minor == 30.0 && promise.change == 5.5);
}

static void horizons_are_listed_by_their_names(void **state)
{
    (void)state;
    char text[ALARM_HORIZONS_SIZE];
    alarm_horizons_text(0, text);
    assert_string_equal(text, "");
    alarm_horizons_text(1u << HORIZON_RUN, text);
    assert_string_equal(text, "run");
    alarm_horizons_text(1u << HORIZON_1 | 1u << HORIZON_100 | 1u << HORIZON_10, text);
    assert_string_equal(text, "1,10,100");
    alarm_horizons_text(UINT32_MAX, text);
    assert_true(strncmp(text, "1,10,100,run", 12) == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_event_in_every_state_leads_where_the_standard_says),
        cmocka_unit_test(an_alarm_waits_until_somebody_acknowledged_it),
        cmocka_unit_test(every_severity_and_state_has_its_word),
        cmocka_unit_test(every_kind_says_who_raises_it_on_what_and_what_to_do),
        cmocka_unit_test(an_excess_is_never_minor_and_unusable_settings_are_invalid),
        cmocka_unit_test(by_default_one_alarm_in_30_days_is_false),
        cmocka_unit_test(horizons_are_listed_by_their_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
