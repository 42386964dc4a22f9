/* SPDX-License-Identifier: MIT */
/*
 * null - the false alarms of the monitor, counted: months of bursts without a signal, through everything that a closed
 * burst goes through, beside the rates that the thresholds are made for. Needs no daemon.
 *
 * This file reads the command line and prints. Bursts come from null_source.h, what is counted from alarm_census.h and
 * episodes.h.
 */
#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "cli/alarm_census.h"
#include "cli/cli.h"
#include "cli/episodes.h"
#include "cli/options.h"
#include "cli/poisson_interval.h"
#include "cli/simulation_options.h"
#include "core/template.h"

#define MONTH_DAYS 30.0
#define BURSTS_MAX 1e10
#define F_SYS_MAX 1.0       /* as in the settings: a background that is known worse is not known */
#define F_SYS_ROUNDING 1e-4 /* of the coefficients of the background functional: no bias to speak of */
#define CONFIDENCE_LEVEL 0.95

enum null_row { ROW_BURSTS = SIMULATION_ROWS, ROW_MONTHS, ROW_TRUTH, ROW_COVER, ROW_STREAM, ROWS };

static const struct option_row rows[ROWS] = {
    SIMULATION_OPTION_ROWS,
    [ROW_BURSTS] = {"bursts", "N", "to simulate [one month]"},
    [ROW_MONTHS] = {"months", "M", "to simulate instead, of 30 days"},
    [ROW_TRUTH] = {"truth", "NAME", "spectrum: " TRUTH_WORDS " [same]"},
    [ROW_COVER] = {"cover", NULL, "raise f_sys to what the bias of that spectrum needs"},
    [ROW_STREAM] = {"stream", "N", "of random numbers of the seed [0]"},
};

struct request {
    struct simulation_choice choice;
    const char *truth;
    bool is_covered;       /* f_sys is at least what the truth needs */
    double bursts, months; /* 0 when not given */
};

/* ---- the command line ---- */

static bool take_truth(struct options *options, const char **truth)
{
    *truth = options->value;
    return truth_is_known(*truth) || options_none_of(options, ROW_TRUTH, TRUTH_WORDS);
}

static bool take_stream(struct options *options, uint64_t *stream)
{
    double value = 0;
    bool is_count = simulation_take_count(options, ROW_STREAM, 0, 1e9, &value);
    *stream = (uint64_t)value;
    return is_count;
}

/* False: leave with options->exit_code. */
static bool take_option(struct options *options, int row, struct request *request)
{
    if (row < (int)SIMULATION_ROWS)
        return simulation_take_option(options, (enum simulation_row)row, &request->choice);
    switch ((enum null_row)row) {
    case ROW_BURSTS:
        return simulation_take_count(options, row, 1, BURSTS_MAX, &request->bursts);
    case ROW_MONTHS:
        return options_number(options, row, 1e-4, 1e4, &request->months);
    case ROW_TRUTH:
        return take_truth(options, &request->truth);
    case ROW_COVER:
        return request->is_covered = true;
    case ROW_STREAM:
        return take_stream(options, &request->choice.setting.source.stream);
    case ROWS:
        break;
    }
    return false;
}

static bool parse(struct options *options, struct request *request, int argc, char **argv)
{
    for (int row; (row = options_next(options, argc, argv)) != OPTIONS_END;)
        if (row == OPTIONS_EXIT || !take_option(options, row, request))
            return false;
    if (request->bursts > 0 && request->months > 0)
        return options_refuse(options, "give either --bursts or --months");
    if (!(request->bursts > 0))
        request->bursts = ceil((request->months > 0 ? request->months : 1) * MONTH_DAYS * request->choice.per_day);
    return options_expect_operands(options, 0, 0);
}

/* ---- the simulation ---- */

struct outcome {
    struct alarm_census census;
    struct episodes episodes;
    struct truth truth;
    double bursts, months;
    double f_sys_needed, f_sys_m_n_mev; /* that covers the bias of b, and where it is largest */
    double draw_us, monitor_us;         /* CPU time per burst */
};

static void on_burst_closed(void *context, const struct burst_summary *summary)
{
    (void)context;
    (void)summary;
}

static void on_alarm_changed(void *context, const struct alarm *alarm)
{
    struct outcome *outcome = context;
    alarm_census_add(&outcome->census, alarm);
}

static void on_scan(void *context, const struct scan *scan)
{
    struct outcome *outcome = context;
    episodes_look(&outcome->episodes, scan);
}

static bool simulate(struct request *request, struct outcome *outcome)
{
    const struct monitor_observer observer = {outcome, on_burst_closed, on_alarm_changed};
    alarm_census_init(&outcome->census);
    episodes_init(&outcome->episodes);
    if (!truth_init(&outcome->truth, request->truth, &template_paper))
        return false;
    double *f_sys = &request->choice.setting.config.background.f_sys;
    outcome->f_sys_needed = truth_f_sys(&outcome->truth, &template_paper, &outcome->f_sys_m_n_mev);
    if (request->is_covered)
        *f_sys = fmin(fmax(*f_sys, outcome->f_sys_needed), F_SYS_MAX);
    struct simulation *simulation = simulation_create(&request->choice.setting, &outcome->truth, &observer);
    if (simulation == NULL)
        return false;
    monitor_watch_scans(simulation->monitor, on_scan, outcome);
    for (double burst = 0; burst < request->bursts; burst++)
        simulation_step(simulation);
    outcome->bursts = request->bursts;
    outcome->months = request->bursts / (MONTH_DAYS * request->choice.per_day);
    outcome->draw_us = 1e6 * simulation->draw_s / request->bursts;
    outcome->monitor_us = 1e6 * simulation->monitor_s / request->bursts;
    simulation_destroy(simulation);
    return true;
}

/* ---- false alarms ---- */

/* Rates are per 30 days. */
struct line_of_alarms {
    const char *severity, *kind, *horizon;
    uint64_t count;
    double design; /* NaN: none */
};

#define LINES_MAX 64u

struct table {
    struct line_of_alarms lines[LINES_MAX];
    uint32_t count;
};

static void add_line(struct table *table, const char *severity, const char *kind, const char *horizon, uint64_t count,
                     double design)
{
    if (table->count < LINES_MAX)
        table->lines[table->count++] = (struct line_of_alarms){severity, kind, horizon, count, design};
}

static void add_horizon(struct table *table, const struct outcome *outcome, const struct alarm_promise *promise,
                        enum horizon_id id, double bursts, struct line_of_alarms *total)
{
    const struct alarm_census_cell *excess = &outcome->census.cells[ALARM_EXCESS][id];
    const struct alarm_census_cell *anomaly = &outcome->census.cells[ALARM_ANOMALY][id];
    bool is_excess = horizon_length(id) == 0;
    const char *kind = alarm_kind_name(is_excess ? ALARM_EXCESS : ALARM_ANOMALY);
    uint64_t major = excess->major + anomaly->major;
    const double share = bursts / ALARM_PROMISE_BURSTS, design = share * promise->major / ALARM_EXCESS_HORIZONS;
    add_line(table, "MAJOR", kind, horizon_name(id), major, design);
    if (!is_excess && promise->minor > 0)
        add_line(table, "MINOR or MAJOR", kind, horizon_name(id), excess->raised + anomaly->raised,
                 share * promise->minor / ALARM_ANOMALY_HORIZONS);
    total->count += major;
}

/* One false MAJOR alarm on all horizons, and at most one of all changes. */
static void make_table(struct table *table, const struct outcome *outcome, const struct request *request)
{
    const double bursts = MONTH_DAYS * request->choice.per_day, share = bursts / ALARM_PROMISE_BURSTS;
    const struct alarm_promise *promise = &request->choice.setting.config.alarm;
    struct line_of_alarms physics = {"MAJOR", "EXCESS+ANOMALY", "all", 0, share * promise->major};
    uint64_t changes = 0;
    table->count = 0;
    for (enum horizon_id id = HORIZON_1; id < HORIZON_COUNT; id++)
        add_horizon(table, outcome, promise, id, bursts, &physics);
    add_line(table, physics.severity, physics.kind, physics.horizon, physics.count, physics.design);
    for (enum alarm_kind kind = ALARM_RATE; kind <= ALARM_VETO; kind++) {
        const struct alarm_census_cell *cell = &outcome->census.cells[kind][HORIZON_OPEN];
        add_line(table, "MINOR or MAJOR", alarm_kind_name(kind), "", cell->raised, (double)NAN);
        changes += cell->raised;
    }
    add_line(table, "MINOR or MAJOR", "RATE+PEAK+VETO", "", changes, share);
}

/* ---- as text ---- */

static void print_table(const struct table *table, double months)
{
    printf("\n%-15s %-15s %-8s %7s %10s   %-19s %7s\n", "severity", "kind", "horizon", "count", "per 30 d", "95 %",
           "design");
    for (uint32_t i = 0; i < table->count; i++) {
        const struct line_of_alarms *line = &table->lines[i];
        struct poisson_interval interval = poisson_interval(line->count, CONFIDENCE_LEVEL);
        printf("%-15s %-15s %-8s %7" PRIu64 " %10.3g   %8.3g .. %-7.3g", line->severity, line->kind, line->horizon,
               line->count, (double)line->count / months, interval.low / months, interval.high / months);
        if (isnan(line->design))
            printf(" %7s\n", "");
        else
            printf(" %7.2g\n", line->design);
    }
}

#define TEXT_POINT_FIRST 10u /* z = 3 */
#define TEXT_POINT_STEP 5u   /* of 0.25 in z */

static void print_episodes(const struct episodes *episodes, double months)
{
    printf("\nepisodes of a largest Z_Bi at or above z, per 30 days\n    z");
    for (enum horizon_id id = HORIZON_1; id < HORIZON_COUNT; id++)
        printf(" %10s", horizon_name(id));
    for (uint32_t i = TEXT_POINT_FIRST; i < EPISODES_POINTS; i += TEXT_POINT_STEP) {
        uint64_t sum = 0;
        for (enum horizon_id id = HORIZON_1; id < HORIZON_COUNT; id++)
            sum += episodes->counts[id][i];
        if (sum == 0)
            break;
        printf("\n%5.2f", episodes_z(i));
        for (enum horizon_id id = HORIZON_1; id < HORIZON_COUNT; id++)
            printf(" %10.3g", (double)episodes->counts[id][i] / months);
    }
    printf("\n");
}

static const double shown_masses_mev[] = {HYPOTHESIS_FIRST_MEV, 135, 200, HYPOTHESIS_LAST_MEV};
#define SHOWN_MASSES (sizeof shown_masses_mev / sizeof *shown_masses_mev)

static double background_per_burst(const struct request *request, const struct outcome *outcome, double mass_mev)
{
    return request->choice.setting.source.candidates *
           truth_window(&outcome->truth, mass_mev, template_paper.sigma_mev2);
}

static void print_text(const struct request *request, const struct outcome *outcome, const struct table *table)
{
    const struct simulation_setting *setting = &request->choice.setting;
    printf("NULL truth=%s candidates=%g f_sys=%g bursts=%.0f months=%.4g run_bursts=%" PRIu32 " seed=%" PRIu64
           " stream=%" PRIu64 " draw_us=%.1f monitor_us=%.1f\n",
           request->truth, setting->source.candidates, setting->config.background.f_sys, outcome->bursts,
           outcome->months, setting->run_bursts, setting->source.seed, setting->source.stream, outcome->draw_us,
           outcome->monitor_us);
    printf("background in the search window, per burst:");
    for (size_t i = 0; i < SHOWN_MASSES; i++)
        printf("  %g MeV %.3g", shown_masses_mev[i], background_per_burst(request, outcome, shown_masses_mev[i]));
    if (outcome->f_sys_needed > F_SYS_ROUNDING)
        printf("\nf_sys that covers the bias of b: %.3g, at %g MeV", outcome->f_sys_needed, outcome->f_sys_m_n_mev);
    printf("\n");
    print_table(table, outcome->months);
    print_episodes(&outcome->episodes, outcome->months);
}

/* ---- as JSON ---- */

static json_t *json_of_line(const struct line_of_alarms *line, double months)
{
    struct poisson_interval interval = poisson_interval(line->count, CONFIDENCE_LEVEL);
    json_t *design = isnan(line->design) ? json_null() : json_real(line->design);
    return json_pack("{s:s, s:s, s:s, s:I, s:f, s:f, s:f, s:o}", "severity", line->severity, "kind", line->kind,
                     "horizon", line->horizon, "count", (json_int_t)line->count, "per_30_days",
                     (double)line->count / months, "low", interval.low / months, "high", interval.high / months,
                     "design", design);
}

static json_t *json_of_episodes(const struct episodes *episodes, enum horizon_id id)
{
    json_t *counts = json_array();
    for (uint32_t i = 0; i < EPISODES_POINTS; i++)
        (void)json_array_append_new(counts, json_integer((json_int_t)episodes->counts[id][i]));
    return json_pack("{s:s, s:I, s:f, s:o}", "horizon", horizon_name(id), "looks", (json_int_t)episodes->looks[id],
                     "highest", episodes->highest[id], "counts", counts);
}

static json_t *json_of_settings(const struct request *request, const struct outcome *outcome)
{
    const struct simulation_setting *setting = &request->choice.setting;
    json_t *background = json_array();
    for (size_t i = 0; i < SHOWN_MASSES; i++) {
        double mass = shown_masses_mev[i];
        (void)json_array_append_new(
            background, json_pack("{s:f, s:f}", "m_n_mev", mass, "b", background_per_burst(request, outcome, mass)));
    }
    return json_pack("{s:s, s:f, s:f, s:f, s:f, s:I, s:I, s:I, s:I, s:f, s:f, s:f, s:f, s:o}", "truth", request->truth,
                     "candidates", setting->source.candidates, "f_sys", setting->config.background.f_sys, "bursts",
                     outcome->bursts, "per_day", request->choice.per_day, "run_bursts", (json_int_t)setting->run_bursts,
                     "links", (json_int_t)setting->source.links, "seed", (json_int_t)setting->source.seed, "stream",
                     (json_int_t)setting->source.stream, "spread", setting->source.spread, "cut_share",
                     setting->source.cut_share, "f_sys_needed", outcome->f_sys_needed, "f_sys_m_n_mev",
                     outcome->f_sys_m_n_mev, "background_per_burst", background);
}

static int print_json(const struct request *request, const struct outcome *outcome, const struct table *table)
{
    json_t *alarms = json_array(), *episodes = json_array(), *z = json_array();
    for (uint32_t i = 0; i < table->count; i++)
        (void)json_array_append_new(alarms, json_of_line(&table->lines[i], outcome->months));
    for (enum horizon_id id = HORIZON_1; id < HORIZON_COUNT; id++)
        (void)json_array_append_new(episodes, json_of_episodes(&outcome->episodes, id));
    for (uint32_t i = 0; i < EPISODES_POINTS; i++)
        (void)json_array_append_new(z, json_real(episodes_z(i)));
    json_t *root = json_pack("{s:o, s:f, s:f, s:f, s:o, s:o, s:o}", "settings", json_of_settings(request, outcome),
                             "months", outcome->months, "draw_us", outcome->draw_us, "monitor_us", outcome->monitor_us,
                             "alarms", alarms, "z", z, "episodes", episodes);
    int status = root != NULL ? json_dumpf(root, stdout, JSON_REAL_PRECISION(9)) : -1;
    json_decref(root);
    (void)putchar('\n');
    return status == 0 ? CLI_DONE : CLI_FAILED;
}

int cli_null(int argc, char **argv)
{
    static struct outcome outcome;
    static struct table table;
    struct options options = {
        .command = "null",
        .operands = "",
        .summary =
            "Counts false alarms: the monitor as it is, on simulated bursts without a signal. Prints them beside\n"
            "what the thresholds are made for, with the 95 % interval of the measured rate, and how often each\n"
            "horizon comes to which significance.",
        .rows = rows,
        .row_count = ROWS,
        .shared = OPTIONS_JSON};
    struct request request = {.choice = simulation_choice_default(), .truth = "same"};
    if (!parse(&options, &request, argc, argv))
        return options.exit_code;
    if (!simulate(&request, &outcome)) {
        (void)fprintf(stderr, "hnlmon null: %s\n", strerror(ENOMEM));
        return CLI_FAILED;
    }
    make_table(&table, &outcome, &request);
    if (options.is_json)
        return print_json(&request, &outcome, &table);
    print_text(&request, &outcome, &table);
    return CLI_DONE;
}
