/* SPDX-License-Identifier: MIT */
/* shelve - puts an alarm on the shelf for some minutes: it stays listed but is not announced until its time is over. */
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/decimal.h"
#include "cli/field.h"
#include "cli/options.h"
#include "cli/query.h"
#include "core/alarms.h"

enum shelve_row { ROW_FOR, ROW_WHO, ROWS };

static const struct option_row rows[ROWS] = {
    [ROW_FOR] = {"for", "TIME", "how long: minutes as 30m, or hours as 2h, up to 8h; 0m takes it back at once [30m]"},
    [ROW_WHO] = {"who", "NAME", "who shelves it [you]"},
};

/* "90m" or "1.5h" as whole minutes. False: said so. */
static bool read_minutes(struct options *options, uint32_t *minutes)
{
    char number[16];
    double value;
    size_t length = strlen(options->value), digits = length > 0 ? length - 1 : 0;
    bool is_hours = length > 0 && options->value[digits] == 'h',
         is_minutes = length > 0 && options->value[digits] == 'm';
    if (digits < sizeof number && (is_hours || is_minutes)) {
        memcpy(number, options->value, digits);
        number[digits] = '\0';
        if (decimal_to_double(number, &value) == DECIMAL_OK && value >= 0 &&
            value * (is_hours ? 60 : 1) <= ALARM_SHELVE_MINUTES_MAX) {
            value *= is_hours ? 60 : 1;
            *minutes = (uint32_t)(value + 0.5);
            if (*minutes == 0 && value > 0)
                *minutes = 1;
            return true;
        }
    }
    return options_refuse(options, "--for: '%s' is no time from 0m to %um (30m, 2h)", options->value,
                          ALARM_SHELVE_MINUTES_MAX);
}

int cli_shelve(int argc, char **argv)
{
    struct options options = {.command = "shelve",
                              .operands = "ID",
                              .summary =
                                  "Puts an alarm on the shelf: it stays listed but is not announced. When the time is "
                                  "over, it comes\nback if it is still raised. The ids are those of 'hnlmon alarms'.",
                              .rows = rows,
                              .row_count = ROWS,
                              .shared = OPTIONS_QUERY};
    struct control_request request = {.kind = CONTROL_SHELVE, .minutes = 30};
    const char *who = options_user();
    for (int row; (row = options_next(&options, argc, argv)) != OPTIONS_END;) {
        if (row == OPTIONS_EXIT || (row == ROW_FOR && !read_minutes(&options, &request.minutes)))
            return options.exit_code;
        if (row == ROW_WHO)
            who = options.value;
    }
    if (!options_expect_operands(&options, 1, 1))
        return options.exit_code;
    if (!options_copy(&options, "ID", options.operand[0], true, request.alarm_id, sizeof request.alarm_id) ||
        !options_copy(&options, "--who", who, false, request.who, sizeof request.who))
        return CLI_USAGE;
    return query_tell(&options, &request);
}
