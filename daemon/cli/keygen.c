/* SPDX-License-Identifier: MIT */
/*
 * keygen - makes a key pair and writes it as two certificates: one for its owner alone, one for those who must know the
 * key. Existing files stay as they are.
 */
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/options.h"
#include "io/curve.h"

enum keygen_row { ROW_ROLE, ROW_SOURCE, ROW_OUT, ROWS };

static const struct option_row rows[ROWS] = {
    [ROW_ROLE] = {"role", "ROLE", "what it may do: front-end, subscriber, operator, or daemon for hnlmond itself"},
    [ROW_SOURCE] = {"source", "N", "of a front-end: the only source that it may speak for [any]"},
    [ROW_OUT] = {"out", "DIR", "where the files are written [.]"},
};

struct keygen {
    struct options options;
    struct certificate certificate;
    bool has_role;
    const char *directory;
};

/* The certificate of a daemon needs no role: it lets others in. */
static bool read_role(struct keygen *keygen)
{
    const char *word = keygen->options.value;
    keygen->has_role = true;
    keygen->certificate.role = strcmp(word, "daemon") == 0 ? ROLE_NONE : certificate_role_by_name(word);
    return keygen->certificate.role != ROLE_COUNT ||
           options_none_of(&keygen->options, ROW_ROLE, "front-end, subscriber, operator, daemon");
}

static bool read_source(struct keygen *keygen)
{
    double source;
    if (!options_number(&keygen->options, ROW_SOURCE, 1, UINT32_MAX, &source))
        return false;
    keygen->certificate.source = (uint32_t)source;
    return (double)keygen->certificate.source >= source ||
           options_refuse(&keygen->options, "--source: '%s' is not a whole number", keygen->options.value);
}

/* Name and file name are the same. */
static bool read_name(struct keygen *keygen)
{
    const char *name = keygen->options.operand[0];
    if (!options_copy(&keygen->options, "NAME", name, true, keygen->certificate.name, sizeof keygen->certificate.name))
        return false;
    bool is_file = strchr(name, '/') == NULL && *name != '.' && *name != '-';
    return (is_file && certificate_is_name(name)) ||
           options_refuse(&keygen->options, "'%s' can be no name and file name", name);
}

static bool parse(struct keygen *keygen, int argc, char **argv)
{
    struct options *options = &keygen->options;
    for (int row; (row = options_next(options, argc, argv)) != OPTIONS_END;) {
        if (row == OPTIONS_EXIT || (row == ROW_ROLE && !read_role(keygen)) ||
            (row == ROW_SOURCE && !read_source(keygen)))
            return false;
        if (row == ROW_OUT)
            keygen->directory = options->value;
    }
    if (!options_expect_operands(options, 1, 1) || !read_name(keygen))
        return false;
    if (!keygen->has_role)
        return options_refuse(options, "--role is missing");
    return keygen->certificate.source == 0 || keygen->certificate.role == ROLE_FRONT_END ||
           options_refuse(options, "--source belongs to --role front-end");
}

int cli_keygen(int argc, char **argv)
{
    struct keygen keygen = {
        .options =
            {.command = "keygen",
             .operands = "NAME",
             .summary =
                 "Makes a certificate: NAME.key_secret is for its owner alone (--certificate, or curve.certificate\n"
                 "of the daemon), NAME.key goes into the directory curve.clients of the daemon; that of the daemon\n"
                 "goes to the clients (--server-certificate). pyzmq and czmq read both.",
             .rows = rows,
             .row_count = ROWS},
        .directory = "."};
    char error[CURVE_ERROR_SIZE];
    if (!parse(&keygen, argc, argv))
        return keygen.options.exit_code;
    curve_draw(&keygen.certificate);
    bool is_written = curve_write(&keygen.certificate, keygen.directory, keygen.certificate.name, error, sizeof error);
    explicit_bzero(&keygen.certificate, sizeof keygen.certificate);
    if (!is_written) {
        fprintf(stderr, "hnlmon keygen: %s\n", error);
        return CLI_FAILED;
    }
    printf("%s/%s.key_secret\n%s/%s.key\n", keygen.directory, keygen.options.operand[0], keygen.directory,
           keygen.options.operand[0]);
    return CLI_DONE;
}
