/* SPDX-License-Identifier: MIT */
/*
 * template_choice - the background template that a name stands for: a built-in one or a file.
 *
 * A file whose name is that of a built-in template needs its folder: ./na62.
 */
#ifndef HNLMON_WIRE_TEMPLATE_CHOICE_H
#define HNLMON_WIRE_TEMPLATE_CHOICE_H

#include "core/template_builtin.h"
#include "wire/template_file.h"

/* A name of core/template_builtin.h, or else a file, which is loaded into *room. NULL with one line in `error`. */
const struct template *template_choice_find(const char *name, struct template *room, char *error, size_t error_size)
    __attribute__((warn_unused_result));

/* What the setting background.template asks for: "" is the built-in one of the selection, anything else as above. NULL
 * with one line in `error`, also for a template that belongs to another selection. */
const struct template *template_choice_of(const char *setting, enum selection_preset preset, struct template *room,
                                          char *error, size_t error_size) __attribute__((warn_unused_result));

#endif
