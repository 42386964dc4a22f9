/* SPDX-License-Identifier: MIT */
/* main - hnlmon, the command line: one table of subcommands. What each does is in the file of its name. */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "io/standard_streams.h"
#include "nearest.h"

static const struct command {
    const char *name;
    int (*run)(int argc, char **argv);
    const char *help;
} commands[] = {
    {"watch", cli_watch, "show what the daemon publishes, as it comes"},
    {"status", cli_status, "where every candidate went, and how the daemon is doing"},
    {"bursts", cli_bursts, "bursts as they close: ledger, rates, bandwidth, kaon decays"},
    {"hist", cli_hist, "draw histograms"},
    {"scan", cli_scan, "the excess at every mass"},
    {"limits", cli_limits, "the mixing |U|^2 that is excluded at every mass"},
    {"lines", cli_lines, "rates and bandwidth of the trigger lines, and of other thresholds"},
    {"alarms", cli_alarms, "alarms that are raised or wait to be acknowledged"},
    {"ack", cli_ack, "acknowledge an alarm"},
    {"accept-level", cli_accept_level, "end an alarm: what changed was meant, its level is the reference from now on"},
    {"shelve", cli_shelve, "put an alarm on the shelf for some time"},
    {"pick", cli_pick, "list the candidates in the search window of a mass"},
    {"unblind", cli_unblind, "show the searched region of DATA"},
    {"blind", cli_blind, "hide it again"},
    {"new-period", cli_new_period, "begin a new period, the horizon of months"},
    {"calc", cli_calc, "the formulas for numbers given by hand: m2, z, limit, br; needs no daemon"},
    {"sensitivity", cli_sensitivity, "project the reach of a search, with the figures of the paper; needs no daemon"},
    {"null", cli_null, "count the false alarms of simulated months without a signal; needs no daemon"},
    {"power", cli_power, "how soon a simulated signal is found; needs no daemon"},
    {"replay", cli_replay, "play a recording into a daemon"},
    {"report", cli_report, "a run in sixty lines of plain text, for the logbook"},
    {"template", cli_template, "background templates: build, show, compare, from-data"},
    {"keygen", cli_keygen,
     "make a certificate for a front-end, a subscriber, an operator or a daemon; needs no daemon"},
    {"state", cli_state, "what the daemon keeps on disk, and whether it is whole; needs no daemon"},
    {"check-config", cli_check_config, "check a configuration file"},
};

#define COMMANDS (sizeof commands / sizeof *commands)

static const struct command *find(const char *name)
{
    for (size_t i = 0; i < COMMANDS; i++)
        if (strcmp(commands[i].name, name) == 0)
            return &commands[i];
    return NULL;
}

static int print_help(void)
{
    printf("Usage: hnlmon COMMAND [OPTION]...\n\n"
           "Asks and watches hnlmond, the live monitor for heavy neutral leptons in K+ -> pi0 e+ N.\n\n");
    for (size_t i = 0; i < COMMANDS; i++)
        printf("  %-14s %s\n", commands[i].name, commands[i].help);
    printf("\n'hnlmon help COMMAND' explains one. Endpoints: --publish, --control, or HNLMON_PUBLISHER_ENDPOINT,\n"
           "HNLMON_CONTROL_ENDPOINT. Exit status: 0 done, 1 failed, 2 usage, 3 configuration, 4 input damaged,\n"
           "5 alarm raised (with --fail-on-alarm).\n");
    return CLI_DONE;
}

static int refuse(const char *name)
{
    const char *names[COMMANDS + 1] = {NULL};
    for (size_t i = 0; i < COMMANDS; i++)
        names[i] = commands[i].name;
    const char *meant = nearest_name(name, names);
    if (meant != NULL)
        fprintf(stderr, "hnlmon: no command '%s': did you mean '%s'?\n", name, meant);
    else
        fprintf(stderr, "hnlmon: no command '%s'; 'hnlmon help' lists them\n", name);
    return CLI_USAGE;
}

static int run(const char *name, int argc, char **argv)
{
    const struct command *command = find(name);
    return command != NULL ? command->run(argc, argv) : refuse(name);
}

static int help(const char *name)
{
    char option[] = "--help";
    char *arguments[] = {(char *)name, option, NULL};
    return run(name, 2, arguments);
}

static int choose(int argc, char **argv)
{
    const char *first = argc > 1 ? argv[1] : "help";
    if (strcmp(first, "--version") == 0) {
        printf("hnlmon %s\n", HNLMON_VERSION);
        return CLI_DONE;
    }
    bool is_help = strcmp(first, "help") == 0 || strcmp(first, "--help") == 0;
    if (is_help)
        return argc > 2 ? help(argv[2]) : print_help();
    return run(first, argc - 1, argv + 1);
}

int main(int argc, char **argv)
{
    standard_streams_reserve();
    int exit_code = choose(argc, argv);
    return !standard_streams_flush("hnlmon") && exit_code == CLI_DONE ? CLI_FAILED : exit_code;
}
