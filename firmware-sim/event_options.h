/* SPDX-License-Identifier: MIT */
/* event_options - the event source that the command line asks for: sending and the spectrum command have the same. */
#ifndef FIRMWARE_SIM_EVENT_OPTIONS_H
#define FIRMWARE_SIM_EVENT_OPTIONS_H

#include <stdbool.h>

#include "options.h"
#include "physics/event.h"

/* The defaults of the mode, and what the options change. False: what is wrong was printed on stderr, in one line. */
bool event_options(const struct options *options, struct event_config *config) __attribute__((warn_unused_result));

#endif
