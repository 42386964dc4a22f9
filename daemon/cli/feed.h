/* SPDX-License-Identifier: MIT */
/*
 * feed - the published messages of a daemon, as JSON, each once.
 *
 * It waits for a daemon that is not there, drops what is repeated or cannot be read, and tells on stderr what is
 * missing in a stream.
 */
#ifndef HNLMON_CLI_FEED_H
#define HNLMON_CLI_FEED_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "cli/options.h"

struct feed;

struct feed_message {
    const char *topic; /* valid until the next message */
    json_t *envelope;  /* the caller's to json_decref; first member "topic", then the fields of Envelope */
};

#define FEED_NAME_BYTES 96u /* of a topic without hnlmon.v1. */

/* NULL: said so on stderr, and options->exit_code is set. `options` must outlive the feed. */
struct feed *feed_open(struct options *options);

/* Tells how much could not be read, if anything. */
void feed_close(struct feed *feed);

/* Asks for the topics hnlmon.v1.<prefix>... */
void feed_add(struct feed *feed, const char *prefix);

enum feed_next { FEED_MESSAGE, FEED_QUIET, FEED_TIMEOUT, FEED_INTERRUPTED, FEED_REFUSED };

/* Waits a tenth of a second for a message. FEED_QUIET: none came; FEED_TIMEOUT: nor since options->timeout_s;
 * FEED_REFUSED: the daemon does not let us in, which was said on stderr. */
enum feed_next feed_poll(struct feed *feed, struct feed_message *message);

/* Waits for the next message, at most options->timeout_s (0: for ever); never FEED_QUIET. */
enum feed_next feed_next(struct feed *feed, struct feed_message *message);

/* Asks for the topic hnlmon.v1.<name> and waits for its value. NULL: said so on stderr, and options->exit_code is set.
 */
json_t *feed_take(struct feed *feed, const char *name);

#define FEED_TOGETHER_MAX 16u

/* The same for several topics, of the same run and burst: envelopes[i] is that of names[i]; at most FEED_TOGETHER_MAX.
 * False: said so on stderr, and options->exit_code is set. */
bool feed_take_together(struct feed *feed, const char *const *names, uint32_t count, json_t **envelopes);

/* json_decref of each. */
void feed_drop(json_t **envelopes, uint32_t count);

/* "burst." of "hnlmon.v1.burst."; the whole topic when it begins otherwise. */
const char *feed_short_topic(const char *topic);

#endif
