/* SPDX-License-Identifier: MIT */
/*
 * zmq_event - see the header. Three wake-ups lead to the handler:
 *
 *   readable  the edge of ZMQ_FD, at the priority of the socket
 *   again     set by us when ZMQ_EVENTS says that work is left. It is a timeout of zero and not event_active(), so that
 *             libevent looks at its other descriptors and timers first, and it has the lowest priority, so that a busy
 *             socket takes turns with the others
 *   safety    every 10 ms, at the highest priority
 *
 * A socket with more than 40 000 messages per second is left alone for 50 us after each pass. On two busy cores this
 * was 1.2 to 1.5 times the throughput, on idle ones it made no difference. A front-end at the nominal 25 kHz never gets
 * there, so its latency does not change.
 *
 * A save is counted only when nothing else would have woken the handler. A message may arrive between asking whether
 * the descriptor is readable and reading ZMQ_EVENTS; to tell that from a lost wake-up, the descriptor is also in an
 * epoll set of ours, edge-triggered for reading and writing: an eventfd is always writable, so every signal to it
 * leaves an edge there, even if it was consumed since.
 */
#include "io/zmq_event.h"

#include <assert.h>
#include <event2/event.h>
#include <poll.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>
#include <zmq.h>

/* libzmq hands a message over before it signals it, and its thread may be interrupted in between. */
#define SIGNAL_WAIT_MS 2
#define SAFETY_INTERVAL_US 10000
#define WINDOW_NS 5000000 /* over which messages are counted */
#define BUSY_MESSAGES 200 /* more than this in a window, 40 000 per second, are busy */
#define QUEUE_GATHERS 64  /* messages that a peer can have waiting, so that it is worth it */
#define GATHER_NS 50000   /* for which a busy socket is left alone */

struct zmq_event {
    void *socket;
    int fd;    /* ZMQ_FD: libzmq's */
    int edges; /* epoll set that remembers signals to fd */
    uint32_t budget;
    zmq_event_handler *handler;
    void *context;
    struct event *readable;
    struct event *again;
    struct event *safety;
    uint64_t saves;
    /* Messages in the current window of time, and whether the one before was busy. */
    int64_t window_ns, handled;
    bool is_busy;
    uint32_t queue; /* messages that a peer can have waiting */
};

static bool has_input(struct zmq_event *event)
{
    int events = 0;
    size_t size = sizeof events;
    return zmq_getsockopt(event->socket, ZMQ_EVENTS, &events, &size) == 0 && (events & ZMQ_POLLIN) != 0;
}

static bool is_again_pending(const struct zmq_event *event)
{
    return event_pending(event->again, EV_TIMEOUT, NULL) != 0;
}

static bool is_readable(const struct zmq_event *event)
{
    struct pollfd poll_fd = {.fd = event->fd, .events = POLLIN};
    return poll(&poll_fd, 1, 0) > 0;
}

/* Whether fd was signalled since the last call, or is within `wait_ms`. */
static bool take_edge(const struct zmq_event *event, int wait_ms)
{
    struct epoll_event edge;
    return epoll_wait(event->edges, &edge, 1, wait_ms) > 0;
}

static void schedule_again(struct zmq_event *event)
{
    static const struct timeval at_once = {0, 0};
    if (!is_again_pending(event))
        event_add(event->again, &at_once);
}

static int64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000000000LL + now.tv_nsec;
}

/* Counts handled messages; a window that is over decides about the next. */
static void weigh(struct zmq_event *event, uint32_t handled)
{
    int64_t now = now_ns();
    event->handled += handled;
    if (now - event->window_ns < WINDOW_NS)
        return;
    event->is_busy = event->handled * WINDOW_NS > BUSY_MESSAGES * (now - event->window_ns);
    event->window_ns = now;
    event->handled = 0;
}

/* Handles what is there. A busy socket is then left alone for a moment, so that messages gather: otherwise each of them
 * costs a wake-up of this thread, which is more work for libzmq's thread than the message itself. Where a peer can have
 * few messages waiting they cannot gather, and it would wait for us. */
static void run(struct zmq_event *event)
{
    static const struct timespec moment = {0, GATHER_NS};
    if (has_input(event)) {
        weigh(event, event->handler(event->context, event->budget));
        if (event->is_busy && event->queue >= QUEUE_GATHERS)
            nanosleep(&moment, NULL);
    }
    if (has_input(event))
        schedule_again(event);
}

static void on_wake_up(evutil_socket_t fd, short what, void *context)
{
    (void)fd;
    (void)what;
    run(context);
}

static void on_safety(evutil_socket_t fd, short what, void *context)
{
    (void)fd;
    (void)what;
    struct zmq_event *event = context;
    take_edge(event, 0);
    if (is_again_pending(event) || is_readable(event) || !has_input(event))
        return;
    if (!take_edge(event, SIGNAL_WAIT_MS))
        event->saves++;
    schedule_again(event);
}

static bool watch_edges(struct zmq_event *event)
{
    event->edges = epoll_create1(EPOLL_CLOEXEC);
    struct epoll_event interest = {.events = EPOLLIN | EPOLLOUT | EPOLLET};
    return event->edges >= 0 && epoll_ctl(event->edges, EPOLL_CTL_ADD, event->fd, &interest) == 0;
}

static bool watch_events(struct zmq_event *event, struct event_base *base, int priority)
{
    static const struct timeval interval = {0, SAFETY_INTERVAL_US};
    event->readable = event_new(base, event->fd, EV_READ | EV_PERSIST, on_wake_up, event);
    event->again = evtimer_new(base, on_wake_up, event);
    event->safety = event_new(base, -1, EV_PERSIST, on_safety, event);
    return event->readable && event->again && event->safety && event_priority_set(event->readable, priority) == 0 &&
           event_priority_set(event->again, event_base_get_npriorities(base) - 1) == 0 &&
           event_priority_set(event->safety, 0) == 0 && event_add(event->readable, NULL) == 0 &&
           event_add(event->safety, &interval) == 0;
}

struct zmq_event *zmq_event_create(struct event_base *base, void *socket, int priority, uint32_t budget,
                                   zmq_event_handler *handler, void *context)
{
    assert(budget > 0);
    struct zmq_event *event = calloc(1, sizeof *event);
    if (!event)
        return NULL;
    event->socket = socket;
    event->edges = -1;
    event->queue = UINT32_MAX;
    event->budget = budget;
    event->handler = handler;
    event->context = context;
    size_t size = sizeof event->fd;
    if (zmq_getsockopt(socket, ZMQ_FD, &event->fd, &size) != 0 || !watch_edges(event) ||
        !watch_events(event, base, priority)) {
        zmq_event_destroy(event);
        return NULL;
    }
    zmq_event_touch(event);
    return event;
}

void zmq_event_destroy(struct zmq_event *event)
{
    if (!event)
        return;
    struct event *const events[] = {event->readable, event->again, event->safety};
    for (size_t i = 0; i < sizeof events / sizeof *events; i++)
        if (events[i])
            event_free(events[i]);
    if (event->edges >= 0)
        close(event->edges);
    free(event);
}

void zmq_event_touch(struct zmq_event *event)
{
    if (has_input(event))
        schedule_again(event);
}

void zmq_event_set_queue(struct zmq_event *event, uint32_t messages)
{
    event->queue = messages;
}

uint64_t zmq_event_saves(const struct zmq_event *event)
{
    return event->saves;
}
