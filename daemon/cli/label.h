/* SPDX-License-Identifier: MIT */
/* label - where the numbers of a screen come from: DATA, SIMULATION or INJECTION, and whether the region is BLIND. */
#ifndef HNLMON_CLI_LABEL_H
#define HNLMON_CLI_LABEL_H

#include <jansson.h>

#define LABEL_SIZE 48

/* "SIMULATION", "DATA BLIND", "UNKNOWN" before the first run, of an Envelope, a ControlReply or a Result, which
 * all have `origin` and `blind`; returns `label`. */
const char *label_of(const json_t *message, char label[LABEL_SIZE]);

/* The same with a style that stands out where it is DATA. */
void label_print(const json_t *message);

/* "ORIGIN  DATA BLIND: ..." as a line of its own: the head of a screen without another one. */
void label_print_line(const json_t *message);

/* The same, unless the last call printed it: for a screen that goes on. */
void label_print_change(const json_t *message);

#endif
