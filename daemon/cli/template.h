/* SPDX-License-Identifier: MIT */
/* template - the subcommands of `hnlmon template`: each is a main() of its own and returns an exit code of cli.h. */
#ifndef HNLMON_CLI_TEMPLATE_H
#define HNLMON_CLI_TEMPLATE_H

#include "cli/options.h"
#include "core/template.h"

int cli_template_build(int argc, char **argv);
int cli_template_compare(int argc, char **argv);
int cli_template_from_data(int argc, char **argv);
int cli_template_show(int argc, char **argv);

/* A built-in template or a file, which is loaded into *room. NULL: said so on stderr, and exit_code is set. */
const struct template *cli_template_open(struct options *options, const char *name, struct template *room);

/* Writes the file and says what it is; returns the exit code. */
int cli_template_save(const char *command, const char *path, const struct template *shape);

#endif
