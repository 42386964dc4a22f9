/* SPDX-License-Identifier: MIT */
/* guard - see guard.h. */
#include "guard.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "io/endpoint.h"
#include "io/loop.h"
#include "io/zap.h"

static bool fail(const char *key, const char *what, char *error, size_t error_size)
{
    snprintf(error, error_size, "%s: %s", key, what);
    return false;
}

static bool check_endpoints(const struct config *config, char *error, size_t error_size)
{
    const struct {
        const char *key, *endpoint;
    } sockets[] = {{"link.endpoint", config->link.endpoint},
                   {"publisher.endpoint", config->publisher.endpoint},
                   {"control.endpoint", config->control.endpoint}};
    for (size_t i = 0; i < sizeof sockets / sizeof *sockets; i++) {
        if (endpoint_is_local(sockets[i].endpoint))
            continue;
        snprintf(error, error_size,
                 "%s: %s can be reached from other machines, which takes curve.certificate and curve.clients",
                 sockets[i].key, sockets[i].endpoint);
        return false;
    }
    return true;
}

/* Into guard->peers, which stay as they were when something is wrong. */
static bool read_peers(struct guard *guard, const char *directory, char *error, size_t error_size)
{
    static struct certificate peers[CURVE_PEERS_MAX];
    char what[CURVE_ERROR_SIZE];
    uint32_t count;
    if (!curve_read_directory(peers, &count, directory, what, sizeof what))
        return fail("curve.clients", what, error, error_size);
    memcpy(guard->peers, peers, count * sizeof *peers);
    guard->peer_count = count;
    return true;
}

bool guard_read(struct guard *guard, const struct config *config, char *error, size_t error_size)
{
    char what[CURVE_ERROR_SIZE];
    if (*config->curve.certificate == '\0') {
        if (*config->curve.clients != '\0')
            return fail("curve.clients", "needs curve.certificate, too", error, error_size);
        return check_endpoints(config, error, error_size);
    }
    if (*config->curve.clients == '\0')
        return fail("curve.certificate", "needs curve.clients, too: nobody could connect", error, error_size);
    if (!curve_read_secret(&guard->own, config->curve.certificate, what, sizeof what))
        return fail("curve.certificate", what, error, error_size);
    return read_peers(guard, config->curve.clients, error, error_size);
}

bool guard_open(struct guard *guard, struct event_base *base, void *zmq_context, char *error, size_t error_size)
{
    char what[ZAP_ERROR_SIZE];
    guard->zap = zap_create(base, zmq_context, *guard->own.secret_key ? &guard->own : NULL);
    if (!guard->zap)
        return fail("cannot decide who may connect", loop_error_text(errno), error, error_size);
    zap_set_peers(guard->zap, guard->peers, guard->peer_count);
    return zap_self_test(guard->zap, what, sizeof what) ||
           fail("the test of the own security failed", what, error, error_size);
}

bool guard_reload(struct guard *guard, const struct config *config, char *error, size_t error_size)
{
    if (*config->curve.certificate == '\0')
        return true;
    if (!read_peers(guard, config->curve.clients, error, error_size))
        return false;
    zap_set_peers(guard->zap, guard->peers, guard->peer_count);
    return true;
}

void guard_close(struct guard *guard)
{
    zap_destroy(guard->zap);
    guard->zap = NULL;
    explicit_bzero(&guard->own, sizeof guard->own);
}
