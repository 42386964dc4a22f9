/* SPDX-License-Identifier: MIT */
/* check_config - reads a configuration file as the daemon would, and says whether it is right. */
#include <stdio.h>

#include "cli/cli.h"
#include "cli/options.h"
#include "config.h"

int cli_check_config(int argc, char **argv)
{
    char error[CONFIG_ERROR_SIZE];
    struct options options = {
        .command = "check-config",
        .operands = "FILE",
        .summary = "Checks a configuration file: prints OK, or file:line:column and what is wrong there."};
    if (options_next(&options, argc, argv) == OPTIONS_EXIT || !options_expect_operands(&options, 1, 1))
        return options.exit_code;
    if (!config_check(options.operand[0], error, sizeof error)) {
        fprintf(stderr, "%s\n", error);
        return CLI_CONFIGURATION;
    }
    puts("OK");
    return CLI_DONE;
}
