/* SPDX-License-Identifier: MIT */
/*
 * outgoing - how many bytes of a socket's large messages libzmq holds, because those who asked for them do not read.
 *
 * The high-water mark of a socket counts messages per peer. This counts bytes over all peers, exactly: libzmq says when
 * it needs a message no more. A message that many peers wait for counts once.
 */
#ifndef HNLMON_IO_OUTGOING_H
#define HNLMON_IO_OUTGOING_H

#include <stdbool.h>
#include <stddef.h>

#define OUTGOING_SMALL_BYTES 512u /* a message up to this size is not counted; the high-water mark bounds these */

struct outgoing;

struct outgoing *outgoing_create(void) __attribute__((warn_unused_result)); /* NULL: out of memory */

/* Messages may still be on their way; the last one frees the memory. */
void outgoing_destroy(struct outgoing *outgoing);

/* Bytes of messages that somebody still waits for. */
size_t outgoing_bytes(const struct outgoing *outgoing);

/* Sends a copy as zmq_send does, never blocking; flags: 0 or ZMQ_SNDMORE. False with errno set. */
bool outgoing_send(struct outgoing *outgoing, void *socket, const void *bytes, size_t size, int flags)
    __attribute__((warn_unused_result));

#endif
