/* SPDX-License-Identifier: MIT */
/* template_builtin - see template_builtin.h. The templates themselves are generated. */
#include "core/template_builtin.h"

#include <string.h>

const struct template *template_builtin(const char *name)
{
    const struct template *const all[] = {&template_paper, &template_na62, &template_na62_beam};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (strcmp(all[i]->name, name) == 0)
            return all[i];
    return NULL;
}

const struct template *template_builtin_of(enum selection_preset preset)
{
    return preset == SELECTION_NA62 ? &template_na62 : &template_paper;
}
