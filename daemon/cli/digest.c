/* SPDX-License-Identifier: MIT */
/*
 * digest - see digest.h.
 *
 * Every line begins with a word in capitals. Lines for people are aligned; the ALARM line is key=value, because scripts
 * rely on it.
 */
#include "cli/digest.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "cli/feed.h"
#include "cli/field.h"
#include "cli/label.h"
#include "cli/terminal.h"

#define WIDE_COLUMNS 128 /* a burst with five horizons fits on one line */
#define Z_NOTABLE 3.0    /* shown in colour from here on */

const json_t *digest_best_hypothesis(const json_t *scan)
{
    const json_t *best = NULL, *hypothesis;
    size_t index;
    if (field_flag(scan, "blind"))
        return NULL;
    json_array_foreach(field_object(scan, "hypotheses"), index, hypothesis)
    {
        bool is_better = best == NULL || field_number(hypothesis, "z") > field_number(best, "z");
        if (field_flag(hypothesis, "valid") && *field_text(hypothesis, "withheld") == '\0' && is_better)
            best = hypothesis;
    }
    return best;
}

const json_t *digest_hypothesis_at(const json_t *scan, double m_n_mev)
{
    size_t index;
    const json_t *hypothesis;
    json_array_foreach(field_object(scan, "hypotheses"), index, hypothesis)
    {
        if (fabs(field_number(hypothesis, "m_n_mev") - m_n_mev) < 0.5)
            return hypothesis;
    }
    return NULL;
}

static enum terminal_style z_style(double z)
{
    return z >= Z_NOTABLE ? STYLE_WARNING : STYLE_PLAIN;
}

/* " run: 150 +7.1": a horizon, its most significant mass in MeV, and the z there; "-" where nothing may be concluded.
 * The period is not there until something may be. */
static void print_best(const json_t *best, bool is_narrow)
{
    double m_n_mev = field_number(best, "m_n_mev"), z = field_number(best, "z");
    bool is_silent = m_n_mev <= 0 || *field_text(best, "withheld") != '\0';
    if (is_silent && strcmp(field_text(best, "horizon"), "period") == 0)
        return;
    printf(is_narrow ? " %s:" : "  %s: ", field_text(best, "horizon"));
    if (is_silent)
        printf("-");
    else
        printf(is_narrow ? "%s%.0f%+.1f%s" : "%s%.0f %+.1f%s", terminal_style(z_style(z)), m_n_mev, z,
               terminal_style(STYLE_PLAIN));
}

static void print_burst_counts(const json_t *burst, bool is_narrow)
{
    char text[GROUPED_SIZE];
    uint64_t sent = field_count(burst, "sent"), accepted = field_count(burst, "accepted");
    printf("BURST   %" PRIu64 "/%-4" PRIu64, field_count(burst, "run"), field_count(burst, "burst"));
    if (is_narrow) {
        printf(" cand %-5s", terminal_short((double)sent, text));
        printf(" acc %-5s z", terminal_short((double)accepted, text));
    } else {
        printf("  cand %11s", terminal_grouped(sent, text));
        printf("  acc %11s  z", terminal_grouped(accepted, text));
    }
}

static void print_burst(const json_t *burst)
{
    bool is_narrow = terminal_width() < WIDE_COLUMNS;
    print_burst_counts(burst, is_narrow);
    size_t index;
    const json_t *best;
    json_array_foreach(field_object(burst, "best"), index, best) print_best(best, is_narrow);
    char lost[GROUPED_SIZE];
    if (field_count(burst, "lost") > 0)
        printf("  %slost %s%s", terminal_style(STYLE_BAD), terminal_grouped(field_count(burst, "lost"), lost),
               terminal_style(STYLE_PLAIN));
    if (!field_flag(burst, "complete"))
        printf("  %sincomplete: %s%s", terminal_style(STYLE_WARNING), field_text(burst, "quality"),
               terminal_style(STYLE_PLAIN));
    (void)putchar('\n');
}

static enum terminal_style alarm_style(const json_t *alarm)
{
    if (strcmp(field_text(alarm, "state"), "UNACKNOWLEDGED") != 0)
        return STYLE_PLAIN;
    return strcmp(field_text(alarm, "severity"), "MINOR") == 0 ? STYLE_WARNING : STYLE_BAD;
}

/* A search window: mass and significance, and what else showed it. */
static void print_excess(const json_t *alarm)
{
    printf("m_n_mev=%g z=%.2f id=%s horizon=%s line=%s far_hz=%.2g", field_number(alarm, "m_n_mev"),
           field_number(alarm, "z"), field_text(alarm, "id"), field_text(alarm, "horizon"), field_text(alarm, "line"),
           field_number(alarm, "far_hz"));
    if (field_number(alarm, "m_n_high_mev") > 0)
        printf(" m_n_low_mev=%g m_n_high_mev=%g", field_number(alarm, "m_n_low_mev"),
               field_number(alarm, "m_n_high_mev"));
    if (*field_text(alarm, "horizons") != '\0')
        printf(" horizons=%s", field_text(alarm, "horizons"));
}

/* What it is about: a number of data quality that changed, a search window, or something that holds. */
static void print_subject(const json_t *alarm)
{
    if (*field_text(alarm, "stream") != '\0')
        printf("stream=%s size=%+.3f z=%.2f id=%s measured=%.5g expected=%.5g since=%" PRIu64,
               field_text(alarm, "stream"), field_number(alarm, "size"), field_number(alarm, "z"),
               field_text(alarm, "id"), field_number(alarm, "measured"), field_number(alarm, "expected"),
               field_count(alarm, "first_burst"));
    else if (*field_text(alarm, "horizon") != '\0')
        print_excess(alarm);
    else
        printf("measured=%g id=%s", field_number(alarm, "measured"), field_text(alarm, "id"));
}

void digest_print_alarm(const json_t *alarm)
{
    const char *quality = field_text(alarm, "quality");
    printf("%sALARM %s %s ", terminal_style(alarm_style(alarm)), field_text(alarm, "severity"),
           field_text(alarm, "kind"));
    print_subject(alarm);
    printf("%s%s state=%s run=%" PRIu64 " burst=%" PRIu64 " count=%" PRIu64 "%s\n", *quality ? " quality=" : "",
           quality, field_text(alarm, "state"), field_count(alarm, "last_run"), field_count(alarm, "last_burst"),
           field_count(alarm, "count"), terminal_style(STYLE_PLAIN));
}

void digest_add_source(struct digest_ledger *ledger, const json_t *source)
{
    ledger->sent += field_count(source, "next_seq") - field_count(source, "first_seq");
    ledger->accepted += field_count(source, "accepted");
    ledger->rejected += field_counts_sum(source, "rejected");
    ledger->lost += field_counts_sum(source, "lost");
}

static void print_status(const json_t *status)
{
    struct digest_ledger ledger = {0};
    size_t index;
    const json_t *source;
    json_array_foreach(field_object(status, "sources"), index, source) digest_add_source(&ledger, source);
    char counts[3][GROUPED_SIZE], rate[GROUPED_SIZE];
    printf("STATUS  %-8s %9s/s  sent %s  acc %s  lost %s  alarms %" PRIu64 "%s\n", field_text(status, "state"),
           terminal_short(field_number(status, "rate_hz"), rate), terminal_grouped(ledger.sent, counts[0]),
           terminal_grouped(ledger.accepted, counts[1]), terminal_grouped(ledger.lost, counts[2]),
           field_count(status, "alarms_active"), field_flag(status, "recording") ? "  recording" : "");
}

static void print_histogram(const json_t *histogram)
{
    char entries[GROUPED_SIZE];
    printf("HIST    %-24s %-4s %15s entries in %" PRIu64 " bursts\n", field_text(histogram, "name"),
           field_text(histogram, "horizon"), terminal_grouped(field_count(histogram, "entries"), entries),
           field_count(histogram, "bursts"));
}

static void print_scan(const json_t *scan)
{
    const json_t *best = digest_best_hypothesis(scan);
    printf("SCAN    %-24s %-6s ", field_text(scan, "line"), field_text(scan, "horizon"));
    if (*field_text(scan, "withheld") != '\0')
        printf("withheld: %s\n", field_text(scan, "withheld"));
    else if (best == NULL)
        printf("no valid hypothesis\n");
    else
        printf("best m_N %.0f MeV  %sz %+.2f%s  n %" PRIu64 "  b %.2f +- %.2f\n", field_number(best, "m_n_mev"),
               terminal_style(z_style(field_number(best, "z"))), field_number(best, "z"), terminal_style(STYLE_PLAIN),
               field_count(best, "n"), field_number(best, "b"), field_number(best, "sigma_b"));
}

static void print_log(const json_t *log)
{
    static const char *const levels[] = {"EMERG", "ALERT", "CRIT", "ERROR", "WARNING", "NOTICE", "INFO", "DEBUG"};
    uint64_t level = field_count(log, "level");
    printf("LOG     %-7s %s: %s\n", level < sizeof levels / sizeof *levels ? levels[level] : "?",
           field_text(log, "module"), field_text(log, "text"));
}

void digest_print(const json_t *envelope)
{
    static const struct {
        const char *content;
        void (*print)(const json_t *content);
    } printers[] = {
        {"status", print_status}, {"burst_summary", print_burst}, {"histogram", print_histogram},
        {"scan", print_scan},     {"alarm", digest_print_alarm},  {"log_line", print_log},
    };
    for (size_t i = 0; i < sizeof printers / sizeof *printers; i++) {
        const json_t *content = field_object(envelope, printers[i].content);
        if (content == NULL)
            continue;
        printers[i].print(content);
        return;
    }
    printf("EMPTY   %s\n", feed_short_topic(field_text(envelope, "topic")));
}

bool digest_print_scan_head(const json_t *envelope, const json_t *scan, const char *consequence)
{
    const char *withheld = field_text(scan, "withheld");
    bool is_blind = field_flag(scan, "blind");
    uint64_t bursts = field_count(scan, "bursts");
    printf("%s%s, horizon %s%s: run %" PRIu64 ", %" PRIu64 " burst%s to burst %" PRIu64 "\n",
           terminal_style(STYLE_STRONG), field_text(scan, "line"), field_text(scan, "horizon"),
           terminal_style(STYLE_PLAIN), field_count(envelope, "run"), bursts, bursts == 1 ? "" : "s",
           field_count(envelope, "burst"));
    label_print(envelope);
    printf(", exposure %.4g kaon decays\n", field_number(scan, "n_kaon"));
    if (is_blind)
        printf("%sBLIND: n, z and limits are hidden; b is expected from the Ke3 peak.\n%s%s\n",
               terminal_style(STYLE_WARNING), consequence, terminal_style(STYLE_PLAIN));
    else if (*withheld != '\0')
        printf("%sWITHHELD: %s. %s%s\n", terminal_style(STYLE_WARNING), withheld, consequence,
               terminal_style(STYLE_PLAIN));
    return *withheld != '\0';
}
