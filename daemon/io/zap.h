/* SPDX-License-Identifier: MIT */
/*
 * zap - the door-keeper of the daemon (ZAP, rfc.zeromq.org/spec/27): decides who may connect to which bound socket, and
 * counts who came.
 *
 * With an own certificate every guarded socket speaks CURVE and takes only keys of known certificates whose role fits:
 *
 *   link      front-end
 *   publish   subscriber, operator
 *   control   subscriber (questions), operator (everything)
 *
 * Without one the sockets are plain, and everybody who reaches them is let in: that is for one machine. Either way a
 * socket has at most ZAP_PEERS_MAX peers, or as many as its owner says, and at most ZAP_STRANGERS_MAX connections
 * beside them: those that are still at their handshake. The name of the certificate travels with each message as its
 * property "User-Id"; what a role may ask or say is decided by the socket's owner, by zap_peer.
 */
#ifndef HNLMON_IO_ZAP_H
#define HNLMON_IO_ZAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "io/socket.h"
#include "wire/certificate.h"
#include "wire/published.h"

struct event_base;
struct zap;

#define ZAP_PEERS_MAX 256u    /* of one socket; a further one is sent away, and may try again */
#define ZAP_ERROR_SIZE 160u   /* room for any error */
#define ZAP_USER_ID "User-Id" /* property of a message: the name of the certificate */

enum zap_socket { ZAP_LINK, ZAP_PUBLISH, ZAP_CONTROL, ZAP_SOCKETS };

/* Whom a key belongs to. */
struct peer {
    char name[CERTIFICATE_NAME_SIZE];
    enum certificate_role role;
    uint32_t source; /* of a front-end: the only one that it may speak for; 0: any */
};

/* To be created before any other socket binds. own NULL: no CURVE; it must outlive the zap. NULL with errno set. */
struct zap *zap_create(struct event_base *base, void *zmq_context, const struct certificate *own)
    __attribute__((warn_unused_result));
/* After the guarded sockets were closed. */
void zap_destroy(struct zap *zap);

/* Replaces the known certificates. Connections go on, but a peer that is no longer known may not say anything. */
void zap_set_peers(struct zap *zap, const struct certificate *peers, uint32_t count);

/* How many peers a socket may have, at most ZAP_PEERS_MAX, and how many connections that may still be at their
 * handshake: what these send takes memory before they are let in. The oldest of them is cut for a newer one, so that
 * nobody is locked out; a peer that was heard is none of them. */
void zap_set_limits(struct zap *zap, enum zap_socket which, uint32_t peers_max, uint32_t strangers_max);

/* Shows that the door is shut: a client with an unknown key must be refused, one with a known key let in, on a private
 * socket. Before the loop runs; takes milliseconds. False: `error` says what went wrong, in one line. */
bool zap_self_test(struct zap *zap, char *error, size_t error_size) __attribute__((warn_unused_result));

/* A bound socket of a ZMQ_ type, guarded from its first connection on; `bound` is where, with the port that an
 * ephemeral one got. zap NULL: not guarded, for tests. NULL with errno set. The caller's to zap_close. */
void *zap_bind(struct zap *zap, enum zap_socket which, void *zmq_context, int type, const struct socket_bounds *bounds,
               const char *endpoint, char bound[ENDPOINT_BYTES_MAX]) __attribute__((warn_unused_result));

/* Closes it; NULL: nothing. */
void zap_close(struct zap *zap, enum zap_socket which, void *socket);

/* Whether peers have names: CURVE is on. False for NULL. */
bool zap_has_keys(const struct zap *zap);

/* Who sent a message, by its property ZAP_USER_ID (which may be NULL). NULL: nobody who is known. Valid until
 * zap_set_peers. */
const struct peer *zap_peer(const struct zap *zap, const char *user_id);

/* Whether somebody connected within the time of a handshake: then whom a message comes from should be said. */
bool zap_is_visited(const struct zap *zap, enum zap_socket which, int64_t now_ns);

/* Who was let in must be heard (zap_hear) within the time of a handshake, and is cut otherwise: strangers that say
 * nothing, or nothing that makes sense, do not take the places of others for long. */
void zap_expect_speech(struct zap *zap, enum zap_socket which);

/* A message came over the connection with this descriptor (ZMQ_SRCFD; -1: none): it is no stranger any more. */
void zap_hear(struct zap *zap, int descriptor);

/* Looks at who came and went; for every tick. */
void zap_tick(struct zap *zap);

/* The counters of the sockets: ZAP_SOCKETS of them. */
const struct door_report *zap_doors(const struct zap *zap);

#endif
