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
    [ROW_WHO] = {"who", "NAME", "who does it [you]"},
    [ROW_REASON] = {"reason", "TEXT", "why; it is published and logged"},
    [ROW_KEY_FILE] = {"key-file", "FILE", "the secret: the same bytes as blind.key_file of the daemon"},
};

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
    return query_tell(options, request);
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
    const char *values[ROWS] = {[ROW_WHO] = options_user()};
    struct control_request request = {.kind = CONTROL_UNBLIND};
    struct secret secret;
    char why[SECRET_ERROR_SIZE];
    for (int row; (row = options_next(&options, argc, argv)) != OPTIONS_END;) {
        if (row == OPTIONS_EXIT)
            return options.exit_code;
        values[row] = options.value;
    }
    if (!options_expect_operands(&options, 0, 0) ||
        !options_copy(&options, "--who", values[ROW_WHO], true, request.who, sizeof request.who) ||
        !options_copy(&options, "--reason", values[ROW_REASON], true, request.reason, sizeof request.reason))
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
    const char *who = options_user();
    struct control_request request = {.kind = CONTROL_BLIND};
    for (int row; (row = options_next(&options, argc, argv)) != OPTIONS_END;) {
        if (row == OPTIONS_EXIT)
            return options.exit_code;
        who = options.value;
    }
    if (!options_expect_operands(&options, 0, 0) ||
        !options_copy(&options, "--who", who, true, request.who, sizeof request.who))
        return options.exit_code;
    return query_tell(&options, &request);
}
