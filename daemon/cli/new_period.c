/* SPDX-License-Identifier: MIT */
/* new_period - begins a new period: the horizon of months, over which an HNL is searched for, is empty again. */

#include "cli/cli.h"
#include "cli/options.h"
#include "cli/query.h"

static const struct option_row rows[] = {{"who", "NAME", "who begins it [you]"}};

int cli_new_period(int argc, char **argv)
{
    struct options options = {.command = "new-period",
                              .operands = "",
                              .summary =
                                  "Begins a new period: the horizon 'period' is empty again. The daemon logs who\n"
                                  "did it. The other horizons go on.",
                              .rows = rows,
                              .row_count = 1,
                              .shared = OPTIONS_QUERY};
    const char *who = options_user();
    for (int row; (row = options_next(&options, argc, argv)) != OPTIONS_END;) {
        if (row == OPTIONS_EXIT)
            return options.exit_code;
        who = options.value;
    }
    struct control_request request = {.kind = CONTROL_NEW_PERIOD};
    if (!options_expect_operands(&options, 0, 0) ||
        !options_copy(&options, "--who", who, true, request.who, sizeof request.who))
        return options.exit_code;
    return query_tell(&options, &request);
}
