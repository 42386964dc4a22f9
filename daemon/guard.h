/* SPDX-License-Identifier: MIT */
/*
 * guard - the certificates in the settings of the daemon: reads them, refuses settings that would let strangers in, and
 * opens io/zap with them.
 */
#ifndef HNLMON_GUARD_H
#define HNLMON_GUARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "config.h"
#include "io/curve.h"

struct event_base;
struct zap;

#define GUARD_ERROR_SIZE (CURVE_ERROR_SIZE + 64u) /* room for any error */

struct guard {
    struct certificate own; /* no secret_key: there is none */
    struct certificate peers[CURVE_PEERS_MAX];
    uint32_t peer_count;
    struct zap *zap;
};

/* Reads what curve.* names. Without a certificate all endpoints must be local. False: `error` is one line that begins
 * with the key, a mistake of the settings. */
bool guard_read(struct guard *guard, const struct config *config, char *error, size_t error_size)
    __attribute__((warn_unused_result));

/* Creates guard->zap, before anything else binds, and tests it. False: `error` says why the daemon must not start. */
bool guard_open(struct guard *guard, struct event_base *base, void *zmq_context, char *error, size_t error_size)
    __attribute__((warn_unused_result));

/* Reads curve.clients again. False: they stay as they were. */
bool guard_reload(struct guard *guard, const struct config *config, char *error, size_t error_size)
    __attribute__((warn_unused_result));

/* After the sockets were closed; overwrites the key. */
void guard_close(struct guard *guard);

#endif
