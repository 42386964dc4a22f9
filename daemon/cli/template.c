/* SPDX-License-Identifier: MIT */
/* template - background templates: make them, look at them, and see what it means to use the wrong one. */
#include "cli/template.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "nearest.h"
#include "wire/template_choice.h"

static const struct command {
    const char *name;
    int (*run)(int argc, char **argv);
    const char *help;
} commands[] = {
    {"build", cli_template_build, "simulate one and write it to a file"},
    {"show", cli_template_show, "what a template holds, and how well it is known"},
    {"compare", cli_template_compare, "the bias when data follow one template and another one is used; or the data"},
    {"from-data", cli_template_from_data, "make one of a histogram, with the search window cut out"},
};

#define COMMANDS (sizeof commands / sizeof *commands)

const struct template *cli_template_open(struct options *options, const char *name, struct template *room)
{
    char error[TEMPLATE_FILE_ERROR_SIZE];
    const struct template *found = template_choice_find(name, room, error, sizeof error);
    if (found == NULL) {
        fprintf(stderr, "hnlmon %s: %s\n", options->command, error);
        options->exit_code = CLI_CONFIGURATION;
    }
    return found;
}

int cli_template_save(const char *command, const char *path, const struct template *shape)
{
    char error[TEMPLATE_FILE_ERROR_SIZE];
    if (!template_file_save(path, shape, error, sizeof error)) {
        fprintf(stderr, "hnlmon %s: %s\n", command, error);
        return CLI_FAILED;
    }
    printf("%s: template %s %s\n", path, shape->name, shape->hash);
    return CLI_DONE;
}

static int print_help(void)
{
    printf(
        "Usage: hnlmon template COMMAND [OPTION]...\n\n"
        "Background templates: the spectrum that is expected without a signal, and the acceptances that go with it.\n"
        "A template is a file or one of the built-in ones, " TEMPLATE_BUILTIN_NAMES ".\n\n");
    for (size_t i = 0; i < COMMANDS; i++)
        printf("  %-10s %s\n", commands[i].name, commands[i].help);
    printf("\n'hnlmon template COMMAND --help' explains one. The daemon uses the built-in template of its\n"
           "selection.preset, or the one that background.template names.\n");
    return CLI_DONE;
}

static int refuse(const char *name)
{
    const char *names[COMMANDS + 1] = {NULL};
    for (size_t i = 0; i < COMMANDS; i++)
        names[i] = commands[i].name;
    const char *meant = nearest_name(name, names);
    fprintf(stderr, "hnlmon template: no command '%s'%s%s%s (see --help)\n", name, meant ? ": did you mean '" : "",
            meant ? meant : "", meant ? "'?" : "");
    return CLI_USAGE;
}

int cli_template(int argc, char **argv)
{
    const char *name = argc > 1 ? argv[1] : "--help";
    if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0 || strcmp(name, "help") == 0)
        return print_help();
    for (size_t i = 0; i < COMMANDS; i++)
        if (strcmp(commands[i].name, name) == 0)
            return commands[i].run(argc - 1, argv + 1);
    return refuse(name);
}
