/* SPDX-License-Identifier: MIT */
/* cli - the subcommands of hnlmon: each is a main() of its own and returns one of these exit codes. */
#ifndef HNLMON_CLI_CLI_H
#define HNLMON_CLI_CLI_H

enum cli_exit {
    CLI_DONE = 0,
    CLI_FAILED = 1,        /* among others: no daemon answers */
    CLI_USAGE = 2,         /* the command line is wrong */
    CLI_CONFIGURATION = 3, /* the configuration file is wrong */
    CLI_DAMAGED = 4,       /* input was damaged: what could be done was done */
    CLI_ALARM = 5          /* an alarm was raised, with --fail-on-alarm */
};

int cli_accept_level(int argc, char **argv);
int cli_ack(int argc, char **argv);
int cli_alarms(int argc, char **argv);
int cli_blind(int argc, char **argv);
int cli_bursts(int argc, char **argv);
int cli_calc(int argc, char **argv);
int cli_check_config(int argc, char **argv);
int cli_hist(int argc, char **argv);
int cli_keygen(int argc, char **argv);
int cli_limits(int argc, char **argv);
int cli_lines(int argc, char **argv);
int cli_new_period(int argc, char **argv);
int cli_null(int argc, char **argv);
int cli_pick(int argc, char **argv);
int cli_power(int argc, char **argv);
int cli_replay(int argc, char **argv);
int cli_report(int argc, char **argv);
int cli_scan(int argc, char **argv);
int cli_sensitivity(int argc, char **argv);
int cli_shelve(int argc, char **argv);
int cli_state(int argc, char **argv);
int cli_status(int argc, char **argv);
int cli_template(int argc, char **argv);
int cli_unblind(int argc, char **argv);
int cli_watch(int argc, char **argv);

#endif
