/* SPDX-License-Identifier: MIT */
/*
 * report - a run as plain text for a logbook: what was taken, what went wrong, what it excludes. At most LINES_MAX
 * lines of ASCII, mostly within LINE_COLUMNS, and the same text whenever the same state of the daemon is asked: no
 * clock of this machine goes into it.
 *
 * It reads the published sums of one burst and asks for status and alarms; nothing is calculated here. The daemon knows
 * its current run only, so that a report is made before the next one begins.
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "cli/cli.h"
#include "cli/digest.h"
#include "cli/feed.h"
#include "cli/field.h"
#include "cli/label.h"
#include "cli/masses.h"
#include "cli/options.h"
#include "cli/paragraph.h"
#include "cli/query.h"
#include "core/horizon.h"
#include "core/line.h"

#define LINES_MAX 60
#define LINE_COLUMNS 80
#define ALARMS_SHOWN 7u
#define ALARM_TEXT_LINES 2
#define ALARM_TEXT_COLUMNS (LINE_COLUMNS - 8)
#define LINE_BYTES 256
#define NS_PER_SECOND 1000000000u
#define TIME_SIZE 32

enum report_row { ROW_RUN, ROWS };

static const struct option_row rows[ROWS] = {
    [ROW_RUN] = {"run", "N", "only if this is the run of the daemon"},
};

/* Topics that it is made of: the burst, the scans of the unprescaled line, those of the run of the other lines. */
enum piece {
    PIECE_BURST,
    PIECE_SCANS,
    PIECE_LINES = PIECE_SCANS + HORIZON_COUNT - HORIZON_1,
    PIECES = PIECE_LINES + 2
};

_Static_assert(PIECES <= FEED_TOGETHER_MAX, "one question for all");
_Static_assert(LINE_COUNT == 3, "two lines beside the unprescaled one");

struct report {
    json_t *pieces[PIECES];
    json_t *status, *alarms; /* replies */
};

static const json_t *burst_of(const struct report *report)
{
    return field_object(report->pieces[PIECE_BURST], "burst_summary");
}

static const json_t *scan_of(const struct report *report, enum horizon_id horizon)
{
    return field_object(report->pieces[PIECE_SCANS + horizon - HORIZON_1], "scan");
}

/* Of the run. */
static const json_t *scan_of_line(const struct report *report, enum line line)
{
    return line == LINE_UNPRESCALED ? scan_of(report, HORIZON_RUN)
                                    : field_object(report->pieces[PIECE_LINES + line - LINE_DOWNSCALED], "scan");
}

/* ---- lines of ASCII ---- */

/* Whatever the daemon says: a byte that is not printable ASCII becomes '?', and a line too long is cut. */
static void put(const char *format, ...) __attribute__((format(printf, 1, 2)));
static void put(const char *format, ...)
{
    char line[LINE_BYTES];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    for (char *c = line; *c != '\0'; c++)
        if (*c < ' ' || *c > '~')
            *c = '?';
    size_t size = strlen(line);
    while (size > 0 && line[size - 1] == ' ')
        line[--size] = '\0';
    (void)puts(line);
}

/* "2026-07-23 12:34:56.789 UTC"; "-" for 0. */
static const char *time_text(uint64_t ns, char text[TIME_SIZE])
{
    time_t seconds = (time_t)(ns / NS_PER_SECOND);
    struct tm utc;
    char date[TIME_SIZE];
    (void)snprintf(text, TIME_SIZE, "-");
    if (ns > 0 && gmtime_r(&seconds, &utc) != NULL && strftime(date, sizeof date, "%Y-%m-%d %H:%M:%S", &utc) > 0)
        (void)snprintf(text, TIME_SIZE, "%.19s.%03u UTC", date, (unsigned)(ns % NS_PER_SECOND / 1000000));
    return text;
}

/* "1.23e-06", "-" for none. */
static const char *u2_text(const json_t *hypothesis, const char *field, char text[TIME_SIZE])
{
    double u2 = field_number(hypothesis, field);
    (void)snprintf(text, TIME_SIZE, u2 > 0 ? "%.2e" : "-", u2);
    return text;
}

/* ---- sections ---- */

static void put_head(const struct report *report)
{
    const json_t *burst = burst_of(report), *run = scan_of(report, HORIZON_RUN);
    char from[TIME_SIZE], to[TIME_SIZE], label[LABEL_SIZE];
    uint64_t begin_ns = field_count(burst, "run_begin_ns"), end_ns = field_count(burst, "t_end_ns");
    put("hnlmon report of run %" PRIu64 "  [%s]", field_count(burst, "run"),
        label_of(report->pieces[PIECE_BURST], label));
    put("time      %s to %s, %.1f min", time_text(begin_ns, from), time_text(end_ns, to),
        end_ns > begin_ns && begin_ns > 0 ? (double)(end_ns - begin_ns) / NS_PER_SECOND / 60 : 0.0);
    put("bursts    %" PRIu64 " closed, the last is burst %" PRIu64 "; period: %" PRIu64 ", %" PRIu64 " left out",
        field_count(run, "bursts"), field_count(burst, "burst"), field_count(scan_of(report, HORIZON_PERIOD), "bursts"),
        field_count(scan_of(report, HORIZON_PERIOD), "left_out"));
    put("programs  hnlmond %s (%s), template %s", field_text(report->status, "version"),
        field_text(report->status, "kernel"), field_text(run, "template"));
}

/* " veto=12 cda=3": the counts of all sources under one name, in the order in which they come first. */
static void add_reasons(const json_t *sources, const char *list, char *text, size_t size)
{
    size_t index, inner, used = strlen(text);
    const json_t *source, *count;
    json_t *sums = json_object();
    json_array_foreach(sources, index, source)
    {
        json_array_foreach(field_object(source, list), inner, count)
        {
            const char *name = field_text(count, "name");
            uint64_t sum = field_count(sums, name) + field_count(count, "count");
            (void)json_object_set_new(sums, name, json_integer((json_int_t)sum));
        }
    }
    const char *name;
    json_t *sum;
    json_object_foreach(sums, name, sum)
    {
        int added = snprintf(text + used, size - used, " %s=%" PRIu64, name, (uint64_t)json_integer_value(sum));
        used += added > 0 && (size_t)added < size - used ? (size_t)added : 0;
    }
    json_decref(sums);
}

static void put_ledger(const struct report *report)
{
    const json_t *sources = field_object(report->status, "sources"), *source;
    struct digest_ledger ledger = {0};
    char reasons[LINE_BYTES] = "";
    size_t index;
    json_array_foreach(sources, index, source) digest_add_source(&ledger, source);
    put("LEDGER    sent=%" PRIu64 " accepted=%" PRIu64 " rejected=%" PRIu64 " lost=%" PRIu64, ledger.sent,
        ledger.accepted, ledger.rejected, ledger.lost);
    put("          since the sources started, which may be before this run");
    add_reasons(sources, "rejected", reasons, sizeof reasons);
    put("rejected %s", *reasons != '\0' ? reasons : " none");
    *reasons = '\0';
    add_reasons(sources, "lost", reasons, sizeof reasons);
    put("lost     %s", *reasons != '\0' ? reasons : " none");
}

/* "7.86e+08 +- 7.9e+05", "-" where it is not known. */
static const char *exposure_text(const json_t *scan, char text[TIME_SIZE])
{
    double n_kaon = field_number(scan, "n_kaon");
    if (n_kaon > 0)
        (void)snprintf(text, TIME_SIZE, "%.4g +- %.1e", n_kaon, field_number(scan, "n_kaon_error"));
    else
        (void)snprintf(text, TIME_SIZE, "-");
    return text;
}

static void put_lines(const struct report *report)
{
    size_t index;
    const json_t *line;
    char exposure[TIME_SIZE];
    put("%s", "");
    put("%-13s %12s %12s %14s %22s", "LINES", "rate (Hz)", "bytes/s", "taken in run", "exposure of the run");
    json_array_foreach(field_object(burst_of(report), "lines"), index, line)
    {
        enum line id = line_by_name(field_text(line, "line"));
        const json_t *scan = id < LINE_COUNT ? scan_of_line(report, id) : NULL;
        put("%-13s %12.1f %12.0f %14" PRIu64 " %22s", field_text(line, "line"), field_number(line, "rate_hz"),
            field_number(line, "bandwidth_bytes_per_s"), field_count(line, "accepted_run"),
            exposure_text(scan, exposure));
    }
    put("rates: after the veto, per second of spill, last burst");
    put("exposure: kaon decays x share taken, with its statistical error; -: not known");
}

static void put_alarm(const json_t *alarm)
{
    uint64_t first = field_count(alarm, "first_burst"), last = field_count(alarm, "last_burst");
    bool is_one_run = field_count(alarm, "first_run") == field_count(alarm, "last_run") && last >= first;
    char duration[TIME_SIZE] = "";
    const char *text = field_text(alarm, "text");
    if (is_one_run)
        (void)snprintf(duration, sizeof duration, " (%" PRIu64 " burst%s)", last - first + 1, last == first ? "" : "s");
    put("%-7s %-8s %-23s %" PRIu64 "/%" PRIu64 " to %" PRIu64 "/%" PRIu64 "%s%s%s", field_text(alarm, "severity"),
        field_text(alarm, "kind"), field_text(alarm, "state"), field_count(alarm, "first_run"), first,
        field_count(alarm, "last_run"), last, duration, *field_text(alarm, "quality") != '\0' ? " " : "",
        field_text(alarm, "quality"));
    for (int i = 0; i < ALARM_TEXT_LINES && *text != '\0'; i++) {
        size_t line = paragraph_line(text, ALARM_TEXT_COLUMNS);
        put("        %.*s", (int)line, text);
        text = paragraph_rest(text, line);
    }
}

static void put_alarms(const struct report *report)
{
    const json_t *alarms = field_object(report->alarms, "alarms"), *alarm;
    size_t index, count = json_array_size(alarms);
    put("%s", "");
    put("ALARMS    raised, waiting or shelved: %zu (run/burst)", count);
    json_array_foreach(alarms, index, alarm)
    {
        if (index < ALARMS_SHOWN)
            put_alarm(alarm);
    }
    if (count > ALARMS_SHOWN)
        put("and %zu more", count - ALARMS_SHOWN);
}

static void put_best(const json_t *scan)
{
    const json_t *best = digest_best_hypothesis(scan);
    const char *horizon = field_text(scan, "horizon"), *withheld = field_text(scan, "withheld");
    if (*withheld != '\0')
        put("%-8s withheld: %s", horizon, withheld);
    else if (best == NULL)
        put("%-8s no valid hypothesis", horizon);
    else
        put("%-8s %5.0f %9" PRIu64 " %11.2f +- %-8.2f %+7.2f %12.2e", horizon, field_number(best, "m_n_mev"),
            field_count(best, "n"), field_number(best, "b"), field_number(best, "sigma_b"), field_number(best, "z"),
            field_number(best, "far_hz"));
}

static void put_excesses(const struct report *report)
{
    put("%s", "");
    put("%-8s %5s %9s %23s %7s %12s", "EXCESS", "m_N", "n", "b +- sigma_b", "z", "FAR (Hz)");
    for (enum horizon_id horizon = HORIZON_1; horizon < HORIZON_COUNT; horizon++)
        put_best(scan_of(report, horizon));
    put("largest of all masses, unprescaled line. z: Li-Ma; alarms and FAR: exact, Z_Bi");
    put("FAR: background alone brings some mass this far, at 4000 bursts a day");
}

static void put_limits(const struct report *report)
{
    const json_t *scan = scan_of(report, HORIZON_RUN), *downscaled = scan_of_line(report, LINE_DOWNSCALED);
    put("%s", "");
    put("%-8s %12s %12s %12s %14s", "LIMITS", "observed", "expected", "paper", "downscaled");
    if (*field_text(scan, "withheld") != '\0')
        put("withheld: %s", field_text(scan, "withheld"));
    for (uint32_t i = 0; i < MASSES_SHOWN && *field_text(scan, "withheld") == '\0'; i++) {
        const json_t *at = digest_hypothesis_at(scan, masses_shown[i]),
                     *there = digest_hypothesis_at(downscaled, masses_shown[i]);
        char text[4][TIME_SIZE];
        put("%5.0f    %12s %12s %12s %14s", masses_shown[i], u2_text(at, "u2_limit", text[0]),
            u2_text(at, "u2_expected", text[1]), u2_text(at, "u2_paper", text[2]), u2_text(there, "u2_limit", text[3]));
    }
    put("|U_e|^2 at 90 %% CLs, run, by m_N in MeV, f_sys = %g; downscaled: observed", field_number(scan, "f_sys"));
    put("paper: as arXiv:2008.11654, the background known exactly");
}

static void print_text(const struct report *report)
{
    put_head(report);
    put_ledger(report);
    put_lines(report);
    put_alarms(report);
    put_excesses(report);
    put_limits(report);
}

_Static_assert(4 + 4 + (4 + LINE_COUNT) + (3 + (1 + ALARM_TEXT_LINES) * ALARMS_SHOWN) +
                       (4 + HORIZON_COUNT - HORIZON_1) + (5 + MASSES_SHOWN) <=
                   LINES_MAX,
               "a report stays within its lines");

/* ---- JSON ---- */

/* A list of references to the values of one field. */
static json_t *best_json(const struct report *report)
{
    json_t *list = json_array();
    for (enum horizon_id horizon = HORIZON_1; horizon < HORIZON_COUNT; horizon++) {
        const json_t *scan = scan_of(report, horizon), *best = digest_best_hypothesis(scan);
        json_t *entry =
            json_pack("{s:s, s:s}", "horizon", horizon_name(horizon), "withheld", field_text(scan, "withheld"));
        if (best != NULL)
            (void)json_object_set(entry, "hypothesis", (json_t *)(uintptr_t)best);
        (void)json_array_append_new(list, entry);
    }
    return list;
}

static json_t *limits_json(const json_t *scan)
{
    json_t *list = json_array();
    for (uint32_t i = 0; i < MASSES_SHOWN; i++) {
        const json_t *at = digest_hypothesis_at(scan, masses_shown[i]);
        if (at != NULL && field_number(at, "u2_limit") > 0)
            (void)json_array_append(list, (json_t *)(uintptr_t)at);
    }
    return list;
}

static void print_json(const struct report *report)
{
    json_t *exposures = json_array();
    for (enum line line = LINE_UNPRESCALED; line < LINE_COUNT; line++) {
        const json_t *scan = scan_of_line(report, line);
        (void)json_array_append_new(exposures, json_pack("{s:s, s:f, s:f, s:s, s:o}", "line", line_name(line), "n_kaon",
                                                         field_number(scan, "n_kaon"), "n_kaon_error",
                                                         field_number(scan, "n_kaon_error"), "withheld",
                                                         field_text(scan, "withheld"), "limits", limits_json(scan)));
    }
    char label[LABEL_SIZE];
    const json_t *run = scan_of(report, HORIZON_RUN);
    json_t *all = json_pack(
        "{s:I, s:s, s:I, s:s, s:O, s:O, s:O, s:o, s:o}", "run", (json_int_t)field_count(burst_of(report), "run"),
        "origin", label_of(report->pieces[PIECE_BURST], label), "bursts", (json_int_t)field_count(run, "bursts"),
        "template", field_text(run, "template"), "burst_summary", burst_of(report), "status", report->status, "alarms",
        field_object(report->alarms, "alarms"), "best", best_json(report), "lines", exposures);
    field_print_json(all);
    json_decref(all);
}

/* ---- all ---- */

static bool take_sums(struct options *options, struct report *report)
{
    char names[PIECES][FEED_NAME_BYTES];
    const char *pointers[PIECES];
    for (int i = 0; i < PIECES; i++)
        pointers[i] = names[i];
    (void)snprintf(names[PIECE_BURST], FEED_NAME_BYTES, "burst.");
    for (enum horizon_id horizon = HORIZON_1; horizon < HORIZON_COUNT; horizon++)
        (void)snprintf(names[PIECE_SCANS + horizon - HORIZON_1], FEED_NAME_BYTES, "scan.%s.%s.",
                       line_name(LINE_UNPRESCALED), horizon_name(horizon));
    for (enum line line = LINE_DOWNSCALED; line < LINE_COUNT; line++)
        (void)snprintf(names[PIECE_LINES + line - LINE_DOWNSCALED], FEED_NAME_BYTES, "scan.%s.%s.", line_name(line),
                       horizon_name(HORIZON_RUN));
    struct feed *feed = feed_open(options);
    if (feed == NULL)
        return false;
    bool is_taken = feed_take_together(feed, pointers, PIECES, report->pieces);
    feed_close(feed);
    return is_taken;
}

/* Status and alarms; false: said so on stderr, and options->exit_code is set. */
static bool ask(struct options *options, struct report *report)
{
    json_t *reply = query_ask_yes(options, &(struct control_request){.kind = CONTROL_STATUS});
    if (reply == NULL)
        return false;
    report->status = json_incref((json_t *)(uintptr_t)field_object(reply, "status"));
    json_decref(reply);
    report->alarms = query_ask_yes(options, &(struct control_request){.kind = CONTROL_ALARMS});
    return report->alarms != NULL;
}

static bool is_run(struct options *options, const struct report *report, double run)
{
    uint64_t there = field_count(burst_of(report), "run");
    if (run == 0 || (double)there == run)
        return true;
    (void)fprintf(stderr, "hnlmon report: the daemon is at run %" PRIu64 " and keeps no other\n", there);
    options->exit_code = CLI_FAILED;
    return false;
}

int cli_report(int argc, char **argv)
{
    struct options options = {
        .command = "report",
        .operands = "",
        .summary =
            "Prints the run as plain text for the logbook: times, bursts, ledger, rates, alarms, the largest excess\n"
            "on every horizon, limits at six masses. At most 60 lines of ASCII; the same state gives the same text.",
        .rows = rows,
        .row_count = ROWS,
        .shared = OPTIONS_QUERY};
    double run = 0;
    for (int row; (row = options_next(&options, argc, argv)) != OPTIONS_END;)
        if (row == OPTIONS_EXIT || !options_number(&options, row, 1, UINT32_MAX, &run))
            return options.exit_code;
    if (!options_expect_operands(&options, 0, 0))
        return options.exit_code;
    if (options.timeout_s <= 0)
        options.timeout_s = QUERY_TIMEOUT_S;
    struct report report = {{NULL}, NULL, NULL};
    if (take_sums(&options, &report) && is_run(&options, &report, run) && ask(&options, &report))
        (options.is_json ? print_json : print_text)(&report);
    feed_drop(report.pieces, PIECES);
    json_decref(report.status);
    json_decref(report.alarms);
    return options.exit_code;
}
