/* SPDX-License-Identifier: MIT */
/* check_config - reads a configuration file as the daemon would, and says whether it is right. */
#include <stdio.h>

#include "cli/cli.h"
#include "cli/options.h"
#include "config.h"
#include "wire/template_choice.h"

/* The settings, and the template that they name. */
static bool check(const char *path, char *error, size_t error_size)
{
    static struct config config;
    static struct template room;
    char what[TEMPLATE_FILE_ERROR_SIZE];
    config_defaults(&config);
    if (!config_load_file(&config, path, error, error_size))
        return false;
    if (template_choice_of(config.background.template_file, config.selection.preset, &room, what, sizeof what))
        return true;
    (void)snprintf(error, error_size, "%s: background.template: %s", path, what);
    return false;
}

int cli_check_config(int argc, char **argv)
{
    char error[CONFIG_ERROR_SIZE + TEMPLATE_FILE_ERROR_SIZE];
    struct options options = {
        .command = "check-config",
        .operands = "FILE",
        .summary = "Checks a configuration file, and the background template that it names: prints OK, or\n"
                   "file:line:column and what is wrong there."};
    if (options_next(&options, argc, argv) == OPTIONS_EXIT || !options_expect_operands(&options, 1, 1))
        return options.exit_code;
    if (!check(options.operand[0], error, sizeof error)) {
        fprintf(stderr, "%s\n", error);
        return CLI_CONFIGURATION;
    }
    puts("OK");
    return CLI_DONE;
}
