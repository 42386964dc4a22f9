/* SPDX-License-Identifier: MIT */
/* query - asks the daemon one question on its control socket and waits for the reply. */
#ifndef HNLMON_CLI_QUERY_H
#define HNLMON_CLI_QUERY_H

#include <jansson.h>

#include "cli/options.h"
#include "wire/control_codec.h"

/* The reply as JSON (the caller's to json_decref), also when it says no. NULL: no reply, said so on stderr, and
 * options->exit_code is set. */
json_t *query_ask(struct options *options, const struct control_request *request);

/* As query_ask, but a reply that says no is told on stderr, sets exit_code to CLI_FAILED, and is NULL too. */
json_t *query_ask_yes(struct options *options, const struct control_request *request);

/* query_ask_yes, and prints what the reply says, as text or as JSON. Returns the exit code. */
int query_tell(struct options *options, const struct control_request *request);

#endif
