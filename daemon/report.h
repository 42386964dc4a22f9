/* SPDX-License-Identifier: MIT */
/*
 * report - what is published when: burst summaries and alarms at once, histograms and scans when a burst closed but no
 * more often than the interval, the open burst and the status every second; alarms that nobody acknowledged again and
 * again (reminder.h).
 *
 * It decides when; what is said comes from the monitor and the link at that time, and how it is packed is
 * wire/published's.
 */
#ifndef HNLMON_REPORT_H
#define HNLMON_REPORT_H

#include <stdint.h>

#include "core/monitor.h"
#include "io/control.h"
#include "log.h"
#include "wire/published.h"

struct report;
struct publisher;
struct control;
struct link;
struct tap;
struct zap;

struct report_config {
    const char *instance;
    int64_t interval_ns;       /* histograms and scans at most this often */
    const char *template_name; /* name and hash; outlives the report */
    const struct zap *zap;     /* for the status; NULL: none */
};

struct report *report_create(const struct report_config *config, struct publisher *publisher); /* NULL: out of memory */
void report_destroy(struct report *report);

/* Instance and epoch of all that is published. */
const struct envelope *report_envelope(const struct report *report);

/* The observer of the monitor that reports about it. */
struct monitor_observer report_observer(struct report *report);

/* Where the contents come from; to be called once, before the first tick. Tells of the alarms that are there. */
void report_attach(struct report *report, struct monitor *monitor, const struct link *link);

/* Whose figures of overload are in the status, too; NULL: none any more. */
void report_attach_control(struct report *report, const struct control *control);

/* What is overheard is in the status, too; `endpoint` outlives the report. NULL: none any more. */
void report_attach_tap(struct report *report, const struct tap *tap, const char *endpoint);

/* Publishes what is due. now_ns: monotonic. */
void report_tick(struct report *report, int64_t now_ns);

/* Publishes everything once more, at the end. */
void report_all(struct report *report);

/* A log line, for log.<level>: a sink of log.h. */
void report_log(void *report, enum log_level level, const char *module, const char *text);

/* What the control socket needs: the status, and to tell of an alarm that a person acknowledged or shelved. */
struct control_calls report_control_calls(struct report *report);

void report_set_state(struct report *report, const char *state); /* "running", "draining" */

/* There is a state that outlives the daemon, and what was restored of it is in the monitor: to be called before
 * report_attach, which tells of restored alarms. Without it no alarm is ever called durable. */
void report_expect_checkpoints(struct report *report);

/* A checkpoint of everything that was told so far is being taken; it is on disk: its alarms are told again as durable.
 * One at a time. */
void report_checkpoint_taken(struct report *report);
void report_checkpoint_durable(struct report *report);

/* Nothing becomes durable any more. */
void report_checkpoint_failed(struct report *report);

/* Whether frames are recorded, how many were not, and the files that were begun. Once they were, it is an alarm while
 * they are not. */
void report_set_recording(struct report *report, bool is_recording, uint64_t unrecorded, uint32_t segments);

/* What is known of the state that outlives the daemon, for the status; an alarm when it can no longer be written, or
 * the journal finds no room. *keeping outlives the report. */
void report_set_keeping(struct report *report, const struct keeping_report *keeping);

#endif
