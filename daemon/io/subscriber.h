/* SPDX-License-Identifier: MIT */
/*
 * subscriber - receives what a daemon publishes (SUB): pairs of a topic and an Envelope, in the order of arrival.
 *
 * It takes anything that a socket may bring: a message that is not such a pair is counted and dropped. Whether the
 * second frame is an Envelope, and whether something is missing between two of them, is decided by the reader.
 */
#ifndef HNLMON_IO_SUBSCRIBER_H
#define HNLMON_IO_SUBSCRIBER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct curve_client;
struct subscriber;

/* Valid until the next receive. */
struct subscriber_message {
    const char *topic; /* printable ASCII, terminated, shorter than TOPIC_BYTES_MAX */
    const unsigned char *bytes;
    size_t size;
};

/* Connects in the background and again whenever the connection is lost. NULL with errno set (EINVAL: no endpoint). */
struct subscriber *subscriber_create(const char *endpoint, const struct curve_client *curve)
    __attribute__((warn_unused_result));
void subscriber_destroy(struct subscriber *subscriber);

/* Asks for all topics that begin with `prefix`. The last value of each cached topic arrives at once. */
void subscriber_add(struct subscriber *subscriber, const char *prefix);

/* The next message; false when none came within timeout_ms, or the waiting was ended early by a signal or by a change
 * of the connection. */
bool subscriber_receive(struct subscriber *subscriber, int timeout_ms, struct subscriber_message *message)
    __attribute__((warn_unused_result));

bool subscriber_is_connected(const struct subscriber *subscriber);

/* Why the daemon does not let us in (handshake_refusal); NULL: it does, or is not there. */
const char *subscriber_refusal(const struct subscriber *subscriber);

/* Messages that were dropped because they were no pair of topic and contents. */
uint64_t subscriber_malformed(const struct subscriber *subscriber);

#endif
