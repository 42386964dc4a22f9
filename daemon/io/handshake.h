/* SPDX-License-Identifier: MIT */
/*
 * handshake - whether a socket that connects is let in, and if not, why: by the monitor of libzmq, which tries again
 * for ever and keeps quiet about it.
 */
#ifndef HNLMON_IO_HANDSHAKE_H
#define HNLMON_IO_HANDSHAKE_H

#include <stdbool.h>
#include <stdint.h>

struct handshake {
    void *monitor; /* NULL: nothing is watched */
    bool has_keys; /* the socket has a certificate */
    bool is_connected;
    uint32_t cut_count;  /* handshakes in a row that the other end broke off */
    const char *refusal; /* see handshake_refusal */
};

/* Before the socket connects. False with errno set. */
bool handshake_watch(struct handshake *handshake, void *zmq_context, void *socket, bool has_keys)
    __attribute__((warn_unused_result));
void handshake_end(struct handshake *handshake);

/* Takes what happened since. */
void handshake_follow(struct handshake *handshake);

/* Why the other end does not let us in, as the end of a sentence that begins with the endpoint. NULL: it does, or
 * cannot be reached. It takes up to a second to be sure. */
const char *handshake_refusal(const struct handshake *handshake);

#endif
