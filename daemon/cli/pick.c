/* SPDX-License-Identifier: MIT */
/* pick - the candidates in the search window of a mass, so that their events can be found in the data. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>

#include "cli/cli.h"
#include "cli/field.h"
#include "cli/label.h"
#include "cli/options.h"
#include "cli/query.h"
#include "cli/terminal.h"
#include "core/scan.h"
#include "hnlmon/units.h"

enum pick_row { ROW_MASS, ROW_LIMIT, ROWS };

static const struct option_row rows[ROWS] = {
    [ROW_MASS] = {"mass", "M", "m_N in MeV, 113 .. 279"},
    [ROW_LIMIT] = {"limit", "N", "the newest N only"},
};

static void print_pick(const json_t *pick)
{
    printf("%6" PRIu64 " %6" PRIu64 " %12.9f %12" PRIu64 " %11.1f %6" PRIu64 " %s\n", field_count(pick, "run"),
           field_count(pick, "burst"), 1e-9 * CLOCK_PERIOD_NS * field_number(pick, "time"), field_count(pick, "seq"),
           field_number(pick, "m2_mev2"), field_count(pick, "source"), field_text(pick, "epoch"));
}

static void print_picks(const json_t *reply, double m_n_mev)
{
    const json_t *picks = field_object(reply, "picks"), *pick;
    char text[GROUPED_SIZE];
    size_t index;
    label_print_line(reply);
    printf("m_N = %g MeV: %g <= m2_miss < %g MeV^2, %zu candidates", m_n_mev, field_number(reply, "pick_low_mev2"),
           field_number(reply, "pick_high_mev2"), json_array_size(picks));
    printf(", %s no longer kept\n\n", terminal_grouped(field_count(reply, "pick_forgotten"), text));
    printf("%s%6s %6s %12s %12s %11s %6s %-20s%s\n", terminal_style(STYLE_STRONG), "run", "burst", "time_s", "seq",
           "m2_mev2", "source", "epoch", terminal_style(STYLE_PLAIN));
    json_array_foreach(picks, index, pick) print_pick(pick);
}

int cli_pick(int argc, char **argv)
{
    struct options options = {.command = "pick",
                              .operands = "",
                              .summary = "Lists the accepted candidates in the search window of a mass, newest first.",
                              .rows = rows,
                              .row_count = ROWS,
                              .shared = OPTIONS_QUERY};
    double m_n_mev = NAN, limit = 0;
    for (int row; (row = options_next(&options, argc, argv)) != OPTIONS_END;) {
        if (row == OPTIONS_EXIT ||
            (row == ROW_MASS && !options_number(&options, row, HYPOTHESIS_FIRST_MEV, HYPOTHESIS_LAST_MEV, &m_n_mev)) ||
            (row == ROW_LIMIT && !options_number(&options, row, 1, UINT32_MAX, &limit)))
            return options.exit_code;
    }
    if (!options_expect_operands(&options, 0, 0))
        return options.exit_code;
    if (isnan(m_n_mev)) {
        (void)options_refuse(&options, "--mass is missing");
        return options.exit_code;
    }
    struct control_request request = {.kind = CONTROL_PICK, .m_n_mev = m_n_mev, .limit = (uint32_t)limit};
    json_t *reply = query_ask_yes(&options, &request);
    if (reply == NULL)
        return options.exit_code;
    if (options.is_json)
        field_print_json(reply);
    else
        print_picks(reply, m_n_mev);
    json_decref(reply);
    return CLI_DONE;
}
