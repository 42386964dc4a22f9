/* SPDX-License-Identifier: MIT */
/*
 * handshake - see handshake.h.
 *
 * A daemon with another key than we expect cannot even read our greeting and hangs up, as does one that is full or ends
 * just now; and one that takes certificates may hang up before we read that it does. Several times is no chance.
 */
#include "io/handshake.h"

#include <zmq.h>

#include "io/socket_monitor.h"

bool handshake_watch(struct handshake *handshake, void *zmq_context, void *socket, bool has_keys, uint32_t cuts_max)
{
    handshake->has_keys = has_keys;
    handshake->cuts_max = cuts_max;
    handshake->is_connected = false;
    handshake->socket = socket;
    handshake->monitor = socket_monitor_open(zmq_context, socket,
                                             ZMQ_EVENT_HANDSHAKE_SUCCEEDED | ZMQ_EVENT_DISCONNECTED |
                                                 ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL |
                                                 ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL | ZMQ_EVENT_HANDSHAKE_FAILED_AUTH);
    return handshake->monitor != NULL;
}

void handshake_end(struct handshake *handshake)
{
    if (handshake->monitor)
        socket_monitor_close(handshake->monitor, handshake->socket);
    handshake->monitor = NULL;
}

static void count_cut(struct handshake *handshake)
{
    if (handshake->was_connected || handshake->cuts_max == 0 || ++handshake->cut_count < handshake->cuts_max)
        return;
    handshake->refusal =
        handshake->has_keys
            ? "breaks off: does it take certificates, is --server-certificate its own, has it room for more peers?"
            : "breaks off: does it take certificates only (--certificate, --server-certificate)?";
}

static void take(struct handshake *handshake, const struct socket_event *event)
{
    switch (event->number) {
    case ZMQ_EVENT_HANDSHAKE_SUCCEEDED:
        handshake->is_connected = handshake->was_connected = true;
        handshake->refusal = NULL;
        break;
    case ZMQ_EVENT_DISCONNECTED:
        handshake->disconnects += handshake->is_connected;
        handshake->is_connected = false;
        break;
    case ZMQ_EVENT_HANDSHAKE_FAILED_AUTH:
        handshake->refusal = handshake->has_keys ? "refuses this certificate: it does not know it, or not in this role"
                                                 : "refuses the connection";
        break;
    case ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL:
        if (event->value != ZMQ_PROTOCOL_ERROR_ZMTP_MECHANISM_MISMATCH)
            count_cut(handshake);
        else
            handshake->refusal = handshake->has_keys
                                     ? "has no certificates: leave out --certificate and --server-certificate"
                                     : "takes certificates only: --certificate and --server-certificate are needed";
        break;
    case ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL:
        count_cut(handshake);
        break;
    }
}

void handshake_follow(struct handshake *handshake)
{
    struct socket_event event;
    while (handshake->monitor && socket_monitor_next(handshake->monitor, &event))
        take(handshake, &event);
}

const char *handshake_refusal(const struct handshake *handshake)
{
    return handshake->refusal;
}
