/* SPDX-License-Identifier: MIT */
/*
 * main - hnlmond: reads the settings, puts the parts together in order, runs the loop, takes them apart in reverse.
 *
 *   link, tap -> monitor -> report -> publisher    (one event loop)
 *                   ^---- control
 *                   ^---- state -> storage              (and its thread)
 *
 * guard decides who may connect; the sandbox closes behind the last part.
 */
#include <errno.h>
#include <inttypes.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "command_line.h"
#include "config.h"
#include "core/monitor.h"
#include "guard.h"
#include "io/challenge.h"
#include "io/clock.h"
#include "io/control.h"
#include "io/link.h"
#include "io/loop.h"
#include "io/publisher.h"
#include "io/sandbox.h"
#include "io/standard_streams.h"
#include "io/storage.h"
#include "io/tap.h"
#include "io/zap.h"
#include "log.h"
#include "notify.h"
#include "report.h"
#include "state.h"
#include "wire/template_choice.h"

#define TICK_MS 50
#define DRAIN_MS 500     /* at the end: for what has already arrived */
#define ERROR_SIZE 2048u /* room for any error of the settings */

struct daemon {
    struct config config;
    struct command_line command_line;
    const struct template *shape; /* the background template: a built-in one, or the room below */
    struct template loaded;
    char template_name[TEMPLATE_LABEL_SIZE];
    struct loop *loop;
    struct guard guard;
    struct publisher *publisher;
    struct report *report;
    struct monitor *monitor;
    struct state *state;
    struct link *link;
    struct tap *tap; /* NULL: none */
    struct control *control;
    struct challenge challenge;     /* that unblinds */
    int64_t second_ns, watchdog_ns; /* when the chores of a second, and the watchdog, were seen to last */
    bool was_recording;
    enum exit_code failure; /* how to leave when it cannot start */
};

/* ---- settings ---- */

/* A template that is not sound, or not of the selection, is a mistake of the settings. */
static bool choose_template(struct daemon *daemon, char *error, size_t error_size)
{
    const struct config *config = &daemon->config;
    char what[TEMPLATE_FILE_ERROR_SIZE];
    daemon->shape = template_choice_of(config->background.template_file, config->selection.preset, &daemon->loaded,
                                       what, sizeof what);
    if (!daemon->shape) {
        snprintf(error, error_size, "background.template: %s", what);
        return false;
    }
    template_label(daemon->shape, daemon->template_name);
    return true;
}

/* Without blind.key_file there is none. */
static bool read_secret(struct daemon *daemon, char *error, size_t error_size)
{
    const char *path = daemon->config.blind.key_file;
    char why[SECRET_ERROR_SIZE];
    if (*path == '\0' || secret_read(&daemon->challenge.secret, path, why, sizeof why))
        return true;
    snprintf(error, error_size, "blind.key_file: %s: %s", path, why);
    return false;
}

/* The settings, and the files that they name. Returns whether to run; otherwise *exit_code says how to leave. */
static bool read_settings(struct daemon *daemon, int argc, char **argv, enum exit_code *exit_code)
{
    char error[ERROR_SIZE];
    if (!command_line_read(&daemon->command_line, &daemon->config, argc, argv, exit_code))
        return false;
    if (choose_template(daemon, error, sizeof error) && read_secret(daemon, error, sizeof error) &&
        guard_read(&daemon->guard, &daemon->config, error, sizeof error))
        return true;
    fprintf(stderr, "hnlmond: %s\n", error);
    *exit_code = EXIT_CONFIG;
    return false;
}

/* ---- sources ---- */

static void log_connected(const struct ledger_entry *entry)
{
    log_write(LEVEL_INFO, "link", "source %" PRIu32 " \"%s\" epoch %" PRIu64 " is here; it goes on at seq %" PRIu64,
              entry->source, entry->name, entry->epoch, entry->next_seq);
}

static void log_run(const struct ledger_entry *entry)
{
    static const char *const names[ORIGIN_COUNT] = {"unspecified", "data", "simulation", "injection"};
    log_write(LEVEL_INFO, "link", "source %" PRIu32 " \"%s\" begins run %" PRIu32 ", origin %s", entry->source,
              entry->name, entry->run, names[entry->origin]);
}

/* ---- chores ---- */

/* One line about each source, at the end. */
static void log_ledger(const struct daemon *daemon)
{
    const struct ledger *ledger = monitor_ledger(daemon->monitor);
    for (uint32_t i = 0; i < ledger->count; i++) {
        const struct ledger_entry *entry = &ledger->entries[i];
        log_write_always(LEVEL_INFO, "main",
                         "LEDGER source=%" PRIu32 " epoch=%" PRIu64 " sent=%" PRIu64 " accepted=%" PRIu64
                         " rejected=%" PRIu64 " lost=%" PRIu64,
                         entry->source, entry->epoch, entry->next_seq - entry->first_seq, entry->accepted,
                         ledger_rejected(entry), ledger_lost(entry));
    }
}

/* The loop turns, or this would not be called; the storage thread must answer, too. The service manager may want to
 * hear more often than every second. */
static void feed_watchdog(struct daemon *daemon, int64_t now_ns)
{
    uint32_t interval_ms = notify_watchdog_interval_ms();
    struct storage *storage = state_storage(daemon->state);
    if (storage && !storage_is_alive(storage, now_ns))
        return;
    if (interval_ms == 0 || now_ns - daemon->watchdog_ns < interval_ms * NS_PER_MS)
        return;
    daemon->watchdog_ns = now_ns;
    notify_watchdog();
}

/* One line when the recording stops, and one when it goes on. */
static void look_at_recording(struct daemon *daemon)
{
    if (*daemon->config.record.file == '\0')
        return;
    struct storage_counters counters = storage_counters(state_storage(daemon->state));
    report_set_recording(daemon->report, counters.is_recording, counters.unrecorded, counters.segments);
    if (counters.is_recording == daemon->was_recording)
        return;
    daemon->was_recording = counters.is_recording;
    if (counters.is_recording)
        log_write(LEVEL_WARNING, "record",
                  "recording goes on in segment %" PRIu32 ", after %" PRIu64 " frames that were not recorded",
                  counters.segments, counters.unrecorded);
    else
        log_write(LEVEL_ERROR, "record",
                  "recording to %s has stopped: %s; it is tried again every second, everything else goes on",
                  daemon->config.record.file, counters.error ? strerror(counters.error) : "the disk is too slow");
}

static void each_second(struct daemon *daemon)
{
    struct burst_key last = monitor_last_burst(daemon->monitor);
    notify_status("run %" PRIu32 " burst %" PRIu32 ", %" PRIu64 " candidates", last.run, last.burst,
                  link_counters(daemon->link)->candidates);
    log_tick();
}

static void on_tick(void *context)
{
    struct daemon *daemon = context;
    int64_t now_ns = clock_monotonic_ns();
    monitor_tick(daemon->monitor, now_ns);
    look_at_recording(daemon);
    zap_tick(daemon->guard.zap);
    report_tick(daemon->report, now_ns);
    state_tick(daemon->state, now_ns);
    feed_watchdog(daemon, now_ns);
    if (now_ns - daemon->second_ns < NS_PER_S)
        return;
    daemon->second_ns = now_ns;
    each_second(daemon);
}

static void on_stop(void *context)
{
    struct daemon *daemon = context;
    loop_stop(daemon->loop);
}

/* Sums over bursts would mean nothing if the template changed on the way: another one, or another content of its file,
 * waits for a restart. */
static void refuse_new_template(const struct daemon *daemon, const struct config *fresh)
{
    static struct template room;
    char error[TEMPLATE_FILE_ERROR_SIZE];
    const struct template *found = template_choice_of(fresh->background.template_file, daemon->config.selection.preset,
                                                      &room, error, sizeof error);
    if (!found)
        log_write(LEVEL_ERROR, "config", "background.template refused, %s stays: %s", daemon->template_name, error);
    else if (strcmp(found->hash, daemon->shape->hash) != 0)
        log_write(LEVEL_ERROR, "config", "background.template refused while running, %s stays: %s %s needs a restart",
                  daemon->template_name, found->name, found->hash);
}

static void log_certificates(const struct daemon *daemon)
{
    uint32_t count = daemon->guard.peer_count;
    if (zap_has_keys(daemon->guard.zap))
        log_write(count > 0 ? LEVEL_INFO : LEVEL_WARNING, "config", "%" PRIu32 " certificates may connect", count);
}

static void reload_certificates(struct daemon *daemon)
{
    char error[GUARD_ERROR_SIZE];
    if (guard_reload(&daemon->guard, &daemon->config, error, sizeof error))
        log_certificates(daemon);
    else
        log_write(LEVEL_ERROR, "config", "the certificates stay as they were: %s", error);
}

/* What can change while running does; for the rest it says that a restart is needed. */
static void on_reload(void *context)
{
    struct daemon *daemon = context;
    struct config fresh = daemon->config;
    char error[CONFIG_ERROR_SIZE];
    reload_certificates(daemon);
    if (!daemon->command_line.config_file ||
        !config_load_file(&fresh, daemon->command_line.config_file, error, sizeof error)) {
        log_write(LEVEL_ERROR, "config", "not reloaded: %s",
                  daemon->command_line.config_file ? error : "there is no --config file");
        return;
    }
    refuse_new_template(daemon, &fresh);
    enum log_level level = fresh.log.level;
    log_set_level(level);
    fresh.log.level = daemon->config.log.level;
    bool is_rest_new = memcmp(&fresh, &daemon->config, sizeof fresh) != 0;
    daemon->config.log.level = level;
    log_write(LEVEL_INFO, "config", "log level is %s%s", log_level_name(level),
              is_rest_new ? "; the other changes need a restart" : "");
}

/* ---- putting together ---- */

static bool fail(const char *what, const char *where)
{
    fprintf(stderr, "hnlmond: %s '%s': %s\n", what, where, loop_error_text(errno));
    return false;
}

static bool create_monitor(struct daemon *daemon)
{
    const struct config *config = &daemon->config;
    struct monitor_config settings = {
        .preset = config->selection.preset,
        .f_sys = config->background.f_sys,
        .promise = config->alarm,
        .close_timeout_ns = (int64_t)(config->burst.close_timeout_s * NS_PER_S),
        .expected_sources = config->link.expected_sources,
    };
    struct monitor_observer reporting = report_observer(daemon->report);
    struct monitor_observer observer = state_observer(daemon->state, &reporting);
    daemon->monitor = monitor_create(&settings, daemon->shape, &observer);
    return daemon->monitor != NULL;
}

static bool is_usable(struct daemon *daemon, enum state_verdict verdict)
{
    static const enum exit_code failures[] = {
        [STATE_FAILED] = EXIT_FAILED, [STATE_OTHER] = EXIT_CONFIG, [STATE_DAMAGED] = EXIT_DAMAGED};
    if (verdict != STATE_OK)
        daemon->failure = failures[verdict];
    return verdict == STATE_OK;
}

static bool open_state(struct daemon *daemon)
{
    const struct config *config = &daemon->config;
    struct state_config keeping = {.directory = config->state.directory,
                                   .interval_ns = config->state.interval_ms * NS_PER_MS,
                                   .record_file = config->record.file,
                                   .ring_bytes = STORAGE_RING_BYTES,
                                   .shall_start_from_zero = daemon->command_line.shall_start_from_zero};
    signal(SIGXFSZ, SIG_IGN); /* a file size limit is an error of one write, not the end of the daemon */
    return is_usable(daemon, state_create(&daemon->state, &keeping));
}

/* The files are used from here on, by the storage thread. */
static bool start_storage(struct daemon *daemon)
{
    if (!is_usable(daemon, state_restore(daemon->state, daemon->monitor, clock_monotonic_ns())))
        return false;
    if (!state_start(daemon->state, loop_base(daemon->loop)))
        return *daemon->config.record.file ? fail("cannot record to", daemon->config.record.file)
                                           : fail("cannot start", "storage thread");
    daemon->was_recording = true;
    look_at_recording(daemon);
    return true;
}

/* First of all that binds: it decides about every connection. */
static bool open_guard(struct daemon *daemon)
{
    char error[GUARD_ERROR_SIZE];
    if (!guard_open(&daemon->guard, loop_base(daemon->loop), loop_zmq(daemon->loop), error, sizeof error)) {
        fprintf(stderr, "hnlmond: %s\n", error);
        return false;
    }
    log_certificates(daemon);
    return true;
}

/* The last step of the start: what is not open by now can no longer be opened. */
static bool enter_sandbox(const struct daemon *daemon)
{
    const struct sandbox_needs needs = {.opens_sockets = daemon->tap != NULL};
    char error[SANDBOX_ERROR_SIZE];
    enum config_sandbox wish = daemon->config.sandbox.seccomp;
    if (wish == SANDBOX_OFF || (wish == SANDBOX_AUTO && !sandbox_is_possible()) ||
        sandbox_enter(&needs, error, sizeof error))
        return true;
    fprintf(stderr, "hnlmond: sandbox.seccomp: %s\n", error);
    return false;
}

static bool create_tap(struct daemon *daemon)
{
    const char *endpoint = daemon->config.tap.endpoint;
    if (endpoint[strspn(endpoint, " ")] == '\0')
        return true;
    daemon->tap = tap_create(loop_base(daemon->loop), loop_zmq(daemon->loop), endpoint, daemon->monitor,
                             daemon->publisher, report_envelope(daemon->report), state_storage(daemon->state));
    report_attach_tap(daemon->report, daemon->tap, endpoint);
    return daemon->tap != NULL || fail("cannot listen to front-ends at", endpoint);
}

static bool initialise(struct daemon *daemon)
{
    const struct config *config = &daemon->config;
    log_set_level(config->log.level);
    if (!open_state(daemon))
        return false;
    daemon->loop = loop_create();
    if (!daemon->loop)
        return fail("cannot start", "event loop");
    struct event_base *base = loop_base(daemon->loop);
    void *zmq = loop_zmq(daemon->loop);

    if (!open_guard(daemon))
        return false;
    struct zap *zap = daemon->guard.zap;
    daemon->publisher = publisher_create(base, zmq, config->publisher.endpoint, zap);
    if (!daemon->publisher)
        return fail("cannot publish at", config->publisher.endpoint);
    struct report_config reporting = {config->instance, config->publisher.interval_ms * NS_PER_MS,
                                      daemon->template_name, zap};
    daemon->report = report_create(&reporting, daemon->publisher);
    if (!daemon->report || !create_monitor(daemon))
        return fail("cannot start", "monitor");
    if (!start_storage(daemon))
        return false;
    struct link_config linking = {
        config->link.endpoint,           {config->link.credit_candidates, config->link.max_batch},
        report_envelope(daemon->report), zap,
        config->limits.front_ends,       {log_connected, log_run}};
    daemon->link = link_create(base, zmq, &linking, daemon->monitor, daemon->publisher, state_storage(daemon->state));
    if (!daemon->link)
        return fail("cannot listen for front-ends at", config->link.endpoint);
    if (!create_tap(daemon))
        return false;
    if (*config->state.directory != '\0')
        report_expect_checkpoints(daemon->report);
    report_attach(daemon->report, daemon->monitor, daemon->link);
    struct control_calls reporting_calls = report_control_calls(daemon->report);
    struct control_calls calls = state_control_calls(daemon->state, &reporting_calls);
    daemon->control = control_create(base, zmq, config->control.endpoint, config->instance, daemon->monitor,
                                     &daemon->challenge, &calls, zap);
    if (!daemon->control)
        return fail("cannot listen for commands at", config->control.endpoint);
    state_attach(daemon->state, daemon->link, daemon->control, daemon->report);
    report_attach_control(daemon->report, daemon->control);
    log_set_sink(report_log, daemon->report);

    return loop_every(daemon->loop, TICK_MS, on_tick, daemon) &&
           loop_on_signal(daemon->loop, SIGTERM, on_stop, daemon) &&
           loop_on_signal(daemon->loop, SIGINT, on_stop, daemon) &&
           loop_on_signal(daemon->loop, SIGHUP, on_reload, daemon) && enter_sandbox(daemon);
}

/* Counts what has arrived, publishes everything a last time, and writes the last state. What is open is closed where no
 * state keeps it open. */
static bool drain(struct daemon *daemon)
{
    notify_stopping();
    report_set_state(daemon->report, "draining");
    link_drain(daemon->link, DRAIN_MS);
    if (*daemon->config.state.directory == '\0')
        monitor_flush(daemon->monitor);
    bool is_written = state_finish(daemon->state, clock_monotonic_ns());
    report_all(daemon->report);
    log_ledger(daemon);
    return is_written;
}

static void finalise(struct daemon *daemon)
{
    log_fini();
    if (daemon->report)
        report_attach_control(daemon->report, NULL);
    control_destroy(daemon->control);
    secret_wipe(&daemon->challenge.secret);
    link_destroy(daemon->link);
    tap_destroy(daemon->tap);
    monitor_destroy(daemon->monitor);
    report_destroy(daemon->report);
    publisher_destroy(daemon->publisher);
    state_destroy(daemon->state);
    guard_close(&daemon->guard);
    notify_close();
    loop_destroy(daemon->loop);
}

/* Large messages go back to the system as soon as they are handled: what peers sent at worst is not what the daemon
 * takes for ever. */
static void bound_heap(void)
{
    (void)mallopt(M_MMAP_THRESHOLD, 128 * 1024);
    (void)mallopt(M_TRIM_THRESHOLD, 1024 * 1024);
}

int main(int argc, char **argv)
{
    static struct daemon daemon;
    enum exit_code exit_code;
    bound_heap();
    daemon.failure = EXIT_FAILED;
    standard_streams_reserve();
    signal(SIGPIPE, SIG_IGN); /* whoever reads the log may go away */
    if (!read_settings(&daemon, argc, argv, &exit_code))
        return (int)exit_code;
    sandbox_drop_privileges();
    notify_open();
    if (!initialise(&daemon)) {
        finalise(&daemon);
        return (int)daemon.failure;
    }
    printf("READY link=%s publish=%s control=%s\n", link_endpoint(daemon.link), publisher_endpoint(daemon.publisher),
           control_endpoint(daemon.control));
    fflush(stdout);
    notify_ready();
    loop_run(daemon.loop);
    bool is_written = drain(&daemon);
    finalise(&daemon);
    return is_written ? EXIT_DONE : EXIT_FAILED;
}
