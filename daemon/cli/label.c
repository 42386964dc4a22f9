/* SPDX-License-Identifier: MIT */
/* label - see label.h. */
#include "cli/label.h"

#include <stdio.h>
#include <string.h>

#include "cli/field.h"
#include "cli/terminal.h"

const char *label_of(const json_t *message, char label[LABEL_SIZE])
{
    const char *origin = field_text(message, "origin");
    bool is_known = *origin != '\0' && strcmp(origin, "ORIGIN_UNSPECIFIED") != 0;
    (void)snprintf(label, LABEL_SIZE, "%s%s", is_known ? origin : "UNKNOWN",
                   field_flag(message, "blind") ? " BLIND" : "");
    return label;
}

static enum terminal_style style_of(const json_t *message)
{
    if (field_flag(message, "blind"))
        return STYLE_WARNING;
    return strcmp(field_text(message, "origin"), "DATA") == 0 ? STYLE_BAD : STYLE_STRONG;
}

void label_print(const json_t *message)
{
    char label[LABEL_SIZE];
    printf("%s%s%s", terminal_style(style_of(message)), label_of(message, label), terminal_style(STYLE_PLAIN));
}

void label_print_line(const json_t *message)
{
    printf("ORIGIN  ");
    label_print(message);
    printf("%s\n",
           field_flag(message, "blind") ? ": the searched region is hidden, and no excess raises an alarm" : "");
}

void label_print_change(const json_t *message)
{
    static char last[LABEL_SIZE];
    char label[LABEL_SIZE];
    if (strcmp(label_of(message, label), last) == 0)
        return;
    memcpy(last, label, sizeof last);
    label_print_line(message);
}
