/* SPDX-License-Identifier: MIT */
/* options - see options.h. */
#include "options.h"

#include <errno.h>
#include <getopt.h>
#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hnlmon/frame.h"
#include "physics/event.h"
#include "physics/sampler.h"

enum option_type {
    OPTION_TEXT,
    OPTION_COUNT,
    OPTION_INTEGER,
    OPTION_NUMBER,
    OPTION_SPEED,
    OPTION_CHOICE,
    OPTION_FLAG,
    OPTION_CONDITION
};

struct option_row {
    unsigned use; /* enum command, and NA62_ONLY */
    const char *name;
    const char *argument; /* of a choice: its words, separated by '|' */
    enum option_type type;
    size_t offset;
    const char *initial; /* NULL: nothing */
    double min, max;
    const char *meaning;
};

/* Means something in mode na62 only. */
#define NA62_ONLY 4u

#define ROW_OF(use, name, argument, type, member, initial, min, max, meaning)                                          \
    {                                                                                                                  \
        use, name, argument, type, offsetof(struct options, member), initial, min, max, meaning                        \
    }
#define ROW(...) ROW_OF(COMMAND_SEND, __VA_ARGS__)
#define ROW_SPECTRUM(...) ROW_OF(COMMAND_SPECTRUM, __VA_ARGS__)
#define ROW_BOTH(...) ROW_OF(COMMAND_SEND | COMMAND_SPECTRUM, __VA_ARGS__)
#define ROW_NA62(...) ROW_OF(COMMAND_SEND | COMMAND_SPECTRUM | NA62_ONLY, __VA_ARGS__)

static const struct option_row rows[] = {
    ROW_BOTH("mode", "paper|na62", OPTION_CHOICE, mode, "paper", 0, 0,
             "assumptions of the paper, or geometry and resolution of the experiment"),
    ROW_NA62("kaon", "gtk|beam", OPTION_CHOICE, kaon, "gtk", 0, 0, "na62: its momentum measured, or the average beam"),
    ROW_OF(COMMAND_SEND | NA62_ONLY, "backgrounds", "LIST", OPTION_TEXT, backgrounds, NULL, 0, 0,
           "na62: some of ke4,kmu3,pipi0,accidentals,tails; or none; without this all"),
    ROW_NA62("straw-hole", "MM", OPTION_NUMBER, straw_hole_mm, "63.8", 0, 1e5, "na62: radius of the chambers' hole"),
    ROW_NA62("lkr-hole", "MM", OPTION_NUMBER, lkr_hole_mm, "150", 0, 1e5, "na62: radius of the calorimeter's hole"),
    ROW_NA62("photon-energy", "MEV", OPTION_NUMBER, photon_energy_mev, "2000", 0, 1e6, "na62: least for a photon"),
    ROW_NA62("positron-momentum", "MEV", OPTION_NUMBER, positron_momentum_mev, "5000", 0, 1e6,
             "na62: least for the positron"),
    ROW_SPECTRUM("events", "N", OPTION_COUNT, events, "1000000", SAMPLER_EVENTS_MIN, 1e12,
                 "decays; about a second per million, twice that with a signal"),
    ROW_SPECTRUM("sampling", "stratified|unweighted", OPTION_CHOICE, sampling, "stratified", 0, 0,
                 "mostly the tail, with weights, or as they come"),
    ROW_SPECTRUM("stream", "K", OPTION_COUNT, stream, "0", 0, 4e18, "of the seed; different ones are independent"),
    ROW_SPECTRUM("json", "", OPTION_FLAG, is_json, NULL, 0, 0, "numbers with 17 digits"),
    ROW("link", "ENDPOINT", OPTION_TEXT, link, "tcp://127.0.0.1:4510", 0, 0, "where the daemon listens"),
    ROW("publish", "ENDPOINT", OPTION_TEXT, publish, NULL, 0, 0,
        "instead of that: a PUB socket here, for taps; nothing is kept or repeated"),
    ROW("certificate", "FILE", OPTION_TEXT, certificate, NULL, 0, 0,
        "own secret certificate, NAME.key_secret; or HNLMON_CERTIFICATE"),
    ROW("server-certificate", "FILE", OPTION_TEXT, server_certificate, NULL, 0, 0,
        "that of the daemon, NAME.key; or HNLMON_SERVER_CERTIFICATE"),
    ROW("source", "N", OPTION_COUNT, source, "1", 1, UINT32_MAX, "number of this front-end"),
    ROW("name", "TEXT", OPTION_TEXT, name, "fwsim", 0, 0, "its name"),
    ROW("epoch", "N", OPTION_COUNT, epoch, "0", 0, 1.8e19, "its epoch; 0: 64 random bits"),
    ROW("run", "N", OPTION_COUNT, run, "0", 0, UINT32_MAX,
        "run number; 0: minutes since 1970, a new one at each start"),
    ROW("origin", "data|simulation|injection", OPTION_CHOICE, origin, "simulation", 0, 0,
        "announced as; data is a rehearsal: no truth is sent, and the daemon is blind"),
    ROW("bursts", "N", OPTION_COUNT, bursts, "20", 1, 1e9, "bursts to send"),
    ROW("rate", "HZ", OPTION_NUMBER, rate_hz, "25000", 1, 1e7, "candidates per second of spill"),
    ROW("spill", "S", OPTION_NUMBER, spill_s, "4.8", 0.001, 53, "length of the spill"),
    ROW("period", "S", OPTION_NUMBER, period_s, "14.4", 0.001, 3600, "from burst to burst"),
    ROW("triggers", "N", OPTION_NUMBER, triggers, "40", 0, 1e5,
        "mean L0 triggers without candidate before each candidate"),
    ROW("downscaling", "D", OPTION_COUNT, downscaling, "150", 1, 1e6, "of the L0 triggers: one in D is kept"),
    ROW("input-downscaling", "D", OPTION_INTEGER, input_downscaling, "1", -999, 1e6,
        "announced of the input; -1: variable, -999: unknown"),
    ROW("speed", "X", OPTION_SPEED, speed, "1", 0, 1e6, "1: real time, X times faster, or max"),
    ROW("batch", "N", OPTION_COUNT, batch, "64", 1, BATCH_CANDIDATES_MAX, "candidates per batch at most"),
    ROW("flush", "MS", OPTION_NUMBER, flush_ms, "5", 0.01, 1000,
        "a batch is sent when its first candidate is this old"),
    ROW_BOTH("signal-mass", "MEV", OPTION_NUMBER, signal_mass_mev, "0", 0, 1e3, "K+ -> pi0 e+ N of this mass; 0: none"),
    ROW("u2", "X", OPTION_NUMBER, u2, "0", 0, 1, "with this |U_e|^2"),
    ROW_BOTH("seed", "N", OPTION_COUNT, seed, "1", 0, 1.8e19, "same seed, same candidates; sources get different ones"),
    ROW("ring", "MIB", OPTION_COUNT, ring_mib, "64", 1, 1023, "retention ring"),
    ROW("drop", "P", OPTION_NUMBER, drop, "0", 0, 0.5, "fault: a batch is not sent, with probability P"),
    ROW("duplicate", "P", OPTION_NUMBER, duplicate, "0", 0, 0.5, "fault: it is sent twice"),
    ROW("reorder", "P", OPTION_NUMBER, reorder, "0", 0, 0.5, "fault: it is sent after the next one"),
    ROW("corrupt", "P", OPTION_NUMBER, corrupt, "0", 0, 0.5, "fault: one bit of it is flipped"),
    ROW("condition", "WHAT", OPTION_CONDITION, conditions, NULL, 0, 0,
        "something goes wrong, see below; again for more"),
    ROW("timeout", "S", OPTION_NUMBER, timeout_s, "30", 0.1, 1e6, "give up when the daemon takes nothing for so long"),
};

#define ROW_COUNT (sizeof rows / sizeof rows[0])

static bool fail(const struct option_row *row, const char *text, const char *why)
{
    fprintf(stderr, "hnlmon-fwsim: --%s %s: %s\n", row->name, text, why);
    return false;
}

static bool check_range(const struct option_row *row, const char *text, double value)
{
    char why[80];
    if (value >= row->min && value <= row->max)
        return true;
    snprintf(why, sizeof why, "must be between %.10g and %.10g", row->min, row->max);
    return fail(row, text, why);
}

static bool set_count(const struct option_row *row, const char *text, uint64_t *value)
{
    char *end;
    errno = 0;
    *value = strtoull(text, &end, 10);
    if (end == text || *end || errno || text[0] == '-')
        return fail(row, text, "is not a whole number");
    return check_range(row, text, (double)*value);
}

static bool set_integer(const struct option_row *row, const char *text, int64_t *value)
{
    char *end;
    errno = 0;
    *value = strtoll(text, &end, 10);
    if (end == text || *end || errno)
        return fail(row, text, "is not a whole number");
    return check_range(row, text, (double)*value);
}

static bool set_number(const struct option_row *row, const char *text, double *value)
{
    char *end;
    *value = strtod(text, &end);
    if (end == text || *end || !isfinite(*value))
        return fail(row, text, "is not a number");
    return check_range(row, text, *value);
}

static bool set_speed(const struct option_row *row, const char *text, double *value)
{
    if (strcmp(text, "max") == 0) {
        *value = SPEED_MAX;
        return true;
    }
    if (!set_number(row, text, value))
        return false;
    return *value > 0.0 || fail(row, text, "must be positive, or max");
}

/* Each use of the option adds one. */
static bool add_condition(const struct option_row *row, const char *text, struct condition_list *list)
{
    char why[CONDITION_ERROR_SIZE];
    return condition_add(list, text, why) || fail(row, text, why);
}

/* The number of the word. */
static bool set_choice(const struct option_row *row, const char *text, uint64_t *value)
{
    const char *word = row->argument;
    for (*value = 0; word; ++*value) {
        size_t length = strcspn(word, "|");
        if (strlen(text) == length && strncmp(word, text, length) == 0)
            return true;
        word = word[length] ? word + length + 1 : NULL;
    }
    char why[80];
    snprintf(why, sizeof why, "must be one of %s", row->argument);
    return fail(row, text, why);
}

static bool set_row(const struct option_row *row, const char *text, struct options *options)
{
    void *member = (char *)options + row->offset;
    switch (row->type) {
    case OPTION_TEXT:
        *(const char **)member = text;
        return true;
    case OPTION_COUNT:
        return set_count(row, text, member);
    case OPTION_INTEGER:
        return set_integer(row, text, member);
    case OPTION_NUMBER:
        return set_number(row, text, member);
    case OPTION_SPEED:
        return set_speed(row, text, member);
    case OPTION_CONDITION:
        return add_condition(row, text, member);
    case OPTION_CHOICE:
        return set_choice(row, text, member);
    case OPTION_FLAG:
        *(bool *)member = true;
        return true;
    }
    return false;
}

static void print_rows(enum command command)
{
    for (size_t i = 0; i < ROW_COUNT; i++) {
        char left[48];
        if (!(rows[i].use & command))
            continue;
        snprintf(left, sizeof left, "--%s %s", rows[i].name, rows[i].argument);
        printf("  %-33s %s", left, rows[i].meaning);
        if (rows[i].initial)
            printf(" (%s)", rows[i].initial);
        puts("");
    }
    puts("  --help                            this text\n"
         "  --version\n");
}

static void print_help(enum command command)
{
    if (command == COMMAND_SPECTRUM) {
        puts("Usage: hnlmon-fwsim spectrum [OPTION]...\n"
             "Numbers of the event source, with their statistical errors, to compare with other programs: rates of\n"
             "K+ -> pi0 e+ nu gamma, squared missing mass, photon veto, resolution, search windows. No daemon "
             "needed.\n");
        print_rows(command);
        puts("Exit status: 0 done, 1 printing failed, 2 usage.");
        return;
    }
    puts("Usage: hnlmon-fwsim [OPTION]...\n"
         "       hnlmon-fwsim spectrum [OPTION]...   numbers of the event source; see its --help\n"
         "Front-end simulator: true K+ -> pi0 e+ nu (gamma) and, when asked, K+ -> pi0 e+ N, sent to the daemon as a\n"
         "front-end would send them. Ends when the daemon has acknowledged everything.\n");
    print_rows(command);
    printf(
        "WHAT goes wrong is NAME[=SIZE]@FIRST[-LAST], at most %d of them. Bursts count from 1; without LAST it is one\n"
        "burst, @20- is up to the end. Names, with the unit and default of SIZE:\n",
        CONDITIONS_MAX);
    condition_print_table(stdout);
    puts("\nExit status: 0 all acknowledged, 1 failed, e.g. the daemon did not answer or take it, 2 usage.");
}

/* Fills the table of getopt_long with the rows of the command; each returns its number in `rows`. */
static void list_options(enum command command, struct option longs[ROW_COUNT + 3])
{
    size_t count = 0;
    for (size_t i = 0; i < ROW_COUNT; i++)
        if (rows[i].use & command)
            longs[count++] = (struct option){
                rows[i].name, rows[i].type == OPTION_FLAG ? no_argument : required_argument, NULL, (int)i};
    longs[count++] = (struct option){"help", no_argument, NULL, ROW_COUNT};
    longs[count++] = (struct option){"version", no_argument, NULL, ROW_COUNT + 1};
    longs[count] = (struct option){0};
}

/* An option that would change nothing is a mistake. */
static bool check_mode(const struct options *options, const bool is_given[ROW_COUNT])
{
    for (size_t i = 0; i < ROW_COUNT; i++)
        if (is_given[i] && rows[i].use & NA62_ONLY && options->mode != EVENT_NA62) {
            fprintf(stderr, "hnlmon-fwsim: --%s needs --mode na62\n", rows[i].name);
            return false;
        }
    return true;
}

enum options_result options_parse(enum command command, int argc, char **argv, struct options *options)
{
    struct option longs[ROW_COUNT + 3];
    bool is_given[ROW_COUNT] = {false};
    int chosen;
    list_options(command, longs);
    *options = (struct options){.link = NULL};
    for (size_t i = 0; i < ROW_COUNT; i++)
        if (rows[i].initial)
            (void)set_row(&rows[i], rows[i].initial, options);
    while ((chosen = getopt_long(argc, argv, "", longs, NULL)) != -1) {
        if (chosen == '?')
            return OPTIONS_BAD;
        if (chosen == (int)ROW_COUNT) {
            print_help(command);
            return OPTIONS_HELP;
        }
        if (chosen == (int)ROW_COUNT + 1) {
            puts("hnlmon-fwsim " HNLMON_VERSION);
            return OPTIONS_HELP;
        }
        if (!set_row(&rows[chosen], rows[chosen].type == OPTION_FLAG ? "" : optarg, options))
            return OPTIONS_BAD;
        is_given[chosen] = true;
    }
    if (optind < argc) {
        fprintf(stderr, "hnlmon-fwsim: unexpected argument '%s'\n", argv[optind]);
        return OPTIONS_BAD;
    }
    return check_mode(options, is_given) ? OPTIONS_RUN : OPTIONS_BAD;
}
