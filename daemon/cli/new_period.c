/* SPDX-License-Identifier: MIT */
/* new_period - begins a new period: the horizon of months, over which an HNL is searched for, is empty again. */
#include <stdio.h>
#include <stdlib.h>

#include "cli/cli.h"
#include "cli/field.h"
#include "cli/options.h"
#include "cli/query.h"

static const struct option_row rows[] = {{"who", "NAME", "who begins it [USER]"}};

int cli_new_period(int argc, char **argv)
{
    struct options options = {.command = "new-period",
                              .operands = "",
                              .summary =
                                  "Begins a new period: the horizon 'period' is empty again. The daemon logs who "
                                  "did it. The other horizons go on.",
                              .rows = rows,
                              .row_count = 1,
                              .shared = OPTIONS_QUERY};
    const char *who = getenv("USER");
    for (int row; (row = options_next(&options, argc, argv)) != OPTIONS_END;) {
        if (row == OPTIONS_EXIT)
            return options.exit_code;
        who = options.value;
    }
    if (!options_expect_operands(&options, 0, 0))
        return options.exit_code;
    struct control_request request = {.kind = CONTROL_NEW_PERIOD};
    size_t size = sizeof request.who;
    if ((size_t)snprintf(request.who, size, "%s", who != NULL ? who : "") >= size) {
        options_refuse(&options, "NAME is longer than %zu characters", size - 1);
        return CLI_USAGE;
    }
    json_t *reply = query_ask_yes(&options, &request);
    if (reply == NULL)
        return options.exit_code;
    if (options.is_json)
        field_print_json(reply);
    else
        printf("%s\n", field_text(reply, "text"));
    json_decref(reply);
    return CLI_DONE;
}
