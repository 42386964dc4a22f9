/* SPDX-License-Identifier: MIT */
/*
 * power - how soon the monitor finds a signal: simulated runs with so many signal events per burst, until the first
 * MAJOR EXCESS, beside the best that any test could do. Needs no daemon.
 *
 * The best: a test that knows mass, strength and background of the signal and counts in the same search window. Of all
 * tests with its false alarm rate, here that of the monitor's threshold, the sequential likelihood ratio test needs the
 * fewest bursts (A. Wald, J. Wolfowitz, Ann. Math. Stat. 19 (1948) 326): n ln(1 + s/b) - s summed over the bursts comes
 * to ln(1/p). Both see the same bursts.
 */
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/decimal.h"
#include "cli/sheet.h"
#include "cli/simulation_options.h"
#include "core/background.h"
#include "core/physics.h"
#include "core/template.h"

#define STRENGTHS_MAX 16u
#define TRIALS_MAX 100000u

enum power_row { ROW_MASS = SIMULATION_ROWS, ROW_EVENTS, ROW_RUNS, ROW_LENGTH, ROWS };

static const struct option_row rows[ROWS] = {
    SIMULATION_OPTION_ROWS,
    [ROW_MASS] = {"mass", "M", "of N in MeV, 113 to 279 [135]"},
    [ROW_EVENTS] = {"events-per-burst", "LIST", "signal candidates per burst, joined by commas [0.5,1,2,4]"},
    [ROW_RUNS] = {"runs", "N", "to simulate for each [200]"},
    [ROW_LENGTH] = {"length", "N", "bursts until a search is given up [one run]"},
};

struct request {
    struct simulation_choice choice;
    double mass_mev;
    double strengths[STRENGTHS_MAX]; /* candidates per burst */
    uint32_t strength_count, trials;
    double length; /* bursts; 0: not given */
};

/* ---- the command line ---- */

static bool take_strengths(struct options *options, struct request *request)
{
    char list[256];
    if (strlen(options->value) >= sizeof list)
        return options_refuse(options, "--events-per-burst: the list is too long");
    strcpy(list, options->value);
    request->strength_count = 0;
    for (char *next = list, *item; (item = strsep(&next, ",")) != NULL;) {
        double *strength = &request->strengths[request->strength_count];
        if (request->strength_count == STRENGTHS_MAX || decimal_to_double(item, strength) != DECIMAL_OK ||
            !(*strength >= 1e-6 && *strength <= 1e6))
            return options_refuse(options,
                                  "--events-per-burst: '%s' is not a list of up to %u numbers from 1e-6 to 1e6",
                                  options->value, STRENGTHS_MAX);
        request->strength_count++;
    }
    return true;
}

static bool take_trials(struct options *options, uint32_t *trials)
{
    double value = 0;
    bool is_count = simulation_take_count(options, ROW_RUNS, 1, TRIALS_MAX, &value);
    *trials = (uint32_t)value;
    return is_count;
}

static bool take_option(struct options *options, int row, struct request *request)
{
    if (row < (int)SIMULATION_ROWS)
        return simulation_take_option(options, (enum simulation_row)row, &request->choice);
    switch ((enum power_row)row) {
    case ROW_MASS:
        return options_number(options, row, HYPOTHESIS_FIRST_MEV, HYPOTHESIS_LAST_MEV, &request->mass_mev);
    case ROW_EVENTS:
        return take_strengths(options, request);
    case ROW_RUNS:
        return take_trials(options, &request->trials);
    case ROW_LENGTH:
        return simulation_take_count(options, row, 1, 1e7, &request->length);
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
    if (!(request->length > 0))
        request->length = request->choice.setting.run_bursts;
    return options_expect_operands(options, 0, 0);
}

/* ---- who finds it, and when ---- */

enum searcher { SEARCH_RUN, SEARCH_BEST_RUN, SEARCH_PERIOD, SEARCH_BEST_PERIOD, SEARCHERS };

/* In bursts since the signal is there; INFINITY: not found. */
struct trial {
    double found[SEARCHERS];
};

/* The likelihood ratio test. */
struct ratio_test {
    enum searcher searcher;
    double threshold; /* of the sum */
    double sum;
};

/* What it takes for the tests. */
struct knowledge {
    struct search_window window;
    double b, s; /* in it, per burst */
};

struct search {
    double bursts; /* so far */
    struct ratio_test run, period;
    struct trial trial;
};

static void on_burst_closed(void *context, const struct burst_summary *summary)
{
    (void)context;
    (void)summary;
}

static void found(struct search *search, enum searcher searcher)
{
    search->trial.found[searcher] = fmin(search->trial.found[searcher], search->bursts);
}

static void on_alarm_changed(void *context, const struct alarm *alarm)
{
    struct search *search = context;
    if (alarm->kind != ALARM_EXCESS || alarm->severity != SEVERITY_MAJOR)
        return;
    if (alarm->horizons >> HORIZON_RUN & 1u)
        found(search, SEARCH_RUN);
    if (alarm->horizons >> HORIZON_PERIOD & 1u)
        found(search, SEARCH_PERIOD);
}

static void test_look(struct search *search, struct ratio_test *test, double gain)
{
    test->sum += gain;
    if (test->sum >= test->threshold)
        found(search, test->searcher);
}

/* That of the run begins afresh with every run, as the run horizon does. */
static void look(struct search *search, const struct knowledge *known, const struct burst *burst)
{
    uint64_t count = 0;
    for (uint32_t bin = known->window.first; bin < known->window.end; bin++)
        count += burst->slots[HISTOGRAM_M2 * M2_SLOTS + 1 + bin];
    const double gain = (double)count * log1p(known->s / known->b) - known->s;
    if (burst->key.burst == 1)
        search->run.sum = 0;
    test_look(search, &search->run, gain);
    test_look(search, &search->period, gain);
}

/* What the best test may do wrong is what a horizon may. */
static struct ratio_test ratio_test(const struct request *request, enum searcher searcher, double bursts)
{
    double p = bursts / ALARM_PROMISE_BURSTS * request->choice.setting.config.alarm.major / ALARM_EXCESS_HORIZONS;
    return (struct ratio_test){.searcher = searcher, .threshold = -log(fmin(0.5, p))};
}

static bool has_periods(const struct request *request)
{
    return request->length > request->choice.setting.run_bursts;
}

static bool is_over(const struct request *request, const struct search *search)
{
    const double *at = search->trial.found;
    bool is_run_over = isfinite(at[SEARCH_RUN]) && isfinite(at[SEARCH_BEST_RUN]);
    bool is_period_over = isfinite(at[SEARCH_PERIOD]) && isfinite(at[SEARCH_BEST_PERIOD]);
    return is_run_over && (is_period_over || !has_periods(request));
}

static bool try_once(const struct request *request, const struct truth *truth, const struct knowledge *known,
                     uint64_t stream, struct trial *trial)
{
    const uint32_t run_bursts = request->choice.setting.run_bursts;
    struct search search = {.run = ratio_test(request, SEARCH_BEST_RUN, run_bursts),
                            .period = ratio_test(request, SEARCH_BEST_PERIOD, request->length)};
    const struct monitor_observer observer = {&search, on_burst_closed, on_alarm_changed};
    struct simulation_setting setting = request->choice.setting;
    for (int i = 0; i < SEARCHERS; i++)
        search.trial.found[i] = (double)INFINITY;
    setting.source.stream = stream;
    struct simulation *simulation = simulation_create(&setting, truth, &observer);
    if (simulation == NULL)
        return false;
    while (search.bursts < request->length && !is_over(request, &search)) {
        search.bursts++;
        simulation_step(simulation);
        look(&search, known, &simulation->burst);
    }
    simulation_destroy(simulation);
    *trial = search.trial;
    return true;
}

/* ---- what comes of it ---- */

/* Share of a signal in the window: two normal tails. */
static double share_in(struct search_window window, double mass_mev, double sigma_mev2)
{
    const double m2 = mass_mev * mass_mev, scale = M2_BIN_WIDTH_MEV2 / sigma_mev2;
    const double low = ((double)window.first + M2_BIN_FIRST) * scale - m2 / sigma_mev2;
    const double high = ((double)window.end + M2_BIN_FIRST) * scale - m2 / sigma_mev2;
    return 0.5 * (erf(high / sqrt(2)) - erf(low / sqrt(2)));
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* The least number of bursts in which so many of the trials found it; INFINITY when they did not. */
static double delay(const struct trial *trials, uint32_t count, enum searcher searcher, double share)
{
    static double delays[TRIALS_MAX];
    for (uint32_t i = 0; i < count; i++)
        delays[i] = trials[i].found[searcher];
    qsort(delays, count, sizeof *delays, compare);
    return delays[(uint32_t)ceil(share * count) - 1];
}

static double efficiency(const struct trial *trials, uint32_t count, enum searcher searcher)
{
    uint32_t successes = 0;
    for (uint32_t i = 0; i < count; i++)
        successes += isfinite(trials[i].found[searcher]) != 0;
    return (double)successes / count;
}

/* In the order of enum searcher. */
static const struct {
    const char *head, *key;
} shown[SEARCHERS] = {{"run", "run"}, {"best", "best"}, {"period", "period"}, {"best", "best_period"}};

static int shown_count(const struct request *request)
{
    return has_periods(request) ? SEARCHERS : SEARCH_PERIOD;
}

static void begin_sheet(struct sheet *sheet, const struct request *request, double background)
{
    const struct simulation_setting *setting = &request->choice.setting;
    sheet_init(sheet, "power", "Bursts until the first MAJOR EXCESS");
    sheet_add_column(sheet, "signal", "per burst", 0, "events_per_burst");
    sheet_add_column(sheet, "in window", "per burst", 3, "window_per_burst");
    sheet_add_column(sheet, "|U|^2", "", 3, "u2");
    for (int i = 0; i < shown_count(request); i++) {
        sheet_add_column(sheet, shown[i].head, "found", 3, "%s_efficiency", shown[i].key);
        sheet_add_column(sheet, "median", "bursts", 4, "%s_median", shown[i].key);
        sheet_add_column(sheet, "90 %", "bursts", 4, "%s_90", shown[i].key);
    }
    sheet_set(sheet, "m_n_mev", request->mass_mev);
    sheet_set(sheet, "candidates", setting->source.candidates);
    sheet_set(sheet, "background_per_burst", background);
    sheet_set(sheet, "f_sys", setting->config.background.f_sys);
    sheet_set(sheet, "runs", request->trials);
    sheet_set(sheet, "length", request->length);
    sheet_set(sheet, "run_bursts", setting->run_bursts);
    sheet_set(sheet, "seed", (double)setting->source.seed);
    sheet_add_note(sheet,
                   "m_N = %g MeV on %.3g background candidates per burst, f_sys %g; %" PRIu32 " searches of %g bursts.",
                   request->mass_mev, background, setting->config.background.f_sys, request->trials, request->length);
    sheet_add_note(sheet,
                   "run, period: alarm on that horizon; best: a test that knows mass, strength and background, at the "
                   "same false\nalarm rate. 90 %%: in that many bursts nine of ten searches find it.");
}

static void put_row(struct sheet *sheet, const struct request *request, double strength, double share,
                    const struct trial *trials)
{
    sheet_add_row(sheet);
    sheet_put(sheet, strength);
    sheet_put(sheet, strength * share);
    sheet_put(sheet, strength / (request->choice.setting.source.candidates * physics_rho(request->mass_mev)));
    for (int i = 0; i < shown_count(request); i++) {
        sheet_put(sheet, efficiency(trials, request->trials, (enum searcher)i));
        sheet_put(sheet, delay(trials, request->trials, (enum searcher)i, 0.5));
        sheet_put(sheet, delay(trials, request->trials, (enum searcher)i, 0.9));
    }
}

/* False: no memory. */
static bool fill(struct sheet *sheet, struct request *request)
{
    static struct truth truth;
    static struct trial trials[TRIALS_MAX];
    const double sigma = template_paper.sigma_mev2;
    const struct search_window window = background_window(request->mass_mev, sigma);
    const double share = share_in(window, request->mass_mev, sigma);
    if (!truth_init(&truth, "same", &template_paper))
        return false;
    double b = request->choice.setting.source.candidates * truth_window(&truth, request->mass_mev, sigma);
    begin_sheet(sheet, request, b);
    for (uint32_t i = 0; i < request->strength_count; i++) {
        const struct knowledge known = {window, b, share * request->strengths[i]};
        request->choice.setting.source.signal = request->strengths[i];
        request->choice.setting.source.mass_mev = request->mass_mev;
        for (uint32_t trial = 0; trial < request->trials; trial++)
            if (!try_once(request, &truth, &known, trial, &trials[trial]))
                return false;
        put_row(sheet, request, request->strengths[i], share, trials);
    }
    return true;
}

int cli_power(int argc, char **argv)
{
    struct sheet sheet;
    struct options options = {
        .command = "power",
        .operands = "",
        .summary =
            "Simulates runs with a signal until the first MAJOR EXCESS: how many find it, in how many bursts, and\n"
            "how many a test would need that knows what it looks for.",
        .rows = rows,
        .row_count = ROWS,
        .shared = OPTIONS_JSON};
    struct request request = {.choice = simulation_choice_default(),
                              .mass_mev = 135,
                              .strengths = {0.5, 1, 2, 4},
                              .strength_count = 4,
                              .trials = 200};
    if (!parse(&options, &request, argc, argv))
        return options.exit_code;
    if (!fill(&sheet, &request)) {
        (void)fprintf(stderr, "hnlmon power: %s\n", strerror(ENOMEM));
        return CLI_FAILED;
    }
    if (options.is_json)
        sheet_print_json(&sheet);
    else
        sheet_print_text(&sheet);
    sheet_fini(&sheet);
    return CLI_DONE;
}
