/* SPDX-License-Identifier: MIT */
/* test_published - each published message against JSON that was written by hand. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
/* cmocka needs the headers above. */
#include <cmocka.h>

#include "monitor.pb-c.h"
#include "wire/published.h"

static const struct envelope plain = {.instance = "t", .epoch = 5, .seq = 6, .run = 7, .burst = 8};
static unsigned char bytes[PUBLISHED_BYTES_MAX];

#define ENVELOPE_JSON                                                                                                  \
    "\"schema\":1,\"instance\":\"t\",\"epoch\":\"5\",\"seq\":6,\"t_event_ns\":0,\"t_publish_ns\":0,\"run\":7,"         \
    "\"burst\":8,"                                                                                                     \
    "\"config_sha256\":\"\",\"origin\":\"ORIGIN_UNSPECIFIED\",\"blind\":false,"

static json_t *parsed(const char *text)
{
    json_error_t error;
    json_t *json = json_loads(text, 0, &error);
    if (!json)
        fail_msg("%s at %d of %s", error.text, error.position, text);
    return json;
}

/* The whole Envelope, or the member `name` of it, is exactly `text`. */
static void assert_json(size_t size, const char *name, const char *text)
{
    assert_int_not_equal(size, 0);
    json_t *json = published_to_json(bytes, size);
    assert_non_null(json);
    json_t *expected = parsed(text);
    json_t *actual = name ? json_object_get(json, name) : json;
    if (!json_equal(actual, expected)) {
        char *shown = json_dumps(actual, JSON_ENCODE_ANY);
        print_message("%s\ninstead of\n%s\n", shown, text);
        free(shown);
        fail();
    }
    json_decref(expected);
    json_decref(json);
}

static Hnlmon__V1__Envelope *unpacked(size_t size)
{
    assert_int_not_equal(size, 0);
    Hnlmon__V1__Envelope *message = hnlmon__v1__envelope__unpack(NULL, size, bytes);
    assert_non_null(message);
    return message;
}

static void a_log_line_is_these_bytes(void **state)
{
    (void)state;
    /* schema 1, instance "t", epoch 5, seq 6, run 7, burst 8; field 26 of 9 bytes: level 6, module "m", text "ab" */
    static const unsigned char expected[] = {0x08, 0x01, 0x12, 0x01, 't',  0x19, 0x05, 0,    0,    0,    0,
                                             0,    0,    0,    0x20, 0x06, 0x38, 0x07, 0x40, 0x08, 0xD2, 0x01,
                                             0x09, 0x08, 0x06, 0x12, 0x01, 'm',  0x1A, 0x02, 'a',  'b'};
    size_t size = published_log(&plain, 6, "m", "ab", bytes, sizeof bytes);
    assert_int_equal(size, sizeof expected);
    assert_memory_equal(bytes, expected, sizeof expected);
}

static void an_envelope_shows_all_its_fields_and_only_its_content(void **state)
{
    (void)state;
    assert_json(published_log(&plain, 6, "m", "ab", bytes, sizeof bytes), NULL,
                "{" ENVELOPE_JSON "\"log_line\":{\"level\":6,\"module\":\"m\",\"text\":\"ab\"}}");
}

static void hashes_are_hexadecimal_origins_are_names_and_large_integers_are_exact(void **state)
{
    (void)state;
    unsigned char hash[32] = {0x00, 0x9F, 0xA0, 0xFF};
    struct envelope envelope = {.epoch = UINT64_MAX,
                                .seq = INT64_MAX,
                                .t_event_ns = (uint64_t)INT64_MAX + 1,
                                .config_sha256 = hash,
                                .origin = ORIGIN_SIMULATION};
    assert_json(published_log(&envelope, 0, NULL, NULL, bytes, sizeof bytes), NULL,
                "{\"schema\":1,\"instance\":\"\",\"epoch\":\"18446744073709551615\",\"seq\":9223372036854775807,"
                "\"t_event_ns\":\"9223372036854775808\",\"t_publish_ns\":0,\"run\":0,\"burst\":0,\"config_sha256\":"
                "\"009fa0ff00000000000000000000000000000000000000000000000000000000\",\"origin\":\"SIMULATION\","
                "\"blind\":false,"
                "\"log_line\":{\"level\":0,\"module\":\"\",\"text\":\"\"}}");
}

static struct ledger_entry some_entry(void)
{
    struct ledger_entry entry = {.source = 3,
                                 .epoch = 4,
                                 .name = "board 3",
                                 .first_seq = 21,
                                 .next_seq = 131,
                                 .accepted = 60,
                                 .in_burst = true,
                                 .run = 7,
                                 .burst = 9};
    entry.rejected[REJECT_VERTEX] = 20;
    entry.rejected[REJECT_VETO] = 10;
    entry.lost[LOSS_SHED] = 20;
    return entry;
}

static void status_shows_each_source_with_the_counts_that_are_not_zero(void **state)
{
    (void)state;
    struct ledger_entry entry = some_entry();
    struct source_report source = {&entry, 100, true, 0};
    const struct door_report door = {.socket = "link",
                                     .peers = 1,
                                     .peers_max = 256,
                                     .connections = 9,
                                     .admitted = 2,
                                     .unknown_key = 3,
                                     .wrong_role = 4,
                                     .full = 5,
                                     .failed = 6,
                                     .ended = 8,
                                     .silent = 7};
    const struct keeping_report keeping = {.generation = 40,
                                           .durable_ns = 1000000000,
                                           .checkpoints = 42,
                                           .bytes = 43,
                                           .error = "checkpoint: no",
                                           .journal_waiting = 46,
                                           .journal_lost = 47,
                                           .is_current = true};
    struct status_report status = {.state = "running",
                                   .keeping = &keeping,
                                   .now_ns = 1250000000,
                                   .segments = 44,
                                   .uptime_s = 1.5,
                                   .sources = &source,
                                   .source_count = 1,
                                   .frames = 12,
                                   .duplicates = 2,
                                   .rate_hz = 25000,
                                   .latency_p50_us = 38.5,
                                   .latency_p99_us = 97.25,
                                   .cached_topics = 30,
                                   .cached_bytes = 4000,
                                   .published = 50,
                                   .rss_bytes = 6000,
                                   .safety_saves = 1,
                                   .version = "1.0",
                                   .kernel = "avx2",
                                   .template_name = "paper 0123",
                                   .unrecorded = 9,
                                   .is_recording = true,
                                   .alarms_active = 2,
                                   .is_blind = true,
                                   .unblinded_by = "anna",
                                   .unblind_reason = "run 7",
                                   .unblinded_ns = 77,
                                   .doors = &door,
                                   .door_count = 1,
                                   .has_keys = true,
                                   .overload = {1, 2, 3, 4, 5, 6}};
    status.refused[REFUSAL_BAD_CRC] = 5;
    assert_json(
        published_status(&plain, &status, bytes, sizeof bytes), "status",
        "{\"state\":\"running\",\"uptime_s\":1.5,\"sources\":[{\"source\":3,\"epoch\":\"4\",\"name\":\"board 3\","
        "\"next_seq\":131,\"durable_seq\":100,\"accepted\":60,"
        "\"rejected\":[{\"name\":\"vertex\",\"count\":20},{\"name\":\"veto\",\"count\":10}],"
        "\"lost\":[{\"name\":\"shed\",\"count\":20}],"
        "\"connected\":true,\"in_burst\":true,\"run\":7,\"burst\":9,\"first_seq\":21,\"tap\":false,"
        "\"retired_epochs\":0}],"
        "\"frames\":12,\"refused\":[{\"name\":\"bad_crc\",\"count\":5}],\"duplicates\":2,\"rate_hz\":25000.0,"
        "\"latency_p50_us\":38.5,\"latency_p99_us\":97.25,\"cached_topics\":30,\"cached_bytes\":4000,"
        "\"published\":50,\"rss_bytes\":6000,\"safety_saves\":1,\"version\":\"1.0\",\"kernel\":\"avx2\","
        "\"template\":\"paper 0123\",\"unrecorded\":9,\"recording\":true,\"alarms_active\":2,"
        "\"blind\":true,\"unblinded_by\":\"anna\",\"unblind_reason\":\"run "
        "7\",\"unblinded_ns\":77,"
        "\"state_generation\":40,\"state_age_s\":0.25,\"state_checkpoints\":42,\"state_bytes\":43,"
        "\"recording_segments\":44,\"state_error\":\"checkpoint: no\",\"journal_waiting\":46,\"journal_lost\":47,"
        "\"state_current\":true,\"certificates\":true,"
        "\"doors\":[{\"socket\":\"link\",\"peers\":1,\"peers_max\":256,\"admitted\":2,\"unknown_key\":3,\"wrong_role\":"
        "4,"
        "\"full\":5,\"failed\":6,\"connections\":9,\"ended\":8,\"silent\":7}]"
        ",\"shed_summaries\":1,\"dropped_summaries\":2,\"dropped_replies\":3,\"busy_commands\":4,"
        "\"credit_exhausted\":5,\"waiting_bytes\":6}");
}

static void lists_without_entries_and_defaults_are_shown(void **state)
{
    (void)state;
    struct status_report status = {0};
    assert_json(published_status(&plain, &status, bytes, sizeof bytes), "status",
                "{\"state\":\"\",\"uptime_s\":0.0,\"sources\":[],\"frames\":0,\"refused\":[],\"duplicates\":0,"
                "\"rate_hz\":0.0,\"latency_p50_us\":0.0,\"latency_p99_us\":0.0,\"cached_topics\":0,\"cached_bytes\":0,"
                "\"published\":0,\"rss_bytes\":0,\"safety_saves\":0,\"version\":\"\",\"kernel\":\"\",\"template\":\"\","
                "\"unrecorded\":0,\"recording\":false,\"alarms_active\":0,"
                "\"blind\":false,\"unblinded_by\":\"\",\"unblind_reason\":\"\",\"unblinded_ns\":0,"
                "\"state_generation\":0,\"state_age_s\":0.0,\"state_checkpoints\":0,\"state_bytes\":0,"
                "\"recording_segments\":0,\"state_error\":\"\",\"journal_waiting\":0,\"journal_lost\":0,"
                "\"state_current\":false,\"certificates\":false,\"doors\":[],"
                "\"shed_summaries\":0,\"dropped_summaries\":0,\"dropped_replies\":0,\"busy_commands\":0,"
                "\"credit_exhausted\":0,\"waiting_bytes\":0}");
}

static void the_largest_status_fits_into_an_envelope(void **state)
{
    (void)state;
    static struct ledger_entry entry;
    static struct source_report sources[SOURCE_REPORTS_MAX];
    memset(&entry, 0xFF, sizeof entry);
    memset(entry.name, 'n', sizeof entry.name);
    entry.name[sizeof entry.name - 1] = 0;
    entry.is_tapped = entry.in_burst = entry.in_run = true;
    for (size_t i = 0; i < SOURCE_REPORTS_MAX; i++)
        sources[i] = (struct source_report){&entry, UINT64_MAX, true, UINT32_MAX};
    struct status_report status = {.sources = sources, .source_count = SOURCE_REPORTS_MAX};
    size_t size = published_status(&plain, &status, bytes, sizeof bytes);
    assert_int_not_equal(size, 0);
    json_t *json = published_to_json(bytes, size);
    assert_non_null(json);
    json_decref(json);
}

static struct burst_summary some_burst(void)
{
    struct burst_summary summary = {.key = {7, 8},
                                    .t_begin_ns = 1000,
                                    .t_end_ns = 2000,
                                    .run_begin_ns = 500,
                                    .sources = 2,
                                    .generated = 500,
                                    .kept = 5,
                                    .sent = 90,
                                    .downscaling = 100,
                                    .input_downscaling = DOWNSCALING_UNKNOWN,
                                    .accepted = 70,
                                    .lost = 4,
                                    .intensity = 0.75,
                                    .live_ppm = 999000,
                                    .choke_count = 3,
                                    .peak_position_mev2 = -12.5,
                                    .peak_width_mev2 = 1700.5,
                                    .n_peak = 40,
                                    .veto_fraction = 0.125,
                                    .veto_fraction_peak = 0.0625,
                                    .veto_fractions = {0.5, 0.25, 0.0, 0.75},
                                    .random_veto_fraction = 0.375,
                                    .mirror_tail_fraction = 0.03125,
                                    .spill_length_s = 4.5,
                                    .spill_centre_s = 2.25,
                                    .complete = false,
                                    .quality = "loss"};
    summary.rejected[REJECT_BAD_TIME] = 16;
    summary.lines[LINE_TAIL] = (struct line_summary){1, 2, 3.5, 4.5, 5.5, 6.5, 7.5, 8, 9};
    for (int i = 0; i < HORIZON_COUNT - HORIZON_1; i++)
        summary.best[i].horizon = (enum horizon_id)(HORIZON_1 + i);
    summary.best[3] = (struct best){HORIZON_RUN, 150, 25, 10.25, 3.5, 3.25, 4.75, "loss"};
    return summary;
}

#define EMPTY_LINE(name)                                                                                               \
    "{\"line\":\"" name "\",\"candidates\":0,\"accepted\":0,\"rate_hz\":0.0,\"bandwidth_bytes_per_s\":0.0,"            \
    "\"n_kaon\":0.0,\"exposure\":0.0,\"exposure_run\":0.0,\"candidates_run\":0,\"accepted_run\":0}"
#define EMPTY_BEST(horizon)                                                                                            \
    "{\"horizon\":\"" horizon                                                                                          \
    "\",\"m_n_mev\":0.0,\"n\":0,\"b\":0.0,\"z\":0.0,\"z_alarm\":0.0,\"withheld\":\"\",\"z_major\":0.0}"

static void a_burst_shows_all_lines_and_horizons(void **state)
{
    (void)state;
    struct burst_summary summary = some_burst();
    assert_json(
        published_burst(&plain, &summary, bytes, sizeof bytes), "burst_summary",
        "{\"run\":7,\"burst\":8,\"t_begin_ns\":1000,\"t_end_ns\":2000,\"sources\":2,\"generated\":500,\"kept\":5,"
        "\"downscaling\":100,\"input_downscaling\":-999,\"sent\":90,\"accepted\":70,"
        "\"rejected\":[{\"name\":\"bad_time\",\"count\":16}],\"lost\":4,\"intensity\":0.75,\"live_ppm\":999000,"
        "\"choke_count\":3,\"lines\":[" EMPTY_LINE("unprescaled") "," EMPTY_LINE(
            "downscaled") ",{\"line\":\"tail\",\"candidates\":1,"
                          "\"accepted\":2,\"rate_hz\":3.5,\"bandwidth_bytes_per_s\":4.5,\"n_kaon\":5.5,"
                          "\"exposure\":6.5,\"exposure_run\":7.5,\"candidates_run\":8,\"accepted_run\":9}],"
                          "\"peak_position_mev2\":-12.5,\"peak_width_mev2\":1700.5,\"n_peak\":40,"
                          "\"veto_fraction\":0.125,\"veto_fraction_peak\":0.0625,\"complete\":false,"
                          "\"quality\":\"loss\",\"best\":[" EMPTY_BEST("1") "," EMPTY_BEST("10") "," EMPTY_BEST(
                              "100") ",{\"horizon\":\"run\",\"m_n_mev\":150.0,\"n\":25,\"b\":10.25,\"z\":3.5,"
                                     "\"z_alarm\":3.25,\"withheld\":\"loss\",\"z_major\":4.75}," EMPTY_BEST(
                                         "period") "],"
                                                   "\"vetoes\":[{\"name\":\"lav\",\"fraction\":0.5},{\"name\":\"irc\","
                                                   "\"fraction\":0."
                                                   "25},"
                                                   "{\"name\":\"sac\",\"fraction\":0.0},{\"name\":\"lkr_extra\","
                                                   "\"fraction\":0.75}],"
                                                   "\"random_veto_fraction\":0.375,\"mirror_tail_fraction\":0.03125,"
                                                   "\"spill_length_s\":4.5,\"spill_centre_s\":2.25,\"run_begin_ns\":"
                                                   "500}");
}

static void a_histogram_has_its_axis_its_bins_and_what_lies_beside_them(void **state)
{
    (void)state;
    static struct horizon sums;
    uint64_t *slots = sums.slots + histogram_table[HISTOGRAM_M2].offset;
    sums.bursts = 10;
    slots[0] = 3;
    slots[1] = 4;
    slots[M2_BIN_COUNT] = 5;
    slots[M2_BIN_COUNT + 1] = (uint64_t)1 << 40;
    Hnlmon__V1__Envelope *message =
        unpacked(published_histogram(&plain, HISTOGRAM_M2, HORIZON_100, &sums, bytes, sizeof bytes));
    const Hnlmon__V1__Histogram *histogram = message->histogram;
    assert_int_equal(message->content_case, HNLMON__V1__ENVELOPE__CONTENT_HISTOGRAM);
    assert_string_equal(histogram->name, "m2");
    assert_string_equal(histogram->horizon, "100");
    assert_true(histogram->lo == -300 * 119 && histogram->width == 119);
    assert_int_equal(histogram->n_bins, 1500);
    assert_true(histogram->bins[0] == 4 && histogram->bins[1] == 0 && histogram->bins[1499] == 5);
    assert_true(histogram->underflow == 3 && histogram->overflow == (uint64_t)1 << 40);
    assert_true(histogram->entries == ((uint64_t)1 << 40) + 12);
    assert_int_equal(histogram->bursts, 10);
    assert_int_equal(histogram->blind_from, 0);
    hnlmon__v1__envelope__free_unpacked(message, NULL);
}

static void a_blind_histogram_of_m2_says_from_where_on(void **state)
{
    (void)state;
    static struct horizon sums = {.is_blind = true};
    for (enum histogram_id id = HISTOGRAM_M2; id < HISTOGRAM_COUNT; id++) {
        Hnlmon__V1__Envelope *message =
            unpacked(published_histogram(&plain, id, HORIZON_RUN, &sums, bytes, sizeof bytes));
        assert_int_equal(message->histogram->blind_from, id < 6 ? 78 * 119 : 0);
        hnlmon__v1__envelope__free_unpacked(message, NULL);
    }
}

static void the_largest_histogram_fits_into_an_envelope(void **state)
{
    (void)state;
    static struct horizon sums;
    for (size_t i = 0; i < HISTOGRAM_SLOTS; i++)
        sums.slots[i] = UINT64_MAX;
    size_t size = published_histogram(&plain, HISTOGRAM_M2, HORIZON_RUN, &sums, bytes, sizeof bytes);
    json_t *json = published_to_json(bytes, size);
    assert_int_equal(json_array_size(json_object_get(json_object_get(json, "histogram"), "bins")), 1500);
    json_decref(json);
}

static struct scan some_scan;

static void a_scan_shows_every_hypothesis_with_its_names(void **state)
{
    (void)state;
    some_scan = (struct scan){.line = LINE_DOWNSCALED,
                              .horizon = HORIZON_10,
                              .bursts = 10,
                              .left_out = 2,
                              .exposure = 1e9,
                              .searchable_from_mev = 114,
                              .exposure_error = 1e7,
                              .f_sys = 0.03125};
    some_scan.is_blind = true;
    some_scan.template_name = "na62 0123456789abcdef";
    some_scan.hypotheses[1] = (struct hypothesis){.m_n_mev = 114,
                                                  .n = 25,
                                                  .b = 10.25,
                                                  .sigma_b = 1.5,
                                                  .alpha = 0.75,
                                                  .z = 3.5,
                                                  .z_alarm = 3.25,
                                                  .p_local = 0.001953125,
                                                  .far_hz = 1e-6,
                                                  .u2_limit = 0.03125,
                                                  .u2_expected = 0.0625,
                                                  .u2_paper = 0.125,
                                                  .u2_expected_minus2 = 0.25,
                                                  .u2_expected_minus1 = 0.5,
                                                  .u2_expected_plus1 = 2.0,
                                                  .u2_expected_plus2 = 4.0,
                                                  .u2_expected_statistical = 8.0,
                                                  .signal_leakage = 0.375,
                                                  .withheld = "b",
                                                  .valid = true};
    size_t size = published_scan(&plain, &some_scan, bytes, sizeof bytes);
    json_t *json = published_to_json(bytes, size);
    json_t *scan = json_object_get(json, "scan");
    json_t *hypotheses = json_object_get(scan, "hypotheses");
    assert_int_equal(json_array_size(hypotheses), 167);
    json_t *expected = parsed("{\"m_n_mev\":114.0,\"n\":25,\"b\":10.25,\"sigma_b\":1.5,\"alpha\":0.75,\"z\":3.5,"
                              "\"p_local\":0.001953125,\"far_hz\":1e-6,\"u2_limit\":0.03125,\"u2_expected\":0.0625,"
                              "\"u2_paper\":0.125,\"valid\":true,\"u2_expected_minus2\":0.25,"
                              "\"u2_expected_minus1\":0.5,\"u2_expected_plus1\":2.0,\"u2_expected_plus2\":4.0,"
                              "\"u2_expected_statistical\":8.0,\"signal_leakage\":0.375,\"withheld\":\"b\"}");
    assert_true(json_equal(json_array_get(hypotheses, 1), expected));
    json_decref(expected);
    json_object_del(scan, "hypotheses");
    expected =
        parsed("{\"line\":\"downscaled\",\"horizon\":\"10\",\"n_kaon\":1e9,\"bursts\":10,\"withheld\":\"\","
               "\"blind\":true,\"n_kaon_error\":1e7,\"f_sys\":0.03125,\"searchable_from_mev\":114.0,\"left_out\":2,"
               "\"template\":\"na62 0123456789abcdef\"}");
    assert_true(json_equal(scan, expected));
    json_decref(expected);
    json_decref(json);
}

static struct alarm some_alarm(void)
{
    return (struct alarm){.id = "excess-unprescaled-run-7-6",
                          .kind = ALARM_EXCESS,
                          .severity = SEVERITY_MAJOR,
                          .state = ALARM_RETURNED_UNACKNOWLEDGED,
                          .line = LINE_UNPRESCALED,
                          .horizon = HORIZON_RUN,
                          .m_n_mev = 150,
                          .z = 4.75,
                          .n = 25,
                          .b = 10.25,
                          .far_hz = 0.0009765625,
                          .constancy_p = 0.5,
                          .is_provisional = true,
                          .m_n_low_mev = 145,
                          .m_n_high_mev = 155,
                          .horizons = 1u << HORIZON_RUN,
                          .first_run = 7,
                          .first_burst = 6,
                          .last_run = 7,
                          .last_burst = 9,
                          .count = 3};
}

static void assert_alarm_text(const struct alarm *alarm, const char *text)
{
    Hnlmon__V1__Envelope *message = unpacked(published_alarm(&plain, alarm, bytes, sizeof bytes));
    assert_string_equal(message->alarm->text, text);
    hnlmon__v1__envelope__free_unpacked(message, NULL);
}

static void an_alarm_says_whether_its_excess_comes_with_the_kaons_and_was_retracted(void **state)
{
    (void)state;
    struct alarm alarm = some_alarm();
    alarm.horizon = HORIZON_PERIOD;
    alarm.is_retracted = true;
    alarm.retracted_z = 3.25;
    assert_alarm_text(&alarm,
                      "25 candidates where 10.25 are expected at m_N = 150 MeV in the period (Z = 4.75). It comes "
                      "with the kaons (p = 0.5). Retracted: more data brought it to Z = 3.25.");
    alarm.retracted_z = 0.0;
    assert_alarm_text(&alarm,
                      "25 candidates where 10.25 are expected at m_N = 150 MeV in the period (Z = 4.75). It comes "
                      "with the kaons (p = 0.5). Retracted: it has gone with more data.");
    alarm.is_retracted = false;
    alarm.kind = ALARM_ANOMALY;
    alarm.constancy_p = 0.0015;
    assert_alarm_text(&alarm,
                      "25 candidates where 10.25 are expected at m_N = 150 MeV in the period (Z = 4.75). It does "
                      "not come with the kaons, as that of an HNL would (p = 0.0015).");
}

static void an_alarm_says_what_was_seen_and_what_to_do(void **state)
{
    (void)state;
    struct alarm alarm = some_alarm();
    char expected[1000];
    snprintf(
        expected, sizeof expected,
        "{\"id\":\"excess-unprescaled-run-7-6\",\"kind\":\"EXCESS\",\"severity\":\"MAJOR\","
        "\"state\":\"RETURNED_UNACKNOWLEDGED\",\"line\":\"unprescaled\",\"horizon\":\"run\",\"m_n_mev\":150.0,"
        "\"z\":4.75,\"far_hz\":0.0009765625,\"first_run\":7,\"first_burst\":6,\"last_run\":7,\"last_burst\":9,"
        "\"count\":3,"
        "\"provisional\":true,\"quality\":\"\",\"action\":\"%s\",\"text\":\"25 candidates where 10.25 are "
        "expected at m_N = 150 MeV in the run (Z = 4.75). It comes with the kaons (p = "
        "0.5).\",\"stream\":\"\",\"measured\":0.0,\"expected\":0.0,"
        "\"size\":0.0,\"constancy_p\":0.5,\"m_n_low_mev\":145.0,\"m_n_high_mev\":155.0,\"horizons\":\"run\",\"shelved_"
        "until_ns\":0,\"durable\":false,\"sequence\":0}",
        alarm_action(&alarm));
    assert_json(published_alarm(&plain, &alarm, bytes, sizeof bytes), "alarm", expected);
}

static void an_alarm_of_a_change_says_what_it_was_and_is(void **state)
{
    (void)state;
    struct alarm alarm = {.id = "rate-7-22",
                          .kind = ALARM_RATE,
                          .severity = SEVERITY_MAJOR,
                          .state = ALARM_UNACKNOWLEDGED,
                          .z = 12.5,
                          .first_run = 7,
                          .first_burst = 20,
                          .last_run = 7,
                          .last_burst = 23,
                          .count = 2,
                          .change = {.id = CHANGE_LINK,
                                     .source = 3,
                                     .start = 21,
                                     .bursts = 3,
                                     .measured = 75,
                                     .expected = 100,
                                     .size = -0.25,
                                     .z = 12.5}};
    assert_json(
        published_alarm(&plain, &alarm, bytes, sizeof bytes), "alarm",
        "{\"id\":\"rate-7-22\",\"kind\":\"RATE\",\"severity\":\"MAJOR\",\"state\":\"UNACKNOWLEDGED\","
        "\"line\":\"\",\"horizon\":\"\",\"m_n_mev\":0.0,\"z\":12.5,\"far_hz\":0.0,\"first_run\":7,"
        "\"first_burst\":20,\"last_run\":7,\"last_burst\":23,\"count\":2,\"provisional\":false,\"quality\":\"\","
        "\"action\":\"Check the front-end and the link of this source, the number in the name of the "
        "stream.\",\"text\":\"candidates of one link: 75 instead of 100 "
        "per unit of intensity, -25.0 %, seen in 3 bursts from burst 21 on (Z = 12.5).\",\"stream\":\"link-3\","
        "\"measured\":75.0,\"expected\":100.0,\"size\":-0.25,"
        "\"constancy_p\":0.0,\"m_n_low_mev\":0.0,\"m_n_high_mev\":0.0,\"horizons\":\"\",\"shelved_until_ns\":0,"
        "\"durable\":false,\"sequence\":0}");
}

static void an_alarm_of_a_condition_is_its_sentence(void **state)
{
    (void)state;
    struct alarm alarm = {.id = "loss-7-22",
                          .kind = ALARM_LOSS,
                          .severity = SEVERITY_MINOR,
                          .state = ALARM_SHELVED,
                          .shelved_until_ns = 1700000000000000000,
                          .first_run = 7,
                          .first_burst = 22,
                          .last_run = 7,
                          .last_burst = 23,
                          .count = 2,
                          .condition = {.severity = SEVERITY_MINOR, .parts = 1, .measured = 12, .text = "Twelve."}};
    char expected[1000];
    snprintf(expected, sizeof expected,
             "{\"id\":\"loss-7-22\",\"kind\":\"LOSS\",\"severity\":\"MINOR\",\"state\":\"SHELVED\","
             "\"line\":\"\",\"horizon\":\"\",\"m_n_mev\":0.0,\"z\":0.0,\"far_hz\":0.0,\"first_run\":7,"
             "\"first_burst\":22,\"last_run\":7,\"last_burst\":23,\"count\":2,\"provisional\":false,\"quality\":\"\","
             "\"action\":\"%s\",\"text\":\"Twelve.\",\"stream\":\"\",\"measured\":12.0,\"expected\":0.0,\"size\":0.0,"
             "\"constancy_p\":0.0,\"m_n_low_mev\":0.0,\"m_n_high_mev\":0.0,\"horizons\":\"\",\"shelved_until_ns\":"
             "1700000000000000000,\"durable\":false,\"sequence\":0}",
             alarm_table[ALARM_LOSS].action);
    assert_json(published_alarm(&plain, &alarm, bytes, sizeof bytes), "alarm", expected);
    alarm.state = ALARM_UNACKNOWLEDGED; /* the time is that of a shelved one only */
    json_t *json = published_to_json(bytes, published_alarm(&plain, &alarm, bytes, sizeof bytes));
    assert_true(json_integer_value(json_object_get(json_object_get(json, "alarm"), "shelved_until_ns")) == 0);
    json_decref(json);
}

static void an_alarm_while_data_quality_has_changed_is_suspect(void **state)
{
    (void)state;
    struct alarm alarm = some_alarm();
    alarm.is_suspect = true;
    json_t *json = published_to_json(bytes, published_alarm(&plain, &alarm, bytes, sizeof bytes));
    assert_string_equal(json_string_value(json_object_get(json_object_get(json, "alarm"), "quality")), "SUSPECT");
    json_decref(json);
}

static void decisions_are_one_bit_per_candidate(void **state)
{
    (void)state;
    static struct applied applied;
    struct ledger_entry entry = some_entry();
    applied.entry = &entry;
    applied.first_seq = 100;
    applied.count = 9;
    applied.decisions[LINE_TAIL][0] = 0x81;
    applied.decisions[LINE_TAIL][1] = 0x01;
    assert_json(
        published_decisions(&plain, LINE_TAIL, &applied, bytes, sizeof bytes), "trigger_decisions",
        "{\"line\":\"tail\",\"source\":3,\"source_epoch\":\"4\",\"first_seq\":100,\"count\":9,\"bitmap\":\"8101\"}");
}

static void numbers_that_are_not_finite_never_leave(void **state)
{
    (void)state;
    struct burst_summary summary = some_burst();
    summary.intensity = NAN;
    summary.peak_position_mev2 = -INFINITY;
    summary.peak_width_mev2 = summary.veto_fraction = summary.veto_fraction_peak = INFINITY;
    summary.veto_fractions[VETO_SAC] = summary.random_veto_fraction = summary.mirror_tail_fraction = NAN;
    summary.spill_length_s = summary.spill_centre_s = INFINITY;
    summary.lines[0] = (struct line_summary){1, 2, NAN, NAN, NAN, INFINITY, -INFINITY, 8, 9};
    summary.best[0] = (struct best){HORIZON_1, NAN, 1, INFINITY, NAN, -INFINITY, INFINITY, NULL};
    Hnlmon__V1__Envelope *message = unpacked(published_burst(&plain, &summary, bytes, sizeof bytes));
    const Hnlmon__V1__BurstSummary *burst = message->burst_summary;
    assert_true(burst->intensity == 0 && burst->peak_position_mev2 == 0 && burst->peak_width_mev2 == 0);
    assert_true(burst->veto_fraction == 0 && burst->veto_fraction_peak == 0);
    assert_true(burst->vetoes[VETO_SAC]->fraction == 0 && burst->random_veto_fraction == 0);
    assert_true(burst->mirror_tail_fraction == 0 && burst->spill_length_s == 0 && burst->spill_centre_s == 0);
    assert_true(burst->lines[0]->rate_hz == 0 && burst->lines[0]->bandwidth_bytes_per_s == 0);
    assert_true(burst->lines[0]->n_kaon == 0 && burst->lines[0]->exposure == 0 && burst->lines[0]->exposure_run == 0);
    assert_true(burst->best[0]->m_n_mev == 0 && burst->best[0]->b == 0);
    assert_true(burst->best[0]->z == 0 && burst->best[0]->z_alarm == 0 && burst->best[0]->z_major == 0);
    hnlmon__v1__envelope__free_unpacked(message, NULL);

    some_scan.exposure = some_scan.exposure_error = INFINITY;
    some_scan.f_sys = NAN;
    some_scan.searchable_from_mev = NAN;
    some_scan.hypotheses[0] = (struct hypothesis){.m_n_mev = NAN,
                                                  .b = NAN,
                                                  .sigma_b = NAN,
                                                  .alpha = INFINITY,
                                                  .z = -INFINITY,
                                                  .p_local = NAN,
                                                  .far_hz = NAN,
                                                  .u2_limit = INFINITY,
                                                  .u2_expected = NAN,
                                                  .u2_paper = -INFINITY,
                                                  .u2_expected_minus2 = NAN,
                                                  .u2_expected_minus1 = INFINITY,
                                                  .u2_expected_plus1 = NAN,
                                                  .u2_expected_plus2 = INFINITY,
                                                  .u2_expected_statistical = NAN,
                                                  .signal_leakage = NAN};
    message = unpacked(published_scan(&plain, &some_scan, bytes, sizeof bytes));
    const Hnlmon__V1__Hypothesis *first = message->scan->hypotheses[0];
    assert_true(message->scan->n_kaon == 0 && first->m_n_mev == 0 && first->b == 0 && first->sigma_b == 0);
    assert_true(first->alpha == 0 && first->z == 0 && first->p_local == 0 && first->far_hz == 0);
    assert_true(first->u2_limit == 0 && first->u2_expected == 0 && first->u2_paper == 0);
    assert_true(first->u2_expected_minus2 == 0 && first->u2_expected_minus1 == 0 && first->u2_expected_plus1 == 0);
    assert_true(first->u2_expected_plus2 == 0 && first->u2_expected_statistical == 0);
    assert_true(message->scan->n_kaon_error == 0 && message->scan->f_sys == 0);
    assert_true(first->signal_leakage == 0 && message->scan->searchable_from_mev == 0);
    hnlmon__v1__envelope__free_unpacked(message, NULL);

    struct status_report status = {
        .uptime_s = NAN, .rate_hz = INFINITY, .latency_p50_us = NAN, .latency_p99_us = -INFINITY};
    message = unpacked(published_status(&plain, &status, bytes, sizeof bytes));
    assert_true(message->status->uptime_s == 0 && message->status->rate_hz == 0);
    assert_true(message->status->latency_p50_us == 0 && message->status->latency_p99_us == 0);
    hnlmon__v1__envelope__free_unpacked(message, NULL);

    struct alarm alarm = some_alarm();
    alarm.m_n_mev = alarm.z = alarm.b = alarm.far_hz = NAN;
    message = unpacked(published_alarm(&plain, &alarm, bytes, sizeof bytes));
    assert_true(message->alarm->m_n_mev == 0 && message->alarm->z == 0 && message->alarm->far_hz == 0);
    assert_string_equal(message->alarm->text,
                        "25 candidates where 0 are expected at m_N = 0 MeV in the run (Z = 0.00). It comes with the "
                        "kaons (p = 0.5).");
    hnlmon__v1__envelope__free_unpacked(message, NULL);
}

static void received_numbers_that_are_not_finite_are_null(void **state)
{
    (void)state;
    static const unsigned char received[] = {0xA2, 0x01, 9, 0x11, 0, 0, 0, 0, 0, 0, 0xF8, 0x7F}; /* uptime_s NaN */
    json_t *json = published_to_json(received, sizeof received);
    assert_true(json_is_null(json_object_get(json_object_get(json, "status"), "uptime_s")));
    json_decref(json);
}

static void texts_are_utf8_or_say_that_they_are_not(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool is_utf8;
    } cases[] = {{"", true},
                 {"pi0 e+ \xCE\xBD", true},
                 {"\xF0\x9F\x98\x80", true},
                 {"\xED\x9F\xBF\xEE\x80\x80\xF4\x8F\xBF\xBF", true},
                 {"\xFF", false},
                 {"\xC0\x80", false},         /* over-long */
                 {"\xE0\x9F\xBF", false},     /* over-long */
                 {"\xED\xA0\x80", false},     /* surrogate */
                 {"\xF4\x90\x80\x80", false}, /* beyond U+10FFFF */
                 {"\xF0\x8F\xBF\xBF", false}, /* over-long */
                 {"a\x80", false},
                 {"\xE2\x82", false},
                 {"\xC3", false},
                 {"\xC3z", false}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        Hnlmon__V1__Envelope *message = unpacked(published_log(&plain, 6, "m", cases[i].text, bytes, sizeof bytes));
        assert_string_equal(message->log_line->text, cases[i].is_utf8 ? cases[i].text : "(not UTF-8)");
        hnlmon__v1__envelope__free_unpacked(message, NULL);
    }
}

static void received_texts_that_are_not_utf8_are_shown(void **state)
{
    (void)state;
    static const unsigned char received[] = {0xD2, 0x01, 5, 0x1A, 3, 'a', 0xFF, 'b'};
    json_t *json = published_to_json(received, sizeof received);
    assert_string_equal(json_string_value(json_object_get(json_object_get(json, "log_line"), "text")), "a?b");
    json_decref(json);
}

static void enum_values_of_the_future_are_numbers(void **state)
{
    (void)state;
    static const unsigned char received[] = {0x50, 77};
    json_t *json = published_to_json(received, sizeof received);
    assert_int_equal(json_integer_value(json_object_get(json, "origin")), 77);
    json_decref(json);
}

static void what_does_not_fit_is_not_written(void **state)
{
    (void)state;
    size_t size = published_log(&plain, 6, "module", "text", bytes, sizeof bytes);
    for (size_t capacity = 0; capacity < size; capacity++)
        assert_int_equal(published_log(&plain, 6, "module", "text", bytes, capacity), 0);
    assert_int_equal(published_log(&plain, 6, "module", "text", bytes, size), size);
}

static void bytes_that_are_no_envelope_have_no_json(void **state)
{
    (void)state;
    assert_null(published_to_json((const unsigned char *)"\x0F", 1));
    assert_null(published_to_json((const unsigned char *)"\x12\x7F", 2));
    size_t size = published_log(&plain, 6, "module", "text", bytes, sizeof bytes);
    for (size_t cut = size - 10; cut < size; cut++)
        assert_null(published_to_json(bytes, cut)); /* within the content */
}

static void bytes_that_would_take_much_memory_are_refused(void **state)
{
    (void)state;
    /* status { refused {} refused {} ... }: 2 bytes each become some 56 */
    size_t content = sizeof bytes - 5;
    bytes[0] = 0xA2;
    bytes[1] = 0x01;
    bytes[2] = (unsigned char)(content | 0x80);
    bytes[3] = (unsigned char)(content >> 7 | 0x80);
    bytes[4] = (unsigned char)(content >> 14);
    for (size_t i = 5; i + 1 < sizeof bytes; i += 2) {
        bytes[i] = 0x2A;
        bytes[i + 1] = 0;
    }
    bytes[sizeof bytes - 1] = 0;
    assert_null(published_to_json(bytes, sizeof bytes));
    /* unknown fields */
    for (size_t i = 0; i + 1 < sizeof bytes; i += 2) {
        bytes[i] = 0x78;
        bytes[i + 1] = 1;
    }
    assert_null(published_to_json(bytes, sizeof bytes));
}

static void damaged_bytes_never_crash(void **state)
{
    (void)state;
    struct burst_summary summary = some_burst();
    size_t size = published_burst(&plain, &summary, bytes, sizeof bytes);
    uint64_t chance = 1;
    for (int i = 0; i < 3000; i++) {
        chance = chance * 6364136223846793005u + 1442695040888963407u;
        unsigned char kept = bytes[(chance >> 33) % size];
        bytes[(chance >> 33) % size] = (unsigned char)(chance >> 20);
        json_decref(published_to_json(bytes, size));
        bytes[(chance >> 33) % size] = kept;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_log_line_is_these_bytes),
        cmocka_unit_test(an_envelope_shows_all_its_fields_and_only_its_content),
        cmocka_unit_test(hashes_are_hexadecimal_origins_are_names_and_large_integers_are_exact),
        cmocka_unit_test(status_shows_each_source_with_the_counts_that_are_not_zero),
        cmocka_unit_test(lists_without_entries_and_defaults_are_shown),
        cmocka_unit_test(the_largest_status_fits_into_an_envelope),
        cmocka_unit_test(a_burst_shows_all_lines_and_horizons),
        cmocka_unit_test(a_histogram_has_its_axis_its_bins_and_what_lies_beside_them),
        cmocka_unit_test(a_blind_histogram_of_m2_says_from_where_on),
        cmocka_unit_test(the_largest_histogram_fits_into_an_envelope),
        cmocka_unit_test(a_scan_shows_every_hypothesis_with_its_names),
        cmocka_unit_test(an_alarm_says_whether_its_excess_comes_with_the_kaons_and_was_retracted),
        cmocka_unit_test(an_alarm_says_what_was_seen_and_what_to_do),
        cmocka_unit_test(an_alarm_of_a_change_says_what_it_was_and_is),
        cmocka_unit_test(an_alarm_of_a_condition_is_its_sentence),
        cmocka_unit_test(an_alarm_while_data_quality_has_changed_is_suspect),
        cmocka_unit_test(decisions_are_one_bit_per_candidate),
        cmocka_unit_test(numbers_that_are_not_finite_never_leave),
        cmocka_unit_test(received_numbers_that_are_not_finite_are_null),
        cmocka_unit_test(texts_are_utf8_or_say_that_they_are_not),
        cmocka_unit_test(received_texts_that_are_not_utf8_are_shown),
        cmocka_unit_test(enum_values_of_the_future_are_numbers),
        cmocka_unit_test(what_does_not_fit_is_not_written),
        cmocka_unit_test(bytes_that_are_no_envelope_have_no_json),
        cmocka_unit_test(bytes_that_would_take_much_memory_are_refused),
        cmocka_unit_test(damaged_bytes_never_crash),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
