/* SPDX-License-Identifier: MIT */
/*
 * test_allocation - everything that allocates is tried with its n-th allocation failing, for every n until it succeeds:
 * each time it says so cleanly, leaves nothing behind, and works when it is tried again.
 *
 * Failing allocations inside libzmq, libevent, protobuf-c and jansson are those libraries' business and not tried.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
/* cmocka needs the headers above. */
#include <cmocka.h>

#include "allocations.h"
#include "config.h"
#include "core/template_builtin.h"
#include "io/challenge.h"
#include "io/control.h"
#include "io/control_client.h"
#include "io/link.h"
#include "io/link_client.h"
#include "io/loop.h"
#include "io/publisher.h"
#include "io/reception.h"
#include "io/session.h"
#include "io/storage.h"
#include "io/subscriber.h"
#include "report.h"
#include "state.h"
#include "wire/control_codec.h"
#include "wire/recording.h"
#include "wire/template_file.h"

#define ENDPOINT "tcp://127.0.0.1:*"
#define ALLOCATIONS_MAX 1000u /* of one attempt; more would be an endless loop */

/* Creates something, uses it a little, destroys it. False: it could not be created. */
typedef bool attempt(void);

static void on_burst_closed(void *context, const struct burst_summary *summary)
{
    (void)context;
    (void)summary;
}

static void on_alarm_changed(void *context, const struct alarm *alarm)
{
    (void)context;
    (void)alarm;
}

/* What the parts of a daemon need around them; made before anything fails. */
static struct {
    char directory[64], file[128];
    struct loop *loop;
    struct publisher *publisher;
    struct monitor *monitor;
    struct challenge challenge;
    struct envelope envelope;
} around;

static struct monitor *create_monitor(void)
{
    const struct monitor_config config = {.preset = SELECTION_PAPER, .promise = alarm_default_promise()};
    static const struct monitor_observer observer = {NULL, on_burst_closed, on_alarm_changed};
    return monitor_create(&config, &template_paper, &observer);
}

static int set_up(void **state)
{
    (void)state;
    strcpy(around.directory, "/tmp/hnlmon-torture-XXXXXX");
    assert_non_null(mkdtemp(around.directory));
    snprintf(around.file, sizeof around.file, "%s/file", around.directory);
    around.loop = loop_create();
    around.publisher = publisher_create(loop_base(around.loop), loop_zmq(around.loop), ENDPOINT, NULL);
    around.monitor = create_monitor();
    around.envelope = (struct envelope){.instance = "torture"};
    return around.loop && around.publisher && around.monitor ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    monitor_destroy(around.monitor);
    publisher_destroy(around.publisher);
    loop_destroy(around.loop);
    (void)unlink(around.file);
    return rmdir(around.directory);
}

/* Every n up to success; at least one allocation is expected. */
static void fail_at_every_n(attempt *try)
{
    for (uint32_t n = 1;; n++) {
        assert_true(n <= ALLOCATIONS_MAX);
        allocations_fail_at(n);
        bool is_done = try();
        bool has_failed = allocations_has_failed();
        uint32_t left_over = allocations_left_over();
        allocations_fail_at(0);
        assert_int_equal(left_over, 0);
        assert_int_equal(is_done, !has_failed);
        if (is_done) {
            assert_true(n > 1);
            return;
        }
    }
}

static bool try_monitor(void)
{
    struct monitor *monitor = create_monitor();
    monitor_destroy(monitor);
    return monitor != NULL;
}

static void a_monitor_is_created_whole_or_not_at_all(void **state)
{
    (void)state;
    fail_at_every_n(try_monitor);
}

static bool try_loop(void)
{
    struct loop *loop = loop_create();
    loop_destroy(loop);
    return loop != NULL;
}

static void a_loop_is_created_whole_or_not_at_all(void **state)
{
    (void)state;
    fail_at_every_n(try_loop);
}

static bool try_publisher(void)
{
    struct publisher *publisher = publisher_create(loop_base(around.loop), loop_zmq(around.loop), ENDPOINT, NULL);
    publisher_destroy(publisher);
    return publisher != NULL;
}

static void a_publisher_is_created_whole_or_not_at_all(void **state)
{
    (void)state;
    fail_at_every_n(try_publisher);
}

static bool try_report(void)
{
    struct report_config config = {.instance = "torture", .interval_ns = 1000000000, .template_name = "paper"};
    struct report *report = report_create(&config, around.publisher);
    report_destroy(report);
    return report != NULL;
}

static void a_report_is_created_whole_or_not_at_all(void **state)
{
    (void)state;
    fail_at_every_n(try_report);
}

static bool try_link(void)
{
    struct link_config config = {.endpoint = ENDPOINT, .reception = {.credit_candidates = 4096, .max_batch = 4096}};
    config.envelope = &around.envelope;
    struct link *link =
        link_create(loop_base(around.loop), loop_zmq(around.loop), &config, around.monitor, around.publisher, NULL);
    link_destroy(link);
    return link != NULL;
}

static void a_link_is_created_whole_or_not_at_all(void **state)
{
    (void)state;
    fail_at_every_n(try_link);
}

static bool send_nowhere(void *context, const unsigned char *id, size_t id_size, const unsigned char *bytes,
                         size_t size)
{
    (void)context;
    return id_size > 0 && size > 0 && id != bytes;
}

static void count_nothing(void *context, const struct applied *applied, uint64_t t_ns)
{
    (void)context;
    (void)applied;
    (void)t_ns;
}

static bool try_reception(void)
{
    const struct reception_config config = {.credit_candidates = 4096, .max_batch = 4096};
    const struct reception_calls calls = {.send = send_nowhere, .counted = count_nothing};
    struct reception *reception = reception_create(&config, around.monitor, &calls);
    if (reception)
        reception_destroy(reception);
    return reception != NULL;
}

static void a_reception_is_created_whole_or_not_at_all(void **state)
{
    (void)state;
    fail_at_every_n(try_reception);
}

static bool send_frame_nowhere(void *context, const unsigned char *bytes, uint32_t size)
{
    (void)context;
    return bytes != NULL && size > 0;
}

static void connect_nowhere(void *context)
{
    (void)context;
}

static bool try_session(void)
{
    const struct session_config config = {.source = 1, .epoch = 1, .ring_bytes = 65536};
    const struct session_calls calls = {NULL, send_frame_nowhere, connect_nowhere};
    struct session *session = session_create(&config, &calls);
    if (session)
        session_destroy(session);
    return session != NULL;
}

static void a_session_is_created_whole_or_not_at_all(void **state)
{
    (void)state;
    fail_at_every_n(try_session);
}

/* Records one frame, without state. */
static bool try_storage(void)
{
    struct storage_config config = {.record_file = around.file, .ring_bytes = 1 << 20};
    struct storage *storage = storage_create(loop_base(around.loop), &config);
    bool is_recorded = storage && storage_record(storage, (const unsigned char *)"frame", 5, 1);
    bool is_whole = storage && storage_destroy(storage);
    (void)unlink(around.file);
    return is_recorded && is_whole;
}

static void a_storage_is_created_whole_or_not_at_all(void **state)
{
    (void)state;
    fail_at_every_n(try_storage);
}

static void remove_state(const char *directory)
{
    char path[256];
    static const char *const names[] = {CHECKPOINT_FILE, BURST_FILE, JOURNAL_FILE};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        snprintf(path, sizeof path, "%s/%s", directory, names[i]);
        (void)unlink(path);
    }
    (void)rmdir(directory);
}

/* Begins a state, and starts its thread. */
static bool try_state(void)
{
    struct state_config config = {
        .directory = around.file, .interval_ns = 100000000, .record_file = "", .ring_bytes = 1 << 20};
    struct state *kept = NULL;
    struct monitor *monitor = around.monitor;
    (void)mkdir(around.file, 0700);
    bool is_open = state_create(&kept, &config) == STATE_OK && state_restore(kept, monitor, 1) == STATE_OK;
    bool is_started = is_open && state_start(kept, loop_base(around.loop));
    if (kept)
        state_destroy(kept);
    remove_state(around.file);
    return is_started;
}

static void a_state_is_created_whole_or_not_at_all(void **state)
{
    (void)state;
    fail_at_every_n(try_state);
}

static bool try_control(void)
{
    static const struct control_calls calls = {.context = NULL};
    struct control *control = control_create(loop_base(around.loop), loop_zmq(around.loop), ENDPOINT, "torture",
                                             around.monitor, &around.challenge, &calls, NULL);
    control_destroy(control);
    return control != NULL;
}

static void a_control_socket_is_created_whole_or_not_at_all(void **state)
{
    (void)state;
    fail_at_every_n(try_control);
}

static bool try_link_client(void)
{
    struct link_client_config config = {.endpoint = "tcp://127.0.0.1:1", .source = 1, .epoch = 1, .ring_bytes = 65536};
    struct link_client *client = link_client_create(loop_zmq(around.loop), &config);
    if (client)
        link_client_destroy(client);
    return client != NULL;
}

static void a_front_end_is_created_whole_or_not_at_all(void **state)
{
    (void)state;
    fail_at_every_n(try_link_client);
}

static bool try_subscriber(void)
{
    struct subscriber *subscriber = subscriber_create("tcp://127.0.0.1:1", NULL);
    if (subscriber)
        subscriber_destroy(subscriber);
    return subscriber != NULL;
}

static void a_subscriber_is_created_whole_or_not_at_all(void **state)
{
    (void)state;
    fail_at_every_n(try_subscriber);
}

static bool try_control_client(void)
{
    struct control_client *client = control_client_create("tcp://127.0.0.1:1", NULL);
    if (client)
        control_client_destroy(client);
    return client != NULL;
}

static void a_client_of_the_control_socket_is_created_whole_or_not_at_all(void **state)
{
    (void)state;
    fail_at_every_n(try_control_client);
}

static bool try_recording(void)
{
    struct recording *recording = recording_create(around.file);
    bool is_done = recording && recording_write(recording, (const unsigned char *)"frame", 5, 1);
    bool is_closed = recording && recording_close(recording);
    (void)unlink(around.file);
    return is_done && is_closed;
}

static void a_recording_is_created_whole_or_not_at_all(void **state)
{
    (void)state;
    fail_at_every_n(try_recording);
    assert_int_equal(access(around.file, F_OK), -1);
}

static bool try_reader(void)
{
    struct recording_reader *reader = recording_open("/dev/null");
    if (reader)
        recording_reader_close(reader);
    return reader != NULL;
}

static void a_recording_is_opened_or_not_at_all(void **state)
{
    (void)state;
    fail_at_every_n(try_reader);
}

static bool try_template(void)
{
    static struct template shape;
    char error[TEMPLATE_FILE_ERROR_SIZE] = "";
    bool is_loaded = template_file_load(around.file, &shape, error, sizeof error);
    assert_true(is_loaded || error[0] != '\0');
    return is_loaded;
}

static void a_template_is_loaded_or_the_error_is_told(void **state)
{
    (void)state;
    char error[TEMPLATE_FILE_ERROR_SIZE];
    assert_true(template_file_save(around.file, &template_paper, error, sizeof error));
    fail_at_every_n(try_template);
}

/* Of alarms and picks, which have lists of their own. */
static bool try_reply(void)
{
    static const struct alarm alarm = {.id = "EXCESS-1", .kind = ALARM_EXCESS};
    static const struct alarm *alarms[] = {&alarm, &alarm};
    static const struct pick picks[3];
    struct control_reply reply = {.id = 7, .ok = true, .alarms = alarms, .alarm_count = 2, .picks = picks};
    size_t size = 0;
    reply.pick_count = 3;
    unsigned char *bytes = control_reply_encode(&reply, &size);
    free(bytes);
    return bytes != NULL;
}

static void a_reply_is_encoded_or_not_at_all(void **state)
{
    (void)state;
    fail_at_every_n(try_reply);
}

/* A ControlReply with a nonce of 32 bytes, which becomes digits. */
static bool try_json(void)
{
    unsigned char bytes[34] = {13 << 3 | 2, 32};
    json_t *json = control_reply_to_json(bytes, sizeof bytes);
    bool is_done = json != NULL;
    json_decref(json);
    return is_done;
}

static void a_reply_is_read_or_not_at_all(void **state)
{
    (void)state;
    fail_at_every_n(try_json);
}

/* It allocates nothing of its own: what it needs is libyaml's. */
static void the_configuration_is_loaded_without_an_allocation(void **state)
{
    (void)state;
    struct config config;
    char error[CONFIG_ERROR_SIZE];
    FILE *file = fopen(around.file, "w");
    assert_non_null(file);
    fputs("instance: torture\nlink:\n  max_batch: 17\n", file);
    fclose(file);
    config_defaults(&config);
    allocations_fail_at(1);
    bool is_loaded = config_load_file(&config, around.file, error, sizeof error);
    uint32_t count = allocations_count();
    allocations_fail_at(0);
    assert_true(is_loaded);
    assert_int_equal(count, 0);
    assert_int_equal(config.link.max_batch, 17);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_monitor_is_created_whole_or_not_at_all),
        cmocka_unit_test(a_loop_is_created_whole_or_not_at_all),
        cmocka_unit_test(a_publisher_is_created_whole_or_not_at_all),
        cmocka_unit_test(a_report_is_created_whole_or_not_at_all),
        cmocka_unit_test(a_link_is_created_whole_or_not_at_all),
        cmocka_unit_test(a_reception_is_created_whole_or_not_at_all),
        cmocka_unit_test(a_session_is_created_whole_or_not_at_all),
        cmocka_unit_test(a_storage_is_created_whole_or_not_at_all),
        cmocka_unit_test(a_state_is_created_whole_or_not_at_all),
        cmocka_unit_test(a_control_socket_is_created_whole_or_not_at_all),
        cmocka_unit_test(a_front_end_is_created_whole_or_not_at_all),
        cmocka_unit_test(a_subscriber_is_created_whole_or_not_at_all),
        cmocka_unit_test(a_client_of_the_control_socket_is_created_whole_or_not_at_all),
        cmocka_unit_test(a_recording_is_created_whole_or_not_at_all),
        cmocka_unit_test(a_recording_is_opened_or_not_at_all),
        cmocka_unit_test(a_template_is_loaded_or_the_error_is_told),
        cmocka_unit_test(a_reply_is_encoded_or_not_at_all),
        cmocka_unit_test(a_reply_is_read_or_not_at_all),
        cmocka_unit_test(the_configuration_is_loaded_without_an_allocation),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
