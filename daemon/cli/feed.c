/* SPDX-License-Identifier: MIT */
/* feed - see feed.h. */
#include "cli/feed.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/field.h"
#include "cli/patience.h"
#include "cli/sequence.h"
#include "io/publisher.h"
#include "io/subscriber.h"
#include "wire/published.h"

struct feed {
    struct options *options;
    struct subscriber *subscriber;
    struct patience patience;
    struct sequence sequence;
    uint64_t unreadable;
};

struct feed *feed_open(struct options *options)
{
    struct feed *feed = calloc(1, sizeof *feed);
    options->exit_code = CLI_FAILED;
    if (feed == NULL) {
        fprintf(stderr, "hnlmon %s: out of memory\n", options->command);
        return NULL;
    }
    struct curve_client room;
    const struct curve_client *curve;
    if (!options_keys(options, &room, &curve)) {
        free(feed);
        return NULL;
    }
    feed->options = options;
    feed->subscriber = subscriber_create(options->publisher_endpoint, curve);
    explicit_bzero(&room, sizeof room);
    if (feed->subscriber == NULL) {
        fprintf(stderr, "hnlmon %s: '%s' is no endpoint (tcp://host:port or ipc://path): %s\n", options->command,
                options->publisher_endpoint, strerror(errno));
        options->exit_code = CLI_USAGE;
        free(feed);
        return NULL;
    }
    options->exit_code = CLI_DONE;
    patience_init(&feed->patience, options->publisher_endpoint, options->timeout_s);
    return feed;
}

void feed_close(struct feed *feed)
{
    uint64_t ignored = feed->unreadable + subscriber_malformed(feed->subscriber);
    if (ignored > 0)
        fprintf(stderr, "hnlmon: ignored %" PRIu64 " messages that are none of this version\n", ignored);
    subscriber_destroy(feed->subscriber);
    free(feed);
}

void feed_add(struct feed *feed, const char *prefix)
{
    char topic[TOPIC_BYTES_MAX];
    (void)snprintf(topic, sizeof topic, "%s%s", TOPIC_PREFIX, prefix);
    subscriber_add(feed->subscriber, topic);
}

const char *feed_short_topic(const char *topic)
{
    size_t size = strlen(TOPIC_PREFIX);
    return strncmp(topic, TOPIC_PREFIX, size) == 0 ? topic + size : topic;
}

/* Contents are cumulative, so that a gap harms only where each message counts. */
static bool is_stream(const char *topic)
{
    static const char *const streams[] = {"trigger.", "log.", "burst."};
    const char *name = feed_short_topic(topic);
    for (size_t i = 0; i < sizeof streams / sizeof *streams; i++)
        if (strncmp(name, streams[i], strlen(streams[i])) == 0)
            return true;
    return false;
}

static bool is_news(struct feed *feed, const char *topic, const json_t *envelope)
{
    struct sequence_step step =
        sequence_follow(&feed->sequence, topic, field_text(envelope, "epoch"), field_count(envelope, "seq"));
    if (step.missed > 0 && is_stream(topic))
        fprintf(stderr, "hnlmon: missed %" PRIu64 " messages of %s\n", step.missed, topic);
    return step.is_new;
}

static json_t *with_topic(const char *topic, json_t *envelope)
{
    json_t *whole = json_pack("{s:s}", "topic", topic);
    if (whole != NULL)
        (void)json_object_update(whole, envelope);
    json_decref(envelope);
    return whole;
}

/* A message that is due to be shown, or NULL. */
static json_t *read_message(struct feed *feed, const struct subscriber_message *message)
{
    json_t *envelope = published_to_json(message->bytes, message->size);
    if (envelope == NULL) {
        feed->unreadable++;
        return NULL;
    }
    if (!is_news(feed, message->topic, envelope)) {
        json_decref(envelope);
        return NULL;
    }
    if (!feed->options->is_json)
        field_make_printable(envelope);
    return with_topic(message->topic, envelope);
}

static enum feed_next tell_refusal(const struct feed *feed)
{
    fprintf(stderr, "hnlmon %s: the daemon at %s %s\n", feed->options->command, feed->options->publisher_endpoint,
            subscriber_refusal(feed->subscriber));
    return FEED_REFUSED;
}

enum feed_next feed_poll(struct feed *feed, struct feed_message *message)
{
    struct subscriber_message received;
    bool is_received = subscriber_receive(feed->subscriber, PATIENCE_STEP_MS, &received);
    message->envelope = is_received ? read_message(feed, &received) : NULL;
    if (message->envelope != NULL) {
        message->topic = received.topic;
        patience_renew(&feed->patience);
        return FEED_MESSAGE;
    }
    if (subscriber_refusal(feed->subscriber) != NULL)
        return tell_refusal(feed);
    switch (patience_check(&feed->patience, subscriber_is_connected(feed->subscriber))) {
    case PATIENCE_LEFT:
        break;
    case PATIENCE_TIMEOUT:
        return FEED_TIMEOUT;
    case PATIENCE_INTERRUPTED:
        return FEED_INTERRUPTED;
    }
    return FEED_QUIET;
}

enum feed_next feed_next(struct feed *feed, struct feed_message *message)
{
    enum feed_next next;
    do
        next = feed_poll(feed, message);
    while (next == FEED_QUIET);
    return next;
}

static void explain_silence(const struct feed *feed, const char *name)
{
    const struct options *options = feed->options;
    if (subscriber_is_connected(feed->subscriber))
        fprintf(stderr, "hnlmon %s: the daemon at %s published no %s within %g s: no burst has closed yet?\n",
                options->command, options->publisher_endpoint, name, options->timeout_s);
    else
        fprintf(stderr, "hnlmon %s: gave up on %s after %g s\n", options->command, options->publisher_endpoint,
                options->timeout_s);
}

json_t *feed_take(struct feed *feed, const char *name)
{
    struct feed_message message;
    enum feed_next next;
    feed_add(feed, name);
    while ((next = feed_next(feed, &message)) == FEED_MESSAGE) {
        if (strcmp(feed_short_topic(message.topic), name) == 0)
            return message.envelope;
        json_decref(message.envelope);
    }
    if (next == FEED_TIMEOUT)
        explain_silence(feed, name);
    feed->options->exit_code = CLI_FAILED;
    return NULL;
}

/* The first name that has no message, or `count`. */
static uint32_t first_missing(json_t *const *envelopes, uint32_t count)
{
    uint32_t i = 0;
    while (i < count && envelopes[i] != NULL)
        i++;
    return i;
}

static bool are_of_one_burst(json_t *const *envelopes, uint32_t count)
{
    if (first_missing(envelopes, count) < count)
        return false;
    for (uint32_t i = 1; i < count; i++)
        if (field_count(envelopes[i], "run") != field_count(envelopes[0], "run") ||
            field_count(envelopes[i], "burst") != field_count(envelopes[0], "burst"))
            return false;
    return true;
}

/* Keeps the message if it is one of them; it is no longer the caller's. */
static void keep_one_of(const char *const *names, json_t **envelopes, uint32_t count,
                        const struct feed_message *message)
{
    for (uint32_t i = 0; i < count; i++)
        if (strcmp(feed_short_topic(message->topic), names[i]) == 0) {
            json_decref(envelopes[i]);
            envelopes[i] = json_incref(message->envelope);
        }
    json_decref(message->envelope);
}

void feed_drop(json_t **envelopes, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        json_decref(envelopes[i]);
        envelopes[i] = NULL;
    }
}

bool feed_take_together(struct feed *feed, const char *const *names, uint32_t count, json_t **envelopes)
{
    struct feed_message message;
    enum feed_next next = FEED_MESSAGE;
    assert(count > 0 && count <= FEED_TOGETHER_MAX);
    for (uint32_t i = 0; i < count; i++) {
        envelopes[i] = NULL;
        feed_add(feed, names[i]);
    }
    while (!are_of_one_burst(envelopes, count) && (next = feed_next(feed, &message)) == FEED_MESSAGE)
        keep_one_of(names, envelopes, count, &message);
    if (next == FEED_MESSAGE)
        return true;
    uint32_t missing = first_missing(envelopes, count);
    if (next == FEED_TIMEOUT)
        explain_silence(feed, names[missing < count ? missing : 0]);
    feed_drop(envelopes, count);
    feed->options->exit_code = CLI_FAILED;
    return false;
}
