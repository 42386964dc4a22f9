/* SPDX-License-Identifier: MIT */
/* status - the daemon's own account: where every candidate of every source went, rates, latency, recording, alarms. */
#include <inttypes.h>
#include <stdio.h>
#include <time.h>

#include "cli/cli.h"
#include "cli/digest.h"
#include "cli/field.h"
#include "cli/label.h"
#include "cli/options.h"
#include "cli/query.h"
#include "cli/terminal.h"

static void print_count(const char *label, uint64_t count, enum terminal_style style)
{
    char text[GROUPED_SIZE];
    printf("    %-28s %s%18s%s\n", label, terminal_style(style), terminal_grouped(count, text),
           terminal_style(STYLE_PLAIN));
}

static void print_reasons(const json_t *source, const char *list, enum terminal_style style)
{
    size_t index;
    const json_t *count;
    json_array_foreach(field_object(source, list), index, count)
    {
        char label[64];
        (void)snprintf(label, sizeof label, "  %s", field_text(count, "name"));
        print_count(label, field_count(count, "count"), style);
    }
}

static void print_source(const json_t *source)
{
    struct digest_ledger totals = {0};
    digest_add_source(&totals, source);
    bool is_connected = field_flag(source, "connected");
    printf("\n  %ssource %" PRIu64 " %s%s  epoch %s  %s%s%s", terminal_style(STYLE_STRONG),
           field_count(source, "source"), field_text(source, "name"), terminal_style(STYLE_PLAIN),
           field_text(source, "epoch"), terminal_style(is_connected ? STYLE_GOOD : STYLE_WARNING),
           is_connected ? "connected" : "away", terminal_style(STYLE_PLAIN));
    if (field_count(source, "run") > 0)
        printf("  run %" PRIu64 " burst %" PRIu64 "%s", field_count(source, "run"), field_count(source, "burst"),
               field_flag(source, "in_burst") ? " (open)" : "");
    (void)putchar('\n');
    print_count("sent", totals.sent, STYLE_PLAIN);
    print_count("accepted", totals.accepted, STYLE_PLAIN);
    print_count("rejected", totals.rejected, STYLE_PLAIN);
    print_reasons(source, "rejected", STYLE_FAINT);
    print_count("lost", totals.lost, totals.lost > 0 ? STYLE_BAD : STYLE_PLAIN);
    print_reasons(source, "lost", STYLE_BAD);
}

static void print_head(const json_t *status)
{
    printf("%shnlmond %s%s  %s  up %.0f s  kernel %s  template %s\n", terminal_style(STYLE_STRONG),
           field_text(status, "version"), terminal_style(STYLE_PLAIN), field_text(status, "state"),
           field_number(status, "uptime_s"), field_text(status, "kernel"), field_text(status, "template"));
}

static void print_tap(const json_t *status)
{
    const json_t *tap = field_object(status, "tap");
    char frames[GROUPED_SIZE], late[GROUPED_SIZE];
    if (tap == NULL)
        return;
    printf("  tap         %s frames heard, %s late, %" PRIu64 " refused\n",
           terminal_grouped(field_count(tap, "frames"), frames), terminal_grouped(field_count(tap, "late"), late),
           field_counts_sum(tap, "refused"));
    print_reasons(tap, "refused", STYLE_WARNING);
}

static void print_state(const json_t *status)
{
    const char *error = field_text(status, "state_error");
    uint64_t generation = field_count(status, "state_generation"), waiting = field_count(status, "journal_waiting"),
             lost = field_count(status, "journal_lost");
    if (generation == 0) {
        printf("  state       none: a restart starts from zero\n");
        return;
    }
    printf("  state       generation %" PRIu64 ", durable %.1f s ago%s", generation,
           field_number(status, "state_age_s"), field_flag(status, "state_current") ? ", nothing new since" : "");
    if (*error != '\0')
        printf(", %sno longer written: %s%s", terminal_style(STYLE_BAD), error, terminal_style(STYLE_PLAIN));
    if (waiting > 0)
        printf(", %sno room for %" PRIu64 " journal records%s", terminal_style(STYLE_WARNING), waiting,
               terminal_style(STYLE_PLAIN));
    if (lost > 0)
        printf(", %s%" PRIu64 " journal records lost%s", terminal_style(STYLE_BAD), lost, terminal_style(STYLE_PLAIN));
    (void)putchar('\n');
}

static void print_flow(const json_t *status)
{
    char rate[GROUPED_SIZE], frames[GROUPED_SIZE], duplicates[GROUPED_SIZE], messages[GROUPED_SIZE],
        bytes[GROUPED_SIZE];
    uint64_t refused = field_counts_sum(status, "refused"), unrecorded = field_count(status, "unrecorded");
    printf("\n  rate        %s candidates/s\n", terminal_short(field_number(status, "rate_hz"), rate));
    printf("  latency     %.3g us median, %.3g us at 99 %%\n", field_number(status, "latency_p50_us"),
           field_number(status, "latency_p99_us"));
    printf("  frames      %s received, %s duplicates, %s%" PRIu64 " refused%s\n",
           terminal_grouped(field_count(status, "frames"), frames),
           terminal_grouped(field_count(status, "duplicates"), duplicates),
           terminal_style(refused > 0 ? STYLE_WARNING : STYLE_PLAIN), refused, terminal_style(STYLE_PLAIN));
    print_reasons(status, "refused", STYLE_WARNING);
    print_tap(status);
    printf("  publisher   %s messages, %" PRIu64 " topics cached (%sB)\n",
           terminal_grouped(field_count(status, "published"), messages), field_count(status, "cached_topics"),
           terminal_short((double)field_count(status, "cached_bytes"), bytes));
    printf("  memory      %.1f MiB\n", (double)field_count(status, "rss_bytes") / 1048576.0);
    print_state(status);
    printf("  recording   %s", field_flag(status, "recording") ? "on" : "off");
    if (unrecorded > 0)
        printf(", %s%" PRIu64 " frames not recorded%s", terminal_style(STYLE_BAD), unrecorded,
               terminal_style(STYLE_PLAIN));
    printf("\n  alarms      %" PRIu64 " active\n", field_count(status, "alarms_active"));
}

/* Where the candidates come from, and who shows the searched region of DATA. */
static void print_origin(const json_t *reply, const json_t *status)
{
    label_print_line(reply);
    if (*field_text(status, "unblinded_by") == '\0')
        return;
    time_t since = (time_t)(field_count(status, "unblinded_ns") / 1000000000u);
    struct tm utc;
    char text[32];
    (void)strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S UTC", gmtime_r(&since, &utc));
    printf("%sUNBLINDED by %s since %s: %s%s\n", terminal_style(STYLE_BAD), field_text(status, "unblinded_by"), text,
           field_text(status, "unblind_reason"), terminal_style(STYLE_PLAIN));
}

static void print_status(const json_t *reply)
{
    const json_t *status = field_object(reply, "status");
    struct digest_ledger totals = {0};
    size_t index;
    const json_t *source;
    print_head(status);
    print_origin(reply, status);
    json_array_foreach(field_object(status, "sources"), index, source)
    {
        print_source(source);
        digest_add_source(&totals, source);
    }
    print_flow(status);
    printf("\nLEDGER sent=%" PRIu64 " accepted=%" PRIu64 " rejected=%" PRIu64 " lost=%" PRIu64 "\n", totals.sent,
           totals.accepted, totals.rejected, totals.lost);
}

int cli_status(int argc, char **argv)
{
    struct options options = {.command = "status",
                              .operands = "",
                              .summary =
                                  "Shows where every candidate of every source went, and how the daemon is doing.",
                              .shared = OPTIONS_QUERY};
    if (options_next(&options, argc, argv) == OPTIONS_EXIT || !options_expect_operands(&options, 0, 0))
        return options.exit_code;
    json_t *reply = query_ask_yes(&options, &(struct control_request){.kind = CONTROL_STATUS});
    if (reply == NULL)
        return options.exit_code;
    if (options.is_json)
        field_print_json(field_object(reply, "status"));
    else
        print_status(reply);
    json_decref(reply);
    return CLI_DONE;
}
