/* SPDX-License-Identifier: MIT */
/* alarm_kinds - alarm_table of core/alarm.h for people: nothing is said here that is not in it. */
#include "cli/alarm_kinds.h"

#include <stdio.h>
#include <string.h>

#include "cli/field.h"
#include "cli/paragraph.h"
#include "cli/terminal.h"
#include "core/alarm.h"

#define SEVERITIES_SIZE 40
#define INDENT 10

/* "MINOR, MAJOR". */
static const char *severities_text(unsigned severities, char text[SEVERITIES_SIZE])
{
    *text = '\0';
    for (enum severity severity = SEVERITY_MINOR; severity < SEVERITY_COUNT; severity++) {
        if (!(severities >> severity & 1u))
            continue;
        strcat(text, *text != '\0' ? ", " : "");
        strcat(text, severity_name(severity));
    }
    return text;
}

void alarm_kinds_print(void)
{
    char severities[SEVERITIES_SIZE];
    for (int kind = ALARM_EXCESS; kind < ALARM_KIND_END; kind++) {
        const struct alarm_info *info = &alarm_table[kind];
        printf("%s%-9s%s ", terminal_style(STYLE_STRONG), info->name, terminal_style(STYLE_PLAIN));
        paragraph_print(INDENT, info->raised_on);
        printf("%*s%s, by the %s\n%*sclears ", INDENT, "", severities_text(info->severities, severities),
               info->raised_by, INDENT, "");
        paragraph_print(INDENT + 7, info->clears);
        printf("%*sto do: ", INDENT, "");
        paragraph_print(INDENT + 7, info->action);
    }
}

void alarm_kinds_print_json(void)
{
    char severities[SEVERITIES_SIZE];
    json_t *list = json_array();
    for (int kind = ALARM_EXCESS; kind < ALARM_KIND_END; kind++) {
        const struct alarm_info *info = &alarm_table[kind];
        (void)json_array_append_new(list, json_pack("{s:s, s:s, s:s, s:s, s:s, s:s}", "kind", info->name, "raised_by",
                                                    info->raised_by, "raised_on", info->raised_on, "severity",
                                                    severities_text(info->severities, severities), "clears",
                                                    info->clears, "action", info->action));
    }
    field_print_json(list);
    json_decref(list);
}

void alarm_kinds_print_markdown(void)
{
    char severities[SEVERITIES_SIZE];
    printf("| kind | raised by | on | severity | clears | what to do |\n|---|---|---|---|---|---|\n");
    for (int kind = ALARM_EXCESS; kind < ALARM_KIND_END; kind++) {
        const struct alarm_info *info = &alarm_table[kind];
        printf("| `%s` | %s | %s | %s | %s | %s |\n", info->name, info->raised_by, info->raised_on,
               severities_text(info->severities, severities), info->clears, info->action);
    }
}
