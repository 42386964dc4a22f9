/* SPDX-License-Identifier: MIT */
/* loop - see loop.h. */
#include "io/loop.h"

#include <event2/event.h>
#include <stdint.h>
#include <stdlib.h>
#include <zmq.h>

#define WATCHES_MAX 8

struct watch {
    struct event *event;
    loop_handler *handler;
    void *context;
};

struct loop {
    struct event_base *base;
    void *zmq;
    struct watch watches[WATCHES_MAX];
    uint32_t watch_count;
};

struct loop *loop_create(void)
{
    struct loop *loop = calloc(1, sizeof *loop);
    if (!loop)
        return NULL;
    loop->base = event_base_new();
    loop->zmq = zmq_ctx_new();
    if (loop->base && loop->zmq && event_base_priority_init(loop->base, LOOP_REST + 1) == 0)
        return loop;
    loop_destroy(loop);
    return NULL;
}

void loop_destroy(struct loop *loop)
{
    if (!loop)
        return;
    for (uint32_t i = 0; i < loop->watch_count; i++)
        event_free(loop->watches[i].event);
    if (loop->zmq)
        zmq_ctx_term(loop->zmq);
    if (loop->base)
        event_base_free(loop->base);
    free(loop);
}

struct event_base *loop_base(struct loop *loop)
{
    return loop->base;
}

void *loop_zmq(struct loop *loop)
{
    return loop->zmq;
}

static void on_event(evutil_socket_t unused, short what, void *context)
{
    const struct watch *watch = context;
    (void)unused;
    (void)what;
    watch->handler(watch->context);
}

/* `number` is the signal for EV_SIGNAL, -1 for a timer. */
static bool add_watch(struct loop *loop, int number, short what, const struct timeval *interval, loop_handler *handler,
                      void *context)
{
    if (loop->watch_count == WATCHES_MAX)
        return false;
    struct watch *watch = &loop->watches[loop->watch_count];
    *watch = (struct watch){event_new(loop->base, number, what, on_event, watch), handler, context};
    if (!watch->event)
        return false;
    loop->watch_count++;
    event_priority_set(watch->event, LOOP_REST);
    return event_add(watch->event, interval) == 0;
}

bool loop_every(struct loop *loop, int interval_ms, loop_handler *handler, void *context)
{
    struct timeval interval = {interval_ms / 1000, interval_ms % 1000 * 1000};
    return add_watch(loop, -1, EV_PERSIST, &interval, handler, context);
}

bool loop_on_signal(struct loop *loop, int signal_number, loop_handler *handler, void *context)
{
    return add_watch(loop, signal_number, EV_SIGNAL | EV_PERSIST, NULL, handler, context);
}

void loop_run(struct loop *loop)
{
    event_base_dispatch(loop->base);
}

void loop_stop(struct loop *loop)
{
    event_base_loopbreak(loop->base);
}

const char *loop_error_text(int error)
{
    return zmq_strerror(error);
}
