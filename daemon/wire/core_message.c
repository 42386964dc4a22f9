/* SPDX-License-Identifier: MIT */
/* core_message - one function per message: which value of the core is which field. */
#include "wire/core_message.h"

#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/blind.h"
#include "wire/frame_codec.h"

/* Length of the UTF-8 sequence at `text` (RFC 3629: no over-long form, no surrogate, up to U+10FFFF); 0: it is none. A
 * terminating zero ends every look, because it is no continuation byte. */
static size_t utf8_sequence(const unsigned char *text)
{
    static const struct {
        unsigned char first, last; /* first byte */
        unsigned char second_first, second_last;
        unsigned char size;
    } forms[] = {{0x01, 0x7F, 0x00, 0xFF, 1}, {0xC2, 0xDF, 0x80, 0xBF, 2}, {0xE0, 0xE0, 0xA0, 0xBF, 3},
                 {0xE1, 0xEC, 0x80, 0xBF, 3}, {0xED, 0xED, 0x80, 0x9F, 3}, {0xEE, 0xEF, 0x80, 0xBF, 3},
                 {0xF0, 0xF0, 0x90, 0xBF, 4}, {0xF1, 0xF3, 0x80, 0xBF, 4}, {0xF4, 0xF4, 0x80, 0x8F, 4}};
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        if (text[0] < forms[i].first || text[0] > forms[i].last)
            continue;
        if (forms[i].size > 1 && (text[1] < forms[i].second_first || text[1] > forms[i].second_last))
            return 0;
        for (size_t j = 2; j < forms[i].size; j++) {
            if ((text[j] & 0xC0) != 0x80)
                return 0;
        }
        return forms[i].size;
    }
    return 0;
}

static bool is_utf8(const char *text)
{
    const unsigned char *at = (const unsigned char *)text;
    while (*at) {
        size_t size = utf8_sequence(at);
        if (size == 0)
            return false;
        at += size;
    }
    return true;
}

char *core_message_text(const char *text)
{
    const char *shown = text ? text : "";
    if (!is_utf8(shown))
        shown = "(not UTF-8)";
    return (char *)(uintptr_t)shown;
}

static double finite_or_zero(double value)
{
    return isfinite(value) ? value : 0;
}

static void add_count(struct count_list *list, const char *name, uint64_t count)
{
    if (count == 0)
        return;
    assert(list->count < COUNT_LIST_MAX);
    Hnlmon__V1__Count *entry = &list->counts[list->count];
    *entry = (Hnlmon__V1__Count)HNLMON__V1__COUNT__INIT;
    entry->name = core_message_text(name);
    entry->count = count;
    list->pointers[list->count++] = entry;
}

static void count_rejected(const uint64_t rejected[REJECT_REASON_COUNT], struct count_list *list)
{
    list->count = 0;
    for (enum reject_reason reason = REJECT_NONE; reason < REJECT_REASON_COUNT; reason++)
        add_count(list, reject_reason_name(reason), rejected[reason]);
}

static void count_lost(const uint64_t lost[LOSS_CAUSE_COUNT], struct count_list *list)
{
    list->count = 0;
    for (enum loss_cause cause = LOSS_UNSPECIFIED; cause < LOSS_CAUSE_COUNT; cause++)
        add_count(list, loss_cause_name(cause), lost[cause]);
}

static void count_refused(const uint64_t refused[REFUSAL_COUNT], struct count_list *list)
{
    list->count = 0;
    for (enum refusal refusal = REFUSAL_NONE; refusal < REFUSAL_COUNT; refusal++)
        add_count(list, refusal_name(refusal), refused[refusal]);
}

static void fill_source(const struct source_report *report, struct source_message *message)
{
    const struct ledger_entry *entry = report->entry;
    Hnlmon__V1__SourceLedger *ledger = &message->ledger;
    count_rejected(entry->rejected, &message->rejected);
    count_lost(entry->lost, &message->lost);
    *ledger = (Hnlmon__V1__SourceLedger)HNLMON__V1__SOURCE_LEDGER__INIT;
    ledger->source = entry->source;
    ledger->epoch = entry->epoch;
    ledger->name = core_message_text(entry->name);
    ledger->next_seq = entry->next_seq;
    ledger->durable_seq = report->durable_seq;
    ledger->accepted = entry->accepted;
    ledger->n_rejected = message->rejected.count;
    ledger->rejected = message->rejected.pointers;
    ledger->n_lost = message->lost.count;
    ledger->lost = message->lost.pointers;
    ledger->connected = report->is_connected;
    ledger->in_burst = entry->in_burst;
    ledger->run = entry->run;
    ledger->burst = entry->burst;
    ledger->first_seq = entry->first_seq;
    ledger->tap = entry->is_tapped;
    ledger->retired_epochs = report->retired_epochs;
}

void core_message_sources(const struct source_report *reports, uint32_t count, struct sources_message *message)
{
    assert(count <= SOURCE_REPORTS_MAX);
    message->count = count;
    for (uint32_t i = 0; i < count; i++) {
        fill_source(&reports[i], &message->sources[i]);
        message->pointers[i] = &message->sources[i].ledger;
    }
}

static void fill_status_figures(const struct status_report *report, Hnlmon__V1__Status *status)
{
    status->uptime_s = finite_or_zero(report->uptime_s);
    status->frames = report->frames;
    status->duplicates = report->duplicates;
    status->rate_hz = finite_or_zero(report->rate_hz);
    status->latency_p50_us = finite_or_zero(report->latency_p50_us);
    status->latency_p99_us = finite_or_zero(report->latency_p99_us);
    status->cached_topics = report->cached_topics;
    status->cached_bytes = report->cached_bytes;
    status->published = report->published;
    status->rss_bytes = report->rss_bytes;
    status->safety_saves = report->safety_saves;
    status->unrecorded = report->unrecorded;
    status->recording = report->is_recording;
    status->recording_segments = report->segments;
    status->alarms_active = report->alarms_active;
    status->blind = report->is_blind;
    status->unblinded_ns = report->unblinded_ns;
}

static void fill_doors(const struct status_report *report, struct status_message *message)
{
    assert(report->door_count <= DOORS_MAX);
    for (uint32_t i = 0; i < report->door_count; i++) {
        const struct door_report *from = &report->doors[i];
        Hnlmon__V1__Door *door = &message->doors[i];
        *door = (Hnlmon__V1__Door)HNLMON__V1__DOOR__INIT;
        door->socket = core_message_text(from->socket);
        door->peers = from->peers;
        door->peers_max = from->peers_max;
        door->admitted = from->admitted;
        door->ended = from->ended;
        door->silent = from->silent;
        door->unknown_key = from->unknown_key;
        door->wrong_role = from->wrong_role;
        door->full = from->full;
        door->failed = from->failed;
        door->connections = from->connections;
        message->door_pointers[i] = door;
    }
    message->status.certificates = report->has_keys;
    message->status.n_doors = report->door_count;
    message->status.doors = message->door_pointers;
}

static void fill_tap(const struct tap_report *report, struct status_message *message)
{
    if (!report)
        return;
    count_refused(report->refused, &message->tap_refused);
    message->tap = (Hnlmon__V1__Tap)HNLMON__V1__TAP__INIT;
    message->tap.endpoint = core_message_text(report->endpoint);
    message->tap.frames = report->frames;
    message->tap.bytes = report->bytes;
    message->tap.n_refused = message->tap_refused.count;
    message->tap.refused = message->tap_refused.pointers;
    message->tap.late = report->late;
    message->tap.candidates = report->candidates;
    message->status.tap = &message->tap;
}

static void fill_overload(const struct overload *overload, Hnlmon__V1__Status *status)
{
    status->shed_summaries = overload->shed_summaries;
    status->dropped_summaries = overload->dropped_summaries;
    status->dropped_replies = overload->dropped_replies;
    status->busy_commands = overload->busy_commands;
    status->credit_exhausted = overload->credit_exhausted;
    status->waiting_bytes = overload->waiting_bytes;
}

static void fill_keeping(const struct keeping_report *keeping, int64_t now_ns, Hnlmon__V1__Status *status)
{
    if (!keeping)
        return;
    status->state_generation = keeping->generation;
    status->state_age_s = (double)(now_ns - keeping->durable_ns) / 1e9;
    status->state_current = keeping->is_current;
    status->state_checkpoints = keeping->checkpoints;
    status->state_bytes = keeping->bytes;
    status->state_error = core_message_text(keeping->error);
    status->journal_waiting = keeping->journal_waiting;
    status->journal_lost = keeping->journal_lost;
}

void core_message_status(const struct status_report *report, struct status_message *message)
{
    Hnlmon__V1__Status *status = &message->status;
    *status = (Hnlmon__V1__Status)HNLMON__V1__STATUS__INIT;
    core_message_sources(report->sources, report->source_count, &message->sources);
    count_refused(report->refused, &message->refused);
    status->state = core_message_text(report->state);
    status->version = core_message_text(report->version);
    status->kernel = core_message_text(report->kernel);
    status->template_ = core_message_text(report->template_name);
    status->unblinded_by = core_message_text(report->unblinded_by);
    status->unblind_reason = core_message_text(report->unblind_reason);
    status->n_sources = message->sources.count;
    status->sources = message->sources.pointers;
    status->n_refused = message->refused.count;
    status->refused = message->refused.pointers;
    fill_doors(report, message);
    fill_status_figures(report, status);
    fill_overload(&report->overload, status);
    fill_keeping(report->keeping, report->now_ns, status);
    fill_tap(report->tap, message);
}

static void fill_line(enum line line, const struct line_summary *summary, Hnlmon__V1__LineSummary *message)
{
    *message = (Hnlmon__V1__LineSummary)HNLMON__V1__LINE_SUMMARY__INIT;
    message->line = core_message_text(line_name(line));
    message->candidates = summary->candidates;
    message->accepted = summary->accepted;
    message->rate_hz = finite_or_zero(summary->rate_hz);
    message->bandwidth_bytes_per_s = finite_or_zero(summary->bandwidth_bytes_per_s);
    message->n_kaon = finite_or_zero(summary->n_kaon);
    message->exposure = finite_or_zero(summary->exposure);
    message->exposure_run = finite_or_zero(summary->exposure_run);
    message->candidates_run = summary->candidates_run;
    message->accepted_run = summary->accepted_run;
}

static void fill_best(const struct best *best, Hnlmon__V1__Best *message)
{
    *message = (Hnlmon__V1__Best)HNLMON__V1__BEST__INIT;
    message->horizon = core_message_text(horizon_name(best->horizon));
    message->m_n_mev = finite_or_zero(best->m_n_mev);
    message->n = best->n;
    message->b = finite_or_zero(best->b);
    message->z = finite_or_zero(best->z);
    message->z_alarm = finite_or_zero(best->z_alarm);
    message->z_major = finite_or_zero(best->z_major);
    message->withheld = core_message_text(best->withheld);
}

static void fill_veto(int veto, double fraction, Hnlmon__V1__Fraction *message)
{
    *message = (Hnlmon__V1__Fraction)HNLMON__V1__FRACTION__INIT;
    message->name = core_message_text(change_table[CHANGE_LAV + veto].name);
    message->fraction = finite_or_zero(fraction);
}

static void fill_burst_lists(const struct burst_summary *summary, struct burst_message *message)
{
    count_rejected(summary->rejected, &message->rejected);
    for (enum line line = LINE_UNPRESCALED; line < LINE_COUNT; line++) {
        fill_line(line, &summary->lines[line], &message->lines[line]);
        message->line_pointers[line] = &message->lines[line];
    }
    for (int i = 0; i < HORIZON_COUNT - HORIZON_1; i++) {
        fill_best(&summary->best[i], &message->best[i]);
        message->best_pointers[i] = &message->best[i];
    }
    for (int veto = 0; veto < VETO_COUNT; veto++) {
        fill_veto(veto, summary->veto_fractions[veto], &message->vetoes[veto]);
        message->veto_pointers[veto] = &message->vetoes[veto];
    }
}

static void fill_burst_counts(const struct burst_summary *summary, Hnlmon__V1__BurstSummary *message)
{
    message->run = summary->key.run;
    message->burst = summary->key.burst;
    message->t_begin_ns = summary->t_begin_ns;
    message->t_end_ns = summary->t_end_ns;
    message->run_begin_ns = summary->run_begin_ns;
    message->sources = summary->sources;
    message->generated = summary->generated;
    message->kept = summary->kept;
    message->downscaling = summary->downscaling;
    message->input_downscaling = summary->input_downscaling;
    message->sent = summary->sent;
    message->accepted = summary->accepted;
    message->lost = summary->lost;
    message->live_ppm = summary->live_ppm;
    message->choke_count = summary->choke_count;
    message->n_peak = summary->n_peak;
    message->complete = summary->complete;
}

void core_message_burst(const struct burst_summary *summary, struct burst_message *message)
{
    Hnlmon__V1__BurstSummary *burst = &message->summary;
    *burst = (Hnlmon__V1__BurstSummary)HNLMON__V1__BURST_SUMMARY__INIT;
    fill_burst_counts(summary, burst);
    fill_burst_lists(summary, message);
    burst->n_rejected = message->rejected.count;
    burst->rejected = message->rejected.pointers;
    burst->n_lines = LINE_COUNT;
    burst->lines = message->line_pointers;
    burst->n_best = HORIZON_COUNT - HORIZON_1;
    burst->best = message->best_pointers;
    burst->intensity = finite_or_zero(summary->intensity);
    burst->peak_position_mev2 = finite_or_zero(summary->peak_position_mev2);
    burst->peak_width_mev2 = finite_or_zero(summary->peak_width_mev2);
    burst->veto_fraction = finite_or_zero(summary->veto_fraction);
    burst->veto_fraction_peak = finite_or_zero(summary->veto_fraction_peak);
    burst->n_vetoes = VETO_COUNT;
    burst->vetoes = message->veto_pointers;
    burst->random_veto_fraction = finite_or_zero(summary->random_veto_fraction);
    burst->mirror_tail_fraction = finite_or_zero(summary->mirror_tail_fraction);
    burst->spill_length_s = finite_or_zero(summary->spill_length_s);
    burst->spill_centre_s = finite_or_zero(summary->spill_centre_s);
    burst->quality = core_message_text(summary->quality);
}

void core_message_histogram(enum histogram_id id, enum horizon_id horizon, const struct horizon *sums,
                            Hnlmon__V1__Histogram *message)
{
    const struct histogram_info *info = &histogram_table[id];
    const uint64_t *slots = sums->slots + info->offset;
    *message = (Hnlmon__V1__Histogram)HNLMON__V1__HISTOGRAM__INIT;
    message->name = core_message_text(info->name);
    message->title = core_message_text(info->title);
    message->unit = core_message_text(info->unit);
    message->lo = info->axis.lo;
    message->width = info->axis.width;
    message->unit_scale = finite_or_zero(info->unit_scale);
    message->n_bins = info->axis.bins;
    message->bins = (uint64_t *)(uintptr_t)(slots + 1); /* protobuf-c does not write to it */
    message->underflow = slots[0];
    message->overflow = slots[info->axis.bins + 1];
    for (uint32_t i = 0; i < axis_slots(&info->axis); i++)
        message->entries += slots[i];
    message->horizon = core_message_text(horizon_name(horizon));
    message->bursts = sums->bursts;
    message->blind_from = sums->is_blind && blind_hides(id) ? BLIND_FROM_MEV2 : 0;
}

static void fill_hypothesis(const struct hypothesis *hypothesis, Hnlmon__V1__Hypothesis *message)
{
    *message = (Hnlmon__V1__Hypothesis)HNLMON__V1__HYPOTHESIS__INIT;
    message->m_n_mev = finite_or_zero(hypothesis->m_n_mev);
    message->n = hypothesis->n;
    message->b = finite_or_zero(hypothesis->b);
    message->sigma_b = finite_or_zero(hypothesis->sigma_b);
    message->alpha = finite_or_zero(hypothesis->alpha);
    message->z = finite_or_zero(hypothesis->z);
    message->p_local = finite_or_zero(hypothesis->p_local);
    message->far_hz = finite_or_zero(hypothesis->far_hz);
    message->u2_limit = finite_or_zero(hypothesis->u2_limit);
    message->u2_expected = finite_or_zero(hypothesis->u2_expected);
    message->u2_paper = finite_or_zero(hypothesis->u2_paper);
    message->valid = hypothesis->valid;
    message->u2_expected_minus2 = finite_or_zero(hypothesis->u2_expected_minus2);
    message->u2_expected_minus1 = finite_or_zero(hypothesis->u2_expected_minus1);
    message->u2_expected_plus1 = finite_or_zero(hypothesis->u2_expected_plus1);
    message->u2_expected_plus2 = finite_or_zero(hypothesis->u2_expected_plus2);
    message->u2_expected_statistical = finite_or_zero(hypothesis->u2_expected_statistical);
    message->signal_leakage = finite_or_zero(hypothesis->signal_leakage);
    message->withheld = core_message_text(hypothesis->withheld);
}

void core_message_scan(const struct scan *scan, struct scan_message *message)
{
    message->scan = (Hnlmon__V1__Scan)HNLMON__V1__SCAN__INIT;
    message->scan.line = core_message_text(line_name(scan->line));
    message->scan.horizon = core_message_text(horizon_name(scan->horizon));
    message->scan.n_kaon = finite_or_zero(scan->exposure);
    message->scan.n_kaon_error = finite_or_zero(scan->exposure_error);
    message->scan.f_sys = finite_or_zero(scan->f_sys);
    message->scan.bursts = scan->bursts;
    message->scan.withheld = core_message_text(scan->withheld);
    message->scan.template_ = core_message_text(scan->template_name);
    message->scan.blind = scan->is_blind;
    message->scan.searchable_from_mev = finite_or_zero(scan->searchable_from_mev);
    message->scan.left_out = scan->left_out;
    message->scan.n_hypotheses = HYPOTHESIS_COUNT;
    message->scan.hypotheses = message->pointers;
    for (size_t i = 0; i < HYPOTHESIS_COUNT; i++) {
        fill_hypothesis(&scan->hypotheses[i], &message->hypotheses[i]);
        message->pointers[i] = &message->hypotheses[i];
    }
}

#define CHANGE_SIZE_SIZE 64 /* characters */

static const char *stretch_of(enum horizon_id horizon)
{
    switch (horizon) {
    case HORIZON_OPEN:
        return "in the open burst";
    case HORIZON_1:
        return "in one burst";
    case HORIZON_10:
        return "in 10 bursts";
    case HORIZON_100:
        return "in 100 bursts";
    case HORIZON_RUN:
        return "in the run";
    case HORIZON_PERIOD:
        return "in the period";
    case HORIZON_COUNT:
        break;
    }
    return "";
}

/* Adds what speaks for or against an excess of run or period. */
static void add_constancy(const struct alarm *alarm, char *text, size_t size)
{
    bool is_short = alarm->horizon != HORIZON_RUN && alarm->horizon != HORIZON_PERIOD;
    double p = finite_or_zero(alarm->constancy_p);
    size_t length = strlen(text);
    if (!is_short && alarm->kind == ALARM_ANOMALY)
        snprintf(text + length, size - length, " It does not come with the kaons, as that of an HNL would (p = %.2g).",
                 p);
    else if (!is_short)
        snprintf(text + length, size - length, " It comes with the kaons (p = %.2g).", p);
    length = strlen(text);
    if (alarm->is_retracted && alarm->retracted_z > 0.0)
        snprintf(text + length, size - length, " Retracted: more data brought it to Z = %.2f.",
                 finite_or_zero(alarm->retracted_z));
    else if (alarm->is_retracted)
        snprintf(text + length, size - length, " Retracted: it has gone with more data.");
}

/* What a search window holds. */
static void fill_excess(const struct alarm *alarm, struct alarm_message *message)
{
    message->alarm.provisional = alarm->is_provisional;
    message->alarm.line = core_message_text(line_name(alarm->line));
    message->alarm.horizon = core_message_text(horizon_name(alarm->horizon));
    message->alarm.m_n_mev = finite_or_zero(alarm->m_n_mev);
    message->alarm.far_hz = finite_or_zero(alarm->far_hz);
    message->alarm.constancy_p = finite_or_zero(alarm->constancy_p);
    message->alarm.m_n_low_mev = finite_or_zero(alarm->m_n_low_mev);
    message->alarm.m_n_high_mev = finite_or_zero(alarm->m_n_high_mev);
    alarm_horizons_text(alarm->horizons, message->horizons);
    message->alarm.horizons = message->horizons;
    snprintf(message->text, sizeof message->text,
             "%" PRIu64 " candidates where %.4g are expected at m_N = %.0f MeV %s (Z = %.2f).", alarm->n,
             finite_or_zero(alarm->b), finite_or_zero(alarm->m_n_mev), stretch_of(alarm->horizon),
             finite_or_zero(alarm->z));
    add_constancy(alarm, message->text, sizeof message->text);
}

/* "+12.3 %", or "1.2e+03 times" where per cents say nothing any more. */
static void write_size(const struct change_finding *change, double size, char text[CHANGE_SIZE_SIZE])
{
    if (size < 10.0)
        snprintf(text, CHANGE_SIZE_SIZE, "%+.1f %%%s", 100.0 * size,
                 change->id == CHANGE_PEAK_POSITION ? " of sigma" : "");
    else
        snprintf(text, CHANGE_SIZE_SIZE, "%.2g times", 1.0 + size);
}

/* What a number of data quality was and is. */
static void fill_change(const struct alarm *alarm, struct alarm_message *message)
{
    const struct change_finding *change = &alarm->change;
    const struct change_info *info = &change_table[change->id];
    Hnlmon__V1__Alarm *to = &message->alarm;
    char size[CHANGE_SIZE_SIZE];
    to->measured = finite_or_zero(change->measured);
    to->expected = finite_or_zero(change->expected);
    to->size = finite_or_zero(change->size);
    change_name(change, message->stream);
    to->stream = message->stream;
    write_size(change, to->size, size);
    snprintf(message->text, sizeof message->text,
             "%s: %.4g instead of %.4g%s%s, %s, seen in %" PRIu32 " bursts from burst %" PRIu32 " on (Z = %.1f).",
             info->title, to->measured, to->expected, *info->unit ? " " : "", info->unit, size, change->bursts,
             change->start, finite_or_zero(alarm->z));
}

/* Something that holds or does not. */
static void fill_condition(const struct alarm *alarm, struct alarm_message *message)
{
    message->alarm.measured = finite_or_zero(alarm->condition.measured);
    snprintf(message->text, sizeof message->text, "%s", alarm->condition.text);
}

void core_message_alarm(const struct alarm *alarm, struct alarm_message *message)
{
    Hnlmon__V1__Alarm *to = &message->alarm;
    *to = (Hnlmon__V1__Alarm)HNLMON__V1__ALARM__INIT;
    to->id = core_message_text(alarm->id);
    to->kind = (Hnlmon__V1__AlarmKind)alarm->kind;
    to->severity = (Hnlmon__V1__Severity)alarm->severity;
    to->state = (Hnlmon__V1__AlarmState)alarm->state;
    to->z = finite_or_zero(alarm->z);
    to->first_run = alarm->first_run;
    to->first_burst = alarm->first_burst;
    to->last_run = alarm->last_run;
    to->last_burst = alarm->last_burst;
    to->count = alarm->count;
    to->quality = core_message_text(alarm->is_suspect ? "SUSPECT" : "");
    to->action = core_message_text(alarm_action(alarm));
    to->durable = alarm->is_durable;
    to->sequence = alarm->sequence;
    if (alarm->state == ALARM_SHELVED)
        to->shelved_until_ns = (uint64_t)alarm->shelved_until_ns;
    if (alarm_is_physics(alarm->kind))
        fill_excess(alarm, message);
    else if (alarm_is_change(alarm->kind))
        fill_change(alarm, message);
    else
        fill_condition(alarm, message);
    to->text = message->text;
}
