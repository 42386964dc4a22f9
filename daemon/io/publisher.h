/* SPDX-License-Identifier: MIT */
/*
 * publisher - what goes out (XPUB) and the last value of each topic, which a late joiner gets at once.
 *
 * Contents are cumulative, so a value that is given again harms nobody. Streams (trigger, log) are not cached and are
 * not even encoded when nobody listens.
 */
#ifndef HNLMON_IO_PUBLISHER_H
#define HNLMON_IO_PUBLISHER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct event_base;
struct publisher;
struct zap;

#define TOPIC_PREFIX "hnlmon.v1."
#define TOPIC_BYTES_MAX 128u /* bounds a topic and a subscription */
#define TOPICS_MAX 512u      /* topics whose seq and last value are kept; others are sent with seq 0, not kept */
#define PREFIXES_MAX 1024u   /* different subscriptions at the same time; a further one is ignored */

/* Binds to a ZeroMQ endpoint; `base` and `zmq_context` must outlive it. zap: who may connect; NULL: everybody. NULL
 * with errno set. */
struct publisher *publisher_create(struct event_base *base, void *zmq_context, const char *endpoint, struct zap *zap);
void publisher_destroy(struct publisher *publisher);

/* Whether a subscriber asked for this topic. The answer holds until publisher_interest changes. */
bool publisher_is_wanted(const struct publisher *publisher, const char *topic);

/* Changes with every subscription that comes or goes. */
uint64_t publisher_interest(const struct publisher *publisher);

/* The seq for the next message of a topic, from 1; 0 when there is no room for another topic. */
uint64_t publisher_next_seq(struct publisher *publisher, const char *topic);

enum publish { PUBLISH_CACHED, PUBLISH_STREAM, PUBLISH_LAST /* tells it and leaves the cache: the topic ends */ };

/* Sends to those who want it and, when cached, keeps a copy as the last value. Never blocks: who does not read loses
 * messages. A topic has 1 to TOPIC_BYTES_MAX - 1 characters. */
void publisher_send(struct publisher *publisher, enum publish mode, const char *topic, const unsigned char *bytes,
                    size_t size);

/* Sends the last value of a topic again, byte for byte; nothing when it has none. */
void publisher_repeat(struct publisher *publisher, const char *topic);

/* Messages sent so far, last values that were given again included. */
uint64_t publisher_sent(const struct publisher *publisher);

/* Topics that have a last value, and the memory that these values take. */
void publisher_cache_size(const struct publisher *publisher, uint64_t *topics, uint64_t *bytes);

/* Messages that at least one subscriber did not get because it does not read, and those that nobody got because the
 * ones that wait for such subscribers take too much memory. The last is never an alarm. */
uint64_t publisher_dropped(const struct publisher *publisher);
uint64_t publisher_shed(const struct publisher *publisher);

/* Bytes of large messages that somebody still waits for. */
size_t publisher_waiting(const struct publisher *publisher);

/* Messages of subscribers that were not understood, or for which there was no room. */
uint64_t publisher_ignored(const struct publisher *publisher);

/* Wake-ups that only the safety timer saw (io/zmq_event.h). */
uint64_t publisher_saves(const struct publisher *publisher);

/* The bound endpoint, with the port that an ephemeral one got. */
const char *publisher_endpoint(const struct publisher *publisher);

#endif
