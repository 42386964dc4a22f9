/* SPDX-License-Identifier: MIT */
/*
 * handshake - whether a socket that connects is let in, and if not, why: by the monitor of libzmq, which tries again
 * for ever and keeps quiet about it.
 */
#ifndef HNLMON_IO_HANDSHAKE_H
#define HNLMON_IO_HANDSHAKE_H

#include <stdbool.h>
#include <stdint.h>

/* All zero before the first handshake_watch. */
struct handshake {
    void *socket;      /* the caller's */
    void *monitor;     /* NULL: nothing is watched */
    bool has_keys;     /* the socket has a certificate */
    uint32_t cuts_max; /* so many handshakes that the other end broke off are a refusal; 0: none are */
    bool is_connected;
    bool was_connected; /* ever: then the other end may be gone for a while, and its cuts say nothing */
    uint32_t cut_count;
    uint64_t disconnects; /* connections that were made and are gone, with all sockets */
    const char *refusal;  /* see handshake_refusal */
};

#define HANDSHAKE_CUTS_KEYS 3u  /* with a certificate: within a second */
#define HANDSHAKE_CUTS_PLAIN 6u /* without: something between us and a daemon that is not there may do that, too */

/* Before the socket connects, which may be a new one that replaces another. False with errno set. */
bool handshake_watch(struct handshake *handshake, void *zmq_context, void *socket, bool has_keys, uint32_t cuts_max)
    __attribute__((warn_unused_result));
void handshake_end(struct handshake *handshake); /* before that socket is closed */

/* Takes what happened since. */
void handshake_follow(struct handshake *handshake);

/* Why the other end does not let us in, as the end of a sentence that begins with the endpoint. NULL: it does, or
 * cannot be reached. It takes up to a second to be sure. */
const char *handshake_refusal(const struct handshake *handshake);

#endif
