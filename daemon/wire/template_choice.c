/* SPDX-License-Identifier: MIT */
/* template_choice - see template_choice.h. */
#include "wire/template_choice.h"

#include <stdio.h>

const struct template *template_choice_find(const char *name, struct template *room, char *error, size_t error_size)
{
    const struct template *builtin = template_builtin(name);
    if (builtin != NULL)
        return builtin;
    if (!template_file_load(name, room, error, error_size))
        return NULL;
    return room;
}

const struct template *template_choice_of(const char *setting, enum selection_preset preset, struct template *room,
                                          char *error, size_t error_size)
{
    const struct template *own = template_builtin_of(preset);
    if (*setting == '\0')
        return own;
    const struct template *found = template_choice_find(setting, room, error, error_size);
    if (found == NULL || found->preset == preset)
        return found;
    (void)snprintf(error, error_size, "%s: a template of the selection %s, but the selection is %s", setting,
                   selection_preset_name(found->preset), selection_preset_name(preset));
    return NULL;
}
