/* SPDX-License-Identifier: MIT */
/* alarm_kinds - what the kinds of alarms mean, as a list, JSON, or the Markdown table of README.md. */
#ifndef HNLMON_CLI_ALARM_KINDS_H
#define HNLMON_CLI_ALARM_KINDS_H

void alarm_kinds_print(void);
void alarm_kinds_print_json(void);
void alarm_kinds_print_markdown(void);

#endif
