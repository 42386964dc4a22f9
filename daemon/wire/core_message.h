/* SPDX-License-Identifier: MIT */
/*
 * core_message - values of the core as messages of proto/monitor.proto, ready to be packed.
 *
 * Each struct holds a message together with everything that it points to, so that it lives on the stack and nothing is
 * allocated. It also points to the values it was made of, which must outlive it, and must not be copied. Numbers that
 * are not finite become 0, and texts that are not UTF-8 a remark that says so.
 */
#ifndef HNLMON_WIRE_CORE_MESSAGE_H
#define HNLMON_WIRE_CORE_MESSAGE_H

#include "core/alarm.h"
#include "core/burst.h"
#include "core/horizon.h"
#include "core/scan.h"
#include "monitor.pb-c.h"
#include "wire/published.h"

#define COUNT_LIST_MAX 16u /* bounds the reasons and causes of a list */

_Static_assert(REJECT_REASON_COUNT <= COUNT_LIST_MAX && LOSS_CAUSE_COUNT <= COUNT_LIST_MAX &&
                   REFUSAL_COUNT <= COUNT_LIST_MAX,
               "every list of counts fits");

/* Named counts that are not zero. */
struct count_list {
    size_t count;
    Hnlmon__V1__Count counts[COUNT_LIST_MAX];
    Hnlmon__V1__Count *pointers[COUNT_LIST_MAX];
};

struct source_message {
    Hnlmon__V1__SourceLedger ledger;
    struct count_list rejected, lost;
};

struct sources_message {
    size_t count;
    struct source_message sources[SOURCE_REPORTS_MAX];
    Hnlmon__V1__SourceLedger *pointers[SOURCE_REPORTS_MAX];
};

struct status_message {
    Hnlmon__V1__Status status;
    struct sources_message sources;
    struct count_list refused;
    Hnlmon__V1__Tap tap;
    struct count_list tap_refused;
    Hnlmon__V1__Door doors[DOORS_MAX];
    Hnlmon__V1__Door *door_pointers[DOORS_MAX];
};

struct burst_message {
    Hnlmon__V1__BurstSummary summary;
    struct count_list rejected;
    Hnlmon__V1__LineSummary lines[LINE_COUNT];
    Hnlmon__V1__LineSummary *line_pointers[LINE_COUNT];
    Hnlmon__V1__Best best[HORIZON_COUNT - HORIZON_1];
    Hnlmon__V1__Best *best_pointers[HORIZON_COUNT - HORIZON_1];
    Hnlmon__V1__Fraction vetoes[VETO_COUNT];
    Hnlmon__V1__Fraction *veto_pointers[VETO_COUNT];
};

struct scan_message {
    Hnlmon__V1__Scan scan;
    Hnlmon__V1__Hypothesis hypotheses[HYPOTHESIS_COUNT];
    Hnlmon__V1__Hypothesis *pointers[HYPOTHESIS_COUNT];
};

struct alarm_message {
    Hnlmon__V1__Alarm alarm;
    char stream[CHANGE_NAME_SIZE];
    char horizons[ALARM_HORIZONS_SIZE];
    char text[ALARM_TEXT_SIZE];
};

/* `text` as the type of protobuf-c, which does not write to it: "" for NULL, a remark when it is not UTF-8. */
char *core_message_text(const char *text);

/* At most SOURCE_REPORTS_MAX sources; more cannot exist. */
void core_message_sources(const struct source_report *reports, uint32_t count, struct sources_message *message);
void core_message_status(const struct status_report *report, struct status_message *message);
void core_message_burst(const struct burst_summary *summary, struct burst_message *message);
void core_message_histogram(enum histogram_id id, enum horizon_id horizon, const struct horizon *sums,
                            Hnlmon__V1__Histogram *message);
void core_message_scan(const struct scan *scan, struct scan_message *message);
void core_message_alarm(const struct alarm *alarm, struct alarm_message *message);

#endif
