/* SPDX-License-Identifier: MIT */
/*
 * socket_monitor - see socket_monitor.h.
 *
 * libzmq's thread sends an event while it holds a lock that closing the socket takes, and waits when the queue is full:
 * a bounded queue could therefore stop this program for ever.
 */
#include "io/socket_monitor.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <zmq.h>

#include "io/socket.h"

void *socket_monitor_open(void *zmq_context, void *socket, int events)
{
    char name[64];
    (void)snprintf(name, sizeof name, "inproc://socket-monitor-%p", socket);
    if (zmq_socket_monitor(socket, name, events) != 0)
        return NULL;
    void *monitor = zmq_socket(zmq_context, ZMQ_PAIR);
    if (monitor == NULL) {
        (void)zmq_socket_monitor(socket, NULL, 0);
        return NULL;
    }
    socket_set(monitor, ZMQ_LINGER, 0);
    socket_set(monitor, ZMQ_RCVHWM, 0);
    if (zmq_connect(monitor, name) == 0)
        return monitor;
    int reason = errno;
    socket_monitor_close(monitor, socket);
    errno = reason;
    return NULL;
}

void socket_monitor_close(void *monitor, void *socket)
{
    (void)zmq_socket_monitor(socket, NULL, 0);
    (void)zmq_close(monitor);
}

/* Two frames: number (16 bits) and value (32 bits) in the order of this machine, and the endpoint. */
bool socket_monitor_next(void *monitor, struct socket_event *event)
{
    unsigned char head[6], endpoint[ENDPOINT_BYTES_MAX];
    uint16_t number;
    int32_t value;
    if (zmq_recv(monitor, head, sizeof head, ZMQ_DONTWAIT) != (int)sizeof head)
        return false;
    (void)zmq_recv(monitor, endpoint, sizeof endpoint, ZMQ_DONTWAIT);
    memcpy(&number, head, sizeof number);
    memcpy(&value, head + sizeof number, sizeof value);
    *event = (struct socket_event){number, value};
    return true;
}
