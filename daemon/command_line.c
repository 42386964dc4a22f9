/* SPDX-License-Identifier: MIT */
/* command_line - see command_line.h. */
#include "command_line.h"

#include <getopt.h>
#include <stdio.h>

enum option_id {
    OPTION_CONFIG = 1,
    OPTION_RECORD,
    OPTION_STATE,
    OPTION_FROM_ZERO,
    OPTION_PRINT,
    OPTION_LINK,
    OPTION_PUBLISH,
    OPTION_CONTROL,
    OPTION_SET,
    OPTION_HELP,
    OPTION_VERSION,
    OPTION_COUNT
};

static const struct option options[] = {
    {"config", required_argument, NULL, OPTION_CONFIG},   {"record", required_argument, NULL, OPTION_RECORD},
    {"state", required_argument, NULL, OPTION_STATE},     {"start-from-zero", no_argument, NULL, OPTION_FROM_ZERO},
    {"print-config", no_argument, NULL, OPTION_PRINT},    {"link", required_argument, NULL, OPTION_LINK},
    {"publish", required_argument, NULL, OPTION_PUBLISH}, {"control", required_argument, NULL, OPTION_CONTROL},
    {"set", required_argument, NULL, OPTION_SET},         {"help", no_argument, NULL, OPTION_HELP},
    {"version", no_argument, NULL, OPTION_VERSION},       {NULL, 0, NULL, 0},
};

static const char usage[] =
    "Usage: hnlmond [OPTION]...\n"
    "Live monitor for heavy neutral leptons in K+ -> pi0 e+ N: takes candidates from front-ends, keeps histograms and\n"
    "significances, publishes summaries and alarms.\n\n"
    "  --config FILE        settings in YAML; --print-config shows all of them\n"
    "  --set KEY=VALUE      one setting, e.g. --set background.f_sys=0.01 (repeatable)\n"
    "  --link ENDPOINT      where front-ends connect\n"
    "  --publish ENDPOINT   where subscribers connect\n"
    "  --control ENDPOINT   where questions and commands come\n"
    "  --state DIR          keep the state here, so that a restart loses nothing\n"
    "  --start-from-zero    move the state that is there aside, and begin anew\n"
    "  --record FILE        keep the received frames in this file, e.g. run.mcap; if it is there, run.0001.mcap, ..\n"
    "  --print-config       the settings in effect, as a configuration file\n"
    "  --help, --version\n\n"
    "Options win over HNLMON_* variables, these over the file, the file over the defaults. When it is ready it prints\n"
    "one line: READY link=... publish=... control=... SIGTERM ends it after a last summary; SIGHUP makes it read the\n"
    "log level and the certificates of the clients again.\n"
    "Exit status: 0 done, 1 failed, 2 usage, 3 configuration, or a state of another one, 4 state damaged.\n";

/* The setting that an option stands for; NULL: none, or an unknown option, which is 0 here. */
static const char *key_of(int option)
{
    static const char *const keys[OPTION_COUNT] = {
        [OPTION_RECORD] = "record.file",         [OPTION_STATE] = "state.directory",    [OPTION_LINK] = "link.endpoint",
        [OPTION_PUBLISH] = "publisher.endpoint", [OPTION_CONTROL] = "control.endpoint",
    };
    return option > 0 && option < OPTION_COUNT ? keys[option] : NULL;
}

/* Options that set something, in their order. */
static bool apply_options(struct config *config, int argc, char **argv, char *error, size_t error_size)
{
    int option;
    optind = 1;
    while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
        const char *key = key_of(option);
        if (key && !config_set_key(config, key, optarg, error, error_size))
            return false;
        if (option == OPTION_SET && !config_set(config, optarg, error, error_size))
            return false;
    }
    return true;
}

/* File, environment and options into *config. */
static bool read_settings(struct config *config, const char *file, int argc, char **argv, char *error,
                          size_t error_size)
{
    extern char **environ;
    config_defaults(config);
    if (file && !config_load_file(config, file, error, error_size))
        return false;
    return config_load_environment(config, environ, error, error_size) &&
           apply_options(config, argc, argv, error, error_size);
}

static bool leave(enum exit_code *exit_code, enum exit_code how)
{
    *exit_code = how;
    return false;
}

static bool print_text(const char *text, enum exit_code *exit_code)
{
    bool is_printed = fputs(text, stdout) >= 0 && fflush(stdout) == 0;
    return leave(exit_code, is_printed ? EXIT_DONE : EXIT_FAILED);
}

/* Options that set nothing. False: nothing is left to do. */
static bool read_options(struct command_line *line, bool *is_printing, int argc, char **argv, enum exit_code *exit_code)
{
    int option;
    while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
        if (option == OPTION_HELP || option == OPTION_VERSION)
            return print_text(option == OPTION_HELP ? usage : "hnlmond " HNLMON_VERSION "\n", exit_code);
        if (option == '?')
            return leave(exit_code, EXIT_USAGE);
        if (option == OPTION_CONFIG)
            line->config_file = optarg;
        *is_printing |= option == OPTION_PRINT;
        line->shall_start_from_zero |= option == OPTION_FROM_ZERO;
    }
    if (optind == argc)
        return true;
    fprintf(stderr, "hnlmond: unexpected argument '%s'; see hnlmond --help\n", argv[optind]);
    return leave(exit_code, EXIT_USAGE);
}

bool command_line_read(struct command_line *line, struct config *config, int argc, char **argv,
                       enum exit_code *exit_code)
{
    char error[CONFIG_ERROR_SIZE];
    bool is_printing = false;
    *line = (struct command_line){.config_file = NULL};
    if (!read_options(line, &is_printing, argc, argv, exit_code))
        return false;
    if (!read_settings(config, line->config_file, argc, argv, error, sizeof error)) {
        fprintf(stderr, "hnlmond: %s\n", error);
        return leave(exit_code, EXIT_CONFIG);
    }
    if (is_printing)
        return leave(exit_code, config_print(config, stdout) ? EXIT_DONE : EXIT_FAILED);
    return true;
}
