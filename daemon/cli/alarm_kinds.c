/* SPDX-License-Identifier: MIT */
/* alarm_kinds - alarm_table of core/alarm.h for people: nothing is said here that is not in it. */
#include "cli/alarm_kinds.h"

#include <stdio.h>
#include <string.h>

#include "cli/terminal.h"
#include "core/alarm.h"

#define SEVERITIES_SIZE 40

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
        printf("%s%-9s%s %s\n", terminal_style(STYLE_STRONG), info->name, terminal_style(STYLE_PLAIN), info->raised_on);
        printf("          %s, by the %s\n", severities_text(info->severities, severities), info->raised_by);
        printf("          clears %s\n          to do: %s\n", info->clears, info->action);
    }
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
