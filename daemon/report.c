/* SPDX-License-Identifier: MIT */
/* report - see report.h. */
#include "report.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "alarm_log.h"
#include "core/announcement.h"
#include "core/blind.h"
#include "core/reminder.h"
#include "io/clock.h"
#include "io/epoch.h"
#include "io/link.h"
#include "io/link_health.h"
#include "io/publisher.h"
#include "io/tap.h"
#include "io/zap.h"
#include "kernel/batch.h"
#include "log.h"

struct report {
    struct report_config config;
    struct publisher *publisher;
    struct monitor *monitor;
    const struct link *link;
    const struct tap *tap; /* NULL: none */
    struct tap_report tap_report;
    const struct control *control; /* NULL: not there */
    struct envelope envelope;      /* instance and epoch of all that is published */
    int64_t started_ns;
    const char *state;
    bool shall_record, is_recording;
    uint64_t unrecorded;
    uint32_t segments;
    const struct keeping_report *keeping; /* NULL: nothing is kept */
    struct link_health health;
    struct reminders reminders;
    struct announcements announcements;
    bool has_checkpoints;    /* what is told becomes durable */
    uint64_t alarm_overflow; /* told in the log */
    /* When what was published last. */
    bool is_dirty; /* a burst closed since the sums were published */
    int64_t sums_ns, second_ns;
    uint64_t open_candidates, second_candidates;
    uint64_t late_candidates; /* told in the log */
    double rate_hz;
    struct burst_key last_burst;
    uint64_t last_event_ns;
    struct burst_summary last_summary;
    /* Scratch. */
    struct status_report status;
    struct source_report sources[SOURCE_REPORTS_MAX];
    struct scan scan;
    unsigned char bytes[PUBLISHED_BYTES_MAX];
};

struct report *report_create(const struct report_config *config, struct publisher *publisher)
{
    struct report *report = calloc(1, sizeof *report);
    if (!report)
        return NULL;
    report->config = *config;
    report->publisher = publisher;
    report->started_ns = clock_monotonic_ns();
    report->state = "running";
    report->envelope.instance = config->instance;
    report->envelope.epoch = epoch_draw();
    return report;
}

void report_destroy(struct report *report)
{
    free(report);
}

const struct envelope *report_envelope(const struct report *report)
{
    return &report->envelope;
}

void report_set_state(struct report *report, const char *state)
{
    report->state = state;
}

void report_set_recording(struct report *report, bool is_recording, uint64_t unrecorded, uint32_t segments)
{
    report->is_recording = is_recording;
    report->shall_record |= is_recording;
    report->unrecorded = unrecorded;
    report->segments = segments;
}

void report_set_keeping(struct report *report, const struct keeping_report *keeping)
{
    report->keeping = keeping;
}

static struct envelope envelope_of(const struct report *report, const char *topic)
{
    struct envelope envelope = report->envelope;
    envelope.seq = publisher_next_seq(report->publisher, topic);
    envelope.t_event_ns = report->last_event_ns;
    envelope.t_publish_ns = clock_unix_ns();
    envelope.run = report->last_burst.run;
    envelope.burst = report->last_burst.burst;
    envelope.origin = monitor_origin(report->monitor);
    envelope.is_blind = monitor_is_blind(report->monitor);
    return envelope;
}

static void send(struct report *report, enum publish mode, const char *topic, size_t size)
{
    if (size == 0)
        log_write(LEVEL_ERROR, "report", "a message for %s does not fit", topic);
    else
        publisher_send(report->publisher, mode, topic, report->bytes, size);
}

/* ---- at once ---- */

static void publish_burst(struct report *report)
{
    const char *topic = TOPIC_PREFIX "burst.";
    struct envelope envelope = envelope_of(report, topic);
    envelope.origin = report->last_summary.origin;
    size_t size = published_burst(&envelope, &report->last_summary, report->bytes, sizeof report->bytes);
    send(report, PUBLISH_CACHED, topic, size);
}

static void on_burst_closed(void *context, const struct burst_summary *summary)
{
    struct report *report = context;
    report->last_burst = summary->key;
    report->last_event_ns = summary->t_end_ns;
    report->last_summary = *summary;
    report->is_dirty = true;
    publish_burst(report);
    if (!summary->complete)
        log_write(LEVEL_WARNING, "burst", "run %u burst %u is incomplete: %s", summary->key.run, summary->key.burst,
                  summary->quality);
}

static void name_topic(const char *id, char topic[TOPIC_BYTES_MAX])
{
    snprintf(topic, TOPIC_BYTES_MAX, TOPIC_PREFIX "alarm.%s.", id);
}

/* An alarm that ended stays in the cache until that is on disk: after a crash it may be back. */
static enum publish mode_of(const struct report *report, const struct alarm *alarm)
{
    bool is_last = alarm->state == ALARM_NORMAL && (alarm->is_durable || !report->has_checkpoints);
    return is_last ? PUBLISH_LAST : PUBLISH_CACHED;
}

/* `alarm` has its number. */
static void send_alarm(struct report *report, const struct alarm *alarm)
{
    char topic[TOPIC_BYTES_MAX];
    struct alarm told = *alarm;
    told.shelved_until_ns = (int64_t)clock_unix_of_ns(alarm->shelved_until_ns);
    name_topic(alarm->id, topic);
    struct envelope envelope = envelope_of(report, topic);
    size_t size = published_alarm(&envelope, &told, report->bytes, sizeof report->bytes);
    send(report, mode_of(report, alarm), topic, size);
}

/* What is held back is in the table of every subscriber, but not in the log. */
static void publish_alarm(struct report *report, const struct alarm *alarm)
{
    send_alarm(report, announcements_note(&report->announcements, alarm));
    reminders_note(&report->reminders, alarm, clock_monotonic_ns());
    if (!alarm->is_held_back)
        alarm_log_write(alarm);
}

/* After a restart: what the last start of the daemon left is told anew, and reminded of from the shortest time on. */
static void publish_restored(struct report *report)
{
    for (uint32_t i = 0; i < ALARMS_MAX; i++) {
        const struct alarm *alarm = alarms_get(monitor_alarms(report->monitor), i);
        if (!alarm)
            continue;
        send_alarm(report, announcements_note_restored(&report->announcements, alarm));
        reminders_note(&report->reminders, alarm, clock_monotonic_ns());
        if (!alarm->is_held_back)
            alarm_log_write(alarm);
    }
}

static uint64_t late_candidates(const struct report *report)
{
    const struct ledger *ledger = monitor_ledger(report->monitor);
    uint64_t late = ledger->retired.rejected[REJECT_LATE_BURST];
    for (uint32_t i = 0; i < ledger->count; i++)
        late += ledger->entries[i].rejected[REJECT_LATE_BURST];
    return late;
}

/* What was restored is there for who comes, and is no news in the log. */
void report_attach(struct report *report, struct monitor *monitor, const struct link *link)
{
    report->monitor = monitor;
    report->link = link;
    report->last_burst = monitor_last_burst(monitor);
    report->is_dirty = report->last_burst.run > 0;
    report->late_candidates = late_candidates(report);
    report->alarm_overflow = monitor_alarms(monitor)->overflow;
    publish_restored(report);
}

static void on_alarm_changed(void *context, const struct alarm *alarm)
{
    publish_alarm(context, alarm);
}

void report_attach_tap(struct report *report, const struct tap *tap, const char *endpoint)
{
    report->tap = tap;
    report->tap_report.endpoint = endpoint;
}

void report_attach_control(struct report *report, const struct control *control)
{
    report->control = control;
}

void report_expect_checkpoints(struct report *report)
{
    report->has_checkpoints = true;
}

void report_checkpoint_taken(struct report *report)
{
    announcements_taken(&report->announcements);
}

void report_checkpoint_durable(struct report *report)
{
    const struct alarm *alarm;
    if (!report->has_checkpoints)
        return;
    announcements_durable(&report->announcements);
    while ((alarm = announcements_take_durable(&report->announcements)) != NULL)
        send_alarm(report, alarm);
}

void report_checkpoint_failed(struct report *report)
{
    report->has_checkpoints = false;
    for (uint32_t i = 0; i < ANNOUNCEMENTS_MAX; i++) {
        const struct alarm *ended = announcements_ended(&report->announcements, i);
        if (ended)
            send_alarm(report, ended);
    }
}

struct monitor_observer report_observer(struct report *report)
{
    return (struct monitor_observer){report, on_burst_closed, on_alarm_changed};
}

static void on_acknowledged(void *context, const struct alarm *alarm, const char *who)
{
    log_write(LEVEL_INFO, "alarm", "%s is acknowledged by %s", alarm->id, *who ? who : "somebody");
    publish_alarm(context, alarm);
}

static void on_level_accepted(void *context, const struct alarm *alarm, const char *who)
{
    char stream[CHANGE_NAME_SIZE];
    change_name(&alarm->change, stream);
    log_write(LEVEL_WARNING, "alarm", "%s: %s accepts %s %.5g instead of %.5g as the reference, with all that changed",
              alarm->id, *who ? who : "somebody", stream, alarm->change.measured, alarm->change.expected);
    publish_alarm(context, alarm);
}

static void on_shelved(void *context, const struct alarm *alarm, const char *who, uint32_t minutes)
{
    const char *name = *who ? who : "somebody";
    if (minutes > 0)
        log_write(LEVEL_INFO, "alarm", "%s is shelved for %u minutes by %s", alarm->id, minutes, name);
    else
        log_write(LEVEL_INFO, "alarm", "%s is taken from the shelf by %s", alarm->id, name);
    publish_alarm(context, alarm);
}

static void on_new_period(void *context, const char *who, uint32_t bursts)
{
    struct report *report = context;
    log_write_always(LEVEL_INFO, "period", "a new period begins, by \"%s\"; the last one had %" PRIu32 " bursts", who,
                     bursts);
    report->is_dirty = true;
}

void report_log(void *context, enum log_level level, const char *module, const char *text)
{
    struct report *report = context;
    char topic[TOPIC_BYTES_MAX];
    snprintf(topic, sizeof topic, TOPIC_PREFIX "log.%s.", log_level_name(level));
    if (!publisher_is_wanted(report->publisher, topic))
        return;
    unsigned char bytes[2048];
    struct envelope envelope = envelope_of(report, topic);
    size_t size = published_log(&envelope, (uint32_t)level, module, text, bytes, sizeof bytes);
    if (size)
        publisher_send(report->publisher, PUBLISH_STREAM, topic, bytes, size);
}

/* ---- when it is due ---- */

static void publish_histograms(struct report *report, enum horizon_id horizon)
{
    const struct horizon *sums = monitor_horizon(report->monitor, horizon);
    for (enum histogram_id id = HISTOGRAM_M2; id < HISTOGRAM_COUNT; id++) {
        char topic[TOPIC_BYTES_MAX];
        snprintf(topic, sizeof topic, TOPIC_PREFIX "hist.%s.%s.", histogram_table[id].name, horizon_name(horizon));
        struct envelope envelope = envelope_of(report, topic);
        size_t size = published_histogram(&envelope, id, horizon, sums, report->bytes, sizeof report->bytes);
        send(report, PUBLISH_CACHED, topic, size);
    }
}

static void publish_scans(struct report *report, enum horizon_id horizon)
{
    for (enum line line = LINE_UNPRESCALED; line < LINE_COUNT; line++) {
        char topic[TOPIC_BYTES_MAX];
        snprintf(topic, sizeof topic, TOPIC_PREFIX "scan.%s.%s.", line_name(line), horizon_name(horizon));
        monitor_scan(report->monitor, line, horizon, &report->scan);
        struct envelope envelope = envelope_of(report, topic);
        size_t size = published_scan(&envelope, &report->scan, report->bytes, sizeof report->bytes);
        send(report, PUBLISH_CACHED, topic, size);
    }
}

static void publish_sums(struct report *report)
{
    for (enum horizon_id horizon = HORIZON_1; horizon < HORIZON_COUNT; horizon++) {
        publish_histograms(report, horizon);
        publish_scans(report, horizon);
    }
    report->is_dirty = false;
}

static void publish_open(struct report *report)
{
    publish_histograms(report, HORIZON_OPEN);
    publish_scans(report, HORIZON_OPEN);
}

static uint64_t rss_bytes(void)
{
    unsigned long size = 0, resident = 0;
    FILE *file = fopen("/proc/self/statm", "r");
    if (!file)
        return 0;
    int read = fscanf(file, "%lu %lu", &size, &resident);
    fclose(file);
    return read == 2 ? (uint64_t)resident * (uint64_t)sysconf(_SC_PAGESIZE) : 0;
}

static struct overload overload_of(const struct report *report)
{
    struct overload overload = {
        .shed_summaries = publisher_shed(report->publisher),
        .dropped_summaries = publisher_dropped(report->publisher),
        .credit_exhausted = link_counters(report->link)->credit_exhausted,
        .waiting_bytes = publisher_waiting(report->publisher),
    };
    if (!report->control)
        return overload;
    overload.dropped_replies = control_dropped(report->control);
    overload.busy_commands = control_busy(report->control);
    overload.waiting_bytes += control_waiting(report->control);
    return overload;
}

/* NULL: there is no tap. */
static const struct tap_report *tap_of(struct report *report)
{
    struct tap_report *told = &report->tap_report;
    if (!report->tap)
        return NULL;
    const struct overhear_counters *counters = tap_counters(report->tap);
    told->frames = counters->frames;
    told->bytes = counters->bytes;
    told->late = counters->late;
    told->candidates = counters->candidates;
    memcpy(told->refused, counters->refused, sizeof told->refused);
    return told;
}

static uint64_t candidates_counted(const struct report *report)
{
    uint64_t overheard = report->tap ? tap_counters(report->tap)->candidates : 0;
    return link_counters(report->link)->candidates + overheard;
}

static const struct status_report *current_status(void *context)
{
    struct report *report = context;
    const struct reception_counters *counters = link_counters(report->link);
    const struct unblinding *unblinding = monitor_unblinding(report->monitor);
    struct status_report *status = &report->status;
    *status = (struct status_report){
        .state = report->state,
        .uptime_s = (double)(clock_monotonic_ns() - report->started_ns) / NS_PER_S,
        .sources = report->sources,
        .source_count = link_sources(report->link, report->sources, SOURCE_REPORTS_MAX),
        .frames = counters->frames,
        .duplicates = counters->duplicates,
        .rate_hz = report->rate_hz,
        .published = publisher_sent(report->publisher),
        .rss_bytes = rss_bytes(),
        .safety_saves = link_saves(report->link) + publisher_saves(report->publisher),
        .version = HNLMON_VERSION,
        .kernel = batch_kernel_name(),
        .template_name = report->config.template_name,
        .unrecorded = report->unrecorded,
        .is_recording = report->is_recording,
        .segments = report->segments,
        .keeping = report->keeping,
        .now_ns = clock_monotonic_ns(),
        .alarms_active = alarms_count(monitor_alarms(report->monitor)),
        .is_blind = monitor_is_blind(report->monitor),
        .unblinded_by = unblinding->who,
        .unblind_reason = unblinding->reason,
        .unblinded_ns = unblinding->since_ns,
        .doors = report->config.zap ? zap_doors(report->config.zap) : NULL,
        .door_count = report->config.zap ? ZAP_SOCKETS : 0,
        .has_keys = zap_has_keys(report->config.zap),
    };
    status->overload = overload_of(report);
    status->tap = tap_of(report);
    memcpy(status->refused, counters->refused, sizeof status->refused);
    link_latency_us(report->link, &status->latency_p50_us, &status->latency_p99_us);
    publisher_cache_size(report->publisher, &status->cached_topics, &status->cached_bytes);
    return status;
}

/* What a late joiner is given was hidden until now, or may not be seen any more. */
static void publish_again(struct report *report)
{
    for (uint32_t i = 0; i < HORIZON_COUNT - HORIZON_1 && monitor_is_blind(report->monitor); i++)
        report->last_summary.best[i] = blind_best(HORIZON_1 + i);
    if (report->last_burst.run > 0)
        publish_burst(report);
    report_all(report);
}

static void on_unblinded(void *context, const char *who, const char *reason)
{
    struct report *report = context;
    if (!reason && monitor_unblinding(report->monitor)->since_ns == 0)
        return; /* nobody had */
    struct unblinding unblinding = {.since_ns = reason ? clock_unix_ns() : 0};
    snprintf(unblinding.who, sizeof unblinding.who, "%s", reason ? who : "");
    snprintf(unblinding.reason, sizeof unblinding.reason, "%s", reason ? reason : "");
    monitor_sign_unblinding(report->monitor, &unblinding);
    if (reason)
        log_write_always(LEVEL_WARNING, "blind",
                         "UNBLINDED MAJOR by \"%s\": the searched region of DATA is shown from "
                         "now on; reason: \"%s\"",
                         who, reason);
    else
        log_write_always(LEVEL_WARNING, "blind", "BLIND again, by \"%s\"", who);
    publish_again(report);
}

static void on_unblind_refused(void *context, const char *who, const char *reason, const char *why)
{
    (void)context;
    log_write(LEVEL_WARNING, "blind", "unblinding by \"%s\" is refused: %s; reason given: \"%s\"", who, why, reason);
}

static uint64_t mark_alarms(void *context, struct alarm *alarms, uint32_t count, uint64_t *epoch)
{
    const struct report *report = context;
    for (uint32_t i = 0; i < count; i++)
        announcements_mark(&report->announcements, &alarms[i]);
    *epoch = report->envelope.epoch;
    return report->announcements.sequence;
}

struct control_calls report_control_calls(struct report *report)
{
    return (struct control_calls){report,       current_status,     on_acknowledged, on_shelved, on_level_accepted,
                                  on_unblinded, on_unblind_refused, on_new_period,   mark_alarms};
}

static void publish_status(struct report *report)
{
    const char *topic = TOPIC_PREFIX "status.";
    struct envelope envelope = envelope_of(report, topic);
    size_t size = published_status(&envelope, current_status(report), report->bytes, sizeof report->bytes);
    send(report, PUBLISH_CACHED, topic, size);
}

/* A front-end that repeats a run, or goes back to an older one, is counted but seen nowhere: somebody must be told. */
static void tell_late_candidates(struct report *report)
{
    uint64_t late = late_candidates(report);
    if (late != report->late_candidates)
        log_write(LEVEL_WARNING, "burst",
                  "%" PRIu64 " candidates belong to bursts that are closed already and are rejected (late_burst); the "
                  "last closed one is run %u burst %u",
                  late - report->late_candidates, report->last_burst.run, report->last_burst.burst);
    report->late_candidates = late;
}

/* Excesses without a place are counted in no alarm. */
static void tell_overflow(struct report *report)
{
    uint64_t overflow = monitor_alarms(report->monitor)->overflow;
    if (overflow != report->alarm_overflow)
        log_write(LEVEL_WARNING, "alarm",
                  "%" PRIu64 " excesses found no place among %u alarms of their kind; acknowledge some",
                  overflow - report->alarm_overflow, CLUSTERS_MAX);
    report->alarm_overflow = overflow;
}

static void look_at_link(struct report *report, int64_t now_ns)
{
    struct alarm_condition condition;
    if (link_health_look(&report->health, link_counters(report->link), now_ns, &condition))
        monitor_condition(report->monitor, ALARM_LINK, &condition);
}

static void look_at_storage(struct report *report)
{
    struct alarm_condition condition = {.severity = SEVERITY_NONE, .parts = 1};
    const struct keeping_report *keeping = report->keeping;
    if (keeping && keeping->error) {
        condition.severity = SEVERITY_MAJOR;
        snprintf(condition.text, sizeof condition.text,
                 "The state can no longer be written (%.100s): what arrives is counted but not acknowledged.",
                 keeping->error);
    } else if (report->shall_record && !report->is_recording) {
        condition.severity = SEVERITY_MAJOR;
        snprintf(condition.text, sizeof condition.text,
                 "The recording has stopped: what arrives is counted but not kept; 'hnlmon status' counts the frames.");
    } else if (keeping && keeping->journal_waiting > 0) {
        condition.severity = SEVERITY_MAJOR;
        snprintf(condition.text, sizeof condition.text,
                 "The disk of the state has no room for the journal of alarms: its records wait in memory.");
    }
    monitor_condition(report->monitor, ALARM_STORAGE, &condition);
}

/* Programs get the last value again, with its seq; people a line. */
static void remind(struct report *report, int64_t now_ns)
{
    const char *id;
    for (uint32_t i = 0; i < ALARMS_MAX; i++) {
        unsigned due = reminders_take(&report->reminders, i, now_ns, &id);
        const struct alarm *alarm = due ? alarms_find(monitor_alarms(report->monitor), id) : NULL;
        if (!alarm || alarm->is_held_back)
            continue;
        char topic[TOPIC_BYTES_MAX];
        name_topic(id, topic);
        if (due & REMIND_PROGRAMS)
            publisher_repeat(report->publisher, topic);
        if (due & REMIND_PEOPLE)
            alarm_log_remind(alarm, (unsigned)(REMINDER_PEOPLE_NS / NS_PER_S / 60));
    }
}

static void each_second(struct report *report, int64_t now_ns)
{
    uint64_t candidates = candidates_counted(report);
    double seconds = (double)(now_ns - report->second_ns) / NS_PER_S;
    report->rate_hz = report->second_ns ? (double)(candidates - report->second_candidates) / seconds : 0.0;
    report->second_candidates = candidates;
    report->second_ns = now_ns;
    if (candidates != report->open_candidates)
        publish_open(report);
    report->open_candidates = candidates;
    tell_late_candidates(report);
    tell_overflow(report);
    look_at_link(report, now_ns);
    look_at_storage(report);
    publish_status(report);
}

void report_tick(struct report *report, int64_t now_ns)
{
    if (report->is_dirty && now_ns - report->sums_ns >= report->config.interval_ns) {
        publish_sums(report);
        report->sums_ns = now_ns;
    }
    if (now_ns - report->second_ns >= NS_PER_S)
        each_second(report, now_ns);
    remind(report, now_ns);
}

void report_all(struct report *report)
{
    publish_sums(report);
    publish_open(report);
    tell_late_candidates(report);
    publish_status(report);
}
