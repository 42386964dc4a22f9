/* SPDX-License-Identifier: MIT */
/* unblind - shows the searched region of DATA to everybody, with the secret of the daemon; blind - hides it again. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/field.h"
#include "cli/options.h"
#include "cli/query.h"
#include "io/secret.h"

enum unblind_row { ROW_WHO, ROW_REASON, ROW_KEY_FILE, ROWS };

static const struct option_row rows[ROWS] = {
    [ROW_WHO] = {"who", "NAME", "who does it [USER]"},
    [ROW_REASON] = {"reason", "TEXT", "why; it is published and logged"},
    [ROW_KEY_FILE] = {"key-file", "FILE", "the secret: the same bytes as blind.key_file of the daemon"},
};

/* Into a field of the request; false: missing or too long, said so. */
static bool take_text(struct options *options, const char *what, const char *text, char *copy, size_t size)
{
    if (text == NULL || *text == '\0')
        return options_refuse(options, "--%s is missing", what);
    return (size_t)snprintf(copy, size, "%s", text) < size ||
           options_refuse(options, "--%s is longer than %zu characters", what, size - 1);
}

/* The nonce of a reply, which JSON has as hexadecimal digits. */
static bool read_nonce(const json_t *reply, unsigned char nonce[SECRET_NONCE_BYTES])
{
    const char *digits = field_text(reply, "nonce");
    if (strlen(digits) != 2 * SECRET_NONCE_BYTES)
        return false;
    for (size_t i = 0; i < SECRET_NONCE_BYTES; i++) {
        const char pair[] = {digits[2 * i], digits[2 * i + 1], '\0'};
        nonce[i] = (unsigned char)strtoul(pair, NULL, 16);
    }
    return true;
}

static int print_reply(const struct options *options, json_t *reply)
{
    if (reply == NULL)
        return options->exit_code;
    if (options->is_json)
        field_print_json(reply);
    else
        printf("%s\n", field_text(reply, "text"));
    json_decref(reply);
    return CLI_DONE;
}

/* The secret stays here: what travels is the answer to the nonce of the daemon. */
static int prove(struct options *options, struct control_request *request, const struct secret *secret)
{
    unsigned char nonce[SECRET_NONCE_BYTES];
    json_t *reply = query_ask_yes(options, request);
    if (reply == NULL)
        return options->exit_code;
    bool has_nonce = read_nonce(reply, nonce);
    json_decref(reply);
    if (!has_nonce) {
        fprintf(stderr, "hnlmon unblind: the daemon gave no nonce\n");
        return CLI_FAILED;
    }
    secret_answer(secret, nonce, request->who, request->reason, request->answer);
    request->has_answer = true;
    return print_reply(options, query_ask_yes(options, request));
}

int cli_unblind(int argc, char **argv)
{
    struct options options = {
        .command = "unblind",
        .operands = "",
        .summary =
            "Shows the searched region of DATA to everybody who looks, until the daemon ends or 'hnlmon blind'.\n"
            "Name and reason are logged and published. The secret does not leave this program.",
        .rows = rows,
        .row_count = ROWS,
        .shared = OPTIONS_QUERY};
    const char *values[ROWS] = {[ROW_WHO] = getenv("USER")};
    struct control_request request = {.kind = CONTROL_UNBLIND};
    struct secret secret;
    char why[SECRET_ERROR_SIZE];
    for (int row; (row = options_next(&options, argc, argv)) != OPTIONS_END;) {
        if (row == OPTIONS_EXIT)
            return options.exit_code;
        values[row] = options.value;
    }
    if (!options_expect_operands(&options, 0, 0) ||
        !take_text(&options, "who", values[ROW_WHO], request.who, sizeof request.who) ||
        !take_text(&options, "reason", values[ROW_REASON], request.reason, sizeof request.reason))
        return options.exit_code;
    if (values[ROW_KEY_FILE] == NULL) {
        (void)options_refuse(&options, "--key-file is missing");
        return options.exit_code;
    }
    if (!secret_read(&secret, values[ROW_KEY_FILE], why, sizeof why)) {
        fprintf(stderr, "hnlmon unblind: %s: %s\n", values[ROW_KEY_FILE], why);
        return CLI_FAILED;
    }
    int exit_code = prove(&options, &request, &secret);
    secret_wipe(&secret);
    return exit_code;
}

int cli_blind(int argc, char **argv)
{
    struct options options = {.command = "blind",
                              .operands = "",
                              .summary = "Hides the searched region of DATA again. This needs no secret.",
                              .rows = rows,
                              .row_count = ROW_WHO + 1,
                              .shared = OPTIONS_QUERY};
    const char *who = getenv("USER");
    struct control_request request = {.kind = CONTROL_BLIND};
    for (int row; (row = options_next(&options, argc, argv)) != OPTIONS_END;) {
        if (row == OPTIONS_EXIT)
            return options.exit_code;
        who = options.value;
    }
    if (!options_expect_operands(&options, 0, 0) || !take_text(&options, "who", who, request.who, sizeof request.who))
        return options.exit_code;
    return print_reply(&options, query_ask_yes(&options, &request));
}
