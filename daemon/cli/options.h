/* SPDX-License-Identifier: MIT */
/*
 * options - the options of a subcommand as one table that drives parsing (GNU getopt_long) and --help. Every mistake
 * is told in one line.
 *
 * Options that several commands share (endpoints, timeout, --json) are parsed here and end up in the struct.
 */
#ifndef HNLMON_CLI_OPTIONS_H
#define HNLMON_CLI_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "io/curve.h"

struct option_row {
    const char *name;     /* long, without dashes; "output" is -o, too */
    const char *argument; /* what --help calls its value; NULL: a flag */
    const char *help;
};

#define OPTION_ROWS_MAX 24u /* of one command, shared ones included */

/* Which of the shared options a command has, as bits. Every command that talks to a daemon takes both endpoints, also
 * where it needs only one: scripts give the same to all. */
enum options_shared {
    OPTIONS_PUBLISH = 1,
    OPTIONS_CONTROL = 2,
    OPTIONS_TIMEOUT = 4,
    OPTIONS_JSON = 8,
    OPTIONS_DAEMON = OPTIONS_PUBLISH | OPTIONS_CONTROL | OPTIONS_TIMEOUT,
    OPTIONS_QUERY = OPTIONS_DAEMON | OPTIONS_JSON
};

struct options {
    /* Given by the command. */
    const char *command;
    const char *operands; /* as --help shows them: "NAME..." */
    const char *summary;  /* what it does, one paragraph */
    const struct option_row *rows;
    uint32_t row_count;
    unsigned shared;
    /* Found on the command line, in the environment, or the defaults. */
    const char *publisher_endpoint, *control_endpoint;
    const char *certificate, *server_certificate; /* files; NULL: none */
    double timeout_s;                             /* 0: none was given and the command has none of its own */
    bool is_json;
    const char *value; /* of the option that options_next returned */
    int exit_code;     /* after OPTIONS_EXIT */
    int operand_count; /* after OPTIONS_END */
    char **operand;
};

#define OPTIONS_END (-1)  /* all options are read; operands follow */
#define OPTIONS_EXIT (-2) /* nothing is left to do: leave with exit_code */

#define PUBLISHER_ENDPOINT_DEFAULT "tcp://127.0.0.1:4511"
#define CONTROL_ENDPOINT_DEFAULT "tcp://127.0.0.1:4512"
#define QUERY_TIMEOUT_S 5.0

/* The index of the next option of the command's own rows, or one of the two above. Start with fields below `shared`
 * zero. */
int options_next(struct options *options, int argc, char **argv);

/* The value of the current option as a number in [lo, hi]. False: said so on stderr, and exit_code is set. */
bool options_number(struct options *options, int row, double lo, double hi, double *number);

/* The value of the current option as the name of a horizon. False: said so on stderr, and exit_code is set. */
bool options_horizon(struct options *options, int row, const char **horizon);

/* Likewise, of a line. */
bool options_line(struct options *options, int row, const char **line);

/* Says that the value of the current option is none of these words, and sets exit_code. Returns false. */
bool options_none_of(struct options *options, int row, const char *words);

/* Says what is wrong with the command line, in one line on stderr, and sets exit_code. Returns false. */
bool options_refuse(struct options *options, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Reads the certificates, if any are given, into *room; *curve is then room, else NULL. False: said so on stderr, and
 * exit_code is set. */
bool options_keys(struct options *options, struct curve_client *room, const struct curve_client **curve);

/* Who uses this program: USER, or the name of the account; NULL: it has none. */
const char *options_user(void);

/* Copies a text of the command line or the environment; NULL is "". `what`: "ID", "--who". False: it is missing though
 * it is needed, or too long; said so on stderr, and exit_code is set. */
bool options_copy(struct options *options, const char *what, const char *text, bool is_needed, char *copy, size_t size);

/* Whether the number of operands is in [least, most]. False: said so on stderr, and exit_code is set. */
bool options_expect_operands(struct options *options, int least, int most);

#endif
