/* SPDX-License-Identifier: MIT */
/* test_control_codec - requests against protobuf-c and bytes by hand, replies against JSON by hand. */
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

#include "control.pb-c.h"
#include "wire/control_codec.h"

static unsigned char bytes[CONTROL_REQUEST_BYTES_MAX + 1];

static const struct control_request requests[] = {
    {.id = 1, .kind = CONTROL_STATUS},
    {.id = UINT64_MAX, .kind = CONTROL_ALARMS},
    {.id = 3, .kind = CONTROL_ACK, .alarm_id = "excess-unprescaled-run-7-6", .who = "shifter"},
    {.id = 4, .kind = CONTROL_PICK, .m_n_mev = 150.5, .limit = 20},
    {.id = 0, .kind = CONTROL_SNAPSHOT},
    {.id = 5, .kind = CONTROL_ACK, .alarm_id = "rate-7-31", .who = "shifter", .accept = true},
    {.id = 5, .kind = CONTROL_UNBLIND, .who = "anna", .reason = "box opening"},
    {.id = 6, .kind = CONTROL_UNBLIND, .who = "anna", .reason = "x", .has_answer = true, .answer = {0, 1, 255}},
    {.id = 7, .kind = CONTROL_BLIND, .who = "anna"},
    {.id = 9, .kind = CONTROL_NEW_PERIOD, .who = "run coordinator"},
    {.id = 6, .kind = CONTROL_SHELVE, .alarm_id = "loss-7-22", .who = "shifter", .minutes = 480},
};
#define REQUEST_COUNT (sizeof requests / sizeof requests[0])

static void requests_come_back(void **state)
{
    (void)state;
    for (size_t i = 0; i < REQUEST_COUNT; i++) {
        size_t size = control_request_encode(&requests[i], bytes, sizeof bytes);
        assert_int_not_equal(size, 0);
        struct control_request again;
        assert_true(control_request_decode(bytes, size, &again));
        assert_true(again.id == requests[i].id);
        assert_int_equal(again.kind, requests[i].kind);
        assert_string_equal(again.alarm_id, requests[i].alarm_id);
        assert_string_equal(again.who, requests[i].who);
        assert_true(again.accept == requests[i].accept);
        assert_true(again.m_n_mev == requests[i].m_n_mev);
        assert_int_equal(again.limit, requests[i].limit);
        assert_string_equal(again.reason, requests[i].reason);
        assert_int_equal(again.has_answer, requests[i].has_answer);
        assert_memory_equal(again.answer, requests[i].answer, sizeof again.answer);
        assert_int_equal(again.minutes, requests[i].minutes);
        for (size_t capacity = 0; capacity < size; capacity++)
            assert_int_equal(control_request_encode(&requests[i], bytes, capacity), 0);
    }
}

static void protobuf_c_reads_the_same_request(void **state)
{
    (void)state;
    size_t size = control_request_encode(&requests[2], bytes, sizeof bytes);
    Hnlmon__V1__ControlRequest *message = hnlmon__v1__control_request__unpack(NULL, size, bytes);
    assert_non_null(message);
    assert_true(message->id == 3);
    assert_int_equal(message->request_case, HNLMON__V1__CONTROL_REQUEST__REQUEST_ACK);
    assert_string_equal(message->ack->alarm_id, "excess-unprescaled-run-7-6");
    assert_string_equal(message->ack->who, "shifter");
    assert_true(!message->ack->accept);
    hnlmon__v1__control_request__free_unpacked(message, NULL);
    size = control_request_encode(&requests[5], bytes, sizeof bytes);
    message = hnlmon__v1__control_request__unpack(NULL, size, bytes);
    assert_non_null(message);
    assert_true(message->ack->accept);
    hnlmon__v1__control_request__free_unpacked(message, NULL);
    size = control_request_encode(&requests[3], bytes, sizeof bytes);
    message = hnlmon__v1__control_request__unpack(NULL, size, bytes);
    assert_non_null(message);
    assert_int_equal(message->request_case, HNLMON__V1__CONTROL_REQUEST__REQUEST_PICK);
    assert_true(message->pick->m_n_mev == 150.5);
    assert_int_equal(message->pick->limit, 20);
    hnlmon__v1__control_request__free_unpacked(message, NULL);
    size = control_request_encode(&requests[10], bytes, sizeof bytes);
    message = hnlmon__v1__control_request__unpack(NULL, size, bytes);
    assert_non_null(message);
    assert_int_equal(message->request_case, HNLMON__V1__CONTROL_REQUEST__REQUEST_SHELVE);
    assert_string_equal(message->shelve->alarm_id, "loss-7-22");
    assert_string_equal(message->shelve->who, "shifter");
    assert_int_equal(message->shelve->minutes, 480);
    hnlmon__v1__control_request__free_unpacked(message, NULL);
}

static void requests_cut_at_any_byte_are_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < REQUEST_COUNT; i++) {
        size_t size = control_request_encode(&requests[i], bytes, sizeof bytes);
        for (size_t cut = 0; cut < size; cut++) {
            unsigned char *copy = malloc(cut ? cut : 1);
            struct control_request again;
            memcpy(copy, bytes, cut);
            assert_false(control_request_decode(copy, cut, &again));
            free(copy);
        }
    }
}

static size_t from_hex(const char *hex)
{
    size_t size = 0;
    for (; *hex; hex += 2) {
        while (*hex == ' ')
            hex++;
        unsigned byte;
        assert_int_equal(sscanf(hex, "%2x", &byte), 1);
        bytes[size++] = (unsigned char)byte;
    }
    return size;
}

static void what_is_not_one_known_request_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *name, *hex;
    } bad[] = {
        {"empty", ""},
        {"no request", "0801"},
        {"two requests", "0801 1200 1a00"},
        {"the same request twice", "0801 1200 1200"},
        {"unknown request", "0801 7a00"},
        {"shelve with the same id twice", "0801 3a06 0a0161 0a0161"},
        {"shelve for 33 bits of minutes", "0801 3a06 188080808010"},
        {"shelve with a zero in the name", "0801 3a05 1203 610062"},
        {"request with the wrong wire type", "0801 1001"},
        {"status with a field", "0801 12020801"},
        {"id twice", "0801 0801 1200"},
        {"over-long id", "088100 1200"},
        {"trailing byte", "0801 1200 00"},
        {"mass NaN", "0801 2a09 09000000000000f87f"},
        {"mass infinite", "0801 2a09 09000000000000f07f"},
        {"limit of 33 bits", "0801 2a06 108080808010"},
        {"alarm id with a zero in it", "0801 2205 0a03 610062"},
        {"neither accepted nor not", "0801 2202 1802"},
        {"an answer of 31 bytes", "0801 4221 1a1f"
                                  "00000000000000000000000000000000000000000000000000000000000000"},
        {"an answer of 33 bytes", "0801 4223 1a21"
                                  "000000000000000000000000000000000000000000000000000000000000000000"},
        {"reason with a zero in it", "0801 4205 1203 610062"},
        {"unblind and blind", "0801 4200 5200"},
        {"length beyond the rest", "0801 2205 0a03 61"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct control_request request;
        if (control_request_decode(bytes, from_hex(bad[i].hex), &request))
            fail_msg("%s", bad[i].name);
    }
    struct control_request request;
    assert_true(control_request_decode(bytes, from_hex("1200"), &request));
    assert_true(control_request_decode(bytes, from_hex("1200 0801"), &request));
    assert_false(control_request_decode(NULL, 0, &request));
}

static void texts_must_fit(void **state)
{
    (void)state;
    struct control_request request;
    for (size_t length = ALARM_ID_SIZE - 1; length <= ALARM_ID_SIZE; length++) {
        memset(bytes, 'x', sizeof bytes);
        bytes[0] = 0x22;
        bytes[1] = (unsigned char)(length + 2);
        bytes[2] = 0x0A;
        bytes[3] = (unsigned char)length;
        assert_int_equal(control_request_decode(bytes, length + 4, &request), length < ALARM_ID_SIZE);
    }
}

static void long_requests_are_refused(void **state)
{
    (void)state;
    struct control_request request;
    memset(bytes, 0, sizeof bytes);
    assert_false(control_request_decode(bytes, sizeof bytes, &request));
}

static json_t *reply_json(const struct control_reply *reply)
{
    size_t size = 0;
    unsigned char *encoded = control_reply_encode(reply, &size);
    assert_non_null(encoded);
    json_t *json = control_reply_to_json(encoded, size);
    assert_non_null(json);
    free(encoded);
    return json;
}

static void assert_json(json_t *actual, const char *text)
{
    json_error_t error;
    json_t *expected = json_loads(text, 0, &error);
    assert_non_null(expected);
    if (!json_equal(actual, expected)) {
        char *shown = json_dumps(actual, JSON_ENCODE_ANY);
        print_message("%s\ninstead of\n%s\n", shown, text);
        free(shown);
        fail();
    }
    json_decref(expected);
}

static void a_short_reply_shows_no_status_and_no_snapshot(void **state)
{
    (void)state;
    const struct control_reply reply = {.id = 9, .text = "no such alarm"};
    json_t *json = reply_json(&reply);
    assert_json(
        json, "{\"id\":9,\"ok\":false,\"text\":\"no such alarm\",\"alarms\":[],\"picks\":[],"
              "\"pick_low_mev2\":0.0,\"pick_high_mev2\":0.0,\"pick_forgotten\":0,"
              "\"origin\":\"ORIGIN_UNSPECIFIED\",\"blind\":false,\"nonce\":\"\",\"alarm_sequence\":0,\"epoch\":\"0\"}");
    json_decref(json);
}

static void a_nonce_is_shown_as_hexadecimal_digits(void **state)
{
    (void)state;
    const unsigned char nonce[CONTROL_NONCE_BYTES] = {0x01, 0xAB, [31] = 0xFF};
    json_t *json = reply_json(&(struct control_reply){.id = 9, .nonce = nonce});
    assert_string_equal(json_string_value(json_object_get(json, "nonce")),
                        "01ab0000000000000000000000000000000000000000000000000000000000ff");
    json_decref(json);
}

static void picks_have_masses_in_mev2(void **state)
{
    (void)state;
    const struct pick picks[] = {{7, 8, 3, 4, 100, 5000, (int64_t)22500 << 26},
                                 {1, 2, 3, 4, 5, 6, -((int64_t)3 << 25)}};
    const struct control_reply reply = {.id = 9,
                                        .ok = true,
                                        .picks = picks,
                                        .pick_count = 2,
                                        .pick_low_mev2 = 20120,
                                        .pick_high_mev2 = 24880,
                                        .pick_forgotten = 6,
                                        .origin = ORIGIN_SIMULATION};
    json_t *json = reply_json(&reply);
    assert_json(json,
                "{\"id\":9,\"ok\":true,\"text\":\"\",\"alarms\":[],\"picks\":["
                "{\"run\":7,\"burst\":8,\"source\":3,\"epoch\":\"4\",\"seq\":100,\"time\":5000,\"m2_mev2\":22500.0},"
                "{\"run\":1,\"burst\":2,\"source\":3,\"epoch\":\"4\",\"seq\":5,\"time\":6,\"m2_mev2\":-1.5}],"
                "\"pick_low_mev2\":20120.0,\"pick_high_mev2\":24880.0,\"pick_forgotten\":6,"
                "\"origin\":\"SIMULATION\",\"blind\":false,\"nonce\":\"\",\"alarm_sequence\":0,\"epoch\":\"0\"}");
    json_decref(json);
}

static void all_picks_fit_into_a_reply(void **state)
{
    (void)state;
    struct pick *picks = malloc(PICKS_MAX * sizeof *picks);
    assert_non_null(picks);
    memset(picks, 0xFF, PICKS_MAX * sizeof *picks);
    const struct control_reply reply = {.id = UINT64_MAX, .ok = true, .picks = picks, .pick_count = PICKS_MAX};
    size_t size = 0;
    unsigned char *encoded = control_reply_encode(&reply, &size);
    assert_non_null(encoded);
    assert_true(size <= CONTROL_REPLY_BYTES_MAX);
    json_t *json = control_reply_to_json(encoded, size);
    assert_int_equal(json_array_size(json_object_get(json, "picks")), PICKS_MAX);
    json_decref(json);
    free(encoded);
    free(picks);
}

static void alarms_are_shown_as_they_are_published(void **state)
{
    (void)state;
    const struct alarm alarm = {.id = "anomaly-unprescaled-10-7-6",
                                .kind = ALARM_ANOMALY,
                                .severity = SEVERITY_MINOR,
                                .state = ALARM_UNACKNOWLEDGED,
                                .horizon = HORIZON_10,
                                .m_n_mev = 200,
                                .z = 5,
                                .n = 7,
                                .b = 0.5,
                                .count = 1};
    const struct alarm *const alarms[] = {&alarm, &alarm};
    const struct control_reply reply = {.ok = true, .alarms = alarms, .alarm_count = 2};
    json_t *json = reply_json(&reply);
    json_t *list = json_object_get(json, "alarms");
    assert_int_equal(json_array_size(list), 2);
    json_t *first = json_array_get(list, 0);
    assert_true(json_equal(first, json_array_get(list, 1)));
    assert_string_equal(json_string_value(json_object_get(first, "id")), "anomaly-unprescaled-10-7-6");
    assert_string_equal(json_string_value(json_object_get(first, "kind")), "ANOMALY");
    assert_string_equal(json_string_value(json_object_get(first, "severity")), "MINOR");
    assert_string_equal(json_string_value(json_object_get(first, "state")), "UNACKNOWLEDGED");
    assert_string_equal(json_string_value(json_object_get(first, "text")),
                        "7 candidates where 0.5 are expected at m_N = 200 MeV in 10 bursts (Z = 5.00).");
    json_decref(json);
}

static void a_status_is_shown_as_it_is_published(void **state)
{
    (void)state;
    const struct status_report status = {.state = "idle", .uptime_s = NAN, .frames = 5};
    const struct control_reply reply = {.ok = true, .status = &status};
    json_t *json = reply_json(&reply);
    json_t *shown = json_object_get(json, "status");
    assert_string_equal(json_string_value(json_object_get(shown, "state")), "idle");
    assert_int_equal(json_integer_value(json_object_get(shown, "frames")), 5);
    assert_true(json_real_value(json_object_get(shown, "uptime_s")) == 0);
    json_decref(json);
}

static void a_snapshot_holds_every_histogram_of_the_run(void **state)
{
    (void)state;
    static struct horizon run;
    run.bursts = 12;
    run.slots[histogram_table[HISTOGRAM_M2].offset + 1] = 77;
    const struct ledger_entry entry = {.source = 3, .next_seq = 1};
    const struct source_report source = {&entry, 0, false, 0};
    const struct control_reply reply = {.ok = true,
                                        .snapshot = &run,
                                        .snapshot_sources = &source,
                                        .snapshot_source_count = 1,
                                        .template_name = "paper 0123456789abcdef",
                                        .instance = "t",
                                        .run = 7,
                                        .origin = ORIGIN_DATA,
                                        .is_blind = true};
    json_t *json = reply_json(&reply);
    json_t *snapshot = json_object_get(json, "snapshot");
    assert_int_equal(json_integer_value(json_object_get(snapshot, "schema")), 1);
    assert_string_equal(json_string_value(json_object_get(snapshot, "instance")), "t");
    assert_int_equal(json_integer_value(json_object_get(snapshot, "run")), 7);
    assert_string_equal(json_string_value(json_object_get(snapshot, "origin")), "DATA");
    assert_true(json_is_true(json_object_get(snapshot, "blind")) && json_is_true(json_object_get(json, "blind")));
    assert_string_equal(json_string_value(json_object_get(json, "origin")), "DATA");
    assert_string_equal(json_string_value(json_object_get(snapshot, "template")), "paper 0123456789abcdef");
    assert_int_equal(json_integer_value(json_object_get(snapshot, "bursts")), 12);
    assert_int_equal(json_array_size(json_object_get(snapshot, "sources")), 1);
    json_t *histograms = json_object_get(snapshot, "histograms");
    assert_int_equal(json_array_size(histograms), HISTOGRAM_COUNT);
    json_t *m2 = json_array_get(histograms, 0);
    assert_string_equal(json_string_value(json_object_get(m2, "name")), "m2");
    assert_string_equal(json_string_value(json_object_get(m2, "horizon")), "run");
    assert_int_equal(json_integer_value(json_array_get(json_object_get(m2, "bins"), 0)), 77);
    json_decref(json);
}

static void replies_that_would_take_much_memory_are_refused(void **state)
{
    (void)state;
    size_t size = CONTROL_REPLY_BYTES_MAX;
    unsigned char *hostile = malloc(size);
    assert_non_null(hostile);
    for (size_t i = 0; i < size; i += 2) {
        hostile[i] = 0x2A; /* alarms {} */
        hostile[i + 1] = 0;
    }
    assert_null(control_reply_to_json(hostile, size));
    free(hostile);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(requests_come_back),
        cmocka_unit_test(protobuf_c_reads_the_same_request),
        cmocka_unit_test(requests_cut_at_any_byte_are_refused),
        cmocka_unit_test(what_is_not_one_known_request_is_refused),
        cmocka_unit_test(texts_must_fit),
        cmocka_unit_test(long_requests_are_refused),
        cmocka_unit_test(a_short_reply_shows_no_status_and_no_snapshot),
        cmocka_unit_test(a_nonce_is_shown_as_hexadecimal_digits),
        cmocka_unit_test(picks_have_masses_in_mev2),
        cmocka_unit_test(all_picks_fit_into_a_reply),
        cmocka_unit_test(alarms_are_shown_as_they_are_published),
        cmocka_unit_test(a_status_is_shown_as_it_is_published),
        cmocka_unit_test(a_snapshot_holds_every_histogram_of_the_run),
        cmocka_unit_test(replies_that_would_take_much_memory_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
